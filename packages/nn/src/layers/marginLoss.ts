import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type LossOptions,
  type MarginOptions,
  type MultilabelSoftMarginLossOptions,
  type MultiMarginLossOptions,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  type Tensor,
  type TripletMarginLossOptions,
  type TripletMarginWithDistanceLossOptions,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from '@tensortape/autograd';
import { Module } from '../module.ts';
import type { Buffer } from '../parameter.ts';
import { PairwiseDistance } from './distance.ts';
import { bufferOf, Loss, PairLoss } from './lossBase.ts';

/**
 * The loss of support vector machines with several classes: see {@link functional.multiMarginLoss}. PyTorch:
 * `torch.nn.MultiMarginLoss`.
 *
 * Errors: ArgumentError for an unknown reduction; ShapeError and IndexError for targets that do not fit.
 *
 * @example
 * ```ts
 * import { MultiMarginLoss } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const loss = new MultiMarginLoss().forward(tensor([[0, 0.5]]), tensor([1], { dtype: 'int32' }));
 * console.log(loss.item()); // 0.25
 * ```
 */
export class MultiMarginLoss extends Loss {
  /** The power of each term. */
  readonly p: 1 | 2;
  /** By how much the right side must win. */
  readonly margin: number;
  /** A factor for each class, or null. */
  weight: Buffer | null;

  /** @param options `p` (1), `margin` (1), `weight`, `reduction` ('mean'). */
  constructor({ p = 1, margin = 1, weight, ...options }: MultiMarginLossOptions = {}) {
    super(options);
    this.p = p;
    this.margin = margin;
    this.weight = bufferOf(weight);
    this.noteFields();
  }

  /** The loss of scores (N, C) or (C) against classes. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { p, margin, weight, reduction } = this;
    return multiMarginLoss(input, target, { p, margin, weight, reduction });
  }
}

/**
 * The hinge loss of several labels for each example: see {@link functional.multilabelMarginLoss}. PyTorch:
 * `torch.nn.MultiLabelMarginLoss`. Errors: as {@link MultiMarginLoss}.
 */
export class MultiLabelMarginLoss extends PairLoss {
  /** @param options `reduction`: 'mean' unless given. */
  constructor(options: LossOptions = {}) {
    super(multilabelMarginLoss, options);
  }
}

/**
 * The binary cross entropy of several labels, averaged over classes: see {@link functional.multilabelSoftMarginLoss}. PyTorch:
 * `torch.nn.MultiLabelSoftMarginLoss`. Errors: ShapeError for different shapes.
 */
export class MultiLabelSoftMarginLoss extends Loss {
  /** A factor for each class, or null. */
  weight: Buffer | null;

  /** @param options `weight`, `reduction` ('mean'). */
  constructor({ weight, ...options }: MultilabelSoftMarginLossOptions = {}) {
    super(options);
    this.weight = bufferOf(weight);
    this.noteFields();
  }

  /** The loss of logits (N, C) or (C) against labels 0 or 1. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return multilabelSoftMarginLoss(input, target, { weight, reduction });
  }
}

/**
 * ln(1 + e^(-y x)) for targets y of -1 or 1: see {@link functional.softMarginLoss}. PyTorch: `torch.nn.SoftMarginLoss`. Errors:
 * ShapeError for different shapes.
 */
export class SoftMarginLoss extends PairLoss {
  /** @param options `reduction`: 'mean' unless given. */
  constructor(options: LossOptions = {}) {
    super(softMarginLoss, options);
  }
}

/**
 * Distances of pairs that belong together (target 1), and how far others (target -1) fall short of the margin: see
 * {@link functional.hingeEmbeddingLoss}. PyTorch: `torch.nn.HingeEmbeddingLoss`. Errors: ShapeError for different shapes.
 */
export class HingeEmbeddingLoss extends Loss {
  /** By how much the right side must win. */
  readonly margin: number;

  /** @param options `margin` (1), `reduction` ('mean'). */
  constructor({ margin = 1, ...options }: MarginOptions = {}) {
    super(options);
    this.margin = margin;
  }

  /** The loss of distances against targets -1 or 1. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return hingeEmbeddingLoss(input, target, { margin, reduction });
  }
}

/**
 * Whether the first input is larger (target 1) or the second (target -1): see {@link functional.marginRankingLoss}. PyTorch:
 * `torch.nn.MarginRankingLoss`. Errors: ShapeError for different shapes.
 */
export class MarginRankingLoss extends Loss {
  /** By how much the right side must win. */
  readonly margin: number;

  /** @param options `margin` (0), `reduction` ('mean'). */
  constructor({ margin = 0, ...options }: MarginOptions = {}) {
    super(options);
    this.margin = margin;
  }

  /** The loss of two inputs against targets -1 or 1. */
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return marginRankingLoss(input1, input2, target, { margin, reduction });
  }
}

/**
 * Whether two vectors point the same way (target 1) or not (target -1): see {@link functional.cosineEmbeddingLoss}. PyTorch:
 * `torch.nn.CosineEmbeddingLoss`. Errors: ShapeError for shapes that do not fit.
 */
export class CosineEmbeddingLoss extends Loss {
  /** By how much the right side must win. */
  readonly margin: number;

  /** @param options `margin` (0), `reduction` ('mean'). */
  constructor({ margin = 0, ...options }: MarginOptions = {}) {
    super(options);
    this.margin = margin;
  }

  /** The loss of vectors (N, D) or (D) against targets -1 or 1. */
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    const { margin, reduction } = this;
    return cosineEmbeddingLoss(input1, input2, target, { margin, reduction });
  }
}

/**
 * Whether an example lies nearer to its like than to its unlike, by a margin: see {@link functional.tripletMarginLoss}. PyTorch:
 * `torch.nn.TripletMarginLoss`. Source: V. Balntas et al., "Learning local feature descriptors with triplets and shallow
 * convolutional neural networks", 2016. Errors: ShapeError for shapes that do not fit.
 *
 * @example
 * ```ts
 * import { TripletMarginLoss } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const loss = new TripletMarginLoss({ eps: 0 }).forward(tensor([[0, 0]]), tensor([[0, 3]]), tensor([[3, 0]]));
 * console.log(loss.item()); // 1
 * ```
 */
export class TripletMarginLoss extends Loss {
  /** By how much the right side must win. */
  readonly margin: number;
  /** Which norm measures distances. */
  readonly p: number;
  /** Added to each difference. */
  readonly eps: number;
  /** Whether the distance from positive to negative counts where it is smaller. */
  readonly swap: boolean;

  /** @param options `margin` (1), `p` (2), `eps` (1e-6), `swap` (false), `reduction` ('mean'). */
  constructor({ margin = 1, p = 2, eps = 1e-6, swap = false, ...options }: TripletMarginLossOptions = {}) {
    super(options);
    this.margin = margin;
    this.p = p;
    this.eps = eps;
    this.swap = swap;
  }

  /** The loss of vectors (N, D) or (D) against others. */
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this;
    return tripletMarginLoss(anchor, positive, negative, { margin, p, eps, swap, reduction });
  }
}

/** How far apart the vectors of two tensors are: a function, or a module that may learn it. */
export type Distance = ((x: Tensor, y: Tensor) => Tensor) | DistanceModule;

/** A module of two tensors whose vectors have distances, such as {@link PairwiseDistance}. */
export interface DistanceModule extends Module {
  /** The distance of each pair of vectors. */
  forward(x: Tensor, y: Tensor): Tensor;
}

/** Options of {@link TripletMarginWithDistanceLoss}. */
export interface TripletMarginWithDistanceLossLayerOptions
  extends Omit<TripletMarginWithDistanceLossOptions, 'distanceFunction'> {
  /** Default: {@link PairwiseDistance}. */
  readonly distanceFunction?: Distance;
}

/**
 * {@link TripletMarginLoss} with any distance: see {@link functional.tripletMarginWithDistanceLoss}. PyTorch:
 * `torch.nn.TripletMarginWithDistanceLoss`. Errors: ShapeError for shapes that do not fit.
 */
export class TripletMarginWithDistanceLoss extends Loss {
  /** By how much the right side must win. */
  readonly margin: number;
  /** Whether the distance from positive to negative counts where it is smaller. */
  readonly swap: boolean;
  /** How far apart vectors are. */
  readonly distanceFunction: Distance;

  /** @param options `distanceFunction` (PairwiseDistance), `margin` (1), `swap` (false), `reduction` ('mean'). */
  constructor({
    distanceFunction = new PairwiseDistance(),
    margin = 1,
    swap = false,
    ...options
  }: TripletMarginWithDistanceLossLayerOptions = {}) {
    super(options);
    this.margin = margin;
    this.swap = swap;
    this.distanceFunction = distanceFunction;
  }

  /** The loss of vectors (N, D) or (D) against others. */
  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, swap, reduction, distanceFunction: distance } = this;
    const distanceFunction =
      distance instanceof Module ? (x: Tensor, y: Tensor) => distance.forward(x, y) : distance;
    const options = { margin, swap, reduction, distanceFunction };
    return tripletMarginWithDistanceLoss(anchor, positive, negative, options);
  }
}

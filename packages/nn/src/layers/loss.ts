import type { Tensor } from '@tensortape/autograd';
import {
  type BCEWithLogitsOptions,
  binaryCrossEntropyWithLogits,
  type CrossEntropyOptions,
  crossEntropy,
  type LossOptions,
  l1Loss,
  mseLoss,
  type NLLLossOptions,
  nllLoss,
  type Reduction,
} from '../functional/loss.ts';
import { Module } from '../module.ts';
import { Buffer } from '../parameter.ts';

/** A loss of an input against a target. */
abstract class Loss extends Module {
  /** How the losses of the elements become one. */
  readonly reduction: Reduction;

  /** @param options `reduction`: 'mean' unless given. */
  constructor({ reduction = 'mean' }: LossOptions = {}) {
    super();
    this.reduction = reduction;
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor;
}

const bufferOf = (weight: Tensor | null | undefined): Buffer | null => (weight ? new Buffer(weight) : null);

/**
 * The cross entropy between the softmax of scores and classes or probabilities: see {@link functional.crossEntropy}.
 * PyTorch: `torch.nn.CrossEntropyLoss`.
 *
 * @example
 * ```ts
 * import { CrossEntropyLoss } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const criterion = new CrossEntropyLoss({ labelSmoothing: 0.1 });
 * const loss = criterion.forward(tensor([[2, 1, 0]]), tensor([0], { dtype: 'int32' }));
 * console.log(loss.item().toFixed(4)); // 0.5076
 * ```
 */
export class CrossEntropyLoss extends Loss {
  /** A factor for each class, or null. */
  weight: Buffer | null;
  /** The target that does not count. */
  readonly ignoreIndex: number;
  /** The share of the target that is spread over all classes. */
  readonly labelSmoothing: number;

  /** @param options `weight`, `ignoreIndex` (-100), `labelSmoothing` (0), `reduction` ('mean'). */
  constructor(options: CrossEntropyOptions = {}) {
    super(options);
    this.weight = bufferOf(options.weight);
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.labelSmoothing = options.labelSmoothing ?? 0;
  }

  /** The loss of scores (N, C), (C) or (N, C, d1, …) against classes or probabilities. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, labelSmoothing, reduction } = this;
    return crossEntropy(input, target, { weight, ignoreIndex, labelSmoothing, reduction });
  }
}

/**
 * The negative log-likelihood of classes: see {@link functional.nllLoss}. PyTorch: `torch.nn.NLLLoss`.
 */
export class NLLLoss extends Loss {
  /** A factor for each class, or null. */
  weight: Buffer | null;
  /** The target that does not count. */
  readonly ignoreIndex: number;

  /** @param options `weight`, `ignoreIndex` (-100), `reduction` ('mean'). */
  constructor(options: NLLLossOptions = {}) {
    super(options);
    this.weight = bufferOf(options.weight);
    this.ignoreIndex = options.ignoreIndex ?? -100;
  }

  /** The loss of log-probabilities (N, C), (C) or (N, C, d1, …) against classes. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction } = this;
    return nllLoss(input, target, { weight, ignoreIndex, reduction });
  }
}

/**
 * The squared differences: see {@link functional.mseLoss}. PyTorch: `torch.nn.MSELoss`.
 *
 * @example
 * ```ts
 * import { MSELoss } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new MSELoss({ reduction: 'sum' }).forward(tensor([1, 2]), tensor([1, 4])).item()); // 4
 * ```
 */
export class MSELoss extends Loss {
  /** The loss of an input against a target of its shape. */
  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/** The absolute differences: see {@link functional.l1Loss}. PyTorch: `torch.nn.L1Loss`. */
export class L1Loss extends Loss {
  /** The loss of an input against a target of its shape. */
  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, { reduction: this.reduction });
  }
}

/**
 * The binary cross entropy of logits: see {@link functional.binaryCrossEntropyWithLogits}.
 * PyTorch: `torch.nn.BCEWithLogitsLoss`.
 */
export class BCEWithLogitsLoss extends Loss {
  /** A factor for each element, or null. */
  weight: Buffer | null;
  /** A factor for the positive part of each target, or null. */
  posWeight: Buffer | null;

  /** @param options `weight`, `posWeight`, `reduction` ('mean'). */
  constructor(options: BCEWithLogitsOptions = {}) {
    super(options);
    this.weight = bufferOf(options.weight);
    this.posWeight = bufferOf(options.posWeight);
  }

  /** The loss of logits against targets (0 … 1) of their shape. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, posWeight, reduction } = this;
    return binaryCrossEntropyWithLogits(input, target, { weight, posWeight, reduction });
  }
}

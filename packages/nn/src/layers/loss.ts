import {
  type BCEWithLogitsOptions,
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type CrossEntropyOptions,
  type CtcLossOptions,
  crossEntropy,
  ctcLoss,
  type KlDivOptions,
  klDiv,
  type Lengths,
  type NLLLossOptions,
  nllLoss,
  type Reduction,
  type Tensor,
} from '@tensortape/autograd';
import type { Buffer } from '../parameter.ts';
import { bufferOf, Loss } from './lossBase.ts';

/**
 * The cross entropy between the softmax of scores and classes or probabilities: see {@link functional.crossEntropy}.
 * PyTorch: `torch.nn.CrossEntropyLoss`.
 *
 * Errors: ArgumentError for an unknown reduction; ShapeError and IndexError for targets that do not fit.
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
  constructor({ weight, ignoreIndex = -100, labelSmoothing = 0, ...options }: CrossEntropyOptions = {}) {
    super(options);
    this.weight = bufferOf(weight);
    this.ignoreIndex = ignoreIndex;
    this.labelSmoothing = labelSmoothing;
    this.noteFields();
  }

  /** The loss of scores (N, C), (C) or (N, C, d1, …) against classes or probabilities. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, labelSmoothing, reduction } = this;
    return crossEntropy(input, target, { weight, ignoreIndex, labelSmoothing, reduction });
  }
}

/**
 * The negative log-likelihood of classes: see {@link functional.nllLoss}. PyTorch: `torch.nn.NLLLoss`. Errors: as
 * {@link CrossEntropyLoss}.
 */
export class NLLLoss extends Loss {
  /** A factor for each class, or null. */
  weight: Buffer | null;
  /** The target that does not count. */
  readonly ignoreIndex: number;

  /** @param options `weight`, `ignoreIndex` (-100), `reduction` ('mean'). */
  constructor({ weight, ignoreIndex = -100, ...options }: NLLLossOptions = {}) {
    super(options);
    this.weight = bufferOf(weight);
    this.ignoreIndex = ignoreIndex;
    this.noteFields();
  }

  /** The loss of log-probabilities (N, C), (C) or (N, C, d1, …) against classes. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction } = this;
    return nllLoss(input, target, { weight, ignoreIndex, reduction });
  }
}

/**
 * The binary cross entropy of probabilities: see {@link functional.binaryCrossEntropy}. Take {@link BCEWithLogitsLoss} for logits.
 * PyTorch: `torch.nn.BCELoss`.
 *
 * Errors: ArgumentError for inputs and targets outside [0, 1]; ShapeError for different shapes.
 */
export class BCELoss extends Loss {
  /** A factor for each element, or null. */
  weight: Buffer | null;

  /** @param options `weight`, `reduction` ('mean'). */
  constructor({ weight, ...options }: BinaryCrossEntropyOptions = {}) {
    super(options);
    this.weight = bufferOf(weight);
    this.noteFields();
  }

  /** The loss of probabilities against targets (0 … 1) of their shape. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return binaryCrossEntropy(input, target, { weight, reduction });
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
  constructor({ weight, posWeight, ...options }: BCEWithLogitsOptions = {}) {
    super(options);
    this.weight = bufferOf(weight);
    this.posWeight = bufferOf(posWeight);
    this.noteFields();
  }

  /** The loss of logits against targets (0 … 1) of their shape. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, posWeight, reduction } = this;
    return binaryCrossEntropyWithLogits(input, target, { weight, posWeight, reduction });
  }
}

/** How the losses of {@link KLDivLoss} become one. */
type KlDivReduction = Reduction | 'batchmean';

/**
 * The Kullback-Leibler divergence of a distribution from the target, both as logarithms or the target as probabilities: see
 * {@link functional.klDiv}. PyTorch: `torch.nn.KLDivLoss`.
 *
 * @example
 * ```ts
 * import { KLDivLoss } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const loss = new KLDivLoss({ reduction: 'batchmean' });
 * console.log(loss.forward(tensor([[0.5, 0.5]]).log(), tensor([[1, 0]])).item().toFixed(4)); // 0.6931
 * ```
 */
export class KLDivLoss extends Loss<KlDivReduction> {
  /** Whether targets hold logarithms too. */
  readonly logTarget: boolean;

  /** @param options `logTarget` (false), `reduction` ('mean'; 'batchmean' is the definition). */
  constructor({ logTarget = false, ...options }: KlDivOptions = {}) {
    super(options, 'batchmean');
    this.logTarget = logTarget;
  }

  /** The loss of log-probabilities against a target of their shape. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { logTarget, reduction } = this;
    return klDiv(input, target, { logTarget, reduction });
  }
}

/**
 * Connectionist temporal classification, the loss of sequences without alignment: see {@link functional.ctcLoss}. PyTorch:
 * `torch.nn.CTCLoss`. Source: A. Graves et al., "Connectionist Temporal Classification", 2006.
 *
 * Errors: ShapeError and ArgumentError for lengths and labels that do not fit.
 */
export class CTCLoss extends Loss {
  /** The class that stands for no label. */
  readonly blank: number;
  /** Whether infinite losses count 0. */
  readonly zeroInfinity: boolean;

  /** @param options `blank` (0), `zeroInfinity` (false), `reduction` ('mean'). */
  constructor({ blank = 0, zeroInfinity = false, ...options }: CtcLossOptions = {}) {
    super(options);
    this.blank = blank;
    this.zeroInfinity = zeroInfinity;
  }

  /** The loss of log-probabilities (T, N, C) against labels (N, S) or (sum of lengths), with the lengths of both. */
  forward(logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths): Tensor {
    const { blank, zeroInfinity, reduction } = this;
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, { blank, zeroInfinity, reduction });
  }
}

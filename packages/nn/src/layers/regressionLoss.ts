import {
  type GaussianNllLossOptions,
  gaussianNllLoss,
  type HuberLossOptions,
  huberLoss,
  type LossOptions,
  l1Loss,
  mseLoss,
  type PoissonNllLossOptions,
  poissonNllLoss,
  type SmoothL1LossOptions,
  smoothL1Loss,
  type Tensor,
} from '@tensortape/autograd';
import { Loss, PairLoss } from './lossBase.ts';

/**
 * The squared differences: see {@link functional.mseLoss}. PyTorch: `torch.nn.MSELoss`.
 *
 * Errors: ArgumentError for an unknown reduction; ShapeError for different shapes, at the call.
 *
 * @example
 * ```ts
 * import { MSELoss } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new MSELoss({ reduction: 'sum' }).forward(tensor([1, 2]), tensor([1, 4])).item()); // 4
 * ```
 */
export class MSELoss extends PairLoss {
  /** @param options `reduction`: 'mean' unless given. */
  constructor(options: LossOptions = {}) {
    super(mseLoss, options);
  }
}

/**
 * The absolute differences: see {@link functional.l1Loss}. PyTorch: `torch.nn.L1Loss`. Errors: as {@link MSELoss}.
 */
export class L1Loss extends PairLoss {
  /** @param options `reduction`: 'mean' unless given. */
  constructor(options: LossOptions = {}) {
    super(l1Loss, options);
  }
}

/**
 * Differences, squared where they are small: see {@link functional.smoothL1Loss}. PyTorch: `torch.nn.SmoothL1Loss`. Errors:
 * as {@link MSELoss}.
 */
export class SmoothL1Loss extends Loss {
  /** Where the parabola becomes a line. */
  readonly beta: number;

  /** @param options `beta` (1), `reduction` ('mean'). */
  constructor({ beta = 1, ...options }: SmoothL1LossOptions = {}) {
    super(options);
    this.beta = beta;
  }

  /** The loss of an input against a target of its shape. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { beta, reduction } = this;
    return smoothL1Loss(input, target, { beta, reduction });
  }
}

/**
 * Differences, squared where they are small: see {@link functional.huberLoss}. PyTorch: `torch.nn.HuberLoss`. Errors: as
 * {@link MSELoss}.
 *
 * @example
 * ```ts
 * import { HuberLoss } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new HuberLoss({ reduction: 'none' }).forward(tensor([1, 4]), tensor([0, 0])).toArray()); // [ 0.5, 3.5 ]
 * ```
 */
export class HuberLoss extends Loss {
  /** Where the parabola becomes a line. */
  readonly delta: number;

  /** @param options `delta` (1), `reduction` ('mean'). */
  constructor({ delta = 1, ...options }: HuberLossOptions = {}) {
    super(options);
    this.delta = delta;
  }

  /** The loss of an input against a target of its shape. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { delta, reduction } = this;
    return huberLoss(input, target, { delta, reduction });
  }
}

/**
 * The negative log-likelihood of counts: see {@link functional.poissonNllLoss}. PyTorch: `torch.nn.PoissonNLLLoss`. Errors: as
 * {@link MSELoss}.
 */
export class PoissonNLLLoss extends Loss {
  /** Whether inputs are logarithms of rates. */
  readonly logInput: boolean;
  /** Whether Stirling's approximation is added. */
  readonly full: boolean;
  /** Added to rates before their logarithm. */
  readonly eps: number;

  /** @param options `logInput` (true), `full` (false), `eps` (1e-8), `reduction` ('mean'). */
  constructor({ logInput = true, full = false, eps = 1e-8, ...options }: PoissonNllLossOptions = {}) {
    super(options);
    this.logInput = logInput;
    this.full = full;
    this.eps = eps;
  }

  /** The loss of rates, or their logarithms, against counts. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { logInput, full, eps, reduction } = this;
    return poissonNllLoss(input, target, { logInput, full, eps, reduction });
  }
}

/**
 * The negative log-likelihood of normals with given variances: see {@link functional.gaussianNllLoss}. PyTorch:
 * `torch.nn.GaussianNLLLoss`. Errors: as {@link MSELoss}; ArgumentError for a negative variance.
 */
export class GaussianNLLLoss extends Loss {
  /** Whether the constant ln(2 pi) / 2 is added. */
  readonly full: boolean;
  /** The least variance. */
  readonly eps: number;

  /** @param options `full` (false), `eps` (1e-6), `reduction` ('mean'). */
  constructor({ full = false, eps = 1e-6, ...options }: GaussianNllLossOptions = {}) {
    super(options);
    this.full = full;
    this.eps = eps;
  }

  /** The loss of means against targets, with variances of their shape or one. */
  forward(input: Tensor, target: Tensor, variance: Tensor | number): Tensor {
    const { full, eps, reduction } = this;
    return gaussianNllLoss(input, target, variance, { full, eps, reduction });
  }
}

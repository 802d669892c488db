import { checkCount, checkPositive, checkShare } from './checks.ts';
import {
  LRScheduler,
  perGroup,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
  type SchedulerStateDict,
} from './scheduler.ts';

/** What {@link LambdaLR} and {@link MultiplicativeLR} multiply by. */
export interface Factors {
  /** One function for each group. */
  readonly factors: readonly EpochFactor[];
}

/** A factor for the first learning rate, by epoch. */
export type EpochFactor = (epoch: number) => number;

/**
 * Multiplies the first learning rate by a function of the epoch; state dicts cannot hold the function itself.
 * PyTorch: `torch.optim.lr_scheduler.LambdaLR`.
 *
 * @example
 * ```ts
 * import { LambdaLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const warmup = new LambdaLR(new SGD([ones([1])], { lr: 8 }), (epoch) => Math.min(1, (epoch + 1) / 4));
 * warmup.step();
 * console.log(warmup.getLastLr()); // [ 4 ]
 * ```
 */
export class LambdaLR extends LRScheduler<Factors> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param factor One function for all groups, or a list of one for each.
   * @param options `lastEpoch`.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    factor: EpochFactor | readonly EpochFactor[],
    { lastEpoch = -1 }: SchedulerOptions = {},
  ) {
    super(optimizer, { factors: perGroup('LambdaLR', 'a function', optimizer, factor) }, lastEpoch);
  }

  protected rate(_group: Readonly<ScheduledGroup>, index: number): number {
    return this.baseLrs[index]! * this.options.factors[index]!(this.lastEpoch);
  }

  /** The state, in which PyTorch expects a place for functions. */
  override stateDict(): SchedulerStateDict {
    return { ...super.stateDict(), lr_lambdas: this.baseLrs.map(() => null) };
  }
}

/**
 * Multiplies the last learning rate by a function of the epoch, from the first epoch on; state dicts cannot hold the
 * function itself. PyTorch: `torch.optim.lr_scheduler.MultiplicativeLR`. Errors: ArgumentError for a list of functions of
 * another length than the groups.
 *
 * @example
 * ```ts
 * import { MultiplicativeLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new MultiplicativeLR(new SGD([ones([1])], { lr: 8 }), (epoch) => 1 / epoch);
 * for (let epoch = 0; epoch < 2; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // [ 4 ]
 * ```
 */
export class MultiplicativeLR extends LRScheduler<Factors> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param factor One function for all groups, or a list of one for each.
   * @param options `lastEpoch`.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    factor: EpochFactor | readonly EpochFactor[],
    { lastEpoch = -1 }: SchedulerOptions = {},
  ) {
    super(optimizer, { factors: perGroup('MultiplicativeLR', 'a function', optimizer, factor) }, lastEpoch);
  }

  protected rate({ lr }: Readonly<ScheduledGroup>, index: number): number {
    return this.initial ? lr : lr * this.options.factors[index]!(this.lastEpoch);
  }

  /** Has no first rate to go back to: multiplies the last one, as PyTorch does. */
  protected override restartRate(group: Readonly<ScheduledGroup>, index: number): number {
    return this.rate(group, index);
  }

  /** The state, in which PyTorch expects a place for functions. */
  override stateDict(): SchedulerStateDict {
    return { ...super.stateDict(), lr_lambdas: this.baseLrs.map(() => null) };
  }
}

/** Options of {@link ConstantLR}. */
export interface ConstantLROptions extends SchedulerOptions {
  /** What the learning rate is multiplied by, > 0 and <= 1. Default 1/3. */
  readonly factor?: number;
  /** The number of epochs until the rate is the full one. Default 5. */
  readonly totalIters?: number;
}

/** What {@link ConstantLR} multiplies by, and how long. */
export interface Constant {
  /** What the learning rate is multiplied by. */
  factor: number;
  /** The number of epochs until the rate is the full one. */
  totalIters: number;
}

/**
 * Multiplies the learning rate by `factor` for `totalIters` epochs. PyTorch: `torch.optim.lr_scheduler.ConstantLR`.
 *
 * Errors: ArgumentError for a factor that is not > 0 and <= 1 (from 0 there is no way back: PyTorch divides by it), or a
 * number of epochs that is not a whole number >= 1.
 *
 * @example
 * ```ts
 * import { ConstantLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new ConstantLR(new SGD([ones([1])], { lr: 8 }), { factor: 0.5, totalIters: 2 });
 * console.log(scheduler.getLastLr()); // [ 4 ]
 * for (let epoch = 0; epoch < 2; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // [ 8 ]
 * ```
 */
export class ConstantLR extends LRScheduler<Constant> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param options See {@link ConstantLROptions}.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    { factor = 1 / 3, totalIters = 5, lastEpoch = -1 }: ConstantLROptions = {},
  ) {
    super(optimizer, { factor, totalIters }, lastEpoch);
  }

  protected override check({ factor, totalIters }: Constant): void {
    checkShare('ConstantLR', 'factor', factor);
    checkPositive('ConstantLR', 'factor', factor);
    checkCount('ConstantLR', 'totalIters', totalIters, 1);
  }

  protected rate({ lr }: Readonly<ScheduledGroup>): number {
    const { factor, totalIters } = this.options;
    if (this.lastEpoch === 0) return lr * factor;
    return this.lastEpoch === totalIters ? lr * (1 / factor) : lr;
  }
}

/** Options of {@link LinearLR}. */
export interface LinearLROptions extends SchedulerOptions {
  /** What the first learning rate is multiplied by, > 0 and <= 1. Default 1/3. */
  readonly startFactor?: number;
  /** What the last learning rate is multiplied by, between 0 and 1. Default 1. */
  readonly endFactor?: number;
  /** The number of epochs until the last one. Default 5. */
  readonly totalIters?: number;
}

/** What {@link LinearLR} multiplies by, and how long. */
export interface Linear {
  /** What the first learning rate is multiplied by. */
  startFactor: number;
  /** What the last learning rate is multiplied by. */
  endFactor: number;
  /** The number of epochs until the last one. */
  totalIters: number;
}

/**
 * Multiplies the learning rate by a factor that goes from `startFactor` to `endFactor` in a line of `totalIters` epochs.
 * PyTorch: `torch.optim.lr_scheduler.LinearLR`. Errors: ArgumentError for factors out of range, or a number of epochs that is
 * not a whole number >= 1.
 *
 * @example
 * ```ts
 * import { LinearLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const warmup = new LinearLR(new SGD([ones([1])], { lr: 8 }), { startFactor: 0.25, totalIters: 3 });
 * console.log(warmup.getLastLr()); // [ 2 ]
 * warmup.step();
 * console.log(warmup.getLastLr()); // [ 4 ]
 * ```
 */
export class LinearLR extends LRScheduler<Linear> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param options See {@link LinearLROptions}.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    { startFactor = 1 / 3, endFactor = 1, totalIters = 5, lastEpoch = -1 }: LinearLROptions = {},
  ) {
    super(optimizer, { startFactor, endFactor, totalIters }, lastEpoch);
  }

  protected override check({ startFactor, endFactor, totalIters }: Linear): void {
    checkShare('LinearLR', 'startFactor', startFactor);
    checkPositive('LinearLR', 'startFactor', startFactor);
    checkShare('LinearLR', 'endFactor', endFactor);
    checkCount('LinearLR', 'totalIters', totalIters, 1);
  }

  protected rate({ lr }: Readonly<ScheduledGroup>): number {
    const { startFactor, endFactor, totalIters } = this.options;
    if (this.lastEpoch === 0) return lr * startFactor;
    if (this.initial || this.lastEpoch > totalIters) return lr;
    const rise = endFactor - startFactor;
    // On the way to 0 the last factor is 0 up to rounding: PyTorch's may be below.
    return lr * Math.max(0, 1 + rise / (totalIters * startFactor + (this.lastEpoch - 1) * rise));
  }
}

/** Options of {@link PolynomialLR}. */
export interface PolynomialLROptions extends SchedulerOptions {
  /** The number of epochs until the rate is 0. Default 5. */
  readonly totalIters?: number;
  /** The power of the polynomial. Default 1. */
  readonly power?: number;
}

/** How {@link PolynomialLR} falls. */
export interface Polynomial {
  /** The number of epochs until the rate is 0. */
  totalIters: number;
  /** The power of the polynomial. */
  power: number;
}

/**
 * Lets the learning rate fall to 0 in `totalIters` epochs $T$: $\eta (1 - t / T)^p$ at epoch $t$. PyTorch:
 * `torch.optim.lr_scheduler.PolynomialLR`. Errors: ArgumentError for a number of epochs that is not a whole number >= 1, or a
 * power that is not > 0.
 *
 * @example
 * ```ts
 * import { PolynomialLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new PolynomialLR(new SGD([ones([1])], { lr: 8 }), { totalIters: 4, power: 2 });
 * for (let epoch = 0; epoch < 2; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // [ 2 ]
 * ```
 */
export class PolynomialLR extends LRScheduler<Polynomial> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param options See {@link PolynomialLROptions}.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    { totalIters = 5, power = 1, lastEpoch = -1 }: PolynomialLROptions = {},
  ) {
    super(optimizer, { totalIters, power }, lastEpoch);
  }

  protected override check({ totalIters, power }: Polynomial): void {
    checkCount('PolynomialLR', 'totalIters', totalIters, 1);
    checkPositive('PolynomialLR', 'power', power);
  }

  protected rate({ lr }: Readonly<ScheduledGroup>): number {
    const { totalIters, power } = this.options;
    if (this.initial || this.lastEpoch === 0 || this.lastEpoch > totalIters) return lr;
    return lr * ((1 - this.lastEpoch / totalIters) / (1 - (this.lastEpoch - 1) / totalIters)) ** power;
  }
}

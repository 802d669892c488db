import { ArgumentError } from '@tensortape/autograd';
import { checkCount, checkFinite } from './checks.ts';
import {
  LRScheduler,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
  type SchedulerStateDict,
} from './scheduler.ts';

/** Options of {@link StepLR}. */
export interface StepLROptions extends SchedulerOptions {
  /** What the learning rate is multiplied by. Default 0.1. */
  readonly gamma?: number;
}

/** What {@link ExponentialLR} multiplies by. */
export interface Exponential {
  /** What the learning rate is multiplied by. */
  gamma: number;
}

/** What {@link StepLR} multiplies by, and when. */
export interface Steps extends Exponential {
  /** The number of epochs between changes. */
  stepSize: number;
}

/**
 * Multiplies the learning rate by `gamma` every `stepSize` epochs. PyTorch: `torch.optim.lr_scheduler.StepLR`.
 *
 * @example
 * ```ts
 * import { SGD, StepLR } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const optimizer = new SGD([ones([1])], { lr: 8 });
 * const scheduler = new StepLR(optimizer, 2, { gamma: 0.5 });
 * for (let epoch = 0; epoch < 5; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // [ 2 ]
 * ```
 */
export class StepLR extends LRScheduler<Steps> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param stepSize The number of epochs between changes.
   * @param options `gamma`, 0.1 unless given; `lastEpoch`.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    stepSize: number,
    { gamma = 0.1, lastEpoch = -1 }: StepLROptions = {},
  ) {
    super(optimizer, { stepSize, gamma }, lastEpoch);
  }

  protected override check({ stepSize, gamma }: Steps): void {
    checkCount('StepLR', 'stepSize', stepSize, 1);
    checkFinite('StepLR', 'gamma', gamma);
  }

  protected rate({ lr }: Readonly<ScheduledGroup>): number {
    const { stepSize, gamma } = this.options;
    return this.lastEpoch === 0 || this.lastEpoch % stepSize !== 0 ? lr : lr * gamma;
  }
}

/**
 * Multiplies the learning rate by `gamma` every epoch. PyTorch: `torch.optim.lr_scheduler.ExponentialLR`.
 *
 * @example
 * ```ts
 * import { ExponentialLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new ExponentialLR(new SGD([ones([1])], { lr: 8 }), 0.5);
 * scheduler.step();
 * console.log(scheduler.getLastLr()); // [ 4 ]
 * ```
 */
export class ExponentialLR extends LRScheduler<Exponential> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param gamma What the learning rate is multiplied by.
   * @param options `lastEpoch`.
   */
  constructor(optimizer: ScheduledOptimizer, gamma: number, { lastEpoch = -1 }: SchedulerOptions = {}) {
    super(optimizer, { gamma }, lastEpoch);
  }

  protected override check({ gamma }: Exponential): void {
    checkFinite('ExponentialLR', 'gamma', gamma);
  }

  protected rate({ lr }: Readonly<ScheduledGroup>): number {
    return this.initial || this.lastEpoch === 0 ? lr : lr * this.options.gamma;
  }
}

/** What {@link MultiStepLR} multiplies by, and when. */
export interface Milestones extends Exponential {
  /** The epochs at which the rate changes. */
  milestones: readonly number[];
}

/**
 * Multiplies the learning rate by `gamma` at each of the `milestones`. PyTorch: `torch.optim.lr_scheduler.MultiStepLR`.
 *
 * Errors: ArgumentError for milestones that are not whole numbers >= 0, or a `gamma` that is not finite.
 *
 * @example
 * ```ts
 * import { MultiStepLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new MultiStepLR(new SGD([ones([1])], { lr: 8 }), [1, 3], { gamma: 0.5 });
 * for (let epoch = 0; epoch < 3; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()); // [ 2 ]
 * ```
 */
export class MultiStepLR extends LRScheduler<Milestones> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param milestones The epochs at which the rate changes; twice where one stands twice.
   * @param options `gamma`, 0.1 unless given; `lastEpoch`.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    milestones: Iterable<number>,
    { gamma = 0.1, lastEpoch = -1 }: StepLROptions = {},
  ) {
    super(optimizer, { milestones: [...milestones].sort((a, b) => a - b), gamma }, lastEpoch);
  }

  protected override check({ milestones, gamma }: Milestones): void {
    for (const [i, milestone] of milestones.entries()) {
      checkCount('MultiStepLR', `milestones[${i}]`, milestone, 0);
    }
    checkFinite('MultiStepLR', 'gamma', gamma);
  }

  protected rate({ lr }: Readonly<ScheduledGroup>): number {
    const { milestones, gamma } = this.options;
    return lr * gamma ** milestones.filter((milestone) => milestone === this.lastEpoch).length;
  }

  /** The state, in which PyTorch counts how often each milestone stands in the list. */
  override stateDict(): SchedulerStateDict {
    const counts: Record<number, number> = {};
    for (const milestone of this.options.milestones) counts[milestone] = (counts[milestone] ?? 0) + 1;
    return { ...super.stateDict(), milestones: counts };
  }

  override loadStateDict({ milestones: counts, ...state }: SchedulerStateDict): void {
    if (typeof counts !== 'object' || counts === null) {
      throw new ArgumentError(
        `MultiStepLR: the state dict's milestones must be counts by epoch, got ${counts}`,
      );
    }
    const milestones = Object.entries(counts).flatMap(([milestone, count]) =>
      new Array<number>(Number(count)).fill(Number(milestone)),
    );
    super.loadStateDict({ ...state, milestones });
  }
}

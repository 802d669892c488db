import { checkCount, checkFinite } from './checks.ts';
import {
  LRScheduler,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
  type SchedulerStateDict,
} from './scheduler.ts';

/** Options of {@link CosineAnnealingLR}. */
export interface CosineAnnealingLROptions extends SchedulerOptions {
  /** The smallest learning rate. Default 0. */
  readonly etaMin?: number;
}

/** How {@link CosineAnnealingLR} falls. */
export interface CosineAnnealing {
  /** The number of epochs until the smallest rate. */
  tMax: number;
  /** The smallest learning rate. */
  etaMin: number;
}

/** PyTorch's names of periods have capitals. */
const capitals: Readonly<Record<string, string>> = { tMax: 'T_max', period: 'T_0', tMult: 'T_mult' };

/**
 * Lets the learning rate fall along half a cosine: at epoch $t$ of `tMax` epochs $T$ it is
 * $\eta_{min} + (\eta - \eta_{min}) (1 + \cos(\pi t / T)) / 2$; after that it rises again. PyTorch:
 * `torch.optim.lr_scheduler.CosineAnnealingLR`, with its chainable form: each rate follows from the last one.
 *
 * I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017. Errors: ArgumentError for a number
 * of epochs that is not a whole number >= 1, or a smallest rate that is not finite.
 *
 * @example
 * ```ts
 * import { CosineAnnealingLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new CosineAnnealingLR(new SGD([ones([1])], { lr: 8 }), 4);
 * for (let epoch = 0; epoch < 2; epoch++) scheduler.step();
 * console.log(scheduler.getLastLr()[0]?.toFixed(4)); // 4.0000
 * ```
 */
export class CosineAnnealingLR extends LRScheduler<CosineAnnealing> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param tMax The number of epochs until the smallest rate.
   * @param options `etaMin`, 0 unless given; `lastEpoch`.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    tMax: number,
    { etaMin = 0, lastEpoch = -1 }: CosineAnnealingLROptions = {},
  ) {
    super(optimizer, { tMax, etaMin }, lastEpoch);
  }

  protected override check({ tMax, etaMin }: CosineAnnealing): void {
    checkCount('CosineAnnealingLR', 'tMax', tMax, 1);
    checkFinite('CosineAnnealingLR', 'etaMin', etaMin);
  }

  protected override keyOf(option: string): string {
    return capitals[option] ?? super.keyOf(option);
  }

  protected rate({ lr }: Readonly<ScheduledGroup>, index: number): number {
    const { lastEpoch } = this;
    const { tMax, etaMin } = this.options;
    if (this.initial || lastEpoch === 0) return lr;
    const height = (epoch: number) => 1 + Math.cos((Math.PI * epoch) / tMax);
    // The last height is 0 at the bottom, where the next rate does not follow from the last one.
    if ((lastEpoch - 1 - tMax) % (2 * tMax) === 0) {
      return lr + ((this.baseLrs[index]! - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
    }
    return (height(lastEpoch) / height(lastEpoch - 1)) * (lr - etaMin) + etaMin;
  }
}

/** Options of {@link CosineAnnealingWarmRestarts}. */
export interface WarmRestartsOptions extends CosineAnnealingLROptions {
  /** What each period is longer than the one before by. Default 1. */
  readonly tMult?: number;
}

/** How {@link CosineAnnealingWarmRestarts} falls, and starts anew. */
export interface WarmRestarts {
  /** The number of epochs of the first period. */
  period: number;
  /** What each period is longer than the one before by. */
  tMult: number;
  /** The smallest learning rate. */
  etaMin: number;
}

/**
 * Lets the learning rate fall along half a cosine, then starts anew: at epoch $t$ of a period of $T$ epochs it is
 * $\eta_{min} + (\eta - \eta_{min}) (1 + \cos(\pi t / T)) / 2$. PyTorch:
 * `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`, without fractions of epochs.
 *
 * I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017. Errors: ArgumentError for periods
 * that are not whole numbers >= 1, or a smallest rate that is not finite.
 *
 * @example
 * ```ts
 * import { CosineAnnealingWarmRestarts, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new CosineAnnealingWarmRestarts(new SGD([ones([1])], { lr: 8 }), 2, { tMult: 2 });
 * const rates = [8];
 * for (let epoch = 1; epoch < 7; epoch++) {
 *   scheduler.step();
 *   rates.push(scheduler.getLastLr()[0]!);
 * }
 * console.log(rates.map((rate) => rate.toFixed(1)).join(' ')); // 8.0 4.0 8.0 6.8 4.0 1.2 8.0
 * ```
 */
export class CosineAnnealingWarmRestarts extends LRScheduler<WarmRestarts> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param period The number of epochs of the first period: PyTorch's `T_0`.
   * @param options `tMult` and `etaMin`, 1 and 0 unless given; `lastEpoch`.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    period: number,
    { tMult = 1, etaMin = 0, lastEpoch = -1 }: WarmRestartsOptions = {},
  ) {
    super(optimizer, { period, tMult, etaMin }, lastEpoch);
  }

  protected override check({ period, tMult, etaMin }: WarmRestarts): void {
    checkCount('CosineAnnealingWarmRestarts', 'period', period, 1);
    checkCount('CosineAnnealingWarmRestarts', 'tMult', tMult, 1);
    checkFinite('CosineAnnealingWarmRestarts', 'etaMin', etaMin);
  }

  protected override keyOf(option: string): string {
    return capitals[option] ?? super.keyOf(option);
  }

  protected rate(_group: Readonly<ScheduledGroup>, index: number): number {
    const { etaMin } = this.options;
    const { length, passed } = placeAt(this.lastEpoch, this.options);
    return etaMin + ((this.baseLrs[index]! - etaMin) * (1 + Math.cos((Math.PI * passed) / length))) / 2;
  }

  /** The state, with the present period, which PyTorch keeps. */
  override stateDict(): SchedulerStateDict {
    const { length, passed } = placeAt(this.lastEpoch, this.options);
    return { ...super.stateDict(), T_i: length, T_cur: passed };
  }
}

/** The length of the present period, and the epochs of it that have passed. */
function placeAt(
  epoch: number,
  { period, tMult }: WarmRestarts,
): { readonly length: number; readonly passed: number } {
  // A schedule that waits its turn in a sequence stands before epoch 0.
  let [length, passed] = [period, Math.max(0, epoch)];
  // Periods of one length are not counted off one by one.
  if (tMult === 1) return { length, passed: passed % length };
  while (passed >= length) {
    passed -= length;
    length *= tMult;
  }
  return { length, passed };
}

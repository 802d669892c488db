import { checkChoice, checkFinite, checkFlag, checkNumbers, checkPositive, checkShare } from './checks.ts';
import { noted, setMomentum, startMomenta, usesBetas } from './momenta.ts';
import {
  LRScheduler,
  perGroup,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
  type SchedulerStateDict,
} from './scheduler.ts';

/** Options of {@link CyclicLR}. */
export interface CyclicLROptions extends SchedulerOptions {
  /** The number of steps from the smallest rate to the largest. Default 2000. */
  readonly stepSizeUp?: number;
  /** The number of steps back. Default `stepSizeUp`. */
  readonly stepSizeDown?: number;
  /** How cycles change: not at all, by half each, or by `gamma` each step. Default 'triangular'. */
  readonly mode?: 'triangular' | 'triangular2' | 'exp_range';
  /** The factor of each step, for 'exp_range'. Default 1. */
  readonly gamma?: number;
  /** A height of one's own in the place of `mode`, by cycle (from 1) or by step; state dicts cannot hold it. */
  readonly scaleFn?: (x: number) => number;
  /** What `scaleFn` is called with. Default 'cycle'. */
  readonly scaleMode?: 'cycle' | 'iterations';
  /** Whether the momentum goes the other way. Default true. */
  readonly cycleMomentum?: boolean;
  /** The smallest momentum, for all groups or for each. Default 0.8. */
  readonly baseMomentum?: number | readonly number[];
  /** The largest momentum, for all groups or for each. Default 0.9. */
  readonly maxMomentum?: number | readonly number[];
}

/** How {@link CyclicLR} goes up and down. */
export interface Cycles {
  /** The largest learning rate of each group. */
  maxLrs: readonly number[];
  /** The number of steps of a cycle. */
  totalSize: number;
  /** The part of a cycle that goes up. */
  stepRatio: number;
  /** How cycles change. */
  mode: 'triangular' | 'triangular2' | 'exp_range';
  /** The factor of each step, for 'exp_range'. */
  gamma: number;
  /** What the height is a function of. */
  scaleMode: 'cycle' | 'iterations';
  /** A height of one's own. */
  scaleFn: ((x: number) => number) | undefined;
  /** Whether the momentum goes the other way. */
  cycleMomentum: boolean;
}

/**
 * Lets the learning rate go up and down in lines, between `baseLr` and `maxLr`, and the momentum the other way; `step()` belongs
 * after every batch. PyTorch: `torch.optim.lr_scheduler.CyclicLR`.
 *
 * L. Smith, "Cyclical Learning Rates for Training Neural Networks", 2017. Errors: ArgumentError for bad options, lists of another
 * length than the groups, or a momentum to cycle that the optimizer lacks.
 *
 * @example
 * ```ts
 * import { CyclicLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const optimizer = new SGD([ones([1])], { momentum: 0.9 });
 * const scheduler = new CyclicLR(optimizer, 1, 3, { stepSizeUp: 2 });
 * const rates = [];
 * for (let step = 0; step < 5; step++) {
 *   rates.push(scheduler.getLastLr()[0]);
 *   scheduler.step();
 * }
 * console.log(rates); // [ 1, 2, 3, 2, 1 ]
 * ```
 */
export class CyclicLR extends LRScheduler<Cycles> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param baseLr The smallest learning rate, for all groups or for each.
   * @param maxLr The largest, for all groups or for each.
   * @param options See {@link CyclicLROptions}.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    baseLr: number | readonly number[],
    maxLr: number | readonly number[],
    options: CyclicLROptions = {},
  ) {
    const { stepSizeUp = 2000, stepSizeDown = stepSizeUp, mode = 'triangular', gamma = 1 } = options;
    const {
      scaleFn,
      scaleMode = 'cycle',
      cycleMomentum = true,
      baseMomentum = 0.8,
      maxMomentum = 0.9,
      lastEpoch = -1,
    } = options;
    checkPositive('CyclicLR', 'stepSizeUp', stepSizeUp);
    checkPositive('CyclicLR', 'stepSizeDown', stepSizeDown);
    const baseLrs = perGroup('CyclicLR', 'baseLr', optimizer, baseLr);
    for (const rate of baseLrs) checkFinite('CyclicLR', 'baseLr', rate);
    if (cycleMomentum && lastEpoch === -1) startMomenta('CyclicLR', optimizer, { baseMomentum, maxMomentum });
    if (lastEpoch === -1) {
      for (const [i, group] of optimizer.paramGroups.entries()) group.lr = baseLrs[i]!;
    }
    const totalSize = stepSizeUp + stepSizeDown;
    super(
      optimizer,
      {
        maxLrs: perGroup('CyclicLR', 'maxLr', optimizer, maxLr),
        totalSize,
        stepRatio: stepSizeUp / totalSize,
        mode,
        gamma,
        scaleMode: scaleFn !== undefined ? scaleMode : mode === 'exp_range' ? 'iterations' : 'cycle',
        scaleFn,
        cycleMomentum,
      },
      lastEpoch,
    );
    this.baseLrs = baseLrs;
  }

  protected override check({ maxLrs, mode, gamma, scaleMode, cycleMomentum, ...sizes }: Cycles): void {
    checkNumbers('CyclicLR', 'maxLr', maxLrs, this.optimizer.paramGroups.length);
    checkPositive('CyclicLR', 'totalSize', sizes.totalSize);
    checkShare('CyclicLR', 'stepRatio', sizes.stepRatio);
    checkChoice('CyclicLR', 'mode', mode, ['triangular', 'triangular2', 'exp_range']);
    checkFinite('CyclicLR', 'gamma', gamma);
    checkChoice('CyclicLR', 'scaleMode', scaleMode, ['cycle', 'iterations']);
    checkFlag('CyclicLR', 'cycleMomentum', cycleMomentum);
  }

  protected rate(_group: Readonly<ScheduledGroup>, index: number): number {
    const base = this.baseLrs[index]!;
    return base + (this.options.maxLrs[index]! - base) * heightOf(this.lastEpoch, this.options);
  }

  protected override adjust(group: ScheduledGroup): void {
    if (!this.options.cycleMomentum) return;
    const largest = noted('CyclicLR', group, 'maxMomentum');
    setMomentum(
      group,
      largest - (largest - noted('CyclicLR', group, 'baseMomentum')) * heightOf(this.lastEpoch, this.options),
    );
  }

  /** The state, in which PyTorch expects the momenta and a place for the function. */
  override stateDict(): SchedulerStateDict {
    const { paramGroups } = this.optimizer;
    return {
      ...super.stateDict(),
      _scale_fn_custom: null,
      ...(this.options.cycleMomentum && {
        use_beta1: usesBetas('CyclicLR', this.optimizer),
        base_momentums: paramGroups.map(({ baseMomentum }) => baseMomentum),
        max_momentums: paramGroups.map(({ maxMomentum }) => maxMomentum),
      }),
    };
  }
}

/** How far the rate is from the smallest to the largest. */
function heightOf(epoch: number, options: Cycles): number {
  const { totalSize, stepRatio, mode, gamma, scaleMode, scaleFn } = options;
  const cycle = Math.floor(1 + epoch / totalSize);
  const x = 1 + epoch / totalSize - cycle;
  const height = x <= stepRatio ? x / stepRatio : (x - 1) / (stepRatio - 1);
  const at = scaleMode === 'cycle' ? cycle : epoch;
  if (scaleFn !== undefined) return height * scaleFn(at);
  if (mode === 'triangular') return height;
  return height * (mode === 'triangular2' ? 1 / 2 ** (at - 1) : gamma ** at);
}

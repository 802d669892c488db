import { ArgumentError } from '@tensortape/autograd';
import {
  checkChoice,
  checkCount,
  checkFinite,
  checkFlag,
  checkNumbers,
  checkPositive,
  checkShare,
} from './checks.ts';
import { noted, setMomentum, startMomenta, usesBetas } from './momenta.ts';
import {
  LRScheduler,
  perGroup,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
  type SchedulerStateDict,
} from './scheduler.ts';

/** Options of {@link OneCycleLR}; either `totalSteps`, or `epochs` and `stepsPerEpoch`. */
export interface OneCycleLROptions extends SchedulerOptions {
  /** The number of steps of the cycle. */
  readonly totalSteps?: number;
  /** The number of epochs of the cycle. */
  readonly epochs?: number;
  /** The number of steps of an epoch. */
  readonly stepsPerEpoch?: number;
  /** The part of the steps in which the rate rises. Default 0.3. */
  readonly pctStart?: number;
  /** Whether rates change along cosines or along lines. Default 'cos'. */
  readonly annealStrategy?: 'cos' | 'linear';
  /** Whether the momentum goes the other way. Default true. */
  readonly cycleMomentum?: boolean;
  /** The smallest momentum, for all groups or for each. Default 0.85. */
  readonly baseMomentum?: number | readonly number[];
  /** The largest momentum, for all groups or for each. Default 0.95. */
  readonly maxMomentum?: number | readonly number[];
  /** What the first rate is smaller than the largest by. Default 25. */
  readonly divFactor?: number;
  /** What the last rate is smaller than the first by. Default 10000. */
  readonly finalDivFactor?: number;
  /** Whether the rate falls to the first one again before it falls to the last. Default false. */
  readonly threePhase?: boolean;
}

/** How {@link OneCycleLR} goes up and down. */
export interface OneCycle {
  /** The number of steps of the cycle. */
  totalSteps: number;
  /** The steps at which the two or three phases end. */
  ends: readonly number[];
  /** Whether rates change along cosines or along lines. */
  annealStrategy: 'cos' | 'linear';
  /** Whether the momentum goes the other way. */
  cycleMomentum: boolean;
}

/** Between which rates and momenta, as groups name them, a phase goes. */
interface Phase {
  readonly rates: readonly ['initialLr' | 'maxLr', 'initialLr' | 'maxLr' | 'minLr'];
  readonly momenta: readonly ['baseMomentum' | 'maxMomentum', 'baseMomentum' | 'maxMomentum'];
}
const up: Phase = { rates: ['initialLr', 'maxLr'], momenta: ['maxMomentum', 'baseMomentum'] };
const downAgain: Phase = { rates: ['maxLr', 'initialLr'], momenta: ['baseMomentum', 'maxMomentum'] };
const downToEnd: Phase = { rates: ['initialLr', 'minLr'], momenta: ['maxMomentum', 'maxMomentum'] };
const down: Phase = { rates: ['maxLr', 'minLr'], momenta: ['baseMomentum', 'maxMomentum'] };

const phasesOf = ({ ends }: OneCycle): readonly Phase[] =>
  ends.length === 3 ? [up, downAgain, downToEnd] : [up, down];

/**
 * One cycle for a whole training: the learning rate rises to `maxLr`, then falls far below where it began, and the momentum goes
 * the other way; `step()` belongs after every batch. PyTorch: `torch.optim.lr_scheduler.OneCycleLR`.
 *
 * L. Smith, N. Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2019. Errors:
 * ArgumentError for bad options, a momentum to cycle that the optimizer lacks, or more steps than there are.
 *
 * @example
 * ```ts
 * import { OneCycleLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const optimizer = new SGD([ones([1])], { momentum: 0.9 });
 * const scheduler = new OneCycleLR(optimizer, 4, { totalSteps: 5, pctStart: 0.6, divFactor: 4, annealStrategy: 'linear' });
 * const rates = [scheduler.getLastLr()[0]];
 * for (let step = 1; step < 5; step++) {
 *   scheduler.step();
 *   rates.push(scheduler.getLastLr()[0]);
 * }
 * console.log(rates.map((rate) => rate?.toFixed(2)).join(' ')); // 1.00 2.50 4.00 2.00 0.00
 * ```
 */
export class OneCycleLR extends LRScheduler<OneCycle> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param maxLr The largest learning rate, for all groups or for each.
   * @param options See {@link OneCycleLROptions}.
   */
  constructor(optimizer: ScheduledOptimizer, maxLr: number | readonly number[], options: OneCycleLROptions) {
    const {
      pctStart = 0.3,
      annealStrategy = 'cos',
      cycleMomentum = true,
      baseMomentum = 0.85,
      maxMomentum = 0.95,
      threePhase = false,
    } = options;
    const { divFactor = 25, finalDivFactor = 1e4, lastEpoch = -1 } = options;
    const totalSteps = stepsOf(options);
    checkShare('OneCycleLR', 'pctStart', pctStart);
    checkPositive('OneCycleLR', 'divFactor', divFactor);
    checkPositive('OneCycleLR', 'finalDivFactor', finalDivFactor);
    checkFlag('OneCycleLR', 'threePhase', threePhase);
    const maxLrs = perGroup('OneCycleLR', 'maxLr', optimizer, maxLr);
    for (const rate of maxLrs) checkFinite('OneCycleLR', 'maxLr', rate);
    if (cycleMomentum && lastEpoch === -1)
      startMomenta('OneCycleLR', optimizer, { baseMomentum, maxMomentum });
    if (lastEpoch === -1) {
      for (const [i, group] of optimizer.paramGroups.entries()) {
        group.initialLr = maxLrs[i]! / divFactor;
        group.maxLr = maxLrs[i]!;
        group.minLr = group.initialLr / finalDivFactor;
      }
    }
    const risen = pctStart * totalSteps - 1;
    const ends = threePhase ? [risen, 2 * risen, totalSteps - 1] : [risen, totalSteps - 1];
    super(optimizer, { totalSteps, ends, annealStrategy, cycleMomentum }, lastEpoch);
  }

  protected override check({ totalSteps, ends, annealStrategy, cycleMomentum }: OneCycle): void {
    checkCount('OneCycleLR', 'totalSteps', totalSteps, 1);
    checkNumbers('OneCycleLR', 'the ends of phases', ends, ends.length === 3 ? 3 : 2);
    checkChoice('OneCycleLR', 'annealStrategy', annealStrategy, ['cos', 'linear']);
    checkFlag('OneCycleLR', 'cycleMomentum', cycleMomentum);
  }

  protected override keyOf(option: string): string {
    return option === 'annealStrategy' ? '_anneal_func_type' : super.keyOf(option);
  }

  override step(): void {
    if (this.lastEpoch >= this.options.totalSteps) {
      throw new ArgumentError(
        `OneCycleLR: the cycle of ${this.options.totalSteps} steps is over; give it more totalSteps, or stop stepping`,
      );
    }
    super.step();
  }

  protected rate(group: Readonly<ScheduledGroup>): number {
    return valueAt(this.lastEpoch, this.options, group, 'rates');
  }

  protected override adjust(group: ScheduledGroup): void {
    if (!this.options.cycleMomentum) return;
    setMomentum(group, valueAt(this.lastEpoch, this.options, group, 'momenta'));
  }

  /** The state, in which PyTorch expects whole phases. */
  override stateDict(): SchedulerStateDict {
    const { ends, ...state } = super.stateDict();
    const phases = phasesOf(this.options).map(({ rates, momenta }, i) => ({
      end_step: this.options.ends[i]!,
      start_lr: this.keyOf(rates[0]),
      end_lr: this.keyOf(rates[1]),
      start_momentum: this.keyOf(momenta[0]),
      end_momentum: this.keyOf(momenta[1]),
    }));
    return {
      ...state,
      _schedule_phases: phases,
      ...(this.options.cycleMomentum && { use_beta1: usesBetas('OneCycleLR', this.optimizer) }),
    };
  }

  override loadStateDict({ _schedule_phases: phases, ...state }: SchedulerStateDict): void {
    if (!Array.isArray(phases)) {
      throw new ArgumentError(
        `OneCycleLR: the state dict's _schedule_phases must be a list of phases, got ${phases}`,
      );
    }
    super.loadStateDict({ ...state, ends: phases.map((phase) => phase?.end_step) });
  }
}

function stepsOf({ totalSteps, epochs, stepsPerEpoch }: OneCycleLROptions): number {
  if (totalSteps !== undefined) {
    checkCount('OneCycleLR', 'totalSteps', totalSteps, 1);
    return totalSteps;
  }
  if (epochs === undefined || stepsPerEpoch === undefined) {
    throw new ArgumentError('OneCycleLR: give either totalSteps, or both epochs and stepsPerEpoch');
  }
  checkCount('OneCycleLR', 'epochs', epochs, 1);
  checkCount('OneCycleLR', 'stepsPerEpoch', stepsPerEpoch, 1);
  return epochs * stepsPerEpoch;
}

/** The rate or the momentum of a group at a step. */
function valueAt(
  step: number,
  options: OneCycle,
  group: Readonly<ScheduledGroup>,
  kind: 'rates' | 'momenta',
): number {
  const { ends, annealStrategy } = options;
  const ended = ends.slice(0, -1).filter((end) => step > end).length;
  const start = ended === 0 ? 0 : ends[ended - 1]!;
  const length = ends[ended]! - start;
  const passed = length === 0 ? 1 : (step - start) / length;
  const [from, to] = phasesOf(options)[ended]![kind].map((name) => noted('OneCycleLR', group, name)) as [
    number,
    number,
  ];
  if (annealStrategy === 'linear') return (to - from) * passed + from;
  return to + ((from - to) / 2) * (Math.cos(Math.PI * passed) + 1);
}

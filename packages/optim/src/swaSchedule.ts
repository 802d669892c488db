import { checkChoice, checkCount, checkNotNegative } from './checks.ts';
import {
  LRScheduler,
  perGroup,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
} from './scheduler.ts';

/** Options of {@link SWALR}. */
export interface SWALROptions extends SchedulerOptions {
  /** The number of epochs until the rate is reached. Default 10. */
  readonly annealEpochs?: number;
  /** Whether the rate changes along a cosine or along a line. Default 'cos'. */
  readonly annealStrategy?: 'cos' | 'linear';
}

/** How {@link SWALR} comes to its rate. */
export interface Annealing {
  /** The number of epochs until the rate is reached. */
  annealEpochs: number;
  /** Whether the rate changes along a cosine or along a line. */
  annealStrategy: 'cos' | 'linear';
}

/**
 * Brings the learning rate to `swaLr` in `annealEpochs` epochs and keeps it there, for averaging with
 * {@link AveragedParameters}. PyTorch: `torch.optim.swa_utils.SWALR`.
 *
 * P. Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018. Errors: ArgumentError for bad
 * options.
 *
 * @example
 * ```ts
 * import { SGD, SWALR } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new SWALR(new SGD([ones([1])], { lr: 4 }), 2, { annealEpochs: 2, annealStrategy: 'linear' });
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++) {
 *   rates.push(scheduler.getLastLr()[0]);
 *   scheduler.step();
 * }
 * console.log(rates); // [ 4, 3, 2, 2 ]
 * ```
 */
export class SWALR extends LRScheduler<Annealing> {
  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param swaLr The last learning rate, for all groups or for each.
   * @param options See {@link SWALROptions}.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    swaLr: number | readonly number[],
    { annealEpochs = 10, annealStrategy = 'cos', lastEpoch = -1 }: SWALROptions = {},
  ) {
    const rates = perGroup('SWALR', 'swaLr', optimizer, swaLr);
    for (const rate of rates) checkNotNegative('SWALR', 'swaLr', rate);
    for (const [i, group] of optimizer.paramGroups.entries()) group.swaLr = rates[i]!;
    super(optimizer, { annealEpochs, annealStrategy }, lastEpoch);
  }

  protected override check({ annealEpochs, annealStrategy }: Annealing): void {
    checkCount('SWALR', 'annealEpochs', annealEpochs, 0);
    checkChoice('SWALR', 'annealStrategy', annealStrategy, ['cos', 'linear']);
  }

  protected override keyOf(option: string): string {
    return option === 'annealStrategy' ? '_anneal_strategy' : super.keyOf(option);
  }

  protected rate({ lr, swaLr = lr }: Readonly<ScheduledGroup>): number {
    const epoch = this.options.annealEpochs === 0 ? Math.max(1, this.lastEpoch) : this.lastEpoch;
    // The rate that the way began at follows from the last one, so that other schedules may change it too.
    const before = coveredAt(epoch - 1, this.options);
    const first = before === 1 ? swaLr : (lr - before * swaLr) / (1 - before);
    const covered = coveredAt(epoch, this.options);
    return swaLr * covered + first * (1 - covered);
  }
  /** Goes on from the rate that the schedule before has come to. */
  protected override restartRate(group: Readonly<ScheduledGroup>): number {
    return this.rate(group);
  }
}

/** How much of the way is covered at an epoch. */
function coveredAt(epoch: number, { annealEpochs, annealStrategy }: Annealing): number {
  const time = Math.max(0, Math.min(1, epoch / Math.max(1, annealEpochs)));
  return annealStrategy === 'cos' ? (1 - Math.cos(Math.PI * time)) / 2 : time;
}

import { ArgumentError } from '@tensortape/autograd';
import { checkCount } from './checks.ts';
import { LRScheduler, type Schedule, type ScheduledOptimizer, type SchedulerStateDict } from './scheduler.ts';
import { readOptions } from './stateDict.ts';

/** Refuses an empty list, and schedules of other optimizers. */
function checkSchedulers(owner: string, schedulers: readonly Schedule[], optimizer: unknown): void {
  if (schedulers.length === 0) throw new ArgumentError(`${owner}: there are no schedules`);
  for (const [i, scheduler] of schedulers.entries()) {
    if (scheduler.optimizer !== optimizer) {
      throw new ArgumentError(
        `${owner}: schedule ${i} belongs to another optimizer; make all of them with one and the same`,
      );
    }
  }
}

/** Loads the states of several schedules, all or none. */
function loadAll(owner: string, schedulers: readonly Schedule[], states: unknown): void {
  if (!Array.isArray(states) || states.length !== schedulers.length) {
    throw new ArgumentError(
      `${owner}: _schedulers must be ${schedulers.length} state dicts, got ${Array.isArray(states) ? states.length : states}`,
    );
  }
  const before = schedulers.map((scheduler) => scheduler.stateDict());
  try {
    for (const [i, scheduler] of schedulers.entries()) scheduler.loadStateDict(states[i]);
  } catch (error) {
    for (const [i, scheduler] of schedulers.entries()) scheduler.loadStateDict(before[i]!);
    throw error;
  }
}

/**
 * Several schedules one after the other: each begins, from the first learning rate, when its milestone is reached. PyTorch:
 * `torch.optim.lr_scheduler.SequentialLR`.
 *
 * Errors: ArgumentError for schedules of several optimizers, for one of {@link SequentialLR} or {@link ChainedScheduler}
 * inside, or where the milestones are not whole numbers, in order, one fewer than the schedules.
 *
 * @example
 * ```ts
 * import { ConstantLR, ExponentialLR, SequentialLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const optimizer = new SGD([ones([1])], { lr: 8 });
 * const warmup = new ConstantLR(optimizer, { factor: 0.25, totalIters: 10 });
 * const scheduler = new SequentialLR(optimizer, [warmup, new ExponentialLR(optimizer, 0.5)], [2]);
 * const rates = [];
 * for (let epoch = 0; epoch < 5; epoch++) {
 *   rates.push(scheduler.getLastLr()[0]);
 *   scheduler.step();
 * }
 * console.log(rates); // [ 2, 2, 8, 4, 2 ]
 * ```
 */
export class SequentialLR implements Schedule {
  /** The optimizer whose learning rates are set. */
  readonly optimizer: ScheduledOptimizer;
  /** The schedules, in order. */
  readonly schedulers: readonly LRScheduler[];
  /** The epochs at which the second and later ones begin. */
  milestones: readonly number[];
  /** The number of epochs that are finished. */
  lastEpoch = 0;

  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param schedulers Its schedules, made just before.
   * @param milestones The epochs at which the second and later ones begin.
   */
  constructor(
    optimizer: ScheduledOptimizer,
    schedulers: readonly LRScheduler[],
    milestones: readonly number[],
  ) {
    checkSchedulers('SequentialLR', schedulers, optimizer);
    for (const [i, scheduler] of schedulers.entries()) {
      if (!(scheduler instanceof LRScheduler)) {
        throw new ArgumentError(`SequentialLR: schedule ${i} has no rule of its own to begin again with`);
      }
    }
    this.optimizer = optimizer;
    this.schedulers = [...schedulers];
    this.milestones = this.#checked(milestones);
    for (const group of optimizer.paramGroups) group.lr = group.initialLr ?? group.lr;
    for (const scheduler of schedulers) scheduler.lastEpoch--;
    this.#present().begin();
  }

  #checked(milestones: readonly unknown[]): readonly number[] {
    if (milestones.length !== this.schedulers.length - 1) {
      throw new ArgumentError(
        `SequentialLR: ${this.schedulers.length} schedules need ${this.schedulers.length - 1} milestones between them, got ${milestones.length}`,
      );
    }
    const numbers = milestones.map(Number);
    for (const [i, milestone] of numbers.entries()) {
      checkCount('SequentialLR', `milestones[${i}]`, milestone, i === 0 ? 1 : numbers[i - 1]! + 1);
    }
    return numbers;
  }

  #present(): LRScheduler {
    return this.schedulers[this.milestones.filter((milestone) => milestone <= this.lastEpoch).length]!;
  }

  /** Goes on to the next epoch. PyTorch: `SequentialLR.step`. */
  step(): void {
    this.lastEpoch++;
    if (this.milestones.includes(this.lastEpoch)) this.#present().restart();
    else this.#present().step();
  }

  /** The learning rate that each group was given last. PyTorch: `LRScheduler.get_last_lr`. */
  getLastLr(): number[] {
    return this.#present().getLastLr();
  }

  /** The state, with those of all schedules. PyTorch: `SequentialLR.state_dict`. */
  stateDict(): SchedulerStateDict {
    return {
      _milestones: [...this.milestones],
      last_epoch: this.lastEpoch,
      _last_lr: this.getLastLr(),
      _schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()),
    };
  }

  /** Takes over a state. PyTorch: `SequentialLR.load_state_dict`. Errors: ArgumentError; then nothing was changed. */
  loadStateDict(stateDict: SchedulerStateDict): void {
    const problems: string[] = [];
    const read = (key: string) => readOptions('the state dict', [key], [], stateDict, problems)[key];
    const milestones = read('_milestones');
    const lastEpoch = read('last_epoch');
    const states = read('_schedulers');
    if (problems.length > 0) throw new ArgumentError(`SequentialLR: ${problems.join('; ')}`);
    checkCount('SequentialLR', 'last_epoch', lastEpoch, 0);
    const checked = this.#checked(Array.isArray(milestones) ? milestones : []);
    loadAll('SequentialLR', this.schedulers, states);
    this.milestones = checked;
    this.lastEpoch = Number(lastEpoch);
  }
}

/**
 * Several schedules at once: each changes what the others have set. PyTorch: `torch.optim.lr_scheduler.ChainedScheduler`.
 * Schedules that compute rates from the first one, such as {@link LambdaLR}, have to come first.
 *
 * Errors: ArgumentError for schedules of several optimizers.
 *
 * @example
 * ```ts
 * import { ChainedScheduler, ConstantLR, ExponentialLR, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const optimizer = new SGD([ones([1])], { lr: 8 });
 * const warmup = new ConstantLR(optimizer, { factor: 0.25, totalIters: 2 });
 * const scheduler = new ChainedScheduler([warmup, new ExponentialLR(optimizer, 0.5)]);
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++) {
 *   rates.push(scheduler.getLastLr()[0]);
 *   scheduler.step();
 * }
 * console.log(rates); // [ 2, 1, 2, 1 ]
 * ```
 */
export class ChainedScheduler implements Schedule {
  /** The optimizer whose learning rates are set. */
  readonly optimizer: ScheduledOptimizer;
  /** The schedules, in the order in which they act. */
  readonly schedulers: readonly Schedule[];

  /**
   * @param schedulers The schedules of one optimizer.
   */
  constructor(schedulers: readonly Schedule[]) {
    checkSchedulers('ChainedScheduler', schedulers, schedulers[0]?.optimizer);
    this.optimizer = schedulers[0]!.optimizer;
    this.schedulers = [...schedulers];
  }

  /** Goes on to the next epoch. PyTorch: `ChainedScheduler.step`. */
  step(): void {
    for (const scheduler of this.schedulers) scheduler.step();
  }

  /** The learning rate that each group was given last: by the last of the schedules. PyTorch: `LRScheduler.get_last_lr`. */
  getLastLr(): number[] {
    return this.schedulers.at(-1)!.getLastLr();
  }

  /** The state, with those of all schedules. PyTorch: `ChainedScheduler.state_dict`. */
  stateDict(): SchedulerStateDict {
    return {
      _last_lr: this.getLastLr(),
      _schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()),
    };
  }

  /** Takes over a state. PyTorch: `ChainedScheduler.load_state_dict`. Errors: ArgumentError; then nothing was changed. */
  loadStateDict({ _schedulers: states }: SchedulerStateDict): void {
    loadAll('ChainedScheduler', this.schedulers, states);
  }
}

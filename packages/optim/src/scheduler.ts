import { ArgumentError } from '@tensortape/autograd';
import { checkCount, checkNumbers } from './checks.ts';
import type { LearningRate, ParamGroup } from './optimizer.ts';
import { readOptions, snakeCase } from './stateDict.ts';

/** The state of a schedule, under PyTorch's names. */
export type SchedulerStateDict = Readonly<Record<string, unknown>>;

/** A group of parameters that schedules change. */
export type ScheduledGroup = ParamGroup<LearningRate> & {
  /** The momentum, where the optimizer has one. */
  momentum?: number;
  /** The shares of averages that are kept, where the optimizer has them; the first takes the place of a momentum. */
  betas?: readonly [number, number];
};

/** What a schedule needs of an optimizer. */
export interface ScheduledOptimizer {
  /** The groups whose `lr` is set. */
  readonly paramGroups: readonly ScheduledGroup[];
}

/** What all schedules have that go on by epochs: those for one rule, and those made of others. */
export interface Schedule {
  /** The optimizer whose learning rates are set. */
  readonly optimizer: ScheduledOptimizer;
  /** Goes on to the next epoch. PyTorch: `LRScheduler.step`. */
  step(): void;
  /** The learning rate that each group was given last. PyTorch: `LRScheduler.get_last_lr`. */
  getLastLr(): number[];
  /** The state from which the schedule can go on. The rates themselves are in the optimizer's. PyTorch: `LRScheduler.state_dict`. */
  stateDict(): SchedulerStateDict;
  /** Takes over a state. The rates themselves come with the optimizer's. PyTorch: `LRScheduler.load_state_dict`. Errors: ArgumentError. */
  loadStateDict(stateDict: SchedulerStateDict): void;
}

/** Options of every schedule. */
export interface SchedulerOptions {
  /** The last epoch that was finished, to go on from it; -1, the default, to start. */
  readonly lastEpoch?: number;
}

/**
 * The base of learning-rate schedules: sets the `lr` of an optimizer's groups, once when it is made and then at every
 * `step()`, which belongs after the epoch's last `optimizer.step()`. PyTorch: `torch.optim.lr_scheduler.LRScheduler`.
 *
 * To write one, extend it with the rule for one group; see {@link LRScheduler.rate}.
 *
 * @example
 * ```ts
 * import { LRScheduler, type ParamGroup, type LearningRate, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * class Halving extends LRScheduler {
 *   protected rate({ lr }: ParamGroup<LearningRate>) {
 *     return this.lastEpoch === 0 ? lr : lr / 2;
 *   }
 * }
 * const scheduler = new Halving(new SGD([ones([1])], { lr: 1 }), {});
 * scheduler.step();
 * console.log(scheduler.getLastLr()); // [ 0.5 ]
 * ```
 */
export abstract class LRScheduler<Options extends object = object> implements Schedule {
  /** The optimizer whose learning rates are set. */
  readonly optimizer: ScheduledOptimizer;
  /** The schedule's own options. */
  readonly options: Options;
  /** The number of epochs that are finished; 0 at the start. */
  lastEpoch: number;
  #lastLr: number[] = [];
  /** Whether the rate is that of the beginning: a rule that changes the last rate leaves it alone then. */
  protected initial = false;
  /** The learning rate that each group started from. */
  baseLrs: number[];

  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param options The schedule's own options.
   * @param lastEpoch The last epoch that was finished; -1 to start.
   */
  constructor(optimizer: ScheduledOptimizer, options: Options, lastEpoch = -1) {
    this.optimizer = optimizer;
    this.options = options;
    this.check(options);
    checkCount(this.#name, 'lastEpoch', lastEpoch, -1);
    this.lastEpoch = lastEpoch;
    this.baseLrs = optimizer.paramGroups.map((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= group.lr;
      if (group.initialLr === undefined) {
        throw new ArgumentError(
          `${this.#name}: paramGroups[${i}] has no initialLr to go on from; load the optimizer's state first, or start with lastEpoch -1`,
        );
      }
      return group.initialLr;
    });
    this.begin();
  }

  /** @internal Steps for a first time. */
  begin(): void {
    this.initial = true;
    this.step();
    this.initial = false;
  }

  /** @internal Goes back to epoch 0, and its rates: how {@link SequentialLR} comes to its next schedule. */
  restart(): void {
    this.lastEpoch = 0;
    this.#set((group, i) => this.restartRate(group, i));
  }

  get #name(): string {
    return this.constructor.name;
  }

  /** Refuses bad options, by name. */
  protected check(_options: Options): void {}

  /**
   * The learning rate of group `index` for epoch `lastEpoch`; its `lr` is still that of the epoch before. The constructor
   * calls this for epoch 0, before a subclass has fields or private methods of its own: keep what it reads in `options`.
   */
  protected abstract rate(group: Readonly<ScheduledGroup>, index: number): number;

  /** The learning rate of epoch 0 in the middle of a {@link SequentialLR}: that of a group with its first learning rate. */
  protected restartRate(group: Readonly<ScheduledGroup>, index: number): number {
    return this.rate({ ...group, lr: this.baseLrs[index]! }, index);
  }

  /** Changes what else of group `index` follows the schedule, as its momentum. */
  protected adjust(_group: ScheduledGroup, _index: number): void {}

  /** The name of an option in a state dict: PyTorch's spelling. */
  protected keyOf(option: string): string {
    return snakeCase(option);
  }

  /** Goes on to the next epoch. PyTorch: `LRScheduler.step`. */
  step(): void {
    const { paramGroups } = this.optimizer;
    if (paramGroups.length !== this.baseLrs.length) {
      throw new ArgumentError(
        `${this.#name}: the optimizer has ${paramGroups.length} groups, but had ${this.baseLrs.length} when the schedule was made; ` +
          'make it after the last addParamGroup',
      );
    }
    this.lastEpoch++;
    this.#set((group, i) => this.rate(group, i));
  }

  #set(rateOf: (group: ScheduledGroup, index: number) => number): void {
    const { paramGroups } = this.optimizer;
    const rates = paramGroups.map(rateOf);
    for (const [i, group] of paramGroups.entries()) {
      group.lr = rates[i]!;
      this.adjust(group, i);
    }
    this.#lastLr = rates;
  }

  /** The learning rate that each group was given last. PyTorch: `LRScheduler.get_last_lr`. */
  getLastLr(): number[] {
    return [...this.#lastLr];
  }

  /** The state from which the schedule can go on. The rates themselves are in the optimizer's. PyTorch: `LRScheduler.state_dict`. */
  stateDict(): SchedulerStateDict {
    return {
      ...structuredClone(
        Object.fromEntries(this.#saved().map(([name, value]) => [this.keyOf(name), value] as const)),
      ),
      base_lrs: [...this.baseLrs],
      last_epoch: this.lastEpoch,
      _step_count: Math.max(1, this.lastEpoch + 1),
      _last_lr: this.getLastLr(),
    };
  }

  /**
   * Takes over a state of {@link LRScheduler.stateDict}, or of PyTorch's schedule of the same name. The learning rates
   * themselves come with the optimizer's state. PyTorch: `LRScheduler.load_state_dict`. Errors: ArgumentError.
   */
  loadStateDict(stateDict: SchedulerStateDict): void {
    const problems: string[] = [];
    const read = (names: readonly string[], keyOf?: (name: string) => string) =>
      readOptions('the state dict', names, [], stateDict, problems, keyOf);
    const { lastEpoch, baseLrs, _last_lr: lastLr } = read(['lastEpoch', 'baseLrs', '_last_lr']);
    const options = read(
      this.#saved().map(([name]) => name),
      (name) => this.keyOf(name),
    );
    if (problems.length > 0) throw new ArgumentError(`${this.#name}: ${problems.join('; ')}`);
    checkCount(this.#name, 'last_epoch', lastEpoch, -1);
    checkNumbers(this.#name, 'base_lrs', baseLrs, this.baseLrs.length);
    checkNumbers(this.#name, '_last_lr', lastLr, this.baseLrs.length);
    this.check({ ...this.options, ...options });
    Object.assign(this.options, options);
    this.lastEpoch = Number(lastEpoch);
    this.baseLrs = baseLrs;
    this.#lastLr = lastLr;
  }

  /** The options that a state dict holds: functions cannot be saved. */
  #saved(): [string, unknown][] {
    const isFunction = (value: unknown) => typeof value === 'function';
    return Object.entries(this.options).filter(
      ([, value]) =>
        value !== undefined && !isFunction(value) && !(Array.isArray(value) && value.some(isFunction)),
    );
  }
}

/** One value for each group, given as one for all or as a list. Errors: ArgumentError for a list of another length. */
export function perGroup<T>(
  owner: string,
  name: string,
  { paramGroups }: ScheduledOptimizer,
  value: T | readonly T[],
): T[] {
  const values: readonly T[] = Array.isArray(value) ? value : paramGroups.map(() => value as T);
  if (values.length !== paramGroups.length) {
    throw new ArgumentError(
      `${owner}: expected ${name} for each of ${paramGroups.length} groups, got ${values.length}`,
    );
  }
  return [...values];
}

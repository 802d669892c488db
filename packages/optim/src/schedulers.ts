import { ArgumentError } from '@tensortape/autograd';
import { checkFinite } from './checks.ts';
import type { LearningRate, ParamGroup } from './optimizer.ts';
import { readOptions, spelled } from './stateDict.ts';

/** The state of a schedule, under PyTorch's names. */
export type SchedulerStateDict = Readonly<Record<string, unknown>>;

/** What a schedule needs of an optimizer. */
export interface ScheduledOptimizer {
  /** The groups whose `lr` is set. */
  readonly paramGroups: readonly ParamGroup<LearningRate>[];
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
export abstract class LRScheduler<Options extends object = object> {
  /** The optimizer whose learning rates are set. */
  readonly optimizer: ScheduledOptimizer;
  /** The schedule's own options. */
  readonly options: Options;
  /** The number of epochs that are finished; 0 at the start. */
  lastEpoch: number;
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
    if (!Number.isInteger(lastEpoch) || lastEpoch < -1) {
      throw new ArgumentError(`${this.#name}: lastEpoch must be a whole number >= -1, got ${lastEpoch}`);
    }
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
    this.step();
  }

  get #name(): string {
    return this.constructor.name;
  }

  /** Refuses bad options, by name. */
  protected check(_options: Options): void {}

  /** The learning rate of group `index` for epoch `lastEpoch`; its `lr` is still that of the epoch before. */
  protected abstract rate(group: ParamGroup<LearningRate>, index: number): number;

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
    const rates = paramGroups.map((group, i) => this.rate(group, i));
    for (const [i, group] of paramGroups.entries()) group.lr = rates[i]!;
  }

  /** The learning rate of each group. PyTorch: `LRScheduler.get_last_lr`. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map(({ lr }) => lr);
  }

  /** The state from which the schedule can go on. The rates themselves are in the optimizer's. PyTorch: `LRScheduler.state_dict`. */
  stateDict(): SchedulerStateDict {
    return {
      ...spelled(this.#numbers()),
      base_lrs: [...this.baseLrs],
      last_epoch: this.lastEpoch,
      _step_count: this.lastEpoch + 1,
      _last_lr: this.getLastLr(),
    };
  }

  /**
   * Takes over a state of {@link LRScheduler.stateDict}, or of PyTorch's schedule of the same name. The learning rates
   * themselves come with the optimizer's state. PyTorch: `LRScheduler.load_state_dict`. Errors: ArgumentError.
   */
  loadStateDict(stateDict: SchedulerStateDict): void {
    const problems: string[] = [];
    const { lastEpoch, baseLrs } = readOptions(
      'the state dict',
      ['lastEpoch', 'baseLrs'],
      [],
      stateDict,
      problems,
    );
    const numbers = Object.keys(this.#numbers());
    const options = readOptions('the state dict', numbers, [], stateDict, problems);
    const epoch = Number(lastEpoch);
    const rates = Array.isArray(baseLrs) ? baseLrs.map(Number) : [];
    if (problems.length === 0 && !(Number.isInteger(epoch) && epoch >= 0)) {
      problems.push(`last_epoch must be a whole number >= 0, got ${lastEpoch}`);
    }
    if (problems.length === 0 && (rates.length !== this.baseLrs.length || !rates.every(Number.isFinite))) {
      problems.push(`base_lrs must be ${this.baseLrs.length} numbers, got ${baseLrs}`);
    }
    if (problems.length > 0) throw new ArgumentError(`${this.#name}: ${problems.join('; ')}`);
    this.check({ ...this.options, ...options });
    Object.assign(this.options, options);
    this.lastEpoch = epoch;
    this.baseLrs = rates;
  }

  /** The options that a state dict holds: functions cannot be saved. */
  #numbers(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.options).filter(([, value]) => typeof value === 'number'));
  }
}

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

/** What {@link LambdaLR} multiplies by. */
export interface Factors {
  /** One function for each group. */
  readonly factors: readonly EpochFactor[];
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
    if (!Number.isInteger(stepSize) || stepSize < 1) {
      throw new ArgumentError(`StepLR: stepSize must be a whole number >= 1, got ${stepSize}`);
    }
    checkFinite('StepLR', 'gamma', gamma);
  }

  protected rate({ lr }: ParamGroup<LearningRate>): number {
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

  protected rate({ lr }: ParamGroup<LearningRate>): number {
    return this.lastEpoch === 0 ? lr : lr * this.options.gamma;
  }
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
    const groups = optimizer.paramGroups.length;
    const factors = typeof factor === 'function' ? new Array<EpochFactor>(groups).fill(factor) : factor;
    if (factors.length !== groups) {
      throw new ArgumentError(
        `LambdaLR: expected a function for each of ${groups} groups, got ${factors.length}`,
      );
    }
    super(optimizer, { factors }, lastEpoch);
  }

  protected rate(_group: ParamGroup<LearningRate>, index: number): number {
    return this.baseLrs[index]! * this.options.factors[index]!(this.lastEpoch);
  }

  /** The state, in which PyTorch expects a place for functions. */
  override stateDict(): SchedulerStateDict {
    return { ...super.stateDict(), lr_lambdas: this.baseLrs.map(() => null) };
  }
}

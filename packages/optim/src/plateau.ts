import { ArgumentError, type Tensor } from '@tensortape/autograd';
import { checkChoice, checkCount, checkFraction, checkNotNegative, checkNumbers } from './checks.ts';
import { perGroup, type ScheduledOptimizer, type SchedulerStateDict } from './scheduler.ts';
import { readOptions, snakeCase, spelled } from './stateDict.ts';

/** Options of {@link ReduceLROnPlateau}. */
export interface PlateauOptions {
  /** Whether the metric should fall or rise. Default 'min'. */
  readonly mode?: 'min' | 'max';
  /** What the learning rate is multiplied by, >= 0 and < 1. Default 0.1. */
  readonly factor?: number;
  /** After how many epochs without a better metric the rate is still left alone. Default 10. */
  readonly patience?: number;
  /** By how much a better metric is better. Default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a part of the best metric or a difference. Default 'rel'. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** For how many epochs after a change nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** The smallest learning rate, for all groups or for each. Default 0. */
  readonly minLr?: number | readonly number[];
  /** Smaller changes are not made. Default 1e-8. */
  readonly eps?: number;
}

/** What {@link ReduceLROnPlateau} goes by, and where it stands. */
interface PlateauState {
  mode: 'min' | 'max';
  factor: number;
  patience: number;
  threshold: number;
  thresholdMode: 'rel' | 'abs';
  cooldown: number;
  minLrs: number[];
  eps: number;
  /** The best metric so far. */
  best: number;
  /** The epochs since then. */
  numBadEpochs: number;
  /** The epochs in which nothing is counted yet. */
  cooldownCounter: number;
  lastEpoch: number;
  /** The learning rate of each group after the last epoch. */
  _last_lr: number[];
}

/**
 * Multiplies the learning rate by `factor` when a metric has not become better for more than `patience` epochs. PyTorch:
 * `torch.optim.lr_scheduler.ReduceLROnPlateau`. A NaN is never better.
 *
 * Errors: ArgumentError for bad options, or a `step` without a metric.
 *
 * @example
 * ```ts
 * import { ReduceLROnPlateau, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const scheduler = new ReduceLROnPlateau(new SGD([ones([1])], { lr: 8 }), { factor: 0.5, patience: 1 });
 * const rates = [5, 4, 4, 4, 3].map((loss) => {
 *   scheduler.step(loss);
 *   return scheduler.getLastLr()[0];
 * });
 * console.log(rates); // [ 8, 8, 8, 4, 4 ]
 * ```
 */
export class ReduceLROnPlateau {
  /** The optimizer whose learning rates are set. */
  readonly optimizer: ScheduledOptimizer;
  #state: PlateauState;

  /**
   * @param optimizer The optimizer whose learning rates are set.
   * @param options See {@link PlateauOptions}.
   */
  constructor(optimizer: ScheduledOptimizer, options: PlateauOptions = {}) {
    const { mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4 } = options;
    const { thresholdMode = 'rel', cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    this.optimizer = optimizer;
    const state: PlateauState = {
      mode,
      factor,
      patience,
      threshold,
      thresholdMode,
      cooldown,
      minLrs: perGroup('ReduceLROnPlateau', 'minLr', optimizer, minLr),
      eps,
      best: mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
      numBadEpochs: 0,
      cooldownCounter: 0,
      lastEpoch: 0,
      _last_lr: optimizer.paramGroups.map(({ lr }) => lr),
    };
    this.#check(state);
    this.#state = state;
  }

  #check(state: PlateauState): void {
    const owner = 'ReduceLROnPlateau';
    checkChoice(owner, 'mode', state.mode, ['min', 'max']);
    checkFraction(owner, 'factor', state.factor);
    checkCount(owner, 'patience', state.patience, 0);
    checkNotNegative(owner, 'threshold', state.threshold);
    checkChoice(owner, 'thresholdMode', state.thresholdMode, ['rel', 'abs']);
    checkCount(owner, 'cooldown', state.cooldown, 0);
    checkNumbers(owner, 'minLr', state.minLrs, this.optimizer.paramGroups.length);
    checkNotNegative(owner, 'eps', state.eps);
    checkNumbers(owner, '_last_lr', state._last_lr, this.optimizer.paramGroups.length);
    if (typeof state.best !== 'number') {
      throw new ArgumentError(`${owner}: best must be a number, got ${state.best}`);
    }
    for (const name of ['numBadEpochs', 'cooldownCounter', 'lastEpoch'] as const) {
      checkCount(owner, name, state[name], 0);
    }
  }

  /** The number of epochs that are finished. */
  get lastEpoch(): number {
    return this.#state.lastEpoch;
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode, best } = this.#state;
    const sign = mode === 'min' ? -1 : 1;
    const bar = thresholdMode === 'rel' ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === 'min' ? metric < bar : metric > bar;
  }

  /**
   * Takes note of an epoch's metric: a number, or a tensor of one. PyTorch: `ReduceLROnPlateau.step`. Errors: ArgumentError for
   * anything else.
   */
  step(metric: number | Tensor): void {
    const value = typeof metric === 'number' ? metric : metric?.item();
    if (typeof value !== 'number') {
      throw new ArgumentError(`ReduceLROnPlateau: step needs the metric, a number, got ${metric}`);
    }
    const state = this.#state;
    const { paramGroups } = this.optimizer;
    if (paramGroups.length !== state.minLrs.length) {
      throw new ArgumentError(
        `ReduceLROnPlateau: the optimizer has ${paramGroups.length} groups, but had ${state.minLrs.length} when the schedule was ` +
          'made; make it after the last addParamGroup',
      );
    }
    state.lastEpoch++;
    if (this.#isBetter(value)) {
      state.best = value;
      state.numBadEpochs = 0;
    } else {
      state.numBadEpochs++;
    }
    if (state.cooldownCounter > 0) {
      state.cooldownCounter--;
      state.numBadEpochs = 0;
    }
    if (state.numBadEpochs > state.patience) {
      for (const [i, group] of paramGroups.entries()) {
        const reduced = Math.max(group.lr * state.factor, state.minLrs[i]!);
        if (group.lr - reduced > state.eps) group.lr = reduced;
      }
      state.cooldownCounter = state.cooldown;
      state.numBadEpochs = 0;
    }
    state._last_lr = paramGroups.map(({ lr }) => lr);
  }

  /** The learning rate of each group after the last epoch. PyTorch: `LRScheduler.get_last_lr`. */
  getLastLr(): number[] {
    return [...this.#state._last_lr];
  }

  /** The state from which the schedule can go on. The rates themselves are in the optimizer's. PyTorch: `LRScheduler.state_dict`. */
  stateDict(): SchedulerStateDict {
    return structuredClone(spelled<unknown>({ ...this.#state }));
  }

  /**
   * Takes over a state of {@link ReduceLROnPlateau.stateDict}, or of PyTorch's. The rates themselves come with the
   * optimizer's. PyTorch: `ReduceLROnPlateau.load_state_dict`. Errors: ArgumentError; then nothing was changed.
   */
  loadStateDict(stateDict: SchedulerStateDict): void {
    const problems: string[] = [];
    const names = Object.keys(this.#state);
    const saved = readOptions('the state dict', names, [], stateDict, problems, snakeCase);
    if (problems.length > 0) throw new ArgumentError(`ReduceLROnPlateau: ${problems.join('; ')}`);
    const state = { ...this.#state, ...saved };
    this.#check(state);
    this.#state = state;
  }
}

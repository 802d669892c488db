import { ArgumentError, type Tensor } from '@tensortape/autograd';

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** After how many calls without a better metric the training should stop; at least 1. */
  readonly patience: number;
  /** Whether the metric should fall or rise; 'min' unless given. */
  readonly mode?: 'min' | 'max';
  /** By more than what a better metric is better; 0 unless given. */
  readonly minDelta?: number;
}

/** The state of an {@link EarlyStopping}: what `stateDict()` gives. */
export interface EarlyStoppingState {
  /** The best metric so far: infinite before the first, on the worse side. */
  readonly best: number;
  /** How many metrics there were. */
  readonly count: number;
  /** Which of them was the best, counted from 1; 0 before the first. */
  readonly bestCount: number;
}

/**
 * Says when a metric has stopped becoming better: `patience` calls after the best one. A NaN is never better. Keras:
 * `EarlyStopping`; Lightning: `EarlyStopping`, with these names and this way of counting.
 *
 * @example
 * ```ts
 * import { EarlyStopping } from '@tensortape/train';
 *
 * const stopping = new EarlyStopping({ patience: 2 });
 * for (const loss of [0.5, 0.3, 0.4, 0.35, 0.2]) {
 *   if (stopping.step(loss)) break;
 * }
 * console.log(stopping.best, stopping.bestCount, stopping.count); // 0.3 2 4
 * ```
 */
export class EarlyStopping {
  readonly #patience: number;
  readonly #mode: 'min' | 'max';
  readonly #minDelta: number;
  #best: number;
  #count = 0;
  #bestCount = 0;

  /**
   * @param options See {@link EarlyStoppingOptions}.
   * @throws ArgumentError for options out of their ranges.
   */
  constructor({ patience, mode = 'min', minDelta = 0 }: EarlyStoppingOptions) {
    if (!Number.isInteger(patience) || patience < 1) {
      throw new ArgumentError(`EarlyStopping: patience must be a whole number >= 1, got ${patience}`);
    }
    if (mode !== 'min' && mode !== 'max') {
      throw new ArgumentError(`EarlyStopping: mode must be 'min' or 'max', got ${String(mode)}`);
    }
    if (!(minDelta >= 0 && Number.isFinite(minDelta))) {
      throw new ArgumentError(`EarlyStopping: minDelta must be a finite number >= 0, got ${minDelta}`);
    }
    this.#patience = patience;
    this.#mode = mode;
    this.#minDelta = minDelta;
    this.#best = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** The best metric so far; infinite, on the worse side, before the first. */
  get best(): number {
    return this.#best;
  }

  /** How many metrics there were. */
  get count(): number {
    return this.#count;
  }

  /** Which of them was the best, counted from 1; 0 while there is none. */
  get bestCount(): number {
    return this.#bestCount;
  }

  /** Whether the last metric is the best so far: the moment to keep the model. */
  get improved(): boolean {
    return this.#count > 0 && this.#bestCount === this.#count;
  }

  /** Whether the training should stop. */
  get stopped(): boolean {
    return this.#count - this.#bestCount >= this.#patience;
  }

  /**
   * Takes note of the next metric, a number or a tensor of one, and says whether the training should stop. Errors: ArgumentError
   * for anything else.
   */
  step(metric: number | Tensor): boolean {
    const value = typeof metric === 'number' ? metric : metric?.item();
    if (typeof value !== 'number') {
      throw new ArgumentError(`EarlyStopping: step needs the metric, a number, got ${String(metric)}`);
    }
    this.#count++;
    const gain = this.#mode === 'min' ? this.#best - value : value - this.#best;
    if (gain > this.#minDelta) {
      this.#best = value;
      this.#bestCount = this.#count;
    }
    return this.stopped;
  }

  /** The state from which to go on. */
  stateDict(): EarlyStoppingState {
    return { best: this.#best, count: this.#count, bestCount: this.#bestCount };
  }

  /** Takes over a state of {@link EarlyStopping.stateDict}. Errors: ArgumentError; then nothing was changed. */
  loadStateDict({ best, count, bestCount }: EarlyStoppingState): void {
    const counts =
      Number.isInteger(count) && Number.isInteger(bestCount) && 0 <= bestCount && bestCount <= count;
    if (typeof best !== 'number' || Number.isNaN(best) || !counts) {
      throw new ArgumentError(
        `EarlyStopping: expected a state with best, count and bestCount, got ${JSON.stringify({ best, count, bestCount })}; ` +
          'pass what stateDict() gave',
      );
    }
    this.#best = best;
    this.#count = count;
    this.#bestCount = bestCount;
  }
}

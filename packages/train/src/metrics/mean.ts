import { ArgumentError, type Tensor } from '@tensortape/autograd';

/** The state of a {@link Mean}: what `stateDict()` gives. */
export interface MeanState {
  /** The weighted sum of the values. */
  readonly sum: number;
  /** The sum of the weights. */
  readonly weight: number;
}

/**
 * A mean that grows with its values, as of the losses of an epoch's batches.
 *
 * @example
 * ```ts
 * import { Mean } from '@tensortape/train';
 *
 * const loss = new Mean();
 * loss.add(0.5, 100); // the mean over a batch of 100
 * loss.add(0.9, 60);
 * console.log(loss.value.toFixed(2), loss.weight); // 0.65 160
 * ```
 */
export class Mean {
  #sum = 0;
  #weight = 0;

  /**
   * Adds a value, a number or a tensor of one, that counts `weight` times.
   *
   * @throws ArgumentError for what is no number, and weights that are not finite and >= 0.
   */
  add(value: number | Tensor, weight = 1): void {
    const number = typeof value === 'number' ? value : value?.item();
    if (typeof number !== 'number') {
      throw new ArgumentError(`Mean.add: expected a number or a tensor of one, got ${String(value)}`);
    }
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new ArgumentError(`Mean.add: expected a finite weight >= 0, got ${weight}`);
    }
    if (weight === 0) return;
    this.#sum += number * weight;
    this.#weight += weight;
  }

  /** The mean so far; NaN of nothing. */
  get value(): number {
    return this.#sum / this.#weight;
  }

  /** The sum of the weights so far. */
  get weight(): number {
    return this.#weight;
  }

  /** Forgets all values. */
  reset(): void {
    this.#sum = 0;
    this.#weight = 0;
  }

  /** The state from which to go on. */
  stateDict(): MeanState {
    return { sum: this.#sum, weight: this.#weight };
  }

  /** Takes over a state of {@link Mean.stateDict}. Errors: ArgumentError; then nothing was changed. */
  loadStateDict({ sum, weight }: MeanState): void {
    if (typeof sum !== 'number' || !(weight >= 0 && Number.isFinite(weight))) {
      throw new ArgumentError(
        `Mean: expected a state with sum and weight, got ${JSON.stringify({ sum, weight })}`,
      );
    }
    this.#sum = sum;
    this.#weight = weight;
  }
}

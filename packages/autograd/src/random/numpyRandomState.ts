import { ArgumentError } from '../tensor/errors.ts';
import {
  checkBounds,
  checkInteger,
  checkIntegerRange,
  checkNormal,
  entropySeed,
  type FloatArray,
  type IntegerTarget,
} from './arguments.ts';
import { log } from './log.ts';
import { Mt19937, type Mt19937State } from './mt19937.ts';

/** A copy of the state of NumPy's generator: the parts of NumPy's `get_state()`, safe to write as JSON. */
export interface NumpyRandomStateSnapshot extends Mt19937State {
  /** The second deviate of the last polar pair, not yet handed out; `null` when there is none. */
  readonly cachedNormal: number | null;
}

/** Options of `RandomState.choice`. */
export interface ChoiceOptions {
  /** Whether one index may come several times (default true). */
  readonly replace?: boolean;
  /** A probability for each index, summing to 1; absent, all are equally likely. */
  readonly p?: ArrayLike<number>;
}

/** Something whose elements can be swapped: an array or a typed array. */
export type Swappable<T> = { readonly length: number; [index: number]: T };

/**
 * NumPy's legacy generator, `numpy.random.RandomState(seed)`, which `numpy.random.seed` and the functions beside it
 * use: the same seed and calls give the same integers, uniforms, permutations and choices bit for bit. Normals go
 * through a logarithm that NumPy takes from the C library; here it is correctly rounded, so that more than 99.9 %
 * of them are identical and the others differ in the last bit.
 *
 * Draws fill the array they are given and return it. One draw is an array of length 1: NumPy's scalar calls consume
 * the stream in the same way.
 */
export class NumpyRandomState {
  readonly #engine = new Mt19937(0);
  #cachedNormal: number | null = null;

  /** @param seed - an integer from 0 to 2^32 - 1; absent, one from the platform's entropy source. */
  constructor(seed?: number) {
    this.seed(seed);
  }

  /**
   * Starts the stream of `seed` from the beginning and forgets a cached normal.
   *
   * @param seed - an integer from 0 to 2^32 - 1; absent, one from the platform's entropy source.
   */
  seed(seed: number = entropySeed() >>> 0): void {
    checkInteger('NumpyRandomState.seed', 'seed', seed, 0, 2 ** 32 - 1);
    this.#engine.reseed(seed);
    this.#cachedNormal = null;
  }

  /**
   * Fills `out` with `low + (high - low) u`, u uniform on [0, 1) with 53 bits: NumPy's `uniform`, and with the
   * default bounds its `rand` and `random_sample`. As in NumPy, `low` may be above `high`.
   *
   * @throws ArgumentError when a bound or their distance is not finite.
   */
  uniform<T extends FloatArray>(out: T, low = 0, high = 1): T {
    checkBounds('NumpyRandomState.uniform', Math.min(low, high), Math.max(low, high));
    const range = high - low;
    for (let i = 0; i < out.length; i++) out[i] = low + range * this.#nextUniform();
    return out;
  }

  /**
   * Fills `out` with normals of mean `loc` and standard deviation `scale`: NumPy's `normal`, and with the defaults
   * its `randn` and `standard_normal`. Marsaglia's polar method (1964) makes two at a time; the second waits for the
   * next draw, across calls.
   *
   * @throws ArgumentError when `loc` or `scale` is not finite, or `scale` below 0.
   */
  normal<T extends FloatArray>(out: T, loc = 0, scale = 1): T {
    checkNormal('NumpyRandomState.normal', ['loc', 'scale'], loc, scale);
    for (let i = 0; i < out.length; i++) out[i] = loc + scale * this.#nextNormal();
    return out;
  }

  /**
   * Fills `out` with integers from `low` to `high - 1`: NumPy's `randint(low, high)` with its default dtype, int64,
   * whatever the type of `out` (NumPy's own uint8 and bool draws use the stream differently).
   *
   * @throws ArgumentError when the range is empty, not of integers below 2^53, or does not fit `out`.
   */
  randint<T extends IntegerTarget>(out: T, low: number, high: number): T {
    checkIntegerRange('NumpyRandomState.randint', out, low, high);
    const largest = high - 1 - low;
    for (let i = 0; i < out.length; i++) out[i] = low + this.#nextBelowOrEqual(largest);
    return out;
  }

  /**
   * The integers from 0 to `n - 1` in random order: NumPy's `permutation(n)`. To permute a sequence, take its
   * elements in this order.
   *
   * @throws ArgumentError when `n` is not an integer from 0 to 2^31 - 1.
   */
  permutation(n: number): Int32Array {
    checkInteger('NumpyRandomState.permutation', 'n', n, 0, 2 ** 31 - 1);
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    this.shuffle(order);
    return order;
  }

  /**
   * Shuffles in place, as NumPy's `shuffle`: Fisher and Yates' exchange from the end.
   *
   * @param items - an array, or a typed array holding rows one after the other.
   * @param rowLength - how many elements form a row; whole rows move together (default 1).
   * @throws ArgumentError when `rowLength` is not a positive integer that divides the length.
   */
  shuffle<T>(items: Swappable<T>, rowLength = 1): void {
    checkInteger('NumpyRandomState.shuffle', 'rowLength', rowLength, 1, 2 ** 31 - 1);
    const rows = items.length / rowLength;
    if (!Number.isInteger(rows))
      throw new ArgumentError(
        `NumpyRandomState.shuffle: ${items.length} elements are not a whole number of rows of ${rowLength}.`,
      );
    for (let i = rows - 1; i > 0; i--) {
      const j = this.#nextBelowOrEqual(i);
      for (let k = 0; k < rowLength; k++) {
        const kept = items[i * rowLength + k]!;
        items[i * rowLength + k] = items[j * rowLength + k]!;
        items[j * rowLength + k] = kept;
      }
    }
  }

  /**
   * `count` indices from 0 to `n - 1`: NumPy's `choice(n, count, replace, p)`; for a list, its elements there.
   *
   * @throws ArgumentError when `n` or `count` is not an integer from 0 to 2^31 - 1, there is nothing to choose from, too
   * little to choose without replacement, or `p` is not `n` probabilities summing to 1 (within 1.5e-8, in a
   * Float32Array 3.5e-4).
   */
  choice(n: number, count: number, options: ChoiceOptions = {}): Int32Array {
    const { replace = true, p } = options;
    checkInteger('NumpyRandomState.choice', 'n', n, 0, 2 ** 31 - 1);
    checkInteger('NumpyRandomState.choice', 'count', count, 0, 2 ** 31 - 1);
    if (n === 0 && count > 0)
      throw new ArgumentError(
        `NumpyRandomState.choice: cannot take ${count} from nothing; n must be 1 or more.`,
      );
    if (!replace && count > n)
      throw new ArgumentError(
        `NumpyRandomState.choice: cannot take ${count} of ${n} without replacement; pass a smaller count or replace: true.`,
      );
    if (p !== undefined) return this.#weightedChoice(checkProbabilities(p, n), count, replace);
    if (!replace) return this.permutation(n).slice(0, count);
    const indices = new Int32Array(count);
    return count === 0 ? indices : this.randint(indices, 0, n);
  }

  /** A copy of the state, for {@link NumpyRandomState.setState}. */
  getState(): NumpyRandomStateSnapshot {
    return { ...this.#engine.state(), cachedNormal: this.#cachedNormal };
  }

  /**
   * Continues from a state taken earlier, here or by NumPy's `get_state()`: its key, position and cached deviate
   * (`null` where `has_gauss` is 0).
   *
   * @throws ArgumentError when it is not a state; the generator is then unchanged.
   */
  setState(state: NumpyRandomStateSnapshot): void {
    const { cachedNormal } = state;
    if (cachedNormal !== null && !Number.isFinite(cachedNormal))
      throw new ArgumentError(
        `NumpyRandomState.setState: state.cachedNormal must be a finite number or null, got ${cachedNormal}; pass an object made by getState().`,
      );
    this.#engine.restore(state);
    this.#cachedNormal = cachedNormal;
  }

  #nextUniform(): number {
    const high = this.#engine.nextUint32() >>> 5;
    const low = this.#engine.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  #nextNormal(): number {
    const cached = this.#cachedNormal;
    if (cached !== null) {
      this.#cachedNormal = null;
      return cached;
    }
    for (;;) {
      const x = 2 * this.#nextUniform() - 1;
      const y = 2 * this.#nextUniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * log(square)) / square);
      this.#cachedNormal = factor * x;
      return factor * y;
    }
  }

  /** An integer from 0 to `largest`: random bits of its length, drawn again while they exceed it. */
  #nextBelowOrEqual(largest: number): number {
    if (largest === 0) return 0;
    const engine = this.#engine;
    if (largest <= 0xffffffff) {
      const mask = 0xffffffff >>> Math.clz32(largest);
      for (;;) {
        const value = (engine.nextUint32() & mask) >>> 0;
        if (value <= largest) return value;
      }
    }
    const highMask = 0xffffffff >>> Math.clz32(largest / 2 ** 32);
    for (;;) {
      const high = (engine.nextUint32() & highMask) >>> 0;
      const value = high * 2 ** 32 + engine.nextUint32();
      if (value <= largest) return value;
    }
  }

  #weightedChoice(p: Float64Array, count: number, replace: boolean): Int32Array {
    if (replace) return searchCumulative(p, this.uniform(new Float64Array(count)));
    const positive = p.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
    if (positive < count)
      throw new ArgumentError(
        `NumpyRandomState.choice: only ${positive} entries of p are above 0, cannot take ${count} without replacement.`,
      );
    // Draw what is missing, keep the first of equal ones, and repeat with the found ones at probability 0.
    const found = new Set<number>();
    while (found.size < count) {
      for (const index of found) p[index] = 0;
      for (const index of searchCumulative(p, this.uniform(new Float64Array(count - found.size))))
        found.add(index);
    }
    return Int32Array.from(found);
  }
}

/** For each u, the first index at which the normalised running sum of `p` exceeds it. */
function searchCumulative(p: Float64Array, uniforms: Float64Array): Int32Array {
  let sum = 0;
  const cumulative = p.map((value) => (sum += value)).map((value) => value / sum);
  return Int32Array.from(uniforms, (u) => {
    let first = 0;
    let end = cumulative.length;
    while (first < end) {
      const middle = (first + end) >>> 1;
      if (cumulative[middle]! <= u) first = middle + 1;
      else end = middle;
    }
    return first;
  });
}

/** A copy of `p` in float64, once it is known to be `n` probabilities. */
function checkProbabilities(p: ArrayLike<number>, n: number): Float64Array {
  if (p.length !== n)
    throw new ArgumentError(
      `NumpyRandomState.choice: p has ${p.length} entries for n = ${n}; pass one for each index.`,
    );
  const tolerance = Math.sqrt(p instanceof Float32Array ? 2 ** -23 : Number.EPSILON);
  const copy = Float64Array.from(p);
  const bad = copy.findIndex((value) => !(value >= 0));
  if (bad >= 0)
    throw new ArgumentError(
      `NumpyRandomState.choice: p[${bad}] is ${copy[bad]}; probabilities must be 0 or more.`,
    );
  const sum = copy.reduce((total, value) => total + value, 0);
  if (!(Math.abs(sum - 1) <= tolerance))
    throw new ArgumentError(
      `NumpyRandomState.choice: p sums to ${sum}, not 1; divide its entries by their sum.`,
    );
  return copy;
}

import { ArgumentError } from '../tensor/errors.ts';
import {
  checkBounds,
  checkFits,
  checkInteger,
  checkIntegerRange,
  checkNormal,
  entropySeed,
  type FloatArray,
  type IntegerTarget,
} from './arguments.ts';
import { fusedMultiplyAdd, fusedMultiplyAdd32 } from './doubleDouble.ts';
import { log32, sinCos32 } from './float32Math.ts';
import { log } from './log.ts';
import { Mt19937, STATE_WORDS } from './mt19937.ts';
import { sinCos } from './sinCos.ts';

/** The seed of a generator that was given none: PyTorch's `default_rng_seed_val`. */
const DEFAULT_SEED = 67280421310721;
/** Normals come in blocks of this length from arrays at least as long. */
const BLOCK = 16;
const HALF = BLOCK / 2;
/** From this range on, integers are made of 64 random bits. */
const WIDE_RANGE = 2 ** 28;
/** Permutations from this length on use 64 random bits a step: floor((2^32 - 1) / 20). */
const LONG_PERMUTATION = 214748364;

/** Byte offsets in the state that PyTorch's `get_rng_state()` gives, little-endian. */
const STATE = {
  seed: 0,
  left: 8,
  seeded: 12,
  next: 16,
  key: 24,
  cachedNormal: 5024,
  hasCachedNormal: 5040,
  size: 5056,
} as const;

const { fround } = Math;
const TWO_PI_32 = /* @__PURE__ */ fround(2 * Math.PI);

/** Where sine and cosine are written; draws are synchronous, so one will do. */
const pair = new Float64Array(2);

/**
 * The random number generator of the framework: MT19937 with the distributions of PyTorch's CPU generator, so that
 * `manualSeed(s)` and the same calls give the numbers that `torch.manual_seed(s)` gives. The reference is PyTorch
 * 2.13 on x86 with AVX2.
 *
 * - Bit for bit: uniforms, integers, permutations, Bernoulli and multinomial draws; float32 normals and exponentials.
 * - To the last bit: float64 normals and exponentials, since logarithm, sine and cosine are correctly rounded here and
 *   not quite so in the C library (with glibc 2.36, 99.8 % of normals are identical, 96.7 % of those drawn fewer than 16
 *   at a time, 92.8 % of exponentials).
 * - Not reproduced: on Intel CPUs, builds of PyTorch with MKL draw `bernoulli_(p)`, `exponential_` and `multinomial`
 *   without replacement from another generator, MCG31, seeded by one draw. On other CPUs they do as is done here.
 *
 * Draws fill the array they are given and return it, in the precision of the array: filling a Float32Array is not
 * rounding the float64 draws, it uses the stream differently.
 *
 * @example
 * ```ts
 * import { Generator } from '@tensortape/autograd';
 * const generator = new Generator(0);
 * console.log(generator.uniform(new Float32Array(2)));
 * // Float32Array(2) [ 0.49625658988952637, 0.7682217955589294 ]
 * console.log(generator.permutation(5));
 * // Int32Array(5) [ 3, 1, 0, 4, 2 ]
 * ```
 */
export class Generator {
  readonly #engine = new Mt19937(0);
  #seed = 0;
  #cachedNormal: number | null = null;

  /** @param seed - an integer from 0 to 2^53 - 1, of which the low 32 bits count; absent, a fixed one, as in PyTorch. */
  constructor(seed = DEFAULT_SEED) {
    this.manualSeed(seed);
  }

  /**
   * Starts the stream of `seed` from the beginning.
   *
   * @param seed - an integer from 0 to 2^53 - 1. The engine uses its low 32 bits, here and in PyTorch: 1 and
   * 2^32 + 1 give the same stream.
   */
  manualSeed(seed: number): this {
    checkInteger('Generator.manualSeed', 'seed', seed, 0, Number.MAX_SAFE_INTEGER);
    this.#engine.reseed(seed);
    this.#seed = seed;
    this.#cachedNormal = null;
    return this;
  }

  /** The seed that the stream started from. */
  initialSeed(): number {
    return this.#seed;
  }

  /** Seeds from the platform's entropy source and returns the seed. */
  seed(): number {
    return this.manualSeed(entropySeed()).initialSeed();
  }

  /**
   * Fills `out` with uniforms on [low, high): PyTorch's `rand` and `uniform_`. Float32 draws have 24 random bits,
   * float64 draws 53. Where rounding would give `high`, `low` is given.
   *
   * @throws ArgumentError when a bound or their distance is not finite (in the array's precision), or `low > high`.
   */
  uniform<T extends FloatArray>(out: T, low = 0, high = 1): T {
    checkBounds('Generator.uniform', low, high);
    if (out instanceof Float32Array) {
      const from = fround(low);
      const to = fround(high);
      const range = fround(to - from);
      if (!Number.isFinite(from) || !Number.isFinite(range))
        throw new ArgumentError(
          `Generator.uniform: low ${low} or high ${high} overflows float32; pass a Float64Array.`,
        );
      for (let i = 0; i < out.length; i++) {
        const value = fusedMultiplyAdd32((this.#engine.nextUint32() & 0xffffff) * 2 ** -24, range, from);
        out[i] = value < to ? value : from;
      }
    } else {
      const range = high - low;
      for (let i = 0; i < out.length; i++) {
        const value = fusedMultiplyAdd(this.nextUniform(), range, low);
        out[i] = value < high ? value : low;
      }
    }
    return out;
  }

  /**
   * Fills `out` with normals: PyTorch's `randn` and `normal_`, by Box and Muller's transform (1958). Fewer than 16
   * come one by one from float64 uniforms, the second of each pair waiting for the next such call; 16 or more come
   * in blocks of 16 in the array's precision, an incomplete last block redone with fresh uniforms.
   *
   * @throws ArgumentError when `mean` or `std` is not finite, or `std` below 0.
   */
  normal<T extends FloatArray>(out: T, mean = 0, std = 1): T {
    checkNormal('Generator.normal', ['mean', 'std'], mean, std);
    const length = out.length;
    if (length < BLOCK) {
      for (let i = 0; i < length; i++) out[i] = fusedMultiplyAdd(this.nextNormal(), std, mean);
      return out;
    }
    const tail = length % BLOCK;
    this.uniform(out);
    boxMuller(out.subarray(0, length - tail), mean, std);
    if (tail !== 0) boxMuller(this.uniform(out.subarray(length - BLOCK)), mean, std);
    return out;
  }

  /**
   * Fills `out` with integers from `low` to `high - 1`: PyTorch's `randint`, the remainder of 32 random bits by the
   * range (64 bits from a range of 2^28 on).
   *
   * @throws ArgumentError when the range is empty, not of integers below 2^53, or does not fit `out`.
   */
  randint<T extends IntegerTarget>(out: T, low: number, high: number): T {
    checkIntegerRange('Generator.randint', out, low, high);
    const range = high - low;
    if (range >= WIDE_RANGE) {
      for (let i = 0; i < out.length; i++) out[i] = low + this.#nextRemainder64(range);
    } else {
      for (let i = 0; i < out.length; i++) out[i] = low + remainder(this.#engine.nextUint32(), range);
    }
    return out;
  }

  /**
   * The integers from 0 to `n - 1` in random order: PyTorch's `randperm`.
   *
   * @throws ArgumentError when `n` is not an integer from 0 to 2^31 - 1.
   */
  permutation(n: number): Int32Array {
    checkInteger('Generator.permutation', 'n', n, 0, 2 ** 31 - 1);
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    const swap = (i: number, j: number): void => {
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    };
    if (n < LONG_PERMUTATION)
      for (let i = 0; i < n - 1; i++) swap(i, i + remainder(this.#engine.nextUint32(), n - i));
    else for (let i = 0; i < n; i++) swap(i, this.#nextRemainder64(i + 1));
    return order;
  }

  /**
   * Fills `out` with ones of probability `p` and zeros: PyTorch's `bernoulli_`.
   *
   * @param p - one probability, or one for each element. A Float32Array uses 24 random bits an element, everything
   * else 53.
   * @throws ArgumentError when a probability is not from 0 to 1, or their number not that of the elements.
   */
  bernoulli<T extends IntegerTarget>(out: T, p: number | ArrayLike<number>): T {
    if (typeof p === 'number') {
      checkProbability('p', p);
      for (let i = 0; i < out.length; i++) out[i] = Number(this.nextUniform() < p);
      return out;
    }
    if (p.length !== out.length)
      throw new ArgumentError(
        `Generator.bernoulli: p has ${p.length} probabilities for ${out.length} elements; pass one for each, or one number.`,
      );
    for (let i = 0; i < p.length; i++) checkProbability(`p[${i}]`, p[i]!);
    const single = p instanceof Float32Array;
    for (let i = 0; i < out.length; i++) {
      const u = single ? (this.#engine.nextUint32() & 0xffffff) * 2 ** -24 : this.nextUniform();
      out[i] = Number(u < p[i]!);
    }
    return out;
  }

  /**
   * Fills `out` with `-ln(1 - u) / rate`, u uniform with 53 bits: PyTorch's `exponential_(rate)`, of mean `1 / rate`.
   *
   * @throws ArgumentError when `rate` is not a positive finite number.
   */
  exponential<T extends FloatArray>(out: T, rate = 1): T {
    if (!(rate > 0 && Number.isFinite(rate)))
      throw new ArgumentError(
        `Generator.exponential: rate must be positive and finite, got ${rate}; it is 1 / mean.`,
      );
    const scale = -1 / rate;
    // 0 + turns -0 into 0, below which a weight would be divided by -0.
    for (let i = 0; i < out.length; i++) out[i] = 0 + scale * log(1 - this.nextUniform());
    return out;
  }

  /**
   * Fills `out` with the number of the first success in trials of probability `p`, 1 or more, by the inverse of the
   * distribution function, `ceil(ln u / ln(1 - p))`: PyTorch's `geometric_(p)`.
   *
   * @throws ArgumentError when `p` is not above 0 and below 1, or a draw does not fit `out`.
   */
  geometric<T extends IntegerTarget>(out: T, p: number): T {
    if (!(p > 0 && p < 1))
      throw new ArgumentError(
        `Generator.geometric: p must be a probability above 0 and below 1, got ${p}; ${p === 1 ? 'every draw would be 1' : 'it is 1 / mean'}.`,
      );
    const failure = Math.log1p(-p);
    for (let i = 0; i < out.length; i++) {
      // Not the logarithm of 0: the smallest draw of 53 bits stands for it.
      const value = Math.ceil(log(this.nextUniform() || 2 ** -53) / failure);
      checkFits('Generator.geometric', out, value, value);
      out[i] = value;
    }
    return out;
  }

  /**
   * Fills `out` with `median + sigma tan(pi (u - 1/2))`, u uniform with 53 bits: PyTorch's `cauchy_(median, sigma)`.
   *
   * @throws ArgumentError when `median` is not finite, or `sigma` not a positive finite number.
   */
  cauchy<T extends FloatArray>(out: T, median = 0, sigma = 1): T {
    if (!Number.isFinite(median))
      throw new ArgumentError(`Generator.cauchy: median must be a finite number, got ${median}.`);
    if (!(sigma > 0 && Number.isFinite(sigma)))
      throw new ArgumentError(
        `Generator.cauchy: sigma must be positive and finite, got ${sigma}; it is half the width at half the height.`,
      );
    for (let i = 0; i < out.length; i++)
      out[i] = fusedMultiplyAdd(Math.tan(Math.PI * (this.nextUniform() - 0.5)), sigma, median);
    return out;
  }

  /**
   * Fills `out` with exponentials of normals of this mean and standard deviation, which come one by one: PyTorch's
   * `log_normal_(mean, std)`.
   *
   * @throws ArgumentError when `mean` is not finite, or `std` not a positive finite number.
   */
  logNormal<T extends FloatArray>(out: T, mean = 1, std = 2): T {
    checkNormal('Generator.logNormal', ['mean', 'std'], mean, std);
    if (std === 0)
      throw new ArgumentError('Generator.logNormal: std must be positive, got 0; every draw would be equal.');
    for (let i = 0; i < out.length; i++) out[i] = Math.exp(fusedMultiplyAdd(this.nextNormal(), std, mean));
    return out;
  }

  /** One uniform on [0, 1) of 53 bits. */
  nextUniform(): number {
    const high = this.#engine.nextUint32() & 0x1fffff;
    return (high * 2 ** 32 + this.#engine.nextUint32()) * 2 ** -53;
  }

  /** One normal of mean 0 and standard deviation 1. They come in pairs; the second waits for the next call. */
  nextNormal(): number {
    const cached = this.#cachedNormal;
    if (cached !== null) {
      this.#cachedNormal = null;
      return cached;
    }
    const turn = this.nextUniform();
    const radius = Math.sqrt(-2 * log(1 - this.nextUniform()));
    sinCos(2 * Math.PI * turn, pair);
    this.#cachedNormal = radius * pair[0]!;
    return radius * pair[1]!;
  }

  /**
   * `count` indices for each row of weights, likelier where the weight is larger: PyTorch's `multinomial`. Weights
   * need not sum to 1. Without replacement (or for one index) they are those of the largest `weight / q`, q
   * exponential, in falling order; with it each is found in the running sum. A Float32Array is computed in float32.
   *
   * @param weights - the rows, one after the other.
   * @param rows - how many rows there are (default 1).
   * @returns `rows * count` indices, row by row.
   * @throws ArgumentError when a weight is negative or not finite, a row has no positive one or too large a sum, or
   * without replacement fewer positive ones than `count` (PyTorch then returns indices of weight 0).
   */
  multinomial(weights: ArrayLike<number>, count: number, replacement = false, rows = 1): Int32Array {
    checkInteger('Generator.multinomial', 'count', count, 1, 2 ** 31 - 1);
    checkInteger('Generator.multinomial', 'rows', rows, 1, 2 ** 31 - 1);
    const categories = weights.length / rows;
    if (!Number.isInteger(categories) || categories === 0)
      throw new ArgumentError(
        `Generator.multinomial: ${weights.length} weights are not ${rows} rows of equal length, 1 or more.`,
      );
    const table = weights instanceof Float32Array ? weights : Float64Array.from(weights);
    const enough = replacement ? 1 : count;
    for (let row = 0; row < rows; row++) checkWeights(table, row * categories, categories, enough);
    return replacement && count > 1
      ? this.#searchRows(table, categories, count)
      : this.#largestScores(table, categories, count);
  }

  /**
   * The state as bytes: the 5056 that PyTorch's `get_rng_state()` gives (of a generator just seeded, its field
   * `next` holds 624 where PyTorch writes an equivalent 0), so that either continues the other's stream.
   */
  getState(): Uint8Array {
    const bytes = new Uint8Array(STATE.size);
    const view = new DataView(bytes.buffer);
    const { key, position } = this.#engine.state();
    view.setBigUint64(STATE.seed, BigInt(this.#seed), true);
    view.setInt32(STATE.left, STATE_WORDS + 1 - position, true);
    view.setInt32(STATE.seeded, 1, true);
    view.setBigUint64(STATE.next, BigInt(position), true);
    for (const [i, word] of key.entries()) view.setUint32(STATE.key + 8 * i, word, true);
    if (this.#cachedNormal !== null) {
      view.setFloat64(STATE.cachedNormal, this.#cachedNormal, true);
      view.setInt32(STATE.hasCachedNormal, 1, true);
    }
    return bytes;
  }

  /**
   * Continues from a state taken earlier, by {@link Generator.getState} or PyTorch's `get_rng_state()`: as bytes, or as a list
   * of them, such as `Array.from(generator.getState())`, which JSON can hold.
   *
   * @throws ArgumentError when the bytes are not such a state, or hold a seed beyond 2^53 - 1; the generator is then unchanged.
   */
  setState(state: Uint8Array | readonly number[]): this {
    const isList = Array.isArray(state);
    if (!(isList || state instanceof Uint8Array) || state.length !== STATE.size)
      throw new ArgumentError(
        `Generator.setState: a state has ${STATE.size} bytes, got ${state?.length}; pass what getState() returned, or Array.from of it.`,
      );
    const wrong = isList ? state.findIndex((byte) => (byte & 0xff) !== byte) : -1;
    if (wrong >= 0)
      throw new ArgumentError(
        `Generator.setState: state[${wrong}] is ${state[wrong]}, not a byte; pass what getState() returned, or Array.from of it.`,
      );
    const bytes = state instanceof Uint8Array ? state : Uint8Array.from(state);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const seed = view.getBigUint64(STATE.seed, true);
    if (seed > BigInt(Number.MAX_SAFE_INTEGER))
      throw new ArgumentError(
        `Generator.setState: the state was seeded with ${seed}, beyond 2^53 - 1; seed it with ${seed & 0xffffffffn}, which gives the same stream.`,
      );
    const left = view.getInt32(STATE.left, true);
    const next = view.getBigUint64(STATE.next, true);
    const position = STATE_WORDS + 1 - left;
    const fresh = left === 1 && next === 0n;
    if (
      view.getInt32(STATE.seeded, true) !== 1 ||
      left < 1 ||
      left > STATE_WORDS ||
      !(fresh || next === BigInt(position))
    )
      throw new ArgumentError(
        `Generator.setState: not a generator's state: ${left} words left and ${next} drawn of ${STATE_WORDS}; pass what getState() returned.`,
      );
    const hasCachedNormal = view.getInt32(STATE.hasCachedNormal, true) !== 0;
    const cachedNormal = view.getFloat64(STATE.cachedNormal, true);
    if (hasCachedNormal && !Number.isFinite(cachedNormal))
      throw new ArgumentError(
        `Generator.setState: the cached normal is ${cachedNormal}; pass what getState() returned.`,
      );
    this.#engine.restore({
      key: Array.from({ length: STATE_WORDS }, (_, i) => view.getUint32(STATE.key + 8 * i, true)),
      position,
    });
    this.#seed = Number(seed);
    this.#cachedNormal = hasCachedNormal ? cachedNormal : null;
    return this;
  }

  /** The remainder of 64 random bits by an integer up to 2^53. */
  #nextRemainder64(divisor: number): number {
    const high = this.#engine.nextUint32();
    const low = this.#engine.nextUint32();
    if (divisor > 2 ** 37) return Number(((BigInt(high) << 32n) | BigInt(low)) % BigInt(divisor));
    // 16 bits at a time, so that every step stays below 2^53.
    const upper = ((high % divisor) * 2 ** 16 + (low >>> 16)) % divisor;
    return (upper * 2 ** 16 + (low & 0xffff)) % divisor;
  }

  #searchRows(weights: FloatArray, categories: number, count: number): Int32Array {
    const result = new Int32Array((weights.length / categories) * count);
    for (let at = 0, start = 0; start < weights.length; start += categories) {
      // The sums are stored, and so rounded, in the precision of the weights.
      const cumulative = weights.slice(start, start + categories);
      for (let i = 1; i < categories; i++) cumulative[i] = cumulative[i - 1]! + cumulative[i]!;
      const sum = cumulative[categories - 1]!;
      if (sum === Number.POSITIVE_INFINITY)
        throw new ArgumentError('Generator.multinomial: the sum of the weights overflows; scale them down.');
      for (let i = 0; i < categories; i++) cumulative[i] = cumulative[i]! / sum;
      for (let k = 0; k < count; k++) {
        // Not 0, which would find a leading weight of 0.
        const u = this.nextUniform() || Number.MIN_VALUE;
        let first = 0;
        let last = categories - 1;
        while (first < last) {
          const middle = (first + last) >>> 1;
          if (cumulative[middle]! < u) first = middle + 1;
          else last = middle;
        }
        result[at++] = first;
      }
    }
    return result;
  }

  #largestScores(weights: FloatArray, categories: number, count: number): Int32Array {
    const scores = this.exponential(weights.slice());
    for (let i = 0; i < scores.length; i++) scores[i] = weights[i]! / scores[i]!;
    const rows = weights.length / categories;
    const result = new Int32Array(rows * count);
    for (let row = 0; row < rows; row++) {
      const rowScores = scores.subarray(row * categories, (row + 1) * categories);
      result.set(largest(rowScores, count), row * count);
    }
    return result;
  }
}

/** `word % divisor` for 32-bit words: the quotient's rounding cannot reach an integer, and V8's `%` takes 15 ns more. */
function remainder(word: number, divisor: number): number {
  return word - Math.floor(word / divisor) * divisor;
}

/**
 * Box and Muller's transform in place: in each block of 16 uniforms the first half gives the radii, the second the
 * angles. One pass for each, because V8 does not inline logarithm and sine into one loop.
 */
function boxMuller(blocks: FloatArray, mean: number, std: number): void {
  if (blocks instanceof Float32Array) {
    radii32(blocks);
    turns32(blocks, fround(mean), fround(std));
  } else {
    radii(blocks);
    turns(blocks, mean, std);
  }
}

function radii(blocks: Float64Array): void {
  for (let i = 0; i < blocks.length; i += BLOCK)
    for (let k = i; k < i + HALF; k++) blocks[k] = Math.sqrt(-2 * log(1 - blocks[k]!));
}

function turns(blocks: Float64Array, mean: number, std: number): void {
  for (let i = 0; i < blocks.length; i += BLOCK)
    for (let k = i; k < i + HALF; k++) {
      const radius = blocks[k]!;
      sinCos(2 * Math.PI * blocks[k + HALF]!, pair);
      blocks[k] = fusedMultiplyAdd(radius * pair[1]!, std, mean);
      blocks[k + HALF] = fusedMultiplyAdd(radius * pair[0]!, std, mean);
    }
}

function radii32(blocks: Float32Array): void {
  for (let i = 0; i < blocks.length; i += BLOCK)
    for (let k = i; k < i + HALF; k++) blocks[k] = Math.sqrt(fround(-2 * log32(fround(1 - blocks[k]!))));
}

function turns32(blocks: Float32Array, mean: number, std: number): void {
  for (let i = 0; i < blocks.length; i += BLOCK)
    for (let k = i; k < i + HALF; k++) {
      const radius = blocks[k]!;
      sinCos32(fround(TWO_PI_32 * blocks[k + HALF]!), pair);
      blocks[k] = fusedMultiplyAdd32(fround(radius * pair[1]!), std, mean);
      blocks[k + HALF] = fusedMultiplyAdd32(fround(radius * pair[0]!), std, mean);
    }
}

/** The indices of the `count` largest scores, largest first. */
function largest(scores: FloatArray, count: number): Int32Array {
  if (count > 1) {
    const order = Int32Array.from(scores, (_, i) => i);
    return order.sort((a, b) => scores[b]! - scores[a]!).subarray(0, count);
  }
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return Int32Array.of(best);
}

function checkProbability(name: string, p: number): void {
  if (!(p >= 0 && p <= 1))
    throw new ArgumentError(`Generator.bernoulli: ${name} must be a probability from 0 to 1, got ${p}.`);
}

function checkWeights(weights: FloatArray, start: number, length: number, enough: number): void {
  let positive = 0;
  for (let i = start; i < start + length; i++) {
    const weight = weights[i]!;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new ArgumentError(
        `Generator.multinomial: weights[${i}] is ${weight}; weights must be finite and 0 or more.`,
      );
    if (weight > 0) positive++;
  }
  if (positive < enough)
    throw new ArgumentError(
      `Generator.multinomial: row ${start / length} has ${positive} weights above 0, cannot draw ${enough}; pass a smaller count or replacement true.`,
    );
}

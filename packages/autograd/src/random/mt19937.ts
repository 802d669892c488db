import { ArgumentError } from '../tensor/errors.ts';

/** Words in the state, drawn one after the other and then renewed as a block. */
export const STATE_WORDS = 624;
/** Distance of the word that is mixed in when the state is renewed. */
const SHIFT = 397;

/** A copy of a Mersenne Twister's state: plain numbers, so that it survives JSON. */
export interface Mt19937State {
  /** The 624 state words, unsigned 32-bit. */
  readonly key: readonly number[];
  /** How many words of the current block were drawn, 0 to 624. */
  readonly position: number;
}

/**
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura 1998, initialisation of 2002): 32-bit words of period
 * 2^19937 - 1. It is the engine under NumPy's `RandomState` and under PyTorch's CPU generator; both seed it alike,
 * `key[i] = 1812433253 (key[i-1] ^ key[i-1] >>> 30) + i`, from the low 32 bits of the seed.
 *
 * Not for cryptography: 624 words reveal the state.
 */
export class Mt19937 {
  readonly #key = new Int32Array(STATE_WORDS);
  #position = STATE_WORDS;

  /** @param seed - an integer; its low 32 bits count. */
  constructor(seed: number) {
    this.reseed(seed);
  }

  /** Starts the stream of `seed` (its low 32 bits) from the beginning. */
  reseed(seed: number): void {
    const key = this.#key;
    let word = seed | 0;
    key[0] = word;
    for (let i = 1; i < STATE_WORDS; i++) {
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i) | 0;
      key[i] = word;
    }
    this.#position = STATE_WORDS;
  }

  /** The next word of the stream, 0 to 2^32 - 1. */
  nextUint32(): number {
    if (this.#position === STATE_WORDS) this.#renew();
    let word = this.#key[this.#position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** A copy of the state, for {@link Mt19937.restore}. */
  state(): Mt19937State {
    return { key: Array.from(this.#key, (word) => word >>> 0), position: this.#position };
  }

  /**
   * Continues from a state taken earlier.
   *
   * @throws ArgumentError when the state is not 624 unsigned words, not all zero, and a position from 0 to 624; this
   * generator is then unchanged.
   */
  restore(state: Mt19937State): void {
    const { key, position } = state;
    if (
      !Array.isArray(key) ||
      key.length !== STATE_WORDS ||
      !key.every((word) => Number.isInteger(word) && word >>> 0 === word)
    )
      throw new ArgumentError(
        `Mt19937.restore: state.key must be ${STATE_WORDS} integers from 0 to 2^32 - 1, got ${key?.length} values; pass an object made by state().`,
      );
    if (!Number.isInteger(position) || position < 0 || position > STATE_WORDS)
      throw new ArgumentError(
        `Mt19937.restore: state.position must be an integer from 0 to ${STATE_WORDS}, got ${position}; pass an object made by state().`,
      );
    if (key.every((word) => word === 0))
      throw new ArgumentError(
        'Mt19937.restore: state.key is all zeros, from which only zeros follow; pass an object made by state().',
      );
    this.#key.set(key);
    this.#position = position;
  }

  #renew(): void {
    const key = this.#key;
    let i = 0;
    for (; i < STATE_WORDS - SHIFT; i++) key[i] = key[i + SHIFT]! ^ twist(key[i]!, key[i + 1]!);
    for (; i < STATE_WORDS - 1; i++) key[i] = key[i + SHIFT - STATE_WORDS]! ^ twist(key[i]!, key[i + 1]!);
    key[i] = key[SHIFT - 1]! ^ twist(key[i]!, key[0]!);
    this.#position = 0;
  }
}

/** The recurrence's matrix applied to the top bit of one word and the lower 31 of the next. */
function twist(word: number, next: number): number {
  return (((word & 0x80000000) | (next & 0x7fffffff)) >>> 1) ^ (-(next & 1) & 0x9908b0df);
}

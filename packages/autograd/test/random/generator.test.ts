import { readFileSync } from 'node:fs';
import { test as property } from '@fast-check/jest';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Generator } from '../../src/random/generator.ts';
import { type Answer, compare, isRounded, replayTorch } from './replay.ts';

const fixture: Answer = JSON.parse(
  readFileSync(new URL('../fixtures/torchRandom.json', import.meta.url), 'utf8'),
);

/** More draws, to see where the stream is and whether a normal is cached. */
function next(generator: Generator): Float64Array {
  return generator.normal(new Float64Array(3));
}

describe('Generator against recorded draws of PyTorch', () => {
  const replayed = replayTorch(fixture.torch!);

  test('is identical but for float64 normals and exponentials', () => {
    const { total, identical, first } = compare(replayed.filter(({ call }) => !isRounded(call)));
    expect(first).toBe('');
    expect(identical).toBe(total);
    expect(total).toBeGreaterThan(5500);
  });

  test('is within two units in the last place there', () => {
    const { total, identical, scaled, first } = compare(replayed.filter(({ call }) => isRounded(call)));
    expect(scaled < 5e-16 || first).toBe(true);
    expect(identical / total).toBeGreaterThan(0.95);
    // One rounding more or less after the normal itself would show in a third of these.
    const moved = compare(
      replayed.filter(({ call }) => isRounded(call) && call.kind === 'normal' && call.mean !== 0),
    );
    expect(moved.identical / moved.total).toBeGreaterThan(0.95);
  });
});

describe('Generator', () => {
  test('without a seed starts where PyTorch does', () => {
    const generator = new Generator();
    expect(generator.initialSeed()).toBe(67280421310721);
    expect(next(generator)).toEqual(next(new Generator(67280421310721)));
  });

  test('manualSeed forgets the cached normal', () => {
    const generator = new Generator(1);
    generator.normal(new Float64Array(1));
    expect(next(generator.manualSeed(1))).toEqual(next(new Generator(1)));
  });

  test('uses the low 32 bits of the seed and remembers all of it', () => {
    const generator = new Generator(2 ** 53 - 1);
    expect(generator.initialSeed()).toBe(2 ** 53 - 1);
    expect(next(generator)).toEqual(next(new Generator(2 ** 32 - 1)));
  });

  test('seed() seeds with the number it returns', () => {
    const generator = new Generator(0);
    const seed = generator.seed();
    expect(generator.initialSeed()).toBe(seed);
    expect(next(generator)).toEqual(next(new Generator(seed)));
    const others = Array.from({ length: 20 }, () => new Generator(0).seed());
    expect(new Set(others).size).toBe(20);
    expect(Math.max(...others)).toBeGreaterThan(2 ** 45);
  });

  property.prop([fc.maxSafeNat(), fc.nat({ max: 700 }), fc.nat({ max: 3 })])(
    'continues from a state',
    (seed, words, normals) => {
      const generator = new Generator(seed);
      generator.uniform(new Float32Array(words));
      generator.normal(new Float64Array(normals));
      const state = generator.getState();
      expect(state).toHaveLength(5056);
      const expected = next(generator);
      // A view into a longer buffer must do too.
      const shifted = new Uint8Array(state.length + 3).subarray(3);
      shifted.set(state);
      const other = new Generator(0).setState(shifted);
      expect(other.initialSeed()).toBe(seed);
      expect(next(other)).toEqual(expected);
    },
  );

  test("takes PyTorch's state of a generator just seeded", () => {
    const state = new Generator(9).getState();
    new DataView(state.buffer).setBigUint64(16, 0n, true);
    expect(next(new Generator(0).setState(state))).toEqual(next(new Generator(9)));
  });

  property.prop([fc.nat({ max: 40 }), fc.nat()])('permutes', (n, seed) => {
    const sorted = new Generator(seed).permutation(n).sort();
    expect([...sorted]).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  property.prop([fc.maxSafeInteger(), fc.maxSafeInteger(), fc.nat()])(
    'keeps integers in range',
    (a, b, seed) => {
      fc.pre(a !== b && Math.abs(a - b) <= Number.MAX_SAFE_INTEGER);
      const low = Math.min(a, b);
      const high = Math.max(a, b);
      for (const value of new Generator(seed).randint(new Float64Array(20), low, high)) {
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThan(high);
      }
    },
  );

  property.prop([fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 9 }), fc.boolean(), fc.nat()])(
    'draws indices of positive weight, without replacement each once',
    (weights, single, seed) => {
      const positive = weights.filter((weight) => weight > 0).length;
      fc.pre(positive > 0);
      const table = single ? Float32Array.from(weights) : weights;
      const generator = new Generator(seed);
      const drawn = generator.multinomial(table, positive);
      expect(new Set(drawn).size).toBe(positive);
      for (const index of [...drawn, ...generator.multinomial(table, 20, true)])
        expect(weights[index]).toBeGreaterThan(0);
    },
  );

  test('never draws the upper bound', () => {
    const halves = new Generator(5).uniform(new Float32Array(500), 1, 1 + 2 ** -22);
    expect(new Set(halves)).toEqual(new Set([1, 1 + 2 ** -23]));
    expect(new Set(new Generator(5).uniform(new Float64Array(99), 1, 1 + 2 ** -52))).toEqual(new Set([1]));
    expect(new Generator(5).uniform(new Float64Array(2), 3, 3)).toEqual(Float64Array.of(3, 3));
  });

  /** A generator whose next words are the tempered ones of `words`. */
  function withWords(...words: number[]): Generator {
    const state = new Generator(0).getState();
    const view = new DataView(state.buffer);
    view.setInt32(8, 624 - 1, true);
    view.setBigUint64(16, 2n, true);
    for (const [i, word] of words.entries()) view.setUint32(24 + 8 * (2 + i), word, true);
    return new Generator(0).setState(state);
  }

  test('a uniform of exactly 0 finds no weight of 0, and an exponential of 0', () => {
    expect(withWords(0, 0, 0, 0).multinomial([0, 0, 1], 2, true)).toEqual(Int32Array.of(2, 2));
    expect(withWords(0, 0).exponential(new Float64Array(1))).toEqual(Float64Array.of(0));
    expect(withWords(0, 0).multinomial([1, 1, 1], 1)).toEqual(Int32Array.of(0));
  });

  test('a uniform equal to a running sum belongs below it', () => {
    // 2298684000 is tempered to 2^20, which makes a uniform of 1/2.
    expect(withWords(2298684000, 0).uniform(new Float64Array(1))).toEqual(Float64Array.of(0.5));
    expect(withWords(2298684000, 0).multinomial([1, 1], 2, true)[0]).toBe(0);
  });

  test('ignores the bytes of a cached normal that is not there', () => {
    const state = new Generator(1).getState();
    new DataView(state.buffer).setFloat64(5024, Number.NaN, true);
    expect(next(new Generator(0).setState(state))).toEqual(next(new Generator(1)));
  });

  test('leaves empty arrays and the stream alone', () => {
    const generator = new Generator(3);
    generator.uniform(new Float32Array(0));
    generator.normal(new Float64Array(0));
    generator.randint(new Int32Array(0), 0, 2);
    generator.permutation(1);
    generator.bernoulli(new Uint8Array(0), []);
    expect(next(generator)).toEqual(next(new Generator(3)));
  });

  const generator = new Generator(0);
  const ints = new Int32Array(1);
  const floats = new Float64Array(1);
  const broken = (change: (view: DataView) => void): Uint8Array => {
    const state = generator.getState();
    change(new DataView(state.buffer));
    return state;
  };
  test.each<[string, () => unknown]>([
    ['seed must be an integer from 0 to 9007199254740991, got -1', () => new Generator(-1)],
    [
      'seed must be an integer from 0 to 9007199254740991, got 9007199254740992',
      () => new Generator(2 ** 53),
    ],
    ['low 2 is above high 1', () => generator.uniform(floats, 2, 1)],
    ['low and high must be finite', () => generator.uniform(floats, Number.NaN, 1)],
    ['overflows float32', () => generator.uniform(new Float32Array(1), 0, 1e39)],
    ['overflows float32', () => generator.uniform(new Float32Array(1), -3e38, 3e38)],
    ['mean must be a finite number, got Infinity', () => generator.normal(floats, Number.POSITIVE_INFINITY)],
    ['std must be finite and 0 or more, got -1', () => generator.normal(floats, 0, -1)],
    ['low 5 must be below high 5', () => generator.randint(ints, 5, 5)],
    ['do not fit Int32Array', () => generator.randint(ints, 0, 2 ** 31 + 1)],
    ['n must be an integer from 0', () => generator.permutation(1.5)],
    ['p must be a probability from 0 to 1, got 1.5', () => generator.bernoulli(ints, 1.5)],
    ['p[0] must be a probability from 0 to 1, got NaN', () => generator.bernoulli(ints, [Number.NaN])],
    ['p has 2 probabilities for 1 elements', () => generator.bernoulli(ints, [0, 1])],
    ['rate must be positive and finite, got 0', () => generator.exponential(floats, 0)],
    ['rate must be positive and finite, got NaN', () => generator.exponential(floats, Number.NaN)],
    ['count must be an integer from 1', () => generator.multinomial([1], 0)],
    ['3 weights are not 2 rows', () => generator.multinomial([1, 1, 1], 1, false, 2)],
    ['0 weights are not 1 rows', () => generator.multinomial([], 1)],
    ['weights[1] is -1', () => generator.multinomial([1, -1], 1)],
    ['weights[0] is Infinity', () => generator.multinomial([Number.POSITIVE_INFINITY], 1)],
    ['row 1 has 0 weights above 0', () => generator.multinomial([1, 2, 0, 0], 2, true, 2)],
    ['row 0 has 1 weights above 0, cannot draw 2', () => generator.multinomial([0, 1, 0], 2)],
    ['overflows', () => generator.multinomial(Float32Array.of(3e38, 3e38), 2, true)],
    ['a state has 5056 bytes, got 3', () => generator.setState(new Uint8Array(3))],
    [
      'seeded with 9007199254740992',
      () => generator.setState(broken((v) => v.setBigUint64(0, 2n ** 53n, true))),
    ],
    ["not a generator's state", () => generator.setState(broken((v) => v.setInt32(8, 0, true)))],
    ["not a generator's state", () => generator.setState(broken((v) => v.setInt32(8, 625, true)))],
    ["not a generator's state", () => generator.setState(broken((v) => v.setInt32(12, 0, true)))],
    ["not a generator's state", () => generator.setState(broken((v) => v.setUint32(16, 9, true)))],
    ['all zeros', () => generator.setState(broken((v) => new Uint8Array(v.buffer).fill(0, 24, 5016)))],
    [
      'the cached normal is NaN',
      () =>
        generator.setState(
          broken((v) => {
            v.setInt32(5040, 1, true);
            v.setFloat64(5024, Number.NaN, true);
          }),
        ),
    ],
  ])('refuses, saying why: %s', (message, call) => {
    const before = generator.getState();
    expect(call).toThrow(message);
    expect(generator.getState()).toEqual(before);
  });
});

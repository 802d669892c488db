import { readFileSync } from 'node:fs';
import { test as property } from '@fast-check/jest';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NumpyRandomState } from '../../src/random/numpyRandomState.ts';
import { type Answer, compare, replayNumpy } from './replay.ts';

const fixture: Answer = JSON.parse(
  readFileSync(new URL('../fixtures/numpyRandom.json', import.meta.url), 'utf8'),
);

/** Three more draws, to see where the stream is. */
function next(random: NumpyRandomState): Float64Array {
  return random.normal(new Float64Array(3));
}

describe('NumpyRandomState against recorded draws of NumPy', () => {
  const replayed = replayNumpy(fixture.numpy!);
  const isNormal = (kind: string): boolean => kind === 'randn' || kind === 'normal';

  test('integers, uniforms, permutations and choices are identical', () => {
    const { total, identical, first } = compare(replayed.filter(({ call }) => !isNormal(call.kind)));
    expect(first).toBe('');
    expect(identical).toBe(total);
    expect(total).toBeGreaterThan(250);
  });

  test('normals are within 1e-15, and at least 99.9 % of them identical', () => {
    const { total, identical, relative } = compare(replayed.filter(({ call }) => isNormal(call.kind)));
    expect(relative).toBeLessThan(1e-15);
    expect(identical / total).toBeGreaterThanOrEqual(0.999);
  });
});

describe('the cached normal', () => {
  test('survives calls of odd length and other draws between them', () => {
    const whole = new NumpyRandomState(4).normal(new Float64Array(4));
    const random = new NumpyRandomState(4);
    const first = random.normal(new Float64Array(3));
    random.uniform(new Float64Array(5));
    expect([...first, ...random.normal(new Float64Array(1))]).toEqual([...whole]);
  });

  test('is forgotten by seed()', () => {
    const random = new NumpyRandomState(4);
    random.normal(new Float64Array(1));
    random.seed(4);
    expect(next(random)).toEqual(next(new NumpyRandomState(4)));
  });
});

describe('NumpyRandomState', () => {
  test('rounds to float32 what it draws in float64', () => {
    const single = new NumpyRandomState(2).normal(new Float32Array(9));
    expect(single).toEqual(Float32Array.from(new NumpyRandomState(2).normal(new Float64Array(9))));
  });

  test('shuffles any array, and whole rows, alike', () => {
    const order = new NumpyRandomState(8).permutation(6);
    const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
    const shuffled = [...letters];
    new NumpyRandomState(8).shuffle(shuffled);
    expect(shuffled).toEqual([...order].map((i) => letters[i]));
    const rows = Float32Array.from({ length: 18 }, (_, i) => i);
    new NumpyRandomState(8).shuffle(rows, 3);
    expect([...rows]).toEqual([...order].flatMap((i) => [3 * i, 3 * i + 1, 3 * i + 2]));
  });

  test('a uniform of exactly 0 does not choose what has probability 0', () => {
    const random = new NumpyRandomState(0);
    const { key } = random.getState();
    random.setState({ key: [0, 0, ...key.slice(2)], position: 0, cachedNormal: null });
    expect(random.choice(3, 1, { p: [0, 0, 1] })).toEqual(Int32Array.of(2));
  });

  test('draws nothing where there is no choice', () => {
    const random = new NumpyRandomState(6);
    expect(random.randint(new Int32Array(3), 7, 8)).toEqual(Int32Array.of(7, 7, 7));
    expect(random.permutation(0)).toHaveLength(0);
    expect(random.permutation(1)).toEqual(Int32Array.of(0));
    expect(random.choice(0, 0)).toHaveLength(0);
    expect(random.choice(5, 0, { p: [0, 0, 1, 0, 0], replace: false })).toHaveLength(0);
    expect(next(random)).toEqual(next(new NumpyRandomState(6)));
  });

  property.prop([fc.nat(), fc.nat({ max: 30 })])(
    'continues from a state that went through JSON',
    (seed, skip) => {
      const random = new NumpyRandomState(seed);
      random.normal(new Float64Array(skip));
      const state = JSON.parse(JSON.stringify(random.getState()));
      const expected = next(random);
      const other = new NumpyRandomState(0);
      other.setState(state);
      expect(next(other)).toEqual(expected);
    },
  );

  property.prop([fc.nat({ max: 40 }), fc.nat()])('permutes', (n, seed) => {
    const sorted = new NumpyRandomState(seed).permutation(n).sort();
    expect([...sorted]).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  property.prop([fc.maxSafeInteger(), fc.maxSafeInteger(), fc.nat()])(
    'keeps integers in range',
    (a, b, seed) => {
      fc.pre(a !== b && Math.abs(a - b) <= Number.MAX_SAFE_INTEGER);
      const low = Math.min(a, b);
      const high = Math.max(a, b);
      for (const value of new NumpyRandomState(seed).randint(new Float64Array(20), low, high)) {
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThan(high);
      }
    },
  );

  test('seeds itself differently each time', () => {
    expect(new NumpyRandomState().getState()).not.toEqual(new NumpyRandomState().getState());
  });

  const random = new NumpyRandomState(0);
  const ints = new Int32Array(1);
  const floats = new Float64Array(1);
  test.each<[string, () => unknown]>([
    ['seed must be an integer from 0 to 4294967295, got -1', () => new NumpyRandomState(-1)],
    ['seed must be an integer from 0 to 4294967295, got 4294967296', () => random.seed(2 ** 32)],
    ['seed must be an integer from 0 to 4294967295, got 1.5', () => random.seed(1.5)],
    ['low and high must be finite', () => random.uniform(floats, 0, Number.POSITIVE_INFINITY)],
    ['low and high must be finite', () => random.uniform(floats, -1e308, 1e308)],
    ['loc must be a finite number, got NaN', () => random.normal(floats, Number.NaN)],
    ['scale must be finite and 0 or more, got -1', () => random.normal(floats, 0, -1)],
    ['low 5 must be below high 5', () => random.randint(ints, 5, 5)],
    ['low and high must be integers', () => random.randint(ints, 0.5, 5)],
    ['low and high must be integers', () => random.randint(floats, -(2 ** 52) - 1, 2 ** 52)],
    ['do not fit Int32Array', () => random.randint(ints, 0, 2 ** 31 + 1)],
    ['do not fit Uint8Array', () => random.randint(new Uint8Array(1), -1, 5)],
    ['do not fit Float32Array', () => random.randint(new Float32Array(1), 0, 2 ** 24 + 2)],
    ['n must be an integer from 0', () => random.permutation(-1)],
    ['rowLength must be an integer from 1', () => random.shuffle([1, 2], 0)],
    ['3 elements are not a whole number of rows of 2', () => random.shuffle([1, 2, 3], 2)],
    ['cannot take 1 from nothing', () => random.choice(0, 1)],
    ['cannot take 4 of 3 without replacement', () => random.choice(3, 4, { replace: false })],
    ['p has 2 entries for n = 3', () => random.choice(3, 1, { p: [0.5, 0.5] })],
    ['p[2] is -0.2', () => random.choice(3, 1, { p: [0.5, 0.7, -0.2] })],
    ['p[1] is NaN', () => random.choice(2, 1, { p: [0.5, Number.NaN] })],
    ['p sums to 1.1', () => random.choice(2, 1, { p: [0.5, 0.6] })],
    ['only 1 entries of p are above 0', () => random.choice(2, 2, { p: [1, 0], replace: false })],
    ['state.cachedNormal', () => random.setState({ ...random.getState(), cachedNormal: Number.NaN })],
    ['state.key', () => random.setState({ ...random.getState(), key: [] })],
  ])('refuses, saying why: %s', (message, call) => {
    const before = random.getState();
    expect(call).toThrow(message);
    expect(random.getState()).toEqual(before);
  });

  test('takes probabilities rounded to float32', () => {
    const p = new Float32Array(7).fill(1 / 7);
    expect(() => random.choice(7, 1, { p })).not.toThrow();
    expect(() => random.choice(7, 1, { p: [...p].map((x) => x * 1.00001) })).toThrow('p sums to');
  });
});

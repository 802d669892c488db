import { describe, expect, test } from '@jest/globals';
import { Generator } from '../../src/random/generator.ts';
import { NumpyRandomState } from '../../src/random/numpyRandomState.ts';

/**
 * Kolmogorov and Smirnov's statistic of a sample against a distribution function, times sqrt(n): above 2.2 once in
 * 8000 samples.
 */
function kolmogorov(sample: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let worst = 0;
  sorted.forEach((x, i) => {
    const p = distribution(x);
    worst = Math.max(worst, p - i / n, (i + 1) / n - p);
  });
  return worst * Math.sqrt(n);
}

/** How many standard deviations chi-square is above its mean, for counts of the integers with the given weights. */
function chiSquare(sample: ArrayLike<number>, weights: number[]): number {
  const counts = weights.map(() => 0);
  for (const value of Array.from(sample)) counts[value]!++;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let statistic = 0;
  weights.forEach((weight, i) => {
    const expected = (sample.length * weight) / total;
    if (expected > 0) statistic += (counts[i]! - expected) ** 2 / expected;
    else expect(counts[i]).toBe(0);
  });
  const freedom = weights.filter((weight) => weight > 0).length - 1;
  return (statistic - freedom) / Math.sqrt(2 * freedom);
}

/** The normal distribution function, by Simpson's rule on the density. */
function normalDistribution(x: number): number {
  const end = Math.min(Math.abs(x), 9);
  const step = end / 200;
  const density = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(end);
  for (let k = 1; k < 200; k++) sum += (k % 2 === 1 ? 4 : 2) * density(k * step);
  const area = (sum * step) / 3;
  return 0.5 + Math.sign(x) * area;
}

const uniformDistribution = (x: number): number => x;
const exponentialDistribution = (x: number): number => 1 - Math.exp(-x);
const COUNT = 20000;

/** COUNT draws in arrays of fewer than 16, which Generator.normal makes one by one. */
function inSmallArrays(draw: (out: Float64Array) => Float64Array): Float64Array {
  const sample = new Float64Array(COUNT);
  for (let i = 0; i < COUNT; i += 10) sample.set(draw(new Float64Array(10)), i);
  return sample;
}

const generator = new Generator(2024);
const random = new NumpyRandomState(2024);

describe('distribution of', () => {
  test.each<[string, ArrayLike<number>, (x: number) => number]>([
    ['Generator.uniform, float32', generator.uniform(new Float32Array(COUNT)), uniformDistribution],
    ['Generator.uniform, float64', generator.uniform(new Float64Array(COUNT)), uniformDistribution],
    ['Generator.normal, float32', generator.normal(new Float32Array(COUNT)), normalDistribution],
    ['Generator.normal, float64', generator.normal(new Float64Array(COUNT)), normalDistribution],
    ['Generator.normal, small', inSmallArrays((out) => generator.normal(out)), normalDistribution],
    [
      'Generator.normal, moved',
      generator.normal(new Float64Array(COUNT), 3, 0.5).map((x) => (x - 3) / 0.5),
      normalDistribution,
    ],
    [
      'Generator.exponential',
      generator.exponential(new Float64Array(COUNT), 4).map((x) => 4 * x),
      exponentialDistribution,
    ],
    [
      'NumpyRandomState.uniform',
      random.uniform(new Float64Array(COUNT), 2, -1).map((x) => (2 - x) / 3),
      uniformDistribution,
    ],
    ['NumpyRandomState.normal', random.normal(new Float64Array(COUNT)), normalDistribution],
  ])('%s', (_, sample, distribution) => {
    expect(kolmogorov(sample, distribution)).toBeLessThan(2.2);
  });

  const even = (n: number): number[] => new Array<number>(n).fill(1);
  const weights = [1, 0, 5, 2, 0.5, 3];
  const p = weights.map((weight) => weight / 11.5);
  const repeat = (draw: () => ArrayLike<number>): Int32Array => {
    const sample = new Int32Array(COUNT);
    for (let i = 0; i < COUNT; i++) sample[i] = draw()[0]!;
    return sample;
  };
  test.each<[string, ArrayLike<number>, number[]]>([
    ['Generator.randint', generator.randint(new Int32Array(COUNT), 0, 23), even(23)],
    [
      'Generator.randint, wide',
      generator.randint(new Float64Array(COUNT), 0, 2 ** 45).map((x) => Math.floor(x / 2 ** 41)),
      even(16),
    ],
    ['Generator.bernoulli', generator.bernoulli(new Uint8Array(COUNT), 0.3), [7, 3]],
    [
      'Generator.bernoulli, each',
      generator.bernoulli(new Uint8Array(COUNT), new Float32Array(COUNT).fill(0.8)),
      [1, 4],
    ],
    ['Generator.permutation', repeat(() => generator.permutation(7)), even(7)],
    ['Generator.multinomial', generator.multinomial(weights, COUNT, true), weights],
    [
      'Generator.multinomial, float32',
      generator.multinomial(Float32Array.from(weights), COUNT, true),
      weights,
    ],
    ['Generator.multinomial, once', repeat(() => generator.multinomial(weights, 1)), weights],
    ['Generator.multinomial, first of two', repeat(() => generator.multinomial(weights, 2)), weights],
    ['NumpyRandomState.randint', random.randint(new Int32Array(COUNT), 0, 23), even(23)],
    ['NumpyRandomState.permutation', repeat(() => random.permutation(7)), even(7)],
    ['NumpyRandomState.choice', random.choice(23, COUNT), even(23)],
    ['NumpyRandomState.choice, p', random.choice(6, COUNT, { p }), weights],
    [
      'NumpyRandomState.choice, first of two',
      repeat(() => random.choice(6, 2, { p, replace: false })),
      weights,
    ],
  ])('%s', (_, sample, expected) => {
    expect(chiSquare(sample, expected)).toBeLessThan(4);
  });

  test('a pair of Generator.normal: independent', () => {
    const sample = generator.normal(new Float64Array(COUNT));
    // Radius and angle come from elements 8 apart; uncorrelated values and squares.
    let product = 0;
    let squares = 0;
    for (let i = 0; i < COUNT; i += 16)
      for (let k = i; k < i + 8; k++) {
        product += sample[k]! * sample[k + 8]!;
        squares += (sample[k]! ** 2 - 1) * (sample[k + 8]! ** 2 - 1);
      }
    const pairs = COUNT / 2;
    expect(Math.abs(product / Math.sqrt(pairs))).toBeLessThan(4);
    expect(Math.abs(squares / (2 * Math.sqrt(pairs)))).toBeLessThan(4);
  });
});

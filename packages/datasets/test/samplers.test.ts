import { describe, expect, test } from '@jest/globals';
import { arange, Generator } from '@tensortape/autograd';
import {
  BatchSampler,
  DataLoader,
  RandomSampler,
  randomSplit,
  StratifiedSampler,
  SubsetRandomSampler,
  TensorDataset,
  trainTestSplit,
  WeightedRandomSampler,
} from '@tensortape/datasets';
import fc from 'fast-check';
import { chiSquareP } from './chiSquare.ts';

describe('PyTorch 2.13 draws the same', () => {
  test.each([
    [{}, [0, 1, 3, 1, 3, 3, 1, 3], [3, 3, 1, 3, 3, 1, 3, 0]],
    [{ replacement: false }, [0, 3, 1], [3, 1, 0]],
  ])('weighted, %j', (options, first, second) => {
    const sampler = new WeightedRandomSampler([1, 2, 0, 5], first.length, {
      ...options,
      generator: new Generator(3),
    });
    expect([[...sampler], [...sampler]]).toEqual([first, second]);
  });
});

// Seeds are fixed, so a test either always passes or never. A fair sampler would fail one of these with probability 1e-4.
const unlikely = 1e-4;

describe('chance', () => {
  /** How often each sample stands at each place, over many orders. */
  const places = (n: number, rounds: number, order: () => Iterable<number>): Float64Array => {
    const counts = new Float64Array(n * n);
    for (let round = 0; round < rounds; round++) {
      let place = 0;
      for (const sample of order()) counts[place++ * n + sample]!++;
    }
    return counts;
  };
  const fair = (n: number, rounds: number) => new Float64Array(n * n).fill(rounds / n);
  /** Rows and columns have fixed sums. */
  const fairness = (n: number, rounds: number, order: () => Iterable<number>) =>
    chiSquareP(places(n, rounds, order), fair(n, rounds), (n - 1) ** 2);

  test('the test sees a bad shuffle', () => {
    const generator = new Generator(0);
    const naive = () => {
      const order = [0, 1, 2, 3, 4, 5];
      for (let i = 0; i < 6; i++) {
        const j = generator.randint(new Int32Array(1), 0, 6)[0]!;
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    };
    expect(fairness(6, 4000, naive)).toBeLessThan(1e-6);
  });

  test.each<[string, (generator: Generator) => Iterable<number>]>([
    ['RandomSampler', (generator) => new RandomSampler({ length: 6 }, { generator })],
    ['SubsetRandomSampler', (generator) => new SubsetRandomSampler([0, 1, 2, 3, 4, 5], { generator })],
    [
      'randomSplit',
      (generator) =>
        randomSplit(new TensorDataset(arange(6)), [3, 3], { generator }).flatMap(({ indices }) => [
          ...indices,
        ]),
    ],
    [
      'trainTestSplit',
      (generator) =>
        trainTestSplit(new TensorDataset(arange(6)), { generator }).flatMap(({ indices }) => [...indices]),
    ],
    [
      'trainTestSplit, stratified, of the first class',
      (generator) => {
        const parts = trainTestSplit(new TensorDataset(arange(12)), {
          stratify: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
          generator,
        });
        return parts.flatMap(({ indices }) => [...indices].filter((i) => i < 6));
      },
    ],
    [
      'StratifiedSampler, of the first class',
      (generator) =>
        [...new StratifiedSampler([0, 0, 0, 0, 0, 0, 1, 1], { generator })].filter((index) => index < 6),
    ],
  ])('%s puts every sample everywhere equally often', (_, make) => {
    const generator = new Generator(11);
    expect(fairness(6, 4000, () => make(generator))).toBeGreaterThan(unlikely);
  });

  test('epochs of a seeded loader are as fair as draws of one generator', () => {
    const loader = new DataLoader(new TensorDataset(arange(6)), { batchSize: 6, shuffle: true, seed: 0 });
    expect(fairness(6, 4000, () => [...loader][0]![0].toTypedArray())).toBeGreaterThan(unlikely);
  });

  test('weights are the shares, with replacement', () => {
    const weights = [1, 0, 2, 3, 10];
    const draws = 50_000;
    const counts = new Float64Array(5);
    for (const i of new WeightedRandomSampler(weights, draws, { generator: new Generator(5) })) counts[i]!++;
    expect(counts[1]).toBe(0);
    const drawn = weights.flatMap((weight, i) => (weight === 0 ? [] : [i]));
    const shares = drawn.map((i) => (weights[i]! / 16) * draws);
    expect(
      chiSquareP(
        drawn.map((i) => counts[i]!),
        shares,
      ),
    ).toBeGreaterThan(unlikely);
    // The same counts do not fit other weights: the test can fail.
    expect(
      chiSquareP(
        drawn.map((i) => counts[i]!),
        [0.07, 0.13, 0.19, 0.61].map((share) => share * draws),
      ),
    ).toBeLessThan(1e-6);
  });

  test('without replacement the order is that of drawing one after the other', () => {
    const weights = [1, 2, 3];
    const rounds = 20_000;
    const generator = new Generator(6);
    const orders = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const key = [...new WeightedRandomSampler(weights, 3, { replacement: false, generator })].join('');
      orders.set(key, (orders.get(key) ?? 0) + 1);
    }
    const expected = new Map<string, number>();
    for (const a of [0, 1, 2])
      for (const b of [0, 1, 2].filter((i) => i !== a)) {
        const p = (weights[a]! / 6) * (weights[b]! / (6 - weights[a]!));
        expected.set(`${a}${b}${3 - a - b}`, p * rounds);
      }
    const keys = [...expected.keys()];
    expect([...orders.keys()].toSorted()).toEqual(keys.toSorted());
    expect(
      chiSquareP(
        keys.map((key) => orders.get(key)!),
        keys.map((key) => expected.get(key)!),
      ),
    ).toBeGreaterThan(unlikely);
  });
});

test('a stratified order holds each class in proportion in every stretch of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 60 }),
      fc.nat(100),
      fc.integer({ min: 1, max: 20 }),
      (labels, seed, batchSize) => {
        const sampler = new StratifiedSampler(labels, { generator: new Generator(seed) });
        const order = [...sampler];
        expect(order.toSorted((a, b) => a - b)).toEqual(labels.map((_, i) => i));
        expect(sampler.length).toBe(labels.length);
        const classes = [...new Set(labels)];
        const share = (label: number) => labels.filter((other) => other === label).length / labels.length;
        // A prefix is off by at most 1/2 at a point of the way, and 1/2 for each class in where that point is.
        for (const batch of new BatchSampler(order, { batchSize })) {
          for (const label of classes) {
            const found = batch.filter((i) => labels[i] === label).length;
            const bound = 1 + share(label) * classes.length;
            expect(Math.abs(found - share(label) * batch.length)).toBeLessThanOrEqual(bound + 1e-9);
          }
        }
      },
    ),
  );
});

test('bad weights are refused by name', () => {
  expect(() => new WeightedRandomSampler([1, -1], 2)).toThrow(/weights\[1\] is -1; weights must be finite/);
  expect(() => new WeightedRandomSampler([1, Number.NaN], 2)).toThrow(/weights\[1\] is NaN/);
  expect(() => new WeightedRandomSampler([0, 0], 2)).toThrow(/0 of 2 weights are above 0/);
  expect(() => new WeightedRandomSampler([1, 0], 2, { replacement: false })).toThrow(
    /1 of 2 .*without replacement/,
  );
  expect(() => new WeightedRandomSampler([1], 0)).toThrow(/count must be an integer of at least 1, got 0/);
});

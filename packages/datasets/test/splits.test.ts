import { describe, expect, test } from '@jest/globals';
import { ArgumentError, arange, Generator, type Tensor } from '@tensortape/autograd';
import { kFold, type Subset, TensorDataset, trainTestSplit } from '@tensortape/datasets';
import fc from 'fast-check';

const numbers = (length: number) => new TensorDataset(arange(length));
const sorted = (...parts: Subset<[Tensor]>[]) =>
  parts.flatMap(({ indices }) => [...indices]).toSorted((a, b) => a - b);
const everything = (length: number) => Array.from({ length }, (_, i) => i);
const labelsOf = (...sizes: number[]) => sizes.flatMap((size, label) => new Array<number>(size).fill(label));
const count = (labels: readonly number[], { indices }: Subset<[Tensor]>, label: number) =>
  [...indices].filter((i) => labels[i] === label).length;

describe('trainTestSplit', () => {
  test('deals every sample to one part, of the size asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.double({ min: 0.01, max: 0.99 }),
        (length, testSize) => {
          fc.pre(Math.ceil(testSize * length) < length);
          const [train, held] = trainTestSplit(numbers(length), { testSize, generator: new Generator(1) });
          expect(held.length).toBe(Math.ceil(testSize * length));
          expect(sorted(train, held)).toEqual(everything(length));
        },
      ),
    );
    const [train, held] = trainTestSplit(numbers(8), { testSize: 3, shuffle: false });
    expect([[...train.indices], [...held.indices]]).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7],
    ]);
    expect(trainTestSplit(numbers(8))[1].length).toBe(2);
  });

  test('stratified, shares out each class to the nearest sample, and leaves none out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 30 }), { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0.05, max: 0.95 }),
        fc.nat(50),
        (sizes, testSize, seed) => {
          const labels = labelsOf(...sizes);
          const wanted = Math.ceil(testSize * labels.length);
          fc.pre(Math.min(wanted, labels.length - wanted) >= sizes.length);
          const options = { testSize, stratify: labels, generator: new Generator(seed) };
          const [train, held] = trainTestSplit(numbers(labels.length), options);
          expect(held.length).toBe(wanted);
          expect(sorted(train, held)).toEqual(everything(labels.length));
          const exact = sizes.map((size) => (size * wanted) / labels.length);
          const roomy = exact.every((share, i) => share >= 1 && sizes[i]! - share >= 1);
          for (const [label, size] of sizes.entries()) {
            const found = count(labels, held, label);
            expect(found >= 1 && found < size).toBe(true);
            if (roomy) expect(Math.abs(found - exact[label]!)).toBeLessThan(1 + 1e-9);
          }
        },
      ),
    );
  });

  test.each<[string, Parameters<typeof trainTestSplit>[1], RegExp]>([
    ['nothing to test with', { testSize: 0 }, /testSize 0 of 8 samples leaves a part empty/],
    ['nothing to train on', { testSize: 8 }, /testSize 8 of 8/],
    ['half a sample', { testSize: 2.5 }, /testSize 2\.5 of 8/],
    ['too few classes', { stratify: [1, 2] }, /stratify has 2 classes for 8 samples/],
    ['a class of one', { stratify: [0, 0, 0, 0, 0, 0, 0, 1] }, /the smallest has 1/],
    [
      'a part too small',
      { stratify: [0, 0, 1, 1, 2, 2, 3, 3] },
      /6 and 2 samples cannot both hold each of 4/,
    ],
    ['no shuffling', { stratify: [0, 0, 1, 1, 0, 0, 1, 1], shuffle: false }, /leave shuffle: false out/],
  ])('refuses %s', (_, options, message) => {
    expect(() => trainTestSplit(numbers(8), options)).toThrow(message);
    expect(() => trainTestSplit(numbers(8), options)).toThrow(ArgumentError);
  });
});

describe('kFold', () => {
  const options = fc.record({ shuffle: fc.boolean(), stratified: fc.boolean() });
  test('holds each sample out once, in folds of one size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 5, max: 20 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 2, max: 5 }),
        options,
        (sizes, k, { shuffle, stratified }) => {
          const labels = labelsOf(...sizes);
          const folds = kFold(numbers(labels.length), k, {
            shuffle,
            generator: new Generator(k),
            ...(stratified && { stratify: labels }),
          });
          expect(folds).toHaveLength(k);
          expect(sorted(...folds.map(({ validation }) => validation))).toEqual(everything(labels.length));
          for (const { train, validation } of folds) {
            expect(sorted(train, validation)).toEqual(everything(labels.length));
            expect(Math.abs(validation.length - labels.length / k)).toBeLessThan(1);
            if (!stratified) continue;
            for (const [label, size] of sizes.entries()) {
              expect(Math.abs(count(labels, validation, label) - size / k)).toBeLessThan(1);
            }
          }
        },
      ),
    );
  });

  test('without shuffling folds are stretches, the first ones longer, as in scikit-learn', () => {
    const folds = kFold(numbers(7), 3).map(({ validation }) => [...validation.indices]);
    expect(folds).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ]);
    const shuffled = kFold(numbers(7), 3, { shuffle: true, generator: new Generator(0) });
    expect(shuffled.map(({ validation }) => [...validation.indices])).not.toEqual(folds);
  });

  test('refuses what cannot be split', () => {
    expect(() => kFold(numbers(4), 1)).toThrow(/k must be an integer from 2 to the 4 samples, got 1/);
    expect(() => kFold(numbers(4), 5)).toThrow(/got 5/);
    expect(() => kFold(numbers(5), 3, { stratify: [0, 0, 0, 7, 7] })).toThrow(
      /the class 7 has 2 samples, too few for 3 folds/,
    );
    expect(() => kFold(numbers(5), 2, { stratify: [0] })).toThrow(/1 classes for 5 samples/);
  });
});

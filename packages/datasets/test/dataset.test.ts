import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  arange,
  Generator,
  IndexError,
  manualSeed,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';
import { ConcatDataset, type Dataset, randomSplit, Subset, TensorDataset } from '@tensortape/datasets';
import fc from 'fast-check';

const ten = new TensorDataset(arange(20).reshape([10, 2]), arange(10));

describe('TensorDataset', () => {
  test('gives slices of every tensor, typed by the tensors', () => {
    const [x, y]: [Tensor, Tensor] = ten.get(3);
    expect([ten.length, x.toArray(), y.toArray()]).toEqual([10, [6, 7], 3]);
    const batch: [Tensor, Tensor] = ten.getBatch(Int32Array.of(9, 0, 9));
    expect(batch.map((part) => part.toArray())).toEqual([
      [
        [18, 19],
        [0, 1],
        [18, 19],
      ],
      [9, 0, 9],
    ]);
  });

  test('batches are copies, single samples are views', () => {
    const x = zeros([2]);
    const dataset = new TensorDataset(x);
    const [view] = dataset.get(0);
    const [copy] = dataset.getBatch(Int32Array.of(0));
    x.fill_(1);
    expect([view.item(), copy.item()]).toEqual([1, 0]);
  });

  test('refuses tensors that do not belong together', () => {
    expect(() => new TensorDataset()).toThrow(ArgumentError);
    expect(() => new TensorDataset(zeros([3, 2]), zeros([3]), zeros([2, 3]))).toThrow(
      new ShapeError(
        'TensorDataset: tensors[2] does not fit; all need a first axis of one length, the number of samples, ' +
          'got shapes [3, 2], [3], [2, 3]',
      ),
    );
    expect(() => new TensorDataset(tensor(1))).toThrow(/tensors\[0\] does not fit.*got shapes \[\]/);
  });

  test.each([-1, 10, 0.5, NaN])('refuses index %d', (index) => {
    expect(() => ten.get(index)).toThrow(
      new IndexError(
        `TensorDataset.get: index is ${index}: not a sample of the dataset, whose samples are 0 to 9`,
      ),
    );
    if (!Number.isInteger(index)) return;
    expect(() => ten.getBatch(Int32Array.of(index))).toThrow(IndexError);
  });
});

describe('Subset', () => {
  test('nests', () => {
    const inner = new Subset(new Subset(ten, [5, 6, 7, 7]), Int32Array.of(3, 0));
    expect(inner.length).toBe(2);
    expect([0, 1].map((i) => inner.get(i)[1].item())).toEqual([7, 5]);
    const [, y]: [Tensor, Tensor] = inner.getBatch(Int32Array.of(1, 1, 0));
    expect(y.toArray()).toEqual([5, 5, 7]);
  });

  test('keeps its own indices, and refuses wrong ones when made and when asked', () => {
    const indices = [1, 2];
    const subset = new Subset(ten, indices);
    indices[0] = 99;
    expect(subset.get(0)[1].item()).toBe(1);
    expect(() => new Subset(ten, [3, 10])).toThrow(
      new IndexError('Subset: indices[1] is 10: not a sample of the dataset, whose samples are 0 to 9'),
    );
    expect(() => subset.get(2)).toThrow(/^Subset: index is 2: not a sample .* 0 to 1$/);
    expect(() => subset.getBatch(Int32Array.of(-1))).toThrow(/^Subset: index is -1/);
    expect(() => new Subset(ten, []).get(0)).toThrow(/which is empty$/);
  });
});

describe('ConcatDataset', () => {
  test('counts through its parts, empty ones too', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }), (lengths) => {
        const parts = lengths.map(
          (length, part): Dataset<string> => ({ length, get: (i) => `${part}.${i}` }),
        );
        const all = parts.flatMap(({ length, get }) => Array.from({ length }, (_, i) => get(i)));
        const concat = new ConcatDataset(parts);
        expect(Array.from({ length: concat.length }, (_, i) => concat.get(i))).toEqual(all);
        expect(() => concat.get(concat.length)).toThrow(IndexError);
        expect(() => concat.get(-1)).toThrow(/^ConcatDataset.get: index is -1/);
      }),
    );
  });

  test('refuses an empty list', () => {
    expect(() => new ConcatDataset([])).toThrow(ArgumentError);
  });
});

describe('randomSplit', () => {
  test('deals every sample out once', () => {
    const lengths = fc.array(fc.nat(8), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lengths, fc.nat(100), (parts, seed) => {
        const total = parts.reduce((a, b) => a + b);
        fc.pre(total !== 1);
        const dataset: Dataset<number> = { length: total, get: (i) => i };
        const split = randomSplit(dataset, parts, { generator: new Generator(seed) });
        expect(split.map(({ length }) => length)).toEqual(parts);
        const dealt = split.flatMap(({ indices }) => [...indices]);
        expect(dealt.toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
      }),
    );
  });

  // Recorded from torch.utils.data.random_split of PyTorch 2.13, one generator for all four.
  test("is PyTorch's, for lengths and fractions", () => {
    const generator = new Generator(0);
    const indices = (lengths: number[]) =>
      randomSplit(ten, lengths, { generator }).map((subset) => [...subset.indices]);
    const first = [
      [4, 1, 7, 5, 3, 9, 0],
      [8, 6, 2],
    ];
    expect(indices([7, 3])).toEqual(first);
    expect(indices([0.5, 0.3, 0.2])).toEqual([
      [3, 9, 4, 2, 7],
      [8, 6, 0],
      [5, 1],
    ]);
    expect(indices([0.33, 0.33, 0.34])).toEqual([
      [4, 0, 8, 5],
      [9, 1, 6],
      [3, 7, 2],
    ]);
    expect(indices([1, 0])).toEqual([[9, 7, 2, 4, 3, 8, 6, 5, 0, 1], []]);
    manualSeed(0);
    const [train, held]: [Subset<[Tensor, Tensor]>, Subset<[Tensor, Tensor]>] = randomSplit(ten, [7, 3]);
    expect([[...train.indices], [...held.indices]]).toEqual(first);
  });

  test('takes fractions whose sum rounding pushed off 1', () => {
    for (const fractions of [
      [0.7, 0.2, 0.1],
      [0.1, 0.2, 0.3, 0.4],
      [1 / 3, 1 / 3, 1 / 3],
      [0.1, 0.7, 0.2],
      Array.from({ length: 49 }, () => 1 / 49),
    ]) {
      const lengths = randomSplit(ten, fractions).map(({ length }) => length);
      expect(lengths.reduce((a, b) => a + b)).toBe(10);
      lengths.forEach((length, i) => {
        expect(Math.abs(length - fractions[i]! * 10)).toBeLessThanOrEqual(1);
      });
    }
  });

  test.each([[[5, 6]], [[0.5, 0.4]], [[11, -1]], [[2, -1]], [[4.5, 5.5]], [[NaN]], [[]]])(
    'refuses lengths %j of 10',
    (lengths) => {
      expect(() => randomSplit(ten, lengths)).toThrow(ArgumentError);
      expect(() => randomSplit(ten, lengths)).toThrow(
        `randomSplit: lengths [${lengths.join(', ')}] must be integers from 0 that sum to the dataset's 10 samples, ` +
          'or fractions that sum to 1',
      );
    },
  );
});

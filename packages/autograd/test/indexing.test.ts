import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  arange,
  type DType,
  DTypeError,
  IndexError,
  indexPut,
  type Nested,
  noGrad,
  ones,
  type ScatterReduction,
  type Subscript,
  scatterReduce,
  tensor,
  zeros,
} from '@tensortape/autograd';

interface SubscriptCase {
  readonly subscripts: readonly (Subscript | { readonly index: Nested })[];
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly gradient: readonly number[];
  readonly counts: readonly number[];
}

interface ScatterCase {
  readonly reduce: ScatterReduction;
  readonly includeSelf: boolean;
  readonly values: Nested;
  readonly gradients: readonly [Nested, Nested];
}

/** Recorded from PyTorch 2.13 by fixtures/indexing_reference.py. */
const recorded = JSON.parse(readFileSync(new URL('fixtures/indexing.json', import.meta.url), 'utf8')) as {
  readonly subscripts: readonly SubscriptCase[];
  readonly scatters: readonly ScatterCase[];
};

const int32 = (data: Nested) => tensor(data, { dtype: 'int32' });
const flat = (x: { toTypedArray(): ArrayLike<number> }) => Array.from(x.toTypedArray());

/** Index tensors from lists; lists of booleans are masks. */
function decoded({ subscripts }: SubscriptCase): Subscript[] {
  return subscripts.map((subscript) => {
    if (subscript === null || typeof subscript !== 'object' || !('index' in subscript))
      return subscript as Subscript;
    const found = tensor(subscript.index);
    return found.dtype === 'bool' ? found : found.to('int32');
  });
}

describe('subscripts', () => {
  test.each(recorded.subscripts.map((entry) => [JSON.stringify(entry.subscripts), entry] as const))(
    '%s as in PyTorch',
    (_, entry) => {
      const x = arange(24, { dtype: 'float64' }).reshape([3, 4, 2]).requiresGrad_();
      const subscripts = decoded(entry);
      const y = x.at(...subscripts);
      expect(y.shape).toEqual(entry.shape);
      expect(flat(y)).toEqual(entry.values);
      y.backward(arange(1, y.size + 1, { dtype: 'float64' }).reshape(y.shape));
      expect(flat(x.grad!)).toEqual(entry.gradient);
      const counts = zeros([3, 4, 2]).indexPut(subscripts, 1, { accumulate: true });
      expect(flat(counts)).toEqual(entry.counts);
    },
  );

  test('numbers, ranges and new axes give views, index tensors copies', () => {
    const x = zeros([3, 4]);
    x.at('1:', null, -1).fill_(5);
    expect(flat(x)).toEqual([0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 5]);
    expect(x.at().storage).toBe(x.storage);
    x.at([0]).fill_(7);
    expect(x.at(0, 0).item()).toBe(0);
  });

  test('a tensor without axes takes no position, but new axes and a mask', () => {
    const x = tensor(3);
    expect(x.at('...', null).shape).toEqual([1]);
    expect(x.at(true).toArray()).toEqual([3]);
    expect(x.at(false).shape).toEqual([0]);
    expect(() => x.at(0)).toThrow(new IndexError('at: 1 axes are indexed, but shape () has 0'));
  });

  test('axes of length 0 have no positions', () => {
    const x = zeros([0, 3]);
    expect(x.at([], [1]).shape).toEqual([0]);
    expect(x.at(':', [0, 1]).shape).toEqual([0, 2]);
    expect(() => x.at([0])).toThrow(/index 0 is out of bounds for dim 0 with length 0/);
  });

  test('an index into an index list is named with its place', () => {
    expect(() =>
      ones([2, 3]).at(
        ':',
        int32([
          [0, 1],
          [2, 3],
        ]),
      ),
    ).toThrow('at: index 3 is out of bounds for dim 1 with length 3 (at [1, 1] of the index)');
  });

  test('lists must be even', () => {
    expect(() => ones([3]).at([[0], [1, 2]])).toThrow(/at: the lists are ragged/);
  });

  test('an index changed after it was used does not change the gradient', () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    const index = int32([0, 0]);
    const y = x.at(index);
    index.fill_(2);
    y.sum().backward();
    expect(x.grad!.toArray()).toEqual([2, 0, 0]);
  });

  test('text that is no range is a type error', () => {
    // @ts-expect-error Not a range.
    expect(() => ones([3]).at('1-2')).toThrow(/'1-2' is not a subscript/);
    const start: number = 1;
    expect(
      arange(4)
        .at(`${start}:${start + 2}`)
        .toArray(),
    ).toEqual([1, 2]);
  });
});

describe('putting', () => {
  test('of several values for one element the last stays, and only it gets the gradient', () => {
    const x = zeros([3], { requiresGrad: true });
    const values = tensor([1, 2, 3], { requiresGrad: true });
    const y = indexPut(x, [[1, 1, 0]], values);
    expect(y.toArray()).toEqual([3, 2, 0]);
    y.backward(tensor([10, 20, 30]));
    expect(x.grad!.toArray()).toEqual([0, 0, 30]);
    expect(values.grad!.toArray()).toEqual([0, 20, 10]);
  });

  test('into a part of a tensor, without touching it', () => {
    const x = zeros([2, 3]);
    expect(x.indexPut(['1:', ':2'], tensor([4, 5])).toArray()).toEqual([
      [0, 0, 0],
      [4, 5, 0],
    ]);
    expect(x.indexPut([x.eq(0), null], 1).toArray()).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
    expect(flat(x)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test.each<[DType, number, RegExp | null]>([
    ['int32', 2 ** 30, /the result .* does not fit int32/],
    ['uint8', 100, /the result 300 does not fit uint8/],
    ['bool', 1, null],
  ])('sums of %s that do not fit are refused', (dtype, value, refused) => {
    const x = tensor([value], { dtype });
    const index = int32([0, 0]);
    const sums = [
      () => x.indexPut([index], tensor([value, value], { dtype }), { accumulate: true }),
      () => x.scatterAdd(0, index, tensor([value, value], { dtype })),
    ];
    for (const sum of sums) {
      if (refused === null) expect(sum().toArray()).toEqual([true]);
      else {
        expect(sum).toThrow(DTypeError);
        expect(sum).toThrow(refused);
      }
    }
  });

  test('many float32 values are added in double precision', () => {
    const x = tensor([1]);
    const tiny = 2 ** -25;
    const index = zeros([2 ** 12], { dtype: 'int32' });
    const source = tensor([tiny]).expand([2 ** 12]);
    const expected = 1 + 2 ** -13;
    expect(x.scatterAdd(0, index, source).item()).toBe(expected);
    expect(x.indexAdd(0, index, source).item()).toBe(expected);
  });
});

describe('scatterReduce', () => {
  test.each(recorded.scatters.map((entry) => [entry.reduce, entry.includeSelf, entry] as const))(
    '%s, includeSelf: %s, as in PyTorch',
    (reduce, includeSelf, { values, gradients }) => {
      const x = tensor(
        [
          [1, 0],
          [-2, 3],
          [2, 2],
        ],
        { dtype: 'float64', requiresGrad: true },
      );
      const source = tensor(
        [
          [3, 2],
          [-1, 0],
          [3, 2],
          [5, -4],
        ],
        { dtype: 'float64', requiresGrad: true },
      );
      const index = int32([
        [0, 2],
        [1, 2],
        [0, 2],
        [0, 1],
      ]);
      const y = scatterReduce(x, 0, index, source, reduce, { includeSelf });
      expect(y.toArray()).toEqual(values);
      y.backward(
        tensor(
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          { dtype: 'float64' },
        ),
      );
      // An element of x that does not take part has no share, even where it equals the extreme: here x[2][1].
      const expected = gradients.map((gradient) => tensor(gradient, { dtype: 'float64' }));
      if (!includeSelf && reduce === 'amax') expected[1] = expected[1]!.indexPut([[0, 2], 1], 3);
      noGrad(() => {
        expect(x.grad!.toArray()).toEqual(expected[0]!.toArray());
        expect(source.grad!.toArray()).toEqual(expected[1]!.toArray());
      });
    },
  );

  test('means of integers are rounded down', () => {
    const mean = (values: number[]) =>
      scatterReduce(int32([1]), 0, int32([0, 0]), int32(values), 'mean').toArray();
    expect(mean([5, -7])).toEqual([-1]);
    expect(mean([5, -6])).toEqual([0]);
  });
});

describe('0-dimensional tensors', () => {
  test('are taken as in PyTorch', () => {
    const x = tensor(5);
    expect(x.gather(0, int32([0, 0])).toArray()).toEqual([5, 5]);
    expect(tensor([1, 2]).gather(0, int32(1)).toArray()).toBe(2);
    expect(x.scatter(0, int32([0]), 7).toArray()).toBe(7);
    expect(x.indexSelect(0, int32([0])).toArray()).toBe(5);
    expect(x.indexAdd(0, int32(0), tensor(1)).toArray()).toBe(6);
    expect(x.take(int32([0, -1])).toArray()).toEqual([5, 5]);
    expect(x.nonzero().shape).toEqual([1, 0]);
    expect(tensor(0).nonzero().shape).toEqual([0, 0]);
    expect(x.maskedSelect(tensor(true)).toArray()).toEqual([5]);
    expect(x.maskedScatter(tensor(true), tensor([7])).toArray()).toBe(7);
    expect(x.unfold(0, 1, 1).toArray()).toEqual([5]);
    expect(x.repeatInterleave(3).toArray()).toEqual([5, 5, 5]);
  });
});

test('a longer source is used from its start', () => {
  expect(
    tensor([0, 1, 2])
      .scatter(0, int32([1]), tensor([7, 8]))
      .toArray(),
  ).toEqual([0, 7, 2]);
  const source = tensor([7, 8], { requiresGrad: true });
  tensor([0, 1, 2])
    .scatterAdd(0, int32([1]), source)
    .sum()
    .backward();
  expect(source.grad!.toArray()).toEqual([1, 0]);
});

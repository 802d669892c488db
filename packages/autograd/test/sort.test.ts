import { describe, expect, test } from '@jest/globals';
import {
  argsort,
  bucketize,
  func,
  Generator,
  isin,
  kthvalue,
  rand,
  searchsorted,
  sort,
  type Tensor,
  tensor,
  topk,
  unique,
  uniqueConsecutive,
  zeros,
} from '@tensortape/autograd';

/** Expected values are PyTorch 2.13's, unless said. */
const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];

const lists = (found: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(found).map(([key, value]) => [key, (value as Tensor).toArray()]));

describe('sorting', () => {
  const x = tensor([1, nan, 3, nan, 2, -inf, inf]);

  test('NaN counts as largest', () => {
    expect(lists(sort(x))).toEqual({
      values: [-inf, 1, 2, 3, inf, nan, nan],
      indices: [5, 0, 4, 2, 6, 1, 3],
    });
    expect(sort(x, 0, { descending: true }).indices.toArray()).toEqual([1, 3, 6, 2, 4, 0, 5]);
    expect(lists(topk(x, 3))).toEqual({ values: [nan, nan, inf], indices: [1, 3, 6] });
    expect(lists(topk(x, 2, 0, { largest: false }))).toEqual({ values: [-inf, 1], indices: [5, 0] });
    expect(lists(kthvalue(x, 6))).toEqual({ values: nan, indices: 1 });
  });

  test('equal elements keep their order, in either direction', () => {
    const ties = tensor([2, 1, 2, 1, 2, 0, -0]);
    expect(argsort(ties).toArray()).toEqual([5, 6, 1, 3, 0, 2, 4]);
    expect(argsort(ties, 0, { descending: true }).toArray()).toEqual([0, 2, 4, 1, 3, 5, 6]);
  });

  test('long lines, as the engine sorts them', () => {
    const long = rand([2, 5000], { generator: new Generator(1) })
      .mul(1000)
      .floor();
    const [first] = [long.select(0, 0).toTypedArray()];
    const expected = Array.from(first, (_, i) => i).sort((i, j) => first[i]! - first[j]!);
    expect(argsort(long).select(0, 0).toArray()).toEqual(expected);
    const backwards = Array.from(first, (_, i) => i).sort((i, j) => first[j]! - first[i]!);
    expect(argsort(long.T, 0, { descending: true }).select(1, 0).toArray()).toEqual(backwards);
  });

  test('a million elements, not in quadratic time', () => {
    const many = rand([1_000_000], { generator: new Generator(2) });
    const start = performance.now();
    const { values } = sort(many);
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(
      values
        .narrow(0, 1, 999_999)
        .ge(values.narrow(0, 0, 999_999))
        .all()
        .item(),
    ).toBe(1);
  });

  test('scalars and empty axes', () => {
    expect(lists(sort(tensor(3)))).toEqual({ values: 3, indices: 0 });
    expect(sort(zeros([0, 2]), 0).values.shape).toEqual([0, 2]);
    expect(topk(zeros([2, 0]), 0).values.shape).toEqual([2, 0]);
  });

  test('gradients go back to where the elements came from', () => {
    const weighted = (y: Tensor) => y.mul(tensor([1, 2, 3])).sum();
    const point = tensor([3, 1, 2]);
    expect(
      func
        .grad((y: Tensor) => weighted(sort(y).values))(point)
        .toArray(),
    ).toEqual([3, 1, 2]);
    expect(
      func
        .grad((y: Tensor) => topk(y, 2).values.sum())(point)
        .toArray(),
    ).toEqual([1, 0, 1]);
  });
});

describe('distinct elements', () => {
  test('of a tensor', () => {
    expect(lists(unique(tensor([3, 1, nan, 1, nan])))).toEqual({
      values: [1, 3, nan, nan],
      inverse: [1, 0, 2, 0, 3],
      counts: [2, 1, 1, 1],
    });
    expect(lists(unique(tensor(3)))).toEqual({ values: [3], inverse: 0, counts: [1] });
    expect(unique(zeros([0, 2])).inverse.shape).toEqual([0, 2]);
  });

  test('slices', () => {
    const x = tensor([
      [3, 1, 3],
      [1, 2, 1],
    ]);
    expect(lists(unique(x, { dim: 1 }))).toEqual({
      values: [
        [1, 3],
        [2, 1],
      ],
      inverse: [1, 0, 1],
      counts: [1, 2],
    });
  });

  test('neighbours', () => {
    expect(lists(uniqueConsecutive(tensor([1, 1, 2, 2, 1])))).toEqual({
      values: [1, 2, 1],
      inverse: [0, 0, 1, 1, 2],
      counts: [2, 2, 1],
    });
    const rows = tensor([
      [1, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(uniqueConsecutive(rows, { dim: 0 }).counts.toArray()).toEqual([2, 1]);
  });
});

describe('searching', () => {
  const ascending = tensor([1, 3, 3, 5]);

  test('either side of equal elements; NaN counts as largest', () => {
    const values = tensor([0, 3, 4, 9, nan]);
    expect(searchsorted(ascending, values).toArray()).toEqual([0, 1, 3, 4, 4]);
    expect(searchsorted(ascending, values, { right: true }).toArray()).toEqual([0, 3, 3, 4, 4]);
    expect(bucketize(tensor([[0, 3, 4]]), ascending, { right: true }).toArray()).toEqual([[0, 3, 3]]);
    expect(searchsorted(tensor([1, nan]), tensor([0, 2, nan])).toArray()).toEqual([2, 2, 2]);
    expect(searchsorted(zeros([0]), 1).item()).toBe(0);
  });

  test('a sequence for each row', () => {
    const rows = tensor([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(searchsorted(rows, tensor([[3], [4]])).toArray()).toEqual([[1], [1]]);
  });

  test('isin', () => {
    expect(isin(tensor([1, nan, 2]), tensor([2, nan])).toArray()).toEqual([false, false, true]);
    expect(isin(tensor([1, 2]), 2, { invert: true }).toArray()).toEqual([true, false]);
    expect(isin(2, tensor([1, 2])).toArray()).toBe(true);
    expect(isin(tensor([1]), zeros([0])).toArray()).toEqual([false]);
  });
});

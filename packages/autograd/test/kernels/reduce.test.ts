import { describe, expect, test } from '@jest/globals';
import { arange, type Tensor, tensor } from '@tensortape/autograd';

/** Long enough that rows are added pairwise, in halves of halves. */
const LENGTH = 1000;

describe('sums of long rows', () => {
  const numbers = arange(LENGTH, { dtype: 'float64' });
  const pairs = arange(2 * LENGTH, { dtype: 'float64' }).reshape([LENGTH, 2]);

  test.each<[string, Tensor, number]>([
    ['in one piece', numbers, (LENGTH * (LENGTH - 1)) / 2],
    ['every third element', numbers.slice(0, 1, LENGTH, 3), 333 * 499],
    ['a column', pairs.select(1, 1), LENGTH * LENGTH],
    ['an expanded element', tensor([2], { dtype: 'float64' }).expand([LENGTH]), 2 * LENGTH],
  ])('%s', (_, x, expected) => {
    expect(x.sum().item()).toBe(expected);
  });

  test('over either axis of a transposed matrix', () => {
    expect(pairs.T.sum(1).toArray()).toEqual([LENGTH * (LENGTH - 1), LENGTH * LENGTH]);
    expect(pairs.T.sum(0).slice(0, 0, 3).toArray()).toEqual([1, 5, 9]);
  });
});

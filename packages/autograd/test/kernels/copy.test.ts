import { expect, test } from '@jest/globals';
import { cat, stack, zeros } from '@tensortape/autograd';

test('empty tensors are joined and written like any others', () => {
  expect(stack([zeros([2, 0]), zeros([2, 0])], 1).shape).toEqual([2, 2, 0]);
  expect(cat([zeros([0, 3]), zeros([0, 3])]).shape).toEqual([0, 3]);
  expect(
    zeros([0, 2])
      .slice(1, 1)
      .copy_(zeros([0, 1])).shape,
  ).toEqual([0, 1]);
});

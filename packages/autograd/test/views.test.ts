import { expect, test } from '@jest/globals';
import { zeros } from '@tensortape/autograd';

test('writing through a view of no elements that starts behind the end of its storage does nothing', () => {
  const x = zeros([0, 2]);
  x.slice(1, 1).copy_(zeros([0, 1]));
  expect(x.toArray()).toEqual([]);
  expect(zeros([0, 2]).prod(1, { keepdim: true }).shape).toEqual([0, 1]);
});

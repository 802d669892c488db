import { describe, expect, test } from '@jest/globals';
import { ArgumentError, arange, ones, ShapeError, type Tensor, tensor, zeros } from '@tensortape/autograd';

/** Expected values are PyTorch 2.13's. */
const x = arange(6).reshape([2, 3]);
const lists = (parts: readonly Tensor[]) => parts.map((part) => part.toArray());

describe('rearranging', () => {
  test('roll', () => {
    expect(x.roll(1).toArray()).toEqual([
      [5, 0, 1],
      [2, 3, 4],
    ]);
    expect(x.roll([1, -1], [0, 1]).toArray()).toEqual([
      [4, 5, 3],
      [1, 2, 0],
    ]);
    expect(x.roll([2, 2], [1, 1]).toArray()).toEqual([
      [2, 0, 1],
      [5, 3, 4],
    ]);
    expect(tensor(3).roll(1).item()).toBe(3);
    expect(zeros([0, 3]).roll(1, 0).shape).toEqual([0, 3]);
  });

  test('repeat and tile', () => {
    const twice = [
      [0, 1, 2, 0, 1, 2],
      [3, 4, 5, 3, 4, 5],
    ];
    expect(x.repeat([2, 1, 2]).toArray()).toEqual([twice, twice]);
    expect(x.tile([2]).toArray()).toEqual(twice);
  });

  test('split and chunk', () => {
    expect(lists(arange(7).split(3))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect(lists(arange(7).chunk(3))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect(lists(arange(5).chunk(4))).toEqual([[0, 1], [2, 3], [4]]);
    expect(
      zeros([0, 2])
        .split(3)
        .map(({ shape }) => shape),
    ).toEqual([[0, 2]]);
    expect(
      zeros([0, 2])
        .chunk(3)
        .map(({ shape }) => shape),
    ).toEqual([
      [0, 2],
      [0, 2],
      [0, 2],
    ]);
  });

  test('parts of a split are views', () => {
    const base = zeros([4]);
    base.split(2)[1]!.fill_(1);
    expect(base.toArray()).toEqual([0, 0, 1, 1]);
  });

  test('tril and triu', () => {
    const square = ones([3, 4], { dtype: 'int32' });
    expect(square.tril(1).toArray()).toEqual([
      [1, 1, 0, 0],
      [1, 1, 1, 0],
      [1, 1, 1, 1],
    ]);
    expect(square.triu(-1).toArray()).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [0, 1, 1, 1],
    ]);
    expect(square.tril().dtype).toBe('int32');
    expect(
      tensor([
        [true, true],
        [true, true],
      ])
        .tril()
        .toArray(),
    ).toEqual([
      [true, false],
      [true, true],
    ]);
  });
});

describe('wrong input', () => {
  test.each<[string, () => unknown, typeof ArgumentError | typeof ShapeError, RegExp]>([
    [
      'split into parts that do not add up',
      () => x.split([1, 1], 1),
      ArgumentError,
      /parts of \[1, 1\].*the 3 of dim 1/,
    ],
    ['split by 0', () => x.split(0), ArgumentError, /size of a part.*got 0/],
    [
      'split of a scalar',
      () => tensor(1).split(1),
      ShapeError,
      /0-dimensional tensor, of shape \(\), has no axis/,
    ],
    ['no chunks', () => x.chunk(0), ArgumentError, /number of chunks.*got 0/],
    ['too few repeats', () => x.repeat([2]), ShapeError, /got 1 numbers for the 2 axes/],
    [
      'a negative repeat',
      () => x.repeat([1, -1]),
      ArgumentError,
      /repeats must be a whole number >= 0, got -1/,
    ],
    [
      'one shift for two dims',
      () => x.roll([1], [0, 1]),
      ArgumentError,
      /each of the 2 dims \[0, 1\], got \[1\]/,
    ],
    ['two shifts without dims', () => x.roll([1, 2]), ArgumentError, /one shift is expected, got 2/],
    ['triangle of a vector', () => ones([3]).tril(), ShapeError, /tril: expected at least two axes.*\(3,\)/],
    ['a fractional diagonal', () => x.triu(0.5), ArgumentError, /diagonal must be a whole number, got 0.5/],
  ])('%s', (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});

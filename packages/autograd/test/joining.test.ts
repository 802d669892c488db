import { describe, expect, test } from '@jest/globals';
import {
  arange,
  blockDiag,
  cartesianProd,
  cat,
  columnStack,
  combinations,
  dstack,
  fullLike,
  hstack,
  logspace,
  meshgrid,
  ones,
  type Tensor,
  tensor,
  trilIndices,
  triuIndices,
  vander,
  vstack,
  zeros,
} from '@tensortape/autograd';

/** Expected values are PyTorch 2.13's. */
const x = arange(24).reshape([2, 3, 4]);
const y = arange(3);
const shapes = (parts: readonly Tensor[]) => parts.map(({ shape }) => shape);
const lists = (parts: readonly Tensor[]) => parts.map((part) => part.toArray());

describe('splitting', () => {
  test('tensorSplit', () => {
    expect(lists(y.tensorSplit(2))).toEqual([[0, 1], [2]]);
    expect(shapes(y.tensorSplit(5))).toEqual([[1], [1], [1], [0], [0]]);
    expect(lists(y.tensorSplit([2, 1]))).toEqual([[0, 1], [], [1, 2]]);
    expect(lists(y.tensorSplit([-7, 9]))).toEqual([[], [0, 1, 2], []]);
    expect(lists(y.tensorSplit([]))).toEqual([[0, 1, 2]]);
  });

  test('hsplit, vsplit and dsplit', () => {
    expect(shapes(x.hsplit(3))).toEqual([
      [2, 1, 4],
      [2, 1, 4],
      [2, 1, 4],
    ]);
    expect(lists(y.hsplit([1]))).toEqual([[0], [1, 2]]);
    expect(shapes(x.vsplit([1]))).toEqual([
      [1, 3, 4],
      [1, 3, 4],
    ]);
    expect(shapes(x.dsplit(2))).toEqual([
      [2, 3, 2],
      [2, 3, 2],
    ]);
    expect(() => x.hsplit(2)).toThrow(
      /the 3 of dim 1 .* cannot be split into 2 equal parts; use tensorSplit/,
    );
  });

  test('unbind and unflatten', () => {
    expect(lists(arange(4).reshape([2, 2]).unbind(1))).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(zeros([0, 3]).unbind()).toEqual([]);
    expect(zeros([2, 0]).unflatten(1, [-1, 3]).shape).toEqual([2, 0, 3]);
  });
});

describe('joining', () => {
  test('hstack, vstack, dstack and columnStack', () => {
    const one = tensor(1);
    expect(hstack([one, y]).toArray()).toEqual([1, 0, 1, 2]);
    expect(vstack([one, one]).toArray()).toEqual([[1], [1]]);
    expect(dstack([y, y]).shape).toEqual([1, 3, 2]);
    expect(columnStack([y, ones([3, 2])]).toArray()).toEqual([
      [0, 1, 1],
      [1, 1, 1],
      [2, 1, 1],
    ]);
    expect([hstack, vstack, dstack, columnStack].map((join) => join([x, x]).shape)).toEqual([
      [2, 6, 4],
      [4, 3, 4],
      [2, 3, 8],
      [2, 6, 4],
    ]);
  });

  test('cat leaves out empty vectors, whatever else is joined', () => {
    expect(cat([zeros([0]), x], 1).shape).toEqual([2, 3, 4]);
    expect(cat([zeros([0]), zeros([2, 0])]).shape).toEqual([2, 0]);
    expect(cat([zeros([0]), zeros([0])]).shape).toEqual([0]);
    expect(cat([zeros([0], { dtype: 'float64' }), ones([1, 2])]).dtype).toBe('float64');
  });

  test('meshgrid', () => {
    const [rows, columns] = meshgrid([y, arange(2)], { indexing: 'xy' });
    expect(rows!.toArray()).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(columns!.toArray()).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(shapes(meshgrid([y, tensor(1).to('int32')]))).toEqual([
      [3, 1],
      [3, 1],
    ]);
    expect(rows!.storage).toBe(y.storage);
  });

  test('cartesianProd and combinations', () => {
    expect(cartesianProd([y, arange(2)]).toArray()).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
    ]);
    expect(cartesianProd([y]).toArray()).toEqual([0, 1, 2]);
    expect(combinations(y, 2, { withReplacement: true }).shape).toEqual([6, 2]);
    expect(combinations(y, 3).toArray()).toEqual([[0, 1, 2]]);
    expect(combinations(y, 0).shape).toEqual([0]);
    expect(combinations(y, 4).shape).toEqual([0, 4]);
    expect(combinations(zeros([0])).shape).toEqual([0, 2]);
  });

  test('blockDiag and vander', () => {
    expect(blockDiag([zeros([0, 2]), y]).toArray()).toEqual([[0, 0, 0, 1, 2]]);
    expect(blockDiag([tensor(1, { dtype: 'float64' }), ones([1])]).dtype).toBe('float32');
    expect(vander(y).toArray()).toEqual([
      [0, 0, 1],
      [1, 1, 1],
      [4, 2, 1],
    ]);
    expect(vander(y, 0).shape).toEqual([3, 0]);
    expect(vander(tensor([true, false])).dtype).toBe('int32');
  });
});

describe('views and copies', () => {
  test('movedim', () => {
    expect(x.movedim([0, 1], [2, 0]).shape).toEqual([3, 4, 2]);
    expect(tensor(1).movedim(0, 0).shape).toEqual([]);
  });

  test('view never copies', () => {
    expect(x.view([-1]).storage).toBe(x.storage);
    expect(() => x.T.view([24])).toThrow(
      /strides \(1, 4, 12\) of shape \(4, 3, 2\) cannot show shape \(24,\)/,
    );
    expect(x.T.reshape([24]).shape).toEqual([24]);
  });

  test('windows are views of one storage', () => {
    const base = zeros([4]);
    const windows = base.unfold(0, 3, 1);
    base.fill_(2);
    expect(windows.toArray()).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
    expect(x.unfold(2, 2, 3).shape).toEqual([2, 3, 1, 2]);
    expect(zeros([0, 3]).unfold(0, 0, 1).shape).toEqual([1, 3, 0]);
  });

  test('repeatInterleave', () => {
    const int32 = (values: readonly number[]) => tensor(values, { dtype: 'int32' });
    expect(y.repeatInterleave(int32([1, 0, 2])).toArray()).toEqual([0, 2, 2]);
    expect(x.repeatInterleave(int32([2]), 1).shape).toEqual([2, 6, 4]);
    expect(x.repeatInterleave(int32([1, 2, 3]), 1).shape).toEqual([2, 6, 4]);
    expect(y.repeatInterleave(0).shape).toEqual([0]);
  });

  test('rot90, fliplr and flipud', () => {
    const square = arange(4).reshape([2, 2]);
    expect(lists([-1, 0, 1, 2].map((k) => square.rot90(k)))).toEqual([
      [
        [2, 0],
        [3, 1],
      ],
      [
        [0, 1],
        [2, 3],
      ],
      [
        [1, 3],
        [0, 2],
      ],
      [
        [3, 2],
        [1, 0],
      ],
    ]);
    expect(square.fliplr().toArray()).toEqual([
      [1, 0],
      [3, 2],
    ]);
    expect(square.flipud().toArray()).toEqual([
      [2, 3],
      [0, 1],
    ]);
  });

  test('diag, diagflat and diagEmbed', () => {
    expect(y.diag(-1).toArray()).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 2, 0],
    ]);
    expect(x.at(0).diag(1).toArray()).toEqual([1, 6, 11]);
    expect(zeros([0]).diag(2).shape).toEqual([2, 2]);
    expect(tensor(3).diagflat().toArray()).toEqual([[3]]);
    expect(x.diagEmbed(1, 2, 0).shape).toEqual([5, 2, 5, 3]);
    expect(zeros([2, 0]).diagEmbed(1).shape).toEqual([2, 1, 1]);
  });
});

describe('creation', () => {
  test('trilIndices and triuIndices', () => {
    expect(trilIndices(2, 4, 1).toArray()).toEqual([
      [0, 0, 1, 1, 1],
      [0, 1, 0, 1, 2],
    ]);
    expect(triuIndices(3, 2, -1).toArray()).toEqual([
      [0, 0, 1, 1, 2],
      [0, 1, 0, 1, 1],
    ]);
    expect(
      [trilIndices(3, 3, -5), trilIndices(0, 3), triuIndices(2, 3, 5)].map(({ shape }) => shape),
    ).toEqual([
      [2, 0],
      [2, 0],
      [2, 0],
    ]);
    expect(() => trilIndices(-1, 3)).toThrow(/trilIndices: \(-1, 3\) is not a shape/);
    expect(() => triuIndices(2, 3, 0.5)).toThrow(/triuIndices: offset must be a whole number, got 0.5/);
  });

  test('logspace and fullLike', () => {
    expect(logspace(0, 2, 3).toArray()).toEqual([1, 10, 100]);
    expect(logspace(0, 2, 1).toArray()).toEqual([1]);
    expect(logspace(0, 3, 4, { base: 2, dtype: 'int32' }).toArray()).toEqual([1, 2, 4, 8]);
    expect(logspace(0, 1, 5, { base: -2 }).toArray()).toEqual([1, Number.NaN, Number.NaN, Number.NaN, -2]);
    expect(() => logspace(0, 1, -1)).toThrow(/logspace: \(-1,\) is not a shape/);
    expect(fullLike(y, 7)).toEqual(tensor([7, 7, 7], { dtype: 'int32' }));
    expect(() => fullLike(y, 2.5)).toThrow(/fullLike: the value is 2.5, which int32 cannot hold/);
  });
});

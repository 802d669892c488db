import { describe, expect, test } from '@jest/globals';
import {
  bincount,
  corrcoef,
  cov,
  func,
  histc,
  type Interpolation,
  median,
  mode,
  nanmedian,
  nanquantile,
  quantile,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';

/** Expected values are PyTorch 2.13's, unless said. */
const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
const double = (values: number[] | number[][]) => tensor(values, { dtype: 'float64' });
const gradient = (f: (x: Tensor) => Tensor, values: number[]) => func.grad(f)(double(values)).toArray();

function expectNear(found: Tensor, expected: number[], digits = 4): void {
  const values = found.toTypedArray();
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, digits);
}

describe('medians', () => {
  const ties = [2, 1, 2, 1, 2, 1, 1];
  const holes = tensor([1, nan, 3, nan, 2, -inf, inf]);

  test('the lower of two, NaN, and nothing at all', () => {
    expect(median(tensor([4, 1, 3, 2])).item()).toBe(2);
    expect(median(holes, 0).indices.item()).toBe(1);
    expect(nanmedian(holes, 0).values.item()).toBe(2);
    expect(nanmedian(tensor([nan, nan]), 0).indices.item()).toBe(0);
    expect(median(zeros([0])).item()).toBe(nan);
    expect(median(tensor(3), 0).values.item()).toBe(3);
  });

  test('ties', () => {
    expect(gradient((x) => median(x), ties)).toEqual([0, 0.25, 0, 0.25, 0, 0.25, 0.25]);
    expect(gradient((x) => median(x, 0).values, ties)).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(gradient((x) => median(x), [nan, 1, nan])).toEqual([0.5, 0, 0.5]);
  });

  test('mode', () => {
    expect(mode(tensor(ties)).indices.item()).toBe(6);
    expect(mode(tensor([3, 1, 3, 1, 2])).values.item()).toBe(1);
    expect(mode(tensor([3, 1, 3, 1, 2])).indices.item()).toBe(3);
    // Of PyTorch nothing is known here: NaN equals nothing, and comes last.
    expect(mode(tensor([nan, nan, 1])).values.item()).toBe(1);
  });
});

describe('quantiles', () => {
  test.each<[Interpolation, number[]]>([
    ['linear', [1, 1.9, 2.5, 3.7, 4]],
    ['lower', [1, 1, 2, 3, 4]],
    ['higher', [1, 2, 3, 4, 4]],
    ['nearest', [1, 2, 3, 4, 4]],
    ['midpoint', [1, 1.5, 2.5, 3.5, 4]],
  ])('%s', (interpolation, expected) => {
    const q = double([0, 0.3, 0.5, 0.9, 1]);
    expectNear(quantile(double([3, 1, 2, 4]), q, undefined, { interpolation }), expected, 12);
  });

  test('halves are rounded to even places', () => {
    const q = double([0.1, 0.3, 0.5]);
    const found = quantile(double([1, 2, 3, 4, 5, 6]), q, undefined, { interpolation: 'nearest' });
    expect(found.toArray()).toEqual([1, 3, 3]);
  });

  test('NaN and infinities', () => {
    expect(quantile(tensor([1, nan, 2]), 0.5).item()).toBe(nan);
    expect(nanquantile(tensor([1, nan, 2]), 0.5).item()).toBe(1.5);
    expect(nanquantile(tensor([nan, nan]), 0.5).item()).toBe(nan);
    expect(quantile(tensor([-inf, 1, inf]), 0.25).item()).toBe(-inf);
  });

  test('shapes', () => {
    const x = zeros([2, 3]);
    const q = tensor([0.1, 0.3]);
    expect(quantile(x, q, 1, { keepdim: true }).shape).toEqual([2, 2, 1]);
    expect(quantile(x, 0.5, 1).shape).toEqual([2]);
    expect(quantile(x, tensor([0.5]), undefined, { keepdim: true }).shape).toEqual([1, 1, 1]);
    expect(quantile(x, zeros([0])).shape).toEqual([0]);
  });

  test('gradients, by q too', () => {
    const x = double([3, 1, 2, 4]);
    expectNear(func.grad((y: Tensor) => quantile(y, double([0.3, 0.5])).sum())(x), [0.5, 0.1, 1.4, 0], 12);
    expect(
      func
        .grad((q: Tensor) => quantile(x, q))(tensor(0.3, { dtype: 'float64' }))
        .item(),
    ).toBe(3);
    expectNear(
      func.grad((y: Tensor) => nanquantile(y, 0.4))(double([2, nan, 1, nan, 5])),
      [0.8, 0, 0.2, 0, 0],
      12,
    );
  });
});

describe('counts', () => {
  test('histc', () => {
    expect(histc(tensor([3, 1, 2, 4]), 3).toArray()).toEqual([1, 1, 2]);
    expect(histc(tensor([2, 2]), 4).toArray()).toEqual([0, 0, 2, 0]);
    expect(histc(tensor([nan, 1]), 4, 0, 2).toArray()).toEqual([0, 0, 1, 0]);
    expect(histc(zeros([0]), 4).toArray()).toEqual([0, 0, 0, 0]);
    expect(() => histc(tensor([nan, 1]), 4)).toThrow(/histc: the range from NaN to NaN is not finite/);
  });

  test('bincount', () => {
    const x = tensor(new Int32Array([1, 3, 1]));
    expect(bincount(x, undefined, 6).toArray()).toEqual([0, 2, 0, 1, 0, 0]);
    expect(bincount(x, tensor([0.5, 1, 2])).toArray()).toEqual([0, 2.5, 0, 1]);
    expect(bincount(x, x).dtype).toBe('float64');
    expect(bincount(tensor(new Int32Array([]))).shape).toEqual([0]);
  });
});

describe('covariances', () => {
  const x = double([
    [1, 2, 4],
    [3, 1, 0],
  ]);
  const [once, weights] = [tensor(new Int32Array([1, 2, 3])), double([1, 2, 3])];

  test('weights', () => {
    expectNear(cov(x), [2.3333, -2.1667, -2.1667, 2.3333]);
    expectNear(cov(x, { fweights: once }), [1.7667, -1.4333, -1.4333, 1.3667]);
    expectNear(cov(x, { aweights: weights }), [2.4091, -1.9545, -1.9545, 1.8636]);
    expectNear(cov(x, { fweights: once, aweights: weights }), [1.43125, -1.00625, -1.00625, 0.83125]);
    expect(cov(x, { correction: 5 }).toArray()).toEqual([
      [inf, -inf],
      [-inf, inf],
    ]);
    expect(cov(tensor(3)).item()).toBe(nan);
    expect(cov(zeros([2, 0])).toArray()).toEqual([
      [nan, nan],
      [nan, nan],
    ]);
  });

  test('correlations', () => {
    expectNear(corrcoef(x), [1, -0.9286, -0.9286, 1]);
    expect(corrcoef(tensor([1, 2, 4])).item()).toBe(1);
    const flat = double([
      [1, 1],
      [1, 0],
    ]);
    expectNear(corrcoef(flat).select(0, 1).nansum(0, { keepdim: true }), [1], 12);
    expect(corrcoef(flat).isnan().sum().item()).toBe(3);
  });
});

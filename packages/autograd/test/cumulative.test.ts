import { describe, expect, test } from '@jest/globals';
import {
  cummax,
  cummin,
  cumprod,
  cumulativeTrapezoid,
  diff,
  func,
  logcumsumexp,
  type Tensor,
  tensor,
  trapezoid,
  zeros,
} from '@tensortape/autograd';

/** Expected values are PyTorch 2.13's, unless said. */
const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
const double = (values: number[]) => tensor(values, { dtype: 'float64' });
const gradient = (f: (x: Tensor) => Tensor, values: number[]) => func.grad(f)(double(values)).toArray();

describe('running products', () => {
  test('zeros in the first and second derivative', () => {
    expect(gradient((x) => cumprod(x, 0).sum(), [2, 0, 3, 4])).toEqual([1, 32, 0, 0]);
    expect(gradient((x) => cumprod(x, 0).sum(), [2, 0, 0, 4])).toEqual([1, 2, 0, 0]);
    const hessian = func.hessian((x: Tensor) => cumprod(x, 0).sum())(double([2, 0, 0, 4]));
    expect(hessian.toArray()).toEqual([
      [0, 1, 0, 0],
      [1, 0, 10, 0],
      [0, 10, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  test('integers do not wrap', () => {
    expect(cumprod(tensor([true, true]), 0).dtype).toBe('int32');
    expect(() => cumprod(tensor(new Int32Array([65536, 65536])), 0)).toThrow(
      /cumprod: .* does not fit int32/,
    );
  });
});

describe('running logarithms of sums', () => {
  test('large numbers and infinities', () => {
    expect(logcumsumexp(tensor([-inf, -inf, 1, inf, 2]), 0).toArray()).toEqual([-inf, -inf, 1, inf, inf]);
    expect(logcumsumexp(tensor([1, nan, 2]), 0).toArray()).toEqual([1, nan, nan]);
    const [, , last] = logcumsumexp(double([-1000, -1000, -1000]), 0).toTypedArray();
    expect(last).toBeCloseTo(-1000 + Math.log(3), 10);
  });

  test('gradients do not overflow', () => {
    const weights = double([1, -1, 2, 0.5]);
    const slopes = func.grad((x: Tensor) => logcumsumexp(x, 0).mul(weights).sum())(
      double([1000, 0, -1000, 1001]),
    );
    const share = 1 / (1 + Math.exp(-1));
    const expected = [2 + 0.5 * (1 - share), 0, 0, 0.5 * share];
    for (const [i, slope] of slopes.toTypedArray().entries()) expect(slope).toBeCloseTo(expected[i]!, 12);
    // PyTorch: NaN for the elements that are -inf.
    const [first] = func
      .grad((x: Tensor) => logcumsumexp(x, 0).sum())(double([-inf, 1]))
      .toTypedArray();
    expect(first).toBe(0);
  });

  test('NaN behind an infinity reaches the gradient of what came before', () => {
    const x = double([0, inf, nan]);
    const slopes = func.grad((x: Tensor) => logcumsumexp(x, 0).sum())(x);
    expect(slopes.toArray()).toEqual([nan, nan, nan]);
  });
});

describe('running extremes', () => {
  test('the last of equal elements, and NaN for good', () => {
    const { values, indices } = cummax(tensor([1, 3, 3, 2, nan, 5, nan]), 0);
    expect(values.toArray()).toEqual([1, 3, 3, 3, nan, nan, nan]);
    expect(indices.toArray()).toEqual([0, 1, 2, 2, 4, 4, 6]);
    expect(cummin(tensor([3, 1, 1, 2]), 0).indices.toArray()).toEqual([0, 1, 2, 2]);
    expect(cummax(tensor([-inf, -inf]), 0).indices.toArray()).toEqual([0, 1]);
    expect(gradient((x) => cummax(x, 0).values.sum(), [2, 1, 2, 1, 2, 1, 1])).toEqual([2, 0, 2, 0, 3, 0, 0]);
  });
});

describe('differences and integrals', () => {
  test('diff', () => {
    const x = tensor([1, 3, 6]);
    expect(diff(x, 2).toArray()).toEqual([1]);
    expect(diff(x, 5).shape).toEqual([0]);
    expect(diff(x, 1, -1, tensor([0]), tensor([0, 1])).toArray()).toEqual([1, 2, 3, -6, 1]);
    expect(diff(x, 0, -1, tensor([0])).toArray()).toEqual([1, 3, 6]);
    expect(diff(tensor([true, false, false])).toArray()).toEqual([true, false]);
    expect(diff(tensor(new Uint8Array([1, 0]))).toArray()).toEqual([255]);
  });

  test('the trapezoidal rule', () => {
    const y = tensor([1, 3, 6]);
    expect(trapezoid(y).item()).toBe(6.5);
    expect(trapezoid(y, tensor([0, 1, 3])).item()).toBe(11);
    expect(trapezoid(y, undefined, { dx: 2 }).item()).toBe(13);
    expect(trapezoid(zeros([2, 0])).toArray()).toEqual([0, 0]);
    expect(cumulativeTrapezoid(tensor(new Int32Array([1, 3, 6]))).toArray()).toEqual([2, 6.5]);
    expect(cumulativeTrapezoid(tensor([3])).shape).toEqual([0]);
  });
});

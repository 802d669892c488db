import { describe, expect, test } from '@jest/globals';
import * as ops from '@tensortape/autograd';
import { ArgumentError, func, tensor } from '@tensortape/autograd';

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
const float64 = (values: readonly number[]) => tensor(values, { dtype: 'float64' });
const int32 = (values: readonly number[]) => tensor(values, { dtype: 'int32' });

/** The value of a function of two tensors, and its gradients for cotangents of 1. */
function withGradients(
  f: (a: ops.Tensor, b: ops.Tensor) => ops.Tensor,
  a: readonly number[],
  b: readonly number[],
) {
  const [y, pull] = func.vjp(f, float64(a), float64(b));
  return [y, ...pull(y.mul(0).nanToNum().add(1))].map((x) => x.toArray());
}

// Values and gradients as PyTorch 2.13 gives them.
describe('edges, as in PyTorch', () => {
  test('xlogy: 0 ln of anything is 0, but of NaN', () => {
    const [value, byX, byY] = withGradients(ops.xlogy, [0, 0, 0, 0, 1], [0, -1, 2, nan, 0]);
    expect(value).toEqual([0, 0, 0, nan, -inf]);
    expect(byX).toEqual([0, 0, Math.log(2), nan, -inf]);
    expect(byY).toEqual([nan, -0, 0, nan, inf]);
  });

  test('fmod and remainder: the sign of the dividend, of the divisor', () => {
    const [a, b] = [
      [5, -5, 5, 5],
      [3, 3, -3, inf],
    ];
    expect(withGradients(ops.fmod, a, b)).toEqual([
      [2, -2, 2, 5],
      [1, 1, 1, 1],
      [-1, 1, 1, -0],
    ]);
    expect(withGradients(ops.remainder, a, b)).toEqual([
      [2, 1, -1, 5],
      [1, 1, 1, 1],
      [-1, 2, 2, -0],
    ]);
  });

  test('rounded quotients: of the exact one, also where division rounds it up', () => {
    const [a, b] = [float64([5, -5, 1, 5, -5]), float64([3, 3, 0.1, inf, inf])];
    expect(ops.floorDivide(a, b).toArray()).toEqual([1, -2, 9, 0, -1]);
    expect(ops.div(a, b, { roundingMode: 'floor' }).toArray()).toEqual([1, -2, 9, 0, -1]);
    expect(ops.div(a, b, { roundingMode: 'trunc' }).toArray()).toEqual([1, -1, 10, 0, -0]);
    expect(String(ops.floorDivide(int32([7, -7]), 2))).toBe('tensor([ 3, -4], dtype=int32)');
    expect(String(ops.div(int32([7, -7]), 2, { roundingMode: 'trunc' }))).toBe(
      'tensor([ 3, -3], dtype=int32)',
    );
  });

  test('a quotient rounded: no gradient, not NaN, where it is divided by 0', () => {
    for (const roundingMode of ['trunc', 'floor'] as const) {
      const [, byA, byB] = withGradients((a, b) => ops.div(a, b, { roundingMode }), [5, 0], [0, 0]);
      expect([byA, byB]).toEqual([
        [0, 0],
        [0, 0],
      ]);
    }
  });

  test('copysign: the sign of a zero counts, and 0 has no gradient', () => {
    const [value, byA, byB] = withGradients(ops.copysign, [1, -1, 0, 2, -3], [-1, -0, -1, 0, 1]);
    expect(value).toEqual([-1, -1, -0, 2, 3]);
    expect(byA).toEqual([-1, 1, 0, 1, -1]);
    expect(byB).toEqual([0, 0, 0, 0, 0]);
  });

  test('fmax: NaN counts as missing; ties and NaN leave the gradient to the first', () => {
    expect(withGradients(ops.fmax, [1, 2, nan, 3, nan], [1, 3, 1, nan, nan])).toEqual([
      [1, 3, 1, 3, nan],
      [1, 0, 0, 1, 1],
      [0, 1, 1, 0, 0],
    ]);
  });

  test('clamp by tensors: values, and whose gradient it is', () => {
    const x = float64([1, 2, 3, 1, 2, 0]);
    const min = float64([0, 2, 4, 1, 3, 1]);
    const max = float64([2, 2, 5, 1, 1, 1]);
    const [y, pull] = func.vjp((a, b, c) => ops.clamp(a, b, c), x, min, max);
    expect(y.toArray()).toEqual([1, 2, 4, 1, 1, 1]);
    expect(pull(ops.onesLike(y)).map((g) => g.toArray())).toEqual([
      [1, 1, 0, 1, 0, 0],
      [0, 0, 1, 0, 0, 0],
      [0, 0, 0, 0, 1, 0],
    ]);
  });

  test('clamp of integers: bounds beyond the dtype do not wrap around', () => {
    const x = tensor([0, 200], { dtype: 'uint8' });
    expect(ops.clampMax(x, -1).toArray()).toEqual([0, 0]);
    expect(ops.clamp(x, -5, 1000).toArray()).toEqual([0, 200]);
  });

  test('hypot: no overflow, infinite beside NaN, no gradient at the origin', () => {
    const [value, byA] = withGradients(ops.hypot, [3 * 2 ** 600, inf, 0], [4 * 2 ** 600, nan, 0]);
    expect(value).toEqual([5 * 2 ** 600, inf, 0]);
    expect(byA).toEqual([0.6, nan, nan]);
  });

  test('logaddexp: infinities', () => {
    const [a, b] = [
      [inf, -inf, inf, -inf],
      [inf, -inf, -inf, 0],
    ];
    expect(ops.logaddexp(float64(a), float64(b)).toArray()).toEqual([inf, -inf, inf, 0]);
    expect(ops.logaddexp2(float64(a), float64(b)).toArray()).toEqual([inf, -inf, inf, 0]);
  });

  test('heaviside, nanToNum, logit with eps, round with decimals', () => {
    expect(ops.heaviside(float64([1, -1, 0, nan]), 3).toArray()).toEqual([1, 0, 3, 0]);
    const { MAX_VALUE } = Number;
    expect(ops.nanToNum(float64([nan, inf, -inf, 1])).toArray()).toEqual([0, MAX_VALUE, -MAX_VALUE, 1]);
    expect(
      ops
        .nanToNum(tensor([inf]))
        .isfinite()
        .item(),
    ).toBe(1);
    expect(ops.logit(float64([0, 0.1, 2]), 0.1).toArray()).toEqual([
      -2.197224577336219, -2.197224577336219, 2.1972245773362196,
    ]);
    expect(ops.round(float64([1234.5678, 0.125]), { decimals: 2 }).toArray()).toEqual([1234.57, 0.12]);
    expect(ops.round(float64([1250, 1350, -50]), { decimals: -2 }).toArray()).toEqual([1200, 1400, -0]);
  });

  test('lerp gives its ends themselves', () => {
    const [a, b] = [float64([0.1, 1e20]), float64([0.7, 1])];
    expect(ops.lerp(a, b, 0).toArray()).toEqual(a.toArray());
    expect(ops.lerp(a, b, 1).toArray()).toEqual(b.toArray());
  });
});

describe('bits', () => {
  test('signed, unsigned and bool', () => {
    expect(ops.bitwiseAnd(int32([-1, 6]), 3).toArray()).toEqual([3, 2]);
    expect(ops.bitwiseXor(tensor([true, false]), tensor([true, true])).dtype).toBe('bool');
    expect(ops.bitwiseNot(tensor([1, 255], { dtype: 'uint8' })).toArray()).toEqual([254, 0]);
    expect(ops.bitwiseNot(tensor([true, false])).toArray()).toEqual([false, true]);
  });

  test('shifts beyond the bits, and by negative numbers', () => {
    const by = int32([31, 32, 33, -1, 4]);
    expect(ops.bitwiseLeftShift(int32([1, 1, 1, 1, -1]), by).toArray()).toEqual([-(2 ** 31), 0, 0, 0, -16]);
    expect(ops.bitwiseRightShift(int32([-8, 8, -8, 8, -8]), by).toArray()).toEqual([-1, 0, -1, 0, -1]);
    expect(ops.bitwiseLeftShift(tensor([200, 1], { dtype: 'uint8' }), 1).toArray()).toEqual([144, 2]);
  });
});

describe('closeness', () => {
  test('isclose: infinities are close when equal, NaN when asked for', () => {
    const [a, b] = [float64([1, inf, inf, nan]), float64([1 + 1e-6, inf, -inf, nan])];
    expect(ops.isclose(a, b).toArray()).toEqual([true, true, false, false]);
    expect(ops.isclose(a, b, { equalNan: true }).toArray()).toEqual([true, true, false, true]);
    expect(ops.isclose(float64([100]), float64([101]), { rtol: 0.01, atol: 0 }).toArray()).toEqual([true]);
    expect(ops.isclose(float64([101.005]), float64([100]), { rtol: 0.01, atol: 0 }).toArray()).toEqual([
      false,
    ]);
  });

  test('allclose and equal say true or false', () => {
    expect(ops.allclose(tensor([1, 2]), tensor([1, 2 + 1e-6]))).toBe(true);
    expect(ops.allclose(tensor([1, 2]), tensor([1, 2.1]))).toBe(false);
    expect(() => ops.allclose(tensor([1]), tensor([1]), { rtol: -1 })).toThrow(
      new ArgumentError('allclose: rtol must be a number >= 0, got the number -1'),
    );
    expect(ops.equal(tensor([1, 2]), int32([1, 2]))).toBe(true);
    expect(ops.equal(tensor([1, 2]), tensor([[1, 2]]))).toBe(false);
    expect(ops.equal(tensor([nan]), tensor([nan]))).toBe(false);
    expect(ops.equal(ops.zeros([0]), ops.zeros([0]))).toBe(true);
  });
});

test('three operands promote as two do: 0-dimensional ones among themselves first', () => {
  const x = int32([0, 5]);
  const scalar = (value: number, dtype: ops.DType) => tensor(value, { dtype });
  expect(ops.clamp(x, scalar(-1, 'float32'), scalar(2, 'float64')).dtype).toBe('float64');
  expect(ops.clamp(x, scalar(1, 'uint8'), int32([2, 2])).dtype).toBe('int32');
  expect(ops.clamp(tensor([1, 2]), scalar(-1, 'float64'), 2.5).dtype).toBe('float32');
  expect(ops.lerp(int32([0]), int32([2]), 0.5).toArray()).toEqual([1]);
});

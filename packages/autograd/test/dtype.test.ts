import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  arange,
  cat,
  type DType,
  func,
  getDefaultDType,
  grad,
  ones,
  pow,
  promoteTypes,
  resultType,
  setDefaultDType,
  square,
  type Tensor,
  tensor,
  where,
} from '@tensortape/autograd';

const dtypes = ['bool', 'uint8', 'int32', 'float32', 'float64'] as const;
const of = (dtype: DType, shape: readonly number[] = [2]) => ones(shape, { dtype });

describe('promotion is that of torch.result_type', () => {
  // Rows and columns in the order of `dtypes`.
  const together: Record<DType, readonly DType[]> = {
    bool: ['bool', 'uint8', 'int32', 'float32', 'float64'],
    uint8: ['uint8', 'uint8', 'int32', 'float32', 'float64'],
    int32: ['int32', 'int32', 'int32', 'float32', 'float64'],
    float32: ['float32', 'float32', 'float32', 'float32', 'float64'],
    float64: ['float64', 'float64', 'float64', 'float64', 'float64'],
  };
  /** A tensor of the row's dtype with dimensions, beside one of the column's without. */
  const withScalar: Record<DType, readonly DType[]> = {
    bool: ['bool', 'uint8', 'int32', 'float32', 'float64'],
    uint8: ['uint8', 'uint8', 'uint8', 'float32', 'float64'],
    int32: ['int32', 'int32', 'int32', 'float32', 'float64'],
    float32: ['float32', 'float32', 'float32', 'float32', 'float32'],
    float64: ['float64', 'float64', 'float64', 'float64', 'float64'],
  };
  /** Beside 2, 0.5 and true; PyTorch says int64 where this says int32. */
  const withNumber: Record<DType, readonly DType[]> = {
    bool: ['int32', 'float32', 'bool'],
    uint8: ['uint8', 'float32', 'uint8'],
    int32: ['int32', 'float32', 'int32'],
    float32: ['float32', 'float32', 'float32'],
    float64: ['float64', 'float64', 'float64'],
  };

  test.each(dtypes)('%s', (a) => {
    expect(dtypes.map((b) => resultType(of(a), of(b)))).toEqual(together[a]);
    expect(dtypes.map((b) => resultType(of(b), of(a)))).toEqual(together[a]);
    expect(dtypes.map((b) => promoteTypes(a, b))).toEqual(together[a]);
    expect(dtypes.map((b) => resultType(of(a, []), of(b, [])))).toEqual(together[a]);
    expect(dtypes.map((b) => resultType(of(a), of(b, [])))).toEqual(withScalar[a]);
    expect(dtypes.map((b) => resultType(of(b, []), of(a)))).toEqual(withScalar[a]);
    for (const shape of [[2], []]) {
      expect([2, 0.5, true].map((number) => resultType(of(a, shape), number))).toEqual(withNumber[a]);
    }
  });

  test.each(dtypes)('is what operations on %s do', (a) => {
    for (const b of dtypes) {
      expect(of(a).add(of(b)).dtype).toBe(resultType(of(a), of(b)));
      expect(of(a).mul(of(b, [])).dtype).toBe(resultType(of(a), of(b, [])));
      expect(of(a).maximum(of(b)).dtype).toBe(resultType(of(a), of(b)));
      expect(where(of('bool'), of(a), of(b)).dtype).toBe(resultType(of(a), of(b)));
      expect(cat([of(a), of(b)]).dtype).toBe(promoteTypes(a, b));
      expect(of(a).lt(of(b)).dtype).toBe('bool');
    }
    for (const number of [2, 0.5]) {
      expect(of(a).add(number).dtype).toBe(resultType(of(a), number));
      expect(of(a, []).add(number).dtype).toBe(resultType(of(a, []), number));
    }
  });

  test('of two numbers is by their kind', () => {
    expect([resultType(1, 2), resultType(1, 0.5), resultType(true, 1), resultType(true, false)]).toEqual([
      'int32',
      'float32',
      'int32',
      'bool',
    ]);
  });
});

describe('integers', () => {
  const ints = tensor([1, 4, 9], { dtype: 'int32' });

  test('become the default floating point dtype where the function is not one of integers', () => {
    const floats: ((x: Tensor) => Tensor)[] = [
      (x) => x.sqrt(),
      (x) => x.exp(),
      (x) => x.div(2),
      (x) => x.div(x),
      (x) => x.sigmoid(),
      (x) => x.reciprocal(),
      (x) => x.atan2(x),
      (x) => x.logsumexp(),
    ];
    for (const f of floats) expect(f(ints).dtype).toBe('float32');
    setDefaultDType('float64');
    try {
      for (const f of floats) expect(f(ints).dtype).toBe('float64');
      expect([ones([1]).dtype, tensor([1]).dtype, resultType(ints, 0.5)]).toEqual([
        'float64',
        'float64',
        'float64',
      ]);
    } finally {
      setDefaultDType('float32');
    }
    expect(getDefaultDType()).toBe('float32');
  });

  test('stay integers where they can', () => {
    for (const x of [
      ints.abs(),
      ints.neg(),
      ints.square(),
      ints.relu(),
      ints.sign(),
      ints.floor(),
      ints.clamp(2, 5),
    ]) {
      expect(x.dtype).toBe('int32');
    }
    expect(ints.mul(3).remainder(4).toArray()).toEqual([3, 0, 3]);
    expect(ints.sum().dtype).toBe('int32');
    expect(tensor([200, 100], { dtype: 'uint8' }).sum()).toMatchObject({ dtype: 'int32' });
    expect(tensor([200, 100], { dtype: 'uint8' }).sum().item()).toBe(300);
    expect(tensor([true, true]).sum().item()).toBe(2);
  });

  test('that leave int32 in a sum are refused; products wrap, as in PyTorch', () => {
    const large = tensor([2147483647, 1], { dtype: 'int32' });
    expect(() => large.sum()).toThrow(
      /^sum: the result 2147483648 does not fit int32; convert first with \.to\('float64'\)/,
    );
    expect(() => large.cumsum(0)).toThrow(/^cumsum: .*does not fit int32/);
    expect(() => tensor([65536, 65536], { dtype: 'int32' }).prod()).toThrow(/^prod: .*does not fit int32/);
    expect(tensor([65536], { dtype: 'int32' }).mul(65537).toArray()).toEqual([65536]);
  });

  test('carry no gradient', () => {
    const x = tensor([1.7, -1.7], { requiresGrad: true });
    const whole = x.to('int32');
    expect([whole.toArray(), whole.requiresGrad]).toEqual([[1, -1], false]);
    expect(x.to('bool').requiresGrad).toBe(false);
  });
});

describe('conversion', () => {
  test('cuts fractions towards integers, and takes all but 0 for true', () => {
    const x = tensor([-1.9, -0.5, 0, 0.5, 1.9]);
    expect(x.to('int32').toArray()).toEqual([-1, 0, 0, 0, 1]);
    expect(x.to('bool').toArray()).toEqual([true, true, false, true, true]);
    expect(tensor([true, false]).to('float64').toArray()).toEqual([1, 0]);
    expect(arange(3).to('float32').to('float32').dtype).toBe('float32');
    expect(x.to('float32')).toBe(x);
    expect(() => x.to('int64' as DType)).toThrow(ArgumentError);
    expect(() => x.to('int64' as DType)).toThrow(
      "to: unknown dtype 'int64'; known are bool, uint8, int32, float32, float64",
    );
  });

  test('between floats hands the gradient back in its own dtype', () => {
    const [x, y] = [
      tensor([1, 2], { requiresGrad: true }),
      tensor([3, 4], { dtype: 'float64', requiresGrad: true }),
    ];
    const [byX, byY] = grad(x.mul(y).sum(), [x, y]);
    expect([byX.dtype, byY.dtype, byX.toArray(), byY.toArray()]).toEqual([
      'float32',
      'float64',
      [3, 4],
      [1, 2],
    ]);
    const [, tangent] = func.jvp((x) => x.mul(y.detach()), [x.detach()], [ones([2])]);
    expect(tangent.dtype).toBe('float64');
  });

  test('the default can only be a floating point dtype', () => {
    expect(() => setDefaultDType('int32' as 'float32')).toThrow(
      "setDefaultDType: expected 'float32' or 'float64', got 'int32'",
    );
  });
});

// Recorded from PyTorch 2.13; int32 there by torch.int32.
test('powers and squares of integers wrap, with all their low bits', () => {
  const power = (x: number, n: number, dtype: 'int32' | 'uint8') => pow(tensor([x], { dtype }), n).item();
  expect([power(3, 40, 'int32'), power(-3, 41, 'int32'), power(7, 31, 'int32')]).toEqual([
    689956897, -2069870691, 265001655,
  ]);
  expect([power(2147483647, 2, 'int32'), power(0, 0, 'int32'), power(-1, 3, 'int32')]).toEqual([1, 1, -1]);
  expect([power(7, 100, 'uint8'), power(255, 30, 'uint8'), power(7, 30, 'uint8')]).toEqual([97, 1, 209]);
  expect(pow(3, tensor([40, 2], { dtype: 'int32' })).toArray()).toEqual([689956897, 9]);
  expect(square(tensor([2147483647, -3], { dtype: 'int32' })).toArray()).toEqual([1, 9]);
  expect(square(tensor([255, 16], { dtype: 'uint8' })).toArray()).toEqual([1, 0]);
  expect(square(tensor([true])).dtype).toBe('int32');
});

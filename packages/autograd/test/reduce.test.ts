import { describe, expect, test } from '@jest/globals';
import {
  aminmax,
  cdist,
  countNonzero,
  dist,
  func,
  logsumexp,
  max,
  mean,
  nanmean,
  nansum,
  norm,
  prod,
  renorm,
  std,
  sum,
  type Tensor,
  tensor,
  variance,
  zeros,
} from '@tensortape/autograd';

/** Expected values are PyTorch 2.13's, unless said. */
const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
const double = (values: number[] | number[][]) => tensor(values, { dtype: 'float64' });

function gradient(f: (x: Tensor) => Tensor, values: number[]): unknown {
  return func.grad(f)(double(values)).toArray();
}

describe('axes', () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);

  test('an empty list means all, except for any and all', () => {
    expect(sum(x, []).item()).toBe(10);
    expect(x.amax([]).item()).toBe(4);
    expect(variance(x, []).shape).toEqual([]);
    expect(x.any([]).shape).toEqual([2, 2]);
  });

  test('of length 0', () => {
    expect(sum(zeros([0, 2]), 0).toArray()).toEqual([0, 0]);
    expect(prod(zeros([0, 2]), 0).toArray()).toEqual([1, 1]);
    expect(mean(zeros([0])).item()).toBe(nan);
    expect(logsumexp(zeros([0])).item()).toBe(-inf);
    expect(norm(zeros([0]), 0.5).item()).toBe(0);
    expect(zeros([0, 2]).amax(1).shape).toEqual([0]);
    expect(zeros([2, 0]).argmax(0).shape).toEqual([0]);
  });
});

describe('dtypes', () => {
  test('sums and products of integers are int32, and do not wrap', () => {
    expect(tensor([true, true]).sum().dtype).toBe('int32');
    expect(
      tensor(new Uint8Array([200, 100]))
        .prod()
        .item(),
    ).toBe(20000);
    const large = tensor(new Int32Array([2 ** 30, 2 ** 30]));
    expect(() => large.sum()).toThrow(/sum: the result 2147483648 does not fit int32/);
    expect(() => large.prod()).toThrow(/does not fit int32/);
  });

  test('the dtype asked for is taken first', () => {
    expect(sum(tensor([1.7, 2.7]), undefined, { dtype: 'int32' }).item()).toBe(3);
    expect(mean(tensor(new Int32Array([1, 2])), undefined, { dtype: 'float64' }).item()).toBe(1.5);
    expect(() => mean(tensor([1]), undefined, { dtype: 'int32' })).toThrow(/mean: expected a floating point/);
  });
});

describe('ties, NaN and zeros', () => {
  test('max and amax', () => {
    expect(gradient((x) => max(x), [2, 1, 2])).toEqual([0.5, 0, 0.5]);
    expect(gradient((x) => max(x), [nan, 1, nan])).toEqual([0.5, 0, 0.5]);
    expect(gradient((x) => x.amax(), [2, 1, 2])).toEqual([0.5, 0, 0.5]);
    expect(gradient((x) => x.amax(), [nan, 1])).toEqual([nan, nan]);
    expect(gradient((x) => max(x, 0).values, [1, 2, 2])).toEqual([0, 1, 0]);
    expect(gradient((x) => aminmax(x).min.add(aminmax(x).max), [1, 1, 3])).toEqual([0.5, 0.5, 1]);
  });

  test('prod, first and second derivatives', () => {
    expect(gradient((x) => prod(x), [2, 0, 3])).toEqual([0, 6, 0]);
    expect(gradient((x) => prod(x), [2, 0, 0])).toEqual([0, 0, 0]);
    expect(
      func
        .hessian((x: Tensor) => prod(x))(double([2, 0, 0]))
        .toArray(),
    ).toEqual([
      [0, 0, 0],
      [0, 0, 2],
      [0, 2, 0],
    ]);
  });

  test('nansum, nanmean and countNonzero', () => {
    expect(nansum(tensor([1, nan, 2])).item()).toBe(3);
    expect(gradient((x) => nansum(x), [1, nan, 2])).toEqual([1, 0, 1]);
    expect(nanmean(tensor([1, nan, 3])).item()).toBe(2);
    expect(nanmean(tensor([nan])).item()).toBe(nan);
    expect(gradient((x) => nanmean(x), [1, nan, 3])).toEqual([0.5, 0, 0.5]);
    expect(countNonzero(tensor([0, nan, 2])).item()).toBe(2);
  });

  test('variance and standard deviation with too few elements', () => {
    expect(variance(tensor([1])).item()).toBe(nan);
    expect(variance(tensor([1, 2]), undefined, { correction: 5 }).item()).toBe(inf);
    expect(variance(tensor([1, 1]), undefined, { correction: 5 }).item()).toBe(nan);
    expect(variance(tensor([1, 2]), undefined, { correction: 0.5 }).item()).toBeCloseTo(1 / 3, 6);
    expect(gradient((x) => std(x), [1, 1, 1])).toEqual([0, 0, 0]);
    // PyTorch: NaN, by 0 / 0.
    const hessian = func.hessian((x: Tensor) => std(x))(double([1, 1]));
    expect(hessian.abs().sum().item()).toBe(0);
  });

  test('logsumexp of infinities', () => {
    expect(logsumexp(tensor([-inf, -inf])).item()).toBe(-inf);
    expect(logsumexp(tensor([inf, 1])).item()).toBe(inf);
    expect(
      logsumexp(
        tensor([
          [1000, -inf],
          [1000, 0],
        ]),
        [0, 1],
      ).item(),
    ).toBeCloseTo(1000 + Math.LN2, 3);
  });
});

describe('norms', () => {
  test.each<[number, number, number[]]>([
    [2, 5, [0.6, -0.8, 0]],
    [1, 7, [1, -1, 0]],
    [inf, 4, [0, -1, 0]],
    [-inf, 0, [0, 0, 0]],
    [-1, 0, [0, 0, 0]],
    [0, 2, [0, 0, 0]],
    [3, 91 ** (1 / 3), [9, -16, 0].map((v) => v / 91 ** (2 / 3))],
    [0.5, (Math.sqrt(3) + 2) ** 2, [1 + 2 / Math.sqrt(3), -1 - Math.sqrt(3) / 2, 0]],
  ])('p = %p', (p, value, slopes) => {
    const x = double([3, -4, 0]);
    expect(norm(x, p).item()).toBeCloseTo(value, 12);
    const found = func
      .grad((y: Tensor) => norm(y, p))(x)
      .toTypedArray();
    for (const [i, slope] of slopes.entries()) expect(found[i]).toBeCloseTo(slope, 12);
    // At the zero vector all derivatives are 0, the second too (PyTorch: NaN for p = 2).
    const hessian = func.hessian((y: Tensor) => norm(y, p))(double([0, 0]));
    expect(hessian.abs().sum().item()).toBe(0);
  });

  test('ties, float32 beyond its range, dist and renorm', () => {
    expect(gradient((x) => norm(x, inf), [2, -2, 1])).toEqual([0.5, -0.5, 0]);
    expect(norm(tensor([3e30, 4e30])).item() / 5e30).toBeCloseTo(1, 6);
    expect(dist(tensor([1, 2]), tensor([4, 6])).item()).toBe(5);
    expect(gradient((x) => dist(x, double([1, 2])), [1, 2])).toEqual([0, 0]);
    expect(
      renorm(
        tensor([
          [3, 4],
          [0.3, 0.4],
        ]),
        2,
        0,
        1,
      )
        .sum(1)
        .toTypedArray()[0],
    ).toBeCloseTo(1.4, 6);
  });

  test('cdist near 0 and far from it', () => {
    const a = double([
      [0, 0],
      [1, 2],
    ]);
    const slopes = func
      .grad((x: Tensor) => cdist(x, a).sum())(a)
      .toTypedArray();
    for (const [i, v] of [-1, -2, 1, 2].entries()) expect(slopes[i]).toBeCloseTo(v / Math.sqrt(5), 12);
    expect(cdist(double([[1e8, 1]]), double([[1e8, 1.001]])).item()).toBeCloseTo(0.001, 9);
  });
});

/** Exactly rounded sums: the doubles of fround inputs, added in BigInt as multiples of 2^-149. */
function exactSum(values: ArrayLike<number>): number {
  let total = 0n;
  for (let i = 0; i < values.length; i++) total += BigInt(values[i]! * 2 ** 40);
  return Number(total) / 2 ** 40;
}

describe('errors of long float32 sums', () => {
  const [rows, columns] = [1000, 700];
  // Multiples of 2^-30 of very different sizes and both signs.
  const values = Float32Array.from({ length: rows * columns }, (_, i) =>
    Math.fround(((i * 7919) % 10007) * 2 ** (((i * 31) % 41) - 30) * (i % 3 === 0 ? -1 : 1)),
  );
  const x = tensor(values, { shape: [rows, columns] });
  const line = (of: Tensor, dim: number, at: number) => of.select(1 - dim, at).toTypedArray();

  test.each<[string, Tensor]>([
    ['row-major', x],
    ['transposed', x.T],
    ['every second column', x.slice(1, 0, columns, 2)],
  ])('%s', (_, matrix) => {
    const within = (total: number, terms: ArrayLike<number>) => {
      const size = Array.from(terms).reduce((sizes, term) => sizes + Math.abs(term), 0);
      const exact = exactSum(terms);
      expect(Math.abs(total - exact)).toBeLessThanOrEqual(
        2 ** -24 * Math.abs(exact) + terms.length * 2 ** -53 * size,
      );
    };
    for (const dim of [0, 1]) {
      const totals = matrix.sum(dim).toTypedArray();
      for (const at of [0, 17, totals.length - 1]) within(totals[at]!, line(matrix, dim, at));
    }
    within(matrix.sum().item(), matrix.toTypedArray());
  });

  test('over the outer axes of three', () => {
    const cube = x.reshape([10, 100, columns]);
    const totals = cube.sum([0, 1]).toTypedArray();
    expect(totals).toEqual(x.sum(0).toTypedArray());
    expect(cube.sum([0, 2]).toTypedArray()[3]).toBe(Math.fround(exactSum(cube.select(1, 3).toTypedArray())));
  });

  test('a variance far from 0 loses nothing', () => {
    // Two neighbouring float32 numbers, half each: their mean is neither.
    const near = tensor(Float32Array.from({ length: 1000 }, (_, i) => 16777216 + 2 * (i % 2)));
    expect(variance(near, undefined, { correction: 0 }).item()).toBe(1);
    expect(std(near.to('float64').add(1e9), undefined, { correction: 0 }).item()).toBe(1);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as ops from '@tensortape/autograd';
import { func, GradientError, type Tensor, tensor } from '@tensortape/autograd';

/** Rows of arguments and value, by function; written by fixtures/special_reference.py at 50 digits. */
const reference: Readonly<Record<string, readonly (readonly number[])[]>> = JSON.parse(
  readFileSync(new URL('./fixtures/special.json', import.meta.url), 'utf8'),
);

/** The distance of the neighbours of a double. */
function ulp(value: number): number {
  const size = Math.abs(value);
  return size < 2 ** -1022 ? 2 ** -1074 : 2 ** (Math.floor(Math.log2(size)) - 52);
}

/** The largest error of values in units in the last place, with the arguments at which it is made. */
function worst(found: readonly number[], rows: readonly (readonly number[])[], unit: (v: number) => number) {
  return rows
    .map((row, i) => ({ error: Math.abs(found[i]! - row.at(-1)!) / unit(row.at(-1)!), at: row }))
    .reduce((a, b) => (b.error <= a.error ? a : b));
}

const column = (rows: readonly (readonly number[])[], i: number) =>
  tensor(Float64Array.from(rows, (row) => row[i]!));

type Call = (rows: readonly (readonly number[])[]) => Tensor;
const unary =
  (f: (x: Tensor) => Tensor): Call =>
  (rows) =>
    f(column(rows, 0));
const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): Call =>
  (rows) =>
    f(column(rows, 0), column(rows, 1));

/** Each function with the largest error it may have, in units in the last place: what was measured, and one. */
const functions: readonly (readonly [name: string, call: Call, ulps: number])[] = [
  ['erf', unary(ops.erf), 2],
  ['erfc', unary(ops.erfc), 4],
  ['erfcx', unary(ops.erfcx), 4],
  ['erfinv', unary(ops.erfinv), 3],
  ['ndtr', unary(ops.ndtr), 3],
  ['logNdtr', unary(ops.logNdtr), 4],
  ['ndtri', unary(ops.ndtri), 3],
  ['lgamma', unary(ops.lgamma), 4],
  ['digamma', unary(ops.digamma), 2],
  ['zeta', binary(ops.zeta), 3],
  [
    'polygamma',
    (rows) => ops.stack(rows.map(([n, x]) => ops.polygamma(n!, tensor(x!, { dtype: 'float64' })))),
    4,
  ],
  ['i0', unary(ops.i0), 5],
  ['i0e', unary(ops.i0e), 6],
  ['i1', unary(ops.i1), 5],
  ['i1e', unary(ops.i1e), 5],
  ['sinc', unary(ops.sinc), 4],
  ['logit', unary((p) => ops.logit(p)), 3],
  ['gammainc', binary(ops.gammainc), 10],
  ['gammaincc', binary(ops.gammaincc), 10],
];

describe('special functions in float64, in units in the last place', () => {
  test.each(functions)('%s', (name, call, ulps) => {
    const rows = reference[name]!;
    expect(rows.length).toBeGreaterThan(50);
    const { error, at } = worst([...call(rows).toTypedArray()], rows, ulp);
    expect({ at, error: error <= ulps ? 'small' : error }).toEqual({ at, error: 'small' });
  });

  // Near the zeros on the negative axis only absolute accuracy can be had.
  test.each([
    ['lgammaNegative', ops.lgamma, 2],
    ['digammaNegative', ops.digamma, 8],
  ] as const)('%s', (name, f, ulps) => {
    const rows = reference[name]!;
    const unit = (value: number) => ulp(Math.max(Math.abs(value), 1));
    const { error, at } = worst([...f(column(rows, 0)).toTypedArray()], rows, unit);
    expect({ at, error: error <= ulps ? 'small' : error }).toEqual({ at, error: 'small' });
  });

  test('float32 gives the double, rounded', () => {
    const x = tensor([-5, -0.3, 0.1, 2.5, 9]);
    for (const f of [ops.erf, ops.erfc, ops.erfcx, ops.lgamma, ops.digamma, ops.i0, ops.logNdtr]) {
      expect(f(x).toArray()).toEqual(f(x.to('float64')).to('float32').toArray());
    }
  });
});

describe('poles, ends and infinities', () => {
  const inf = Number.POSITIVE_INFINITY;
  const nan = Number.NaN;
  test.each([
    ['erf', ops.erf, [inf, -inf, nan, -0], [1, -1, nan, -0]],
    ['erfc', ops.erfc, [inf, -inf, nan, 27.5], [0, 2, nan, 0]],
    ['erfcx', ops.erfcx, [inf, -inf, nan, -30], [0, inf, nan, inf]],
    ['erfinv', ops.erfinv, [1, -1, 1.5, nan, 0], [inf, -inf, nan, nan, 0]],
    ['ndtr', ops.ndtr, [inf, -inf, nan], [1, 0, nan]],
    ['ndtri', ops.ndtri, [0, 1, -0.1, nan], [-inf, inf, nan, nan]],
    ['logNdtr', ops.logNdtr, [inf, -inf, nan], [-0, -inf, nan]],
    ['entr', ops.entr, [0, 1, -1, inf, nan], [0, -0, -inf, -inf, nan]],
    ['lgamma', ops.lgamma, [1, 2, 0, -3, inf, -inf, nan], [0, 0, inf, inf, inf, inf, nan]],
    ['digamma', ops.digamma, [0, -0, -2, inf, -inf, nan], [-inf, inf, nan, inf, nan, nan]],
    ['i0', ops.i0, [inf, -inf, 0, nan], [inf, inf, 1, nan]],
    ['i0e', ops.i0e, [inf, -inf, 0, nan], [0, 0, 1, nan]],
    ['i1', ops.i1, [inf, -inf, 0, nan], [inf, -inf, 0, nan]],
    ['i1e', ops.i1e, [inf, -inf, 0, nan], [0, -0, 0, nan]],
    ['sinc', ops.sinc, [0, 1, -3, nan], [1, 0, -0, nan]],
    ['logit', (x: Tensor) => ops.logit(x), [0, 1, 0.5, -1, nan], [-inf, inf, 0, nan, nan]],
    ['trigamma', (x: Tensor) => ops.polygamma(1, x), [0, -1, inf, nan], [inf, inf, 0, nan]],
    ['zeta(2, q)', (q: Tensor) => ops.zeta(2, q), [0, -1, inf, nan], [inf, inf, 0, nan]],
    ['zeta(s, 2)', (s: Tensor) => ops.zeta(s, 2), [1, 0.5, inf, nan], [inf, nan, 0, nan]],
    ['P(2, x)', (x: Tensor) => ops.gammainc(2, x), [0, inf, -1, nan], [0, 1, nan, nan]],
    ['Q(2, x)', (x: Tensor) => ops.gammaincc(2, x), [0, inf, -1, nan], [1, 0, nan, nan]],
    ['P(a, 2)', (a: Tensor) => ops.gammainc(a, 2), [0, inf, -1], [1, 0, nan]],
  ] as const)('%s', (_, f, x, y) => {
    expect(f(tensor(x, { dtype: 'float64' })).toArray()).toEqual(y);
  });
});

describe('derivatives where formulas divide by zero or overflow', () => {
  /** The derivatives of orders 0 to n at a point. */
  function derivatives(f: (x: Tensor) => Tensor, x: number, n: number): number[] {
    const found: number[] = [];
    let of = (at: Tensor) => f(at);
    for (let order = 0; order <= n; order++) {
      found.push(of(tensor(x, { dtype: 'float64' })).item());
      const lower = of;
      of = (at) => func.grad((v: Tensor) => lower(v))(at);
    }
    return found;
  }
  const close = (found: readonly number[], expected: readonly number[]) => {
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
    expect(found).toHaveLength(expected.length);
  };

  test('sinc at 0: the Taylor series of sin(pi x) / (pi x)', () => {
    close(derivatives(ops.sinc, 0, 4), [1, 0, -(Math.PI ** 2) / 3, 0, Math.PI ** 4 / 5]);
  });

  test('i1 at 0: x / 2 + x^3 / 16 + x^5 / 384', () => {
    close(derivatives(ops.i1, 0, 5), [0, 1 / 2, 0, 3 / 8, 0, 5 / 16]);
  });

  test('logNdtr far out: its derivative is -x + 1 / x there, not 0 / 0', () => {
    const [, slope] = derivatives(ops.logNdtr, -1e4, 1);
    expect(slope).toBeCloseTo(1e4 + 1e-4, 8);
    expect(derivatives(ops.logNdtr, 50, 1)).toEqual([-0, 0]);
  });

  test('logaddexp far apart: 1 and 0', () => {
    const [left, right] = [1000, -1000].map((x) => derivatives((a) => ops.logaddexp(a, 0), x, 1));
    expect([left, right]).toEqual([
      [1000, 1],
      [0, 0],
    ]);
  });

  test('derivatives that there are none of are refused by name', () => {
    const a = tensor(2, { requiresGrad: true });
    const x = tensor(3, { requiresGrad: true });
    expect(() => ops.gammainc(a, x).backward()).toThrow(GradientError);
    expect(() => ops.gammaincc(a, 3).backward()).toThrow(/gammaincc: there is no derivative by a; detach it/);
    expect(() => ops.zeta(a, 3).backward()).toThrow(/zeta: there is no derivative by x; detach it/);
    ops.gammainc(a.detach(), x).backward();
    expect(x.grad!.item()).toBeCloseTo(3 * Math.exp(-3), 6);
  });
});

import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { linear } from '../tape/shorthands.ts';
import { checkOptions, checkTensor, checkWhole } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import type { DType } from '../tensor/dtype.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, normalizeDim } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { floating, inDType, widened } from './axes.ts';
import type { ValuesAndIndices } from './reduce.ts';
import { dimRefusals, type Refusals, type Samples } from './samples.ts';
import { cat } from './shape.ts';

/** Options of running sums and products. */
export interface CumulativeOptions {
  /** Convert to this dtype first. */
  readonly dtype?: DType;
}

/** x in the dtype asked for, or in one that holds its totals. */
function converted(op: string, x: Tensor, options: CumulativeOptions): Tensor {
  checkTensor(op, 'x', x);
  checkOptions(op, options, ['dtype']);
  return options.dtype === undefined ? widened(x) : inDType(op, x, options.dtype);
}

const cumsumOp = /* @__PURE__ */ linear<number>({
  name: 'cumsum',
  forward: (x, axis) => wrap(kernels.cumulate('sum', x, axis), x.dtype, x.shape),
  transpose: (g, axis) => g.flip(axis).cumsum(axis).flip(axis),
});

/**
 * Running sums y_i = x_0 + … + x_i along `dim`, in float64. bool and uint8 give int32. Derivative: the running sums of
 * the cotangent, from the end. Errors: IndexError; DTypeError when an integer sum leaves int32. PyTorch:
 * `torch.cumsum`, where integers give int64.
 *
 * @example
 * ```ts
 * import { cumsum, tensor } from '@tensortape/autograd';
 * console.log(cumsum(tensor([1, 2, 3]), 0)); // tensor([1., 3., 6.])
 * ```
 */
export function cumsum(x: Tensor, dim: number, options: CumulativeOptions = {}): Tensor {
  const wide = converted('cumsum', x, options);
  return cumsumOp(wide, normalizeDim('cumsum', dim, x.ndim));
}
export const cumsumSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dim(x)];
};
export const cumsumRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [[s.tensorOf([2]), 0, { dtype: 'int64' }], 'ArgumentError', /unknown dtype 'int64'/],
];

/**
 * y_i = a_i y_(i-1) + b_i along an axis, from y_(-1) = 0. The derivatives are recurrences again: forwards for tangents,
 * backwards for cotangents. Those of running products and of running sums of exponentials are of this form.
 */
const recurrence: (inputs: { readonly a: Tensor; readonly b: Tensor }, axis: number) => Tensor =
  /* @__PURE__ */ defineOp({
    name: 'recurrence',
    inputs: ['a', 'b'],
    saves: ['a', 'output'],
    forward: ({ a, b }, axis: number) => wrap(kernels.recurrence(a, b, axis), a.dtype, a.shape),
    vjp: (g, { a, output }, axis, needs) => {
      const w = backwards(a, g, axis);
      return { a: needs.a ? w.mul(previous(output, axis, 0)) : null, b: w };
    },
    jvp: ({ a: s, b: t }, { a, output }, axis) => {
      const moved = s?.mul(previous(output, axis, 0));
      const source = moved && t ? moved.add(t) : (moved ?? t);
      return source ? recurrence({ a, b: source }, axis) : null;
    },
  });

/** w_i = g_i + a_(i+1) w_(i+1): the transpose of the recurrence. */
function backwards(a: Tensor, g: Tensor, axis: number): Tensor {
  return recurrence({ a: previous(a.flip(axis), axis, 0), b: g.flip(axis) }, axis).flip(axis);
}

/** The element before each one along an axis, `first` before the first. */
function previous(x: Tensor, axis: number, first: number): Tensor {
  if (x.ndim === 0) return constant(first, x.dtype, []);
  const length = x.shape[axis]!;
  if (length === 0) return x;
  return cat([constant(first, x.dtype, x.shape.with(axis, 1)), x.narrow(axis, 0, length - 1)], axis);
}

const cumprodOp = /* @__PURE__ */ defineOp({
  name: 'cumprod',
  inputs: ['x'],
  saves: ['x', 'output'],
  forward: ({ x }, axis: number) => wrap(kernels.cumulate('prod', x, axis), x.dtype, x.shape),
  // dy_i = y_(i-1) dx_i + x_i dy_(i-1).
  vjp: { x: (g, { x, output }, axis) => backwards(x, g, axis).mul(previous(output, axis, 1)) },
  jvp: ({ x: t }, { x, output }, axis) =>
    t && recurrence({ a: x, b: t.mul(previous(output, axis, 1)) }, axis),
});

/**
 * Running products y_i = x_0 … x_i along `dim`, in float64. bool and uint8 give int32. Derivative: dy_i = y_(i-1) dx_i
 * + x_i dy_(i-1), without a division, so that derivatives of every order hold where elements are zero. Errors:
 * IndexError; DTypeError when an integer product leaves int32. PyTorch: `torch.cumprod`, where integers give int64.
 *
 * @example
 * ```ts
 * import { cumprod, tensor } from '@tensortape/autograd';
 * console.log(cumprod(tensor([1, 2, 3]), 0)); // tensor([1., 2., 6.])
 * ```
 */
export function cumprod(x: Tensor, dim: number, options: CumulativeOptions = {}): Tensor {
  const wide = converted('cumprod', x, options);
  return cumprodOp({ x: wide }, normalizeDim('cumprod', dim, x.ndim));
}
export const cumprodSamples: Samples = (s) => {
  const shape = s.oneOf([[4], [3, 4], [5, 2], []]);
  const x = s.tensorOf(shape, { values: [-1.5, -0.5, 0, 0.7, 2] });
  return [x, s.dim(x)];
};
export const cumprodRefusals = cumsumRefusals;

const logcumsumexpOp = /* @__PURE__ */ defineOp({
  name: 'logcumsumexp',
  inputs: ['x'],
  saves: ['x', 'output'],
  forward: ({ x }, axis: number) => wrap(kernels.cumulate('logcumsumexp', x, axis), x.dtype, x.shape),
  // dy_i = exp(x_i - y_i) dx_i + exp(y_(i-1) - y_i) dy_(i-1): all exponents are <= 0.
  vjp: {
    x: (g, { x, output }, axis) => backwards(carried(output, axis), g, axis).mul(entering(x, output)),
  },
  jvp: ({ x: t }, { x, output }, axis) =>
    t && recurrence({ a: carried(output, axis), b: t.mul(entering(x, output)) }, axis),
});

/** exp(y_(i-1) - y_i): 0 after an infinite y_(i-1), whose difference would be NaN, unless y_i is NaN. */
function carried(y: Tensor, axis: number): Tensor {
  const before = previous(y, axis, Number.NEGATIVE_INFINITY);
  const known = before.isfinite().logicalOr(before.isnan()).logicalOr(y.isnan());
  return before.where(known, 0).sub(y.where(known, 0)).exp().where(known, 0);
}

/** exp(x_i - y_i): 0, not NaN, where both are -inf. */
function entering(x: Tensor, y: Tensor): Tensor {
  return x.sub(y.where(y.ne(Number.NEGATIVE_INFINITY), 0)).exp();
}

/**
 * Running y_i = ln(exp(x_0) + … + exp(x_i)) along `dim`, without overflow. Derivative: dy_i = exp(x_i - y_i) dx_i +
 * exp(y_(i-1) - y_i) dy_(i-1), in which no exponent is positive. Kinks: 0 where y_i = -inf (PyTorch: NaN).
 * Errors: IndexError. PyTorch: `torch.logcumsumexp`; here integers are promoted.
 *
 * @example
 * ```ts
 * import { logcumsumexp, tensor } from '@tensortape/autograd';
 * console.log(logcumsumexp(tensor([1000, 1000]), 0)); // tensor([1000.0000, 1000.6932])
 * ```
 */
export function logcumsumexp(x: Tensor, dim: number): Tensor {
  checkTensor('logcumsumexp', 'x', x);
  return logcumsumexpOp({ x: floating(x) }, normalizeDim('logcumsumexp', dim, x.ndim));
}
export const logcumsumexpSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[4], [2, 3], [5, 2], []]));
  return [x, s.dim(x)];
};
export const logcumsumexpRefusals = dimRefusals;

function cumulativeExtreme(op: 'cummax' | 'cummin', x: Tensor, dim: number): ValuesAndIndices {
  checkTensor(op, 'x', x);
  const axis = normalizeDim(op, dim, x.ndim);
  const indices = wrap(kernels.cumulativeExtreme(op, x, axis), 'int32', x.shape);
  return { values: x.gather(axis, indices), indices };
}

/**
 * Running y_i = max(x_0, …, x_i) along `dim`, with positions; NaN from the first NaN on. Derivative: 1 at the element
 * found. Kinks: the last of equal elements so far gets the gradient. Errors: IndexError. PyTorch: `torch.cummax`.
 *
 * @example
 * ```ts
 * import { cummax, tensor } from '@tensortape/autograd';
 * console.log(cummax(tensor([1, 3, 2]), 0).values); // tensor([1., 3., 3.])
 * ```
 */
export function cummax(x: Tensor, dim: number): ValuesAndIndices {
  checkTensor('cummax', 'x', x);
  return cumulativeExtreme('cummax', x, dim);
}
export const cummaxSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[5], [3, 4], []]), { distinct: true });
  return [x, s.dim(x)];
};
export const cummaxRefusals = dimRefusals;

/**
 * Running y_i = min(x_0, …, x_i) along `dim`, with positions: as {@link cummax}. Derivative: 1 at the element found.
 * Kinks: the last of equal elements so far gets the gradient. Errors: IndexError. PyTorch: `torch.cummin`.
 *
 * @example
 * ```ts
 * import { cummin, tensor } from '@tensortape/autograd';
 * console.log(cummin(tensor([3, 1, 2]), 0).indices); // tensor([0, 1, 1], dtype=int32)
 * ```
 */
export function cummin(x: Tensor, dim: number): ValuesAndIndices {
  checkTensor('cummin', 'x', x);
  return cumulativeExtreme('cummin', x, dim);
}
export const cumminSamples = cummaxSamples;
export const cumminRefusals = dimRefusals;

/** Refuses 0-dimensional tensors; the axis counted from the front. */
function axisOf(op: string, x: Tensor, dim: number): number {
  const axis = normalizeDim(op, dim, x.ndim);
  if (x.ndim === 0)
    throw new ShapeError(`${op}: a tensor of shape () has no axis to go along; expected at least one`);
  return axis;
}

/**
 * Differences x_(i+1) - x_i along `dim`, taken `n` times, with `prepend` and `append` joined to x first (unless n is 0).
 * bool gives whether neighbours differ. Derivative: differences of the cotangent, transposed.
 *
 * Errors: IndexError; ShapeError for a 0-dimensional tensor, or when `prepend` or `append` differs from x in another
 * axis; ArgumentError unless `n` is a whole number >= 0. PyTorch: `torch.diff`.
 *
 * @example
 * ```ts
 * import { diff, tensor } from '@tensortape/autograd';
 * console.log(diff(tensor([1, 4, 9, 16]), 2)); // tensor([2., 2.])
 * ```
 */
export function diff(x: Tensor, n = 1, dim = -1, prepend?: Tensor, append?: Tensor): Tensor {
  checkTensor('diff', 'x', x);
  checkWhole('diff', 'n', n, 0);
  const axis = axisOf('diff', x, dim);
  for (const [name, part] of [
    ['prepend', prepend],
    ['append', append],
  ] as const) {
    if (part !== undefined) checkTensor('diff', name, part);
    if (
      part !== undefined &&
      (part.ndim !== x.ndim || part.shape.some((length, i) => i !== axis && length !== x.shape[i]))
    ) {
      throw new ShapeError(
        `diff: ${name} has shape ${formatShape(part.shape)}, x ${formatShape(x.shape)}; they may differ in dim ${axis} only`,
      );
    }
  }
  if (n === 0) return x.clone();
  const parts = [prepend, x, append].filter((part) => part !== undefined);
  let y = parts.length === 1 ? x : cat(parts, axis);
  for (let order = Math.min(n, y.shape[axis]!); order > 0; order--) {
    const length = Math.max(0, y.shape[axis]! - 1);
    const [after, before] = [y.narrow(axis, 1, length), y.narrow(axis, 0, length)];
    y = y.dtype === 'bool' ? after.logicalXor(before) : after.sub(before);
  }
  return y;
}
export const diffSamples: Samples = (s) => {
  const extra = () =>
    s.oneOf<() => Tensor | undefined>([
      () => undefined,
      () => s.tensorOf([2, 1]),
      () => s.tensorOf([2, 3]),
    ])();
  return s.oneOf<() => readonly unknown[]>([
    () => [s.tensorOf([2, 4]), s.integer(0, 5), -1, extra(), extra()],
    () => [s.tensorOf(s.oneOf([[1], [4], [3, 2]])), s.integer(0, 3), 0],
  ])();
};
export const diffRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 1, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([])], 'ShapeError', /shape \(\) has no axis to go along/],
  [[s.tensorOf([3]), -1], 'ArgumentError', /n must be a whole number >= 0, got -1/],
  [[s.tensorOf([3]), 1.5], 'ArgumentError', /n must be a whole number >= 0, got 1\.5/],
  [[s.tensorOf([2, 3]), 1, -1, s.tensorOf([3, 1])], 'ShapeError', /prepend has shape \(3, 1\), x \(2, 3\)/],
  [
    [s.tensorOf([2, 3]), 1, -1, undefined, s.tensorOf([1])],
    'ShapeError',
    /append has shape \(1,\), x \(2, 3\)/,
  ],
];

/** Options of the trapezoidal rule. */
export interface TrapezoidOptions {
  /** The distance of the points, where no `x` is given. Default 1. */
  readonly dx?: number;
  /** The axis to integrate along. Default -1. */
  readonly dim?: number;
}

/** The areas of the trapezoids between neighbouring points. */
function trapezoids(
  op: string,
  y: Tensor,
  x: Tensor | undefined,
  options: TrapezoidOptions,
): [Tensor, number] {
  checkTensor(op, 'y', y);
  checkOptions(op, options, ['dx', 'dim']);
  const { dx = 1, dim = -1 } = options;
  if (y.dtype === 'bool') throw new DTypeError(`${op}: y is bool; convert it with .to('float32')`);
  const axis = axisOf(op, y, dim);
  const length = Math.max(0, y.shape[axis]! - 1);
  // Converted first: sums and differences of uint8 would wrap around.
  const samples = floating(y);
  const heights = samples
    .narrow(axis, y.shape[axis]! - length, length)
    .add(samples.narrow(axis, 0, length))
    .div(2);
  if (x === undefined) return [heights.mul(dx), axis];
  const points = x.ndim === 1 ? x.reshape(y.shape.map((_, i) => (i === axis ? -1 : 1))) : x;
  const lead = y.ndim - points.ndim;
  const fits =
    lead >= 0 &&
    points.shape[axis - lead] === y.shape[axis] &&
    points.shape.every((own, i) => own === y.shape[i + lead] || (own === 1 && i + lead !== axis));
  if (!fits) {
    throw new ShapeError(
      `${op}: x of shape ${formatShape(x.shape)} does not give a point for each sample along dim ${axis} of y of shape ${formatShape(y.shape)}`,
    );
  }
  return [heights.mul(diff(floating(points), 1, axis - lead)), axis];
}

/**
 * The integral sum_i (y_i + y_(i+1)) / 2 (x_(i+1) - x_i) along an axis by the trapezoidal rule, at the points `x` (one
 * for each sample, or of a shape that broadcasts to y's), else at points `dx` apart. Derivatives: half the widths
 * around each sample for y; the difference of the mean heights on either side for x.
 *
 * Errors: IndexError; ShapeError for a 0-dimensional tensor or points that do not fit; DTypeError for bool.
 * PyTorch: `torch.trapezoid`.
 *
 * @example
 * ```ts
 * import { tensor, trapezoid } from '@tensortape/autograd';
 * console.log(trapezoid(tensor([1, 3, 6]), tensor([0, 1, 3]))); // tensor(11.)
 * ```
 */
export function trapezoid(y: Tensor, x?: Tensor, options: TrapezoidOptions = {}): Tensor {
  checkTensor('trapezoid', 'y', y);
  if (x !== undefined) checkTensor('trapezoid', 'x', x);
  const [areas, axis] = trapezoids('trapezoid', y, x, options);
  return areas.sum(axis);
}
export const trapezoidSamples: Samples = (s) =>
  s.oneOf<() => readonly unknown[]>([
    () => [s.tensorOf([2, 4])],
    () => [s.tensorOf([3, 2]), undefined, { dx: s.oneOf([2, 0.5]), dim: s.oneOf([0, -1]) }],
    () => [s.tensorOf([2, 3]), s.tensorOf([3])],
    () => [
      s.tensorOf([3, 2]),
      s.tensorOf(
        s.oneOf([
          [3, 1],
          [3, 2],
        ]),
      ),
      { dim: 0 },
    ],
  ])();
export const trapezoidRefusals: Refusals = (s) => [
  [[s.tensorOf([])], 'ShapeError', /shape \(\) has no axis to go along/],
  [[s.mask([3])], 'DTypeError', /y is bool/],
  [
    [s.tensorOf([2, 3]), s.tensorOf([2])],
    'ShapeError',
    /x of shape \(2,\) .* along dim 1 of y of shape \(2, 3\)/,
  ],
  [[s.tensorOf([3]), s.tensorOf([2, 3])], 'ShapeError', /x of shape \(2, 3\) .* of y of shape \(3,\)/],
  [[s.tensorOf([3]), undefined, { axis: 0 }], 'ArgumentError', /unknown option 'axis'/],
  [[s.tensorOf([2, 3]), undefined, { dim: 2 }], 'IndexError', /dim 2 is out of range/],
];

/**
 * The running integrals of {@link trapezoid}: y_0 … y_i for i = 1, 2, …, one element fewer than samples. Derivatives: as
 * there, summed from the end. Errors: as there. PyTorch: `torch.cumulative_trapezoid`.
 *
 * @example
 * ```ts
 * import { cumulativeTrapezoid, tensor } from '@tensortape/autograd';
 * console.log(cumulativeTrapezoid(tensor([1, 3, 6]))); // tensor([2.0000, 6.5000])
 * ```
 */
export function cumulativeTrapezoid(y: Tensor, x?: Tensor, options: TrapezoidOptions = {}): Tensor {
  checkTensor('cumulativeTrapezoid', 'y', y);
  if (x !== undefined) checkTensor('cumulativeTrapezoid', 'x', x);
  const [areas, axis] = trapezoids('cumulativeTrapezoid', y, x, options);
  return areas.cumsum(axis);
}
export const cumulativeTrapezoidSamples = trapezoidSamples;
export const cumulativeTrapezoidRefusals = trapezoidRefusals;

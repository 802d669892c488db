import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { linear } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { type DType, isFloat } from '../tensor/dtype.ts';
import { type Dims, normalizeDim, normalizeDims, reducedShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import {
  countOf,
  inDType,
  nanWhereNan,
  nonEmpty,
  pickOfAll,
  type Reduction,
  reduced,
  reduction,
  requireFloat,
  restored,
  summed,
  taken,
  widened,
} from './axes.ts';
import { where } from './compare.ts';
import { cumprod } from './cumulative.ts';
import {
  dimRefusals,
  dimsRefusals,
  integerRefusals,
  keepdimRefusals,
  nonDifferentiable,
  type Refusals,
  type Samples,
} from './samples.ts';
import { cat } from './shape.ts';

/** Options of reductions. */
export interface ReduceOptions {
  /** Keep the reduced axes with length 1, so that the result broadcasts against the input. Default false. */
  readonly keepdim?: boolean;
}

/** Options of sums, means and products. */
export interface SumOptions extends ReduceOptions {
  /** Convert to this dtype first. */
  readonly dtype?: DType;
}

const sumOptions = ['keepdim', 'dtype'];

/** Values and positions that a reduction found along an axis. */
export interface ValuesAndIndices {
  /** The elements found; differentiable. */
  readonly values: Tensor;
  /** Their positions along the axis (int32). */
  readonly indices: Tensor;
}

const sumOp = /* @__PURE__ */ linear<Reduction>({
  name: 'sum',
  forward: (x, over) => reduced(kernels.reduce('sum', x, over.axes), x, over),
  transpose: (g, over, like) => restored(g, like, over).expand(like.shape),
});

const axesRefusals: Refusals = (s) => [...dimsRefusals(s), ...keepdimRefusals(s)];
const floatRefusals: Refusals = (s) => [...axesRefusals(s), ...integerRefusals(s)];

/** What looking for an extreme element refuses besides. */
const extremeRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [[s.tensorOf([0, 3]), 0], 'ShapeError', /an axis of length 0 of shape \(0, 3\) has no extreme element/],
];

/**
 * sum x over all axes, or over `dim` (an empty list means all of them). Totals are kept in float64, rows are added
 * pairwise: on any layout the error is at most (n - 1) 2^-53 sum |x| before the result is rounded to its dtype. bool
 * and uint8 give int32. Derivative: 1 for every element. Errors: IndexError; DTypeError when an integer sum leaves
 * int32. PyTorch: `torch.sum`, where integers give int64.
 *
 * @example
 * ```ts
 * import { sum, tensor } from '@tensortape/autograd';
 * console.log(sum(tensor([[1, 2], [3, 4]]), 0)); // tensor([4., 6.])
 * ```
 */
export function sum(x: Tensor, dim?: Dims, options: SumOptions = {}): Tensor {
  const over = reduction('sum', x, dim, options, sumOptions);
  return sumOp(options.dtype === undefined ? widened(x) : inDType('sum', x, options.dtype), over);
}
export const sumSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
};
export const sumRefusals: Refusals = (s) => [
  ...axesRefusals(s),
  [
    [s.index([2], 1).add(2147483647)],
    'DTypeError',
    /the result 4294967294 does not fit int32; convert first/,
  ],
  [[s.tensorOf([2]), 0, { dtype: 'float16' }], 'ArgumentError', /unknown dtype 'float16'/],
];

/**
 * sum of x over all axes, or over `dim`, without the elements that are NaN. Derivative: 1, 0 at NaN. Errors: as
 * {@link sum}. PyTorch: `torch.nansum`.
 *
 * @example
 * ```ts
 * import { nansum, tensor } from '@tensortape/autograd';
 * console.log(nansum(tensor([1, Number.NaN, 3]))); // tensor(4.)
 * ```
 */
export function nansum(x: Tensor, dim?: Dims, options: SumOptions = {}): Tensor {
  const over = reduction('nansum', x, dim, options, sumOptions);
  const number = isFloat(x.dtype) ? where(x.isnan(), 0, x) : x;
  return sum(number, over.axes, options);
}
export const nansumSamples: Samples = (s) => {
  const x = s.tensor({ values: [0, 1, -1, 0.5, 2, Number.NaN] });
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
};
export const nansumRefusals = dimsRefusals;

// Where n is 0 there is no element to get a share: the divisor must only not make NaN.
const meanOp = /* @__PURE__ */ linear<Reduction>({
  name: 'mean',
  forward: (x, over) => reduced(kernels.reduce('sum', x, over.axes), x, over).div(countOf(x, over)),
  transpose: (g, over, like) =>
    restored(g, like, over)
      .div(Math.max(1, countOf(like, over)))
      .expand(like.shape),
});

/**
 * sum x / n over all axes, or over `dim`. Derivative: 1 / n. Errors: DTypeError for integers, unless `dtype` says what
 * to convert them to. PyTorch: `torch.mean`.
 *
 * @example
 * ```ts
 * import { mean, tensor } from '@tensortape/autograd';
 * console.log(mean(tensor([[1, 2], [3, 4]]), 1)); // tensor([1.5000, 3.5000])
 * ```
 */
export function mean(x: Tensor, dim?: Dims, options: SumOptions = {}): Tensor {
  const over = reduction('mean', x, dim, options, sumOptions);
  const number = inDType('mean', x, options.dtype);
  requireFloat('mean', number);
  return meanOp(number, over);
}
export const meanSamples = sumSamples;
export const meanRefusals = floatRefusals;

/**
 * The mean over all axes, or over `dim`, of the elements that are not NaN: NaN where there is none. Derivative: 1 /
 * their number, 0 at NaN. Errors: DTypeError for integers. PyTorch: `torch.nanmean`.
 *
 * @example
 * ```ts
 * import { nanmean, tensor } from '@tensortape/autograd';
 * console.log(nanmean(tensor([1, Number.NaN, 3]))); // tensor(2.)
 * ```
 */
export function nanmean(x: Tensor, dim?: Dims, options: SumOptions = {}): Tensor {
  const over = reduction('nanmean', x, dim, options, sumOptions);
  const number = inDType('nanmean', x, options.dtype);
  requireFloat('nanmean', number);
  return summed(where(number.isnan(), 0, number), over).div(summed(number.eq(number), over));
}
export const nanmeanSamples: Samples = (s) => {
  // NaN on the diagonal only: no line is without a number.
  const places = s.tensorOf([3, 3], { values: [1] });
  const others = places.triu(1).add(places.tril(-1)).ne(0);
  const x = s
    .tensorOf([3, 3])
    .where(others, s.tensorOf([3], { values: [0, 1, -1, 2, -2, 0.5, -0.5, 1.5, -1.5, Number.NaN] }));
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
};
export const nanmeanRefusals = floatRefusals;

/**
 * The number of elements that are not zero (int32) over all axes, or over `dim`. NaN counts. Errors: IndexError.
 * PyTorch: `torch.count_nonzero`.
 *
 * @example
 * ```ts
 * import { countNonzero, tensor } from '@tensortape/autograd';
 * console.log(countNonzero(tensor([[0, 2], [1, 3]]), 0)); // tensor([1, 2], dtype=int32)
 * ```
 */
export function countNonzero(x: Tensor, dim?: Dims): Tensor {
  checkTensor('countNonzero', 'x', x);
  return sum(x.ne(0), reduction('countNonzero', x, dim, {}).axes);
}
export const countNonzeroSamples = /* @__PURE__ */ nonDifferentiable('counts are integers', (s) => {
  const x = s.tensor(s.few);
  return [x, s.dims(x)];
});
export const countNonzeroRefusals = dimsRefusals;

const prodOp = /* @__PURE__ */ defineOp({
  name: 'prod',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, over: Reduction) => reduced(kernels.reduce('prod', x, over.axes), x, over),
  vjp: { x: (g, { x }, over) => restored(g, x, over).mul(productOfOthers(x, over.axes)) },
  jvp: ({ x: t }, { x }, over) => t && summed(t.mul(productOfOthers(x, over.axes)), over),
});

/**
 * For each element, the product of all others: of those before it and those after it. Without a division, so that zeros
 * do no harm.
 */
function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  if (x.ndim === 0 || x.size === 0) return constant(1, x.dtype, x.shape);
  const line = axes.length === 1 ? x : x.reshape([-1]);
  const axis = axes.length === 1 ? axes[0]! : 0;
  const length = line.shape[axis]!;
  const one = constant(1, x.dtype, line.shape.with(axis, 1));
  const before = (y: Tensor) => cumprod(cat([one, y.slice(axis, 0, length - 1)], axis), axis);
  return before(line)
    .mul(before(line.flip(axis)).flip(axis))
    .reshape(x.shape);
}

/**
 * The product of x over all axes, or over `dim`, in float64. bool and uint8 give int32. Derivative: the product of all
 * other elements, so that derivatives of every order hold where elements are zero. Errors: IndexError; DTypeError when
 * an integer product leaves int32. PyTorch: `torch.prod`, where integers give int64.
 *
 * @example
 * ```ts
 * import { prod, tensor } from '@tensortape/autograd';
 * console.log(prod(tensor([2, 3, 4]))); // tensor(24.)
 * ```
 */
export function prod(x: Tensor, dim?: number, options: SumOptions = {}): Tensor {
  const over = reduction('prod', x, dim, options, sumOptions);
  return prodOp({ x: options.dtype === undefined ? widened(x) : inDType('prod', x, options.dtype) }, over);
}
export const prodSamples: Samples = (s) => {
  const x = s.tensor({ values: [-1.5, -0.5, 0, 0.7, 2] });
  return [x, s.oneOf([undefined, s.dim(x)]), { keepdim: s.oneOf([true, false]) }];
};
export const prodRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  ...keepdimRefusals(s),
  [[s.index([2], 1).add(65536)], 'DTypeError', /the result 4294967296 does not fit int32; convert first/],
];

const extreme = (name: 'amax' | 'amin') => {
  const share = (t: Tensor, x: Tensor, output: Tensor, over: Reduction) => {
    const y = restored(output, x, over);
    const found = x.eq(y);
    return where(found, t.div(found.sum(over.axes, { keepdim: true })), nanWhereNan(y));
  };
  return defineOp({
    name,
    inputs: ['x'],
    saves: ['x', 'output'],
    forward: ({ x }, over: Reduction) => reduced(kernels.reduce(name, x, over.axes), x, over),
    vjp: { x: (g, { x, output }, over) => share(restored(g, x, over), x, output, over) },
    jvp: ({ x: t }, { x, output }, over) => t && summed(share(t, x, output, over), over),
  });
};

const amaxOp = /* @__PURE__ */ extreme('amax');
const aminOp = /* @__PURE__ */ extreme('amin');

/**
 * max x over all axes, or over `dim`; NaN if there is one. Derivative: 1 at the largest element. Kinks: equal ones share
 * the gradient evenly; it is NaN everywhere when the result is. Errors: ShapeError for an axis of length 0.
 * PyTorch: `torch.amax`.
 *
 * @example
 * ```ts
 * import { amax, tensor } from '@tensortape/autograd';
 * console.log(amax(tensor([[1, 5], [7, 3]]), [0, 1])); // tensor(7.)
 * ```
 */
export function amax(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  return amaxOp({ x }, nonEmpty('amax', x, reduction('amax', x, dim, options)));
}
export const amaxSamples: Samples = (s) => {
  const x = s.tensor({ distinct: true });
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
};
export const amaxRefusals = extremeRefusals;

/**
 * min x over all axes, or over `dim`: as {@link amax}. Derivative: 1 at the smallest element. Kinks: as {@link amax}.
 * Errors: ShapeError for an axis of length 0. PyTorch: `torch.amin`.
 *
 * @example
 * ```ts
 * import { amin, tensor } from '@tensortape/autograd';
 * console.log(amin(tensor([[1, 5], [7, 3]]), 0)); // tensor([1., 3.])
 * ```
 */
export function amin(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  return aminOp({ x }, nonEmpty('amin', x, reduction('amin', x, dim, options)));
}
export const aminSamples = amaxSamples;
export const aminRefusals = extremeRefusals;

/** The smallest and the largest elements. */
export interface MinAndMax {
  /** The smallest. */
  readonly min: Tensor;
  /** The largest. */
  readonly max: Tensor;
}

/**
 * min x and max x over all axes, or over one. Derivatives: as {@link amin} and {@link amax}. Kinks: as there. Errors:
 * as there. PyTorch: `torch.aminmax`, which takes the axis as `dim=`.
 *
 * @example
 * ```ts
 * import { aminmax, tensor } from '@tensortape/autograd';
 * console.log(aminmax(tensor([3, 1, 2])).max); // tensor(3.)
 * ```
 */
export function aminmax(x: Tensor, dim?: number, options: ReduceOptions = {}): MinAndMax {
  const over = nonEmpty('aminmax', x, reduction('aminmax', x, dim, options));
  return { min: aminOp({ x }, over), max: amaxOp({ x }, over) };
}
export const aminmaxSamples: Samples = (s) => {
  const x = s.tensor({ distinct: true });
  return [x, s.oneOf([undefined, s.dim(x)]), { keepdim: s.oneOf([true, false]) }];
};
export const aminmaxRefusals = extremeRefusals;

const maxOfAll = /* @__PURE__ */ pickOfAll('max', (x) => amax(x));
const minOfAll = /* @__PURE__ */ pickOfAll('min', (x) => amin(x));

/**
 * max x of all elements; along `dim`, with positions. NaN counts as largest. Derivative: 1 at the element found.
 * Kinks: along an axis the first of equal elements is taken and gets the gradient; without one they share it evenly.
 * Errors: ShapeError for an axis of length 0. PyTorch: `torch.max`.
 *
 * @example
 * ```ts
 * import { max, tensor } from '@tensortape/autograd';
 * console.log(max(tensor([[1, 5], [7, 3]]), 1).indices); // tensor([1, 0], dtype=int32)
 * ```
 */
export function max(x: Tensor): Tensor;
export function max(x: Tensor, dim: number, options?: ReduceOptions): ValuesAndIndices;
export function max(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor | ValuesAndIndices {
  const over = nonEmpty('max', x, reduction('max', x, dim, options));
  if (dim === undefined) return maxOfAll(x);
  return taken(x, argmax(x, dim, { keepdim: true }), over.axes[0] ?? 0, options);
}
export const maxSamples: Samples = (s) => {
  const x = s.tensor({ distinct: true });
  return s.oneOf<() => readonly unknown[]>([
    () => [x, s.dim(x), { keepdim: s.oneOf([true, false]) }],
    () => [x],
  ])();
};
export const maxRefusals = extremeRefusals;

/**
 * min x of all elements; along `dim`, with positions: as {@link max}. NaN counts as smallest. Derivative: 1 at the
 * element found. Kinks: as {@link max}. Errors: ShapeError for an axis of length 0. PyTorch: `torch.min`.
 *
 * @example
 * ```ts
 * import { min, tensor } from '@tensortape/autograd';
 * console.log(min(tensor([[1, 5], [7, 3]]), 1).values); // tensor([1., 3.])
 * ```
 */
export function min(x: Tensor): Tensor;
export function min(x: Tensor, dim: number, options?: ReduceOptions): ValuesAndIndices;
export function min(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor | ValuesAndIndices {
  const over = nonEmpty('min', x, reduction('min', x, dim, options));
  if (dim === undefined) return minOfAll(x);
  return taken(x, argmin(x, dim, { keepdim: true }), over.axes[0] ?? 0, options);
}
export const minSamples = maxSamples;
export const minRefusals = extremeRefusals;

/**
 * The position (int32) of max x along `dim`, or in the flattened tensor: the first of equal ones. NaN counts as largest.
 * Errors: ShapeError for an axis of length 0. PyTorch: `torch.argmax`.
 *
 * @example
 * ```ts
 * import { argmax, tensor } from '@tensortape/autograd';
 * console.log(argmax(tensor([1, 5, 2]))); // tensor(1, dtype=int32)
 * ```
 */
export function argmax(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  checkTensor('argmax', 'x', x);
  return argReduce('argmax', x, dim, options);
}
export const argmaxSamples = /* @__PURE__ */ nonDifferentiable('positions are integers', aminmaxSamples);
export const argmaxRefusals = extremeRefusals;

/**
 * The position (int32) of min x along `dim`, or in the flattened tensor: the first of equal ones. NaN counts as
 * smallest. Errors: ShapeError for an axis of length 0. PyTorch: `torch.argmin`.
 *
 * @example
 * ```ts
 * import { argmin, tensor } from '@tensortape/autograd';
 * console.log(argmin(tensor([[1, 5], [7, 3]]), 1)); // tensor([0, 1], dtype=int32)
 * ```
 */
export function argmin(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  checkTensor('argmin', 'x', x);
  return argReduce('argmin', x, dim, options);
}
export const argminSamples = argmaxSamples;
export const argminRefusals = extremeRefusals;

function argReduce(
  op: 'argmax' | 'argmin',
  x: Tensor,
  dim: number | undefined,
  { keepdim = false }: ReduceOptions,
): Tensor {
  const line = dim === undefined || x.ndim === 0 ? x.detach().reshape([-1]) : x;
  const axis = dim === undefined ? 0 : normalizeDim(op, dim, x.ndim);
  nonEmpty(op, line, { axes: [axis], keepdim });
  const all = dim === undefined ? x.shape.map((_, i) => i) : [axis];
  return wrap(kernels.argReduce(op, line, axis), 'int32', reducedShape(x.shape, all, keepdim));
}

/**
 * Whether any element over all axes, or over `dim`, is not zero (bool); an empty list
 * means no axes. Errors: IndexError. PyTorch: `torch.any`.
 *
 * @example
 * ```ts
 * import { any, tensor } from '@tensortape/autograd';
 * console.log(any(tensor([false, true]))); // tensor(true)
 * ```
 */
export function any(x: Tensor, dim?: Dims, { keepdim = false }: ReduceOptions = {}): Tensor {
  checkTensor('any', 'x', x);
  const axes = normalizeDims('any', dim, x.shape);
  return wrap(kernels.reduce('any', x, axes), 'bool', reducedShape(x.shape, axes, keepdim));
}
export const anySamples = /* @__PURE__ */ nonDifferentiable('the result is bool', (s) => {
  const x = s.tensor(s.few);
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
});
export const anyRefusals = dimsRefusals;

/**
 * Whether all elements over all axes, or over `dim`, are not zero (bool); an empty list
 * means no axes. Errors: IndexError. PyTorch: `torch.all`.
 *
 * @example
 * ```ts
 * import { all, tensor } from '@tensortape/autograd';
 * console.log(all(tensor([[true, true], [false, true]]), 1)); // tensor([ true, false])
 * ```
 */
export function all(x: Tensor, dim?: Dims, { keepdim = false }: ReduceOptions = {}): Tensor {
  checkTensor('all', 'x', x);
  const axes = normalizeDims('all', dim, x.shape);
  return wrap(kernels.reduce('all', x, axes), 'bool', reducedShape(x.shape, axes, keepdim));
}
export const allSamples = anySamples;
export const allRefusals = dimsRefusals;

import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { linear, refuseDType } from '../tape/shorthands.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import {
  type Dims,
  formatShape,
  normalizeDim,
  normalizeDims,
  reducedShape,
  sizeOf,
} from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import {
  boolRefusals,
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

/** Values and positions that a reduction found along an axis. */
export interface ValuesAndIndices {
  /** The elements found; differentiable. */
  readonly values: Tensor;
  /** Their positions along the axis (int32). */
  readonly indices: Tensor;
}

interface Reduction {
  readonly axes: readonly number[];
  readonly keepdim: boolean;
}

function reduction(
  op: string,
  x: Tensor,
  dim: Dims | undefined,
  options: ReduceOptions,
  known: readonly string[] = ['keepdim'],
): Reduction {
  checkTensor(op, 'x', x);
  checkOptions(op, options, known);
  // As in PyTorch, no axes mean all of them.
  const none = Array.isArray(dim) && dim.length === 0;
  return { axes: normalizeDims(op, none ? undefined : dim, x.shape), keepdim: options.keepdim ?? false };
}

/** The result of a reduction with its axes back at length 1. */
const restored = (y: Tensor, x: { readonly shape: readonly number[] }, { axes }: Reduction): Tensor =>
  y.reshape(reducedShape(x.shape, axes, true));

const axesRefusals: Refusals = (s) => [...dimsRefusals(s), ...keepdimRefusals(s)];
const oneAxisRefusals: Refusals = (s) => [...dimRefusals(s), ...keepdimRefusals(s)];
const emptyRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 0]), 1], 'ShapeError', /an axis of length 0 of shape \(2, 0\) has no extreme element/],
];

const sumOp = /* @__PURE__ */ linear<Reduction>({
  name: 'sum',
  forward: (x, { axes, keepdim }) =>
    wrap(kernels.reduce('sum', x, axes), x.dtype, reducedShape(x.shape, axes, keepdim)),
  transpose: (g, reduced, like) => restored(g, like, reduced).expand(like.shape),
});

/**
 * The sum of x over all axes, or over `dim`. float32 sums are accumulated in float64, float64 sums pairwise. bool and uint8
 * give int32. Derivative: 1 for every element. Errors: IndexError and ShapeError for `dim`; DTypeError when an integer sum
 * leaves int32. PyTorch: `torch.sum`.
 *
 * @example
 * ```ts
 * import { sum, tensor } from '@tensortape/autograd';
 * console.log(sum(tensor([[1, 2], [3, 4]]), 0)); // tensor([4., 6.])
 * ```
 */
export function sum(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  const reduced = reduction('sum', x, dim, options);
  return sumOp(x.dtype === 'bool' || x.dtype === 'uint8' ? x.to('int32') : x, reduced);
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
];

/**
 * The mean over all axes, or over `dim`, (1 / n) sum x. Derivative: 1 / n. Errors: IndexError and ShapeError for `dim`;
 * DTypeError for integers. PyTorch: `torch.mean`.
 *
 * @example
 * ```ts
 * import { mean, tensor } from '@tensortape/autograd';
 * console.log(mean(tensor([[1, 2], [3, 4]]), 1)); // tensor([1.5000, 3.5000])
 * ```
 */
export function mean(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  const { axes, keepdim } = reduction('mean', x, dim, options);
  refuseDType('mean', x, 'integers');
  return sum(x, axes, { keepdim }).div(countOf(x, axes));
}
export const meanSamples = sumSamples;
export const meanRefusals: Refusals = (s) => [...axesRefusals(s), ...integerRefusals(s)];

/** Options of {@link variance} and {@link std}. */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the number of elements in the divisor: 1 (the default) for the unbiased estimate, 0 for the plain mean. */
  readonly correction?: number;
}

/**
 * The variance over all axes, or over `dim`: sum (x - mean)^2 / (n - correction), computed in two passes.
 * Derivative: 2 (x - mean) / (n - correction). Errors: IndexError and ShapeError for `dim`; DTypeError for integers;
 * ArgumentError for a correction that is not a number. PyTorch: `torch.var`.
 *
 * @example
 * ```ts
 * import { tensor, variance } from '@tensortape/autograd';
 * console.log(variance(tensor([1, 2, 3]))); // tensor(1.)
 * ```
 */
export function variance(x: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  return spread('variance', x, dim, options);
}
export const varianceSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[3], [2, 3], [4, 2, 2]]), { distinct: true });
  return [x, s.oneOf([undefined, 0]), { keepdim: s.oneOf([true, false]), correction: s.oneOf([0, 1]) }];
};
export const varianceRefusals: Refusals = (s) => [
  ...meanRefusals(s),
  [
    [s.tensorOf([3]), 0, { correction: '0' }],
    'ArgumentError',
    /correction must be a number, got the string '0'/,
  ],
  [
    [s.tensorOf([3]), 0, { unbiased: false }],
    'ArgumentError',
    /unknown option 'unbiased'; known are keepdim, correction/,
  ],
];

/**
 * The standard deviation, sqrt(sum (x - mean)^2 / (n - correction)): the square root of {@link variance}.
 * Derivative: (x - mean) / ((n - correction) std). Kinks: 0 where the deviation is 0. Errors: as {@link variance}.
 * PyTorch: `torch.std`.
 *
 * @example
 * ```ts
 * import { std, tensor } from '@tensortape/autograd';
 * console.log(std(tensor([1, 2, 3]))); // tensor(1.)
 * ```
 */
export function std(x: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  const v = spread('std', x, dim, options);
  const positive = v.ne(0);
  return v.where(positive, 1).sqrt().where(positive, 0);
}
export const stdSamples = varianceSamples;
export const stdRefusals = varianceRefusals;

/**
 * The product over all axes, or over `dim`, multiplied pairwise: so its derivatives of every order hold where elements
 * are zero. bool and uint8 give int32. Derivative: the product of the other elements. Errors: IndexError for `dim`;
 * DTypeError when an integer product leaves int32. PyTorch: `torch.prod`.
 *
 * @example
 * ```ts
 * import { prod, tensor } from '@tensortape/autograd';
 * console.log(prod(tensor([2, 3, 4]))); // tensor(24.)
 * ```
 */
export function prod(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  const { axes, keepdim } = reduction('prod', x, dim, options);
  const outShape = reducedShape(x.shape, axes, keepdim);
  if (!isFloat(x.dtype)) {
    return wrap(kernels.reduce('prod', x.dtype === 'int32' ? x : x.to('int32'), axes), 'int32', outShape);
  }
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  let factors = x
    .permute([...rest, ...axes])
    .reshape([sizeOf(outShape), sizeOf(axes.map((axis) => x.shape[axis]!))]);
  if (factors.shape[1] === 0) return factors.sum(1).add(1).reshape(outShape);
  while (factors.shape[1]! > 1) {
    const half = factors.shape[1]! >> 1;
    const products = factors.slice(1, 0, half).mul(factors.slice(1, half, 2 * half));
    factors = factors.shape[1]! % 2 === 0 ? products : cat([products, factors.slice(1, 2 * half)], 1);
  }
  return factors.reshape(outShape);
}
export const prodSamples: Samples = (s) => {
  const x = s.tensor({ values: [-1.5, -0.5, 0, 0.7, 2] });
  return [x, s.oneOf([undefined, s.dim(x)]), { keepdim: s.oneOf([true, false]) }];
};
export const prodRefusals: Refusals = (s) => [
  ...oneAxisRefusals(s),
  [[s.index([2], 1).add(65536)], 'DTypeError', /the result 4294967296 does not fit int32; convert first/],
];

const extreme = (name: 'amax' | 'amin') =>
  defineOp({
    name,
    inputs: ['x'],
    saves: ['x', 'output'],
    forward: ({ x }, { axes, keepdim }: Reduction) =>
      wrap(kernels.reduce(name, x, axes), x.dtype, reducedShape(x.shape, axes, keepdim)),
    vjp: {
      x: (g, { x, output }, reduced) => {
        const found = x.eq(restored(output, x, reduced));
        return restored(g, x, reduced)
          .div(found.sum(reduced.axes, { keepdim: true }))
          .where(found, 0);
      },
    },
    jvp: ({ x: t }, { x, output }, reduced) => {
      const found = x.eq(restored(output, x, reduced));
      const share = t?.div(found.sum(reduced.axes, { keepdim: true })).where(found, 0);
      return share ? share.sum(reduced.axes, { keepdim: reduced.keepdim }) : null;
    },
  });

const amaxOp = /* @__PURE__ */ extreme('amax');
const aminOp = /* @__PURE__ */ extreme('amin');

/**
 * The largest element over all axes, or over `dim`. Derivative: 1 for that element, 0 for the others. Kinks: equal ones
 * share the gradient evenly. Errors: IndexError and ShapeError for `dim`, and for an axis of length 0. PyTorch: `torch.amax`.
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
export const amaxRefusals: Refusals = (s) => [...axesRefusals(s), ...emptyRefusals(s)];

/**
 * The smallest element over all axes, or over `dim`. Derivative: 1 for that element, 0 for the others. Kinks: equal ones
 * share the gradient evenly. Errors: IndexError and ShapeError for `dim`, and for an axis of length 0. PyTorch: `torch.amin`.
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
export const aminRefusals = amaxRefusals;

/**
 * The largest elements along `dim` and their positions. Derivative: 1 for that element, 0 for the others; none for the
 * positions. Kinks: of equal ones the first is taken, and gets the gradient. Errors: IndexError for `dim`; ShapeError for an
 * axis of length 0; ArgumentError without `dim`. PyTorch: `torch.max` with `dim`; for the largest of all see {@link amax}.
 *
 * @example
 * ```ts
 * import { max, tensor } from '@tensortape/autograd';
 * console.log(max(tensor([[1, 5], [7, 3]]), 1).indices); // tensor([1, 0], dtype=int32)
 * ```
 */
export function max(x: Tensor, dim: number, options: ReduceOptions = {}): ValuesAndIndices {
  return taken('max', x, dim, options);
}
export const maxSamples: Samples = (s) => {
  const x = s.tensor({ distinct: true });
  return [x, s.dim(x), { keepdim: s.oneOf([true, false]) }];
};
export const maxRefusals: Refusals = (s) => [
  ...oneAxisRefusals(s),
  ...emptyRefusals(s),
  [
    [s.tensorOf([2, 3])],
    'ArgumentError',
    /expected a dim, got undefined; the largest element of all is amax\(x\)/,
  ],
  [
    [s.tensorOf([2]), s.tensorOf([2])],
    'ArgumentError',
    /got a tensor; .* larger of two tensors maximum\(a, b\)/,
  ],
];

/**
 * The smallest elements along `dim` and their positions. Derivative: 1 for that element, 0 for the others; none for the
 * positions. Kinks: of equal ones the first is taken, and gets the gradient. Errors: IndexError for `dim`; ShapeError for an
 * axis of length 0; ArgumentError without `dim`. PyTorch: `torch.min` with `dim`; for the smallest of all see {@link amin}.
 *
 * @example
 * ```ts
 * import { min, tensor } from '@tensortape/autograd';
 * console.log(min(tensor([[1, 5], [7, 3]]), 1).values); // tensor([1., 3.])
 * ```
 */
export function min(x: Tensor, dim: number, options: ReduceOptions = {}): ValuesAndIndices {
  return taken('min', x, dim, options);
}
export const minSamples = maxSamples;
export const minRefusals: Refusals = (s) => [
  ...oneAxisRefusals(s),
  ...emptyRefusals(s),
  [
    [s.tensorOf([2, 3])],
    'ArgumentError',
    /expected a dim, got undefined; the smallest element of all is amin\(x\)/,
  ],
  [
    [s.tensorOf([2]), s.tensorOf([2])],
    'ArgumentError',
    /got a tensor; .* smaller of two tensors minimum\(a, b\)/,
  ],
];

const alternatives = {
  max: 'the largest element of all is amax(x), the larger of two tensors maximum(a, b)',
  min: 'the smallest element of all is amin(x), the smaller of two tensors minimum(a, b)',
};

function taken(op: 'max' | 'min', x: Tensor, dim: number, options: ReduceOptions): ValuesAndIndices {
  checkTensor(op, 'x', x);
  if (typeof dim !== 'number')
    throw new ArgumentError(`${op}: expected a dim, got ${kindOf(dim)}; ${alternatives[op]}`);
  const { axes, keepdim } = nonEmpty(op, x, reduction(op, x, dim, options));
  const axis = axes[0] ?? 0;
  const found = kernels.argReduce(
    op === 'max' ? 'argmax' : 'argmin',
    x.ndim === 0 ? x.reshape([1]) : x,
    axis,
  );
  const indices = wrap(found, 'int32', reducedShape(x.shape, axes, true));
  const values = x.gather(axis, indices);
  return keepdim || x.ndim === 0
    ? { values, indices }
    : { values: values.squeeze(axis), indices: indices.squeeze(axis) };
}

/**
 * Positions (int32) of the largest element along `dim`, or in the flattened tensor; of equal ones the first. Derivative: none,
 * positions are integers. Errors: IndexError for `dim`; ShapeError for an axis of length 0; DTypeError for bool.
 * PyTorch: `torch.argmax`.
 *
 * @example
 * ```ts
 * import { argmax, tensor } from '@tensortape/autograd';
 * console.log(argmax(tensor([1, 5, 2]))); // tensor(1, dtype=int32)
 * ```
 */
export function argmax(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  return argReduce('argmax', x, dim, options);
}
export const argmaxSamples = /* @__PURE__ */ nonDifferentiable('positions are integers', maxSamples);
export const argmaxRefusals: Refusals = (s) => [
  ...oneAxisRefusals(s),
  ...emptyRefusals(s),
  ...boolRefusals(s),
];

/**
 * Positions (int32) of the smallest element along `dim`, or in the flattened tensor; of equal ones the first. Derivative: none,
 * positions are integers. Errors: IndexError for `dim`; ShapeError for an axis of length 0; DTypeError for bool.
 * PyTorch: `torch.argmin`.
 *
 * @example
 * ```ts
 * import { argmin, tensor } from '@tensortape/autograd';
 * console.log(argmin(tensor([[1, 5], [7, 3]]), 1)); // tensor([0, 1], dtype=int32)
 * ```
 */
export function argmin(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  return argReduce('argmin', x, dim, options);
}
export const argminSamples = argmaxSamples;
export const argminRefusals = argmaxRefusals;

function argReduce(
  op: 'argmax' | 'argmin',
  x: Tensor,
  dim: number | undefined,
  options: ReduceOptions,
): Tensor {
  const { keepdim } = reduction(op, x, dim, options);
  refuseDType(op, x, 'bool');
  const line = dim === undefined || x.ndim === 0 ? x.detach().reshape([-1]) : x;
  const axis = dim === undefined ? 0 : normalizeDim(op, dim, x.ndim);
  nonEmpty(op, line, { axes: [axis], keepdim });
  const all = dim === undefined ? x.shape.map((_, i) => i) : [axis];
  return wrap(kernels.argReduce(op, line, axis), 'int32', reducedShape(x.shape, all, keepdim));
}

/**
 * Whether any element over all axes, or over `dim`, is not zero (bool). Derivative: none, the result is bool.
 * Errors: IndexError and ShapeError for `dim`. PyTorch: `torch.any`, which keeps uint8.
 *
 * @example
 * ```ts
 * import { any, tensor } from '@tensortape/autograd';
 * console.log(any(tensor([false, true]))); // tensor(true)
 * ```
 */
export function any(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  const { axes, keepdim } = reduction('any', x, dim, options);
  return wrap(kernels.reduce('any', x, axes), 'bool', reducedShape(x.shape, axes, keepdim));
}
export const anySamples = /* @__PURE__ */ nonDifferentiable('the result is bool', (s) => {
  const x = s.tensor(s.few);
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
});
export const anyRefusals = axesRefusals;

/**
 * Whether all elements over all axes, or over `dim`, are not zero (bool). Derivative: none, the result is bool.
 * Errors: IndexError and ShapeError for `dim`. PyTorch: `torch.all`, which keeps uint8.
 *
 * @example
 * ```ts
 * import { all, tensor } from '@tensortape/autograd';
 * console.log(all(tensor([[true, true], [false, true]]), 1)); // tensor([ true, false])
 * ```
 */
export function all(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  const { axes, keepdim } = reduction('all', x, dim, options);
  return wrap(kernels.reduce('all', x, axes), 'bool', reducedShape(x.shape, axes, keepdim));
}
export const allSamples = anySamples;
export const allRefusals = axesRefusals;

const cumsumOp = /* @__PURE__ */ linear<number>({
  name: 'cumsum',
  forward: (x, axis) => wrap(kernels.cumsum(x, axis), x.dtype, x.shape),
  transpose: (g, axis) => g.flip(axis).cumsum(axis).flip(axis),
});

/**
 * Running sums along `dim`, y_i = x_0 + … + x_i; bool and uint8 give int32. Derivative: the running sums of the cotangent,
 * from the end. Errors: IndexError for `dim`; DTypeError when an integer sum leaves int32. PyTorch: `torch.cumsum`.
 *
 * @example
 * ```ts
 * import { cumsum, tensor } from '@tensortape/autograd';
 * console.log(cumsum(tensor([1, 2, 3]), 0)); // tensor([1., 3., 6.])
 * ```
 */
export function cumsum(x: Tensor, dim: number): Tensor {
  checkTensor('cumsum', 'x', x);
  const wide = x.dtype === 'bool' || x.dtype === 'uint8' ? x.to('int32') : x;
  return cumsumOp(wide, normalizeDim('cumsum', dim, x.ndim));
}
export const cumsumSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dim(x)];
};
export const cumsumRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [
    [s.index([2], 1).add(2147483647), 0],
    'DTypeError',
    /the result 4294967294 does not fit int32; convert first/,
  ],
];

function spread(op: 'variance' | 'std', x: Tensor, dim: Dims | undefined, options: VarianceOptions): Tensor {
  const { axes, keepdim } = reduction(op, x, dim, options, ['keepdim', 'correction']);
  const { correction = 1 } = options;
  refuseDType(op, x, 'integers');
  if (typeof correction !== 'number')
    throw new ArgumentError(`${op}: correction must be a number, got ${kindOf(correction)}`);
  const centred = x.sub(mean(x, axes, { keepdim: true }));
  return sum(centred.square(), axes, { keepdim }).div(Math.max(0, countOf(x, axes) - correction));
}

function countOf(x: Tensor, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => x.shape[axis]!));
}

function nonEmpty(op: string, x: Tensor, reduced: Reduction): Reduction {
  if (reduced.axes.some((axis) => x.shape[axis] === 0)) {
    throw new ShapeError(
      `${op}: an axis of length 0 of shape ${formatShape(x.shape)} has no extreme element`,
    );
  }
  return reduced;
}

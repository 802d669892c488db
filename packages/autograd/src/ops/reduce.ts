import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { linear } from '../tape/shorthands.ts';
import { wrap } from '../tensor/core.ts';
import { getDefaultDType, isFloat } from '../tensor/dtype.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import {
  type Dims,
  formatShape,
  normalizeDim,
  normalizeDims,
  reducedShape,
  sizeOf,
} from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { nonDifferentiable, type Samples } from './samples.ts';
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

const reduction = (
  op: string,
  x: Tensor,
  dim: Dims | undefined,
  { keepdim = false }: ReduceOptions,
): Reduction => ({
  axes: normalizeDims(op, dim, x.shape),
  keepdim,
});

/** The result of a reduction with its axes back at length 1. */
const restored = (y: Tensor, x: { readonly shape: readonly number[] }, { axes }: Reduction): Tensor =>
  y.reshape(reducedShape(x.shape, axes, true));

const sumOp = /* @__PURE__ */ linear<Reduction>({
  name: 'sum',
  forward: (x, { axes, keepdim }) =>
    wrap(kernels.reduce('sum', x, axes), x.dtype, reducedShape(x.shape, axes, keepdim)),
  transpose: (g, reduced, like) => restored(g, like, reduced).expand(like.shape),
});

/**
 * The sum over all axes, or over `dim`. float32 sums are accumulated in float64, float64 sums pairwise. bool and uint8
 * give int32. Derivative: 1 for every element. PyTorch: `torch.sum`.
 *
 * @example
 * ```ts
 * import { sum, tensor } from '@tensortape/autograd';
 * console.log(sum(tensor([[1, 2], [3, 4]]), 0)); // tensor([4., 6.])
 * ```
 */
export function sum(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  const wide = x.dtype === 'bool' || x.dtype === 'uint8' ? x.to('int32') : x;
  return sumOp(wide, reduction('sum', x, dim, options));
}
export const sumSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
};

/**
 * The mean over all axes, or over `dim`. Derivative: 1 / n. PyTorch: `torch.mean`. Errors: DTypeError for integers.
 *
 * @example
 * ```ts
 * import { mean, tensor } from '@tensortape/autograd';
 * console.log(mean(tensor([[1, 2], [3, 4]]), 1)); // tensor([1.5000, 3.5000])
 * ```
 */
export function mean(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  requireFloat('mean', x);
  return sum(x, dim, options).div(countOf('mean', x, dim));
}
export const meanSamples = sumSamples;

/** Options of {@link variance} and {@link std}. */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the number of elements in the divisor: 1 (the default) for the unbiased estimate, 0 for the plain mean. */
  readonly correction?: number;
}

/**
 * The variance over all axes, or over `dim`: sum (x - mean)^2 / (n - correction), computed in two passes.
 * PyTorch: `torch.var`. Errors: DTypeError for integers.
 *
 * @example
 * ```ts
 * import { tensor, variance } from '@tensortape/autograd';
 * console.log(variance(tensor([1, 2, 3]))); // tensor(1.)
 * ```
 */
export function variance(
  x: Tensor,
  dim?: Dims,
  { correction = 1, keepdim = false }: VarianceOptions = {},
): Tensor {
  requireFloat('var', x);
  const centred = x.sub(mean(x, dim, { keepdim: true }));
  return sum(centred.square(), dim, { keepdim }).div(Math.max(0, countOf('var', x, dim) - correction));
}
export const varianceSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[3], [2, 3], [4, 2, 2]]), { distinct: true });
  return [x, s.oneOf([undefined, 0]), { keepdim: s.oneOf([true, false]), correction: s.oneOf([0, 1]) }];
};

/**
 * The standard deviation: the square root of {@link variance}. Derivative: 0 where it is 0. PyTorch: `torch.std`.
 *
 * @example
 * ```ts
 * import { std, tensor } from '@tensortape/autograd';
 * console.log(std(tensor([1, 2, 3]))); // tensor(1.)
 * ```
 */
export function std(x: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  const v = variance(x, dim, options);
  const positive = v.ne(0);
  return v.where(positive, 1).sqrt().where(positive, 0);
}
export const stdSamples = varianceSamples;

/**
 * The product over all axes, or over `dim`, multiplied pairwise: so its derivatives of every order hold where elements
 * are zero. bool and uint8 give int32. PyTorch: `torch.prod`. Errors: DTypeError when an integer product leaves int32.
 *
 * @example
 * ```ts
 * import { prod, tensor } from '@tensortape/autograd';
 * console.log(prod(tensor([2, 3, 4]))); // tensor(24.)
 * ```
 */
export function prod(x: Tensor, dim?: number, { keepdim = false }: ReduceOptions = {}): Tensor {
  const axes = normalizeDims('prod', dim, x.shape);
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
 * The largest element over all axes, or over `dim`; equal ones share the gradient evenly. PyTorch: `torch.amax`.
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

/**
 * The smallest element over all axes, or over `dim`; equal ones share the gradient evenly. PyTorch: `torch.amin`.
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

/**
 * The largest elements along `dim` and their positions; of equal ones the first is taken, and gets the gradient.
 * PyTorch: `torch.max(x, dim)`; for the largest of all see {@link amax}.
 *
 * @example
 * ```ts
 * import { max, tensor } from '@tensortape/autograd';
 * console.log(max(tensor([[1, 5], [7, 3]]), 1).indices); // tensor([1, 0], dtype=int32)
 * ```
 */
export function max(x: Tensor, dim: number, options: ReduceOptions = {}): ValuesAndIndices {
  return taken(x, argmax(x, dim, { keepdim: true }), normalizeDim('max', dim, x.ndim), options);
}
export const maxSamples: Samples = (s) => {
  const x = s.tensor({ distinct: true });
  return [x, s.dim(x), { keepdim: s.oneOf([true, false]) }];
};

/**
 * The smallest elements along `dim` and their positions, as {@link max}. PyTorch: `torch.min(x, dim)`.
 *
 * @example
 * ```ts
 * import { min, tensor } from '@tensortape/autograd';
 * console.log(min(tensor([[1, 5], [7, 3]]), 1).values); // tensor([1., 3.])
 * ```
 */
export function min(x: Tensor, dim: number, options: ReduceOptions = {}): ValuesAndIndices {
  return taken(x, argmin(x, dim, { keepdim: true }), normalizeDim('min', dim, x.ndim), options);
}
export const minSamples = maxSamples;

function taken(
  x: Tensor,
  indices: Tensor,
  dim: number,
  { keepdim = false }: ReduceOptions,
): ValuesAndIndices {
  const values = x.gather(dim, indices);
  return keepdim || x.ndim === 0
    ? { values, indices }
    : { values: values.squeeze(dim), indices: indices.squeeze(dim) };
}

/**
 * Positions (int32) of the largest element along `dim`, or in the flattened tensor. PyTorch: `torch.argmax`.
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

/**
 * Positions (int32) of the smallest element along `dim`, or in the flattened tensor. PyTorch: `torch.argmin`.
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
 * Whether any element over all axes, or over `dim`, is not zero (bool). PyTorch: `torch.any`.
 *
 * @example
 * ```ts
 * import { any, tensor } from '@tensortape/autograd';
 * console.log(any(tensor([false, true]))); // tensor(true)
 * ```
 */
export function any(x: Tensor, dim?: Dims, { keepdim = false }: ReduceOptions = {}): Tensor {
  const axes = normalizeDims('any', dim, x.shape);
  return wrap(kernels.reduce('any', x, axes), 'bool', reducedShape(x.shape, axes, keepdim));
}
export const anySamples = /* @__PURE__ */ nonDifferentiable('the result is bool', (s) => {
  const x = s.tensor(s.few);
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
});

/**
 * Whether all elements over all axes, or over `dim`, are not zero (bool). PyTorch: `torch.all`.
 *
 * @example
 * ```ts
 * import { all, tensor } from '@tensortape/autograd';
 * console.log(all(tensor([[true, true], [false, true]]), 1)); // tensor([ true, false])
 * ```
 */
export function all(x: Tensor, dim?: Dims, { keepdim = false }: ReduceOptions = {}): Tensor {
  const axes = normalizeDims('all', dim, x.shape);
  return wrap(kernels.reduce('all', x, axes), 'bool', reducedShape(x.shape, axes, keepdim));
}
export const allSamples = anySamples;

const cumsumOp = /* @__PURE__ */ linear<number>({
  name: 'cumsum',
  forward: (x, axis) => wrap(kernels.cumsum(x, axis), x.dtype, x.shape),
  transpose: (g, axis) => g.flip(axis).cumsum(axis).flip(axis),
});

/**
 * Running sums along `dim`. Derivative: the running sums of the cotangent, from the end. PyTorch: `torch.cumsum`.
 *
 * @example
 * ```ts
 * import { cumsum, tensor } from '@tensortape/autograd';
 * console.log(cumsum(tensor([1, 2, 3]), 0)); // tensor([1., 3., 6.])
 * ```
 */
export function cumsum(x: Tensor, dim: number): Tensor {
  const wide = x.dtype === 'bool' || x.dtype === 'uint8' ? x.to('int32') : x;
  return cumsumOp(wide, normalizeDim('cumsum', dim, x.ndim));
}
export const cumsumSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dim(x)];
};

function countOf(op: string, x: Tensor, dim: Dims | undefined): number {
  return sizeOf(normalizeDims(op, dim, x.shape).map((axis) => x.shape[axis]!));
}

function requireFloat(op: string, x: Tensor): void {
  if (!isFloat(x.dtype)) {
    throw new DTypeError(
      `${op}: expected a floating point tensor, got ${x.dtype}; convert it with .to('${getDefaultDType()}')`,
    );
  }
}

function nonEmpty(op: string, x: Tensor, reduced: Reduction): Reduction {
  if (reduced.axes.some((axis) => x.shape[axis] === 0)) {
    throw new ShapeError(
      `${op}: an axis of length 0 of shape ${formatShape(x.shape)} has no extreme element`,
    );
  }
  return reduced;
}

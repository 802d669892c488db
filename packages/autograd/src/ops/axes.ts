import { defineOp } from '../tape/defineOp.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { checkDType, type DType, getDefaultDType, isFloat } from '../tensor/dtype.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { type Dims, formatShape, normalizeDims, reducedShape, type Shape, sizeOf } from '../tensor/shape.ts';
import type { Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { where } from './compare.ts';
import type { ReduceOptions, ValuesAndIndices } from './reduce.ts';

// What operations along axes share: which axes are meant, and how their results get them back.

/** Over which axes an operation reduces, and whether they stay. */
export interface Reduction {
  readonly axes: readonly number[];
  readonly keepdim: boolean;
}

/** The axes meant by `dim`. As in PyTorch, an empty list means all of them. */
export function reduction(
  op: string,
  x: Tensor,
  dim: Dims | undefined,
  options: ReduceOptions,
  known: readonly string[] = ['keepdim'],
): Reduction {
  checkTensor(op, 'x', x);
  checkOptions(op, options, known);
  const none = Array.isArray(dim) && dim.length === 0;
  return { axes: normalizeDims(op, none ? undefined : dim, x.shape), keepdim: options.keepdim ?? false };
}

/** The number of elements that are reduced to one. */
export function countOf(x: { readonly shape: Shape }, { axes }: Reduction): number {
  return sizeOf(axes.map((axis) => x.shape[axis]!));
}

/** The result of a reduction with its axes back at length 1. */
export function restored(y: Tensor, x: { readonly shape: Shape }, { axes }: Reduction): Tensor {
  return y.reshape(reducedShape(x.shape, axes, true));
}

/** A kernel's result as a reduction of `x`. */
export function reduced(storage: Storage, x: Tensor, { axes, keepdim }: Reduction): Tensor {
  return wrap(storage, x.dtype, reducedShape(x.shape, axes, keepdim));
}

/** The sum of `t` over the axes of a reduction. */
export function summed(t: Tensor, { axes, keepdim }: Reduction): Tensor {
  return t.sum(axes, { keepdim });
}

/** Elements and their positions along an axis, from positions that keep the axis at length 1. */
export function taken(
  x: Tensor,
  indices: Tensor,
  axis: number,
  { keepdim = false }: ReduceOptions,
): ValuesAndIndices {
  const values = x.gather(axis, indices);
  return keepdim || x.ndim === 0
    ? { values, indices }
    : { values: values.squeeze(axis), indices: indices.squeeze(axis) };
}

/**
 * Declares a function that picks one element of all; equal ones, or where it is NaN all NaN, share its gradient evenly.
 */
export function pickOfAll(name: string, pick: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  const share = (t: Tensor, x: Tensor, output: Tensor) => {
    const found = x.eq(output).logicalOr(x.isnan().logicalAnd(output.isnan()));
    return t.div(found.sum()).where(found, 0);
  };
  const op = defineOp({
    name,
    inputs: ['x'],
    saves: ['x', 'output'],
    forward: ({ x }) => pick(x),
    vjp: { x: (g, { x, output }) => share(g, x, output) },
    jvp: ({ x: t }, { x, output }) => t && share(t, x, output).sum(),
  });
  return (x) => op({ x });
}

/** NaN where `y` is NaN, 0 elsewhere: the share of an element that was not found because nothing equals NaN. */
export function nanWhereNan(y: Tensor): Tensor {
  return where(y.isnan(), Number.NaN, 0).to(y.dtype);
}

/** `x` in the dtype of the `dtype` option, if there is one. */
export function inDType(op: string, x: Tensor, dtype: DType | undefined): Tensor {
  return dtype === undefined ? x : x.to(checkDType(dtype, op));
}

/** Integers that a sum or product leaves: int32 instead of bool and uint8. */
export function widened(x: Tensor): Tensor {
  return x.dtype === 'bool' || x.dtype === 'uint8' ? x.to('int32') : x;
}

/** `x`, or `x` promoted to the default floating point dtype. */
export function floating(x: Tensor): Tensor {
  return isFloat(x.dtype) ? x : x.to(getDefaultDType());
}

/** Refuses integers. */
export function requireFloat(op: string, x: Tensor, what = ''): void {
  if (!isFloat(x.dtype)) {
    throw new DTypeError(
      `${op}: expected a floating point ${what || 'tensor'}, got ${x.dtype}; convert it with .to('${getDefaultDType()}')`,
    );
  }
}

/** Refuses to reduce over nothing. */
export function nonEmpty(op: string, x: Tensor, over: Reduction, what = 'extreme element'): Reduction {
  if (over.axes.some((axis) => x.shape[axis] === 0)) {
    throw new ShapeError(`${op}: an axis of length 0 of shape ${formatShape(x.shape)} has no ${what}`);
  }
  return over;
}

import { kernels } from '../kernels/select.ts';
import type { Operand } from '../tape/shorthands.ts';
import { checkOperand } from '../tensor/check.ts';
import { constant, wrap, wrapView } from '../tensor/core.ts';
import { category, storable } from '../tensor/dtype.ts';
import { DTypeError, IndexError, ShapeError } from '../tensor/errors.ts';
import { formatPosition, formatShape, normalizeDim, type Shape, sizeOf } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import { contiguousStrides } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';

/** Refuses an index that is not int32. */
export function requireIndex(op: string, index: Tensor): void {
  if (index.dtype === 'int32') return;
  const remedy =
    index.dtype === 'bool'
      ? 'a mask picks elements with at() or maskedSelect()'
      : "make it with { dtype: 'int32' } or convert it with .to('int32')";
  throw new DTypeError(`${op}: the index has dtype ${index.dtype}, expected int32; ${remedy}`);
}

/** Which positions an operation takes: counted from the start only, or from either end. */
export type Counting = 'fromStart' | 'fromEither';

/** Refuses positions that do not lie on an axis of `length`, naming the first one and where it stands in the index. */
export function requireWithin(
  op: string,
  index: Tensor,
  length: number,
  axis: string,
  counting: Counting = 'fromStart',
): void {
  const at = kernels.firstOutside(index, counting === 'fromStart' ? 0 : -length, length - 1);
  if (at < 0) return;
  const place = index.ndim === 0 ? '' : ` (at ${formatPosition(index.shape, at)} of the index)`;
  const value = index.toTypedArray()[at]!;
  const note = value < 0 && counting === 'fromStart' ? '; it counts from the start only' : '';
  throw new IndexError(
    `${op}: index ${value} is out of bounds for ${axis} with length ${length}${place}${note}`,
  );
}

/** The valid positions of an index along an axis of `length`, row-major and counted from the start. */
export function positionsFrom(
  op: string,
  index: Tensor,
  length: number,
  axis: string,
  counting: Counting = 'fromStart',
): Tensor {
  requireIndex(op, index);
  requireWithin(op, index, length, axis, counting);
  return wrap(kernels.fromStart(index, length), 'int32', index.shape);
}

/** Positions along several axes, broadcast to one shape, as `Selection.positions` wants them. */
export function stackPositions(positions: readonly Tensor[], shape: Shape): Tensor {
  const size = sizeOf(shape);
  const stacked = wrap(new Storage(allocate('int32', positions.length * size)), 'int32', [
    positions.length,
    ...shape,
  ]);
  const strides = contiguousStrides(shape);
  positions.forEach((row, j) => {
    kernels.assign(wrapView(stacked, { shape, strides, offset: j * size }), row.expand(shape));
  });
  return stacked;
}

/** 0, 1, 2, … in row-major order (int32). */
export function ordinals(shape: Shape): Tensor {
  const array = allocate('int32', sizeOf(shape));
  for (let i = 0; i < array.length; i++) array[i] = i;
  return wrap(new Storage(array), 'int32', shape);
}

/** Positions as a tensor of one axis. */
export function vector(values: Int32Array): Tensor {
  const array = allocate('int32', values.length);
  array.set(values);
  return wrap(new Storage(array), 'int32', [values.length]);
}

/** Where the elements of a mask are true: one int32 row of positions for each axis, of shape (axes, count). */
export function positionsOf(mask: Tensor): Tensor {
  const x = mask.ndim === 0 ? mask.reshape([1]) : mask;
  const storage = kernels.nonzero(x);
  return wrap(storage, 'int32', [x.ndim, storage.array.length / x.ndim]);
}

/** Refuses an index that does not fit x, as gather and scatter use it; the axis, counted from the front. */
export function checkIndex(op: string, x: Tensor, dim: number, index: Tensor): number {
  const axis = normalizeDim(op, dim, x.ndim);
  requireIndex(op, index);
  const rank = (shape: Shape) => Math.max(shape.length, 1);
  const fits =
    rank(index.shape) === rank(x.shape) &&
    index.shape.every((length, i) => i === axis || length <= (x.shape[i] ?? 1));
  if (!fits) {
    throw new ShapeError(
      `${op}: an index of shape ${formatShape(index.shape)} does not fit ${formatShape(x.shape)}: ranks must be equal, ` +
        `and no axis but dim ${axis} may be longer`,
    );
  }
  requireWithin(op, index, x.shape[axis] ?? 1, `dim ${axis}`);
  return axis;
}

/** A number, or a tensor without axes, as a value for elements of `x`. */
export function valueFor(op: string, x: Tensor, value: Operand): Tensor {
  checkOperand(op, 'value', value);
  if (typeof value === 'number') return constant(storable(op, value, x.dtype), x.dtype, []);
  if (value.ndim > 0) {
    throw new ShapeError(
      `${op}: the value must be a number or a tensor of shape (), got shape ${formatShape(value.shape)}`,
    );
  }
  if (category(value.dtype) > category(x.dtype)) {
    throw new DTypeError(
      `${op}: the value is ${value.dtype} and does not fit x of ${x.dtype}; convert one with .to()`,
    );
  }
  return value.to(x.dtype);
}

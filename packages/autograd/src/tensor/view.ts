import type { DType } from './dtype.ts';
import { IndexError, ShapeError } from './errors.ts';
import { checkList, formatShape, type Shape, sizeOf } from './shape.ts';
import type { Storage } from './storage.ts';

/** Which elements of a storage a tensor shows: element (i, j, …) stands at offset + i * strides[0] + j * strides[1] + … */
export interface Layout {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/** A layout over a storage: what kernels read. */
export interface View extends Layout {
  readonly storage: Storage;
  readonly dtype: DType;
  readonly size: number;
  /** Whether the elements stand next to each other in row-major order. */
  readonly isContiguous: boolean;
}

const scalarStrides: Shape = Object.freeze([]);
const vectorStrides: Shape = Object.freeze([1]);

/** The strides of a row-major array of this shape. */
export function contiguousStrides(shape: Shape): Shape {
  if (shape.length === 0) return scalarStrides;
  if (shape.length === 1) return vectorStrides;
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(shape[i]!, 1);
  }
  return strides;
}

/** Whether these strides walk a shape in row-major order without gaps. */
export function isRowMajor(shape: Shape, strides: Shape): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const length = shape[i]!;
    if (length !== 1 && strides[i] !== step) return shape.includes(0);
    step *= length;
  }
  return true;
}

/** A view of a storage; row-major from `offset` on unless strides are given. */
export function viewOf(storage: Storage, dtype: DType, shape: Shape, strides?: Shape, offset = 0): View {
  return {
    storage,
    dtype,
    shape,
    strides: strides ?? contiguousStrides(shape),
    offset,
    size: sizeOf(shape),
    isContiguous: strides === undefined || isRowMajor(shape, strides),
  };
}

/** Axes in a new order. */
export function permuted(x: Layout, order: readonly number[]): Layout {
  return {
    shape: order.map((axis) => x.shape[axis]!),
    strides: order.map((axis) => x.strides[axis]!),
    offset: x.offset,
  };
}

/** Two axes exchanged. */
export function transposed(x: Layout, dim0: number, dim1: number): Layout {
  const shape = x.shape.slice();
  const strides = x.strides.slice();
  shape[dim0] = x.shape[dim1]!;
  shape[dim1] = x.shape[dim0]!;
  strides[dim0] = x.strides[dim1]!;
  strides[dim1] = x.strides[dim0]!;
  return { shape, strides, offset: x.offset };
}

/** Axes of length 1, and new leading axes, repeated with stride 0. */
export function expanded(op: string, x: Layout, shape: Shape): Layout {
  const lead = shape.length - x.shape.length;
  const fits =
    lead >= 0 &&
    x.shape.every((length, i) => length === 1 || length === shape[i + lead]) &&
    shape.every((length) => Number.isInteger(length) && length >= 0);
  if (!fits) {
    throw new ShapeError(
      `${op}: shape ${formatShape(x.shape)} does not expand to ${formatShape(shape)}: only axes of length 1 and new leading axes ` +
        'can grow, and -1 stands for the length of an axis that is there',
    );
  }
  const strides = shape.map((length, i) =>
    i < lead || (x.shape[i - lead] === 1 && length !== 1) ? 0 : x.strides[i - lead]!,
  );
  return { shape, strides, offset: x.offset };
}

/** Positions start, start + step, … before stop along one axis. */
export function sliced(x: Layout, dim: number, start: number, stop: number, step: number): Layout {
  const shape = x.shape.slice();
  const strides = x.strides.slice();
  shape[dim] = Math.max(0, Math.ceil((stop - start) / step));
  strides[dim] = x.strides[dim]! * step;
  return { shape, strides, offset: shape[dim] === 0 ? x.offset : x.offset + start * x.strides[dim]! };
}

/** One position along an axis, which disappears. */
export function selected(op: string, x: Layout, dim: number, index: number): Layout {
  const length = x.shape[dim]!;
  if (!Number.isInteger(index) || index < -length || index >= length) {
    throw new IndexError(`${op}: index ${index} is out of bounds for dim ${dim} with length ${length}`);
  }
  const position = index < 0 ? index + length : index;
  return {
    shape: x.shape.filter((_, axis) => axis !== dim),
    strides: x.strides.filter((_, axis) => axis !== dim),
    offset: x.offset + position * x.strides[dim]!,
  };
}

/** The diagonal of two axes, as a new last axis; positive offsets lie above the main diagonal. */
export function diagonalOf(x: Layout, offset: number, dim0: number, dim1: number): Layout {
  const rows = x.shape[dim0]! + Math.min(offset, 0);
  const columns = x.shape[dim1]! - Math.max(offset, 0);
  const length = Math.max(0, Math.min(rows, columns));
  const rest = x.shape.map((_, axis) => axis).filter((axis) => axis !== dim0 && axis !== dim1);
  const start = offset >= 0 ? offset * x.strides[dim1]! : -offset * x.strides[dim0]!;
  return {
    shape: [...rest.map((axis) => x.shape[axis]!), length],
    strides: [...rest.map((axis) => x.strides[axis]!), x.strides[dim0]! + x.strides[dim1]!],
    offset: length === 0 ? x.offset : x.offset + start,
  };
}

/** The same elements under another shape without moving them, or null where strides cannot express it. */
export function reshaped(x: Layout, shape: Shape): Layout | null {
  if (isRowMajor(x.shape, x.strides)) return { shape, strides: contiguousStrides(shape), offset: x.offset };
  const strides = new Array<number>(shape.length);
  const from = x.shape
    .map((length, axis) => ({ length, stride: x.strides[axis]! }))
    .filter(({ length }) => length !== 1);
  let axis = shape.length - 1;
  let last = from.length - 1;
  while (last >= 0) {
    let block = from[last]!.length;
    let step = from[last]!.stride;
    while (last > 0 && from[last - 1]!.stride === from[last]!.stride * from[last]!.length)
      block *= from[--last]!.length;
    last--;
    while (axis >= 0 && (block > 1 || shape[axis] === 1)) {
      const length = shape[axis]!;
      if (block % length !== 0) return null;
      strides[axis] = step;
      step *= length;
      block /= length;
      axis--;
    }
    if (block !== 1) return null;
  }
  for (; axis >= 0; axis--) strides[axis] = 1;
  return { shape, strides, offset: x.offset };
}

/** A requested shape with its -1 resolved, checked against the number of elements. */
export function resolveShape(op: string, shape: Shape, from: Shape): Shape {
  checkList(op, 'shape', shape);
  const size = sizeOf(from);
  const unknown = shape.indexOf(-1);
  const known = shape.reduce((product, length) => (length === -1 ? product : product * length), 1);
  const valid = shape.every((length, axis) => (Number.isInteger(length) && length >= 0) || axis === unknown);
  const resolved =
    unknown >= 0 && known > 0 ? shape.map((length) => (length === -1 ? size / known : length)) : shape;
  if (
    !valid ||
    !resolved.every(Number.isInteger) ||
    sizeOf(resolved) !== size ||
    (unknown >= 0 && known === 0)
  ) {
    throw new ShapeError(
      `${op}: shape ${formatShape(shape)} does not hold the ${size} elements of a tensor of shape ${formatShape(from)}`,
    );
  }
  return resolved;
}

import { ArgumentError, IndexError, ShapeError } from './errors.ts';
import { kindOf } from './kind.ts';

/** The lengths of a tensor's axes, outermost first. */
export type Shape = readonly number[];

/** One axis, or several; negative ones count from the end. */
export type Dims = number | readonly number[];

/** The number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return size;
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A shape as text: `(2, 3)`, `(5,)`, `()`. */
export function formatShape(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

/** @internal The position of a row-major index as text: `[1, 2]`, or nothing where there are no axes. */
export function formatPosition(shape: Shape, index: number): string {
  if (shape.length === 0) return '';
  let rest = index;
  const position = shape.toReversed().map((length) => {
    const at = rest % length;
    rest = (rest - at) / length;
    return at;
  });
  return `[${position.reverse().join(', ')}]`;
}

/** Refuses what is not a list: `reshape(x, 2)` for `reshape(x, [2])`. */
export function checkList(op: string, argument: string, value: unknown): asserts value is readonly unknown[] {
  if (Array.isArray(value)) return;
  throw new ArgumentError(
    `${op}: ${argument} must be a list of whole numbers such as [2, 3], got ${kindOf(value)}`,
  );
}

/** Refuses lengths that are negative, fractional or too many for a typed array. */
export function checkShape(op: string, shape: Shape): Shape {
  checkList(op, 'shape', shape);
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new ShapeError(`${op}: ${formatShape(shape)} is not a shape: lengths are whole numbers >= 0`);
    }
  }
  if (sizeOf(shape) > 2 ** 32)
    throw new ShapeError(`${op}: shape ${formatShape(shape)} has more than 2^32 elements`);
  return shape;
}

/** The shape that two shapes broadcast to, by NumPy's rule. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const x = a[a.length - i] ?? 1;
    const y = b[b.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(
        `${op}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: axis ${-i} has lengths ${x} and ${y}; ` +
          'equal lengths, or a length of 1, are needed (reshape or unsqueeze one operand)',
      );
    }
    out[rank - i] = x === 1 ? y : x;
  }
  return out;
}

/** The leading axes that two batches of matrices broadcast to. */
export function broadcastBatches(op: string, a: Shape, b: Shape): Shape {
  const [left, right] = [a.slice(0, -2), b.slice(0, -2)];
  const clashes = left.some((length, i) => {
    const other = right[i + right.length - left.length] ?? 1;
    return length !== other && length !== 1 && other !== 1;
  });
  if (clashes) {
    throw new ShapeError(
      `${op}: the leading axes of shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: equal lengths, or a length ` +
        'of 1, are needed',
    );
  }
  return broadcastShapes(op, left, right);
}

/** An axis counted from the front; negative ones count from the end. */
export function normalizeDim(op: string, dim: number, rank: number): number {
  const bound = Math.max(rank, 1);
  if (typeof dim !== 'number') {
    throw new IndexError(`${op}: expected a dim from ${-bound} to ${bound - 1}, got ${kindOf(dim)}`);
  }
  if (!Number.isInteger(dim) || dim < -bound || dim >= bound) {
    throw new IndexError(
      `${op}: dim ${dim} is out of range for a tensor of ${rank} dimensions [${-bound}, ${bound - 1}]`,
    );
  }
  return dim < 0 ? dim + bound : dim;
}

/** Axes counted from the front, in ascending order, without repeats; none given means all. */
export function normalizeDims(op: string, dims: Dims | undefined, shape: Shape): readonly number[] {
  if (dims === undefined) return shape.map((_, axis) => axis);
  if (typeof dims === 'number') {
    const axis = normalizeDim(op, dims, shape.length);
    return shape.length === 0 ? [] : [axis];
  }
  if (!Array.isArray(dims)) {
    throw new ArgumentError(`${op}: expected a dim or a list of dims, got ${kindOf(dims)}`);
  }
  const list: readonly number[] = dims;
  const axes = list.map((dim) => normalizeDim(op, dim, shape.length));
  if (new Set(axes).size !== axes.length) {
    throw new ShapeError(
      `${op}: dim ${axes.find((axis, i) => axes.indexOf(axis) !== i)} appears twice in [${list.join(', ')}] of a tensor of shape ${formatShape(shape)}`,
    );
  }
  return shape.length === 0 ? [] : axes.sort((a, b) => a - b);
}

/** The shape left when `axes` are reduced: dropped, or kept with length 1. */
export function reducedShape(shape: Shape, axes: readonly number[], keepdim: boolean): Shape {
  if (keepdim) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

import { wrap } from '../tensor/core.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { type Dims, formatShape, normalizeDim } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Samples } from './samples.ts';
import { cat, expand, narrow, reshape, slice } from './shape.ts';

// Compositions of views, copies and selections: their derivatives follow from those.

/**
 * Views of consecutive parts along `dim`: of `sizes` positions each (the last may be shorter), or of the given numbers
 * of positions. PyTorch: `torch.split`. Errors: ArgumentError when the numbers do not add up to the axis.
 *
 * @example
 * ```ts
 * import { split, tensor } from '@tensortape/autograd';
 * console.log(split(tensor([1, 2, 3, 4, 5]), 2).map((part) => part.toArray())); // [ [ 1, 2 ], [ 3, 4 ], [ 5 ] ]
 * ```
 */
export function split(x: Tensor, sizes: number | readonly number[], dim = 0): Tensor[] {
  const axis = normalizeDim('split', dim, x.ndim);
  if (x.ndim === 0) throw new ShapeError('split: a 0-dimensional tensor has no axis to split');
  const length = x.shape[axis]!;
  const parts = typeof sizes === 'number' ? evenParts(length, sizes) : sizes;
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total !== length || parts.some((part) => !Number.isInteger(part) || part < 0)) {
    throw new ArgumentError(
      `split: parts of [${parts.join(', ')}] positions do not make up the ${length} of dim ${dim} of shape ${formatShape(x.shape)}`,
    );
  }
  let start = 0;
  return parts.map((part) => {
    start += part;
    return narrow(x, axis, start - part, part);
  });
}
export const splitSamples: Samples = (s) => [
  s.tensorOf([3, 5]),
  s.oneOf<number | readonly number[]>([2, 5, 9, [1, 0, 4]]),
  1,
];

function evenParts(length: number, size: number): number[] {
  if (!Number.isInteger(size) || size < 1) {
    throw new ArgumentError(`split: the size of a part must be a whole number >= 1, got ${size}`);
  }
  const count = Math.max(1, Math.ceil(length / size));
  return Array.from({ length: count }, (_, i) => Math.min(size, length - i * size));
}

/**
 * Views of `chunks` parts along `dim`, all but the last of one size; fewer parts where the axis is too short.
 * PyTorch: `torch.chunk`. Errors: ArgumentError unless `chunks` is a whole number >= 1.
 *
 * @example
 * ```ts
 * import { chunk, tensor } from '@tensortape/autograd';
 * console.log(chunk(tensor([1, 2, 3, 4, 5]), 2).map((part) => part.toArray())); // [ [ 1, 2, 3 ], [ 4, 5 ] ]
 * ```
 */
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  if (!Number.isInteger(chunks) || chunks < 1) {
    throw new ArgumentError(`chunk: the number of chunks must be a whole number >= 1, got ${chunks}`);
  }
  const length = x.shape[normalizeDim('chunk', dim, x.ndim)] ?? 0;
  if (length === 0) return Array.from({ length: chunks }, () => split(x, 1, dim)[0]!);
  return split(x, Math.ceil(length / chunks), dim);
}
export const chunkSamples: Samples = (s) => [s.tensorOf([5, 2]), s.integer(1, 6), s.oneOf([0, -1])];

/**
 * A copy in which axis i comes `repeats[i]` times, one after the other; more numbers than axes make new leading axes.
 * Derivative: the sum over the copies. PyTorch: `Tensor.repeat`.
 *
 * Errors: ShapeError for fewer numbers than axes; ArgumentError unless they are whole numbers >= 0.
 *
 * @example
 * ```ts
 * import { repeat, tensor } from '@tensortape/autograd';
 * console.log(repeat(tensor([1, 2]), [2, 2]).toArray()); // [ [ 1, 2, 1, 2 ], [ 1, 2, 1, 2 ] ]
 * ```
 */
export function repeat(x: Tensor, repeats: readonly number[]): Tensor {
  const lead = repeats.length - x.ndim;
  if (lead < 0) {
    throw new ShapeError(
      `repeat: got ${repeats.length} numbers for the ${x.ndim} axes of shape ${formatShape(x.shape)}`,
    );
  }
  const odd = repeats.find((count) => !Number.isInteger(count) || count < 0);
  if (odd !== undefined) throw new ArgumentError(`repeat: repeats must be whole numbers >= 0, got ${odd}`);
  const shape = repeats.map((_, axis) => x.shape[axis - lead] ?? 1);
  const apart = reshape(
    x,
    shape.flatMap((length) => [1, length]),
  );
  const grown = expand(
    apart,
    shape.flatMap((length, axis) => [repeats[axis]!, length]),
  );
  return reshape(
    grown,
    shape.map((length, axis) => length * repeats[axis]!),
  );
}
export const repeatSamples: Samples = (s) => [
  s.tensorOf(s.oneOf([[2], [1, 2], [2, 1]])),
  s.oneOf([
    [2, 3],
    [1, 1],
    [3, 1, 2],
    [2, 0],
  ]),
];

/**
 * As {@link repeat}, but fewer numbers than axes are taken for the last axes. PyTorch: `torch.tile`.
 *
 * @example
 * ```ts
 * import { tensor, tile } from '@tensortape/autograd';
 * console.log(tile(tensor([[1], [2]]), [2]).toArray()); // [ [ 1, 1 ], [ 2, 2 ] ]
 * ```
 */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  const missing = Math.max(0, x.ndim - repeats.length);
  return repeat(x, [...new Array<number>(missing).fill(1), ...repeats]);
}
export const tileSamples: Samples = (s) => [
  s.tensorOf([2, 1, 2]),
  s.oneOf([[2], [2, 1], [1, 2, 3], [2, 1, 1, 2]]),
];

/**
 * A copy with the elements moved by `shifts` positions along `dims`; those pushed off one end come in at the other.
 * Without `dims` the flattened tensor is shifted. PyTorch: `torch.roll`.
 *
 * Errors: ArgumentError when there is not one whole number for each axis.
 *
 * @example
 * ```ts
 * import { roll, tensor } from '@tensortape/autograd';
 * console.log(roll(tensor([1, 2, 3, 4]), 1).toArray()); // [ 4, 1, 2, 3 ]
 * ```
 */
export function roll(x: Tensor, shifts: number | readonly number[], dims?: Dims): Tensor {
  const steps = typeof shifts === 'number' ? [shifts] : shifts;
  if (dims === undefined) {
    if (steps.length !== 1)
      throw new ArgumentError(`roll: without dims one shift is expected, got ${steps.length}`);
    return reshape(roll(reshape(x, [-1]), steps, 0), x.shape);
  }
  const axes = (typeof dims === 'number' ? [dims] : dims).map((dim) => normalizeDim('roll', dim, x.ndim));
  if (axes.length !== steps.length || !steps.every(Number.isInteger)) {
    throw new ArgumentError(
      `roll: expected a whole number for each of the ${axes.length} dims, got [${steps.join(', ')}]`,
    );
  }
  return axes.reduce((rolled, axis, i) => {
    const length = x.shape[axis] ?? 0;
    const start = length === 0 ? 0 : ((-steps[i]! % length) + length) % length;
    return start === 0 ? rolled : cat([slice(rolled, axis, start), slice(rolled, axis, 0, start)], axis);
  }, x);
}
export const rollSamples: Samples = (s) => [
  s.tensorOf([3, 4]),
  ...s.oneOf<readonly unknown[]>([
    [1],
    [-2, 0],
    [5, -1],
    [
      [1, -1],
      [0, 1],
    ],
    [
      [1, 1],
      [1, 1],
    ],
  ]),
];

/** Which elements of a matrix lie on a diagonal, or below it. */
function lowerTriangle(rows: number, columns: number, diagonal: number): Tensor {
  const array = allocate('bool', rows * columns);
  for (let row = 0; row < rows; row++) {
    array.fill(1, row * columns, row * columns + Math.min(Math.max(row + diagonal + 1, 0), columns));
  }
  return wrap(new Storage(array), 'bool', [rows, columns]);
}

function triangle(op: 'tril' | 'triu', x: Tensor, diagonal: number): Tensor {
  if (x.ndim < 2)
    throw new ShapeError(`${op}: expected at least two axes, got shape ${formatShape(x.shape)}`);
  if (!Number.isInteger(diagonal))
    throw new ArgumentError(`${op}: diagonal must be a whole number, got ${diagonal}`);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const kept =
    op === 'tril'
      ? lowerTriangle(rows, columns, diagonal)
      : lowerTriangle(rows, columns, diagonal - 1).logicalNot();
  return x.dtype === 'bool' ? x.logicalAnd(kept) : x.where(kept, 0);
}

/**
 * The lower triangle of each matrix, zeros above: elements on and below the diagonal (`diagonal` > 0 counts those above
 * the main one). PyTorch: `torch.tril`. Errors: ShapeError below two axes.
 *
 * @example
 * ```ts
 * import { ones, tril } from '@tensortape/autograd';
 * console.log(tril(ones([2, 3])).toArray()); // [ [ 1, 0, 0 ], [ 1, 1, 0 ] ]
 * ```
 */
export function tril(x: Tensor, diagonal = 0): Tensor {
  return triangle('tril', x, diagonal);
}
export const trilSamples: Samples = (s) => [
  s.tensorOf(
    s.oneOf([
      [3, 4],
      [2, 4, 3],
    ]),
  ),
  s.integer(-4, 4),
];

/**
 * The upper triangle of each matrix, zeros below: elements on and above the diagonal, as {@link tril}.
 * PyTorch: `torch.triu`. Errors: ShapeError below two axes.
 *
 * @example
 * ```ts
 * import { ones, triu } from '@tensortape/autograd';
 * console.log(triu(ones([2, 3]), 1).toArray()); // [ [ 0, 1, 1 ], [ 0, 0, 1 ] ]
 * ```
 */
export function triu(x: Tensor, diagonal = 0): Tensor {
  return triangle('triu', x, diagonal);
}
export const triuSamples = trilSamples;

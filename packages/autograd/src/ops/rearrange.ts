import { checkTensor, checkWhole } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { checkList, type Dims, formatShape, normalizeDim } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { indexSelect } from './indexing.ts';
import { partsOf } from './parts.ts';
import { vector } from './positions.ts';
import type { Refusals, Samples } from './samples.ts';
import { cat, expand, flip, reshape, slice } from './shape.ts';

// Compositions of views, copies and selections: their derivatives follow from those.

/**
 * Views of consecutive parts along `dim`: of `sizes` positions each (the last may be shorter), or of the given numbers
 * of positions. Derivative: the cotangents of the parts joined.
 *
 * Errors: IndexError for `dim`; ShapeError for a 0-dimensional tensor; ArgumentError unless the sizes are whole numbers that
 * add up to the axis. PyTorch: `torch.split`.
 *
 * @example
 * ```ts
 * import { split, tensor } from '@tensortape/autograd';
 * console.log(split(tensor([1, 2, 3, 4, 5]), 2).map((part) => part.toArray())); // [ [ 1, 2 ], [ 3, 4 ], [ 5 ] ]
 * ```
 */
export function split(x: Tensor, sizes: number | readonly number[], dim = 0): Tensor[] {
  checkTensor('split', 'x', x);
  const axis = normalizeDim('split', dim, x.ndim);
  if (x.ndim === 0) throw new ShapeError('split: a 0-dimensional tensor, of shape (), has no axis to split');
  const length = x.shape[axis]!;
  const parts = typeof sizes === 'number' ? evenParts(length, sizes) : sizes;
  checkList('split', 'sizes', parts);
  for (const part of parts) checkWhole('split', 'a part of sizes', part, 0);
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total !== length) {
    throw new ArgumentError(
      `split: parts of [${parts.join(', ')}] positions do not make up the ${length} of dim ${dim} of shape ${formatShape(x.shape)}`,
    );
  }
  return partsOf(x, { axis, lengths: parts });
}
export const splitSamples: Samples = (s) => [
  s.tensorOf([3, 5]),
  s.oneOf<number | readonly number[]>([2, 5, 9, [1, 0, 4]]),
  1,
];
export const splitRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 1, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([]), 1], 'ShapeError', /of shape \(\), has no axis to split/],
  [[s.tensorOf([3]), 0], 'ArgumentError', /the size of a part must be a whole number >= 1, got 0/],
  [[s.tensorOf([3]), 1.5], 'ArgumentError', /the size of a part must be a whole number >= 1, got 1\.5/],
  [
    [s.tensorOf([3, 2]), [1, 1]],
    'ArgumentError',
    /\[1, 1\] positions do not make up the 3 of dim 0 of shape \(3, 2\)/,
  ],
  [[s.tensorOf([3]), [4, -1]], 'ArgumentError', /a part of sizes must be a whole number >= 0, got -1/],
  [[s.tensorOf([3]), '2'], 'ArgumentError', /sizes must be a list of whole numbers .* got the string '2'/],
];

function evenParts(length: number, size: number): number[] {
  // As in PyTorch, parts of 0 positions make up an axis of length 0.
  checkWhole('split', 'the size of a part', size, length === 0 ? 0 : 1);
  if (length === 0) return [0];
  const count = Math.max(1, Math.ceil(length / size));
  return Array.from({ length: count }, (_, i) => Math.min(size, length - i * size));
}

/**
 * Views of `chunks` parts along `dim`, all but the last of one size; fewer parts where the axis is too short.
 * Derivative: the cotangents of the parts joined.
 *
 * Errors: IndexError for `dim`; ShapeError for a 0-dimensional tensor; ArgumentError unless `chunks` is a whole number >= 1.
 * PyTorch: `torch.chunk`.
 *
 * @example
 * ```ts
 * import { chunk, tensor } from '@tensortape/autograd';
 * console.log(chunk(tensor([1, 2, 3, 4, 5]), 2).map((part) => part.toArray())); // [ [ 1, 2, 3 ], [ 4, 5 ] ]
 * ```
 */
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  checkTensor('chunk', 'x', x);
  checkWhole('chunk', 'the number of chunks', chunks, 1);
  const length = x.shape[normalizeDim('chunk', dim, x.ndim)];
  if (length === undefined)
    throw new ShapeError('chunk: a 0-dimensional tensor, of shape (), has no axis to split');
  if (length === 0) return Array.from({ length: chunks }, () => split(x, 1, dim)[0]!);
  return split(x, Math.ceil(length / chunks), dim);
}
export const chunkSamples: Samples = (s) => [s.tensorOf([5, 2]), s.integer(1, 6), s.oneOf([0, -1])];
export const chunkRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 1, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([]), 1], 'ShapeError', /of shape \(\), has no axis to split/],
  [[s.tensorOf([3]), 0], 'ArgumentError', /the number of chunks must be a whole number >= 1, got 0/],
  [
    [s.tensorOf([3]), Number.NaN],
    'ArgumentError',
    /the number of chunks must be a whole number >= 1, got NaN/,
  ],
  [[s.tensorOf([3]), [2]], 'ArgumentError', /the number of chunks must be a whole number >= 1, got an array/],
];

/**
 * A copy in which axis i comes `repeats[i]` times, one after the other; more numbers than axes make new leading axes.
 * Derivative: the sum over the copies.
 *
 * Errors: ShapeError for fewer numbers than axes; ArgumentError unless they are whole numbers >= 0. PyTorch: `Tensor.repeat`.
 *
 * @example
 * ```ts
 * import { repeat, tensor } from '@tensortape/autograd';
 * console.log(repeat(tensor([1, 2]), [2, 2]).toArray()); // [ [ 1, 2, 1, 2 ], [ 1, 2, 1, 2 ] ]
 * ```
 */
export function repeat(x: Tensor, repeats: readonly number[]): Tensor {
  checkRepeats('repeat', x, repeats);
  const lead = repeats.length - x.ndim;
  if (lead < 0) {
    throw new ShapeError(
      `repeat: got ${repeats.length} numbers for the ${x.ndim} axes of shape ${formatShape(x.shape)}; one for each axis is ` +
        'needed, or use tile',
    );
  }
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
export const repeatRefusals: Refusals = (s) => [
  ...countRefusals(s),
  [
    [s.tensorOf([2, 3]), [2]],
    'ShapeError',
    /got 1 numbers for the 2 axes of shape \(2, 3\); one for each axis is needed, or use tile/,
  ],
];
const countRefusals: Refusals = (s) => [
  [[s.tensorOf([2]), [-1]], 'ArgumentError', /a number of repeats must be a whole number >= 0, got -1/],
  [[s.tensorOf([2]), [0.5]], 'ArgumentError', /a number of repeats must be a whole number >= 0, got 0\.5/],
  [
    [s.tensorOf([2]), 2],
    'ArgumentError',
    /repeats must be a list of whole numbers such as \[2, 3\], got the number 2/,
  ],
];

function checkRepeats(op: string, x: Tensor, repeats: readonly number[]): void {
  checkTensor(op, 'x', x);
  checkList(op, 'repeats', repeats);
  for (const count of repeats) checkWhole(op, 'a number of repeats', count, 0);
}

/**
 * A copy with axes repeated as by {@link repeat}, but fewer numbers than axes are taken for the last axes. Derivative: the sum
 * over the copies. Errors: ArgumentError unless the numbers are whole and >= 0. PyTorch: `torch.tile`.
 *
 * @example
 * ```ts
 * import { tensor, tile } from '@tensortape/autograd';
 * console.log(tile(tensor([[1], [2]]), [2]).toArray()); // [ [ 1, 1 ], [ 2, 2 ] ]
 * ```
 */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  checkRepeats('tile', x, repeats);
  const missing = Math.max(0, x.ndim - repeats.length);
  return repeat(x, [...new Array<number>(missing).fill(1), ...repeats]);
}
export const tileSamples: Samples = (s) => [
  s.tensorOf([2, 1, 2]),
  s.oneOf([[2], [2, 1], [1, 2, 3], [2, 1, 1, 2]]),
];
export const tileRefusals = countRefusals;

/**
 * A copy with the elements moved by `shifts` positions along `dims`; those pushed off one end come in at the other.
 * Without `dims` the flattened tensor is shifted. Derivative: the cotangent, moved back.
 *
 * Errors: IndexError for `dims`; ArgumentError when there is not one whole number for each axis. PyTorch: `torch.roll`.
 *
 * @example
 * ```ts
 * import { roll, tensor } from '@tensortape/autograd';
 * console.log(roll(tensor([1, 2, 3, 4]), 1).toArray()); // [ 4, 1, 2, 3 ]
 * ```
 */
export function roll(x: Tensor, shifts: number | readonly number[], dims?: Dims): Tensor {
  checkTensor('roll', 'x', x);
  const steps = typeof shifts === 'number' ? [shifts] : shifts;
  checkList('roll', 'shifts', steps);
  for (const step of steps) checkWhole('roll', 'a shift', step);
  if (dims === undefined) {
    if (steps.length !== 1)
      throw new ArgumentError(
        `roll: without dims one shift is expected, got ${steps.length}; give a dim for each`,
      );
    return reshape(roll(reshape(x, [-1]), steps, 0), x.shape);
  }
  const list = typeof dims === 'number' ? [dims] : dims;
  checkList('roll', 'dims', list);
  const axes = list.map((dim) => normalizeDim('roll', dim, x.ndim));
  if (axes.length !== steps.length) {
    throw new ArgumentError(
      `roll: expected a shift for each of the ${axes.length} dims [${list.join(', ')}], got [${steps.join(', ')}]`,
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
export const rollRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 1, 2], 'IndexError', /dim 2 is out of range/],
  [
    [s.tensorOf([2, 3]), [1, 2]],
    'ArgumentError',
    /without dims one shift is expected, got 2; give a dim for each/,
  ],
  [[s.tensorOf([2, 3]), [1, 2], 0], 'ArgumentError', /a shift for each of the 1 dims \[0\], got \[1, 2\]/],
  [[s.tensorOf([3]), 0.5], 'ArgumentError', /a shift must be a whole number, got 0\.5/],
  [
    [s.tensorOf([3]), '1', 0],
    'ArgumentError',
    /shifts must be a list of whole numbers .* got the string '1'/,
  ],
];

/**
 * A copy of each element, or of each slice along `dim`, as often as `repeats` says, next to each other: a number for all, or
 * an int32 tensor with one for each. Without `dim` the flattened tensor is repeated. Derivative: the sum over the copies.
 * PyTorch: `torch.repeat_interleave`.
 *
 * Errors: IndexError; ArgumentError unless the numbers are whole and >= 0; DTypeError unless a tensor of them is int32;
 * ShapeError when it does not have one for each position, or `dim` is given for a 0-dimensional tensor.
 *
 * @example
 * ```ts
 * import { repeatInterleave, tensor } from '@tensortape/autograd';
 * console.log(repeatInterleave(tensor([1, 2]), 2)); // tensor([1., 1., 2., 2.])
 * console.log(repeatInterleave(tensor([1, 2]), tensor([3, 1], { dtype: 'int32' }))); // tensor([1., 1., 1., 2.])
 * ```
 */
export function repeatInterleave(x: Tensor, repeats: number | Tensor, dim?: number): Tensor {
  checkTensor('repeatInterleave', 'x', x);
  const op = 'repeatInterleave';
  const axis = dim === undefined ? 0 : normalizeDim(op, dim, x.ndim);
  if (dim !== undefined && x.ndim === 0)
    throw new ShapeError(`${op}: a tensor of shape () has no axis to repeat`);
  const whole = dim === undefined ? reshape(x, [-1]) : x;
  const length = whole.shape[axis]!;
  const counts = typeof repeats === 'number' ? [repeats] : countsOf(op, repeats, length, whole);
  const odd = counts.find((count) => !Number.isInteger(count) || count < 0);
  if (odd !== undefined) throw new ArgumentError(`${op}: repeats must be whole numbers >= 0, got ${odd}`);
  if (counts.length === 1) {
    const [count] = counts as readonly [number];
    const { shape } = whole;
    const apart = expand(whole.unsqueeze(axis + 1), shape.toSpliced(axis + 1, 0, count));
    return reshape(apart, shape.with(axis, length * count));
  }
  const positions = Int32Array.from(counts.flatMap((count, i) => new Array<number>(count).fill(i)));
  return indexSelect(whole, axis, vector(positions));
}
export const repeatInterleaveSamples: Samples = (s) => {
  const [repeats, dim] = s.oneOf<() => readonly unknown[]>([
    () => [s.integer(0, 3)],
    () => [2, s.oneOf([0, -1])],
    () => [s.index([3], 3), 1],
    () => [s.index(s.oneOf([[], [1]]), 3), 0],
    () => [s.index([6], 3)],
  ])();
  return [s.tensorOf([2, 3]), repeats, dim];
};
export const repeatInterleaveRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([]), 2, 0], 'ShapeError', /shape \(\) has no axis/],
  [[s.tensorOf([3]), -1], 'ArgumentError', /whole numbers >= 0, got -1/],
  [[s.tensorOf([3]), 0.5], 'ArgumentError', /whole numbers >= 0, got 0.5/],
  [[s.tensorOf([3]), s.index([3], 1).sub(2)], 'ArgumentError', /whole numbers >= 0, got -2/],
  [[s.tensorOf([3]), s.tensorOf([3])], 'DTypeError', /repeats are float64, expected int32/],
  [[s.tensorOf([2, 3]), s.index([3], 2), 0], 'ShapeError', /repeats of shape \(3,\).* 2 positions/],
  [[s.tensorOf([2, 3]), s.index([2, 3], 2)], 'ShapeError', /repeats of shape \(2, 3\)/],
];

function countsOf(op: string, repeats: Tensor, length: number, x: Tensor): readonly number[] {
  if (repeats.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: the repeats are ${repeats.dtype}, expected int32; convert them with .to('int32')`,
    );
  }
  if (repeats.ndim > 1 || (repeats.size !== length && repeats.size !== 1)) {
    throw new ShapeError(
      `${op}: repeats of shape ${formatShape(repeats.shape)} do not give one number for each of the ${length} positions of ` +
        `shape ${formatShape(x.shape)}`,
    );
  }
  return [...repeats.toTypedArray()];
}

/**
 * A copy turned by `k` quarters of a circle in the plane of two axes, from the first towards the second. Derivative: the
 * cotangent turned back. PyTorch: `torch.rot90`.
 *
 * Errors: IndexError; ShapeError unless there are two different axes; ArgumentError unless `k` is a whole number.
 *
 * @example
 * ```ts
 * import { rot90, tensor } from '@tensortape/autograd';
 * console.log(rot90(tensor([[1, 2], [3, 4]])).toArray()); // [ [ 2, 4 ], [ 1, 3 ] ]
 * ```
 */
export function rot90(x: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
  checkTensor('rot90', 'x', x);
  if (x.ndim < 2)
    throw new ShapeError(`rot90: expected at least two axes, got shape ${formatShape(x.shape)}`);
  if (!Number.isInteger(k)) throw new ArgumentError(`rot90: k must be a whole number, got ${k}`);
  const [a, b, ...more] = dims.map((dim) => normalizeDim('rot90', dim, x.ndim));
  if (a === undefined || b === undefined || a === b || more.length > 0) {
    throw new ShapeError(
      `rot90: expected two different axes of shape ${formatShape(x.shape)}, got [${dims.join(', ')}]`,
    );
  }
  const turns = ((k % 4) + 4) % 4;
  if (turns === 0) return x.clone();
  if (turns === 2) return flip(x, [a, b]);
  return turns === 1 ? flip(x, b).transpose(a, b) : flip(x, a).transpose(a, b);
}
export const rot90Samples: Samples = (s) => [
  s.tensorOf([2, 3, 2]),
  s.integer(-5, 5),
  s.oneOf([
    [0, 1],
    [1, 0],
    [-1, 0],
  ]),
];
export const rot90Refusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /at least two axes, got shape \(3,\)/],
  [[s.tensorOf([2, 3]), 1, [0, 2]], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 1, [0, -2]], 'ShapeError', /two different axes of shape \(2, 3\), got \[0, -2\]/],
  [[s.tensorOf([2, 3]), 1, [0]], 'ShapeError', /two different axes of shape \(2, 3\), got \[0\]/],
  [[s.tensorOf([2, 3]), 0.5], 'ArgumentError', /k must be a whole number, got 0.5/],
];

/**
 * A copy with the second axis reversed. Derivative: the cotangent reversed. PyTorch: `torch.fliplr`. Errors: ShapeError
 * below two axes.
 *
 * @example
 * ```ts
 * import { fliplr, tensor } from '@tensortape/autograd';
 * console.log(fliplr(tensor([[1, 2], [3, 4]])).toArray()); // [ [ 2, 1 ], [ 4, 3 ] ]
 * ```
 */
export function fliplr(x: Tensor): Tensor {
  checkTensor('fliplr', 'x', x);
  if (x.ndim < 2)
    throw new ShapeError(`fliplr: expected at least two axes, got shape ${formatShape(x.shape)}`);
  return flip(x, 1);
}
export const fliplrSamples: Samples = (s) => [s.tensorOf(s.shape(2, 3))];
export const fliplrRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /at least two axes, got shape \(3,\)/],
];

/**
 * A copy with the first axis reversed. Derivative: the cotangent reversed. PyTorch: `torch.flipud`. Errors: ShapeError for
 * a 0-dimensional tensor.
 *
 * @example
 * ```ts
 * import { flipud, tensor } from '@tensortape/autograd';
 * console.log(flipud(tensor([[1, 2], [3, 4]])).toArray()); // [ [ 3, 4 ], [ 1, 2 ] ]
 * ```
 */
export function flipud(x: Tensor): Tensor {
  checkTensor('flipud', 'x', x);
  if (x.ndim < 1) throw new ShapeError('flipud: a tensor of shape () has no axis to reverse');
  return flip(x, 0);
}
export const flipudSamples: Samples = (s) => [s.tensorOf(s.shape(1, 3))];
export const flipudRefusals: Refusals = (s) => [[[s.tensorOf([])], 'ShapeError', /shape \(\)/]];

/** Which elements of a matrix lie on a diagonal, or below it. */
function lowerTriangle(rows: number, columns: number, diagonal: number): Tensor {
  const array = allocate('bool', rows * columns);
  for (let row = 0; row < rows; row++) {
    array.fill(1, row * columns, row * columns + Math.min(Math.max(row + diagonal + 1, 0), columns));
  }
  return wrap(new Storage(array), 'bool', [rows, columns]);
}

function triangle(op: 'tril' | 'triu', x: Tensor, diagonal: number): Tensor {
  checkTensor(op, 'x', x);
  if (x.ndim < 2)
    throw new ShapeError(`${op}: expected at least two axes, got shape ${formatShape(x.shape)}`);
  checkWhole(op, 'diagonal', diagonal);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const kept =
    op === 'tril'
      ? lowerTriangle(rows, columns, diagonal)
      : lowerTriangle(rows, columns, diagonal - 1).logicalNot();
  return x.dtype === 'bool' ? x.logicalAnd(kept) : x.where(kept, 0);
}

/**
 * The lower triangle of each matrix, zeros above: elements on and below the diagonal (`diagonal` > 0 counts those above
 * the main one). Derivative: the same triangle of the cotangent. Errors: ShapeError below two axes; ArgumentError for a
 * diagonal that is not a whole number. PyTorch: `torch.tril`.
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
export const trilRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /expected at least two axes, got shape \(3,\)/],
  [[s.tensorOf([2, 3]), 0.5], 'ArgumentError', /diagonal must be a whole number, got 0\.5/],
  [[s.tensorOf([2, 3]), Number.NaN], 'ArgumentError', /diagonal must be a whole number, got NaN/],
];

/**
 * The upper triangle of each matrix, zeros below: elements on and above the diagonal, as {@link tril}. Derivative: the same
 * triangle of the cotangent. Errors: ShapeError below two axes; ArgumentError for a diagonal that is not a whole number.
 * PyTorch: `torch.triu`.
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
export const triuRefusals = trilRefusals;

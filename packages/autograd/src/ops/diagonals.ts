import { checkTensor } from '../tensor/check.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape, normalizeDim } from '../tensor/shape.ts';
import { diagonalOf } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import { diagonals } from './picking.ts';
import type { Refusals, Samples } from './samples.ts';
import { diagonal, reshape } from './shape.ts';

function requireOffset(op: string, offset: number): void {
  if (!Number.isInteger(offset))
    throw new ArgumentError(`${op}: offset must be a whole number, got ${offset}`);
}

const offsetRefusals: Refusals = (s) => [
  [[s.tensorOf([3]), 0.5], 'ArgumentError', /offset must be a whole number, got 0.5/],
];

function embedded(x: Tensor, offset: number, dim1: number, dim2: number): Tensor {
  const length = x.shape.at(-1)! + Math.abs(offset);
  const batch = x.shape.slice(0, -1);
  const shape = Array.from({ length: x.ndim + 1 }, (_, axis) =>
    axis === dim1 || axis === dim2 ? length : batch.shift()!,
  );
  return diagonals.embed(x, (view) => diagonalOf(view, offset, dim1, dim2), shape);
}

/**
 * Zeros with the last axis of x on the diagonal of two new axes `dim1` and `dim2`; `offset` > 0 lies above the main one.
 * Derivative: that diagonal of the cotangent. PyTorch: `torch.diag_embed`.
 *
 * Errors: IndexError; ShapeError for a 0-dimensional tensor, or for two equal axes; ArgumentError unless `offset` is whole.
 *
 * @example
 * ```ts
 * import { diagEmbed, tensor } from '@tensortape/autograd';
 * console.log(diagEmbed(tensor([1, 2])).toArray()); // [ [ 1, 0 ], [ 0, 2 ] ]
 * ```
 */
export function diagEmbed(x: Tensor, offset = 0, dim1 = -2, dim2 = -1): Tensor {
  checkTensor('diagEmbed', 'x', x);
  if (x.ndim === 0)
    throw new ShapeError('diagEmbed: a tensor of shape () has no axis to place on a diagonal');
  requireOffset('diagEmbed', offset);
  const a = normalizeDim('diagEmbed', dim1, x.ndim + 1);
  const b = normalizeDim('diagEmbed', dim2, x.ndim + 1);
  if (a === b) {
    throw new ShapeError(
      `diagEmbed: dims ${dim1} and ${dim2} of the matrices made of shape ${formatShape(x.shape)} are the same axis`,
    );
  }
  return embedded(x, offset, a, b);
}
export const diagEmbedSamples: Samples = (s) => [
  s.tensorOf([2, 3]),
  s.integer(-2, 2),
  ...s.oneOf([[], [0, 2], [2, 0], [-1, 1]]),
];
export const diagEmbedRefusals: Refusals = (s) => [
  ...offsetRefusals(s),
  [[s.tensorOf([])], 'ShapeError', /shape \(\) has no axis/],
  [[s.tensorOf([3]), 0, 2, 0], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([3]), 0, 1, -1], 'ShapeError', /dims 1 and -1 .* \(3,\) are the same axis/],
];

/**
 * Of a vector the matrix with it on the diagonal, of a matrix the diagonal; `offset` > 0 lies above the main one.
 * Derivative: the cotangent's diagonal, or the matrix with it. PyTorch: `torch.diag`, which gives a copy of a diagonal; here
 * it is a view. Errors: ShapeError for other ranks; ArgumentError unless `offset` is whole.
 *
 * @example
 * ```ts
 * import { diag, tensor } from '@tensortape/autograd';
 * console.log(diag(tensor([1, 2])).toArray()); // [ [ 1, 0 ], [ 0, 2 ] ]
 * console.log(diag(tensor([[1, 2], [3, 4]]), 1)); // tensor([2.])
 * ```
 */
export function diag(x: Tensor, offset = 0): Tensor {
  checkTensor('diag', 'x', x);
  if (x.ndim !== 1 && x.ndim !== 2) {
    throw new ShapeError(`diag: expected a vector or a matrix, got shape ${formatShape(x.shape)}`);
  }
  requireOffset('diag', offset);
  return x.ndim === 1 ? embedded(x, offset, 0, 1) : diagonal(x, offset);
}
export const diagSamples: Samples = (s) => [s.tensorOf(s.oneOf([[3], [3, 4]])), s.integer(-4, 4)];
export const diagRefusals: Refusals = (s) => [
  ...offsetRefusals(s),
  [[s.tensorOf([])], 'ShapeError', /a vector or a matrix, got shape \(\)/],
  [[s.tensorOf([2, 2, 2])], 'ShapeError', /got shape \(2, 2, 2\)/],
];

/**
 * The matrix with the flattened x on the diagonal; `offset` > 0 lies above the main one. Derivative: the cotangent's
 * diagonal under the shape of x. PyTorch: `torch.diagflat`. Errors: ArgumentError unless `offset` is whole.
 *
 * @example
 * ```ts
 * import { diagflat, tensor } from '@tensortape/autograd';
 * console.log(diagflat(tensor([[1], [2]])).toArray()); // [ [ 1, 0 ], [ 0, 2 ] ]
 * ```
 */
export function diagflat(x: Tensor, offset = 0): Tensor {
  checkTensor('diagflat', 'x', x);
  requireOffset('diagflat', offset);
  return embedded(reshape(x, [-1]), offset, 0, 1);
}
export const diagflatSamples: Samples = (s) => [s.tensor(), s.integer(-2, 2)];
export const diagflatRefusals = offsetRefusals;

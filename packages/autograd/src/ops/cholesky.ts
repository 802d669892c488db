import { ShapeError } from '../tensor/errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { CholeskyOptions } from './decompositions.ts';
import { solveTriangular } from './linalg.ts';
import {
  identityMatrix,
  regular,
  requireMatrix,
  requireSquare,
  squareRefusals,
  squareShapes,
} from './matrices.ts';
import type { Refusals, Samples } from './samples.ts';

// Compositions of triangular solves: their derivatives follow from those.

/**
 * X with A X = B, from the Cholesky factor of A: L L^T X = B, or U^T U X = B where `upper` is true. Leading axes
 * broadcast; the other triangle of the factor is not looked at. Derivatives: those of two triangular solves.
 *
 * Errors: ShapeError unless the factor is square and fits B, which must have two axes; DTypeError for integers. PyTorch:
 * `torch.cholesky_solve`.
 *
 * @example
 * ```ts
 * import { choleskySolve, linalg, tensor } from '@tensortape/autograd';
 * const factor = linalg.cholesky(tensor([[4, 0], [0, 1]]));
 * console.log(choleskySolve(tensor([[4], [3]]), factor).toArray()); // [ [ 1 ], [ 3 ] ]
 * ```
 */
export function choleskySolve(b: Tensor, factor: Tensor, { upper = false }: CholeskyOptions = {}): Tensor {
  requireSquare('choleskySolve', 'the factor', factor);
  requireMatrix('choleskySolve', 'B', b);
  if (factor.shape.at(-1) !== b.shape.at(-2)) {
    throw new ShapeError(
      `choleskySolve: B of shape ${formatShape(b.shape)} and a factor of shape ${formatShape(factor.shape)} do not fit A X = B`,
    );
  }
  const [first, second] = upper ? [factor.mT, factor] : [factor, factor.mT];
  return solveTriangular(second, solveTriangular(first, b, { upper: false }), { upper: true });
}
export const choleskySolveSamples: Samples = (s) => {
  const [a, b] = s.oneOf([
    [
      [3, 3],
      [3, 2],
    ],
    [
      [2, 2],
      [2, 2, 1],
    ],
    [
      [2, 2, 2],
      [2, 2],
    ],
    [
      [0, 0],
      [0, 2],
    ],
  ] as const);
  return [s.tensorOf(b), regular(s, a, false), { upper: s.oneOf([true, false]) }];
};
export const choleskySolveRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 1]), s.tensorOf([2, 3])], 'ShapeError', /the factor must be square, got shape \(2, 3\)/],
  [
    [s.tensorOf([2]), s.tensorOf([2, 2])],
    'ShapeError',
    /B must be a matrix or a batch of matrices, got shape \(2,\)/,
  ],
  [
    [s.tensorOf([3, 1]), s.tensorOf([2, 2])],
    'ShapeError',
    /\(3, 1\) and a factor of shape \(2, 2\) do not fit/,
  ],
  [[s.index([2, 1], 2), s.tensorOf([2, 2])], 'DTypeError', /B must be floating point, got int32/],
];

/**
 * A^-1 from the Cholesky factor of A: (L L^T)^-1, or (U^T U)^-1 where `upper` is true. The other triangle of the factor
 * is not looked at. Derivative: that of two triangular solves.
 *
 * Errors: ShapeError unless the factor is square; DTypeError for integers. PyTorch: `torch.cholesky_inverse`.
 *
 * @example
 * ```ts
 * import { choleskyInverse, linalg, tensor } from '@tensortape/autograd';
 * console.log(choleskyInverse(linalg.cholesky(tensor([[4, 0], [0, 1]]))).toArray()); // [ [ 0.25, 0 ], [ 0, 1 ] ]
 * ```
 */
export function choleskyInverse(factor: Tensor, options: CholeskyOptions = {}): Tensor {
  requireSquare('choleskyInverse', 'the factor', factor);
  const n = factor.shape.at(-1)!;
  return choleskySolve(identityMatrix(n, n, factor.dtype), factor, options);
}
export const choleskyInverseSamples: Samples = (s) => [
  regular(s, s.oneOf(squareShapes), false),
  { upper: s.oneOf([true, false]) },
];
export const choleskyInverseRefusals = squareRefusals;

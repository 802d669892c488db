import { linalgKernels } from '../kernels/linalg.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { type Dims, formatShape, normalizeDim } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { inverse } from './inverse.ts';
import { slogdet } from './linalg.ts';
import { graded, requireMatrix, requireSquare, squareRefusals } from './matrices.ts';
import { norm } from './norms.ts';
import { normOver } from './pNorm.ts';
import type { ReduceOptions } from './reduce.ts';
import type { Refusals, Samples } from './samples.ts';
import { svdvals } from './spectral.ts';

// Compositions of norms of vectors, extremes and singular values: their derivatives follow from those.

/**
 * The p-norm (sum |x|^p)^(1/p) of the elements over all axes, or over `dim`: see {@link norm} for special values of p.
 * Derivative: sign(x) (|x| / y)^(p-1). Kinks: as there.
 *
 * Errors: DTypeError for integers; ShapeError for an axis of length 0 with p < 0 or ±Infinity; ArgumentError for p = NaN;
 * IndexError. PyTorch: `torch.linalg.vector_norm`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.vectorNorm(tensor([3, 4]))); // tensor(5.)
 * ```
 */
export function vectorNorm(x: Tensor, ord = 2, dim?: Dims, options: ReduceOptions = {}): Tensor {
  if (typeof ord !== 'number' || Number.isNaN(ord)) {
    throw new ArgumentError(`vectorNorm: ord must be a number or ±Infinity, got ${kindOf(ord)}`);
  }
  return normOver('vectorNorm', x, ord, dim, options);
}
export const vectorNormSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[4], [2, 3], []]), { low: 0.25, high: 2, distinct: true });
  return [
    x,
    s.oneOf([2, 1, 3, 0, -1, Number.POSITIVE_INFINITY]),
    s.dims(x),
    { keepdim: s.oneOf([true, false]) },
  ];
};
export const vectorNormRefusals: Refusals = (s) => [
  [[s.index([3], 3)], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([2, 0]), -1, 1], 'ShapeError', /shape \(2, 0\) has no -1-norm/],
  [[s.tensorOf([2, 3]), 'fro'], 'ArgumentError', /ord must be a number or ±Infinity, got the string 'fro'/],
  [[s.tensorOf([2, 3]), Number.NaN], 'ArgumentError', /ord must be .* got the number NaN/],
  [[s.tensorOf([2, 3]), 2, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 2, 0, true], 'ArgumentError', /an object of options such as/],
];

/** Which norm of a matrix: see {@link matrixNorm}. */
export type MatrixNormOrder = 'fro' | 'nuc' | 1 | -1 | 2 | -2 | typeof Number.POSITIVE_INFINITY;

/** Elements of samples: absolute values have kinks at 0. */
const nonzero = { low: -0.5, high: 0.5, apart: [0] };

const orders: readonly unknown[] = [
  'fro',
  'nuc',
  1,
  -1,
  2,
  -2,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

function requireOrder(op: string, ord: unknown): void {
  if (orders.includes(ord)) return;
  throw new ArgumentError(
    `${op}: expected one of the norms 'fro', 'nuc', 1, -1, 2, -2, Infinity and -Infinity, got ${typeof ord === 'string' ? `'${ord}'` : ord}`,
  );
}

/**
 * A norm of the matrices in two axes: the root of the sum of squares ('fro', the default), the sum of the singular values
 * ('nuc'), the largest (2) or smallest (-2) of them, the largest (1) or smallest (-1) sum of absolute values in a column,
 * or in a row (±Infinity). The norm of a matrix without elements is 0.
 *
 * Derivatives: those of sums, of singular values, and of extremes. Kinks: equal largest sums share the gradient evenly.
 *
 * Errors: ArgumentError for another norm; ShapeError below two axes, or for the smallest of nothing; DTypeError for
 * integers; IndexError. PyTorch: `torch.linalg.matrix_norm`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * const x = tensor([[1, -2], [3, 4]]);
 * console.log(linalg.matrixNorm(x, 1), linalg.matrixNorm(x, Infinity)); // tensor(6.) tensor(7.)
 * ```
 */
export function matrixNorm(
  x: Tensor,
  ord: MatrixNormOrder = 'fro',
  dim: readonly [number, number] = [-2, -1],
  { keepdim = false }: ReduceOptions = {},
): Tensor {
  requireMatrix('matrixNorm', 'A', x);
  requireOrder('matrixNorm', ord);
  const axes = dim.map((axis) => normalizeDim('matrixNorm', axis, x.ndim));
  const [rows, columns] = axes as [number, number];
  if (axes.length !== 2 || rows === columns) {
    throw new ArgumentError(`matrixNorm: dim must name two different axes, got [${dim.join(', ')}]`);
  }
  const empty = x.shape[rows] === 0 || x.shape[columns] === 0;
  const smallest = typeof ord === 'number' && ord < 0;
  if (empty && smallest) {
    throw new ShapeError(
      `matrixNorm: a matrix without elements, of shape ${formatShape(x.shape)}, has no smallest sum or value (axis of length 0)`,
    );
  }
  if (ord === 'fro' || empty) return norm(x, 2, axes, { keepdim });
  if (ord === 1 || ord === -1) return extreme(norm(x, 1, rows, { keepdim: true }), axes, smallest, keepdim);
  if (ord !== 'nuc' && Math.abs(ord) !== 2) {
    return extreme(norm(x, 1, columns, { keepdim: true }), axes, smallest, keepdim);
  }
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const values = svdvals(x.permute([...others, rows, columns]));
  const result = ord === 'nuc' ? values.sum(-1) : smallest ? values.amin(-1) : values.amax(-1);
  return keepdim ? result.reshape(x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))) : result;
}

function extreme(sums: Tensor, axes: readonly number[], smallest: boolean, keepdim: boolean): Tensor {
  return smallest ? sums.amin(axes, { keepdim }) : sums.amax(axes, { keepdim });
}
export const matrixNormSamples: Samples = (s) => {
  const ord = s.oneOf<MatrixNormOrder>(orders as readonly MatrixNormOrder[]);
  const [shape, dim] = s.oneOf([
    [
      [2, 3],
      [-2, -1],
    ],
    [
      [3, 2],
      [0, 1],
    ],
    [
      [2, 2, 3],
      [1, 2],
    ],
    [
      [2, 2],
      [1, 0],
    ],
  ] as const);
  return [graded(s, shape, nonzero), ord, dim, { keepdim: s.oneOf([true, false]) }];
};
export const matrixNormRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /A must be a matrix or a batch of matrices, got shape \(3,\)/],
  [[s.index([2, 2], 3)], 'DTypeError', /A must be floating point, got int32/],
  [[s.tensorOf([2, 2]), 3], 'ArgumentError', /expected one of the norms .*got 3/],
  [[s.tensorOf([2, 2]), 'spectral'], 'ArgumentError', /got 'spectral'/],
  [[s.tensorOf([2, 2]), 'fro', [0, 0]], 'ArgumentError', /dim must name two different axes, got \[0, 0\]/],
  [[s.tensorOf([2, 2]), 'fro', [0, 2]], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 0]), -1], 'ShapeError', /without elements, of shape \(2, 0\)/],
];

/**
 * The condition number |A| |A^-1| of square matrices in a norm of {@link matrixNorm}; for 2 (the default) and -2 the ratio
 * of the largest and smallest singular values, of matrices of any shape. Infinity for singular matrices in other norms.
 *
 * Derivatives: those of the norms, the inverse and the singular values.
 *
 * Errors: ArgumentError for another norm; ShapeError below two axes, for a matrix that is not square where the inverse is
 * needed, or without elements; DTypeError for integers. PyTorch: `torch.linalg.cond`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.cond(tensor([[2, 0], [0, 0.5]]), 1)); // tensor(4.)
 * ```
 */
export function cond(x: Tensor, p: MatrixNormOrder = 2): Tensor {
  requireMatrix('cond', 'A', x);
  requireOrder('cond', p);
  if (x.shape.at(-1) === 0 || x.shape.at(-2) === 0) {
    throw new ShapeError(
      `cond: a matrix without elements, of shape ${formatShape(x.shape)}, has no condition (axis of length 0)`,
    );
  }
  if (p === 2 || p === -2) {
    const values = svdvals(x);
    const [first, last] = [values.select(-1, 0), values.select(-1, -1)];
    return p === 2 ? first.div(last) : last.div(first);
  }
  requireSquare('cond', 'A', x);
  const inverted = inverse({ a: x }, { factors: linalgKernels.luFactor(x) });
  const product = matrixNorm(x, p).mul(matrixNorm(inverted, p));
  return product.maskedFill(slogdet(x.detach()).sign.eq(0), Number.POSITIVE_INFINITY);
}
export const condSamples: Samples = (s) => {
  const p = s.oneOf<MatrixNormOrder>(orders as readonly MatrixNormOrder[]);
  const shapes =
    p === 2 || p === -2
      ? [
          [2, 3],
          [2, 2],
          [2, 3, 2],
        ]
      : [
          [2, 2],
          [2, 2, 2],
        ];
  return [graded(s, s.oneOf(shapes), nonzero), p];
};
export const condRefusals: Refusals = (s) => [
  ...squareRefusals(s).map(([[x], ...rest]) => [[x, 1], ...rest] as const),
  [[s.tensorOf([2, 2]), 3], 'ArgumentError', /expected one of the norms .*got 3/],
  [[s.tensorOf([0, 2])], 'ShapeError', /without elements, of shape \(0, 2\)/],
];

import { linalgKernels } from '../kernels/linalg.ts';
import { defineOp } from '../tape/defineOp.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { graded, requireMatrix } from './matrices.ts';
import { nonDifferentiable, type Refusals, type Samples } from './samples.ts';
import { svdvals } from './spectral.ts';

/** Below which size a singular value counts as 0: below the larger of the two. */
export interface RankOptions {
  /** An absolute bound. Default 0. */
  readonly atol?: number;
  /** A bound relative to the largest singular value: the larger side of the matrix times the precision, unless given. */
  readonly rtol?: number;
}

/** The bound, for each matrix, as a tensor that broadcasts against its singular values. */
function bound(op: string, x: Tensor, s: Tensor, { atol = 0, rtol }: RankOptions): Tensor {
  for (const [name, value] of [['atol', atol] as const, ['rtol', rtol ?? 0] as const]) {
    if (!(value >= 0)) throw new ArgumentError(`${op}: ${name} must be >= 0, got ${value}`);
  }
  const precision = x.dtype === 'float64' ? 2 ** -52 : 2 ** -23;
  const relative = rtol ?? (atol > 0 ? 0 : Math.max(x.shape.at(-1)!, x.shape.at(-2)!) * precision);
  return s.slice(-1, 0, 1).mul(relative).maximum(atol);
}

const pinvOp = /* @__PURE__ */ defineOp({
  name: 'pinv',
  inputs: ['a'],
  saves: ['a', 'output'],
  forward: ({ a }, options: RankOptions) => {
    const wide = a.shape.at(-2)! < a.shape.at(-1)!;
    const x = wide ? a.mT : a;
    const n = x.shape.at(-1)!;
    const found = linalgKernels.svd(x, false);
    const u = wrap(found.u, a.dtype, x.shape);
    const s = wrap(found.s, a.dtype, [...x.shape.slice(0, -2), n]);
    const v = wrap(found.v, a.dtype, x.shape.with(-2, n));
    const kept = s.gt(bound('pinv', a, s, options));
    const inverse = v.mul(s.reciprocal().where(kept, 0).unsqueeze(-2)).matmul(u.mT);
    return wide ? inverse.mT : inverse;
  },
  vjp: {
    a: (g, { a, output: p }) => {
      const turned = g.mT;
      const rows = turned
        .sub(a.matmul(p.matmul(turned)))
        .matmul(p)
        .matmul(p.mT);
      const columns = p.mT.matmul(p).matmul(turned.sub(turned.matmul(p).matmul(a)));
      return rows.add(columns).sub(p.mT.matmul(g).matmul(p.mT));
    },
  },
  jvp: ({ a: t }, { a, output: p }) => {
    if (t === null) return null;
    const turned = t.mT;
    const rows = p.matmul(p.mT).matmul(turned.sub(turned.matmul(a).matmul(p)));
    const columns = turned
      .sub(p.matmul(a.matmul(turned)))
      .matmul(p.mT)
      .matmul(p);
    return rows.add(columns).sub(p.matmul(t).matmul(p));
  },
});

/**
 * The Moore-Penrose inverse of a matrix of any shape and rank, V diag(1 / s) U^T over the singular values that count.
 *
 * Derivative, where the rank stays: dP = -P dA P + P P^T dA^T (I - A P) + (I - P A) dA^T P^T P (Golub and Pereyra 1973).
 *
 * Errors: ShapeError below two axes; DTypeError for integers; ArgumentError for negative bounds. PyTorch:
 * `torch.linalg.pinv`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.pinv(tensor([[2, 0], [0, 0]])).toArray()); // [ [ 0.5, 0 ], [ 0, 0 ] ]
 * ```
 */
export function pinv(a: Tensor, options: RankOptions = {}): Tensor {
  requireMatrix('pinv', 'A', a);
  return pinvOp({ a }, options);
}
const anyShapes = [
  [3, 2],
  [2, 3],
  [2, 2],
  [2, 3, 2],
  [0, 2],
  [2, 0],
] as const;
export const pinvSamples: Samples = (s) => [
  graded(s, s.oneOf(anyShapes)),
  s.oneOf([{}, { rtol: 0.01 }, { atol: 0.1 }]),
];
export const pinvRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /A must be a matrix or a batch of matrices, got shape \(3,\)/],
  [[s.index([2, 2], 3)], 'DTypeError', /A must be floating point, got int32/],
  [[s.tensorOf([2, 2]), { rtol: -1 }], 'ArgumentError', /rtol must be >= 0, got -1/],
  [[s.tensorOf([2, 2]), { atol: Number.NaN }], 'ArgumentError', /atol must be >= 0, got NaN/],
];

/**
 * The rank: how many singular values are above the bound (int32). Errors: ShapeError below two axes; DTypeError for
 * integers; ArgumentError for negative bounds. PyTorch: `torch.linalg.matrix_rank`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.matrixRank(tensor([[1, 2], [2, 4]]))); // tensor(1, dtype=int32)
 * ```
 */
export function matrixRank(a: Tensor, options: RankOptions = {}): Tensor {
  requireMatrix('matrixRank', 'A', a);
  const s = svdvals(a.detach());
  return s.gt(bound('matrixRank', a, s, options)).sum(-1);
}
export const matrixRankSamples = /* @__PURE__ */ nonDifferentiable('ranks are integers', pinvSamples);
export const matrixRankRefusals = pinvRefusals;

/** Options of {@link lstsq}. */
export interface LstsqOptions {
  /** How small against the largest a singular value counts as 0: as `rtol` of {@link pinv}. */
  readonly rcond?: number;
}

/** What {@link lstsq} finds. */
export interface LeastSquares {
  /** The X of least length among those that make |A X - B| least. */
  readonly solution: Tensor;
  /** The squared lengths of the columns of A X - B, for more rows than columns of full rank; empty otherwise. */
  readonly residuals: Tensor;
  /** The rank of A (int32). */
  readonly rank: Tensor;
  /** The singular values of A. */
  readonly singularValues: Tensor;
}

/**
 * The X that makes |A X - B| least, and among several the shortest, for A of any shape and rank: {@link pinv}(A) B. B is
 * a matrix, or a vector as in {@link solve}. Leading axes broadcast. Derivatives: those of the pseudoinverse and the
 * product, where the rank stays.
 *
 * Errors: ShapeError unless A and B have equally many rows; DTypeError for integers; ArgumentError for a negative bound.
 * PyTorch: `torch.linalg.lstsq` with the driver gelsd, which differentiates the solution only.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * const { solution } = linalg.lstsq(tensor([[1, 0], [1, 0], [0, 2]]), tensor([[1], [3], [4]]));
 * console.log(solution.round().toArray()); // [ [ 2 ], [ 2 ] ]
 * ```
 */
export function lstsq(a: Tensor, b: Tensor, { rcond }: LstsqOptions = {}): LeastSquares {
  checkTensor('lstsq', 'a', a);
  checkTensor('lstsq', 'b', b);
  requireMatrix('lstsq', 'A', a);
  const isVector = b.ndim === 1 || (b.ndim === a.ndim - 1 && sameShape(b.shape, a.shape.slice(0, -1)));
  const side = isVector ? b.unsqueeze(-1) : b;
  requireMatrix('lstsq', 'B', side);
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  if (side.shape.at(-2) !== rows) {
    throw new ShapeError(
      `lstsq: A of shape ${formatShape(a.shape)} and B of shape ${formatShape(b.shape)} must have equally many rows`,
    );
  }
  if (rcond !== undefined && !(rcond >= 0))
    throw new ArgumentError(`lstsq: rcond must be >= 0, got ${rcond}`);
  const options = rcond === undefined ? {} : { rtol: rcond };
  const rank = matrixRank(a, options);
  const solution = pinv(a, options).matmul(side);
  const full = rows > columns && rank.eq(columns).all().item() === 1;
  const residuals = full ? a.matmul(solution).sub(side).square().sum(-2) : solution.flatten().slice(0, 0, 0);
  return {
    solution: isVector ? solution.squeeze(-1) : solution,
    residuals: isVector && full ? residuals.squeeze(-1) : residuals,
    rank,
    singularValues: svdvals(a),
  };
}
export const lstsqSamples: Samples = (s) => {
  const [a, b] = s.oneOf([
    [
      [3, 2],
      [3, 2],
    ],
    [
      [2, 3],
      [2, 1],
    ],
    [
      [2, 2],
      [2, 2],
    ],
    [[3, 2], [3]],
    [
      [2, 3, 2],
      [2, 3, 1],
    ],
  ] as const);
  return [graded(s, a), s.tensorOf(b)];
};
export const lstsqRefusals: Refusals = (s) => [
  [
    [s.tensorOf([3]), s.tensorOf([3])],
    'ShapeError',
    /A must be a matrix or a batch of matrices, got shape \(3,\)/,
  ],
  [
    [s.tensorOf([3, 2]), s.tensorOf([2, 1])],
    'ShapeError',
    /\(3, 2\) and B of shape \(2, 1\) must have equally many rows/,
  ],
  [[s.index([2, 2], 3), s.tensorOf([2, 1])], 'DTypeError', /A must be floating point, got int32/],
  [[s.tensorOf([2, 2]), s.tensorOf([2]), { rcond: -1 }], 'ArgumentError', /rcond must be >= 0, got -1/],
];

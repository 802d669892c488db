import { type LuFactors, linalgKernels } from '../kernels/linalg.ts';
import { defineOp } from '../tape/defineOp.ts';
import { sumOf } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import type { NumericArray } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, GradientError, IndexError, ShapeError } from '../tensor/errors.ts';
import { broadcastBatches, formatShape, sameShape } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { solveTriangular } from './linalg.ts';
import {
  graded,
  identityMatrix,
  matrixError,
  orZeros,
  positiveDefinite,
  regular,
  requireMatrix,
  requireSquare,
  squareRefusals,
  squareShapes,
} from './matrices.ts';
import type { Refusals, Samples } from './samples.ts';
import { cat } from './shape.ts';

// Sources: I. Murray, "Differentiation of the Cholesky decomposition" (arXiv:1602.07527, 2016); S. F. Walter and
// L. Lehmann, "Algorithmic differentiation of linear algebra functions" (arXiv:1009.6112, 2010); M. Seeger et al.,
// "Auto-differentiating linear algebra" (arXiv:1710.08717, 2017); J. Townsend, "Differentiating the singular value
// decomposition" (2016).

/** T^-1 X and X T^-1 for a triangle T. */
const onLeft = (t: Tensor, x: Tensor, upper: boolean) => solveTriangular(t, x, { upper });
const onRight = (t: Tensor, x: Tensor, upper: boolean) => solveTriangular(t, x, { upper, left: false });

const symmetric = (x: Tensor): Tensor => x.add(x.mT).div(2);

/** The lower triangle with half of the diagonal: of L^-1 dA L^-T, and of L^T g. */
const lowerHalf = (x: Tensor): Tensor => x.tril().add(x.tril(-1)).div(2);

const choleskyOp = /* @__PURE__ */ defineOp({
  name: 'cholesky',
  inputs: ['a'],
  saves: ['output'],
  forward: ({ a }) => {
    const { l, failed, minor } = linalgKernels.cholesky(a);
    if (failed < 0) return wrap(l, a.dtype, a.shape);
    throw matrixError(
      'cholesky',
      a.shape,
      failed,
      `is not positive definite (its leading minor of order ${minor} is not positive); add a multiple of the identity, or use linalg.eigh`,
    );
  },
  vjp: {
    a: (g, { output: l }) => symmetric(onLeft(l.mT, onRight(l, lowerHalf(l.mT.matmul(g)), false), true)),
  },
  jvp: ({ a: t }, { output: l }) =>
    t && l.matmul(lowerHalf(onRight(l.mT, onLeft(l, symmetric(t), false), true))),
});

/** Options of {@link cholesky}. */
export interface CholeskyOptions {
  /** Give U = L^T instead. Default false. */
  readonly upper?: boolean;
}

/**
 * The Cholesky factor of a symmetric positive definite matrix: lower triangular L with L L^T = A, or upper triangular
 * U = L^T. The symmetric part of A is taken (PyTorch looks at one triangle only).
 *
 * Derivative: the symmetric part of L^-T P L^-1, where P is the lower triangle of L^T g with half of its diagonal
 * (Murray 2016).
 *
 * Errors: LinAlgError for a matrix that is not positive definite, with its place in the batch; ShapeError unless A is
 * square; DTypeError for integers. PyTorch: `torch.linalg.cholesky`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.cholesky(tensor([[4, 2], [2, 5]])).toArray()); // [ [ 2, 0 ], [ 1, 2 ] ]
 * ```
 */
export function cholesky(a: Tensor, { upper = false }: CholeskyOptions = {}): Tensor {
  checkTensor('cholesky', 'a', a);
  requireSquare('cholesky', 'A', a);
  const l = choleskyOp({ a });
  return upper ? l.mT : l;
}
export const choleskySamples: Samples = (s) => [
  positiveDefinite(s, s.oneOf(squareShapes)),
  { upper: s.oneOf([true, false]) },
];
export const choleskyRefusals: Refusals = (s) => [
  ...squareRefusals(s),
  [
    [identityMatrix(2, 2, 'float64').sub(2)],
    'LinAlgError',
    /the matrix is not positive definite \(its leading minor of order 1 is not positive\); add a multiple/,
  ],
  [
    [identityMatrix(2, 2, 'float64').mul(2).sub(1).expand([3, 2, 2])],
    'LinAlgError',
    /the matrix at \[0\] of the batch .* order 2/,
  ],
];

const qrOp = /* @__PURE__ */ defineOp({
  name: 'qr',
  inputs: ['a'],
  saves: ['output'],
  forward: ({ a }) => {
    const { q, r } = linalgKernels.qr(a, false);
    return [wrap(q, a.dtype, a.shape), wrap(r, a.dtype, a.shape.with(-2, a.shape.at(-1)!))];
  },
  vjp: {
    a: ([gq = null, gr = null], { output }) => {
      const [q, r] = output as [Tensor, Tensor];
      const inner = sumOf(gr && r.matmul(gr.mT), gq && gq.mT.matmul(q).neg());
      if (inner === null) return null;
      // The lower triangle, mirrored.
      const mirrored = q.matmul(inner.tril().add(inner.tril(-1).mT));
      return onRight(r.mT, gq === null ? mirrored : gq.add(mirrored), false);
    },
  },
  jvp: ({ a: t }, { output }) => {
    if (t === null) return [null, null];
    const [q, r] = output as [Tensor, Tensor];
    const scaled = onRight(r, t, true);
    const inner = q.mT.matmul(scaled);
    // Q^T dQ is antisymmetric, dR R^-1 upper triangular, and inner is their sum.
    const upper = inner.triu().add(inner.tril(-1).mT);
    return [scaled.sub(q.matmul(upper)), upper.matmul(r)];
  },
});

const completeQrOp = /* @__PURE__ */ defineOp({
  name: 'qr',
  inputs: ['a'],
  saves: [],
  forward: ({ a }) => {
    const { q, r } = linalgKernels.qr(a, true);
    return [wrap(q, a.dtype, a.shape.with(-1, a.shape.at(-2)!)), wrap(r, a.dtype, a.shape)];
  },
  vjp: { a: () => refuseComplete() },
  jvp: () => refuseComplete(),
});

function refuseComplete(): never {
  throw new GradientError(
    "qr: the complete factors of a matrix with more rows than columns are not differentiable; use mode 'reduced'",
  );
}

/** Options of {@link qr}. */
export interface QrOptions {
  /**
   * `reduced` (the default): Q has as many columns as A has rows or columns, whichever are fewer. `complete`: Q is
   * square. `r`: R of the reduced form, and an empty Q.
   */
  readonly mode?: 'reduced' | 'complete' | 'r';
}

/** The factors of {@link qr}. */
export interface QrFactors {
  /** Orthonormal columns. */
  readonly Q: Tensor;
  /** Upper triangular. */
  readonly R: Tensor;
}

/**
 * A = Q R with orthonormal columns of Q and upper triangular R, by Householder reflections with the signs of LAPACK.
 *
 * Derivatives, with C = Q^T dA R^-1: dR = (the upper triangle of C, plus its transposed strict lower one) R and
 * dQ = (dA - Q dR) R^-1 (Walter and Lehmann 2010); infinite where R is singular. Not differentiable for `complete` with
 * more rows than columns.
 *
 * Errors: ShapeError below two axes; DTypeError for integers; ArgumentError for an unknown mode; GradientError as above.
 * PyTorch: `torch.linalg.qr`, which does not differentiate mode `r`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * const { Q, R } = linalg.qr(tensor([[3, 1], [4, 3]]));
 * console.log(R.toArray()); // [ [ -5, -3 ], [ 0, 1 ] ]
 * console.log(Q.matmul(R).round().toArray()); // [ [ 3, 1 ], [ 4, 3 ] ]
 * ```
 */
export function qr(a: Tensor, { mode = 'reduced' }: QrOptions = {}): QrFactors {
  checkTensor('qr', 'a', a);
  requireMatrix('qr', 'A', a);
  if (!['reduced', 'complete', 'r'].includes(mode)) {
    throw new ArgumentError(`qr: mode must be 'reduced', 'complete' or 'r', got '${mode}'`);
  }
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  const [Q, R] = mode === 'complete' && rows > columns ? completeQrOp({ a }) : reducedQr(a, rows, columns);
  return mode === 'r'
    ? { Q: wrap(new Storage(allocate(a.dtype, 0)), a.dtype, [0]), R: R! }
    : { Q: Q!, R: R! };
}

/** A wide matrix has the factors of its first columns, and Q^T times the others beside R. */
function reducedQr(a: Tensor, rows: number, columns: number): readonly Tensor[] {
  if (rows >= columns) return qrOp({ a });
  const [q, r] = qrOp({ a: a.slice(-1, 0, rows) }) as [Tensor, Tensor];
  return [q, cat([r, q.mT.matmul(a.slice(-1, rows))], -1)];
}
export const qrSamples: Samples = (s) => {
  const shape = s.oneOf([
    [3, 2],
    [2, 2],
    [2, 3],
    [2, 3, 3],
    [0, 3, 2],
    [2, 0],
  ]);
  const complete = shape.at(-2)! <= shape.at(-1)!;
  // The sign of a row of R jumps where all below the diagonal is 0.
  const x = graded(s, shape, { low: -0.5, high: 0.5, apart: [0] });
  return [x, { mode: s.oneOf(complete ? ['reduced', 'complete'] : ['reduced']) }];
};
export const qrRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /A must be a matrix or a batch of matrices, got shape \(3,\)/],
  [[s.index([2, 2], 3)], 'DTypeError', /A must be floating point, got int32/],
  [
    [s.tensorOf([2, 2]), { mode: 'full' }],
    'ArgumentError',
    /mode must be 'reduced', 'complete' or 'r', got 'full'/,
  ],
];

interface Factored {
  readonly factors: LuFactors;
}

/** L and U of matrices whose rows are already in the order of the pivots. */
const luOp = /* @__PURE__ */ defineOp({
  name: 'lu',
  inputs: ['x'],
  saves: ['output'],
  forward: ({ x }, { factors }: Factored) => {
    const k = Math.min(factors.rows, factors.columns);
    const { l, u } = linalgKernels.luUnpack(factors, x.dtype);
    return [wrap(l, x.dtype, x.shape.with(-1, k)), wrap(u, x.dtype, x.shape.with(-2, k))];
  },
  vjp: {
    x: ([gl, gu], { output }, { factors: { rows, columns } }) => {
      const [l, u] = output as [Tensor, Tensor];
      const k = Math.min(rows, columns);
      const [l1, u1] = [l.slice(-2, 0, k), u.slice(-1, 0, k)];
      const [wholeL, wholeU] = [orZeros(gl ?? null, l), orZeros(gu ?? null, u)];
      let [atL, atU] = [wholeL.slice(-2, 0, k), wholeU.slice(-1, 0, k)];
      const below = rows > k ? onRight(u1.mT, wholeL.slice(-2, k), false) : null;
      const beside = columns > k ? onLeft(l1.mT, wholeU.slice(-1, k), true) : null;
      if (below) atU = atU.sub(l.slice(-2, k).mT.matmul(below));
      if (beside) atL = atL.sub(beside.matmul(u.slice(-1, k).mT));
      const inner = l1.mT.matmul(atL).tril(-1).add(atU.matmul(u1.mT).triu());
      const square = onLeft(l1.mT, onRight(u1.mT, inner, false), true);
      if (below) return cat([square, below], -2);
      return beside ? cat([square, beside], -1) : square;
    },
  },
  jvp: ({ x: t }, { output }, { factors: { rows, columns } }) => {
    if (t === null) return [null, null];
    const [l, u] = output as [Tensor, Tensor];
    const k = Math.min(rows, columns);
    const [l1, u1] = [l.slice(-2, 0, k), u.slice(-1, 0, k)];
    const inner = onLeft(l1, onRight(u1, t.slice(-2, 0, k).slice(-1, 0, k), true), false);
    const [dl, du] = [l1.matmul(inner.tril(-1)), inner.triu().matmul(u1)];
    const below = rows > k && onRight(u1, t.slice(-2, k).sub(l.slice(-2, k).matmul(du)), true);
    const beside = columns > k && onLeft(l1, t.slice(-1, k).sub(dl.matmul(u.slice(-1, k))), false);
    return [below ? cat([dl, below], -2) : dl, beside ? cat([du, beside], -1) : du];
  },
});

/** L, U, and the rows of A in the order of the pivots (int32). */
function luOf(a: Tensor): readonly [l: Tensor, u: Tensor, order: Tensor, factors: LuFactors] {
  const factors = linalgKernels.luFactor(a);
  const order = wrap(new Storage(factors.order), 'int32', a.shape.slice(0, -1));
  const permuted = a.gather(-2, order.unsqueeze(-1).expand(a.shape));
  const [l, u] = luOp({ x: permuted }, { factors }) as [Tensor, Tensor];
  return [l, u, order, factors];
}

/** The factors of {@link lu}. */
export interface LuMatrices {
  /** A permutation. */
  readonly P: Tensor;
  /** Lower triangular, with ones on its diagonal. */
  readonly L: Tensor;
  /** Upper triangular. */
  readonly U: Tensor;
}

/**
 * A = P L U with a permutation P, lower triangular L with ones on its diagonal, and upper triangular U, by elimination
 * with partial pivoting.
 *
 * Derivatives, for square A, with N = L^-1 P^T dA U^-1: dL = L (its strict lower triangle), dU = (its upper triangle) U.
 *
 * Errors: ShapeError below two axes; DTypeError for integers. PyTorch: `torch.linalg.lu`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * const { L, U } = linalg.lu(tensor([[1, 2], [2, 2]]));
 * console.log(L.toArray(), U.toArray()); // [ [ 1, 0 ], [ 0.5, 1 ] ] [ [ 2, 2 ], [ 0, 1 ] ]
 * ```
 */
export function lu(a: Tensor): LuMatrices {
  checkTensor('lu', 'a', a);
  requireMatrix('lu', 'A', a);
  const [L, U, order] = luOf(a);
  const rows = a.shape.at(-2)!;
  const columns = order.unsqueeze(-2).expand([...order.shape.slice(0, -1), rows, rows]);
  const identity = identityMatrix(rows, rows, a.dtype).expand(columns.shape);
  return { P: identity.gather(-1, columns), L, U };
}
const luShapes = [
  [3, 3],
  [2, 2, 2],
  [3, 2],
  [2, 3],
  [2, 3, 2],
  [0, 2, 2],
] as const;
export const luSamples: Samples = (s) => {
  const x = graded(s, s.oneOf(luShapes));
  return [s.oneOf([true, false]) ? x.flip(-2) : x];
};
export const luRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /A must be a matrix or a batch of matrices, got shape \(3,\)/],
  [[s.index([2, 2], 3)], 'DTypeError', /A must be floating point, got int32/],
];

/** The factors of {@link luFactor}, as {@link luSolve} takes them. */
export interface PackedLu {
  /** U, and below its diagonal L without its ones. */
  readonly LU: Tensor;
  /** The row that each row was exchanged with, in turn, counted from 1 as by LAPACK (int32). */
  readonly pivots: Tensor;
}

/**
 * The factors of {@link lu} in one matrix, with the exchanges of rows: to solve several systems with one matrix, hand
 * them to {@link luSolve}. Derivatives: as {@link lu}.
 *
 * Errors: ShapeError below two axes; DTypeError for integers. PyTorch: `torch.linalg.lu_factor`, which refuses singular
 * matrices; here only {@link luSolve} divides by their zero pivots.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * const { LU, pivots } = linalg.luFactor(tensor([[1, 2], [2, 2]]));
 * console.log(LU.toArray(), pivots.toArray()); // [ [ 2, 2 ], [ 0.5, 1 ] ] [ 2, 2 ]
 * ```
 */
export function luFactor(a: Tensor): PackedLu {
  checkTensor('luFactor', 'a', a);
  requireMatrix('luFactor', 'A', a);
  const [l, u, , { swaps }] = luOf(a);
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  const k = Math.min(rows, columns);
  const below = l.tril(-1);
  const square = below.slice(-2, 0, k).add(u.slice(-1, 0, k));
  const LU =
    rows > k
      ? cat([square, below.slice(-2, k)], -2)
      : columns > k
        ? cat([square, u.slice(-1, k)], -1)
        : square;
  return { LU, pivots: wrap(new Storage(swaps), 'int32', [...a.shape.slice(0, -2), k]) };
}
export const luFactorSamples = luSamples;
export const luFactorRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /A must be a matrix or a batch of matrices, got shape \(3,\)/],
  [[s.index([2, 2], 3)], 'DTypeError', /A must be floating point, got int32/],
];

/** Options of {@link luSolve}. */
export interface LuSolveOptions {
  /** Solve A X = B (the default), or X A = B. */
  readonly left?: boolean;
  /** Solve with the transpose of A. Default false. */
  readonly adjoint?: boolean;
}

/**
 * X with A X = B, from the factors of A that {@link luFactor} gives. Leading axes broadcast. Derivatives: those of two
 * triangular solves. Zero pivots of a singular matrix give infinities and NaN.
 *
 * Errors: ShapeError unless the factors are square and fit B and each other; DTypeError unless the pivots are int32;
 * IndexError for pivots that name no row. PyTorch: `torch.linalg.lu_solve`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * const { LU, pivots } = linalg.luFactor(tensor([[0, 2], [1, 0]]));
 * console.log(linalg.luSolve(LU, pivots, tensor([[4], [3]])).toArray()); // [ [ 3 ], [ 2 ] ]
 * ```
 */
export function luSolve(
  LU: Tensor,
  pivots: Tensor,
  b: Tensor,
  { left = true, adjoint = false }: LuSolveOptions = {},
): Tensor {
  checkTensor('luSolve', 'LU', LU);
  checkTensor('luSolve', 'pivots', pivots);
  checkTensor('luSolve', 'b', b);
  requireSquare('luSolve', 'LU', LU);
  requireMatrix('luSolve', 'B', b);
  if (pivots.dtype !== 'int32') {
    throw new DTypeError(`luSolve: pivots must be int32, as luFactor gives them, got ${pivots.dtype}`);
  }
  if (!sameShape(pivots.shape, LU.shape.slice(0, -1))) {
    throw new ShapeError(
      `luSolve: pivots must have the shape of LU ${formatShape(LU.shape)} without its last axis, got ${formatShape(pivots.shape)}`,
    );
  }
  if (LU.shape.at(-1) !== b.shape.at(left ? -2 : -1)) {
    throw new ShapeError(
      `luSolve: LU of shape ${formatShape(LU.shape)} and B of shape ${formatShape(b.shape)} do not fit ${left ? 'A X = B' : 'X A = B'}`,
    );
  }
  // X A = B is A^T X^T = B^T.
  const side = left ? b : b.mT;
  const order = orderOf(pivots);
  let x: Tensor;
  if (adjoint !== !left) {
    const y = onLeft(LU.mT, side, false);
    x = withRows(solveTriangular(LU.mT, y, { upper: true, unitriangular: true }), order.argsort);
  } else {
    const y = solveTriangular(LU, withRows(side, order.rows), { upper: false, unitriangular: true });
    x = onLeft(LU, y, true);
  }
  return left ? x : x.mT;
}

/** The order of rows that exchanges in turn lead to, and the order that leads back. */
function orderOf(pivots: Tensor): { readonly rows: Tensor; readonly argsort: Tensor } {
  const n = pivots.shape.at(-1)!;
  const swaps = pivots.toTypedArray();
  const [rows, argsort] = [allocate('int32', pivots.size), allocate('int32', pivots.size)];
  for (let at = 0; at < swaps.length; at += n) {
    for (let i = 0; i < n; i++) rows[at + i] = i;
    for (let i = 0; i < n; i++) {
      const other = swaps[at + i]! - 1;
      if (other < 0 || other >= n) {
        throw new IndexError(`luSolve: pivots must lie between 1 and ${n}, got ${swaps[at + i]}`);
      }
      const kept = rows[at + i]!;
      rows[at + i] = rows[at + other]!;
      rows[at + other] = kept;
    }
    for (let i = 0; i < n; i++) argsort[at + rows[at + i]!] = i;
  }
  const indices = (array: NumericArray) => wrap(new Storage(array), 'int32', pivots.shape);
  return { rows: indices(rows), argsort: indices(argsort) };
}

/** The rows of x in another order; leading axes broadcast. */
function withRows(x: Tensor, order: Tensor): Tensor {
  const batch = broadcastBatches('luSolve', [...order.shape, 1], x.shape);
  const shape = [...batch, ...x.shape.slice(-2)];
  return x.expand(shape).gather(-2, order.unsqueeze(-1).expand(shape));
}
export const luSolveSamples: Samples = (s) => {
  const [a, b, left] = s.oneOf([
    [[3, 3], [3, 2], true],
    [[2, 2], [3, 2], false],
    [[2, 2, 2], [2, 1], true],
    [[2, 2], [3, 2, 1], true],
    [[0, 0], [0, 2], true],
  ] as const);
  const { LU, pivots } = luFactor(regular(s, a));
  return [LU, pivots, s.tensorOf(b), { left, adjoint: s.oneOf([true, false]) }];
};
export const luSolveRefusals: Refusals = (s) => {
  const a = s.tensorOf([2, 2]);
  const pivots = s.index([2], 1).add(1);
  return [
    [[s.tensorOf([2, 3]), pivots, s.tensorOf([2, 1])], 'ShapeError', /LU must be square, got shape \(2, 3\)/],
    [
      [a, pivots, s.tensorOf([2])],
      'ShapeError',
      /B must be a matrix or a batch of matrices, got shape \(2,\)/,
    ],
    [[a, pivots, s.tensorOf([3, 1])], 'ShapeError', /\(2, 2\) and B of shape \(3, 1\) do not fit A X = B/],
    [
      [a, s.index([3], 1), s.tensorOf([2, 1])],
      'ShapeError',
      /pivots must have the shape of LU \(2, 2\) without/,
    ],
    [[a, s.tensorOf([2]), s.tensorOf([2, 1])], 'DTypeError', /pivots must be int32, .*got float64/],
    [[a, pivots.sub(1), s.tensorOf([2, 1])], 'IndexError', /pivots must lie between 1 and 2, got 0/],
    [[a, pivots.add(2), s.tensorOf([2, 1])], 'IndexError', /got 3/],
  ];
};

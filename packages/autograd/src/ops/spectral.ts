import { linalgKernels } from '../kernels/linalg.ts';
import { defineOp } from '../tape/defineOp.ts';
import { sumOf } from '../tape/shorthands.ts';
import { wrap } from '../tensor/core.ts';
import { GradientError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor.ts';
import { graded, identityMatrix, requireMatrix, requireSquare, squareRefusals } from './matrices.ts';
import type { Refusals, Samples } from './samples.ts';
import { cat } from './shape.ts';

// Sources: M. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
// differentiation" (Oxford, 2008); J. Townsend, "Differentiating the singular value decomposition" (2016).

const symmetric = (x: Tensor): Tensor => x.add(x.mT).div(2);

/** A diagonal matrix X D, for a vector D. */
const timesColumns = (x: Tensor, d: Tensor): Tensor => x.mul(d.unsqueeze(-2));

/** The matrix with a vector on its diagonal. */
const diagonalMatrix = (d: Tensor): Tensor => {
  const n = d.shape.at(-1)!;
  return d.unsqueeze(-1).where(identityMatrix(n, n, 'bool'), 0);
};

/** The elements of X beside its diagonal, divided by those of D; 0 on the diagonal, where D is 0. */
const dividedBeside = (x: Tensor, d: Tensor): Tensor => {
  const n = x.shape.at(-1)!;
  const diagonal = identityMatrix(n, n, 'bool');
  return x.div(d.maskedFill(diagonal, 1)).maskedFill(diagonal, 0);
};

/** d_j - d_i at (i, j). */
const differences = (d: Tensor): Tensor => d.unsqueeze(-2).sub(d.unsqueeze(-1));

const eighOp = /* @__PURE__ */ defineOp({
  name: 'eigh',
  inputs: ['a'],
  saves: ['output'],
  forward: ({ a }) => {
    const { values, vectors } = linalgKernels.eigh(a);
    return [wrap(values, a.dtype, a.shape.slice(0, -1)), wrap(vectors, a.dtype, a.shape)];
  },
  vjp: {
    a: ([gw = null, gv = null], { output }) => {
      const [w, v] = output as [Tensor, Tensor];
      // Only the antisymmetric part of V^T g can be: vectors stay orthonormal.
      const turned = gv && dividedBeside(v.mT.matmul(gv), differences(w));
      const inner = sumOf(gw && diagonalMatrix(gw), turned && symmetric(turned));
      return inner && v.matmul(inner).matmul(v.mT);
    },
  },
  jvp: ({ a: t }, { output }) => {
    if (t === null) return [null, null];
    const [w, v] = output as [Tensor, Tensor];
    const inner = v.mT.matmul(symmetric(t)).matmul(v);
    return [inner.diagonal(0, -2, -1), v.matmul(dividedBeside(inner, differences(w)))];
  },
});

/** What {@link eigh} finds. */
export interface Eigen {
  /** In ascending order. */
  readonly eigenvalues: Tensor;
  /** Orthonormal, as columns. */
  readonly eigenvectors: Tensor;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, A = V diag(w) V^T, by Jacobi's rotations. The symmetric part of A
 * is taken (PyTorch looks at one triangle only). The sign of each vector is fixed: the first element of more than 0.37 of
 * the largest is positive (LAPACK's signs depend on the machine).
 *
 * Derivatives, with M = V^T dA V: dw = diag M and dV = V F, where F_ij = M_ij / (w_j - w_i) beside the diagonal (Giles
 * 2008); those of the vectors are infinite or NaN where eigenvalues are equal.
 *
 * Errors: ShapeError unless A is square; DTypeError for integers. PyTorch: `torch.linalg.eigh`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.eigh(tensor([[2, 1], [1, 2]])).eigenvalues.round()); // tensor([1., 3.])
 * ```
 */
export function eigh(a: Tensor): Eigen {
  requireSquare('eigh', 'A', a);
  const [eigenvalues, eigenvectors] = eighOp({ a }) as [Tensor, Tensor];
  return { eigenvalues, eigenvectors };
}
const spectralShapes = [
  [3, 3],
  [2, 2],
  [1, 1],
  [2, 2, 2],
  [0, 0],
  [0, 2, 2],
] as const;
export const eighSamples: Samples = (s) => [graded(s, s.oneOf(spectralShapes))];
export const eighRefusals = squareRefusals;

/**
 * The eigenvalues of a symmetric matrix, ascending: see {@link eigh}. Derivative: V diag(g) V^T.
 *
 * Errors: ShapeError unless A is square; DTypeError for integers. PyTorch: `torch.linalg.eigvalsh`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.eigvalsh(tensor([[2, 1], [1, 2]])).round()); // tensor([1., 3.])
 * ```
 */
export function eigvalsh(a: Tensor): Tensor {
  requireSquare('eigvalsh', 'A', a);
  return eigh(a).eigenvalues;
}
export const eigvalshSamples = eighSamples;
export const eigvalshRefusals = squareRefusals;

/** For matrices with at least as many rows as columns. */
const svdOp = /* @__PURE__ */ defineOp({
  name: 'svd',
  inputs: ['a'],
  saves: ['output'],
  forward: ({ a }) => {
    const { u, s, v } = linalgKernels.svd(a, false);
    const n = a.shape.at(-1)!;
    return [
      wrap(u, a.dtype, a.shape),
      wrap(s, a.dtype, a.shape.slice(0, -2).concat(n)),
      wrap(v, a.dtype, a.shape.with(-2, n)),
    ];
  },
  vjp: {
    a: ([gu = null, gs = null, gv = null], { output }) => {
      const [u, s, v] = output as [Tensor, Tensor, Tensor];
      const squares = squareDifferences(s);
      const ofU = gu && turned(u.mT.matmul(gu), squares);
      const ofV = gv && turned(v.mT.matmul(gv), squares);
      const inner = sumOf(
        gs && diagonalMatrix(gs),
        sumOf(ofU && timesColumns(ofU, s), ofV && ofV.mul(s.unsqueeze(-1))),
      );
      const within = inner && u.matmul(inner);
      // What of g lies outside the columns of U, which a square U does not leave anything of.
      const outside =
        gu && u.shape.at(-2) !== u.shape.at(-1)
          ? timesColumns(gu.sub(u.matmul(u.mT.matmul(gu))), s.reciprocal())
          : null;
      const left = sumOf(within, outside);
      return left && left.matmul(v.mT);
    },
  },
  jvp: ({ a: t }, { output }) => {
    if (t === null) return [null, null, null];
    const [u, s, v] = output as [Tensor, Tensor, Tensor];
    const along = t.matmul(v);
    const inner = u.mT.matmul(along);
    const squares = squareDifferences(s);
    const turnsU = dividedBeside(timesColumns(inner, s).add(inner.mT.mul(s.unsqueeze(-1))), squares);
    const turnsV = dividedBeside(inner.mul(s.unsqueeze(-1)).add(timesColumns(inner.mT, s)), squares);
    const within = u.matmul(turnsU);
    const du =
      u.shape.at(-2) === u.shape.at(-1)
        ? within
        : within.add(timesColumns(along.sub(u.matmul(inner)), s.reciprocal()));
    return [du, inner.diagonal(0, -2, -1), v.matmul(turnsV)];
  },
});

/** s_j^2 - s_i^2 at (i, j), as a product, so that close values do not cancel. */
const squareDifferences = (s: Tensor): Tensor => differences(s).mul(s.unsqueeze(-2).add(s.unsqueeze(-1)));

/** The antisymmetric part of V^T g, twice, divided by the differences of squares. */
const turned = (x: Tensor, squares: Tensor): Tensor => dividedBeside(x.sub(x.mT), squares);

const fullSvdOp = /* @__PURE__ */ defineOp({
  name: 'svd',
  inputs: ['a'],
  saves: [],
  forward: ({ a }) => {
    const [rows, columns] = a.shape.slice(-2) as [number, number];
    const u = wrap(linalgKernels.svd(a, true).u, a.dtype, a.shape.with(-1, rows));
    return u.slice(-1, columns);
  },
  vjp: { a: () => refuseFull() },
  jvp: () => refuseFull(),
});

function refuseFull(): never {
  throw new GradientError(
    'svd: the vectors that complete U or V of a matrix that is not square are not differentiable; use { fullMatrices: false }',
  );
}

/** Options of {@link svd}. */
export interface SvdOptions {
  /** Whether U and V are square (the default), or have only as many columns as there are singular values. */
  readonly fullMatrices?: boolean;
}

/** The factors of {@link svd}. */
export interface SingularValues {
  /** Orthonormal columns. */
  readonly U: Tensor;
  /** Singular values in descending order. */
  readonly S: Tensor;
  /** V^T: orthonormal rows. */
  readonly Vh: Tensor;
}

/**
 * The singular value decomposition A = U diag(S) Vh, by one-sided Jacobi rotations. The signs of the vectors are fixed:
 * in each column of the smaller of U and V the first element of more than 0.37 of the largest is positive.
 *
 * Derivatives, with P = U^T dA V: dS = diag P, dU and dV by P over differences of squares s_j^2 - s_i^2 (Townsend 2016);
 * infinite or NaN where singular values are equal, or 0 and A not square. Vectors that `fullMatrices` adds are not
 * differentiable.
 *
 * Errors: ShapeError below two axes; DTypeError for integers; GradientError as above. PyTorch: `torch.linalg.svd`, which
 * takes the gradient of added vectors to be 0.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * const { S } = linalg.svd(tensor([[3, 0], [0, -4]]));
 * console.log(S); // tensor([4., 3.])
 * ```
 */
export function svd(a: Tensor, { fullMatrices = true }: SvdOptions = {}): SingularValues {
  requireMatrix('svd', 'A', a);
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  if (rows < columns) {
    const { U, S, Vh } = svd(a.mT, { fullMatrices });
    return { U: Vh.mT, S, Vh: U.mT };
  }
  const [u, S, v] = svdOp({ a }) as [Tensor, Tensor, Tensor];
  const U = fullMatrices && rows > columns ? cat([u, fullSvdOp({ a })], -1) : u;
  return { U, S, Vh: v.mT };
}
export const svdSamples: Samples = (s) => [
  graded(
    s,
    s.oneOf([
      [3, 2],
      [2, 3],
      [2, 2],
      [2, 3, 2],
      [1, 3],
      [2, 0],
    ]),
  ),
  { fullMatrices: false },
];
export const svdRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /A must be a matrix or a batch of matrices, got shape \(3,\)/],
  [[s.index([2, 2], 3)], 'DTypeError', /A must be floating point, got int32/],
];

/**
 * The singular values of a matrix, descending: see {@link svd}. Derivative: U diag(g) Vh.
 *
 * Errors: ShapeError below two axes; DTypeError for integers. PyTorch: `torch.linalg.svdvals`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.svdvals(tensor([[3, 0], [0, -4]]))); // tensor([4., 3.])
 * ```
 */
export function svdvals(a: Tensor): Tensor {
  requireMatrix('svdvals', 'A', a);
  return svd(a, { fullMatrices: false }).S;
}
export const svdvalsSamples: Samples = (s) => svdSamples(s).slice(0, 1);
export const svdvalsRefusals = svdRefusals;

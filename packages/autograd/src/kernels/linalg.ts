import type { DType } from '../tensor/dtype.ts';
import type { Storage } from '../tensor/storage.ts';
import type { View } from '../tensor/view.ts';
import { decompositions } from './reference/decompositions.ts';
import { linalg } from './reference/linalg.ts';

/** Factors of a batch of matrices, P A = L U, in doubles whatever the dtype: what solves read. */
export interface LuFactors {
  /** The number of matrices, and their shape. */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** Row-major matrices: U on and above the diagonal, L below it, without its diagonal of ones. */
  readonly lu: Float64Array;
  /** Row i of P A is row `order[i]` of A, for each matrix. */
  readonly order: Int32Array;
  /** The row that row i was exchanged with, in turn: from 1, as LAPACK counts; for each matrix. */
  readonly swaps: Int32Array;
  /** The first matrix with a pivot of 0, and the position of that pivot; -1 where there is none. */
  readonly singular: number;
  readonly zeroPivot: number;
}

/**
 * The numeric routines of linear algebra. Arguments are views (any strides) of batches of matrices, already checked and
 * broadcast; all work is done in doubles, and results are new row-major storages in the dtype of the first view. They
 * stand apart from `Kernels`, so that programs without linear algebra do not carry them.
 */
export interface LinalgKernels {
  /** Factors by Gaussian elimination with partial pivoting. Zero pivots are kept. */
  luFactor(a: View): LuFactors;
  /** X with A X = B, or with A^T X = B when `transposed`, from the factors of square A. */
  luSolve(factors: LuFactors, b: View, transposed: boolean): Storage;
  /** A^-1 from the factors of A. Where A is singular: its adjugate divided by 0. */
  inverse(factors: LuFactors, a: View): Storage;
  /** L and U as matrices of their own, from factors. */
  luUnpack(factors: LuFactors, dtype: DType): { readonly l: Storage; readonly u: Storage };
  /** det A from the factors of A. */
  det(factors: LuFactors, dtype: DType): Storage;
  /** The sign of det A and ln |det A| from the factors of A. */
  slogdet(factors: LuFactors, dtype: DType): { readonly sign: Storage; readonly logabsdet: Storage };
  /** The cofactors d det / dA, for A of any rank. */
  cofactors(a: View): Storage;
  /** The derivative of the cofactors of A in the direction M, for A of any rank. */
  cofactorsTangent(a: View, m: View): Storage;
  /** X with A X = B, from the triangle of A that is named; its diagonal counts as ones when `unitriangular`. */
  solveTriangular(a: View, b: View, upper: boolean, unitriangular: boolean): Storage;
  /** Lower triangular L with L L^T = (A + A^T) / 2; `failed` is the first matrix that is not positive definite, or -1. */
  cholesky(a: View): { readonly l: Storage; readonly failed: number; readonly minor: number };
  /** Q and R with A = Q R: R square (rows >= columns), or Q square when `complete`. */
  qr(a: View, complete: boolean): { readonly q: Storage; readonly r: Storage };
  /**
   * Ascending eigenvalues of (A + A^T) / 2, and orthonormal eigenvectors as columns. In each vector the first element
   * that is not small (more than 0.37 of the largest) is positive.
   */
  eigh(a: View): { readonly values: Storage; readonly vectors: Storage };
  /**
   * U, descending S, and V with A = U S V^T, for rows >= columns; U has as many columns as A, or as rows when `full`.
   * Signs are chosen as those of the eigenvectors, in V.
   */
  svd(a: View, full: boolean): { readonly u: Storage; readonly s: Storage; readonly v: Storage };
  /** e^A. */
  matrixExp(a: View): Storage;
}

/** The routines that operations call. */
export const linalgKernels: LinalgKernels = { ...linalg, ...decompositions };

/**
 * Linear algebra on (batches of) matrices: the last two axes are rows and columns. Names follow `torch.linalg`.
 *
 * @module
 */
export {
  type CholeskyOptions,
  cholesky,
  type LuMatrices,
  type LuSolveOptions,
  lu,
  luFactor,
  luSolve,
  type PackedLu,
  type QrFactors,
  type QrOptions,
  qr,
} from './ops/decompositions.ts';
export {
  det,
  inv,
  type SignAndLogDeterminant,
  type SolveOptions,
  type SolveTriangularOptions,
  slogdet,
  solve,
  solveTriangular,
} from './ops/linalg.ts';
export { matrixExp, matrixPower, multiDot } from './ops/matrixFunctions.ts';
export { cond, type MatrixNormOrder, matrixNorm, vectorNorm } from './ops/matrixNorms.ts';
export {
  type LeastSquares,
  type LstsqOptions,
  lstsq,
  matrixRank,
  pinv,
  type RankOptions,
} from './ops/pseudoinverse.ts';
export {
  type Eigen,
  eigh,
  eigvalsh,
  type SingularValues,
  type SvdOptions,
  svd,
  svdvals,
} from './ops/spectral.ts';

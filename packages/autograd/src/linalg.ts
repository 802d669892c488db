/**
 * Linear algebra on (batches of) matrices: the last two axes are rows and columns. Names follow `torch.linalg`.
 *
 * @module
 */
export {
  type CholeskyOptions,
  cholesky,
  type LuMatrices,
  lu,
  luFactor,
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

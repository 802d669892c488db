import type { DType } from '../../tensor/dtype.ts';
import type { Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { LinalgKernels, LuFactors } from '../linalg.ts';
import { cofactors, cofactorsTangent } from './cofactors.ts';
import { readBatch, store, swapRows, viewOf } from './matrices.ts';

/**
 * Reference `LinalgKernels.luFactor`: elimination row by row with partial pivoting (Golub and Van Loan, Matrix
 * Computations, 3.4).
 */
export function luFactor(a: View): LuFactors {
  const { count, rows, columns, data: lu } = readBatch(a);
  const steps = Math.min(rows, columns);
  const order = new Int32Array(count * rows);
  const swaps = new Int32Array(count * steps);
  let singular = -1;
  let zeroPivot = -1;
  for (let m = 0; m < count; m++) {
    const at = m * rows * columns;
    const rowAt = m * rows;
    for (let i = 0; i < rows; i++) order[rowAt + i] = i;
    for (let k = 0; k < steps; k++) {
      let pivot = k;
      let largest = Math.abs(lu[at + k * columns + k]!);
      for (let i = k + 1; i < rows; i++) {
        const size = Math.abs(lu[at + i * columns + k]!);
        if (size > largest) {
          largest = size;
          pivot = i;
        }
      }
      swaps[m * steps + k] = pivot + 1;
      swapRows(lu, at, columns, k, pivot);
      const moved = order[rowAt + k]!;
      order[rowAt + k] = order[rowAt + pivot]!;
      order[rowAt + pivot] = moved;
      const top = at + k * columns;
      const diagonal = lu[top + k]!;
      if (diagonal === 0) {
        if (singular < 0) {
          singular = m;
          zeroPivot = k;
        }
        continue;
      }
      for (let i = k + 1; i < rows; i++) {
        const row = at + i * columns;
        const factor = lu[row + k]! / diagonal;
        lu[row + k] = factor;
        for (let j = k + 1; j < columns; j++) lu[row + j]! -= factor * lu[top + j]!;
      }
    }
  }
  return { count, rows, columns, lu, order, swaps, singular, zeroPivot };
}

/** Reference `LinalgKernels.luSolve`. */
export function luSolve({ count, rows: n, lu, order }: LuFactors, b: View, transposed: boolean): Storage {
  const { columns, data } = readBatch(b);
  const x = new Float64Array(data.length);
  for (let m = 0; m < count; m++) {
    const at = m * n * n;
    const bAt = m * n * columns;
    if (transposed) {
      const y = data.subarray(bAt, bAt + n * columns);
      substitute(lu, at, n, y, 0, columns, { upper: true, transposed, unit: false });
      substitute(lu, at, n, y, 0, columns, { upper: false, transposed, unit: true });
      for (let i = 0; i < n; i++)
        x.set(y.subarray(i * columns, (i + 1) * columns), bAt + order[m * n + i]! * columns);
    } else {
      for (let i = 0; i < n; i++) {
        const from = bAt + order[m * n + i]! * columns;
        x.set(data.subarray(from, from + columns), bAt + i * columns);
      }
      substitute(lu, at, n, x, bAt, columns, { upper: false, transposed, unit: true });
      substitute(lu, at, n, x, bAt, columns, { upper: true, transposed, unit: false });
    }
  }
  return store(x, b.dtype);
}

interface Triangle {
  /** Which triangle of the matrix as it is stored. */
  readonly upper: boolean;
  /** Whether to solve with its transpose. */
  readonly transposed: boolean;
  readonly unit: boolean;
}

/** Overwrites B with X, where T X = B for a triangle T of a row-major matrix of n rows. */
function substitute(
  t: Float64Array,
  at: number,
  n: number,
  b: Float64Array,
  bAt: number,
  columns: number,
  { upper, transposed, unit }: Triangle,
): void {
  // Solving from the end: with an upper triangle, or with the transpose of a lower one.
  const backward = upper !== transposed;
  const [rowStep, columnStep] = transposed ? [1, n] : [n, 1];
  for (let step = 0; step < n; step++) {
    const i = backward ? n - 1 - step : step;
    const row = bAt + i * columns;
    for (let k = backward ? i + 1 : 0; k < (backward ? n : i); k++) {
      const factor = t[at + i * rowStep + k * columnStep]!;
      const other = bAt + k * columns;
      for (let j = 0; j < columns; j++) b[row + j]! -= factor * b[other + j]!;
    }
    if (unit) continue;
    const diagonal = t[at + i * n + i]!;
    for (let j = 0; j < columns; j++) b[row + j]! /= diagonal;
  }
}

/** Reference `LinalgKernels.inverse`. */
function inverse(factors: LuFactors, a: View): Storage {
  const { count, rows: n, singular } = factors;
  const identity = new Float64Array(count * n * n);
  for (let m = 0; m < count; m++) for (let i = 0; i < n; i++) identity[m * n * n + i * n + i] = 1;
  const x = luSolve(factors, viewOf(identity, count, n, n), false).array as Float64Array;
  if (singular >= 0) divideAdjugates(factors, cofactors(a, 'float64').array, x);
  return store(x, a.dtype);
}

/** Puts adjugate / 0 in place of the inverses of singular matrices. */
function divideAdjugates(
  { count, rows: n, lu }: LuFactors,
  cofactor: ArrayLike<number>,
  x: Float64Array,
): void {
  for (let m = 0; m < count; m++) {
    const at = m * n * n;
    if (determinant(lu, at, n) !== 0) continue;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) x[at + i * n + j] = cofactor[at + j * n + i]! / 0;
    }
  }
}

function determinant(lu: Float64Array, at: number, n: number): number {
  let product = 1;
  for (let i = 0; i < n; i++) product *= lu[at + i * n + i]!;
  return product;
}

/** 1 or -1: whether the rows were exchanged an even or odd number of times. */
function parity({ swaps, rows: n }: LuFactors, m: number): number {
  let sign = 1;
  for (let i = 0; i < n; i++) if (swaps[m * n + i] !== i + 1) sign = -sign;
  return sign;
}

/** Reference `LinalgKernels.det`. */
function det(factors: LuFactors, dtype: DType): Storage {
  const { count, rows: n, lu } = factors;
  const out = new Float64Array(count);
  for (let m = 0; m < count; m++) out[m] = parity(factors, m) * determinant(lu, m * n * n, n);
  return store(out, dtype);
}

/** Reference `LinalgKernels.slogdet`. */
function slogdet(factors: LuFactors, dtype: DType): { sign: Storage; logabsdet: Storage } {
  const { count, rows: n, lu } = factors;
  const sign = new Float64Array(count);
  const logabsdet = new Float64Array(count);
  for (let m = 0; m < count; m++) {
    sign[m] = parity(factors, m);
    for (let i = 0; i < n; i++) {
      const pivot = lu[m * n * n + i * n + i]!;
      sign[m]! *= Math.sign(pivot);
      logabsdet[m]! += Math.log(Math.abs(pivot));
    }
  }
  return { sign: store(sign, dtype), logabsdet: store(logabsdet, dtype) };
}

/** Reference `LinalgKernels.luUnpack`. */
function luUnpack({ count, rows, columns, lu }: LuFactors, dtype: DType): { l: Storage; u: Storage } {
  const k = Math.min(rows, columns);
  const l = new Float64Array(count * rows * k);
  const u = new Float64Array(count * k * columns);
  for (let m = 0; m < count; m++) {
    const at = m * rows * columns;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const value = lu[at + i * columns + j]!;
        if (j < i && j < k) l[m * rows * k + i * k + j] = value;
        if (j >= i) u[m * k * columns + i * columns + j] = value;
      }
      if (i < k) l[m * rows * k + i * k + i] = 1;
    }
  }
  return { l: store(l, dtype), u: store(u, dtype) };
}

/** Reference `LinalgKernels.solveTriangular`. */
function solveTriangular(a: View, b: View, upper: boolean, unitriangular: boolean): Storage {
  const { count, rows: n, data: t } = readBatch(a);
  const { columns, data: x } = readBatch(b);
  const triangle = { upper, transposed: false, unit: unitriangular };
  for (let m = 0; m < count; m++) substitute(t, m * n * n, n, x, m * n * columns, columns, triangle);
  return store(x, b.dtype);
}

/** Reference `LinalgKernels.cholesky`, row by row (Golub and Van Loan, 4.2). */
function cholesky(a: View): { l: Storage; failed: number; minor: number } {
  const { count, rows: n, data } = readBatch(a);
  const l = new Float64Array(data.length);
  for (let m = 0; m < count; m++) {
    const at = m * n * n;
    for (let i = 0; i < n; i++) {
      const row = at + i * n;
      for (let j = 0; j <= i; j++) {
        let rest = (data[row + j]! + data[at + j * n + i]!) / 2;
        for (let k = 0; k < j; k++) rest -= l[row + k]! * l[at + j * n + k]!;
        if (j < i) l[row + j] = rest / l[at + j * n + j]!;
        else if (rest > 0) l[row + i] = Math.sqrt(rest);
        else return { l: store(l, a.dtype), failed: m, minor: i + 1 };
      }
    }
  }
  return { l: store(l, a.dtype), failed: -1, minor: 0 };
}

/** Solvers, determinants and the Cholesky factor. */
export const linalg: Pick<
  LinalgKernels,
  | 'luFactor'
  | 'luSolve'
  | 'inverse'
  | 'luUnpack'
  | 'det'
  | 'slogdet'
  | 'cofactors'
  | 'cofactorsTangent'
  | 'solveTriangular'
  | 'cholesky'
> = {
  luFactor,
  luSolve,
  inverse,
  luUnpack,
  det,
  slogdet,
  cofactors: (a) => cofactors(a, a.dtype),
  cofactorsTangent,
  solveTriangular,
  cholesky,
};

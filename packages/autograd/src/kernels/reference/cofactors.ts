import type { DType } from '../../tensor/dtype.ts';
import type { Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { readBatch, store, swapRows } from './matrices.ts';

// Cofactors without dividing by pivots, so that they hold for matrices of any rank. With complete pivoting A = X D Y,
// where X and Y are permuted unit triangles (small elements, determinants +-1) and D is diagonal. Then
// C(A) = +- X^-T C(D) Y^-T, and C(D) has the products of all but one element of D on its diagonal.

/** P A Q = L D V for one matrix: unit lower L and unit upper V in one array, D apart. */
interface Pivoted {
  readonly lv: Float64Array;
  readonly d: Float64Array;
  /** Row i of P A Q is row `rows[i]` of A; likewise for columns. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** The determinant of P times that of Q. */
  readonly sign: number;
}

/** Elimination with complete pivoting: the largest element left becomes the next pivot. */
function pivoted(a: Float64Array, at: number, n: number): Pivoted {
  const lv = a.slice(at, at + n * n);
  const d = new Float64Array(n);
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  const columns = rows.slice();
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let [row, column, largest] = [k, k, -1];
    for (let i = k; i < n; i++) {
      for (let j = k; j < n; j++) {
        const size = Math.abs(lv[i * n + j]!);
        if (size > largest) [row, column, largest] = [i, j, size];
      }
    }
    if (row !== k) sign = -sign;
    if (column !== k) sign = -sign;
    swapRows(lv, 0, n, k, row);
    [rows[k], rows[row]] = [rows[row]!, rows[k]!];
    swapColumns(lv, n, k, column);
    [columns[k], columns[column]] = [columns[column]!, columns[k]!];
    const pivot = lv[k * n + k]!;
    d[k] = pivot;
    // Nothing but zeros is left, in what will be L and V as well.
    if (pivot === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const factor = lv[i * n + k]! / pivot;
      lv[i * n + k] = factor;
      for (let j = k + 1; j < n; j++) lv[i * n + j]! -= factor * lv[k * n + j]!;
    }
    for (let j = k + 1; j < n; j++) lv[k * n + j]! /= pivot;
  }
  return { lv, d, rows, columns, sign };
}

function swapColumns(x: Float64Array, n: number, i: number, j: number): void {
  if (i === j) return;
  for (let k = 0; k < n; k++) [x[k * n + i], x[k * n + j]] = [x[k * n + j]!, x[k * n + i]!];
}

/** X := L^-1 X (or L^-T X) for unit lower L, in place. */
function solveLeft(lv: Float64Array, x: Float64Array, n: number, transposed: boolean): void {
  for (let step = 0; step < n; step++) {
    const i = transposed ? n - 1 - step : step;
    for (let k = transposed ? i + 1 : 0; k < (transposed ? n : i); k++) {
      const factor = transposed ? lv[k * n + i]! : lv[i * n + k]!;
      if (factor !== 0) for (let j = 0; j < n; j++) x[i * n + j]! -= factor * x[k * n + j]!;
    }
  }
}

/** X := X V^-1 (or X V^-T) for unit upper V, in place. */
function solveRight(lv: Float64Array, x: Float64Array, n: number, transposed: boolean): void {
  for (let row = 0; row < n; row++) {
    for (let step = 0; step < n; step++) {
      const j = transposed ? n - 1 - step : step;
      for (let k = transposed ? j + 1 : 0; k < (transposed ? n : j); k++) {
        const factor = transposed ? lv[j * n + k]! : lv[k * n + j]!;
        x[row * n + j]! -= factor * x[row * n + k]!;
      }
    }
  }
}

/** The product of all elements of d but those at i and k, for all k: by products from both ends. */
function productsWithout(d: Float64Array, i: number): Float64Array {
  const n = d.length;
  const out = new Float64Array(n).fill(1);
  let product = 1;
  for (let k = 0; k < n; k++) {
    out[k] = product;
    if (k !== i) product *= d[k]!;
  }
  product = 1;
  for (let k = n - 1; k >= 0; k--) {
    out[k]! *= product;
    if (k !== i) product *= d[k]!;
  }
  return out;
}

/** Reference `LinalgKernels.cofactors`. */
export function cofactors(a: View, dtype: DType): Storage {
  const { count, rows: n, data } = readBatch(a);
  const out = new Float64Array(data.length);
  for (let m = 0; m < count; m++) {
    const { lv, d, rows, columns, sign } = pivoted(data, m * n * n, n);
    const x = new Float64Array(n * n);
    const without = productsWithout(d, -1);
    for (let i = 0; i < n; i++) x[i * n + i] = sign * without[i]!;
    solveRight(lv, x, n, true);
    solveLeft(lv, x, n, true);
    scatter(x, rows, columns, out, m * n * n);
  }
  return store(out, dtype);
}

/** Writes P^T X Q^T. */
function scatter(
  x: Float64Array,
  rows: Int32Array,
  columns: Int32Array,
  out: Float64Array,
  at: number,
): void {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[at + rows[i]! * n + columns[j]!] = x[i * n + j]!;
  }
}

/**
 * Reference `LinalgKernels.cofactorsTangent`. In the frame of D, with E = X^-1 M Y^-1 and p_ik the product of D without
 * i and k: the sum over k of p_ik E_kk on the diagonal, -p_ij E_ji beside it.
 */
export function cofactorsTangent(a: View, direction: View): Storage {
  const { count, rows: n, data } = readBatch(a);
  const m = readBatch(direction).data;
  const out = new Float64Array(data.length);
  for (let b = 0; b < count; b++) {
    const at = b * n * n;
    const { lv, d, rows, columns, sign } = pivoted(data, at, n);
    const e = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) e[i * n + j] = m[at + rows[i]! * n + columns[j]!]!;
    }
    solveLeft(lv, e, n, false);
    solveRight(lv, e, n, false);
    const x = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const without = productsWithout(d, i);
      for (let k = 0; k < n; k++) {
        if (k === i) continue;
        x[i * n + i]! += sign * without[k]! * e[k * n + k]!;
        x[i * n + k] = -sign * without[k]! * e[k * n + i]!;
      }
    }
    solveRight(lv, x, n, true);
    solveLeft(lv, x, n, true);
    scatter(x, rows, columns, out, at);
  }
  return store(out, a.dtype);
}

import type { Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { LinalgKernels } from '../linalg.ts';
import { luFactor, luSolve } from './linalg.ts';
import { addProduct, readBatch, store, viewOf } from './matrices.ts';

// Rotations and reflections run along columns: matrices are worked on by columns, that is, as their transposes.

/** The transpose of a row-major matrix of an array. */
function transposeOf(x: Float64Array, at: number, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[j * rows + i] = x[at + i * columns + j]!;
  return out;
}

/** The length of a vector within an array; its elements are scaled first, so that squares do not overflow. */
function lengthOf(x: Float64Array, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(x[i]!));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = from; i < to; i++) sum += (x[i]! / largest) ** 2;
  return largest * Math.sqrt(sum);
}

function dot(x: Float64Array, from: number, y: Float64Array, yFrom: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += x[from + i]! * y[yFrom + i]!;
  return sum;
}

/**
 * Reference `LinalgKernels.qr`: Householder reflections (Golub and Van Loan, 5.2) with the signs of LAPACK: an element of
 * R's diagonal has the sign opposite to the one it replaces, and a column without anything below it is left alone.
 */
function qr(a: View, complete: boolean): { q: Storage; r: Storage } {
  const { count, rows, columns, data } = readBatch(a);
  const k = Math.min(rows, columns);
  const width = complete ? rows : k;
  const q = new Float64Array(count * rows * width);
  const r = new Float64Array(count * width * columns);
  const weights = new Float64Array(k);
  for (let m = 0; m < count; m++) {
    const x = transposeOf(data, m * rows * columns, rows, columns);
    for (let j = 0; j < k; j++) {
      const at = j * rows;
      weights[j] = 0;
      if (lengthOf(x, at + j + 1, at + rows) > 0) {
        const first = x[at + j]!;
        const length = lengthOf(x, at + j, at + rows);
        const diagonal = first >= 0 ? -length : length;
        weights[j] = (diagonal - first) / diagonal;
        for (let i = j + 1; i < rows; i++) x[at + i]! /= first - diagonal;
        for (let other = j + 1; other < columns; other++)
          reflect(x, at, weights[j]!, x, other * rows, j, rows);
        x[at + j] = diagonal;
      }
    }
    for (let i = 0; i < Math.min(width, k); i++) {
      for (let j = i; j < columns; j++) r[m * width * columns + i * columns + j] = x[j * rows + i]!;
    }
    const columnsOfQ = new Float64Array(width * rows);
    for (let j = 0; j < width; j++) {
      columnsOfQ[j * rows + j] = 1;
      for (let step = k - 1; step >= 0; step--)
        reflect(x, step * rows, weights[step]!, columnsOfQ, j * rows, step, rows);
    }
    q.set(transposeOf(columnsOfQ, 0, width, rows), m * rows * width);
  }
  return { q: store(q, a.dtype), r: store(r, a.dtype) };
}

/** y -= weight v (v^T y) over elements j and below, where v has 1 at j and the elements of x below it. */
function reflect(
  x: Float64Array,
  at: number,
  weight: number,
  y: Float64Array,
  yAt: number,
  j: number,
  rows: number,
): void {
  if (weight === 0) return;
  const rest = rows - j - 1;
  const factor = weight * (y[yAt + j]! + dot(x, at + j + 1, y, yAt + j + 1, rest));
  y[yAt + j]! -= factor;
  for (let i = j + 1; i < rows; i++) y[yAt + i]! -= factor * x[at + i]!;
}

/** Sweeps after which iterations end: more than ever needed, for matrices with NaN. */
const MOST_SWEEPS = 60;

/** An off-diagonal element this small against its diagonal, or a cosine this small, counts as 0. */
const NEGLIGIBLE = 2 ** -53;

/** The tangent of the smaller angle that makes a 2 x 2 symmetric matrix diagonal, from (a_qq - a_pp) / (2 a_pq). */
function rotationTangent(zeta: number): number {
  const size = Math.abs(zeta);
  if (size > 1e100) return 0.5 / zeta;
  return (zeta < 0 ? -1 : 1) / (size + Math.sqrt(1 + size * size));
}

/** Two vectors of an array, rotated in their plane. */
function rotate(x: Float64Array, p: number, q: number, length: number, cosine: number, sine: number): void {
  for (let i = 0; i < length; i++) {
    const u = x[p + i]!;
    const v = x[q + i]!;
    x[p + i] = cosine * u - sine * v;
    x[q + i] = sine * u + cosine * v;
  }
}

function identityOf(n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  return out;
}

/** Whether the sign of a vector is to be changed: see `LinalgKernels.eigh`. */
function isNegative(x: Float64Array, from: number, to: number): boolean {
  let largest = 0;
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(x[i]!));
  for (let i = from; i < to; i++) if (Math.abs(x[i]!) > 0.37 * largest) return x[i]! < 0;
  return false;
}

/** Reference `LinalgKernels.eigh`: cyclic Jacobi rotations (Golub and Van Loan, 8.5). */
function eigh(a: View): { values: Storage; vectors: Storage } {
  const { count, rows: n, data } = readBatch(a);
  const values = new Float64Array(count * n);
  const vectors = new Float64Array(count * n * n);
  for (let m = 0; m < count; m++) {
    const x = data.subarray(m * n * n, (m + 1) * n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) x[i * n + j] = x[j * n + i] = (x[i * n + j]! + x[j * n + i]!) / 2;
    const v = identityOf(n);
    const tiny = lengthOf(x, 0, n * n) * 2 ** -70;
    let rotated = true;
    for (let sweep = 0; rotated && sweep < MOST_SWEEPS; sweep++) {
      rotated = false;
      for (let p = 0; p < n; p++) {
        for (let q = p + 1; q < n; q++) {
          const beside = x[p * n + q]!;
          const size = Math.abs(beside);
          const pp = x[p * n + p]!;
          const qq = x[q * n + q]!;
          if (size <= tiny || size <= NEGLIGIBLE * Math.sqrt(Math.abs(pp)) * Math.sqrt(Math.abs(qq)))
            continue;
          rotated = true;
          const t = rotationTangent((qq - pp) / (2 * beside));
          const cosine = 1 / Math.sqrt(1 + t * t);
          rotate(x, p * n, q * n, n, cosine, t * cosine);
          for (let i = 0; i < n; i++) {
            x[i * n + p] = x[p * n + i]!;
            x[i * n + q] = x[q * n + i]!;
          }
          x[p * n + p] = pp - t * beside;
          x[q * n + q] = qq + t * beside;
          x[p * n + q] = x[q * n + p] = 0;
          rotate(v, p * n, q * n, n, cosine, t * cosine);
        }
      }
    }
    const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => x[i * n + i]! - x[j * n + j]!);
    order.forEach((from, i) => {
      values[m * n + i] = x[from * n + from]!;
      const sign = isNegative(v, from * n, (from + 1) * n) ? -1 : 1;
      for (let k = 0; k < n; k++) vectors[m * n * n + k * n + i] = sign * v[from * n + k]!;
    });
  }
  return { values: store(values, a.dtype), vectors: store(vectors, a.dtype) };
}

/** Reference `LinalgKernels.svd`: one-sided Jacobi rotations (Golub and Van Loan, 8.6), which find small values well. */
function svd(a: View, full: boolean): { u: Storage; s: Storage; v: Storage } {
  const { count, rows, columns: n, data } = readBatch(a);
  const width = full ? rows : n;
  const u = new Float64Array(count * rows * width);
  const s = new Float64Array(count * n);
  const v = new Float64Array(count * n * n);
  for (let m = 0; m < count; m++) {
    const x = transposeOf(data, m * rows * n, rows, n);
    const turned = identityOf(n);
    orthogonalize(x, turned, rows, n);
    const lengths = Array.from({ length: n }, (_, i) => lengthOf(x, i * rows, (i + 1) * rows));
    const order = lengths.map((_, i) => i).sort((i, j) => lengths[j]! - lengths[i]!);
    const left = new Float64Array(width * rows);
    order.forEach((from, i) => {
      const length = lengths[from]!;
      s[m * n + i] = length;
      const sign = isNegative(turned, from * n, (from + 1) * n) ? -1 : 1;
      for (let k = 0; k < n; k++) v[m * n * n + k * n + i] = sign * turned[from * n + k]!;
      if (length > 0)
        for (let k = 0; k < rows; k++) left[i * rows + k] = (sign * x[from * rows + k]!) / length;
    });
    const rank = lengths.filter((length) => !(length === 0)).length;
    for (let i = rank; i < width; i++) complete(left, i, rows);
    u.set(transposeOf(left, 0, width, rows), m * rows * width);
  }
  return { u: store(u, a.dtype), s: store(s, a.dtype), v: store(v, a.dtype) };
}

/** Rotates the columns of X (and of V with them) until they are orthogonal. */
function orthogonalize(x: Float64Array, v: Float64Array, rows: number, n: number): void {
  const scale = lengthOf(x, 0, n * rows);
  if (scale === 0) return;
  // A power of two near the length of all, so that squares neither overflow nor vanish.
  const unit = 2 ** -Math.round(Math.log2(scale));
  for (let i = 0; i < x.length; i++) x[i]! *= unit;
  const squares = new Float64Array(n);
  let rotated = true;
  for (let sweep = 0; rotated && sweep < MOST_SWEEPS; sweep++) {
    rotated = false;
    // Kept up to date by each rotation; afresh in each sweep, so that rounding does not add up.
    for (let i = 0; i < n; i++) squares[i] = dot(x, i * rows, x, i * rows, rows);
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const pp = squares[p]!;
        const qq = squares[q]!;
        const pq = dot(x, p * rows, x, q * rows, rows);
        if (Math.abs(pq) <= NEGLIGIBLE * Math.sqrt(pp) * Math.sqrt(qq)) continue;
        rotated = true;
        const t = rotationTangent((qq - pp) / (2 * pq));
        const cosine = 1 / Math.sqrt(1 + t * t);
        rotate(x, p * rows, q * rows, rows, cosine, t * cosine);
        rotate(v, p * n, q * n, n, cosine, t * cosine);
        // One of them shrinks: where little is left, it is summed again.
        const [ppNow, qqNow] = [pp - t * pq, qq + t * pq];
        squares[p] = ppNow < pp / 2 ? dot(x, p * rows, x, p * rows, rows) : ppNow;
        squares[q] = qqNow < qq / 2 ? dot(x, q * rows, x, q * rows, rows) : qqNow;
      }
    }
  }
  for (let i = 0; i < x.length; i++) x[i]! /= unit;
}

/** Makes vector `i` a unit vector orthogonal to those before it: the axis that is least among them, made orthogonal. */
function complete(vectors: Float64Array, i: number, rows: number): void {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let axis = 0; axis < rows; axis++) {
    let share = 0;
    for (let k = 0; k < i; k++) share += vectors[k * rows + axis]! ** 2;
    if (share < least) {
      least = share;
      best = axis;
    }
  }
  const at = i * rows;
  vectors[at + best] = 1;
  // Twice is enough (Giraud et al. 2005): once leaves what cancelled.
  for (let pass = 0; pass < 2; pass++) {
    for (let k = 0; k < i; k++) {
      const overlap = dot(vectors, k * rows, vectors, at, rows);
      for (let j = 0; j < rows; j++) vectors[at + j]! -= overlap * vectors[k * rows + j]!;
    }
  }
  const length = lengthOf(vectors, at, at + rows);
  for (let j = 0; j < rows; j++) vectors[at + j]! /= length;
}

/** Coefficients of the diagonal Padé approximant of degree 13 to e^x. */
const pade = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];

/** The largest 1-norm for which that approximant is exact in doubles. */
const PADE_BOUND = 5.371920351148152;

/**
 * Reference `LinalgKernels.matrixExp`: Padé approximant of degree 13 with scaling and squaring (Higham 2005, The Scaling
 * and Squaring Method for the Matrix Exponential Revisited).
 */
function matrixExp(a: View): Storage {
  const { count, rows: n, data } = readBatch(a);
  const size = n * n;
  const out = new Float64Array(data.length);
  for (let m = 0; m < count; m++) {
    const x = data.subarray(m * size, (m + 1) * size);
    const norm = norm1(x, n);
    if (!Number.isFinite(norm)) {
      out.fill(Number.NaN, m * size, (m + 1) * size);
      continue;
    }
    const squarings = Math.max(0, Math.ceil(Math.log2(norm / PADE_BOUND)));
    for (let i = 0; i < size; i++) x[i]! *= 2 ** -squarings;
    let power = approximated(x, n);
    for (let step = 0; step < squarings; step++) {
      const square = new Float64Array(size);
      addProduct(power, power, square, n);
      power = square;
    }
    out.set(power, m * size);
  }
  return store(out, a.dtype);
}

/** The largest sum of absolute values in a column. */
function norm1(x: Float64Array, n: number): number {
  let largest = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.abs(x[i * n + j]!);
    if (!(sum <= largest)) largest = sum;
  }
  return largest;
}

/** The approximant (V - U)^-1 (V + U), where U collects odd powers of A, and V even ones. */
function approximated(a: Float64Array, n: number): Float64Array {
  const product = (x: Float64Array, y: Float64Array) => {
    const out = new Float64Array(n * n);
    addProduct(x, y, out, n);
    return out;
  };
  const combined = (constant: number, terms: readonly (readonly [number, Float64Array])[]) => {
    const out = new Float64Array(n * n);
    for (let i = 0; i < n; i++) out[i * n + i] = constant;
    for (const [factor, x] of terms) for (let i = 0; i < out.length; i++) out[i]! += factor * x[i]!;
    return out;
  };
  const a2 = product(a, a);
  const a4 = product(a2, a2);
  const a6 = product(a4, a2);
  /** The sum of the coefficients k, k + 2, … 12 + k with powers 0, 2, … 12 of A. */
  const half = (k: number) => {
    const high = combined(0, [
      [pade[12 + k]!, a6],
      [pade[10 + k]!, a4],
      [pade[8 + k]!, a2],
    ]);
    const low = combined(pade[k]!, [
      [pade[6 + k]!, a6],
      [pade[4 + k]!, a4],
      [pade[2 + k]!, a2],
    ]);
    addProduct(a6, high, low, n);
    return low;
  };
  const even = half(0);
  const odd = product(a, half(1));
  const difference = viewOf(
    combined(0, [
      [1, even],
      [-1, odd],
    ]),
    1,
    n,
    n,
  );
  const sum = viewOf(
    combined(0, [
      [1, even],
      [1, odd],
    ]),
    1,
    n,
    n,
  );
  return luSolve(luFactor(difference), sum, false).array as Float64Array;
}

/** Orthogonal and spectral decompositions, and the exponential. */
export const decompositions: Pick<LinalgKernels, 'qr' | 'eigh' | 'svd' | 'matrixExp'> = {
  qr,
  eigh,
  svd,
  matrixExp,
};

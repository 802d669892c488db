import { type FloatDType, isFloat } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { cast, contiguous } from '../reference/copy.ts';
import { forEachMatrix } from '../reference/matmul.ts';
import { numThreads } from '../threads.ts';
import type { FloatArray } from '../wasm/memory.ts';
import { type Blas, layoutNumber } from './library.ts';

/**
 * Multiply-adds (m n k) from which a native call beats the WASM kernel. Measured in float32 on one core of an AMD EPYC (Zen 5),
 * OpenBLAS 0.3.21, Node 20, WASM / BLAS in microseconds: 6x6x6 0.87 / 0.82. 8x8x8 0.80 / 0.80. 12x12x12 1.07 / 0.88. 1x64x64 2.3 / 1.4.
 * 32x32x32 4.3 / 3.7. 64x64x64 15 / 11. 256x256x256 755 / 338.
 */
export const blasThreshold = 1024;

/** Multiply-adds from which several threads beat one: waking them costs more than a smaller product. */
const threadsThreshold = 256 ** 3;

/** How a matrix lies in memory, in the terms of CBLAS. */
interface Lying {
  /** Whether rows, or columns, are contiguous. */
  readonly by: number;
  /** How far one row (or column) is from the next. */
  readonly leading: number;
}

/** The last two axes in CBLAS's terms, or null where neither is contiguous. */
function lying({ shape, strides }: View): Lying | null {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const [down, along] = strides.slice(-2) as [number, number];
  if ((along === 1 || columns === 1) && (down >= columns || rows === 1)) {
    return { by: layoutNumber.rows, leading: Math.max(down, columns) };
  }
  if ((down === 1 || rows === 1) && (along >= rows || columns === 1)) {
    return { by: layoutNumber.columns, leading: Math.max(along, rows) };
  }
  return null;
}

/** `Kernels.matmul` for float views of any strides: one native call for each matrix of the batch. */
export function matmul(blas: Blas, a: View, b: View, bias: View | null = null): Storage | null {
  if (!isFloat(a.dtype)) return null;
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const count = sizeOf(a.shape.slice(0, -2)) * m * n;
  if (k === 0 || count === 0) return null;
  const layoutA = lying(a);
  const layoutB = lying(b);
  if (layoutA === null) return matmul(blas, contiguous(a), b, bias);
  if (layoutB === null) return matmul(blas, a, contiguous(b), bias);
  const gemm = blas.gemm[a.dtype];
  const x = a.storage.array as FloatArray;
  const y = b.storage.array as FloatArray;
  const out = floats(a.dtype, count);
  if (bias !== null) repeat(cast(bias, a.dtype).array as FloatArray, out);
  const beta = bias === null ? 0 : 1;
  const { by: byA, leading: leadingA } = layoutA;
  const { by: byB, leading: leadingB } = layoutB;
  const { order } = layoutNumber;
  blas.useThreads(m * n * k < threadsThreshold ? 1 : numThreads());
  forEachMatrix(a, b, (atA, atB, atOut) => {
    const left = from(x, atA);
    const right = from(y, atB);
    const product = from(out, atOut);
    gemm(order, byA, byB, m, n, k, 1, left, leadingA, right, leadingB, beta, product, n);
  });
  return new Storage(out);
}

/** Fills an array with copies of a row, each time as many as are there already. */
function repeat(row: FloatArray, out: FloatArray): void {
  out.set(row);
  for (let done = row.length; done < out.length; done *= 2) out.copyWithin(done, 0, done);
}

function from(array: FloatArray, start: number): FloatArray {
  return start === 0 ? array : array.subarray(start);
}

function floats(dtype: FloatDType, size: number): FloatArray {
  return allocate(dtype, size) as FloatArray;
}

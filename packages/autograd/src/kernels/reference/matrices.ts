import type { DType } from '../../tensor/dtype.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import { cast } from './copy.ts';

/** A batch of matrices in doubles, row-major, as a copy that may be worked on. */
export interface Batch {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** A copy of a batch of matrices in doubles. */
export function readBatch(x: View): Batch {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const count = x.shape.slice(0, -2).reduce((product, length) => product * length, 1);
  return { count, rows, columns, data: cast(x, 'float64').array as Float64Array };
}

/** Doubles as a view of row-major matrices. */
export function viewOf(data: Float64Array, count: number, rows: number, columns: number): View {
  const shape = [count, rows, columns];
  return {
    shape,
    strides: contiguousStrides(shape),
    offset: 0,
    size: data.length,
    isContiguous: true,
    storage: new Storage(data),
    dtype: 'float64',
  };
}

/** Doubles as a storage of a dtype. */
export function store(values: Float64Array, dtype: DType): Storage {
  if (dtype === 'float64') return new Storage(values);
  const out = allocate(dtype, values.length);
  out.set(values);
  return new Storage(out);
}

/** out += A B for square matrices of n rows. */
export function addProduct(a: Float64Array, b: Float64Array, out: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j]! += factor * b[k * n + j]!;
    }
  }
}

/** Exchanges two rows of a row-major matrix. */
export function swapRows(x: Float64Array, at: number, columns: number, i: number, j: number): void {
  if (i === j) return;
  for (let k = 0; k < columns; k++) {
    const kept = x[at + i * columns + k]!;
    x[at + i * columns + k] = x[at + j * columns + k]!;
    x[at + j * columns + k] = kept;
  }
}

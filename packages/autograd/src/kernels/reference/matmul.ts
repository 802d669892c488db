import { DTypeError } from '../../tensor/errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { cast } from './copy.ts';
import { nest } from './rows.ts';

/** Calls `product` with where each pair of matrices of two equal batches starts, and where their product goes. */
export function forEachMatrix(
  a: View,
  b: View,
  product: (atA: number, atB: number, atOut: number) => void,
): void {
  const rank = a.shape.length;
  const batch = a.shape.slice(0, rank - 2);
  const outSize = a.shape[rank - 2]! * b.shape[rank - 1]!;
  const { length, steps, forEach } = nest(batch, a.strides, b.strides, a.strides, a.offset, b.offset);
  let at = 0;
  forEach((i, j) => {
    for (let n = length; n > 0; n--, i += steps[0], j += steps[1], at += outSize) product(i, j, at);
  });
}

/** Reference `Kernels.matmul`. Products are accumulated in doubles, row by row; int32 ones must fit. */
export function matmul(a: View, b: View, bias: View | null = null): Storage {
  const rank = a.shape.length;
  const [m, k, n] = [a.shape[rank - 2]!, a.shape[rank - 1]!, b.shape[rank - 1]!];
  const [rowA, colA] = [a.strides[rank - 2]!, a.strides[rank - 1]!];
  const [rowB, colB] = [b.strides[rank - 2]!, b.strides[rank - 1]!];
  const x = a.storage.array;
  const y = b.storage.array;
  const out = allocate(a.dtype, sizeOf(a.shape.slice(0, rank - 2)) * m * n);
  const row = zeros64(n);
  const first = bias === null ? null : cast(bias, 'float64').array;
  forEachMatrix(a, b, (atA, atB, atOut) => {
    for (let i = 0; i < m; i++) {
      if (first === null) row.fill(0);
      else row.set(first);
      for (let l = 0; l < k; l++) {
        const factor = x[atA + i * rowA + l * colA]!;
        for (let j = 0, at = atB + l * rowB; j < n; j++, at += colB) row[j]! += factor * y[at]!;
      }
      if (a.dtype === 'int32') checkInt32(row);
      out.set(row, atOut + i * n);
    }
  });
  return new Storage(out);
}

function checkInt32(row: Float64Array): void {
  for (const value of row) {
    if (value > 2147483647 || value < -2147483648) {
      throw new DTypeError(
        `matmul: the result ${value} does not fit int32; convert first with .to('float64')`,
      );
    }
  }
}

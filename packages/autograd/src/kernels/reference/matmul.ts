import { DTypeError } from '../../tensor/errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { contiguous } from './copy.ts';
import { nest } from './rows.ts';

/** Calls `product` with where each pair of matrices of two equal batches starts, and where their product goes. */
export function forEachMatrix(
  a: View,
  b: View,
  product: (atA: number, atB: number, atOut: number) => void,
): void {
  const rank = a.shape.length;
  if (rank === 2) {
    product(a.offset, b.offset, 0);
    return;
  }
  const batch = a.shape.slice(0, rank - 2);
  const outSize = a.shape[rank - 2]! * b.shape[rank - 1]!;
  const { length, steps, forEach } = nest(batch, a.strides, b.strides, a.strides, a.offset, b.offset);
  let at = 0;
  forEach((i, j) => {
    for (let n = length; n > 0; n--, i += steps[0], j += steps[1], at += outSize) product(i, j, at);
  });
}

/** Reference `Kernels.matmul`. Products are accumulated in doubles, four columns at a time; int32 ones must fit. */
export function matmul(a: View, b: View, bias: View | null = null): Storage {
  const rank = a.shape.length;
  const [m, k, n] = [a.shape[rank - 2]!, a.shape[rank - 1]!, b.shape[rank - 1]!];
  const [rowA, colA] = [a.strides[rank - 2]!, a.strides[rank - 1]!];
  const [rowB, colB] = [b.strides[rank - 2]!, b.strides[rank - 1]!];
  const x = a.storage.array;
  const y = b.storage.array;
  const out = allocate(a.dtype, sizeOf(a.shape.slice(0, rank - 2)) * m * n);
  const terms = bias && contiguous(bias);
  const first = terms && terms.storage.array;
  const from = terms === null ? 0 : terms.offset;
  const settle = a.dtype === 'int32' ? int32Of : same;
  forEachMatrix(a, b, (atA, atB, atOut) => {
    for (let i = 0; i < m; i++) {
      const line = atA + i * rowA;
      const to = atOut + i * n;
      let j = 0;
      for (; j + 4 <= n; j += 4) {
        let s = first === null ? 0 : first[from + j]!;
        let t = first === null ? 0 : first[from + j + 1]!;
        let u = first === null ? 0 : first[from + j + 2]!;
        let v = first === null ? 0 : first[from + j + 3]!;
        for (let l = 0, p = line, q = atB + j * colB; l < k; l++, p += colA, q += rowB) {
          const factor = x[p]!;
          s += factor * y[q]!;
          t += factor * y[q + colB]!;
          u += factor * y[q + 2 * colB]!;
          v += factor * y[q + 3 * colB]!;
        }
        out[to + j] = settle(s);
        out[to + j + 1] = settle(t);
        out[to + j + 2] = settle(u);
        out[to + j + 3] = settle(v);
      }
      for (; j < n; j++) {
        let s = first === null ? 0 : first[from + j]!;
        for (let l = 0, p = line, q = atB + j * colB; l < k; l++, p += colA, q += rowB) s += x[p]! * y[q]!;
        out[to + j] = settle(s);
      }
    }
  });
  return new Storage(out);
}

const same = (value: number): number => value;

function int32Of(value: number): number {
  if (value > 2147483647 || value < -2147483648) {
    throw new DTypeError(`matmul: the result ${value} does not fit int32; convert first with .to('float64')`);
  }
  return value;
}

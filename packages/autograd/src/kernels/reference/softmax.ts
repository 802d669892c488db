import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import { forEachLine } from './reduce.ts';

/** Reference `Kernels.softmax`. The largest element of each line is subtracted first, so that nothing overflows. */
export function softmax(x: View, axis: number, logarithm: boolean): Storage {
  const source = x.storage.array;
  const out = allocate(x.dtype, x.size);
  const length = x.shape[axis] ?? 1;
  const step = x.strides[axis] ?? 0;
  const outStep = contiguousStrides(x.shape)[axis] ?? 0;
  const line = zeros64(length);
  forEachLine(x, axis, (i, k) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let n = 0; n < length; n++) largest = Math.max(largest, source[i + n * step]!);
    let total = 0;
    for (let n = 0; n < length; n++) {
      const shifted = source[i + n * step]! - largest;
      const e = Math.exp(shifted);
      line[n] = logarithm ? shifted : e;
      total += e;
    }
    const scale = logarithm ? Math.log(total) : 1 / total;
    for (let n = 0; n < length; n++) out[k + n * outStep] = logarithm ? line[n]! - scale : line[n]! * scale;
  });
  return new Storage(out);
}

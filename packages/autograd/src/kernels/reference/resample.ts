import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { Taps } from '../kernels.ts';
import { contiguous } from './copy.ts';

/** From this many elements behind the axis on, they are added up line by line. */
const LONG_LINE = 8;

/** Reference `ImageKernels.resample`. Sums are kept in doubles. */
export function resample(x: View, axis: number, { starts, positions, weights }: Taps): Storage {
  const { storage, offset, dtype, shape } = contiguous(x);
  const source = storage.array;
  const lines = sizeOf(shape.slice(0, axis));
  const length = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const count = starts.length - 1;
  const out = allocate(dtype, lines * count * inner);
  const totals = new Float64Array(inner);
  let k = 0;
  for (let line = 0; line < lines; line++) {
    const base = offset + line * length * inner;
    for (let i = 0; i < count; i++) {
      const [from, to] = [starts[i]!, starts[i + 1]!];
      if (inner >= LONG_LINE) {
        totals.fill(0);
        for (let tap = from; tap < to; tap++) {
          const weight = weights[tap]!;
          const at = base + positions[tap]! * inner;
          for (let n = 0; n < inner; n++) totals[n]! += weight * source[at + n]!;
        }
        out.set(totals, k);
        k += inner;
      } else {
        for (let n = 0; n < inner; n++) {
          let total = 0;
          for (let tap = from; tap < to; tap++)
            total += weights[tap]! * source[base + positions[tap]! * inner + n]!;
          out[k++] = total;
        }
      }
    }
  }
  return new Storage(out);
}

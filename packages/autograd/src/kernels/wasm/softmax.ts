import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { coprocessor, type FloatArray } from './memory.ts';

/** Bytes of rows in scratch at a time. */
const chunkBytes = 16384;

/** Elements from which the kernel beats a loop in plain JavaScript: measured, see bench/README.md. */
export const softmaxThreshold = 16;

/** Longer rows than this are left to the reference: they are whole in scratch. */
const longestRow = 2 ** 20;

/** `Kernels.softmax` of contiguous float32 views along their last axis; null for others. */
export function softmax(x: View, axis: number, logarithm: boolean): Storage | null {
  const length = x.shape[axis] ?? 1;
  if (x.dtype !== 'float32' || !x.isContiguous || x.size === 0) return null;
  if (axis !== x.shape.length - 1 || length > longestRow) return null;
  const rows = x.size / length;
  const height = Math.max(1, Math.min(rows, Math.floor(chunkBytes / 4 / length)));
  const unit = coprocessor();
  const kernel = unit.kernel('softmax', 4);
  const xAt = unit.scratchBase;
  const yAt = xAt + 4 * (height * length + 4);
  const work = (yAt + 4 * (height * length + 4) + 15) & ~15;
  unit.reserve(work + 16 * (length + 2));
  const scratch = unit.view(4);
  const source = x.storage.array as FloatArray;
  const out = allocate('float32', x.size) as FloatArray;
  for (let row = 0; row < rows; row += height) {
    const count = Math.min(height, rows - row) * length;
    const from = x.offset + row * length;
    scratch.set(source.subarray(from, from + count), xAt / 4);
    kernel(xAt, yAt, count / length, length, logarithm ? 1 : 0, work);
    out.set(scratch.subarray(yAt / 4, yAt / 4 + count), row * length);
  }
  return new Storage(out);
}

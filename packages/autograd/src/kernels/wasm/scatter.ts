import { isFloat, itemSize } from '../../tensor/dtype.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { coprocessor, type FloatArray } from './memory.ts';

/** Bytes of rows in scratch at a time. */
const chunkBytes = 2 ** 17;

/** Elements of the index from which the kernel beats a loop in plain JavaScript: measured, see bench/README.md. */
export const scatterThreshold = 16;

/** Longer rows than this are left to the reference: they are whole in scratch. */
const longestRow = 2 ** 22;

/**
 * `Kernels.scatter` of sums along the last axis, for a float view that is contiguous or one element everywhere, with a
 * contiguous index and source of equally many rows; null for others. It gives the bits of the reference.
 */
export function scatterAdd(x: View, axis: number, index: View, source: View): Storage | null {
  const rank = x.shape.length;
  if (!isFloat(x.dtype) || axis !== rank - 1) return null;
  const uniform = x.strides.every((stride) => stride === 0);
  if (!(x.isContiguous || uniform) || !index.isContiguous || !source.isContiguous) return null;
  if (index.shape.some((length, i) => i < axis && length !== x.shape[i])) return null;
  if (source.shape.some((length, i) => length !== index.shape[i])) return null;
  const [n, m] = [x.shape[axis]!, index.shape[axis]!];
  if (n > longestRow || m > longestRow) return null;
  if (index.size === 0) return null;
  const rows = index.size / m;
  const bytes = itemSize[x.dtype];
  const height = Math.max(1, Math.min(rows, Math.floor(chunkBytes / (bytes * (2 * n + m) + 4 * m))));
  const unit = coprocessor();
  const kernel = unit.kernel('scatterAdd', bytes);
  const totals = unit.scratchBase;
  const xAt = totals + 8 * (n + 1);
  // Elements are read and written in pairs.
  const yAt = xAt + 8 * Math.ceil(((height * n + 1) * bytes) / 8);
  const sourceAt = yAt + 8 * Math.ceil(((height * n + 1) * bytes) / 8);
  const indexAt = sourceAt + 8 * Math.ceil((height * m * bytes) / 8);
  unit.reserve(indexAt + 4 * height * m);
  const scratch = unit.view(bytes);
  const integers = new Int32Array(scratch.buffer);
  const from = x.storage.array as FloatArray;
  const added = source.storage.array as FloatArray;
  const positions = index.storage.array as Int32Array;
  const out = allocate(x.dtype, rows * n) as FloatArray;
  if (uniform) scratch[xAt / bytes] = from[x.offset]!;
  for (let row = 0; row < rows; row += height) {
    const count = Math.min(height, rows - row);
    const [startX, startM] = [row * n, row * m];
    if (!uniform) scratch.set(from.subarray(x.offset + startX, x.offset + startX + count * n), xAt / bytes);
    const end = startM + count * m;
    scratch.set(added.subarray(source.offset + startM, source.offset + end), sourceAt / bytes);
    integers.set(positions.subarray(index.offset + startM, index.offset + end), indexAt / 4);
    kernel(xAt, uniform ? 0 : n * bytes, indexAt, sourceAt, yAt, count, n, m, totals);
    out.set(scratch.subarray(yAt / bytes, yAt / bytes + count * n), startX);
  }
  return new Storage(out);
}

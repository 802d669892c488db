import { isFloat, itemSize } from '../../tensor/dtype.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { contiguous } from '../reference/copy.ts';
import { type Coprocessor, coprocessor, type FloatArray } from './memory.ts';

/** Bytes of an operand in scratch at a time. */
const chunkBytes = 16384;

/** Elements from which the kernels beat loops in plain JavaScript: measured, see bench/README.md. */
export const adjointThreshold = 32;

/**
 * `Kernels.classAdjoint` of a contiguous float32 y along its last axis, whose rows fit into scratch; null for others. It gives what the
 * reference gives, to the last bit or the one before.
 */
export function classAdjoint(g: View, y: View, classes: View, axis: number): Storage | null {
  const length = y.shape[axis] ?? 1;
  if (y.dtype !== 'float32' || axis !== y.shape.length - 1 || y.size === 0 || !fits(y, y, length))
    return null;
  const [gs, cs] = [contiguous(g), contiguous(classes)];
  const height = Math.floor(chunkBytes / 4 / length);
  const unit = coprocessor();
  const kernel = unit.kernel('classAdjoint', 4);
  const yAt = unit.scratchBase;
  const gAt = yAt + chunkBytes;
  const classesAt = gAt + 4 * height;
  unit.reserve(classesAt + 4 * height);
  const scratch = unit.view(4);
  const integers = new Int32Array(scratch.buffer);
  const [from, factors] = [y.storage.array as FloatArray, gs.storage.array as FloatArray];
  const out = allocate(y.dtype, y.size) as FloatArray;
  for (let row = 0; row < g.size; row += height) {
    const lines = Math.min(height, g.size - row);
    const start = y.offset + row * length;
    scratch.set(from.subarray(start, start + lines * length), yAt / 4);
    scratch.set(factors.subarray(gs.offset + row, gs.offset + row + lines), gAt / 4);
    const first = cs.offset + row;
    integers.set((cs.storage.array as Int32Array).subarray(first, first + lines), classesAt / 4);
    kernel(yAt, gAt, classesAt, lines, length);
    out.set(scratch.subarray(yAt / 4, yAt / 4 + lines * length), row * length);
  }
  return new Storage(out);
}

/** Rows of g and y at the same place in scratch, some at a time. */
export function rowsInScratch(unit: Coprocessor, g: View, y: View, length: number) {
  const bytes = itemSize[g.dtype];
  const height = Math.floor(chunkBytes / bytes / length);
  const gAt = unit.scratchBase;
  const yAt = gAt + chunkBytes;
  /** Room for numbers of rows. */
  const rowsAt = yAt + chunkBytes;
  unit.reserve(rowsAt + 3 * 8 * height);
  const scratch = unit.view(bytes);
  const put = ({ storage, offset }: View, start: number, count: number, at: number): void =>
    scratch.set((storage.array as FloatArray).subarray(offset + start, offset + start + count), at / bytes);
  /** Brings `count` elements in, counted from the first of each view. */
  const load = (start: number, count: number): void => {
    put(g, start, count, gAt);
    put(y, start, count, yAt);
  };
  /** What the kernel made of g. */
  const results = (count: number): FloatArray => scratch.subarray(gAt / bytes, gAt / bytes + count);
  return { bytes, height, gAt, yAt, rowsAt, load, results };
}

/** Whether rows of so many elements of contiguous float views fit into scratch. */
export const fits = (g: View, y: View, length: number): boolean =>
  isFloat(g.dtype) && g.isContiguous && y.isContiguous && length * itemSize[g.dtype] <= chunkBytes;

/** `Kernels.softmaxAdjoint` of contiguous float32 views along their last axis, whose rows fit into scratch; null for others. */
export function softmaxAdjoint(g: View, y: View, axis: number): Storage | null {
  const length = g.shape[axis] ?? 1;
  if (g.dtype !== 'float32' || axis !== g.shape.length - 1 || g.size === 0 || !fits(g, y, length))
    return null;
  const unit = coprocessor();
  const { height, gAt, yAt, load, results } = rowsInScratch(unit, g, y, length);
  const kernel = unit.kernel('softmaxAdjoint', 4);
  const out = allocate(g.dtype, g.size) as FloatArray;
  const rows = g.size / length;
  for (let row = 0; row < rows; row += height) {
    const lines = Math.min(height, rows - row);
    load(row * length, lines * length);
    kernel(gAt, yAt, lines, length);
    out.set(results(lines * length), row * length);
  }
  return new Storage(out);
}

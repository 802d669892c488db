import { itemSize } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { Selection } from '../kernels.ts';
import { coprocessor } from './memory.ts';

/** Bytes of rows in scratch at a time. */
const chunkBytes = 2 ** 16;

/** Larger tables than this are left to the reference: they are whole in scratch. */
const mostBytes = 2 ** 22;

/** Rows from which the kernels beat loops in plain JavaScript: measured, see bench/README.md. */
export const rowsThreshold = 8;

/** The engine copies longer rows as fast. */
const longestRow = 128;

/** How many elements a row of the table has, if the index names whole rows of one that pays to be brought into scratch; else 0. */
function rowLength(table: View, { axes, positions }: Selection): number {
  if (axes.length !== 1 || axes[0] !== 0 || !table.isContiguous || !positions.isContiguous) return 0;
  const length = sizeOf(table.shape.slice(1));
  const pays = table.size <= positions.size * length && table.size * itemSize[table.dtype] <= mostBytes;
  return pays ? length : 0;
}

/** `Kernels.indexGet` of rows of a contiguous table of words, named by a contiguous index; null for others. */
export function indexGet(x: View, selection: Selection): Storage | null {
  const length = rowLength(x, selection);
  const bytes = itemSize[x.dtype];
  if (length === 0 || length > longestRow || bytes === 1) return null;
  const count = selection.positions.size;
  const height = Math.max(1, Math.min(count, Math.floor(chunkBytes / (length * bytes))));
  const unit = coprocessor();
  const kernel = unit.kernel('gatherRows', 4);
  const yAt = unit.scratchBase + ((x.size * bytes + 15) & ~15);
  const indexAt = yAt + height * length * bytes;
  unit.reserve(indexAt + 4 * height);
  const out = allocate(x.dtype, count * length);
  const scratch = x.dtype === 'int32' ? new Int32Array(unit.bytes().buffer) : unit.view(bytes);
  scratch.set(x.storage.array.subarray(x.offset, x.offset + x.size), unit.scratchBase / bytes);
  forEachChunk(selection.positions, height, indexAt, (row, rows) => {
    kernel(unit.scratchBase, indexAt, rows, length * bytes, yAt);
    out.set(scratch.subarray(yAt / bytes, yAt / bytes + rows * length), row * length);
  });
  return new Storage(out);
}

/**
 * `Kernels.indexAdd` of the rows of a contiguous source to those of a contiguous target that a contiguous index names; false, with nothing
 * done, for others. It gives the bits of the reference.
 */
export function indexAdd(target: View, selection: Selection, source: View): boolean {
  const length = rowLength(target, selection);
  if (length === 0 || !source.isContiguous) return false;
  // What is no float32 comes into scratch as float64, which holds all integers.
  const bytes = source.dtype === 'float32' ? 4 : 8;
  const height = Math.max(1, Math.min(selection.positions.size, Math.floor(chunkBytes / (length * bytes))));
  const unit = coprocessor();
  const kernel = unit.kernel('addToRows', bytes);
  const sourceAt = unit.scratchBase + ((target.size * 8 + 15) & ~15);
  const indexAt = sourceAt + height * length * bytes;
  unit.reserve(indexAt + 4 * height);
  const [doubles, scratch] = [unit.view(8), unit.view(bytes)];
  const totals = target.storage.array.subarray(target.offset, target.offset + target.size);
  doubles.set(totals, unit.scratchBase / 8);
  forEachChunk(selection.positions, height, indexAt, (row, rows) => {
    const start = source.offset + row * length;
    scratch.set(source.storage.array.subarray(start, start + rows * length), sourceAt / bytes);
    kernel(sourceAt, indexAt, rows, length, unit.scratchBase);
  });
  totals.set(doubles.subarray(unit.scratchBase / 8, unit.scratchBase / 8 + target.size));
  return true;
}

/** Brings an index into scratch, so many places of it at a time; `visit` learns which. */
function forEachChunk(
  index: View,
  height: number,
  indexAt: number,
  visit: (first: number, count: number) => void,
): void {
  const integers = new Int32Array(coprocessor().bytes().buffer);
  for (let first = 0; first < index.size; first += height) {
    const count = Math.min(height, index.size - first);
    const start = index.offset + first;
    integers.set(index.storage.array.subarray(start, start + count), indexAt / 4);
    visit(first, count);
  }
}

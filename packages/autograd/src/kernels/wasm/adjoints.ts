import { isFloat, itemSize } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import { scalesOf } from '../reference/adjoints.ts';
import { reducedStrides } from '../reference/reduce.ts';
import { nest } from '../reference/rows.ts';
import { coprocessor, type FloatArray } from './memory.ts';
import { sums } from './reduce.ts';

/** Bytes of an operand in scratch at a time. */
const chunkBytes = 16384;

/** Elements from which the kernels beat loops in plain JavaScript: measured, see bench/README.md. */
export const adjointThreshold = 32;

/**
 * `Kernels.classAdjoint` of contiguous float32 views along the last axis of y, whose rows fit into scratch; null for others. It gives what the
 * reference gives, to the last bit or the one before.
 */
export function classAdjoint(g: View, y: View, classes: View, axis: number): Storage | null {
  const length = y.shape[axis] ?? 1;
  if (y.dtype !== 'float32' || axis !== y.shape.length - 1 || y.size === 0 || !fits(y, g, length))
    return null;
  if (!classes.isContiguous) return null;
  const height = Math.floor(chunkBytes / 4 / length);
  const unit = coprocessor();
  const kernel = unit.kernel('classAdjoint', 4);
  const yAt = unit.scratchBase;
  const gAt = yAt + chunkBytes;
  const classesAt = gAt + 4 * height;
  unit.reserve(classesAt + 4 * height);
  const scratch = unit.view(4);
  const integers = new Int32Array(scratch.buffer);
  const [from, factors] = [y.storage.array as FloatArray, g.storage.array as FloatArray];
  const out = allocate(y.dtype, y.size) as FloatArray;
  for (let row = 0; row < g.size; row += height) {
    const lines = Math.min(height, g.size - row);
    const start = y.offset + row * length;
    scratch.set(from.subarray(start, start + lines * length), yAt / 4);
    scratch.set(factors.subarray(g.offset + row, g.offset + row + lines), gAt / 4);
    const first = classes.offset + row;
    integers.set((classes.storage.array as Int32Array).subarray(first, first + lines), classesAt / 4);
    kernel(yAt, gAt, classesAt, lines, length);
    out.set(scratch.subarray(yAt / 4, yAt / 4 + lines * length), row * length);
  }
  return new Storage(out);
}

/** Rows of g and y at the same place in scratch, some at a time. */
function rowsInScratch(g: View, y: View, length: number) {
  const unit = coprocessor();
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
  return { unit, bytes, height, gAt, yAt, rowsAt, load, results };
}

const fits = (g: View, y: View, length: number): boolean =>
  isFloat(g.dtype) && g.isContiguous && y.isContiguous && length * itemSize[g.dtype] <= chunkBytes;

/** `Kernels.softmaxAdjoint` of contiguous float32 views along their last axis, whose rows fit into scratch; null for others. */
export function softmaxAdjoint(g: View, y: View, axis: number): Storage | null {
  const length = g.shape[axis] ?? 1;
  if (g.dtype !== 'float32' || axis !== g.shape.length - 1 || g.size === 0 || !fits(g, y, length))
    return null;
  const { unit, height, gAt, yAt, load, results } = rowsInScratch(g, y, length);
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

/** `NormalizationKernels.standardizeAdjoint` of contiguous float views whose groups are made of whole rows in memory that fit into scratch; null for others. */
export function standardizeAdjoint(
  g: View,
  y: View,
  variance: View,
  axes: readonly number[],
  eps: number,
): Storage | null {
  const groupStrides = reducedStrides(g.shape, axes);
  const walk = nest(g.shape, contiguousStrides(g.shape), groupStrides, groupStrides);
  const { length, rows, steps, rowSteps } = walk;
  if (g.size === 0 || steps[1] !== 0 || !fits(g, y, length)) return null;
  const means = sums(g, axes);
  if (means === null) return null;
  const { unit, bytes, height, gAt, yAt, rowsAt, load, results } = rowsInScratch(g, y, length);
  const doubles = unit.view(8);
  const [first, second, third] = [0, 1, 2].map((place) => rowsAt / 8 + place * height) as [
    number,
    number,
    number,
  ];
  /** Visits some rows at a time: where they start, how many there are, and the group of the first. */
  const forEachChunk = (visit: (start: number, lines: number, group: number) => void): void => {
    walk.forEachBlock((from, group) => {
      for (let row = 0; row < rows; row += height) {
        const lines = Math.min(height, rows - row);
        load(from + row * length, lines * length);
        visit(from + row * length, lines, group + row * rowSteps[1]);
      }
    });
  };
  const n = sizeOf(axes.map((axis) => g.shape[axis]!));
  for (let k = 0; k < means.length; k++) means[k]! /= n;
  const shares = zeros64(variance.size);
  const dots = unit.kernel('dots', bytes);
  forEachChunk((_, lines, group) => {
    dots(gAt, yAt, lines, length, rowsAt);
    for (let i = 0; i < lines; i++) shares[group + i * rowSteps[1]]! += doubles[rowsAt / 8 + i]! / n;
  });
  const scales = scalesOf(variance, eps);
  const out = allocate(g.dtype, g.size) as FloatArray;
  const project = unit.kernel('project', bytes);
  forEachChunk((start, lines, group) => {
    for (let i = 0; i < lines; i++) {
      const k = group + i * rowSteps[1];
      doubles[first + i] = means[k]!;
      doubles[second + i] = shares[k]!;
      doubles[third + i] = scales[k]!;
    }
    project(gAt, yAt, lines, length, 8 * first, 8 * second, 8 * third);
    out.set(results(lines * length), start);
  });
  return new Storage(out);
}

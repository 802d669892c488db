import { isFloat, itemSize } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { Standardized } from '../kernels.ts';
import { reducedStrides } from '../reference/reduce.ts';
import { nest } from '../reference/rows.ts';
import { coprocessor, type FloatArray, type Kernel } from './memory.ts';
import { sums } from './reduce.ts';

/** Bytes of rows in scratch at a time. */
const chunkBytes = 32768;

/** Elements from which the kernels beat loops in plain JavaScript: measured, see bench/README.md. */
export const standardizeThreshold = 128;

/**
 * `NormalizationKernels.standardize` of contiguous float views whose groups are made of whole rows in memory that fit into scratch (all but
 * features of one row each, as in batches of vectors); null for others.
 */
export function standardize(x: View, axes: readonly number[], eps: number): Standardized | null {
  if (!isFloat(x.dtype) || !x.isContiguous) return null;
  const bytes = itemSize[x.dtype];
  const groupStrides = reducedStrides(x.shape, axes);
  const walk = nest(x.shape, contiguousStrides(x.shape), groupStrides, groupStrides);
  const { length, rows, rowSteps } = walk;
  if (walk.steps[1] !== 0 || length * bytes > chunkBytes) return null;
  const means = sums(x, axes);
  if (means === null) return null;
  const n = sizeOf(axes.map((axis) => x.shape[axis]!));
  for (let k = 0; k < means.length; k++) means[k]! /= n;

  const unit = coprocessor();
  const height = Math.floor(chunkBytes / bytes / length);
  const meansAt = unit.scratchBase + chunkBytes;
  const othersAt = meansAt + 8 * height;
  unit.reserve(othersAt + 8 * height);
  const scratch = unit.view(bytes);
  const doubles = unit.view(8);
  const at = unit.scratchBase / bytes;
  const source = x.storage.array as FloatArray;
  /** Runs a kernel over some rows at a time, with the mean of each, and another number of each before or after it. */
  const perRows = (
    kernel: Kernel,
    others: Float64Array | null,
    after: (row: number, count: number, group: number) => void,
  ) => {
    walk.forEachBlock((from, group) => {
      for (let row = 0; row < rows; row += height) {
        const count = Math.min(height, rows - row);
        const start = from + row * length;
        scratch.set(source.subarray(x.offset + start, x.offset + start + count * length), at);
        for (let i = 0; i < count; i++) {
          const k = group + (row + i) * rowSteps[1];
          doubles[meansAt / 8 + i] = means[k]!;
          if (others !== null) doubles[othersAt / 8 + i] = others[k]!;
        }
        kernel(unit.scratchBase, count, length, meansAt, othersAt);
        after(start, count, group + row * rowSteps[1]);
      }
    });
  };
  const variances = zeros64(means.length);
  perRows(unit.kernel('squares', bytes), null, (_, count, group) => {
    for (let i = 0; i < count; i++) variances[group + i * rowSteps[1]]! += doubles[othersAt / 8 + i]!;
  });
  for (let k = 0; k < variances.length; k++) variances[k]! /= n;
  const out = allocate(x.dtype, x.size) as FloatArray;
  const scales = variances.map((variance) => 1 / Math.sqrt(variance + eps));
  perRows(unit.kernel('scaleRows', bytes), scales, (start, count) => {
    out.set(scratch.subarray(at, at + count * length), start);
  });
  const stored = (values: Float64Array): Storage => {
    const array = allocate(x.dtype, values.length);
    array.set(values);
    return new Storage(array);
  };
  return { output: new Storage(out), mean: stored(means), variance: stored(variances) };
}

import { isFloat, itemSize } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { Standardized } from '../kernels.ts';
import { scalesOf } from '../reference/adjoints.ts';
import { reducedStrides } from '../reference/reduce.ts';
import { type Nest, nest } from '../reference/rows.ts';
import { fits, rowsInScratch } from './adjoints.ts';
import { layerCoprocessor } from './layers.ts';
import type { FloatArray, Kernel } from './memory.ts';
import { sums } from './reduce.ts';

/** Bytes of rows in scratch at a time. */
const chunkBytes = 32768;

/** Elements from which the kernels beat loops in plain JavaScript: measured, see bench/README.md. */
export const standardizeThreshold = 32;

/** In shorter rows than this a plain loop is as good. */
const shortRow = 8;

/** Whether each row is a group of its own, and long enough for kernels to pay. */
const isRowEach = ({ length, rows, rowSteps }: Nest, size: number): boolean =>
  length >= shortRow && rows * length === size && (rows === 1 || rowSteps[1] === 1);

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
  if (walk.steps[1] !== 0 || length * bytes > chunkBytes || x.size === 0) return null;
  if (isRowEach(walk, x.size)) return standardizeRows(x, length, eps);
  const means = sums(x, axes);
  if (means === null) return null;
  const n = sizeOf(axes.map((axis) => x.shape[axis]!));
  for (let k = 0; k < means.length; k++) means[k]! /= n;

  const unit = layerCoprocessor();
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
  return result(x, out, means, variances);
}

/** {@link standardize} where each row is a group of its own. */
function standardizeRows(x: View, length: number, eps: number): Standardized {
  const bytes = itemSize[x.dtype];
  const unit = layerCoprocessor();
  const kernel = unit.kernel('standardizeRows', bytes);
  const height = Math.floor(chunkBytes / bytes / length);
  const meansAt = unit.scratchBase + chunkBytes;
  const variancesAt = meansAt + 8 * height;
  unit.reserve(variancesAt + 8 * height);
  const [scratch, doubles] = [unit.view(bytes), unit.view(8)];
  const at = unit.scratchBase / bytes;
  const source = x.storage.array as FloatArray;
  const out = allocate(x.dtype, x.size) as FloatArray;
  const rows = x.size / length;
  const [means, variances] = [zeros64(rows), zeros64(rows)];
  for (let row = 0; row < rows; row += height) {
    const count = Math.min(height, rows - row);
    const start = x.offset + row * length;
    scratch.set(source.subarray(start, start + count * length), at);
    kernel(unit.scratchBase, count, length, eps, meansAt, variancesAt);
    out.set(scratch.subarray(at, at + count * length), row * length);
    means.set(doubles.subarray(meansAt / 8, meansAt / 8 + count), row);
    variances.set(doubles.subarray(variancesAt / 8, variancesAt / 8 + count), row);
  }
  return result(x, out, means, variances);
}

function result(x: View, out: FloatArray, means: Float64Array, variances: Float64Array): Standardized {
  const stored = (values: Float64Array): Storage => {
    const array = allocate(x.dtype, values.length);
    array.set(values);
    return new Storage(array);
  };
  return { output: new Storage(out), mean: stored(means), variance: stored(variances) };
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
  if (isRowEach(walk, g.size)) return projectRows(g, y, scalesOf(variance, eps), length);
  const means = sums(g, axes);
  if (means === null) return null;
  const unit = layerCoprocessor();
  const { bytes, height, gAt, yAt, rowsAt, load, results } = rowsInScratch(unit, g, y, length);
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

/** {@link standardizeAdjoint} where each row is a group of its own, with a scale for each. */
function projectRows(g: View, y: View, scales: Float64Array, length: number): Storage {
  const unit = layerCoprocessor();
  const { bytes, height, gAt, yAt, rowsAt, load, results } = rowsInScratch(unit, g, y, length);
  const kernel = unit.kernel('projectRows', bytes);
  const out = allocate(g.dtype, g.size) as FloatArray;
  for (let row = 0; row < scales.length; row += height) {
    const lines = Math.min(height, scales.length - row);
    load(row * length, lines * length);
    unit.view(8).set(scales.subarray(row, row + lines), rowsAt / 8);
    kernel(gAt, yAt, lines, length, rowsAt);
    out.set(results(lines * length), row * length);
  }
  return new Storage(out);
}

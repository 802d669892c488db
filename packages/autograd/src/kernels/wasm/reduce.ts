import { isFloat, itemSize } from '../../tensor/dtype.ts';
import { reducedShape, sizeOf } from '../../tensor/shape.ts';
import { zeros64 } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { reducedStrides } from '../reference/reduce.ts';
import { type Nest, nest } from '../reference/rows.ts';
import { coprocessor, type FloatArray } from './memory.ts';

/** Bytes of rows in scratch at a time. */
const chunkBytes = 16384;

/** Elements from which sums beat a loop in plain JavaScript: measured, see bench/README.md. */
export const sumThreshold = 256;

/** The same for extremes. */
export const extremeThreshold = 128;

/** In shorter rows than this a plain loop is as good. */
const shortRow = 8;

/** Longer rows than this are not combined with each other: all their totals are in scratch at once. */
const longestRow = 2 ** 16;

/** How totals come about: what they begin with, how two are combined, and the kernels for rows and for rows with each other. */
interface Fold {
  readonly initial: number;
  combine(a: number, b: number): number;
  readonly rows: string;
  readonly columns: string;
  /** Operands of the kernels behind the others. */
  readonly operands: readonly number[];
}

const folds: Readonly<Record<'amax' | 'amin' | 'sum', Fold>> = {
  amax: {
    initial: Number.NEGATIVE_INFINITY,
    combine: Math.max,
    rows: 'extremeRows',
    columns: 'extremeColumns',
    operands: [0],
  },
  amin: {
    initial: Number.POSITIVE_INFINITY,
    combine: Math.min,
    rows: 'extremeRows',
    columns: 'extremeColumns',
    operands: [1],
  },
  sum: { initial: 0, combine: (a, b) => a + b, rows: 'sumRows', columns: 'sumColumns', operands: [] },
};

/** {@link totals} of sums. */
export const sums = (x: View, axes: readonly number[]): Float64Array | null => totals('sum', x, axes);

/**
 * Sums or extremes of float views over `axes`, in doubles, where rows lie together in memory; null where this set has nothing faster to
 * offer than the reference, whose bits it gives.
 */
export function totals(fn: keyof typeof folds, x: View, axes: readonly number[]): Float64Array | null {
  if (!isFloat(x.dtype)) return null;
  const outStrides = reducedStrides(x.shape, axes);
  const walk = nest(x.shape, x.strides, outStrides, outStrides, x.offset);
  const [step, outStep] = walk.steps;
  if (step !== 1 || walk.length < shortRow) return null;
  const fold = folds[fn];
  const results = zeros64(sizeOf(reducedShape(x.shape, axes, false)));
  if (fold.initial !== 0) results.fill(fold.initial);
  if (outStep === 0) foldRows(fold, x, walk, results);
  else if (outStep === 1 && walk.rowSteps[1] === 0 && walk.length <= longestRow)
    foldColumns(fold, x, walk, results);
  else return null;
  return results;
}

/** Combines the total of each row with its place among the results. */
function foldRows(fold: Fold, { dtype, storage }: View, walk: Nest, results: Float64Array): void {
  const { combine, operands } = fold;
  const { length, rows, rowSteps } = walk;
  const bytes = itemSize[dtype];
  const unit = coprocessor();
  const kernel = unit.kernel(fold.rows, bytes);
  const chunk = chunkBytes / bytes;
  const totalsAt = unit.scratchBase + chunkBytes;
  unit.reserve(totalsAt + 8 * chunk);
  const scratch = unit.view(bytes);
  const doubles = unit.view(8);
  const source = storage.array as FloatArray;
  /** The total of a row, halved as the reference halves it until it fits into scratch. */
  const rowTotal = (from: number, n: number): number => {
    if (n > chunk) return combine(rowTotal(from, n >> 1), rowTotal(from + (n >> 1), n - (n >> 1)));
    load(source, from, n, 1, n, scratch, unit.scratchBase / bytes);
    kernel(unit.scratchBase, 1, n, totalsAt, ...operands);
    return doubles[totalsAt / 8]!;
  };
  const height = Math.floor(chunk / length);
  walk.forEachBlock((from, to) => {
    for (let row = 0; row < rows; row += Math.max(1, height)) {
      const at = to + row * rowSteps[1];
      if (height <= 1) {
        results[at] = combine(results[at]!, rowTotal(from + row * rowSteps[0], length));
        continue;
      }
      const count = Math.min(height, rows - row);
      load(source, from + row * rowSteps[0], rowSteps[0], count, length, scratch, unit.scratchBase / bytes);
      kernel(unit.scratchBase, count, length, totalsAt, ...operands);
      for (let i = 0; i < count; i++) {
        const k = at + i * rowSteps[1];
        results[k] = combine(results[k]!, doubles[totalsAt / 8 + i]!);
      }
    }
  });
}

/** Combines each row, element by element, with the results of its block. */
function foldColumns(fold: Fold, { dtype, storage }: View, walk: Nest, results: Float64Array): void {
  const { length, rows, rowSteps } = walk;
  const bytes = itemSize[dtype];
  const unit = coprocessor();
  const kernel = unit.kernel(fold.columns, bytes);
  const height = Math.max(1, Math.floor(chunkBytes / bytes / length));
  const totalsAt = (unit.scratchBase + height * length * bytes + 31) & ~15;
  unit.reserve(totalsAt + 8 * (length + 2));
  const scratch = unit.view(bytes);
  const doubles = unit.view(8);
  walk.forEachBlock((from, to) => {
    doubles.set(results.subarray(to, to + length), totalsAt / 8);
    for (let row = 0; row < rows; row += height) {
      const count = Math.min(height, rows - row);
      const start = from + row * rowSteps[0];
      load(storage.array as FloatArray, start, rowSteps[0], count, length, scratch, unit.scratchBase / bytes);
      kernel(unit.scratchBase, count, length, totalsAt, ...fold.operands);
    }
    results.set(doubles.subarray(totalsAt / 8, totalsAt / 8 + length), to);
  });
}

/** Copies rows, `rowStep` apart, to an index of scratch, one after the other. */
function load(
  source: FloatArray,
  from: number,
  rowStep: number,
  rows: number,
  length: number,
  scratch: FloatArray,
  at: number,
): void {
  if (rowStep === length || rows === 1) scratch.set(source.subarray(from, from + rows * length), at);
  else {
    for (let row = 0; row < rows; row++, from += rowStep, at += length) {
      scratch.set(source.subarray(from, from + length), at);
    }
  }
}

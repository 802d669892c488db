import { type DType, isFloat } from '../../tensor/dtype.ts';
import { DTypeError } from '../../tensor/errors.ts';
import { reducedShape, type Shape, sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { ReduceName } from '../kernels.ts';
import { nest } from './rows.ts';

const initial: Readonly<Record<Exclude<ReduceName, 'sum'>, number>> = {
  all: 1,
  amax: Number.NEGATIVE_INFINITY,
  amin: Number.POSITIVE_INFINITY,
  any: 0,
  prod: 1,
};

const combine: Readonly<Record<Exclude<ReduceName, 'sum'>, (total: number, x: number) => number>> = {
  all: (total, x) => (x === 0 ? 0 : total),
  amax: Math.max,
  amin: Math.min,
  any: (total, x) => (x === 0 ? total : 1),
  prod: (total, x) => total * x,
};

/** Reference `Kernels.reduce`. Totals are kept in doubles. */
export function reduce(fn: ReduceName, x: View, axes: readonly number[]): Storage {
  if (fn === 'sum') return toStorage(fn, x.dtype, sums(x, axes));
  const outShape = reducedShape(x.shape, axes, false);
  const dtype: DType = fn === 'any' || fn === 'all' ? 'bool' : x.dtype;
  const totals = zeros64(sizeOf(outShape)).fill(initial[fn]);
  const source = x.storage.array;
  const outStrides = reducedStrides(x.shape, axes);
  const { length, steps, forEach } = nest(x.shape, x.strides, outStrides, outStrides, x.offset);
  const [step, outStep] = steps;
  const fold = combine[fn];
  forEach((i, k) => {
    for (let n = length; n > 0; n--, i += step, k += outStep) totals[k] = fold(totals[k]!, source[i]!);
  });
  return toStorage(fn, dtype, totals);
}

/**
 * Sums in doubles, rows pairwise. The error before the final rounding is at most (n - 1) 2^-53 sum |x|, on any layout; it
 * grows with log n only along the axes that lie together in memory.
 */
export function sums(x: View, axes: readonly number[]): Float64Array {
  const totals = zeros64(sizeOf(reducedShape(x.shape, axes, false)));
  const source = x.storage.array;
  if (x.isContiguous && axes.length === x.shape.length) {
    totals[0] = sumRow(source, x.offset, 1, x.size);
    return totals;
  }
  const outStrides = reducedStrides(x.shape, axes);
  const { length, steps, forEach } = nest(x.shape, x.strides, outStrides, outStrides, x.offset);
  const [step, outStep] = steps;
  forEach((i, k) => {
    if (outStep === 0) totals[k]! += sumRow(source, i, step, length);
    else for (let n = length; n > 0; n--, i += step, k += outStep) totals[k]! += source[i]!;
  });
  return totals;
}

/** Strides of the reduced result over the full shape: 0 along the reduced axes. */
export function reducedStrides(shape: Shape, axes: readonly number[]): Shape {
  const kept = contiguousStrides(reducedShape(shape, axes, true));
  return kept.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
}

const PAIRWISE_BLOCK = 128;

function sumRow(x: ArrayLike<number>, i: number, step: number, n: number): number {
  if (n <= PAIRWISE_BLOCK) return sumBlock(x, i, step, n);
  const half = n >> 1;
  return sumRow(x, i, step, half) + sumRow(x, i + half * step, step, n - half);
}

/** Four sums side by side, as SIMD kernels keep them, then the rest one by one. */
function sumBlock(x: ArrayLike<number>, i: number, step: number, n: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (; n >= 4; n -= 4, i += 4 * step) {
    a += x[i]!;
    b += x[i + step]!;
    c += x[i + 2 * step]!;
    d += x[i + 3 * step]!;
  }
  let total = a + c + (b + d);
  for (; n > 0; n--, i += step) total += x[i]!;
  return total;
}

/** Totals as the elements of a dtype. Errors: DTypeError when they leave int32. */
export function toStorage(op: string, dtype: DType, totals: Float64Array): Storage {
  if (!isFloat(dtype)) {
    for (const total of totals) {
      if (total > 2147483647 || total < -2147483648) {
        throw new DTypeError(
          `${op}: the result ${total} does not fit int32; convert first with .to('float64')`,
        );
      }
    }
  }
  const out = allocate(dtype, totals.length);
  // Most are short, and set takes longer on those.
  for (let i = 0; i < out.length; i++) out[i] = totals[i]!;
  return new Storage(out);
}

/** Reference `Kernels.argReduce`. */
export function argReduce(fn: 'argmax' | 'argmin', x: View, axis: number): Storage {
  const source = x.storage.array;
  const sign = fn === 'argmax' ? 1 : -1;
  const length = x.shape[axis]!;
  const step = x.strides[axis]!;
  const out = allocate('int32', x.size / length);
  let at = 0;
  forEachLine(x, axis, (i) => {
    let best = sign * source[i]!;
    let position = 0;
    for (let n = 1; n < length && !Number.isNaN(best); n++) {
      const value = sign * source[i + n * step]!;
      if (value > best || Number.isNaN(value)) {
        best = value;
        position = n;
      }
    }
    out[at++] = position;
  });
  return new Storage(out);
}

/** Calls `line` with the start of every line along `axis`, in the view and in a row-major array of its shape. */
export function forEachLine(x: View, axis: number, line: (start: number, outStart: number) => void): void {
  if (x.size === 0) return;
  const others = (_: unknown, i: number) => i !== axis;
  const shape = x.shape.filter(others);
  const out = contiguousStrides(x.shape).filter(others);
  const { length, steps, forEach } = nest(shape, x.strides.filter(others), out, out, x.offset);
  forEach((i, k) => {
    for (let n = length; n > 0; n--, i += steps[0], k += steps[1]) line(i, k);
  });
}

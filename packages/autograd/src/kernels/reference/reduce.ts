import { type DType, isFloat } from '../../tensor/dtype.ts';
import { DTypeError } from '../../tensor/errors.ts';
import { reducedShape, type Shape, sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { ReduceName } from '../kernels.ts';
import { nest } from './rows.ts';

const initial: Readonly<Record<ReduceName, number>> = {
  all: 1,
  amax: Number.NEGATIVE_INFINITY,
  amin: Number.POSITIVE_INFINITY,
  any: 0,
  prod: 1,
  sum: 0,
};

const combine: Readonly<Record<ReduceName, (total: number, x: number) => number>> = {
  all: (total, x) => (x === 0 ? 0 : total),
  amax: (total, x) => (x > total || Number.isNaN(x) ? x : total),
  amin: (total, x) => (x < total || Number.isNaN(x) ? x : total),
  any: (total, x) => (x === 0 ? total : 1),
  prod: (total, x) => total * x,
  sum: (total, x) => total + x,
};

/**
 * Reference `Kernels.reduce`. Totals are kept in doubles; rows of a sum are added pairwise, so that the error of a
 * float64 sum grows with log n and a float32 sum is exact up to its final rounding in all but extreme cases.
 */
export function reduce(fn: ReduceName, x: View, axes: readonly number[]): Storage {
  const outShape = reducedShape(x.shape, axes, false);
  const dtype: DType = fn === 'any' || fn === 'all' ? 'bool' : x.dtype;
  const totals = new Float64Array(sizeOf(outShape)).fill(initial[fn]);
  const source = x.storage.array;
  const outStrides = reducedStrides(x.shape, axes);
  const { length, steps, forEach } = nest(x.shape, x.strides, outStrides, outStrides, x.offset);
  const [step, outStep] = steps;
  const fold = combine[fn];
  forEach((i, k) => {
    if (fn === 'sum' && outStep === 0) {
      totals[k]! += sumRow(source, i, step, length);
    } else if (fn === 'sum') {
      for (let n = length; n > 0; n--, i += step, k += outStep) totals[k]! += source[i]!;
    } else {
      for (let n = length; n > 0; n--, i += step, k += outStep) totals[k] = fold(totals[k]!, source[i]!);
    }
  });
  return toStorage(fn, dtype, totals);
}

/** Strides of the reduced result over the full shape: 0 along the reduced axes. */
export function reducedStrides(shape: Shape, axes: readonly number[]): Shape {
  const kept = contiguousStrides(reducedShape(shape, axes, true));
  return kept.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
}

const PAIRWISE_BLOCK = 128;

function sumRow(x: ArrayLike<number>, i: number, step: number, n: number): number {
  if (n <= PAIRWISE_BLOCK) {
    let total = 0;
    for (; n > 0; n--, i += step) total += x[i]!;
    return total;
  }
  const half = n >> 1;
  return sumRow(x, i, step, half) + sumRow(x, i + half * step, step, n - half);
}

function toStorage(op: string, dtype: DType, totals: Float64Array): Storage {
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
  out.set(totals);
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

/** Reference `Kernels.cumsum`. */
export function cumsum(x: View, axis: number): Storage {
  const source = x.storage.array;
  const length = x.shape[axis] ?? 1;
  const step = x.strides[axis] ?? 0;
  const totals = new Float64Array(x.size);
  const outStep = contiguousStrides(x.shape)[axis] ?? 0;
  forEachLine(x, axis, (i, k) => {
    let total = 0;
    for (let n = length; n > 0; n--, i += step, k += outStep) {
      total += source[i]!;
      totals[k] = total;
    }
  });
  return toStorage('cumsum', x.dtype, totals);
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

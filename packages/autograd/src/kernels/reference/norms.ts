import type { NumericArray } from '../../tensor/dtype.ts';
import { reducedShape, sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { forEachMatrix } from './matmul.ts';
import { reducedStrides, sums } from './reduce.ts';
import { nest } from './rows.ts';

/** Reference `Kernels.variance`. What the rounded mean leaves over is subtracted in the end. */
export function variance(x: View, axes: readonly number[], correction: number, root: boolean): Storage {
  const means = sums(x, axes);
  const count = sizeOf(axes.map((axis) => x.shape[axis]!));
  for (let k = 0; k < means.length; k++) means[k]! /= count;
  const squares = zeros64(means.length);
  const rests = zeros64(means.length);
  const source = x.storage.array;
  const outStrides = reducedStrides(x.shape, axes);
  const { length, steps, forEach } = nest(x.shape, x.strides, outStrides, outStrides, x.offset);
  const [step, outStep] = steps;
  forEach((i, k) => {
    for (let n = length; n > 0; n--, i += step, k += outStep) {
      const centred = source[i]! - means[k]!;
      squares[k]! += centred * centred;
      rests[k]! += centred;
    }
  });
  const out = allocate(x.dtype, means.length);
  const divisor = Math.max(0, count - correction);
  for (let k = 0; k < out.length; k++) {
    const value = (squares[k]! - (rests[k]! * rests[k]!) / Math.max(count, 1)) / divisor;
    out[k] = root ? Math.sqrt(value) : value;
  }
  return new Storage(out);
}

/** total + |x|^p for most p; the extreme, or the count, for the others. */
type Accumulate = (total: number, size: number) => number;

function accumulation(p: number): { start: number; add: Accumulate; finish: (total: number) => number } {
  const same = (total: number) => total;
  if (p === Number.POSITIVE_INFINITY)
    return { start: 0, add: (total, v) => (v > total || Number.isNaN(v) ? v : total), finish: same };
  if (p === Number.NEGATIVE_INFINITY) {
    const add: Accumulate = (total, v) => (v < total || Number.isNaN(v) ? v : total);
    return { start: Number.POSITIVE_INFINITY, add, finish: same };
  }
  if (p === 0) return { start: 0, add: (total, v) => (v === 0 ? total : total + 1), finish: same };
  if (p === 1) return { start: 0, add: (total, v) => total + v, finish: same };
  if (p === 2) return { start: 0, add: (total, v) => total + v * v, finish: Math.sqrt };
  return { start: 0, add: (total, v) => total + v ** p, finish: (total) => total ** (1 / p) };
}

/** Reference `Kernels.norm`. */
export function norm(p: number, x: View, axes: readonly number[]): Storage {
  const { start, add, finish } = accumulation(p);
  const totals = zeros64(sizeOf(reducedShape(x.shape, axes, false))).fill(start);
  const source = x.storage.array;
  const outStrides = reducedStrides(x.shape, axes);
  const { length, steps, forEach } = nest(x.shape, x.strides, outStrides, outStrides, x.offset);
  const [step, outStep] = steps;
  forEach((i, k) => {
    for (let n = length; n > 0; n--, i += step, k += outStep)
      totals[k] = add(totals[k]!, Math.abs(source[i]!));
  });
  const out = allocate(x.dtype, totals.length);
  for (let k = 0; k < out.length; k++) out[k] = finish(totals[k]!);
  return new Storage(out);
}

/** Reference `Kernels.cdist`. Differences are taken before they are squared: no cancellation of large norms. */
export function cdist(p: number, a: View, b: View): Storage {
  const { start, add, finish } = accumulation(p);
  const rank = a.shape.length;
  const [m, n, length] = [a.shape[rank - 2]!, b.shape[rank - 2]!, a.shape[rank - 1]!];
  const x: NumericArray = a.storage.array;
  const y: NumericArray = b.storage.array;
  const [rowA, stepA, rowB, stepB] = [
    a.strides[rank - 2]!,
    a.strides[rank - 1]!,
    b.strides[rank - 2]!,
    b.strides[rank - 1]!,
  ];
  const out = allocate(a.dtype, sizeOf(a.shape.slice(0, rank - 2)) * m * n);
  forEachMatrix(a, { ...b, shape: b.shape.with(rank - 1, n) }, (atA, atB, at) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = start;
        for (let k = 0; k < length; k++) {
          total = add(total, Math.abs(x[atA + i * rowA + k * stepA]! - y[atB + j * rowB + k * stepB]!));
        }
        out[at++] = finish(total);
      }
    }
  });
  return new Storage(out);
}

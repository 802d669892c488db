import type { NumericArray } from '../../tensor/dtype.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { CumulateName } from '../kernels.ts';
import { forEachLine, toStorage } from './reduce.ts';
import { nest } from './rows.ts';

/** Fills totals[k], totals[k + dk], … from x[i], x[i + di], … */
type RunningLoop = (
  x: NumericArray,
  i: number,
  di: number,
  totals: Float64Array,
  k: number,
  dk: number,
  n: number,
) => void;

const running: Readonly<Record<CumulateName, RunningLoop>> = {
  sum: (x, i, di, totals, k, dk, n) => {
    for (let total = 0; n > 0; n--, i += di, k += dk) totals[k] = total += x[i]!;
  },
  prod: (x, i, di, totals, k, dk, n) => {
    for (let total = 1; n > 0; n--, i += di, k += dk) totals[k] = total *= x[i]!;
  },
  // The sum is kept relative to the largest element so far, so that nothing overflows.
  logcumsumexp: (x, i, di, totals, k, dk, n) => {
    let largest = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (; n > 0; n--, i += di, k += dk) {
      const value = x[i]!;
      if (value === Number.NEGATIVE_INFINITY) {
        // Adds nothing; -inf - -inf would be NaN.
      } else if (value === Number.POSITIVE_INFINITY || !(value > largest)) {
        // Once infinite, always infinite: total = 1 stands for it. NaN stays.
        total = value === Number.POSITIVE_INFINITY ? total * 0 + 1 : total + Math.exp(value - largest);
        if (value === Number.POSITIVE_INFINITY) largest = value;
      } else {
        total = total * Math.exp(largest - value) + 1;
        largest = value;
      }
      totals[k] = largest + Math.log(total);
    }
  },
};

/** Reference `Kernels.cumulate`. */
export function cumulate(fn: CumulateName, x: View, axis: number): Storage {
  const length = x.shape[axis] ?? 1;
  const step = x.strides[axis] ?? 0;
  const totals = new Float64Array(x.size);
  const outStep = contiguousStrides(x.shape)[axis] ?? 0;
  forEachLine(x, axis, (i, k) => running[fn](x.storage.array, i, step, totals, k, outStep, length));
  return toStorage(fn === 'logcumsumexp' ? fn : `cum${fn}`, x.dtype, totals);
}

/** Reference `Kernels.recurrence`. */
export function recurrence(a: View, b: View, axis: number): Storage {
  const out = allocate(a.dtype, a.size);
  if (a.size === 0) return new Storage(out);
  const factors = a.storage.array;
  const terms = b.storage.array;
  const strides = contiguousStrides(a.shape);
  const others = (_: unknown, i: number) => i !== axis;
  const length = a.shape[axis] ?? 1;
  const [stepA, stepB, stepOut] = [a.strides[axis] ?? 0, b.strides[axis] ?? 0, strides[axis] ?? 0];
  const lines = nest(
    a.shape.filter(others),
    a.strides.filter(others),
    b.strides.filter(others),
    strides.filter(others),
    a.offset,
    b.offset,
  );
  const [da, db, dk] = lines.steps;
  lines.forEach((i, j, k) => {
    for (let line = lines.length; line > 0; line--, i += da, j += db, k += dk) {
      let y = 0;
      for (let n = 0; n < length; n++) {
        // The first factor meets no element: times 0 it could give NaN.
        y = (n === 0 ? 0 : factors[i + n * stepA]! * y) + terms[j + n * stepB]!;
        out[k + n * stepOut] = y;
      }
    }
  });
  return new Storage(out);
}

/** Reference `Kernels.cumulativeExtreme`. */
export function cumulativeExtreme(fn: 'cummax' | 'cummin', x: View, axis: number): Storage {
  const source = x.storage.array;
  const sign = fn === 'cummax' ? 1 : -1;
  const length = x.shape[axis] ?? 1;
  const step = x.strides[axis] ?? 0;
  const out = allocate('int32', x.size);
  const outStep = contiguousStrides(x.shape)[axis] ?? 0;
  forEachLine(x, axis, (i, k) => {
    let best = sign * source[i]!;
    let position = 0;
    for (let n = 0; n < length; n++) {
      const value = sign * source[i + n * step]!;
      if (value >= best || Number.isNaN(value)) {
        best = value;
        position = n;
      }
      out[k + n * outStep] = position;
    }
  });
  return new Storage(out);
}

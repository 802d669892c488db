import { type DType, isFloat, type NumericArray } from '../../tensor/dtype.ts';
import { DTypeError } from '../../tensor/errors.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import { contiguousStrides, type Layout, type View } from '../../tensor/view.ts';
import type { ScatterName } from '../kernels.ts';
import { cast } from './copy.ts';
import { nest } from './rows.ts';

/** Reference `Kernels.firstOutside`. */
export function firstOutside(index: View, low: number, high: number): number {
  const { array } = index.storage;
  const { length, steps, forEach } = nest(
    index.shape,
    index.strides,
    index.strides,
    index.strides,
    index.offset,
  );
  let seen = 0;
  let found = -1;
  forEach((p) => {
    if (found >= 0) return;
    const at = outsideIn(array, p, steps[0], length, low, high);
    if (at >= 0) found = seen + at;
    seen += length;
  });
  return found;
}

function outsideIn(
  array: NumericArray,
  p: number,
  step: number,
  length: number,
  low: number,
  high: number,
): number {
  for (let n = 0; n < length; n++, p += step) if (array[p]! < low || array[p]! > high) return n;
  return -1;
}

/** Reference `Kernels.fromStart`. */
export function fromStart(index: View, length: number): Storage {
  const result = cast(index, 'int32');
  const { array } = result;
  for (let i = 0; i < array.length; i++) if (array[i]! < 0) array[i]! += length;
  return result;
}

/** Reference `Kernels.nonzero`. */
export function nonzero(x: View): Storage {
  const { array } = cast(x, 'bool');
  let count = 0;
  for (const held of array) count += held;
  const out = allocate('int32', count * x.shape.length);
  let at = 0;
  for (let i = 0; i < array.length; i++) {
    if (array[i] === 0) continue;
    let rest = i;
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      const length = x.shape[axis]!;
      out[axis * count + at] = rest % length;
      rest = Math.floor(rest / length);
    }
    at++;
  }
  return new Storage(out);
}

/** Reference `Kernels.gather`. */
export function gather(x: View, axis: number, index: View): Storage {
  const source = x.storage.array;
  const positions = index.storage.array;
  const out = allocate(x.dtype, index.size);
  const stride = x.strides[axis] ?? 0;
  const { length, steps, forEach } = nest(
    index.shape,
    index.strides,
    stridesAround(x.strides, axis, index),
    contiguousStrides(index.shape),
    index.offset,
    x.offset,
  );
  forEach((p, i, k) => {
    gatherRow(out, k, steps[2], source, i, steps[1], stride, positions, p, steps[0], length);
  });
  return new Storage(out);
}

function gatherRow(
  out: NumericArray,
  k: number,
  dk: number,
  source: NumericArray,
  i: number,
  di: number,
  stride: number,
  positions: NumericArray,
  p: number,
  dp: number,
  n: number,
): void {
  for (; n > 0; n--, p += dp, i += di, k += dk) out[k] = source[i + positions[p]! * stride]!;
}

/** The strides of a tensor along the axes of an index into one of them; the indexed one does not move. */
function stridesAround(strides: readonly number[], axis: number, index: View): readonly number[] {
  return index.shape.map((_, i) => (i === axis ? 0 : strides[i]!));
}

/** Reference `Kernels.scatter`. Sums and products are kept in doubles. */
export function scatter(
  op: string,
  fn: ScatterName,
  x: View,
  axis: number,
  index: View,
  source: View,
): Storage {
  const totals = fn === 'sum' || fn === 'prod';
  const result = cast(x, totals ? 'float64' : x.dtype);
  const from = source.storage.array;
  const positions = index.storage.array;
  const strides = contiguousStrides(x.shape);
  const stride = strides[axis] ?? 0;
  const put = combine[fn];
  const { length, steps, forEach } = nest(
    index.shape,
    index.strides,
    stridesAround(strides, axis, index),
    source.strides,
    index.offset,
    0,
    source.offset,
  );
  forEach((p, i, k) => {
    put(result.array, i, steps[1], stride, positions, p, steps[0], from, k, steps[2], length);
  });
  return totals ? settle(op, result, x.dtype) : result;
}

/** Brings a row of a source to the places that a row of an index names. */
type ScatterLoop = (
  array: NumericArray,
  i: number,
  di: number,
  stride: number,
  positions: NumericArray,
  p: number,
  dp: number,
  from: NumericArray,
  k: number,
  dk: number,
  n: number,
) => void;

// One loop per function, as for unary functions. NaN is extreme, as in reductions.
const combine: Readonly<Record<ScatterName, ScatterLoop>> = {
  amax: (array, i, di, stride, positions, p, dp, from, k, dk, n) => {
    for (; n > 0; n--, p += dp, i += di, k += dk) {
      const at = i + positions[p]! * stride;
      if (from[k]! > array[at]! || Number.isNaN(from[k])) array[at] = from[k]!;
    }
  },
  amin: (array, i, di, stride, positions, p, dp, from, k, dk, n) => {
    for (; n > 0; n--, p += dp, i += di, k += dk) {
      const at = i + positions[p]! * stride;
      if (from[k]! < array[at]! || Number.isNaN(from[k])) array[at] = from[k]!;
    }
  },
  assign: (array, i, di, stride, positions, p, dp, from, k, dk, n) => {
    for (; n > 0; n--, p += dp, i += di, k += dk) array[i + positions[p]! * stride] = from[k]!;
  },
  prod: (array, i, di, stride, positions, p, dp, from, k, dk, n) => {
    for (; n > 0; n--, p += dp, i += di, k += dk) array[i + positions[p]! * stride]! *= from[k]!;
  },
  sum: (array, i, di, stride, positions, p, dp, from, k, dk, n) => {
    for (; n > 0; n--, p += dp, i += di, k += dk) array[i + positions[p]! * stride]! += from[k]!;
  },
};

/** Reference `Kernels.overlapAdd`. */
export function overlapAdd(source: View, places: Layout, size: number): Storage {
  const totals = zeros64(size);
  const { array } = source.storage;
  const { length, steps, forEach } = nest(
    source.shape,
    source.strides,
    places.strides,
    places.strides,
    source.offset,
    places.offset,
  );
  forEach((i, k) => {
    for (let n = length; n > 0; n--, i += steps[0], k += steps[1]) totals[k]! += array[i]!;
  });
  return settle('overlapAdd', new Storage(totals), source.dtype);
}

/** Reference `Kernels.settle`. */
export function settle(op: string, totals: Storage, dtype: DType): Storage {
  const { array } = totals;
  if (dtype === 'float64') return totals;
  const out = allocate(dtype, array.length);
  if (dtype === 'bool') {
    for (let i = 0; i < array.length; i++) out[i] = array[i] === 0 ? 0 : 1;
    return new Storage(out);
  }
  out.set(array);
  if (!isFloat(dtype)) {
    const wrong = out.findIndex((value, i) => value !== array[i]);
    if (wrong >= 0) {
      throw new DTypeError(
        `${op}: the result ${array[wrong]} does not fit ${dtype}; convert first with .to('float64')`,
      );
    }
  }
  return new Storage(out);
}

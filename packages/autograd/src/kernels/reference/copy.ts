import { type DType, isFloat, type NumericArray } from '../../tensor/dtype.ts';
import { allocateOwn, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { contiguousStrides, viewOf } from '../../tensor/view.ts';
import { nest } from './rows.ts';

/** Reference `Kernels.cast`. The copy owns its array: clones are kept. */
export function cast(x: View, dtype: DType): Storage {
  const out = allocateOwn(dtype, x.size);
  if (dtype === 'bool' && x.dtype !== 'bool') {
    walk(out, contiguousStrides(x.shape), 0, x, (target, k, dk, source, i, di, n) => {
      for (; n > 0; n--, k += dk, i += di) target[k] = source[i]! === 0 ? 0 : 1;
    });
  } else if (x.isContiguous && (isFloat(dtype) || !isFloat(x.dtype))) {
    out.set(x.storage.array.subarray(x.offset, x.offset + x.size));
  } else if (x.size > 0 && x.strides.every((stride, axis) => stride === 0 || x.shape[axis] === 1)) {
    out.fill(x.storage.array[x.offset]!);
  } else {
    walk(out, contiguousStrides(x.shape), 0, x, copyRow);
  }
  return new Storage(out);
}

/** The same elements next to each other in row-major order: the view itself where they are. */
export function contiguous(x: View): View {
  return x.isContiguous ? x : viewOf(cast(x, x.dtype), x.dtype, x.shape);
}

/** Reference `Kernels.assign`. */
export function assign(target: View, source: View): void {
  // An empty part may start beyond the end of its storage, where `set` throws.
  if (source.size === 0) return;
  if (target.isContiguous && source.isContiguous) {
    target.storage.array.set(
      source.storage.array.subarray(source.offset, source.offset + source.size),
      target.offset,
    );
  } else {
    walk(target.storage.array, target.strides, target.offset, source, copyRow);
  }
}

type RowCopy = (
  target: NumericArray,
  k: number,
  dk: number,
  source: NumericArray,
  i: number,
  di: number,
  n: number,
) => void;

const copyRow: RowCopy = (target, k, dk, source, i, di, n) => {
  for (; n > 0; n--, k += dk, i += di) target[k] = source[i]!;
};

function walk(
  target: NumericArray,
  strides: readonly number[],
  offset: number,
  source: View,
  row: RowCopy,
): void {
  const { length, steps, forEach } = nest(
    source.shape,
    strides,
    source.strides,
    strides,
    offset,
    source.offset,
  );
  forEach((k, i) => row(target, k, steps[0], source.storage.array, i, steps[1], length));
}

import { IndexError } from '../../tensor/errors.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, isRowMajor, type View } from '../../tensor/view.ts';
import { cast } from './copy.ts';
import { nest } from './rows.ts';

/** From this many elements on, `set` takes less time than a loop (56 ns against 3.2 ns an element). */
const LONG_BLOCK = 18;

/** Reference `Kernels.gather`. Where the index repeats along all axes after `axis`, as in indexSelect, whole blocks are copied. */
export function gather(x: View, axis: number, index: View): Storage {
  const { array } = x.storage;
  const out = allocate(x.dtype, index.size);
  const strides = contiguousStrides(index.shape);
  if (takesBlocks(x, axis, index)) {
    const leading = {
      ...index,
      shape: index.shape.slice(0, axis + 1),
      strides: index.strides.slice(0, axis + 1),
    };
    const length = sizeOf(index.shape.slice(axis + 1));
    const outer = { ...x, strides: x.strides.slice(0, axis + 1) };
    forEachPosition('gather', outer, axis, leading, strides.slice(0, axis + 1), 0, (i, k) => {
      if (length < LONG_BLOCK) for (let n = 0; n < length; n++) out[k + n] = array[i + n]!;
      else out.set(array.subarray(i, i + length), k);
    });
  } else {
    forEachPosition('gather', x, axis, index, strides, 0, (i, k) => {
      out[k] = array[i]!;
    });
  }
  return new Storage(out);
}

/** Whether, after `axis`, the index repeats one position for elements that stand next to each other in `x`. */
function takesBlocks(x: View, axis: number, index: View): boolean {
  const inner = x.shape.slice(axis + 1);
  return (
    inner.length > 0 &&
    sizeOf(inner) > 0 &&
    isRowMajor(inner, x.strides.slice(axis + 1)) &&
    inner.every(
      (length, i) =>
        index.shape[axis + 1 + i] === length && (length === 1 || index.strides[axis + 1 + i] === 0),
    )
  );
}

/** Reference `Kernels.scatterAdd`. */
export function scatterAdd(x: View, axis: number, index: View, source: View): Storage {
  const result = cast(x, x.dtype);
  const target = { ...x, storage: result, strides: contiguousStrides(x.shape), shape: x.shape, offset: 0 };
  forEachPosition('scatterAdd', target, axis, index, source.strides, source.offset, (i, k) => {
    // A sum of bools is "or", as everywhere.
    result.array[i] =
      x.dtype === 'bool'
        ? result.array[i]! | source.storage.array[k]!
        : result.array[i]! + source.storage.array[k]!;
  });
  return result;
}

/** For each element of `index`: where `x` keeps the element it names, and where a partner of its shape stands. */
function forEachPosition(
  op: string,
  x: Pick<View, 'shape' | 'strides' | 'offset'>,
  axis: number,
  index: View,
  partner: readonly number[],
  partnerOffset: number,
  visit: (i: number, k: number) => void,
): void {
  const count = x.shape[axis] ?? 1;
  const axisStride = x.strides[axis] ?? 0;
  const around = x.strides.map((stride, i) => (i === axis ? 0 : stride));
  const positions = index.storage.array;
  const { length, steps, forEach } = nest(
    index.shape,
    index.strides,
    around,
    partner,
    index.offset,
    x.offset,
    partnerOffset,
  );
  forEach((p, i, k) => {
    for (let n = length; n > 0; n--, p += steps[0], i += steps[1], k += steps[2]) {
      const position = positions[p]!;
      if (position < 0 || position >= count) {
        throw new IndexError(
          `${op}: index ${position} is out of bounds for dim ${axis} with length ${count}`,
        );
      }
      visit(i + position * axisStride, k);
    }
  });
}

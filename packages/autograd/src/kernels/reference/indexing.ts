import { IndexError } from '../../tensor/errors.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import { cast } from './copy.ts';
import { nest } from './rows.ts';

/** Reference `Kernels.gather`. */
export function gather(x: View, axis: number, index: View): Storage {
  const out = allocate(x.dtype, index.size);
  forEachPosition('gather', x, axis, index, contiguousStrides(index.shape), 0, (i, k) => {
    out[k] = x.storage.array[i]!;
  });
  return new Storage(out);
}

/** Reference `Kernels.scatterAdd`. */
export function scatterAdd(x: View, axis: number, index: View, source: View): Storage {
  const result = cast(x, x.dtype);
  const target = { ...x, storage: result, strides: contiguousStrides(x.shape), shape: x.shape, offset: 0 };
  forEachPosition('scatterAdd', target, axis, index, source.strides, source.offset, (i, k) => {
    result.array[i]! += source.storage.array[k]!;
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

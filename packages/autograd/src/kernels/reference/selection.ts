import type { NumericArray } from '../../tensor/dtype.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type Layout, type View } from '../../tensor/view.ts';
import type { Selection } from '../kernels.ts';
import { nest } from './rows.ts';

/** From this many elements on, `set` takes less time than a loop (56 ns against 3.2 ns an element). */
const LONG_BLOCK = 18;

/** Reference `Kernels.indexGet`. */
export function indexGet(x: View, selection: Selection): Storage {
  const shape = selectedShape(x.shape, selection);
  const out = allocate(x.dtype, sizeOf(shape));
  const result = { shape, strides: contiguousStrides(shape), offset: 0 };
  const { array } = x.storage;
  forEachBlock(x, selection, result, (i, k, from, to, length, di, dk) =>
    copyRows(out, k, to, dk, array, i, from, di, length),
  );
  return new Storage(out);
}

/** Reference `Kernels.indexPut`. */
export function indexPut(target: View, selection: Selection, source: View): void {
  const { array } = target.storage;
  forEachBlock(target, selection, source, (i, k, to, from, length, di, dk) =>
    copyRows(array, i, to, di, source.storage.array, k, from, dk, length),
  );
}

/** Reference `Kernels.indexAdd`. */
export function indexAdd(target: View, selection: Selection, source: View): void {
  const { array } = target.storage;
  forEachBlock(target, selection, source, (i, k, to, from, length, di, dk) =>
    addRows(array, i, to, di, source.storage.array, k, from, dk, length),
  );
}

/** Copies a row from, and to, each of the places given by distances from a start. */
function copyRows(
  target: NumericArray,
  k: number,
  to: Float64Array,
  dk: number,
  source: NumericArray,
  i: number,
  from: Float64Array,
  di: number,
  length: number,
): void {
  if (length === 1) {
    for (let n = 0; n < to.length; n++) target[k + to[n]!] = source[i + from[n]!]!;
  } else if (length >= LONG_BLOCK && di === 1 && dk === 1) {
    for (let n = 0; n < to.length; n++) {
      target.set(source.subarray(i + from[n]!, i + from[n]! + length), k + to[n]!);
    }
  } else {
    for (let n = 0; n < to.length; n++) {
      for (let m = 0, p = k + to[n]!, q = i + from[n]!; m < length; m++, p += dk, q += di)
        target[p] = source[q]!;
    }
  }
}

/** As {@link copyRows}, but adds. */
function addRows(
  target: NumericArray,
  k: number,
  to: Float64Array,
  dk: number,
  source: NumericArray,
  i: number,
  from: Float64Array,
  di: number,
  length: number,
): void {
  for (let n = 0; n < to.length; n++) {
    for (let m = 0, p = k + to[n]!, q = i + from[n]!; m < length; m++, p += dk, q += di)
      target[p]! += source[q]!;
  }
}

function selectedShape(shape: Shape, { axes, lead, positions }: Selection): Shape {
  const rest = shape.filter((_, axis) => !axes.includes(axis));
  return [...rest.slice(0, lead), ...positions.shape.slice(1), ...rest.slice(lead)];
}

/** Where a block starts in x and in the partner; the distances of its rows from there; the length and steps of a row. */
type Block = (
  i: number,
  k: number,
  rowsOfX: Float64Array,
  rowsOfPartner: Float64Array,
  length: number,
  di: number,
  dk: number,
) => void;

/**
 * Walks the selected elements of `x` together with a partner of their shape: a block has a row for each element of the
 * index, in row-major order.
 */
function forEachBlock(x: Layout, { axes, lead, positions }: Selection, partner: Layout, block: Block): void {
  const index = positions.shape.slice(1);
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const lengths = rest.map((axis) => x.shape[axis]!);
  const strides = rest.map((axis) => x.strides[axis]!);
  const behind = lead + index.length;
  const outer = nest(
    lengths.slice(0, lead),
    strides.slice(0, lead),
    partner.strides.slice(0, lead),
    strides.slice(0, lead),
    x.offset,
    partner.offset,
  );
  const inner = nest(lengths.slice(lead), strides.slice(lead), partner.strides.slice(behind));
  const rowsOfX = indexedOffsets(x, axes, positions);
  const rowsOfPartner = offsetsOf(index, partner.strides.slice(lead, behind));
  const [di, dk] = inner.steps;
  outer.forEach((i, k) => {
    for (let n = outer.length; n > 0; n--, i += outer.steps[0], k += outer.steps[1]) {
      inner.forEach((a, b) => {
        block(i + a, k + b, rowsOfX, rowsOfPartner, inner.length, di, dk);
      });
    }
  });
}

/** How far from the start each element of the index stands: doubles, as int32 cannot count all elements. */
function indexedOffsets(x: Layout, axes: readonly number[], positions: View): Float64Array {
  const count = sizeOf(positions.shape.slice(1));
  const offsets = new Float64Array(count);
  const { array } = positions.storage;
  axes.forEach((axis, j) => {
    const stride = x.strides[axis]!;
    const start = positions.offset + j * count;
    for (let n = 0; n < count; n++) offsets[n]! += array[start + n]! * stride;
  });
  return offsets;
}

function offsetsOf(shape: Shape, strides: Shape): Float64Array {
  const offsets = new Float64Array(sizeOf(shape));
  const { length, steps, forEach } = nest(shape, strides);
  let at = 0;
  forEach((k) => {
    for (let n = length; n > 0; n--, k += steps[0]) offsets[at++] = k;
  });
  return offsets;
}

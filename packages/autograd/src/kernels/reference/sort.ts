import type { NumericArray } from '../../tensor/dtype.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { Groups } from '../kernels.ts';
import { forEachLine } from './reduce.ts';
import { nest } from './rows.ts';

/** Runs of this length are sorted by insertion before they are merged. */
const RUN = 16;

/** Sorts keys together with their positions, stably: insertion sort of short runs, then merges from one pair of arrays to another. */
class Sorter {
  #keys: Float64Array;
  #positions: Int32Array;
  #spareKeys: Float64Array;
  #sparePositions: Int32Array;

  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity);
    this.#positions = new Int32Array(capacity);
    this.#spareKeys = new Float64Array(capacity);
    this.#sparePositions = new Int32Array(capacity);
  }

  /**
   * The positions of the line x[i], x[i + step], … in sorted order, valid until the next call. NaN comes last; first when
   * descending.
   */
  sort(x: NumericArray, i: number, step: number, length: number, descending: boolean): Int32Array {
    const sign = descending ? -1 : 1;
    let count = 0;
    for (let n = 0, at = i; n < length; n++, at += step) {
      const key = x[at]!;
      if (Number.isNaN(key)) continue;
      this.#keys[count] = sign * key;
      this.#positions[count++] = n;
    }
    this.#sortFirst(count);
    if (count === length) return this.#positions;
    const nans = length - count;
    if (descending) this.#positions.copyWithin(nans, 0, count);
    let end = descending ? 0 : count;
    for (let n = 0, at = i; n < length; n++, at += step) if (Number.isNaN(x[at]!)) this.#positions[end++] = n;
    return this.#positions;
  }

  #sortFirst(count: number): void {
    for (let start = 0; start < count; start += RUN)
      insertionSort(this.#keys, this.#positions, start, Math.min(start + RUN, count));
    for (let width = RUN; width < count; width *= 2) {
      for (let start = 0; start < count; start += 2 * width) {
        const middle = Math.min(start + width, count);
        this.#merge(start, middle, Math.min(start + 2 * width, count));
      }
      [this.#keys, this.#spareKeys] = [this.#spareKeys, this.#keys];
      [this.#positions, this.#sparePositions] = [this.#sparePositions, this.#positions];
    }
  }

  #merge(start: number, middle: number, end: number): void {
    const keys = this.#keys;
    const positions = this.#positions;
    const toKeys = this.#spareKeys;
    const toPositions = this.#sparePositions;
    let left = start;
    let right = middle;
    for (let at = start; at < end; at++) {
      const from = right === end || (left < middle && keys[left]! <= keys[right]!) ? left++ : right++;
      toKeys[at] = keys[from]!;
      toPositions[at] = positions[from]!;
    }
  }
}

function insertionSort(keys: Float64Array, positions: Int32Array, start: number, end: number): void {
  for (let n = start + 1; n < end; n++) {
    const key = keys[n]!;
    const position = positions[n]!;
    let at = n;
    for (; at > start && keys[at - 1]! > key; at--) {
      keys[at] = keys[at - 1]!;
      positions[at] = positions[at - 1]!;
    }
    keys[at] = key;
    positions[at] = position;
  }
}

/** Reference `Kernels.sort`. */
export function sort(x: View, axis: number, descending: boolean): Storage {
  const length = x.shape[axis] ?? 1;
  const step = x.strides[axis] ?? 0;
  const outStep = contiguousStrides(x.shape)[axis] ?? 0;
  const out = allocate('int32', x.size);
  const sorter = new Sorter(length);
  forEachLine(x, axis, (i, k) => {
    const order = sorter.sort(x.storage.array, i, step, length, descending);
    for (let n = 0; n < length; n++) out[k + n * outStep] = order[n]!;
  });
  return new Storage(out);
}

/** Reference `Kernels.ranked`. */
export function ranked(x: View, axis: number, rankOf: (nans: number) => number): Storage {
  const source = x.storage.array;
  const length = x.shape[axis] ?? 1;
  const step = x.strides[axis] ?? 0;
  const out = allocate('int32', x.size / length);
  const sorter = new Sorter(length);
  let line = 0;
  forEachLine(x, axis, (i) => {
    let nans = 0;
    for (let n = 0, at = i; n < length; n++, at += step) if (Number.isNaN(source[at]!)) nans++;
    out[line++] = sorter.sort(source, i, step, length, false)[rankOf(nans)]!;
  });
  return new Storage(out);
}

/** Reference `Kernels.mode`. */
export function mode(x: View, axis: number): Storage {
  const source = x.storage.array;
  const length = x.shape[axis] ?? 1;
  const step = x.strides[axis] ?? 0;
  const out = allocate('int32', x.size / length);
  const sorter = new Sorter(length);
  let line = 0;
  forEachLine(x, axis, (i) => {
    const order = sorter.sort(source, i, step, length, false);
    let most = 0;
    let start = 0;
    for (let n = 1; n <= length; n++) {
      if (n < length && source[i + order[n]! * step]! === source[i + order[start]! * step]!) continue;
      if (n - start > most) {
        most = n - start;
        out[line] = order[n - 1]!;
      }
      start = n;
    }
    line++;
  });
  return new Storage(out);
}

/** Reference `Kernels.groups`. NaN equals nothing, so that rows with NaN stand alone. */
export function groups(x: View, consecutive: boolean): Groups {
  const source = x.storage.array;
  const [rows, columns] = x.shape as [number, number];
  const [rowStep, columnStep] = x.strides as [number, number];
  const equal = (i: number, j: number): boolean => {
    for (let c = 0; c < columns; c++) {
      const at = x.offset + c * columnStep;
      if (source[at + i * rowStep]! !== source[at + j * rowStep]!) return false;
    }
    return true;
  };
  const order = consecutive ? Int32Array.from({ length: rows }, (_, i) => i) : sortRows(x);
  const inverse = allocate('int32', rows);
  const starts: number[] = [];
  for (let n = 0; n < rows; n++) {
    if (n === 0 || !equal(order[n - 1]!, order[n]!)) starts.push(n);
    inverse[order[n]!] = starts.length - 1;
  }
  const first = allocate('int32', starts.length);
  const counts = allocate('int32', starts.length);
  for (let g = 0; g < starts.length; g++) {
    first[g] = order[starts[g]!]!;
    counts[g] = (starts[g + 1] ?? rows) - starts[g]!;
  }
  return { first: new Storage(first), inverse: new Storage(inverse), counts: new Storage(counts) };
}

/** The rows of a matrix in lexicographic order, NaN last: by the last column first, each sort keeping the order before it. */
function sortRows(x: View): Int32Array {
  const [rows, columns] = x.shape as [number, number];
  const [rowStep, columnStep] = x.strides as [number, number];
  let order = Int32Array.from({ length: rows }, (_, i) => i);
  const sorter = new Sorter(rows);
  const column = new Float64Array(rows);
  for (let c = columns - 1; c >= 0; c--) {
    const at = x.offset + c * columnStep;
    for (let n = 0; n < rows; n++) column[n] = x.storage.array[at + order[n]! * rowStep]!;
    const places = sorter.sort(column, 0, 1, rows, false);
    order = order.map((_, n) => order[places[n]!]!);
  }
  return order;
}

/** Reference `Kernels.searchSorted`: bisection, by comparisons that NaN fails, so that it counts as largest. */
export function searchSorted(sequence: View, values: View, right: boolean): Storage {
  const ascending = sequence.storage.array;
  const wanted = values.storage.array;
  const axis = sequence.shape.length - 1;
  const length = sequence.shape[axis]!;
  const step = sequence.strides[axis]!;
  const out = allocate('int32', values.size);
  // One sequence serves all values, unless there is one for each line of them.
  const shared = sequence.shape.length === 1;
  const starts = shared
    ? values.strides.map(() => 0)
    : values.strides.map((_, i) => (i === axis ? 0 : sequence.strides[i]!));
  const {
    length: row,
    steps,
    forEach,
  } = nest(
    values.shape,
    values.strides,
    starts,
    contiguousStrides(values.shape),
    values.offset,
    sequence.offset,
  );
  forEach((v, s, k) => {
    for (let n = row; n > 0; n--, v += steps[0], s += steps[1], k += steps[2]) {
      const value = wanted[v]!;
      let low = 0;
      let high = length;
      while (low < high) {
        const middle = (low + high) >> 1;
        const element = ascending[s + middle * step]!;
        if (right ? element > value : element >= value) high = middle;
        else low = middle + 1;
      }
      out[k] = low;
    }
  });
  return new Storage(out);
}

/** Reference `Kernels.isIn`. */
export function isIn(x: View, candidates: View): Storage {
  const known = new Set<number>();
  forEachElement(candidates, (value) => {
    if (!Number.isNaN(value)) known.add(value);
  });
  const out = allocate('bool', x.size);
  let at = 0;
  forEachElement(x, (value) => {
    out[at++] = known.has(value) ? 1 : 0;
  });
  return new Storage(out);
}

/** Reference `Kernels.histogram`. Places are computed in the precision of x, as in PyTorch: on an edge every bit counts. */
export function histogram(x: View, bins: number, low: number, high: number): Storage {
  const round = x.dtype === 'float32' ? Math.fround : (value: number) => value;
  const [start, end] = [round(low), round(high)];
  const width = round(end - start);
  const counts = new Float64Array(bins);
  forEachElement(x, (value) => {
    if (!(value >= start && value <= end)) return;
    const place = Math.floor(round(round(round(value - start) * bins) / width));
    // Where so large numbers lie on one edge, there is no place: 0 / 0.
    counts[place < bins ? place : bins - 1]!++;
  });
  const out = allocate(x.dtype, bins);
  out.set(counts);
  return new Storage(out);
}

/** Calls `visit` with every element, in row-major order. */
function forEachElement(x: View, visit: (value: number) => void): void {
  const { length, steps, forEach } = nest(x.shape, x.strides, x.strides, x.strides, x.offset);
  forEach((i) => {
    for (let n = length; n > 0; n--, i += steps[0]) visit(x.storage.array[i]!);
  });
}

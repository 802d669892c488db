import type { NumericArray } from '../../tensor/dtype.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { Windows } from '../kernels.ts';
import { contiguous } from './copy.ts';

/**
 * Where windows meet the input, row by row. A tap is one element of the kernel; a row holds the places of one tap in all
 * windows along the last axis. Taps and rows are numbered in row-major order.
 */
export interface WindowRows {
  /** How many taps differ outside the last axis, and along it. */
  readonly outerTaps: number;
  readonly innerTaps: number;
  /** Rows of a tap, and windows in each. */
  readonly rows: number;
  readonly length: number;
  /** For each outer tap and row: where the input's row starts in its plane, or -1 where it lies in the padding. */
  readonly starts: Int32Array;
  /** For each inner tap: the windows from … up to `to` meet the input, the first of them at `first` in its row. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly first: Int32Array;
  /** From one window to the next, in the input. */
  readonly step: number;
}

/** Lays out windows over planes whose elements stand `strides` apart. */
export function windowRows(windows: Windows, strides: Shape): WindowRows {
  const { input, kernel, output, stride, padding, dilation } = windows;
  const last = kernel.length - 1;
  const outerTaps = sizeOf(kernel.slice(0, last));
  const rows = sizeOf(output.slice(0, last));
  const starts = new Int32Array(outerTaps * rows);
  for (let axis = 0, tapBlock = outerTaps, rowBlock = rows; axis < last; axis++) {
    tapBlock /= kernel[axis]!;
    rowBlock /= output[axis]!;
    for (let at = 0; at < starts.length; at++) {
      const tap = Math.floor(Math.floor(at / rows) / tapBlock) % kernel[axis]!;
      const row = Math.floor((at % rows) / rowBlock) % output[axis]!;
      const place = row * stride[axis]! + tap * dilation[axis]! - padding[axis]!;
      if (place < 0 || place >= input[axis]!) starts[at] = -1;
      else if (starts[at]! >= 0) starts[at]! += place * strides[axis]!;
    }
  }
  const innerTaps = kernel[last]!;
  const length = output[last]!;
  const from = new Int32Array(innerTaps);
  const to = new Int32Array(innerTaps);
  const first = new Int32Array(innerTaps);
  for (let tap = 0; tap < innerTaps; tap++) {
    const shift = tap * dilation[last]! - padding[last]!;
    from[tap] = Math.min(length, Math.max(0, Math.ceil(-shift / stride[last]!)));
    to[tap] = Math.max(
      from[tap]!,
      Math.min(length, Math.floor((input[last]! - 1 - shift) / stride[last]!) + 1),
    );
    first[tap] = (from[tap]! * stride[last]! + shift) * strides[last]!;
  }
  return {
    outerTaps,
    innerTaps,
    rows,
    length,
    starts,
    from,
    to,
    first,
    step: stride[last]! * strides[last]!,
  };
}

/** Writes the windows over one plane as columns: one line for each tap, `lineStep` apart. */
export function planeToColumns(
  source: NumericArray,
  plane: number,
  { outerTaps, innerTaps, rows, length, starts, from, to, first, step }: WindowRows,
  target: NumericArray,
  line: number,
  lineStep: number,
): void {
  for (let outer = 0; outer < outerTaps; outer++) {
    for (let inner = 0; inner < innerTaps; inner++, line += lineStep) {
      let k = line;
      for (let row = outer * rows; row < (outer + 1) * rows; row++) {
        const start = starts[row]!;
        const meets = start >= 0;
        const rowEnd = k + length;
        const begin = meets ? k + from[inner]! : rowEnd;
        const end = meets ? k + to[inner]! : rowEnd;
        while (k < begin) target[k++] = 0;
        let i = plane + start + first[inner]!;
        // Four at a time in the usual case: most of a lowered convolution in JavaScript is spent here.
        if (step === 1) {
          for (; k + 4 <= end; k += 4, i += 4) {
            target[k] = source[i]!;
            target[k + 1] = source[i + 1]!;
            target[k + 2] = source[i + 2]!;
            target[k + 3] = source[i + 3]!;
          }
        }
        for (; k < end; k++, i += step) target[k] = source[i]!;
        while (k < rowEnd) target[k++] = 0;
      }
    }
  }
}

/** Adds columns, as {@link planeToColumns} writes them, to the plane that they came from. */
export function addColumns(
  source: NumericArray,
  line: number,
  lineStep: number,
  { outerTaps, innerTaps, rows, length, starts, from, to, first, step }: WindowRows,
  plane: Float64Array,
): void {
  for (let outer = 0; outer < outerTaps; outer++) {
    for (let inner = 0; inner < innerTaps; inner++, line += lineStep) {
      for (let row = 0; row < rows; row++) {
        const start = starts[outer * rows + row]!;
        if (start < 0) continue;
        const end = line + row * length + to[inner]!;
        let k = line + row * length + from[inner]!;
        for (let i = start + first[inner]!; k < end; k++, i += step) plane[i]! += source[k]!;
      }
    }
  }
}

/** Reference `ImageKernels.unfold`. */
export function unfold(x: View, windows: Windows): Storage {
  const planes = x.shape[0]! * x.shape[1]!;
  const places = sizeOf(windows.output);
  const taps = sizeOf(windows.kernel);
  const out = allocate(x.dtype, planes * taps * places);
  const walk = windowRows(windows, x.strides.slice(2));
  for (let plane = 0; plane < planes; plane++) {
    const at =
      x.offset + Math.floor(plane / x.shape[1]!) * x.strides[0]! + (plane % x.shape[1]!) * x.strides[1]!;
    planeToColumns(x.storage.array, at, walk, out, plane * taps * places, places);
  }
  return new Storage(out);
}

/** Reference `ImageKernels.fold`. */
export function fold(columns: View, windows: Windows): Storage {
  const { storage, offset, dtype, shape } = contiguous(columns);
  const places = sizeOf(windows.output);
  const taps = sizeOf(windows.kernel);
  const planes = (shape[0]! * shape[1]!) / taps;
  const plane = new Float64Array(sizeOf(windows.input));
  const out = allocate(dtype, planes * plane.length);
  const walk = windowRows(windows, contiguousStrides(windows.input));
  for (let i = 0; i < planes; i++) {
    plane.fill(0);
    addColumns(storage.array, offset + i * taps * places, places, walk, plane);
    out.set(plane, i * plane.length);
  }
  return new Storage(out);
}

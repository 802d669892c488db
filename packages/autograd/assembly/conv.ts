// Convolutions of some images, lowered to matrix products by blocks of places. With the windows of a block as the columns of
// a matrix [channels * taps, places of the block], and the filters of a group as [filters, channels * taps]:
//
//     out = filters columns        columns' cotangent = filters^T g        filters' cotangent = sum g columns^T
//
// All arrays are contiguous; `channels` and `filters` are those of a group. `direct` says that each place sees one element
// of a plane, its own: then the planes are the columns. `columns` is the address of room for the columns of a block and 16
// bytes more. Each result is a sum in an order that does not depend on how images (for the filters: units, see
// windows.ts) are shared among calls.

import {
  fromColumnsF32, fromColumnsF64, innerTapsOf, lengthOf, outerTapsOf, pixelsOf, rowsOf, toColumnsF32, toColumnsF64,
} from './windows';

// From the other binary: see gemm.ts.

// @ts-ignore: decorator
@external('env', 'gemmF32')
declare function gemmF32(
  a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, bColumn: usize, c: usize, cRow: usize,
  m: i32, n: i32, k: i32, accumulate: bool, work: usize,
): void;

// @ts-ignore: decorator
@external('env', 'gemmF64')
declare function gemmF64(
  a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, bColumn: usize, c: usize, cRow: usize,
  m: i32, n: i32, k: i32, accumulate: bool, work: usize,
): void;

// @ts-ignore: decorator
@inline
function gemm<T>(
  a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, bColumn: usize, c: usize, cRow: usize,
  m: i32, n: i32, k: i32, accumulate: bool, work: usize,
): void {
  if (sizeof<T>() == 4) gemmF32(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, accumulate, work);
  else gemmF64(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, accumulate, work);
}

// @ts-ignore: decorator
@inline
function toColumns<T>(
  planes: usize, windows: usize, unitFrom: i32, unitTo: i32,
  rowFrom: i32, rowTo: i32, placeFrom: i32, placeTo: i32, columns: usize,
): void {
  if (sizeof<T>() == 4) toColumnsF32(planes, windows, unitFrom, unitTo, rowFrom, rowTo, placeFrom, placeTo, columns);
  else toColumnsF64(planes, windows, unitFrom, unitTo, rowFrom, rowTo, placeFrom, placeTo, columns);
}

// @ts-ignore: decorator
@inline
function fromColumns<T>(
  columns: usize, windows: usize, units: i32, rowFrom: i32, rowTo: i32, placeFrom: i32, placeTo: i32, planes: usize,
): void {
  if (sizeof<T>() == 4) fromColumnsF32(columns, windows, units, rowFrom, rowTo, placeFrom, placeTo, planes);
  else fromColumnsF64(columns, windows, units, rowFrom, rowTo, placeFrom, placeTo, planes);
}

/** Fills line i with element i; up to 15 bytes behind the lines are lost. */
// @ts-ignore: decorator
@inline
function repeat<T>(elements: usize, lines: usize, count: i32, line: usize): void {
  for (; count > 0; count--, elements += sizeof<T>()) {
    const x = v128.load_splat<T>(elements);
    const end = lines + line;
    for (let at = lines; at < end; at += 16) v128.store(at, x);
    lines = end;
  }
}

// @ts-ignore: decorator
@inline
function convolution<T>(
  x: usize, weight: usize, bias: usize, y: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
): void {
  const size: usize = sizeof<T>();
  const length = lengthOf(windows);
  const rows = rowsOf(windows);
  const units = channels * outerTapsOf(windows);
  const depth = units * innerTapsOf(windows);
  const pixels = <usize>pixelsOf(windows) * size;
  const places = <usize>(rows * length) * size;
  const depthBytes = <usize>depth * size;
  for (let part = 0; part < images * groups; part++) {
    const planes = x + <usize>(part * channels) * pixels;
    const out = y + <usize>(part * filters) * places;
    const filter = part % groups * filters;
    const matrix = weight + <usize>filter * depthBytes;
    if (bias != 0) repeat<T>(bias + <usize>filter * size, out, filters, places);
    for (let row = 0; row < rows; row += rowBlock) {
      const rowTo = min(row + rowBlock, rows);
      for (let place = 0; place < length; place += placeBlock) {
        const placeTo = min(place + placeBlock, length);
        const count = (rowTo - row) * (placeTo - place);
        const at = <usize>(row * length + place) * size;
        let b = planes + at;
        let bRow = pixels;
        if (!direct) {
          toColumns<T>(planes, windows, 0, units, row, rowTo, place, placeTo, columns);
          b = columns;
          bRow = <usize>count * size;
        }
        gemm<T>(matrix, depthBytes, size, b, bRow, size, out + at, places, filters, count, depth, bias != 0, work);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function convInput<T>(
  g: usize, weight: usize, x: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
): void {
  const size: usize = sizeof<T>();
  const length = lengthOf(windows);
  const rows = rowsOf(windows);
  const units = channels * outerTapsOf(windows);
  const depth = units * innerTapsOf(windows);
  const pixels = <usize>pixelsOf(windows) * size;
  const places = <usize>(rows * length) * size;
  const depthBytes = <usize>depth * size;
  if (!direct) memory.fill(x, 0, <usize>(images * groups * channels) * pixels);
  for (let part = 0; part < images * groups; part++) {
    const planes = x + <usize>(part * channels) * pixels;
    const out = g + <usize>(part * filters) * places;
    const matrix = weight + <usize>(part % groups * filters) * depthBytes;
    for (let row = 0; row < rows; row += rowBlock) {
      const rowTo = min(row + rowBlock, rows);
      for (let place = 0; place < length; place += placeBlock) {
        const placeTo = min(place + placeBlock, length);
        const count = (rowTo - row) * (placeTo - place);
        const at = <usize>(row * length + place) * size;
        const target = direct ? planes + at : columns;
        const targetRow = direct ? pixels : <usize>count * size;
        gemm<T>(matrix, size, depthBytes, out + at, places, size, target, targetRow, depth, count, filters, false, work);
        if (!direct) fromColumns<T>(columns, windows, units, row, rowTo, place, placeTo, planes);
      }
    }
  }
}

/** Adds to the filters' cotangent, in the columns of the units from … up to `unitTo` (all of them when `direct`). */
// @ts-ignore: decorator
@inline
function convWeight<T>(
  x: usize, g: usize, weight: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
  unitFrom: i32, unitTo: i32,
): void {
  const size: usize = sizeof<T>();
  const length = lengthOf(windows);
  const rows = rowsOf(windows);
  const innerTaps = innerTapsOf(windows);
  const depth = (unitTo - unitFrom) * innerTaps;
  const pixels = <usize>pixelsOf(windows) * size;
  const places = <usize>(rows * length) * size;
  const depthBytes = <usize>(channels * outerTapsOf(windows) * innerTaps) * size;
  for (let part = 0; part < images * groups; part++) {
    const planes = x + <usize>(part * channels) * pixels;
    const out = g + <usize>(part * filters) * places;
    const matrix = weight + <usize>(part % groups * filters) * depthBytes + <usize>(unitFrom * innerTaps) * size;
    for (let row = 0; row < rows; row += rowBlock) {
      const rowTo = min(row + rowBlock, rows);
      for (let place = 0; place < length; place += placeBlock) {
        const placeTo = min(place + placeBlock, length);
        const count = (rowTo - row) * (placeTo - place);
        const at = <usize>(row * length + place) * size;
        let b = planes + at;
        let bColumn = pixels;
        if (!direct) {
          toColumns<T>(planes, windows, unitFrom, unitTo, row, rowTo, place, placeTo, columns);
          b = columns;
          bColumn = <usize>count * size;
        }
        gemm<T>(out + at, places, size, b, size, bColumn, matrix, depthBytes, filters, depth, count, true, work);
      }
    }
  }
}

/** y (images, groups * filters, places) of x (images, groups * channels, pixels); `bias` is added to each filter's, unless 0. */
export function convolutionF32(
  x: usize, weight: usize, bias: usize, y: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
): void {
  convolution<f32>(
    x, weight, bias, y, images, groups, channels, filters, windows, rowBlock, placeBlock, direct, columns, work,
  );
}

export function convolutionF64(
  x: usize, weight: usize, bias: usize, y: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
): void {
  convolution<f64>(
    x, weight, bias, y, images, groups, channels, filters, windows, rowBlock, placeBlock, direct, columns, work,
  );
}

/** x's cotangent from that of y. */
export function convInputF32(
  g: usize, weight: usize, x: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
): void {
  convInput<f32>(
    g, weight, x, images, groups, channels, filters, windows, rowBlock, placeBlock, direct, columns, work,
  );
}

export function convInputF64(
  g: usize, weight: usize, x: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
): void {
  convInput<f64>(
    g, weight, x, images, groups, channels, filters, windows, rowBlock, placeBlock, direct, columns, work,
  );
}

/** Adds to the filters' cotangent that from y's. */
export function convWeightF32(
  x: usize, g: usize, weight: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
  unitFrom: i32, unitTo: i32,
): void {
  convWeight<f32>(
    x, g, weight, images, groups, channels, filters, windows, rowBlock, placeBlock, direct, columns, work, unitFrom, unitTo,
  );
}

export function convWeightF64(
  x: usize, g: usize, weight: usize, images: i32, groups: i32, channels: i32, filters: i32,
  windows: usize, rowBlock: i32, placeBlock: i32, direct: bool, columns: usize, work: usize,
  unitFrom: i32, unitTo: i32,
): void {
  convWeight<f64>(
    x, g, weight, images, groups, channels, filters, windows, rowBlock, placeBlock, direct, columns, work, unitFrom, unitTo,
  );
}

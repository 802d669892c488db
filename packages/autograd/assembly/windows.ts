// Windows over planes: lowering them to the columns of a matrix, and adding columns up again.
//
// A description of windows is a row of 32-bit numbers, made by the caller: the elements of a plane, the taps outside the
// last axis (outer) and along it (inner), the rows of places, the places in a row, and the step from one place's
// element to the next; then for each outer tap and row where the plane's row starts (-1: in the padding), and for each
// inner tap the first place that meets the plane, the place behind the last, and the element under the first.

/** Numbers before the tables. */
export const HEADER: i32 = 6;

// @ts-ignore: decorator
@inline
export function field(windows: usize, i: i32): i32 {
  return load<i32>(windows + 4 * <usize>i);
}

/** Elements of a plane. */
export function pixelsOf(windows: usize): i32 { return field(windows, 0); }
export function outerTapsOf(windows: usize): i32 { return field(windows, 1); }
export function innerTapsOf(windows: usize): i32 { return field(windows, 2); }
/** Rows of places. */
export function rowsOf(windows: usize): i32 { return field(windows, 3); }
/** Places in a row. */
export function lengthOf(windows: usize): i32 { return field(windows, 4); }

/** Writes zeros from `at` up to `end`, in whole vectors: up to 15 bytes behind the end are lost. */
// @ts-ignore: decorator
@inline
function clear(at: usize, end: usize): void {
  const zero = i32x4.splat(0);
  for (; at < end; at += 16) v128.store(at, zero);
}

/**
 * Lowers a block of places, rows from … up to `rowTo` and in each of them places from … up to `placeTo`, to columns: a line of
 * the matrix for each unit, which is an outer tap of a plane, and each inner tap of it. `planes` is the address of the first
 * plane. Up to 15 bytes behind the matrix are lost.
 */
// @ts-ignore: decorator
@inline
function toColumns<T>(
  planes: usize, windows: usize, unitFrom: i32, unitTo: i32,
  rowFrom: i32, rowTo: i32, placeFrom: i32, placeTo: i32, columns: usize,
): void {
  const size: usize = sizeof<T>();
  const outerTaps = outerTapsOf(windows);
  const innerTaps = innerTapsOf(windows);
  const rows = rowsOf(windows);
  const step = <usize>field(windows, 5) * size;
  const planeBytes = <usize>pixelsOf(windows) * size;
  const starts = windows + 4 * HEADER;
  const inners = starts + 4 * <usize>(outerTaps * rows);
  const line = <usize>(placeTo - placeFrom) * size;
  let at = columns;
  for (let unit = unitFrom; unit < unitTo; unit++) {
    const plane = planes + <usize>(unit / outerTaps) * planeBytes;
    const unitStarts = starts + 4 * <usize>((unit % outerTaps) * rows);
    for (let inner = 0; inner < innerTaps; inner++) {
      const meets = load<i32>(inners + 4 * <usize>inner);
      const from = min(max(meets, placeFrom), placeTo);
      const to = max(from, min(load<i32>(inners + 4 * <usize>(innerTaps + inner)), placeTo));
      const first = <usize>load<i32>(inners + 4 * <usize>(2 * innerTaps + inner)) * size + <usize>(from - meets) * step;
      const before = <usize>(from - placeFrom) * size;
      const behind = <usize>(to - placeFrom) * size;
      for (let row = rowFrom; row < rowTo; row++) {
        const start = load<i32>(unitStarts + 4 * <usize>row);
        const end = at + line;
        if (start < 0) {
          clear(at, end);
          at = end;
          continue;
        }
        clear(at, at + before);
        const last = at + behind;
        let k = at + before;
        let source = plane + <usize>start * size + first;
        if (step == size) {
          for (; k < last; k += 16, source += 16) v128.store(k, v128.load(source));
        } else {
          for (; k < last; k += size, source += step) store<T>(k, load<T>(source));
        }
        clear(last, end);
        at = end;
      }
    }
  }
}

/** Adds columns, as {@link toColumns} writes them for all units of some planes, to the planes that they came from. */
// @ts-ignore: decorator
@inline
function fromColumns<T>(
  columns: usize, windows: usize, units: i32, rowFrom: i32, rowTo: i32, placeFrom: i32, placeTo: i32, planes: usize,
): void {
  const size: usize = sizeof<T>();
  const outerTaps = outerTapsOf(windows);
  const innerTaps = innerTapsOf(windows);
  const rows = rowsOf(windows);
  const step = <usize>field(windows, 5) * size;
  const planeBytes = <usize>pixelsOf(windows) * size;
  const starts = windows + 4 * HEADER;
  const inners = starts + 4 * <usize>(outerTaps * rows);
  const line = <usize>(placeTo - placeFrom) * size;
  let at = columns;
  for (let unit = 0; unit < units; unit++) {
    const plane = planes + <usize>(unit / outerTaps) * planeBytes;
    const unitStarts = starts + 4 * <usize>((unit % outerTaps) * rows);
    for (let inner = 0; inner < innerTaps; inner++) {
      const meets = load<i32>(inners + 4 * <usize>inner);
      const from = min(max(meets, placeFrom), placeTo);
      const to = max(from, min(load<i32>(inners + 4 * <usize>(innerTaps + inner)), placeTo));
      const first = <usize>load<i32>(inners + 4 * <usize>(2 * innerTaps + inner)) * size + <usize>(from - meets) * step;
      const before = <usize>(from - placeFrom) * size;
      const behind = <usize>(to - placeFrom) * size;
      for (let row = rowFrom; row < rowTo; row++, at += line) {
        const start = load<i32>(unitStarts + 4 * <usize>row);
        if (start < 0) continue;
        const last = at + behind;
        let k = at + before;
        let target = plane + <usize>start * size + first;
        if (step == size) {
          for (; k + 16 <= last; k += 16, target += 16) {
            v128.store(target, v128.add<T>(v128.load(target), v128.load(k)));
          }
        }
        for (; k < last; k += size, target += step) store<T>(target, <T>(load<T>(target) + load<T>(k)));
      }
    }
  }
}

export function toColumnsF32(
  planes: usize, windows: usize, unitFrom: i32, unitTo: i32,
  rowFrom: i32, rowTo: i32, placeFrom: i32, placeTo: i32, columns: usize,
): void {
  toColumns<f32>(planes, windows, unitFrom, unitTo, rowFrom, rowTo, placeFrom, placeTo, columns);
}

export function toColumnsF64(
  planes: usize, windows: usize, unitFrom: i32, unitTo: i32,
  rowFrom: i32, rowTo: i32, placeFrom: i32, placeTo: i32, columns: usize,
): void {
  toColumns<f64>(planes, windows, unitFrom, unitTo, rowFrom, rowTo, placeFrom, placeTo, columns);
}

export function fromColumnsF32(
  columns: usize, windows: usize, units: i32, rowFrom: i32, rowTo: i32, placeFrom: i32, placeTo: i32, planes: usize,
): void {
  fromColumns<f32>(columns, windows, units, rowFrom, rowTo, placeFrom, placeTo, planes);
}

export function fromColumnsF64(
  columns: usize, windows: usize, units: i32, rowFrom: i32, rowTo: i32, placeFrom: i32, placeTo: i32, planes: usize,
): void {
  fromColumns<f64>(columns, windows, units, rowFrom, rowTo, placeFrom, placeTo, planes);
}

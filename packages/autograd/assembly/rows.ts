// Rows and elements at places that an index (int32) names.

import { loadPair, storePair } from './pair';

// @ts-ignore: decorator
@inline
function scatterAdd<T>(
  x: usize, xRow: usize, index: usize, source: usize, y: usize, rows: i32, n: i32, m: i32, totals: usize,
): void {
  const size: usize = sizeof<T>();
  const end = totals + 8 * <usize>n;
  for (; rows > 0; rows--, x += xRow) {
    let from = x;
    const same = f64x2.splat(<f64>load<T>(x));
    for (let at = totals; at < end; at += 16, from += 2 * size) {
      v128.store(at, xRow == 0 ? same : loadPair<T>(from));
    }
    for (let i = 0; i < m; i++, index += 4, source += size) {
      const at = totals + 8 * <usize>load<i32>(index);
      store<f64>(at, load<f64>(at) + <f64>load<T>(source));
    }
    for (let at = totals; at < end; at += 16, y += 2 * size) storePair<T>(y, v128.load(at));
    // Pairs went one behind an odd row, where the next begins.
    if (n & 1) y -= size;
  }
}

/**
 * For each of `rows` rows: y, of n elements, is x with the m elements of the source added where the index (int32) says, in
 * float64. A row of 0 bytes says that x is one element, for all. `totals` is the address of room for n + 1 doubles. Behind y one
 * element is lost.
 */
export function scatterAddF32(
  x: usize, xRow: usize, index: usize, source: usize, y: usize, rows: i32, n: i32, m: i32, totals: usize,
): void {
  scatterAdd<f32>(x, xRow, index, source, y, rows, n, m, totals);
}

export function scatterAddF64(
  x: usize, xRow: usize, index: usize, source: usize, y: usize, rows: i32, n: i32, m: i32, totals: usize,
): void {
  scatterAdd<f64>(x, xRow, index, source, y, rows, n, m, totals);
}

/** y = row index[i] of the table for each i, in rows of so many bytes, a multiple of 4: the elements may be of any type. */
export function gatherRowsF32(table: usize, index: usize, count: i32, rowBytes: usize, y: usize): void {
  const whole = rowBytes & ~15;
  for (; count > 0; count--, index += 4, y += rowBytes) {
    const from = table + <usize>load<i32>(index) * rowBytes;
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(y + at, v128.load(from + at));
    for (; at < rowBytes; at += 4) store<i32>(y + at, load<i32>(from + at));
  }
}

// @ts-ignore: decorator
@inline
function addToRows<T>(source: usize, index: usize, count: i32, n: i32, totals: usize): void {
  const size: usize = sizeof<T>();
  for (; count > 0; count--, index += 4) {
    let to = totals + 8 * <usize>load<i32>(index) * <usize>n;
    const end = source + <usize>n * size;
    const pairs = source + <usize>(n & ~1) * size;
    for (; source < pairs; source += 2 * size, to += 16) v128.store(to, f64x2.add(v128.load(to), loadPair<T>(source)));
    if (source < end) {
      store<f64>(to, load<f64>(to) + <f64>load<T>(source));
      source += size;
    }
  }
}

/** Row index[i] of the totals (doubles) += row i of the source, of n elements. */
export function addToRowsF32(source: usize, index: usize, count: i32, n: i32, totals: usize): void {
  addToRows<f32>(source, index, count, n, totals);
}

export function addToRowsF64(source: usize, index: usize, count: i32, n: i32, totals: usize): void {
  addToRows<f64>(source, index, count, n, totals);
}

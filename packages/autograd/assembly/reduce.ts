// Sums and extremes of rows, and of elements at the same place in rows: totals are float64, with the bits of the reference kernels.

import { loadPair } from './pair';

/** Rows of more elements are halved: the error grows with log n. */
const BLOCK: i32 = 128;

/** The sum of up to BLOCK elements: of every fourth one, then of these four sums, then of the rest one by one. */
// @ts-ignore: decorator
@inline
function sumBlock<T>(x: usize, n: i32): f64 {
  const size: usize = sizeof<T>();
  const end = x + <usize>n * size;
  const fours = x + <usize>(n & ~3) * size;
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  for (; x < fours; x += 4 * size) {
    a = f64x2.add(a, loadPair<T>(x));
    b = f64x2.add(b, loadPair<T>(x + 2 * size));
  }
  a = f64x2.add(a, b);
  let total = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; x < end; x += size) total += <f64>load<T>(x);
  return total;
}

export function sumRowF32(x: usize, n: i32): f64 {
  if (n <= BLOCK) return sumBlock<f32>(x, n);
  const half = n >> 1;
  return sumRowF32(x, half) + sumRowF32(x + 4 * <usize>half, n - half);
}

export function sumRowF64(x: usize, n: i32): f64 {
  if (n <= BLOCK) return sumBlock<f64>(x, n);
  const half = n >> 1;
  return sumRowF64(x, half) + sumRowF64(x + 8 * <usize>half, n - half);
}

/** totals[i] = the sum of row i, of n elements. */
export function sumRowsF32(x: usize, rows: i32, n: i32, totals: usize): void {
  for (; rows > 0; rows--, x += 4 * <usize>n, totals += 8) store<f64>(totals, sumRowF32(x, n));
}

export function sumRowsF64(x: usize, rows: i32, n: i32, totals: usize): void {
  for (; rows > 0; rows--, x += 8 * <usize>n, totals += 8) store<f64>(totals, sumRowF64(x, n));
}

// @ts-ignore: decorator
@inline
function sumColumns<T>(x: usize, rows: i32, n: i32, totals: usize): void {
  const pair: usize = 2 * sizeof<T>();
  const line = <usize>n * sizeof<T>();
  for (; rows > 0; rows--, x += line) {
    const end = x + line;
    let to = totals;
    for (let from = x; from < end; from += pair, to += 16) {
      v128.store(to, f64x2.add(v128.load(to), loadPair<T>(from)));
    }
  }
}

/** totals[j] += element j of each row; room for one total more is needed. */
export function sumColumnsF32(x: usize, rows: i32, n: i32, totals: usize): void {
  sumColumns<f32>(x, rows, n, totals);
}

export function sumColumnsF64(x: usize, rows: i32, n: i32, totals: usize): void {
  sumColumns<f64>(x, rows, n, totals);
}

// The least is the largest of the negatives, negative: so a change of sign, or none, goes before and after. NaN is extreme.

// @ts-ignore: decorator
@inline
function extremeRows<T>(x: usize, rows: i32, n: i32, totals: usize, least: bool): void {
  const size: usize = sizeof<T>();
  const sign = least ? v128.splat<T>(-0.0) : v128.splat<T>(0);
  for (; rows > 0; rows--, totals += 8) {
    const end = x + <usize>n * size;
    const whole = x + ((<usize>n * size) & ~15);
    let most = v128.splat<T>(-Infinity);
    for (; x < whole; x += 16) most = v128.max<T>(most, v128.xor(v128.load(x), sign));
    for (; x < end; x += size) most = v128.max<T>(most, v128.xor(v128.load_splat<T>(x), sign));
    // The largest of the halves, and of what they hold.
    most = v128.max<T>(most, v128.shuffle<f64>(most, most, 1, 0));
    if (size == 4) most = v128.max<T>(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2));
    most = v128.xor(most, sign);
    store<f64>(totals, <f64>v128.extract_lane<T>(most, 0));
  }
}

/** totals[i] = the largest of row i, of n elements, or the least. */
export function extremeRowsF32(x: usize, rows: i32, n: i32, totals: usize, least: bool): void {
  extremeRows<f32>(x, rows, n, totals, least);
}

export function extremeRowsF64(x: usize, rows: i32, n: i32, totals: usize, least: bool): void {
  extremeRows<f64>(x, rows, n, totals, least);
}

// @ts-ignore: decorator
@inline
function extremeColumns<T>(x: usize, rows: i32, n: i32, totals: usize, least: bool): void {
  const pair: usize = 2 * sizeof<T>();
  const line = <usize>n * sizeof<T>();
  const sign = least ? f64x2.splat(-0.0) : f64x2.splat(0);
  for (; rows > 0; rows--, x += line) {
    const end = x + line;
    let to = totals;
    for (let from = x; from < end; from += pair, to += 16) {
      const most = f64x2.max(v128.xor(v128.load(to), sign), v128.xor(loadPair<T>(from), sign));
      v128.store(to, v128.xor(most, sign));
    }
  }
}

/** totals[j] = the largest of itself and of element j of each row, or the least; room for one total more is needed. */
export function extremeColumnsF32(x: usize, rows: i32, n: i32, totals: usize, least: bool): void {
  extremeColumns<f32>(x, rows, n, totals, least);
}

export function extremeColumnsF64(x: usize, rows: i32, n: i32, totals: usize, least: bool): void {
  extremeColumns<f64>(x, rows, n, totals, least);
}

// Sums in float64, with the bits of the reference kernels.

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

function sumRowF32(x: usize, n: i32): f64 {
  if (n <= BLOCK) return sumBlock<f32>(x, n);
  const half = n >> 1;
  return sumRowF32(x, half) + sumRowF32(x + 4 * <usize>half, n - half);
}

function sumRowF64(x: usize, n: i32): f64 {
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
function addRows<T>(x: usize, rows: i32, n: i32, totals: usize): void {
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
export function addRowsF32(x: usize, rows: i32, n: i32, totals: usize): void {
  addRows<f32>(x, rows, n, totals);
}

export function addRowsF64(x: usize, rows: i32, n: i32, totals: usize): void {
  addRows<f64>(x, rows, n, totals);
}

// Deviations of rows from their means, in float64.

import { loadPair, storePair } from './pair';

/** Rows of more elements are halved: the error grows with log n. */
const BLOCK: i32 = 128;

// @ts-ignore: decorator
@inline
function squareBlock<T>(x: usize, n: i32, mean: f64): f64 {
  const size: usize = sizeof<T>();
  const end = x + <usize>n * size;
  const fours = x + <usize>(n & ~3) * size;
  const center = f64x2.splat(mean);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  for (; x < fours; x += 4 * size) {
    const low = f64x2.sub(loadPair<T>(x), center);
    const high = f64x2.sub(loadPair<T>(x + 2 * size), center);
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  a = f64x2.add(a, b);
  let total = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; x < end; x += size) {
    const rest = <f64>load<T>(x) - mean;
    total += rest * rest;
  }
  return total;
}

function squareRowF32(x: usize, n: i32, mean: f64): f64 {
  if (n <= BLOCK) return squareBlock<f32>(x, n, mean);
  const half = n >> 1;
  return squareRowF32(x, half, mean) + squareRowF32(x + 4 * <usize>half, n - half, mean);
}

function squareRowF64(x: usize, n: i32, mean: f64): f64 {
  if (n <= BLOCK) return squareBlock<f64>(x, n, mean);
  const half = n >> 1;
  return squareRowF64(x, half, mean) + squareRowF64(x + 8 * <usize>half, n - half, mean);
}

/** totals[i] = the sum of the squares of what row i, of n elements, differs from means[i]. */
export function squaresF32(x: usize, rows: i32, n: i32, means: usize, totals: usize): void {
  for (; rows > 0; rows--, x += 4 * <usize>n, means += 8, totals += 8) {
    store<f64>(totals, squareRowF32(x, n, load<f64>(means)));
  }
}

export function squaresF64(x: usize, rows: i32, n: i32, means: usize, totals: usize): void {
  for (; rows > 0; rows--, x += 8 * <usize>n, means += 8, totals += 8) {
    store<f64>(totals, squareRowF64(x, n, load<f64>(means)));
  }
}

// @ts-ignore: decorator
@inline
function scaleRows<T>(x: usize, rows: i32, n: i32, means: usize, scales: usize): void {
  const size: usize = sizeof<T>();
  for (; rows > 0; rows--, means += 8, scales += 8) {
    const mean = load<f64>(means);
    const scale = load<f64>(scales);
    const center = f64x2.splat(mean);
    const factor = f64x2.splat(scale);
    const end = x + <usize>n * size;
    const pairs = x + <usize>(n & ~1) * size;
    for (; x < pairs; x += 2 * size) {
      const y = f64x2.mul(f64x2.sub(loadPair<T>(x), center), factor);
      storePair<T>(x, y);
    }
    for (; x < end; x += size) store<T>(x, <T>((<f64>load<T>(x) - mean) * scale));
  }
}

/** Row i, of n elements, becomes (x - means[i]) * scales[i], in place. */
export function scaleRowsF32(x: usize, rows: i32, n: i32, means: usize, scales: usize): void {
  scaleRows<f32>(x, rows, n, means, scales);
}

export function scaleRowsF64(x: usize, rows: i32, n: i32, means: usize, scales: usize): void {
  scaleRows<f64>(x, rows, n, means, scales);
}

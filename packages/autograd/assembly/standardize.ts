// Deviations of rows from their means, and the adjoint, in float64 but for the results, which take the place of the elements or the cotangents.

import { dot, loadPair, storePair } from './pair';
import { sumRowF32, sumRowF64 } from './reduce';

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

/** A row of n elements becomes (x - mean) scale. */
function scaleRow<T>(x: usize, n: i32, mean: f64, scale: f64): void {
  const size: usize = sizeof<T>();
  const end = x + <usize>n * size;
  const pairs = x + <usize>(n & ~1) * size;
  for (; x < pairs; x += 2 * size) {
    storePair<T>(x, f64x2.mul(f64x2.sub(loadPair<T>(x), f64x2.splat(mean)), f64x2.splat(scale)));
  }
  if (x < end) store<T>(x, <T>((<f64>load<T>(x) - mean) * scale));
}

// @ts-ignore: decorator
@inline
function scaleRows<T>(x: usize, rows: i32, n: i32, means: usize, scales: usize): void {
  const line = <usize>n * sizeof<T>();
  for (; rows > 0; rows--, x += line, means += 8, scales += 8) {
    scaleRow<T>(x, n, load<f64>(means), load<f64>(scales));
  }
}

/** Row i, of n elements, becomes (x - means[i]) * scales[i], in place. */
export function scaleRowsF32(x: usize, rows: i32, n: i32, means: usize, scales: usize): void {
  scaleRows<f32>(x, rows, n, means, scales);
}

export function scaleRowsF64(x: usize, rows: i32, n: i32, means: usize, scales: usize): void {
  scaleRows<f64>(x, rows, n, means, scales);
}

// Where each row is a group of its own, all of it happens in one pass.

// @ts-ignore: decorator
@inline
function standardizeRows<T>(x: usize, rows: i32, n: i32, eps: f64, means: usize, variances: usize): void {
  for (; rows > 0; rows--, x += <usize>n * sizeof<T>(), means += 8, variances += 8) {
    const mean = (sizeof<T>() == 4 ? sumRowF32(x, n) : sumRowF64(x, n)) / <f64>n;
    const variance = (sizeof<T>() == 4 ? squareRowF32(x, n, mean) : squareRowF64(x, n, mean)) / <f64>n;
    scaleRow<T>(x, n, mean, 1 / sqrt(variance + eps));
    store<f64>(means, mean);
    store<f64>(variances, variance);
  }
}

/** Row i, of n elements, becomes (x - mean) / sqrt(variance + eps), in place; writes the mean and the mean square deviation of each row. */
export function standardizeRowsF32(x: usize, rows: i32, n: i32, eps: f64, means: usize, variances: usize): void {
  standardizeRows<f32>(x, rows, n, eps, means, variances);
}

export function standardizeRowsF64(x: usize, rows: i32, n: i32, eps: f64, means: usize, variances: usize): void {
  standardizeRows<f64>(x, rows, n, eps, means, variances);
}

/** A row of n cotangents becomes (g - mean - y share) scale. */
function projectRow<T>(g: usize, y: usize, n: i32, mean: f64, share: f64, scale: f64): void {
  const size: usize = sizeof<T>();
  const end = g + <usize>n * size;
  const pairs = g + <usize>(n & ~1) * size;
  for (; g < pairs; g += 2 * size, y += 2 * size) {
    const rest = f64x2.sub(loadPair<T>(g), f64x2.splat(mean));
    storePair<T>(g, f64x2.mul(f64x2.sub(rest, f64x2.mul(loadPair<T>(y), f64x2.splat(share))), f64x2.splat(scale)));
  }
  if (g < end) store<T>(g, <T>((<f64>load<T>(g) - mean - <f64>load<T>(y) * share) * scale));
}

// @ts-ignore: decorator
@inline
function project<T>(g: usize, y: usize, rows: i32, n: i32, means: usize, shares: usize, scales: usize): void {
  const line = <usize>n * sizeof<T>();
  for (; rows > 0; rows--, g += line, y += line, means += 8, shares += 8, scales += 8) {
    projectRow<T>(g, y, n, load<f64>(means), load<f64>(shares), load<f64>(scales));
  }
}

/** Row i of g becomes (g - means[i] - y shares[i]) scales[i]. */
export function projectF32(
  g: usize, y: usize, rows: i32, n: i32, means: usize, shares: usize, scales: usize,
): void {
  project<f32>(g, y, rows, n, means, shares, scales);
}

export function projectF64(
  g: usize, y: usize, rows: i32, n: i32, means: usize, shares: usize, scales: usize,
): void {
  project<f64>(g, y, rows, n, means, shares, scales);
}

/** products[i] = the sum of the products of row i of g and row i of y, of n elements. */
export function dotsF32(g: usize, y: usize, rows: i32, n: i32, products: usize): void {
  const line = 4 * <usize>n;
  for (; rows > 0; rows--, g += line, y += line, products += 8) store<f64>(products, dot<f32>(g, y, n));
}

export function dotsF64(g: usize, y: usize, rows: i32, n: i32, products: usize): void {
  const line = 8 * <usize>n;
  for (; rows > 0; rows--, g += line, y += line, products += 8) store<f64>(products, dot<f64>(g, y, n));
}

// @ts-ignore: decorator
@inline
function projectRows<T>(g: usize, y: usize, rows: i32, n: i32, scales: usize): void {
  const line = <usize>n * sizeof<T>();
  for (; rows > 0; rows--, g += line, y += line, scales += 8) {
    const mean = (sizeof<T>() == 4 ? sumRowF32(g, n) : sumRowF64(g, n)) / <f64>n;
    projectRow<T>(g, y, n, mean, dot<T>(g, y, n) / <f64>n, load<f64>(scales));
  }
}

/** Row i of g becomes (g - mean of g - y * mean of g y) scales[i]. */
export function projectRowsF32(g: usize, y: usize, rows: i32, n: i32, scales: usize): void {
  projectRows<f32>(g, y, rows, n, scales);
}

export function projectRowsF64(g: usize, y: usize, rows: i32, n: i32, scales: usize): void {
  projectRows<f64>(g, y, rows, n, scales);
}

// Adjoints of softmax and of standardization over rows, in float64 but for the results, which take the place of the cotangents.

import { loadPair, storePair } from './pair';

/** The sum of the products of n elements. */
// @ts-ignore: decorator
@inline
function dot<T>(g: usize, y: usize, n: i32): f64 {
  const size: usize = sizeof<T>();
  const end = g + <usize>n * size;
  const pairs = g + <usize>(n & ~1) * size;
  let sums = f64x2.splat(0);
  for (; g < pairs; g += 2 * size, y += 2 * size) {
    sums = f64x2.add(sums, f64x2.mul(loadPair<T>(g), loadPair<T>(y)));
  }
  let total = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  if (g < end) total += <f64>load<T>(g) * <f64>load<T>(y);
  return total;
}

// @ts-ignore: decorator
@inline
function project<T>(g: usize, y: usize, rows: i32, n: i32, means: usize, shares: usize, scales: usize): void {
  const size: usize = sizeof<T>();
  for (; rows > 0; rows--, means += 8, shares += 8, scales += 8) {
    const mean = load<f64>(means);
    const share = load<f64>(shares);
    const scale = load<f64>(scales);
    const end = g + <usize>n * size;
    const pairs = g + <usize>(n & ~1) * size;
    for (; g < pairs; g += 2 * size, y += 2 * size) {
      const rest = f64x2.sub(loadPair<T>(g), f64x2.splat(mean));
      storePair<T>(g, f64x2.mul(f64x2.sub(rest, f64x2.mul(loadPair<T>(y), f64x2.splat(share))), f64x2.splat(scale)));
    }
    if (g < end) {
      store<T>(g, <T>((<f64>load<T>(g) - mean - <f64>load<T>(y) * share) * scale));
      g += size;
      y += size;
    }
  }
}

/** Row i of g, of n elements, becomes y (g - sum g y). */
export function softmaxAdjointF32(g: usize, y: usize, rows: i32, n: i32): void {
  for (; rows > 0; rows--) {
    const total = dot<f32>(g, y, n);
    const both = f64x2.splat(total);
    const end = g + 4 * <usize>n;
    const pairs = g + 4 * <usize>(n & ~1);
    for (; g < pairs; g += 8, y += 8) {
      storePair<f32>(g, f64x2.mul(loadPair<f32>(y), f64x2.sub(loadPair<f32>(g), both)));
    }
    if (g < end) {
      store<f32>(g, <f32>(<f64>load<f32>(y) * (<f64>load<f32>(g) - total)));
      g += 4;
      y += 4;
    }
  }
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

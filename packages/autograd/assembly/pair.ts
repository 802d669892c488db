// Elements as float64, two at a time.

/** Two elements of an array as float64. */
// @ts-ignore: decorator
@inline
export function loadPair<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(at)) : v128.load(at);
}

/** Stores two float64 as elements. */
// @ts-ignore: decorator
@inline
export function storePair<T>(at: usize, x: v128): void {
  if (sizeof<T>() == 4) v128.store64_lane(at, f32x4.demote_f64x2_zero(x), 0);
  else v128.store(at, x);
}

/** The sum of the products of n elements. */
// @ts-ignore: decorator
@inline
export function dot<T>(g: usize, y: usize, n: i32): f64 {
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

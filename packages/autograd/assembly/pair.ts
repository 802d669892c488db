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

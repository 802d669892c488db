import { dot, loadPair, storePair } from './pair';
import { exp, logPositive } from './transcendental';

/** The largest of n elements, or NaN where there is one. */
// @ts-ignore: decorator
@inline
function largestOf(x: usize, n: i32): f32 {
  const end = x + 4 * <usize>n;
  const fours = x + 4 * <usize>(n & ~3);
  let most = f32x4.splat(-Infinity);
  for (; x < fours; x += 16) most = f32x4.max(most, v128.load(x));
  let largest = max<f32>(
    max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (; x < end; x += 4) largest = max<f32>(largest, load<f32>(x));
  return largest;
}

/**
 * exp(x) / sum exp(x), or its logarithm, of each of `rows` rows of n elements, in float64 but for the result. The largest
 * element of a row is subtracted first. `work` is the address of room for 2 n + 2 doubles.
 */
export function softmaxF32(x: usize, y: usize, rows: i32, n: i32, logarithm: bool, work: usize): void {
  const line = <usize>n * 4;
  const even = <usize>(n & ~1) * 4;
  const exps = work + 8 * <usize>(n + 1);
  for (; rows > 0; rows--, x += line, y += line) {
    const largest = f64x2.splat(<f64>largestOf(x, n));
    let sums = f64x2.splat(0);
    let at: usize = 0;
    for (; at < even; at += 8) {
      const shifted = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(x + at)), largest);
      const e = exp(shifted);
      v128.store(work + 2 * at, shifted);
      v128.store(exps + 2 * at, e);
      sums = f64x2.add(sums, e);
    }
    let total = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    if (at < line) {
      const shifted = f64x2.sub(f64x2.splat(<f64>load<f32>(x + at)), largest);
      const e = exp(shifted);
      v128.store(work + 2 * at, shifted);
      v128.store(exps + 2 * at, e);
      total += f64x2.extract_lane(e, 0);
    }
    // NaN in a row makes all of it NaN; of anything else the total is at least 1.
    const scale = logarithm && total == total ? logPositive(f64x2.splat(total)) : f64x2.splat(1 / total);
    for (at = 0; at < line; at += 8) {
      const value = logarithm
        ? f64x2.sub(v128.load(work + 2 * at), scale)
        : f64x2.mul(v128.load(exps + 2 * at), scale);
      v128.store64_lane(y + at, f32x4.demote_f64x2_zero(value), 0);
    }
  }
}

/**
 * Row i of y, of n elements, becomes g[i] exp(y), less g[i] at the place classes[i] (int32): the adjoint of the losses -y at these places,
 * where y is the logarithm of a softmax. In float64 but for the results.
 */
export function classAdjointF32(y: usize, g: usize, classes: usize, rows: i32, n: i32): void {
  const line = <usize>n * 4;
  const even = <usize>(n & ~1) * 4;
  for (; rows > 0; rows--, y += line, g += 4, classes += 4) {
    const factor = f64x2.splat(<f64>load<f32>(g));
    const at = y + 4 * <usize>load<i32>(classes);
    const own = slope(at, factor) - f64x2.extract_lane(factor, 0);
    for (let i: usize = 0; i < even; i += 8) storePair<f32>(y + i, f64x2.mul(exp(loadPair<f32>(y + i)), factor));
    if (even < line) store<f32>(y + even, <f32>slope(y + even, factor));
    store<f32>(at, <f32>own);
  }
}

/** exp(y) times a factor. */
function slope(y: usize, factor: v128): f64 {
  return f64x2.extract_lane(f64x2.mul(exp(f64x2.splat(<f64>load<f32>(y))), factor), 0);
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

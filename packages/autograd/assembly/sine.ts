// Sine and cosine of float32, in float64 as in transcendental.ts: of what x lacks to the nearest multiple n of pi / 2, by a Taylor series; n says
// which of the two it is, and the sign.

import { ROUND, constant, joined, pair, upperPair } from './transcendental';

const TWO_OVER_PI = memory.data<f64>([0.6366197723675814]);
/** pi / 2 in two parts: the first has 35 bits, so its products with whole numbers below 2^18 are exact. */
const HALF_PI = memory.data<f64>([1.5707963267923333, 2.563344151594519e-12]);
/** (-1)^k / (2 k + 1)! for k = 0 to 5: up to pi / 4 the relative error is 2^-36. */
const SINE_SERIES = memory.data<f64>([1, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800]);
/** (-1)^k / (2 k)! for k = 0 to 5: up to pi / 4 the relative error is 2^-32. */
const COSINE_SERIES = memory.data<f64>([1, -1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800]);

/** From here on multiples of pi / 2 are taken off in whole numbers. */
const LARGE: f32 = 131072;
/** Its exponent, as float32 writes it. */
const LARGE_EXPONENT: i32 = 144;
/** Bits of 2 / pi, the first of weight 2^7, in words of 32 from the last to the first: computed by scripts/special_coefficients.py. */
const TWO_OVER_PI_BITS = memory.data<u32>([
  0xabdebbc5, 0x41fe5163, 0x993c4390, 0xc0db6295, 0xd1f534dd, 0x29fc2757, 0x6e4e4415, 0x00a2f983,
]);
const LAST_WORD: i32 = 7;

// @ts-ignore: decorator
@inline
function sixTerms(series: usize, x: v128): v128 {
  const x2 = f64x2.mul(x, x);
  return f64x2.add(pair(series, 0, x), f64x2.mul(x2, f64x2.add(pair(series, 2, x), f64x2.mul(x2, pair(series, 4, x)))));
}

/** The sine of n pi / 2 + rest, for integers n of which the two lowest bits count. */
function sineOf(rest: v128, n: v128): v128 {
  const square = f64x2.mul(rest, rest);
  const sine = f64x2.mul(rest, sixTerms(SINE_SERIES, square));
  const odd = i64x2.shr_s(i64x2.shl(n, 63), 63);
  const sign = i64x2.shl(i64x2.shr_u(n, 1), 63);
  return v128.xor(v128.bitselect(sixTerms(COSINE_SERIES, square), sine, odd), sign);
}

/** The sine of x + turn pi / 2, for |x| below LARGE or NaN. */
function ofSmall(x: v128, turn: i64): v128 {
  const n = f64x2.add(f64x2.mul(x, constant(TWO_OVER_PI)), constant(ROUND));
  const count = f64x2.sub(n, constant(ROUND));
  const near = f64x2.sub(x, f64x2.mul(count, constant(HALF_PI)));
  return sineOf(f64x2.sub(near, f64x2.mul(count, constant(HALF_PI, 1))), i64x2.add(n, i64x2.splat(turn)));
}

/** The 32 bits of 2 / pi from bit `from` on. */
function bitsFrom(from: i32): u64 {
  const words = load<u64>(TWO_OVER_PI_BITS + 4 * <usize>(LAST_WORD - 1 - (from >> 5)));
  return (words << (from & 31)) >> 32;
}

/**
 * The sine of x + turn pi / 2, for |x| from LARGE on. With x = m 2^e only the bits of 2 / pi that give m 2^e 2 / pi modulo 4 count (Payne and
 * Hanek, "Radian reduction for trigonometric functions", 1983): 96 of them, which leave 2^-62 of an error.
 */
function ofLarge(x: f32, turn: i64): f64 {
  const bits = reinterpret<u32>(x);
  const from = <i32>((bits >> 23) & 0xff) - LARGE_EXPONENT;
  if (from == 0xff - LARGE_EXPONENT) return NaN;
  const m = <u64>(bits & 0x7fffff | 0x800000);
  const low = m * bitsFrom(from + 32) + ((m * bitsFrom(from + 64)) >> 32);
  /** x 2 / pi modulo 4, in units of 2^-62. */
  const turns = ((m * bitsFrom(from) + (low >> 32)) << 32) | (low & 0xffffffff);
  const n = (turns + (<u64>1 << 61)) >> 62;
  const rest = <f64>(<i64>(turns - (n << 62))) * (1.5707963267948966 / 4611686018427387904);
  const sign: i64 = x < 0 ? -1 : 1;
  return f64x2.extract_lane(sineOf(f64x2.splat(<f64>sign * rest), i64x2.splat(sign * <i64>n + turn)), 0);
}

function sines(x: usize, y: usize, n: i32, turn: i64): void {
  for (const end = x + 4 * <usize>n; x < end; x += 16, y += 16) {
    const values = v128.load(x);
    if (v128.any_true(f32x4.ge(f32x4.abs(values), f32x4.splat(LARGE)))) {
      for (let at: usize = 0; at < 16; at += 4) {
        const value = load<f32>(x + at);
        const small = f64x2.extract_lane(ofSmall(f64x2.splat(<f64>value), turn), 0);
        store<f32>(y + at, <f32>(abs(value) >= LARGE ? ofLarge(value, turn) : small));
      }
    } else {
      v128.store(y, joined(ofSmall(f64x2.promote_low_f32x4(values), turn), ofSmall(upperPair(values), turn)));
    }
  }
}

export function sinF32(x: usize, y: usize, n: i32): void {
  sines(x, y, n, 0);
}

export function cosF32(x: usize, y: usize, n: i32): void {
  sines(x, y, n, 1);
}

// Transcendental functions of float32, four lanes at a time.

export const EXP: i32 = 0;
export const LOG: i32 = 1;
export const TANH: i32 = 2;
export const SIGMOID: i32 = 3;
export const EXPM1: i32 = 4;
export const LOG1P: i32 = 5;
export const SOFTPLUS: i32 = 6;
export const ERF: i32 = 7;
export const NDTR: i32 = 8;

// The float32 transcendentals work in float64, two lanes at a time, to about 2^-32. So nearly the whole error
// is the final rounding (at most 0.51 ulp), float32 subnormals are ordinary numbers on the way, and overflow
// and underflow happen in the last conversion.
//
// Their constants lie in memory: splats are built anew in every round of a loop (exp took 20 % longer in Node
// 20, 80 % in Node 24).
//
// Functions that are not inlined are needed in several places: each copy would be in every bundle, and calls cost up to a tenth.

const ONE = memory.data<f64>([1]);
const TWO = memory.data<f64>([2]);
const SIGN = memory.data<f64>([-0.0]);
const LOG2_E = memory.data<f64>([1.4426950408889634]);
const HALF = memory.data<f64>([0.5]);
/** 2^-12: below it three terms give ln(1 + x) to 2^-38, above it 1 + x keeps x to 2^-41. */
const SMALL = memory.data<f64>([0.000244140625]);
const LN_2 = memory.data<f64>([0.6931471805599453]);
/** Beyond it float32 has only infinity and 0 left for e^x, and 1 for tanh x. */
const LARGE = memory.data<f64>([200]);
const MINUS_LARGE = memory.data<f64>([-200]);
/** Adding 1.5 * 2^52 rounds a small double to an integer and leaves that integer in the low bits. */
export const ROUND = memory.data<f64>([6755399441055744]);
/** 2^52: its low bits hold an integer too. */
const INTEGER = memory.data<f64>([4503599627370496]);
const INTEGER_AND_BIAS = memory.data<f64>([4503599627370496 + 1023]);
/** Bits of 1 less those of sqrt(1/2). */
const ONE_LESS_ROOT_HALF = memory.data<i64>([0x3ff0000000000000 - 0x3fe6a09e667f3bcd]);
/** 1 / n! for n = 1 to 8. */
const EXP_SERIES = memory.data<f64>([
  1, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320,
]);
/** 1 / n for n = 1, 3, 5 to 11. */
const LOG_SERIES = memory.data<f64>([1, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11]);
const ROOT_HALF = memory.data<f64>([0.7071067811865476]);
const MINUS_HALF = memory.data<f64>([-0.5]);
/** 1 / sqrt(2 pi). */
const DENSITY_AT_0 = memory.data<f64>([0.3989422804014327]);
const ERFCX_CENTRE = memory.data<f64>([3.75]);
/** 2 / sqrt(pi) (-1)^k / (k! (2 k + 1)): erf x by powers of x^2, DLMF 7.6.1. */
const ERF_SERIES = memory.data<f64>([
  1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131252, 0.005223977625442188,
  -0.0008548327023450853, 0.00012055332981789664, -1.492565035840625e-5,
]);
const ERF_LAST = memory.data<f64>([1.6462114365889248e-6]);
/** (1 + 2 z) e^(z^2) erfc z by powers of t = (z - 3.75) / (z + 3.75), to 2^-35: computed by scripts/special_coefficients.py. */
const ERFCX_POWERS = memory.data<f64>([
  1.2375126308081394, -0.14024059858819563, 0.003585419320941043, 0.08227673860880448, -0.10880401165954678,
  0.0923043196562569, -0.058692735833347574, 0.02836228550792988, -0.009749243355606896, 0.0017556055634317877,
  0.0002995965088889839, -0.00029013582596605923, 4.4280135184455274e-5, 2.240378086339088e-5,
  -6.352404651074643e-6, -1.0351555937708743e-6,
]);

/** Constant i of a table, in both lanes. */
// @ts-ignore: decorator
@inline
export function constant(table: usize, i: i32 = 0): v128 {
  return v128.load64_splat(table + 8 * i);
}

/** c_i + c_(i + 1) x. */
// @ts-ignore: decorator
@inline
export function pair(series: usize, i: i32, x: v128): v128 {
  return f64x2.add(constant(series, i), f64x2.mul(x, constant(series, i + 1)));
}

/** x / ln 2, rounded to an integer n that stands in the low bits; taking ROUND away leaves n as a number. */
// @ts-ignore: decorator
@inline
function exponentOf(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, constant(LOG2_E)), constant(ROUND));
}

/**
 * p of e^x = 2^n (1 + p), with |x - n ln 2| <= ln(2) / 2, by the Taylor series to degree 8 (relative error
 * 2^-32, also near 0, which tanh needs). `n` comes from exponentOf.
 */
// @ts-ignore: decorator
@inline
function expRest(x: v128, n: v128): v128 {
  const r = f64x2.sub(x, f64x2.mul(f64x2.sub(n, constant(ROUND)), constant(LN_2)));
  const r2 = f64x2.mul(r, r);
  const low = f64x2.add(pair(EXP_SERIES, 0, r), f64x2.mul(r2, pair(EXP_SERIES, 2, r)));
  const high = f64x2.add(pair(EXP_SERIES, 4, r), f64x2.mul(r2, pair(EXP_SERIES, 6, r)));
  return f64x2.mul(r, f64x2.add(low, f64x2.mul(f64x2.mul(r2, r2), high)));
}

// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // With the constant second, pmin and pmax pass NaN on.
  x = f64x2.pmin(f64x2.pmax(x, constant(MINUS_LARGE)), constant(LARGE));
  const n = exponentOf(x);
  // Adding n to the exponent's bits multiplies by 2^n. A NaN that was a float32 has zeros in its low bits and
  // so stays a NaN.
  return i64x2.add(f64x2.add(constant(ONE), expRest(x, n)), i64x2.shl(n, 52));
}

// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  const one = constant(ONE);
  return f64x2.div(one, f64x2.add(one, exp(f64x2.neg(x))));
}

/** tanh x = w / (w + 2) with w = e^(2 |x|) - 1, and the sign of x. */
// @ts-ignore: decorator
@inline
function tanh(x: v128): v128 {
  const sign = constant(SIGN);
  const one = constant(ONE);
  const twice = f64x2.pmin(f64x2.mul(constant(TWO), v128.andnot(x, sign)), constant(LARGE));
  const n = exponentOf(twice);
  const scale = i64x2.add(one, i64x2.shl(n, 52));
  const w = f64x2.add(f64x2.sub(scale, one), f64x2.mul(scale, expRest(twice, n)));
  return v128.or(f64x2.div(w, f64x2.add(w, constant(TWO))), v128.and(x, sign));
}

/**
 * ln x for positive, finite x: x = 2^k m with m in [sqrt(1/2), sqrt(2)), and ln m = 2 s (1 + s^2 / 3 + s^4 /
 * 5 ...) with s = (m - 1) / (m + 1), cut after s^10 / 11 (relative error 2^-34).
 */
export function logPositive(x: v128): v128 {
  const one = constant(ONE);
  const biased = i64x2.shr_u(i64x2.add(x, constant(ONE_LESS_ROOT_HALF)), 52);
  const m = i64x2.sub(x, i64x2.sub(i64x2.shl(biased, 52), one));
  const k = f64x2.sub(v128.or(biased, constant(INTEGER)), constant(INTEGER_AND_BIAS));
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const s2 = f64x2.mul(s, s);
  const s4 = f64x2.mul(s2, s2);
  const high = f64x2.add(pair(LOG_SERIES, 2, s2), f64x2.mul(s4, pair(LOG_SERIES, 4, s2)));
  const series = f64x2.add(pair(LOG_SERIES, 0, s2), f64x2.mul(s4, high));
  return f64x2.add(f64x2.mul(k, constant(LN_2)), f64x2.mul(f64x2.add(s, s), series));
}

/** e^x - 1 = (2^n - 1) + 2^n p: no digit is lost near 0. */
function expm1(x: v128): v128 {
  const one = constant(ONE);
  x = f64x2.pmin(f64x2.pmax(x, constant(MINUS_LARGE)), constant(LARGE));
  const n = exponentOf(x);
  const scale = i64x2.add(one, i64x2.shl(n, 52));
  return f64x2.add(f64x2.sub(scale, one), f64x2.mul(scale, expRest(x, n)));
}

/** ln(1 + x) for x > -1, finite: x - x^2 / 2 + x^3 / 3 where adding 1 would lose digits. */
function log1pFinite(x: v128): v128 {
  const small = f64x2.lt(f64x2.abs(x), constant(SMALL));
  const rest = f64x2.sub(constant(HALF), f64x2.mul(x, constant(LOG_SERIES, 1)));
  const series = f64x2.sub(x, f64x2.mul(f64x2.mul(x, x), rest));
  return v128.bitselect(series, logPositive(f64x2.add(constant(ONE), x)), small);
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|). */
function softplus(x: v128): v128 {
  const rest = log1pFinite(exp(f64x2.neg(f64x2.abs(x))));
  return f64x2.add(f64x2.max(x, f64x2.splat(0)), rest);
}

/** Eight terms of a power series from term i on. */
// @ts-ignore: decorator
@inline
function eightTerms(series: usize, i: i32, x: v128, x2: v128, x4: v128): v128 {
  const low = f64x2.add(pair(series, i, x), f64x2.mul(x2, pair(series, i + 2, x)));
  const high = f64x2.add(pair(series, i + 4, x), f64x2.mul(x2, pair(series, i + 6, x)));
  return f64x2.add(low, f64x2.mul(x4, high));
}

/** erfc z for z >= 0, to a relative error of 2^-31. */
function erfcPositive(z: v128): v128 {
  z = f64x2.pmin(z, constant(LARGE));
  const centre = constant(ERFCX_CENTRE);
  const t = f64x2.div(f64x2.sub(z, centre), f64x2.add(z, centre));
  const t2 = f64x2.mul(t, t);
  const t4 = f64x2.mul(t2, t2);
  const high = eightTerms(ERFCX_POWERS, 8, t, t2, t4);
  const scaled = f64x2.add(eightTerms(ERFCX_POWERS, 0, t, t2, t4), f64x2.mul(f64x2.mul(t4, t4), high));
  const gaussian = exp(f64x2.neg(f64x2.mul(z, z)));
  return f64x2.div(f64x2.mul(gaussian, scaled), f64x2.add(constant(ONE), f64x2.add(z, z)));
}

/** 1 - erfc |x| with the sign of x; for |x| <= 1/2, where digits would be lost, by its series. */
function erf(x: v128): v128 {
  const size = f64x2.abs(x);
  const x2 = f64x2.mul(x, x);
  const x4 = f64x2.mul(x2, x2);
  const x8 = f64x2.mul(x4, x4);
  const terms = f64x2.add(eightTerms(ERF_SERIES, 0, x2, x4, x8), f64x2.mul(f64x2.mul(x8, x8), constant(ERF_LAST)));
  const rest = f64x2.sub(constant(ONE), erfcPositive(size));
  const outside = v128.or(rest, v128.and(x, constant(SIGN)));
  return v128.bitselect(f64x2.mul(x, terms), outside, f64x2.le(size, constant(HALF)));
}

/** The normal distribution function: half of erfc(|x| / sqrt 2) below 0, what that lacks to 1 above. */
function ndtr(x: v128): v128 {
  const tail = f64x2.mul(constant(HALF), erfcPositive(f64x2.mul(f64x2.abs(x), constant(ROOT_HALF))));
  return v128.bitselect(f64x2.sub(constant(ONE), tail), tail, f64x2.gt(x, f64x2.splat(0)));
}

// @ts-ignore: decorator
@inline
function inFloat64(op: i32, x: v128): v128 {
  if (op == EXP) return exp(x);
  if (op == TANH) return tanh(x);
  if (op == SIGMOID) return sigmoid(x);
  if (op == EXPM1) return expm1(x);
  if (op == LOG1P) return log1pFinite(x);
  if (op == SOFTPLUS) return softplus(x);
  if (op == ERF) return erf(x);
  if (op == NDTR) return ndtr(x);
  return logPositive(x);
}

/** The upper two lanes of a float32 vector as float64. */
// @ts-ignore: decorator
@inline
export function upperPair(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}

/** Two pairs of float64 as one float32 vector. */
// @ts-ignore: decorator
@inline
export function joined(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** Applies a float64 function to the four lanes of a float32 vector. */
// @ts-ignore: decorator
@inline
function viaFloat64(op: i32, x: v128): v128 {
  const low = inFloat64(op, f64x2.promote_low_f32x4(x));
  const high = inFloat64(op, upperPair(x));
  return joined(low, high);
}

/** ln outside the positive, finite numbers: -Infinity at 0, NaN below, x itself at Infinity and NaN. */
// @ts-ignore: decorator
@inline
function logSpecials(x: v128, y: v128): v128 {
  const zero = f32x4.splat(0);
  y = v128.bitselect(y, x, f32x4.lt(x, f32x4.splat(Infinity)));
  y = v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, zero));
  return v128.bitselect(f32x4.splat(NaN), y, f32x4.lt(x, zero));
}

/** ln(1 + x) outside x > -1, finite: as {@link logSpecials} says of 1 + x. -0 stays. */
// @ts-ignore: decorator
@inline
function log1pSpecials(x: v128, y: v128): v128 {
  const minusOne = f32x4.splat(-1);
  y = v128.bitselect(y, x, f32x4.lt(x, f32x4.splat(Infinity)));
  y = v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, minusOne));
  return v128.bitselect(f32x4.splat(NaN), y, f32x4.lt(x, minusOne));
}

export function sigmoidF32x4(x: v128): v128 {
  return viaFloat64(SIGMOID, x);
}

export function tanhF32x4(x: v128): v128 {
  return viaFloat64(TANH, x);
}

// @ts-ignore: decorator
@inline
export function transcendental(op: i32, x: v128): v128 {
  if (op == SIGMOID) return sigmoidF32x4(x);
  if (op == TANH) return tanhF32x4(x);
  const y = viaFloat64(op, x);
  if (op == LOG) return logSpecials(x, y);
  if (op == LOG1P) return log1pSpecials(x, y);
  // At 0 both keep the sign of 0.
  if (op == EXPM1) return v128.bitselect(x, y, f32x4.eq(x, f32x4.splat(0)));
  return y;
}

/** share + x phi(x) of two elements, with the density phi of the standard normal distribution. */
// @ts-ignore: decorator
@inline
function slopes(x: v128, share: v128): v128 {
  const density = f64x2.mul(constant(DENSITY_AT_0), exp(f64x2.mul(constant(MINUS_HALF), f64x2.mul(x, x))));
  // x - x is NaN where x is infinite, and infinity times the density 0 has no value.
  return f64x2.add(share, f64x2.add(f64x2.mul(x, density), f64x2.sub(x, x)));
}

/** The derivative of x Phi(x), given Phi(x). */
// @ts-ignore: decorator
@inline
export function geluSlope(x: v128, share: v128): v128 {
  const low = slopes(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(share));
  const high = slopes(upperPair(x), upperPair(share));
  return joined(low, high);
}

// Elementwise kernels over chunks in scratch. They work in whole vectors: a chunk starts at a multiple of 16
// bytes and leaves room for its last vector, whose surplus lanes nobody reads.

const NEG: i32 = 0;
const ABS: i32 = 1;
const SQRT: i32 = 2;
const RELU: i32 = 3;
const EXP: i32 = 4;
const LOG: i32 = 5;
const TANH: i32 = 6;
const SIGMOID: i32 = 7;

const ADD: i32 = 0;
const SUB: i32 = 1;
const MUL: i32 = 2;
const DIV: i32 = 3;

// The float32 transcendentals work in float64, two lanes at a time, to about 2^-32. So nearly the whole error
// is the final rounding (at most 0.51 ulp), float32 subnormals are ordinary numbers on the way, and overflow
// and underflow happen in the last conversion.
//
// Their constants lie in memory: splats are built anew in every round of a loop (exp took 20 % longer in Node
// 20, 80 % in Node 24).

const ONE = memory.data<f64>([1]);
const TWO = memory.data<f64>([2]);
const SIGN = memory.data<f64>([-0.0]);
const LOG2_E = memory.data<f64>([1.4426950408889634]);
const LN_2 = memory.data<f64>([0.6931471805599453]);
/** Beyond it float32 has only infinity and 0 left for e^x, and 1 for tanh x. */
const LARGE = memory.data<f64>([200]);
const MINUS_LARGE = memory.data<f64>([-200]);
/** Adding 1.5 * 2^52 rounds a small double to an integer and leaves that integer in the low bits. */
const ROUND = memory.data<f64>([6755399441055744]);
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

/** Constant i of a table, in both lanes. */
// @ts-ignore: decorator
@inline
function constant(table: usize, i: i32 = 0): v128 {
  return v128.load64_splat(table + 8 * i);
}

/** c_i + c_(i + 1) x. */
// @ts-ignore: decorator
@inline
function pair(series: usize, i: i32, x: v128): v128 {
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
function exp(x: v128): v128 {
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
// @ts-ignore: decorator
@inline
function logPositive(x: v128): v128 {
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

// @ts-ignore: decorator
@inline
function inFloat64(op: i32, x: v128): v128 {
  if (op == EXP) return exp(x);
  if (op == TANH) return tanh(x);
  if (op == SIGMOID) return sigmoid(x);
  return logPositive(x);
}

/** Applies a float64 function to the four lanes of a float32 vector. */
// @ts-ignore: decorator
@inline
function viaFloat64(op: i32, x: v128): v128 {
  const low = inFloat64(op, f64x2.promote_low_f32x4(x));
  const high = inFloat64(op, f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1)));
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
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

// @ts-ignore: decorator
@inline
function apply1<T>(op: i32, x: v128): v128 {
  if (op == NEG) return v128.neg<T>(x);
  if (op == ABS) return v128.abs<T>(x);
  if (op == SQRT) return v128.sqrt<T>(x);
  // Clears negative lanes only: NaN and -0 stay, as in PyTorch.
  if (op == RELU) return v128.andnot(x, v128.lt<T>(x, v128.splat<T>(0)));
  const y = viaFloat64(op, x);
  return op == LOG ? logSpecials(x, y) : y;
}

// @ts-ignore: decorator
@inline
function apply2<T>(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return v128.add<T>(a, b);
  if (op == SUB) return v128.sub<T>(a, b);
  if (op == MUL) return v128.mul<T>(a, b);
  return v128.div<T>(a, b);
}

// @ts-ignore: decorator
@inline
function unary<T>(op: i32, x: usize, y: usize, n: i32): void {
  const end = x + <usize>n * sizeof<T>();
  while (x < end) {
    v128.store(y, apply1<T>(op, v128.load(x)));
    x += 16;
    y += 16;
  }
}

// @ts-ignore: decorator
@inline
function binary<T>(op: i32, a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  const end = y + <usize>n * sizeof<T>();
  while (y < end) {
    v128.store(y, apply2<T>(op, v128.load(a), v128.load(b)));
    a += aStep;
    b += bStep;
    y += 16;
  }
}

// Unary kernels: y[i] = f(x[i]) for n elements; y may be x.

export function negF32(x: usize, y: usize, n: i32): void { unary<f32>(NEG, x, y, n); }
export function negF64(x: usize, y: usize, n: i32): void { unary<f64>(NEG, x, y, n); }
export function absF32(x: usize, y: usize, n: i32): void { unary<f32>(ABS, x, y, n); }
export function absF64(x: usize, y: usize, n: i32): void { unary<f64>(ABS, x, y, n); }
export function sqrtF32(x: usize, y: usize, n: i32): void { unary<f32>(SQRT, x, y, n); }
export function sqrtF64(x: usize, y: usize, n: i32): void { unary<f64>(SQRT, x, y, n); }
export function reluF32(x: usize, y: usize, n: i32): void { unary<f32>(RELU, x, y, n); }
export function reluF64(x: usize, y: usize, n: i32): void { unary<f64>(RELU, x, y, n); }
export function expF32(x: usize, y: usize, n: i32): void { unary<f32>(EXP, x, y, n); }
export function logF32(x: usize, y: usize, n: i32): void { unary<f32>(LOG, x, y, n); }
export function tanhF32(x: usize, y: usize, n: i32): void { unary<f32>(TANH, x, y, n); }
export function sigmoidF32(x: usize, y: usize, n: i32): void { unary<f32>(SIGMOID, x, y, n); }

// Binary kernels: y[i] = a[i] op b[i]. A step is 16 bytes, or 0 for an operand that is a single vector, a
// scalar in every lane; y may be an operand of step 16.

export function addF32(a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  binary<f32>(ADD, a, aStep, b, bStep, y, n);
}
export function addF64(a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  binary<f64>(ADD, a, aStep, b, bStep, y, n);
}
export function subF32(a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  binary<f32>(SUB, a, aStep, b, bStep, y, n);
}
export function subF64(a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  binary<f64>(SUB, a, aStep, b, bStep, y, n);
}
export function mulF32(a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  binary<f32>(MUL, a, aStep, b, bStep, y, n);
}
export function mulF64(a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  binary<f64>(MUL, a, aStep, b, bStep, y, n);
}
export function divF32(a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  binary<f32>(DIV, a, aStep, b, bStep, y, n);
}
export function divF64(a: usize, aStep: usize, b: usize, bStep: usize, y: usize, n: i32): void {
  binary<f64>(DIV, a, aStep, b, bStep, y, n);
}

// Elementwise kernels over chunks in scratch. They work in whole vectors: up to 15 bytes behind a result are lost, and
// as much behind an operand is read.

import { ERF, EXP, EXPM1, LOG, LOG1P, NDTR, SIGMOID, SOFTPLUS, TANH, geluSlope, transcendental } from './transcendental';

const NEG: i32 = 0;
const ABS: i32 = 1;
const SQRT: i32 = 2;
const RELU: i32 = 3;
const SQUARE: i32 = 4;
const RECIPROCAL: i32 = 5;
const FLOOR: i32 = 6;
const CEIL: i32 = 7;
const TRUNC: i32 = 8;
const ROUND: i32 = 9;

const ADD: i32 = 0;
const SUB: i32 = 1;
const MUL: i32 = 2;
const DIV: i32 = 3;
const MAXIMUM: i32 = 4;
const MINIMUM: i32 = 5;
const RELU_ADJOINT: i32 = 6;
const SIGMOID_ADJOINT: i32 = 7;
const TANH_ADJOINT: i32 = 8;

const EQ: i32 = 0;
const NE: i32 = 1;
const LT: i32 = 2;
const LE: i32 = 3;

// @ts-ignore: decorator
@inline
function apply1<T>(op: i32, x: v128): v128 {
  if (op == NEG) return v128.neg<T>(x);
  if (op == ABS) return v128.abs<T>(x);
  if (op == SQRT) return v128.sqrt<T>(x);
  // Clears negative lanes only: NaN and -0 stay, as in PyTorch.
  if (op == RELU) return v128.andnot(x, v128.lt<T>(x, v128.splat<T>(0)));
  if (op == SQUARE) return v128.mul<T>(x, x);
  if (op == RECIPROCAL) return v128.div<T>(v128.splat<T>(1), x);
  if (op == FLOOR) return v128.floor<T>(x);
  if (op == CEIL) return v128.ceil<T>(x);
  if (op == TRUNC) return v128.trunc<T>(x);
  return v128.nearest<T>(x);
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
function unaryFloat32(op: i32, x: usize, y: usize, n: i32): void {
  const end = x + <usize>n * 4;
  while (x < end) {
    v128.store(y, transcendental(op, v128.load(x)));
    x += 16;
    y += 16;
  }
}

// @ts-ignore: decorator
@inline
function apply2<T>(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return v128.add<T>(a, b);
  if (op == SUB) return v128.sub<T>(a, b);
  if (op == MUL) return v128.mul<T>(a, b);
  if (op == DIV) return v128.div<T>(a, b);
  if (op == MAXIMUM) return v128.max<T>(a, b);
  if (op == MINIMUM) return v128.min<T>(a, b);
  if (op == RELU_ADJOINT) return v128.andnot(a, v128.le<T>(b, v128.splat<T>(0)));
  if (op == SIGMOID_ADJOINT) return v128.mul<T>(a, v128.sub<T>(b, v128.mul<T>(b, b)));
  return v128.mul<T>(a, v128.sub<T>(v128.splat<T>(1), v128.mul<T>(b, b)));
}

// @ts-ignore: decorator
@inline
function compare2<T>(op: i32, a: v128, b: v128): v128 {
  if (op == EQ) return v128.eq<T>(a, b);
  if (op == NE) return v128.ne<T>(a, b);
  if (op == LT) return v128.lt<T>(a, b);
  return v128.le<T>(a, b);
}

/** Where an operand that stands still in a row has its element in every lane. */
const STILL = memory.data(32, 16);

/** Where a row of an operand with this step is read: at `row`, or, when it stands still, at a vector of its element. */
// @ts-ignore: decorator
@inline
function lineOf<T>(row: usize, step: usize, still: usize): usize {
  if (step != 0) return row;
  v128.store(still, v128.load_splat<T>(row));
  return still;
}

// @ts-ignore: decorator
@inline
function binary<T>(
  op: i32, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  const line = <usize>n * sizeof<T>();
  for (; rows > 0; rows--, a += aRow, b += bRow, y += line) {
    let i = lineOf<T>(a, aStep, STILL);
    let j = lineOf<T>(b, bStep, STILL + 16);
    const end = y + line;
    for (let k = y; k < end; k += 16, i += aStep, j += bStep) {
      v128.store(k, apply2<T>(op, v128.load(i), v128.load(j)));
    }
  }
}

/** Stores a mask as one byte, 0 or 1, for each lane. */
// @ts-ignore: decorator
@inline
function storeMask<T>(y: usize, mask: v128): void {
  const lanes = sizeof<T>() == 4 ? mask : v128.shuffle<i32>(mask, mask, 0, 2, 0, 2);
  const shorts = i16x8.narrow_i32x4_s(lanes, lanes);
  const bytes = v128.and(i8x16.narrow_i16x8_s(shorts, shorts), i8x16.splat(1));
  if (sizeof<T>() == 4) v128.store32_lane(y, bytes, 0);
  else v128.store16_lane(y, bytes, 0);
}

/** A mask from bytes that are 0 or 1. */
// @ts-ignore: decorator
@inline
function loadMask<T>(c: usize): v128 {
  if (sizeof<T>() == 4) {
    return i32x4.neg(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_splat(c))));
  }
  const lanes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load16_splat(c)));
  return i64x2.neg(i64x2.extend_low_i32x4_u(lanes));
}

// @ts-ignore: decorator
@inline
function compare<T>(
  op: i32, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  const lanes: usize = 16 / sizeof<T>();
  for (; rows > 0; rows--, a += aRow, b += bRow, y += n) {
    let i = lineOf<T>(a, aStep, STILL);
    let j = lineOf<T>(b, bStep, STILL + 16);
    const end = y + n;
    for (let k = y; k < end; k += lanes, i += aStep, j += bStep) {
      storeMask<T>(k, compare2<T>(op, v128.load(i), v128.load(j)));
    }
  }
}

// @ts-ignore: decorator
@inline
function where<T>(
  c: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  const lanes: usize = 16 / sizeof<T>();
  const line = <usize>n * sizeof<T>();
  for (; rows > 0; rows--, c += n, a += aRow, b += bRow, y += line) {
    let i = lineOf<T>(a, aStep, STILL);
    let j = lineOf<T>(b, bStep, STILL + 16);
    const end = y + line;
    let l = c;
    for (let k = y; k < end; k += 16, l += lanes, i += aStep, j += bStep) {
      v128.store(k, v128.bitselect(v128.load(i), v128.load(j), loadMask<T>(l)));
    }
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
export function squareF32(x: usize, y: usize, n: i32): void { unary<f32>(SQUARE, x, y, n); }
export function squareF64(x: usize, y: usize, n: i32): void { unary<f64>(SQUARE, x, y, n); }
export function reciprocalF32(x: usize, y: usize, n: i32): void { unary<f32>(RECIPROCAL, x, y, n); }
export function reciprocalF64(x: usize, y: usize, n: i32): void { unary<f64>(RECIPROCAL, x, y, n); }
export function floorF32(x: usize, y: usize, n: i32): void { unary<f32>(FLOOR, x, y, n); }
export function floorF64(x: usize, y: usize, n: i32): void { unary<f64>(FLOOR, x, y, n); }
export function ceilF32(x: usize, y: usize, n: i32): void { unary<f32>(CEIL, x, y, n); }
export function ceilF64(x: usize, y: usize, n: i32): void { unary<f64>(CEIL, x, y, n); }
export function truncF32(x: usize, y: usize, n: i32): void { unary<f32>(TRUNC, x, y, n); }
export function truncF64(x: usize, y: usize, n: i32): void { unary<f64>(TRUNC, x, y, n); }
export function roundF32(x: usize, y: usize, n: i32): void { unary<f32>(ROUND, x, y, n); }
export function roundF64(x: usize, y: usize, n: i32): void { unary<f64>(ROUND, x, y, n); }
export function expF32(x: usize, y: usize, n: i32): void { unaryFloat32(EXP, x, y, n); }
export function logF32(x: usize, y: usize, n: i32): void { unaryFloat32(LOG, x, y, n); }
export function tanhF32(x: usize, y: usize, n: i32): void { unaryFloat32(TANH, x, y, n); }
export function sigmoidF32(x: usize, y: usize, n: i32): void { unaryFloat32(SIGMOID, x, y, n); }
export function expm1F32(x: usize, y: usize, n: i32): void { unaryFloat32(EXPM1, x, y, n); }
export function log1pF32(x: usize, y: usize, n: i32): void { unaryFloat32(LOG1P, x, y, n); }
export function softplusF32(x: usize, y: usize, n: i32): void { unaryFloat32(SOFTPLUS, x, y, n); }
export function erfF32(x: usize, y: usize, n: i32): void { unaryFloat32(ERF, x, y, n); }
export function ndtrF32(x: usize, y: usize, n: i32): void { unaryFloat32(NDTR, x, y, n); }

// Binary kernels: y = a op b for `rows` rows of n elements. From row to row an operand moves on by the bytes of its row (0: it
// is the same row again); a step is 16 bytes, or 0 for an operand that stands still in a row.

export function addF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(ADD, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function addF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f64>(ADD, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function subF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(SUB, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function subF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f64>(SUB, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function mulF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(MUL, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function mulF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f64>(MUL, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function divF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(DIV, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function divF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f64>(DIV, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function maximumF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(MAXIMUM, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function maximumF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f64>(MAXIMUM, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function minimumF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(MINIMUM, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function minimumF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f64>(MINIMUM, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function reluAdjointF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(RELU_ADJOINT, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function reluAdjointF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f64>(RELU_ADJOINT, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function sigmoidAdjointF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(SIGMOID_ADJOINT, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function tanhAdjointF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  binary<f32>(TANH_ADJOINT, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
/** share = Phi(x), the normal distribution function, and y = x share, of n elements. */
export function geluF32(x: usize, y: usize, share: usize, n: i32): void {
  for (const end = x + 4 * <usize>n; x < end; x += 16, y += 16, share += 16) {
    const values = v128.load(x);
    const shares = transcendental(NDTR, values);
    v128.store(share, shares);
    v128.store(y, f32x4.mul(values, shares));
  }
}

/** g becomes g times the derivative of x Phi(x), given share = Phi(x), of n elements. */
export function geluAdjointF32(g: usize, x: usize, share: usize, n: i32): void {
  for (const end = g + 4 * <usize>n; g < end; g += 16, x += 16, share += 16) {
    v128.store(g, f32x4.mul(v128.load(g), geluSlope(v128.load(x), v128.load(share))));
  }
}

// Comparisons, to the same terms; results are bytes, 0 or 1.

export function eqF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  compare<f32>(EQ, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function eqF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  compare<f64>(EQ, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function neF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  compare<f32>(NE, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function neF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  compare<f64>(NE, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function ltF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  compare<f32>(LT, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function ltF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  compare<f64>(LT, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function leF32(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  compare<f32>(LE, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function leF64(
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  compare<f64>(LE, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}

/** y = a where the bytes of c are 1, b where they are 0; c is as long as y, a and b are as for binary kernels. */
export function whereF32(
  c: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  where<f32>(c, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}
export function whereF64(
  c: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize, rows: i32, n: i32,
): void {
  where<f64>(c, a, aRow, aStep, b, bRow, bStep, y, rows, n);
}

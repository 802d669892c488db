import { sphericalRatio } from './bessel.ts';
import { cosPi, sinPi } from './gamma.ts';

// Elementwise functions of one or two numbers whose naive formulas lose digits, overflow or miss PyTorch's edge cases.

/** x ln y, 0 at x = 0 whatever y, unless that is NaN. */
export function xlogy(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y);
}

/** x ln(1 + y), 0 at x = 0 whatever y, unless that is NaN. */
export function xlog1py(x: number, y: number): number {
  return x === 0 && !Number.isNaN(y) ? 0 : x * Math.log1p(y);
}

/** ln(e^a + e^b) without overflow. */
export function logaddexp(a: number, b: number): number {
  // Equal infinities have no difference.
  return a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** The binary logarithm of 2^a + 2^b without overflow. */
export function logaddexp2(a: number, b: number): number {
  return a === b ? a + 1 : Math.max(a, b) + Math.log1p(2 ** -Math.abs(a - b)) / Math.LN2;
}

/** The larger of a and b; NaN counts as missing. */
export function fmax(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.max(a, b);
}

/** The smaller of a and b; NaN counts as missing. */
export function fmin(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.min(a, b);
}

/** Whether the sign bit is set. JavaScript shows no sign of NaN: it counts as positive. */
export function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

/** |a| with the sign of b. */
export function copysign(a: number, b: number): number {
  return isNegative(b) ? -Math.abs(a) : Math.abs(a);
}

/** 0 below 0, 1 above, `atZero` at 0; 0 for NaN, as in PyTorch. */
export function heaviside(x: number, atZero: number): number {
  return x === 0 ? atZero : x > 0 ? 1 : 0;
}

/**
 * The floor of the exact a / b. The quotient's own floor is one too large where rounding carries it up to a whole number,
 * as in 1 / 0.1: so it is taken from the remainder, which is exact, as in Python.
 */
export function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && b < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return copysign(0, a / b);
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

/** ln(p / (1 - p)), with full precision around 1/2, where it is 0. */
export function logit(p: number): number {
  return p > 0.25 && p < 0.75 ? Math.log1p((2 * p - 1) / (1 - p)) : Math.log(p / (1 - p));
}

/** -p ln p, 0 at 0, -inf below. */
export function entr(p: number): number {
  return p > 0 ? -p * Math.log(p) : p === 0 ? 0 : p < 0 ? Number.NEGATIVE_INFINITY : p;
}

/** j_n(pi x) / (pi x)^n: sin(pi x) / (pi x) at n = 0, and the derivative by pi x is -pi x times the next. */
export function sincRatio(n: number, x: number): number {
  return sphericalRatio(n, Math.PI * x, sinPi(x), cosPi(x));
}

/** |a - b| <= atol + rtol |b|, also of equal infinities, and if asked of two NaN. */
export function isClose(a: number, b: number, rtol: number, atol: number, equalNan: boolean): boolean {
  if (a === b) return true;
  if (Number.isNaN(a) && Number.isNaN(b)) return equalNan;
  const distance = Math.abs(a - b);
  return distance <= atol + rtol * Math.abs(b) && distance < Number.POSITIVE_INFINITY;
}

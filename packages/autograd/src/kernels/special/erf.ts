// Error functions and the normal distribution to a few units in the last place, tails included. exp(-x^2) is where
// naive formulas lose digits: the rounding error of x^2 is carried along.

/** Says what kernel sets that have a fast form of a function call it by. */
function withKernel(
  kernel: string,
  fn: (x: number) => number,
): ((x: number) => number) & { readonly kernel: string } {
  return Object.assign(fn, { kernel });
}

const SQRT_PI = 1.7724538509055159;

/** What x * x lacks to the square of x: Dekker's product, for |x| below 1e150. */
export function squareError(x: number): number {
  const shifted = 134217729 * x;
  const high = shifted - (shifted - x);
  const low = x - high;
  return high * high - x * x + 2 * high * low + low * low;
}

/** exp(-scale x^2) f for scale 1 or 1/2, with the rounding error of x^2 made up for; also where exp alone is subnormal. */
function gaussian(x: number, scale: number, f: number): number {
  const square = x * x * scale;
  if (square > 1500) return 0 * f;
  const error = squareError(x) * scale;
  if (square < 700) return Math.exp(-square) * (f - f * error);
  const root = Math.exp(-square / 2);
  return root * (f - f * error) * root;
}

// Coefficients of (1 + 2x) erfcx(x) on Chebyshev polynomials of (x - 3.75) / (x + 3.75), the form of Shepherd and
// Laframboise, Math. Comp. 36 (1981) 249; computed by scripts/special_coefficients.py.
const erfcxSeries = [
  1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189, -0.026658668435305753,
  0.009074997670705265, -0.002413163540417608, 0.0004907758365258086, -6.916973302501207e-5,
  4.13902798607301e-6, 7.74038306619849e-7, -2.1886401049234397e-7, 1.076499946567091e-8,
  4.521959811218287e-9, -7.754400208831351e-10, -6.318088340886684e-11, 2.86879501093067e-11,
  1.9455868545777347e-13, -9.65469674843344e-13, 3.25254814814874e-14, 3.3478119482868056e-14,
  -1.864562880419313e-15, -1.2507950530688648e-15, 7.418235256624044e-17, 5.068148904796111e-17,
  -2.2370566594359995e-18, -2.187342944303018e-18,
] as const;

/** A sum of Chebyshev polynomials of t. Source: Clenshaw's recurrence. */
export function chebyshev(coefficients: readonly number[], t: number): number {
  let [b, c] = [0, 0];
  for (let k = coefficients.length - 1; k > 0; k--) {
    const a = 2 * t * b - c + coefficients[k]!;
    c = b;
    b = a;
  }
  return t * b - c + coefficients[0]!;
}

/** e^(x^2) erfc x for x >= 0. */
function erfcxPositive(x: number): number {
  if (x > 1e8) return 1 / SQRT_PI / x;
  return chebyshev(erfcxSeries, (x - 3.75) / (x + 3.75)) / (1 + 2 * x);
}

/** e^(x^2) erfc x. */
export function erfcx(x: number): number {
  if (x >= 0) return erfcxPositive(x);
  // gaussian() stands for e^(-x^2); 2 e^(x^2) is its reciprocal.
  return 2 / gaussian(x, 1, 1) - erfcxPositive(-x);
}

/** erf x for |x| <= 1/2: the Maclaurin series, DLMF 7.6.1. */
function erfCentral(x: number): number {
  const z = -x * x;
  let sum = 0;
  for (let k = 13; k > 0; k--) sum = (z / k) * (1 / (2 * k + 1) + sum);
  return (2 / SQRT_PI) * (x * (1 + sum));
}

/** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export const erf = /* @__PURE__ */ withKernel('erf', (x) => {
  if (Math.abs(x) <= 0.5) return erfCentral(x);
  return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
});

/** 1 - erf x. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.5) return 1 - erfCentral(x);
  return x < 0 ? 2 - erfc(-x) : gaussian(x, 1, erfcxPositive(x));
}

/** Winitzki's approximation of erfinv (2008), to 2e-3, from ln(1 - y^2). */
function erfinvGuess(logarithm: number): number {
  const a = 0.147;
  const half = 2 / (Math.PI * a) + logarithm / 2;
  const b = -logarithm / a;
  // sqrt(half^2 + b) - half, without cancellation while half > 0.
  const root = Math.sqrt(half * half + b);
  return Math.sqrt(half > 0 ? b / (root + half) : root - half);
}

/** The inverse of erf for |y| <= 1/2: two steps of Halley's method, each cubing the error. */
function erfinvCentral(y: number): number {
  if (Math.abs(y) < 1e-8) return (SQRT_PI / 2) * y;
  let x = Math.sign(y) * erfinvGuess(Math.log1p(-y * y));
  for (let step = 0; step < 2; step++) {
    const u = (erfCentral(x) - y) * (SQRT_PI / 2) * Math.exp(x * x);
    x -= u / (1 + x * u);
  }
  return x;
}

/** The positive x with erfc x = q, for q <= 1/2: Newton's method on ln erfc, nearly a parabola. */
function erfcInverse(q: number): number {
  if (q === 0) return Number.POSITIVE_INFINITY;
  const target = Math.log(q);
  let x = erfinvGuess(target + Math.log(2 - q));
  for (let step = 0; step < 3; step++) {
    const e = erfcxPositive(x);
    x += (Math.log(e) - x * x - target) * (SQRT_PI / 2) * e;
  }
  return x;
}

/** The inverse of erf; infinite at -1 and 1, NaN beyond. */
export function erfinv(y: number): number {
  const size = Math.abs(y);
  if (size <= 0.5) return erfinvCentral(y);
  // 1 - |y| is exact here.
  return size <= 1 ? Math.sign(y) * erfcInverse(1 - size) : Number.NaN;
}

/** The normal distribution function for x <= -0.7: erfc(-x / sqrt 2) / 2. */
function normalTail(x: number): number {
  return gaussian(x, 0.5, 0.5 * erfcxPositive(-x * Math.SQRT1_2));
}

/** The probability that a standard normal variable is below x. */
export const ndtr = /* @__PURE__ */ withKernel('ndtr', (x) => {
  if (Math.abs(x) < 0.7) return 0.5 + 0.5 * erfCentral(x * Math.SQRT1_2);
  return x < 0 ? normalTail(x) : 1 - normalTail(-x);
});

/** ln ndtr x. */
export function logNdtr(x: number): number {
  if (x < -1) return Math.log(0.5 * erfcxPositive(-x * Math.SQRT1_2)) - 0.5 * x * x;
  return x < 0 ? Math.log(ndtr(x)) : Math.log1p(-ndtr(-x));
}

/** The inverse of ndtr; infinite at 0 and 1, NaN beyond. */
export function ndtri(p: number): number {
  if (p < 0 || p > 1) return Number.NaN;
  if (p < 0.25) return -Math.SQRT2 * erfcInverse(2 * p);
  return p > 0.75 ? Math.SQRT2 * erfcInverse(2 * (1 - p)) : Math.SQRT2 * erfinvCentral(2 * p - 1);
}

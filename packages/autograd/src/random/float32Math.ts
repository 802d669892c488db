/**
 * Logarithm, sine and cosine in float32 arithmetic, bit for bit as the AVX2 kernels under PyTorch's `randn` compute
 * them: the single-precision polynomials of the Cephes library (S. Moshier), each multiply-add fused. Their errors
 * of an ulp or two are part of what `torch.manual_seed` promises on x86, so they are kept.
 */

const { fround } = Math;

/**
 * `a * b + c` rounded to float32 by way of a double, which differs from a fused multiply-add once in 2^29 times; the
 * exact one would take three times as long.
 */
function fma(a: number, b: number, c: number): number {
  return fround(a * b + c);
}

const LOG_0 = /* @__PURE__ */ fround(7.0376836292e-2);
const LOG_1 = /* @__PURE__ */ fround(-1.151461031e-1);
const LOG_2 = /* @__PURE__ */ fround(1.167699874e-1);
const LOG_3 = /* @__PURE__ */ fround(-1.2420140846e-1);
const LOG_4 = /* @__PURE__ */ fround(1.4249322787e-1);
const LOG_5 = /* @__PURE__ */ fround(-1.6668057665e-1);
const LOG_6 = /* @__PURE__ */ fround(2.0000714765e-1);
const LOG_7 = /* @__PURE__ */ fround(-2.4999993993e-1);
const LOG_8 = /* @__PURE__ */ fround(3.3333331174e-1);
const SQRT_HALF = /* @__PURE__ */ fround(Math.SQRT1_2);
/** ln 2 in two parts, the first with few bits. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = /* @__PURE__ */ fround(-2.1219444e-4);

/** The natural logarithm of a multiple of 2^-24 in (0, 1], as float32 uniforms are. */
export function log32(x: number): number {
  const units = x * 2 ** 24;
  const shift = Math.clz32(units) - 7;
  const mantissa = (units << shift) * 2 ** -25;
  // Doubles mantissas below sqrt(1/2); by arithmetic, since a branch would be mispredicted half of the time.
  const doubled = mantissa < SQRT_HALF ? 1 : 0;
  const exponent = 1 - shift - doubled;
  const m = fround(fround(mantissa - 1) + doubled * mantissa);
  const z = fround(m * m);
  let y = fma(LOG_0, m, LOG_1);
  y = fma(y, m, LOG_2);
  y = fma(y, m, LOG_3);
  y = fma(y, m, LOG_4);
  y = fma(y, m, LOG_5);
  y = fma(y, m, LOG_6);
  y = fma(y, m, LOG_7);
  y = fround(fma(y, m, LOG_8) * m);
  y = fma(y, z, fround(exponent * LN2_LOW));
  y = fma(z, -0.5, y);
  return fma(exponent, LN2_HIGH, fround(m + y));
}

const FOUR_OVER_PI = /* @__PURE__ */ fround(1.27323954473516);
/** pi/4 in three parts. */
const QUARTER_PI_1 = 0.78515625;
const QUARTER_PI_2 = 2.4187564849853516e-4;
const QUARTER_PI_3 = /* @__PURE__ */ fround(3.774894977445941e-8);
const SIN_0 = /* @__PURE__ */ fround(-1.9515295891e-4);
const SIN_1 = /* @__PURE__ */ fround(8.3321608736e-3);
const SIN_2 = /* @__PURE__ */ fround(-1.6666654611e-1);
const COS_0 = /* @__PURE__ */ fround(2.443315711809948e-5);
const COS_1 = /* @__PURE__ */ fround(-1.388731625493765e-3);
const COS_2 = /* @__PURE__ */ fround(4.166664568298827e-2);

/**
 * Writes sine and cosine of a float32 angle from 0 to 2 pi into `pair`.
 *
 * @param pair - receives the sine at 0 and the cosine at 1.
 */
export function sinCos32(angle: number, pair: Float64Array): void {
  const quadrant = (Math.trunc(fround(angle * FOUR_OVER_PI)) + 1) >> 1;
  let x = fma(2 * quadrant, -QUARTER_PI_1, angle);
  x = fma(2 * quadrant, -QUARTER_PI_2, x);
  x = fma(2 * quadrant, -QUARTER_PI_3, x);
  const z = fround(x * x);

  let cos = fma(fma(COS_0, z, COS_1), z, COS_2);
  cos = fround(fma(fround(cos * z), z, -0.5 * z) + 1);
  let sin = fma(fma(SIN_0, z, SIN_1), z, SIN_2);
  sin = fma(fround(sin * z), x, x);

  // Odd quadrants exchange sine and cosine; arithmetic instead of branches, which would be mispredicted.
  pair[quadrant & 1] = sin * (1 - ((quadrant + 1) & 2));
  pair[(quadrant & 1) ^ 1] = cos * (1 - (quadrant & 2));
}

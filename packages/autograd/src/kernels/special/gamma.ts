import { chebyshev } from './erf.ts';

/** sin(pi x), exact at multiples of 1/2. */
export function sinPi(x: number): number {
  const r = x - 2 * Math.round(x / 2);
  const folded = Math.abs(r) > 0.5 ? Math.sign(r) - r : r;
  return Math.sin(Math.PI * folded);
}

/** cos(pi x), exact at multiples of 1/2. */
export function cosPi(x: number): number {
  const r = Math.abs(x - 2 * Math.round(x / 2));
  return r < 0.25 ? Math.cos(Math.PI * r) : Math.sin(Math.PI * (0.5 - r));
}

// (zeta(k) - 1) / k for k = 2, 3, …; computed by scripts/special_coefficients.py.
const lgammaSeries = [
  0.3224670334241132, 0.0673523010531981, 0.020580808427784546, 0.007385551028673986, 0.0028905103307415234,
  0.001192753911703261, 0.0005096695247430425, 0.00022315475845357939, 9.945751278180853e-5,
  4.492623673813314e-5, 2.050721277567069e-5, 9.439488275268397e-6, 4.374866789907488e-6,
  2.039215753801366e-6, 9.55141213040742e-7, 4.492469198764566e-7, 2.1207184805554665e-7,
  1.0043224823968099e-7, 4.7698101693639804e-8, 2.2711094608943164e-8, 1.0838659214896955e-8,
  5.183475041970047e-9, 2.4836745438024785e-9, 1.1921401405860912e-9, 5.731367241678862e-10,
] as const;

/** 1 - Euler's constant. */
const ONE_LESS_EULER = 0.42278433509846713;

/** ln Gamma(2 + e) for |e| <= 1/2: the power series, DLMF 5.7.3 about 2. */
function lgammaNearTwo(e: number): number {
  let sum = 0;
  for (let k = lgammaSeries.length - 1; k >= 0; k--) sum = lgammaSeries[k]! - e * sum;
  return e * (ONE_LESS_EULER + e * sum);
}

/** ln Gamma(1 + e) for |e| <= 1/2, exact in the limit of small e. */
export function lgamma1p(e: number): number {
  return lgammaNearTwo(e) - Math.log1p(e);
}

/** The correction in Stirling's formula, ln Gamma*(x), for x >= 10: DLMF 5.11.1. */
export function stirlingCorrection(x: number): number {
  const z = 1 / (x * x);
  return (
    (1 / 12 -
      z *
        (1 / 360 -
          z *
            (1 / 1260 -
              z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z * (1 / 156 - z * (3617 / 122400)))))))) /
    x
  );
}

/** ln |Gamma(x)|; infinite at 0 and the negative whole numbers. */
export function lgamma(x: number): number {
  if (x >= 10) {
    if (x > 1e300) return x * (Math.log(x) - 1);
    // ln(2 pi) / 2 - 1/2 is what remains when x is taken out together with its logarithm.
    return (x - 0.5) * (Math.log(x) - 1) + 0.4189385332046727 + stirlingCorrection(x);
  }
  if (x >= 1.5) {
    let base = x;
    let product = 1;
    for (; base > 2.5; product *= base) base -= 1;
    return product === 1 ? lgammaNearTwo(base - 2) : Math.log(product) + lgammaNearTwo(base - 2);
  }
  if (x >= 0.5) return lgamma1p(x - 1);
  if (x > -0.5) return lgamma1p(x) - Math.log(Math.abs(x));
  if (Number.isInteger(x) || x === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (Number.isNaN(x)) return x;
  // The reflection, DLMF 5.5.3.
  return Math.log(Math.PI / Math.abs(x * sinPi(x))) - lgamma(-x);
}

// psi(x) / (x - root) on [1, 2], on Chebyshev polynomials of 2x - 3; computed by scripts/special_coefficients.py.
const digammaSeries = [
  0.983570260441567, -0.2270640863346444, 0.03336889902393011, -0.005320077271596548, 0.0008788656937820505,
  -0.00014773492650606044, 2.5060543468359146e-5, -4.2721034029993324e-6, 7.302769272465923e-7,
  -1.2502886813559594e-7, 2.1425009322359472e-8, -3.673295918565179e-9, 6.299717236108931e-10,
  -1.080593028883266e-10, 1.853735192053638e-11, -3.18023536582553e-12, 5.456147570322795e-13,
  -9.360993131036438e-14, 1.606064636295075e-14, -2.7555431377438815e-15, 4.727736178601912e-16,
  -8.11148420346509e-17, 1.391707769474154e-17,
] as const;

/** psi(x) = Gamma'(x) / Gamma(x); -inf at 0, inf at -0, NaN at the negative whole numbers. */
export function digamma(x: number): number {
  if (x >= 10) {
    const z = 1 / (x * x);
    const tail =
      1 / 12 -
      z *
        (1 / 120 -
          z *
            (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * (691 / 32760 - z * (1 / 12 - z * (3617 / 8160)))))));
    // The asymptotic series, DLMF 5.11.2.
    return Math.log(x) - 0.5 / x - z * tail;
  }
  if (x >= 1) {
    let base = x;
    let sum = 0;
    for (; base > 2; sum += 1 / base) base -= 1;
    // The root in two parts, so that values near it keep their digits.
    const fromRoot = base - 1.4616321449683622 - 9.549995429965697e-17;
    return sum + fromRoot * chebyshev(digammaSeries, 2 * base - 3);
  }
  if (x > 0) return digamma(1 + x) - 1 / x;
  if (x === 0) return -1 / x;
  if (Number.isInteger(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (Number.isNaN(x)) return x;
  // The reflection, DLMF 5.5.4.
  return digamma(-x) - 1 / x - (Math.PI * cosPi(x)) / sinPi(x);
}

// B_2j / (2j)! for j = 1, 2, …
const bernoulliRatios = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -5.284190138687493e-10,
  1.3382536530684679e-11,
  -3.3896802963225827e-13,
  8.586062056277845e-15,
  -2.174868698558062e-16,
  5.5090028283602295e-18,
  -1.3954464685812522e-19,
] as const;

/** The sum of (q + k)^-s over k = 0, 1, …, for q > 0: Euler and Maclaurin's formula, DLMF 25.11.5. */
function hurwitz(s: number, q: number): number {
  // Terms are summed one by one until the formula converges for the others, or they no longer count.
  const convergent = Math.max(0, Math.ceil(10 + s - q));
  const negligible = Math.ceil(q * Math.expm1(40 / s));
  let sum = 0;
  if (convergent <= negligible) {
    const a = q + convergent;
    let term = (s * a ** -s) / a;
    for (let j = 0; j < bernoulliRatios.length; j++) {
      sum += bernoulliRatios[j]! * term;
      term *= ((s + 2 * j + 1) / a) * ((s + 2 * j + 2) / a);
    }
    sum += a ** -s / 2 + a ** (1 - s) / (s - 1);
  }
  for (let k = Math.min(convergent, negligible) - 1; k >= 0; k--) sum += (q + k) ** -s;
  return sum;
}

/**
 * Hurwitz's zeta function, the sum of (q + k)^-s over k = 0, 1, …, for s > 1. For q < 0 it is defined at whole s only;
 * it is infinite at q = 0, -1, -2, …
 */
export function zeta(s: number, q: number): number {
  if (s === 1) return Number.POSITIVE_INFINITY;
  if (!(s > 1) || Number.isNaN(q)) return Number.NaN;
  if (q === Number.POSITIVE_INFINITY) return 0;
  if (s === Number.POSITIVE_INFINITY) {
    if (q <= 0) return Number.NaN;
    return q > 1 ? 0 : q === 1 ? 1 : Number.POSITIVE_INFINITY;
  }
  if (q > 0) return hurwitz(s, q);
  if (Math.floor(q) === q) return Number.POSITIVE_INFINITY;
  if (!Number.isInteger(s)) return Number.NaN;
  // The negative terms are those of two sums at positive arguments.
  const above = Math.ceil(q) - q;
  const negative = hurwitz(s, above) - hurwitz(s, 1 - q);
  return hurwitz(s, 1 - above) + (s % 2 === 0 ? negative : -negative);
}

/** The n-th derivative of digamma. */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return (n % 2 === 0 ? -factorial : factorial) * zeta(n + 1, x);
}

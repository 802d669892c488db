import { digamma } from '../kernels/special/gamma.ts';

/** From this concentration on, the expansion for large ones is exact to 1e-9, and the sums below get long. */
const LARGE = 1e5;
/** Stops the sums where a further term changes nothing. */
const EPSILON = 2 ** -53;

/**
 * How a draw x from the gamma distribution of concentration a and rate 1 moves with a while its quantile stays, that is
 * dx/da at a fixed value of P(a, x): -(dP/da) / p(x), p the density ("implicit reparameterization": Figurnov, Mohamed and
 * Mnih 2018). Exact to about 1e-12, for a >= 1e5 to 1e-9.
 */
export function gammaGradient(a: number, x: number): number {
  // What no draw can be, and NaN.
  if (!(a > 0 && x >= 0 && x < Number.POSITIVE_INFINITY)) return Number.NaN;
  if (x === 0) return 0;
  if (a >= LARGE) return forLarge(a, x);
  return x <= a + 1 ? below(a, x) : above(a, x);
}

/**
 * From the power series P = x^a e^-x S / Gamma(a + 1), S = sum x^n / ((a + 1) … (a + n)) (DLMF 8.11.4), differentiated term
 * by term. P / p is x S / a, so that neither overflows.
 */
function below(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  // The derivatives of term and sum by a.
  let termSlope = 0;
  let slope = 0;
  for (let n = 1; ; n++) {
    const factor = x / (a + n);
    termSlope = termSlope * factor - (term * factor) / (a + n);
    term *= factor;
    sum += term;
    slope += termSlope;
    if (factor < 1 && Math.abs(termSlope) <= EPSILON * Math.abs(slope) && term <= EPSILON * sum) break;
  }
  return (-x / a) * (sum * (Math.log(x) - digamma(a + 1)) + slope);
}

/**
 * From the continued fraction 1 - P = x^a e^-x K / Gamma(a), K = 1 / (x + 1 - a - (1 - a) / (x + 3 - a - …)) (DLMF 8.9.2),
 * by Lentz's recurrences (as modified by Thompson and Barnett 1986), differentiated step by step.
 */
function above(a: number, x: number): number {
  let b = x + 1 - a;
  // Successive ratios of numerators (c) and of denominators (d), the product (k), and the logarithmic derivatives by a.
  let d = 1 / b;
  let dSlope = d * d;
  let c = Number.POSITIVE_INFINITY;
  let cSlope = 0;
  let k = d;
  let logSlope = d;
  for (let n = 1; ; n++) {
    const numerator = -n * (n - a);
    const numeratorSlope = n;
    b += 2;
    // b falls as a grows: its slope is -1.
    const ratio = b + numerator * d;
    dSlope = -(-1 + numeratorSlope * d + numerator * dSlope) / (ratio * ratio);
    d = 1 / ratio;
    const nextC = b + numerator / c;
    cSlope = -1 + numeratorSlope / c - (c === Number.POSITIVE_INFINITY ? 0 : (numerator * cSlope) / (c * c));
    c = nextC;
    const step = c * d;
    const stepSlope = (cSlope * d + c * dSlope) / step;
    k *= step;
    logSlope += stepSlope;
    if (Math.abs(step - 1) <= EPSILON && Math.abs(stepSlope) <= EPSILON * Math.abs(logSlope)) break;
    if (n > 1e5) return Number.NaN;
  }
  return x * k * (Math.log(x) - digamma(a) + logSlope);
}

/**
 * From the expansion of a quantile in the normal quantile z with the same probability (Cornish and Fisher 1938; Abramowitz
 * and Stegun 26.2.49): x = a + z sqrt(a) + (z^2 - 1) / 3 + (z^3 - 7 z) / (36 sqrt(a)) - (3 z^4 + 7 z^2 - 16) / (810 a) + …,
 * solved for z, then differentiated by a.
 */
function forLarge(a: number, x: number): number {
  const root = Math.sqrt(a);
  let z = (x - a) / root;
  for (let i = 0; i < 8; i++) {
    const square = z * z;
    const rest =
      (square - 1) / 3 + (z * (square - 7)) / (36 * root) - (square * (3 * square + 7) - 16) / (810 * a);
    z = (x - a - rest) / root;
  }
  const square = z * z;
  return (
    1 +
    z / (2 * root) -
    (z * (square - 7)) / (72 * a * root) +
    (square * (3 * square + 7) - 16) / (810 * a * a)
  );
}

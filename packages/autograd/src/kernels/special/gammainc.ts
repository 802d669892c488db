import { erfc } from './erf.ts';
import { lgamma, lgamma1p, stirlingCorrection } from './gamma.ts';

/** ln(1 + x) - x, without cancellation for small x: from 2 artanh(x / (2 + x)). */
function log1pLessX(x: number): number {
  if (Math.abs(x) > 0.5) return Math.log1p(x) - x;
  const r = x / (2 + x);
  const z = r * r;
  let sum = 0;
  for (let k = 33; k >= 3; k -= 2) sum = 1 / k + z * sum;
  return 2 * r * z * sum - x * r;
}

/** x^a e^-x / Gamma(1 + a). */
function gammaPrefix(a: number, x: number): number {
  // Beyond this the exponent's rounding error is what costs digits, before it the product's.
  if (a >= 40) {
    const stretched = a * log1pLessX((x - a) / a) - stirlingCorrection(a);
    return Math.exp(stretched) / Math.sqrt(2 * Math.PI * a);
  }
  let base = a;
  let product = 1;
  for (; base > 0.5; base -= 1) product *= base;
  // In two halves: x^a and e^-x leave the range of doubles before their product does.
  const root = x ** (a / 2) * Math.exp(-x / 2);
  return (root * (root * Math.exp(-lgamma1p(base)))) / product;
}

// The power series of C_0 … C_4 in Temme's uniform expansion, DLMF 8.12.9; computed by scripts/special_coefficients.py.
const temme = [
  [
    -0.3333333333333333, 0.08333333333333333, -0.014814814814814815, 0.0011574074074074073,
    0.0003527336860670194, -0.0001787551440329218, 3.919263178522438e-5, -2.185448510679992e-6,
    -1.85406221071516e-6, 8.296711340953087e-7, -1.7665952736826078e-7, 6.707853543401498e-9,
    1.0261809784240309e-8, -4.382036018453353e-9, 9.14769958223679e-10, -2.5514193994946248e-11,
    -5.830772132550426e-11, 2.4361948020667415e-11,
  ],
  [
    -0.001851851851851852, -0.003472222222222222, 0.0026455026455026454, -0.0009902263374485596,
    0.00020576131687242798, -4.018775720164609e-7, -1.8098550334489977e-5, 7.64916091608111e-6,
    -1.6120900894563446e-6, 4.647127802807434e-9, 1.378633446915721e-7, -5.752545603517705e-8,
  ],
  [
    0.004133597883597883, -0.0026813271604938273, 0.0007716049382716049, 2.0093878600823047e-6,
    -0.0001073665322636516, 5.2923448829120125e-5, -1.2760635188618728e-5, 3.423578734096138e-8,
  ],
  [0.0006494341563786008, 0.00022947209362139917, -0.0004691894943952557, 0.00026772063206283885],
  [-0.0008618882909167117],
] as const;

/** From this a on Temme's expansion holds to the last digits wherever neither side is 0. */
const LARGE = 10000;

/** P and Q at large a, whichever is smaller: DLMF 8.12.3. */
function smallerAtLarge(a: number, x: number): number {
  const half = -log1pLessX((x - a) / a);
  const eta = Math.sign(x - a) * Math.sqrt(2 * half);
  const size = Math.abs(eta);
  if (a * half > 800) return 0;
  let correction = 0;
  for (let k = temme.length - 1; k >= 0; k--) {
    const row = temme[k]!;
    let sum = 0;
    for (let j = row.length - 1; j >= 0; j--) sum = row[j]! + eta * sum;
    correction = sum + correction / a;
  }
  correction *= Math.exp(-a * half) / Math.sqrt(2 * Math.PI * a);
  return 0.5 * erfc(size * Math.sqrt(a / 2)) + (x >= a ? correction : -correction);
}

/** P by its power series, DLMF 8.11.4: for x below about a. */
function series(a: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return gammaPrefix(a, x) * sum;
}

/** Q by its continued fraction, DLMF 8.9.2: for x above about a. */
function fraction(a: number, x: number): number {
  const first = x + 1 - a;
  // Lentz's method tells how many levels count; going up from the last one loses fewer digits than its product.
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / first;
  let levels = 0;
  for (let change = 0; Math.abs(change - 1) > 4e-16; change = c * d) {
    levels++;
    const numerator = levels * (a - levels);
    const b = first + 2 * levels;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
  }
  let value = 0;
  for (let k = levels; k > 0; k--) value = (k * (a - k)) / (first + 2 * k + value);
  return (gammaPrefix(a, x) * a) / (first + value);
}

/** Q for small x and a, where P is near 1: the rest of the series DLMF 8.7.3, its first term taken by expm1. */
function complementSeries(a: number, x: number): number {
  let sum = 0;
  let power = 1;
  for (let k = 1; k < 40; k++) {
    power *= -x / k;
    sum += power / (a + k);
  }
  const logarithm = a * Math.log(x) - (a <= 0.5 ? lgamma1p(a) : lgamma(1 + a));
  return -Math.expm1(logarithm) - Math.exp(logarithm) * a * sum;
}

/** P where a or x is 0, infinite or illegal; undefined elsewhere. */
function edge(a: number, x: number): number | undefined {
  if (!(a >= 0 && x >= 0) || (a === 0 && x === 0)) return Number.NaN;
  if (a === Number.POSITIVE_INFINITY) return x === Number.POSITIVE_INFINITY ? Number.NaN : 0;
  if (x === 0) return 0;
  return a === 0 || x === Number.POSITIVE_INFINITY ? 1 : undefined;
}

/** P(a, x), the regularized lower incomplete gamma function. */
export function gammainc(a: number, x: number): number {
  const known = edge(a, x);
  if (known !== undefined) return known;
  if (a >= LARGE) return x < a ? smallerAtLarge(a, x) : 1 - smallerAtLarge(a, x);
  return x > 1 && x > a ? 1 - gammaincc(a, x) : series(a, x);
}

/** Q(a, x) = 1 - P(a, x), the regularized upper incomplete gamma function. */
export function gammaincc(a: number, x: number): number {
  const known = edge(a, x);
  if (known !== undefined) return 1 - known;
  if (a >= LARGE) return x < a ? 1 - smallerAtLarge(a, x) : smallerAtLarge(a, x);
  if (x > 1.1) return x < a ? 1 - series(a, x) : fraction(a, x);
  // Where P is below about 1/2 it is the one to compute.
  const lower = x <= 0.5 ? -0.4 / Math.log(x) < a : 1.1 * x < a;
  return lower ? 1 - series(a, x) : complementSeries(a, x);
}

import { squareError } from './erf.ts';

/** The sum of (x / 2)^2k / (k! (n + k)!), times n!: DLMF 10.25.2, all terms positive. */
function series(n: number, x: number): number {
  const z = (x * x) / 4;
  let sum = 1;
  let slope = 0;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= z / (k * (k + n));
    sum += term;
    slope += k * term;
  }
  // At large x the rounding error of x^2 would count: the sum grows like e^x.
  return slope === 0 ? sum : sum + (squareError(x) / (x * x)) * slope;
}

/** sqrt(2 pi x) e^-x I_n(x) for large x: Hankel's asymptotic series, DLMF 10.40.1. */
function hankel(n: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 2 * x && Math.abs(term) > 1e-17; k++) {
    term *= ((2 * k - 1) ** 2 - 4 * n * n) / (8 * k * x);
    sum += term;
  }
  return sum;
}

/** From here on Hankel's series has converged before its terms grow again. */
const large = (n: number): number => 20 + n * n;

function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}

/** I_n(x) / x^n, the modified Bessel function of order n without its zero (or times e^-|x|): even, and its derivative is x times the next. */
export function besselRatio(n: number, x: number, scaled: boolean): number {
  const size = Math.abs(x);
  if (size < large(n)) {
    const sum = series(n, x) / (2 ** n * factorial(n));
    return scaled ? sum * Math.exp(-size) : sum;
  }
  if (size === Number.POSITIVE_INFINITY) return scaled ? 0 : size;
  const tail = hankel(n, size) / Math.sqrt(2 * Math.PI * size) / size ** n;
  if (scaled) return tail;
  if (size < 700) return tail * Math.exp(size);
  // e^x leaves the range of doubles before the result does.
  const root = Math.exp(size / 2);
  return tail * root * root;
}

/** I_1(x), or e^-|x| I_1(x). */
export function besselI1(x: number, scaled: boolean): number {
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return scaled ? 0 * Math.sign(x) : x;
  return x * besselRatio(1, x, scaled);
}

/** j_n(z) / z^n, the spherical Bessel function of order n without its zero: even, and its derivative is -z times the next. */
export function sphericalRatio(n: number, z: number, sin: number, cos: number): number {
  if (Math.abs(z) < n + 1.5) {
    // DLMF 10.53.1.
    let term = 1;
    for (let k = 1; k <= n; k++) term /= 2 * k + 1;
    let sum = term;
    for (let k = 1; Math.abs(term) > Math.abs(sum) * 1e-17; k++) {
      term *= (-z * z) / 2 / (k * (2 * n + 2 * k + 1));
      sum += term;
    }
    return sum;
  }
  // The recurrence DLMF 10.51.1, stable upwards while n < |z|.
  let [before, at] = [cos, sin / z];
  for (let k = 0; k < n; k++) [before, at] = [at, ((2 * k + 1) * at - before) / (z * z)];
  return at;
}

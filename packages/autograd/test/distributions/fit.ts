import { gammaincc, tensor } from '@tensortape/autograd';

/**
 * Kolmogorov and Smirnov's statistic of a sample against a distribution function, times sqrt(n). Above t with a probability
 * of about 2 exp(-2 t^2).
 */
export function kolmogorov(
  sample: ArrayLike<number>,
  cdf: (sorted: Float64Array) => ArrayLike<number>,
): number {
  const sorted = Float64Array.from(sample).sort();
  const p = cdf(sorted);
  const n = sorted.length;
  let worst = 0;
  for (let i = 0; i < n; i++) worst = Math.max(worst, p[i]! - i / n, (i + 1) / n - p[i]!);
  return worst * Math.sqrt(n);
}

/** A right sampler exceeds it once in a million samples. */
export const KOLMOGOROV_LIMIT = 2.7;
/** A right sampler falls below this p-value once in a million samples. */
export const P_LIMIT = 1e-6;

/**
 * The p-value of Pearson's chi-squared test of counts against probabilities of 0, 1, …; outcomes of which fewer than 10 are
 * expected are taken together.
 */
export function chiSquaredP(sample: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const n = sample.length;
  const counts = new Float64Array(probabilities.length);
  let beyond = 0;
  for (let i = 0; i < n; i++) {
    const value = sample[i]!;
    if (value in counts) counts[value]!++;
    else beyond++;
  }
  let statistic = 0;
  let cells = 0;
  let rest = 1;
  let few = beyond;
  for (let k = 0; k < counts.length; k++) {
    const p = probabilities[k]!;
    if (p * n < 10) {
      few += counts[k]!;
      continue;
    }
    statistic += (counts[k]! - p * n) ** 2 / (p * n);
    cells++;
    rest -= p;
  }
  if (rest * n >= 1) {
    statistic += (few - rest * n) ** 2 / (rest * n);
    cells++;
  } else if (few > 20) return 0;
  return gammaincc((cells - 1) / 2, tensor(statistic / 2, { dtype: 'float64' })).item();
}

/**
 * Points and weights of the double exponential rule (Takahasi and Mori 1974) for the integral over a support: both sides of
 * `centre`, from `low` to `high`.
 */
export function quadrature(
  low: number,
  high: number,
  centre = 0,
): { points: Float64Array; weights: Float64Array } {
  const points: number[] = [];
  const weights: number[] = [];
  const step = 1 / 64;
  for (let t = -5.5; t <= 5.5; t += step) {
    const s = (Math.PI / 2) * Math.sinh(t);
    const slope = (Math.PI / 2) * Math.cosh(t) * step;
    for (const [end, sign] of [
      [low, -1],
      [high, 1],
    ] as const) {
      // e^s away from the centre on a half-line; on an interval its distance from the end, exact where that is 0.
      const length = Math.abs(end - centre);
      const rest = 1 / (1 + Math.exp(2 * s));
      const [x, weight] = Number.isFinite(length)
        ? [end - sign * length * rest, 2 * length * rest * (1 - rest) * slope]
        : [centre + sign * Math.exp(s), Math.exp(s) * slope];
      if (x === end || x === centre || weight === 0 || !Number.isFinite(x)) continue;
      points.push(x);
      weights.push(weight);
    }
  }
  return { points: Float64Array.from(points), weights: Float64Array.from(weights) };
}

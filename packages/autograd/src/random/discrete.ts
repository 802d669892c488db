import type { Generator } from './generator.ts';

/** From this mean on, rejection is cheaper than counting. */
const REJECTION = 10;

/** ln k! - (Stirling's formula at k + 1) for k = 0 … 9, where the series below is not accurate enough. */
const tails: readonly number[] = [
  0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.0207906721037651, 0.01664469118982119,
  0.01387612882307075, 0.0118967099458917, 0.0104112652619721, 0.00925546218271273, 0.0083305634333631,
];

/**
 * ln k! - ((k + 1/2) ln(k + 1) - (k + 1) + ln(2 pi) / 2), for k = 0, 1, …
 *
 * Source: Hörmann, "The generation of binomial random variates" (1993), equation (6).
 */
function stirlingTail(k: number): number {
  if (k < tails.length) return tails[k]!;
  const square = (k + 1) ** 2;
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}

function logFactorial(k: number): number {
  return (k + 0.5) * Math.log(k + 1) - (k + 1) + 0.5 * Math.log(2 * Math.PI) + stirlingTail(k);
}

/**
 * One draw from the Poisson distribution: PyTorch's `torch.poisson`, with its numbers for the same seed.
 *
 * Source: below a rate of 10 the uniforms whose product stays above e^-rate are counted (Knuth, TAOCP 2, 3.4.1); from 10
 * on the transformed rejection PTRS of Hörmann, "The transformed rejection method for generating Poisson random variables"
 * (1993).
 */
export function drawPoisson(generator: Generator, rate: number): number {
  if (rate === 0) return 0;
  if (rate < REJECTION) {
    const limit = Math.exp(-rate);
    let count = 0;
    for (let product = generator.nextUniform(); product > limit; product *= generator.nextUniform()) count++;
    return count;
  }
  const logRate = Math.log(rate);
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const limit = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = generator.nextUniform() - 0.5;
    const v = generator.nextUniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= limit) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const ratio = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b);
    if (ratio <= -rate + k * logRate - logFactorial(k)) return k;
  }
}

/**
 * One draw from the binomial distribution: PyTorch's `torch.binomial`, with its numbers for the same seed.
 *
 * Source: where fewer than 10 successes are expected, geometric steps are counted (Devroye, "Non-uniform random variate
 * generation" (1986), X.4.3); else the transformed rejection BTRS of Hörmann (1993). Above 1/2 failures are drawn.
 */
export function drawBinomial(generator: Generator, count: number, p: number): number {
  if (count <= 0 || p <= 0) return 0;
  if (p >= 1) return count;
  if (p > 0.5) return count - drawBinomial(generator, count, 1 - p);
  return count * p >= REJECTION ? transformed(generator, count, p) : counted(generator, count, p);
}

function counted(generator: Generator, count: number, p: number): number {
  const failure = Math.log1p(-p);
  let successes = 0;
  for (let trials = 0; ; successes++) {
    trials += Math.ceil(Math.log(generator.nextUniform()) / failure);
    if (trials > count) return successes;
  }
}

function transformed(generator: Generator, count: number, p: number): number {
  const spread = Math.sqrt(count * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = count * p + 0.5;
  const limit = 0.92 - 4.2 / b;
  const odds = p / (1 - p);
  const alpha = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((count + 1) * p);
  for (;;) {
    const u = generator.nextUniform() - 0.5;
    const v = generator.nextUniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (k < 0 || k > count) continue;
    if (us >= 0.07 && v <= limit) return k;
    // ln of the ratio of the probabilities of k and of the mode.
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (count - mode + 1))) +
      (count + 1) * Math.log((count - mode + 1) / (count - k + 1)) +
      (k + 0.5) * Math.log((odds * (count - k + 1)) / (k + 1)) +
      stirlingTail(mode) +
      stirlingTail(count - mode) -
      stirlingTail(k) -
      stirlingTail(count - k);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

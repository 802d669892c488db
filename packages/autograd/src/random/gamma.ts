import type { Generator } from './generator.ts';

const { fround } = Math;
// PyTorch's constants are float32 numbers, whatever it draws.
const THIRD = /* @__PURE__ */ fround(1 / 3);
const SQUEEZE = /* @__PURE__ */ fround(0.0331);

/**
 * One draw from the gamma distribution of this concentration and rate 1: PyTorch's `torch._standard_gamma`, with its
 * numbers for the same seed but for the last bit.
 *
 * Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000): a normal x gives d (1 + c x)^3,
 * accepted most of the time by a squeeze, else by comparing logarithms. Below 1, section 6: a draw of concentration + 1
 * times u^(1 / concentration).
 *
 * @param single whether the concentration is a float32 number, with which d is then rounded.
 */
export function drawGamma(generator: Generator, concentration: number, single: boolean): number {
  if (concentration === 0) return 0;
  let scale = 1;
  let shape = concentration;
  if (shape < 1) {
    const exponent = single ? fround(1 / shape) : 1 / shape;
    scale = (1 - generator.nextUniform()) ** exponent;
    shape = single ? fround(shape + 1) : shape + 1;
  }
  const d = single ? fround(shape - THIRD) : shape - THIRD;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = generator.nextNormal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - generator.nextUniform();
    const square = x * x;
    const accepted =
      u < 1 - SQUEEZE * square * square || Math.log(u) < 0.5 * square + d * (1 - v + Math.log(v));
    if (accepted) return scale * d * v;
  }
}

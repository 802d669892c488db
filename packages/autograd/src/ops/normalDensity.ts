import type { Tensor } from '../tensor.ts';

const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/** The density of the standard normal distribution, e^(-x^2 / 2) / sqrt(2 pi). */
export function normalDensity(x: Tensor): Tensor {
  return x.square().mul(-0.5).exp().div(SQRT_TWO_PI);
}

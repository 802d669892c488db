import { kaimingUniform_, uniform_ } from '../init.ts';
import type { Parameter } from '../parameter.ts';

/**
 * The initial values that PyTorch gives to linear layers and convolutions: weight (out, in, …) and bias uniform on
 * +-1 / sqrt(inputs of an output).
 */
export function resetAffine(weight: Parameter, bias: Parameter | null): void {
  kaimingUniform_(weight, { a: Math.sqrt(5) });
  if (bias === null) return;
  const fanIn = weight.shape.slice(1).reduce((product, length) => product * length, 1);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  // 0, not -0, where there are no inputs.
  uniform_(bias, 0 - bound, bound);
}

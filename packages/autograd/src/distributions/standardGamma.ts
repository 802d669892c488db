import { tensor } from '../create.ts';
import { kernels } from '../kernels/select.ts';
import { drawGamma } from '../random/gamma.ts';
import type { Generator } from '../random/generator.ts';
import { defineOp } from '../tape/defineOp.ts';
import { wrap } from '../tensor/core.ts';
import type { Tensor } from '../tensor.ts';
import { gammaGradient } from './gammaGradient.ts';
import { limitsOf } from './parameters.ts';

/**
 * Draws from gamma distributions of rate 1 with these concentrations. Derivative: that of the quantile, see
 * {@link gammaGradient}; it has none of its own, so differentiating twice is refused. PyTorch: `torch._standard_gamma`, with
 * its numbers for the same seed; its derivative is an approximation good to three digits.
 */
export function standardGamma(concentration: Tensor, generator: Generator): Tensor {
  return standardGammaOp({ concentration }, generator);
}

const standardGammaOp = /* @__PURE__ */ defineOp({
  name: 'standardGamma',
  inputs: ['concentration'],
  saves: ['concentration', 'output'],
  forward: ({ concentration: x }, generator: Generator) => {
    const draws = x.toTypedArray();
    const { tiny } = limitsOf(x);
    const single = x.dtype === 'float32';
    for (let i = 0; i < draws.length; i++) draws[i] = Math.max(drawGamma(generator, draws[i]!, single), tiny);
    return tensor(draws, { shape: x.shape });
  },
  vjp: { concentration: (g, { concentration, output }) => g.mul(slope(concentration, output)) },
  jvp: ({ concentration: t }, { concentration, output }) => t && t.mul(slope(concentration, output)),
  onceDifferentiable: true,
});

function slope(concentration: Tensor, draw: Tensor): Tensor {
  return wrap(kernels.binary(gammaGradient, concentration, draw), draw.dtype, draw.shape);
}

import type { Tensor } from '@tensortape/autograd';

export { logSoftmax, relu, sigmoid, softmax, tanh } from '@tensortape/autograd';

/** Options of {@link softplus}. */
export interface SoftplusOptions {
  /** How sharp the bend is. Default 1. */
  readonly beta?: number;
  /** Where beta x lies above it the function is x itself. Default 20. */
  readonly threshold?: number;
}

/**
 * A smooth ReLU: $\frac{1}{\beta} \ln(1 + e^{\beta x})$. PyTorch: `torch.nn.functional.softplus`.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(functional.softplus(tensor(0)).item().toFixed(4)); // 0.6931
 * ```
 */
export function softplus(x: Tensor, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Tensor {
  const scaled = x.mul(beta);
  return scaled.softplus().div(beta).where(scaled.le(threshold), x);
}

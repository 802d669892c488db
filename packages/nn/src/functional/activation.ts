import { rrelu as meanRrelu, type RandomOptions, type Tensor, zerosLike } from '@tensortape/autograd';
import { checkBounds } from '../check.ts';

export {
  celu,
  elu,
  type GeluOptions,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  mish,
  prelu,
  relu,
  relu6,
  type SoftplusOptions,
  selu,
  sigmoid,
  silu,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanh,
  tanhshrink,
  threshold,
} from '@tensortape/autograd';

/** Options of {@link rrelu}. */
export interface RReluOptions extends RandomOptions {
  /** Whether each factor is drawn, instead of being the mean of the bounds. Default false. */
  readonly training?: boolean;
}

/**
 * x for positive elements, and a multiple for the others: by a uniform factor between `lower` and `upper`, drawn anew for each
 * element, in training; by their mean otherwise. PyTorch: `torch.nn.functional.rrelu`. Source: B. Xu et al., "Empirical
 * Evaluation of Rectified Activations in Convolutional Network", 2015.
 *
 * Errors: ArgumentError when `lower` is above `upper`.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(functional.rrelu(tensor([-4, 2]), 0.25, 0.75).toArray()); // [ -2, 2 ]
 * ```
 */
export function rrelu(
  x: Tensor,
  lower = 1 / 8,
  upper = 1 / 3,
  { training = false, ...options }: RReluOptions = {},
): Tensor {
  checkBounds('rrelu', lower, upper);
  if (!training) return meanRrelu(x, lower, upper);
  return x.where(x.ge(0), x.mul(zerosLike(x).uniform_(lower, upper, options)));
}

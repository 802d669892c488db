import { ArgumentError, noGrad, stack, Tensor, tensor } from '@tensortape/autograd';

/** Options of {@link clipGradNorm}. */
export interface ClipGradNormOptions {
  /** The order of the norm; Infinity for the largest element. Default 2. */
  readonly normType?: number;
  /** Whether a norm that is NaN or infinite is an error. Default false: then gradients become 0 or NaN, as in PyTorch. */
  readonly errorIfNonfinite?: boolean;
}

/**
 * Shortens all gradients together, in place, where their norm is larger than `maxNorm`, and returns the norm that they had, as
 * if they were one vector: a tensor of shape (). PyTorch: `torch.nn.utils.clip_grad_norm_`, with its 1e-6:
 *
 * $$g_i \leftarrow g_i \min \left( 1, \frac{max}{\|g\|_p + 10^{-6}} \right)$$
 *
 * Parameters without a gradient are passed over. `maxNorm` may be Infinity, to measure only.
 *
 * R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", 2013. Errors: ArgumentError for
 * what is no tensor, a bound that is not >= 0, or a norm that is not finite where `errorIfNonfinite` asks for it; then nothing
 * was changed.
 *
 * @example
 * ```ts
 * import { clipGradNorm } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([0, 0], { requiresGrad: true });
 * w.mul(tensor([3, 4])).sum().backward();
 * console.log(clipGradNorm([w], 1)); // tensor(5.)
 * console.log(w.grad); // tensor([0.6000, 0.8000])
 * ```
 */
export function clipGradNorm(
  params: Tensor | Iterable<Tensor>,
  maxNorm: number,
  { normType = 2, errorIfNonfinite = false }: ClipGradNormOptions = {},
): Tensor {
  checkBound('clipGradNorm', 'maxNorm', maxNorm);
  const gradients = gradientsOf('clipGradNorm', params);
  if (gradients.length === 0) return tensor(0);
  return noGrad(() => {
    const norm = stack(gradients.map((gradient) => gradient.norm(normType))).norm(normType);
    const total = norm.item();
    if (errorIfNonfinite && !Number.isFinite(total)) {
      throw new ArgumentError(
        `clipGradNorm: the norm of order ${normType} is ${total}, so the gradients cannot be clipped; look for its source with detectAnomaly`,
      );
    }
    const factor = Math.min(1, maxNorm / (total + 1e-6));
    if (factor !== 1) for (const gradient of gradients) gradient.mul_(factor);
    return norm;
  });
}

/**
 * Brings every element of every gradient into [-clipValue, clipValue], in place. PyTorch: `torch.nn.utils.clip_grad_value_`.
 * Parameters without a gradient are passed over. Errors: ArgumentError for what is no tensor, or a bound that is not >= 0.
 *
 * @example
 * ```ts
 * import { clipGradValue } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([0, 0], { requiresGrad: true });
 * w.mul(tensor([3, -0.5])).sum().backward();
 * clipGradValue([w], 1);
 * console.log(w.grad); // tensor([ 1.0000, -0.5000])
 * ```
 */
export function clipGradValue(params: Tensor | Iterable<Tensor>, clipValue: number): void {
  checkBound('clipGradValue', 'clipValue', clipValue);
  const gradients = gradientsOf('clipGradValue', params);
  noGrad(() => {
    for (const gradient of gradients) gradient.clamp_(-clipValue, clipValue);
  });
}

function checkBound(owner: string, name: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0)) {
    throw new ArgumentError(`${owner}: ${name} must be a number >= 0, got ${value}`);
  }
}

function gradientsOf(owner: string, params: Tensor | Iterable<Tensor>): Tensor[] {
  return (params instanceof Tensor ? [params] : [...params]).flatMap((parameter, i) => {
    if (!(parameter instanceof Tensor)) {
      throw new ArgumentError(`${owner}: parameter ${i} is not a tensor; pass net.parameters()`);
    }
    return parameter.grad ?? [];
  });
}

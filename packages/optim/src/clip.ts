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
    const norm = normOf(gradients, normType);
    if (errorIfNonfinite) checkFinite('clipGradNorm', norm, normType);
    shorten(gradients, maxNorm, norm.item());
    return norm;
  });
}

/**
 * The norm of some tensors, such as gradients, as if they were one vector: a tensor of shape (); 0 where there are none. PyTorch:
 * `torch.nn.utils.get_total_norm`. Errors: ArgumentError for what is no tensor, and as {@link clipGradNorm}.
 *
 * @example
 * ```ts
 * import { getTotalNorm } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(getTotalNorm([tensor([3, 0]), tensor([[4]])])); // tensor(5.)
 * ```
 */
export function getTotalNorm(
  tensors: Tensor | Iterable<Tensor>,
  { normType = 2, errorIfNonfinite = false }: ClipGradNormOptions = {},
): Tensor {
  const list = tensorsOf('getTotalNorm', tensors);
  if (list.length === 0) return tensor(0);
  const norm = normOf(list, normType);
  if (errorIfNonfinite) checkFinite('getTotalNorm', norm, normType);
  return norm;
}

/**
 * Shortens all gradients together, in place, where `totalNorm` is larger than `maxNorm`: what {@link clipGradNorm} does, with a norm
 * that is known already, such as that of more parameters. PyTorch: `torch.nn.utils.clip_grads_with_norm_`. Errors: ArgumentError for
 * what is no tensor, or a bound that is not >= 0.
 *
 * @example
 * ```ts
 * import { clipGradsWithNorm } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([0, 0], { requiresGrad: true });
 * w.mul(tensor([3, 4])).sum().backward();
 * clipGradsWithNorm([w], 1, tensor(10));
 * console.log(w.grad); // tensor([0.3000, 0.4000])
 * ```
 */
export function clipGradsWithNorm(
  params: Tensor | Iterable<Tensor>,
  maxNorm: number,
  totalNorm: Tensor,
): void {
  checkBound('clipGradsWithNorm', 'maxNorm', maxNorm);
  const gradients = gradientsOf('clipGradsWithNorm', params);
  noGrad(() => shorten(gradients, maxNorm, totalNorm.item()));
}

const normOf = (tensors: readonly Tensor[], order: number): Tensor =>
  stack(tensors.map((one) => one.norm(order))).norm(order);

function shorten(gradients: readonly Tensor[], maxNorm: number, total: number): void {
  const factor = Math.min(1, maxNorm / (total + 1e-6));
  if (factor !== 1) for (const gradient of gradients) gradient.mul_(factor);
}

function checkFinite(owner: string, norm: Tensor, normType: number): void {
  const total = norm.item();
  if (Number.isFinite(total)) return;
  throw new ArgumentError(
    `${owner}: the norm of order ${normType} is ${total}, so the gradients cannot be clipped; look for its source with detectAnomaly`,
  );
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

function tensorsOf(owner: string, params: Tensor | Iterable<Tensor>): Tensor[] {
  const list = params instanceof Tensor ? [params] : [...params];
  const wrong = list.findIndex((parameter) => !(parameter instanceof Tensor));
  if (wrong < 0) return list;
  throw new ArgumentError(`${owner}: parameter ${wrong} is not a tensor; pass net.parameters()`);
}

const gradientsOf = (owner: string, params: Tensor | Iterable<Tensor>): Tensor[] =>
  tensorsOf(owner, params).flatMap(({ grad }) => grad ?? []);

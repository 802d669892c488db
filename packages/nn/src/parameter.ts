import { Tensor } from '@tensortape/autograd';

/**
 * A tensor that a {@link Module} learns: found by `parameters()` when it is a field of a module, saved by `stateDict()`,
 * updated by optimizers. PyTorch: `torch.nn.Parameter`.
 *
 * The elements are copied, so that nothing else can change them. A plain tensor in a field is no parameter: it is neither
 * trained nor saved.
 *
 * @example
 * ```ts
 * import { Module, Parameter } from '@tensortape/nn';
 * import { ones, type Tensor } from '@tensortape/autograd';
 *
 * class Scale extends Module {
 *   factor = new Parameter(ones([2]));
 *   forward(x: Tensor) {
 *     return x.mul(this.factor);
 *   }
 * }
 * console.log(new Scale().parameters().length); // 1
 * ```
 */
export class Parameter extends Tensor {
  /** @internal Keeps plain tensors from passing as parameters in the type checker. */
  declare protected readonly nominal: 'Parameter';

  /**
   * @param data The initial values.
   * @param options `requiresGrad: false` for a parameter that is saved but not trained; integers need it.
   */
  constructor(data: Tensor, { requiresGrad = true }: { readonly requiresGrad?: boolean } = {}) {
    const { storage, dtype, shape } = data.detach().clone();
    super(storage, dtype, shape);
    this.requiresGrad_(requiresGrad);
  }

  /** The tensor as PyTorch prints a parameter. */
  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }
}

/**
 * A tensor that belongs to a {@link Module} and is not learned, such as running statistics: moved by `to()`, saved by
 * `stateDict()` when it is persistent. PyTorch: `torch.nn.Buffer`. The elements are copied.
 *
 * @example
 * ```ts
 * import { Buffer, Module } from '@tensortape/nn';
 * import { tensor, type Tensor } from '@tensortape/autograd';
 *
 * class Standardise extends Module {
 *   mean = new Buffer(tensor([0.5]));
 *   forward(x: Tensor) {
 *     return x.sub(this.mean);
 *   }
 * }
 * console.log([...new Standardise().stateDict().keys()]); // [ 'mean' ]
 * ```
 */
export class Buffer extends Tensor {
  /** Whether `stateDict()` holds it. */
  readonly persistent: boolean;

  /**
   * @param data The initial values.
   * @param options `persistent: false` for values that are computed anew rather than saved.
   */
  constructor(data: Tensor, { persistent = true }: { readonly persistent?: boolean } = {}) {
    const { storage, dtype, shape } = data.detach().clone();
    super(storage, dtype, shape);
    this.persistent = persistent;
  }
}

import {
  ArgumentError,
  type FloatDType,
  formatShape,
  getDefaultDType,
  ShapeError,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { linear } from '../functional/linear.ts';
import { kaimingUniform_, uniform_ } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

/** Options of {@link Linear}. */
export interface LinearOptions {
  /** Whether to add a bias. Default true. */
  readonly bias?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/**
 * $x W^\top + b$ along the last axis: (…, inFeatures) to (…, outFeatures). PyTorch: `torch.nn.Linear`, with its initial
 * values for the same seed: weight and bias are uniform on $\pm 1 / \sqrt{\text{inFeatures}}$.
 *
 * Errors: ShapeError when the last axis of an input has another length.
 *
 * @example
 * ```ts
 * import { Linear } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const fc = new Linear(784, 10);
 * console.log(fc.forward(ones([32, 784])).shape); // [ 32, 10 ]
 * ```
 */
export class Linear extends Module {
  /** The length of the last axis of inputs. */
  readonly inFeatures: number;
  /** The length of the last axis of outputs. */
  readonly outFeatures: number;
  /** W, of shape (outFeatures, inFeatures). */
  weight: Parameter;
  /** b, of shape (outFeatures), or null without. */
  bias: Parameter | null;

  /**
   * @param inFeatures The length of the last axis of inputs.
   * @param outFeatures The length of the last axis of outputs.
   * @param options `bias: false` for none; `dtype`.
   */
  constructor(
    inFeatures: number,
    outFeatures: number,
    { bias = true, dtype = getDefaultDType() }: LinearOptions = {},
  ) {
    super();
    for (const [name, count] of Object.entries({ inFeatures, outFeatures })) {
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new ArgumentError(`Linear: ${name} must be a whole number >= 0, got ${count}`);
      }
    }
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(zeros([outFeatures, inFeatures], { dtype }));
    this.bias = bias ? new Parameter(zeros([outFeatures], { dtype })) : null;
    this.resetParameters();
  }

  /** Draws initial values again. */
  resetParameters(): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias === null) return;
    const bound = this.inFeatures > 0 ? 1 / Math.sqrt(this.inFeatures) : 0;
    uniform_(this.bias, -bound, bound);
  }

  /** `x` (…, inFeatures) to (…, outFeatures). */
  forward(x: Tensor): Tensor {
    const features = x.shape.at(-1);
    if (features !== this.inFeatures) {
      throw new ShapeError(`expected ${this.inFeatures} input features, ${this.#remedy(x)}`);
    }
    return linear(x, this.weight, this.bias);
  }

  #remedy({ shape }: Tensor): string {
    const features = shape.at(-1);
    if (features === undefined) return 'got a 0-dimensional tensor';
    const flattened = shape.slice(1).reduce((product, length) => product * length, 1);
    if (shape.length > 2 && flattened === this.inFeatures) {
      return `got ${features} in shape ${formatShape(shape)}: try new nn.Flatten() before`;
    }
    return `got ${features}: try new nn.Linear(${features}, ${this.outFeatures})`;
  }

  /** The options. */
  override extraRepr(): string {
    return `inFeatures=${this.inFeatures}, outFeatures=${this.outFeatures}, bias=${this.bias !== null}`;
  }
}

/** Passes its input on: a placeholder. PyTorch: `torch.nn.Identity`. */
export class Identity extends Module {
  /** `x` itself. */
  forward(x: Tensor): Tensor {
    return x;
  }
}

/**
 * Merges neighbouring axes into one; from `startDim` 1 on, as by default, the axis of the batch stays.
 * PyTorch: `torch.nn.Flatten`.
 *
 * @example
 * ```ts
 * import { Flatten } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * console.log(new Flatten().forward(ones([32, 1, 28, 28])).shape); // [ 32, 784 ]
 * ```
 */
export class Flatten extends Module {
  /** The first axis to merge. */
  readonly startDim: number;
  /** The last axis to merge. */
  readonly endDim: number;

  /**
   * @param startDim The first axis to merge; negative ones count from the end.
   * @param endDim The last axis to merge.
   */
  constructor(startDim = 1, endDim = -1) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  /** `x` with the axes merged. */
  forward(x: Tensor): Tensor {
    return x.flatten(this.startDim, this.endDim);
  }

  /** The options. */
  override extraRepr(): string {
    return `startDim=${this.startDim}, endDim=${this.endDim}`;
  }
}

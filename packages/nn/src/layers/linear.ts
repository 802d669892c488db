import {
  type FloatDType,
  formatShape,
  getDefaultDType,
  ShapeError,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { checkCount, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { bilinear, linear } from '../functional/linear.ts';
import { uniform_ } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { resetAffine } from './reset.ts';

/** Options of {@link Linear} and {@link Bilinear}. */
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
    { bias = true, dtype = getDefaultDType(), ...others }: LinearOptions = {},
  ) {
    super();
    checkNoOthers('Linear', others);
    checkCount('Linear', 'inFeatures', inFeatures, 0);
    checkCount('Linear', 'outFeatures', outFeatures, 0);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(zeros([outFeatures, inFeatures], { dtype }));
    this.bias = bias ? new Parameter(zeros([outFeatures], { dtype })) : null;
    this.noteFields();
    this.resetParameters();
  }

  /** Draws initial values again. */
  resetParameters(): void {
    resetAffine(this.weight, this.bias);
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
    const { inFeatures, outFeatures, bias } = this;
    return describe({ inFeatures, outFeatures, bias: bias !== null });
  }
}

/**
 * $y_o = x_1^\top W_o x_2 + b_o$: (…, in1Features) and (…, in2Features) to (…, outFeatures); see {@link functional.bilinear}.
 * PyTorch: `torch.nn.Bilinear`, with its initial values for the same seed: uniform on $\pm 1 / \sqrt{\text{in1Features}}$.
 *
 * Errors: ShapeError when the last axis of an input has another length.
 *
 * @example
 * ```ts
 * import { Bilinear } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * console.log(new Bilinear(3, 4, 5).forward(ones([2, 3]), ones([2, 4])).shape); // [ 2, 5 ]
 * ```
 */
export class Bilinear extends Module {
  /** The length of the last axis of first inputs. */
  readonly in1Features: number;
  /** The length of the last axis of second inputs. */
  readonly in2Features: number;
  /** The length of the last axis of outputs. */
  readonly outFeatures: number;
  /** W, of shape (outFeatures, in1Features, in2Features). */
  weight: Parameter;
  /** b, of shape (outFeatures), or null without. */
  bias: Parameter | null;

  /**
   * @param in1Features The length of the last axis of first inputs.
   * @param in2Features The length of the last axis of second inputs.
   * @param outFeatures The length of the last axis of outputs.
   * @param options `bias: false` for none; `dtype`.
   */
  constructor(
    in1Features: number,
    in2Features: number,
    outFeatures: number,
    { bias = true, dtype = getDefaultDType(), ...others }: LinearOptions = {},
  ) {
    super();
    checkNoOthers('Bilinear', others);
    checkCount('Bilinear', 'in1Features', in1Features);
    checkCount('Bilinear', 'in2Features', in2Features);
    checkCount('Bilinear', 'outFeatures', outFeatures);
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(zeros([outFeatures, in1Features, in2Features], { dtype }));
    this.bias = bias ? new Parameter(zeros([outFeatures], { dtype })) : null;
    this.noteFields();
    this.resetParameters();
  }

  /** Draws initial values again. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, -bound, bound);
    if (this.bias !== null) uniform_(this.bias, -bound, bound);
  }

  /** `x1` (…, in1Features) and `x2` (…, in2Features) to (…, outFeatures). */
  forward(x1: Tensor, x2: Tensor): Tensor {
    return bilinear(x1, x2, this.weight, this.bias);
  }

  /** The options. */
  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return describe({ in1Features, in2Features, outFeatures, bias: bias !== null });
  }
}

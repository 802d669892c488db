import {
  celu,
  elu,
  type FloatDType,
  full,
  type GeluOptions,
  gelu,
  getDefaultDType,
  glu,
  hardshrink,
  hardtanh,
  leakyRelu,
  prelu,
  type SoftplusOptions,
  softplus,
  softshrink,
  type Tensor,
  threshold,
} from '@tensortape/autograd';
import { checkBounds, checkChoice, checkCount, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { rrelu } from '../functional/activation.ts';
import { constant_ } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

/** x for positive elements, and alpha (e^x - 1) for the others: see {@link functional.elu}. PyTorch: `torch.nn.ELU`. */
export class ELU extends Module {
  /** What the function tends to at minus infinity, negated. */
  readonly alpha: number;

  /** @param alpha What the function tends to at minus infinity, negated. */
  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  /** x for positive elements, and alpha (e^x - 1) for the others. */
  forward(x: Tensor): Tensor {
    return elu(x, this.alpha);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ alpha: this.alpha });
  }
}

/** x for positive elements, and alpha (e^(x / alpha) - 1) for the others: see {@link functional.celu}. PyTorch: `torch.nn.CELU`. */
export class CELU extends Module {
  /** What the function tends to at minus infinity, negated. */
  readonly alpha: number;

  /** @param alpha What the function tends to at minus infinity, negated. */
  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  /** x for positive elements, and alpha (e^(x / alpha) - 1) for the others. */
  forward(x: Tensor): Tensor {
    return celu(x, this.alpha);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ alpha: this.alpha });
  }
}

/** x for positive elements, and a small multiple for the others: see {@link functional.leakyRelu}. PyTorch: `torch.nn.LeakyReLU`. */
export class LeakyReLU extends Module {
  /** The factor of negative elements. */
  readonly negativeSlope: number;

  /** @param negativeSlope The factor of negative elements. */
  constructor(negativeSlope = 0.01) {
    super();
    this.negativeSlope = negativeSlope;
  }

  /** x for positive elements, and a small multiple for the others. */
  forward(x: Tensor): Tensor {
    return leakyRelu(x, this.negativeSlope);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ negativeSlope: this.negativeSlope });
  }
}

/** x cut off at both ends: see {@link functional.hardtanh}. PyTorch: `torch.nn.Hardtanh`. */
export class Hardtanh extends Module {
  /** The least value. */
  readonly minVal: number;
  /** The largest value. */
  readonly maxVal: number;

  /**
   * @param minVal The least value.
   * @param maxVal The largest value.
   */
  constructor(minVal = -1, maxVal = 1) {
    super();
    this.minVal = minVal;
    this.maxVal = maxVal;
  }

  /** x cut off at both ends. */
  forward(x: Tensor): Tensor {
    return hardtanh(x, this.minVal, this.maxVal);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ minVal: this.minVal, maxVal: this.maxVal });
  }
}

/** x where it lies outside of +-lambd, and 0 inside: see {@link functional.hardshrink}. PyTorch: `torch.nn.Hardshrink`. */
export class Hardshrink extends Module {
  /** The half width of what becomes 0. */
  readonly lambd: number;

  /** @param lambd The half width of what becomes 0. */
  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  /** x where it lies outside of +-lambd, and 0 inside. */
  forward(x: Tensor): Tensor {
    return hardshrink(x, this.lambd);
  }

  /** The options. */
  override extraRepr(): string {
    return String(this.lambd);
  }
}

/** x moved towards 0 by lambd, and 0 where it would pass it: see {@link functional.softshrink}. PyTorch: `torch.nn.Softshrink`. */
export class Softshrink extends Module {
  /** How far elements are moved. */
  readonly lambd: number;

  /** @param lambd How far elements are moved. */
  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  /** x moved towards 0 by lambd, and 0 where it would pass it. */
  forward(x: Tensor): Tensor {
    return softshrink(x, this.lambd);
  }

  /** The options. */
  override extraRepr(): string {
    return String(this.lambd);
  }
}

/** x where it lies above a threshold, and a value elsewhere: see {@link functional.threshold}. PyTorch: `torch.nn.Threshold`. */
export class Threshold extends Module {
  /** The threshold. */
  readonly threshold: number;
  /** What other elements become. */
  readonly value: number;

  /**
   * @param threshold The threshold.
   * @param value What other elements become.
   */
  constructor(threshold: number, value: number) {
    super();
    this.threshold = threshold;
    this.value = value;
  }

  /** x where it lies above a threshold, and a value elsewhere. */
  forward(x: Tensor): Tensor {
    return threshold(x, this.threshold, this.value);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ threshold: this.threshold, value: this.value });
  }
}

/** The first half along an axis times the sigmoid of the second: see {@link functional.glu}. PyTorch: `torch.nn.GLU`. */
export class GLU extends Module {
  /** The axis that is halved. */
  readonly dim: number;

  /** @param dim The axis that is halved. */
  constructor(dim = -1) {
    super();
    this.dim = dim;
  }

  /** The first half along an axis times the sigmoid of the second. */
  forward(x: Tensor): Tensor {
    return glu(x, this.dim);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ dim: this.dim });
  }
}

/**
 * x for positive elements, and a random multiple for the others, drawn anew for each in training; the mean of the bounds in
 * evaluation: see {@link functional.rrelu}. PyTorch: `torch.nn.RReLU`. Source: B. Xu et al., "Empirical Evaluation of Rectified
 * Activations in Convolutional Network", 2015.
 */
export class RReLU extends Module {
  /** The least factor of negative elements. */
  readonly lower: number;
  /** The largest factor of negative elements. */
  readonly upper: number;

  /**
   * @param lower The least factor of negative elements.
   * @param upper The largest factor of negative elements. Errors: ArgumentError when it is below `lower`.
   */
  constructor(lower = 1 / 8, upper = 1 / 3) {
    super();
    checkBounds('RReLU', lower, upper);
    this.lower = lower;
    this.upper = upper;
  }

  /** x where it is positive, and a multiple elsewhere. */
  forward(x: Tensor): Tensor {
    const { lower, upper, training } = this;
    return rrelu(x, lower, upper, { training });
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ lower: this.lower, upper: this.upper });
  }
}

/**
 * x times the share of the standard normal distribution below x: see {@link functional.gelu}. PyTorch: `torch.nn.GELU`.
 *
 * @example
 * ```ts
 * import { GELU } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new GELU({ approximate: 'tanh' }).forward(tensor(1)).item().toFixed(4)); // 0.8412
 * ```
 */
export class GELU extends Module {
  /** 'none', or 'tanh' for the formula by the hyperbolic tangent. */
  readonly approximate: 'none' | 'tanh';

  /** @param options `approximate`: 'none' unless given. */
  constructor({ approximate = 'none', ...others }: GeluOptions = {}) {
    super();
    checkNoOthers('GELU', others);
    checkChoice('GELU', 'approximate', approximate, ['none', 'tanh']);
    this.approximate = approximate;
  }

  /** The function of every element. */
  forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }

  /** The options. */
  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/** A smooth ReLU: $\frac{1}{\beta} \ln(1 + e^{\beta x})$. See {@link functional.softplus}. PyTorch: `torch.nn.Softplus`. */
export class Softplus extends Module {
  /** How sharp the bend is. */
  readonly beta: number;
  /** Where beta x lies above it the function is x itself. */
  readonly threshold: number;

  /** @param options `beta`, 1 unless given, and `threshold`, 20 unless given. */
  constructor({ beta = 1, threshold = 20, ...others }: SoftplusOptions = {}) {
    super();
    checkNoOthers('Softplus', others);
    this.beta = beta;
    this.threshold = threshold;
  }

  /** The function of every element. */
  forward(x: Tensor): Tensor {
    return softplus(x, { beta: this.beta, threshold: this.threshold });
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ beta: this.beta, threshold: this.threshold });
  }
}

/** Options of {@link PReLU}. */
export interface PReLUOptions {
  /** The number of learned factors: 1 for all, or one for each channel. Default 1. */
  readonly numParameters?: number;
  /** What the factors start with. Default 0.25. */
  readonly init?: number;
  /** The dtype of the factors; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/**
 * x for positive elements, and a learned multiple for the others: see {@link functional.prelu}. PyTorch: `torch.nn.PReLU`. Source:
 * K. He et al., "Delving Deep into Rectifiers", 2015.
 *
 * Errors: ShapeError for an input with another number of channels (axis 1).
 *
 * @example
 * ```ts
 * import { PReLU } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new PReLU().forward(tensor([-4, 2])).toArray()); // [ -1, 2 ]
 * ```
 */
export class PReLU extends Module {
  /** The number of learned factors. */
  readonly numParameters: number;
  /** What the factors start with. */
  readonly init: number;
  /** The factors of negative elements. */
  weight: Parameter;

  /** @param options `numParameters` (1), `init` (0.25), `dtype`. */
  constructor({ numParameters = 1, init = 0.25, dtype = getDefaultDType(), ...others }: PReLUOptions = {}) {
    super();
    checkNoOthers('PReLU', others);
    checkCount('PReLU', 'numParameters', numParameters);
    this.numParameters = numParameters;
    this.init = init;
    this.weight = new Parameter(full([numParameters], init, { dtype }));
    this.noteFields();
  }

  /** Sets the factors to what they started with. */
  resetParameters(): void {
    constant_(this.weight, this.init);
  }

  /** x where it is positive, and the multiple elsewhere. */
  forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ numParameters: this.numParameters });
  }
}

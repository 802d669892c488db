import {
  type FloatDType,
  formatShape,
  getDefaultDType,
  groupNorm,
  type LocalResponseNormOptions,
  layerNorm,
  localResponseNorm,
  noGrad,
  ones,
  rmsNorm,
  type Shape,
  ShapeError,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { checkCount, checkDivisible, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

/** Options of {@link LayerNorm}. */
export interface LayerNormLayerOptions {
  /** Added to the variance, against division by 0. Default 1e-5. */
  readonly eps?: number;
  /** Whether to learn a factor and an offset for each element. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Whether the offset is learned too. Default true. */
  readonly bias?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

function checkNormalized(owner: string, normalizedShape: number | Shape): Shape {
  const shape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
  if (shape.length === 0)
    throw new ShapeError(`${owner}: normalizedShape is empty: give the last lengths of inputs`);
  for (const length of shape) checkCount(owner, 'normalizedShape', length);
  return shape;
}

/** Refuses an input that does not end with the lengths that are normalized. */
function checkLast(owner: string, x: Tensor, normalized: Shape): void {
  const last = x.shape.slice(-normalized.length);
  if (last.length === normalized.length && last.every((length, i) => length === normalized[i])) return;
  throw new ShapeError(
    `expected an input whose last axes are ${formatShape(normalized)}, got shape ${formatShape(x.shape)}: try new ` +
      `nn.${owner}([${last.join(', ')}])`,
  );
}

/**
 * $\gamma (x - \mu) / \sqrt{\sigma^2 + \epsilon} + \beta$ with mean and variance over the last axes: see
 * {@link functional.layerNorm}. PyTorch: `torch.nn.LayerNorm`. Source: J. L. Ba et al., "Layer Normalization", 2016.
 *
 * Errors: ShapeError for an input whose last axes have other lengths.
 *
 * @example
 * ```ts
 * import { LayerNorm } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new LayerNorm(2).forward(tensor([[1, 3], [10, 30]])).round().toArray()); // [ [ -1, 1 ], [ -1, 1 ] ]
 * ```
 */
export class LayerNorm extends Module {
  /** The lengths of the axes that are normalized. */
  readonly normalizedShape: Shape;
  /** Added to the variance. */
  readonly eps: number;
  /** A factor for each element, or null without. */
  weight: Parameter | null;
  /** An offset for each element, or null without. */
  bias: Parameter | null;

  /**
   * @param normalizedShape The last lengths of inputs; a number for one axis.
   * @param options `eps` (1e-5), `elementwiseAffine`, `bias` (true), `dtype`.
   */
  constructor(
    normalizedShape: number | Shape,
    {
      eps = 1e-5,
      elementwiseAffine = true,
      bias = true,
      dtype = getDefaultDType(),
      ...others
    }: LayerNormLayerOptions = {},
  ) {
    super();
    checkNoOthers('LayerNorm', others);
    this.normalizedShape = checkNormalized('LayerNorm', normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, { dtype })) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape, { dtype })) : null;
    this.noteFields();
  }

  /** Sets factors to 1 and offsets to 0. */
  resetParameters(): void {
    resetNorm(this);
  }

  /** `x` normalized over its last axes. */
  forward(x: Tensor): Tensor {
    const { normalizedShape, weight, bias, eps } = this;
    checkLast('LayerNorm', x, normalizedShape);
    return layerNorm(x, normalizedShape, { weight, bias, eps });
  }

  /** The options. */
  override extraRepr(): string {
    const { normalizedShape, eps, weight, bias } = this;
    const flags = { elementwiseAffine: weight !== null, bias: bias !== null };
    return `${formatShape(normalizedShape)}, ${describe({ eps, ...flags })}`;
  }
}

/** Sets factors to 1 and offsets to 0. */
function resetNorm({ weight, bias }: { weight: Parameter | null; bias?: Parameter | null }): void {
  noGrad(() => {
    weight?.fill_(1);
    bias?.zero_();
  });
}

/** Options of {@link RMSNorm}. */
export interface RMSNormLayerOptions {
  /** Added to the mean square; null is the distance from 1 to the next number of the dtype. Default null. */
  readonly eps?: number | null;
  /** Whether to learn a factor for each element. Default true. */
  readonly elementwiseAffine?: boolean;
  /** The dtype of the parameter; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/**
 * $\gamma x / \sqrt{\text{mean}(x^2) + \epsilon}$ with the mean over the last axes: see {@link functional.rmsNorm}. PyTorch:
 * `torch.nn.RMSNorm`. Source: B. Zhang, R. Sennrich, "Root Mean Square Layer Normalization", 2019.
 *
 * Errors: ShapeError for an input whose last axes have other lengths.
 *
 * @example
 * ```ts
 * import { RMSNorm } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new RMSNorm(2).forward(tensor([1, 7])).mul(10).round().toArray()); // [ 2, 14 ]
 * ```
 */
export class RMSNorm extends Module {
  /** The lengths of the axes that are normalized. */
  readonly normalizedShape: Shape;
  /** Added to the mean square; null is the distance from 1 to the next number of the dtype. */
  readonly eps: number | null;
  /** A factor for each element, or null without. */
  weight: Parameter | null;

  /**
   * @param normalizedShape The last lengths of inputs; a number for one axis.
   * @param options `eps` (null), `elementwiseAffine` (true), `dtype`.
   */
  constructor(
    normalizedShape: number | Shape,
    { eps = null, elementwiseAffine = true, dtype = getDefaultDType(), ...others }: RMSNormLayerOptions = {},
  ) {
    super();
    checkNoOthers('RMSNorm', others);
    this.normalizedShape = checkNormalized('RMSNorm', normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, { dtype })) : null;
    this.noteFields();
  }

  /** Sets factors to 1. */
  resetParameters(): void {
    resetNorm(this);
  }

  /** `x` divided by its root mean square over its last axes. */
  forward(x: Tensor): Tensor {
    const { normalizedShape, weight, eps } = this;
    checkLast('RMSNorm', x, normalizedShape);
    return rmsNorm(x, normalizedShape, eps === null ? { weight } : { weight, eps });
  }

  /** The options. */
  override extraRepr(): string {
    const { normalizedShape, eps, weight } = this;
    return `${formatShape(normalizedShape)}, ${describe({ eps, elementwiseAffine: weight !== null })}`;
  }
}

/** Options of {@link GroupNorm}. */
export interface GroupNormLayerOptions {
  /** Added to the variance, against division by 0. Default 1e-5. */
  readonly eps?: number;
  /** Whether to learn a factor and an offset for each channel. Default true. */
  readonly affine?: boolean;
  /** Whether the offset is learned too. Default true. */
  readonly bias?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/**
 * $\gamma (x - \mu) / \sqrt{\sigma^2 + \epsilon} + \beta$ with mean and variance over groups of channels of (n, channels, …): see
 * {@link functional.groupNorm}. PyTorch: `torch.nn.GroupNorm`. Source: Y. Wu, K. He, "Group Normalization", 2018.
 *
 * Errors: ArgumentError when the channels do not fall into so many groups; ShapeError for an input with other channels.
 *
 * @example
 * ```ts
 * import { GroupNorm } from '@tensortape/nn';
 * import { randn } from '@tensortape/autograd';
 *
 * console.log(new GroupNorm(2, 6).forward(randn([4, 6, 5, 5])).shape); // [ 4, 6, 5, 5 ]
 * ```
 */
export class GroupNorm extends Module {
  /** Into how many groups the channels are divided. */
  readonly numGroups: number;
  /** The number of channels. */
  readonly numChannels: number;
  /** Added to the variance. */
  readonly eps: number;
  /** A factor for each channel, or null without. */
  weight: Parameter | null;
  /** An offset for each channel, or null without. */
  bias: Parameter | null;

  /**
   * @param numGroups Into how many groups the channels are divided.
   * @param numChannels The number of channels.
   * @param options `eps` (1e-5), `affine`, `bias` (true), `dtype`.
   */
  constructor(
    numGroups: number,
    numChannels: number,
    {
      eps = 1e-5,
      affine = true,
      bias = true,
      dtype = getDefaultDType(),
      ...others
    }: GroupNormLayerOptions = {},
  ) {
    super();
    checkNoOthers('GroupNorm', others);
    checkDivisible('GroupNorm', 'numChannels', numChannels, 'numGroups', numGroups);
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.weight = affine ? new Parameter(ones([numChannels], { dtype })) : null;
    this.bias = affine && bias ? new Parameter(zeros([numChannels], { dtype })) : null;
    this.noteFields();
  }

  /** Sets factors to 1 and offsets to 0. */
  resetParameters(): void {
    resetNorm(this);
  }

  /** `x` normalized over its groups. */
  forward(x: Tensor): Tensor {
    const { numGroups, numChannels, weight, bias, eps } = this;
    if (x.ndim < 2 || x.shape[1] !== numChannels) {
      throw new ShapeError(
        `expected an input (n, ${numChannels}, …), got shape ${formatShape(x.shape)}: axis 1 must hold the channels`,
      );
    }
    return groupNorm(x, numGroups, { weight, bias, eps });
  }

  /** The options. */
  override extraRepr(): string {
    const { numGroups, numChannels, eps, weight, bias } = this;
    return `${numGroups}, ${numChannels}, ${describe({ eps, affine: weight !== null, bias: bias !== null })}`;
  }
}

/**
 * Divides each element by a power of the mean square of its neighbours along the channels: see
 * {@link functional.localResponseNorm}. PyTorch: `torch.nn.LocalResponseNorm`. Source: A. Krizhevsky et al., "ImageNet
 * Classification with Deep Convolutional Neural Networks", 2012.
 *
 * Errors, at the first call: ArgumentError for a size out of range; ShapeError below 3 axes.
 */
export class LocalResponseNorm extends Module {
  /** How many channels are neighbours. */
  readonly size: number;
  /** The factor of the mean square. */
  readonly alpha: number;
  /** The exponent. */
  readonly beta: number;
  /** Added to the mean square. */
  readonly k: number;

  /**
   * @param size How many channels are neighbours.
   * @param options `alpha` (1e-4), `beta` (0.75), `k` (1).
   */
  constructor(size: number, { alpha = 1e-4, beta = 0.75, k = 1, ...others }: LocalResponseNormOptions = {}) {
    super();
    checkNoOthers('LocalResponseNorm', others);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  /** `x` (n, channels, …), normalized. */
  forward(x: Tensor): Tensor {
    const { size, alpha, beta, k } = this;
    return localResponseNorm(x, size, { alpha, beta, k });
  }

  /** The options. */
  override extraRepr(): string {
    const { size, alpha, beta, k } = this;
    return `${size}, ${describe({ alpha, beta, k })}`;
  }
}

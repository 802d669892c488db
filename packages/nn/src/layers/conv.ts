import {
  ArgumentError,
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type FloatDType,
  getDefaultDType,
  type One,
  pad,
  type Shape,
  type Tensor,
  type Three,
  type Two,
  zeros,
} from '@tensortape/autograd';
import { perAxis } from '../axes.ts';
import { checkChannels, checkChoice, checkDivisible, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { resetAffine } from './reset.ts';

/** What stands beyond the edges of an input: zeros, its mirror image, its last values, or its other end. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

/** What all convolutions can be told about their parameters. */
interface ParameterOptions {
  /** Whether to add a bias. Default true. */
  readonly bias?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** Options of {@link Conv1d}, {@link Conv2d} and {@link Conv3d}. */
export interface ConvLayerOptions<Axes extends readonly number[]>
  extends ConvOptions<Axes>,
    ParameterOptions {
  /** What the padding consists of. Default 'zeros'. */
  readonly paddingMode?: PaddingMode;
}

/** Options of {@link ConvTranspose1d}, {@link ConvTranspose2d} and {@link ConvTranspose3d}. */
export interface ConvTransposeLayerOptions<Axes extends readonly number[]>
  extends ConvTransposeOptions<Axes>,
    ParameterOptions {}

/** An operation, and along how many axes its windows slide. */
interface Sliding<Options> {
  readonly axes: number;
  readonly run: (x: Tensor, weight: Tensor, bias: Tensor | null, options: Options) => Tensor;
}

/** What convolutions and transposed ones share: their sizes, weight and bias. */
abstract class ConvolutionBase<Axes extends readonly number[], Options> extends Module {
  /** The channels of inputs. */
  readonly inChannels: number;
  /** The channels of outputs. */
  readonly outChannels: number;
  /** The lengths of the kernel. */
  readonly kernelSize: Axes;
  /** The step from one window to the next, for each axis. */
  readonly stride: Axes;
  /** The step from one element of a window to the next, for each axis. */
  readonly dilation: Axes;
  /** Into how many parts the channels are divided. */
  readonly groups: number;
  /** The filters. */
  weight: Parameter;
  /** One number for each output channel, or null without. */
  bias: Parameter | null;

  /** @internal What is run: all in which ranks differ. */
  protected abstract sliding(): Sliding<Options>;

  constructor(
    transposed: boolean,
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    {
      stride = 1,
      dilation = 1,
      groups = 1,
      bias = true,
      dtype = getDefaultDType(),
      ...others
    }: Omit<ConvLayerOptions<Axes>, 'padding' | 'paddingMode'>,
  ) {
    super();
    const owner = new.target.name;
    checkNoOthers(owner, others);
    checkDivisible(owner, 'inChannels', inChannels, 'groups', groups);
    checkDivisible(owner, 'outChannels', outChannels, 'groups', groups);
    const { axes } = this.sliding();
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = perAxis(owner, 'kernelSize', kernelSize, axes, 1);
    this.stride = perAxis(owner, 'stride', stride, axes, 1);
    this.dilation = perAxis(owner, 'dilation', dilation, axes, 1);
    this.groups = groups;
    const [outer, inner] = transposed ? [inChannels, outChannels] : [outChannels, inChannels];
    this.weight = new Parameter(zeros([outer, inner / groups, ...this.kernelSize], { dtype }));
    this.bias = bias ? new Parameter(zeros([outChannels], { dtype })) : null;
    this.noteFields();
    this.resetParameters();
  }

  /** Draws initial values again. */
  resetParameters(): void {
    resetAffine(this.weight, this.bias);
  }

  /** Refuses what is no input of this layer. */
  protected checkInput(x: Tensor): void {
    checkChannels(
      x,
      this.kernelSize.length,
      this.inChannels,
      (given) => `try new nn.${this.constructor.name}(${given}, ${this.outChannels}, …)`,
    );
  }

  /** The options that are not the defaults, as PyTorch shows them. */
  protected describeWith(padding: Shape | string, between: object, after: object): string {
    const { inChannels, outChannels, kernelSize, stride, dilation, groups, bias } = this;
    const sizes = describe({
      kernelSize,
      stride,
      padding: isAll(padding, 0) ? undefined : padding,
      dilation: isAll(dilation, 1) ? undefined : dilation,
      ...between,
      groups: groups === 1 ? undefined : groups,
      bias: bias === null ? false : undefined,
      ...after,
    });
    return `${inChannels}, ${outChannels}, ${sizes}`;
  }
}

const isAll = (value: Shape | string, number: number): boolean =>
  typeof value !== 'string' && value.every((item) => item === number);

/** A convolution along some axes. */
abstract class Convolution<Axes extends readonly number[]> extends ConvolutionBase<Axes, ConvOptions<Axes>> {
  /** How much is added on both sides of each axis; 'same' keeps lengths, 'valid' adds nothing. */
  readonly padding: Axes | 'same' | 'valid';
  /** What the padding consists of. */
  readonly paddingMode: PaddingMode;

  /**
   * @param inChannels The channels of inputs.
   * @param outChannels The channels of outputs.
   * @param kernelSize The lengths of the kernel: one for all axes, or one for each.
   * @param options `stride`, `padding`, `dilation`, `groups`, `bias`, `paddingMode`, `dtype`.
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    { padding = 0, paddingMode = 'zeros', ...options }: ConvLayerOptions<Axes> = {},
  ) {
    super(false, inChannels, outChannels, kernelSize, options);
    const owner = new.target.name;
    checkChoice(owner, 'paddingMode', paddingMode, ['zeros', 'reflect', 'replicate', 'circular']);
    if (typeof padding === 'string') checkChoice(owner, 'padding', padding, ['same', 'valid']);
    if (padding === 'same' && this.stride.some((step) => step !== 1)) {
      throw new ArgumentError(
        `${owner}: padding 'same' is there for stride 1 only, got stride ${this.stride.join(', ')}; give the padding in numbers`,
      );
    }
    this.padding =
      typeof padding === 'string' ? padding : perAxis(owner, 'padding', padding, this.sliding().axes, 0);
    this.paddingMode = paddingMode;
  }

  /** The cross-correlation of `x` with the filters, plus the bias. */
  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const { weight, bias, stride, padding, dilation, groups, paddingMode } = this;
    if (paddingMode === 'zeros') {
      return this.sliding().run(x, weight, bias, { stride, padding, dilation, groups });
    }
    return this.sliding().run(pad(x, this.#margins(), paddingMode), weight, bias, {
      stride,
      dilation,
      groups,
    });
  }

  /** How much to add before and behind each axis, the last axis first, as `pad` wants it. */
  #margins(): number[] {
    const { padding, kernelSize, dilation } = this;
    const margins = kernelSize.map((length, axis) => {
      if (padding === 'valid') return [0, 0];
      if (padding !== 'same') return [padding[axis]!, padding[axis]!];
      const total = dilation[axis]! * (length - 1);
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    });
    return margins.reverse().flat();
  }

  /** The options. */
  override extraRepr(): string {
    const { padding, paddingMode } = this;
    return this.describeWith(padding, {}, { paddingMode: paddingMode === 'zeros' ? undefined : paddingMode });
  }
}

/**
 * A cross-correlation along one axis, (n, inChannels, length) to (n, outChannels, …), or without n: see
 * {@link functional.conv1d}. `weight` is (outChannels, inChannels / groups, kernelSize), `bias` (outChannels); initial values
 * as PyTorch's. PyTorch: `torch.nn.Conv1d`.
 *
 * Errors: ArgumentError for sizes and options out of range; ShapeError for an input of another rank or with other channels.
 *
 * @example
 * ```ts
 * import { Conv1d } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const conv = new Conv1d(4, 8, 3, { padding: 'same', paddingMode: 'circular' });
 * console.log(conv.forward(ones([2, 4, 10])).shape); // [ 2, 8, 10 ]
 * ```
 */
export class Conv1d extends Convolution<One> {
  /** @internal */
  protected override sliding(): Sliding<ConvOptions<One>> {
    return { axes: 1, run: conv1d };
  }
}

/**
 * A cross-correlation along two axes, (n, inChannels, height, width) to (n, outChannels, …), or without n: see
 * {@link functional.conv2d}. `weight` is (outChannels, inChannels / groups, kernel height, kernel width); initial values as
 * PyTorch's. PyTorch: `torch.nn.Conv2d`. Errors: as {@link Conv1d}.
 *
 * @example
 * ```ts
 * import { Conv2d } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const conv = new Conv2d(3, 16, 3, { stride: 2, padding: 1 });
 * console.log(conv.forward(ones([8, 3, 32, 32])).shape); // [ 8, 16, 16, 16 ]
 * ```
 */
export class Conv2d extends Convolution<Two> {
  /** @internal */
  protected override sliding(): Sliding<ConvOptions<Two>> {
    return { axes: 2, run: conv2d };
  }
}

/**
 * A cross-correlation along three axes, (n, inChannels, depth, height, width) to (n, outChannels, …), or without n: see
 * {@link functional.conv3d}. Initial values as PyTorch's. PyTorch: `torch.nn.Conv3d`. Errors: as {@link Conv1d}.
 */
export class Conv3d extends Convolution<Three> {
  /** @internal */
  protected override sliding(): Sliding<ConvOptions<Three>> {
    return { axes: 3, run: conv3d };
  }
}

/** A transposed convolution along some axes. */
abstract class TransposedConvolution<Axes extends readonly number[]> extends ConvolutionBase<
  Axes,
  ConvTransposeOptions<Axes>
> {
  /** How much is cut off both sides of each axis of the result. */
  readonly padding: Axes;
  /** How much longer the result is made at the end of each axis. */
  readonly outputPadding: Axes;

  /**
   * @param inChannels The channels of inputs.
   * @param outChannels The channels of outputs.
   * @param kernelSize The lengths of the kernel: one for all axes, or one for each.
   * @param options `stride`, `padding`, `outputPadding`, `groups`, `bias`, `dilation`, `dtype`.
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number | Axes,
    { padding = 0, outputPadding = 0, ...options }: ConvTransposeLayerOptions<Axes> = {},
  ) {
    super(true, inChannels, outChannels, kernelSize, options);
    const owner = new.target.name;
    const { axes } = this.sliding();
    this.padding = perAxis(owner, 'padding', padding, axes, 0);
    this.outputPadding = perAxis(owner, 'outputPadding', outputPadding, axes, 0);
  }

  /** The transposed convolution of `x` with the filters, plus the bias. */
  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const { weight, bias, stride, padding, outputPadding, groups, dilation } = this;
    return this.sliding().run(x, weight, bias, { stride, padding, outputPadding, groups, dilation });
  }

  /** The options. */
  override extraRepr(): string {
    const { padding, outputPadding } = this;
    return this.describeWith(
      padding,
      { outputPadding: isAll(outputPadding, 0) ? undefined : outputPadding },
      {},
    );
  }
}

/**
 * The transposed convolution along one axis, (n, inChannels, length) to (n, outChannels, …), or without n: see
 * {@link functional.convTranspose1d}. `weight` is (inChannels, outChannels / groups, kernelSize); initial values as PyTorch's.
 * PyTorch: `torch.nn.ConvTranspose1d`. Errors: as {@link Conv1d}.
 */
export class ConvTranspose1d extends TransposedConvolution<One> {
  /** @internal */
  protected override sliding(): Sliding<ConvTransposeOptions<One>> {
    return { axes: 1, run: convTranspose1d };
  }
}

/**
 * The transposed convolution along two axes, (n, inChannels, height, width) to (n, outChannels, …), or without n: see
 * {@link functional.convTranspose2d}. Initial values as PyTorch's. PyTorch: `torch.nn.ConvTranspose2d`. Errors: as
 * {@link Conv1d}.
 *
 * @example
 * ```ts
 * import { ConvTranspose2d } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const up = new ConvTranspose2d(8, 3, 4, { stride: 2, padding: 1 });
 * console.log(up.forward(ones([1, 8, 14, 14])).shape); // [ 1, 3, 28, 28 ]
 * ```
 */
export class ConvTranspose2d extends TransposedConvolution<Two> {
  /** @internal */
  protected override sliding(): Sliding<ConvTransposeOptions<Two>> {
    return { axes: 2, run: convTranspose2d };
  }
}

/**
 * The transposed convolution along three axes, (n, inChannels, depth, height, width) to (n, outChannels, …), or without n:
 * see {@link functional.convTranspose3d}. Initial values as PyTorch's. PyTorch: `torch.nn.ConvTranspose3d`. Errors: as
 * {@link Conv1d}.
 */
export class ConvTranspose3d extends TransposedConvolution<Three> {
  /** @internal */
  protected override sliding(): Sliding<ConvTransposeOptions<Three>> {
    return { axes: 3, run: convTranspose3d };
  }
}

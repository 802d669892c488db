import {
  channelShuffle,
  type FoldOptions,
  fold,
  type InterpolateMode,
  type InterpolateOptions,
  interpolate,
  pixelShuffle,
  pixelUnshuffle,
  type Tensor,
  type Two,
  unfold,
} from '@tensortape/autograd';
import { checkCount, checkKnown, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';

/**
 * Resizes (n, channels, …): see {@link functional.interpolate}. PyTorch: `torch.nn.Upsample`.
 *
 * Errors, at the call: ArgumentError unless exactly one of `size` and `scaleFactor` is given, for a mode that is unknown or for
 * another rank, and for options out of range.
 *
 * @example
 * ```ts
 * import { Upsample } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const up = new Upsample({ scaleFactor: 2 });
 * console.log(up.forward(tensor([[[1, 2]]])).toArray()); // [ [ [ 1, 1, 2, 2 ] ] ]
 * ```
 */
export class Upsample extends Module {
  /** What to resize to, and how. */
  readonly options: InterpolateOptions;

  /** @param options `size` or `scaleFactor`; `mode` ('nearest'), `alignCorners` (false), `recomputeScaleFactor` (false). */
  constructor(options: InterpolateOptions) {
    super();
    checkKnown(new.target.name, options, [
      'size',
      'scaleFactor',
      'mode',
      'alignCorners',
      'recomputeScaleFactor',
    ]);
    this.options = { ...options };
  }

  /** `x` resized. */
  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }

  /** The options. */
  override extraRepr(): string {
    const { size, scaleFactor, mode = 'nearest' } = this.options;
    return describe({ scaleFactor, size, mode: `'${mode}'` });
  }
}

/** Options of {@link UpsamplingNearest2d} and {@link UpsamplingBilinear2d}: one of the two is needed. */
export type UpsamplingOptions = Pick<InterpolateOptions, 'size' | 'scaleFactor'>;

/** Resizing with a mode that is part of the name. */
abstract class Upsampling extends Upsample {
  constructor(given: UpsamplingOptions, mode: InterpolateMode, alignCorners: boolean) {
    const { size, scaleFactor, ...others } = given;
    checkNoOthers(new.target.name, others);
    super({ ...given, mode, ...(alignCorners ? { alignCorners } : {}) });
  }
}

/** Repeats the elements of (n, channels, height, width): see {@link Upsample}. PyTorch: `torch.nn.UpsamplingNearest2d`. */
export class UpsamplingNearest2d extends Upsampling {
  /** @param options `size` or `scaleFactor`. */
  constructor(options: UpsamplingOptions) {
    super(options, 'nearest', false);
  }
}

/**
 * Interpolates (n, channels, height, width) linearly, with aligned corners: see {@link Upsample}. PyTorch:
 * `torch.nn.UpsamplingBilinear2d`.
 */
export class UpsamplingBilinear2d extends Upsampling {
  /** @param options `size` or `scaleFactor`. */
  constructor(options: UpsamplingOptions) {
    super(options, 'bilinear', true);
  }
}

/**
 * (…, channels r^2, height, width) to (…, channels, height r, width r): see {@link functional.pixelShuffle}. PyTorch:
 * `torch.nn.PixelShuffle`. Source: W. Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient
 * Sub-Pixel Convolutional Neural Network", 2016. Errors: ShapeError when the channels are not divisible.
 *
 * @example
 * ```ts
 * import { PixelShuffle } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * console.log(new PixelShuffle(2).forward(ones([1, 12, 5, 5])).shape); // [ 1, 3, 10, 10 ]
 * ```
 */
export class PixelShuffle extends Module {
  /** What height and width are multiplied by. */
  readonly upscaleFactor: number;

  /** @param upscaleFactor What height and width are multiplied by. */
  constructor(upscaleFactor: number) {
    super();
    checkCount('PixelShuffle', 'upscaleFactor', upscaleFactor);
    this.upscaleFactor = upscaleFactor;
  }

  /** `x` with channels moved into height and width. */
  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ upscaleFactor: this.upscaleFactor });
  }
}

/** Undoes {@link PixelShuffle}: see {@link functional.pixelUnshuffle}. PyTorch: `torch.nn.PixelUnshuffle`. */
export class PixelUnshuffle extends Module {
  /** What height and width are divided by. */
  readonly downscaleFactor: number;

  /** @param downscaleFactor What height and width are divided by. */
  constructor(downscaleFactor: number) {
    super();
    checkCount('PixelUnshuffle', 'downscaleFactor', downscaleFactor);
    this.downscaleFactor = downscaleFactor;
  }

  /** `x` with height and width moved into channels. */
  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ downscaleFactor: this.downscaleFactor });
  }
}

/**
 * Deals the channels of (n, channels, …) out of groups: see {@link functional.channelShuffle}. PyTorch:
 * `torch.nn.ChannelShuffle`. Errors: ShapeError when the channels do not fall into so many groups.
 */
export class ChannelShuffle extends Module {
  /** The number of groups. */
  readonly groups: number;

  /** @param groups The number of groups. */
  constructor(groups: number) {
    super();
    checkCount('ChannelShuffle', 'groups', groups);
    this.groups = groups;
  }

  /** `x` with its channels in another order. */
  forward(x: Tensor): Tensor {
    return channelShuffle(x, this.groups);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ groups: this.groups });
  }
}

/** The windows that {@link Fold} and {@link Unfold} slide. */
abstract class Windows extends Module {
  /** The lengths of a window. */
  readonly kernelSize: number | Two;
  /** The step from one element of a window to the next. */
  readonly dilation: number | Two;
  /** Zeros on both sides of each axis. */
  readonly padding: number | Two;
  /** The step from one window to the next. */
  readonly stride: number | Two;

  constructor(kernelSize: number | Two, { dilation = 1, padding = 0, stride = 1, ...others }: FoldOptions) {
    super();
    checkNoOthers(new.target.name, others);
    this.kernelSize = kernelSize;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  /** What the functions take. */
  protected options(): FoldOptions {
    const { dilation, padding, stride } = this;
    return { dilation, padding, stride };
  }
}

/**
 * The windows of (n, channels, height, width), or without n, as columns: see {@link functional.unfold}. PyTorch:
 * `torch.nn.Unfold`. Errors, at the call: ArgumentError for sizes out of range; ShapeError where no window fits.
 */
export class Unfold extends Windows {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `dilation`, `padding`, `stride`.
   */
  constructor(kernelSize: number | Two, options: FoldOptions = {}) {
    super(kernelSize, options);
  }

  /** The windows of `x` as columns (n, channels * window, windows). */
  forward(x: Tensor): Tensor {
    return unfold(x, this.kernelSize, this.options());
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ kernelSize: this.kernelSize, ...this.options() });
  }
}

/**
 * Sums columns back into the windows of an image, the adjoint of {@link Unfold}: see {@link functional.fold}. PyTorch:
 * `torch.nn.Fold`. Errors: as {@link Unfold}.
 *
 * @example
 * ```ts
 * import { Fold, Unfold } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const columns = new Unfold(2).forward(ones([1, 3, 3]));
 * console.log(new Fold(3, 2).forward(columns).toArray()); // [ [ [ 1, 2, 1 ], [ 2, 4, 2 ], [ 1, 2, 1 ] ] ]
 * ```
 */
export class Fold extends Windows {
  /** The height and width of results. */
  readonly outputSize: number | Two;

  /**
   * @param outputSize The height and width of results.
   * @param kernelSize The lengths of a window.
   * @param options `dilation`, `padding`, `stride`.
   */
  constructor(outputSize: number | Two, kernelSize: number | Two, options: FoldOptions = {}) {
    super(kernelSize, options);
    this.outputSize = outputSize;
  }

  /** The columns (n, channels * window, windows) summed into images. */
  forward(x: Tensor): Tensor {
    return fold(x, this.outputSize, this.kernelSize, this.options());
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ outputSize: this.outputSize, kernelSize: this.kernelSize, ...this.options() });
  }
}

import {
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type DivisorOptions,
  type LpPoolOptions,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
  type One,
  type Tensor,
  type Three,
  type Two,
  type ValuesAndIndices,
} from '@tensortape/autograd';
import { checkKnown, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';

type Pool<Axes extends readonly number[], Options, Result = Tensor> = (
  x: Tensor,
  kernelSize: number | Axes,
  options: Options,
) => Result;

/** The largest element of each window. */
abstract class MaxPool<Axes extends readonly number[]> extends Module {
  /** The lengths of a window. */
  readonly kernelSize: number | Axes;
  /** The step from one window to the next. */
  readonly stride: number | Axes;
  /** How far windows may reach beyond each axis. */
  readonly padding: number | Axes;
  /** The step from one element of a window to the next. */
  readonly dilation: number | Axes;
  /** Whether a last window may reach beyond the end. */
  readonly ceilMode: boolean;
  readonly #pool: Pool<Axes, MaxPoolOptions<Axes>>;
  readonly #poolWithIndices: Pool<Axes, MaxPoolOptions<Axes>, ValuesAndIndices>;

  constructor(
    pool: Pool<Axes, MaxPoolOptions<Axes>>,
    poolWithIndices: Pool<Axes, MaxPoolOptions<Axes>, ValuesAndIndices>,
    kernelSize: number | Axes,
    { stride = kernelSize, padding = 0, dilation = 1, ceilMode = false, ...others }: MaxPoolOptions<Axes>,
  ) {
    super();
    checkNoOthers(new.target.name, others);
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.ceilMode = ceilMode;
    this.#pool = pool;
    this.#poolWithIndices = poolWithIndices;
  }

  /** The largest element of each window. */
  forward(x: Tensor): Tensor {
    return this.#pool(x, this.kernelSize, this.#options());
  }

  /**
   * The largest elements and their positions in their channel, which the layer that undoes the pooling wants. PyTorch:
   * `return_indices=True`.
   */
  forwardWithIndices(x: Tensor): ValuesAndIndices {
    return this.#poolWithIndices(x, this.kernelSize, this.#options());
  }

  #options(): MaxPoolOptions<Axes> {
    const { stride, padding, dilation, ceilMode } = this;
    return { stride, padding, dilation, ceilMode };
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ kernelSize: this.kernelSize, ...this.#options() });
  }
}

/**
 * The largest element of each window along one axis of (n, channels, length), or without n: see {@link functional.maxPool1d}.
 * `forwardWithIndices` gives their positions too, for {@link MaxUnpool1d}. PyTorch: `torch.nn.MaxPool1d`.
 *
 * Errors: at the first call, ArgumentError for sizes and options out of range; ShapeError for an input of another rank, and
 * where no window fits.
 */
export class MaxPool1d extends MaxPool<One> {
  /**
   * @param kernelSize The length of a window.
   * @param options `stride` (the kernel's size), `padding`, `dilation`, `ceilMode`.
   */
  constructor(kernelSize: number | One, options: MaxPoolOptions<One> = {}) {
    super(maxPool1d, maxPool1dWithIndices, kernelSize, options);
  }
}

/**
 * The largest element of each window of (n, channels, height, width), or without n: see {@link functional.maxPool2d}.
 * `forwardWithIndices` gives their positions too, for {@link MaxUnpool2d}. PyTorch: `torch.nn.MaxPool2d`. Errors: as
 * {@link MaxPool1d}.
 *
 * @example
 * ```ts
 * import { MaxPool2d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const x = tensor([[[1, 2], [4, 3]]]);
 * console.log(new MaxPool2d(2).forward(x).toArray()); // [ [ [ 4 ] ] ]
 * console.log(new MaxPool2d(2).forwardWithIndices(x).indices.toArray()); // [ [ [ 2 ] ] ]
 * ```
 */
export class MaxPool2d extends MaxPool<Two> {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `stride` (the kernel's size), `padding`, `dilation`, `ceilMode`.
   */
  constructor(kernelSize: number | Two, options: MaxPoolOptions<Two> = {}) {
    super(maxPool2d, maxPool2dWithIndices, kernelSize, options);
  }
}

/**
 * The largest element of each window of (n, channels, depth, height, width), or without n: see {@link functional.maxPool3d}.
 * PyTorch: `torch.nn.MaxPool3d`. Errors: as {@link MaxPool1d}.
 */
export class MaxPool3d extends MaxPool<Three> {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `stride` (the kernel's size), `padding`, `dilation`, `ceilMode`.
   */
  constructor(kernelSize: number | Three, options: MaxPoolOptions<Three> = {}) {
    super(maxPool3d, maxPool3dWithIndices, kernelSize, options);
  }
}

/** The mean of each window. */
abstract class AvgPool<
  Axes extends readonly number[],
  Options extends AvgPoolOptions<Axes> = AvgPoolOptions<Axes> & DivisorOptions,
> extends Module {
  /** The lengths of a window. */
  readonly kernelSize: number | Axes;
  /** The step, padding and the rest, as given, with the kernel's size for a missing stride. */
  readonly options: Options;
  readonly #pool: Pool<Axes, Options>;

  constructor(pool: Pool<Axes, Options>, kernelSize: number | Axes, options: Options) {
    super();
    checkKnown(new.target.name, options, [
      'stride',
      'padding',
      'ceilMode',
      'countIncludePad',
      'divisorOverride',
    ]);
    this.kernelSize = kernelSize;
    this.options = { ...options, stride: options.stride ?? kernelSize };
    this.#pool = pool;
  }

  /** The mean of each window. */
  forward(x: Tensor): Tensor {
    return this.#pool(x, this.kernelSize, this.options);
  }

  /** The options. */
  override extraRepr(): string {
    const { stride, padding = 0 } = this.options;
    return describe({ kernelSize: this.kernelSize, stride, padding });
  }
}

/**
 * The mean of each window along one axis of (n, channels, length), or without n: see {@link functional.avgPool1d}.
 * PyTorch: `torch.nn.AvgPool1d`. Errors: as {@link MaxPool1d}.
 */
export class AvgPool1d extends AvgPool<One, AvgPoolOptions<One>> {
  /**
   * @param kernelSize The length of a window.
   * @param options `stride` (the kernel's size), `padding`, `ceilMode`, `countIncludePad`.
   */
  constructor(kernelSize: number | One, options: AvgPoolOptions<One> = {}) {
    super(avgPool1d, kernelSize, options);
  }
}

/**
 * The mean of each window of (n, channels, height, width), or without n: see {@link functional.avgPool2d}. PyTorch:
 * `torch.nn.AvgPool2d`. Errors: as {@link MaxPool1d}.
 *
 * @example
 * ```ts
 * import { AvgPool2d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new AvgPool2d(2).forward(tensor([[[1, 2], [4, 3]]])).toArray()); // [ [ [ 2.5 ] ] ]
 * ```
 */
export class AvgPool2d extends AvgPool<Two> {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `stride` (the kernel's size), `padding`, `ceilMode`, `countIncludePad`, `divisorOverride`.
   */
  constructor(kernelSize: number | Two, options: AvgPoolOptions<Two> & DivisorOptions = {}) {
    super(avgPool2d, kernelSize, options);
  }
}

/**
 * The mean of each window of (n, channels, depth, height, width), or without n: see {@link functional.avgPool3d}. PyTorch:
 * `torch.nn.AvgPool3d`. Errors: as {@link MaxPool1d}.
 */
export class AvgPool3d extends AvgPool<Three> {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `stride` (the kernel's size), `padding`, `ceilMode`, `countIncludePad`, `divisorOverride`.
   */
  constructor(kernelSize: number | Three, options: AvgPoolOptions<Three> & DivisorOptions = {}) {
    super(avgPool3d, kernelSize, options);
  }
}

/** The norm of each window. */
abstract class LpPool<Axes extends readonly number[]> extends Module {
  /** Which norm. */
  readonly normType: number;
  /** The lengths of a window. */
  readonly kernelSize: number | Axes;
  /** The step from one window to the next, or null: the kernel's size. */
  readonly stride: number | Axes | null;
  /** Whether a last window may reach beyond the end. */
  readonly ceilMode: boolean;
  readonly #pool: (
    x: Tensor,
    normType: number,
    kernelSize: number | Axes,
    options: LpPoolOptions<Axes>,
  ) => Tensor;

  constructor(
    pool: (x: Tensor, normType: number, kernelSize: number | Axes, options: LpPoolOptions<Axes>) => Tensor,
    normType: number,
    kernelSize: number | Axes,
    { stride, ceilMode = false, ...others }: LpPoolOptions<Axes>,
  ) {
    super();
    checkNoOthers(new.target.name, others);
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.stride = stride ?? null;
    this.ceilMode = ceilMode;
    this.#pool = pool;
  }

  /** The norm of each window. */
  forward(x: Tensor): Tensor {
    const { normType, kernelSize, stride, ceilMode } = this;
    return this.#pool(x, normType, kernelSize, stride === null ? { ceilMode } : { stride, ceilMode });
  }

  /** The options. */
  override extraRepr(): string {
    const { normType, kernelSize, stride, ceilMode } = this;
    return describe({ normType, kernelSize, stride, ceilMode });
  }
}

/**
 * (sum x^p)^(1/p) of each window along one axis of (n, channels, length), or without n: see {@link functional.lpPool1d}.
 * PyTorch: `torch.nn.LPPool1d`. Errors: as {@link MaxPool1d}.
 */
export class LPPool1d extends LpPool<One> {
  /**
   * @param normType The power p.
   * @param kernelSize The length of a window.
   * @param options `stride` (the kernel's size), `ceilMode`.
   */
  constructor(normType: number, kernelSize: number | One, options: LpPoolOptions<One> = {}) {
    super(lpPool1d, normType, kernelSize, options);
  }
}

/**
 * (sum x^p)^(1/p) of each window of (n, channels, height, width), or without n: see {@link functional.lpPool2d}. PyTorch:
 * `torch.nn.LPPool2d`. Errors: as {@link MaxPool1d}.
 */
export class LPPool2d extends LpPool<Two> {
  /**
   * @param normType The power p.
   * @param kernelSize The lengths of a window.
   * @param options `stride` (the kernel's size), `ceilMode`.
   */
  constructor(normType: number, kernelSize: number | Two, options: LpPoolOptions<Two> = {}) {
    super(lpPool2d, normType, kernelSize, options);
  }
}

/**
 * (sum x^p)^(1/p) of each window of (n, channels, depth, height, width), or without n: see {@link functional.lpPool3d}.
 * PyTorch: `torch.nn.LPPool3d`. Errors: as {@link MaxPool1d}.
 */
export class LPPool3d extends LpPool<Three> {
  /**
   * @param normType The power p.
   * @param kernelSize The lengths of a window.
   * @param options `stride` (the kernel's size), `ceilMode`.
   */
  constructor(normType: number, kernelSize: number | Three, options: LpPoolOptions<Three> = {}) {
    super(lpPool3d, normType, kernelSize, options);
  }
}

import {
  type MaxUnpoolOptions,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  type One,
  type Tensor,
  type Three,
  type Two,
} from '@tensortape/autograd';
import { perAxis } from '../axes.ts';
import { checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';

type Unpool<Axes extends readonly number[]> = (
  x: Tensor,
  indices: Tensor,
  kernelSize: number | Axes,
  options: MaxUnpoolOptions<Axes>,
) => Tensor;

/** Options of {@link MaxUnpool1d}, {@link MaxUnpool2d} and {@link MaxUnpool3d}: those of the pooling. */
export type MaxUnpoolLayerOptions<Axes extends readonly number[]> = Omit<
  MaxUnpoolOptions<Axes>,
  'outputSize'
>;

/** Puts largest elements back where they came from. */
abstract class MaxUnpool<Axes extends readonly number[]> extends Module {
  /** The lengths of a window. */
  readonly kernelSize: Axes;
  /** The step from one window to the next. */
  readonly stride: Axes;
  /** As it was given to the pooling. */
  readonly padding: Axes;
  readonly #unpool: Unpool<Axes>;

  constructor(
    axes: number,
    unpool: Unpool<Axes>,
    kernelSize: number | Axes,
    { stride = kernelSize, padding = 0, ...others }: MaxUnpoolLayerOptions<Axes>,
  ) {
    super();
    const owner = new.target.name;
    checkNoOthers(owner, others);
    this.kernelSize = perAxis(owner, 'kernelSize', kernelSize, axes, 1);
    this.stride = perAxis(owner, 'stride', stride, axes, 1);
    this.padding = perAxis(owner, 'padding', padding, axes, 0);
    this.#unpool = unpool;
  }

  /**
   * The elements of `x` at the positions `indices`, and zeros elsewhere; `outputSize` gives the lengths before the pooling,
   * where a window did not fit in full.
   */
  forward(x: Tensor, indices: Tensor, outputSize?: Axes): Tensor {
    const { kernelSize, stride, padding } = this;
    const options = { stride, padding };
    return this.#unpool(x, indices, kernelSize, outputSize ? { ...options, outputSize } : options);
  }

  /** The options. */
  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return describe({ kernelSize, stride, padding });
  }
}

/**
 * Undoes {@link MaxPool1d} as far as its indices tell: see {@link functional.maxUnpool1d}. PyTorch: `torch.nn.MaxUnpool1d`.
 * Errors: ArgumentError for options out of range, ShapeError and IndexError for indices that do not fit.
 */
export class MaxUnpool1d extends MaxUnpool<One> {
  /**
   * @param kernelSize The length of a window.
   * @param options `stride` (the kernel's size), `padding`.
   */
  constructor(kernelSize: number | One, options: MaxUnpoolLayerOptions<One> = {}) {
    super(1, maxUnpool1d, kernelSize, options);
  }
}

/**
 * Undoes {@link MaxPool2d} as far as its indices tell: see {@link functional.maxUnpool2d}. PyTorch: `torch.nn.MaxUnpool2d`.
 * Errors: as {@link MaxUnpool1d}.
 *
 * @example
 * ```ts
 * import { MaxPool2d, MaxUnpool2d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const { values, indices } = new MaxPool2d(2).forwardWithIndices(tensor([[[1, 2], [4, 3]]]));
 * console.log(new MaxUnpool2d(2).forward(values, indices).toArray()); // [ [ [ 0, 0 ], [ 4, 0 ] ] ]
 * ```
 */
export class MaxUnpool2d extends MaxUnpool<Two> {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `stride` (the kernel's size), `padding`.
   */
  constructor(kernelSize: number | Two, options: MaxUnpoolLayerOptions<Two> = {}) {
    super(2, maxUnpool2d, kernelSize, options);
  }
}

/**
 * Undoes {@link MaxPool3d} as far as its indices tell: see {@link functional.maxUnpool3d}. PyTorch: `torch.nn.MaxUnpool3d`.
 * Errors: as {@link MaxUnpool1d}.
 */
export class MaxUnpool3d extends MaxUnpool<Three> {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `stride` (the kernel's size), `padding`.
   */
  constructor(kernelSize: number | Three, options: MaxUnpoolLayerOptions<Three> = {}) {
    super(3, maxUnpool3d, kernelSize, options);
  }
}

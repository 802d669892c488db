import type { Generator, Tensor, Three, Two, ValuesAndIndices } from '@tensortape/autograd';
import { perAxis } from '../axes.ts';
import { checkNoOthers } from '../check.ts';
import {
  checkGoal,
  type FractionalMaxPoolOptions,
  fractionalMaxPool2dWithIndices,
  fractionalMaxPool3dWithIndices,
} from '../functional/fractionalPool.ts';
import { Module } from '../module.ts';
import { Buffer } from '../parameter.ts';

type Pool<Axes extends readonly number[]> = (
  x: Tensor,
  kernelSize: Axes,
  options: FractionalMaxPoolOptions<Axes>,
) => ValuesAndIndices;

/** The largest element of windows that lie at random. */
abstract class FractionalMaxPool<Axes extends readonly number[]> extends Module {
  /** The lengths of a window. */
  readonly kernelSize: Axes;
  /** The lengths of the result, or null. */
  readonly outputSize: Axes | null;
  /** The lengths of the result as shares of those of the input, or null. */
  readonly outputRatio: Axes | null;
  /** Where windows lie, or null: they are drawn in each call. */
  randomSamples: Buffer | null;
  readonly #pool: Pool<Axes>;
  readonly #generator: Generator | undefined;

  constructor(
    axes: number,
    pool: Pool<Axes>,
    kernelSize: number | Axes,
    {
      outputSize = null,
      outputRatio = null,
      randomSamples = null,
      generator,
      ...others
    }: FractionalMaxPoolOptions<Axes>,
  ) {
    super();
    const owner = new.target.name;
    checkNoOthers(owner, others);
    this.kernelSize = perAxis(owner, 'kernelSize', kernelSize, axes, 1);
    const { size, ratio } = checkGoal(owner, axes, { outputSize, outputRatio });
    this.outputSize = size;
    this.outputRatio = ratio;
    this.randomSamples = randomSamples && new Buffer(randomSamples);
    this.#pool = pool;
    this.#generator = generator;
    this.noteFields();
  }

  /** PyTorch's names, which begin with an underscore. */
  protected override stateKey(field: string): string {
    return `_${super.stateKey(field)}`;
  }

  /** The largest element of each window. */
  forward(x: Tensor): Tensor {
    return this.forwardWithIndices(x).values;
  }

  /** The largest elements and their positions in their channel. PyTorch: `return_indices=True`. */
  forwardWithIndices(x: Tensor): ValuesAndIndices {
    const { kernelSize, outputSize, outputRatio, randomSamples } = this;
    const generator = this.#generator;
    const options = { outputSize, outputRatio, randomSamples, ...(generator && { generator }) };
    return this.#pool(x, kernelSize, options);
  }
}

/**
 * The largest element of windows that lie at random, of nearly equal distances, in (n, channels, height, width), or without n;
 * they lie elsewhere in each call, also in evaluation mode. See {@link functional.fractionalMaxPool2d}. PyTorch:
 * `torch.nn.FractionalMaxPool2d`, with its windows for the same seed.
 *
 * Errors: ArgumentError unless exactly one of `outputSize` and `outputRatio` is given, and for sizes out of range; ShapeError
 * for an input of another rank, and where windows do not fit.
 *
 * @example
 * ```ts
 * import { FractionalMaxPool2d } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * console.log(new FractionalMaxPool2d(3, { outputSize: [13, 12] }).forward(ones([20, 16, 50, 32])).shape); // [ 20, 16, 13, 12 ]
 * ```
 */
export class FractionalMaxPool2d extends FractionalMaxPool<Two> {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `outputSize` or `outputRatio`; `randomSamples` (drawn in each call), `generator`.
   */
  constructor(kernelSize: number | Two, options: FractionalMaxPoolOptions<Two>) {
    super(2, fractionalMaxPool2dWithIndices, kernelSize, options);
  }
}

/**
 * The largest element of windows that lie at random in (n, channels, depth, height, width), or without n: see
 * {@link FractionalMaxPool2d}. PyTorch: `torch.nn.FractionalMaxPool3d`. Errors: as {@link FractionalMaxPool2d}.
 */
export class FractionalMaxPool3d extends FractionalMaxPool<Three> {
  /**
   * @param kernelSize The lengths of a window.
   * @param options `outputSize` or `outputRatio`; `randomSamples` (drawn in each call), `generator`.
   */
  constructor(kernelSize: number | Three, options: FractionalMaxPoolOptions<Three>) {
    super(3, fractionalMaxPool3dWithIndices, kernelSize, options);
  }
}

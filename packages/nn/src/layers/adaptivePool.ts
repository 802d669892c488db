import {
  type AdaptiveSize,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
  type One,
  type Tensor,
  type Three,
  type Two,
  type ValuesAndIndices,
} from '@tensortape/autograd';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';

type Pool<Axes extends readonly number[], Result = Tensor> = (
  x: Tensor,
  outputSize: AdaptiveSize<Axes>,
) => Result;

/** Windows that divide each axis into a given number of parts. */
abstract class AdaptivePool<Axes extends readonly number[]> extends Module {
  /** The lengths of results; null keeps an axis. */
  readonly outputSize: AdaptiveSize<Axes>;
  readonly #pool: Pool<Axes>;

  constructor(pool: Pool<Axes>, outputSize: AdaptiveSize<Axes>) {
    super();
    this.outputSize = outputSize;
    this.#pool = pool;
  }

  /** One value for each window. */
  forward(x: Tensor): Tensor {
    return this.#pool(x, this.outputSize);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ outputSize: this.outputSize });
  }
}

/**
 * Means of (n, channels, length), or without n, in as many parts as asked for; 1 is global pooling: see
 * {@link functional.adaptiveAvgPool1d}. PyTorch: `torch.nn.AdaptiveAvgPool1d`. Errors, at the first call: ArgumentError for
 * sizes out of range; ShapeError for an input of another rank.
 */
export class AdaptiveAvgPool1d extends AdaptivePool<One> {
  /** @param outputSize The length of results. */
  constructor(outputSize: AdaptiveSize<One>) {
    super(adaptiveAvgPool1d, outputSize);
  }
}

/**
 * Means of (n, channels, height, width), or without n, in as many parts as asked for; 1 is global pooling: see
 * {@link functional.adaptiveAvgPool2d}. PyTorch: `torch.nn.AdaptiveAvgPool2d`. Errors: as {@link AdaptiveAvgPool1d}.
 *
 * @example
 * ```ts
 * import { AdaptiveAvgPool2d } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const global = new AdaptiveAvgPool2d(1);
 * console.log(global.forward(ones([8, 64, 7, 7])).shape); // [ 8, 64, 1, 1 ]
 * ```
 */
export class AdaptiveAvgPool2d extends AdaptivePool<Two> {
  /** @param outputSize The lengths of results; null keeps an axis. */
  constructor(outputSize: AdaptiveSize<Two>) {
    super(adaptiveAvgPool2d, outputSize);
  }
}

/**
 * Means of (n, channels, depth, height, width), or without n, in as many parts as asked for: see
 * {@link functional.adaptiveAvgPool3d}. PyTorch: `torch.nn.AdaptiveAvgPool3d`. Errors: as {@link AdaptiveAvgPool1d}.
 */
export class AdaptiveAvgPool3d extends AdaptivePool<Three> {
  /** @param outputSize The lengths of results; null keeps an axis. */
  constructor(outputSize: AdaptiveSize<Three>) {
    super(adaptiveAvgPool3d, outputSize);
  }
}

/** As {@link AdaptivePool}, of largest elements, whose positions are known. */
abstract class AdaptiveMaxPool<Axes extends readonly number[]> extends AdaptivePool<Axes> {
  readonly #poolWithIndices: Pool<Axes, ValuesAndIndices>;

  constructor(
    pool: Pool<Axes>,
    poolWithIndices: Pool<Axes, ValuesAndIndices>,
    outputSize: AdaptiveSize<Axes>,
  ) {
    super(pool, outputSize);
    this.#poolWithIndices = poolWithIndices;
  }

  /** The largest elements and their positions in their channel. PyTorch: `return_indices=True`. */
  forwardWithIndices(x: Tensor): ValuesAndIndices {
    return this.#poolWithIndices(x, this.outputSize);
  }
}

/**
 * The largest elements of (n, channels, length), or without n, in as many parts as asked for; 1 is global pooling: see
 * {@link functional.adaptiveMaxPool1d}. PyTorch: `torch.nn.AdaptiveMaxPool1d`. Errors: as {@link AdaptiveAvgPool1d}.
 */
export class AdaptiveMaxPool1d extends AdaptiveMaxPool<One> {
  /** @param outputSize The length of results. */
  constructor(outputSize: AdaptiveSize<One>) {
    super(adaptiveMaxPool1d, adaptiveMaxPool1dWithIndices, outputSize);
  }
}

/**
 * The largest elements of (n, channels, height, width), or without n, in as many parts as asked for; 1 is global pooling:
 * see {@link functional.adaptiveMaxPool2d}. PyTorch: `torch.nn.AdaptiveMaxPool2d`. Errors: as {@link AdaptiveAvgPool1d}.
 */
export class AdaptiveMaxPool2d extends AdaptiveMaxPool<Two> {
  /** @param outputSize The lengths of results; null keeps an axis. */
  constructor(outputSize: AdaptiveSize<Two>) {
    super(adaptiveMaxPool2d, adaptiveMaxPool2dWithIndices, outputSize);
  }
}

/**
 * The largest elements of (n, channels, depth, height, width), or without n, in as many parts as asked for: see
 * {@link functional.adaptiveMaxPool3d}. PyTorch: `torch.nn.AdaptiveMaxPool3d`. Errors: as {@link AdaptiveAvgPool1d}.
 */
export class AdaptiveMaxPool3d extends AdaptiveMaxPool<Three> {
  /** @param outputSize The lengths of results; null keeps an axis. */
  constructor(outputSize: AdaptiveSize<Three>) {
    super(adaptiveMaxPool3d, adaptiveMaxPool3dWithIndices, outputSize);
  }
}

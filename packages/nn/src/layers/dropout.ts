import type { Generator, Tensor } from '@tensortape/autograd';
import { checkNoOthers, checkProbability } from '../check.ts';
import { describe } from '../describe.ts';
import {
  alphaDropout,
  type DropoutOptions,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from '../functional/dropout.ts';
import { Module } from '../module.ts';

/** Options of {@link Dropout} and its kin. */
export interface DropoutLayerOptions {
  /** Where to draw from; the default generator, which `manualSeed` seeds, unless given. */
  readonly generator?: Generator;
}

type Drop = (x: Tensor, p: number, options: DropoutOptions) => Tensor;

/** Drops something in training mode, and passes everything in evaluation mode. */
abstract class DropoutBase extends Module {
  /** The probability of being dropped. */
  readonly p: number;
  readonly #generator: Generator | undefined;

  /** @internal What is dropped: all in which the kinds differ. */
  protected abstract get drop(): Drop;

  /**
   * @param p The probability of being dropped.
   * @param options `generator`: where to draw from; the default generator, which `manualSeed` seeds, unless given.
   */
  constructor(p = 0.5, { generator, ...others }: DropoutLayerOptions = {}) {
    super();
    checkNoOthers(new.target.name, others);
    checkProbability(new.target.name, 'p', p);
    this.p = p;
    this.#generator = generator;
  }

  /** `x`, with something dropped in training mode. */
  forward(x: Tensor): Tensor {
    const { training, drop, p } = this;
    return drop(x, p, this.#generator ? { training, generator: this.#generator } : { training });
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ p: this.p });
  }
}

/**
 * In training mode sets elements to zero with probability `p` and divides the others by 1 - p; passes everything in
 * evaluation mode. PyTorch: `torch.nn.Dropout`.
 *
 * Errors: ArgumentError unless 0 <= p <= 1.
 *
 * @example
 * ```ts
 * import { Dropout } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const dropout = new Dropout(0.5);
 * console.log(dropout.eval().forward(ones([3])).toArray()); // [ 1, 1, 1 ]
 * ```
 */
export class Dropout extends DropoutBase {
  /** @internal */
  protected override get drop(): Drop {
    return dropout;
  }
}

/**
 * In training mode drops whole channels of (n, channels, length), or without n: see {@link functional.dropout1d}. PyTorch:
 * `torch.nn.Dropout1d`. Errors: as {@link Dropout}; ShapeError for an input of another rank.
 */
export class Dropout1d extends DropoutBase {
  /** @internal */
  protected override get drop(): Drop {
    return dropout1d;
  }
}

/**
 * In training mode drops whole channels of (n, channels, height, width), or without n: see {@link functional.dropout2d}.
 * PyTorch: `torch.nn.Dropout2d`. Errors: as {@link Dropout1d}.
 */
export class Dropout2d extends DropoutBase {
  /** @internal */
  protected override get drop(): Drop {
    return dropout2d;
  }
}

/**
 * In training mode drops whole channels of (n, channels, depth, height, width), or without n: see
 * {@link functional.dropout3d}. PyTorch: `torch.nn.Dropout3d`. Errors: as {@link Dropout1d}.
 */
export class Dropout3d extends DropoutBase {
  /** @internal */
  protected override get drop(): Drop {
    return dropout3d;
  }
}

/**
 * Dropout that keeps mean 0 and variance 1, for networks of {@link SELU}: see {@link functional.alphaDropout}. PyTorch:
 * `torch.nn.AlphaDropout`. Errors: as {@link Dropout}.
 */
export class AlphaDropout extends DropoutBase {
  /** @internal */
  protected override get drop(): Drop {
    return alphaDropout;
  }
}

/**
 * {@link AlphaDropout} of whole channels of (n, channels, …): see {@link functional.featureAlphaDropout}. PyTorch:
 * `torch.nn.FeatureAlphaDropout`. Errors: as {@link Dropout}.
 */
export class FeatureAlphaDropout extends DropoutBase {
  /** @internal */
  protected override get drop(): Drop {
    return featureAlphaDropout;
  }
}

import { formatShape, ShapeError, softmin, type Tensor } from '@tensortape/autograd';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';

/** A function along an axis. */
abstract class AlongAxis extends Module {
  /** The axis. */
  readonly dim: number;

  /** @param dim The axis; negative ones count from the end. */
  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  abstract override forward(x: Tensor): Tensor;

  /** The options. */
  override extraRepr(): string {
    return describe({ dim: this.dim });
  }
}

/** exp(x) / sum exp(x) along an axis, which then sums to 1. PyTorch: `torch.nn.Softmax`. */
export class Softmax extends AlongAxis {
  /** exp(x) / sum exp(x) along the axis. */
  forward(x: Tensor): Tensor {
    return x.softmax(this.dim);
  }
}

/** exp(-x) / sum exp(-x) along an axis: see {@link functional.softmin}. PyTorch: `torch.nn.Softmin`. */
export class Softmin extends AlongAxis {
  /** exp(-x) / sum exp(-x) along the axis. */
  forward(x: Tensor): Tensor {
    return softmin(x, this.dim);
  }
}

/** The logarithm of {@link Softmax}, without cancellation. PyTorch: `torch.nn.LogSoftmax`. */
export class LogSoftmax extends AlongAxis {
  /** x - ln sum exp(x) along the axis. */
  forward(x: Tensor): Tensor {
    return x.logSoftmax(this.dim);
  }
}

/**
 * {@link Softmax} over the channels of (n, channels, height, width), or without n. PyTorch: `torch.nn.Softmax2d`. Errors:
 * ShapeError for other ranks.
 */
export class Softmax2d extends Module {
  /** exp(x) / sum exp(x) over the channels. */
  forward(x: Tensor): Tensor {
    if (x.ndim !== 3 && x.ndim !== 4) {
      throw new ShapeError(
        `expected an input (n, channels, height, width), or without n, got shape ${formatShape(x.shape)}`,
      );
    }
    return x.softmax(-3);
  }
}

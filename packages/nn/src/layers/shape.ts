import type { Shape, Tensor } from '@tensortape/autograd';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';

/** Passes its input on: a placeholder. PyTorch: `torch.nn.Identity`. */
export class Identity extends Module {
  /** `x` itself. */
  forward(x: Tensor): Tensor {
    return x;
  }
}

/**
 * Merges neighbouring axes into one; from `startDim` 1 on, as by default, the axis of the batch stays.
 * PyTorch: `torch.nn.Flatten`.
 *
 * @example
 * ```ts
 * import { Flatten } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * console.log(new Flatten().forward(ones([32, 1, 28, 28])).shape); // [ 32, 784 ]
 * ```
 */
export class Flatten extends Module {
  /** The first axis to merge. */
  readonly startDim: number;
  /** The last axis to merge. */
  readonly endDim: number;

  /**
   * @param startDim The first axis to merge; negative ones count from the end.
   * @param endDim The last axis to merge.
   */
  constructor(startDim = 1, endDim = -1) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  /** `x` with the axes merged. */
  forward(x: Tensor): Tensor {
    return x.flatten(this.startDim, this.endDim);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ startDim: this.startDim, endDim: this.endDim });
  }
}

/**
 * Takes an axis apart: undoes {@link Flatten}. PyTorch: `torch.nn.Unflatten`.
 *
 * Errors, at the call: ShapeError when the sizes do not multiply to the length of the axis; IndexError for an axis that is not there.
 *
 * @example
 * ```ts
 * import { Unflatten } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * console.log(new Unflatten(1, [1, 28, 28]).forward(ones([32, 784])).shape); // [ 32, 1, 28, 28 ]
 * ```
 */
export class Unflatten extends Module {
  /** The axis to take apart. */
  readonly dim: number;
  /** The lengths that it becomes; one may be -1. */
  readonly unflattenedSize: Shape;

  /**
   * @param dim The axis to take apart; negative ones count from the end.
   * @param unflattenedSize The lengths that it becomes; one may be -1.
   */
  constructor(dim: number, unflattenedSize: Shape) {
    super();
    this.dim = dim;
    this.unflattenedSize = unflattenedSize;
  }

  /** `x` with the axis taken apart. */
  forward(x: Tensor): Tensor {
    return x.unflatten(this.dim, this.unflattenedSize);
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ dim: this.dim, unflattenedSize: this.unflattenedSize });
  }
}

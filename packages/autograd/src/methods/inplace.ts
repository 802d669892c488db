import * as ops from '../ops/inplace.ts';
import * as randomOps from '../ops/random.ts';
import type { Subscript } from '../ops/subscript.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Tensor } from '../tensor.ts';
import { InPlaceForms } from './inplaceForms.ts';

/** Changes in place: see `ops/inplace.ts` for when they are refused, `ops/random.ts` for random ones. */
export abstract class InPlaceMethods extends InPlaceForms {
  /** x += alpha * other, in place. PyTorch: `Tensor.add_`. Errors: as {@link Tensor.copy_}. */
  add_(this: Tensor, other: Operand, options?: { readonly alpha?: number }): Tensor {
    return ops.addInPlace(this, other, options?.alpha);
  }

  /** Fills x with ones of probability `p` (a number, or one for each element) and zeros. PyTorch: `Tensor.bernoulli_`. */
  bernoulli_(this: Tensor, p?: number | Tensor, options?: randomOps.RandomOptions): Tensor {
    return randomOps.bernoulliInPlace(this, p, options);
  }

  /** Fills x with Cauchy draws. PyTorch: `Tensor.cauchy_`, with its numbers for the same seed. */
  cauchy_(this: Tensor, median?: number, sigma?: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.cauchyInPlace(this, median, sigma, options);
  }

  /**
   * Writes the elements of `source`, broadcast, over those of x. PyTorch: `Tensor.copy_`.
   *
   * Errors: GradientError on a tracked leaf, or on a view of tracked values, while recording; ShapeError; DTypeError when
   * the result does not fit x's dtype.
   */
  copy_(this: Tensor, source: Tensor): Tensor {
    return ops.copyInPlace(this, source);
  }

  /** Fills x with exponentials of this rate, 1 / mean. PyTorch: `Tensor.exponential_`, with its numbers for the same seed. */
  exponential_(this: Tensor, rate?: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.exponentialInPlace(this, rate, options);
  }

  /** Sets every element to `value`. PyTorch: `Tensor.fill_`. Errors: as {@link Tensor.copy_}. */
  fill_(this: Tensor, value: number): Tensor {
    return ops.fillInPlace(this, value);
  }

  /** Fills x with the number of the first success of probability `p`. PyTorch: `Tensor.geometric_`, with its numbers for the same seed. */
  geometric_(this: Tensor, p: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.geometricInPlace(this, p, options);
  }

  /** Fills x with exponentials of normals. PyTorch: `Tensor.log_normal_`, with its numbers for the same seed. */
  logNormal_(this: Tensor, mean?: number, std?: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.logNormalInPlace(this, mean, std, options);
  }

  /** x *= other. PyTorch: `Tensor.mul_`. Errors: as {@link Tensor.copy_}. */
  mul_(this: Tensor, other: Operand): Tensor {
    return ops.mulInPlace(this, other);
  }

  /** Fills x with normals. PyTorch: `Tensor.normal_`, with its numbers for the same seed. */
  normal_(this: Tensor, mean?: number, std?: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.normalInPlace(this, mean, std, options);
  }

  /**
   * Replaces the elements of x that `subscripts` name, in place: PyTorch's `x[…] = values`. The tape records the change, which a
   * change of `x.at(…)` would lose. One subscript may stand alone; a list is one of subscripts, so a list of positions stands in a
   * list of its own. `values` is a number, or a tensor that is converted to the dtype of x and broadcasts to `x.at(…)`; of several
   * values for one element the last in row-major order stays. Only what is named is written.
   *
   * Derivatives: for x as it was the cotangent, with zeros at elements that were replaced; for `values` the cotangent at the
   * elements where they stayed. Errors: as {@link at}; ShapeError when the values do not broadcast; GradientError as
   * {@link Tensor.copy_}.
   *
   * @example
   * ```ts
   * import { tensor, zeros } from '@tensortape/autograd';
   * const w = tensor([1, 2], { requiresGrad: true });
   * const rows = zeros([3, 2]);
   * rows.set_(0, w.square()).set_(['1:', 0], 7);
   * console.log(rows.toArray()); // [ [ 1, 4 ], [ 7, 0 ], [ 7, 0 ] ]
   * rows.sum().backward();
   * console.log(w.grad?.toArray()); // [ 2, 4 ]
   * ```
   */
  set_(this: Tensor, subscripts: Subscript | readonly Subscript[], values: Operand): Tensor {
    return ops.setInPlace(this, subscripts, values);
  }

  /** x -= alpha * other, in place. PyTorch: `Tensor.sub_`. Errors: as {@link Tensor.copy_}. */
  sub_(this: Tensor, other: Operand, options?: { readonly alpha?: number }): Tensor {
    return ops.subInPlace(this, other, options?.alpha);
  }

  /**
   * Turns a leaf into another dtype in place: everything that holds the tensor goes on with the converted one. Its `grad`
   * is converted with it. Views made before keep the old elements. PyTorch: assigning `Tensor.data`.
   *
   * Errors: GradientError for a recorded result; DTypeError when a tensor that requires grad would turn into integers.
   */
  to_(this: Tensor, dtype: DType): Tensor {
    return ops.toInPlace(this, dtype);
  }

  /** Fills x with uniforms on [low, high). PyTorch: `Tensor.uniform_`, with its numbers for the same seed. */
  uniform_(this: Tensor, low?: number, high?: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.uniformInPlace(this, low, high, options);
  }

  /** Sets every element to 0. PyTorch: `Tensor.zero_`. Errors: as {@link Tensor.copy_}. */
  zero_(this: Tensor): Tensor {
    return ops.fillInPlace(this, 0);
  }
}

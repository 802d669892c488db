import * as bitwise from '../ops/bitwise.ts';
import * as closeness from '../ops/closeness.ts';
import * as ops from '../ops/compare.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';
import { ElementwiseMethods } from './elementwise.ts';

/** Comparisons and selection: see `ops/compare.ts`. */
export abstract class CompareMethods extends ElementwiseMethods {
  /** Where x = other (bool): see {@link ops.eq}. */
  eq(this: Tensor, other: Operand): Tensor {
    return ops.eq(this, other);
  }

  /** Where x >= other (bool): see {@link ops.ge}. */
  ge(this: Tensor, other: Operand): Tensor {
    return ops.ge(this, other);
  }

  /** Where x > other (bool): see {@link ops.gt}. */
  gt(this: Tensor, other: Operand): Tensor {
    return ops.gt(this, other);
  }

  /** Where x <= other (bool): see {@link ops.le}. */
  le(this: Tensor, other: Operand): Tensor {
    return ops.le(this, other);
  }

  /** Where x and other are both not zero (bool): see {@link ops.logicalAnd}. */
  logicalAnd(this: Tensor, other: Operand): Tensor {
    return ops.logicalAnd(this, other);
  }

  /** Where x or other is not zero (bool): see {@link ops.logicalOr}. */
  logicalOr(this: Tensor, other: Operand): Tensor {
    return ops.logicalOr(this, other);
  }

  /** Where exactly one of x and other is not zero (bool): see {@link ops.logicalXor}. */
  logicalXor(this: Tensor, other: Operand): Tensor {
    return ops.logicalXor(this, other);
  }

  /** Where x < other (bool): see {@link ops.lt}. */
  lt(this: Tensor, other: Operand): Tensor {
    return ops.lt(this, other);
  }

  /** Where x != other (bool): see {@link ops.ne}. */
  ne(this: Tensor, other: Operand): Tensor {
    return ops.ne(this, other);
  }

  /** Where x is neither NaN nor infinite (bool): see {@link ops.isfinite}. */
  isfinite(this: Tensor): Tensor {
    return ops.isfinite(this);
  }

  /** Where x is NaN (bool): see {@link ops.isnan}. */
  isnan(this: Tensor): Tensor {
    return ops.isnan(this);
  }

  /** Where x is zero (bool): see {@link ops.logicalNot}. */
  logicalNot(this: Tensor): Tensor {
    return ops.logicalNot(this);
  }

  /** x where `condition` holds, `other` elsewhere: see {@link ops.where}. */
  where(this: Tensor, condition: Tensor, other: Operand): Tensor {
    return ops.where(condition, this, other);
  }

  /** Whether all elements are close to those of other: see {@link closeness.allclose}. */
  allclose(this: Tensor, other: Tensor, options?: closeness.ClosenessOptions): boolean {
    return closeness.allclose(this, other, options);
  }

  /** The bits set in both: see {@link bitwise.bitwiseAnd}. */
  bitwiseAnd(this: Tensor, other: Operand): Tensor {
    return bitwise.bitwiseAnd(this, other);
  }

  /** The bits shifted up: see {@link bitwise.bitwiseLeftShift}. */
  bitwiseLeftShift(this: Tensor, other: Operand): Tensor {
    return bitwise.bitwiseLeftShift(this, other);
  }

  /** Every bit flipped: see {@link bitwise.bitwiseNot}. */
  bitwiseNot(this: Tensor): Tensor {
    return bitwise.bitwiseNot(this);
  }

  /** The bits set in either: see {@link bitwise.bitwiseOr}. */
  bitwiseOr(this: Tensor, other: Operand): Tensor {
    return bitwise.bitwiseOr(this, other);
  }

  /** The bits shifted down: see {@link bitwise.bitwiseRightShift}. */
  bitwiseRightShift(this: Tensor, other: Operand): Tensor {
    return bitwise.bitwiseRightShift(this, other);
  }

  /** The bits set in exactly one: see {@link bitwise.bitwiseXor}. */
  bitwiseXor(this: Tensor, other: Operand): Tensor {
    return bitwise.bitwiseXor(this, other);
  }

  /** Whether shape and elements are those of other: see {@link closeness.equal}. */
  equal(this: Tensor, other: Tensor): boolean {
    return closeness.equal(this, other);
  }

  /** Where x and other are close (bool): see {@link ops.isclose}. */
  isclose(this: Tensor, other: Tensor, options?: closeness.ClosenessOptions): Tensor {
    return ops.isclose(this, other, options);
  }

  /** Where x is infinite (bool): see {@link ops.isinf}. */
  isinf(this: Tensor): Tensor {
    return ops.isinf(this);
  }

  /** Where x is -Infinity (bool): see {@link ops.isneginf}. */
  isneginf(this: Tensor): Tensor {
    return ops.isneginf(this);
  }

  /** Where x is Infinity (bool): see {@link ops.isposinf}. */
  isposinf(this: Tensor): Tensor {
    return ops.isposinf(this);
  }

  /** Where the sign bit of x is set (bool): see {@link ops.signbit}. */
  signbit(this: Tensor): Tensor {
    return ops.signbit(this);
  }
}

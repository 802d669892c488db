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
}

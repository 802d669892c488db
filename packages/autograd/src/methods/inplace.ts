import * as ops from '../ops/inplace.ts';
import * as randomOps from '../ops/random.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';
import { ShapeMethods } from './shape.ts';

/** Changes in place: see `ops/inplace.ts` for when they are refused, `ops/random.ts` for random ones. */
export abstract class InPlaceMethods extends ShapeMethods {
  /** x += alpha * other: see {@link ops.addInPlace}. */
  add_(this: Tensor, other: Operand, options?: { readonly alpha?: number }): Tensor {
    return ops.addInPlace(this, other, options?.alpha);
  }

  /** Ones of probability `p`, and zeros: see {@link randomOps.bernoulliInPlace}. */
  bernoulli_(this: Tensor, p?: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.bernoulliInPlace(this, p, options);
  }

  /** x = source, broadcast: see {@link ops.copyInPlace}. */
  copy_(this: Tensor, source: Tensor): Tensor {
    return ops.copyInPlace(this, source);
  }

  /** x /= other: see {@link ops.divInPlace}. */
  div_(this: Tensor, other: Operand): Tensor {
    return ops.divInPlace(this, other);
  }

  /** Every element = value: see {@link ops.fillInPlace}. */
  fill_(this: Tensor, value: number): Tensor {
    return ops.fillInPlace(this, value);
  }

  /** x *= other: see {@link ops.mulInPlace}. */
  mul_(this: Tensor, other: Operand): Tensor {
    return ops.mulInPlace(this, other);
  }

  /** Normals of the given mean and standard deviation: see {@link randomOps.normalInPlace}. */
  normal_(this: Tensor, mean?: number, std?: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.normalInPlace(this, mean, std, options);
  }

  /** x -= alpha * other: see {@link ops.subInPlace}. */
  sub_(this: Tensor, other: Operand, options?: { readonly alpha?: number }): Tensor {
    return ops.subInPlace(this, other, options?.alpha);
  }

  /** Uniforms on [low, high): see {@link randomOps.uniformInPlace}. */
  uniform_(this: Tensor, low?: number, high?: number, options?: randomOps.RandomOptions): Tensor {
    return randomOps.uniformInPlace(this, low, high, options);
  }

  /** Every element = 0: see {@link ops.fillInPlace}. */
  zero_(this: Tensor): Tensor {
    return ops.fillInPlace(this, 0);
  }
}

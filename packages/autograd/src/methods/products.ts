import * as ops from '../ops/products.ts';
import * as tensorOps from '../ops/tensorProducts.ts';
import type { Tensor } from '../tensor.ts';
import { ReduceMethods } from './reduce.ts';

/** Products of matrices, vectors and tensors: see `ops/products.ts` and `ops/tensorProducts.ts`. */
export abstract class ProductMethods extends ReduceMethods {
  /** beta * x + alpha * sum of products of two batches: see {@link ops.addbmm}. */
  addbmm(this: Tensor, a: Tensor, b: Tensor, options?: ops.AddProductOptions): Tensor {
    return ops.addbmm(this, a, b, options);
  }

  /** beta * x + alpha * A B: see {@link ops.addmm}. */
  addmm(this: Tensor, a: Tensor, b: Tensor, options?: ops.AddProductOptions): Tensor {
    return ops.addmm(this, a, b, options);
  }

  /** beta * x + alpha * A v: see {@link ops.addmv}. */
  addmv(this: Tensor, a: Tensor, v: Tensor, options?: ops.AddProductOptions): Tensor {
    return ops.addmv(this, a, v, options);
  }

  /** beta * x + alpha * a b^T: see {@link ops.addr}. */
  addr(this: Tensor, a: Tensor, b: Tensor, options?: ops.AddProductOptions): Tensor {
    return ops.addr(this, a, b, options);
  }

  /** beta * x + alpha * products of two batches: see {@link ops.baddbmm}. */
  baddbmm(this: Tensor, a: Tensor, b: Tensor, options?: ops.AddProductOptions): Tensor {
    return ops.baddbmm(this, a, b, options);
  }

  /** Products of two batches of matrices: see {@link ops.bmm}. */
  bmm(this: Tensor, other: Tensor): Tensor {
    return ops.bmm(this, other);
  }

  /** The cross product of vectors of length 3: see {@link tensorOps.cross}. */
  cross(this: Tensor, other: Tensor, dim?: number): Tensor {
    return tensorOps.cross(this, other, dim);
  }

  /** The inner product of two vectors: see {@link ops.dot}. */
  dot(this: Tensor, other: Tensor): Tensor {
    return ops.dot(this, other);
  }

  /** Inner products over the last axes: see {@link tensorOps.inner}. */
  inner(this: Tensor, other: Tensor): Tensor {
    return tensorOps.inner(this, other);
  }

  /** The Kronecker product: see {@link tensorOps.kron}. */
  kron(this: Tensor, other: Tensor): Tensor {
    return tensorOps.kron(this, other);
  }

  /** The matrix product: see {@link ops.matmul}. */
  matmul(this: Tensor, other: Tensor): Tensor {
    return ops.matmul(this, other);
  }

  /** The product of two matrices: see {@link ops.mm}. */
  mm(this: Tensor, other: Tensor): Tensor {
    return ops.mm(this, other);
  }

  /** The product of a matrix and a vector: see {@link ops.mv}. */
  mv(this: Tensor, vector: Tensor): Tensor {
    return ops.mv(this, vector);
  }

  /** All products of two vectors: see {@link ops.outer}. */
  outer(this: Tensor, other: Tensor): Tensor {
    return ops.outer(this, other);
  }

  /** The sum of the diagonal of a matrix: see {@link tensorOps.trace}. */
  trace(this: Tensor): Tensor {
    return tensorOps.trace(this);
  }
}

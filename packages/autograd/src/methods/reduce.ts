import * as ops from '../ops/reduce.ts';
import * as softmaxOps from '../ops/softmax.ts';
import type { Dims } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { CompareMethods } from './compare.ts';

/** Reductions, running sums and the softmax family: see `ops/reduce.ts` and `ops/softmax.ts`. */
export abstract class ReduceMethods extends CompareMethods {
  /** Whether all elements are not zero: see {@link ops.all}. */
  all(this: Tensor, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return ops.all(this, dim, options);
  }

  /** The largest element, over several axes: see {@link ops.amax}. */
  amax(this: Tensor, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return ops.amax(this, dim, options);
  }

  /** The smallest element, over several axes: see {@link ops.amin}. */
  amin(this: Tensor, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return ops.amin(this, dim, options);
  }

  /** Whether any element is not zero: see {@link ops.any}. */
  any(this: Tensor, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return ops.any(this, dim, options);
  }

  /** Positions of the largest element: see {@link ops.argmax}. */
  argmax(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor {
    return ops.argmax(this, dim, options);
  }

  /** Positions of the smallest element: see {@link ops.argmin}. */
  argmin(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor {
    return ops.argmin(this, dim, options);
  }

  /** Running sums along an axis: see {@link ops.cumsum}. */
  cumsum(this: Tensor, dim: number): Tensor {
    return ops.cumsum(this, dim);
  }

  /** ln sum exp(x): see {@link softmaxOps.logSumExp}. */
  logSumExp(this: Tensor, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return softmaxOps.logSumExp(this, dim, options);
  }

  /** The logarithm of the softmax along an axis: see {@link softmaxOps.logSoftmax}. */
  logSoftmax(this: Tensor, dim: number): Tensor {
    return softmaxOps.logSoftmax(this, dim);
  }

  /** The largest element of all; along an axis, with its position: see {@link ops.amax} and {@link ops.max}. */
  max(this: Tensor): Tensor;
  max(this: Tensor, dim: number, options?: ops.ReduceOptions): ops.ValuesAndIndices;
  max(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor | ops.ValuesAndIndices {
    return dim === undefined ? ops.amax(this) : ops.max(this, dim, options);
  }

  /** The mean: see {@link ops.mean}. */
  mean(this: Tensor, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return ops.mean(this, dim, options);
  }

  /** The smallest element of all; along an axis, with its position: see {@link ops.amin} and {@link ops.min}. */
  min(this: Tensor): Tensor;
  min(this: Tensor, dim: number, options?: ops.ReduceOptions): ops.ValuesAndIndices;
  min(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor | ops.ValuesAndIndices {
    return dim === undefined ? ops.amin(this) : ops.min(this, dim, options);
  }

  /** The product: see {@link ops.prod}. */
  prod(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor {
    return ops.prod(this, dim, options);
  }

  /** exp(x) / sum exp(x) along an axis: see {@link softmaxOps.softmax}. */
  softmax(this: Tensor, dim: number): Tensor {
    return softmaxOps.softmax(this, dim);
  }

  /** The standard deviation: see {@link ops.std}. */
  std(this: Tensor, dim?: Dims, options?: ops.VarianceOptions): Tensor {
    return ops.std(this, dim, options);
  }

  /** The sum: see {@link ops.sum}. */
  sum(this: Tensor, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return ops.sum(this, dim, options);
  }

  /** The variance: see {@link ops.variance}. */
  var(this: Tensor, dim?: Dims, options?: ops.VarianceOptions): Tensor {
    return ops.variance(this, dim, options);
  }
}

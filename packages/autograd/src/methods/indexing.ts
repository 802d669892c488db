import * as ops from '../ops/indexing.ts';
import * as maskingOps from '../ops/masking.ts';
import * as scatterOps from '../ops/scatter.ts';
import * as subscriptOps from '../ops/subscript.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';
import { ProductMethods } from './products.ts';

/** Taking and replacing elements: see `ops/indexing.ts`, `scatter.ts`, `masking.ts` and `subscript.ts`. */
export abstract class IndexingMethods extends ProductMethods {
  /** The part of x that subscripts name: see {@link subscriptOps.at}. */
  at(this: Tensor, ...subscripts: readonly subscriptOps.Subscript[]): Tensor {
    return subscriptOps.at(this, ...subscripts);
  }

  /** Elements at given positions along an axis: see {@link ops.gather}. */
  gather(this: Tensor, dim: number, index: Tensor): Tensor {
    return ops.gather(this, dim, index);
  }

  /** A copy with slices added at given positions: see {@link ops.indexAdd}. */
  indexAdd(this: Tensor, dim: number, index: Tensor, source: Tensor, options?: ops.IndexAddOptions): Tensor {
    return ops.indexAdd(this, dim, index, source, options);
  }

  /** A copy with slices replaced at given positions: see {@link ops.indexCopy}. */
  indexCopy(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return ops.indexCopy(this, dim, index, source);
  }

  /** A copy with slices filled at given positions: see {@link ops.indexFill}. */
  indexFill(this: Tensor, dim: number, index: Tensor, value: Operand): Tensor {
    return ops.indexFill(this, dim, index, value);
  }

  /** A copy with the elements that subscripts name replaced: see {@link subscriptOps.indexPut}. */
  indexPut(
    this: Tensor,
    subscripts: readonly subscriptOps.Subscript[],
    values: Operand,
    options?: subscriptOps.IndexPutOptions,
  ): Tensor {
    return subscriptOps.indexPut(this, subscripts, values, options);
  }

  /** Slices at given positions along an axis: see {@link ops.indexSelect}. */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    return ops.indexSelect(this, dim, index);
  }

  /** A copy with one value where a mask holds: see {@link maskingOps.maskedFill}. */
  maskedFill(this: Tensor, mask: Tensor, value: Operand): Tensor {
    return maskingOps.maskedFill(this, mask, value);
  }

  /** A copy with the elements of a source where a mask holds: see {@link maskingOps.maskedScatter}. */
  maskedScatter(this: Tensor, mask: Tensor, source: Tensor): Tensor {
    return maskingOps.maskedScatter(this, mask, source);
  }

  /** The elements where a mask holds: see {@link maskingOps.maskedSelect}. */
  maskedSelect(this: Tensor, mask: Tensor): Tensor {
    return maskingOps.maskedSelect(this, mask);
  }

  /** The positions of all elements that are not zero: see {@link maskingOps.nonzero}. */
  nonzero(this: Tensor): Tensor {
    return maskingOps.nonzero(this);
  }

  /** A copy with elements replaced at given positions: see {@link scatterOps.scatter}. */
  scatter(this: Tensor, dim: number, index: Tensor, source: Operand): Tensor {
    return scatterOps.scatter(this, dim, index, source);
  }

  /** A copy with elements added at given positions: see {@link scatterOps.scatterAdd}. */
  scatterAdd(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return scatterOps.scatterAdd(this, dim, index, source);
  }

  /** A copy with elements combined at given positions: see {@link scatterOps.scatterReduce}. */
  scatterReduce(
    this: Tensor,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduce: scatterOps.ScatterReduction,
    options?: scatterOps.ScatterReduceOptions,
  ): Tensor {
    return scatterOps.scatterReduce(this, dim, index, source, reduce, options);
  }

  /** A view of one position along an axis: see {@link ops.select}. */
  select(this: Tensor, dim: number, index: number): Tensor {
    return ops.select(this, dim, index);
  }

  /** Elements at given positions of the flattened tensor: see {@link ops.take}. */
  take(this: Tensor, index: Tensor): Tensor {
    return ops.take(this, index);
  }

  /** Elements at given positions along an axis, broadcast: see {@link ops.takeAlongDim}. */
  takeAlongDim(this: Tensor, index: Tensor, dim?: number): Tensor {
    return ops.takeAlongDim(this, index, dim);
  }
}

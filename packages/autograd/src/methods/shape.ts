import * as convertOps from '../ops/convert.ts';
import * as indexingOps from '../ops/indexing.ts';
import * as rearrangeOps from '../ops/rearrange.ts';
import * as ops from '../ops/shape.ts';
import { alias } from '../tensor/core.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Dims } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { ProductMethods } from './products.ts';

/** Views, joining, indexing and conversions: see `ops/shape.ts`, `rearrange.ts`, `indexing.ts`, `convert.ts`. */
export abstract class ShapeMethods extends ProductMethods {
  /** Views of equal parts along an axis: see {@link rearrangeOps.chunk}. */
  chunk(this: Tensor, chunks: number, dim?: number): Tensor[] {
    return rearrangeOps.chunk(this, chunks, dim);
  }

  /** A copy with an array of its own: see {@link convertOps.clone}. */
  clone(this: Tensor): Tensor {
    return convertOps.clone(this);
  }

  /** x itself if row-major, else a copy: see {@link convertOps.contiguous}. */
  contiguous(this: Tensor): Tensor {
    return convertOps.contiguous(this);
  }

  /** The same elements, off the tape. PyTorch: `Tensor.detach`. */
  detach(this: Tensor): Tensor {
    return alias(this);
  }

  /** A view of the diagonal of two axes: see {@link ops.diagonal}. */
  diagonal(this: Tensor, offset?: number, dim0?: number, dim1?: number): Tensor {
    return ops.diagonal(this, offset, dim0, dim1);
  }

  /** A view with repeated axes: see {@link ops.expand}. */
  expand(this: Tensor, shape: readonly number[]): Tensor {
    return ops.expand(this, shape);
  }

  /** Neighbouring axes merged: see {@link ops.flatten}. */
  flatten(this: Tensor, startDim?: number, endDim?: number): Tensor {
    return ops.flatten(this, startDim, endDim);
  }

  /** A copy with axes reversed: see {@link ops.flip}. */
  flip(this: Tensor, dims: Dims): Tensor {
    return ops.flip(this, dims);
  }

  /** Elements at given positions along an axis: see {@link indexingOps.gather}. */
  gather(this: Tensor, dim: number, index: Tensor): Tensor {
    return indexingOps.gather(this, dim, index);
  }

  /** Slices at given positions along an axis: see {@link indexingOps.indexSelect}. */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    return indexingOps.indexSelect(this, dim, index);
  }

  /** A view of some positions along an axis: see {@link ops.narrow}. */
  narrow(this: Tensor, dim: number, start: number, length: number): Tensor {
    return ops.narrow(this, dim, start, length);
  }

  /** A view with the axes in a new order: see {@link ops.permute}. */
  permute(this: Tensor, order: readonly number[]): Tensor {
    return ops.permute(this, order);
  }

  /** A copy with axes repeated: see {@link rearrangeOps.repeat}. */
  repeat(this: Tensor, repeats: readonly number[]): Tensor {
    return rearrangeOps.repeat(this, repeats);
  }

  /** The same elements under another shape: see {@link ops.reshape}. */
  reshape(this: Tensor, shape: readonly number[]): Tensor {
    return ops.reshape(this, shape);
  }

  /** A copy with the elements moved around: see {@link rearrangeOps.roll}. */
  roll(this: Tensor, shifts: number | readonly number[], dims?: Dims): Tensor {
    return rearrangeOps.roll(this, shifts, dims);
  }

  /** A copy with elements added at given positions: see {@link indexingOps.scatterAdd}. */
  scatterAdd(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return indexingOps.scatterAdd(this, dim, index, source);
  }

  /** A view of one position along an axis: see {@link indexingOps.select}. */
  select(this: Tensor, dim: number, index: number): Tensor {
    return indexingOps.select(this, dim, index);
  }

  /** A view of a range of positions along an axis: see {@link ops.slice}. */
  slice(this: Tensor, dim: number, start?: number, stop?: number, step?: number): Tensor {
    return ops.slice(this, dim, start, stop, step);
  }

  /** Views of consecutive parts along an axis: see {@link rearrangeOps.split}. */
  split(this: Tensor, sizes: number | readonly number[], dim?: number): Tensor[] {
    return rearrangeOps.split(this, sizes, dim);
  }

  /** A view without axes of length 1: see {@link ops.squeeze}. */
  squeeze(this: Tensor, dim?: Dims): Tensor {
    return ops.squeeze(this, dim);
  }

  /** A copy with the last axes repeated: see {@link rearrangeOps.tile}. */
  tile(this: Tensor, repeats: readonly number[]): Tensor {
    return rearrangeOps.tile(this, repeats);
  }

  /** The same values in another dtype: see {@link convertOps.to}. */
  to(this: Tensor, dtype: DType): Tensor {
    return convertOps.to(this, dtype);
  }

  /** A view with two axes exchanged: see {@link ops.transpose}. */
  transpose(this: Tensor, dim0: number, dim1: number): Tensor {
    return ops.transpose(this, dim0, dim1);
  }

  /** The lower triangles of matrices: see {@link rearrangeOps.tril}. */
  tril(this: Tensor, diagonal?: number): Tensor {
    return rearrangeOps.tril(this, diagonal);
  }

  /** The upper triangles of matrices: see {@link rearrangeOps.triu}. */
  triu(this: Tensor, diagonal?: number): Tensor {
    return rearrangeOps.triu(this, diagonal);
  }

  /** A view with a new axis of length 1: see {@link ops.unsqueeze}. */
  unsqueeze(this: Tensor, dim: number): Tensor {
    return ops.unsqueeze(this, dim);
  }
}

import * as convertOps from '../ops/convert.ts';
import * as diagonalOps from '../ops/diagonals.ts';
import * as rearrangeOps from '../ops/rearrange.ts';
import * as ops from '../ops/shape.ts';
import * as viewOps from '../ops/views.ts';
import { alias } from '../tensor/core.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Dims } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { IndexingMethods } from './indexing.ts';

/** Views, rearranging, conversions: see `ops/shape.ts`, `views.ts`, `rearrange.ts` …. */
export abstract class ShapeMethods extends IndexingMethods {
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

  /** The diagonal of a matrix, or the matrix with a diagonal: see {@link diagonalOps.diag}. */
  diag(this: Tensor, offset?: number): Tensor {
    return diagonalOps.diag(this, offset);
  }

  /** Matrices with the last axis as their diagonal: see {@link diagonalOps.diagEmbed}. */
  diagEmbed(this: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor {
    return diagonalOps.diagEmbed(this, offset, dim1, dim2);
  }

  /** The matrix with the flattened tensor as its diagonal: see {@link diagonalOps.diagflat}. */
  diagflat(this: Tensor, offset?: number): Tensor {
    return diagonalOps.diagflat(this, offset);
  }

  /** A view of the diagonal of two axes: see {@link ops.diagonal}. */
  diagonal(this: Tensor, offset?: number, dim0?: number, dim1?: number): Tensor {
    return ops.diagonal(this, offset, dim0, dim1);
  }

  /** Views of parts along the third axis: see {@link viewOps.dsplit}. */
  dsplit(this: Tensor, sections: number | readonly number[]): Tensor[] {
    return viewOps.dsplit(this, sections);
  }

  /** A view with repeated axes: see {@link ops.expand}. */
  expand(this: Tensor, shape: readonly number[]): Tensor {
    return ops.expand(this, shape);
  }

  /** A view with the shape of another tensor: see {@link viewOps.expandAs}. */
  expandAs(this: Tensor, other: Tensor): Tensor {
    return viewOps.expandAs(this, other);
  }

  /** Neighbouring axes merged: see {@link ops.flatten}. */
  flatten(this: Tensor, startDim?: number, endDim?: number): Tensor {
    return ops.flatten(this, startDim, endDim);
  }

  /** A copy with axes reversed: see {@link ops.flip}. */
  flip(this: Tensor, dims: Dims): Tensor {
    return ops.flip(this, dims);
  }

  /** A copy with the second axis reversed: see {@link rearrangeOps.fliplr}. */
  fliplr(this: Tensor): Tensor {
    return rearrangeOps.fliplr(this);
  }

  /** A copy with the first axis reversed: see {@link rearrangeOps.flipud}. */
  flipud(this: Tensor): Tensor {
    return rearrangeOps.flipud(this);
  }

  /** Views of parts along the second axis: see {@link viewOps.hsplit}. */
  hsplit(this: Tensor, sections: number | readonly number[]): Tensor[] {
    return viewOps.hsplit(this, sections);
  }

  /** A view with axes moved: see {@link viewOps.movedim}. */
  movedim(this: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
    return viewOps.movedim(this, source, destination);
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

  /** A copy with elements or slices repeated next to each other: see {@link rearrangeOps.repeatInterleave}. */
  repeatInterleave(this: Tensor, repeats: number | Tensor, dim?: number): Tensor {
    return rearrangeOps.repeatInterleave(this, repeats, dim);
  }

  /** The same elements under another shape: see {@link ops.reshape}. */
  reshape(this: Tensor, shape: readonly number[]): Tensor {
    return ops.reshape(this, shape);
  }

  /** A copy with the elements moved around: see {@link rearrangeOps.roll}. */
  roll(this: Tensor, shifts: number | readonly number[], dims?: Dims): Tensor {
    return rearrangeOps.roll(this, shifts, dims);
  }

  /** A copy turned in the plane of two axes: see {@link rearrangeOps.rot90}. */
  rot90(this: Tensor, k?: number, dims?: readonly [number, number]): Tensor {
    return rearrangeOps.rot90(this, k, dims);
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

  /** Views of parts along an axis: see {@link viewOps.tensorSplit}. */
  tensorSplit(this: Tensor, sections: number | readonly number[], dim?: number): Tensor[] {
    return viewOps.tensorSplit(this, sections, dim);
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

  /** Views of all positions along an axis: see {@link viewOps.unbind}. */
  unbind(this: Tensor, dim?: number): Tensor[] {
    return viewOps.unbind(this, dim);
  }

  /** A view with one axis taken apart: see {@link viewOps.unflatten}. */
  unflatten(this: Tensor, dim: number, sizes: readonly number[]): Tensor {
    return viewOps.unflatten(this, dim, sizes);
  }

  /** A view of all windows along an axis: see {@link viewOps.slidingWindows}. */
  unfold(this: Tensor, dim: number, size: number, step: number): Tensor {
    return viewOps.slidingWindows(this, dim, size, step);
  }

  /** A view with a new axis of length 1: see {@link ops.unsqueeze}. */
  unsqueeze(this: Tensor, dim: number): Tensor {
    return ops.unsqueeze(this, dim);
  }

  /** The same elements under another shape, never a copy: see {@link viewOps.view}. */
  view(this: Tensor, shape: readonly number[]): Tensor {
    return viewOps.view(this, shape);
  }

  /** The same elements under the shape of another tensor, never a copy: see {@link viewOps.viewAs}. */
  viewAs(this: Tensor, other: Tensor): Tensor {
    return viewOps.viewAs(this, other);
  }

  /** Views of parts along the first axis: see {@link viewOps.vsplit}. */
  vsplit(this: Tensor, sections: number | readonly number[]): Tensor[] {
    return viewOps.vsplit(this, sections);
  }
}

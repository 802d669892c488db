import * as cumulativeOps from '../ops/cumulative.ts';
import * as normOps from '../ops/norms.ts';
import type { NormOrder } from '../ops/pNorm.ts';
import * as ops from '../ops/reduce.ts';
import * as softmaxOps from '../ops/softmax.ts';
import * as sortOps from '../ops/sort.ts';
import * as statisticsOps from '../ops/statistics.ts';
import * as varianceOps from '../ops/variance.ts';
import type { Dims } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { CompareMethods } from './compare.ts';

/** Reductions, running sums, sorting and statistics: see `ops/reduce.ts`, `cumulative.ts`, `norms.ts`, `softmax.ts`, `sort.ts`, `statistics.ts`. */
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

  /** The smallest and the largest element: see {@link ops.aminmax}. */
  aminmax(this: Tensor, dim?: number, options?: ops.ReduceOptions): ops.MinAndMax {
    return ops.aminmax(this, dim, options);
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

  /** Positions in sorted order along an axis: see {@link sortOps.argsort}. */
  argsort(this: Tensor, dim?: number, options?: sortOps.SortOptions): Tensor {
    return sortOps.argsort(this, dim, options);
  }

  /** How often each whole number occurs: see {@link statisticsOps.bincount}. */
  bincount(this: Tensor, weights?: Tensor, minlength?: number): Tensor {
    return statisticsOps.bincount(this, weights, minlength);
  }

  /** Correlations of rows: see {@link varianceOps.corrcoef}. */
  corrcoef(this: Tensor): Tensor {
    return varianceOps.corrcoef(this);
  }

  /** The number of elements that are not zero: see {@link ops.countNonzero}. */
  countNonzero(this: Tensor, dim?: Dims): Tensor {
    return ops.countNonzero(this, dim);
  }

  /** Covariances of rows: see {@link varianceOps.cov}. */
  cov(this: Tensor, options?: varianceOps.CovarianceOptions): Tensor {
    return varianceOps.cov(this, options);
  }

  /** Running maxima along an axis, with positions: see {@link cumulativeOps.cummax}. */
  cummax(this: Tensor, dim: number): ops.ValuesAndIndices {
    return cumulativeOps.cummax(this, dim);
  }

  /** Running minima along an axis, with positions: see {@link cumulativeOps.cummin}. */
  cummin(this: Tensor, dim: number): ops.ValuesAndIndices {
    return cumulativeOps.cummin(this, dim);
  }

  /** Running products along an axis: see {@link cumulativeOps.cumprod}. */
  cumprod(this: Tensor, dim: number, options?: cumulativeOps.CumulativeOptions): Tensor {
    return cumulativeOps.cumprod(this, dim, options);
  }

  /** Running sums along an axis: see {@link cumulativeOps.cumsum}. */
  cumsum(this: Tensor, dim: number, options?: cumulativeOps.CumulativeOptions): Tensor {
    return cumulativeOps.cumsum(this, dim, options);
  }

  /** Differences of neighbours along an axis: see {@link cumulativeOps.diff}. */
  diff(this: Tensor, n?: number, dim?: number, prepend?: Tensor, append?: Tensor): Tensor {
    return cumulativeOps.diff(this, n, dim, prepend, append);
  }

  /** The p-norm of x - other: see {@link normOps.dist}. */
  dist(this: Tensor, other: Tensor, p?: number): Tensor {
    return normOps.dist(this, other, p);
  }

  /** How many elements fall into each of equal intervals: see {@link statisticsOps.histc}. */
  histc(this: Tensor, bins?: number, min?: number, max?: number): Tensor {
    return statisticsOps.histc(this, bins, min, max);
  }

  /** The k-th smallest element along an axis, with its position: see {@link sortOps.kthvalue}. */
  kthvalue(this: Tensor, k: number, dim?: number, options?: ops.ReduceOptions): ops.ValuesAndIndices {
    return sortOps.kthvalue(this, k, dim, options);
  }

  /** Running ln sum exp(x) along an axis: see {@link cumulativeOps.logcumsumexp}. */
  logcumsumexp(this: Tensor, dim: number): Tensor {
    return cumulativeOps.logcumsumexp(this, dim);
  }

  /** The logarithm of the softmax along an axis: see {@link softmaxOps.logSoftmax}. */
  logSoftmax(this: Tensor, dim: number): Tensor {
    return softmaxOps.logSoftmax(this, dim);
  }

  /** ln sum exp(x): see {@link softmaxOps.logsumexp}. */
  logsumexp(this: Tensor, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return softmaxOps.logsumexp(this, dim, options);
  }

  /** The largest element of all; along an axis, with its position: see {@link ops.max}. */
  max(this: Tensor): Tensor;
  max(this: Tensor, dim: number, options?: ops.ReduceOptions): ops.ValuesAndIndices;
  max(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor | ops.ValuesAndIndices {
    return dim === undefined ? ops.max(this) : ops.max(this, dim, options);
  }

  /** The mean: see {@link ops.mean}. */
  mean(this: Tensor, dim?: Dims, options?: ops.SumOptions): Tensor {
    return ops.mean(this, dim, options);
  }

  /** The median of all elements; along an axis, with its position: see {@link statisticsOps.median}. */
  median(this: Tensor): Tensor;
  median(this: Tensor, dim: number, options?: ops.ReduceOptions): ops.ValuesAndIndices;
  median(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor | ops.ValuesAndIndices {
    return dim === undefined ? statisticsOps.median(this) : statisticsOps.median(this, dim, options);
  }

  /** The smallest element of all; along an axis, with its position: see {@link ops.min}. */
  min(this: Tensor): Tensor;
  min(this: Tensor, dim: number, options?: ops.ReduceOptions): ops.ValuesAndIndices;
  min(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor | ops.ValuesAndIndices {
    return dim === undefined ? ops.min(this) : ops.min(this, dim, options);
  }

  /** The most frequent elements along an axis, with positions: see {@link statisticsOps.mode}. */
  mode(this: Tensor, dim?: number, options?: ops.ReduceOptions): ops.ValuesAndIndices {
    return statisticsOps.mode(this, dim, options);
  }

  /** The mean without NaN: see {@link ops.nanmean}. */
  nanmean(this: Tensor, dim?: Dims, options?: ops.SumOptions): Tensor {
    return ops.nanmean(this, dim, options);
  }

  /** The median without NaN: see {@link statisticsOps.nanmedian}. */
  nanmedian(this: Tensor): Tensor;
  nanmedian(this: Tensor, dim: number, options?: ops.ReduceOptions): ops.ValuesAndIndices;
  nanmedian(this: Tensor, dim?: number, options?: ops.ReduceOptions): Tensor | ops.ValuesAndIndices {
    return dim === undefined ? statisticsOps.nanmedian(this) : statisticsOps.nanmedian(this, dim, options);
  }

  /** Quantiles without NaN: see {@link statisticsOps.nanquantile}. */
  nanquantile(
    this: Tensor,
    q: Tensor | number,
    dim?: number,
    options?: statisticsOps.QuantileOptions,
  ): Tensor {
    return statisticsOps.nanquantile(this, q, dim, options);
  }

  /** The sum without NaN: see {@link ops.nansum}. */
  nansum(this: Tensor, dim?: Dims, options?: ops.SumOptions): Tensor {
    return ops.nansum(this, dim, options);
  }

  /** The p-norm: see {@link normOps.norm}. */
  norm(this: Tensor, p?: NormOrder, dim?: Dims, options?: ops.ReduceOptions): Tensor {
    return normOps.norm(this, p, dim, options);
  }

  /** The product: see {@link ops.prod}. */
  prod(this: Tensor, dim?: number, options?: ops.SumOptions): Tensor {
    return ops.prod(this, dim, options);
  }

  /** Quantiles: see {@link statisticsOps.quantile}. */
  quantile(this: Tensor, q: Tensor | number, dim?: number, options?: statisticsOps.QuantileOptions): Tensor {
    return statisticsOps.quantile(this, q, dim, options);
  }

  /** Slices scaled down to a norm: see {@link normOps.renorm}. */
  renorm(this: Tensor, p: number, dim: number, maxnorm: number): Tensor {
    return normOps.renorm(this, p, dim, maxnorm);
  }

  /** exp(x) / sum exp(x) along an axis: see {@link softmaxOps.softmax}. */
  softmax(this: Tensor, dim: number): Tensor {
    return softmaxOps.softmax(this, dim);
  }

  /** The elements in sorted order along an axis, with positions: see {@link sortOps.sort}. */
  sort(this: Tensor, dim?: number, options?: sortOps.SortOptions): ops.ValuesAndIndices {
    return sortOps.sort(this, dim, options);
  }

  /** The standard deviation: see {@link varianceOps.std}. */
  std(this: Tensor, dim?: Dims, options?: varianceOps.VarianceOptions): Tensor {
    return varianceOps.std(this, dim, options);
  }

  /** The sum: see {@link ops.sum}. */
  sum(this: Tensor, dim?: Dims, options?: ops.SumOptions): Tensor {
    return ops.sum(this, dim, options);
  }

  /** The k largest elements along an axis, with positions: see {@link sortOps.topk}. */
  topk(this: Tensor, k: number, dim?: number, options?: sortOps.TopkOptions): ops.ValuesAndIndices {
    return sortOps.topk(this, k, dim, options);
  }

  /** The distinct elements: see {@link sortOps.unique}. */
  unique(this: Tensor, options?: sortOps.UniqueOptions): sortOps.Unique {
    return sortOps.unique(this, options);
  }

  /** Runs of equal elements: see {@link sortOps.uniqueConsecutive}. */
  uniqueConsecutive(this: Tensor, options?: sortOps.UniqueOptions): sortOps.Unique {
    return sortOps.uniqueConsecutive(this, options);
  }

  /** The variance: see {@link varianceOps.variance}. */
  var(this: Tensor, dim?: Dims, options?: varianceOps.VarianceOptions): Tensor {
    return varianceOps.variance(this, dim, options);
  }
}

import {
  type CosineSimilarityOptions,
  cosineSimilarity,
  type PairwiseDistanceOptions,
  pairwiseDistance,
  type Tensor,
} from '@tensortape/autograd';
import { checkNoOthers } from '../check.ts';
import { Module } from '../module.ts';

/**
 * The cosine of the angle between vectors along an axis: see {@link functional.cosineSimilarity}. PyTorch:
 * `torch.nn.CosineSimilarity`.
 *
 * @example
 * ```ts
 * import { CosineSimilarity } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new CosineSimilarity().forward(tensor([[1, 0]]), tensor([[0, 2]])).toArray()); // [ 0 ]
 * ```
 */
export class CosineSimilarity extends Module {
  /** The axis of the vectors. */
  readonly dim: number;
  /** The least length of a vector. */
  readonly eps: number;

  /** @param options `dim` (1), `eps` (1e-8). */
  constructor({ dim = 1, eps = 1e-8, ...others }: CosineSimilarityOptions = {}) {
    super();
    checkNoOthers('CosineSimilarity', others);
    this.dim = dim;
    this.eps = eps;
  }

  /** The cosines of two tensors that broadcast. */
  forward(x1: Tensor, x2: Tensor): Tensor {
    return cosineSimilarity(x1, x2, { dim: this.dim, eps: this.eps });
  }
}

/**
 * The norms of differences along the last axis: see {@link functional.pairwiseDistance}. PyTorch: `torch.nn.PairwiseDistance`.
 *
 * @example
 * ```ts
 * import { PairwiseDistance } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new PairwiseDistance({ eps: 0 }).forward(tensor([[0, 0]]), tensor([[3, 4]])).toArray()); // [ 5 ]
 * ```
 */
export class PairwiseDistance extends Module {
  /** Which norm. */
  readonly p: number;
  /** Added to each difference. */
  readonly eps: number;
  /** Whether the last axis is kept with length 1. */
  readonly keepdim: boolean;

  /** @param options `p` (2), `eps` (1e-6), `keepdim` (false). */
  constructor({ p = 2, eps = 1e-6, keepdim = false, ...others }: PairwiseDistanceOptions = {}) {
    super();
    checkNoOthers('PairwiseDistance', others);
    this.p = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }

  /** The distances between the vectors of two tensors that broadcast. */
  forward(x1: Tensor, x2: Tensor): Tensor {
    return pairwiseDistance(x1, x2, { p: this.p, eps: this.eps, keepdim: this.keepdim });
  }
}

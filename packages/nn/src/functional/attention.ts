import {
  type AttentionOptions,
  scaledDotProductAttention as attend,
  attentionWeights,
  type Generator,
  type Tensor,
} from '@tensortape/autograd';
import { dropout } from './dropout.ts';

export { attentionWeights } from '@tensortape/autograd';

/** Options of {@link scaledDotProductAttention}. */
export interface AttentionDropoutOptions extends AttentionOptions {
  /** The probability that the weight of a key is dropped. Default 0. */
  readonly dropoutP?: number;
  /** Where to draw from; the default generator, which `manualSeed` seeds, unless given. */
  readonly generator?: Generator;
}

/**
 * softmax(scale q k^T + mask) v, for queries (…, L, E), keys (…, S, E) and values (…, S, Ev), with weights dropped at random:
 * without dropout the operation of the same name in `@tensortape/autograd`. PyTorch:
 * `torch.nn.functional.scaled_dot_product_attention`, without grouped queries. Errors: as there; ArgumentError unless
 * 0 <= dropoutP <= 1.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const [q, k, v] = [tensor([[0, 0]]), tensor([[1, 2], [3, 4]]), tensor([[1], [3]])];
 * console.log(functional.scaledDotProductAttention(q, k, v).toArray()); // [ [ 2 ] ]
 * ```
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { dropoutP = 0, generator, ...options }: AttentionDropoutOptions = {},
): Tensor {
  if (dropoutP === 0) return attend(query, key, value, options);
  const weights = attentionWeights(query, key, options);
  return dropout(weights, dropoutP, generator ? { generator } : {}).matmul(value);
}

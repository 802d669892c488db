export {
  type AttentionOptions,
  type EmbeddingBagOptions,
  type EmbeddingOptions,
  embedding,
  embeddingBag,
  oneHot,
  scaledDotProductAttention,
} from '@tensortape/autograd';

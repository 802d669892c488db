export {
  type EmbeddingBagOptions,
  type EmbeddingOptions,
  embedding,
  embeddingBag,
  oneHot,
} from '@tensortape/autograd';

import { type Tensor, zeros } from '@tensortape/autograd';
import { causalMask } from '@tensortape/nn';
import type { Case, Cases, Source } from '../source.ts';

/** (length, batch, features), with the batch first, or without. */
const sequence = (source: Source, length: number, batch: number | null, features: number, first: boolean) => {
  if (batch === null) return source.reals([length, features]);
  return source.reals(first ? [batch, length, features] : [length, batch, features]);
};

/** A mask of pairs that leaves each query its first key. */
function pairMask(source: Source, lead: number[], queries: number, keys: number): Tensor {
  const shape = [...lead, queries, keys];
  if (source.flag()) return source.constant(shape);
  return source.mask(shape).logicalAnd(firstKey(shape).logicalNot());
}

/** True for the first key. */
function firstKey(shape: readonly number[]): Tensor {
  const keys = shape.at(-1)!;
  return zeros([keys])
    .indexFill(0, zeros([1], { dtype: 'int32' }), 1)
    .ne(0)
    .expand(shape);
}

/** A mask of keys that leaves the first. */
const keyMask = (source: Source, batch: number | null, keys: number): Tensor => {
  const shape = batch === null ? [keys] : [batch, keys];
  return source.mask(shape).logicalAnd(firstKey(shape).logicalNot());
};

// What is dropped in training depends on PyTorch's build.
const dropout = (source: Source) => ({ dropout: source.training ? 0 : 0.5 });

const layerOptions = (source: Source) => ({
  dimFeedforward: source.integer(1, 4),
  ...dropout(source),
  activation: source.oneOf(['relu', 'gelu']),
  // A small variance would multiply float32's rounding, layer by layer.
  layerNormEps: source.dtype === 'float32' ? 0.1 : source.oneOf([1e-5, 0.1]),
  batchFirst: source.flag(),
  normFirst: source.flag(),
  bias: source.flag(),
});

/** Features that some heads divide, lengths and a batch. */
const sizes = (source: Source) => {
  const heads = source.integer(1, 2);
  return {
    heads,
    features: heads * source.integer(2, 3),
    queries: source.integer(1, 3),
    keys: source.integer(1, 4),
    batch: source.oneOf([null, 1, 2]),
  };
};

/** PyTorch takes the causal mask with the hint that it is one. */
const causal = (source: Source, name: 'attnMask' | 'srcMask' | 'mask' | 'tgtMask', length: number) => ({
  [name]: causalMask(length, { dtype: source.dtype }),
});

const attention = (source: Source): Case => {
  const { heads, features, queries, keys, batch } = sizes(source);
  const batchFirst = source.flag();
  const [kdim, vdim] = source.flag() ? [null, null] : [source.integer(1, 4), source.integer(1, 4)];
  const own = source.flag();
  const [sources, kWidth, vWidth] = own
    ? [queries, features, features]
    : [keys, kdim ?? features, vdim ?? features];
  const query = sequence(source, queries, batch, features, batchFirst);
  const key = own && kdim === null ? query : sequence(source, sources, batch, kdim ?? kWidth, batchFirst);
  const value = own && vdim === null ? query : sequence(source, sources, batch, vdim ?? vWidth, batchFirst);
  const perHead = source.flag() ? [(batch ?? 1) * heads] : [];
  const masks =
    own && source.flag()
      ? causal(source, 'attnMask', queries)
      : { attnMask: source.maybe(() => pairMask(source, perHead, queries, sources)) };
  return {
    args: [features, heads],
    options: {
      ...dropout(source),
      bias: source.flag(),
      addBiasKv: source.flag(),
      addZeroAttn: source.flag(),
      kdim,
      vdim,
      batchFirst,
    },
    inputs: [
      query,
      key,
      value,
      {
        ...masks,
        keyPaddingMask: source.maybe(() => keyMask(source, batch, sources)),
        needWeights: source.flag(),
        averageAttnWeights: source.flag(),
      },
    ],
  };
};

const encoderMasks = (source: Source, name: 'srcMask' | 'mask', length: number, batch: number | null) => {
  const mask = source.maybe(() => pairMask(source, [], length, length));
  return {
    ...(source.flag() ? { ...causal(source, name, length), isCausal: true } : { [name]: mask }),
    srcKeyPaddingMask: source.maybe(() => keyMask(source, batch, length)),
  };
};

const decoderMasks = (source: Source, queries: number, keys: number, batch: number | null) => ({
  ...(source.flag()
    ? { ...causal(source, 'tgtMask', queries), tgtIsCausal: true }
    : { tgtMask: source.maybe(() => pairMask(source, [], queries, queries)) }),
  memoryMask: source.maybe(() => pairMask(source, [], queries, keys)),
  tgtKeyPaddingMask: source.maybe(() => keyMask(source, batch, queries)),
  memoryKeyPaddingMask: source.maybe(() => keyMask(source, batch, keys)),
});

const encoder = (source: Source, stacked: boolean): Case => {
  const { heads, features, keys, batch } = sizes(source);
  const options = layerOptions(source);
  const src = sequence(source, keys, batch, features, options.batchFirst);
  const depth = stacked ? [source.integer(1, 2), source.flag()] : [];
  return {
    args: [features, heads, ...depth],
    options,
    inputs: [src, encoderMasks(source, stacked ? 'mask' : 'srcMask', keys, batch)],
  };
};

const decoder = (source: Source, stacked: boolean): Case => {
  const { heads, features, queries, keys, batch } = sizes(source);
  const options = layerOptions(source);
  const tgt = sequence(source, queries, batch, features, options.batchFirst);
  const memory = sequence(source, keys, batch, features, options.batchFirst);
  const depth = stacked ? [source.integer(1, 2), source.flag()] : [];
  return {
    args: [features, heads, ...depth],
    options,
    inputs: [tgt, memory, decoderMasks(source, queries, keys, batch)],
  };
};

const positions = (source: Source): Case => {
  const [features, batchFirst] = [source.integer(1, 5), source.flag()];
  const batch = source.oneOf([null, 2]);
  return {
    args: [features],
    options: { maxLen: source.integer(3, 5), ...dropout(source), batchFirst },
    inputs: [sequence(source, source.integer(1, 3), batch, features, batchFirst)],
  };
};

/** Attention, transformers and positional encodings. */
export const transformers: Cases = {
  LearnedEncoding: positions,
  MultiheadAttention: attention,
  SinusoidalEncoding: positions,
  Transformer: (source) => {
    const { heads, features, queries, keys, batch } = sizes(source);
    const options = layerOptions(source);
    const src = sequence(source, keys, batch, features, options.batchFirst);
    const tgt = sequence(source, queries, batch, features, options.batchFirst);
    return {
      options: { dModel: features, nhead: heads, numEncoderLayers: 1, numDecoderLayers: 2, ...options },
      inputs: [
        src,
        tgt,
        {
          ...decoderMasks(source, queries, keys, batch),
          srcMask: source.maybe(() => pairMask(source, [], keys, keys)),
          srcKeyPaddingMask: source.maybe(() => keyMask(source, batch, keys)),
        },
      ],
    };
  },
  TransformerDecoder: (source) => decoder(source, true),
  TransformerDecoderLayer: (source) => decoder(source, false),
  TransformerEncoder: (source) => encoder(source, true),
  TransformerEncoderLayer: (source) => encoder(source, false),
};

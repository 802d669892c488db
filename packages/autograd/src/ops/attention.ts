import { refuseDType } from '../tape/shorthands.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { constant } from '../tensor/core.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';

/** Options of {@link scaledDotProductAttention}. */
export interface AttentionOptions {
  /** Which keys each query sees, as bool, or what to add to their scores; broadcasts to (…, queries, keys). Default all. */
  readonly attnMask?: Tensor | null;
  /** Whether query i sees keys 0 … i only. Default false. */
  readonly isCausal?: boolean;
  /** The factor of the scores. Default 1 / sqrt(E). */
  readonly scale?: number;
}

/** Refuses what is no query or key. */
function checkOperand(op: string, name: string, x: Tensor, query: Tensor): void {
  checkTensor(op, name, x);
  refuseDType(op, x, 'integers');
  if (x.ndim < 2)
    throw new ShapeError(`${op}: the ${name} has shape ${formatShape(x.shape)}, expected at least two axes`);
  if (x.dtype !== query.dtype) {
    throw new DTypeError(
      `${op}: the query is ${query.dtype}, the ${name} ${x.dtype}; convert one with .to()`,
    );
  }
}

/** The weight of each key for each query. */
function weigh(op: string, query: Tensor, key: Tensor, options: AttentionOptions): Tensor {
  checkOptions(op, options, ['attnMask', 'isCausal', 'scale']);
  const [features, queries, keys] = [query.shape.at(-1)!, query.shape.at(-2)!, key.shape.at(-2)!];
  const { attnMask = null, isCausal = false, scale = 1 / Math.sqrt(features) } = options;
  const scores = query.mul(scale).matmul(key.mT);
  if (attnMask !== null && isCausal) {
    throw new ArgumentError(
      `${op}: give a mask or isCausal, not both; a causal mask is ones([L, S]).tril().ne(0)`,
    );
  }
  const none = Number.NEGATIVE_INFINITY;
  if (attnMask === null) {
    if (keys === 0) return scores;
    // Every query sees the first key: none of its rows is -inf because of the mask.
    const seen = () => constant(1, 'bool', [queries, keys]).tril();
    return (isCausal ? scores.where(seen(), none) : scores).softmax(-1);
  }
  checkTensor(op, 'attnMask', attnMask);
  if (attnMask.dtype !== 'bool' && attnMask.dtype !== query.dtype) {
    throw new DTypeError(
      `${op}: the mask is ${attnMask.dtype}, expected bool or ${query.dtype}, as the query`,
    );
  }
  if (!sameShape(broadcastShapes(op, attnMask.shape, scores.shape), scores.shape)) {
    throw new ShapeError(
      `${op}: the mask of shape ${formatShape(attnMask.shape)} does not expand to the scores of shape ${formatShape(scores.shape)}`,
    );
  }
  const masked = attnMask.dtype === 'bool' ? scores.where(attnMask, none) : scores.add(attnMask);
  // A row of -inf has no softmax: it is replaced before NaN arises, and its weights are 0.
  const seen = masked.ne(none).any(-1).unsqueeze(-1);
  return masked.where(seen, 0).softmax(-1).where(seen, 0);
}

/**
 * softmax(scale q k^T + mask) for queries (…, L, E) and keys (…, S, E): the weight of each key for each query, (…, L, S), which {@link scaledDotProductAttention} applies to values. A query that sees no key gives 0.
 * Derivatives: with weights a and their cotangent h, the scores get a (h - sum a h). Errors: as {@link scaledDotProductAttention}. PyTorch: `torch.nn.functional.scaled_dot_product_attention` of the unit matrix.
 *
 * @example
 * ```ts
 * import { attentionWeights, tensor } from '@tensortape/autograd';
 * console.log(attentionWeights(tensor([[0, 0]]), tensor([[1, 2], [3, 4]])).toArray()); // [ [ 0.5, 0.5 ] ]
 * ```
 */
export function attentionWeights(query: Tensor, key: Tensor, options: AttentionOptions = {}): Tensor {
  const op = 'attentionWeights';
  for (const [name, x] of Object.entries({ query, key })) checkOperand(op, name, x, query);
  if (key.shape.at(-1) !== query.shape.at(-1)) {
    throw new ShapeError(
      `${op}: query ${formatShape(query.shape)} and key ${formatShape(key.shape)}; expected (…, L, E) and (…, S, E)`,
    );
  }
  broadcastShapes(op, query.shape.slice(0, -2), key.shape.slice(0, -2));
  return weigh(op, query, key, options);
}
export const attentionWeightsSamples: Samples = (s) => {
  const lead = s.oneOf([[], [2], [2, 1]]);
  const [queries, keys] = [s.integer(1, 3), s.integer(1, 3)];
  return [
    s.tensorOf([...lead, queries, 2]),
    s.tensorOf([...s.oneOf([lead, []]), keys, 2]),
    { ...drawMask(s, queries, keys), ...s.oneOf([{}, { scale: 0.5 }]) },
  ];
};
export const attentionWeightsRefusals: Refusals = (s) => {
  const [q, k] = [s.tensorOf([2, 3]), s.tensorOf([4, 3])];
  return [
    [[q, s.tensorOf([3])], 'ShapeError', /the key has shape \(3,\), expected at least two axes/],
    [[q, s.tensorOf([4, 2])], 'ShapeError', /query \(2, 3\) and key \(4, 2\)/],
    [[q, k.to('float32')], 'DTypeError', /the query is float64, the key float32/],
    [[q, k, { attnMask: s.index([2, 4], 2) }], 'DTypeError', /the mask is int32, expected bool or float64/],
    [[q, k, { attnMask: s.tensorOf([2, 4]), isCausal: true }], 'ArgumentError', /a mask or isCausal/],
    [[q, k, { dropout: 0.5 }], 'ArgumentError', /unknown option 'dropout'/],
  ];
};

/** The masks that queries and keys can have. */
function drawMask(s: SampleKit, queries: number, keys: number): AttentionOptions {
  return s.oneOf([
    () => ({}),
    () => ({ isCausal: true }),
    () => ({ attnMask: s.mask([queries, keys]).expand([queries, keys]) }),
    () => ({ attnMask: s.tensorOf([queries, keys]) }),
  ])();
}

/**
 * softmax(scale q k^T + mask) v, for queries (…, L, E), keys (…, S, E) and values (…, S, Ev): (…, L, Ev). A query that sees no key gives 0. Derivatives: of the composition; with weights
 * a and their cotangent h = g v^T, the scores get a (h - sum a h). Errors: ShapeError below 2 axes, and for shapes that do not fit; DTypeError for integers, different dtypes and a mask that
 * is neither bool nor of the dtype; ArgumentError for a mask with isCausal. PyTorch: `torch.nn.functional.scaled_dot_product_attention`, without dropout and grouped queries.
 * Source: A. Vaswani et al., "Attention Is All You Need", 2017.
 *
 * @example
 * ```ts
 * import { scaledDotProductAttention, tensor } from '@tensortape/autograd';
 * const [q, k, v] = [tensor([[0, 0]]), tensor([[1, 2], [3, 4]]), tensor([[1], [3]])];
 * console.log(scaledDotProductAttention(q, k, v).toArray()); // [ [ 2 ] ]
 * ```
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const op = 'scaledDotProductAttention';
  for (const [name, x] of Object.entries({ query, key, value })) checkOperand(op, name, x, query);
  if (key.shape.at(-1) !== query.shape.at(-1) || value.shape.at(-2) !== key.shape.at(-2)) {
    throw new ShapeError(
      `${op}: query ${formatShape(query.shape)}, key ${formatShape(key.shape)} and value ${formatShape(value.shape)}; expected ` +
        '(…, L, E), (…, S, E) and (…, S, Ev)',
    );
  }
  const lead = broadcastShapes(op, query.shape.slice(0, -2), key.shape.slice(0, -2));
  broadcastShapes(op, lead, value.shape.slice(0, -2));
  return weigh(op, query, key, options).matmul(value);
}
export const scaledDotProductAttentionSamples: Samples = (s) => {
  const lead = s.oneOf([[], [2], [2, 1]]);
  const [length, keys] = [s.integer(1, 3), s.integer(1, 3)];
  return [
    s.tensorOf([...lead, length, 2]),
    s.tensorOf([...s.oneOf([lead, []]), keys, 2]),
    s.tensorOf([...lead, keys, 3]),
    { ...drawMask(s, length, keys), ...s.oneOf([{}, { scale: 0.5 }]) },
  ];
};
export const scaledDotProductAttentionRefusals: Refusals = (s) => {
  const [q, k, v] = [s.tensorOf([2, 3]), s.tensorOf([4, 3]), s.tensorOf([4, 5])];
  return [
    [[s.tensorOf([3]), k, v], 'ShapeError', /the query has shape \(3,\), expected at least two axes/],
    [[q, s.tensorOf([4, 2]), v], 'ShapeError', /query \(2, 3\), key \(4, 2\) and value \(4, 5\)/],
    [[q, k, s.tensorOf([3, 5])], 'ShapeError', /key \(4, 3\) and value \(3, 5\)/],
    [[q, k, v.to('float32')], 'DTypeError', /the query is float64, the value float32/],
    [[s.index([2, 3], 2), k, v], 'DTypeError', /expected a floating point tensor, got int32/],
    [
      [q, k, v, { attnMask: s.index([2, 4], 2) }],
      'DTypeError',
      /the mask is int32, expected bool or float64/,
    ],
    [
      [q, k, v, { attnMask: s.tensorOf([3, 2, 4]) }],
      'ShapeError',
      /the mask of shape \(3, 2, 4\) does not expand/,
    ],
    [
      [q, k, v, { attnMask: s.tensorOf([2, 4]), isCausal: true }],
      'ArgumentError',
      /a mask or isCausal, not both/,
    ],
    [[q, k, v, { dropout: 0.5 }], 'ArgumentError', /unknown option 'dropout'/],
  ];
};

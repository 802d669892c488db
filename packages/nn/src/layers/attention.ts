import {
  ArgumentError,
  attentionWeights,
  cat,
  DTypeError,
  type FloatDType,
  formatShape,
  full,
  getDefaultDType,
  isFloat,
  ones,
  ShapeError,
  sameShape,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { checkDivisible, checkNoOthers, checkProbability } from '../check.ts';
import { scaledDotProductAttention } from '../functional/attention.ts';
import { dropout } from '../functional/dropout.ts';
import { linear } from '../functional/linear.ts';
import { xavierNormal_, xavierUniform_, zeros_ } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { Linear } from './linear.ts';

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions {
  /** The probability that the weight of a key is dropped, in training. Default 0. */
  readonly dropout?: number;
  /** Whether projections add biases. Default true. */
  readonly bias?: boolean;
  /** Whether a learned key and value stand behind the given ones. Default false. */
  readonly addBiasKv?: boolean;
  /** Whether a key and a value of zeros stand behind the given ones. Default false. */
  readonly addZeroAttn?: boolean;
  /** The features of keys; those of queries unless given. */
  readonly kdim?: number | null;
  /** The features of values; those of queries unless given. */
  readonly vdim?: number | null;
  /** Whether inputs are (batch, length, features), instead of (length, batch, features). Default false. */
  readonly batchFirst?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** What a call of {@link MultiheadAttention} can be told. */
export interface AttentionCall {
  /** Keys that no query sees, true in (batch, S); or what is added to their scores. Default none. */
  readonly keyPaddingMask?: Tensor | null;
  /**
   * Pairs of query and key that do not see each other, true in (L, S) or (batch * heads, L, S); or what is added to their
   * scores. Default none.
   */
  readonly attnMask?: Tensor | null;
  /** Whether query i sees keys 0 … i only; a mask may hide more. Default false. */
  readonly isCausal?: boolean;
  /** Whether to return the weights too. Default true; faster without. */
  readonly needWeights?: boolean;
  /** Whether the weights are averaged over the heads. Default true. */
  readonly averageAttnWeights?: boolean;
}

/**
 * Attention of several heads: queries, keys and values are projected, divided into heads, attended with
 * {@link functional.scaledDotProductAttention}, joined, and projected again. Parameters are named as PyTorch's (`inProjWeight`
 * holds the three projections; separate ones where keys or values have other features), with its initial values for the same
 * seed. PyTorch: `torch.nn.MultiheadAttention`; here a query that sees no key gives zeros instead of NaN, and `isCausal` needs no
 * mask. Source: A. Vaswani et al., "Attention Is All You Need", 2017.
 *
 * Errors: ArgumentError for features that heads do not divide, and options out of range; ShapeError and DTypeError for inputs and
 * masks that do not fit.
 *
 * @example
 * ```ts
 * import { MultiheadAttention } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const attention = new MultiheadAttention(16, 4, { batchFirst: true });
 * const x = ones([2, 5, 16]);
 * const [output, weights] = attention.forward(x, x, x, { isCausal: true });
 * console.log(output.shape, weights?.shape); // [ 2, 5, 16 ] [ 2, 5, 5 ]
 * ```
 */
export class MultiheadAttention extends Module {
  /** The features of queries and outputs. */
  readonly embedDim: number;
  /** The number of heads. */
  readonly numHeads: number;
  /** The features of keys. */
  readonly kdim: number;
  /** The features of values. */
  readonly vdim: number;
  /** The probability that the weight of a key is dropped. */
  readonly dropout: number;
  /** Whether the batch comes first. */
  readonly batchFirst: boolean;
  /** Whether a key and a value of zeros stand behind the given ones. */
  readonly addZeroAttn: boolean;
  /** The projections of queries, (embedDim, embedDim), or null where all three are in one. */
  qProjWeight: Parameter | null;
  /** The projections of keys, (embedDim, kdim), or null where all three are in one. */
  kProjWeight: Parameter | null;
  /** The projections of values, (embedDim, vdim), or null where all three are in one. */
  vProjWeight: Parameter | null;
  /** The three projections, (3 embedDim, embedDim), or null where they are separate. */
  inProjWeight: Parameter | null;
  /** The biases of the three projections, (3 embedDim), or null without. */
  inProjBias: Parameter | null;
  /** A learned key, (1, 1, embedDim), or null without. */
  biasK: Parameter | null;
  /** A learned value, (1, 1, embedDim), or null without. */
  biasV: Parameter | null;
  /** The projection of the joined heads. */
  outProj: Linear;

  /**
   * @param embedDim The features of queries and outputs.
   * @param numHeads The number of heads; divides the features.
   * @param options `dropout` (0), `bias` (true), `addBiasKv`, `addZeroAttn` (false), `kdim`, `vdim` (embedDim), `batchFirst`
   *   (false), `dtype`.
   */
  constructor(
    embedDim: number,
    numHeads: number,
    {
      dropout = 0,
      bias = true,
      addBiasKv = false,
      addZeroAttn = false,
      kdim = null,
      vdim = null,
      batchFirst = false,
      dtype = getDefaultDType(),
      ...others
    }: MultiheadAttentionOptions = {},
  ) {
    super();
    checkNoOthers('MultiheadAttention', others);
    checkDivisible('MultiheadAttention', 'embedDim', embedDim, 'numHeads', numHeads);
    checkProbability('MultiheadAttention', 'dropout', dropout);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.kdim = kdim ?? embedDim;
    this.vdim = vdim ?? embedDim;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    const parameter = (...shape: number[]): Parameter => new Parameter(zeros(shape, { dtype }));
    const packed = this.kdim === embedDim && this.vdim === embedDim;
    this.qProjWeight = packed ? null : parameter(embedDim, embedDim);
    this.kProjWeight = packed ? null : parameter(embedDim, this.kdim);
    this.vProjWeight = packed ? null : parameter(embedDim, this.vdim);
    this.inProjWeight = packed ? parameter(3 * embedDim, embedDim) : null;
    this.inProjBias = bias ? parameter(3 * embedDim) : null;
    this.biasK = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.biasV = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.outProj = new Linear(embedDim, embedDim, { bias, dtype });
    this.noteFields();
    this.resetParameters();
  }

  /** Draws initial values again: Xavier's uniforms for projections, his normals for the learned key and value, biases 0. */
  resetParameters(): void {
    const { inProjWeight, qProjWeight, kProjWeight, vProjWeight, inProjBias, outProj, biasK, biasV } = this;
    for (const weight of [inProjWeight, qProjWeight, kProjWeight, vProjWeight])
      if (weight) xavierUniform_(weight);
    for (const bias of [inProjBias, outProj.bias]) if (bias) zeros_(bias);
    for (const row of [biasK, biasV]) if (row) xavierNormal_(row);
  }

  /**
   * What each query (L, batch, embedDim) gathers from the values (S, batch, vdim) by the keys (S, batch, kdim), and the weights
   * (batch, L, S), or (batch, heads, L, S) with `averageAttnWeights: false`, or null with `needWeights: false`. The batch comes
   * first with `batchFirst`; all three may lack it.
   */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    {
      keyPaddingMask = null,
      attnMask = null,
      isCausal = false,
      needWeights = true,
      averageAttnWeights = true,
      ...others
    }: AttentionCall = {},
  ): [output: Tensor, weights: Tensor | null] {
    checkNoOthers('MultiheadAttention', others);
    this.#checkInputs(query, key, value);
    const single = query.ndim === 2;
    const [q, k, v] = this.#project(query, key, value, single);
    const [heads, more] = [this.#split(q), this.#extraKeys(q.shape[1]!)];
    const behind = (x: Tensor, others: readonly Tensor[]) => (others.length > 0 ? cat([x, ...others]) : x);
    const keys = this.#split(
      behind(
        k,
        more.map((each) => each.key),
      ),
    );
    const values = this.#split(
      behind(
        v,
        more.map((each) => each.value),
      ),
    );
    const sizes = { batch: q.shape[1]!, queries: q.shape[0]!, keys: k.shape[0]!, extra: more.length };
    // Time alone hides nothing from all, which attention makes use of.
    const timeOnly = isCausal && attnMask === null && keyPaddingMask === null && more.length === 0;
    const mask = timeOnly
      ? null
      : this.#mask(attnMask, single ? (keyPaddingMask?.unsqueeze(0) ?? null) : keyPaddingMask, {
          ...sizes,
          isCausal,
          dtype: q.dtype,
        });
    const hiding = { attnMask: mask, isCausal: timeOnly };

    const dropoutP = this.training ? this.dropout : 0;
    let weights: Tensor | null = null;
    let attended: Tensor;
    if (needWeights) {
      weights = dropout(attentionWeights(heads, keys, hiding), dropoutP);
      attended = weights.matmul(values);
      if (averageAttnWeights) weights = weights.mean(1);
    } else {
      attended = scaledDotProductAttention(heads, keys, values, { ...hiding, dropoutP });
    }
    const { queries, batch } = sizes;
    const joined = attended.permute([2, 0, 1, 3]).reshape([queries, batch, this.embedDim]);
    const output = this.outProj.forward(joined);
    if (single) return [output.squeeze(1), weights?.squeeze(0) ?? null];
    return [this.batchFirst ? output.transpose(0, 1) : output, weights];
  }

  #checkInputs(query: Tensor, key: Tensor, value: Tensor): void {
    const { embedDim, kdim, vdim, batchFirst } = this;
    const lead = batchFirst ? '(batch, length, ' : '(length, batch, ';
    const expected = { query: embedDim, key: kdim, value: vdim };
    for (const [name, x] of Object.entries({ query, key, value })) {
      const features = expected[name as keyof typeof expected];
      if ((x.ndim !== 2 && x.ndim !== 3) || x.ndim !== query.ndim || x.shape.at(-1) !== features) {
        throw new ShapeError(
          `expected a ${name} ${lead}${features}), or (length, ${features}) for all three, got shape ${formatShape(x.shape)}`,
        );
      }
    }
    const batch = batchFirst ? 0 : 1;
    const sameBatch = query.ndim === 2 || query.shape[batch] === key.shape[batch];
    if (!sameBatch || !sameShape(key.shape.slice(0, -1), value.shape.slice(0, -1))) {
      throw new ShapeError(
        `query ${formatShape(query.shape)}, key ${formatShape(key.shape)} and value ${formatShape(value.shape)}: keys and values ` +
          `must be as many, and the batch the same${batchFirst ? '' : '; if the batch comes first, make the module with { batchFirst: true }'}`,
      );
    }
  }

  /** (length, batch, features). */
  #batched(x: Tensor, single: boolean): Tensor {
    if (single) return x.unsqueeze(1);
    return this.batchFirst ? x.transpose(0, 1) : x;
  }

  #project(query: Tensor, key: Tensor, value: Tensor, single: boolean): [q: Tensor, k: Tensor, v: Tensor] {
    const { inProjWeight, qProjWeight, kProjWeight, vProjWeight, inProjBias } = this;
    if (inProjWeight !== null && query === key && key === value) {
      // Of itself: one product for all three.
      const [q, k, v] = linear(this.#batched(query, single), inProjWeight, inProjBias).chunk(3, -1);
      return [q!, k!, v!];
    }
    const weights = inProjWeight?.chunk(3) ?? [qProjWeight!, kProjWeight!, vProjWeight!];
    const biases = inProjBias?.chunk(3) ?? [];
    const [q, k, v] = [query, key, value].map((x, i) =>
      linear(this.#batched(x, single), weights[i]!, biases[i] ?? null),
    );
    return [q!, k!, v!];
  }

  /** Keys and values that stand behind the given ones, (1, batch, embedDim). */
  #extraKeys(batch: number): { key: Tensor; value: Tensor }[] {
    const { biasK, biasV, embedDim, addZeroAttn, outProj } = this;
    const extra: { key: Tensor; value: Tensor }[] = [];
    const shape = [1, batch, embedDim];
    if (biasK !== null && biasV !== null)
      extra.push({ key: biasK.expand(shape), value: biasV.expand(shape) });
    if (addZeroAttn) {
      const blank = zeros(shape, { dtype: outProj.weight.dtype });
      extra.push({ key: blank, value: blank });
    }
    return extra;
  }

  /** (length, batch, features) to (batch, heads, length, features of a head). */
  #split(x: Tensor): Tensor {
    return x.unflatten(-1, [this.numHeads, this.embedDim / this.numHeads]).permute([1, 2, 0, 3]);
  }

  /** Both masks, and that of the time, as what is added to scores (batch, heads, queries, keys); null where nothing is hidden. */
  #mask(
    attnMask: Tensor | null,
    keyPaddingMask: Tensor | null,
    { batch, queries, keys, extra, isCausal, dtype }: MaskSizes,
  ): Tensor | null {
    const terms: Tensor[] = [];
    if (attnMask !== null) {
      const perHead = [batch * this.numHeads, queries, keys];
      checkMask('attnMask', attnMask, attnMask.ndim === 3 ? perHead : [queries, keys]);
      const added = additive(attnMask, dtype);
      terms.push(attnMask.ndim === 3 ? added.unflatten(0, [batch, this.numHeads]) : added);
    }
    if (keyPaddingMask !== null) {
      checkMask('keyPaddingMask', keyPaddingMask, [batch, keys]);
      terms.push(additive(keyPaddingMask, dtype).reshape([batch, 1, 1, keys]));
    }
    if (isCausal) terms.push(additive(ones([queries, keys]).triu(1).ne(0), dtype));
    if (terms.length === 0) return null;
    const mask = terms.reduce((sum, term) => sum.add(term));
    // Those that stand behind are seen by all.
    return extra === 0 ? mask : cat([mask, zeros([...mask.shape.slice(0, -1), extra], { dtype })], -1);
  }
}

interface MaskSizes {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly extra: number;
  readonly isCausal: boolean;
  readonly dtype: Tensor['dtype'];
}

function checkMask(name: string, mask: Tensor, expected: readonly number[]): void {
  if (mask.dtype !== 'bool' && !isFloat(mask.dtype)) {
    throw new DTypeError(
      `the ${name} is ${mask.dtype}, expected bool (true hides) or floats, which are added to scores; convert it with .ne(0)`,
    );
  }
  if (!sameShape(mask.shape, expected)) {
    throw new ShapeError(
      `the ${name} has shape ${formatShape(mask.shape)}, expected ${formatShape(expected)} for these inputs`,
    );
  }
}

/** A mask as what is added to scores: true becomes -Infinity. */
function additive(mask: Tensor, dtype: Tensor['dtype']): Tensor {
  if (mask.dtype !== 'bool') return mask.to(dtype);
  return zeros(mask.shape, { dtype }).maskedFill(mask, Number.NEGATIVE_INFINITY);
}

/**
 * A mask (size, size) that hides what comes later: -Infinity above the diagonal, 0 elsewhere. PyTorch:
 * `Transformer.generate_square_subsequent_mask`. Errors: ArgumentError unless the size is a whole number.
 *
 * @example
 * ```ts
 * import { causalMask } from '@tensortape/nn';
 *
 * console.log(causalMask(2).toArray()); // [ [ 0, -Infinity ], [ 0, 0 ] ]
 * ```
 */
export function causalMask(
  size: number,
  { dtype = getDefaultDType() }: { readonly dtype?: FloatDType } = {},
): Tensor {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new ArgumentError(`causalMask: size must be a whole number >= 0, got ${size}`);
  }
  return full([size, size], Number.NEGATIVE_INFINITY, { dtype }).triu(1);
}

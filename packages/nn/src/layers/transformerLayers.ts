import {
  ArgumentError,
  defaultGenerator,
  type FloatDType,
  gelu,
  getDefaultDType,
  type Tensor,
} from '@tensortape/autograd';
import { checkNoOthers } from '../check.ts';
import { Module } from '../module.ts';
import { MultiheadAttention } from './attention.ts';
import { Dropout } from './dropout.ts';
import { Linear } from './linear.ts';
import { LayerNorm } from './norm.ts';

/** Options of {@link TransformerEncoderLayer} and {@link TransformerDecoderLayer}. */
export interface TransformerLayerOptions {
  /** The features between the two linear layers. Default 2048. */
  readonly dimFeedforward?: number;
  /** The probability that something is dropped, in training. Default 0.1. */
  readonly dropout?: number;
  /** What stands between the two linear layers: a name, or any function of a tensor. Default 'relu'. */
  readonly activation?: 'relu' | 'gelu' | ((x: Tensor) => Tensor);
  /** Added to variances, against division by 0. Default 1e-5. */
  readonly layerNormEps?: number;
  /** Whether inputs are (batch, length, features), instead of (length, batch, features). Default false. */
  readonly batchFirst?: boolean;
  /** Whether normalizations stand before attentions and linear layers, instead of behind. Default false. */
  readonly normFirst?: boolean;
  /** Whether linear layers and normalizations have biases. Default true. */
  readonly bias?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** What a call of {@link TransformerEncoderLayer} can be told; see {@link AttentionCall} for masks. */
export interface EncoderLayerCall {
  /** Pairs of places that do not see each other. Default none. */
  readonly srcMask?: Tensor | null;
  /** Places that nobody sees, (batch, S). Default none. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Whether places see those before them only. Default false. */
  readonly isCausal?: boolean;
}

/** What a call of {@link TransformerDecoderLayer} can be told; see {@link AttentionCall} for masks. */
export interface DecoderLayerCall {
  /** Pairs of target places that do not see each other. Default none. */
  readonly tgtMask?: Tensor | null;
  /** Pairs of target and memory places that do not see each other. Default none. */
  readonly memoryMask?: Tensor | null;
  /** Target places that nobody sees, (batch, T). Default none. */
  readonly tgtKeyPaddingMask?: Tensor | null;
  /** Memory places that nobody sees, (batch, S). Default none. */
  readonly memoryKeyPaddingMask?: Tensor | null;
  /** Whether target places see those before them only. Default false. */
  readonly tgtIsCausal?: boolean;
  /** Whether target place i sees memory places 0 … i only. Default false. */
  readonly memoryIsCausal?: boolean;
}

/** The options of a layer, with the defaults filled in. */
type Settings = Required<TransformerLayerOptions>;

function settingsOf(
  owner: string,
  {
    dimFeedforward = 2048,
    dropout = 0.1,
    activation = 'relu',
    layerNormEps = 1e-5,
    batchFirst = false,
    normFirst = false,
    bias = true,
    dtype = getDefaultDType(),
    ...others
  }: TransformerLayerOptions,
): Settings {
  checkNoOthers(owner, others);
  if (typeof activation !== 'function' && activation !== 'relu' && activation !== 'gelu') {
    throw new ArgumentError(
      `${owner}: unknown activation '${String(activation)}'; known are relu and gelu, or give a function of a tensor`,
    );
  }
  return { dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, dtype };
}

function activate(activation: Settings['activation'], x: Tensor): Tensor {
  if (typeof activation === 'function') return activation(x);
  return activation === 'relu' ? x.relu() : gelu(x);
}

/** Runs `make` without moving the default generator. */
function withoutDraws<T>(make: () => T): T {
  const state = defaultGenerator.getState();
  try {
    return make();
  } finally {
    defaultGenerator.setState(state);
  }
}

/**
 * Self-attention and two linear layers, each added to what it is given and normalized. Parameters are named as PyTorch's, with its
 * initial values for the same seed. PyTorch: `torch.nn.TransformerEncoderLayer`. Source: A. Vaswani et al., "Attention Is All You
 * Need", 2017.
 *
 * Errors: as {@link MultiheadAttention}; ArgumentError for an unknown activation.
 *
 * @example
 * ```ts
 * import { TransformerEncoderLayer } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const layer = new TransformerEncoderLayer(16, 4, { dimFeedforward: 32, batchFirst: true });
 * console.log(layer.forward(ones([2, 5, 16]), { isCausal: true }).shape); // [ 2, 5, 16 ]
 * ```
 */
export class TransformerEncoderLayer extends Module {
  /** The number of features. */
  readonly dModel: number;
  /** The number of heads. */
  readonly nhead: number;
  /** The options, with the defaults filled in. */
  readonly options: Required<TransformerLayerOptions>;
  /** The attention of places to each other. */
  selfAttn: MultiheadAttention;
  /** The first linear layer. */
  linear1: Linear;
  /** Between the linear layers. */
  dropout: Dropout;
  /** The second linear layer. */
  linear2: Linear;
  /** Of the attention. */
  norm1: LayerNorm;
  /** Of the linear layers. */
  norm2: LayerNorm;
  /** Behind the attention. */
  dropout1: Dropout;
  /** Behind the linear layers. */
  dropout2: Dropout;

  /**
   * @param dModel The number of features.
   * @param nhead The number of heads; divides the features.
   * @param options `dimFeedforward` (2048), `dropout` (0.1), `activation` ('relu'), `layerNormEps` (1e-5), `batchFirst`,
   *   `normFirst` (false), `bias` (true), `dtype`.
   */
  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super();
    this.dModel = dModel;
    this.nhead = nhead;
    this.options = settingsOf('TransformerEncoderLayer', options);
    const { dimFeedforward, dropout, layerNormEps: eps, batchFirst, bias, dtype } = this.options;
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, dtype });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, dtype });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, dtype });
    this.norm1 = new LayerNorm(dModel, { eps, bias, dtype });
    this.norm2 = new LayerNorm(dModel, { eps, bias, dtype });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
  }

  /** A layer of the same options and values; nothing is drawn. */
  copy(): TransformerEncoderLayer {
    const copy = withoutDraws(() => new TransformerEncoderLayer(this.dModel, this.nhead, this.options));
    copy.loadStateDict(this.stateDict());
    return copy;
  }

  /** The layer of `src` (length, batch, dModel), with the batch first where the module was told so, or without batch. */
  forward(
    src: Tensor,
    { srcMask = null, srcKeyPaddingMask = null, isCausal = false, ...others }: EncoderLayerCall = {},
  ): Tensor {
    checkNoOthers('TransformerEncoderLayer', others);
    const attend = (x: Tensor): Tensor => {
      const call = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, isCausal, needWeights: false };
      return this.dropout1.forward(this.selfAttn.forward(x, x, x, call)[0]);
    };
    const { normFirst } = this.options;
    const x = residual(src, this.norm1, normFirst, attend);
    return residual(x, this.norm2, normFirst, (y) => this.#feedForward(y));
  }

  #feedForward(x: Tensor): Tensor {
    const hidden = activate(this.options.activation, this.linear1.forward(x));
    return this.dropout2.forward(this.linear2.forward(this.dropout.forward(hidden)));
  }
}

/** x + f(norm(x)), or norm(x + f(x)). */
function residual(x: Tensor, norm: LayerNorm, normFirst: boolean, f: (x: Tensor) => Tensor): Tensor {
  return normFirst ? x.add(f(norm.forward(x))) : norm.forward(x.add(f(x)));
}

/**
 * Self-attention, attention to a memory, and two linear layers, each added to what it is given and normalized. Parameters are named
 * as PyTorch's, with its initial values for the same seed. PyTorch: `torch.nn.TransformerDecoderLayer`. Source and errors: as
 * {@link TransformerEncoderLayer}.
 *
 * @example
 * ```ts
 * import { TransformerDecoderLayer } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const layer = new TransformerDecoderLayer(16, 4, { dimFeedforward: 32, batchFirst: true });
 * console.log(layer.forward(ones([2, 3, 16]), ones([2, 5, 16]), { tgtIsCausal: true }).shape); // [ 2, 3, 16 ]
 * ```
 */
export class TransformerDecoderLayer extends Module {
  /** The number of features. */
  readonly dModel: number;
  /** The number of heads. */
  readonly nhead: number;
  /** The options, with the defaults filled in. */
  readonly options: Required<TransformerLayerOptions>;
  /** The attention of target places to each other. */
  selfAttn: MultiheadAttention;
  /** The attention of target places to those of the memory. */
  multiheadAttn: MultiheadAttention;
  /** The first linear layer. */
  linear1: Linear;
  /** Between the linear layers. */
  dropout: Dropout;
  /** The second linear layer. */
  linear2: Linear;
  /** Of the self-attention. */
  norm1: LayerNorm;
  /** Of the attention to the memory. */
  norm2: LayerNorm;
  /** Of the linear layers. */
  norm3: LayerNorm;
  /** Behind the self-attention. */
  dropout1: Dropout;
  /** Behind the attention to the memory. */
  dropout2: Dropout;
  /** Behind the linear layers. */
  dropout3: Dropout;

  /**
   * @param dModel The number of features.
   * @param nhead The number of heads; divides the features.
   * @param options As of {@link TransformerEncoderLayer}.
   */
  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super();
    this.dModel = dModel;
    this.nhead = nhead;
    this.options = settingsOf('TransformerDecoderLayer', options);
    const { dimFeedforward, dropout, layerNormEps: eps, batchFirst, bias, dtype } = this.options;
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, dtype });
    this.multiheadAttn = new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, dtype });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, dtype });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, dtype });
    this.norm1 = new LayerNorm(dModel, { eps, bias, dtype });
    this.norm2 = new LayerNorm(dModel, { eps, bias, dtype });
    this.norm3 = new LayerNorm(dModel, { eps, bias, dtype });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.dropout3 = new Dropout(dropout);
  }

  /** A layer of the same options and values; nothing is drawn. */
  copy(): TransformerDecoderLayer {
    const copy = withoutDraws(() => new TransformerDecoderLayer(this.dModel, this.nhead, this.options));
    copy.loadStateDict(this.stateDict());
    return copy;
  }

  /**
   * The layer of `tgt` (T, batch, dModel) with a memory (S, batch, dModel), with the batch first where the module was told so, or
   * without batch.
   */
  forward(
    tgt: Tensor,
    memory: Tensor,
    {
      tgtMask = null,
      memoryMask = null,
      tgtKeyPaddingMask = null,
      memoryKeyPaddingMask = null,
      tgtIsCausal = false,
      memoryIsCausal = false,
      ...others
    }: DecoderLayerCall = {},
  ): Tensor {
    checkNoOthers('TransformerDecoderLayer', others);
    const { normFirst } = this.options;
    const attend = (x: Tensor): Tensor => {
      const masks = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: tgtIsCausal };
      return this.dropout1.forward(this.selfAttn.forward(x, x, x, { ...masks, needWeights: false })[0]);
    };
    const recall = (x: Tensor): Tensor => {
      const masks = { attnMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask, isCausal: memoryIsCausal };
      const call = { ...masks, needWeights: false };
      return this.dropout2.forward(this.multiheadAttn.forward(x, memory, memory, call)[0]);
    };
    const x = residual(tgt, this.norm1, normFirst, attend);
    const y = residual(x, this.norm2, normFirst, recall);
    return residual(y, this.norm3, normFirst, (z) => this.#feedForward(z));
  }

  #feedForward(x: Tensor): Tensor {
    const hidden = activate(this.options.activation, this.linear1.forward(x));
    return this.dropout3.forward(this.linear2.forward(this.dropout.forward(hidden)));
  }
}

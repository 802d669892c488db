import type { Tensor } from '@tensortape/autograd';
import { checkCount, checkNoOthers } from '../check.ts';
import { ModuleList } from '../containers.ts';
import { xavierUniform_ } from '../init.ts';
import { Module } from '../module.ts';
import { LayerNorm } from './norm.ts';
import {
  type DecoderLayerCall,
  TransformerDecoderLayer,
  TransformerEncoderLayer,
  type TransformerLayerOptions,
} from './transformerLayers.ts';

/** Options of {@link TransformerEncoder} and {@link TransformerDecoder}. */
export interface TransformerStackOptions {
  /** What stands behind the last layer. Default nothing. */
  readonly norm?: LayerNorm | null;
}

/** What a call of {@link TransformerEncoder} can be told; see {@link AttentionCall} for masks. */
export interface EncoderCall {
  /** Pairs of places that do not see each other. Default none. */
  readonly mask?: Tensor | null;
  /** Places that nobody sees, (batch, S). Default none. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Whether places see those before them only. Default false. */
  readonly isCausal?: boolean;
}

/** So many copies of a layer. */
function copies<L extends Module>(owner: string, layer: { copy(): L }, numLayers: number): ModuleList<L> {
  checkCount(owner, 'numLayers', numLayers);
  return new ModuleList(Array.from({ length: numLayers }, () => layer.copy()));
}

/**
 * Copies of an encoder layer on each other, all with its values. PyTorch: `torch.nn.TransformerEncoder`.
 *
 * Errors: ArgumentError unless there is at least one layer; as {@link TransformerEncoderLayer} else.
 *
 * @example
 * ```ts
 * import { TransformerEncoder, TransformerEncoderLayer } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const layer = new TransformerEncoderLayer(16, 4, { dimFeedforward: 32, batchFirst: true });
 * console.log(new TransformerEncoder(layer, 2).forward(ones([2, 5, 16])).shape); // [ 2, 5, 16 ]
 * ```
 */
export class TransformerEncoder extends Module {
  /** The layers. */
  layers: ModuleList<TransformerEncoderLayer>;
  /** What stands behind the last layer, or null. */
  norm: LayerNorm | null;

  /**
   * @param encoderLayer The layer that is copied.
   * @param numLayers The number of copies.
   * @param options `norm`: what stands behind the last layer.
   */
  constructor(
    encoderLayer: TransformerEncoderLayer,
    numLayers: number,
    { norm = null, ...others }: TransformerStackOptions = {},
  ) {
    super();
    checkNoOthers('TransformerEncoder', others);
    this.layers = copies('TransformerEncoder', encoderLayer, numLayers);
    this.norm = norm;
  }

  /** All layers of `src` (length, batch, features), with the batch first where the layer was told so, or without batch. */
  forward(
    src: Tensor,
    { mask = null, srcKeyPaddingMask = null, isCausal = false, ...others }: EncoderCall = {},
  ): Tensor {
    checkNoOthers('TransformerEncoder', others);
    let x = src;
    for (const layer of this.layers) x = layer.forward(x, { srcMask: mask, srcKeyPaddingMask, isCausal });
    return this.norm === null ? x : this.norm.forward(x);
  }
}

/**
 * Copies of a decoder layer on each other, all with its values. PyTorch: `torch.nn.TransformerDecoder`. Errors: as
 * {@link TransformerEncoder}.
 */
export class TransformerDecoder extends Module {
  /** The layers. */
  layers: ModuleList<TransformerDecoderLayer>;
  /** What stands behind the last layer, or null. */
  norm: LayerNorm | null;

  /**
   * @param decoderLayer The layer that is copied.
   * @param numLayers The number of copies.
   * @param options `norm`: what stands behind the last layer.
   */
  constructor(
    decoderLayer: TransformerDecoderLayer,
    numLayers: number,
    { norm = null, ...others }: TransformerStackOptions = {},
  ) {
    super();
    checkNoOthers('TransformerDecoder', others);
    this.layers = copies('TransformerDecoder', decoderLayer, numLayers);
    this.norm = norm;
  }

  /** All layers of `tgt` (T, batch, features) with a memory (S, batch, features); see {@link TransformerDecoderLayer}. */
  forward(tgt: Tensor, memory: Tensor, options: DecoderLayerCall = {}): Tensor {
    let x = tgt;
    for (const layer of this.layers) x = layer.forward(x, memory, options);
    return this.norm === null ? x : this.norm.forward(x);
  }
}

/** Options of {@link Transformer}. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** The number of features. Default 512. */
  readonly dModel?: number;
  /** The number of heads; divides the features. Default 8. */
  readonly nhead?: number;
  /** The number of encoder layers. Default 6. */
  readonly numEncoderLayers?: number;
  /** The number of decoder layers. Default 6. */
  readonly numDecoderLayers?: number;
}

/** What a call of {@link Transformer} can be told; see {@link AttentionCall} for masks. */
export interface TransformerCall extends DecoderLayerCall {
  /** Pairs of source places that do not see each other. Default none. */
  readonly srcMask?: Tensor | null;
  /** Source places that nobody sees, (batch, S). Default none. */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Whether source places see those before them only. Default false. */
  readonly srcIsCausal?: boolean;
}

/**
 * An encoder and a decoder, each with a normalization behind it; weights start with Xavier's uniforms, as PyTorch's for the same
 * seed. PyTorch: `torch.nn.Transformer`. Source: A. Vaswani et al., "Attention Is All You Need", 2017. Errors: as
 * {@link TransformerEncoder}.
 *
 * @example
 * ```ts
 * import { Transformer } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const sizes = { dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 16 };
 * const net = new Transformer({ ...sizes, batchFirst: true });
 * console.log(net.forward(ones([2, 5, 8]), ones([2, 3, 8]), { tgtIsCausal: true }).shape); // [ 2, 3, 8 ]
 * ```
 */
export class Transformer extends Module {
  /** Reads the source. */
  encoder: TransformerEncoder;
  /** Reads the target, with what the encoder gives. */
  decoder: TransformerDecoder;

  /**
   * @param options `dModel` (512), `nhead` (8), `numEncoderLayers` (6), `numDecoderLayers` (6), and those of
   *   {@link TransformerEncoderLayer}.
   */
  constructor({
    dModel = 512,
    nhead = 8,
    numEncoderLayers = 6,
    numDecoderLayers = 6,
    ...options
  }: TransformerOptions = {}) {
    super();
    const { layerNormEps: eps = 1e-5, bias = true } = options;
    const norm = (): LayerNorm =>
      new LayerNorm(dModel, { eps, bias, ...(options.dtype && { dtype: options.dtype }) });
    const encoderLayer = new TransformerEncoderLayer(dModel, nhead, options);
    this.encoder = new TransformerEncoder(encoderLayer, numEncoderLayers, { norm: norm() });
    const decoderLayer = new TransformerDecoderLayer(dModel, nhead, options);
    this.decoder = new TransformerDecoder(decoderLayer, numDecoderLayers, { norm: norm() });
    this.resetParameters();
  }

  /** Draws the weights of more than one axis again, with Xavier's uniforms. */
  resetParameters(): void {
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform_(parameter);
  }

  /** The decoder's result for `tgt` (T, batch, dModel), with the encoder's for `src` (S, batch, dModel) as its memory. */
  forward(
    src: Tensor,
    tgt: Tensor,
    { srcMask = null, srcKeyPaddingMask = null, srcIsCausal = false, ...rest }: TransformerCall = {},
  ): Tensor {
    const memory = this.encoder.forward(src, { mask: srcMask, srcKeyPaddingMask, isCausal: srcIsCausal });
    return this.decoder.forward(tgt, memory, rest);
  }
}

import {
  ArgumentError,
  type EmbeddingBagOptions,
  embedding,
  embeddingBag,
  type FloatDType,
  getDefaultDType,
  IndexError,
  noGrad,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { checkChoice, checkCount, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { normal_ } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

/** Options of {@link Embedding}. */
export interface EmbeddingLayerOptions {
  /** A row that stays as it is: zero at the start, and without gradient; negative ones count from the end. Default none. */
  readonly paddingIdx?: number | null;
  /** The dtype of the rows; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** Options of {@link EmbeddingBag}. */
export interface EmbeddingBagLayerOptions extends EmbeddingLayerOptions {
  /** How the rows of a bag become one. Default 'mean'. */
  readonly mode?: 'sum' | 'mean' | 'max';
  /** Whether the offsets end with the end of the last bag. Default false. */
  readonly includeLastOffset?: boolean;
}

/** A table of rows that are looked up. */
abstract class Table extends Module {
  /** The number of rows. */
  readonly numEmbeddings: number;
  /** The length of a row. */
  readonly embeddingDim: number;
  /** The row that stays as it is, counted from the start, or null. */
  readonly paddingIdx: number | null;
  /** The rows, of shape (numEmbeddings, embeddingDim). */
  weight: Parameter;

  constructor(
    numEmbeddings: number,
    embeddingDim: number,
    { paddingIdx = null, dtype = getDefaultDType(), ...others }: EmbeddingLayerOptions,
  ) {
    super();
    const owner = new.target.name;
    checkNoOthers(owner, others);
    checkCount(owner, 'numEmbeddings', numEmbeddings);
    checkCount(owner, 'embeddingDim', embeddingDim);
    const isRow =
      paddingIdx === null ||
      (Number.isInteger(paddingIdx) && paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings);
    if (!isRow)
      throw new IndexError(`${owner}: paddingIdx ${paddingIdx} is not one of the ${numEmbeddings} rows`);
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
    this.weight = new Parameter(zeros([numEmbeddings, embeddingDim], { dtype }));
    this.resetParameters();
  }

  /** Draws the rows again, from the standard normal distribution; that of `paddingIdx` is 0. */
  resetParameters(): void {
    normal_(this.weight);
    const { weight, paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => weight.set_([paddingIdx], 0));
  }
}

/**
 * A table of learned rows: indices (int32, any shape) to (…, embeddingDim); see {@link functional.embedding}. Rows start
 * standard normal, with PyTorch's numbers for the same seed. PyTorch: `torch.nn.Embedding`, without maxNorm, scaleGradByFreq and
 * sparse.
 *
 * Errors: IndexError for an index that is no row; DTypeError for indices that are not int32.
 *
 * @example
 * ```ts
 * import { Embedding } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const words = new Embedding(1000, 16, { paddingIdx: 0 });
 * console.log(words.forward(tensor([[4, 2, 0]], { dtype: 'int32' })).shape); // [ 1, 3, 16 ]
 * ```
 */
export class Embedding extends Table {
  /**
   * @param numEmbeddings The number of rows.
   * @param embeddingDim The length of a row.
   * @param options `paddingIdx` (null), `dtype`.
   */
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingLayerOptions = {}) {
    super(numEmbeddings, embeddingDim, options);
  }

  /**
   * A table with given rows. PyTorch: `Embedding.from_pretrained`.
   *
   * @param rows The rows, of shape (numEmbeddings, embeddingDim); copied.
   * @param options `freeze`: whether they are left untrained, true unless given; `paddingIdx`.
   */
  static fromPretrained(
    rows: Tensor,
    {
      freeze = true,
      paddingIdx = null,
    }: { readonly freeze?: boolean; readonly paddingIdx?: number | null } = {},
  ): Embedding {
    if (rows.ndim !== 2) {
      throw new ArgumentError(
        `Embedding.fromPretrained: expected rows (numEmbeddings, embeddingDim), got ${rows.ndim} axes`,
      );
    }
    const table = new Embedding(rows.shape[0]!, rows.shape[1]!, { paddingIdx });
    table.weight = new Parameter(rows, { requiresGrad: !freeze });
    return table;
  }

  /** The rows at the positions `index` (int32, any shape). */
  forward(index: Tensor): Tensor {
    return embedding(index, this.weight, { paddingIdx: this.paddingIdx });
  }

  /** The options. */
  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, paddingIdx } = this;
    const options = describe({ paddingIdx: paddingIdx ?? undefined });
    return [numEmbeddings, embeddingDim, ...(options ? [options] : [])].join(', ');
  }
}

/**
 * The sums, means or largest elements of bags of rows: see {@link functional.embeddingBag}. PyTorch: `torch.nn.EmbeddingBag`,
 * without maxNorm, scaleGradByFreq and sparse.
 *
 * Errors: ArgumentError for an unknown mode, and for offsets that are missing or not ascending; as {@link Embedding} else.
 *
 * @example
 * ```ts
 * import { EmbeddingBag } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const bags = new EmbeddingBag(1000, 16, { mode: 'sum' });
 * const words = tensor([4, 2, 7, 1], { dtype: 'int32' });
 * console.log(bags.forward(words, tensor([0, 3], { dtype: 'int32' })).shape); // [ 2, 16 ]
 * ```
 */
export class EmbeddingBag extends Table {
  /** How the rows of a bag become one. */
  readonly mode: 'sum' | 'mean' | 'max';
  /** Whether the offsets end with the end of the last bag. */
  readonly includeLastOffset: boolean;

  /**
   * @param numEmbeddings The number of rows.
   * @param embeddingDim The length of a row.
   * @param options `mode` ('mean'), `includeLastOffset` (false), `paddingIdx` (null), `dtype`.
   */
  constructor(
    numEmbeddings: number,
    embeddingDim: number,
    { mode = 'mean', includeLastOffset = false, ...options }: EmbeddingBagLayerOptions = {},
  ) {
    super(numEmbeddings, embeddingDim, options);
    checkChoice('EmbeddingBag', 'mode', mode, ['sum', 'mean', 'max']);
    this.mode = mode;
    this.includeLastOffset = includeLastOffset;
  }

  /** The bags of an index (bags, length), or (positions) with `offsets`: where they begin; with a factor for each position. */
  forward(index: Tensor, offsets: Tensor | null = null, perSampleWeights: Tensor | null = null): Tensor {
    const { mode, includeLastOffset, paddingIdx } = this;
    const options: EmbeddingBagOptions = { mode, includeLastOffset, paddingIdx, offsets, perSampleWeights };
    return embeddingBag(index, this.weight, options);
  }

  /** The options. */
  override extraRepr(): string {
    const { numEmbeddings, embeddingDim, mode, paddingIdx } = this;
    const options = describe({ mode: `'${mode}'`, paddingIdx: paddingIdx ?? undefined });
    return `${numEmbeddings}, ${embeddingDim}, ${options}`;
  }
}

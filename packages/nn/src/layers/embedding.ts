import {
  ArgumentError,
  type EmbeddingBagOptions,
  type EmbeddingOptions,
  embedding,
  embeddingBag,
  type FloatDType,
  getDefaultDType,
  IndexError,
  noGrad,
  ShapeError,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { checkChoice, checkCount, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { normal_ } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

/** Options of {@link Embedding}. */
export interface EmbeddingLayerOptions extends EmbeddingOptions {
  /** A row that stays as it is: zero at the start, and without gradient; negative ones count from the end. Default none. */
  readonly paddingIdx?: number | null;
  /** The dtype of the rows; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
  /** The rows to start from, of shape (numEmbeddings, embeddingDim); copied, and nothing is drawn. Default: random ones. */
  readonly weight?: Tensor | null;
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
  /** The norm that rows are scaled down to when they are looked up, or null. */
  readonly maxNorm: number | null;
  /** Which p-norm `maxNorm` is about. */
  readonly normType: number;
  /** Whether the gradient of a row is divided by how often it was looked up. */
  readonly scaleGradByFreq: boolean;
  /** The rows, of shape (numEmbeddings, embeddingDim). */
  weight: Parameter;

  constructor(
    numEmbeddings: number,
    embeddingDim: number,
    {
      paddingIdx = null,
      maxNorm = null,
      normType = 2,
      scaleGradByFreq = false,
      dtype = getDefaultDType(),
      weight = null,
      ...others
    }: EmbeddingLayerOptions,
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
    this.maxNorm = maxNorm;
    this.normType = normType;
    this.scaleGradByFreq = scaleGradByFreq;
    if (
      weight !== null &&
      !(weight.ndim === 2 && weight.shape[0] === numEmbeddings && weight.shape[1] === embeddingDim)
    ) {
      throw new ShapeError(
        `${owner}: weight has shape (${weight.shape.join(', ')}), expected (${numEmbeddings}, ${embeddingDim})`,
      );
    }
    this.weight = new Parameter(weight ?? zeros([numEmbeddings, embeddingDim], { dtype }));
    this.noteFields();
    if (weight === null) this.resetParameters();
  }

  /** Draws the rows again, from the standard normal distribution; that of `paddingIdx` is 0. */
  resetParameters(): void {
    normal_(this.weight);
    const { weight, paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => weight.set_([paddingIdx], 0));
  }

  /** How rows are looked up, as {@link functional.embedding} takes it. */
  protected get lookup(): Required<EmbeddingOptions> {
    const { paddingIdx, maxNorm, normType, scaleGradByFreq } = this;
    return { paddingIdx, maxNorm, normType, scaleGradByFreq };
  }

  /** The sizes and the options given, with those that are not the defaults. */
  protected describeWith(before: object, after: object): string {
    const { numEmbeddings, embeddingDim, maxNorm, normType, scaleGradByFreq } = this;
    const options = describe({
      ...before,
      maxNorm: maxNorm ?? undefined,
      normType: normType === 2 ? undefined : normType,
      scaleGradByFreq: scaleGradByFreq || undefined,
      ...after,
    });
    return [numEmbeddings, embeddingDim, ...(options ? [options] : [])].join(', ');
  }
}

/** Refuses what is no table of rows; gives its two lengths. */
function sizesOf(owner: string, rows: Tensor): [numEmbeddings: number, embeddingDim: number] {
  if (rows.ndim === 2) return [rows.shape[0]!, rows.shape[1]!];
  throw new ArgumentError(
    `${owner}.fromPretrained: expected rows (numEmbeddings, embeddingDim), got ${rows.ndim} axes`,
  );
}

/** Options of `fromPretrained`, beside those of the table. */
export interface PretrainedOptions {
  /** Whether the rows are left untrained. Default true. */
  readonly freeze?: boolean;
}

/**
 * A table of learned rows: indices (int32, any shape) to (…, embeddingDim); see {@link functional.embedding}. Rows start
 * standard normal, with PyTorch's numbers for the same seed. With `maxNorm`, rows with a larger norm are scaled down to it, in place,
 * when they are looked up. PyTorch: `torch.nn.Embedding`, without sparse.
 *
 * Errors: IndexError for an index that is no row; DTypeError for indices that are not int32; ArgumentError for norms out of range.
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
   * @param options `paddingIdx` (null), `maxNorm` (null), `normType` (2), `scaleGradByFreq` (false), `dtype`, `weight`.
   */
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingLayerOptions = {}) {
    super(numEmbeddings, embeddingDim, options);
  }

  /**
   * A table with given rows. PyTorch: `Embedding.from_pretrained`.
   *
   * @param rows The rows, of shape (numEmbeddings, embeddingDim); copied.
   * @param options `freeze`: whether they are left untrained, true unless given; and those of the constructor.
   */
  static fromPretrained(
    rows: Tensor,
    { freeze = true, ...options }: PretrainedOptions & Omit<EmbeddingLayerOptions, 'dtype' | 'weight'> = {},
  ): Embedding {
    const table = new Embedding(...sizesOf('Embedding', rows), { ...options, weight: rows });
    table.weight.requiresGrad_(!freeze);
    return table;
  }

  /** The rows at the positions `index` (int32, any shape). */
  forward(index: Tensor): Tensor {
    return embedding(index, this.weight, this.lookup);
  }

  /** The options. */
  override extraRepr(): string {
    return this.describeWith({ paddingIdx: this.paddingIdx ?? undefined }, {});
  }
}

/**
 * The sums, means or largest elements of bags of rows: see {@link functional.embeddingBag}. PyTorch: `torch.nn.EmbeddingBag`,
 * without sparse.
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
   * @param options `mode` ('mean'), `includeLastOffset` (false), `paddingIdx` (null), `maxNorm` (null), `normType` (2),
   *   `scaleGradByFreq` (false; not with mode 'max'), `dtype`, `weight`.
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

  /**
   * Bags of given rows. PyTorch: `EmbeddingBag.from_pretrained`.
   *
   * @param rows The rows, of shape (numEmbeddings, embeddingDim); copied.
   * @param options `freeze`: whether they are left untrained, true unless given; and those of the constructor.
   */
  static fromPretrained(
    rows: Tensor,
    {
      freeze = true,
      ...options
    }: PretrainedOptions & Omit<EmbeddingBagLayerOptions, 'dtype' | 'weight'> = {},
  ): EmbeddingBag {
    const table = new EmbeddingBag(...sizesOf('EmbeddingBag', rows), { ...options, weight: rows });
    table.weight.requiresGrad_(!freeze);
    return table;
  }

  /** The bags of an index (bags, length), or (positions) with `offsets`: where they begin; with a factor for each position. */
  forward(index: Tensor, offsets: Tensor | null = null, perSampleWeights: Tensor | null = null): Tensor {
    const { mode, includeLastOffset, lookup } = this;
    const options: EmbeddingBagOptions = { ...lookup, mode, includeLastOffset, offsets, perSampleWeights };
    return embeddingBag(index, this.weight, options);
  }

  /** The options. */
  override extraRepr(): string {
    return this.describeWith({}, { mode: `'${this.mode}'`, paddingIdx: this.paddingIdx ?? undefined });
  }
}

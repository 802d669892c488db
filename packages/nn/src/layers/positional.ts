import {
  arange,
  type FloatDType,
  formatShape,
  getDefaultDType,
  ShapeError,
  stack,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { checkCount, checkNoOthers, checkProbability } from '../check.ts';
import { describe } from '../describe.ts';
import { dropout } from '../functional/dropout.ts';
import { normal_ } from '../init.ts';
import { Module } from '../module.ts';
import { Buffer, Parameter } from '../parameter.ts';

/** Options of positional encodings. */
export interface PositionalEncodingOptions {
  /** The longest sequence. Default 5000. */
  readonly maxLen?: number;
  /** The probability that an element of the sum is dropped, in training. Default 0. */
  readonly dropout?: number;
  /** Whether inputs are (batch, length, features), instead of (length, batch, features). Default false. */
  readonly batchFirst?: boolean;
  /** The dtype of the encodings; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** Adds a vector for each position. */
abstract class Positions extends Module {
  /** The number of features. */
  readonly dModel: number;
  /** The longest sequence. */
  readonly maxLen: number;
  /** The probability that an element of the sum is dropped. */
  readonly dropout: number;
  /** Whether the batch comes first. */
  readonly batchFirst: boolean;

  constructor(
    dModel: number,
    { maxLen = 5000, dropout = 0, batchFirst = false, ...others }: Omit<PositionalEncodingOptions, 'dtype'>,
  ) {
    super();
    const owner = new.target.name;
    checkNoOthers(owner, others);
    checkCount(owner, 'dModel', dModel);
    checkCount(owner, 'maxLen', maxLen);
    checkProbability(owner, 'dropout', dropout);
    this.dModel = dModel;
    this.maxLen = maxLen;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
  }

  /** The vectors of all positions, (maxLen, dModel). */
  protected abstract table(): Tensor;

  /** The sum of `x` (length, batch, dModel), with the batch first where the module was told so, or missing, and the encodings. */
  forward(x: Tensor): Tensor {
    const { dModel, maxLen, batchFirst, training } = this;
    const axis = x.ndim === 3 && batchFirst ? 1 : 0;
    const length = x.shape[axis]!;
    const lead = batchFirst ? '(batch, length, ' : '(length, batch, ';
    if ((x.ndim !== 2 && x.ndim !== 3) || x.shape.at(-1) !== dModel) {
      throw new ShapeError(
        `expected an input ${lead}${dModel}), or (length, ${dModel}), got shape ${formatShape(x.shape)}`,
      );
    }
    if (length > maxLen) {
      throw new ShapeError(
        `an input of shape ${formatShape(x.shape)} has ${length} positions, there are ${maxLen}: make the module with ` +
          `{ maxLen: ${length} }`,
      );
    }
    const rows = this.table().narrow(0, 0, length);
    return dropout(x.add(x.ndim === 3 && !batchFirst ? rows.unsqueeze(1) : rows), this.dropout, { training });
  }

  /** The options. */
  override extraRepr(): string {
    const { dModel, maxLen, dropout, batchFirst } = this;
    return `${dModel}, ${describe({ maxLen, dropout, batchFirst })}`;
  }
}

/**
 * Adds sines and cosines of the position t: $\sin(t / 10000^{2i/d})$ to feature 2i, $\cos(t / 10000^{2i/d})$ to feature 2i + 1, of d
 * features. Nothing is learned or saved. Source: A. Vaswani et al., "Attention Is All You Need", 2017.
 *
 * Errors: ShapeError for an input with other features, or more positions than `maxLen`.
 *
 * @example
 * ```ts
 * import { SinusoidalEncoding } from '@tensortape/nn';
 * import { zeros } from '@tensortape/autograd';
 *
 * const encoding = new SinusoidalEncoding(4, { batchFirst: true });
 * console.log(encoding.forward(zeros([1, 1, 4])).toArray()); // [ [ [ 0, 1, 0, 1 ] ] ]
 * ```
 */
export class SinusoidalEncoding extends Positions {
  /** The vectors of all positions, (maxLen, dModel): not saved. */
  readonly encodings: Buffer;

  /**
   * @param dModel The number of features.
   * @param options `maxLen` (5000), `dropout` (0), `batchFirst` (false), `dtype`.
   */
  constructor(dModel: number, { dtype = getDefaultDType(), ...options }: PositionalEncodingOptions = {}) {
    super(dModel, options);
    const pairs = Math.ceil(dModel / 2);
    const rates = arange(pairs, { dtype: 'float64' })
      .mul((-2 * Math.log(10000)) / dModel)
      .exp();
    const angles = arange(this.maxLen, { dtype: 'float64' }).unsqueeze(1).mul(rates);
    const interleaved = stack([angles.sin(), angles.cos()], -1).reshape([this.maxLen, 2 * pairs]);
    this.encodings = new Buffer(interleaved.narrow(1, 0, dModel).to(dtype), { persistent: false });
    this.noteFields();
  }

  protected table(): Tensor {
    return this.encodings;
  }
}

/**
 * Adds a learned vector for each position, which start as normals of standard deviation 0.02. Source: A. Radford et al.,
 * "Improving Language Understanding by Generative Pre-Training", 2018. Errors: as {@link SinusoidalEncoding}.
 */
export class LearnedEncoding extends Positions {
  /** The vectors of all positions, (maxLen, dModel). */
  weight: Parameter;

  /**
   * @param dModel The number of features.
   * @param options `maxLen` (5000), `dropout` (0), `batchFirst` (false), `dtype`.
   */
  constructor(dModel: number, { dtype = getDefaultDType(), ...options }: PositionalEncodingOptions = {}) {
    super(dModel, options);
    this.weight = new Parameter(zeros([this.maxLen, dModel], { dtype }));
    this.noteFields();
    this.resetParameters();
  }

  /** Draws the vectors again. */
  resetParameters(): void {
    normal_(this.weight, 0, 0.02);
  }

  protected table(): Tensor {
    return this.weight;
  }
}

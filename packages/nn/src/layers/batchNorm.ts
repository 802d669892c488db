import {
  type BatchNormOptions,
  batchNorm,
  type FloatDType,
  formatShape,
  getDefaultDType,
  instanceNorm,
  noGrad,
  ones,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';
import { checkChannels, checkCount, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';
import { Buffer, Parameter } from '../parameter.ts';

/** Options of batch normalizations. */
export interface BatchNormLayerOptions {
  /** Added to the variance, against division by 0. Default 1e-5. */
  readonly eps?: number;
  /** How far the running statistics move towards those of a batch; null averages over all batches so far. Default 0.1. */
  readonly momentum?: number | null;
  /** Whether to learn a factor and an offset for each channel. Default true. */
  readonly affine?: boolean;
  /** Whether the offset is learned too, where `affine` is set. Default true. */
  readonly bias?: boolean;
  /** Whether to keep running statistics, for evaluation. Default true. */
  readonly trackRunningStats?: boolean;
  /** The dtype of parameters and statistics; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** Options of instance normalizations: `affine` and `trackRunningStats` are false unless given. */
export type InstanceNormLayerOptions = BatchNormLayerOptions;

/** What batch and instance normalizations share: their factors and running statistics. */
abstract class ChannelNorm extends Module {
  /** The number of channels. */
  readonly numFeatures: number;
  /** Added to the variance. */
  readonly eps: number;
  /** How far the running statistics move; null averages over all batches. */
  momentum: number | null;
  /** A factor for each channel, or null without. */
  weight: Parameter | null;
  /** An offset for each channel, or null without. */
  bias: Parameter | null;
  /** The means so far, or null where they are not tracked. */
  runningMean: Buffer | null;
  /** The variances so far, or null where they are not tracked. */
  runningVar: Buffer | null;
  /** How many batches the statistics have seen (int32), or null where they are not tracked. */
  numBatchesTracked: Buffer | null;

  constructor(
    numFeatures: number,
    {
      eps = 1e-5,
      momentum = 0.1,
      affine = true,
      bias = true,
      trackRunningStats = true,
      dtype = getDefaultDType(),
      ...others
    }: BatchNormLayerOptions,
  ) {
    super();
    const owner = new.target.name;
    checkNoOthers(owner, others);
    checkCount(owner, 'numFeatures', numFeatures);
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? new Parameter(ones([numFeatures], { dtype })) : null;
    this.bias = affine && bias ? new Parameter(zeros([numFeatures], { dtype })) : null;
    this.runningMean = trackRunningStats ? new Buffer(zeros([numFeatures], { dtype })) : null;
    this.runningVar = trackRunningStats ? new Buffer(ones([numFeatures], { dtype })) : null;
    this.numBatchesTracked = trackRunningStats ? new Buffer(tensor(0, { dtype: 'int32' })) : null;
    this.noteFields();
  }

  /** Sets factors to 1, offsets to 0, and forgets the running statistics. */
  resetParameters(): void {
    noGrad(() => {
      this.weight?.fill_(1);
      this.bias?.zero_();
    });
    this.resetRunningStats();
  }

  /** Forgets the running statistics: mean 0, variance 1. PyTorch: `reset_running_stats`. */
  resetRunningStats(): void {
    this.runningMean?.zero_();
    this.runningVar?.fill_(1);
    this.numBatchesTracked?.zero_();
  }

  /** What the functions take: parameters, statistics, and how far these move with this batch. */
  protected options(momentum: number): Omit<BatchNormOptions, 'training'> {
    const { weight, bias, runningMean, runningVar, eps } = this;
    return { weight, bias, runningMean, runningVar, eps, momentum };
  }

  /** The options. */
  override extraRepr(): string {
    const { numFeatures, eps, momentum, weight, bias, runningMean } = this;
    const flags = { affine: weight !== null, bias: bias !== null, trackRunningStats: runningMean !== null };
    return `${numFeatures}, ${describe({ eps, momentum, ...flags })}`;
  }
}

/** Batch normalization of inputs of some ranks. */
abstract class BatchNorm extends ChannelNorm {
  /** Refuses what is no input of this layer. */
  protected abstract checkInput(x: Tensor): void;

  /**
   * `x` normalized for each channel: by its own mean and variance in training, or without running statistics; by the running
   * ones in evaluation. In training the running statistics move.
   */
  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const training = this.training || this.runningMean === null;
    return batchNorm(x, { ...this.options(this.training ? this.#count() : 0), training });
  }

  /** Counts a batch; gives how far the running statistics are to move with it. */
  #count(): number {
    const { momentum, numBatchesTracked } = this;
    if (numBatchesTracked === null) return momentum ?? 0;
    numBatchesTracked.add_(1);
    return momentum ?? 1 / numBatchesTracked.item();
  }
}

const remedyOf =
  (name: string) =>
  (given: number): string =>
    `try new nn.${name}(${given})`;

/**
 * $\gamma (x - \mu) / \sqrt{\sigma^2 + \epsilon} + \beta$ for each channel of (n, channels) or (n, channels, length); see
 * {@link functional.batchNorm}. In training the statistics are those of the batch, and the running ones move towards them
 * (the variance unbiased); in evaluation the running ones are used. PyTorch: `torch.nn.BatchNorm1d`. Source: S. Ioffe, C. Szegedy,
 * "Batch Normalization", 2015.
 *
 * Errors: ShapeError for an input of another rank, with other channels, or with one value per channel in training.
 *
 * @example
 * ```ts
 * import { BatchNorm1d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const norm = new BatchNorm1d(1);
 * norm.forward(tensor([[1], [3]]));
 * console.log(norm.runningMean, norm.runningVar); // tensor([0.2000]) tensor([1.1000])
 * ```
 */
export class BatchNorm1d extends BatchNorm {
  /**
   * @param numFeatures The number of channels.
   * @param options `eps` (1e-5), `momentum` (0.1), `affine`, `bias`, `trackRunningStats` (true), `dtype`.
   */
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super(numFeatures, options);
  }

  /** Refuses what is no input of this layer. */
  protected checkInput(x: Tensor): void {
    if (x.ndim !== 2 && x.ndim !== 3) {
      throw new ShapeError(
        `expected an input (n, channels) or (n, channels, length), got shape ${formatShape(x.shape)}`,
      );
    }
    checkChannels(x, x.ndim - 2, this.numFeatures, remedyOf('BatchNorm1d'), 'needed');
  }
}

/**
 * Batch normalization of (n, channels, height, width): see {@link BatchNorm1d}. PyTorch: `torch.nn.BatchNorm2d`.
 *
 * @example
 * ```ts
 * import { BatchNorm2d } from '@tensortape/nn';
 * import { randn } from '@tensortape/autograd';
 *
 * const y = new BatchNorm2d(3).forward(randn([8, 3, 4, 4]));
 * console.log(y.mean([0, 2, 3]).abs().max().item() < 1e-6); // true
 * ```
 */
export class BatchNorm2d extends BatchNorm {
  /**
   * @param numFeatures The number of channels.
   * @param options `eps` (1e-5), `momentum` (0.1), `affine`, `bias`, `trackRunningStats` (true), `dtype`.
   */
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super(numFeatures, options);
  }

  /** Refuses what is no input of this layer. */
  protected checkInput(x: Tensor): void {
    checkChannels(x, 2, this.numFeatures, remedyOf('BatchNorm2d'), 'needed');
  }
}

/** Batch normalization of (n, channels, depth, height, width): see {@link BatchNorm1d}. PyTorch: `torch.nn.BatchNorm3d`. */
export class BatchNorm3d extends BatchNorm {
  /**
   * @param numFeatures The number of channels.
   * @param options `eps` (1e-5), `momentum` (0.1), `affine`, `bias`, `trackRunningStats` (true), `dtype`.
   */
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super(numFeatures, options);
  }

  /** Refuses what is no input of this layer. */
  protected checkInput(x: Tensor): void {
    checkChannels(x, 3, this.numFeatures, remedyOf('BatchNorm3d'), 'needed');
  }
}

/** Instance normalization along some axes. */
abstract class InstanceNorm extends ChannelNorm {
  readonly #axes: number;

  constructor(
    axes: number,
    numFeatures: number,
    { affine = false, trackRunningStats = false, ...options }: InstanceNormLayerOptions,
  ) {
    super(numFeatures, { affine, trackRunningStats, ...options });
    this.#axes = axes;
  }

  /**
   * `x` normalized for each channel of each example: by its own statistics, or in evaluation by the running ones where they
   * are tracked. In training the running statistics move.
   */
  forward(x: Tensor): Tensor {
    checkChannels(x, this.#axes, this.numFeatures, remedyOf(this.constructor.name));
    const useInputStats = this.training || this.runningMean === null;
    const options = { ...this.options(this.momentum ?? 0), useInputStats };
    if (x.ndim === this.#axes + 2) return instanceNorm(x, options);
    return instanceNorm(x.unsqueeze(0), options).squeeze(0);
  }
}

/**
 * Batch normalization of each example by itself, of (n, channels, length), or without n: see {@link functional.instanceNorm}.
 * No factors and no running statistics unless asked for. PyTorch: `torch.nn.InstanceNorm1d`. Source: D. Ulyanov et al.,
 * "Instance Normalization", 2016.
 *
 * Errors: ShapeError for an input of another rank, with other channels, or with one value in a channel.
 */
export class InstanceNorm1d extends InstanceNorm {
  /**
   * @param numFeatures The number of channels.
   * @param options `eps` (1e-5), `momentum` (0.1), `affine`, `trackRunningStats` (false), `bias`, `dtype`.
   */
  constructor(numFeatures: number, options: InstanceNormLayerOptions = {}) {
    super(1, numFeatures, options);
  }
}

/**
 * Batch normalization of each example by itself, of (n, channels, height, width), or without n: see {@link InstanceNorm1d}.
 * PyTorch: `torch.nn.InstanceNorm2d`.
 *
 * @example
 * ```ts
 * import { InstanceNorm2d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new InstanceNorm2d(1).forward(tensor([[[[1, 3]]]])).round().flatten().toArray()); // [ -1, 1 ]
 * ```
 */
export class InstanceNorm2d extends InstanceNorm {
  /**
   * @param numFeatures The number of channels.
   * @param options `eps` (1e-5), `momentum` (0.1), `affine`, `trackRunningStats` (false), `bias`, `dtype`.
   */
  constructor(numFeatures: number, options: InstanceNormLayerOptions = {}) {
    super(2, numFeatures, options);
  }
}

/**
 * Batch normalization of each example by itself, of (n, channels, depth, height, width), or without n: see
 * {@link InstanceNorm1d}. PyTorch: `torch.nn.InstanceNorm3d`.
 */
export class InstanceNorm3d extends InstanceNorm {
  /**
   * @param numFeatures The number of channels.
   * @param options `eps` (1e-5), `momentum` (0.1), `affine`, `trackRunningStats` (false), `bias`, `dtype`.
   */
  constructor(numFeatures: number, options: InstanceNormLayerOptions = {}) {
    super(3, numFeatures, options);
  }
}

import {
  ArgumentError,
  cat,
  DTypeError,
  type FloatDType,
  formatShape,
  getDefaultDType,
  IndexError,
  ShapeError,
  stack,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { checkNoOthers } from '../check.ts';
import { ModuleList, Sequential } from '../containers.ts';
import { Module } from '../module.ts';
import { Linear } from './linear.ts';

/** Options of {@link AdaptiveLogSoftmaxWithLoss}. */
export interface AdaptiveLogSoftmaxWithLossOptions {
  /** By what the width of each further group of classes is divided. Default 4. */
  readonly divValue?: number;
  /** Whether the head has a bias. Default false. */
  readonly headBias?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** What {@link AdaptiveLogSoftmaxWithLoss} gives. */
export interface AdaptiveLogSoftmaxOutput {
  /** The log-probability of each target. */
  readonly output: Tensor;
  /** The mean of their negatives. */
  readonly loss: Tensor;
}

/**
 * A softmax over many classes, sorted by how frequent they are, that works out the rare ones only where it must: the head
 * scores the classes below the first cutoff and one group for each of the rest, and each group scores its own classes after
 * a projection to fewer and fewer features. PyTorch: `torch.nn.AdaptiveLogSoftmaxWithLoss`.
 *
 * E. Grave et al., "Efficient softmax approximation for GPUs", 2017.
 *
 * Errors: ArgumentError unless cutoffs are whole numbers that rise from 1 to nClasses - 1; ShapeError for inputs and targets
 * that do not fit; DTypeError for targets that are not int32; IndexError for targets that are no class.
 *
 * @example
 * ```ts
 * import { AdaptiveLogSoftmaxWithLoss } from '@tensortape/nn';
 * import { randn, tensor } from '@tensortape/autograd';
 *
 * const softmax = new AdaptiveLogSoftmaxWithLoss(16, 1000, [10, 100]);
 * const { output, loss } = softmax.forward(randn([3, 16]), tensor([2, 50, 999], { dtype: 'int32' }));
 * console.log(output.shape, loss.shape, softmax.logProb(randn([3, 16])).shape); // [ 3 ] [] [ 3, 1000 ]
 * ```
 */
export class AdaptiveLogSoftmaxWithLoss extends Module {
  /** The length of the last axis of inputs. */
  readonly inFeatures: number;
  /** The number of classes. */
  readonly nClasses: number;
  /** Where groups end: the cutoffs, and the number of classes. */
  readonly cutoffs: readonly number[];
  /** Scores the frequent classes, and one group for each of the rest. */
  head: Linear;
  /** Scores the classes of each group. */
  tail: ModuleList<Sequential>;

  /**
   * @param inFeatures The length of the last axis of inputs.
   * @param nClasses The number of classes, the most frequent first.
   * @param cutoffs Where each group but the last ends.
   * @param options `divValue` (4), `headBias` (false), `dtype`.
   */
  constructor(
    inFeatures: number,
    nClasses: number,
    cutoffs: readonly number[],
    {
      divValue = 4,
      headBias = false,
      dtype = getDefaultDType(),
      ...others
    }: AdaptiveLogSoftmaxWithLossOptions = {},
  ) {
    super();
    const owner = 'AdaptiveLogSoftmaxWithLoss';
    checkNoOthers(owner, others);
    const rising = cutoffs.every(
      (cutoff, i) => Number.isInteger(cutoff) && cutoff > (cutoffs[i - 1] ?? 0) && cutoff < nClasses,
    );
    if (cutoffs.length === 0 || !rising) {
      throw new ArgumentError(
        `${owner}: cutoffs are [${cutoffs.join(', ')}], expected whole numbers that rise from 1 to at most ${nClasses - 1}`,
      );
    }
    if (!(divValue > 0)) throw new ArgumentError(`${owner}: divValue must be > 0, got ${divValue}`);
    this.inFeatures = inFeatures;
    this.nClasses = nClasses;
    this.cutoffs = [...cutoffs, nClasses];
    this.head = new Linear(inFeatures, cutoffs[0]! + cutoffs.length, { bias: headBias, dtype });
    const groups = cutoffs.map((start, i) => {
      const width = Math.floor(inFeatures / divValue ** (i + 1));
      const options = { bias: false, dtype };
      return new Sequential(
        new Linear(inFeatures, width, options),
        new Linear(width, this.cutoffs[i + 1]! - start, options),
      );
    });
    this.tail = new ModuleList(groups);
  }

  /** Draws initial values again. */
  resetParameters(): void {
    for (const module of this.modules()) if (module instanceof Linear) module.resetParameters();
  }

  /** The log-probabilities of targets (N), int32, for inputs (N, inFeatures), and their mean loss; both without N too. */
  forward(input: Tensor, target: Tensor): AdaptiveLogSoftmaxOutput {
    this.#checkTarget(input, target);
    if (input.ndim === 1) {
      const { output, loss } = this.forward(input.unsqueeze(0), target.unsqueeze(0));
      return { output: output.squeeze(0), loss };
    }
    const head = this.head.forward(input).logSoftmax(1);
    const classes = [...target.toTypedArray()];
    const groups = classes.map((label) => this.cutoffs.findIndex((end) => label < end));
    const places = classes.map((label, i) => (groups[i] === 0 ? label : this.cutoffs[0]! + groups[i]! - 1));
    let output = head.gather(1, positions(places).unsqueeze(1)).squeeze(1);
    [...this.tail].forEach((group, i) => {
      const members = [...classes.keys()].filter((place) => groups[place] === i + 1);
      if (members.length === 0) return;
      const scores = group.forward(input.indexSelect(0, positions(members))).logSoftmax(1);
      const own = members.map((place) => classes[place]! - this.cutoffs[i]!);
      const within = scores.gather(1, positions(own).unsqueeze(1)).squeeze(1);
      output = output.indexAdd(0, positions(members), within);
    });
    return { output, loss: output.neg().mean() };
  }

  /** The log-probabilities of all classes, (N, nClasses), for inputs (N, inFeatures). PyTorch: `log_prob`. */
  logProb(input: Tensor): Tensor {
    this.#checkInput(input, [2]);
    const head = this.head.forward(input).logSoftmax(1);
    const [shortlist] = this.cutoffs;
    const groups = [...this.tail].map((group, i) =>
      group
        .forward(input)
        .logSoftmax(1)
        .add(head.slice(1, shortlist! + i, shortlist! + i + 1)),
    );
    return cat([head.slice(1, 0, shortlist!), ...groups], 1);
  }

  /** The most probable class of each input (N, inFeatures), int32. Works out a group only where the head points to it. PyTorch: `predict`. */
  predict(input: Tensor): Tensor {
    this.#checkInput(input, [2]);
    const best = this.head.forward(input).argmax(1);
    const rows = [...best.toTypedArray()].map((label, row) =>
      label < this.cutoffs[0]!
        ? best.select(0, row)
        : this.logProb(input.slice(0, row, row + 1))
            .argmax(1)
            .select(0, 0),
    );
    return stack(rows);
  }

  #checkInput({ shape }: Tensor, ranks: readonly number[]): void {
    if (ranks.includes(shape.length) && shape.at(-1) === this.inFeatures) return;
    const without = ranks.includes(1) ? `, or (${this.inFeatures},)` : '';
    throw new ShapeError(
      `expected an input (n, ${this.inFeatures})${without}, got shape ${formatShape(shape)}`,
    );
  }

  #checkTarget(input: Tensor, target: Tensor): void {
    this.#checkInput(input, [1, 2]);
    if (target.dtype !== 'int32') {
      throw new DTypeError(`the target is ${target.dtype}, expected int32; make it with { dtype: 'int32' }`);
    }
    const expected = input.shape.slice(0, -1);
    if (formatShape(target.shape) !== formatShape(expected)) {
      throw new ShapeError(
        `the target has shape ${formatShape(target.shape)}, expected ${formatShape(expected)} for an input of shape ` +
          formatShape(input.shape),
      );
    }
    const values = target.toTypedArray();
    const wrong = values.findIndex((label) => label < 0 || label >= this.nClasses);
    if (wrong >= 0) {
      throw new IndexError(
        `target ${values[wrong]} (element ${wrong}) is not one of the ${this.nClasses} classes 0 … ${this.nClasses - 1}`,
      );
    }
  }
}

const positions = (values: readonly number[]): Tensor => tensor(Int32Array.from(values));

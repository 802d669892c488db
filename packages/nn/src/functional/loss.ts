import {
  ArgumentError,
  DTypeError,
  formatShape,
  IndexError,
  isFloat,
  type Shape,
  ShapeError,
  sameShape,
  type Tensor,
} from '@tensortape/autograd';

/** How the losses of the elements become one: their mean, their sum, or not at all. */
export type Reduction = 'mean' | 'sum' | 'none';

/** Options of losses over all elements. */
export interface LossOptions {
  /** Default 'mean'. */
  readonly reduction?: Reduction;
}

/** Options of {@link nllLoss}. */
export interface NLLLossOptions extends LossOptions {
  /** A factor for each class, of shape (classes). A mean is then divided by the sum of the factors used. */
  readonly weight?: Tensor | null;
  /** Targets of this value count neither in the loss nor in its mean. Default -100. */
  readonly ignoreIndex?: number;
}

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends NLLLossOptions {
  /** The share of the target, from 0 to 1, that is spread evenly over all classes. Default 0. */
  readonly labelSmoothing?: number;
}

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BCEWithLogitsOptions extends LossOptions {
  /** A factor for each element; may broadcast. */
  readonly weight?: Tensor | null;
  /** A factor for the positive part of each target; may broadcast. */
  readonly posWeight?: Tensor | null;
}

/**
 * The cross entropy between the softmax of `input` (scores, or logits) and `target`:
 * $-\ln \frac{e^{x_t}}{\sum_c e^{x_c}}$. PyTorch: `torch.nn.functional.cross_entropy`.
 *
 * @param input Scores of shape (N, C), (C), or (N, C, d1, …).
 * @param target Classes 0 … C - 1 as int32 or uint8, of the shape of `input` without C; or probabilities, as floats of the
 *   shape of `input`.
 *
 * Errors: ShapeError, DTypeError; IndexError for a target that is no class; ArgumentError for a bad option.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const scores = tensor([[2, 1, 0], [0, 1, 2]]);
 * const loss = functional.crossEntropy(scores, tensor([0, 1], { dtype: 'int32' }));
 * console.log(loss.item().toFixed(4)); // 0.9076
 * ```
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ArgumentError(`crossEntropy: labelSmoothing must be from 0 to 1, got ${labelSmoothing}`);
  }
  const classDim = checkScores('crossEntropy', input, options.weight);
  const logProbabilities = input.logSoftmax(classDim);
  return isFloat(target.dtype) && sameShape(target.shape, input.shape)
    ? fromProbabilities(logProbabilities, target, classDim, labelSmoothing, options)
    : fromClasses('crossEntropy', logProbabilities, target, classDim, labelSmoothing, options);
}

/**
 * The negative log-likelihood of the target classes: $-w_t x_t$ for log-probabilities x. PyTorch:
 * `torch.nn.functional.nll_loss`. Shapes and errors: as {@link crossEntropy} with classes.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const logProbabilities = tensor([[0.25, 0.75]]).log();
 * const loss = functional.nllLoss(logProbabilities, tensor([1], { dtype: 'int32' }));
 * console.log(loss.item().toFixed(4)); // 0.2877
 * ```
 */
export function nllLoss(input: Tensor, target: Tensor, options: NLLLossOptions = {}): Tensor {
  const classDim = checkScores('nllLoss', input, options.weight);
  return fromClasses('nllLoss', input, target, classDim, 0, options);
}

function fromClasses(
  op: string,
  logProbabilities: Tensor,
  target: Tensor,
  classDim: number,
  labelSmoothing: number,
  { weight = null, ignoreIndex = -100, reduction = 'mean' }: CrossEntropyOptions,
): Tensor {
  const { classes, kept } = checkClasses(op, logProbabilities.shape, target, classDim, ignoreIndex);
  const only = (x: Tensor): Tensor => (kept === null ? x : x.where(kept, 0));
  const factors = weight && only(weight.indexSelect(0, classes.reshape([-1])).reshape(classes.shape));

  const reduce = (losses: Tensor): Tensor => {
    if (reduction !== 'mean' || (factors === null && kept === null)) return reduceBy(op, reduction, losses);
    return losses.sum().div((factors ?? kept!).sum());
  };
  const taken = logProbabilities.gather(classDim, classes.unsqueeze(classDim)).squeeze(classDim).neg();
  const loss = reduce(only(factors === null ? taken : taken.mul(factors)));
  if (labelSmoothing === 0) return loss;

  const all =
    weight === null ? logProbabilities : logProbabilities.mul(alongClasses(weight, logProbabilities));
  const smooth = reduce(only(all.sum(classDim).neg()));
  return loss.mul(1 - labelSmoothing).add(smooth.mul(labelSmoothing / logProbabilities.shape[classDim]!));
}

function fromProbabilities(
  logProbabilities: Tensor,
  target: Tensor,
  classDim: number,
  labelSmoothing: number,
  { weight = null, reduction = 'mean', ignoreIndex = -100 }: CrossEntropyOptions,
): Tensor {
  if (ignoreIndex >= 0) {
    throw new ArgumentError(
      `crossEntropy: ignoreIndex ${ignoreIndex} has no meaning for a target of probabilities; give their rows the weight 0, or pass classes`,
    );
  }
  const classes = logProbabilities.shape[classDim]!;
  const smoothed =
    labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(labelSmoothing / classes);
  const terms = logProbabilities.mul(smoothed);
  const weighted = weight === null ? terms : terms.mul(alongClasses(weight, terms));
  return reduceBy('crossEntropy', reduction, weighted.sum(classDim).neg());
}

/** Class weights (C) in a shape that broadcasts against (N, C, d1, …). */
function alongClasses(weight: Tensor, x: Tensor): Tensor {
  return weight.reshape(x.shape.slice(Math.min(1, x.ndim - 1)).map((_, axis) => (axis === 0 ? -1 : 1)));
}

/** The axis of the classes. */
function checkScores(op: string, input: Tensor, weight: Tensor | null | undefined): number {
  if (input.ndim === 0) {
    throw new ShapeError(`${op}: expected scores of shape (N, C), got a 0-dimensional tensor`);
  }
  const classDim = input.ndim === 1 ? 0 : 1;
  const classes = input.shape[classDim]!;
  if (weight && !sameShape(weight.shape, [classes])) {
    throw new ShapeError(
      `${op}: weight has shape ${formatShape(weight.shape)}, expected (${classes},): one factor for each class of scores of ` +
        `shape ${formatShape(input.shape)}`,
    );
  }
  return classDim;
}

/** The target as int32 with ignored ones set to 0, and which are not ignored; null when none is. */
function checkClasses(
  op: string,
  scores: Shape,
  target: Tensor,
  classDim: number,
  ignoreIndex: number,
): { classes: Tensor; kept: Tensor | null } {
  const expected = scores.filter((_, axis) => axis !== classDim);
  if (isFloat(target.dtype) || target.dtype === 'bool') {
    throw new DTypeError(
      `${op}: the target is ${target.dtype} of shape ${formatShape(target.shape)}; expected classes as int32 of shape ` +
        `${formatShape(expected)}${op === 'crossEntropy' ? `, or probabilities of shape ${formatShape(scores)}` : ''}`,
    );
  }
  if (!sameShape(target.shape, expected)) {
    const hint = sameShape(target.shape, scores) ? '; turn one-hot rows into classes with argmax' : '';
    throw new ShapeError(
      `${op}: the target has shape ${formatShape(target.shape)}, expected ${formatShape(expected)} for scores of shape ` +
        `${formatShape(scores)}${hint}`,
    );
  }
  const count = scores[classDim]!;
  let ignored = false;
  target.toTypedArray().forEach((value, at) => {
    if (value === ignoreIndex) ignored = true;
    else if (value < 0 || value >= count) {
      throw new IndexError(
        `${op}: target ${value} (element ${at}) is not one of the ${count} classes 0 … ${count - 1} of scores of shape ` +
          `${formatShape(scores)}`,
      );
    }
  });
  const classes = target.to('int32');
  if (!ignored) return { classes, kept: null };
  const kept = classes.ne(ignoreIndex);
  return { classes: classes.where(kept, 0), kept };
}

/**
 * The squared differences $(x - y)^2$. PyTorch: `torch.nn.functional.mse_loss`. Errors: ShapeError unless the shapes are
 * equal: what would broadcast, such as (3) against (3, 1), is nearly always a mistake.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(functional.mseLoss(tensor([1, 2]), tensor([1, 4])).item()); // 2
 * ```
 */
export function mseLoss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkSameShape('mseLoss', input, target);
  return reduceBy('mseLoss', reduction, input.sub(target).square());
}

/** The absolute differences $|x - y|$. PyTorch: `torch.nn.functional.l1_loss`. Errors: as {@link mseLoss}. */
export function l1Loss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkSameShape('l1Loss', input, target);
  return reduceBy('l1Loss', reduction, input.sub(target).abs());
}

/**
 * The binary cross entropy between the sigmoid of `input` (logits) and `target` (0 … 1), computed without overflow:
 * $-w \left( p\, y \ln \sigma(x) + (1 - y) \ln(1 - \sigma(x)) \right)$ with p the `posWeight`.
 * PyTorch: `torch.nn.functional.binary_cross_entropy_with_logits`. Errors: as {@link mseLoss}.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const loss = functional.binaryCrossEntropyWithLogits(tensor([0, 100]), tensor([1, 1]));
 * console.log(loss.item().toFixed(4)); // 0.3466
 * ```
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  { weight = null, posWeight = null, reduction = 'mean' }: BCEWithLogitsOptions = {},
): Tensor {
  checkSameShape('binaryCrossEntropyWithLogits', input, target);
  const negative = input.mul(target.neg().add(1));
  const softplus = input.neg().softplus();
  const positive = posWeight === null ? softplus : softplus.mul(target.mul(posWeight.sub(1)).add(1));
  const losses = negative.add(positive);
  const weighted = weight === null ? losses : losses.mul(weight);
  return reduceBy('binaryCrossEntropyWithLogits', reduction, weighted);
}

function checkSameShape(op: string, input: Tensor, target: Tensor): void {
  if (sameShape(input.shape, target.shape)) return;
  throw new ShapeError(
    `${op}: the input has shape ${formatShape(input.shape)}, the target ${formatShape(target.shape)}; they must be equal: ` +
      'reshape one, or expand it where broadcasting is meant',
  );
}

function reduceBy(op: string, reduction: Reduction, losses: Tensor): Tensor {
  switch (reduction) {
    case 'mean':
      return losses.mean();
    case 'sum':
      return losses.sum();
    case 'none':
      return losses;
    default:
      throw new ArgumentError(`${op}: unknown reduction '${reduction}'; known are mean, sum and none`);
  }
}

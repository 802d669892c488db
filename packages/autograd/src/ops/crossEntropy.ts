import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { isTracked } from '../tape/record.ts';
import { refuseDType, sumOf } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../tensor/errors.ts';
import { formatShape, type Shape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { addElements, takeElements } from './elements.ts';
import { checkLossOptions, type LossOptions, reduceBy } from './lossOptions.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';
import { logSoftmaxCotangent, logSoftmaxMean } from './softmaxRules.ts';

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

/** Scores, classes for them, and options of a loss over classes. */
function classSample(s: SampleKit): readonly [Tensor, Tensor, NLLLossOptions] {
  const rest = s.oneOf([null, [], [2], [2, 2]]);
  const classes = s.integer(1, 3);
  const shape = rest === null ? [classes] : [3, classes, ...rest];
  const labels = s.index(shape.toSpliced(rest === null ? 0 : 1, 1), classes);
  // Where all are ignored, the mean is that of nothing.
  const [first, ...others] = labels.toTypedArray();
  const ignoring = others.some((label) => label !== first) ? [{}, { ignoreIndex: first! }] : [{}];
  const options = {
    ...s.oneOf([{}, { reduction: 'sum' }, { reduction: 'none' }] as const),
    ...s.oneOf(ignoring),
    weight: s.oneOf([null, s.tensorOf([classes], { low: 0.25, high: 2 })]),
  };
  return [s.tensorOf(shape), labels, options];
}
/** What losses over classes refuse. */
const classRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  const y = s.index([2], 3);
  return [
    [
      [s.tensorOf([]), y],
      'ShapeError',
      /expected scores of shape \(N, C\), got a 0-dimensional tensor, of shape \(\)/,
    ],
    [
      [x, s.index([3], 3)],
      'ShapeError',
      /the target has shape \(3,\), expected \(2,\) for scores of shape \(2, 3\)/,
    ],
    [[x, s.index([2, 3], 2)], 'ShapeError', /turn one-hot rows into classes with argmax/],
    [[x, s.mask([2])], 'DTypeError', /the target is bool/],
    [[x, y.add(3)], 'IndexError', /target \d \(element 0\) is not one of the 3 classes/],
    [[x, y, { weight: s.tensorOf([2]) }], 'ShapeError', /weight has shape \(2,\), expected \(3,\)/],
    [[x, y, { ignore: 1 }], 'ArgumentError', /unknown option 'ignore'/],
    [[x, 1], 'ArgumentError', /expected a tensor as target, got the number 1/],
  ];
};

/** The cotangent of scores from those of their losses: the softmax, less 1 at the class, times g. */
const scoresFrom = (g: Tensor, y: Tensor, classes: Tensor, dim: number): Tensor => {
  if (!isTracked(g) && !isTracked(y)) {
    return wrap(kernels.classAdjoint(g, y, classes, dim), y.dtype, y.shape);
  }
  const along = g.unsqueeze(dim);
  return addElements('crossEntropy', y.exp().mul(along), dim, classes.unsqueeze(dim), along.neg());
};

const taken = (x: Tensor, classes: Tensor, dim: number): Tensor =>
  takeElements(x, dim, classes.unsqueeze(dim)).squeeze(dim);

/** -ln softmax(x) at each place's class, and ln softmax(x), which the derivative needs. */
const classLosses = /* @__PURE__ */ defineOp({
  name: 'crossEntropy',
  inputs: ['x', 'classes'],
  saves: ['classes', 'output'],
  forward: ({ x, classes }, dim: number): readonly Tensor[] => {
    const y = wrap(kernels.softmax(x, dim, true), x.dtype, x.shape);
    const picked = wrap(kernels.gather(y, dim, classes.unsqueeze(dim)), x.dtype, classes.shape);
    return [wrap(kernels.unary('neg', picked), x.dtype, classes.shape), y];
  },
  vjp: {
    x: ([g, toY], { classes, output: [, y] }, dim) =>
      sumOf(g ? scoresFrom(g, y!, classes, dim) : null, toY ? logSoftmaxCotangent(toY, y!, dim) : null),
    classes: null,
  },
  jvp: ({ x: t }, { classes, output: [, y] }, dim) => {
    if (t === null) return [null, null];
    const mean = logSoftmaxMean(t, y!, dim);
    return [mean.squeeze(dim).sub(taken(t, classes, dim)), t.sub(mean)];
  },
});

/**
 * The cross entropy between the softmax of `input` (scores x of shape (N, C), (C) or (N, C, d1, …)) and `target`:
 * -w_y ln softmax(x)_y for classes y (int32 or uint8, in the shape of `input` without C), or -sum_c w_c p_c ln softmax(x)_c for probabilities p (floats in the
 * shape of `input`). A mean over classes is divided by the sum of the weights used. Derivative: w (softmax(x) - target), the target as probabilities.
 * Errors: ShapeError, DTypeError for a target of another shape or dtype; IndexError for one that is no class; ArgumentError for a
 * labelSmoothing outside [0, 1], and for ignoreIndex with probabilities. PyTorch: `torch.nn.functional.cross_entropy`.
 *
 * @example
 * ```ts
 * import { crossEntropy, tensor } from '@tensortape/autograd';
 * const scores = tensor([[2, 1, 0], [0, 1, 2]]);
 * const loss = crossEntropy(scores, tensor([0, 1], { dtype: 'int32' }));
 * console.log(loss.item().toFixed(4)); // 0.9076
 * ```
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkTensor('crossEntropy', 'input', input);
  checkTensor('crossEntropy', 'target', target);
  checkLossOptions('crossEntropy', options, ['weight', 'ignoreIndex', 'labelSmoothing']);
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ArgumentError(`crossEntropy: labelSmoothing must be from 0 to 1, got ${labelSmoothing}`);
  }
  const classDim = checkScores('crossEntropy', input, options.weight);
  if (isFloat(target.dtype) && sameShape(target.shape, input.shape)) {
    return fromProbabilities(input.logSoftmax(classDim), target, classDim, labelSmoothing, options);
  }
  refuseDType('crossEntropy', input, 'integers');
  const checked = classTarget('crossEntropy', input.shape, target, classDim, options);
  const [losses, logProbabilities] = classLosses({ x: input, classes: checked.classes }, classDim) as [
    Tensor,
    Tensor,
  ];
  const loss = checked.reduce(losses, checked.factors);
  if (labelSmoothing === 0) return loss;
  const { weight = null } = options;
  const all =
    weight === null ? logProbabilities : logProbabilities.mul(alongClasses(weight, logProbabilities));
  const smooth = checked.reduce(all.sum(classDim).neg(), null);
  return loss.mul(1 - labelSmoothing).add(smooth.mul(labelSmoothing / input.shape[classDim]!));
}
export const crossEntropySamples: Samples = (s) => {
  const [x, labels, { weight = null, reduction = 'mean', ...rest }] = classSample(s);
  const labelSmoothing = s.oneOf([0, 0.1, 1]);
  if (s.oneOf([true, false])) return [x, labels, { ...rest, weight, reduction, labelSmoothing }];
  return [x, s.tensorOf(x.shape, { low: 0, high: 1 }), { weight, reduction, labelSmoothing }];
};
export const crossEntropyRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  const y = s.index([2], 3);
  return [
    ...classRefusals(s),
    [
      [x, s.tensorOf([2])],
      'DTypeError',
      /the target is float64 of shape \(2,\); .* or probabilities of shape \(2, 3\)/,
    ],
    [[x, y, { labelSmoothing: 1.5 }], 'ArgumentError', /labelSmoothing must be from 0 to 1, got 1\.5/],
    [
      [x, x, { ignoreIndex: 1 }],
      'ArgumentError',
      /ignoreIndex 1 has no meaning for a target of probabilities/,
    ],
  ];
};

/**
 * The negative log-likelihood -w_y x_y of the target classes y for log-probabilities x, in shapes as for {@link crossEntropy}. A mean is divided by the
 * sum of the weights used. Derivative: -w_y at the class of each target, else 0. Errors: as {@link crossEntropy} with classes. PyTorch: `torch.nn.functional.nll_loss`.
 *
 * @example
 * ```ts
 * import { nllLoss, tensor } from '@tensortape/autograd';
 * const logProbabilities = tensor([[0.25, 0.75]]).log();
 * const loss = nllLoss(logProbabilities, tensor([1], { dtype: 'int32' }));
 * console.log(loss.item().toFixed(4)); // 0.2877
 * ```
 */
export function nllLoss(input: Tensor, target: Tensor, options: NLLLossOptions = {}): Tensor {
  checkTensor('nllLoss', 'input', input);
  checkTensor('nllLoss', 'target', target);
  checkLossOptions('nllLoss', options, ['weight', 'ignoreIndex']);
  const classDim = checkScores('nllLoss', input, options.weight);
  const { classes, factors, reduce } = classTarget('nllLoss', input.shape, target, classDim, options);
  return reduce(taken(input, classes, classDim).neg(), factors);
}
export const nllLossSamples: Samples = (s) => classSample(s);
export const nllLossRefusals: Refusals = (s) => [
  ...classRefusals(s),
  [
    [s.tensorOf([2, 3]), s.tensorOf([2, 3])],
    'DTypeError',
    /the target is float64 of shape \(2, 3\); expected classes as int32/,
  ],
];

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
  return reduceBy(reduction, weighted.sum(classDim).neg());
}

/** Class weights (C) in a shape that broadcasts against (N, C, d1, …). */
function alongClasses(weight: Tensor, x: Tensor): Tensor {
  return weight.reshape(x.shape.slice(Math.min(1, x.ndim - 1)).map((_, axis) => (axis === 0 ? -1 : 1)));
}

/** The axis of the classes. */
function checkScores(op: string, input: Tensor, weight: Tensor | null | undefined): number {
  if (input.ndim === 0) {
    throw new ShapeError(`${op}: expected scores of shape (N, C), got a 0-dimensional tensor, of shape ()`);
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

/** A target of classes, and what becomes of the losses of its places. */
interface ClassTarget {
  /** int32, with 0 in place of what is ignored. */
  readonly classes: Tensor;
  /** The weights of the classes, 0 where they are ignored; null when all are 1. */
  readonly factors: Tensor | null;
  /** The losses, but those ignored, times the factors given, and reduced; a mean is divided by the sum of the factors. */
  readonly reduce: (losses: Tensor, factors: Tensor | null) => Tensor;
}

/** Checks and reads a target of classes. */
function classTarget(
  op: string,
  scores: Shape,
  target: Tensor,
  classDim: number,
  { weight = null, ignoreIndex = -100, reduction = 'mean' }: NLLLossOptions,
): ClassTarget {
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
  const values = target.toTypedArray();
  let ignored = false;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value === ignoreIndex) ignored = true;
    else if (value < 0 || value >= count) {
      throw new IndexError(
        `${op}: target ${value} (element ${at}) is not one of the ${count} classes 0 … ${count - 1} of scores of shape ` +
          `${formatShape(scores)}`,
      );
    }
  }
  const kept = ignored ? target.ne(ignoreIndex) : null;
  const only = (x: Tensor): Tensor => (kept === null ? x : x.where(kept, 0));
  const classes = only(target.to('int32'));
  const factors = weight && only(weight.indexSelect(0, classes.reshape([-1])).reshape(classes.shape));
  const reduce = (losses: Tensor, scales: Tensor | null): Tensor => {
    const counted = only(scales === null ? losses : losses.mul(scales));
    if (reduction !== 'mean' || (factors === null && kept === null)) return reduceBy(reduction, counted);
    return counted.sum().div((factors ?? kept!).sum());
  };
  return { classes, factors, reduce };
}

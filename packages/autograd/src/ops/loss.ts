import { defineOp } from '../tape/defineOp.ts';
import { elementwiseWith, refuseDType, sumOf } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant } from '../tensor/core.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatPosition, formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { logSigmoid } from './activation.ts';
import {
  checkLossOptions,
  checkPair,
  type LossOptions,
  type Reduction,
  reduceBy,
  weighted,
} from './lossOptions.ts';
import { raisedTo } from './raise.ts';
import type { Range, Refusals, SampleKit, Samples } from './samples.ts';

/** An input and a target of one shape, drawn from two ranges. */
const pairOf = (s: SampleKit, a: Range = {}, b: Range = {}): readonly [Tensor, Tensor] => {
  const shape = s.shape(0, 2);
  return [s.tensorOf(shape, a), s.tensorOf(shape, b)];
};
const reductionOf = (s: SampleKit): { readonly reduction?: Reduction } =>
  s.oneOf<{ readonly reduction?: Reduction }>([
    {},
    { reduction: 'mean' },
    { reduction: 'sum' },
    { reduction: 'none' },
  ]);
/** What every loss of an input against a target of its shape refuses. */
const pairRefusals: Refusals = (s) => [
  [[s.tensorOf([3]), s.tensorOf([3, 1])], 'ShapeError', /the input has shape \(3,\), the target \(3, 1\)/],
  [[s.tensorOf([3]), 1], 'ArgumentError', /expected a tensor as target, got the number 1/],
  [
    [s.tensorOf([3]), s.tensorOf([3], { low: 0.2, high: 0.8 }), { reduction: 'max' }],
    'ArgumentError',
    /unknown reduction 'max'; known are mean, sum/,
  ],
  [
    [s.tensorOf([3]), s.tensorOf([3]), { reduce: true }],
    'ArgumentError',
    /unknown option 'reduce'; known are reduction/,
  ],
];

const LEAST_LOG = -100;
/** As PyTorch has it: 1e-12 in float32. */
const LEAST_DIVISOR = Math.fround(1e-12);

const clampedLog = (x: Tensor): Tensor => x.log().clamp(LEAST_LOG);

const byInput = (t: Tensor, input: Tensor, target: Tensor): Tensor =>
  t.mul(input.sub(target)).div(input.sub(input.square()).clamp(LEAST_DIVISOR));
const byTarget = (t: Tensor, input: Tensor): Tensor => t.mul(input.neg().log1p().sub(input.log()));

const binaryCrossEntropyOp = /* @__PURE__ */ defineOp({
  name: 'binaryCrossEntropy',
  inputs: ['input', 'target'],
  saves: ['input', 'target'],
  forward: ({ input, target }) =>
    target
      .sub(1)
      .mul(input.neg().log1p().clamp(LEAST_LOG))
      .sub(target.mul(clampedLog(input))),
  vjp: {
    input: (g, { input, target }) => byInput(g, input, target),
    target: (g, { input }) => byTarget(g, input),
  },
  jvp: ({ input: s, target: t }, { input, target }) =>
    sumOf(s && byInput(s, input, target), t && byTarget(t, input)),
});

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /** A factor for each element; may broadcast. Default none. */
  readonly weight?: Tensor | null;
}

/**
 * -w (y ln x + (1 - y) ln(1 - x)) for probabilities x and targets y from 0 to 1, with logarithms of at least -100. Derivatives:
 * w (x - y) / (x (1 - x)), the divisor at least 1e-12, and w (ln(1 - x) - ln x). Errors: ShapeError unless the shapes are equal; ArgumentError for
 * numbers outside [0, 1]; DTypeError for integers and different dtypes. PyTorch: `torch.nn.functional.binary_cross_entropy`.
 *
 * @example
 * ```ts
 * import { binaryCrossEntropy, tensor } from '@tensortape/autograd';
 * console.log(binaryCrossEntropy(tensor([0.5, 1]), tensor([1, 0]), { reduction: 'none' })); // tensor([  0.6931, 100.0000])
 * ```
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  options: BinaryCrossEntropyOptions = {},
): Tensor {
  const op = 'binaryCrossEntropy';
  checkPair(op, input, target);
  refuseDType(op, input, 'integers');
  if (input.dtype !== target.dtype) {
    throw new DTypeError(
      `${op}: the input is ${input.dtype}, the target ${target.dtype}; convert one with .to()`,
    );
  }
  checkLossOptions(op, options, ['weight']);
  checkProbabilities(op, 'input', input, '; for logits use binaryCrossEntropyWithLogits');
  checkProbabilities(op, 'target', target, '');
  const losses = weighted(op, binaryCrossEntropyOp({ input, target }), options.weight);
  return reduceBy(options.reduction ?? 'mean', losses);
}
export const binaryCrossEntropySamples: Samples = (s) => {
  const range = { low: 0.1, high: 0.9 };
  const [x, y] = pairOf(s, range, range);
  return [x, y, { ...reductionOf(s), weight: s.oneOf([null, s.tensorOf(x.shape, range)]) }];
};
export const binaryCrossEntropyRefusals: Refusals = (s) => {
  const x = s.tensorOf([2], { low: 0.1, high: 0.9 });
  return [
    ...pairRefusals(s),
    [[x.add(1), x], 'ArgumentError', /the input\[0\] is 1\.\d+, expected probabilities/],
    [[x, x.sub(1)], 'ArgumentError', /the target\[0\] is -0\.\d+, expected probabilities/],
    [[x, x.to('float32')], 'DTypeError', /the input is float64, the target float32/],
    [[s.index([2], 2), s.index([2], 2)], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, x, { weight: s.tensorOf([3, 2]) }], 'ShapeError', /weight of shape \(3, 2\) does not expand/],
  ];
};

function checkProbabilities(op: string, name: string, x: Tensor, hint: string): void {
  const values = x.toTypedArray();
  const at = values.findIndex((value) => !(value >= 0 && value <= 1));
  if (at < 0) return;
  throw new ArgumentError(
    `${op}: the ${name}${formatPosition(x.shape, at)} is ${values[at]}, expected probabilities, from 0 to 1${hint}`,
  );
}

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BCEWithLogitsOptions extends LossOptions {
  /** A factor for each element; may broadcast. */
  readonly weight?: Tensor | null;
  /** A factor for the positive part of each target; may broadcast. */
  readonly posWeight?: Tensor | null;
}

/**
 * The binary cross entropy between the sigmoid of `input` (logits x) and `target` y (0 … 1), computed without overflow:
 * -w (p y ln sigmoid(x) + (1 - y) ln(1 - sigmoid(x))) with p the `posWeight`. Derivatives: of the composition; for p = 1
 * w (sigmoid(x) - y) and -w x. Errors: ShapeError unless the shapes are equal, or for weights that do not broadcast; DTypeError for integers.
 * PyTorch: `torch.nn.functional.binary_cross_entropy_with_logits`.
 *
 * @example
 * ```ts
 * import { binaryCrossEntropyWithLogits, tensor } from '@tensortape/autograd';
 * console.log(binaryCrossEntropyWithLogits(tensor([0, 100]), tensor([1, 1]))); // tensor(0.3466)
 * ```
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options: BCEWithLogitsOptions = {},
): Tensor {
  const op = 'binaryCrossEntropyWithLogits';
  checkPair(op, input, target);
  refuseDType(op, input, 'integers');
  checkLossOptions(op, options, ['weight', 'posWeight']);
  const { weight, posWeight = null, reduction = 'mean' } = options;
  const negative = input.mul(target.neg().add(1));
  const logs = logSigmoid(input);
  const positive = posWeight === null ? logs : weighted(op, target, posWeight.sub(1)).add(1).mul(logs);
  return reduceBy(reduction, weighted(op, negative.sub(positive), weight));
}
export const binaryCrossEntropyWithLogitsSamples: Samples = (s) => {
  const [x, y] = pairOf(s, { low: -4, high: 4 }, { low: 0, high: 1 });
  const last = x.shape.slice(-1);
  return [
    x,
    y,
    {
      ...reductionOf(s),
      weight: s.oneOf([null, s.tensorOf(x.shape)]),
      posWeight: s.oneOf([null, s.tensorOf(last)]),
    },
  ];
};
export const binaryCrossEntropyWithLogitsRefusals: Refusals = (s) => [
  ...pairRefusals(s),
  [[s.index([2], 2), s.index([2], 2)], 'DTypeError', /expected a floating point tensor, got int32/],
  [
    [s.tensorOf([2]), s.tensorOf([2]), { posWeight: s.tensorOf([3]) }],
    'ShapeError',
    /shapes \(3,\) and \(2,\) do not broadcast/,
  ],
];

/** Options of {@link gaussianNllLoss}. */
export interface GaussianNllLossOptions extends LossOptions {
  /** Whether to add the constant ln(2 pi) / 2. Default false. */
  readonly full?: boolean;
  /** The least variance. Default 1e-6. */
  readonly eps?: number;
}

/**
 * (ln v + (x - y)^2 / v) / 2 for a normal distribution of mean x and variance v, at least `eps`. The variance is a number, or has the
 * shape of the input, without its last axis or with that of length 1. Derivatives: (x - y) / v for x, the negative for y, (1 - (x - y)^2 / v) / (2 v) for
 * v, as if it had not been lifted. Errors: ShapeError for other shapes; ArgumentError for a negative variance, or unless eps > 0; DTypeError for a variance of integers. PyTorch: `torch.nn.functional.gaussian_nll_loss`.
 *
 * @example
 * ```ts
 * import { gaussianNllLoss, tensor } from '@tensortape/autograd';
 * console.log(gaussianNllLoss(tensor([1, 2]), tensor([1, 4]), 1)); // tensor(1.)
 * ```
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor | number,
  options: GaussianNllLossOptions = {},
): Tensor {
  const op = 'gaussianNllLoss';
  checkPair(op, input, target);
  checkLossOptions(op, options, ['full', 'eps']);
  const { full = false, eps = 1e-6, reduction = 'mean' } = options;
  if (!(eps > 0)) throw new ArgumentError(`${op}: eps must be > 0, got ${eps}`);
  const given = typeof variance === 'number' ? constant(variance, input.dtype, input.shape) : variance;
  checkTensor(op, 'variance', given);
  refuseDType(op, given, 'integers');
  const perRow = input.shape.slice(0, -1);
  const fits = [input.shape, input.ndim > 0 ? [...perRow, 1] : []].some((shape) =>
    sameShape(given.shape, shape),
  );
  if (!fits && !sameShape(given.shape, perRow)) {
    throw new ShapeError(
      `${op}: the variance has shape ${formatShape(given.shape)}, expected ${formatShape(input.shape)}, that of the input, or ` +
        'without its last axis, or with that of length 1',
    );
  }
  if (given.lt(0).any().item() !== 0) {
    throw new ArgumentError(`${op}: the variance has a negative element; it must be >= 0`);
  }
  const lifted = raisedTo(fits ? given : given.unsqueeze(-1), eps);
  const losses = lifted.log().add(input.sub(target).square().div(lifted)).mul(0.5);
  return reduceBy(reduction, full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses);
}
export const gaussianNllLossSamples: Samples = (s) => {
  const range = { low: 0.3, high: 2 };
  const [x, y] = pairOf(s, range, range);
  const shapes = [x.shape, x.ndim > 0 ? x.shape.with(-1, 1) : [], x.shape.slice(0, -1)];
  const variance = s.tensorOf(s.oneOf(shapes), range);
  return [x, y, variance, { ...reductionOf(s), full: s.oneOf([true, false]) }];
};
export const gaussianNllLossRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  return [
    [[x, s.tensorOf([2, 1]), x], 'ShapeError', /the input has shape \(2, 3\), the target \(2, 1\)/],
    [[x, x, s.tensorOf([3])], 'ShapeError', /the variance has shape \(3,\), expected \(2, 3\)/],
    [[x, x, s.index([2, 3], 3)], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, x, -1], 'ArgumentError', /the variance has a negative element/],
    [[x, x, 1, { eps: 0 }], 'ArgumentError', /eps must be > 0, got 0/],
    [[x, x, 1, { epsilon: 0 }], 'ArgumentError', /unknown option 'epsilon'/],
  ];
};

const huberOp = /* @__PURE__ */ elementwiseWith<number>({
  name: 'huberLoss',
  forward: (x, delta) => {
    const size = Math.abs(x);
    return size <= delta ? 0.5 * x * x : delta * (size - 0.5 * delta);
  },
  saves: 'input',
  derivative: (x, delta) => x.where(x.abs().ge(delta).logicalNot(), x.sign().mul(delta)),
});

/** Options of {@link huberLoss}. */
export interface HuberLossOptions extends LossOptions {
  /** Where the parabola becomes a line. Default 1. */
  readonly delta?: number;
}

/**
 * d^2 / 2 for d = x - y where |d| <= delta, else delta (|d| - delta / 2). Derivative: d limited to [-delta, delta]. Kinks: the second
 * derivative is 0 where |d| = delta. Errors: ShapeError unless the shapes are equal; ArgumentError unless delta > 0. PyTorch: `torch.nn.functional.huber_loss`.
 *
 * @example
 * ```ts
 * import { huberLoss, tensor } from '@tensortape/autograd';
 * console.log(huberLoss(tensor([0.5, 3]), tensor([0, 0]), { reduction: 'none' })); // tensor([0.1250, 2.5000])
 * ```
 */
export function huberLoss(input: Tensor, target: Tensor, options: HuberLossOptions = {}): Tensor {
  checkPair('huberLoss', input, target);
  checkLossOptions('huberLoss', options, ['delta']);
  const { delta = 1, reduction = 'mean' } = options;
  if (!(delta > 0)) throw new ArgumentError(`huberLoss: delta must be > 0, got ${delta}`);
  return reduceBy(reduction, huberOp(input.sub(target), delta));
}
/** Pairs whose difference stays clear of 0, 0.5 and 1 on either side. */
const clearPair = (s: SampleKit): readonly [Tensor, Tensor] => {
  const shape = s.shape(0, 2);
  const d = s.tensorOf(shape, { apart: [-1, -0.5, 0, 0.5, 1], margin: 0.1 });
  const y = s.tensorOf(shape);
  return [y.add(d), y];
};
export const huberLossSamples: Samples = (s) => [
  ...clearPair(s),
  { ...reductionOf(s), ...s.oneOf([{}, { delta: 0.5 }]) },
];
export const huberLossRefusals: Refusals = (s) => [
  ...pairRefusals(s),
  [[s.tensorOf([2]), s.tensorOf([2]), { delta: 0 }], 'ArgumentError', /delta must be > 0, got 0/],
];

/** Options of {@link klDiv}. */
export interface KlDivOptions {
  /** 'batchmean' divides the sum by the length of axis 0, as the definition of the divergence wants. Default 'mean'. */
  readonly reduction?: Reduction | 'batchmean';
  /** Whether the target holds logarithms too. Default false. */
  readonly logTarget?: boolean;
}

/**
 * y (ln y - x), the terms of the Kullback-Leibler divergence of probabilities y from those whose logarithms are x; with `logTarget` e^y (y - x).
 * Derivatives: -y and ln y + 1 - x; with `logTarget` -e^y and e^y (y - x + 1). Kinks: where y is 0, ln y counts as 0, and so does its derivative.
 * Errors: ShapeError unless the shapes are equal; ArgumentError for an unknown reduction. PyTorch: `torch.nn.functional.kl_div`.
 *
 * @example
 * ```ts
 * import { klDiv, tensor } from '@tensortape/autograd';
 * const x = tensor([[0.5, 0.5]]).log();
 * console.log(klDiv(x, tensor([[1, 0]]), { reduction: 'batchmean' })); // tensor(0.6931)
 * ```
 */
export function klDiv(input: Tensor, target: Tensor, options: KlDivOptions = {}): Tensor {
  checkPair('klDiv', input, target);
  const { reduction = 'mean', logTarget = false } = options;
  checkLossOptions('klDiv', options, ['logTarget'], ['mean', 'sum', 'none', 'batchmean']);
  const losses = logTarget
    ? target.exp().mul(target.sub(input))
    : target.mul(target.where(target.ne(0), 1).log()).sub(target.mul(input));
  if (reduction === 'batchmean') return losses.sum().div(input.shape[0] ?? 1);
  return reduceBy(reduction, losses);
}
export const klDivSamples: Samples = (s) => {
  const [x, y] = pairOf(s, { low: -3, high: 0 }, { low: 0.1, high: 1 });
  const reduction = s.oneOf(['mean', 'sum', 'none', 'batchmean'] as const);
  return [x, y, { reduction, ...s.oneOf([{}, { logTarget: true }]) }];
};
export const klDivRefusals = pairRefusals;

/**
 * The absolute differences |x - y|. Derivative: sign(x - y). Kinks: 0 where they are equal. Errors: ShapeError unless the shapes are
 * equal. PyTorch: `torch.nn.functional.l1_loss`.
 *
 * @example
 * ```ts
 * import { l1Loss, tensor } from '@tensortape/autograd';
 * console.log(l1Loss(tensor([1, 2]), tensor([1, 4]))); // tensor(1.)
 * ```
 */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkPair('l1Loss', input, target);
  checkLossOptions('l1Loss', options);
  return reduceBy(options.reduction ?? 'mean', input.sub(target).abs());
}
export const l1LossSamples: Samples = (s) => [...clearPair(s), reductionOf(s)];
export const l1LossRefusals = pairRefusals;

/**
 * The squared differences (x - y)^2. Derivative: 2 (x - y). Errors: ShapeError unless the shapes are equal: what would broadcast, such as
 * (3) against (3, 1), is nearly always a mistake. PyTorch: `torch.nn.functional.mse_loss`.
 *
 * @example
 * ```ts
 * import { mseLoss, tensor } from '@tensortape/autograd';
 * console.log(mseLoss(tensor([1, 2]), tensor([1, 4]))); // tensor(2.)
 * ```
 */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkPair('mseLoss', input, target);
  checkLossOptions('mseLoss', options);
  return reduceBy(options.reduction ?? 'mean', input.sub(target).square());
}
export const mseLossSamples: Samples = (s) => [...pairOf(s), reductionOf(s)];
export const mseLossRefusals = pairRefusals;

/** Options of {@link poissonNllLoss}. */
export interface PoissonNllLossOptions extends LossOptions {
  /** Whether the input is the logarithm of the rate. Default true. */
  readonly logInput?: boolean;
  /** Whether to add Stirling's approximation of ln y! for targets above 1. Default false. */
  readonly full?: boolean;
  /** Added to the rate before its logarithm is taken. Default 1e-8. */
  readonly eps?: number;
}

/**
 * e^x - y x for counts y of a Poisson distribution of log rate x; without `logInput` x - y ln(x + eps). `full` adds
 * y ln y - y + ln(2 pi y) / 2 for y > 1. Derivatives: e^x - y or 1 - y / (x + eps) for x; -x or -ln(x + eps) for y, with `full` plus ln y + 1 / (2 y) for y > 1.
 * Errors: ShapeError unless the shapes are equal. PyTorch: `torch.nn.functional.poisson_nll_loss`.
 *
 * @example
 * ```ts
 * import { poissonNllLoss, tensor } from '@tensortape/autograd';
 * console.log(poissonNllLoss(tensor([0, 1]), tensor([2, 0]), { reduction: 'none' })); // tensor([1.0000, 2.7183])
 * ```
 */
export function poissonNllLoss(input: Tensor, target: Tensor, options: PoissonNllLossOptions = {}): Tensor {
  checkPair('poissonNllLoss', input, target);
  checkLossOptions('poissonNllLoss', options, ['logInput', 'full', 'eps']);
  const { logInput = true, full = false, eps = 1e-8, reduction = 'mean' } = options;
  const losses = logInput ? input.exp().sub(target.mul(input)) : input.sub(target.mul(input.add(eps).log()));
  return reduceBy(reduction, full ? losses.add(stirling(target)) : losses);
}

/** Stirling's approximation of ln y! for y > 1, else 0. */
function stirling(y: Tensor): Tensor {
  const large = y.gt(1);
  const counts = y.where(large, 1);
  const terms = counts
    .mul(counts.log())
    .sub(counts)
    .add(
      counts
        .mul(2 * Math.PI)
        .log()
        .mul(0.5),
    );
  return terms.where(large, 0);
}
export const poissonNllLossSamples: Samples = (s) => {
  const options = s.oneOf([{}, { full: true }, { logInput: false }, { logInput: false, eps: 0.1 }]);
  const [x, y] = pairOf(s, { low: 0.2, high: 2 }, { low: 0.2, high: 4, apart: [1] });
  return [x, y, { ...reductionOf(s), ...options }];
};
export const poissonNllLossRefusals = pairRefusals;

const smoothL1Op = /* @__PURE__ */ elementwiseWith<number>({
  name: 'smoothL1Loss',
  forward: (x, beta) => {
    const size = Math.abs(x);
    return size < beta ? (0.5 * x * x) / beta : size - 0.5 * beta;
  },
  saves: 'input',
  derivative: (x, beta) => x.div(beta).where(x.abs().ge(beta).logicalNot(), x.sign()),
});

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1LossOptions extends LossOptions {
  /** Where the parabola becomes a line; 0 gives the absolute difference. Default 1. */
  readonly beta?: number;
}

/**
 * d^2 / (2 beta) for d = x - y where |d| < beta, else |d| - beta / 2. Derivative: d / beta, or sign d. Kinks: the second derivative is 0 where
 * |d| = beta. Errors: ShapeError unless the shapes are equal; ArgumentError when beta < 0. PyTorch: `torch.nn.functional.smooth_l1_loss`.
 *
 * @example
 * ```ts
 * import { smoothL1Loss, tensor } from '@tensortape/autograd';
 * console.log(smoothL1Loss(tensor([0.5, 3]), tensor([0, 0]), { reduction: 'none' })); // tensor([0.1250, 2.5000])
 * ```
 */
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  checkPair('smoothL1Loss', input, target);
  checkLossOptions('smoothL1Loss', options, ['beta']);
  const { beta = 1, reduction = 'mean' } = options;
  if (!(beta >= 0)) throw new ArgumentError(`smoothL1Loss: beta must be >= 0, got ${beta}`);
  const difference = input.sub(target);
  return reduceBy(reduction, beta === 0 ? difference.abs() : smoothL1Op(difference, beta));
}
export const smoothL1LossSamples: Samples = (s) => [
  ...clearPair(s),
  { ...reductionOf(s), ...s.oneOf([{}, { beta: 0.5 }, { beta: 0 }]) },
];
export const smoothL1LossRefusals: Refusals = (s) => [
  ...pairRefusals(s),
  [[s.tensorOf([2]), s.tensorOf([2]), { beta: -1 }], 'ArgumentError', /beta must be >= 0, got -1/],
];

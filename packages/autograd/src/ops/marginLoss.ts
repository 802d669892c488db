import { refuseDType } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { logSigmoid } from './activation.ts';
import { pairwiseDistance } from './distances.ts';
import {
  checkLossOptions,
  checkPair,
  type LossOptions,
  type Reduction,
  reduceBy,
  weighted,
} from './lossOptions.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';
import { cat } from './shape.ts';

const reductionOf = (s: SampleKit): { readonly reduction?: Reduction } =>
  s.oneOf<{ readonly reduction?: Reduction }>([{}, { reduction: 'sum' }, { reduction: 'none' }]);
/** Targets of -1 and 1, as integers: nothing flows to them. */
const signs = (s: SampleKit, shape: readonly number[]): Tensor => s.index(shape, 2).mul(2).sub(1);

/** As PyTorch has it: 1e-12 in float32. */
const LEAST_SQUARE = Math.fround(1e-12);

/** What lies above 0; NaN does not, as in PyTorch. */
const positivePart = (x: Tensor): Tensor => x.where(x.gt(0), 0);

/** Options of losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** By how much the right side must win. */
  readonly margin?: number;
}

/**
 * 1 - cos(a, b) where the target is 1, and max(0, cos(a, b) - margin) where it is -1, for vectors along the last axis. The squared
 * lengths are raised by 1e-12. Derivatives: of the composition. Kinks: at cos = margin the gradient flows. Errors: ShapeError unless the inputs have one shape of one or
 * two axes, and the target that shape without the last. PyTorch: `torch.nn.functional.cosine_embedding_loss`.
 *
 * @example
 * ```ts
 * import { cosineEmbeddingLoss, tensor } from '@tensortape/autograd';
 * const [a, b] = [tensor([[1, 0], [3, 4]]), tensor([[0, 2], [3, 4]])];
 * console.log(cosineEmbeddingLoss(a, b, tensor([1, -1]), { reduction: 'none' })); // tensor([1., 1.])
 * ```
 */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options: MarginOptions = {},
): Tensor {
  const op = 'cosineEmbeddingLoss';
  checkPair(op, input1, input2, 'second input');
  checkTensor(op, 'target', target);
  checkLossOptions(op, options, ['margin']);
  const { margin = 0, reduction = 'mean' } = options;
  if (input1.ndim < 1 || input1.ndim > 2 || !sameShape(target.shape, input1.shape.slice(0, -1))) {
    throw new ShapeError(
      `${op}: inputs of shape ${formatShape(input1.shape)} with a target of shape ${formatShape(target.shape)}; expected (N, D) ` +
        'with (N,), or (D,) with ()',
    );
  }
  const squares = input1.square().sum(-1).add(LEAST_SQUARE).mul(input2.square().sum(-1).add(LEAST_SQUARE));
  const cosines = input1.mul(input2).sum(-1).div(squares.sqrt());
  const alike = cosines.neg().add(1).where(target.eq(1), 0);
  const unlike = cosines.sub(margin).clamp(0).where(target.eq(-1), 0);
  return reduceBy(reduction, alike.add(unlike));
}
export const cosineEmbeddingLossSamples: Samples = (s) => {
  const shape = s.oneOf([[3], [2, 3], [3, 2]]);
  const range = { apart: [0], margin: 0.2 };
  return [
    s.tensorOf(shape, range),
    s.tensorOf(shape, range),
    signs(s, shape.slice(0, -1)),
    { ...reductionOf(s), ...s.oneOf([{}, { margin: 0.01 }]) },
  ];
};
export const cosineEmbeddingLossRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  return [
    [[x, s.tensorOf([3, 2]), signs(s, [2])], 'ShapeError', /\(2, 3\), the second input \(3, 2\)/],
    [[x, x, signs(s, [3])], 'ShapeError', /shape \(2, 3\) with a target of shape \(3,\)/],
    [[s.tensorOf([2, 3, 2]), s.tensorOf([2, 3, 2]), signs(s, [2, 3])], 'ShapeError', /expected \(N, D\)/],
    [[x, x, signs(s, [2]), { p: 1 }], 'ArgumentError', /unknown option 'p'/],
  ];
};

/**
 * x where the target is 1, max(0, margin - x) where it is -1, and their sum elsewhere, for distances x. Derivative: 1, or -1 where
 * x < margin. Kinks: -1 at x = margin. Errors: ShapeError unless the shapes are equal; DTypeError for integers. PyTorch: `torch.nn.functional.hinge_embedding_loss`.
 *
 * @example
 * ```ts
 * import { hingeEmbeddingLoss, tensor } from '@tensortape/autograd';
 * const x = tensor([0.25, 0.25]);
 * console.log(hingeEmbeddingLoss(x, tensor([1, -1]), { reduction: 'none' })); // tensor([0.2500, 0.7500])
 * ```
 */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, options: MarginOptions = {}): Tensor {
  checkPair('hingeEmbeddingLoss', input, target);
  refuseDType('hingeEmbeddingLoss', input, 'integers');
  checkLossOptions('hingeEmbeddingLoss', options, ['margin']);
  const { margin = 1, reduction = 'mean' } = options;
  const far = input.neg().add(margin).clamp(0).where(target.ne(1), 0);
  return reduceBy(reduction, far.add(input.where(target.ne(-1), 0)));
}
export const hingeEmbeddingLossSamples: Samples = (s) => {
  const x = s.tensor({ apart: [1, 0.5] });
  return [x, signs(s, x.shape), { ...reductionOf(s), ...s.oneOf([{}, { margin: 0.5 }]) }];
};
export const hingeEmbeddingLossRefusals: Refusals = (s) => [
  [[s.index([3], 2), s.index([3], 2)], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([3]), s.tensorOf([3, 1])], 'ShapeError', /the input has shape \(3,\), the target \(3, 1\)/],
  [[s.tensorOf([3]), s.tensorOf([3]), { reduction: 'max' }], 'ArgumentError', /unknown reduction 'max'/],
];

/**
 * max(0, margin - y (a - b)): a is to lie above b where y is 1, below where it is -1. Derivatives: -y and y where that is not 0. Kinks:
 * on the margin the gradient flows. Errors: ShapeError unless all shapes are equal; DTypeError for integers. PyTorch: `torch.nn.functional.margin_ranking_loss`.
 *
 * @example
 * ```ts
 * import { marginRankingLoss, tensor } from '@tensortape/autograd';
 * console.log(marginRankingLoss(tensor([1, 2]), tensor([3, 1]), tensor([1, 1]), { reduction: 'none' })); // tensor([2., 0.])
 * ```
 */
export function marginRankingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options: MarginOptions = {},
): Tensor {
  checkPair('marginRankingLoss', input1, input2, 'second input');
  checkPair('marginRankingLoss', input1, target);
  refuseDType('marginRankingLoss', input1, 'integers');
  refuseDType('marginRankingLoss', input2, 'integers');
  checkLossOptions('marginRankingLoss', options, ['margin']);
  const { margin = 0, reduction = 'mean' } = options;
  return reduceBy(reduction, input2.sub(input1).mul(target).add(margin).clamp(0));
}
export const marginRankingLossSamples: Samples = (s) => {
  const a = s.tensor();
  const gap = s.tensorOf(a.shape, { apart: [0, 0.5, -0.5], margin: 0.1 });
  return [a, a.add(gap), signs(s, a.shape), { ...reductionOf(s), ...s.oneOf([{}, { margin: 0.5 }]) }];
};
export const marginRankingLossRefusals: Refusals = (s) => {
  const x = s.tensorOf([3]);
  return [
    [[x, s.tensorOf([3, 1]), x], 'ShapeError', /\(3,\), the second input \(3, 1\)/],
    [[x, x, s.tensorOf([1])], 'ShapeError', /\(3,\), the target \(1,\)/],
    [[x, s.index([3], 2), x], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, x, x, { p: 1 }], 'ArgumentError', /unknown option 'p'/],
  ];
};

/** Refuses scores that are not (N, C) or (C), and targets that are not positions, in the given shape. */
function checkLabels(op: string, input: Tensor, target: Tensor, perClass: boolean): void {
  checkTensor(op, 'input', input);
  checkTensor(op, 'target', target);
  refuseDType(op, input, 'integers');
  if (input.ndim < 1 || input.ndim > 2) {
    throw new ShapeError(`${op}: the input has shape ${formatShape(input.shape)}, expected (N, C) or (C,)`);
  }
  if (target.dtype !== 'int32' && target.dtype !== 'uint8') {
    throw new DTypeError(`${op}: the target is ${target.dtype}; expected classes, as int32`);
  }
  const expected = perClass ? input.shape : input.shape.slice(0, -1);
  if (!sameShape(target.shape, expected)) {
    throw new ShapeError(
      `${op}: the target has shape ${formatShape(target.shape)}, expected ${formatShape(expected)} for an input of shape ` +
        formatShape(input.shape),
    );
  }
  const classes = input.shape.at(-1)!;
  const values = target.toTypedArray();
  const at = values.findIndex((value) => value < (perClass ? -1 : 0) || value >= classes);
  if (at < 0) return;
  throw new IndexError(
    `${op}: target ${values[at]} (element ${at}) is not one of the ${classes} classes 0 … ${classes - 1}` +
      `${perClass ? ', nor -1, which ends a list' : ''}`,
  );
}

/** Options of {@link multiMarginLoss}. */
export interface MultiMarginLossOptions extends MarginOptions {
  /** The power of each term: 1 (the default) or 2. */
  readonly p?: 1 | 2;
  /** A factor for each class. Default none. */
  readonly weight?: Tensor | null;
}

/**
 * sum over c != y of max(0, w_y (margin - x_y + x_c)^p) / C for scores x of C classes, (N, C) or (C), and classes y: the multi-class SVM loss.
 * Derivatives: p times the power below, summed, negative at y. Kinks: 0 on the margin. Errors: ShapeError, DTypeError; IndexError for a target that is no class;
 * ArgumentError for another p. PyTorch: `torch.nn.functional.multi_margin_loss`, which has no second derivative.
 *
 * @example
 * ```ts
 * import { multiMarginLoss, tensor } from '@tensortape/autograd';
 * const target = tensor([0], { dtype: 'int32' });
 * console.log(multiMarginLoss(tensor([[1, 0.5, 2]]), target)); // tensor(0.8333)
 * ```
 */
export function multiMarginLoss(input: Tensor, target: Tensor, options: MultiMarginLossOptions = {}): Tensor {
  const op = 'multiMarginLoss';
  checkLabels(op, input, target, false);
  checkLossOptions(op, options, ['margin', 'p', 'weight']);
  const { margin = 1, p = 1, weight = null, reduction = 'mean' } = options;
  if (p !== 1 && p !== 2) throw new ArgumentError(`${op}: p must be 1 or 2, got ${String(p)}`);
  const classes = input.shape.at(-1)!;
  if (weight && !sameShape(weight.shape, [classes])) {
    throw new ShapeError(
      `${op}: weight has shape ${formatShape(weight.shape)}, expected (${classes},) for an input of shape ${formatShape(input.shape)}`,
    );
  }
  const labels = target.to('int32').unsqueeze(-1);
  const others = classPositions(classes).ne(labels);
  const excess = positivePart(input.gather(-1, labels).neg().add(margin).add(input));
  const terms = (p === 2 ? excess.square() : excess).where(others, 0);
  const factors = weight && weight.indexSelect(0, labels.reshape([-1])).reshape(target.shape);
  const losses = terms.sum(-1).div(classes);
  return reduceBy(reduction, factors ? losses.mul(factors) : losses);
}
/** 0 … count - 1. */
const classPositions = (count: number): Tensor =>
  wrap(new Storage(Int32Array.from({ length: count }, (_, i) => i)), 'int32', [count]);
export const multiMarginLossSamples: Samples = (s) => {
  const shape = s.oneOf([[3], [2, 3], [3, 2]]);
  const classes = shape.at(-1)!;
  const options = s.oneOf([{}, { p: 2 }, { margin: 0.5 }]);
  const weight = s.oneOf([null, s.tensorOf([classes], { low: 0.25, high: 2 })]);
  // Scores of three grids, between which no difference is 1, 0.5 or 0.
  const grids = [
    [-1.9, -0.1, 1.3],
    [-1.2, 0.1, 1.6],
    [-0.7, 0.7, 1.9],
  ].slice(0, classes);
  const columns = grids.map((values) => s.tensorOf([...shape.slice(0, -1), 1], { values }));
  return [cat(columns, -1), s.index(shape.slice(0, -1), classes), { ...reductionOf(s), ...options, weight }];
};
export const multiMarginLossRefusals: Refusals = (s) => {
  const [x, y] = [s.tensorOf([2, 3]), s.index([2], 3)];
  return [
    [[s.tensorOf([2, 3, 2]), s.index([2, 3], 2)], 'ShapeError', /\(2, 3, 2\), expected \(N, C\) or \(C,\)/],
    [[x, s.index([3], 3)], 'ShapeError', /the target has shape \(3,\), expected \(2,\)/],
    [[x, s.tensorOf([2])], 'DTypeError', /the target is float64; expected classes, as int32/],
    [[s.index([2, 3], 3), y], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, y.add(3)], 'IndexError', /is not one of the 3 classes 0 … 2/],
    [[x, y, { p: 3 }], 'ArgumentError', /p must be 1 or 2, got 3/],
    [[x, y, { weight: s.tensorOf([2]) }], 'ShapeError', /weight has shape \(2,\), expected \(3,\)/],
  ];
};

/**
 * sum over target classes t and other classes c of max(0, 1 - (x_t - x_c)) / C for scores x of C classes, (N, C) or (C); the target lists classes,
 * up to the first -1. Derivatives: 1 at c and -1 at t, summed, where the term is above 0, over C. Kinks: 0 on the margin. Errors: ShapeError, DTypeError;
 * IndexError for a target that is no class. PyTorch: `torch.nn.functional.multilabel_margin_loss`, which has no second derivative.
 *
 * @example
 * ```ts
 * import { multilabelMarginLoss, tensor } from '@tensortape/autograd';
 * const target = tensor([[2, 0, -1]], { dtype: 'int32' });
 * console.log(multilabelMarginLoss(tensor([[0.5, 0.25, 1]]), target)); // tensor(0.3333)
 * ```
 */
export function multilabelMarginLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkLabels('multilabelMarginLoss', input, target, true);
  checkLossOptions('multilabelMarginLoss', options);
  const classes = input.shape.at(-1)!;
  const labels = target.to('int32');
  const listed = labels.lt(0).to('int32').cumsum(-1).eq(0);
  const known = labels.where(listed, 0);
  const pairs = listed.unsqueeze(-1).logicalAnd(classPositions(classes).eq(known.unsqueeze(-1)));
  const others = pairs.any(-2).logicalNot();
  const taken = input.gather(-1, known);
  const excess = positivePart(taken.neg().add(1).unsqueeze(-1).add(input.unsqueeze(-2)));
  const counted = listed.unsqueeze(-1).logicalAnd(others.unsqueeze(-2));
  const losses = excess.where(counted, 0).sum([-2, -1]).div(classes);
  return reduceBy(options.reduction ?? 'mean', losses);
}
export const multilabelMarginLossSamples: Samples = (s) => {
  const shape = s.oneOf([[3], [2, 3]]);
  const x = cat(
    [
      [-1.9, -0.1, 1.3],
      [-1.2, 0.1, 1.6],
      [-0.7, 0.7, 1.9],
    ].map((values) => s.tensorOf([...shape.slice(0, -1), 1], { values })),
    -1,
  );
  return [x, s.index(shape, 4).sub(1), reductionOf(s)];
};
export const multilabelMarginLossRefusals: Refusals = (s) => [
  [[s.tensorOf([]), s.index([], 2)], 'ShapeError', /shape \(\), expected \(N, C\) or \(C,\)/],
  [[s.tensorOf([2, 3]), s.index([2], 3)], 'ShapeError', /the target has shape \(2,\), expected \(2, 3\)/],
  [[s.tensorOf([2, 3]), s.tensorOf([2, 3])], 'DTypeError', /the target is float64/],
  [
    [s.tensorOf([2, 3]), s.index([2, 3], 1).sub(2)],
    'IndexError',
    /target -2 \(element 0\) .* nor -1, which ends a list/,
  ],
];

/** Options of {@link multilabelSoftMarginLoss}. */
export interface MultilabelSoftMarginLossOptions extends LossOptions {
  /** A factor for each class. Default none. */
  readonly weight?: Tensor | null;
}

/**
 * -mean over classes of w (y ln sigmoid(x) + (1 - y) ln sigmoid(-x)) for scores x and labels y from 0 to 1, classes along the last axis. Derivatives:
 * w (sigmoid(x) - y) / C and -w x / C. Errors: ShapeError unless the shapes are equal, of at least one axis; DTypeError for integers.
 * PyTorch: `torch.nn.functional.multilabel_soft_margin_loss`.
 *
 * @example
 * ```ts
 * import { multilabelSoftMarginLoss, tensor } from '@tensortape/autograd';
 * console.log(multilabelSoftMarginLoss(tensor([[0, 100]]), tensor([[1, 1]]))); // tensor(0.3466)
 * ```
 */
export function multilabelSoftMarginLoss(
  input: Tensor,
  target: Tensor,
  options: MultilabelSoftMarginLossOptions = {},
): Tensor {
  const op = 'multilabelSoftMarginLoss';
  checkPair(op, input, target);
  refuseDType(op, input, 'integers');
  checkLossOptions(op, options, ['weight']);
  if (input.ndim === 0) throw new ShapeError(`${op}: the input has shape (), expected classes along an axis`);
  const positive = target.mul(logSigmoid(input));
  const negative = target.neg().add(1).mul(logSigmoid(input.neg()));
  const losses = weighted(op, positive.add(negative).neg(), options.weight);
  return reduceBy(options.reduction ?? 'mean', losses.sum(-1).div(input.shape.at(-1)!));
}
export const multilabelSoftMarginLossSamples: Samples = (s) => {
  const shape = s.shape(1, 3);
  const weight = s.oneOf([null, s.tensorOf(shape.slice(-1))]);
  return [
    s.tensorOf(shape, { low: -4, high: 4 }),
    s.tensorOf(shape, { low: 0, high: 1 }),
    { ...reductionOf(s), weight },
  ];
};
export const multilabelSoftMarginLossRefusals: Refusals = (s) => [
  [[s.tensorOf([3]), s.tensorOf([3, 1])], 'ShapeError', /the input has shape \(3,\), the target \(3, 1\)/],
  [
    [s.tensorOf([]), s.tensorOf([])],
    'ShapeError',
    /the input has shape \(\), expected classes along an axis/,
  ],
  [[s.index([3], 2), s.index([3], 2)], 'DTypeError', /expected a floating point tensor, got int32/],
  [
    [s.tensorOf([3]), s.tensorOf([3]), { weight: s.tensorOf([2, 3]) }],
    'ShapeError',
    /weight of shape \(2, 3\) does not expand/,
  ],
];

/**
 * ln(1 + e^(-y x)) for targets y of -1 and 1, without overflow. Derivatives: -y sigmoid(-y x) and -x sigmoid(-y x). Errors: ShapeError unless the shapes are
 * equal; DTypeError for integers. PyTorch: `torch.nn.functional.soft_margin_loss`, which overflows for y x below -709.
 *
 * @example
 * ```ts
 * import { softMarginLoss, tensor } from '@tensortape/autograd';
 * console.log(softMarginLoss(tensor([0, -1000]), tensor([1, 1]), { reduction: 'none' })); // tensor([6.9315e-01, 1.0000e+03])
 * ```
 */
export function softMarginLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkPair('softMarginLoss', input, target);
  refuseDType('softMarginLoss', input, 'integers');
  checkLossOptions('softMarginLoss', options);
  return reduceBy(options.reduction ?? 'mean', logSigmoid(input.mul(target)).neg());
}
export const softMarginLossSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.tensorOf(x.shape), reductionOf(s)];
};
export const softMarginLossRefusals: Refusals = (s) => [
  [[s.tensorOf([3]), s.tensorOf([3, 1])], 'ShapeError', /the input has shape \(3,\), the target \(3, 1\)/],
  [[s.index([3], 2), s.index([3], 2)], 'DTypeError', /expected a floating point tensor, got int32/],
];

/** Options of {@link tripletMarginLoss}. */
export interface TripletMarginLossOptions extends MarginOptions {
  /** Which norm measures distances. Default 2. */
  readonly p?: number;
  /** Added to each difference. Default 1e-6. */
  readonly eps?: number;
  /** Whether to take the distance from the positive to the negative example where it is smaller. Default false. */
  readonly swap?: boolean;
}

/**
 * max(0, d(a, p) - d(a, n) + margin) for an anchor a, a positive and a negative example p and n, with d the {@link pairwiseDistance} along the last axis. Derivatives: those of the
 * distances where the loss is not 0. Kinks: on the margin the gradient flows; equal distances share it with `swap`. Errors: ShapeError unless all shapes are equal;
 * ArgumentError unless margin > 0. PyTorch: `torch.nn.functional.triplet_margin_loss`. Source: V. Balntas et al., "Learning Shallow Convolutional Feature
 * Descriptors with Triplet Losses", 2016.
 *
 * @example
 * ```ts
 * import { tensor, tripletMarginLoss } from '@tensortape/autograd';
 * const loss = tripletMarginLoss(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 5.5]]));
 * console.log(loss.item().toFixed(4)); // 0.5000
 * ```
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginLossOptions = {},
): Tensor {
  const op = 'tripletMarginLoss';
  checkPair(op, anchor, positive, 'positive example');
  checkPair(op, anchor, negative, 'negative example');
  refuseDType(op, anchor, 'bool');
  checkLossOptions(op, options, ['margin', 'p', 'eps', 'swap']);
  const { margin = 1, p = 2, eps = 1e-6, swap = false, reduction = 'mean' } = options;
  const distance = (x: Tensor, y: Tensor) => pairwiseDistance(x, y, { p, eps });
  return reduceBy(reduction, lead(op, distance, anchor, positive, negative, margin, swap));
}

/** By how much the negative example fails to lie further away than the positive one, and the margin. */
function lead(
  op: string,
  distance: (x: Tensor, y: Tensor) => Tensor,
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  margin: number,
  swap: boolean,
): Tensor {
  if (!(margin > 0)) throw new ArgumentError(`${op}: margin must be > 0, got ${margin}`);
  const near = distance(anchor, positive);
  const direct = distance(anchor, negative);
  const far = swap ? direct.minimum(distance(positive, negative)) : direct;
  return near.sub(far).add(margin).clamp(0);
}
export const tripletMarginLossSamples: Samples = (s) => {
  // Grids whose distances differ, from each other and by the margin.
  const shape = s.oneOf([[2], [2, 2]]);
  const near = s.tensorOf(shape, { values: [0, 0.3, -0.2] });
  const other = s.tensorOf(shape, { values: [1.7, 2.1] });
  const far = s.tensorOf(shape, { values: [-2.6, -3.3] });
  return [
    near,
    other,
    far,
    { ...reductionOf(s), margin: s.oneOf([0.1, 5]), ...s.oneOf([{}, { p: 3 }, { swap: true }]) },
  ];
};
export const tripletMarginLossRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  return [
    [[x, s.tensorOf([1, 3]), x], 'ShapeError', /\(2, 3\), the positive example \(1, 3\)/],
    [[x, x, s.tensorOf([3])], 'ShapeError', /\(2, 3\), the negative example \(3,\)/],
    [[x, x, x, { margin: 0 }], 'ArgumentError', /margin must be > 0, got 0/],
    [
      [s.mask([2, 2]).expand([2, 2]), s.tensorOf([2, 2]), s.tensorOf([2, 2])],
      'DTypeError',
      /not defined for bool/,
    ],
  ];
};

/** Options of {@link tripletMarginWithDistanceLoss}. */
export interface TripletMarginWithDistanceLossOptions extends MarginOptions {
  /** How far apart the vectors of two tensors are. Default: {@link pairwiseDistance}. */
  readonly distanceFunction?: ((x: Tensor, y: Tensor) => Tensor) | null;
  /** Whether to take the distance from the positive to the negative example where it is smaller. Default false. */
  readonly swap?: boolean;
}

/**
 * As {@link tripletMarginLoss}, with any distance: max(0, d(a, p) - d(a, n) + margin). Derivatives: as of {@link tripletMarginLoss}. Errors: ShapeError unless all shapes are equal; ArgumentError unless margin > 0.
 * PyTorch: `torch.nn.functional.triplet_margin_with_distance_loss`.
 *
 * @example
 * ```ts
 * import { tensor, type Tensor, tripletMarginWithDistanceLoss } from '@tensortape/autograd';
 * const distanceFunction = (x: Tensor, y: Tensor) => x.sub(y).abs().amax(-1);
 * const [anchor, positive, negative] = [tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 4.5]])];
 * console.log(tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction }).item()); // 0.5
 * ```
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginWithDistanceLossOptions = {},
): Tensor {
  const op = 'tripletMarginWithDistanceLoss';
  checkPair(op, anchor, positive, 'positive example');
  checkPair(op, anchor, negative, 'negative example');
  refuseDType(op, anchor, 'bool');
  checkLossOptions(op, options, ['margin', 'distanceFunction', 'swap']);
  const { margin = 1, distanceFunction = null, swap = false, reduction = 'mean' } = options;
  const distance = distanceFunction ?? ((x: Tensor, y: Tensor) => pairwiseDistance(x, y));
  return reduceBy(reduction, lead(op, distance, anchor, positive, negative, margin, swap));
}
export const tripletMarginWithDistanceLossSamples: Samples = (s) => {
  const [anchor, positive, negative, { p: _, ...options }] = tripletMarginLossSamples(s) as [
    Tensor,
    Tensor,
    Tensor,
    TripletMarginLossOptions,
  ];
  return [anchor, positive, negative, options];
};
export const tripletMarginWithDistanceLossRefusals: Refusals = (s) => [
  ...tripletMarginLossRefusals(s),
  [[...new Array<Tensor>(3).fill(s.tensorOf([2, 3])), { p: 2 }], 'ArgumentError', /unknown option 'p'/],
];

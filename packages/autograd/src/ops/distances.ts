import { refuseDType } from '../tape/shorthands.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { promoteTypes } from '../tensor/dtype.ts';
import { broadcastShapes, type Dims, normalizeDim, normalizeDims } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { norm } from './norms.ts';
import { raisedTo } from './raise.ts';
import { integerRefusals, type Refusals, type Samples } from './samples.ts';

/** Options of {@link cosineSimilarity}. */
export interface CosineSimilarityOptions {
  /** The axis of the vectors. Default 1. */
  readonly dim?: number;
  /** The least length of a vector. Default 1e-8. */
  readonly eps?: number;
}

/**
 * a b / (max(|a|, eps) max(|b|, eps)), the cosine of the angle between vectors along `dim`; broadcast. Derivatives: (b - y a) for unit vectors a and b, over |a|, and the
 * same for b. Kinks: lengths below eps are raised to it, but differentiated as
 * if they were not; that of 0 has derivative 0. Errors: ShapeError when the shapes do not broadcast; IndexError for `dim`;
 * DTypeError for integers. PyTorch: `torch.nn.functional.cosine_similarity`.
 *
 * @example
 * ```ts
 * import { cosineSimilarity, tensor } from '@tensortape/autograd';
 * console.log(cosineSimilarity(tensor([[1, 0], [3, 4]]), tensor([[1, 1], [3, 4]]))); // tensor([0.7071, 1.0000])
 * ```
 */
export function cosineSimilarity(x1: Tensor, x2: Tensor, options: CosineSimilarityOptions = {}): Tensor {
  const op = 'cosineSimilarity';
  checkTensor(op, 'x1', x1);
  checkTensor(op, 'x2', x2);
  checkOptions(op, options, ['dim', 'eps']);
  const { dim = 1, eps = 1e-8 } = options;
  const dtype = promoteTypes(x1.dtype, x2.dtype);
  const shape = broadcastShapes(op, x1.shape, x2.shape);
  const [a, b] = [x1.to(dtype).expand(shape), x2.to(dtype).expand(shape)];
  refuseDType(op, a, 'integers');
  const axis = normalizeDim(op, dim, shape.length);
  // Each vector is divided by its own length first, so that products of small lengths do not vanish.
  const direction = (x: Tensor) => x.div(raisedTo(norm(x, 2, axis, { keepdim: true }), eps));
  return direction(a).mul(direction(b)).sum(axis);
}
export const cosineSimilaritySamples: Samples = (s) => {
  const range = { apart: [0], margin: 0.2 };
  const [shape1, shape2, dim] = s.oneOf([
    [[3], [3], 0],
    [[2, 3], [2, 3], 1],
    [[2, 3], [3], -1],
    [[2, 1, 3], [2, 3], 0],
  ] as const);
  return [s.tensorOf(shape1, range), s.tensorOf(shape2, range), { dim, ...s.oneOf([{}, { eps: 1e-3 }]) }];
};
export const cosineSimilarityRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([2, 4])], 'ShapeError', /\(2, 3\) and \(2, 4\) do not broadcast/],
  [[s.tensorOf([3]), s.tensorOf([3])], 'IndexError', /dim 1 is out of range/],
  [[s.index([2, 3], 2), s.index([2, 3], 2)], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([2, 3]), s.tensorOf([2, 3]), 1], 'ArgumentError', /an object of options/],
];

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** Which norm. Default 2. */
  readonly p?: number;
  /** The axes of the vectors. Default 1. */
  readonly dim?: Dims;
  /** The least norm that is divided by. Default 1e-12. */
  readonly eps?: number;
}

/**
 * x / max(|x|_p, eps), with the p-norm over `dim`. Derivative: (g - y (y g)) / |x| for p = 2, g / eps where the norm is below eps. Kinks: those of `norm`.
 * Errors: IndexError for `dim`; DTypeError for integers. PyTorch: `torch.nn.functional.normalize`.
 *
 * @example
 * ```ts
 * import { normalize, tensor } from '@tensortape/autograd';
 * console.log(normalize(tensor([[3, 4], [0, 2]]))); // tensor([[0.6000, 0.8000],
 * //         [0.0000, 1.0000]])
 * ```
 */
export function normalize(x: Tensor, options: NormalizeOptions = {}): Tensor {
  checkTensor('normalize', 'x', x);
  refuseDType('normalize', x, 'integers');
  checkOptions('normalize', options, ['p', 'dim', 'eps']);
  const { p = 2, dim = 1, eps = 1e-12 } = options;
  normalizeDims('normalize', dim, x.shape);
  return x.div(norm(x, p, dim, { keepdim: true }).clamp(eps));
}
export const normalizeSamples: Samples = (s) => [
  s.tensorOf(
    s.oneOf([
      [2, 3],
      [2, 2, 2],
    ]),
    { low: 0.25, high: 2, distinct: true },
  ),
  {
    ...s.oneOf([{}, { p: 1 }, { p: 3 }, { p: Number.POSITIVE_INFINITY }]),
    ...s.oneOf([{}, { dim: 0 }, { dim: [0, 1] }, { eps: 100 }]),
  },
];
export const normalizeRefusals: Refusals = (s) => [
  ...integerRefusals(s),
  [[s.tensorOf([3])], 'IndexError', /dim 1 is out of range/],
  [[s.tensorOf([2, 3]), { dim: 2 }], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 2], 'ArgumentError', /an object of options/],
];

/** Options of {@link pairwiseDistance}. */
export interface PairwiseDistanceOptions {
  /** Which norm. Default 2. */
  readonly p?: number;
  /** Added to each difference. Default 1e-6. */
  readonly eps?: number;
  /** Keep the last axis with length 1. Default false. */
  readonly keepdim?: boolean;
}

/**
 * The p-norm of a - b + eps along the last axis; broadcast. Derivatives: those of `norm`, negative for b. Errors: ShapeError when the
 * shapes do not broadcast; DTypeError for bool. PyTorch: `torch.nn.functional.pairwise_distance`.
 *
 * @example
 * ```ts
 * import { pairwiseDistance, tensor } from '@tensortape/autograd';
 * console.log(pairwiseDistance(tensor([[0, 0], [1, 1]]), tensor([[3, 4], [1, 1]]), { eps: 0 })); // tensor([5., 0.])
 * ```
 */
export function pairwiseDistance(x1: Tensor, x2: Tensor, options: PairwiseDistanceOptions = {}): Tensor {
  const op = 'pairwiseDistance';
  checkTensor(op, 'x1', x1);
  checkTensor(op, 'x2', x2);
  refuseDType(op, x1, 'bool');
  refuseDType(op, x2, 'bool');
  checkOptions(op, options, ['p', 'eps', 'keepdim']);
  const { p = 2, eps = 1e-6, keepdim = false } = options;
  broadcastShapes(op, x1.shape, x2.shape);
  return norm(x1.sub(x2).add(eps), p, -1, { keepdim });
}
export const pairwiseDistanceSamples: Samples = (s) => {
  const [shape1, shape2] = s.oneOf([
    [[3], [3]],
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3]],
    [
      [2, 1, 3],
      [2, 3],
    ],
  ] as const);
  const options = { ...s.oneOf([{}, { p: 1 }, { p: 3 }]), keepdim: s.oneOf([true, false]) };
  return [s.tensorOf(shape1, { low: 1, high: 2 }), s.tensorOf(shape2, { low: -2, high: 0.5 }), options];
};
export const pairwiseDistanceRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([2, 4])], 'ShapeError', /\(2, 3\) and \(2, 4\) do not broadcast/],
  [[s.mask([3]), s.tensorOf([3])], 'DTypeError', /not defined for bool/],
  [[s.tensorOf([3]), 1], 'ArgumentError', /expected a tensor as x2, got the number 1/],
];

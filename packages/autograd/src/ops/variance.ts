import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { type Dims, formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import {
  countOf,
  floating,
  type Reduction,
  reduced,
  reduction,
  requireFloat,
  restored,
  summed,
} from './axes.ts';
import { mean, meanRefusals, type ReduceOptions } from './reduce.ts';
import type { Refusals, Samples } from './samples.ts';

/** Options of {@link variance} and {@link std}. */
export interface VarianceOptions extends ReduceOptions {
  /** Subtracted from the number of elements in the divisor: 1 (the default) for the unbiased estimate, 0 for the plain mean. */
  readonly correction?: number;
}

interface Spread extends Reduction {
  readonly correction: number;
}

/** (x - mean) / (n - correction): what the derivatives of variance and std share. */
const centred = (x: Tensor, over: Spread): Tensor =>
  x.sub(mean(x, over.axes, { keepdim: true })).div(Math.max(0, countOf(x, over) - over.correction));

const varianceOp = /* @__PURE__ */ defineOp({
  name: 'variance',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, over: Spread) => reduced(kernels.variance(x, over.axes, over.correction, false), x, over),
  vjp: { x: (g, { x }, over) => restored(g, x, over).mul(centred(x, over)).mul(2) },
  jvp: ({ x: t }, { x }, over) => t && summed(t.mul(centred(x, over)), over).mul(2),
});

const stdOp = /* @__PURE__ */ defineOp({
  name: 'std',
  inputs: ['x'],
  saves: ['x', 'output'],
  forward: ({ x }, over: Spread) => reduced(kernels.variance(x, over.axes, over.correction, true), x, over),
  vjp: { x: (g, { x, output }, over) => restored(g, x, over).mul(stdSlope(x, output, over)) },
  jvp: ({ x: t }, { x, output }, over) => t && summed(t.mul(stdSlope(x, output, over)), over),
});

/** Divided by infinity where the standard deviation is 0: so the slope is 0 there, in every order. */
function stdSlope(x: Tensor, output: Tensor, over: Spread): Tensor {
  const y = restored(output, x, over);
  return centred(x, over).div(y.where(y.ne(0), Number.POSITIVE_INFINITY));
}

function spread(op: string, x: Tensor, dim: Dims | undefined, options: VarianceOptions): Spread {
  const over = reduction(op, x, dim, options, ['keepdim', 'correction']);
  requireFloat(op, x);
  const { correction = 1 } = options;
  if (typeof correction !== 'number') {
    throw new ArgumentError(`${op}: correction must be a number, got ${kindOf(correction)}`);
  }
  return { ...over, correction };
}

/**
 * sum (x - mean)^2 / max(0, n - correction) over all axes, or over `dim`: in two passes in float64, so that a large mean
 * cancels nothing. Derivative: 2 (x - mean) / (n - correction). Errors: DTypeError for integers. PyTorch: `torch.var`.
 *
 * @example
 * ```ts
 * import { tensor, variance } from '@tensortape/autograd';
 * console.log(variance(tensor([1, 2, 3]))); // tensor(1.)
 * ```
 */
export function variance(x: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  return varianceOp({ x }, spread('variance', x, dim, options));
}
export const varianceSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[3], [2, 3], [4, 2, 2]]), { distinct: true });
  return [x, s.oneOf([undefined, 0]), { keepdim: s.oneOf([true, false]), correction: s.oneOf([0, 1]) }];
};
export const varianceRefusals: Refusals = (s) => [
  ...meanRefusals(s),
  [
    [s.tensorOf([3]), 0, { correction: '0' }],
    'ArgumentError',
    /correction must be a number, got the string '0'/,
  ],
  [
    [s.tensorOf([3]), 0, { unbiased: false }],
    'ArgumentError',
    /unknown option 'unbiased'; known are keepdim, correction/,
  ],
];

/**
 * The standard deviation: the square root of {@link variance}. Derivative: (x - mean) / ((n - correction) std).
 * Kinks: 0, in every order, where it is 0. Errors: DTypeError for integers. PyTorch: `torch.std`.
 *
 * @example
 * ```ts
 * import { std, tensor } from '@tensortape/autograd';
 * console.log(std(tensor([1, 2, 3]))); // tensor(1.)
 * ```
 */
export function std(x: Tensor, dim?: Dims, options: VarianceOptions = {}): Tensor {
  return stdOp({ x }, spread('std', x, dim, options));
}
export const stdSamples = varianceSamples;
export const stdRefusals = varianceRefusals;

/** A variance with its mean. */
export interface VarianceAndMean {
  /** The variance. */
  readonly variance: Tensor;
  /** The mean. */
  readonly mean: Tensor;
}

/**
 * The variance and the mean over all axes, or over `dim`. Derivatives: those of {@link variance} and {@link mean}.
 * Errors: DTypeError for integers. PyTorch: `torch.var_mean`.
 *
 * @example
 * ```ts
 * import { tensor, varMean } from '@tensortape/autograd';
 * console.log(varMean(tensor([1, 2, 3])).mean); // tensor(2.)
 * ```
 */
export function varMean(x: Tensor, dim?: Dims, options: VarianceOptions = {}): VarianceAndMean {
  const over = spread('varMean', x, dim, options);
  return { variance: varianceOp({ x }, over), mean: mean(x, over.axes, { keepdim: over.keepdim }) };
}
export const varMeanSamples = stdSamples;
export const varMeanRefusals = varianceRefusals;

/** A standard deviation with its mean. */
export interface StdAndMean {
  /** The standard deviation. */
  readonly std: Tensor;
  /** The mean. */
  readonly mean: Tensor;
}

/**
 * The standard deviation and the mean over all axes, or over `dim`. Derivatives: those of {@link std} and {@link mean}.
 * Errors: DTypeError for integers. PyTorch: `torch.std_mean`.
 *
 * @example
 * ```ts
 * import { stdMean, tensor } from '@tensortape/autograd';
 * console.log(stdMean(tensor([1, 2, 3])).std); // tensor(1.)
 * ```
 */
export function stdMean(x: Tensor, dim?: Dims, options: VarianceOptions = {}): StdAndMean {
  const over = spread('stdMean', x, dim, options);
  return { std: stdOp({ x }, over), mean: mean(x, over.axes, { keepdim: over.keepdim }) };
}
export const stdMeanSamples = stdSamples;
export const stdMeanRefusals = varianceRefusals;

/** Options of {@link cov}. */
export interface CovarianceOptions {
  /** Subtracted from the number of observations in the divisor. Default 1. */
  readonly correction?: number;
  /** How often each observation counts (int32). */
  readonly fweights?: Tensor;
  /** How much each observation counts. */
  readonly aweights?: Tensor;
}

/**
 * The covariances of variables, one to a row, over observations, one to a column: sum_k w_k (x_ik - m_i)(x_jk - m_j) /
 * c, m the weighted means. Without weights c = max(0, n - correction); with them, W = sum w, c = max(0, W -
 * correction), where `aweights` a are given c = max(0, W - correction sum(w a) / W). One variable, a vector or a single row,
 * has one covariance without axes, its variance. Derivative: of <G, C> by x, (G + G^T) (x - m) w / c.
 *
 * Errors: ShapeError above two axes, or for weights that are not one for each observation; DTypeError for bool, or
 * weights of the wrong kind; ArgumentError for negative weights, or a sum of 0. PyTorch: `torch.cov`.
 *
 * @example
 * ```ts
 * import { cov, tensor } from '@tensortape/autograd';
 * console.log(cov(tensor([[1, 2, 3], [1, 0, -1]])).toArray()); // [ [ 1, -1 ], [ -1, 1 ] ]
 * ```
 */
export function cov(x: Tensor, options: CovarianceOptions = {}): Tensor {
  checkOptions('cov', options, ['correction', 'fweights', 'aweights']);
  const { correction = 1, fweights, aweights } = options;
  checkObservations('cov', x);
  const rows = floating(x.ndim < 2 ? x.reshape([1, -1]) : x);
  const n = rows.shape[1]!;
  checkWeights('fweights', fweights, n, x);
  checkWeights('aweights', aweights, n, x);
  const w = fweights && aweights ? fweights.mul(aweights) : (fweights ?? aweights);
  const variables = rows.shape[0]!;
  const shape = variables === 1 ? [] : [variables, variables];
  if (w === undefined) {
    const centred = rows.sub(rows.mean(1, { keepdim: true }));
    return centred
      .matmul(centred.T)
      .div(Math.max(0, n - correction))
      .reshape(shape);
  }
  const total = w.sum();
  if (total.item() === 0) throw new ArgumentError('cov: the weights add up to 0');
  const centred = rows.sub(rows.mul(w).sum(1, { keepdim: true }).div(total));
  const lost = aweights ? w.mul(aweights).sum().div(total).mul(correction) : correction;
  return centred.matmul(centred.mul(w).T).div(total.sub(lost).clamp(0)).reshape(shape);
}
export const covSamples: Samples = (s) => {
  const correction = s.oneOf([0, 1]);
  const weights = { low: 0.5, high: 2 };
  return s.oneOf<() => readonly unknown[]>([
    () => [s.tensorOf([2, 3]), { correction }],
    () => [s.tensorOf(s.oneOf([[3], [1, 3]]))],
    () => [
      s.tensorOf([2, 4]),
      { correction, fweights: s.index([4], 3).add(1), aweights: s.tensorOf([4], weights) },
    ],
    () => [s.tensorOf([2, 3]), { correction, aweights: s.tensorOf([3], weights) }],
    () => [s.tensorOf([2, 3]), { correction, fweights: s.index([3], 3).add(1) }],
  ])();
};
export const covRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  return [
    [[s.tensorOf([2, 2, 2])], 'ShapeError', /at most two axes, got shape \(2, 2, 2\)/],
    [[s.mask([3])], 'DTypeError', /x is bool/],
    [[x, { fweights: s.tensorOf([3]) }], 'DTypeError', /fweights are float64, expected int32/],
    [[x, { aweights: s.index([3], 3) }], 'DTypeError', /aweights are int32, expected floating point/],
    [
      [x, { fweights: s.index([2], 3) }],
      'ShapeError',
      /fweights have shape \(2,\), .* 3 observations of x of shape \(2, 3\)|\(2,\)/,
    ],
    [[x, { fweights: s.index([3], 1).sub(1) }], 'ArgumentError', /fweights must be >= 0, got -1/],
    [[x, { fweights: s.index([3], 1) }], 'ArgumentError', /weights add up to 0/],
  ];
};

function checkObservations(op: string, x: Tensor): void {
  checkTensor(op, 'x', x);
  if (x.ndim > 2) throw new ShapeError(`${op}: expected at most two axes, got shape ${formatShape(x.shape)}`);
  if (x.dtype === 'bool') throw new DTypeError(`${op}: x is bool; convert it with .to('float32')`);
}

function checkWeights(
  name: 'aweights' | 'fweights',
  weights: Tensor | undefined,
  n: number,
  x: Tensor,
): void {
  if (weights === undefined) return;
  const expected = name === 'aweights' ? 'floating point' : 'int32';
  if (isFloat(weights.dtype) !== (name === 'aweights') || weights.dtype === 'bool') {
    throw new DTypeError(`cov: ${name} are ${weights.dtype}, expected ${expected}`);
  }
  if (weights.ndim !== 1 || weights.size !== n) {
    throw new ShapeError(
      `cov: ${name} have shape ${formatShape(weights.shape)}, expected (${n},): one for each observation of x of shape ${formatShape(x.shape)}`,
    );
  }
  const smallest = n === 0 ? 0 : weights.amin().item();
  if (!(smallest >= 0)) throw new ArgumentError(`cov: ${name} must be >= 0, got ${smallest}`);
}

/**
 * Pearson's correlations c_ij / sqrt(c_ii c_jj) of variables, one to a row, over observations, limited to [-1, 1]; c
 * are the covariances of {@link cov}. Derivative: by composition of quotients, products and roots.
 *
 * Errors: ShapeError above two axes; DTypeError for bool. PyTorch: `torch.corrcoef`.
 *
 * @example
 * ```ts
 * import { corrcoef, tensor } from '@tensortape/autograd';
 * console.log(corrcoef(tensor([[1, 2, 3], [1, 0, -1]])).toArray()); // [ [ 1, -1 ], [ -1, 1 ] ]
 * ```
 */
export function corrcoef(x: Tensor): Tensor {
  checkObservations('corrcoef', x);
  const c = cov(x);
  if (c.ndim === 0) return c.div(c);
  const deviations = c.diagonal().sqrt();
  return c.div(deviations.unsqueeze(1)).div(deviations).clamp(-1, 1);
}
export const corrcoefSamples: Samples = (s) => [
  s.tensorOf(s.oneOf([[2, 4], [3, 5], [4], [1, 4]]), { distinct: true }),
];
export const corrcoefRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 2, 2])], 'ShapeError', /at most two axes, got shape \(2, 2, 2\)/],
  [[s.mask([3])], 'DTypeError', /x is bool/],
];

import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { refuseDType } from '../tape/shorthands.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { getDefaultDType, isFloat } from '../tensor/dtype.ts';
import { type Dims, normalizeDim, normalizeDims, reducedShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { amax, type ReduceOptions } from './reduce.ts';
import { dimRefusals, dimsRefusals, keepdimRefusals, type Refusals, type Samples } from './samples.ts';
import { logSoftmaxCotangent, logSoftmaxMean, softmaxProduct } from './softmaxRules.ts';

const floating = (x: Tensor): Tensor => (isFloat(x.dtype) ? x : x.to(getDefaultDType()));

const softmaxOp = /* @__PURE__ */ defineOp({
  name: 'softmax',
  inputs: ['x'],
  saves: ['output'],
  forward: ({ x }, dim: number) => wrap(kernels.softmax(x, dim, false), x.dtype, x.shape),
  vjp: { x: (g, { output }, dim) => softmaxProduct(g, output, dim) },
  jvp: ({ x: t }, { output }, dim) => t && softmaxProduct(t, output, dim),
});

/**
 * exp(x_i) / sum_j exp(x_j) along `dim`, shifted by the largest element so that nothing overflows.
 * Derivative: y (t - sum y t) for y = softmax x. Errors: IndexError for `dim`; DTypeError for integers.
 * PyTorch: `torch.softmax`.
 *
 * @example
 * ```ts
 * import { softmax, tensor } from '@tensortape/autograd';
 * console.log(softmax(tensor([1, 2, 3]), 0)); // tensor([0.0900, 0.2447, 0.6652])
 * ```
 */
export function softmax(x: Tensor, dim: number): Tensor {
  checkTensor('softmax', 'x', x);
  refuseDType('softmax', x, 'integers');
  return softmaxOp({ x }, normalizeDim('softmax', dim, x.ndim));
}
export const softmaxSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dim(x)];
};

export const softmaxRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [
    [s.index([2, 3], 5), 0],
    'DTypeError',
    /expected a floating point tensor, got int32; convert it with \.to/,
  ],
];

const logSoftmaxOp = /* @__PURE__ */ defineOp({
  name: 'logSoftmax',
  inputs: ['x'],
  saves: ['output'],
  forward: ({ x }, dim: number) => wrap(kernels.softmax(x, dim, true), x.dtype, x.shape),
  vjp: { x: (g, { output }, dim) => logSoftmaxCotangent(g, output, dim) },
  jvp: ({ x: t }, { output }, dim) => t && t.sub(logSoftmaxMean(t, output, dim)),
});

/**
 * x_i - ln sum_j exp(x_j) along `dim`, without overflow and without the cancellation of log(softmax(x)).
 * Derivative: t - sum softmax(x) t. Errors: IndexError for `dim`; DTypeError for integers. PyTorch: `torch.log_softmax`.
 *
 * @example
 * ```ts
 * import { logSoftmax, tensor } from '@tensortape/autograd';
 * console.log(logSoftmax(tensor([0, 1000]), 0)); // tensor([-1000.,     0.])
 * ```
 */
export function logSoftmax(x: Tensor, dim: number): Tensor {
  checkTensor('logSoftmax', 'x', x);
  refuseDType('logSoftmax', x, 'integers');
  return logSoftmaxOp({ x }, normalizeDim('logSoftmax', dim, x.ndim));
}
export const logSoftmaxSamples = softmaxSamples;
export const logSoftmaxRefusals = softmaxRefusals;

interface Reduced {
  readonly axes: readonly number[];
  readonly keepdim: boolean;
}

const logsumexpOp = /* @__PURE__ */ defineOp({
  name: 'logsumexp',
  inputs: ['x'],
  saves: ['x', 'output'],
  forward: ({ x }, { axes, keepdim }: Reduced) => {
    if (axes.some((axis) => x.shape[axis] === 0)) return x.sum(axes, { keepdim }).log();
    const largest = amax(x, axes, { keepdim: true });
    // An infinite maximum is the answer itself; subtracting it would give NaN.
    const shift = largest.where(largest.abs().ne(Number.POSITIVE_INFINITY), 0);
    const y = x.sub(shift).exp().sum(axes, { keepdim: true }).log().add(shift);
    return y.reshape(reducedShape(x.shape, axes, keepdim));
  },
  vjp: {
    x: (g, { x, output }, { axes }) => {
      const kept = reducedShape(x.shape, axes, true);
      return g.reshape(kept).mul(weights(x, output.reshape(kept)));
    },
  },
  jvp: ({ x: t }, { x, output }, { axes, keepdim }) =>
    t && t.mul(weights(x, output.reshape(reducedShape(x.shape, axes, true)))).sum(axes, { keepdim }),
});

/** softmax(x) from x and its logsumexp; 0, not NaN, where both are -inf. */
function weights(x: Tensor, y: Tensor): Tensor {
  return x.sub(y.where(y.ne(Number.NEGATIVE_INFINITY), 0)).exp();
}

/**
 * ln sum exp(x) over all axes, or over `dim`, without overflow; integers are promoted. Derivative: softmax(x).
 * Errors: IndexError and ShapeError for `dim`. PyTorch: `torch.logsumexp`.
 *
 * @example
 * ```ts
 * import { logsumexp, tensor } from '@tensortape/autograd';
 * console.log(logsumexp(tensor([1000, 1000]))); // tensor(1000.6932)
 * ```
 */
export function logsumexp(x: Tensor, dim?: Dims, options: ReduceOptions = {}): Tensor {
  checkTensor('logsumexp', 'x', x);
  checkOptions('logsumexp', options, ['keepdim']);
  const { keepdim = false } = options;
  return logsumexpOp({ x: floating(x) }, { axes: normalizeDims('logsumexp', dim, x.shape), keepdim });
}
export const logsumexpSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dims(x), { keepdim: s.oneOf([true, false]) }];
};
export const logsumexpRefusals: Refusals = (s) => [...dimsRefusals(s), ...keepdimRefusals(s)];

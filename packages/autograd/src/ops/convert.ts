import { kernels } from '../kernels/select.ts';
import { linear } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { alias, wrap } from '../tensor/core.ts';
import { checkDType, type DType } from '../tensor/dtype.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, Samples } from './samples.ts';

const toOp = /* @__PURE__ */ linear<DType>({
  name: 'to',
  forward: (x, dtype) => wrap(kernels.cast(x, dtype), dtype, x.shape),
  transpose: (g, _, like) => g.to(like.dtype),
});

/**
 * The same values in another dtype, or `x` itself when it has it already. Towards integers fractions are cut; towards
 * bool all but 0 is true. Derivative: the cotangent, converted back; none through integers. Errors: ArgumentError for a name
 * that is no dtype's. PyTorch: `Tensor.to`.
 *
 * @example
 * ```ts
 * import { tensor, to } from '@tensortape/autograd';
 * console.log(to(tensor([1.7, -1.7]), 'int32')); // tensor([ 1, -1], dtype=int32)
 * ```
 */
export function to(x: Tensor, dtype: DType): Tensor {
  checkTensor('to', 'x', x);
  return x.dtype === dtype ? x : toOp(x, checkDType(dtype, 'to'));
}
export const toSamples: Samples = (s) => [s.tensor(), s.oneOf(['float64', 'float32'])];
export const toRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2]), 'flaot32'],
    'ArgumentError',
    /unknown dtype 'flaot32'; known are bool, uint8, int32, float32, float64/,
  ],
  [[s.tensorOf([2])], 'ArgumentError', /unknown dtype 'undefined'/],
];

const cloneOp = /* @__PURE__ */ linear({
  name: 'clone',
  forward: (x) => wrap(kernels.cast(x, x.dtype), x.dtype, x.shape),
  transpose: (g) => g,
});

/**
 * A row-major copy of x with an array of its own. Derivative: the cotangent itself. PyTorch: `torch.clone`.
 *
 * @example
 * ```ts
 * import { clone, tensor } from '@tensortape/autograd';
 * console.log(clone(tensor([1, 2]))); // tensor([1., 2.])
 * ```
 */
export function clone(x: Tensor): Tensor {
  return cloneOp(x);
}
export const cloneSamples: Samples = (s) => [s.tensor()];

/**
 * `x` itself when its elements stand in row-major order, else a copy in which they do. Derivative: the cotangent itself.
 * PyTorch: `Tensor.contiguous`.
 *
 * @example
 * ```ts
 * import { contiguous, tensor } from '@tensortape/autograd';
 * console.log(contiguous(tensor([[1, 2], [3, 4]]).T).isContiguous); // true
 * ```
 */
export function contiguous(x: Tensor): Tensor {
  checkTensor('contiguous', 'x', x);
  return x.isContiguous ? x : cloneOp(x);
}
export const contiguousSamples: Samples = (s) => [s.tensorOf([2, 3]).transpose(0, 1)];

/**
 * The same elements as x, under a place of their own on the tape: transforms differentiate with respect to it.
 * Derivative: the cotangent itself. PyTorch: `torch.Tensor.view_as` with x itself.
 *
 * @example
 * ```ts
 * import { identity, tensor } from '@tensortape/autograd';
 * console.log(identity(tensor([1, 2]))); // tensor([1., 2.])
 * ```
 */
export const identity = /* @__PURE__ */ linear({
  name: 'identity',
  forward: (x) => alias(x),
  transpose: (g) => g,
});
export const identitySamples: Samples = (s) => [s.tensor()];

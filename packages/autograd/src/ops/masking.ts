import type { Operand } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { where } from './compare.ts';
import { positionsOf, valueFor } from './positions.ts';
import { nonDifferentiable, type Refusals, type Samples } from './samples.ts';
import { indexChange, indexGet } from './selection.ts';

/**
 * The positions of all elements that are not zero (NaN is not), one row for each with a column for each axis (int32), in
 * row-major order. Derivative: none, positions are integers. PyTorch: `torch.nonzero`, `torch.argwhere`.
 *
 * @example
 * ```ts
 * import { nonzero, tensor } from '@tensortape/autograd';
 * console.log(nonzero(tensor([[0, 5], [7, 0]])).toArray()); // [ [ 0, 1 ], [ 1, 0 ] ]
 * ```
 */
export function nonzero(x: Tensor): Tensor {
  checkTensor('nonzero', 'x', x);
  const positions = positionsOf(x.detach());
  return (x.ndim === 0 ? positions.slice(0, 0, 0) : positions).transpose(0, 1).contiguous();
}
export const nonzeroSamples: Samples = /* @__PURE__ */ nonDifferentiable('positions are integers', (s) => [
  s.tensor(s.few),
]);

/** A tensor and a mask, broadcast against each other. */
function masked(op: string, x: Tensor, mask: Tensor): readonly [Tensor, Tensor] {
  if (mask.dtype !== 'bool') {
    throw new DTypeError(
      `${op}: the mask has dtype ${mask.dtype}, expected bool; compare it first, e.g. mask.ne(0)`,
    );
  }
  const shape = broadcastShapes(op, x.shape, mask.shape);
  return [x.expand(shape), mask.expand(shape)];
}

const maskRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 3]), s.tensorOf([2, 3]), s.tensorOf([])],
    'DTypeError',
    /mask has dtype float64, expected bool/,
  ],
  [
    [s.tensorOf([2, 3]), s.index([2], 2).ne(0), s.tensorOf([])],
    'ShapeError',
    /\(2, 3\) and \(2,\) do not broadcast/,
  ],
];

/** Where a broadcast mask holds in a tensor with at least one axis. */
function selection(
  mask: Tensor,
): readonly [along: { axes: readonly number[]; lead: number }, positions: Tensor] {
  const positions = positionsOf(mask);
  return [{ axes: Array.from({ length: positions.shape[0]! }, (_, axis) => axis), lead: 0 }, positions];
}

/**
 * The elements where `mask` (bool) holds, in row-major order, as a tensor of one axis; x and mask broadcast. Derivative: the
 * cotangent at the elements that were taken. PyTorch: `torch.masked_select`. Errors: DTypeError when the mask is not
 * bool; ShapeError when the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { maskedSelect, tensor } from '@tensortape/autograd';
 * const x = tensor([1, -2, 3]);
 * console.log(maskedSelect(x, x.gt(0))); // tensor([1., 3.])
 * ```
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  checkTensor('maskedSelect', 'x', x);
  checkTensor('maskedSelect', 'mask', mask);
  const [whole, where] = masked('maskedSelect', x, mask);
  return indexGet(whole.ndim === 0 ? whole.reshape([1]) : whole, ...selection(where));
}
export const maskedSelectSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.mask(x.shape)];
};
export const maskedSelectRefusals: Refusals = (s) =>
  maskRefusals(s).map(([args, error, message]) => [args.slice(0, 2), error, message]);

/**
 * A copy of x in which the elements where `mask` (bool) holds are those of `source`, one after the other in row-major
 * order; x and mask broadcast. Derivatives: for x the cotangent with zeros where the mask holds, for `source` the cotangent
 * where its elements went. PyTorch: `torch.masked_scatter`.
 *
 * Errors: DTypeError when the mask is not bool or the dtypes of x and `source` differ; ShapeError when shapes do not
 * broadcast or `source` has too few elements.
 *
 * @example
 * ```ts
 * import { maskedScatter, tensor } from '@tensortape/autograd';
 * const x = tensor([1, -2, -3]);
 * console.log(maskedScatter(x, x.lt(0), tensor([10, 20]))); // tensor([ 1., 10., 20.])
 * ```
 */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  checkTensor('maskedScatter', 'x', x);
  checkTensor('maskedScatter', 'mask', mask);
  checkTensor('maskedScatter', 'source', source);
  const [whole, where] = masked('maskedScatter', x, mask);
  if (source.dtype !== x.dtype) {
    throw new DTypeError(`maskedScatter: source is ${source.dtype}, x is ${x.dtype}; convert one with .to()`);
  }
  const [along, positions] = selection(where);
  const count = positions.shape[1]!;
  if (source.size < count) {
    throw new ShapeError(
      `maskedScatter: source of shape ${formatShape(source.shape)} has ${source.size} elements for ${count} places`,
    );
  }
  const change = { ...along, op: 'maskedScatter', layout: null, accumulate: false, inPlace: false };
  const taken = source.reshape([-1]).slice(0, 0, count);
  return indexChange(whole.ndim === 0 ? whole.reshape([1]) : whole, change, positions, taken).reshape(
    whole.shape,
  );
}
export const maskedScatterSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.mask(x.shape), s.tensorOf([2, Math.max(1, x.size)])];
};
export const maskedScatterRefusals: Refusals = (s) => [
  ...maskRefusals(s),
  [
    [s.tensorOf([3]), s.index([3], 1).eq(0), s.tensorOf([2])],
    'ShapeError',
    /\(2,\) has 2 elements for 3 places/,
  ],
  [[s.tensorOf([3]), s.mask([3]), s.index([3], 2)], 'DTypeError', /source is int32, x is float64/],
];

/**
 * x with the elements where `mask` (bool) holds replaced by `value`, a number or a 0-dimensional tensor; x and mask
 * broadcast, and the result has the dtype of x. Derivatives: for x the cotangent with zeros where the mask holds, for
 * `value` the sum of the cotangent there. PyTorch: `torch.masked_fill`; there fractions for integers are cut, here they are
 * refused.
 *
 * Errors: DTypeError when the mask is not bool or the value does not fit; ShapeError when the shapes do not broadcast, or
 * for a value with axes.
 *
 * @example
 * ```ts
 * import { maskedFill, tensor } from '@tensortape/autograd';
 * const x = tensor([1, -2, 3]);
 * console.log(maskedFill(x, x.lt(0), 0)); // tensor([1., 0., 3.])
 * ```
 */
export function maskedFill(x: Tensor, mask: Tensor, value: Operand): Tensor {
  checkTensor('maskedFill', 'x', x);
  checkTensor('maskedFill', 'mask', mask);
  const [whole, held] = masked('maskedFill', x, mask);
  return where(held, valueFor('maskedFill', x, value), whole);
}
export const maskedFillSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.mask(x.shape), s.oneOf([() => s.tensorOf([]), () => 0.5])()];
};
export const maskedFillRefusals: Refusals = (s) => [
  ...maskRefusals(s),
  [[s.tensorOf([3]), s.mask([3]), s.tensorOf([3])], 'ShapeError', /tensor of shape \(\), got shape \(3,\)/],
  [[s.index([3], 3), s.mask([3]), 0.5], 'DTypeError', /value is 0.5, which int32 cannot hold/],
  [[s.index([3], 3), s.mask([3]), s.tensorOf([])], 'DTypeError', /value is float64.*x of int32/],
];

import { kernels } from '../kernels/select.ts';
import { type Operand, operands, refuseDType } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { DTypeError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor.ts';
import {
  boolOperandRefusals,
  nonDifferentiable,
  operandRefusals,
  type Refusals,
  type SampleKit,
  type Samples,
} from './samples.ts';

function refuseFloats(op: string, x: Tensor): void {
  if (isFloat(x.dtype)) {
    throw new DTypeError(`${op}: expected integers or bool, got ${x.dtype}; convert with .to('int32')`);
  }
}

function bitwise(name: string, forward: (a: number, b: number) => number, a: Operand, b: Operand): Tensor {
  const [x, y] = operands(name, a, b);
  refuseFloats(name, x);
  return wrap(kernels.binary(forward, x, y), x.dtype, x.shape);
}

/** As `bitwise`, for shifts: bool has nothing to shift. */
function shift(name: string, forward: (a: number, b: number) => number, a: Operand, b: Operand): Tensor {
  const [x, y] = operands(name, a, b);
  refuseDType(name, x, 'bool');
  return bitwise(name, forward, x, y);
}

const integral = (samples: Samples) => nonDifferentiable('it takes integers only', samples);

const floatRefusals: Refusals = (s) => [
  ...operandRefusals(s),
  [
    [s.tensorOf([2]), s.index([2], 3)],
    'DTypeError',
    /expected integers or bool, got float64; convert with \.to/,
  ],
  [[s.index([2], 3), 0.5], 'DTypeError', /expected integers or bool, got float32; convert with \.to/],
];

/** Two integers or two bool tensors, or one and a number. */
const bitsSamples = (s: SampleKit): readonly [Operand, Operand] => {
  const shape = s.shape(0, 3);
  const integers = () => s.index(shape, 300).sub(150);
  return s.oneOf<() => readonly [Operand, Operand]>([
    () => [integers(), integers()],
    () => [integers(), s.integer(-5, 5)],
    () => [s.mask(shape), s.mask(shape)],
    () => [integers().abs().to('uint8'), s.mask(shape)],
  ])();
};

/**
 * The bits set in both a and b, broadcast; "and" of bool. Derivative: none, it takes integers only. Errors: ShapeError
 * when the shapes do not broadcast; DTypeError for floating point. PyTorch: `torch.bitwise_and`.
 *
 * @example
 * ```ts
 * import { bitwiseAnd, tensor } from '@tensortape/autograd';
 * console.log(bitwiseAnd(tensor([5, 6], { dtype: 'int32' }), 3)); // tensor([1, 2], dtype=int32)
 * ```
 */
export const bitwiseAnd = (a: Operand, b: Operand): Tensor => bitwise('bitwiseAnd', (x, y) => x & y, a, b);
export const bitwiseAndSamples = /* @__PURE__ */ integral(bitsSamples);
export const bitwiseAndRefusals = floatRefusals;

/**
 * The bits set in a or in b, broadcast; "or" of bool. Derivative: none, it takes integers only. Errors: ShapeError when
 * the shapes do not broadcast; DTypeError for floating point. PyTorch: `torch.bitwise_or`.
 *
 * @example
 * ```ts
 * import { bitwiseOr, tensor } from '@tensortape/autograd';
 * console.log(bitwiseOr(tensor([5, 6], { dtype: 'int32' }), 3)); // tensor([7, 7], dtype=int32)
 * ```
 */
export const bitwiseOr = (a: Operand, b: Operand): Tensor => bitwise('bitwiseOr', (x, y) => x | y, a, b);
export const bitwiseOrSamples = bitwiseAndSamples;
export const bitwiseOrRefusals = floatRefusals;

/**
 * The bits set in exactly one of a and b, broadcast; "either … or" of bool. Derivative: none, it takes integers only.
 * Errors: ShapeError when the shapes do not broadcast; DTypeError for floating point. PyTorch: `torch.bitwise_xor`.
 *
 * @example
 * ```ts
 * import { bitwiseXor, tensor } from '@tensortape/autograd';
 * console.log(bitwiseXor(tensor([5, 6], { dtype: 'int32' }), 3)); // tensor([6, 5], dtype=int32)
 * ```
 */
export const bitwiseXor = (a: Operand, b: Operand): Tensor => bitwise('bitwiseXor', (x, y) => x ^ y, a, b);
export const bitwiseXorSamples = bitwiseAndSamples;
export const bitwiseXorRefusals = floatRefusals;

/**
 * Every bit flipped; "not" of bool. Derivative: none, it takes integers only. Errors: DTypeError for floating point.
 * PyTorch: `torch.bitwise_not`.
 *
 * @example
 * ```ts
 * import { bitwiseNot, tensor } from '@tensortape/autograd';
 * console.log(bitwiseNot(tensor([0, 5], { dtype: 'int32' }))); // tensor([-1, -6], dtype=int32)
 * ```
 */
export function bitwiseNot(x: Tensor): Tensor {
  checkTensor('bitwiseNot', 'x', x);
  refuseFloats('bitwiseNot', x);
  return x.dtype === 'bool'
    ? x.logicalNot()
    : wrap(
        kernels.unary((v) => ~v, x),
        x.dtype,
        x.shape,
      );
}
export const bitwiseNotSamples = /* @__PURE__ */ integral((s) => [bitsSamples(s)[0]]);
export const bitwiseNotRefusals: Refusals = (s) => [
  [[s.tensorOf([2])], 'DTypeError', /expected integers or bool, got float64; convert with \.to/],
];

/** How far shifts go: further ones, and negative ones, leave nothing of the number. */
const distances = (s: SampleKit): readonly [Operand, Operand] => {
  const shape = s.shape(0, 3);
  const integers = s.index(shape, 300).sub(150);
  return [s.oneOf([integers, integers.abs().to('uint8')]), s.oneOf([s.index(shape, 9), s.integer(0, 9)])];
};

/**
 * a 2^b with the bits that leave the dtype dropped, broadcast; 0 where b is negative or not below the dtype's number of
 * bits. Derivative: none, it takes integers only. Errors: ShapeError when the shapes do not broadcast; DTypeError for
 * floating point or two bool operands. PyTorch: `torch.bitwise_left_shift`.
 *
 * @example
 * ```ts
 * import { bitwiseLeftShift, tensor } from '@tensortape/autograd';
 * console.log(bitwiseLeftShift(tensor([1, 3], { dtype: 'int32' }), 2)); // tensor([ 4, 12], dtype=int32)
 * ```
 */
export const bitwiseLeftShift = (a: Operand, b: Operand): Tensor =>
  shift('bitwiseLeftShift', (x, y) => (y < 0 || y > 31 ? 0 : x << y), a, b);
export const bitwiseLeftShiftSamples = /* @__PURE__ */ integral(distances);
export const bitwiseLeftShiftRefusals: Refusals = (s) => [...floatRefusals(s), ...boolOperandRefusals(s)];

/**
 * floor(a / 2^b), broadcast; 0 or -1, the sign, where b is negative or not below the dtype's number of bits. Derivative:
 * none, it takes integers only. Errors: ShapeError when the shapes do not broadcast; DTypeError for floating point or two
 * bool operands. PyTorch: `torch.bitwise_right_shift`.
 *
 * @example
 * ```ts
 * import { bitwiseRightShift, tensor } from '@tensortape/autograd';
 * console.log(bitwiseRightShift(tensor([12, -3], { dtype: 'int32' }), 1)); // tensor([ 6, -2], dtype=int32)
 * ```
 */
export const bitwiseRightShift = (a: Operand, b: Operand): Tensor =>
  shift('bitwiseRightShift', (x, y) => x >> (y < 0 || y > 31 ? 31 : y), a, b);
export const bitwiseRightShiftSamples = bitwiseLeftShiftSamples;
export const bitwiseRightShiftRefusals = bitwiseLeftShiftRefusals;

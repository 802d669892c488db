import type { CompareName } from '../kernels/kernels.ts';
import { kernels } from '../kernels/select.ts';
import { isNegative } from '../kernels/special/scalar.ts';
import { defineOp } from '../tape/defineOp.ts';
import { type Operand, operands } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { getDefaultDType } from '../tensor/dtype.ts';
import { DTypeError } from '../tensor/errors.ts';
import { broadcastShapes } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { type ClosenessOptions, closeness } from './closeness.ts';
import { nonDifferentiable, operandRefusals, type Refusals, type Samples } from './samples.ts';

function compare(name: CompareName, a: Operand, b: Operand): Tensor {
  const [x, y] = operands(name, a, b);
  return wrap(kernels.compare(name, x, y), 'bool', x.shape);
}

/** As `compare`, for functions of one tensor. */
function test(op: string, name: CompareName, x: Tensor, b: Operand): Tensor {
  checkTensor(op, 'x', x);
  return compare(name, x, b);
}

const piecewise = (samples: Samples) => nonDifferentiable('the result is bool', samples);

/**
 * Where a = b (NaN equals nothing), broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.eq`.
 *
 * @example
 * ```ts
 * import { eq, tensor } from '@tensortape/autograd';
 * console.log(eq(tensor([1, 2]), 2)); // tensor([false,  true])
 * ```
 */
export const eq = (a: Operand, b: Operand): Tensor => compare('eq', a, b);
export const eqSamples = /* @__PURE__ */ piecewise((s) => s.operands(s.few, s.few));
export const eqRefusals = operandRefusals;

/**
 * Where a >= b, broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.ge`.
 *
 * @example
 * ```ts
 * import { ge, tensor } from '@tensortape/autograd';
 * console.log(ge(tensor([1, 2, 3]), 2)); // tensor([false,  true,  true])
 * ```
 */
export const ge = (a: Operand, b: Operand): Tensor => compare('ge', a, b);
export const geSamples = eqSamples;
export const geRefusals = operandRefusals;

/**
 * Where a > b, broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.gt`.
 *
 * @example
 * ```ts
 * import { gt, tensor } from '@tensortape/autograd';
 * console.log(gt(tensor([1, 2, 3]), 2)); // tensor([false, false,  true])
 * ```
 */
export const gt = (a: Operand, b: Operand): Tensor => compare('gt', a, b);
export const gtSamples = eqSamples;
export const gtRefusals = operandRefusals;

/**
 * Where a <= b, broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.le`.
 *
 * @example
 * ```ts
 * import { le, tensor } from '@tensortape/autograd';
 * console.log(le(tensor([1, 2, 3]), 2)); // tensor([ true,  true, false])
 * ```
 */
export const le = (a: Operand, b: Operand): Tensor => compare('le', a, b);
export const leSamples = eqSamples;
export const leRefusals = operandRefusals;

/**
 * Where both a and b are not zero, broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.logical_and`.
 *
 * @example
 * ```ts
 * import { logicalAnd, tensor } from '@tensortape/autograd';
 * console.log(logicalAnd(tensor([true, false]), tensor([true, true]))); // tensor([ true, false])
 * ```
 */
export const logicalAnd = (a: Operand, b: Operand): Tensor => compare('logicalAnd', a, b);
export const logicalAndSamples = eqSamples;
export const logicalAndRefusals = operandRefusals;

/**
 * Where x is zero (bool). Derivative: none, the result is bool. PyTorch: `torch.logical_not`.
 *
 * @example
 * ```ts
 * import { logicalNot, tensor } from '@tensortape/autograd';
 * console.log(logicalNot(tensor([0, 2]))); // tensor([ true, false])
 * ```
 */
export const logicalNot = (x: Tensor): Tensor => test('logicalNot', 'eq', x, 0);
export const logicalNotSamples = /* @__PURE__ */ piecewise((s) => [s.tensor(s.few)]);

/**
 * Where a or b is not zero, broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.logical_or`.
 *
 * @example
 * ```ts
 * import { logicalOr, tensor } from '@tensortape/autograd';
 * console.log(logicalOr(tensor([true, false]), tensor([false, false]))); // tensor([ true, false])
 * ```
 */
export const logicalOr = (a: Operand, b: Operand): Tensor => compare('logicalOr', a, b);
export const logicalOrSamples = eqSamples;
export const logicalOrRefusals = operandRefusals;

/**
 * Where exactly one of a and b is not zero, broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.logical_xor`.
 *
 * @example
 * ```ts
 * import { logicalXor, tensor } from '@tensortape/autograd';
 * console.log(logicalXor(tensor([true, false]), tensor([true, true]))); // tensor([false,  true])
 * ```
 */
export const logicalXor = (a: Operand, b: Operand): Tensor => compare('logicalXor', a, b);
export const logicalXorSamples = eqSamples;
export const logicalXorRefusals = operandRefusals;

/**
 * Where a < b, broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.lt`.
 *
 * @example
 * ```ts
 * import { lt, tensor } from '@tensortape/autograd';
 * console.log(lt(tensor([1, 2, 3]), 2)); // tensor([ true, false, false])
 * ```
 */
export const lt = (a: Operand, b: Operand): Tensor => compare('lt', a, b);
export const ltSamples = eqSamples;
export const ltRefusals = operandRefusals;

/**
 * Where a != b, broadcast (bool). Derivative: none, the result is bool.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.ne`.
 *
 * @example
 * ```ts
 * import { ne, tensor } from '@tensortape/autograd';
 * console.log(ne(tensor([1, 2]), 2)); // tensor([ true, false])
 * ```
 */
export const ne = (a: Operand, b: Operand): Tensor => compare('ne', a, b);
export const neSamples = eqSamples;
export const neRefusals = operandRefusals;

/**
 * Where x is NaN (bool). Derivative: none, the result is bool. PyTorch: `torch.isnan`.
 *
 * @example
 * ```ts
 * import { isnan, tensor } from '@tensortape/autograd';
 * console.log(isnan(tensor([1, Number.NaN]))); // tensor([false,  true])
 * ```
 */
export const isnan = (x: Tensor): Tensor => test('isnan', 'ne', x, x);
export const isnanSamples = /* @__PURE__ */ piecewise((s) => [s.tensor(s.few)]);

/**
 * Where x is neither NaN nor infinite (bool). Derivative: none, the result is bool. PyTorch: `torch.isfinite`.
 *
 * @example
 * ```ts
 * import { isfinite, tensor } from '@tensortape/autograd';
 * console.log(isfinite(tensor([1, Number.POSITIVE_INFINITY]))); // tensor([ true, false])
 * ```
 */
export function isfinite(x: Tensor): Tensor {
  checkTensor('isfinite', 'x', x);
  return compare('lt', x.dtype === 'bool' ? x : x.abs(), Number.POSITIVE_INFINITY);
}
export const isfiniteSamples = isnanSamples;

/** Where a condition holds of each element. */
function satisfies(op: string, x: Tensor, condition: (v: number) => boolean): Tensor {
  checkTensor(op, 'x', x);
  return wrap(kernels.compare(condition, x, x), 'bool', x.shape);
}

/**
 * Where x is infinite (bool). Derivative: none, the result is bool. PyTorch: `torch.isinf`.
 *
 * @example
 * ```ts
 * import { isinf, tensor } from '@tensortape/autograd';
 * console.log(isinf(tensor([1, -Infinity]))); // tensor([false,  true])
 * ```
 */
export const isinf = (x: Tensor): Tensor =>
  satisfies('isinf', x, (v) => Math.abs(v) === Number.POSITIVE_INFINITY);
export const isinfSamples = isnanSamples;

/**
 * Where x is -Infinity (bool). Derivative: none, the result is bool. PyTorch: `torch.isneginf`.
 *
 * @example
 * ```ts
 * import { isneginf, tensor } from '@tensortape/autograd';
 * console.log(isneginf(tensor([Infinity, -Infinity]))); // tensor([false,  true])
 * ```
 */
export const isneginf = (x: Tensor): Tensor =>
  satisfies('isneginf', x, (v) => v === Number.NEGATIVE_INFINITY);
export const isneginfSamples = isnanSamples;

/**
 * Where x is Infinity (bool). Derivative: none, the result is bool. PyTorch: `torch.isposinf`.
 *
 * @example
 * ```ts
 * import { isposinf, tensor } from '@tensortape/autograd';
 * console.log(isposinf(tensor([Infinity, -Infinity]))); // tensor([ true, false])
 * ```
 */
export const isposinf = (x: Tensor): Tensor =>
  satisfies('isposinf', x, (v) => v === Number.POSITIVE_INFINITY);
export const isposinfSamples = isnanSamples;

/**
 * Where the sign bit is set: below 0 and at -0 (bool). Derivative: none, the result is bool. PyTorch: `torch.signbit`, which
 * sees the sign of NaN, where this takes it to be positive.
 *
 * @example
 * ```ts
 * import { signbit, tensor } from '@tensortape/autograd';
 * console.log(signbit(tensor([-0, 0, -2]))); // tensor([ true, false,  true])
 * ```
 */
export const signbit = (x: Tensor): Tensor => satisfies('signbit', x, isNegative);
export const signbitSamples = isnanSamples;

/**
 * Where |a - b| <= atol + rtol |b|, broadcast (bool); infinities are close when they are equal, NaN to NaN when `equalNan` is
 * set. Derivative: none, the result is bool. Errors: DTypeError when the dtypes differ; ShapeError when the shapes do not
 * broadcast; ArgumentError for an unknown option, or a tolerance that is not a number >= 0. PyTorch: `torch.isclose`.
 *
 * @example
 * ```ts
 * import { isclose, tensor } from '@tensortape/autograd';
 * console.log(isclose(tensor([1, 2]), tensor([1.000001, 2.1]))); // tensor([ true, false])
 * ```
 */
export function isclose(a: Tensor, b: Tensor, options: ClosenessOptions = {}): Tensor {
  return closeness('isclose', a, b, options);
}
export const iscloseSamples = /* @__PURE__ */ piecewise((s) => [
  ...s.broadcast(s.few, { values: [0, 1, 1.0001, -1, 0.5, 2.2] }),
  ...s.oneOf([[], [{ rtol: 0.01 }], [{ atol: 0.5, rtol: 0 }], [{ equalNan: true }]]),
]);
export const iscloseRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([4])], 'ShapeError', /\(2, 3\) and \(4,?\) do not broadcast/],
  [[s.tensorOf([2]), 1], 'ArgumentError', /expected a tensor as b, got the number 1/],
  [[s.tensorOf([2]), s.index([2], 3)], 'DTypeError', /a is float64, b is int32; convert one/],
  [
    [s.tensorOf([2]), s.tensorOf([2]), { rtol: -1 }],
    'ArgumentError',
    /rtol must be a number >= 0, got the number -1/,
  ],
  [[s.tensorOf([2]), s.tensorOf([2]), { tol: 1 }], 'ArgumentError', /unknown option 'tol'; known are rtol/],
  [
    [s.tensorOf([2]), s.tensorOf([2]), { equalNan: 1 }],
    'ArgumentError',
    /equalNan must be true or false, got the number 1/,
  ],
];

const whereOp = /* @__PURE__ */ defineOp({
  name: 'where',
  inputs: ['condition', 'a', 'b'],
  saves: ['condition'],
  forward: ({ condition, a, b }) => wrap(kernels.where(condition, a, b), a.dtype, a.shape),
  vjp: {
    condition: null,
    a: (g, { condition }) => g.where(condition, 0),
    b: (g, { condition }) => where(condition, 0, g),
  },
  jvp: ({ a, b }, { condition }) => {
    if (a !== null) return where(condition, a, b ?? 0);
    return b && where(condition, 0, b);
  },
});

/**
 * Elements of `a` where `condition` holds and of `b` elsewhere; all three broadcast. Derivatives: the cotangent where the
 * element was taken, 0 elsewhere, selected and not multiplied; none for the condition.
 *
 * Errors: DTypeError when the condition is not bool; ShapeError when the shapes do not broadcast. PyTorch: `torch.where`.
 *
 * @example
 * ```ts
 * import { tensor, where } from '@tensortape/autograd';
 * console.log(where(tensor([true, false]), tensor([1, 2]), 0)); // tensor([1., 0.])
 * ```
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  checkTensor('where', 'condition', condition);
  if (condition.dtype !== 'bool') {
    throw new DTypeError(
      `where: the condition has dtype ${condition.dtype}, expected bool; compare it first, e.g. x.ne(0)`,
    );
  }
  const [x, y] = operands(
    'where',
    typeof a === 'number' && typeof b === 'number' ? constant(a, getDefaultDType(), []) : a,
    b,
  );
  const shape = broadcastShapes('where', condition.shape, x.shape);
  return whereOp({ condition: condition.expand(shape), a: x.expand(shape), b: y.expand(shape) });
}
export const whereSamples: Samples = (s) => {
  const [a, b] = s.operands(s.reals, s.reals);
  const { shape } = typeof a === 'number' ? (b as Tensor) : a;
  return [s.mask(shape), a, b];
};
export const whereRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  const condition = s.mask([2, 3]);
  return [
    [
      [x, x, 0],
      'DTypeError',
      /the condition has dtype float64, expected bool; compare it first, e\.g\. x\.ne\(0\)/,
    ],
    [
      [condition, s.tensorOf([2, 4]), s.tensorOf([3, 4])],
      'ShapeError',
      /\(2, 4\) and \(3, 4\) do not broadcast/,
    ],
    [[x.ne(0), s.tensorOf([2]), 0], 'ShapeError', /\(2, 3\) and \(2,\) do not broadcast/],
    [[condition, x, '0'], 'ArgumentError', /a tensor or a number as b, got the string '0'/],
    [[[true], x, 0], 'ArgumentError', /a tensor as condition, got an array; make one with tensor/],
  ];
};

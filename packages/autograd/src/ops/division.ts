import { floorDivide as floorOfQuotient } from '../kernels/special/scalar.ts';
import { noGrad } from '../tape/mode.ts';
import { binary, elementwise, type Operand, operands, refuseDType } from '../tape/shorthands.ts';
import { checkOptions } from '../tensor/check.ts';
import { constant } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import type { Tensor } from '../tensor.ts';
import {
  boolOperandRefusals,
  integerRefusals,
  nonDifferentiable,
  operandRefusals,
  type Refusals,
  type Samples,
} from './samples.ts';

const zero = (t: Tensor): Tensor => constant(0, t.dtype, t.shape);

/** Operands of a division that keeps integers: bool is refused, and so are integers over 0. */
function dividends(op: string, a: Operand, b: Operand): readonly [Tensor, Tensor] {
  const [x, y] = operands(op, a, b);
  refuseDType(op, x, 'bool');
  if (!isFloat(x.dtype) && y.eq(0).any().item() !== 0) {
    throw new ArgumentError(
      `${op}: integers cannot be divided by 0; convert them to a floating point dtype for NaN`,
    );
  }
  return [x, y];
}

/** What divisions that keep integers refuse. */
const divisionRefusals: Refusals = (s) => [
  ...operandRefusals(s),
  ...boolOperandRefusals(s),
  [[s.index([2], 3), 0], 'ArgumentError', /integers cannot be divided by 0/],
  [[5, s.index([2], 1)], 'ArgumentError', /integers cannot be divided by 0/],
];

/** How `div` rounds its quotient. */
export interface DivOptions {
  /** 'trunc' towards 0, 'floor' downwards; both keep integers. Not rounded unless given. */
  readonly roundingMode?: 'trunc' | 'floor';
}

const quotient = /* @__PURE__ */ binary({
  name: 'div',
  forward: 'div',
  integers: 'promote',
  saves: 'inputs',
  differentials: [(t, _, b) => t.div(b), (t, a, b) => t.mul(a.div(b).div(b)).neg()],
});

const floorOp = /* @__PURE__ */ binary({
  name: 'div',
  forward: floorOfQuotient,
  saves: 'nothing',
  differentials: [zero, zero],
});

const truncOp = /* @__PURE__ */ binary({
  name: 'div',
  forward: (a, b) => Math.trunc(a / b),
  saves: 'nothing',
  differentials: [zero, zero],
});

/** As PyTorch, which rounds the quotient to its dtype before it cuts it. */
const truncOpSingle = /* @__PURE__ */ binary({
  name: 'div',
  forward: (a, b) => Math.trunc(Math.fround(a / b)),
  saves: 'nothing',
  differentials: [zero, zero],
});

/**
 * a / b, broadcast, rounded if asked to; integers are promoted to the default floating point dtype unless it is rounded.
 * Derivatives: 1 / b and -a / b^2; 0 when rounded. Kinks: 0 at the jumps of a rounded quotient too. Errors: ShapeError when
 * the shapes do not broadcast; when rounded DTypeError for two bool operands, and ArgumentError for integers divided by 0;
 * ArgumentError for an unknown option. PyTorch: `torch.div`.
 *
 * @example
 * ```ts
 * import { div, tensor } from '@tensortape/autograd';
 * console.log(div(tensor([1, 2]), 4)); // tensor([0.2500, 0.5000])
 * console.log(div(tensor([5, -5]), 3, { roundingMode: 'trunc' })); // tensor([ 1., -1.])
 * ```
 */
export function div(a: Operand, b: Operand, options?: DivOptions): Tensor {
  if (options === undefined) return quotient(a, b);
  checkOptions('div', options, ['roundingMode']);
  const { roundingMode } = options;
  if (roundingMode === undefined) return quotient(a, b);
  if (roundingMode !== 'trunc' && roundingMode !== 'floor') {
    throw new ArgumentError(`div: roundingMode must be 'trunc' or 'floor', got ${kindOf(roundingMode)}`);
  }
  const [x, y] = dividends('div', a, b);
  if (roundingMode === 'floor') return floorOp(x, y);
  return x.dtype === 'float32' ? truncOpSingle(x, y) : truncOp(x, y);
}
export const divSamples: Samples = (s) =>
  s.oneOf([
    () => s.operands(s.reals, { apart: [0], margin: 0.4 }),
    () => [...divisionSamples(s), { roundingMode: s.oneOf(['trunc', 'floor'] as const) }],
  ])();
export const divRefusals: Refusals = (s) => [
  ...operandRefusals(s),
  [[s.tensorOf([2]), 2, 'floor'], 'ArgumentError', /an object of options such as .*got the string 'floor'/],
  [
    [s.tensorOf([2]), 2, { rounding: 'floor' }],
    'ArgumentError',
    /unknown option 'rounding'; known are roundingMode/,
  ],
  [[s.tensorOf([2]), 2, { roundingMode: 'up' }], 'ArgumentError', /'trunc' or 'floor', got the string 'up'/],
  [[s.mask([2]), s.mask([2]), { roundingMode: 'floor' }], 'DTypeError', /not defined for bool/],
  [[s.index([2], 3), 0, { roundingMode: 'trunc' }], 'ArgumentError', /integers cannot be divided by 0/],
];

/** Quotients between two whole numbers. */
const divisionSamples = (s: Parameters<Samples>[0]): readonly [Operand, Operand] =>
  s.operands({ low: -4.7, high: -2.3, apart: [-3, -4], margin: 0.25 }, { low: 0.97, high: 1.03 });

/**
 * floor(a / b), broadcast, of the exact quotient; integers stay integers. Derivative: none, as in PyTorch; that of
 * `div(a, b, { roundingMode: 'floor' })` is 0. Errors: ShapeError when the shapes do not broadcast; DTypeError for two bool
 * operands; ArgumentError for integers divided by 0. PyTorch: `torch.floor_divide`.
 *
 * @example
 * ```ts
 * import { floorDivide, tensor } from '@tensortape/autograd';
 * console.log(floorDivide(tensor([5, -5]), 3)); // tensor([ 1., -2.])
 * ```
 */
export function floorDivide(a: Operand, b: Operand): Tensor {
  return noGrad(() => floorOp(...dividends('floorDivide', a, b)));
}
export const floorDivideSamples = /* @__PURE__ */ nonDifferentiable(
  'it is constant but for its jumps, and PyTorch has no derivative',
  divisionSamples,
);
export const floorDivideRefusals = divisionRefusals;

const remainderOp = /* @__PURE__ */ binary({
  name: 'remainder',
  forward: 'remainder',
  saves: 'inputs',
  differentials: [(t) => t, (t, a, b) => t.mul(floorOp(a, b)).neg()],
});

/**
 * a - b floor(a / b), broadcast: the remainder with the sign of the divisor. Derivatives: 1 and -floor(a / b).
 * Kinks: the same at the jumps. Errors: ShapeError when the shapes do not broadcast; DTypeError for two bool operands;
 * ArgumentError for integers divided by 0. PyTorch: `torch.remainder`.
 *
 * @example
 * ```ts
 * import { remainder, tensor } from '@tensortape/autograd';
 * console.log(remainder(tensor([5, -5]), 3)); // tensor([2., 1.])
 * ```
 */
export function remainder(a: Operand, b: Operand): Tensor {
  return remainderOp(...dividends('remainder', a, b));
}
export const remainderSamples: Samples = divisionSamples;
export const remainderRefusals = divisionRefusals;

const fmodOp = /* @__PURE__ */ binary({
  name: 'fmod',
  forward: (a, b) => a % b,
  saves: 'inputs',
  differentials: [(t) => t, (t, a, b) => t.mul(a.div(b).trunc()).neg()],
});

/**
 * a - b trunc(a / b), broadcast: the remainder with the sign of the dividend. Derivatives: 1 and -trunc(a / b).
 * Kinks: the same at the jumps. Errors: ShapeError when the shapes do not broadcast; DTypeError for two bool operands;
 * ArgumentError for integers divided by 0. PyTorch: `torch.fmod`.
 *
 * @example
 * ```ts
 * import { fmod, tensor } from '@tensortape/autograd';
 * console.log(fmod(tensor([5, -5]), 3)); // tensor([ 2., -2.])
 * ```
 */
export function fmod(a: Operand, b: Operand): Tensor {
  return fmodOp(...dividends('fmod', a, b));
}
export const fmodSamples: Samples = divisionSamples;
export const fmodRefusals = divisionRefusals;

/**
 * x - trunc x: what stands behind the point. Derivative: 1. Kinks: 1 at the jumps too. Errors: DTypeError for integers and
 * bool. PyTorch: `torch.frac`.
 *
 * @example
 * ```ts
 * import { frac, tensor } from '@tensortape/autograd';
 * console.log(frac(tensor([-1.25, 2.5]))); // tensor([-0.2500,  0.5000])
 * ```
 */
export const frac = /* @__PURE__ */ elementwise({
  name: 'frac',
  refuses: 'integers',
  forward: (x) => x - Math.trunc(x),
  saves: 'nothing',
  differential: (t) => t,
});
export const fracSamples: Samples = (s) => [s.tensor({ apart: [-2, -1, 0, 1, 2] })];
export const fracRefusals = integerRefusals;

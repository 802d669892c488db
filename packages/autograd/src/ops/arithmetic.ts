import { binary, elementwise, type Operand, refuseDType } from '../tape/shorthands.ts';
import { checkOptions, checkTensor, checkWhole } from '../tensor/check.ts';
import { constant, Tensor } from '../tensor/core.ts';
import { getDefaultDType, isFloat } from '../tensor/dtype.ts';
import { ArgumentError } from '../tensor/errors.ts';
import { where } from './compare.ts';
import {
  boolOperandRefusals,
  boolRefusals,
  operandRefusals,
  type Refusals,
  type Samples,
} from './samples.ts';

const zero = (t: Tensor): Tensor => constant(0, t.dtype, t.shape);

/**
 * |x|. Derivative: sign(x). Kinks: 0 at 0. Errors: DTypeError for bool. PyTorch: `torch.abs`.
 *
 * @example
 * ```ts
 * import { abs, tensor } from '@tensortape/autograd';
 * console.log(abs(tensor([-1.5, 2]))); // tensor([1.5000, 2.0000])
 * ```
 */
export const abs = /* @__PURE__ */ elementwise({
  name: 'abs',
  refuses: 'bool',
  forward: 'abs',
  integers: 'keep',
  saves: 'input',
  derivative: (x) => x.sign(),
});
export const absSamples: Samples = (s) => [s.tensor({ apart: [0] })];
export const absRefusals = boolRefusals;

/**
 * a + b, broadcast. Derivatives: 1 and 1. Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.add`.
 *
 * @example
 * ```ts
 * import { add, tensor } from '@tensortape/autograd';
 * console.log(add(tensor([[1], [2]]), tensor([10, 20])));
 * // tensor([[11., 21.],
 * //         [12., 22.]])
 * ```
 */
export const add = /* @__PURE__ */ binary({
  name: 'add',
  forward: 'add',
  saves: 'nothing',
  differentials: [(t) => t, (t) => t],
});
export const addSamples: Samples = (s) => s.operands(s.reals, s.reals);
export const addRefusals = operandRefusals;

/**
 * The smallest whole number >= x. Derivative: 0. Kinks: 0 at the jumps too. Errors: DTypeError for bool.
 * PyTorch: `torch.ceil`.
 *
 * @example
 * ```ts
 * import { ceil, tensor } from '@tensortape/autograd';
 * console.log(ceil(tensor([-0.5, 1.2]))); // tensor([-0., 2.])
 * ```
 */
export const ceil = /* @__PURE__ */ elementwise({
  name: 'ceil',
  refuses: 'bool',
  forward: 'ceil',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const ceilSamples: Samples = (s) => [s.tensor({ apart: [-3, -2, -1, 0, 1, 2, 3] })];
export const ceilRefusals = boolRefusals;

/**
 * The largest whole number <= x. Derivative: 0. Kinks: 0 at the jumps too. Errors: DTypeError for bool.
 * PyTorch: `torch.floor`.
 *
 * @example
 * ```ts
 * import { floor, tensor } from '@tensortape/autograd';
 * console.log(floor(tensor([-0.5, 1.2]))); // tensor([-1.,  1.])
 * ```
 */
export const floor = /* @__PURE__ */ elementwise({
  name: 'floor',
  refuses: 'bool',
  forward: 'floor',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const floorSamples: Samples = ceilSamples;
export const floorRefusals = boolRefusals;

/**
 * The larger of a and b, broadcast. Derivatives: 1 for the larger, 0 for the other. Kinks: where they are equal, each gets
 * half. Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.maximum`, which takes no numbers.
 *
 * @example
 * ```ts
 * import { maximum, tensor } from '@tensortape/autograd';
 * console.log(maximum(tensor([1, 5]), tensor([3, 2]))); // tensor([3., 5.])
 * ```
 */
export const maximum = /* @__PURE__ */ binary({
  name: 'maximum',
  forward: 'maximum',
  saves: 'inputs',
  differentials: [(t, a, b) => unless(a.lt(b), t, a.eq(b)), (t, a, b) => unless(b.lt(a), t, a.eq(b))],
});
export const maximumSamples: Samples = (s) => s.operands({ apart: [0] }, { low: -1e-2, high: 1e-2 });
export const maximumRefusals = operandRefusals;

/**
 * The smaller of a and b, broadcast. Derivatives: 1 for the smaller, 0 for the other. Kinks: where they are equal, each gets
 * half. Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.minimum`, which takes no numbers.
 *
 * @example
 * ```ts
 * import { minimum, tensor } from '@tensortape/autograd';
 * console.log(minimum(tensor([1, 5]), tensor([3, 2]))); // tensor([1., 2.])
 * ```
 */
export const minimum = /* @__PURE__ */ binary({
  name: 'minimum',
  forward: 'minimum',
  saves: 'inputs',
  differentials: [(t, a, b) => unless(a.gt(b), t, a.eq(b)), (t, a, b) => unless(b.gt(a), t, a.eq(b))],
});
export const minimumSamples: Samples = maximumSamples;
export const minimumRefusals = operandRefusals;

/** The tangent, but half of it at ties, and nothing where the operand loses. Beside NaN no operand loses. */
function unless(loses: Tensor, t: Tensor, tied: Tensor): Tensor {
  return where(loses, 0, t.div(2).where(tied, t));
}

/**
 * a * b, broadcast. Derivatives: b and a. Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.mul`.
 *
 * @example
 * ```ts
 * import { mul, tensor } from '@tensortape/autograd';
 * console.log(mul(tensor([1, 2]), tensor([3, 4]))); // tensor([3., 8.])
 * ```
 */
export const mul = /* @__PURE__ */ binary({
  name: 'mul',
  forward: 'mul',
  saves: 'other',
  differentials: [(t, b) => t.mul(b), (t, a) => t.mul(a)],
});
export const mulSamples: Samples = (s) => s.operands(s.reals, s.reals);
export const mulRefusals = operandRefusals;

/**
 * -x. Derivative: -1. Errors: DTypeError for bool. PyTorch: `torch.neg`.
 *
 * @example
 * ```ts
 * import { neg, tensor } from '@tensortape/autograd';
 * console.log(neg(tensor([1, -2]))); // tensor([-1.,  2.])
 * ```
 */
export const neg = /* @__PURE__ */ elementwise({
  name: 'neg',
  refuses: 'bool',
  forward: 'neg',
  integers: 'keep',
  saves: 'nothing',
  differential: (t) => t.neg(),
});
export const negSamples: Samples = (s) => [s.tensor()];
export const negRefusals = boolRefusals;

const powOp = /* @__PURE__ */ binary({
  name: 'pow',
  refuses: 'bool',
  forward: 'pow',
  saves: 'inputs',
  differentials: [
    // The undefined factors 0^-1 and ln 0 are replaced before they arise: selecting afterwards would leave NaN to the next order.
    (t, a, b) => t.mul(b).mul(a.pow(b.sub(1).where(a.abs().gt(0).logicalOr(b.ne(0)), 0))),
    (t, a, b) => t.mul(a.pow(b)).mul(a.where(a.ne(0).logicalOr(b.lt(0)), 1).log()),
  ],
});

/**
 * a^b, broadcast. Derivatives: b a^(b-1) and a^b ln a. Kinks: both are 0 where the factor that vanishes meets an infinite
 * one (a = 0 with b = 0; a = 0 with b >= 0). Errors: ShapeError when the shapes do not broadcast; DTypeError for two bool
 * operands; ArgumentError for an integer tensor to a negative whole power. Powers of integers wrap. PyTorch: `torch.pow`.
 *
 * @example
 * ```ts
 * import { pow, tensor } from '@tensortape/autograd';
 * console.log(pow(tensor([2, 3]), 2)); // tensor([4., 9.])
 * ```
 */
export function pow(a: Operand, b: Operand): Tensor {
  const whole = typeof b === 'number' && Number.isInteger(b) ? b : 0;
  if (whole < 0 && a instanceof Tensor && !isFloat(a.dtype)) {
    throw new ArgumentError(
      `pow: ${a.dtype} cannot hold a negative power (${whole}); convert the base with .to('${getDefaultDType()}')`,
    );
  }
  return powOp(a, b);
}
export const powSamples: Samples = (s) =>
  s.oneOf([
    () => s.operands({ low: 0.3, high: 2 }, { low: -2, high: 3 }),
    () => [s.tensor(s.few), s.oneOf([0, 1, 2, 3])],
    () => [s.tensor({ apart: [0], margin: 0.4 }), s.oneOf([-1, -2, 5])],
  ])();
export const powRefusals: Refusals = (s) => [
  ...operandRefusals(s),
  ...boolOperandRefusals(s),
  [[s.index([2], 3), -1], 'ArgumentError', /int32 cannot hold a negative power \(-1\); convert the base/],
];

/**
 * 1 / x; integers are promoted. Derivative: -1 / x^2. PyTorch: `torch.reciprocal`.
 *
 * @example
 * ```ts
 * import { reciprocal, tensor } from '@tensortape/autograd';
 * console.log(reciprocal(tensor([2, 4]))); // tensor([0.5000, 0.2500])
 * ```
 */
export const reciprocal = /* @__PURE__ */ elementwise({
  name: 'reciprocal',
  forward: 'reciprocal',
  saves: 'output',
  derivative: (y) => y.square().neg(),
});
export const reciprocalSamples: Samples = (s) => [s.tensor({ apart: [0], margin: 0.4 })];

/**
 * max(x, 0). Derivative: 0 where x <= 0, else 1. Kinks: 0 at 0. Errors: DTypeError for bool. PyTorch: `torch.relu`.
 *
 * @example
 * ```ts
 * import { relu, tensor } from '@tensortape/autograd';
 * console.log(relu(tensor([-1, 2]))); // tensor([0., 2.])
 * ```
 */
export const relu = /* @__PURE__ */ elementwise({
  name: 'relu',
  refuses: 'bool',
  forward: 'relu',
  integers: 'keep',
  saves: 'output',
  differential: (t, y) => where(y.le(0), 0, t),
  adjoint: 'reluAdjoint',
});
export const reluSamples: Samples = (s) => [s.tensor({ apart: [0] })];
export const reluRefusals = boolRefusals;

const roundOp = /* @__PURE__ */ elementwise({
  name: 'round',
  refuses: 'bool',
  forward: 'round',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});

/** Options of `round`. */
export interface RoundOptions {
  /** How many digits are kept behind the point; negative ones are cleared before it. 0 unless given. */
  readonly decimals?: number;
}

/**
 * The nearest whole number, or the nearest with so many decimals; halves to the even one. Derivative: 0. Kinks: 0 at the
 * jumps too. Errors: DTypeError for bool, and for integers with decimals; ArgumentError for decimals that are not a whole
 * number. PyTorch: `torch.round`.
 *
 * @example
 * ```ts
 * import { round, tensor } from '@tensortape/autograd';
 * console.log(round(tensor([0.5, 1.5, 2.5]))); // tensor([0., 2., 2.])
 * console.log(round(tensor([1234.567]), { decimals: -2 })); // tensor([1200.])
 * ```
 */
export function round(x: Tensor, options?: RoundOptions): Tensor {
  if (options === undefined) return roundOp(x);
  checkTensor('round', 'x', x);
  checkOptions('round', options, ['decimals']);
  const { decimals = 0 } = options;
  checkWhole('round', 'decimals', decimals);
  if (decimals === 0) return roundOp(x);
  refuseDType('round', x, 'integers');
  const scale = 10 ** Math.abs(decimals);
  return decimals > 0 ? roundOp(x.mul(scale)).div(scale) : roundOp(x.div(scale)).mul(scale);
}
export const roundSamples: Samples = (s) =>
  s.oneOf([
    () => [s.tensor({ apart: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5] })],
    () => [s.tensor({ low: 1.26, high: 1.34, margin: 0 }), { decimals: 1 }],
    () => [s.tensor({ low: 10, high: 40 }), { decimals: -2 }],
    () => [s.tensor({ apart: [-1.5, -0.5, 0.5, 1.5] }), { decimals: 0 }],
  ])();
export const roundRefusals: Refusals = (s) => [
  ...boolRefusals(s),
  [[s.index([2], 3), { decimals: 1 }], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensor(), { decimals: 0.5 }], 'ArgumentError', /decimals must be a whole number, got 0\.5/],
  [[s.tensor(), { digits: 1 }], 'ArgumentError', /unknown option 'digits'; known are decimals/],
];

/**
 * 1 / sqrt(x), for x > 0; integers are promoted. Derivative: -1/2 x^(-3/2). PyTorch: `torch.rsqrt`.
 *
 * @example
 * ```ts
 * import { rsqrt, tensor } from '@tensortape/autograd';
 * console.log(rsqrt(tensor([1, 4]))); // tensor([1.0000, 0.5000])
 * ```
 */
export const rsqrt = /* @__PURE__ */ elementwise({
  name: 'rsqrt',
  forward: 'rsqrt',
  saves: 'output',
  derivative: (y) => y.square().mul(y).mul(-0.5),
});
export const rsqrtSamples: Samples = (s) => [s.tensor({ low: 0.2, high: 4 })];

/**
 * The sign of x: -1, 0 or 1; 0 for NaN. Derivative: 0. Kinks: 0 at 0. PyTorch: `torch.sign`.
 *
 * @example
 * ```ts
 * import { sign, tensor } from '@tensortape/autograd';
 * console.log(sign(tensor([-3, 0, 2]))); // tensor([-1.,  0.,  1.])
 * ```
 */
export const sign = /* @__PURE__ */ elementwise({
  name: 'sign',
  forward: 'sign',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const signSamples: Samples = (s) => [s.tensor({ apart: [0] })];

/**
 * The square root of x, for x >= 0; integers are promoted. Derivative: 1 / (2 sqrt x), infinite at 0. PyTorch: `torch.sqrt`.
 *
 * @example
 * ```ts
 * import { sqrt, tensor } from '@tensortape/autograd';
 * console.log(sqrt(tensor([4, 9]))); // tensor([2., 3.])
 * ```
 */
export const sqrt = /* @__PURE__ */ elementwise({
  name: 'sqrt',
  forward: 'sqrt',
  saves: 'output',
  derivative: (y) => y.reciprocal().mul(0.5),
});
export const sqrtSamples: Samples = rsqrtSamples;

const squareOp = /* @__PURE__ */ elementwise({
  name: 'square',
  forward: 'square',
  integers: 'keep',
  saves: 'input',
  derivative: (x) => x.mul(2),
});

/**
 * x^2; of bools int32; integers wrap. Derivative: 2 x. PyTorch: `torch.square`.
 *
 * @example
 * ```ts
 * import { square, tensor } from '@tensortape/autograd';
 * console.log(square(tensor([-2, 3]))); // tensor([4., 9.])
 * ```
 */
export function square(x: Tensor): Tensor {
  checkTensor('square', 'x', x);
  if (isFloat(x.dtype)) return squareOp(x);
  const whole = x.dtype === 'bool' ? x.to('int32') : x;
  return mul(whole, whole);
}
export const squareSamples: Samples = (s) => [s.tensor()];

const subOp = /* @__PURE__ */ binary({
  name: 'sub',
  forward: 'sub',
  saves: 'nothing',
  differentials: [(t) => t, (t) => t.neg()],
});

/**
 * a - b, broadcast. Derivatives: 1 and -1. Errors: ShapeError when the shapes do not broadcast; DTypeError for bool
 * operands. PyTorch: `torch.sub`.
 *
 * @example
 * ```ts
 * import { sub, tensor } from '@tensortape/autograd';
 * console.log(sub(tensor([5, 6]), 1)); // tensor([4., 5.])
 * ```
 */
export function sub(a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor) refuseDType('sub', a, 'bool');
  if (b instanceof Tensor) refuseDType('sub', b, 'bool');
  return subOp(a, b);
}
export const subSamples: Samples = (s) => s.operands(s.reals, s.reals);
export const subRefusals: Refusals = (s) => [
  ...operandRefusals(s),
  [
    [s.mask([2, 3]), 1],
    'DTypeError',
    /not defined for bool; convert it with \.to\('int32'\), or use logicalXor/,
  ],
  [[s.tensorOf([2, 3]), s.mask([2, 3])], 'DTypeError', /not defined for bool/],
];

/**
 * The whole part of x. Derivative: 0. Kinks: 0 at the jumps too. Errors: DTypeError for bool. PyTorch: `torch.trunc`.
 *
 * @example
 * ```ts
 * import { tensor, trunc } from '@tensortape/autograd';
 * console.log(trunc(tensor([-1.7, 1.7]))); // tensor([-1.,  1.])
 * ```
 */
export const trunc = /* @__PURE__ */ elementwise({
  name: 'trunc',
  refuses: 'bool',
  forward: 'trunc',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const truncSamples: Samples = ceilSamples;
export const truncRefusals = boolRefusals;

import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { binary, elementwise } from '../tape/shorthands.ts';
import { constant, wrap } from '../tensor/core.ts';
import { ArgumentError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor.ts';
import type { Samples } from './samples.ts';

const zero = (t: Tensor): Tensor => constant(0, t.dtype, t.shape);

/** |x|. Derivative: sign(x), 0 at 0. PyTorch: `torch.abs`. */
export const abs = /* @__PURE__ */ elementwise({
  name: 'abs',
  forward: 'abs',
  integers: 'keep',
  saves: 'input',
  derivative: (x) => x.sign(),
});
export const absSamples: Samples = (s) => [s.tensor({ apart: [0] })];

/** arccos x in radians, for |x| <= 1. Derivative: -1 / sqrt(1 - x^2). PyTorch: `torch.acos`. */
export const acos = /* @__PURE__ */ elementwise({
  name: 'acos',
  forward: 'acos',
  saves: 'input',
  derivative: (x) => x.square().neg().add(1).rsqrt().neg(),
});
export const acosSamples: Samples = (s) => [s.tensor({ low: -0.9, high: 0.9 })];

/** The inverse of cosh, for x >= 1. Derivative: 1 / sqrt(x^2 - 1). PyTorch: `torch.acosh`. */
export const acosh = /* @__PURE__ */ elementwise({
  name: 'acosh',
  forward: 'acosh',
  saves: 'input',
  derivative: (x) => x.square().sub(1).rsqrt(),
});
export const acoshSamples: Samples = (s) => [s.tensor({ low: 1.2, high: 4 })];

/** a + b. PyTorch: `torch.add`. */
export const add = /* @__PURE__ */ binary({
  name: 'add',
  forward: 'add',
  saves: 'nothing',
  differentials: [(t) => t, (t) => t],
});
export const addSamples: Samples = (s) => s.operands(s.reals, s.reals);

/** arcsin x in radians, for |x| <= 1. Derivative: 1 / sqrt(1 - x^2). PyTorch: `torch.asin`. */
export const asin = /* @__PURE__ */ elementwise({
  name: 'asin',
  forward: 'asin',
  saves: 'input',
  derivative: (x) => x.square().neg().add(1).rsqrt(),
});
export const asinSamples: Samples = (s) => [s.tensor({ low: -0.9, high: 0.9 })];

/** The inverse of sinh. Derivative: 1 / sqrt(x^2 + 1). PyTorch: `torch.asinh`. */
export const asinh = /* @__PURE__ */ elementwise({
  name: 'asinh',
  forward: 'asinh',
  saves: 'input',
  derivative: (x) => x.square().add(1).rsqrt(),
});
export const asinhSamples: Samples = (s) => [s.tensor()];

/** arctan x in radians. Derivative: 1 / (1 + x^2). PyTorch: `torch.atan`. */
export const atan = /* @__PURE__ */ elementwise({
  name: 'atan',
  forward: 'atan',
  saves: 'input',
  derivative: (x) => x.square().add(1).reciprocal(),
});
export const atanSamples: Samples = (s) => [s.tensor()];

/** The angle of the point (b, a) in radians. Derivatives: b / (a^2 + b^2), -a / (a^2 + b^2). PyTorch: `torch.atan2`. */
export const atan2 = /* @__PURE__ */ binary({
  name: 'atan2',
  forward: 'atan2',
  integers: 'promote',
  saves: 'inputs',
  differentials: [
    (t, a, b) => t.mul(b.div(a.square().add(b.square()))),
    (t, a, b) => t.mul(a.neg().div(a.square().add(b.square()))),
  ],
});
export const atan2Samples: Samples = (s) => s.operands({ apart: [0] }, { apart: [0] });

/** The inverse of tanh, for |x| < 1. Derivative: 1 / (1 - x^2). PyTorch: `torch.atanh`. */
export const atanh = /* @__PURE__ */ elementwise({
  name: 'atanh',
  forward: 'atanh',
  saves: 'input',
  derivative: (x) => x.square().neg().add(1).reciprocal(),
});
export const atanhSamples: Samples = (s) => [s.tensor({ low: -0.9, high: 0.9 })];

/** The smallest whole number >= x. Derivative: 0. PyTorch: `torch.ceil`. */
export const ceil = /* @__PURE__ */ elementwise({
  name: 'ceil',
  forward: 'ceil',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const ceilSamples: Samples = (s) => [s.tensor({ apart: [-3, -2, -1, 0, 1, 2, 3] })];

const clampOp = /* @__PURE__ */ defineOp({
  name: 'clamp',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, { min, max }: ClampBounds) => {
    const bounded = (v: number) => (v < min ? min : v > max ? max : v);
    return wrap(kernels.unary(bounded, x), x.dtype, x.shape);
  },
  vjp: { x: (g, { x }, { min, max }) => g.where(x.ge(min).logicalAnd(x.le(max)), 0) },
  jvp: ({ x: t }, { x }, { min, max }) => t && t.where(x.ge(min).logicalAnd(x.le(max)), 0),
});

interface ClampBounds {
  readonly min: number;
  readonly max: number;
}

/**
 * x limited to [min, max]. Derivative: 1 within the bounds and on them, 0 outside. PyTorch: `torch.clamp`.
 *
 * Errors: ArgumentError without any bound. When min > max the result is max, as in PyTorch.
 */
export function clamp(x: Tensor, min?: number, max?: number): Tensor {
  if (min === undefined && max === undefined)
    throw new ArgumentError('clamp: expected min, max or both, got neither');
  const high = max ?? Number.POSITIVE_INFINITY;
  return clampOp({ x }, { min: Math.min(min ?? Number.NEGATIVE_INFINITY, high), max: high });
}
export const clampSamples: Samples = (s) => [
  s.tensor({ apart: [-1, 1.5] }),
  ...s.oneOf([[-1], [-1, 1.5], [undefined, 1.5], [1.5, -1]]),
];

/** cos x, x in radians. Derivative: -sin x. PyTorch: `torch.cos`. */
export const cos = /* @__PURE__ */ elementwise({
  name: 'cos',
  forward: 'cos',
  saves: 'input',
  derivative: (x) => x.sin().neg(),
});
export const cosSamples: Samples = (s) => [s.tensor()];

/** (e^x + e^-x) / 2. Derivative: sinh x. PyTorch: `torch.cosh`. */
export const cosh = /* @__PURE__ */ elementwise({
  name: 'cosh',
  forward: 'cosh',
  saves: 'input',
  derivative: (x) => x.sinh(),
});
export const coshSamples: Samples = (s) => [s.tensor()];

/** a / b; integers are promoted to the default floating point dtype. PyTorch: `torch.div`. */
export const div = /* @__PURE__ */ binary({
  name: 'div',
  forward: 'div',
  integers: 'promote',
  saves: 'inputs',
  differentials: [(t, _, b) => t.div(b), (t, a, b) => t.mul(a.div(b).div(b)).neg()],
});
export const divSamples: Samples = (s) => s.operands(s.reals, { apart: [0], margin: 0.4 });

/** e^x. Derivative: e^x. PyTorch: `torch.exp`. */
export const exp = /* @__PURE__ */ elementwise({
  name: 'exp',
  forward: 'exp',
  saves: 'output',
  derivative: (y) => y,
});
export const expSamples: Samples = (s) => [s.tensor()];

/** e^x - 1, accurate for small x. Derivative: e^x. PyTorch: `torch.expm1`. */
export const expm1 = /* @__PURE__ */ elementwise({
  name: 'expm1',
  forward: 'expm1',
  saves: 'output',
  derivative: (y) => y.add(1),
});
export const expm1Samples: Samples = (s) => [s.tensor()];

/** The largest whole number <= x. Derivative: 0. PyTorch: `torch.floor`. */
export const floor = /* @__PURE__ */ elementwise({
  name: 'floor',
  forward: 'floor',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const floorSamples: Samples = ceilSamples;

/** ln x, for x > 0. Derivative: 1 / x. PyTorch: `torch.log`. */
export const log = /* @__PURE__ */ elementwise({
  name: 'log',
  forward: 'log',
  saves: 'input',
  derivative: (x) => x.reciprocal(),
});
export const logSamples: Samples = (s) => [s.tensor({ low: 0.2, high: 4 })];

/** The decimal logarithm. Derivative: 1 / (x ln 10). PyTorch: `torch.log10`. */
export const log10 = /* @__PURE__ */ elementwise({
  name: 'log10',
  forward: 'log10',
  saves: 'input',
  derivative: (x) => x.reciprocal().div(Math.LN10),
});
export const log10Samples: Samples = logSamples;

/** ln(1 + x), accurate for small x. Derivative: 1 / (1 + x). PyTorch: `torch.log1p`. */
export const log1p = /* @__PURE__ */ elementwise({
  name: 'log1p',
  forward: 'log1p',
  saves: 'input',
  derivative: (x) => x.add(1).reciprocal(),
});
export const log1pSamples: Samples = (s) => [s.tensor({ low: -0.7, high: 4 })];

/** The binary logarithm. Derivative: 1 / (x ln 2). PyTorch: `torch.log2`. */
export const log2 = /* @__PURE__ */ elementwise({
  name: 'log2',
  forward: 'log2',
  saves: 'input',
  derivative: (x) => x.reciprocal().div(Math.LN2),
});
export const log2Samples: Samples = logSamples;

/** The larger of a and b. Where they are equal, each gets half of the gradient. PyTorch: `torch.maximum`. */
export const maximum = /* @__PURE__ */ binary({
  name: 'maximum',
  forward: 'maximum',
  saves: 'inputs',
  differentials: [(t, a, b) => wins(t, a.gt(b), a.eq(b)), (t, a, b) => wins(t, b.gt(a), a.eq(b))],
});
export const maximumSamples: Samples = (s) => s.operands({ apart: [0] }, { low: -1e-2, high: 1e-2 });

/** The smaller of a and b. Where they are equal, each gets half of the gradient. PyTorch: `torch.minimum`. */
export const minimum = /* @__PURE__ */ binary({
  name: 'minimum',
  forward: 'minimum',
  saves: 'inputs',
  differentials: [(t, a, b) => wins(t, a.lt(b), a.eq(b)), (t, a, b) => wins(t, b.lt(a), a.eq(b))],
});
export const minimumSamples: Samples = maximumSamples;

function wins(t: Tensor, chosen: Tensor, tied: Tensor): Tensor {
  return t.where(chosen, t.div(2).where(tied, 0));
}

/** a * b. PyTorch: `torch.mul`. */
export const mul = /* @__PURE__ */ binary({
  name: 'mul',
  forward: 'mul',
  saves: 'other',
  differentials: [(t, b) => t.mul(b), (t, a) => t.mul(a)],
});
export const mulSamples: Samples = (s) => s.operands(s.reals, s.reals);

/** -x. PyTorch: `torch.neg`. */
export const neg = /* @__PURE__ */ elementwise({
  name: 'neg',
  forward: 'neg',
  integers: 'keep',
  saves: 'nothing',
  differential: (t) => t.neg(),
});
export const negSamples: Samples = (s) => [s.tensor()];

/**
 * a^b. Derivatives: b a^(b-1), and a^b ln a, both 0 where the factor that vanishes meets an infinite one
 * (a = 0 with b = 0; a = 0 with b >= 0). PyTorch: `torch.pow`.
 */
export const pow = /* @__PURE__ */ binary({
  name: 'pow',
  forward: 'pow',
  saves: 'inputs',
  differentials: [
    // The undefined factors 0^-1 and ln 0 are replaced before they arise: selecting afterwards would leave NaN to the next order.
    (t, a, b) => t.mul(b).mul(a.pow(b.sub(1).where(a.ne(0).logicalOr(b.ne(0)), 0))),
    (t, a, b) => t.mul(a.pow(b)).mul(a.where(a.ne(0).logicalOr(b.lt(0)), 1).log()),
  ],
});
export const powSamples: Samples = (s) =>
  s.oneOf([
    () => s.operands({ low: 0.3, high: 2 }, { low: -2, high: 3 }),
    () => [s.tensor(s.few), s.oneOf([0, 1, 2, 3])],
    () => [s.tensor({ apart: [0], margin: 0.4 }), s.oneOf([-1, -2, 5])],
  ])();

/** 1 / x. Derivative: -1 / x^2. PyTorch: `torch.reciprocal`. */
export const reciprocal = /* @__PURE__ */ elementwise({
  name: 'reciprocal',
  forward: 'reciprocal',
  saves: 'output',
  derivative: (y) => y.square().neg(),
});
export const reciprocalSamples: Samples = (s) => [s.tensor({ apart: [0], margin: 0.4 })];

/** max(x, 0). Derivative: 1 where x > 0, else 0 (also at 0). PyTorch: `torch.relu`. */
export const relu = /* @__PURE__ */ elementwise({
  name: 'relu',
  forward: 'relu',
  integers: 'keep',
  saves: 'output',
  differential: (t, y) => t.where(y.gt(0), 0),
});
export const reluSamples: Samples = (s) => [s.tensor({ apart: [0] })];

/** x - b floor(x / b): the remainder with the sign of the divisor. Derivatives: 1, -floor(a / b). PyTorch: `torch.remainder`. */
export const remainder = /* @__PURE__ */ binary({
  name: 'remainder',
  forward: 'remainder',
  saves: 'inputs',
  differentials: [(t) => t, (t, a, b) => t.mul(a.div(b).floor().neg())],
});
export const remainderSamples: Samples = (s) =>
  s.operands({ low: -4.7, high: -2.3, apart: [-3, -4], margin: 0.25 }, { low: 0.97, high: 1.03 });

/** The nearest whole number, halves to the even one. Derivative: 0. PyTorch: `torch.round`. */
export const round = /* @__PURE__ */ elementwise({
  name: 'round',
  forward: 'round',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const roundSamples: Samples = (s) => [s.tensor({ apart: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5] })];

/** 1 / sqrt(x), for x > 0. Derivative: -1/2 x^(-3/2). PyTorch: `torch.rsqrt`. */
export const rsqrt = /* @__PURE__ */ elementwise({
  name: 'rsqrt',
  forward: 'rsqrt',
  saves: 'output',
  derivative: (y) => y.square().mul(y).mul(-0.5),
});
export const rsqrtSamples: Samples = logSamples;

/** 1 / (1 + e^-x), without overflow. Derivative: y (1 - y). PyTorch: `torch.sigmoid`. */
export const sigmoid = /* @__PURE__ */ elementwise({
  name: 'sigmoid',
  forward: 'sigmoid',
  saves: 'output',
  derivative: (y) => y.sub(y.square()),
});
export const sigmoidSamples: Samples = (s) => [s.tensor()];

/** -1, 0 or 1. Derivative: 0. PyTorch: `torch.sign`. */
export const sign = /* @__PURE__ */ elementwise({
  name: 'sign',
  forward: 'sign',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const signSamples: Samples = (s) => [s.tensor({ apart: [0] })];

/** sin x, x in radians. Derivative: cos x. PyTorch: `torch.sin`. */
export const sin = /* @__PURE__ */ elementwise({
  name: 'sin',
  forward: 'sin',
  saves: 'input',
  derivative: (x) => x.cos(),
});
export const sinSamples: Samples = (s) => [s.tensor()];

/** (e^x - e^-x) / 2. Derivative: cosh x. PyTorch: `torch.sinh`. */
export const sinh = /* @__PURE__ */ elementwise({
  name: 'sinh',
  forward: 'sinh',
  saves: 'input',
  derivative: (x) => x.cosh(),
});
export const sinhSamples: Samples = (s) => [s.tensor()];

/** ln(1 + e^x), without overflow. Derivative: sigmoid x. PyTorch: `torch.nn.functional.softplus`. */
export const softplus = /* @__PURE__ */ elementwise({
  name: 'softplus',
  forward: 'softplus',
  saves: 'input',
  derivative: (x) => x.sigmoid(),
});
export const softplusSamples: Samples = (s) => [s.tensor()];

/** The square root, for x >= 0. Derivative: 1 / (2 sqrt x). PyTorch: `torch.sqrt`. */
export const sqrt = /* @__PURE__ */ elementwise({
  name: 'sqrt',
  forward: 'sqrt',
  saves: 'output',
  derivative: (y) => y.reciprocal().mul(0.5),
});
export const sqrtSamples: Samples = logSamples;

/** x^2. Derivative: 2 x. PyTorch: `torch.square`. */
export const square = /* @__PURE__ */ elementwise({
  name: 'square',
  forward: 'square',
  integers: 'keep',
  saves: 'input',
  derivative: (x) => x.mul(2),
});
export const squareSamples: Samples = (s) => [s.tensor()];

/** a - b. PyTorch: `torch.sub`. */
export const sub = /* @__PURE__ */ binary({
  name: 'sub',
  forward: 'sub',
  saves: 'nothing',
  differentials: [(t) => t, (t) => t.neg()],
});
export const subSamples: Samples = (s) => s.operands(s.reals, s.reals);

/** tan x, x in radians. Derivative: 1 + tan^2 x. PyTorch: `torch.tan`. */
export const tan = /* @__PURE__ */ elementwise({
  name: 'tan',
  forward: 'tan',
  saves: 'output',
  derivative: (y) => y.square().add(1),
});
export const tanSamples: Samples = (s) => [s.tensor({ low: -1.2, high: 1.2 })];

/** The hyperbolic tangent. Derivative: 1 - y^2. PyTorch: `torch.tanh`. */
export const tanh = /* @__PURE__ */ elementwise({
  name: 'tanh',
  forward: 'tanh',
  saves: 'output',
  derivative: (y) => y.square().neg().add(1),
});
export const tanhSamples: Samples = (s) => [s.tensor()];

/** The whole part of x. Derivative: 0. PyTorch: `torch.trunc`. */
export const trunc = /* @__PURE__ */ elementwise({
  name: 'trunc',
  forward: 'trunc',
  integers: 'keep',
  saves: 'nothing',
  differential: zero,
});
export const truncSamples: Samples = ceilSamples;

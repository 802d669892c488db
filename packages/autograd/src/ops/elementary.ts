import { kernels } from '../kernels/select.ts';
import * as scalar from '../kernels/special/scalar.ts';
import { defineOp } from '../tape/defineOp.ts';
import { noGrad } from '../tape/mode.ts';
import { binary, elementwise, type Operand, operands } from '../tape/shorthands.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { constant, Tensor, wrap } from '../tensor/core.ts';
import { getDefaultDType, isFloat } from '../tensor/dtype.ts';
import { ArgumentError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { signbit, where } from './compare.ts';
import { nonDifferentiable, operandRefusals, type Refusals, type Samples } from './samples.ts';
import { clamp } from './ternary.ts';

const zero = (t: Tensor): Tensor => constant(0, t.dtype, t.shape);

/**
 * |a| with the sign of b, broadcast; integers are promoted. Derivatives: 1 by a where the signs agree, -1 where they do
 * not; 0 by b. Kinks: 0 at a = 0. Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.copysign`, which
 * sees the sign of a NaN b, where this takes it to be positive.
 *
 * @example
 * ```ts
 * import { copysign, tensor } from '@tensortape/autograd';
 * console.log(copysign(tensor([1, -2]), tensor([-3, 0]))); // tensor([-1.,  2.])
 * ```
 */
export const copysign = /* @__PURE__ */ binary({
  name: 'copysign',
  forward: scalar.copysign,
  integers: 'promote',
  saves: 'inputs',
  differentials: [
    (t, a, b) =>
      t
        .neg()
        .where(signbit(a).ne(signbit(b)), t)
        .where(a.ne(0), 0),
    zero,
  ],
});
export const copysignSamples: Samples = (s) => s.operands({ apart: [0] }, { apart: [0] });
export const copysignRefusals = operandRefusals;

/**
 * x degrees in radians, x pi / 180; integers are promoted. Derivative: pi / 180. PyTorch: `torch.deg2rad`.
 *
 * @example
 * ```ts
 * import { deg2rad, tensor } from '@tensortape/autograd';
 * console.log(deg2rad(tensor([180, -90]))); // tensor([ 3.1416, -1.5708])
 * ```
 */
export const deg2rad: (x: Tensor) => Tensor = /* @__PURE__ */ elementwise({
  name: 'deg2rad',
  forward: (x) => x * (Math.PI / 180),
  saves: 'nothing',
  differential: (t) => deg2rad(t),
});
export const deg2radSamples: Samples = (s) => [s.tensor()];

/**
 * x radians in degrees, 180 x / pi; integers are promoted. Derivative: 180 / pi. PyTorch: `torch.rad2deg`.
 *
 * @example
 * ```ts
 * import { rad2deg, tensor } from '@tensortape/autograd';
 * console.log(rad2deg(tensor([Math.PI, 1]))); // tensor([180.0000,  57.2958])
 * ```
 */
export const rad2deg: (x: Tensor) => Tensor = /* @__PURE__ */ elementwise({
  name: 'rad2deg',
  forward: (x) => x * (180 / Math.PI),
  saves: 'nothing',
  differential: (t) => rad2deg(t),
});
export const rad2degSamples: Samples = deg2radSamples;

/**
 * 2^x; integers are promoted. Derivative: y ln 2. PyTorch: `torch.exp2`.
 *
 * @example
 * ```ts
 * import { exp2, tensor } from '@tensortape/autograd';
 * console.log(exp2(tensor([-1, 0, 3]))); // tensor([0.5000, 1.0000, 8.0000])
 * ```
 */
export const exp2 = /* @__PURE__ */ elementwise({
  name: 'exp2',
  forward: (x) => 2 ** x,
  saves: 'output',
  derivative: (y) => y.mul(Math.LN2),
});
export const exp2Samples: Samples = deg2radSamples;

/**
 * a^b in float64, whatever the dtypes, broadcast. Derivatives: b a^(b-1) and a^b ln a, as those of `pow`.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.float_power`.
 *
 * @example
 * ```ts
 * import { floatPower, tensor } from '@tensortape/autograd';
 * console.log(floatPower(tensor([2, 3]), -1)); // tensor([0.5000, 0.3333], dtype=float64)
 * ```
 */
export function floatPower(a: Operand, b: Operand): Tensor {
  const wide = (x: Operand) => (x instanceof Tensor ? x.to('float64') : x);
  const [x, y] = operands('floatPower', wide(a), wide(b));
  return x.pow(y);
}
export const floatPowerSamples: Samples = (s) => s.operands({ low: 0.3, high: 2 }, { low: -2, high: 3 });
export const floatPowerRefusals = operandRefusals;

/**
 * The larger of a and b, broadcast, where NaN counts as missing. Derivatives: 1 by the larger, 0 by the other. Kinks: where
 * they are equal, or both NaN, a has the whole gradient. Errors: ShapeError when the shapes do not broadcast.
 * PyTorch: `torch.fmax`.
 *
 * @example
 * ```ts
 * import { fmax, tensor } from '@tensortape/autograd';
 * console.log(fmax(tensor([1, Number.NaN]), tensor([3, 2]))); // tensor([3., 2.])
 * ```
 */
export const fmax = /* @__PURE__ */ binary({
  name: 'fmax',
  forward: scalar.fmax,
  saves: 'inputs',
  differentials: [
    (t, a, b) => t.where(a.ge(b).logicalOr(b.isnan()), 0),
    (t, a, b) => where(a.ge(b).logicalOr(b.isnan()), 0, t),
  ],
});
export const fmaxSamples: Samples = (s) => s.operands({ apart: [0] }, { low: -1e-2, high: 1e-2 });
export const fmaxRefusals = operandRefusals;

/**
 * The smaller of a and b, broadcast, where NaN counts as missing. Derivatives: 1 by the smaller, 0 by the other. Kinks:
 * where they are equal, or both NaN, a has the whole gradient. Errors: ShapeError when the shapes do not broadcast.
 * PyTorch: `torch.fmin`.
 *
 * @example
 * ```ts
 * import { fmin, tensor } from '@tensortape/autograd';
 * console.log(fmin(tensor([1, Number.NaN]), tensor([3, 2]))); // tensor([1., 2.])
 * ```
 */
export const fmin = /* @__PURE__ */ binary({
  name: 'fmin',
  forward: scalar.fmin,
  saves: 'inputs',
  differentials: [
    (t, a, b) => t.where(a.le(b).logicalOr(b.isnan()), 0),
    (t, a, b) => where(a.le(b).logicalOr(b.isnan()), 0, t),
  ],
});
export const fminSamples: Samples = fmaxSamples;
export const fminRefusals = operandRefusals;

const heavisideOp = /* @__PURE__ */ binary({
  name: 'heaviside',
  forward: scalar.heaviside,
  saves: 'nothing',
  differentials: [zero, zero],
});

/**
 * 0 where x < 0, 1 where x > 0, `atZero` where x = 0, broadcast; 0 where x is NaN. Derivative: none, as in PyTorch.
 * Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.heaviside`.
 *
 * @example
 * ```ts
 * import { heaviside, tensor } from '@tensortape/autograd';
 * console.log(heaviside(tensor([-2, 0, 3]), 0.5)); // tensor([0.0000, 0.5000, 1.0000])
 * ```
 */
export const heaviside = (x: Operand, atZero: Operand): Tensor => noGrad(() => heavisideOp(x, atZero));
export const heavisideSamples = /* @__PURE__ */ nonDifferentiable(
  'it is constant but for its jump, and PyTorch has no derivative',
  (s) => s.operands(s.few, s.few),
);
export const heavisideRefusals = operandRefusals;

/**
 * sqrt(a^2 + b^2), without overflow on the way, broadcast; integers are promoted. Derivatives: a / y, b / y. Kinks: NaN at
 * the origin. Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.hypot`.
 *
 * @example
 * ```ts
 * import { hypot, tensor } from '@tensortape/autograd';
 * console.log(hypot(tensor([3, 5]), tensor([4, 12]))); // tensor([ 5., 13.])
 * ```
 */
export const hypot: (a: Operand, b: Operand) => Tensor = /* @__PURE__ */ binary({
  name: 'hypot',
  forward: (a, b) => Math.hypot(a, b),
  integers: 'promote',
  saves: 'inputs',
  differentials: [(t, a, b) => t.mul(a.div(hypot(a, b))), (t, a, b) => t.mul(b.div(hypot(a, b)))],
});
export const hypotSamples: Samples = (s) =>
  s.operands({ apart: [0], margin: 0.2 }, { apart: [0], margin: 0.2 });
export const hypotRefusals = operandRefusals;

/**
 * a 2^b, broadcast; integers are promoted. Derivatives: 2^b, and a 2^b ln 2. Errors: ShapeError when the shapes do not
 * broadcast. PyTorch: `torch.ldexp`.
 *
 * @example
 * ```ts
 * import { ldexp, tensor } from '@tensortape/autograd';
 * console.log(ldexp(tensor([1, 3]), tensor([2, -1]))); // tensor([4.0000, 1.5000])
 * ```
 */
export function ldexp(a: Operand, b: Operand): Tensor {
  const [x, exponent] = operands('ldexp', a, b, 'promote');
  return x.mul(exp2(exponent));
}
export const ldexpSamples: Samples = (s) => s.operands(s.reals, s.reals);
export const ldexpRefusals = operandRefusals;

/**
 * ln(e^a + e^b) without overflow, broadcast; integers are promoted. Derivatives: sigmoid(a - b), sigmoid(b - a); NaN where
 * both are the same infinity. Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.logaddexp`.
 *
 * @example
 * ```ts
 * import { logaddexp, tensor } from '@tensortape/autograd';
 * console.log(logaddexp(tensor([0, 1000]), tensor([0, -1000]))); // tensor([6.9315e-01, 1.0000e+03])
 * ```
 */
export const logaddexp = /* @__PURE__ */ binary({
  name: 'logaddexp',
  forward: scalar.logaddexp,
  integers: 'promote',
  saves: 'inputs',
  differentials: [(t, a, b) => t.mul(a.sub(b).sigmoid()), (t, a, b) => t.mul(b.sub(a).sigmoid())],
});
export const logaddexpSamples: Samples = (s) => s.operands(s.reals, s.reals);
export const logaddexpRefusals = operandRefusals;

/**
 * The binary logarithm of 2^a + 2^b without overflow, broadcast; integers are promoted. Derivatives: 1 / (1 + 2^(b - a)),
 * 1 / (1 + 2^(a - b)); NaN where both are the same infinity. Errors: ShapeError when the shapes do not broadcast.
 * PyTorch: `torch.logaddexp2`.
 *
 * @example
 * ```ts
 * import { logaddexp2, tensor } from '@tensortape/autograd';
 * console.log(logaddexp2(tensor([0, 1000]), tensor([0, -1000]))); // tensor([   1., 1000.])
 * ```
 */
export const logaddexp2 = /* @__PURE__ */ binary({
  name: 'logaddexp2',
  forward: scalar.logaddexp2,
  integers: 'promote',
  saves: 'inputs',
  differentials: [
    (t, a, b) => t.mul(a.sub(b).mul(Math.LN2).sigmoid()),
    (t, a, b) => t.mul(b.sub(a).mul(Math.LN2).sigmoid()),
  ],
});
export const logaddexp2Samples: Samples = logaddexpSamples;
export const logaddexp2Refusals = operandRefusals;

const logitOp = /* @__PURE__ */ elementwise({
  name: 'logit',
  forward: scalar.logit,
  saves: 'input',
  derivative: (p) =>
    p
      .mul(p.neg().add(1))
      .reciprocal()
      .where(p.ge(0).logicalAnd(p.le(1)), Number.NaN),
});

/**
 * ln(p / (1 - p)), the inverse of sigmoid; with `eps`, p is first limited to [eps, 1 - eps]. Integers are promoted.
 * Derivative: 1 / (p (1 - p)), 0 where p was limited; NaN outside [0, 1]. Errors: ArgumentError for an eps outside
 * [0, 1/2]. PyTorch: `torch.logit`, which takes any eps.
 *
 * @example
 * ```ts
 * import { logit, tensor } from '@tensortape/autograd';
 * console.log(logit(tensor([0.5, 0.9]))); // tensor([0.0000, 2.1972])
 * console.log(logit(tensor([0, 0.5]), 0.1)); // tensor([-2.1972,  0.0000])
 * ```
 */
export function logit(p: Tensor, eps?: number): Tensor {
  checkTensor('logit', 'p', p);
  if (eps === undefined) return logitOp(p);
  if (!(typeof eps === 'number' && eps >= 0 && eps <= 0.5)) {
    throw new ArgumentError(`logit: eps must be a number between 0 and 0.5, got ${kindOf(eps)}`);
  }
  return logitOp(clamp(isFloat(p.dtype) ? p : p.to(getDefaultDType()), eps, 1 - eps));
}
export const logitSamples: Samples = (s) => [
  s.tensor({ low: 0.07, high: 0.93, apart: [0.2, 0.8] }),
  ...s.oneOf([[], [0.2], [0]]),
];
export const logitRefusals: Refusals = (s) => [
  [[s.tensor(), 0.6], 'ArgumentError', /eps must be a number between 0 and 0\.5, got the number 0\.6/],
  [[s.tensor(), Number.NaN], 'ArgumentError', /eps must be a number between 0 and 0\.5, got the number NaN/],
];

const nanToNumOp = /* @__PURE__ */ defineOp({
  name: 'nanToNum',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, { nan, posinf, neginf }: Required<NanToNumOptions>) => {
    const replaced = (v: number) => {
      if (Number.isFinite(v)) return v;
      return v > 0 ? posinf : v < 0 ? neginf : nan;
    };
    return wrap(kernels.unary(replaced, x), x.dtype, x.shape);
  },
  vjp: { x: (g, { x }) => g.where(x.isfinite(), 0) },
  jvp: ({ x: t }, { x }) => t && t.where(x.isfinite(), 0),
});

/** What `nanToNum` puts in place of numbers that are not finite. */
export interface NanToNumOptions {
  /** For NaN; 0 unless given. */
  readonly nan?: number;
  /** For infinity; the largest number of the dtype unless given. */
  readonly posinf?: number;
  /** For negative infinity; the smallest number of the dtype unless given. */
  readonly neginf?: number;
}

/**
 * x with numbers in place of NaN and the infinities. Derivative: 1 where x is finite, 0 elsewhere. Errors: ArgumentError
 * for an unknown option, or one that is not a number. PyTorch: `torch.nan_to_num`.
 *
 * @example
 * ```ts
 * import { nanToNum, tensor } from '@tensortape/autograd';
 * console.log(nanToNum(tensor([1, Number.NaN, -Infinity]), { nan: 7, neginf: -9 })); // tensor([ 1.,  7., -9.])
 * ```
 */
export function nanToNum(x: Tensor, options: NanToNumOptions = {}): Tensor {
  checkTensor('nanToNum', 'x', x);
  checkOptions('nanToNum', options, ['nan', 'posinf', 'neginf']);
  const largest = x.dtype === 'float32' ? 3.4028234663852886e38 : Number.MAX_VALUE;
  const { nan = 0, posinf = largest, neginf = -largest } = options;
  for (const value of [nan, posinf, neginf]) {
    if (typeof value !== 'number') {
      throw new ArgumentError(`nanToNum: replacements must be numbers, got ${kindOf(value)}`);
    }
  }
  return nanToNumOp({ x }, { nan, posinf, neginf });
}
export const nanToNumSamples: Samples = (s) => [
  s.tensor(),
  ...s.oneOf([[], [{}], [{ nan: 0.5, posinf: 3 }], [{ neginf: -7 }]]),
];
export const nanToNumRefusals: Refusals = (s) => [
  [[s.tensor(), 0], 'ArgumentError', /an object of options such as \{ nan: … \}, got the number 0/],
  [[s.tensor(), { inf: 0 }], 'ArgumentError', /unknown option 'inf'; known are nan, posinf, neginf/],
  [[s.tensor(), { nan: '0' }], 'ArgumentError', /replacements must be numbers, got the string '0'/],
];

/**
 * j_n(pi x) / (pi x)^n for the spherical Bessel functions: it has no zero at 0, and its derivative by pi x is -pi x times
 * the next. So the derivatives of sinc, of any order, are right at 0 and near it.
 */
const sincRatio = /* @__PURE__ */ defineOp({
  name: 'sinc',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, n: number) =>
    wrap(
      kernels.unary((v) => scalar.sincRatio(n, v), x),
      x.dtype,
      x.shape,
    ),
  vjp: { x: (g, { x }, n) => g.mul(sincSlope(x, n)) },
  jvp: ({ x: t }, { x }, n) => t && t.mul(sincSlope(x, n)),
});

function sincSlope(x: Tensor, n: number): Tensor {
  return x.mul(sincRatio({ x }, n + 1)).mul(-Math.PI * Math.PI);
}

/**
 * sin(pi x) / (pi x), 1 at 0; integers are promoted. Derivative: (cos(pi x) - y) / x, 0 at 0. Source: DLMF 10.51.4.
 * PyTorch: `torch.sinc`, whose second derivative at 0 is NaN, where this has -pi^2 / 3.
 *
 * @example
 * ```ts
 * import { sinc, tensor } from '@tensortape/autograd';
 * console.log(sinc(tensor([0, 0.5, 1]))); // tensor([1.0000, 0.6366, 0.0000])
 * ```
 */
export function sinc(x: Tensor): Tensor {
  checkTensor('sinc', 'x', x);
  return sincRatio({ x: isFloat(x.dtype) ? x : x.to(getDefaultDType()) }, 0);
}
export const sincSamples: Samples = (s) => [s.tensor()];

/**
 * x ln(1 + y), 0 where x = 0 unless y is NaN, broadcast; integers are promoted. Derivatives: ln(1 + y), 0 where x = 0 and
 * y <= -1; x / (1 + y). Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.special.xlog1py`.
 *
 * @example
 * ```ts
 * import { tensor, xlog1py } from '@tensortape/autograd';
 * console.log(xlog1py(tensor([0, 2]), tensor([-1, 1]))); // tensor([0.0000, 1.3863])
 * ```
 */
export const xlog1py: (x: Operand, y: Operand) => Tensor = /* @__PURE__ */ binary({
  name: 'xlog1py',
  forward: scalar.xlog1py,
  integers: 'promote',
  saves: 'inputs',
  differentials: [
    (t, x, y) => where(x.eq(0).logicalAnd(y.le(-1)), 0, xlog1py(t, y)),
    (t, x, y) => t.mul(x).div(y.add(1)),
  ],
});
export const xlog1pySamples: Samples = (s) => s.operands(s.reals, { low: -0.7, high: 4 });
export const xlog1pyRefusals = operandRefusals;

/**
 * x ln y, 0 where x = 0 unless y is NaN, broadcast; integers are promoted. Derivatives: ln y, 0 where x = 0 and y <= 0;
 * x / y. Errors: ShapeError when the shapes do not broadcast. PyTorch: `torch.xlogy`.
 *
 * @example
 * ```ts
 * import { tensor, xlogy } from '@tensortape/autograd';
 * console.log(xlogy(tensor([0, 2]), tensor([0, 10]))); // tensor([0.0000, 4.6052])
 * ```
 */
export const xlogy: (x: Operand, y: Operand) => Tensor = /* @__PURE__ */ binary({
  name: 'xlogy',
  forward: scalar.xlogy,
  integers: 'promote',
  saves: 'inputs',
  differentials: [
    (t, x, y) => where(x.eq(0).logicalAnd(y.le(0)), 0, xlogy(t, y)),
    (t, x, y) => t.mul(x).div(y),
  ],
});
export const xlogySamples: Samples = (s) => s.operands(s.reals, { low: 0.2, high: 4 });
export const xlogyRefusals = operandRefusals;

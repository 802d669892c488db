import { kernels } from '../kernels/select.ts';
import * as errors from '../kernels/special/erf.ts';
import * as gamma from '../kernels/special/gamma.ts';
import * as incomplete from '../kernels/special/gammainc.ts';
import * as scalar from '../kernels/special/scalar.ts';
import { defineOp } from '../tape/defineOp.ts';
import { elementwise, type Operand, operands, refuseDType } from '../tape/shorthands.ts';
import { checkTensor, checkWhole } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { getDefaultDType, isFloat } from '../tensor/dtype.ts';
import { GradientError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor.ts';
import { normalDensity } from './normalDensity.ts';
import { operandRefusals, type Refusals, type Samples } from './samples.ts';

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/**
 * The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. Derivative: 2 / sqrt(pi) e^(-x^2).
 * Source: DLMF 7.6.1, and {@link erfc}. PyTorch: `torch.erf`.
 *
 * @example
 * ```ts
 * import { erf, tensor } from '@tensortape/autograd';
 * console.log(erf(tensor([0, 0.5, -1]))); // tensor([ 0.0000,  0.5205, -0.8427])
 * ```
 */
export const erf = /* @__PURE__ */ elementwise({
  name: 'erf',
  forward: errors.erf,
  saves: 'input',
  derivative: (x) => x.square().neg().exp().mul(TWO_OVER_SQRT_PI),
});
export const erfSamples: Samples = (s) => [s.tensor()];

/**
 * 1 - erf x, with full relative accuracy in the tail. Derivative: -2 / sqrt(pi) e^(-x^2). Source: Shepherd and
 * Laframboise (1981). PyTorch: `torch.erfc`.
 *
 * @example
 * ```ts
 * import { erfc, tensor } from '@tensortape/autograd';
 * console.log(erfc(tensor([0, 1, 5]))); // tensor([1.0000e+00, 1.5730e-01, 1.5375e-12])
 * ```
 */
export const erfc = /* @__PURE__ */ elementwise({
  name: 'erfc',
  forward: errors.erfc,
  saves: 'input',
  derivative: (x) => x.square().neg().exp().mul(-TWO_OVER_SQRT_PI),
});
export const erfcSamples: Samples = erfSamples;

/**
 * e^(x^2) erfc x: the tail of erfc without its decay. Derivative: 2 x y - 2 / sqrt(pi). Source: Shepherd and Laframboise
 * (1981). PyTorch: `torch.special.erfcx`.
 *
 * @example
 * ```ts
 * import { erfcx, tensor } from '@tensortape/autograd';
 * console.log(erfcx(tensor([0, 1, 100]))); // tensor([1.0000, 0.4276, 0.0056])
 * ```
 */
export const erfcx: (x: Tensor) => Tensor = /* @__PURE__ */ elementwise({
  name: 'erfcx',
  forward: errors.erfcx,
  saves: 'input',
  derivative: (x) => x.mul(erfcx(x)).mul(2).sub(TWO_OVER_SQRT_PI),
});
export const erfcxSamples: Samples = erfSamples;

/**
 * The inverse of erf; infinite at -1 and 1, NaN beyond. Derivative: sqrt(pi) / 2 e^(y^2). Source: Winitzki (2008), then
 * Halley's and Newton's methods. PyTorch: `torch.erfinv`.
 *
 * @example
 * ```ts
 * import { erfinv, tensor } from '@tensortape/autograd';
 * console.log(erfinv(tensor([0, 0.5, -1]))); // tensor([0.0000, 0.4769,   -inf])
 * ```
 */
export const erfinv = /* @__PURE__ */ elementwise({
  name: 'erfinv',
  forward: errors.erfinv,
  saves: 'output',
  derivative: (y) => y.square().exp().div(TWO_OVER_SQRT_PI),
});
export const erfinvSamples: Samples = (s) => [s.tensor({ low: -0.9, high: 0.9 })];

/**
 * The standard normal distribution function, erfc(-x / sqrt 2) / 2. Derivative: e^(-x^2 / 2) / sqrt(2 pi).
 * PyTorch: `torch.special.ndtr`.
 *
 * @example
 * ```ts
 * import { ndtr, tensor } from '@tensortape/autograd';
 * console.log(ndtr(tensor([-1.96, 0, 1.96]))); // tensor([0.0250, 0.5000, 0.9750])
 * ```
 */
export const ndtr = /* @__PURE__ */ elementwise({
  name: 'ndtr',
  forward: errors.ndtr,
  saves: 'input',
  derivative: normalDensity,
});
export const ndtrSamples: Samples = erfSamples;

/**
 * The inverse of ndtr: the x below which a standard normal variable lies with probability p; infinite at 0 and 1, NaN
 * beyond. Derivative: sqrt(2 pi) e^(y^2 / 2). PyTorch: `torch.special.ndtri`.
 *
 * @example
 * ```ts
 * import { ndtri, tensor } from '@tensortape/autograd';
 * console.log(ndtri(tensor([0.025, 0.5, 0.975]))); // tensor([-1.9600,  0.0000,  1.9600])
 * ```
 */
export const ndtri = /* @__PURE__ */ elementwise({
  name: 'ndtri',
  forward: errors.ndtri,
  saves: 'output',
  derivative: (y) => y.square().mul(0.5).exp().mul(SQRT_TWO_PI),
});
export const ndtriSamples: Samples = (s) => [s.tensor({ low: 0.05, high: 0.95 })];

/**
 * ln ndtr x, with full relative accuracy in both tails. Derivative: sqrt(2 / pi) / erfcx(-x / sqrt 2), which is the
 * density over ndtr x without underflow. PyTorch: `torch.special.log_ndtr`.
 *
 * @example
 * ```ts
 * import { logNdtr, tensor } from '@tensortape/autograd';
 * console.log(logNdtr(tensor([-100, 0]))); // tensor([-5.0055e+03, -6.9315e-01])
 * ```
 */
export const logNdtr = /* @__PURE__ */ elementwise({
  name: 'logNdtr',
  forward: errors.logNdtr,
  saves: 'input',
  derivative: (x) =>
    erfcx(x.mul(-Math.SQRT1_2))
      .reciprocal()
      .mul(2 / SQRT_TWO_PI),
});
export const logNdtrSamples: Samples = erfSamples;

/**
 * The entropy of a probability, -p ln p; 0 at 0, -inf below. Derivative: -1 - ln p. PyTorch: `torch.special.entr`.
 *
 * @example
 * ```ts
 * import { entr, tensor } from '@tensortape/autograd';
 * console.log(entr(tensor([0, 0.5, 1]))); // tensor([0.0000, 0.3466, -0.0000])
 * ```
 */
export const entr = /* @__PURE__ */ elementwise({
  name: 'entr',
  forward: scalar.entr,
  saves: 'input',
  derivative: (p) => p.log().neg().sub(1),
});
export const entrSamples: Samples = (s) => [s.tensor({ low: 0.2, high: 3 })];

/**
 * ln |Gamma(x)|; infinite at 0 and the negative whole numbers. Derivative: digamma x. Source: DLMF 5.7.3, 5.11.1, 5.5.3.
 * PyTorch: `torch.lgamma`.
 *
 * @example
 * ```ts
 * import { lgamma, tensor } from '@tensortape/autograd';
 * console.log(lgamma(tensor([1, 5, 0.5]))); // tensor([0.0000, 3.1781, 0.5724])
 * ```
 */
export const lgamma = /* @__PURE__ */ elementwise({
  name: 'lgamma',
  forward: gamma.lgamma,
  saves: 'input',
  derivative: (x) => digamma(x),
});
export const lgammaSamples: Samples = (s) =>
  s.oneOf([
    () => [s.tensor({ low: 0.4, high: 6 })],
    () => [s.tensor({ low: -3, high: -1, apart: [-3, -2, -1], margin: 0.25 })],
  ])();

/**
 * The derivative of ln Gamma(x); -inf at 0, NaN at the negative whole numbers. Derivative: polygamma(1, x). Source: DLMF
 * 5.11.2, 5.5.4. PyTorch: `torch.digamma`.
 *
 * @example
 * ```ts
 * import { digamma, tensor } from '@tensortape/autograd';
 * console.log(digamma(tensor([1, 0.5]))); // tensor([-0.5772, -1.9635])
 * ```
 */
export const digamma: (x: Tensor) => Tensor = /* @__PURE__ */ elementwise({
  name: 'digamma',
  forward: gamma.digamma,
  saves: 'input',
  derivative: (x) => polygamma(1, x),
});
export const digammaSamples: Samples = lgammaSamples;

const polygammaOp = /* @__PURE__ */ defineOp({
  name: 'polygamma',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, n: number) =>
    wrap(
      kernels.unary((v) => gamma.polygamma(n, v), x),
      x.dtype,
      x.shape,
    ),
  vjp: { x: (g, { x }, n) => g.mul(polygamma(n + 1, x)) },
  jvp: ({ x: t }, { x }, n) => t && t.mul(polygamma(n + 1, x)),
});

/**
 * The n-th derivative of digamma, (-1)^(n+1) n! zeta(n + 1, x). Derivative: polygamma(n + 1, x). Integers are promoted.
 * Errors: ArgumentError when n is not a whole number >= 0. PyTorch: `torch.polygamma`, which has about nine digits at
 * n = 1 where this has all.
 *
 * @example
 * ```ts
 * import { polygamma, tensor } from '@tensortape/autograd';
 * console.log(polygamma(1, tensor([1, 2]))); // tensor([1.6449, 0.6449])
 * ```
 */
export function polygamma(n: number, x: Tensor): Tensor {
  checkWhole('polygamma', 'n', n, 0);
  checkTensor('polygamma', 'x', x);
  return polygammaOp({ x: isFloat(x.dtype) ? x : x.to(getDefaultDType()) }, n);
}
export const polygammaSamples: Samples = (s) => [s.integer(0, 3), s.tensor({ low: 0.6, high: 5 })];
export const polygammaRefusals: Refusals = (s) => [
  [[-1, s.tensor()], 'ArgumentError', /n must be a whole number >= 0, got -1/],
  [[0.5, s.tensor()], 'ArgumentError', /n must be a whole number >= 0, got 0\.5/],
];

/**
 * The logarithm of the multivariate gamma function, p (p - 1) / 4 ln pi + sum of lgamma(x - j / 2) over j < p, for
 * x > (p - 1) / 2. Derivative: the sum of digamma(x - j / 2). Errors: ArgumentError when p is not a whole number >= 1;
 * DTypeError for bool.
 * PyTorch: `torch.special.multigammaln`.
 *
 * @example
 * ```ts
 * import { multigammaln, tensor } from '@tensortape/autograd';
 * console.log(multigammaln(tensor([2, 3]), 2)); // tensor([0.4516, 1.5502])
 * ```
 */
export function multigammaln(x: Tensor, p: number): Tensor {
  checkWhole('multigammaln', 'p', p, 1);
  checkTensor('multigammaln', 'x', x);
  refuseDType('multigammaln', x, 'bool');
  let sum = lgamma(x);
  for (let j = 1; j < p; j++) sum = sum.add(lgamma(x.sub(j / 2)));
  return p === 1 ? sum : sum.add(((p * (p - 1)) / 4) * Math.log(Math.PI));
}
export const multigammalnSamples: Samples = (s) => [s.tensor({ low: 1.5, high: 6 }), s.integer(1, 3)];
export const multigammalnRefusals: Refusals = (s) => [
  [[s.tensor(), 0], 'ArgumentError', /p must be a whole number >= 1, got 0/],
  [[s.tensor(), 1.5], 'ArgumentError', /p must be a whole number >= 1, got 1\.5/],
  [[s.mask([2]), 2], 'DTypeError', /not defined for bool/],
];

/** A rule for what has no derivative here. */
function noDerivative(op: string, argument: string): never {
  throw new GradientError(
    `${op}: there is no derivative by ${argument}; detach it, as in ${argument}.detach(), to hold it constant`,
  );
}

const zetaOp = /* @__PURE__ */ defineOp({
  name: 'zeta',
  inputs: ['x', 'q'],
  saves: ['x', 'q'],
  forward: ({ x, q }) => wrap(kernels.binary(gamma.zeta, x, q), x.dtype, x.shape),
  vjp: {
    x: () => noDerivative('zeta', 'x'),
    q: (g, { x, q }) => g.mul(zetaSlope(x, q)),
  },
  jvp: ({ x: s, q: t }, { x, q }) => (s === null ? t && t.mul(zetaSlope(x, q)) : noDerivative('zeta', 'x')),
});

function zetaSlope(x: Tensor, q: Tensor): Tensor {
  return x.neg().mul(zeta(x.add(1), q));
}

/**
 * Hurwitz's zeta function: the sum of (q + k)^-x over k = 0, 1, …, for x > 1; for q < 0 at whole x only, infinite at
 * q = 0, -1, … Integers are promoted. Derivative: -x zeta(x + 1, q) by q; there is none by x. Errors: GradientError when
 * the derivative by x is asked for. Source: DLMF 25.11.5. PyTorch: `torch.special.zeta`.
 *
 * @example
 * ```ts
 * import { tensor, zeta } from '@tensortape/autograd';
 * console.log(zeta(2, tensor([1, 2]))); // tensor([1.6449, 0.6449])
 * ```
 */
export function zeta(x: Operand, q: Operand): Tensor {
  const [a, b] = operands('zeta', x, q, 'promote');
  return zetaOp({ x: a, q: b });
}
export const zetaSamples: Samples = (s) => [s.oneOf([2, 3, 1.5]), s.tensor({ low: 0.6, high: 5 })];
export const zetaRefusals: Refusals = operandRefusals;

const densityOp = (a: Tensor, x: Tensor): Tensor => a.sub(1).mul(x.log()).sub(x).sub(lgamma(a)).exp();

const gammaincOp = /* @__PURE__ */ defineOp({
  name: 'gammainc',
  inputs: ['a', 'x'],
  saves: ['a', 'x'],
  forward: ({ a, x }) => wrap(kernels.binary(incomplete.gammainc, a, x), x.dtype, x.shape),
  vjp: {
    a: () => noDerivative('gammainc', 'a'),
    x: (g, { a, x }) => g.mul(densityOp(a, x)),
  },
  jvp: ({ a: s, x: t }, { a, x }) =>
    s === null ? t && t.mul(densityOp(a, x)) : noDerivative('gammainc', 'a'),
});

/**
 * The regularized lower incomplete gamma function P(a, x): the integral of t^(a-1) e^-t from 0 to x, over Gamma(a).
 * Integers are promoted. Derivative: x^(a-1) e^-x / Gamma(a) by x; there is none by a. Errors: GradientError when the
 * derivative by a is asked for. Source: DLMF 8.11.4, 8.9.2, 8.12.3. PyTorch: `torch.special.gammainc`.
 *
 * @example
 * ```ts
 * import { gammainc, tensor } from '@tensortape/autograd';
 * console.log(gammainc(2, tensor([0, 1, 5]))); // tensor([0.0000, 0.2642, 0.9596])
 * ```
 */
export function gammainc(a: Operand, x: Operand): Tensor {
  const [shape, at] = operands('gammainc', a, x, 'promote');
  return gammaincOp({ a: shape, x: at });
}
export const gammaincSamples: Samples = (s) => [s.oneOf([0.5, 1, 2.5, 6]), s.tensor({ low: 0.4, high: 6 })];
export const gammaincRefusals: Refusals = operandRefusals;

const gammainccOp = /* @__PURE__ */ defineOp({
  name: 'gammaincc',
  inputs: ['a', 'x'],
  saves: ['a', 'x'],
  forward: ({ a, x }) => wrap(kernels.binary(incomplete.gammaincc, a, x), x.dtype, x.shape),
  vjp: {
    a: () => noDerivative('gammaincc', 'a'),
    x: (g, { a, x }) => g.mul(densityOp(a, x)).neg(),
  },
  jvp: ({ a: s, x: t }, { a, x }) =>
    s === null ? t && t.mul(densityOp(a, x)).neg() : noDerivative('gammaincc', 'a'),
});

/**
 * The regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x), accurate where it is small. Integers are
 * promoted. Derivative: -x^(a-1) e^-x / Gamma(a) by x; there is none by a. Errors: GradientError when the derivative by a
 * is asked for. Source: as {@link gammainc}. PyTorch: `torch.special.gammaincc`.
 *
 * @example
 * ```ts
 * import { gammaincc, tensor } from '@tensortape/autograd';
 * console.log(gammaincc(2, tensor([0, 1, 5]))); // tensor([1.0000, 0.7358, 0.0404])
 * ```
 */
export function gammaincc(a: Operand, x: Operand): Tensor {
  const [shape, at] = operands('gammaincc', a, x, 'promote');
  return gammainccOp({ a: shape, x: at });
}
export const gammainccSamples: Samples = gammaincSamples;
export const gammainccRefusals: Refusals = operandRefusals;

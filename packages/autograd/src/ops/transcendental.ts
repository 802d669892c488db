import { binary, elementwise } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';
import { operandRefusals, type Samples } from './samples.ts';

/**
 * arccos x in radians, for |x| <= 1. Derivative: -1 / sqrt(1 - x^2). PyTorch: `torch.acos`.
 *
 * @example
 * ```ts
 * import { acos, tensor } from '@tensortape/autograd';
 * console.log(acos(tensor([1, 0]))); // tensor([0.0000, 1.5708])
 * ```
 */
export const acos = /* @__PURE__ */ elementwise({
  name: 'acos',
  forward: 'acos',
  saves: 'input',
  derivative: (x) => x.square().neg().add(1).rsqrt().neg(),
});
export const acosSamples: Samples = (s) => [s.tensor({ low: -0.9, high: 0.9 })];

/**
 * The inverse of cosh, ln(x + sqrt(x^2 - 1)), for x >= 1. Derivative: 1 / sqrt(x^2 - 1). PyTorch: `torch.acosh`.
 *
 * @example
 * ```ts
 * import { acosh, tensor } from '@tensortape/autograd';
 * console.log(acosh(tensor([1, 2]))); // tensor([0.0000, 1.3170])
 * ```
 */
export const acosh = /* @__PURE__ */ elementwise({
  name: 'acosh',
  forward: 'acosh',
  saves: 'input',
  derivative: (x) => x.square().sub(1).rsqrt(),
});
export const acoshSamples: Samples = (s) => [s.tensor({ low: 1.2, high: 4 })];

/**
 * arcsin x in radians, for |x| <= 1. Derivative: 1 / sqrt(1 - x^2). PyTorch: `torch.asin`.
 *
 * @example
 * ```ts
 * import { asin, tensor } from '@tensortape/autograd';
 * console.log(asin(tensor([0, 1]))); // tensor([0.0000, 1.5708])
 * ```
 */
export const asin = /* @__PURE__ */ elementwise({
  name: 'asin',
  forward: 'asin',
  saves: 'input',
  derivative: (x) => x.square().neg().add(1).rsqrt(),
});
export const asinSamples: Samples = (s) => [s.tensor({ low: -0.9, high: 0.9 })];

/**
 * The inverse of sinh, ln(x + sqrt(x^2 + 1)). Derivative: 1 / sqrt(x^2 + 1). PyTorch: `torch.asinh`.
 *
 * @example
 * ```ts
 * import { asinh, tensor } from '@tensortape/autograd';
 * console.log(asinh(tensor([0, 1]))); // tensor([0.0000, 0.8814])
 * ```
 */
export const asinh = /* @__PURE__ */ elementwise({
  name: 'asinh',
  forward: 'asinh',
  saves: 'input',
  derivative: (x) => x.square().add(1).rsqrt(),
});
export const asinhSamples: Samples = (s) => [s.tensor()];

/**
 * arctan x in radians. Derivative: 1 / (1 + x^2). PyTorch: `torch.atan`.
 *
 * @example
 * ```ts
 * import { atan, tensor } from '@tensortape/autograd';
 * console.log(atan(tensor([0, 1]))); // tensor([0.0000, 0.7854])
 * ```
 */
export const atan = /* @__PURE__ */ elementwise({
  name: 'atan',
  forward: 'atan',
  saves: 'input',
  derivative: (x) => x.square().add(1).reciprocal(),
});
export const atanSamples: Samples = (s) => [s.tensor()];

/**
 * The angle of the point (b, a) in radians, arctan(a / b) in the right quadrant; broadcast. Derivatives: b / (a^2 + b^2)
 * and -a / (a^2 + b^2). Kinks: 0 at the origin. Errors: ShapeError when the shapes do not broadcast.
 * PyTorch: `torch.atan2`, which takes no numbers.
 *
 * @example
 * ```ts
 * import { atan2, tensor } from '@tensortape/autograd';
 * console.log(atan2(tensor([1, -1]), tensor([-1, -1]))); // tensor([ 2.3562, -2.3562])
 * ```
 */
export const atan2 = /* @__PURE__ */ binary({
  name: 'atan2',
  forward: 'atan2',
  integers: 'promote',
  saves: 'inputs',
  differentials: [
    (t, a, b) => t.mul(b.mul(inverseSquaredNorm(a, b))),
    (t, a, b) => t.mul(a.neg().mul(inverseSquaredNorm(a, b))),
  ],
});
function inverseSquaredNorm(a: Tensor, b: Tensor): Tensor {
  const norm = a.square().add(b.square());
  const nonzero = norm.ne(0);
  // Replaced before the division: selecting afterwards would leave NaN to the next order.
  return norm.where(nonzero, 1).reciprocal().where(nonzero, 0);
}
export const atan2Samples: Samples = (s) => s.operands({ apart: [0] }, { apart: [0] });
export const atan2Refusals = operandRefusals;

/**
 * The inverse of tanh, ln((1 + x) / (1 - x)) / 2, for |x| < 1. Derivative: 1 / (1 - x^2). PyTorch: `torch.atanh`.
 *
 * @example
 * ```ts
 * import { atanh, tensor } from '@tensortape/autograd';
 * console.log(atanh(tensor([0, 0.5]))); // tensor([0.0000, 0.5493])
 * ```
 */
export const atanh = /* @__PURE__ */ elementwise({
  name: 'atanh',
  forward: 'atanh',
  saves: 'input',
  derivative: (x) => x.square().neg().add(1).reciprocal(),
});
export const atanhSamples: Samples = (s) => [s.tensor({ low: -0.9, high: 0.9 })];

/**
 * cos x, x in radians. Derivative: -sin x. PyTorch: `torch.cos`.
 *
 * @example
 * ```ts
 * import { cos, tensor } from '@tensortape/autograd';
 * console.log(cos(tensor([0, Math.PI]))); // tensor([ 1., -1.])
 * ```
 */
export const cos = /* @__PURE__ */ elementwise({
  name: 'cos',
  forward: 'cos',
  saves: 'input',
  derivative: (x) => x.sin().neg(),
});
export const cosSamples: Samples = (s) => [s.tensor()];

/**
 * (e^x + e^-x) / 2. Derivative: sinh x. PyTorch: `torch.cosh`.
 *
 * @example
 * ```ts
 * import { cosh, tensor } from '@tensortape/autograd';
 * console.log(cosh(tensor([0, 1]))); // tensor([1.0000, 1.5431])
 * ```
 */
export const cosh = /* @__PURE__ */ elementwise({
  name: 'cosh',
  forward: 'cosh',
  saves: 'input',
  derivative: (x) => x.sinh(),
});
export const coshSamples: Samples = (s) => [s.tensor()];

/**
 * e^x. Derivative: e^x. PyTorch: `torch.exp`.
 *
 * @example
 * ```ts
 * import { exp, tensor } from '@tensortape/autograd';
 * console.log(exp(tensor([0, 1]))); // tensor([1.0000, 2.7183])
 * ```
 */
export const exp = /* @__PURE__ */ elementwise({
  name: 'exp',
  forward: 'exp',
  saves: 'output',
  derivative: (y) => y,
});
export const expSamples: Samples = (s) => [s.tensor()];

/**
 * e^x - 1, accurate for small x. Derivative: e^x. PyTorch: `torch.expm1`.
 *
 * @example
 * ```ts
 * import { expm1, tensor } from '@tensortape/autograd';
 * console.log(expm1(tensor([0, 1e-4]))); // tensor([0.0000, 0.0001])
 * ```
 */
export const expm1 = /* @__PURE__ */ elementwise({
  name: 'expm1',
  forward: 'expm1',
  saves: 'output',
  derivative: (y) => y.add(1),
});
export const expm1Samples: Samples = (s) => [s.tensor()];

/**
 * ln x, for x > 0. Derivative: 1 / x. PyTorch: `torch.log`.
 *
 * @example
 * ```ts
 * import { log, tensor } from '@tensortape/autograd';
 * console.log(log(tensor([1, 10]))); // tensor([0.0000, 2.3026])
 * ```
 */
export const log = /* @__PURE__ */ elementwise({
  name: 'log',
  forward: 'log',
  saves: 'input',
  derivative: (x) => x.reciprocal(),
});
export const logSamples: Samples = (s) => [s.tensor({ low: 0.2, high: 4 })];

/**
 * The decimal logarithm of x, for x > 0. Derivative: 1 / (x ln 10). PyTorch: `torch.log10`.
 *
 * @example
 * ```ts
 * import { log10, tensor } from '@tensortape/autograd';
 * console.log(log10(tensor([1, 100]))); // tensor([0., 2.])
 * ```
 */
export const log10 = /* @__PURE__ */ elementwise({
  name: 'log10',
  forward: 'log10',
  saves: 'input',
  derivative: (x) => x.reciprocal().div(Math.LN10),
});
export const log10Samples: Samples = logSamples;

/**
 * ln(1 + x), accurate for small x. Derivative: 1 / (1 + x). PyTorch: `torch.log1p`.
 *
 * @example
 * ```ts
 * import { log1p, tensor } from '@tensortape/autograd';
 * console.log(log1p(tensor([0, 1]))); // tensor([0.0000, 0.6931])
 * ```
 */
export const log1p = /* @__PURE__ */ elementwise({
  name: 'log1p',
  forward: 'log1p',
  saves: 'input',
  derivative: (x) => x.add(1).reciprocal(),
});
export const log1pSamples: Samples = (s) => [s.tensor({ low: -0.7, high: 4 })];

/**
 * The binary logarithm of x, for x > 0. Derivative: 1 / (x ln 2). PyTorch: `torch.log2`.
 *
 * @example
 * ```ts
 * import { log2, tensor } from '@tensortape/autograd';
 * console.log(log2(tensor([1, 8]))); // tensor([0., 3.])
 * ```
 */
export const log2 = /* @__PURE__ */ elementwise({
  name: 'log2',
  forward: 'log2',
  saves: 'input',
  derivative: (x) => x.reciprocal().div(Math.LN2),
});
export const log2Samples: Samples = logSamples;

/**
 * 1 / (1 + e^-x), without overflow. Derivative: y (1 - y) for y = sigmoid x. PyTorch: `torch.sigmoid`.
 *
 * @example
 * ```ts
 * import { sigmoid, tensor } from '@tensortape/autograd';
 * console.log(sigmoid(tensor([-1, 0, 1]))); // tensor([0.2689, 0.5000, 0.7311])
 * ```
 */
export const sigmoid = /* @__PURE__ */ elementwise({
  name: 'sigmoid',
  forward: 'sigmoid',
  saves: 'output',
  derivative: (y) => y.sub(y.square()),
  adjoint: 'sigmoidAdjoint',
});
export const sigmoidSamples: Samples = (s) => [s.tensor()];

/**
 * sin x, x in radians. Derivative: cos x. PyTorch: `torch.sin`.
 *
 * @example
 * ```ts
 * import { sin, tensor } from '@tensortape/autograd';
 * console.log(sin(tensor([0, 1]))); // tensor([0.0000, 0.8415])
 * ```
 */
export const sin = /* @__PURE__ */ elementwise({
  name: 'sin',
  forward: 'sin',
  saves: 'input',
  derivative: (x) => x.cos(),
});
export const sinSamples: Samples = (s) => [s.tensor()];

/**
 * (e^x - e^-x) / 2. Derivative: cosh x. PyTorch: `torch.sinh`.
 *
 * @example
 * ```ts
 * import { sinh, tensor } from '@tensortape/autograd';
 * console.log(sinh(tensor([0, 1]))); // tensor([0.0000, 1.1752])
 * ```
 */
export const sinh = /* @__PURE__ */ elementwise({
  name: 'sinh',
  forward: 'sinh',
  saves: 'input',
  derivative: (x) => x.cosh(),
});
export const sinhSamples: Samples = (s) => [s.tensor()];

/**
 * tan x, x in radians. Derivative: 1 + tan^2 x. PyTorch: `torch.tan`.
 *
 * @example
 * ```ts
 * import { tan, tensor } from '@tensortape/autograd';
 * console.log(tan(tensor([0, 1]))); // tensor([0.0000, 1.5574])
 * ```
 */
export const tan = /* @__PURE__ */ elementwise({
  name: 'tan',
  forward: 'tan',
  saves: 'output',
  derivative: (y) => y.square().add(1),
});
export const tanSamples: Samples = (s) => [s.tensor({ low: -1.2, high: 1.2 })];

/**
 * The hyperbolic tangent, (e^x - e^-x) / (e^x + e^-x). Derivative: 1 - tanh^2 x. PyTorch: `torch.tanh`.
 *
 * @example
 * ```ts
 * import { tanh, tensor } from '@tensortape/autograd';
 * console.log(tanh(tensor([-1, 0, 1]))); // tensor([-0.7616,  0.0000,  0.7616])
 * ```
 */
export const tanh = /* @__PURE__ */ elementwise({
  name: 'tanh',
  forward: 'tanh',
  saves: 'output',
  derivative: (y) => y.square().neg().add(1),
  adjoint: 'tanhAdjoint',
});
export const tanhSamples: Samples = (s) => [s.tensor()];

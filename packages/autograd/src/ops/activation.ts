import { sigmoid as sigmoidOf, softplus as softplusOf } from '../kernels/reference/scalar.ts';
import { activationKernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { isTracked } from '../tape/record.ts';
import { elementwise, elementwiseWith, refuseDType, sumOf } from '../tape/shorthands.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape, normalizeDim } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { normalDensity } from './normalDensity.ts';
import { boolRefusals, dimRefusals, integerRefusals, type Refusals, type Samples } from './samples.ts';
import { softmax } from './softmax.ts';

/** ln(1 + e^x), the same at every x. */
const smoothRelu = /* @__PURE__ */ elementwise({
  name: 'softplus',
  refuses: 'integers',
  forward: 'softplus',
  saves: 'input',
  derivative: (x) => x.sigmoid(),
});

interface EluScales {
  readonly alpha: number;
  readonly scale: number;
  readonly inputScale: number;
}

/** scale x for x > 0, alpha scale (e^(inputScale x) - 1) below. */
const exponentialLinear = (name: string) =>
  elementwiseWith<EluScales>({
    name,
    refuses: 'integers',
    forward: (x, { alpha, scale, inputScale }) =>
      x <= 0 ? alpha * scale * Math.expm1(x * inputScale) : scale * x,
    saves: 'input',
    differential: (t, x, { alpha, scale, inputScale }) => {
      // The exponential of what is not below 0 is kept from overflowing, and from the second derivative.
      const slope = x.where(x.lt(0), 0).mul(inputScale).exp();
      return t
        .mul(slope)
        .mul(alpha * scale * inputScale)
        .where(x.le(0), t.mul(scale));
    },
  });

const eluOp = /* @__PURE__ */ exponentialLinear('elu');
const seluOp = /* @__PURE__ */ exponentialLinear('selu');
const celuOp = /* @__PURE__ */ exponentialLinear('celu');

/**
 * x for x > 0, else alpha (e^(x / alpha) - 1): smooth at 0 for every alpha. Derivative: 1 for x > 0, else e^(x / alpha).
 * Kinks: the second derivative is 0 at 0. Errors: ArgumentError when alpha is 0; DTypeError for integers.
 * PyTorch: `torch.nn.functional.celu`. Source: J. Barron, "Continuously Differentiable Exponential Linear Units", 2017.
 *
 * @example
 * ```ts
 * import { celu, tensor } from '@tensortape/autograd';
 * console.log(celu(tensor([-2, 3]), 2)); // tensor([-1.2642,  3.0000])
 * ```
 */
export function celu(x: Tensor, alpha = 1): Tensor {
  if (alpha === 0) throw new ArgumentError('celu: alpha must not be 0: x is divided by it');
  return celuOp(x, { alpha, scale: 1, inputScale: 1 / alpha });
}
export const celuSamples: Samples = (s) => [s.tensor({ apart: [0] }), s.oneOf([undefined, 0.5, 2, -1])];
export const celuRefusals: Refusals = (s) => [
  ...integerRefusals(s),
  [[s.tensorOf([2]), 0], 'ArgumentError', /alpha must not be 0/],
];

/**
 * x for x > 0, else alpha (e^x - 1). Derivative: 1 for x > 0, else alpha e^x. Kinks: alpha at 0; the second derivative is 0
 * there. Errors: DTypeError for integers. PyTorch: `torch.nn.functional.elu`. Source: D.-A. Clevert et al., "Fast and
 * Accurate Deep Network Learning by Exponential Linear Units", 2015.
 *
 * @example
 * ```ts
 * import { elu, tensor } from '@tensortape/autograd';
 * console.log(elu(tensor([-1, 2]))); // tensor([-0.6321,  2.0000])
 * ```
 */
export function elu(x: Tensor, alpha = 1): Tensor {
  return eluOp(x, { alpha, scale: 1, inputScale: 1 });
}
export const eluSamples: Samples = (s) => [s.tensor({ apart: [0] }), s.oneOf([undefined, 0.5, 2])];
export const eluRefusals = integerRefusals;

/**
 * scale (x for x > 0, else alpha (e^x - 1)), with scale = 1.0507… and alpha = 1.6732…, for which activations keep mean 0 and
 * variance 1. Derivative: scale for x > 0, else scale alpha e^x. Kinks: scale alpha at 0. Errors: DTypeError for integers.
 * PyTorch: `torch.nn.functional.selu`. Source: G. Klambauer et al., "Self-Normalizing Neural Networks", 2017.
 *
 * @example
 * ```ts
 * import { selu, tensor } from '@tensortape/autograd';
 * console.log(selu(tensor([-1, 2]))); // tensor([-1.1113,  2.1014])
 * ```
 */
export function selu(x: Tensor): Tensor {
  return seluOp(x, { alpha: 1.6732632423543772, scale: 1.0507009873554805, inputScale: 1 });
}
export const seluSamples: Samples = (s) => [s.tensor({ apart: [0] })];
export const seluRefusals = integerRefusals;

/** g times the derivative Phi(x) + x phi(x), given Phi(x). */
const slopeTimes = (g: Tensor, x: Tensor, share: Tensor): Tensor =>
  isTracked(g) || isTracked(x) || isTracked(share)
    ? g.mul(share.add(x.mul(normalDensity(x))))
    : wrap(activationKernels.geluAdjoint(g, x, share), x.dtype, x.shape);

/** x Phi(x), and Phi(x), which costs more than all else: so the derivative finds it computed. */
const geluExact = /* @__PURE__ */ defineOp({
  name: 'gelu',
  inputs: ['x'],
  saves: ['x', 'output'],
  forward: ({ x }): readonly Tensor[] =>
    activationKernels.gelu(x).map((storage) => wrap(storage, x.dtype, x.shape)),
  vjp: {
    x: ([g, toShare], { x, output: [, share] }) =>
      sumOf(g ? slopeTimes(g, x, share!) : null, toShare ? toShare.mul(normalDensity(x)) : null),
  },
  jvp: ({ x: t }, { x, output: [, share] }) =>
    t === null ? [null, null] : [slopeTimes(t, x, share!), t.mul(normalDensity(x))],
});

const GELU_SLOPE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

const geluTanh = /* @__PURE__ */ elementwise({
  name: 'gelu',
  refuses: 'integers',
  // (1 + tanh u) / 2 = sigmoid(2 u), which keeps its digits for large negative u.
  forward: (x) => x * sigmoidOf(2 * GELU_SLOPE * (x + GELU_CUBIC * x * x * x)),
  saves: 'input',
  derivative: (x) => {
    const cubic = x.square().mul(GELU_CUBIC);
    const share = x
      .mul(cubic.add(1))
      .mul(2 * GELU_SLOPE)
      .sigmoid();
    const steepness = cubic
      .mul(3)
      .add(1)
      .mul(2 * GELU_SLOPE);
    return share.add(x.mul(share.sub(share.square())).mul(steepness));
  },
});

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** 'none' (the default), or 'tanh' for x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
  readonly approximate?: 'none' | 'tanh';
}

/**
 * x Phi(x), where Phi is the distribution function of the standard normal distribution. Derivative: Phi(x) + x phi(x), with
 * phi its density; for 'tanh' that of the approximation. Errors: ArgumentError for another approximation; DTypeError for
 * integers. PyTorch: `torch.nn.functional.gelu`. Source: D. Hendrycks, K. Gimpel, "Gaussian Error Linear Units", 2016.
 *
 * @example
 * ```ts
 * import { gelu, tensor } from '@tensortape/autograd';
 * console.log(gelu(tensor([-1, 0, 1]))); // tensor([-0.1587,  0.0000,  0.8413])
 * console.log(gelu(tensor([1]), { approximate: 'tanh' })); // tensor([0.8412])
 * ```
 */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  checkOptions('gelu', options, ['approximate']);
  const { approximate = 'none' } = options;
  if (approximate === 'none') {
    checkTensor('gelu', 'x', x);
    refuseDType('gelu', x, 'integers');
    return geluExact({ x })[0]!;
  }
  if (approximate === 'tanh') return geluTanh(x);
  throw new ArgumentError(`gelu: approximate must be 'none' or 'tanh', got '${String(approximate)}'`);
}
export const geluSamples: Samples = (s) => [
  s.tensor({ low: -6, high: 6 }),
  { approximate: s.oneOf(['none', 'tanh'] as const) },
];
export const geluRefusals: Refusals = (s) => [
  ...integerRefusals(s),
  [[s.tensorOf([2]), { approximate: 'erf' }], 'ArgumentError', /'none' or 'tanh', got 'erf'/],
  [[s.tensorOf([2]), 'tanh'], 'ArgumentError', /an object of options/],
];

/**
 * a sigmoid(b), where a and b are the first and the second half of `x` along `dim`. Derivatives: sigmoid(b) and
 * a sigmoid(b) (1 - sigmoid(b)). Errors: ShapeError when the length of `dim` is odd; IndexError for `dim`; DTypeError for
 * integers. PyTorch: `torch.nn.functional.glu`.
 *
 * @example
 * ```ts
 * import { glu, tensor } from '@tensortape/autograd';
 * console.log(glu(tensor([2, 3, 0, 100]))); // tensor([1., 3.])
 * ```
 */
export function glu(x: Tensor, dim = -1): Tensor {
  checkTensor('glu', 'x', x);
  refuseDType('glu', x, 'integers');
  const axis = normalizeDim('glu', dim, x.ndim);
  const length = x.shape[axis];
  if (length === undefined || length % 2 !== 0) {
    throw new ShapeError(
      `glu: dim ${dim} of shape ${formatShape(x.shape)} cannot be halved: its length must be even`,
    );
  }
  return x.narrow(axis, 0, length / 2).mul(x.narrow(axis, length / 2, length / 2).sigmoid());
}
export const gluSamples: Samples = (s) =>
  s.oneOf([[s.tensorOf([3, 4])], [s.tensorOf([2, 3]), s.oneOf([0, -2])]]);
export const gluRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  ...integerRefusals(s),
  [[s.tensorOf([2, 3])], 'ShapeError', /dim -1 of shape \(2, 3\) cannot be halved/],
  [[s.tensorOf([])], 'ShapeError', /shape \(\) cannot be halved/],
];

/**
 * ln sigmoid(x) = -ln(1 + e^-x), without overflow and without cancellation. Derivative: sigmoid(-x). Errors: DTypeError for
 * integers. PyTorch: `torch.nn.functional.logsigmoid`.
 *
 * @example
 * ```ts
 * import { logSigmoid, tensor } from '@tensortape/autograd';
 * console.log(logSigmoid(tensor([-100, 0, 2]))); // tensor([-100.0000,   -0.6931,   -0.1269])
 * ```
 */
export const logSigmoid = /* @__PURE__ */ elementwise({
  name: 'logSigmoid',
  refuses: 'integers',
  forward: (x) => -softplusOf(-x),
  saves: 'input',
  derivative: (x) => x.neg().sigmoid(),
});
export const logSigmoidSamples: Samples = (s) => [s.tensor()];
export const logSigmoidRefusals = integerRefusals;

/**
 * x tanh(softplus(x)). Derivative: h + x (1 - h^2) sigmoid(x), with h = tanh(softplus(x)). Errors: DTypeError for integers.
 * PyTorch: `torch.nn.functional.mish`. Source: D. Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019.
 *
 * @example
 * ```ts
 * import { mish, tensor } from '@tensortape/autograd';
 * console.log(mish(tensor([-1, 0, 1]))); // tensor([-0.3034,  0.0000,  0.8651])
 * ```
 */
export const mish = /* @__PURE__ */ elementwise({
  name: 'mish',
  refuses: 'integers',
  forward: (x) => x * Math.tanh(softplusOf(x)),
  saves: 'input',
  derivative: (x) => {
    const h = smoothRelu(x).tanh();
    return h.add(x.mul(h.square().neg().add(1)).mul(x.sigmoid()));
  },
});
export const mishSamples: Samples = (s) => [s.tensor()];
export const mishRefusals = integerRefusals;

/**
 * x sigmoid(x), also called swish. Derivative: s (1 + x (1 - s)) for s = sigmoid x. Errors: DTypeError for integers.
 * PyTorch: `torch.nn.functional.silu`.
 *
 * @example
 * ```ts
 * import { silu, tensor } from '@tensortape/autograd';
 * console.log(silu(tensor([-1, 0, 1]))); // tensor([-0.2689,  0.0000,  0.7311])
 * ```
 */
export const silu = /* @__PURE__ */ elementwise({
  name: 'silu',
  refuses: 'integers',
  forward: (x) => x * sigmoidOf(x),
  saves: 'input',
  derivative: (x) => x.sigmoid().mul(x.mul(x.neg().sigmoid()).add(1)),
});
export const siluSamples: Samples = (s) => [s.tensor()];
export const siluRefusals = integerRefusals;

/**
 * exp(-x_i) / sum_j exp(-x_j) along `dim`: the softmax of -x. Derivative: y (sum y t - t) for y = softmin x. Errors: IndexError for
 * `dim`; DTypeError for integers. PyTorch: `torch.nn.functional.softmin`.
 *
 * @example
 * ```ts
 * import { softmin, tensor } from '@tensortape/autograd';
 * console.log(softmin(tensor([1, 2, 3]), 0)); // tensor([0.6652, 0.2447, 0.0900])
 * ```
 */
export function softmin(x: Tensor, dim: number): Tensor {
  checkTensor('softmin', 'x', x);
  refuseDType('softmin', x, 'integers');
  return softmax(x.neg(), normalizeDim('softmin', dim, x.ndim));
}
export const softminSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dim(x)];
};
export const softminRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [[s.index([2], 3), 0], 'DTypeError', /expected a floating point tensor, got int32/],
];

/** Options of {@link softplus}. */
export interface SoftplusOptions {
  /** How sharp the bend is. Default 1. */
  readonly beta?: number;
  /** Where beta x lies above it the function is x itself. Default 20. */
  readonly threshold?: number;
}

const softplusRule = (t: Tensor, x: Tensor, { beta, threshold }: Required<SoftplusOptions>): Tensor => {
  const scaled = x.mul(beta);
  // Fixed from the threshold on: the second derivative is 0 on it, as in PyTorch.
  const slope = scaled.where(scaled.ge(threshold).logicalNot(), threshold).sigmoid();
  return t.where(scaled.gt(threshold), t.mul(slope));
};

const softplusOp = /* @__PURE__ */ defineOp({
  name: 'softplus',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, { beta, threshold }: Required<SoftplusOptions>) => {
    const scaled = x.mul(beta);
    return x.where(scaled.gt(threshold), smoothRelu(scaled).div(beta));
  },
  vjp: { x: (g, { x }, options) => softplusRule(g, x, options) },
  jvp: ({ x: t }, { x }, options) => t && softplusRule(t, x, options),
});

/**
 * ln(1 + e^(beta x)) / beta, without overflow; x itself where beta x > threshold. Derivative: sigmoid(beta x); 1 above the
 * threshold. Kinks: on the threshold sigmoid(beta x), and second derivative 0. Errors: ArgumentError for unknown options; DTypeError for integers. PyTorch: `torch.nn.functional.softplus`.
 *
 * @example
 * ```ts
 * import { softplus, tensor } from '@tensortape/autograd';
 * console.log(softplus(tensor([-100, 0, 100]))); // tensor([3.7835e-44, 6.9315e-01, 1.0000e+02])
 * console.log(softplus(tensor(0), { beta: 2 })); // tensor(0.3466)
 * ```
 */
export function softplus(x: Tensor, options: SoftplusOptions = {}): Tensor {
  checkTensor('softplus', 'x', x);
  refuseDType('softplus', x, 'integers');
  checkOptions('softplus', options, ['beta', 'threshold']);
  const { beta = 1, threshold = 20 } = options;
  return softplusOp({ x }, { beta, threshold });
}
export const softplusSamples: Samples = (s) =>
  s.oneOf([
    () => [s.tensor()],
    () => [s.tensor({ apart: [0.5] }), { beta: 2, threshold: 1 }],
    () => [s.tensor(), { beta: s.oneOf([0.5, -1]) }],
  ])();
export const softplusRefusals: Refusals = (s) => [
  ...integerRefusals(s),
  [[s.tensorOf([2]), 2], 'ArgumentError', /an object of options such as \{ beta: … \}, got the number 2/],
];

/**
 * x / (1 + |x|). Derivative: 1 / (1 + |x|)^2. Errors: DTypeError for bool. PyTorch: `torch.nn.functional.softsign`.
 *
 * @example
 * ```ts
 * import { softsign, tensor } from '@tensortape/autograd';
 * console.log(softsign(tensor([-1, 0, 3]))); // tensor([-0.5000,  0.0000,  0.7500])
 * ```
 */
export function softsign(x: Tensor): Tensor {
  checkTensor('softsign', 'x', x);
  refuseDType('softsign', x, 'bool');
  return x.div(x.abs().add(1));
}
export const softsignSamples: Samples = (s) => [s.tensor({ apart: [0] })];
export const softsignRefusals = boolRefusals;

/**
 * x - tanh(x). Derivative: tanh^2 x. Errors: DTypeError for bool. PyTorch: `torch.nn.functional.tanhshrink`.
 *
 * @example
 * ```ts
 * import { tanhshrink, tensor } from '@tensortape/autograd';
 * console.log(tanhshrink(tensor([-2, 0, 2]))); // tensor([-1.0360,  0.0000,  1.0360])
 * ```
 */
export function tanhshrink(x: Tensor): Tensor {
  checkTensor('tanhshrink', 'x', x);
  refuseDType('tanhshrink', x, 'bool');
  return x.sub(x.tanh());
}
export const tanhshrinkSamples: Samples = (s) => [s.tensor()];
export const tanhshrinkRefusals = boolRefusals;

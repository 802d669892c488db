import { defineOp } from '../tape/defineOp.ts';
import { elementwise, elementwiseWith, refuseDType, sumOf } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { isFloat, storable } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { boolRefusals, integerRefusals, type Refusals, type Samples } from './samples.ts';

const hardshrinkOp = /* @__PURE__ */ elementwiseWith<number>({
  name: 'hardshrink',
  refuses: 'integers',
  forward: (x, lambd) => (x >= -lambd && x <= lambd ? 0 : x),
  saves: 'input',
  differential: (t, x, lambd) => t.where(x.abs().le(lambd).logicalNot(), 0),
});

/**
 * 0 where |x| <= lambd, else x. Derivative: 0 there, else 1. Kinks: 0 where |x| = lambd. Errors: DTypeError for integers.
 * PyTorch: `torch.nn.functional.hardshrink`.
 *
 * @example
 * ```ts
 * import { hardshrink, tensor } from '@tensortape/autograd';
 * console.log(hardshrink(tensor([-1, 0.5, 2]))); // tensor([-1.,  0.,  2.])
 * ```
 */
export function hardshrink(x: Tensor, lambd = 0.5): Tensor {
  return hardshrinkOp(x, lambd);
}
export const hardshrinkSamples: Samples = (s) => [
  s.tensor({ apart: [-0.5, 0.5, -1, 1] }),
  s.oneOf([undefined, 1, -1]),
];
export const hardshrinkRefusals = integerRefusals;

/**
 * 0 for x <= -3, 1 for x >= 3, x / 6 + 1 / 2 between. Derivative: 1 / 6 between, 0 outside. Kinks: 0 at -3 and at 3. Errors:
 * DTypeError for integers. PyTorch: `torch.nn.functional.hardsigmoid`, whose 1 / 6 is rounded to float32.
 *
 * @example
 * ```ts
 * import { hardsigmoid, tensor } from '@tensortape/autograd';
 * console.log(hardsigmoid(tensor([-4, 0, 1.5]))); // tensor([0.0000, 0.5000, 0.7500])
 * ```
 */
export const hardsigmoid = /* @__PURE__ */ elementwise({
  name: 'hardsigmoid',
  refuses: 'integers',
  forward: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6),
  saves: 'input',
  differential: (t, x) => t.div(6).where(x.abs().lt(3), 0),
});
export const hardsigmoidSamples: Samples = (s) => [s.tensor({ low: -5, high: 5, apart: [-3, 3] })];
export const hardsigmoidRefusals = integerRefusals;

/**
 * x hardsigmoid(x): 0 for x <= -3, x for x >= 3, x (x + 3) / 6 between. Derivative: 0, 1, and x / 3 + 1 / 2. Kinks: 0 at -3 and
 * 1 at 3. Errors: DTypeError for integers. PyTorch: `torch.nn.functional.hardswish`. Source: A. Howard et al., "Searching for
 * MobileNetV3", 2019.
 *
 * @example
 * ```ts
 * import { hardswish, tensor } from '@tensortape/autograd';
 * console.log(hardswish(tensor([-4, 1, 5]))); // tensor([-0.0000, 0.6667, 5.0000])
 * ```
 */
export const hardswish = /* @__PURE__ */ elementwise({
  name: 'hardswish',
  refuses: 'integers',
  forward: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  saves: 'input',
  differential: (t, x) => {
    const between = x.abs().lt(3);
    const slope = x.where(between, 0).div(3).add(0.5);
    return t.mul(slope).where(between, t.where(x.le(-3).logicalNot(), 0));
  },
});
export const hardswishSamples: Samples = (s) => [s.tensor({ low: -5, high: 5, apart: [-3, 3] })];
export const hardswishRefusals = integerRefusals;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

const bounded = (name: string) =>
  elementwiseWith<Bounds>({
    name,
    refuses: 'bool',
    integers: 'keep',
    forward: (x, { min, max }) => (x < min ? min : x > max ? max : x),
    saves: 'input',
    differential: (t, x, { min, max }) => t.where(x.le(min).logicalOr(x.ge(max)).logicalNot(), 0),
  });

const hardtanhOp = /* @__PURE__ */ bounded('hardtanh');
const relu6Op = /* @__PURE__ */ bounded('relu6');

/**
 * x limited to [minVal, maxVal]. Derivative: 1 between the bounds, 0 outside. Kinks: 0 on the bounds, where `clamp` has 1.
 * Errors: ArgumentError when minVal > maxVal; DTypeError for bool, and for a negative bound of uint8.
 * PyTorch: `torch.nn.functional.hardtanh`.
 *
 * @example
 * ```ts
 * import { hardtanh, tensor } from '@tensortape/autograd';
 * console.log(hardtanh(tensor([-2, 0.5, 3]))); // tensor([-1.0000,  0.5000,  1.0000])
 * ```
 */
export function hardtanh(x: Tensor, minVal = -1, maxVal = 1): Tensor {
  checkTensor('hardtanh', 'x', x);
  if (minVal > maxVal) {
    throw new ArgumentError(`hardtanh: minVal must not be larger than maxVal, got ${minVal} and ${maxVal}`);
  }
  if (x.dtype === 'uint8' && minVal < 0) {
    throw new DTypeError(
      `hardtanh: uint8 cannot hold the bound ${minVal}; convert x with .to('int32'), or give a bound >= 0`,
    );
  }
  return hardtanhOp(x, { min: minVal, max: maxVal });
}
export const hardtanhSamples: Samples = (s) => [
  s.tensor({ apart: [-1, 1, 0.5] }),
  ...s.oneOf([[], [-1, 0.5], [0.5, 0.5]]),
];
export const hardtanhRefusals: Refusals = (s) => [
  ...boolRefusals(s),
  [[s.tensorOf([2]), 2, 1], 'ArgumentError', /minVal must not be larger than maxVal, got 2 and 1/],
  [[s.index([2], 3).to('uint8')], 'DTypeError', /uint8 cannot hold the bound -1/],
];

/**
 * min(max(x, 0), 6). Derivative: 1 between 0 and 6, 0 outside. Kinks: 0 at 0 and at 6. Errors: DTypeError for bool.
 * PyTorch: `torch.nn.functional.relu6`.
 *
 * @example
 * ```ts
 * import { relu6, tensor } from '@tensortape/autograd';
 * console.log(relu6(tensor([-1, 3, 8]))); // tensor([0., 3., 6.])
 * ```
 */
export function relu6(x: Tensor): Tensor {
  return relu6Op(x, { min: 0, max: 6 });
}
export const relu6Samples: Samples = (s) => [s.tensor({ low: -3, high: 9, apart: [0, 6] })];
export const relu6Refusals = boolRefusals;

const leaky = (name: string) =>
  elementwiseWith<number>({
    name,
    refuses: 'integers',
    forward: (x, slope) => (x > 0 ? x : x * slope),
    saves: 'input',
    differential: (t, x, slope) => t.where(x.gt(0), t.mul(slope)),
  });

const leakyReluOp = /* @__PURE__ */ leaky('leakyRelu');
const rreluOp = /* @__PURE__ */ leaky('rrelu');

/**
 * x for x > 0, else negativeSlope x. Derivative: 1 for x > 0, else negativeSlope. Kinks: negativeSlope at 0. Errors: DTypeError
 * for integers. PyTorch: `torch.nn.functional.leaky_relu`.
 *
 * @example
 * ```ts
 * import { leakyRelu, tensor } from '@tensortape/autograd';
 * console.log(leakyRelu(tensor([-1, 2]), 0.1)); // tensor([-0.1000,  2.0000])
 * ```
 */
export function leakyRelu(x: Tensor, negativeSlope = 0.01): Tensor {
  return leakyReluOp(x, negativeSlope);
}
export const leakyReluSamples: Samples = (s) => [s.tensor({ apart: [0] }), s.oneOf([undefined, 0.2, -1])];
export const leakyReluRefusals = integerRefusals;

/**
 * x for x > 0, else x times the mean of `lower` and `upper`: the randomized leaky ReLU outside training. Derivative: 1 for x > 0,
 * else that mean, also at 0. Errors: ArgumentError when lower > upper; DTypeError for integers.
 * PyTorch: `torch.nn.functional.rrelu` with training=False.
 *
 * @example
 * ```ts
 * import { rrelu, tensor } from '@tensortape/autograd';
 * console.log(rrelu(tensor([-1, 2]), 0.1, 0.3)); // tensor([-0.2000,  2.0000])
 * ```
 */
export function rrelu(x: Tensor, lower = 1 / 8, upper = 1 / 3): Tensor {
  if (lower > upper) {
    throw new ArgumentError(`rrelu: lower must not be larger than upper, got ${lower} and ${upper}`);
  }
  return rreluOp(x, (lower + upper) / 2);
}
export const rreluSamples: Samples = (s) => [s.tensor({ apart: [0] }), ...s.oneOf([[], [0.1, 0.5]])];
export const rreluRefusals: Refusals = (s) => [
  ...integerRefusals(s),
  [[s.tensorOf([2]), 0.5, 0.1], 'ArgumentError', /lower must not be larger than upper, got 0\.5 and 0\.1/],
];

const preluOp = /* @__PURE__ */ defineOp({
  name: 'prelu',
  inputs: ['x', 'weight'],
  saves: ['x', 'weight'],
  forward: ({ x, weight }) => x.where(x.gt(0), x.mul(weight)),
  vjp: {
    x: (g, { x, weight }) => g.where(x.gt(0), g.mul(weight)),
    weight: (g, { x }) => g.mul(x).where(x.gt(0).logicalNot(), 0),
  },
  jvp: ({ x: s, weight: t }, { x, weight }) =>
    sumOf(s && s.where(x.gt(0), s.mul(weight)), t && t.mul(x).where(x.gt(0).logicalNot(), 0)),
});

/**
 * x for x > 0, else weight x, with one weight, or one for each channel: axis 1 of `x`. Derivatives: 1 or the weight for `x`;
 * for the weight the sum of the x <= 0. Kinks: at 0 the derivative is the weight. Errors: ShapeError when the number of weights is neither
 * 1 nor that of the channels; DTypeError for integers or for different dtypes. PyTorch: `torch.nn.functional.prelu`.
 *
 * @example
 * ```ts
 * import { prelu, tensor } from '@tensortape/autograd';
 * console.log(prelu(tensor([[-1, -1, 2]]), tensor([0.1, 0.5, 0.5]))); // tensor([[-0.1000, -0.5000,  2.0000]])
 * ```
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checkTensor('prelu', 'x', x);
  checkTensor('prelu', 'weight', weight);
  refuseDType('prelu', x, 'integers');
  if (weight.dtype !== x.dtype) {
    throw new DTypeError(`prelu: x is ${x.dtype}, weight is ${weight.dtype}; convert one with .to()`);
  }
  const channels = x.shape[1] ?? 1;
  if (weight.ndim > 1 || (weight.size !== 1 && weight.size !== channels)) {
    throw new ShapeError(
      `prelu: weight has shape ${formatShape(weight.shape)}, expected (1,) or (${channels},): one number, or one for each ` +
        `channel (axis 1) of x of shape ${formatShape(x.shape)}`,
    );
  }
  const alongChannels = weight.reshape(x.shape.map((_, axis) => (axis === 1 ? -1 : 1)));
  return preluOp({ x, weight: alongChannels.expand(x.shape) });
}
export const preluSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[], [3], [2, 3], [2, 3, 2]]), { apart: [0] });
  return [x, s.tensorOf(s.oneOf([[], [1], [x.shape[1] ?? 1]]))];
};
export const preluRefusals: Refusals = (s) => [
  [[s.index([2], 3), s.tensorOf([1])], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([2]), s.tensorOf([1]).to('float32')], 'DTypeError', /x is float64, weight is float32/],
  [[s.tensorOf([2, 3]), s.tensorOf([2])], 'ShapeError', /weight has shape \(2,\), expected \(1,\) or \(3,\)/],
  [[s.tensorOf([2, 3]), s.tensorOf([1, 3])], 'ShapeError', /weight has shape \(1, 3\)/],
  [[s.tensorOf([3]), s.tensorOf([3])], 'ShapeError', /expected \(1,\) or \(1,\)/],
  [[s.tensorOf([3]), 0.5], 'ArgumentError', /expected a tensor as weight, got the number 0\.5/],
];

const softshrinkOp = /* @__PURE__ */ elementwiseWith<number>({
  name: 'softshrink',
  refuses: 'integers',
  forward: (x, lambd) => (x > lambd ? x - lambd : x < -lambd ? x + lambd : x * 0),
  saves: 'input',
  differential: (t, x, lambd) => t.where(x.abs().le(lambd).logicalNot(), 0),
});

/**
 * x moved towards 0 by lambd, and 0 where |x| <= lambd. Derivative: 0 there, else 1. Kinks: 0 where |x| = lambd. Errors:
 * ArgumentError when lambd < 0; DTypeError for integers. PyTorch: `torch.nn.functional.softshrink`.
 *
 * @example
 * ```ts
 * import { softshrink, tensor } from '@tensortape/autograd';
 * console.log(softshrink(tensor([-1, 0.5, 2]))); // tensor([-0.5000,  0.0000,  1.5000])
 * ```
 */
export function softshrink(x: Tensor, lambd = 0.5): Tensor {
  if (!(lambd >= 0)) throw new ArgumentError(`softshrink: lambd must be >= 0, got ${lambd}`);
  return softshrinkOp(x, lambd);
}
export const softshrinkSamples: Samples = (s) => [
  s.tensor({ apart: [-0.5, 0.5, -1, 1, 0] }),
  s.oneOf([undefined, 1, 0]),
];
export const softshrinkRefusals: Refusals = (s) => [
  ...integerRefusals(s),
  [[s.tensorOf([2]), -1], 'ArgumentError', /lambd must be >= 0, got -1/],
  [[s.tensorOf([2]), Number.NaN], 'ArgumentError', /lambd must be >= 0, got NaN/],
];

interface Replacement {
  readonly limit: number;
  readonly value: number;
}

const thresholdOp = /* @__PURE__ */ elementwiseWith<Replacement>({
  name: 'threshold',
  refuses: 'bool',
  integers: 'keep',
  forward: (x, { limit, value }) => (x <= limit ? value : x),
  saves: 'input',
  differential: (t, x, { limit }) => t.where(x.le(limit).logicalNot(), 0),
});

/**
 * x where x > limit, else `value`. Derivative: 1 where x > limit, else 0. Kinks: 0 at the limit. Errors: DTypeError for bool, and for a
 * value that an integer dtype cannot hold. PyTorch: `torch.nn.functional.threshold`.
 *
 * @example
 * ```ts
 * import { tensor, threshold } from '@tensortape/autograd';
 * console.log(threshold(tensor([0, 1, 2]), 1, -5)); // tensor([-5., -5.,  2.])
 * ```
 */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  checkTensor('threshold', 'x', x);
  refuseDType('threshold', x, 'bool');
  // As in PyTorch, integers are compared with the whole part of the limit.
  return isFloat(x.dtype)
    ? thresholdOp(x, { limit, value })
    : thresholdOp(x, { limit: Math.trunc(limit), value: storable('threshold', Math.trunc(value), x.dtype) });
}
export const thresholdSamples: Samples = (s) => [
  s.tensor({ apart: [0.5, -1] }),
  ...s.oneOf([
    [0.5, 2],
    [-1, 0],
  ]),
];
export const thresholdRefusals: Refusals = (s) => [
  [[s.mask([2, 3]), 0, 1], 'DTypeError', /not defined for bool/],
  [[s.index([2], 3).to('uint8'), 1, 300], 'DTypeError', /the value is 300, which uint8 cannot hold/],
];

import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { binary, type Operand, sumOf } from '../tape/shorthands.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { constant, Tensor, wrap } from '../tensor/core.ts';
import {
  category,
  type DType,
  getDefaultDType,
  integerBounds,
  isFloat,
  promoteTypes,
  resultType,
} from '../tensor/dtype.ts';
import { ArgumentError, DTypeError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { broadcastShapes, type Shape } from '../tensor/shape.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';

/** The dtype that three operands promote to, by the rule of `resultType`: those of equal rank among themselves first. */
function commonDType(operands: readonly Operand[]): DType {
  const [dimensioned, scalars, numbers] = [0, 1, 2].map((rank) =>
    operands
      .filter((one) => rank === (typeof one === 'number' ? 2 : one.ndim === 0 ? 1 : 0))
      .map((one) => (typeof one === 'number' ? resultType(one, one) : one.dtype))
      .reduce<DType>(promoteTypes, 'bool'),
  ) as [DType, DType, DType];
  return [scalars, numbers].reduce((a, b) => (category(b) > category(a) ? b : a), dimensioned);
}

/** Operands as tensors of one dtype and shape. */
function matched(op: string, operands: readonly Operand[], promote: boolean): readonly Tensor[] {
  const dtype = commonDType(operands);
  const common = promote && !isFloat(dtype) ? getDefaultDType() : dtype;
  const shape = operands.reduce<Shape>(
    (wide, one) => (typeof one === 'number' ? wide : broadcastShapes(op, wide, one.shape)),
    [],
  );
  return operands.map((one) =>
    typeof one === 'number' ? constant(one, common, shape) : one.to(common).expand(shape),
  );
}

function checkOperand(op: string, name: string, value: unknown): asserts value is Operand {
  if (typeof value === 'number' || value instanceof Tensor) return;
  throw new ArgumentError(`${op}: ${name} must be a number or a tensor, got ${kindOf(value)}`);
}

const clampOp = /* @__PURE__ */ defineOp({
  name: 'clamp',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, { min, max }: ClampBounds) => {
    const bounded = (v: number) => (v > max || min > max ? (Number.isNaN(v) ? v : max) : v < min ? min : v);
    return wrap(kernels.unary(bounded, x), x.dtype, x.shape);
  },
  vjp: { x: (g, { x }, { min, max }) => g.where(x.ge(min).logicalAnd(x.le(max)), 0) },
  jvp: ({ x: t }, { x }, { min, max }) => t && t.where(x.ge(min).logicalAnd(x.le(max)), 0),
});

interface ClampBounds {
  readonly min: number;
  readonly max: number;
}

/** A lower bound per element. Ties leave the whole gradient to x, unlike those of `maximum`. */
const atLeast = /* @__PURE__ */ binary({
  name: 'clamp',
  forward: 'maximum',
  saves: 'inputs',
  differentials: [(t, x, min) => t.where(x.ge(min), 0), (t, x, min) => t.where(x.lt(min), 0)],
});

/** An upper bound per element. */
const atMost = /* @__PURE__ */ binary({
  name: 'clamp',
  forward: 'minimum',
  saves: 'inputs',
  differentials: [(t, x, max) => t.where(x.le(max), 0), (t, x, max) => t.where(x.gt(max), 0)],
});

const within = /* @__PURE__ */ defineOp({
  name: 'clamp',
  inputs: ['x', 'min', 'max'],
  saves: ['x', 'min', 'max'],
  forward: ({ x, min, max }) => x.maximum(min).minimum(max),
  vjp: {
    x: (g, bounds) => g.where(insideBounds(bounds), 0),
    min: (g, bounds) => g.where(belowBounds(bounds), 0),
    max: (g, bounds) => g.where(aboveBounds(bounds), 0),
  },
  jvp: (t, bounds) =>
    sumOf(
      t.x && t.x.where(insideBounds(bounds), 0),
      sumOf(t.min && t.min.where(belowBounds(bounds), 0), t.max && t.max.where(aboveBounds(bounds), 0)),
    ),
});

interface Bounded {
  readonly x: Tensor;
  readonly min: Tensor;
  readonly max: Tensor;
}

const insideBounds = ({ x, min, max }: Bounded): Tensor => x.ge(min).logicalAnd(x.le(max));
const belowBounds = ({ x, min, max }: Bounded): Tensor => min.lt(max).logicalAnd(x.lt(min));
const aboveBounds = ({ x, min, max }: Bounded): Tensor => x.gt(max).logicalOr(max.lt(min));

/**
 * x limited to [min, max], min(max(x, min), max); max when min > max. Bounds are numbers, or tensors that are broadcast.
 * Derivatives: by x 1 within the bounds, 0 outside; by a bound 1 where the result is taken from it. Kinks: on the bounds x
 * has the whole gradient; where the bounds are equal and x lies below them nothing has any. Errors: ArgumentError without
 * any bound, or for one that is neither a number nor a tensor; ShapeError when the shapes do not broadcast.
 * PyTorch: `torch.clamp`.
 *
 * @example
 * ```ts
 * import { clamp, tensor } from '@tensortape/autograd';
 * console.log(clamp(tensor([-2, 0.5, 3]), -1, 1)); // tensor([-1.0000,  0.5000,  1.0000])
 * console.log(clamp(tensor([-2, 0.5, 3]), tensor([0, 0, 4]))); // tensor([0.0000, 0.5000, 4.0000])
 * ```
 */
export function clamp(x: Tensor, min?: Operand, max?: Operand): Tensor {
  return bounded('clamp', x, min, max);
}

function bounded(op: string, x: Tensor, min?: Operand, max?: Operand): Tensor {
  checkTensor(op, 'x', x);
  if (min === undefined && max === undefined)
    throw new ArgumentError(`${op}: expected min, max or both, got neither`);
  if (min !== undefined) checkOperand(op, 'min', min);
  if (max !== undefined) checkOperand(op, 'max', max);
  if (typeof min === 'object' || typeof max === 'object') {
    if (max === undefined) return atLeast(x, min!);
    if (min === undefined) return atMost(x, max);
    const [a, low, high] = matched(op, [x, min, max], false) as [Tensor, Tensor, Tensor];
    return within({ x: a, min: low, max: high });
  }
  const bounds = { min: min ?? Number.NEGATIVE_INFINITY, max: max ?? Number.POSITIVE_INFINITY };
  const dtype = [min ?? 0, max ?? 0].reduce<DType>(
    (common, bound) => resultType({ dtype: common, shape: x.shape }, bound),
    x.dtype,
  );
  // Bounds that the dtype cannot hold would wrap around when they are stored.
  if (dtype === 'uint8' || dtype === 'int32') {
    const [least, most] = integerBounds[dtype];
    bounds.min = Math.max(bounds.min, least);
    bounds.max = Math.max(Math.min(bounds.max, most), least);
  }
  return clampOp({ x: x.to(dtype) }, bounds);
}
export const clampSamples: Samples = (s) =>
  s.oneOf([
    () => [s.tensor({ apart: [-1, 1.5] }), ...s.oneOf([[-1], [-1, 1.5], [undefined, 1.5], [1.5, -1]])],
    () => s.broadcast({ apart: [0] }, { low: -1e-2, high: 1e-2 }),
    () => {
      const [x, min] = s.broadcast({ apart: [-1, 1] }, { low: -1.01, high: -0.99 });
      return [x, min, s.tensorOf(s.oneOf([x.shape, min.shape]), { low: 0.99, high: 1.01 })];
    },
    () => {
      const x = s.tensor({ apart: [-1, 1] });
      return [x, undefined, s.tensorOf(x.shape, { low: 0.99, high: 1.01 })];
    },
  ])();
export const clampRefusals: Refusals = (s) => [
  [[s.tensor()], 'ArgumentError', /expected min, max or both, got neither/],
  [[s.tensor(), '0'], 'ArgumentError', /min must be a number or a tensor, got the string '0'/],
  [[s.tensor(), 0, [1]], 'ArgumentError', /max must be a number or a tensor, got an array/],
  [[s.tensorOf([2, 3]), s.tensorOf([4])], 'ShapeError', /\(2, 3\) and \(4,?\) do not broadcast/],
  [[s.tensorOf([2, 3]), 0, s.tensorOf([4])], 'ShapeError', /\(2, 3\) and \(4,?\) do not broadcast/],
];

/**
 * max(x, min), broadcast. Derivatives: 1 by x where x >= min, by min elsewhere. Kinks: on the bound x has the whole
 * gradient. Errors: ArgumentError for a bound that is neither a number nor a tensor; ShapeError when the shapes do not
 * broadcast. PyTorch: `torch.clamp_min`.
 *
 * @example
 * ```ts
 * import { clampMin, tensor } from '@tensortape/autograd';
 * console.log(clampMin(tensor([-2, 0.5]), 0)); // tensor([0.0000, 0.5000])
 * ```
 */
export function clampMin(x: Tensor, min: Operand): Tensor {
  checkOperand('clampMin', 'min', min);
  return bounded('clampMin', x, min);
}
export const clampMinSamples: Samples = (s) =>
  s.oneOf([
    () => s.broadcast({ apart: [0] }, { low: -1e-2, high: 1e-2 }),
    () => [s.tensor({ apart: [-1] }), -1],
  ])();
export const clampMinRefusals: Refusals = (s) => [
  [[s.tensor()], 'ArgumentError', /min must be a number or a tensor, got undefined/],
];

/**
 * min(x, max), broadcast. Derivatives: 1 by x where x <= max, by max elsewhere. Kinks: on the bound x has the whole
 * gradient. Errors: ArgumentError for a bound that is neither a number nor a tensor; ShapeError when the shapes do not
 * broadcast. PyTorch: `torch.clamp_max`.
 *
 * @example
 * ```ts
 * import { clampMax, tensor } from '@tensortape/autograd';
 * console.log(clampMax(tensor([-2, 0.5]), 0)); // tensor([-2.,  0.])
 * ```
 */
export function clampMax(x: Tensor, max: Operand): Tensor {
  checkOperand('clampMax', 'max', max);
  return bounded('clampMax', x, undefined, max);
}
export const clampMaxSamples: Samples = clampMinSamples;
export const clampMaxRefusals: Refusals = (s) => [
  [[s.tensor()], 'ArgumentError', /max must be a number or a tensor, got undefined/],
];

const lerpOp = /* @__PURE__ */ defineOp({
  name: 'lerp',
  inputs: ['start', 'end', 'weight'],
  saves: ['start', 'end', 'weight'],
  forward: ({ start, end, weight }) => {
    const way = end.sub(start);
    // From the nearer end, so that weights 0 and 1 give the ends themselves.
    return start.add(way.mul(weight)).where(weight.abs().lt(0.5), end.sub(way.mul(weight.neg().add(1))));
  },
  vjp: {
    start: (g, { weight }) => g.mul(weight.neg().add(1)),
    end: (g, { weight }) => g.mul(weight),
    weight: (g, { start, end }) => g.mul(end.sub(start)),
  },
  jvp: (t, { start, end, weight }) =>
    sumOf(
      sumOf(t.start && t.start.mul(weight.neg().add(1)), t.end && t.end.mul(weight)),
      t.weight && t.weight.mul(end.sub(start)),
    ),
});

/**
 * start + weight (end - start), broadcast; integers are promoted. Derivatives: 1 - weight, weight, end - start.
 * Errors: ShapeError when the shapes do not broadcast; ArgumentError for a weight that is neither a number nor a tensor.
 * PyTorch: `torch.lerp`, which does not promote.
 *
 * @example
 * ```ts
 * import { lerp, tensor } from '@tensortape/autograd';
 * console.log(lerp(tensor([0, 10]), tensor([4, 20]), 0.25)); // tensor([ 1.0000, 12.5000])
 * ```
 */
export function lerp(start: Tensor, end: Tensor, weight: Operand): Tensor {
  checkTensor('lerp', 'start', start);
  checkTensor('lerp', 'end', end);
  checkOperand('lerp', 'weight', weight);
  const [a, b, w] = matched('lerp', [start, end, weight], true) as [Tensor, Tensor, Tensor];
  return lerpOp({ start: a, end: b, weight: w });
}
export const lerpSamples: Samples = (s) => {
  const [start, end] = s.broadcast(s.reals, s.reals);
  return [start, end, s.oneOf([0, 0.3, 0.5, 1, -0.7, s.tensorOf(start.shape), s.tensorOf(end.shape)])];
};
export const lerpRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([4]), 0.5], 'ShapeError', /\(2, 3\) and \(4,?\) do not broadcast/],
  [[s.tensorOf([2, 3]), s.tensorOf([3]), s.tensorOf([4])], 'ShapeError', /do not broadcast/],
  [[s.tensorOf([2]), 1, 0.5], 'ArgumentError', /expected a tensor as end, got the number 1/],
  [[s.tensorOf([2]), s.tensorOf([2])], 'ArgumentError', /weight must be a number or a tensor, got undefined/],
];

/** Options of `addcmul` and `addcdiv`. */
export interface AddcOptions {
  /** What the product or quotient is multiplied by; 1 unless given. */
  readonly value?: number;
}

/** x + value y, where value y is not formed for 1. */
function addScaled(op: string, x: Tensor, y: Tensor, options: AddcOptions): Tensor {
  checkOptions(op, options, ['value']);
  const { value = 1 } = options;
  if (typeof value !== 'number') {
    throw new ArgumentError(`${op}: value must be a number, got ${kindOf(value)}`);
  }
  return x.add(value === 1 ? y : y.mul(value));
}

const addcSamples = (s: SampleKit, divisor: Parameters<SampleKit['tensor']>[0]): readonly unknown[] => {
  const [a, b] = s.broadcast(s.reals, divisor!);
  return [s.tensorOf(s.oneOf([a.shape, b.shape])), a, b, ...s.oneOf([[], [{ value: -0.5 }]])];
};

const addcRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 3]), s.tensorOf([3]), s.tensorOf([4])],
    'ShapeError',
    /\(2, 3\) and \(4,?\) do not broadcast/,
  ],
  [
    [s.tensorOf([2, 3]), s.tensorOf([4]), s.tensorOf([4])],
    'ShapeError',
    /\(2, 3\) and \(4,?\) do not broadcast/,
  ],
  [[s.tensorOf([2]), 1, s.tensorOf([2])], 'ArgumentError', /expected a tensor as a, got the number 1/],
  [[s.tensorOf([2]), s.tensorOf([2]), s.tensorOf([2]), 3], 'ArgumentError', /an object of options such as/],
  [
    [s.tensorOf([2]), s.tensorOf([2]), s.tensorOf([2]), { value: '1' }],
    'ArgumentError',
    /value must be a number, got the string '1'/,
  ],
];

/** The three tensors in one dtype and shape. */
function addends(op: string, x: Tensor, a: Tensor, b: Tensor): readonly [Tensor, Tensor, Tensor] {
  checkTensor(op, 'x', x);
  checkTensor(op, 'a', a);
  checkTensor(op, 'b', b);
  return matched(op, [x, a, b], false) as [Tensor, Tensor, Tensor];
}

/**
 * x + value a b, broadcast. Derivatives: 1, value b, value a. Errors: ShapeError when the shapes do not broadcast;
 * ArgumentError for a value that is not a number. PyTorch: `torch.addcmul`.
 *
 * @example
 * ```ts
 * import { addcmul, tensor } from '@tensortape/autograd';
 * console.log(addcmul(tensor([1, 2]), tensor([3, 4]), tensor([5, 6]), { value: 0.1 })); // tensor([2.5000, 4.4000])
 * ```
 */
export function addcmul(x: Tensor, a: Tensor, b: Tensor, options: AddcOptions = {}): Tensor {
  const [sum, left, right] = addends('addcmul', x, a, b);
  return addScaled('addcmul', sum, left.mul(right), options);
}
export const addcmulSamples: Samples = (s) => addcSamples(s, s.reals);
export const addcmulRefusals = addcRefusals;

/**
 * x + value a / b, broadcast. Derivatives: 1, value / b, -value a / b^2. Errors: ShapeError when the shapes do not
 * broadcast; DTypeError when both a and b are integers; ArgumentError for a value that is not a number.
 * PyTorch: `torch.addcdiv`.
 *
 * @example
 * ```ts
 * import { addcdiv, tensor } from '@tensortape/autograd';
 * console.log(addcdiv(tensor([1, 2]), tensor([3, 4]), tensor([5, 8]), { value: 10 })); // tensor([7., 7.])
 * ```
 */
export function addcdiv(x: Tensor, a: Tensor, b: Tensor, options: AddcOptions = {}): Tensor {
  const [sum, dividend, divisor] = addends('addcdiv', x, a, b);
  if (!isFloat(a.dtype) && !isFloat(b.dtype)) {
    throw new DTypeError(
      `addcdiv: a is ${a.dtype} and b ${b.dtype}; convert one to floating point, or round the quotient with div`,
    );
  }
  return addScaled('addcdiv', sum, dividend.div(divisor), options);
}
export const addcdivSamples: Samples = (s) => addcSamples(s, { apart: [0], margin: 0.4 });
export const addcdivRefusals: Refusals = (s) => [
  ...addcRefusals(s),
  [[s.tensorOf([2]), s.index([2], 3), s.index([2], 3)], 'DTypeError', /a is int32 and b int32; convert one/],
];

import type { CompareName } from '../kernels/kernels.ts';
import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { type Operand, operands } from '../tape/shorthands.ts';
import { constant, wrap } from '../tensor/core.ts';
import { getDefaultDType } from '../tensor/dtype.ts';
import { DTypeError } from '../tensor/errors.ts';
import { broadcastShapes } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { nonDifferentiable, type Samples } from './samples.ts';

function compare(name: CompareName, a: Operand, b: Operand): Tensor {
  const [x, y] = operands(name, a, b);
  return wrap(kernels.compare(name, x, y), 'bool', x.shape);
}

const piecewise = (samples: Samples) => nonDifferentiable('the result is bool', samples);

/**
 * Where a = b (NaN equals nothing). PyTorch: `torch.eq`.
 *
 * @example
 * ```ts
 * import { eq, tensor } from '@tensortape/autograd';
 * console.log(eq(tensor([1, 2]), 2)); // tensor([false,  true])
 * ```
 */
export const eq = (a: Operand, b: Operand): Tensor => compare('eq', a, b);
export const eqSamples = /* @__PURE__ */ piecewise((s) => s.operands(s.few, s.few));

/**
 * Where a >= b. PyTorch: `torch.ge`.
 *
 * @example
 * ```ts
 * import { ge, tensor } from '@tensortape/autograd';
 * console.log(ge(tensor([1, 2, 3]), 2)); // tensor([false,  true,  true])
 * ```
 */
export const ge = (a: Operand, b: Operand): Tensor => compare('ge', a, b);
export const geSamples = eqSamples;

/**
 * Where a > b. PyTorch: `torch.gt`.
 *
 * @example
 * ```ts
 * import { gt, tensor } from '@tensortape/autograd';
 * console.log(gt(tensor([1, 2, 3]), 2)); // tensor([false, false,  true])
 * ```
 */
export const gt = (a: Operand, b: Operand): Tensor => compare('gt', a, b);
export const gtSamples = eqSamples;

/**
 * Where a <= b. PyTorch: `torch.le`.
 *
 * @example
 * ```ts
 * import { le, tensor } from '@tensortape/autograd';
 * console.log(le(tensor([1, 2, 3]), 2)); // tensor([ true,  true, false])
 * ```
 */
export const le = (a: Operand, b: Operand): Tensor => compare('le', a, b);
export const leSamples = eqSamples;

/**
 * Where both a and b are not zero. PyTorch: `torch.logical_and`.
 *
 * @example
 * ```ts
 * import { logicalAnd, tensor } from '@tensortape/autograd';
 * console.log(logicalAnd(tensor([true, false]), tensor([true, true]))); // tensor([ true, false])
 * ```
 */
export const logicalAnd = (a: Operand, b: Operand): Tensor => compare('logicalAnd', a, b);
export const logicalAndSamples = eqSamples;

/**
 * Where x is zero. PyTorch: `torch.logical_not`.
 *
 * @example
 * ```ts
 * import { logicalNot, tensor } from '@tensortape/autograd';
 * console.log(logicalNot(tensor([0, 2]))); // tensor([ true, false])
 * ```
 */
export const logicalNot = (x: Tensor): Tensor => compare('eq', x, 0);
export const logicalNotSamples = /* @__PURE__ */ piecewise((s) => [s.tensor(s.few)]);

/**
 * Where a or b is not zero. PyTorch: `torch.logical_or`.
 *
 * @example
 * ```ts
 * import { logicalOr, tensor } from '@tensortape/autograd';
 * console.log(logicalOr(tensor([true, false]), tensor([false, false]))); // tensor([ true, false])
 * ```
 */
export const logicalOr = (a: Operand, b: Operand): Tensor => compare('logicalOr', a, b);
export const logicalOrSamples = eqSamples;

/**
 * Where exactly one of a and b is not zero. PyTorch: `torch.logical_xor`.
 *
 * @example
 * ```ts
 * import { logicalXor, tensor } from '@tensortape/autograd';
 * console.log(logicalXor(tensor([true, false]), tensor([true, true]))); // tensor([false,  true])
 * ```
 */
export const logicalXor = (a: Operand, b: Operand): Tensor => compare('logicalXor', a, b);
export const logicalXorSamples = eqSamples;

/**
 * Where a < b. PyTorch: `torch.lt`.
 *
 * @example
 * ```ts
 * import { lt, tensor } from '@tensortape/autograd';
 * console.log(lt(tensor([1, 2, 3]), 2)); // tensor([ true, false, false])
 * ```
 */
export const lt = (a: Operand, b: Operand): Tensor => compare('lt', a, b);
export const ltSamples = eqSamples;

/**
 * Where a != b. PyTorch: `torch.ne`.
 *
 * @example
 * ```ts
 * import { ne, tensor } from '@tensortape/autograd';
 * console.log(ne(tensor([1, 2]), 2)); // tensor([ true, false])
 * ```
 */
export const ne = (a: Operand, b: Operand): Tensor => compare('ne', a, b);
export const neSamples = eqSamples;

/**
 * Where x is NaN. PyTorch: `torch.isnan`.
 *
 * @example
 * ```ts
 * import { isnan, tensor } from '@tensortape/autograd';
 * console.log(isnan(tensor([1, Number.NaN]))); // tensor([false,  true])
 * ```
 */
export const isnan = (x: Tensor): Tensor => compare('ne', x, x);
export const isnanSamples = /* @__PURE__ */ piecewise((s) => [s.tensor(s.few)]);

/**
 * Where x is neither NaN nor infinite. PyTorch: `torch.isfinite`.
 *
 * @example
 * ```ts
 * import { isfinite, tensor } from '@tensortape/autograd';
 * console.log(isfinite(tensor([1, Number.POSITIVE_INFINITY]))); // tensor([ true, false])
 * ```
 */
export const isfinite = (x: Tensor): Tensor => compare('lt', x.abs(), Number.POSITIVE_INFINITY);
export const isfiniteSamples = isnanSamples;

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
 * Elements of `a` where `condition` holds and of `b` elsewhere; all three broadcast. The gradient of each goes only to
 * the elements that were taken. PyTorch: `torch.where`.
 *
 * Errors: DTypeError when the condition is not bool; ShapeError when the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { tensor, where } from '@tensortape/autograd';
 * console.log(where(tensor([true, false]), tensor([1, 2]), 0)); // tensor([1., 0.])
 * ```
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
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

import { kernels } from '../kernels/select.ts';
import { isGradEnabled } from '../tape/mode.ts';
import { leafNode } from '../tape/node.ts';
import { parentOf } from '../tape/record.ts';
import type { Operand } from '../tape/shorthands.ts';
import { constant, Tensor } from '../tensor/core.ts';
import { category, checkDType, type DType, isFloat, storable } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, GradientError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { Storage } from '../tensor/storage.ts';
import { add, mul, sub } from './arithmetic.ts';
import { identity } from './convert.ts';
import { type Subscript, writeAt } from './subscriptParts.ts';

/**
 * Refuses changes that would be lost or wrong: recorded ones of leaves and of views, and those of tensors whose elements share
 * memory. Whether the change has to be recorded is the answer.
 */
function checkWritable(op: string, target: Tensor, operandTracked: boolean): boolean {
  const recorded = isGradEnabled() && (target.requiresGrad || operandTracked);
  if (recorded && target.requiresGrad && target.isLeaf) {
    throw new GradientError(
      `${op}: a leaf that requires grad (of shape ${formatShape(target.shape)}) cannot be changed in place while recording; use noGrad(() => …)`,
    );
  }
  if (recorded && Tensor.isView(target)) {
    const made =
      target.gradFn === null ? `of shape ${formatShape(target.shape)}` : `made by '${target.gradFn}'`;
    throw new GradientError(
      `${op}: a view (${made}) cannot be changed in place while it, its base or the operand is tracked: the base would not see the ` +
        'gradient; change the base itself (base.set_(subscripts, value) for a part of it), or build the result with cat, stack or where',
    );
  }
  if (
    target.size > 0 &&
    !target.isContiguous &&
    target.strides.some((stride, axis) => stride === 0 && target.shape[axis]! > 1)
  ) {
    throw new ArgumentError(
      `${op}: several elements of this tensor (shape ${formatShape(target.shape)}, strides ${formatShape(target.strides)}) are one in ` +
        'memory, as expand leaves them; clone() it first',
    );
  }
  return recorded;
}

/** Marks the elements of `target` as changed, and moves it to the place on the tape of `value`, which describes them now. */
function commit(op: string, target: Tensor, value: Tensor, recorded: boolean): Tensor {
  target.storage.touch(op);
  if (recorded && isFloat(target.dtype)) {
    target.storage.recordedVersion = target.storage.version;
    Tensor.attach(target, Tensor.nodeOf(value), Tensor.slotOf(value));
  } else if (!target.requiresGrad) {
    Tensor.attach(target, null, 0);
  }
  return target;
}

/**
 * Writes `value` over the elements of `target` and moves `target` to the value's place on the tape.
 *
 * The storage's version grows, so that values saved earlier, and views made earlier, are refused instead of silently
 * giving wrong gradients. A change that the tape would have to record is refused on leaves and on views.
 */
export function overwrite(op: string, target: Tensor, value: Tensor): Tensor {
  const recorded = checkWritable(op, target, value.requiresGrad);
  if (!sameShape(value.shape, target.shape)) {
    throw new ShapeError(
      `${op}: the result has shape ${formatShape(value.shape)}, but the tensor changed in place ${formatShape(target.shape)}`,
    );
  }
  if (category(value.dtype) > category(target.dtype)) {
    throw new DTypeError(
      `${op}: the result is ${value.dtype} and does not fit a tensor of ${target.dtype}; use the out-of-place form`,
    );
  }
  const written = value.to(target.dtype);
  kernels.assign(target, written.storage === target.storage ? written.clone() : written);
  return commit(op, target, written, recorded);
}

/**
 * The form of an operation that writes its result over its first operand, which it returns. Rules read operands as they were
 * before the change: the tape keeps copies of those that it needs. Errors: those of the operation, and of {@link copyInPlace}.
 */
export function inPlace<A extends readonly unknown[]>(
  name: string,
  operation: (x: Tensor, ...operands: A) => Tensor,
): (x: Tensor, ...operands: A) => Tensor {
  return (x, ...operands) => overwrite(name, x, operation(...kept(x, operands)));
}

/** The operands of a change of `x` whose rule will read them afterwards: copies of what is about to be overwritten. */
function kept<A extends readonly unknown[]>(x: Tensor, operands: A): [x: Tensor, ...operands: A] {
  const tracks = [x, ...operands].some((operand) => operand instanceof Tensor && operand.requiresGrad);
  if (!isGradEnabled() || !tracks) return [x, ...operands];
  const copy = x.clone();
  const unchanged = (operand: unknown) => {
    if (operand === x) return copy;
    return operand instanceof Tensor ? apart(x, operand) : operand;
  };
  return [copy, ...operands.map(unchanged)] as [x: Tensor, ...operands: A];
}

/** Replaces the elements of `x` that `subscripts` name, in place; only these are written. See `Tensor.set_`. */
export function setInPlace(x: Tensor, subscripts: Subscript | readonly Subscript[], values: Operand): Tensor {
  const source = values instanceof Tensor ? apart(x, values.to(x.dtype)) : values;
  const recorded = checkWritable('set_', x, values instanceof Tensor && values.requiresGrad);
  if (isGradEnabled()) {
    // Before anything is written: a change that is refused halfway would leave elements that no version tells.
    parentOf(x);
    if (source instanceof Tensor) parentOf(source);
  }
  const list = Array.isArray(subscripts) ? (subscripts as readonly Subscript[]) : [subscripts as Subscript];
  return commit('set_', x, writeAt('set_', x, list, source), recorded);
}

/** A tensor whose elements a change of `x` leaves alone. */
function apart(x: Tensor, operand: Tensor): Tensor {
  return operand.storage === x.storage ? operand.clone() : operand;
}

/** Adds `alpha * other` to `x` in place. PyTorch: `Tensor.add_`. Errors: see {@link copyInPlace}. */
export function addInPlace(x: Tensor, other: Operand, alpha = 1): Tensor {
  return overwrite('add_', x, add(x, scaled(other, alpha)));
}

/** Subtracts `alpha * other` from `x` in place. PyTorch: `Tensor.sub_`. Errors: see {@link copyInPlace}. */
export function subInPlace(x: Tensor, other: Operand, alpha = 1): Tensor {
  return overwrite('sub_', x, sub(x, scaled(other, alpha)));
}

function scaled(other: Operand, alpha: number): Operand {
  if (alpha === 1) return other;
  return typeof other === 'number' ? other * alpha : mul(other, alpha);
}

/** Multiplies `x` by `other` in place. PyTorch: `Tensor.mul_`. Errors: see {@link copyInPlace}. */
export function mulInPlace(x: Tensor, other: Operand): Tensor {
  // Times a number, nothing of x is read afterwards.
  return typeof other === 'number' ? overwrite('mul_', x, mul(x, other)) : mulByTensor(x, other);
}
const mulByTensor = /* @__PURE__ */ inPlace('mul_', mul);

/**
 * Writes the elements of `source`, broadcast, over those of `x`. PyTorch: `Tensor.copy_`.
 *
 * Errors: GradientError on a tracked leaf or a view while recording; ShapeError; DTypeError when the result does not fit;
 * ArgumentError for an expanded tensor, whose elements share memory.
 */
export function copyInPlace(x: Tensor, source: Tensor): Tensor {
  return overwrite('copy_', x, identity(source.to(x.dtype).expand(x.shape)));
}

/**
 * Sets every element of `x` to `value`. PyTorch: `Tensor.fill_`. Errors: see {@link copyInPlace}; DTypeError for a value
 * that the dtype cannot hold.
 */
export function fillInPlace(x: Tensor, value: number): Tensor {
  return overwrite('fill_', x, constant(storable('fill_', value, x.dtype), x.dtype, x.shape));
}

/**
 * Turns a leaf into another dtype in place: everything that holds the tensor goes on with the converted one. Its `grad`
 * is converted with it. Views made before keep the old elements. PyTorch: assigning `Tensor.data`.
 *
 * Errors: GradientError for a recorded result; DTypeError when a tensor that requires grad would turn into integers.
 */
export function toInPlace(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === checkDType(dtype, 'to_')) return x;
  const node = Tensor.nodeOf(x);
  if (!x.isLeaf) {
    throw new GradientError(`to_: this is the result of '${x.gradFn}', not a leaf; use to('${dtype}')`);
  }
  if (node !== null && !isFloat(dtype)) {
    throw new DTypeError(
      `to_: a tensor that requires grad cannot become ${dtype}; call requiresGrad_(false) first`,
    );
  }
  const storage = new Storage(kernels.cast(x, dtype).array);
  // A value saved before is told from the new elements by its version.
  storage.version = x.storage.version;
  storage.touch('to_');
  Tensor.replace(x, storage, dtype);
  const leaf = node && leafNode(x);
  if (leaf) leaf.watchers = node.watchers;
  Tensor.attach(x, leaf, 0);
  if (x.grad !== null) x.grad = x.grad.detach().to(dtype);
  return x;
}

import { kernels } from '../kernels/select.ts';
import { isGradEnabled } from '../tape/mode.ts';
import { leafNode } from '../tape/node.ts';
import { constant, Tensor } from '../tensor/core.ts';
import { category, checkDType, type DType, isFloat, storable } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, GradientError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { Storage } from '../tensor/storage.ts';
import { add, mul, sub } from './arithmetic.ts';
import { identity } from './convert.ts';
import { div } from './division.ts';

/**
 * Writes `value` over the elements of `target` and moves `target` to the value's place on the tape.
 *
 * The storage's version grows, so that values saved earlier, and views made earlier, are refused instead of silently
 * giving wrong gradients. A change that the tape would have to record is refused on leaves and on views.
 */
export function overwrite(op: string, target: Tensor, value: Tensor): Tensor {
  const recorded = isGradEnabled() && (target.requiresGrad || value.requiresGrad);
  if (recorded && target.requiresGrad && target.isLeaf) {
    throw new GradientError(
      `${op}: a leaf that requires grad cannot be changed in place while recording; use noGrad(() => …)`,
    );
  }
  if (recorded && Tensor.isView(target)) {
    throw new GradientError(
      `${op}: a view cannot be changed in place while it, its base or the operand is tracked: the base would not see the ` +
        'gradient; change the base itself, or build the result with cat, stack or where',
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
  target.storage.touch(op);
  if (recorded && isFloat(target.dtype)) {
    target.storage.recordedVersion = target.storage.version;
    Tensor.attach(target, Tensor.nodeOf(written), Tensor.slotOf(written));
  } else if (!target.requiresGrad) {
    Tensor.attach(target, null, 0);
  }
  return target;
}

/** Adds `alpha * other` to `x` in place. PyTorch: `Tensor.add_`. Errors: see {@link copyInPlace}. */
export function addInPlace(x: Tensor, other: Tensor | number, alpha = 1): Tensor {
  return overwrite('add_', x, add(x, scaled(other, alpha)));
}

/** Subtracts `alpha * other` from `x` in place. PyTorch: `Tensor.sub_`. Errors: see {@link copyInPlace}. */
export function subInPlace(x: Tensor, other: Tensor | number, alpha = 1): Tensor {
  return overwrite('sub_', x, sub(x, scaled(other, alpha)));
}

function scaled(other: Tensor | number, alpha: number): Tensor | number {
  if (alpha === 1) return other;
  return typeof other === 'number' ? other * alpha : mul(other, alpha);
}

/** Multiplies `x` by `other` in place. PyTorch: `Tensor.mul_`. Errors: see {@link copyInPlace}. */
export function mulInPlace(x: Tensor, other: Tensor | number): Tensor {
  return overwrite('mul_', x, typeof other === 'number' ? mul(x, other) : mul(...kept(x, other)));
}

/** Divides `x` by `other` in place. PyTorch: `Tensor.div_`. Errors: see {@link copyInPlace}. */
export function divInPlace(x: Tensor, other: Tensor | number): Tensor {
  return overwrite('div_', x, div(...kept(x, other)));
}

/** The operands of a change of `x` whose rule will read them afterwards: copies of what is about to be overwritten. */
function kept<T extends Tensor | number>(x: Tensor, other: T): readonly [Tensor, T | Tensor] {
  const tracks = x.requiresGrad || (typeof other !== 'number' && other.requiresGrad);
  if (!isGradEnabled() || !tracks) return [x, other];
  const copy = x.clone();
  if (other === x) return [copy, copy];
  return [copy, typeof other !== 'number' && other.storage === x.storage ? other.clone() : other];
}

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

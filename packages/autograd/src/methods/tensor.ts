import { type BackwardOptions, backward } from '../engine/backward.ts';
import { kernels } from '../kernels/select.ts';
import { leafNode } from '../tape/node.ts';
import { Tensor } from '../tensor/core.ts';
import { isFloat, type NumericArray } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, GradientError } from '../tensor/errors.ts';
import { formatTensor } from '../tensor/format.ts';
import type { Nested } from '../tensor/nested.ts';
import { formatShape } from '../tensor/shape.ts';
import { InPlaceMethods } from './inplace.ts';

/** A tensor as plain data. */
export interface TensorJson {
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The type of the elements. */
  readonly dtype: string;
  /** The elements, nested as deep as there are axes. */
  readonly data: Nested;
}

/** Takes a hook off again. */
export interface HookHandle {
  /** Removes the hook; calling it again does nothing. */
  remove(): void;
}

/** Puts a hook behind others. */
function registered<T>(hooks: T[], hook: T): HookHandle {
  hooks.push(hook);
  return {
    remove() {
      const at = hooks.indexOf(hook);
      if (at >= 0) hooks.splice(at, 1);
    },
  };
}

/** Differentiation, reading and printing: the top of the chain of methods. */
export abstract class TensorMethods extends InPlaceMethods {
  /**
   * Computes the gradient of this tensor with respect to every leaf it was computed from, and adds it to their `grad`.
   * `gradient` is the cotangent to start from; it may be left out for one element. See {@link backward} for errors.
   */
  backward(this: Tensor, gradient?: Tensor, options?: BackwardOptions): void {
    backward(this, gradient, options);
  }

  /**
   * Starts (or stops) recording operations on this tensor, and returns it. PyTorch: `Tensor.requires_grad_`.
   * Errors: DTypeError for integers; GradientError when stopping on a recorded result.
   */
  requiresGrad_<T extends Tensor>(this: T, requiresGrad = true): T {
    if (requiresGrad && !isFloat(this.dtype)) {
      throw new DTypeError(
        `requiresGrad_: only floating point tensors can require grad, this one is ${this.dtype}`,
      );
    }
    if (!requiresGrad && !this.isLeaf) {
      throw new GradientError(
        `requiresGrad_: this is the result of '${this.gradFn}', not a leaf; use detach()`,
      );
    }
    if (requiresGrad !== this.requiresGrad) Tensor.attach(this, requiresGrad ? leafNode(this) : null, 0);
    return this;
  }

  /** Asks `backward` to keep the gradient of this recorded result in `grad`. PyTorch: `Tensor.retain_grad`. */
  retainGrad(this: Tensor): void {
    const node = Tensor.nodeOf(this);
    if (node === null)
      throw new GradientError('retainGrad: the tensor is not tracked, so it has no gradient to keep');
    if (node.variable !== null) return;
    const { retained } = node.watch();
    if (!retained.some(({ tensor }) => tensor === this))
      retained.push({ slot: Tensor.slotOf(this), tensor: this });
  }

  /**
   * Calls `hook` with the gradient of this tensor whenever a sweep has completed it; what it returns, if anything,
   * replaces the gradient. PyTorch: `Tensor.register_hook`. Errors: GradientError for an untracked tensor, and in the sweep
   * for a hook that changes the gradient in place, since others may share its elements.
   */
  registerHook(this: Tensor, hook: (grad: Tensor) => Tensor | undefined): HookHandle {
    const node = Tensor.nodeOf(this);
    if (node === null)
      throw new GradientError('registerHook: the tensor is not tracked, so no gradient will pass here');
    return registered(node.watch().hooks, { slot: Tensor.slotOf(this), hook });
  }

  /**
   * Calls `hook` with this leaf whenever a `backward` has added to its `grad`, after the whole sweep and without recording (unless
   * that has `createGraph`): to step an optimizer, or to clip. PyTorch: `Tensor.register_post_accumulate_grad_hook`. Errors: GradientError for what is not a leaf that requires grad.
   */
  registerPostAccumulateGradHook(this: Tensor, hook: (leaf: Tensor) => void): HookHandle {
    const node = Tensor.nodeOf(this);
    if (node === null || node.variable === null) {
      throw new GradientError(
        `registerPostAccumulateGradHook: this is ${node === null ? 'not tracked' : `the result of '${node.op.name}'`}, and only ` +
          'leaves that require grad accumulate; use registerHook()',
      );
    }
    return registered(node.watch().accumulated, hook);
  }

  /** The one element as a number (1 and 0 for bool). Errors: ArgumentError unless there is exactly one. */
  item(this: Tensor): number {
    if (this.size !== 1) {
      throw new ArgumentError(
        `item: expected one element, the tensor has ${this.size} (shape ${formatShape(this.shape)}); use toArray()`,
      );
    }
    return this.storage.array[this.offset]!;
  }

  /** The elements as a number, or as lists nested as deep as there are axes. PyTorch: `Tensor.tolist`. */
  toArray(this: Tensor): Nested {
    const { array } = this.storage;
    const value = (at: number) => (this.dtype === 'bool' ? array[at] !== 0 : array[at]!);
    const level = (axis: number, at: number): Nested =>
      axis === this.ndim
        ? value(at)
        : Array.from({ length: this.shape[axis]! }, (_, i) => level(axis + 1, at + i * this.strides[axis]!));
    return level(0, this.offset);
  }

  /** The elements in row-major order, as a copy in an array of its own. */
  toTypedArray(this: Tensor): NumericArray {
    return kernels.cast(this, this.dtype).array;
  }

  /** The tensor as PyTorch prints it, with its dtype, and the operation that made it. */
  override toString(this: Tensor): string {
    const suffixes =
      this.gradFn !== null ? [`gradFn=<${this.gradFn}>`] : this.requiresGrad ? ['requiresGrad=true'] : [];
    return formatTensor(this, suffixes);
  }

  /** What JSON.stringify shows: shape, dtype and elements. */
  toJSON(this: Tensor): TensorJson {
    return { shape: this.shape, dtype: this.dtype, data: this.toArray() };
  }

  /** What a text is made of. JavaScript's operators would compare and join such texts, so they are refused. */
  [Symbol.toPrimitive](this: Tensor, hint: string): string {
    if (hint === 'string') return this.toString();
    throw new ArgumentError(
      "JavaScript's operators do not work on tensors: write a.add(b) for a + b, a.lt(b) for a < b, a.item() for the number in a tensor of " +
        'one element, and a.toString() in texts',
    );
  }

  /** What console.log shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](this: Tensor): string {
    return this.toString();
  }
}

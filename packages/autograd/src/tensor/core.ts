import type { TensorMethods } from '../methods/tensor.ts';
import type { Node } from '../tape/node.ts';
import type { DType } from './dtype.ts';
import { ShapeError } from './errors.ts';
import { formatShape, type Shape, sizeOf } from './shape.ts';
import { allocate, Storage } from './storage.ts';
import { contiguousStrides, isRowMajor, type Layout } from './view.ts';
import { warn } from './warnings.ts';

// One object for all scalars, so that equal shapes are told by one comparison.
const noAxes: Shape = Object.freeze([]);

/**
 * An n-dimensional array of numbers that remembers how it was computed, so that derivatives can be taken.
 *
 * Make one with {@link tensor}, {@link zeros}, {@link rand} …; read it with `item()`, `toArray()`, `toTypedArray()`.
 * There is nothing to free.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * const x = tensor([1, 2, 3], { requiresGrad: true });
 * x.square().sum().backward();
 * console.log(x.grad?.toArray()); // [ 2, 4, 6 ]
 * ```
 */
export class Tensor {
  /** @internal The storage that holds the elements, perhaps together with those of other views. */
  readonly storage: Storage;
  /** The type of the elements. */
  readonly dtype: DType;
  /** The length of each axis. */
  readonly shape: Shape;
  /** How many elements of the storage one step along each axis skips. */
  readonly strides: Shape;
  /** Where the first element stands in the storage. */
  readonly offset: number;
  /** The number of elements. */
  readonly size: number;
  /** Whether the elements stand next to each other in row-major order. */
  readonly isContiguous: boolean;

  // Private, so that no test matcher or printer walks from a tensor into the whole graph behind it.
  #node: Node | null = null;
  #slot = 0;
  #version: number;
  #isView = false;
  #grad: Tensor | null = null;

  /** @internal Shows `storage` through a layout; row-major from the start of the storage unless strides are given. */
  constructor(storage: Storage, dtype: DType, shape: Shape, strides?: Shape, offset = 0) {
    this.storage = storage;
    this.dtype = dtype;
    this.shape = shape.length === 0 ? noAxes : shape;
    this.strides = strides ?? contiguousStrides(shape);
    this.offset = offset;
    this.size = sizeOf(shape);
    this.isContiguous = strides === undefined || isRowMajor(shape, strides);
    this.#version = storage.version;
  }

  /** A view with the axes in reverse order. PyTorch: `Tensor.T`. */
  get T(): Tensor {
    return this.permute(this.shape.map((_, axis) => this.ndim - 1 - axis));
  }

  /** A view with the last two axes exchanged. PyTorch: `Tensor.mT`. Errors: ShapeError below two axes. */
  get mT(): Tensor {
    if (this.ndim < 2)
      throw new ShapeError(`mT: expected at least two axes, got shape ${formatShape(this.shape)}`);
    return this.transpose(-2, -1);
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Whether operations on this tensor are recorded for differentiation. */
  get requiresGrad(): boolean {
    return this.#node !== null;
  }

  /** Whether this tensor was made by the user rather than by a recorded operation. */
  get isLeaf(): boolean {
    return this.#node === null || this.#node.variable !== null;
  }

  /** The name of the operation that made this tensor, or null for a leaf. */
  get gradFn(): string | null {
    return this.#node === null || this.#node.variable !== null ? null : this.#node.op.name;
  }

  /** The gradient that `backward` accumulated here: on leaves, and on tensors with `retainGrad()`. */
  get grad(): Tensor | null {
    if (this.#grad === null && this.#node !== null && !keepsGrad(this.#node)) {
      warn(
        'nonLeaf',
        `grad of the result of '${this.#node.op.name}' is null: backward fills it for leaves only; call retainGrad() on a result before backward`,
      );
    }
    return this.#grad;
  }

  /** Replaces the accumulated gradient; null clears it. */
  set grad(value: Tensor | null) {
    this.#grad = value;
  }

  /** @internal The accumulated gradient, read without the advice that `grad` gives. */
  static gradOf(tensor: Tensor): Tensor | null {
    return tensor.#grad;
  }

  /** @internal The node that made a tensor, or null when it is not tracked. */
  static nodeOf(tensor: Tensor): Node | null {
    return tensor.#node;
  }

  /** @internal Which output of its node a tensor is. */
  static slotOf(tensor: Tensor): number {
    return tensor.#slot;
  }

  /** @internal The storage's version at which the node described the elements. */
  static versionOf(tensor: Tensor): number {
    return tensor.#version;
  }

  /** @internal Whether a tensor was made as a view of another. */
  static isView(tensor: Tensor): boolean {
    return tensor.#isView;
  }

  /** @internal Marks a tensor as a view of another. */
  static markView(tensor: Tensor): void {
    tensor.#isView = true;
  }

  /** @internal Ties a tensor, as it now is, to an output of a node. */
  static attach(tensor: Tensor, node: Node | null, slot: number): void {
    tensor.#node = node;
    tensor.#slot = slot;
    tensor.#version = tensor.storage.version;
  }

  /** @internal Puts other elements of the same shape behind a tensor; whoever holds the tensor sees them. */
  static replace(tensor: Tensor, storage: Storage, dtype: DType): void {
    const strides = contiguousStrides(tensor.shape);
    Object.assign(tensor, { storage, dtype, strides, offset: 0, isContiguous: true });
    tensor.#isView = false;
  }
}

/** The operations: `tensor.ts` puts them behind the prototype. As superclasses they would cost 40-60 ns a tensor. */
export interface Tensor extends TensorMethods {}

/** Whether backward leaves gradients at a node: at leaves, and where they are retained. */
function keepsGrad({ variable, watchers }: Node): boolean {
  return variable !== null || (watchers !== null && watchers.retained.length > 0);
}

/** A row-major tensor over the whole of a storage: how ops turn a kernel's result into a tensor. */
export function wrap(storage: Storage, dtype: DType, shape: Shape): Tensor {
  return new Tensor(storage, dtype, shape);
}

/** A tensor that shares the storage of `x` under another layout. */
export function wrapView(x: Tensor, layout: Layout): Tensor {
  const view = new Tensor(x.storage, x.dtype, layout.shape, layout.strides, layout.offset);
  Tensor.markView(view);
  return view;
}

/** One number, shown as a tensor of any shape without storing it more than once. */
export function constant(value: number, dtype: DType, shape: Shape): Tensor {
  const array = allocate(dtype, 1);
  array[0] = value;
  return new Tensor(
    new Storage(array),
    dtype,
    shape,
    shape.length === 0 ? shape : new Array(shape.length).fill(0),
  );
}

/** The same elements as `x`, off the tape. */
export function alias(x: Tensor): Tensor {
  return new Tensor(x.storage, x.dtype, x.shape, x.strides, x.offset);
}

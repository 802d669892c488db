import { ArgumentError, type PadMode, pad, type Tensor } from '@tensortape/autograd';
import { describe } from '../describe.ts';
import { Module } from '../module.ts';

/** How much to add before and behind the last axis. */
export type Margins1d = readonly [left: number, right: number];
/** How much to add before and behind the last axis, then the one before it. */
export type Margins2d = readonly [...Margins1d, top: number, bottom: number];
/** How much to add before and behind the last axis, then each one before it. */
export type Margins3d = readonly [...Margins2d, front: number, back: number];

/** Adds something on both sides of the last axes. */
abstract class Padding<Margins extends readonly number[]> extends Module {
  /** How much to add before and behind each axis, the last axis first; negative numbers cut off. */
  readonly padding: Margins;
  readonly #mode: PadMode;
  readonly #value: number;

  constructor(axes: number, padding: number | Margins, mode: PadMode, value = 0) {
    super();
    const list: readonly number[] =
      typeof padding === 'number' ? new Array<number>(2 * axes).fill(padding) : padding;
    if (list.length !== 2 * axes || !list.every(Number.isSafeInteger)) {
      throw new ArgumentError(
        `${new.target.name}: padding is ${typeof padding === 'number' ? padding : `[${list.join(', ')}]`}, expected a whole ` +
          `number, or ${2 * axes}: two for each axis, the last axis first`,
      );
    }
    this.padding = list as Margins;
    this.#mode = mode;
    this.#value = value;
  }

  /** `x` with something added on both sides of its last axes. */
  forward(x: Tensor): Tensor {
    return pad(x, this.padding, this.#mode, ...(this.#mode === 'constant' ? [this.#value] : []));
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ padding: this.padding }).slice('padding='.length);
  }
}

/**
 * Adds zeros around (n, channels, length), or without n: see {@link functional.pad}.
 * PyTorch: `torch.nn.ZeroPad1d`. Errors: ArgumentError for margins that are not whole numbers.
 *
 * @example
 * ```ts
 * import { ZeroPad1d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new ZeroPad1d(1).forward(tensor([[[1, 2, 3]]])).toArray()); // [ [ [ 0, 1, 2, 3, 0 ] ] ]
 * ```
 */
export class ZeroPad1d extends Padding<Margins1d> {
  /** @param padding How much on every side, or for each side: left, right. */
  constructor(padding: number | Margins1d) {
    super(1, padding, 'constant');
  }
}

/**
 * Adds zeros around (n, channels, height, width), or without n: see {@link ZeroPad1d}.
 * PyTorch: `torch.nn.ZeroPad2d`.
 */
export class ZeroPad2d extends Padding<Margins2d> {
  /** @param padding How much on every side, or for each side: left, right, top, bottom. */
  constructor(padding: number | Margins2d) {
    super(2, padding, 'constant');
  }
}

/**
 * Adds zeros around (n, channels, depth, height, width), or without n: see {@link ZeroPad1d}.
 * PyTorch: `torch.nn.ZeroPad3d`.
 */
export class ZeroPad3d extends Padding<Margins3d> {
  /** @param padding How much on every side, or for each side: left, right, top, bottom, front, back. */
  constructor(padding: number | Margins3d) {
    super(3, padding, 'constant');
  }
}

/**
 * Adds the mirror image of the elements inside, the edge not repeated, around (n, channels, length), or without n: see {@link functional.pad}.
 * PyTorch: `torch.nn.ReflectionPad1d`. Errors: ArgumentError for margins that are not whole numbers and one that is not shorter than its axis.
 *
 * @example
 * ```ts
 * import { ReflectionPad1d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new ReflectionPad1d(1).forward(tensor([[[1, 2, 3]]])).toArray()); // [ [ [ 2, 1, 2, 3, 2 ] ] ]
 * ```
 */
export class ReflectionPad1d extends Padding<Margins1d> {
  /** @param padding How much on every side, or for each side: left, right. */
  constructor(padding: number | Margins1d) {
    super(1, padding, 'reflect');
  }
}

/**
 * Adds the mirror image of the elements inside, the edge not repeated, around (n, channels, height, width), or without n: see {@link ReflectionPad1d}.
 * PyTorch: `torch.nn.ReflectionPad2d`.
 */
export class ReflectionPad2d extends Padding<Margins2d> {
  /** @param padding How much on every side, or for each side: left, right, top, bottom. */
  constructor(padding: number | Margins2d) {
    super(2, padding, 'reflect');
  }
}

/**
 * Adds the mirror image of the elements inside, the edge not repeated, around (n, channels, depth, height, width), or without n: see {@link ReflectionPad1d}.
 * PyTorch: `torch.nn.ReflectionPad3d`.
 */
export class ReflectionPad3d extends Padding<Margins3d> {
  /** @param padding How much on every side, or for each side: left, right, top, bottom, front, back. */
  constructor(padding: number | Margins3d) {
    super(3, padding, 'reflect');
  }
}

/**
 * Repeats the elements at the edges around (n, channels, length), or without n: see {@link functional.pad}.
 * PyTorch: `torch.nn.ReplicationPad1d`. Errors: ArgumentError for margins that are not whole numbers.
 *
 * @example
 * ```ts
 * import { ReplicationPad1d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new ReplicationPad1d(1).forward(tensor([[[1, 2, 3]]])).toArray()); // [ [ [ 1, 1, 2, 3, 3 ] ] ]
 * ```
 */
export class ReplicationPad1d extends Padding<Margins1d> {
  /** @param padding How much on every side, or for each side: left, right. */
  constructor(padding: number | Margins1d) {
    super(1, padding, 'replicate');
  }
}

/**
 * Repeats the elements at the edges around (n, channels, height, width), or without n: see {@link ReplicationPad1d}.
 * PyTorch: `torch.nn.ReplicationPad2d`.
 */
export class ReplicationPad2d extends Padding<Margins2d> {
  /** @param padding How much on every side, or for each side: left, right, top, bottom. */
  constructor(padding: number | Margins2d) {
    super(2, padding, 'replicate');
  }
}

/**
 * Repeats the elements at the edges around (n, channels, depth, height, width), or without n: see {@link ReplicationPad1d}.
 * PyTorch: `torch.nn.ReplicationPad3d`.
 */
export class ReplicationPad3d extends Padding<Margins3d> {
  /** @param padding How much on every side, or for each side: left, right, top, bottom, front, back. */
  constructor(padding: number | Margins3d) {
    super(3, padding, 'replicate');
  }
}

/**
 * Adds the elements from the other end around (n, channels, length), or without n: see {@link functional.pad}.
 * PyTorch: `torch.nn.CircularPad1d`. Errors: ArgumentError for margins that are not whole numbers and one that is longer than its axis.
 *
 * @example
 * ```ts
 * import { CircularPad1d } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(new CircularPad1d(1).forward(tensor([[[1, 2, 3]]])).toArray()); // [ [ [ 3, 1, 2, 3, 1 ] ] ]
 * ```
 */
export class CircularPad1d extends Padding<Margins1d> {
  /** @param padding How much on every side, or for each side: left, right. */
  constructor(padding: number | Margins1d) {
    super(1, padding, 'circular');
  }
}

/**
 * Adds the elements from the other end around (n, channels, height, width), or without n: see {@link CircularPad1d}.
 * PyTorch: `torch.nn.CircularPad2d`.
 */
export class CircularPad2d extends Padding<Margins2d> {
  /** @param padding How much on every side, or for each side: left, right, top, bottom. */
  constructor(padding: number | Margins2d) {
    super(2, padding, 'circular');
  }
}

/**
 * Adds the elements from the other end around (n, channels, depth, height, width), or without n: see {@link CircularPad1d}.
 * PyTorch: `torch.nn.CircularPad3d`.
 */
export class CircularPad3d extends Padding<Margins3d> {
  /** @param padding How much on every side, or for each side: left, right, top, bottom, front, back. */
  constructor(padding: number | Margins3d) {
    super(3, padding, 'circular');
  }
}

/** Adds a constant on both sides of the last axes. */
abstract class ConstantPadding<Margins extends readonly number[]> extends Padding<Margins> {
  /** What is added. */
  readonly value: number;

  constructor(axes: number, padding: number | Margins, value: number) {
    super(axes, padding, 'constant', value);
    this.value = value;
  }

  /** The options. */
  override extraRepr(): string {
    return describe({ padding: this.padding, value: this.value });
  }
}

/**
 * Adds a constant around (n, channels, length), or without n: see {@link functional.pad}.
 * PyTorch: `torch.nn.ConstantPad1d`.
 */
export class ConstantPad1d extends ConstantPadding<Margins1d> {
  /**
   * @param padding How much on every side, or for each side: left, right.
   * @param value What is added.
   */
  constructor(padding: number | Margins1d, value: number) {
    super(1, padding, value);
  }
}

/**
 * Adds a constant around (n, channels, height, width), or without n: see {@link functional.pad}.
 * PyTorch: `torch.nn.ConstantPad2d`.
 */
export class ConstantPad2d extends ConstantPadding<Margins2d> {
  /**
   * @param padding How much on every side, or for each side: left, right, top, bottom.
   * @param value What is added.
   */
  constructor(padding: number | Margins2d, value: number) {
    super(2, padding, value);
  }
}

/**
 * Adds a constant around (n, channels, depth, height, width), or without n: see {@link functional.pad}.
 * PyTorch: `torch.nn.ConstantPad3d`.
 */
export class ConstantPad3d extends ConstantPadding<Margins3d> {
  /**
   * @param padding How much on every side, or for each side: left, right, top, bottom, front, back.
   * @param value What is added.
   */
  constructor(padding: number | Margins3d, value: number) {
    super(3, padding, value);
  }
}

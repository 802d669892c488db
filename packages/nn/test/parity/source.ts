import {
  arange,
  type FloatDType,
  Generator,
  randn,
  type Shape,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';
import type * as nn from '@tensortape/nn';
import fc from 'fast-check';

/** What fast-check draws, and shrinks. */
export class Source {
  readonly #draw: fc.GeneratorValue;
  /** The dtype of the module and its inputs. */
  readonly dtype: FloatDType;
  /** Whether the module is in training mode. */
  readonly training: boolean;

  constructor(draw: fc.GeneratorValue) {
    this.#draw = draw;
    this.dtype = this.oneOf(['float64', 'float32']);
    this.training = this.flag();
  }

  integer(min: number, max: number): number {
    return this.#draw(fc.integer, { min, max });
  }

  oneOf<const T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)]!;
  }

  flag(): boolean {
    return this.oneOf([true, false]);
  }

  shape(minRank: number, maxRank: number): number[] {
    return Array.from({ length: this.integer(minRank, maxRank) }, () => this.integer(1, 4));
  }

  /** One number, or one for each axis. */
  perAxis(axes: number, min: number, max: number): number | number[] {
    if (this.flag()) return this.integer(min, max);
    return Array.from({ length: axes }, () => this.integer(min, max));
  }

  /** (n, channels, …), or without n, with lengths in a range. */
  images(axes: number, channels: number, min: number, max: number, batch = this.flag()): Tensor {
    const lengths = Array.from({ length: axes }, () => this.integer(min, max));
    return this.reals([...(batch ? [this.integer(1, 2)] : []), channels, ...lengths]);
  }

  /** Normals with few digits, none of them 0: a module's input, which gets a gradient. */
  reals(shape: Shape, scale = 2): Tensor {
    return this.constant(shape, scale).requiresGrad_();
  }

  /** As {@link reals}, with neighbours far apart, so that no variance is small: it would multiply float32's rounding. */
  spread(shape: Shape): Tensor {
    const places = shape.map((length, axis) =>
      arange(length, { dtype: this.dtype }).reshape(shape.map((_, other) => (other === axis ? length : 1))),
    );
    const parity = places.reduce((sum, place) => sum.add(place)).remainder(2);
    return this.constant(shape, 0.5).add(parity.mul(4).sub(2)).requiresGrad_();
  }

  /** As {@link reals}, without a gradient. */
  constant(shape: Shape, scale = 2): Tensor {
    const generator = new Generator(this.integer(0, 1e6));
    return randn(shape, { dtype: this.dtype, generator })
      .mul(512 * scale)
      .round()
      .add(0.5)
      .div(512);
  }

  /** Values in (0, 1), which get a gradient. */
  shares(shape: Shape): Tensor {
    return this.weights(shape).requiresGrad_();
  }

  /** Values in (0, 1), without a gradient. */
  weights(shape: Shape): Tensor {
    return this.constant(shape).sigmoid().mul(1000).ceil().sub(0.5).div(1000);
  }

  /** -1 or 1. */
  signs(shape: Shape): Tensor {
    return this.constant(shape).sign();
  }

  /** Whole numbers from `min` to `max`. */
  indices(shape: Shape, min: number, max: number): Tensor {
    const values = zeros(shape, { dtype: 'int32' }).toTypedArray();
    return tensor(
      values.map(() => this.integer(min, max)),
      { shape },
    );
  }

  /** Classes below `count`, and now and then `ignored`. */
  classes(shape: Shape, count: number, ignored: number): Tensor {
    const label = (): number => (this.integer(0, 4) === 0 ? ignored : this.integer(0, count - 1));
    return tensor(zeros(shape, { dtype: 'int32' }).toTypedArray().map(label), { shape });
  }

  /** True, now and then. */
  mask(shape: Shape): Tensor {
    return this.indices(shape, 0, 3).eq(0);
  }

  /** A value, or null as the absence of an option. */
  maybe<T>(make: () => T): T | null {
    return this.flag() ? make() : null;
  }

  reduction(): nn.functional.Reduction {
    return this.oneOf(['mean', 'sum', 'none']);
  }
}

/** What a module is made of and called with. Arguments and options are PyTorch's too, under its spelling of the names. */
export interface Case {
  readonly args?: readonly unknown[];
  readonly options?: Readonly<Record<string, unknown>>;
  /** Tensors, lists of them, and last, if at all, an object of options. */
  readonly inputs: readonly unknown[];
}

/** How to draw the cases of each module. */
export type Cases = Readonly<Record<string, (source: Source) => Case>>;

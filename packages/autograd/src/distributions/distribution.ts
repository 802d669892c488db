import { arange, tensor } from '../create.ts';
import { defaultGenerator, type RandomOptions } from '../ops/random.ts';
import type { Generator } from '../random/generator.ts';
import { noGrad } from '../tape/mode.ts';
import type { Operand } from '../tape/shorthands.ts';
import { type DType, isFloat } from '../tensor/dtype.ts';
import { ArgumentError, GradientError, ShapeError } from '../tensor/errors.ts';
import {
  broadcastShapes,
  checkShape,
  formatPosition,
  formatShape,
  type Shape,
  sameShape,
} from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { Constraint } from './constraints.ts';

/** Options of every distribution. */
export interface DistributionOptions {
  /**
   * Whether parameters, and the values that `logProb` and `cdf` are asked about, are checked; default true. Without
   * checks illegal ones give NaN, or the limit of the formula.
   */
  readonly validateArgs?: boolean;
}

/**
 * A probability distribution, or a batch of independent ones of one family. Samples have the shape
 * (sample shape, batch shape, event shape): the event is one draw, () for numbers and (k,) for vectors.
 *
 * PyTorch: `torch.distributions.Distribution`.
 */
export abstract class Distribution {
  /** The name of the family. */
  readonly name: string;
  /** The shape of the batch: that of the parameters, broadcast. */
  readonly batchShape: Shape;
  /** The shape of one draw. */
  readonly eventShape: Shape;
  /** Whether `rsample` gives draws that are differentiable in the parameters. */
  readonly hasRsample: boolean = true;
  /** Whether arguments are checked. */
  readonly validateArgs: boolean;

  /** @internal Distributions are made by the constructors of the families. */
  protected constructor(
    name: string,
    batchShape: Shape,
    eventShape: Shape,
    { validateArgs = true }: DistributionOptions,
  ) {
    this.name = name;
    this.batchShape = batchShape;
    this.eventShape = eventShape;
    this.validateArgs = validateArgs;
  }

  /** The values that draws can have. */
  abstract get support(): Constraint;
  /** The mean; NaN where there is none. */
  abstract get mean(): Tensor;
  /** The variance; NaN where there is none. */
  abstract get variance(): Tensor;
  /** The most likely value; NaN where all are equally likely. */
  abstract get mode(): Tensor;

  /** The standard deviation: the square root of the variance. */
  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** The same distribution with its batch expanded to `batchShape`, without copies. Errors: ShapeError. */
  abstract expand(batchShape: Shape): Distribution;

  /**
   * ln of the density, or of the probability, of `value`; differentiable in it and in the parameters. The result has the
   * shape of `value` and the batch, broadcast, without the axes of the event.
   *
   * Errors: ArgumentError for a value outside the support; ShapeError.
   */
  abstract logProb(value: Operand): Tensor;

  /** @internal The parameters by name, as they are printed. */
  protected abstract get parameters(): Readonly<Record<string, Tensor>>;

  /** @internal Draws of this whole shape, recorded on the tape where they are differentiable. */
  protected abstract draw(shape: Shape, generator: Generator): Tensor;

  /**
   * Draws of shape (`sampleShape`, batch, event) that no gradient flows through.
   *
   * @param sampleShape how many: `[]` for one of each, `[1000]` for a thousand.
   * @param options `generator`: where to draw from, instead of the one that `manualSeed` seeds.
   */
  sample(sampleShape: Shape = [], options: RandomOptions = {}): Tensor {
    return noGrad(() => this.#draw('sample', sampleShape, options));
  }

  /**
   * Draws as `sample` does, as differentiable functions of the parameters, so that gradients of expectations can be
   * estimated ("reparameterised"). Errors: GradientError for families of whole numbers, which have no such derivative.
   */
  rsample(sampleShape: Shape = [], options: RandomOptions = {}): Tensor {
    if (!this.hasRsample) {
      throw new GradientError(
        `${this.name}.rsample: draws are whole numbers, which have no derivative in the parameters; use sample(), and logProb() ` +
          'for a score function estimate',
      );
    }
    return this.#draw('rsample', sampleShape, options);
  }

  #draw(method: string, sampleShape: Shape, { generator = defaultGenerator }: RandomOptions): Tensor {
    const shape = [
      ...checkShape(`${this.name}.${method}`, sampleShape),
      ...this.batchShape,
      ...this.eventShape,
    ];
    return this.draw(shape, generator);
  }

  /** The probability of a draw of `value` or less. Errors: as `logProb`; ArgumentError where PyTorch has no formula. */
  cdf(_value: Operand): Tensor {
    throw this.#without('cdf');
  }

  /** The value that a draw does not exceed with this probability: the inverse of `cdf`. Errors: as `cdf`. */
  icdf(_probability: Operand): Tensor {
    throw this.#without('icdf');
  }

  /** The expectation of -logProb, in nats. Errors: ArgumentError where there is no formula. */
  entropy(): Tensor {
    throw this.#without('entropy');
  }

  /** e to the entropy. */
  perplexity(): Tensor {
    return this.entropy().exp();
  }

  #without(what: string): ArgumentError {
    return new ArgumentError(
      `${this.name}.${what}: this family has none in closed form, here and in PyTorch`,
    );
  }

  /** The distribution as PyTorch prints it: single numbers as such, else the shapes of the parameters. */
  toString(): string {
    const shown = Object.entries(this.parameters).map(([name, x]) => `${name}: ${describe(x)}`);
    return `${this.name}(${shown.join(', ')})`;
  }

  /** What console.log shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** @internal Refuses illegal parameters. */
  protected checkParameters(constraints: Readonly<Record<string, Constraint>>): void {
    if (!this.validateArgs) return;
    for (const [name, constraint] of Object.entries(constraints)) {
      const problem = problemOf(name, this.parameters[name]!, constraint);
      if (problem !== null) throw new ArgumentError(`${this.name}: ${problem}`);
    }
  }

  /** @internal A number or tensor as a floating point tensor: of the parameters' dtype, unless it has one. */
  protected asTensor(value: Operand): Tensor {
    const { dtype } = Object.values(this.parameters)[0]!;
    if (typeof value === 'number') return tensor(value, { dtype });
    return isFloat(value.dtype) ? value : value.to(dtype);
  }

  /** @internal A value as `asTensor` gives it; refused unless it fits the shapes and the support. */
  protected checkValue(method: string, value: Operand): Tensor {
    const x = this.asTensor(value);
    if (!this.validateArgs) return x;
    const where = `${this.name}.${method}`;
    const { eventShape } = this;
    if (!sameShape(x.shape.slice(x.ndim - eventShape.length), eventShape)) {
      throw new ShapeError(
        `${where}: the value has shape ${formatShape(x.shape)}, which must end with that of an event, ${formatShape(eventShape)}`,
      );
    }
    broadcastShapes(where, x.shape, [...this.batchShape, ...eventShape]);
    const problem = problemOf('value', x, this.support);
    if (problem !== null) {
      throw new ArgumentError(
        `${where}: ${problem}: outside the support of ${this}; { validateArgs: false } allows it`,
      );
    }
    return x;
  }

  /** @internal 0 … count - 1 along a new first axis, beside axes of length 1 (or the batch). */
  protected enumerated(count: number, dtype: DType, expand: boolean): Tensor {
    const values = arange(count, { dtype }).reshape([count, ...this.batchShape.map(() => 1)]);
    return expand ? values.expand([count, ...this.batchShape]) : values;
  }
}

function describe(x: Tensor): string {
  if (x.size !== 1) return formatShape(x.shape);
  if (x.ndim > 0) return x.detach().toString();
  const value = x.item();
  if (!Number.isFinite(value)) return String(value).replace('NaN', 'nan').replace('Infinity', 'inf');
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}

/** What is wrong with a parameter or value, or null. */
function problemOf(name: string, x: Tensor, { legal, eventDim, check }: Constraint): string | null {
  const value = x.detach();
  const valid = noGrad(() => check(value));
  const wrong = valid.toTypedArray().indexOf(0);
  if (wrong < 0) return null;
  const event = value.shape.slice(value.ndim - eventDim);
  const flat = value.expand([...valid.shape, ...event]).reshape([valid.size, ...event]);
  const found = flat.select(0, wrong).toArray();
  const shown = Array.isArray(found)
    ? `[${found.slice(0, 8).join(', ')}${found.length > 8 ? ', …' : ''}]`
    : found;
  return `${name}${formatPosition(valid.shape, wrong)} must be ${legal}, got ${shown}`;
}

import { where } from '../ops/compare.ts';
import type { Generator } from '../random/generator.ts';
import { rand } from '../random.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { type Constraint, interval, lessThan } from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import { broadcastAll } from './parameters.ts';

/**
 * The uniform distribution on [low, high): density 1 / (high - low). Draws are low + u (high - low). PyTorch:
 * `torch.distributions.Uniform`, with its numbers for the same seed. Its support includes `high`, where the density is 0.
 *
 * Errors: ArgumentError unless `low` is below `high`; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions, manualSeed } from '@tensortape/autograd';
 * manualSeed(0);
 * const uniform = new distributions.Uniform(0, 10);
 * console.log(uniform.sample([2])); // tensor([4.9626, 7.6822])
 * console.log(uniform.cdf(2.5)); // tensor(0.2500)
 * ```
 */
export class Uniform extends Distribution {
  /** The lower end. */
  readonly low: Tensor;
  /** The upper end. */
  readonly high: Tensor;

  /** @param low the lower end; @param high the upper end: numbers or tensors, which are broadcast. */
  constructor(low: Operand, high: Operand, options: DistributionOptions = {}) {
    const parameters = broadcastAll('Uniform', { low, high });
    super('Uniform', parameters.low.shape, [], options);
    this.low = parameters.low;
    this.high = parameters.high;
    this.checkParameters({ low: lessThan(this.high.detach(), 'high') });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { low: this.low, high: this.high };
  }

  override get support(): Constraint {
    return interval(this.low.detach(), this.high.detach());
  }

  override get mean(): Tensor {
    return this.high.add(this.low).div(2);
  }

  /** NaN: all values are equally likely. */
  override get mode(): Tensor {
    return this.high.mul(Number.NaN);
  }

  override get stddev(): Tensor {
    return this.#range.div(Math.sqrt(12));
  }

  override get variance(): Tensor {
    return this.#range.square().div(12);
  }

  get #range(): Tensor {
    return this.high.sub(this.low);
  }

  override expand(batchShape: Shape): Uniform {
    return new Uniform(this.low.expand(batchShape), this.high.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return this.low.add(rand(shape, { dtype: this.low.dtype, generator }).mul(this.#range));
  }

  override logProb(value: Operand): Tensor {
    const x = this.checkValue('logProb', value);
    const inside = x.ge(this.low).logicalAnd(x.lt(this.high));
    return where(inside, this.#range.log().neg(), Number.NEGATIVE_INFINITY);
  }

  override cdf(value: Operand): Tensor {
    return this.checkValue('cdf', value).sub(this.low).div(this.#range).clamp(0, 1);
  }

  override icdf(probability: Operand): Tensor {
    return this.asTensor(probability).mul(this.#range).add(this.low);
  }

  override entropy(): Tensor {
    return this.#range.log();
  }
}

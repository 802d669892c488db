import { zeros, zerosLike } from '../create.ts';
import type { Generator } from '../random/generator.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { type Constraint, nonnegative, positive, real } from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import { LocationScale } from './locationScale.ts';
import { broadcastAll, limitsOf } from './parameters.ts';

/**
 * The exponential distribution: density rate e^(-rate x) for x >= 0. Draws are -ln(1 - u) / rate. PyTorch:
 * `torch.distributions.Exponential`, with its numbers for the same seed.
 *
 * Errors: ArgumentError unless `rate` is positive.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const exponential = new distributions.Exponential(2);
 * console.log(exponential.mean, exponential.logProb(1)); // tensor(0.5000) tensor(-1.3069)
 * ```
 */
export class Exponential extends Distribution {
  /** 1 / mean. */
  readonly rate: Tensor;

  /** @param rate 1 / mean: a number or a tensor. */
  constructor(rate: Operand, options: DistributionOptions = {}) {
    const parameters = broadcastAll('Exponential', { rate });
    super('Exponential', parameters.rate.shape, [], options);
    this.rate = parameters.rate;
    this.checkParameters({ rate: positive });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { rate: this.rate };
  }

  override get support(): Constraint {
    return nonnegative;
  }

  override get mean(): Tensor {
    return this.rate.reciprocal();
  }

  override get mode(): Tensor {
    return zerosLike(this.rate);
  }

  override get stddev(): Tensor {
    return this.rate.reciprocal();
  }

  override get variance(): Tensor {
    return this.rate.square().reciprocal();
  }

  override expand(batchShape: Shape): Exponential {
    return new Exponential(this.rate.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return zeros(shape, { dtype: this.rate.dtype }).exponential_(1, { generator }).div(this.rate);
  }

  override logProb(value: Operand): Tensor {
    return this.rate.log().sub(this.rate.mul(this.checkValue('logProb', value)));
  }

  override cdf(value: Operand): Tensor {
    return this.rate.neg().mul(this.checkValue('cdf', value)).expm1().neg();
  }

  override icdf(probability: Operand): Tensor {
    return this.asTensor(probability).neg().log1p().neg().div(this.rate);
  }

  override entropy(): Tensor {
    return this.rate.log().neg().add(1);
  }
}

/**
 * The Laplace distribution: density e^(-|x - loc| / scale) / (2 scale). Draws are
 * loc - scale sign(u) ln(1 - |u|), u uniform on (-1, 1). PyTorch: `torch.distributions.Laplace`, with its numbers for the
 * same seed.
 *
 * Errors: ArgumentError unless `scale` is positive and `loc` a number; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const laplace = new distributions.Laplace(0, 1);
 * console.log(laplace.logProb(2), laplace.icdf(0.75)); // tensor(-2.6931) tensor(0.6931)
 * ```
 */
export class Laplace extends LocationScale {
  /** @param loc the mean; @param scale the mean distance from it: numbers or tensors, which are broadcast. */
  constructor(loc: Operand, scale: Operand, options: DistributionOptions = {}) {
    super('Laplace', loc, scale, options);
  }

  override get support(): Constraint {
    return real;
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.SQRT2);
  }

  override get variance(): Tensor {
    return this.scale.square().mul(2);
  }

  override expand(batchShape: Shape): Laplace {
    return new Laplace(this.loc.expand(batchShape), this.scale.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    const { eps } = limitsOf(this.loc);
    const u = zeros(shape, { dtype: this.loc.dtype }).uniform_(eps - 1, 1, { generator });
    return this.loc.sub(this.scale.mul(u.sign().mul(u.abs().neg().log1p())));
  }

  override logProb(value: Operand): Tensor {
    const distance = this.checkValue('logProb', value).sub(this.loc).abs();
    return this.scale.mul(2).log().neg().sub(distance.div(this.scale));
  }

  override cdf(value: Operand): Tensor {
    const deviation = this.checkValue('cdf', value).sub(this.loc);
    const tail = deviation.abs().neg().div(this.scale).expm1();
    return deviation.sign().mul(tail).mul(-0.5).add(0.5);
  }

  override icdf(probability: Operand): Tensor {
    const term = this.asTensor(probability).sub(0.5);
    return this.loc.sub(this.scale.mul(term.sign()).mul(term.abs().mul(-2).log1p()));
  }

  override entropy(): Tensor {
    return this.scale.mul(2).log().add(1);
  }
}

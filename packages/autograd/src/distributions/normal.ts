import { zerosLike } from '../create.ts';
import { erf, erfinv } from '../ops/special.ts';
import type { Generator } from '../random/generator.ts';
import { randn } from '../random.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { type Constraint, nonnegative, positive, real } from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import { LocationScale } from './locationScale.ts';
import { broadcastAll } from './parameters.ts';

/** ln sqrt(2 pi). */
const LOG_ROOT = /* @__PURE__ */ Math.log(Math.sqrt(2 * Math.PI));

/** ln of the normal density, from the deviation x - mean. */
function logDensity(deviation: Tensor, scale: Tensor): Tensor {
  return deviation.square().neg().div(scale.square().mul(2)).sub(scale.log()).sub(LOG_ROOT);
}

/**
 * The normal distribution of mean `loc` and standard deviation `scale`: density
 * exp(-(x - loc)^2 / (2 scale^2)) / (scale sqrt(2 pi)). Draws are loc + scale z, z standard normal. PyTorch:
 * `torch.distributions.Normal`, with its numbers for the same seed.
 *
 * Errors: ArgumentError unless `scale` is positive and `loc` a number; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions, manualSeed, tensor } from '@tensortape/autograd';
 * manualSeed(0);
 * const normal = new distributions.Normal(0, tensor([1, 10]));
 * console.log(normal); // Normal(loc: (2,), scale: (2,))
 * console.log(normal.sample()); // tensor([ 1.5410, -2.9343])
 * console.log(normal.logProb(0)); // tensor([-0.9189, -3.2215])
 * ```
 */
export class Normal extends LocationScale {
  /** @param loc the mean; @param scale the standard deviation: numbers or tensors, which are broadcast. */
  constructor(loc: Operand, scale: Operand, options: DistributionOptions = {}) {
    super('Normal', loc, scale, options);
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
    return this.scale;
  }

  override get variance(): Tensor {
    return this.scale.square();
  }

  override expand(batchShape: Shape): Normal {
    return new Normal(this.loc.expand(batchShape), this.scale.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return this.loc.add(randn(shape, { dtype: this.loc.dtype, generator }).mul(this.scale));
  }

  override logProb(value: Operand): Tensor {
    return logDensity(this.checkValue('logProb', value).sub(this.loc), this.scale);
  }

  override cdf(value: Operand): Tensor {
    const deviation = this.checkValue('cdf', value).sub(this.loc);
    return erf(deviation.div(this.scale).div(Math.SQRT2)).add(1).mul(0.5);
  }

  override icdf(probability: Operand): Tensor {
    const p = this.asTensor(probability);
    return this.loc.add(this.scale.mul(erfinv(p.mul(2).sub(1))).mul(Math.SQRT2));
  }

  override entropy(): Tensor {
    return this.scale.log().add(0.5 + LOG_ROOT);
  }
}

/**
 * The distribution of e^x for normal x of mean `loc` and standard deviation `scale`: density
 * exp(-(ln x - loc)^2 / (2 scale^2)) / (x scale sqrt(2 pi)). PyTorch: `torch.distributions.LogNormal`, with its numbers for
 * the same seed.
 *
 * Errors: ArgumentError unless `scale` is positive and `loc` a number; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const x = new distributions.LogNormal(0, 1);
 * console.log(x.mean, x.logProb(2)); // tensor(1.6487) tensor(-1.8523)
 * ```
 */
export class LogNormal extends LocationScale {
  /** @param loc the mean of the logarithm; @param scale its standard deviation: numbers or tensors, which are broadcast. */
  constructor(loc: Operand, scale: Operand, options: DistributionOptions = {}) {
    super('LogNormal', loc, scale, options);
  }

  get #logarithm(): Normal {
    return new Normal(this.loc, this.scale, { validateArgs: false });
  }

  override get support(): Constraint {
    return positive;
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.square().div(2)).exp();
  }

  override get mode(): Tensor {
    return this.loc.sub(this.scale.square()).exp();
  }

  override get variance(): Tensor {
    const square = this.scale.square();
    return square.expm1().mul(this.loc.mul(2).add(square).exp());
  }

  override expand(batchShape: Shape): LogNormal {
    return new LogNormal(this.loc.expand(batchShape), this.scale.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return this.loc.add(randn(shape, { dtype: this.loc.dtype, generator }).mul(this.scale)).exp();
  }

  override logProb(value: Operand): Tensor {
    const logarithm = this.checkValue('logProb', value).log();
    return this.#logarithm.logProb(logarithm).sub(logarithm);
  }

  override cdf(value: Operand): Tensor {
    return this.#logarithm.cdf(this.checkValue('cdf', value).log());
  }

  override icdf(probability: Operand): Tensor {
    return this.#logarithm.icdf(probability).exp();
  }

  override entropy(): Tensor {
    return this.#logarithm.entropy().add(this.loc);
  }
}

/**
 * The distribution of |x| for normal x of mean 0 and standard deviation `scale`: density
 * sqrt(2 / pi) exp(-x^2 / (2 scale^2)) / scale. PyTorch: `torch.distributions.HalfNormal`, with its numbers for the same
 * seed.
 *
 * Errors: ArgumentError unless `scale` is positive.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * console.log(new distributions.HalfNormal(1).cdf(1)); // tensor(0.6827)
 * ```
 */
export class HalfNormal extends Distribution {
  /** The standard deviation of the whole normal distribution. */
  readonly scale: Tensor;

  /** @param scale the standard deviation of the whole normal distribution: a number or a tensor. */
  constructor(scale: Operand, options: DistributionOptions = {}) {
    const parameters = broadcastAll('HalfNormal', { scale });
    super('HalfNormal', parameters.scale.shape, [], options);
    this.scale = parameters.scale;
    this.checkParameters({ scale: positive });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { scale: this.scale };
  }

  override get support(): Constraint {
    return nonnegative;
  }

  override get mean(): Tensor {
    return this.scale.mul(Math.sqrt(2 / Math.PI));
  }

  override get mode(): Tensor {
    return zerosLike(this.scale);
  }

  override get variance(): Tensor {
    return this.scale.square().mul(1 - 2 / Math.PI);
  }

  override expand(batchShape: Shape): HalfNormal {
    return new HalfNormal(this.scale.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return randn(shape, { dtype: this.scale.dtype, generator }).mul(this.scale).abs();
  }

  override logProb(value: Operand): Tensor {
    const x = this.checkValue('logProb', value);
    return logDensity(x, this.scale).add(Math.LN2).maskedFill(x.lt(0), Number.NEGATIVE_INFINITY);
  }

  override cdf(value: Operand): Tensor {
    return erf(this.checkValue('cdf', value).div(this.scale).div(Math.SQRT2));
  }

  override icdf(probability: Operand): Tensor {
    return this.scale.mul(erfinv(this.asTensor(probability))).mul(Math.SQRT2);
  }

  override entropy(): Tensor {
    return this.scale.log().add(0.5 + LOG_ROOT - Math.LN2);
  }
}

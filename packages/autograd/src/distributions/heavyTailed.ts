import { full, zeros } from '../create.ts';
import { where } from '../ops/compare.ts';
import { digamma, lgamma } from '../ops/special.ts';
import type { Generator } from '../random/generator.ts';
import { rand, randn } from '../random.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { type Constraint, positive, real } from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import { LocationScale } from './locationScale.ts';
import { broadcastAll, limitsOf } from './parameters.ts';
import { standardGamma } from './standardGamma.ts';

/** Euler and Mascheroni's constant. */
export const EULER = 0.5772156649015329;

/**
 * The Gumbel distribution, of the largest of many draws: distribution function exp(-e^(-(x - loc) / scale)). Draws are
 * loc - scale ln(-ln u). PyTorch: `torch.distributions.Gumbel`, with its numbers for the same seed.
 *
 * Errors: ArgumentError unless `scale` is positive and `loc` a number; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const gumbel = new distributions.Gumbel(0, 1);
 * console.log(gumbel.mean, gumbel.cdf(0)); // tensor(0.5772) tensor(0.3679)
 * ```
 */
export class Gumbel extends LocationScale {
  /** @param loc the mode; @param scale the width: numbers or tensors, which are broadcast. */
  constructor(loc: Operand, scale: Operand, options: DistributionOptions = {}) {
    super('Gumbel', loc, scale, options);
  }

  override get support(): Constraint {
    return real;
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.mul(EULER));
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.PI / Math.sqrt(6));
  }

  override get variance(): Tensor {
    return this.stddev.square();
  }

  override expand(batchShape: Shape): Gumbel {
    return new Gumbel(this.loc.expand(batchShape), this.scale.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    const { eps, tiny } = limitsOf(this.loc);
    const u = rand(shape, { dtype: this.loc.dtype, generator })
      .mul(1 - eps - tiny)
      .add(tiny);
    return this.loc.sub(this.scale.mul(u.log().neg().log()));
  }

  override logProb(value: Operand): Tensor {
    const y = this.loc.sub(this.checkValue('logProb', value)).div(this.scale);
    return y.sub(y.exp()).sub(this.scale.log());
  }

  override cdf(value: Operand): Tensor {
    return this.loc.sub(this.checkValue('cdf', value)).div(this.scale).exp().neg().exp();
  }

  override icdf(probability: Operand): Tensor {
    return this.loc.sub(this.scale.mul(this.asTensor(probability).log().neg().log()));
  }

  override entropy(): Tensor {
    return this.scale.log().add(1 + EULER);
  }
}

/**
 * The Cauchy distribution: density 1 / (pi scale (1 + ((x - loc) / scale)^2)), so wide that it has no mean. Draws are
 * loc + scale tan(pi (u - 1/2)). PyTorch: `torch.distributions.Cauchy`, with its numbers for the same seed.
 *
 * Errors: ArgumentError unless `scale` is positive and `loc` a number; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const cauchy = new distributions.Cauchy(0, 1);
 * console.log(cauchy.mean, cauchy.cdf(1)); // tensor(nan) tensor(0.7500)
 * ```
 */
export class Cauchy extends LocationScale {
  /** @param loc the median; @param scale half the width at half the height: numbers or tensors, which are broadcast. */
  constructor(loc: Operand, scale: Operand, options: DistributionOptions = {}) {
    super('Cauchy', loc, scale, options);
  }

  override get support(): Constraint {
    return real;
  }

  /** NaN: there is none. */
  override get mean(): Tensor {
    return full(this.batchShape, Number.NaN, { dtype: this.loc.dtype });
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get variance(): Tensor {
    return full(this.batchShape, Number.POSITIVE_INFINITY, { dtype: this.loc.dtype });
  }

  override expand(batchShape: Shape): Cauchy {
    return new Cauchy(this.loc.expand(batchShape), this.scale.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return this.loc.add(zeros(shape, { dtype: this.loc.dtype }).cauchy_(0, 1, { generator }).mul(this.scale));
  }

  override logProb(value: Operand): Tensor {
    const y = this.checkValue('logProb', value).sub(this.loc).div(this.scale);
    return this.scale.log().add(y.square().log1p()).neg().sub(Math.log(Math.PI));
  }

  override cdf(value: Operand): Tensor {
    return this.checkValue('cdf', value).sub(this.loc).div(this.scale).atan().div(Math.PI).add(0.5);
  }

  override icdf(probability: Operand): Tensor {
    return this.asTensor(probability).sub(0.5).mul(Math.PI).tan().mul(this.scale).add(this.loc);
  }

  override entropy(): Tensor {
    return this.scale.log().add(Math.log(4 * Math.PI));
  }
}

/**
 * Student's t distribution with `df` degrees of freedom: loc + scale z / sqrt(g / df), z standard normal and g chi-squared;
 * density proportional to (1 + y^2 / df)^(-(df + 1) / 2), y = (x - loc) / scale. PyTorch: `torch.distributions.StudentT`,
 * with its numbers for the same seed.
 *
 * Errors: ArgumentError unless `df` and `scale` are positive and `loc` a number; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const t = new distributions.StudentT(3);
 * console.log(t.variance, t.logProb(0)); // tensor(3.) tensor(-1.0009)
 * ```
 */
export class StudentT extends Distribution {
  /** The degrees of freedom. */
  readonly df: Tensor;
  /** The median. */
  readonly loc: Tensor;
  /** The width. */
  readonly scale: Tensor;

  /**
   * @param df the degrees of freedom; @param loc the median; @param scale the width: numbers or tensors, which are
   * broadcast.
   */
  constructor(df: Operand, loc: Operand = 0, scale: Operand = 1, options: DistributionOptions = {}) {
    const parameters = broadcastAll('StudentT', { df, loc, scale });
    super('StudentT', parameters.df.shape, [], options);
    this.df = parameters.df;
    this.loc = parameters.loc;
    this.scale = parameters.scale;
    this.checkParameters({ df: positive, loc: real, scale: positive });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { df: this.df, loc: this.loc, scale: this.scale };
  }

  override get support(): Constraint {
    return real;
  }

  /** `loc`; NaN where df <= 1. */
  override get mean(): Tensor {
    return where(this.df.gt(1), this.loc, Number.NaN);
  }

  override get mode(): Tensor {
    return this.loc;
  }

  /** scale^2 df / (df - 2); infinite where df <= 2, NaN where df <= 1. */
  override get variance(): Tensor {
    const finite = this.df.gt(2);
    // Where there is none, a harmless number keeps infinities out of the gradient.
    const df = where(finite, this.df, 3);
    const variance = this.scale.square().mul(df).div(df.sub(2));
    return where(
      finite,
      variance,
      where(this.df.gt(1), Number.POSITIVE_INFINITY, this.df.detach().mul(Number.NaN)),
    );
  }

  override expand(batchShape: Shape): StudentT {
    return new StudentT(
      this.df.expand(batchShape),
      this.loc.expand(batchShape),
      this.scale.expand(batchShape),
      this,
    );
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    const z = randn(shape, { dtype: this.df.dtype, generator });
    const chiSquared = standardGamma(this.df.mul(0.5).expand(shape), generator).div(0.5);
    return this.loc.add(this.scale.mul(z.mul(chiSquared.div(this.df).rsqrt())));
  }

  override logProb(value: Operand): Tensor {
    const y = this.checkValue('logProb', value).sub(this.loc).div(this.scale);
    const half = this.df.add(1).mul(0.5);
    const normalizer = this.scale
      .log()
      .add(this.df.log().add(Math.log(Math.PI)).mul(0.5))
      .add(lgamma(this.df.mul(0.5)))
      .sub(lgamma(half));
    return half.neg().mul(y.square().div(this.df).log1p()).sub(normalizer);
  }

  override entropy(): Tensor {
    const lower = this.df.mul(0.5);
    const upper = this.df.add(1).mul(0.5);
    const logBeta = lgamma(lower)
      .add(0.5 * Math.log(Math.PI))
      .sub(lgamma(upper));
    return this.scale
      .log()
      .add(upper.mul(digamma(upper).sub(digamma(lower))))
      .add(this.df.log().mul(0.5))
      .add(logBeta);
  }
}

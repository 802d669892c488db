import { oneHot, zeros } from '../create.ts';
import { where } from '../ops/compare.ts';
import { xlogy } from '../ops/elementary.ts';
import { stack } from '../ops/shape.ts';
import { digamma, gammainc, lgamma } from '../ops/special.ts';
import type { Generator } from '../random/generator.ts';
import type { Operand } from '../tape/shorthands.ts';
import { isFloat } from '../tensor/dtype.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { type Constraint, nonnegative, positive, simplex, unitInterval } from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import { broadcastAll, limitsOf } from './parameters.ts';
import { standardGamma } from './standardGamma.ts';

/**
 * The gamma distribution: density rate^a x^(a - 1) e^(-rate x) / Gamma(a), a the concentration. Draws by Marsaglia and Tsang
 * (2000); their gradient is that of the quantile, exact to about 1e-12 where PyTorch approximates it to three digits.
 * PyTorch: `torch.distributions.Gamma`, with its numbers for the same seed.
 *
 * Errors: ArgumentError unless both parameters are positive; ShapeError. Draws cannot be differentiated twice.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const gamma = new distributions.Gamma(2, 1);
 * console.log(gamma.mean, gamma.logProb(1)); // tensor(2.) tensor(-1.)
 * console.log(gamma.cdf(2)); // tensor(0.5940)
 * ```
 */
export class Gamma extends Distribution {
  /** The shape parameter. */
  readonly concentration: Tensor;
  /** 1 / scale. */
  readonly rate: Tensor;

  /** @param concentration the shape parameter; @param rate 1 / scale: numbers or tensors, which are broadcast. */
  constructor(concentration: Operand, rate: Operand, options: DistributionOptions = {}) {
    const parameters = broadcastAll('Gamma', { concentration, rate });
    super('Gamma', parameters.rate.shape, [], options);
    this.concentration = parameters.concentration;
    this.rate = parameters.rate;
    this.checkParameters({ concentration: positive, rate: positive });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { concentration: this.concentration, rate: this.rate };
  }

  override get support(): Constraint {
    return nonnegative;
  }

  override get mean(): Tensor {
    return this.concentration.div(this.rate);
  }

  override get mode(): Tensor {
    return this.concentration.sub(1).div(this.rate).clamp(0);
  }

  override get variance(): Tensor {
    return this.concentration.div(this.rate.square());
  }

  override expand(batchShape: Shape): Gamma {
    return new Gamma(this.concentration.expand(batchShape), this.rate.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    const draws = standardGamma(this.concentration.expand(shape), generator).div(this.rate);
    return draws.clamp(limitsOf(draws).tiny);
  }

  override logProb(value: Operand): Tensor {
    const x = this.checkValue('logProb', value);
    const { concentration: a, rate } = this;
    return a
      .mul(rate.log())
      .add(xlogy(a.sub(1), x))
      .sub(rate.mul(x))
      .sub(lgamma(a));
  }

  /** The probability of a draw of `value` or less; differentiable in `value` and the rate, not in the concentration. */
  override cdf(value: Operand): Tensor {
    return gammainc(this.concentration, this.rate.mul(this.checkValue('cdf', value)));
  }

  override entropy(): Tensor {
    const { concentration: a, rate } = this;
    return a
      .sub(rate.log())
      .add(lgamma(a))
      .add(a.neg().add(1).mul(digamma(a)));
  }
}

/**
 * The Dirichlet distribution of K probabilities that sum to 1: density proportional to the product of x_i^(a_i - 1), a the
 * concentrations along the last axis. Draws are gamma draws divided by their sum, and so is their gradient (PyTorch's is
 * another one with the same expectation). PyTorch: `torch.distributions.Dirichlet`, with its numbers for the same seed.
 *
 * Errors: ArgumentError unless all concentrations are positive; ShapeError for a tensor without axes; DTypeError for
 * integers. Draws cannot be differentiated twice.
 *
 * @example
 * ```ts
 * import { distributions, tensor } from '@tensortape/autograd';
 * const dirichlet = new distributions.Dirichlet(tensor([1, 2, 5]));
 * console.log(dirichlet.mean); // tensor([0.1250, 0.2500, 0.6250])
 * console.log(dirichlet.logProb(tensor([0.2, 0.3, 0.5]))); // tensor(1.3705)
 * ```
 */
export class Dirichlet extends Distribution {
  /** The concentrations. */
  readonly concentration: Tensor;

  /** @param concentration a tensor whose last axis holds the concentrations. */
  constructor(concentration: Tensor, options: DistributionOptions = {}) {
    if (concentration.ndim === 0) {
      throw new ShapeError('Dirichlet: concentration must have at least one axis, got shape ()');
    }
    if (!isFloat(concentration.dtype)) {
      throw new DTypeError(
        `Dirichlet: concentration must be floating point, got ${concentration.dtype}; use to('float32')`,
      );
    }
    super('Dirichlet', concentration.shape.slice(0, -1), concentration.shape.slice(-1), options);
    this.concentration = concentration;
    this.checkParameters({ concentration: positive });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { concentration: this.concentration };
  }

  get #total(): Tensor {
    return this.concentration.sum(-1, { keepdim: true });
  }

  override get support(): Constraint {
    return simplex;
  }

  override get mean(): Tensor {
    return this.concentration.div(this.#total);
  }

  /** (a - 1) / sum (a - 1), with a at least 1; where all are below 1 every corner is a mode, and the first is given. */
  override get mode(): Tensor {
    const excess = this.concentration.sub(1).clamp(0);
    const below = this.concentration.detach().lt(1).all(-1, { keepdim: true });
    const total = excess.sum(-1, { keepdim: true });
    const inner = excess.div(where(below, 1, total));
    const corner = zeros(this.batchShape, { dtype: 'int32' });
    return where(below, oneHot(corner, this.eventShape[0]!, { dtype: excess.dtype }), inner);
  }

  override get variance(): Tensor {
    const { concentration: a } = this;
    const total = this.#total;
    return a.mul(total.sub(a)).div(total.square().mul(total.add(1)));
  }

  override expand(batchShape: Shape): Dirichlet {
    return new Dirichlet(this.concentration.expand([...batchShape, ...this.eventShape]), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    const draws = standardGamma(this.concentration.expand(shape).to('float64'), generator);
    const { dtype } = this.concentration;
    const { eps, tiny } = limitsOf(this.concentration);
    return draws
      .div(draws.sum(-1, { keepdim: true }))
      .to(dtype)
      .clamp(tiny, 1 - eps / 2);
  }

  override logProb(value: Operand): Tensor {
    const x = this.checkValue('logProb', value);
    const { concentration: a } = this;
    return xlogy(a.sub(1), x)
      .sum(-1)
      .add(lgamma(a.sum(-1)))
      .sub(lgamma(a).sum(-1));
  }

  override entropy(): Tensor {
    const { concentration: a } = this;
    const total = a.sum(-1);
    return lgamma(a)
      .sum(-1)
      .sub(lgamma(total))
      .add(total.sub(this.eventShape[0]!).mul(digamma(total)))
      .sub(a.sub(1).mul(digamma(a)).sum(-1));
  }
}

/**
 * The beta distribution on [0, 1]: density proportional to x^(c1 - 1) (1 - x)^(c0 - 1). Draws are the first of a pair of
 * Dirichlet draws. PyTorch: `torch.distributions.Beta`, with its numbers for the same seed; the gradient of draws is
 * another one with the same expectation.
 *
 * Errors: ArgumentError unless both concentrations are positive; ShapeError. Draws cannot be differentiated twice.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const beta = new distributions.Beta(2, 3);
 * console.log(beta.mean, beta.logProb(0.5)); // tensor(0.4000) tensor(0.4055)
 * ```
 */
export class Beta extends Distribution {
  /** How much the distribution leans towards 1. */
  readonly concentration1: Tensor;
  /** How much it leans towards 0. */
  readonly concentration0: Tensor;

  /**
   * @param concentration1 how much the distribution leans towards 1; @param concentration0 how much towards 0: numbers or
   * tensors, which are broadcast.
   */
  constructor(concentration1: Operand, concentration0: Operand, options: DistributionOptions = {}) {
    const parameters = broadcastAll('Beta', { concentration1, concentration0 });
    super('Beta', parameters.concentration1.shape, [], options);
    this.concentration1 = parameters.concentration1;
    this.concentration0 = parameters.concentration0;
    this.checkParameters({ concentration1: positive, concentration0: positive });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { concentration1: this.concentration1, concentration0: this.concentration0 };
  }

  get #dirichlet(): Dirichlet {
    const concentration = stack([this.concentration1, this.concentration0], -1);
    return new Dirichlet(concentration, { validateArgs: false });
  }

  override get support(): Constraint {
    return unitInterval;
  }

  override get mean(): Tensor {
    return this.concentration1.div(this.concentration1.add(this.concentration0));
  }

  /** (c1 - 1) / (c1 + c0 - 2) with both at least 1; where both are below 1, 1. */
  override get mode(): Tensor {
    return this.#dirichlet.mode.select(-1, 0);
  }

  override get variance(): Tensor {
    return this.#dirichlet.variance.select(-1, 0);
  }

  override expand(batchShape: Shape): Beta {
    return new Beta(this.concentration1.expand(batchShape), this.concentration0.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    const sampleShape = shape.slice(0, shape.length - this.batchShape.length);
    return this.#dirichlet.rsample(sampleShape, { generator }).select(-1, 0);
  }

  override logProb(value: Operand): Tensor {
    const x = this.checkValue('logProb', value);
    return this.#dirichlet.logProb(stack([x, x.neg().add(1)], -1));
  }

  override entropy(): Tensor {
    return this.#dirichlet.entropy();
  }
}

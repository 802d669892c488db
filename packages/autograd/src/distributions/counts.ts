import { xlogy } from '../ops/elementary.ts';
import { lgamma } from '../ops/special.ts';
import type { Generator } from '../random/generator.ts';
import { binomial, poisson } from '../random.ts';
import type { Operand } from '../tape/shorthands.ts';
import { ArgumentError } from '../tensor/errors.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { SuccessProbability } from './bernoulli.ts';
import {
  type Constraint,
  integerInterval,
  nonnegative,
  nonnegativeInteger,
  real,
  unitInterval,
} from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import { broadcastAll, type ProbsOrLogits, probsOrLogits } from './parameters.ts';

/**
 * The Poisson distribution of counts with the mean `rate`: rate^k e^-rate / k!. PyTorch: `torch.distributions.Poisson`,
 * with its numbers for the same seed.
 *
 * Errors: ArgumentError unless `rate` is 0 or more; infinite rates cannot be drawn from.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const poisson = new distributions.Poisson(4);
 * console.log(poisson.variance, poisson.logProb(3)); // tensor(4.) tensor(-1.6329)
 * ```
 */
export class Poisson extends Distribution {
  override readonly hasRsample: boolean = false;
  /** The mean. */
  readonly rate: Tensor;

  /** @param rate the mean: a number or a tensor. */
  constructor(rate: Operand, options: DistributionOptions = {}) {
    const parameters = broadcastAll('Poisson', { rate });
    super('Poisson', parameters.rate.shape, [], options);
    this.rate = parameters.rate;
    this.checkParameters({ rate: nonnegative });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { rate: this.rate };
  }

  override get support(): Constraint {
    return nonnegativeInteger;
  }

  override get mean(): Tensor {
    return this.rate;
  }

  override get mode(): Tensor {
    return this.rate.floor();
  }

  override get variance(): Tensor {
    return this.rate;
  }

  override expand(batchShape: Shape): Poisson {
    return new Poisson(this.rate.expand(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return poisson(this.rate.detach().expand(shape), { generator });
  }

  override logProb(value: Operand): Tensor {
    const k = this.checkValue('logProb', value);
    return xlogy(k, this.rate)
      .sub(this.rate)
      .sub(lgamma(k.add(1)));
  }
}

/**
 * The binomial distribution: the number of successes in `totalCount` trials of probability p,
 * C(n, k) p^k (1 - p)^(n - k). PyTorch: `torch.distributions.Binomial`, with its numbers for the same seed.
 *
 * Errors: ArgumentError unless `totalCount` is a whole number >= 0 and exactly one of `probs` (from 0 to 1) and `logits` is
 * given; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const heads = new distributions.Binomial(10, { probs: 0.5 });
 * console.log(heads.mean, heads.logProb(5)); // tensor(5.) tensor(-1.4020)
 * ```
 */
export class Binomial extends SuccessProbability {
  /** The number of trials. */
  readonly totalCount: Tensor;

  /**
   * @param totalCount the number of trials; @param parameter `{ probs }` or `{ logits }`: numbers or tensors, which are
   * broadcast.
   */
  constructor(totalCount: Operand, parameter: ProbsOrLogits, options: DistributionOptions = {}) {
    const [given, value] = probsOrLogits('Binomial', parameter);
    const parameters = broadcastAll('Binomial', { totalCount, [given]: value });
    super('Binomial', given, parameters[given]!, options);
    this.totalCount = parameters['totalCount']!;
    this.checkParameters({
      totalCount: nonnegativeInteger,
      [given]: given === 'probs' ? unitInterval : real,
    });
  }

  /** @internal The parameters by name, as they are printed. */
  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { totalCount: this.totalCount, ...super.parameters };
  }

  override get support(): Constraint {
    return integerInterval(0, this.totalCount.detach());
  }

  override get mean(): Tensor {
    return this.totalCount.mul(this.probs);
  }

  override get mode(): Tensor {
    return this.totalCount.add(1).mul(this.probs).floor().minimum(this.totalCount);
  }

  override get variance(): Tensor {
    const { probs } = this;
    return this.totalCount.mul(probs).mul(probs.neg().add(1));
  }

  override expand(batchShape: Shape): Binomial {
    return new Binomial(this.totalCount.expand(batchShape), this.expanded(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return binomial(this.totalCount.detach().expand(shape), this.probs.detach().expand(shape), { generator });
  }

  override logProb(value: Operand): Tensor {
    const k = this.checkValue('logProb', value);
    const { totalCount: n, logits } = this;
    const choices = lgamma(n.add(1))
      .sub(lgamma(k.add(1)))
      .sub(lgamma(n.sub(k).add(1)));
    // n ln(1 - p) is -n ln(1 + e^logits).
    return choices.add(k.mul(logits)).sub(n.mul(logits.softplus()));
  }

  /** The sum over all outcomes. Errors: ArgumentError unless all counts are equal, as in PyTorch. */
  override entropy(): Tensor {
    const logProbs = new Binomial(this.totalCount, { logits: this.logits }, { validateArgs: false }).logProb(
      this.enumerateSupport(false),
    );
    return logProbs.exp().mul(logProbs).sum(0).neg();
  }

  /**
   * All outcomes, along a new first axis; beside axes of length 1 unless `expand`. Errors: ArgumentError unless all counts
   * are equal. PyTorch: `enumerate_support`.
   */
  enumerateSupport(expand = true): Tensor {
    const counts = this.totalCount.toTypedArray();
    const count = counts[0] ?? 0;
    const other = counts.find((n) => n !== count);
    if (other !== undefined) {
      throw new ArgumentError(
        `Binomial: the outcomes can be listed for one totalCount only, got ${count} and ${other}; make one distribution for each`,
      );
    }
    return this.enumerated(count + 1, this.totalCount.dtype, expand);
  }
}

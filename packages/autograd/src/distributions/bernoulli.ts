import { zeros, zerosLike } from '../create.ts';
import { where } from '../ops/compare.ts';
import type { Generator } from '../random/generator.ts';
import { bernoulli } from '../random.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { boolean, type Constraint, interval, nonnegativeInteger, real, unitInterval } from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import {
  binaryCrossEntropy,
  binaryLogits,
  broadcastAll,
  limitsOf,
  type ProbsOrLogits,
  probsOrLogits,
} from './parameters.ts';

/** A family with one probability of success, given as such or by its logit. */
export abstract class SuccessProbability extends Distribution {
  override readonly hasRsample: boolean = false;
  /** @internal The parameter that was given. */
  protected readonly given: 'probs' | 'logits';
  /** @internal Its value. */
  protected readonly parameter: Tensor;

  /** @internal Made by the constructors of the families. */
  protected constructor(
    name: string,
    given: 'probs' | 'logits',
    parameter: Tensor,
    options: DistributionOptions,
  ) {
    super(name, parameter.shape, [], options);
    this.given = given;
    this.parameter = parameter;
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { [this.given]: this.parameter };
  }

  /** The probability of success. */
  get probs(): Tensor {
    return this.given === 'probs' ? this.parameter : this.parameter.sigmoid();
  }

  /** ln(p / (1 - p)); probabilities of 0 and 1 are moved by the dtype's epsilon first. */
  get logits(): Tensor {
    return this.given === 'logits' ? this.parameter : binaryLogits(this.parameter);
  }

  /** @internal The parameter expanded, as a constructor takes it. */
  protected expanded(batchShape: Shape): ProbsOrLogits<Tensor> {
    const parameter = this.parameter.expand(batchShape);
    return this.given === 'probs' ? { probs: parameter } : { logits: parameter };
  }
}

/**
 * One toss of a coin: 1 with probability `probs`, else 0. PyTorch: `torch.distributions.Bernoulli`, with its numbers for the
 * same seed.
 *
 * Errors: ArgumentError unless exactly one of `probs` (from 0 to 1) and `logits` is given.
 *
 * @example
 * ```ts
 * import { distributions, tensor } from '@tensortape/autograd';
 * const coin = new distributions.Bernoulli({ probs: tensor([0.25, 0.5]) });
 * console.log(coin.logProb(1)); // tensor([-1.3863, -0.6931])
 * console.log(new distributions.Bernoulli({ logits: 0 }).mean); // tensor(0.5000)
 * ```
 */
export class Bernoulli extends SuccessProbability {
  /** @param parameter `{ probs }` or `{ logits }`: a number or a tensor. */
  constructor(parameter: ProbsOrLogits, options: DistributionOptions = {}) {
    const [given, value] = probsOrLogits('Bernoulli', parameter);
    super('Bernoulli', given, broadcastAll('Bernoulli', { [given]: value })[given]!, options);
    this.checkParameters({ [given]: given === 'probs' ? unitInterval : real });
  }

  override get support(): Constraint {
    return boolean;
  }

  override get mean(): Tensor {
    return this.probs;
  }

  /** The likelier outcome; NaN where both are equally likely. */
  override get mode(): Tensor {
    const probs = this.probs.detach();
    return probs.ge(0.5).to(probs.dtype).maskedFill(probs.eq(0.5), Number.NaN);
  }

  override get variance(): Tensor {
    const { probs } = this;
    return probs.mul(probs.neg().add(1));
  }

  override expand(batchShape: Shape): Bernoulli {
    return new Bernoulli(this.expanded(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    return bernoulli(this.probs.detach().expand(shape), { generator });
  }

  override logProb(value: Operand): Tensor {
    return binaryCrossEntropy(this.logits, this.checkValue('logProb', value)).neg();
  }

  override entropy(): Tensor {
    return binaryCrossEntropy(this.logits, this.probs);
  }

  /** Both outcomes, along a new first axis; beside axes of length 1 unless `expand`. PyTorch: `enumerate_support`. */
  enumerateSupport(expand = true): Tensor {
    return this.enumerated(2, this.parameter.dtype, expand);
  }
}

/**
 * The number of failures before the first success in trials of probability `probs`: (1 - p)^k p for k = 0, 1, …
 * (`Tensor.geometric_` counts the success too). PyTorch: `torch.distributions.Geometric`, with its numbers for the same
 * seed.
 *
 * Errors: ArgumentError unless exactly one of `probs` (above 0, to 1) and `logits` is given.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const geometric = new distributions.Geometric({ probs: 0.25 });
 * console.log(geometric.mean, geometric.logProb(2)); // tensor(3.) tensor(-1.9617)
 * ```
 */
export class Geometric extends SuccessProbability {
  /** @param parameter `{ probs }` or `{ logits }`: a number or a tensor. */
  constructor(parameter: ProbsOrLogits, options: DistributionOptions = {}) {
    const [given, value] = probsOrLogits('Geometric', parameter);
    super('Geometric', given, broadcastAll('Geometric', { [given]: value })[given]!, options);
    this.checkParameters({ [given]: given === 'probs' ? positiveProbability : real });
  }

  override get support(): Constraint {
    return nonnegativeInteger;
  }

  override get mean(): Tensor {
    return this.probs.reciprocal().sub(1);
  }

  override get mode(): Tensor {
    return zerosLike(this.parameter);
  }

  override get variance(): Tensor {
    const { probs } = this;
    return probs.reciprocal().sub(1).div(probs);
  }

  override expand(batchShape: Shape): Geometric {
    return new Geometric(this.expanded(batchShape), this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    const probs = this.probs.detach();
    const u = zeros(shape, { dtype: probs.dtype }).uniform_(limitsOf(probs).tiny, 1, { generator });
    return u.log().div(probs.neg().log1p()).floor();
  }

  override logProb(value: Operand): Tensor {
    const x = this.checkValue('logProb', value);
    const { probs } = this;
    // 0 ln(1 - p) is 0 also where p is 1.
    const certain = probs.eq(1).logicalAnd(x.eq(0));
    const failure = where(certain, 0, probs);
    return x.mul(failure.neg().log1p()).add(probs.log());
  }

  override entropy(): Tensor {
    const { probs } = this;
    return binaryCrossEntropy(this.logits, probs).div(probs);
  }
}

const positiveProbability: Constraint = {
  legal: 'above 0, and at most 1',
  eventDim: 0,
  check: (x) => x.gt(0).logicalAnd(interval(0, 1).check(x)),
};

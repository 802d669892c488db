import { where } from '../ops/compare.ts';
import { digamma, lgamma } from '../ops/special.ts';
import { ArgumentError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor.ts';
import { Bernoulli, Geometric } from './bernoulli.ts';
import { Categorical } from './categorical.ts';
import { Binomial, Poisson } from './counts.ts';
import type { Distribution } from './distribution.ts';
import { Exponential, Laplace } from './exponential.ts';
import { Beta, Dirichlet, Gamma } from './gamma.ts';
import { Cauchy, EULER, Gumbel } from './heavyTailed.ts';
import { HalfNormal, LogNormal, Normal } from './normal.ts';
import { Uniform } from './uniform.ts';

/**
 * The Kullback-Leibler divergence KL(p || q), the expectation of ln p(x) - ln q(x) under p, in nats; of the shape of the two
 * batches, broadcast. Differentiable in the parameters of both. Infinite where p has draws that q excludes. There is a
 * formula for two distributions of one family: Bernoulli, Beta, Binomial, Categorical, Cauchy, Dirichlet, Exponential,
 * Gamma, Geometric, Gumbel, HalfNormal, Laplace, LogNormal, Normal, Poisson, Uniform. PyTorch:
 * `torch.distributions.kl_divergence`.
 *
 * Errors: ArgumentError for other pairs; ShapeError.
 *
 * @example
 * ```ts
 * import { distributions } from '@tensortape/autograd';
 * const p = new distributions.Normal(0, 1);
 * const q = new distributions.Normal(1, 2);
 * console.log(distributions.klDivergence(p, q)); // tensor(0.4431)
 * ```
 */
export function klDivergence(p: Distribution, q: Distribution): Tensor {
  for (const formula of formulas()) {
    const divergence = formula(p, q);
    if (divergence !== null) return divergence;
  }
  throw new ArgumentError(
    `klDivergence: there is no formula for ${p.name} and ${q.name}; estimate it as the mean of p.logProb(x) - q.logProb(x) over ` +
      'draws x of p',
  );
}

/** The class of a family. */
type Family<D extends Distribution> = abstract new (...args: never[]) => D;

/** A formula for two distributions of a family, and null for others. */
function within<D extends Distribution>(family: Family<D>, formula: (p: D, q: D) => Tensor) {
  return (p: Distribution, q: Distribution): Tensor | null =>
    p instanceof family && q instanceof family ? formula(p, q) : null;
}

function normal(p: { loc: Tensor; scale: Tensor }, q: { loc: Tensor; scale: Tensor }): Tensor {
  const distance = p.loc.sub(q.loc).div(q.scale).square();
  return scaled(p.scale, q.scale).add(distance.mul(0.5));
}

/** KL of two normals of mean 0. */
function scaled(p: Tensor, q: Tensor): Tensor {
  const ratio = p.div(q).square();
  return ratio.sub(1).sub(ratio.log()).mul(0.5);
}

/** a ln(b / c), given the logarithm; 0 where a is 0, infinite elsewhere where c is 0. */
function term(a: Tensor, c: Tensor, logRatio: Tensor): Tensor {
  return where(a.eq(0), 0, where(c.eq(0), Number.POSITIVE_INFINITY, a.mul(logRatio)));
}

/** Made when asked for, so that a program without divergences sheds the families. */
const formulas = () => [
  within(Normal, normal),
  within(LogNormal, normal),
  within(HalfNormal, (p, q) => scaled(p.scale, q.scale)),
  within(Uniform, (p, q) => {
    const outside = q.low.gt(p.low).logicalOr(q.high.lt(p.high));
    const logRatio = q.high.sub(q.low).div(p.high.sub(p.low)).log();
    return where(outside, Number.POSITIVE_INFINITY, logRatio);
  }),
  within(Exponential, (p, q) => {
    const ratio = q.rate.div(p.rate);
    return ratio.sub(1).sub(ratio.log());
  }),
  within(Laplace, (p, q) => {
    const ratio = p.scale.div(q.scale);
    const distance = p.loc.sub(q.loc).abs();
    const near = ratio.mul(distance.div(p.scale).neg().exp());
    return distance.div(q.scale).add(near).sub(ratio.log()).sub(1);
  }),
  // Chyzak and Nielsen, "A closed-form formula for the Kullback-Leibler divergence between Cauchy distributions" (2019).
  within(Cauchy, (p, q) => {
    const wide = p.scale.add(q.scale).square().add(p.loc.sub(q.loc).square());
    return wide.log().sub(p.scale.mul(q.scale).mul(4).log());
  }),
  within(Gumbel, (p, q) => {
    const ratio = p.scale.div(q.scale);
    const distance = p.loc.sub(q.loc).div(q.scale);
    const tail = lgamma(ratio.add(1)).sub(distance).exp();
    return distance
      .sub(ratio.log())
      .add(ratio.mul(EULER))
      .add(tail)
      .sub(1 + EULER);
  }),
  within(Gamma, (p, q) => {
    const rates = q.concentration.mul(p.rate.div(q.rate).log());
    const normalizers = lgamma(q.concentration).sub(lgamma(p.concentration));
    const shapes = p.concentration.sub(q.concentration).mul(digamma(p.concentration));
    return rates.add(normalizers).add(shapes).add(q.rate.sub(p.rate).mul(p.mean));
  }),
  within(Dirichlet, (p, q) => {
    const [a, b] = [p.concentration, q.concentration];
    const [sumA, sumB] = [a.sum(-1), b.sum(-1)];
    const normalizers = lgamma(sumA)
      .sub(lgamma(sumB))
      .sub(lgamma(a).sub(lgamma(b)).sum(-1));
    return normalizers.add(
      a
        .sub(b)
        .mul(digamma(a).sub(digamma(sumA).unsqueeze(-1)))
        .sum(-1),
    );
  }),
  within(Beta, (p, q) => {
    const [sumP, sumQ] = [p.concentration1.add(p.concentration0), q.concentration1.add(q.concentration0)];
    const normalizers = lgamma(q.concentration1)
      .add(lgamma(q.concentration0))
      .add(lgamma(sumP))
      .sub(lgamma(p.concentration1))
      .sub(lgamma(p.concentration0))
      .sub(lgamma(sumQ));
    return normalizers
      .add(p.concentration1.sub(q.concentration1).mul(digamma(p.concentration1)))
      .add(p.concentration0.sub(q.concentration0).mul(digamma(p.concentration0)))
      .add(sumQ.sub(sumP).mul(digamma(sumP)));
  }),
  within(Bernoulli, (p, q) => {
    const [successP, successQ] = [p.probs, q.probs];
    const [failureP, failureQ] = [successP.neg().add(1), successQ.neg().add(1)];
    const success = q.logits.neg().softplus().sub(p.logits.neg().softplus());
    const failure = q.logits.softplus().sub(p.logits.softplus());
    return term(successP, successQ, success).add(term(failureP, failureQ, failure));
  }),
  within(Categorical, (p, q) => term(p.probs, q.probs, p.logits.sub(q.logits)).sum(-1)),
  within(Geometric, (p, q) => p.entropy().neg().sub(q.probs.neg().log1p().div(p.probs)).sub(q.logits)),
  within(Poisson, (p, q) => p.rate.mul(p.rate.log().sub(q.rate.log())).sub(p.rate.sub(q.rate))),
  within(Binomial, (p, q) => {
    const fewer = p.totalCount.lt(q.totalCount);
    if (fewer.any().item() !== 0) {
      throw new ArgumentError(
        'klDivergence: there is no formula for two Binomials of which the second has more trials; exchange them, or give both one totalCount',
      );
    }
    const each = p.probs.mul(p.logits.sub(q.logits)).add(p.probs.neg().log1p()).sub(q.probs.neg().log1p());
    return where(p.totalCount.gt(q.totalCount), Number.POSITIVE_INFINITY, p.totalCount.mul(each));
  }),
];

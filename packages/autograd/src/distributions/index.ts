/**
 * Probability distributions: draws, reparameterised draws, log-probabilities, entropies and divergences, as in
 * `torch.distributions`.
 *
 * @module
 */
export { Bernoulli, Geometric, SuccessProbability } from './bernoulli.ts';
export { Categorical } from './categorical.ts';
/** Which values parameters and samples may have. */
export * as constraints from './constraints.ts';
export { Binomial, Poisson } from './counts.ts';
export { Distribution, type DistributionOptions } from './distribution.ts';
export { Exponential, Laplace } from './exponential.ts';
export { Beta, Dirichlet, Gamma } from './gamma.ts';
export { Cauchy, Gumbel, StudentT } from './heavyTailed.ts';
export { klDivergence } from './kl.ts';
export { LocationScale } from './locationScale.ts';
export { HalfNormal, LogNormal, Normal } from './normal.ts';
export type { ByLogits, ByProbs, ProbsOrLogits } from './parameters.ts';
export { Uniform } from './uniform.ts';

import { distributions, grad, manualSeed, type Tensor, tensor } from '@tensortape/autograd';

/** Numbers in nested lists. */
export type Values = number | readonly Values[];

/** A question of fixtures/distributions_reference.py. */
export interface Question {
  readonly family: string;
  readonly dtype: 'float32' | 'float64';
  readonly parameters: Readonly<Record<string, Values>>;
  readonly others: Readonly<Record<string, Values>>;
  readonly values: Values;
  readonly probabilities: Values;
  readonly seed: number;
  readonly shape: readonly number[];
}

/** Its answer: what the family does not have is 'none'. */
export type Answer = Readonly<Record<string, Values | 'none' | boolean>>;

/** Makes a distribution from parameters by name. */
export const makers: Readonly<
  Record<string, (p: Readonly<Record<string, Tensor>>) => distributions.Distribution>
> = {
  Bernoulli: (p) => new distributions.Bernoulli(choice(p)),
  Beta: (p) => new distributions.Beta(p['concentration1']!, p['concentration0']!),
  Binomial: (p) => new distributions.Binomial(p['totalCount']!, choice(p)),
  Categorical: (p) => new distributions.Categorical(choice(p)),
  Cauchy: (p) => new distributions.Cauchy(p['loc']!, p['scale']!),
  Dirichlet: (p) => new distributions.Dirichlet(p['concentration']!),
  Exponential: (p) => new distributions.Exponential(p['rate']!),
  Gamma: (p) => new distributions.Gamma(p['concentration']!, p['rate']!),
  Geometric: (p) => new distributions.Geometric(choice(p)),
  Gumbel: (p) => new distributions.Gumbel(p['loc']!, p['scale']!),
  HalfNormal: (p) => new distributions.HalfNormal(p['scale']!),
  Laplace: (p) => new distributions.Laplace(p['loc']!, p['scale']!),
  LogNormal: (p) => new distributions.LogNormal(p['loc']!, p['scale']!),
  Normal: (p) => new distributions.Normal(p['loc']!, p['scale']!),
  Poisson: (p) => new distributions.Poisson(p['rate']!),
  StudentT: (p) => new distributions.StudentT(p['df']!, p['loc']!, p['scale']!),
  Uniform: (p) => new distributions.Uniform(p['low']!, p['high']!),
};

function choice(p: Readonly<Record<string, Tensor>>): distributions.ProbsOrLogits<Tensor> {
  return p['probs'] === undefined ? { logits: p['logits']! } : { probs: p['probs'] };
}

function make({ family, dtype }: Question, parameters: Question['parameters']) {
  const leaves = Object.fromEntries(
    Object.entries(parameters).map(([name, x]) => [name, tensor(x, { dtype, requiresGrad: true })]),
  );
  return { leaves: Object.values(leaves), distribution: makers[family]!(leaves) };
}

/** The gradients of the sum of y, its elements weighted by 1, 2, … */
function gradients(y: Tensor, inputs: readonly Tensor[]): Values {
  const weights = tensor(
    Array.from({ length: y.size }, (_, i) => i + 1),
    { dtype: y.dtype, shape: y.shape },
  );
  const found = grad(y.mul(weights).sum(), [...inputs], { allowUnused: true });
  return inputs.map((x, i) => (found[i] ?? x.detach().mul(0)).toArray() as Values);
}

/** What tensortape answers to the questions that PyTorch has an answer to. */
export function answer(question: Question, expected: Answer): Answer {
  const { leaves, distribution: d } = make(question, question.parameters);
  const { leaves: others, distribution: q } = make(question, question.others);
  const { dtype, seed, shape } = question;
  const values = tensor(question.values, { dtype, requiresGrad: true });
  const probabilities = tensor(question.probabilities, { dtype });
  const drawn = (draw: () => Tensor): Tensor => {
    manualSeed(seed);
    return draw();
  };
  const all: Readonly<Record<string, () => Values | boolean>> = {
    batchShape: () => d.batchShape,
    eventShape: () => d.eventShape,
    hasRsample: () => d.hasRsample,
    mean: () => d.mean.toArray() as Values,
    variance: () => d.variance.toArray() as Values,
    stddev: () => d.stddev.toArray() as Values,
    mode: () => d.mode.toArray() as Values,
    log_prob: () => d.logProb(values).toArray() as Values,
    log_prob_gradients: () => gradients(d.logProb(values), [values, ...leaves]),
    cdf: () => d.cdf(values).toArray() as Values,
    cdf_gradients: () => gradients(d.cdf(values), [values, ...leaves]),
    icdf: () => d.icdf(probabilities).toArray() as Values,
    icdf_gradients: () => gradients(d.icdf(probabilities), leaves),
    entropy: () => d.entropy().toArray() as Values,
    entropy_gradients: () => gradients(d.entropy(), leaves),
    sample: () => drawn(() => d.sample(shape)).toArray() as Values,
    rsample_gradients: () =>
      gradients(
        drawn(() => d.rsample(shape)),
        leaves,
      ),
    kl: () => distributions.klDivergence(d, q).toArray() as Values,
    kl_gradients: () => gradients(distributions.klDivergence(d, q), [...leaves, ...others]),
  };
  const has = (name: string) => expected[name] !== undefined && expected[name] !== 'none';
  return Object.fromEntries(
    Object.keys(expected).map((name) => [name, has(name) ? all[name]!() : ('none' as const)]),
  );
}

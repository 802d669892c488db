import { describe, expect, test } from '@jest/globals';
import { distributions, Generator, type Tensor, tensor } from '@tensortape/autograd';
import { chiSquaredP, KOLMOGOROV_LIMIT, kolmogorov, P_LIMIT, quadrature } from './fit.ts';

const {
  Bernoulli,
  Beta,
  Binomial,
  Categorical,
  Cauchy,
  Dirichlet,
  Exponential,
  Gamma,
  Geometric,
  Gumbel,
  HalfNormal,
  klDivergence,
  Laplace,
  LogNormal,
  Normal,
  Poisson,
  StudentT,
  Uniform,
} = distributions;
type Distribution = distributions.Distribution;

const COUNT = 100_000;
const f8 = (x: number | readonly number[]) => tensor(x, { dtype: 'float64' });
const draws = (d: Distribution, seed: number, count = COUNT) =>
  d.sample([count], { generator: new Generator(seed) });
const total = (x: Tensor) => x.sum().item();

/** P(at least a successes in a + b - 1 trials): the distribution function of the beta distribution for whole a and b. */
function betaCdf(a: number, b: number, x: number): number {
  const n = a + b - 1;
  const choose = (k: number): number => (k === 0 ? 1 : (choose(k - 1) * (n - k + 1)) / k);
  let sum = 0;
  for (let k = a; k <= n; k++) sum += choose(k) * x ** k * (1 - x) ** (n - k);
  return sum;
}

/** With the distribution function where the family has none of its own, and the ends of the support. */
const continuous: readonly (readonly [
  Distribution,
  { cdf?: (x: number) => number; low?: number; high?: number; centre?: number },
])[] = [
  [new Normal(f8(1.5), 2), { centre: 1.5 }],
  [new LogNormal(f8(0.5), 0.75), { low: 0 }],
  [new HalfNormal(f8(2)), { low: 0 }],
  [new Uniform(f8(-1), 3), { low: -1, high: 3, centre: 1 }],
  [new Exponential(f8(0.25)), { low: 0 }],
  [new Laplace(f8(-1), 3), { centre: -1 }],
  [new Gumbel(f8(1), 2), { centre: 1 }],
  [new Cauchy(f8(2), 0.5), { centre: 2 }],
  [new Gamma(f8(0.3), 2), { low: 0 }],
  [new Gamma(f8(1), 2), { low: 0 }],
  [new Gamma(f8(7.5), 0.5), { low: 0, centre: 15 }],
  [new Gamma(f8(400), 1), { low: 0, centre: 400 }],
  [new StudentT(f8(2)), { cdf: (x) => 0.5 + x / (2 * Math.sqrt(2 + x * x)) }],
  [new StudentT(f8(1), 2, 3), { cdf: (x) => 0.5 + Math.atan((x - 2) / 3) / Math.PI, centre: 2 }],
  [new StudentT(f8(7)), {}],
  [new Beta(f8(2), 3), { cdf: (x) => betaCdf(2, 3, x), low: 0, high: 1, centre: 0.4 }],
  [
    new Beta(f8(0.5), 0.5),
    { cdf: (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)), low: 0, high: 1, centre: 0.5 },
  ],
  [new Beta(f8(0.2), 1), { cdf: (x) => x ** 0.2, low: 0, high: 1, centre: 0.5 }],
];

const discrete: readonly Distribution[] = [
  new Bernoulli({ probs: f8(0.3) }),
  new Bernoulli({ logits: f8(2) }),
  new Geometric({ probs: f8(0.15) }),
  new Categorical({ probs: f8([1, 4, 0, 2, 0.5]) }),
  new Categorical({ logits: f8([-1, 0.5, 2]) }),
  new Poisson(f8(0.4)),
  new Poisson(f8(9.9)),
  new Poisson(f8(10)),
  new Poisson(f8(60)),
  new Binomial(f8(12), { probs: 0.3 }),
  new Binomial(f8(12), { probs: 0.9 }),
  new Binomial(f8(80), { logits: -0.5 }),
  new Binomial(f8(80), { probs: 0.7 }),
];
const named = (list: readonly Distribution[]) => list.map((d) => [String(d), d] as const);

function cdfOf(d: Distribution, own?: (x: number) => number): (sorted: Float64Array) => ArrayLike<number> {
  return own ? (sorted) => sorted.map(own) : (sorted) => d.cdf(tensor(sorted)).toTypedArray();
}

/** ln p of 0 … last, of which hardly any probability is left out. */
function table(d: Distribution): Tensor {
  const last =
    d instanceof Categorical
      ? d.probs.size - 1
      : d instanceof Bernoulli
        ? 1
        : d instanceof Binomial
          ? d.totalCount.item()
          : 400;
  return d.logProb(f8(Array.from({ length: last + 1 }, (_, k) => k)));
}

describe('draws follow the distribution function', () => {
  const withCdf = continuous.filter(([d, { cdf }]) => cdf !== undefined || !(d instanceof StudentT));
  test.each(withCdf.map(([d, more], i) => [String(d), d, more.cdf, i] as const))('%s', (_, d, cdf, i) => {
    expect(kolmogorov(draws(d, i).toTypedArray(), cdfOf(d, cdf))).toBeLessThan(KOLMOGOROV_LIMIT);
  });

  test('in float32', () => {
    for (const d of [
      new Normal(0, 1),
      new Gamma(2.5, 1),
      new Gamma(0.4, 1),
      new Laplace(0, 1),
      new Gumbel(0, 1),
    ])
      expect(kolmogorov(draws(d, 5).toTypedArray(), cdfOf(d))).toBeLessThan(KOLMOGOROV_LIMIT);
  });

  test('each component of Dirichlet is of the beta family', () => {
    const a = [1, 2, 3];
    const sample = draws(new Dirichlet(f8(a)), 1);
    for (const [i, own] of a.entries()) {
      const cdf = (sorted: Float64Array) => sorted.map((x) => betaCdf(own, 6 - own, x));
      expect(kolmogorov(sample.select(-1, i).toTypedArray(), cdf)).toBeLessThan(KOLMOGOROV_LIMIT);
    }
  });

  test('a scale 3 % off, or a shape, is found', () => {
    for (const [d, wrong] of [
      [new Normal(f8(0), 1), new Normal(f8(0), 1.03)],
      [new Exponential(f8(1)), new Exponential(f8(1.03))],
      [new Gamma(f8(3), 1), new Gamma(f8(3.06), 1)],
      [new Laplace(f8(0), 1), new Laplace(f8(0), 1.03)],
      [new Gumbel(f8(0), 1), new Gumbel(f8(0.03), 1)],
      [new Normal(f8(0), 1), new StudentT(f8(20))],
    ] as const)
      expect(kolmogorov(draws(wrong, 1, 4 * COUNT).toTypedArray(), cdfOf(d))).toBeGreaterThan(
        KOLMOGOROV_LIMIT,
      );
  });
});

describe('draws follow the probabilities', () => {
  test.each(named(discrete))('%s', (_, d) => {
    const p = table(d).exp().toTypedArray();
    expect(chiSquaredP(draws(d, 3).toTypedArray(), p)).toBeGreaterThan(P_LIMIT);
  });

  test('a parameter 3 % off is found', () => {
    for (const [d, wrong] of [
      [new Bernoulli({ probs: f8(0.5) }), new Bernoulli({ probs: f8(0.515) })],
      [new Geometric({ probs: f8(0.15) }), new Geometric({ probs: f8(0.1545) })],
      [new Categorical({ probs: f8([1, 1]) }), new Categorical({ probs: f8([1, 1.06]) })],
      [new Poisson(f8(9.9)), new Poisson(f8(10.2))],
      [new Poisson(f8(60)), new Poisson(f8(61))],
      [new Binomial(f8(80), { probs: 0.7 }), new Binomial(f8(80), { probs: 0.71 })],
    ] as const)
      expect(chiSquaredP(draws(wrong, 1).toTypedArray(), table(d).exp().toTypedArray())).toBeLessThan(
        P_LIMIT,
      );
  });
});

describe('mean and variance of draws', () => {
  const wide = (d: Distribution) => d instanceof Cauchy || d instanceof StudentT;
  test.each(
    named([
      ...continuous.map(([d]) => d).filter((d) => !wide(d)),
      ...discrete.filter((d) => !(d instanceof Categorical)),
    ]),
  )('%s', (_, d) => {
    const sample = draws(d, 11).to('float64');
    // Six standard errors: once in 500 million samples.
    const error = 6 / Math.sqrt(COUNT);
    expect(Math.abs(sample.mean().item() - d.mean.item())).toBeLessThan(error * d.stddev.item());
    const squares = sample.sub(d.mean).square();
    const spread = squares.std().item();
    expect(Math.abs(squares.mean().item() - d.variance.item())).toBeLessThan(error * spread);
  });
});

describe('the density', () => {
  test.each(continuous.map(([d, more]) => [String(d), d, more] as const))(
    '%s',
    (_, d, { low, high, centre }) => {
      const { points, weights } = quadrature(
        low ?? Number.NEGATIVE_INFINITY,
        high ?? Number.POSITIVE_INFINITY,
        centre ?? low ?? 0,
      );
      const logs = d.logProb(tensor(points));
      const measure = logs.exp().mul(tensor(weights));
      expect(total(measure)).toBeCloseTo(1, 7);
      const contributions = measure.mul(logs);
      expect(-total(contributions.maskedFill(measure.eq(0), 0))).toBeCloseTo(d.entropy().item(), 6);
      if (Number.isFinite(d.mean.item()) && Number.isFinite(d.variance.item())) {
        expect(total(measure.mul(tensor(points)))).toBeCloseTo(d.mean.item(), 6);
        const deviation = tensor(points).sub(d.mean);
        expect(total(measure.mul(deviation.square())) / d.variance.item()).toBeCloseTo(1, 6);
      }
    },
  );

  test.each(named(discrete))('%s', (_, d) => {
    const logs = table(d);
    const p = logs.exp();
    const k = f8(Array.from({ length: p.size }, (_, i) => i));
    expect(total(p)).toBeCloseTo(1, 7);
    if (!(d instanceof Poisson)) expect(-total(p.mul(logs))).toBeCloseTo(d.entropy().item(), 7);
    if (!(d instanceof Categorical)) {
      expect(total(p.mul(k))).toBeCloseTo(d.mean.item(), 7);
      expect(total(p.mul(k.sub(d.mean).square()))).toBeCloseTo(d.variance.item(), 6);
    }
  });

  test('icdf inverts cdf', () => {
    const p = f8([0.01, 0.2, 0.5, 0.7, 0.99]);
    for (const d of [
      new Normal(f8(1), 2),
      new LogNormal(f8(1), 0.5),
      new HalfNormal(f8(2)),
      new Uniform(f8(-1), 2),
      new Exponential(f8(3)),
      new Laplace(f8(1), 2),
      new Gumbel(f8(1), 2),
      new Cauchy(f8(1), 2),
    ]) {
      const back = d.cdf(d.icdf(p)).sub(p).abs().max().item();
      expect([d.name, back < 1e-14]).toEqual([d.name, true]);
    }
  });
});

describe('KL divergence', () => {
  const pairs: readonly (readonly [
    Distribution,
    Distribution,
    { low?: number; high?: number; centre?: number },
  ])[] = [
    [new Normal(f8(0), 1), new Normal(f8(1), 2), {}],
    [new LogNormal(f8(0), 1), new LogNormal(f8(0.5), 0.8), { low: 0 }],
    [new HalfNormal(f8(1)), new HalfNormal(f8(3)), { low: 0 }],
    [new Uniform(f8(0), 1), new Uniform(f8(-1), 2), { low: 0, high: 1, centre: 0.5 }],
    [new Exponential(f8(1)), new Exponential(f8(3)), { low: 0 }],
    [new Gumbel(f8(0), 1), new Gumbel(f8(1), 2), {}],
    [new Cauchy(f8(0), 1), new Cauchy(f8(1), 2), {}],
    [new Gamma(f8(2), 1), new Gamma(f8(0.7), 3), { low: 0 }],
    [new Beta(f8(2), 3), new Beta(f8(1), 0.5), { low: 0, high: 1, centre: 0.4 }],
  ];
  test.each(pairs.map(([p, q, more]) => [p.name, p, q, more] as const))(
    'is the expectation of the difference: %s',
    (_, p, q, { low, high, centre }) => {
      const { points, weights } = quadrature(
        low ?? Number.NEGATIVE_INFINITY,
        high ?? Number.POSITIVE_INFINITY,
        centre ?? low ?? 0,
      );
      const x = tensor(points);
      const measure = p.logProb(x).exp().mul(tensor(weights));
      const terms = measure.mul(p.logProb(x).sub(q.logProb(x))).maskedFill(measure.eq(0), 0);
      expect(total(terms)).toBeCloseTo(klDivergence(p, q).item(), 6);
      expect(klDivergence(p, p).item()).toBeCloseTo(0, 12);
    },
  );

  test('is infinite where draws are excluded', () => {
    const infinite = (p: Distribution, q: Distribution) =>
      expect(klDivergence(p, q).toArray()).toBe(Number.POSITIVE_INFINITY);
    infinite(new Uniform(0, 1), new Uniform(0.5, 2));
    infinite(new Bernoulli({ probs: 0.5 }), new Bernoulli({ probs: 0 }));
    infinite(new Categorical({ probs: f8([1, 1]) }), new Categorical({ probs: f8([1, 0]) }));
    infinite(new Binomial(3, { probs: 0.5 }), new Binomial(2, { probs: 0.5 }));
    expect(klDivergence(new Bernoulli({ probs: 0 }), new Bernoulli({ probs: 0.5 })).item()).toBeCloseTo(
      Math.LN2,
    );
  });
});

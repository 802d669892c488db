import { describe, expect, test } from '@jest/globals';
import { distributions, Generator, manualSeed, type Tensor, tensor } from '@tensortape/autograd';

const {
  Bernoulli,
  Beta,
  Binomial,
  Categorical,
  Dirichlet,
  Exponential,
  Gamma,
  Geometric,
  klDivergence,
  Normal,
  Poisson,
  Uniform,
} = distributions;

describe('a distribution', () => {
  test('has the shapes of its batch and events', () => {
    const normal = new Normal(tensor([[0], [1]]), tensor([1, 2, 3]));
    expect([normal.batchShape, normal.eventShape]).toEqual([[2, 3], []]);
    expect(normal.sample([4]).shape).toEqual([4, 2, 3]);
    expect(normal.logProb(tensor([0, 0, 0])).shape).toEqual([2, 3]);
    const dirichlet = new Dirichlet(
      tensor([
        [1, 2, 3],
        [1, 1, 1],
      ]),
    );
    expect([dirichlet.batchShape, dirichlet.eventShape]).toEqual([[2], [3]]);
    expect(dirichlet.sample([4]).shape).toEqual([4, 2, 3]);
    expect(dirichlet.logProb(tensor([0.25, 0.25, 0.5])).shape).toEqual([2]);
    const categorical = new Categorical({
      probs: tensor([
        [1, 2, 3],
        [1, 1, 1],
      ]),
    });
    expect([categorical.batchShape, categorical.sample([4]).shape]).toEqual([[2], [4, 2]]);
    expect(categorical.logProb(tensor([[0], [1], [2]])).shape).toEqual([3, 2]);
    for (const d of [normal, dirichlet, categorical]) expect(d.sample([0]).size).toBe(0);
    expect(new Normal(tensor([], { shape: [0] }), 1).sample([2]).shape).toEqual([2, 0]);
  });

  test('takes the dtype of its parameters, the default for numbers', () => {
    expect(new Normal(0, 1).sample().dtype).toBe('float32');
    expect(new Gamma(2, tensor(1, { dtype: 'float64' })).sample().dtype).toBe('float64');
    expect(new Exponential(tensor(2, { dtype: 'int32' })).rate.dtype).toBe('float32');
    expect(new Categorical({ probs: tensor([1, 1]) }).sample().dtype).toBe('int32');
    expect(new Bernoulli({ probs: tensor(0.5, { dtype: 'float64' }) }).logProb(tensor(true)).dtype).toBe(
      'float64',
    );
  });

  test('draws from the default generator, or the one given', () => {
    const d = new Gamma(tensor([0.5, 3]), 1);
    manualSeed(7);
    const first = d.sample([5]).toArray();
    expect(d.sample([5], { generator: new Generator(7) }).toArray()).toEqual(first);
    expect(d.sample([5]).toArray()).not.toEqual(first);
  });

  test('records draws of rsample only', () => {
    const scale = tensor([1, 2], { requiresGrad: true });
    for (const d of [new Normal(0, scale), new Gamma(scale, 1), new Beta(scale, 1), new Uniform(0, scale)]) {
      expect([d.sample().requiresGrad, d.rsample().requiresGrad, d.hasRsample]).toEqual([false, true, true]);
      expect(d.rsample([3], { generator: new Generator(1) }).toArray()).toEqual(
        d.sample([3], { generator: new Generator(1) }).toArray(),
      );
    }
    expect(new Poisson(scale).sample().requiresGrad).toBe(false);
  });

  test('prints as in PyTorch', () => {
    expect(String(new Normal(0, 0.1))).toBe('Normal(loc: 0.0, scale: 0.10000000149011612)');
    expect(String(new Normal(tensor([1, 2]), 1))).toBe('Normal(loc: (2,), scale: (2,))');
    expect(String(new Normal(tensor([1]), 1))).toBe('Normal(loc: tensor([1.]), scale: tensor([1.]))');
    expect(String(new Bernoulli({ logits: 0 }))).toBe('Bernoulli(logits: 0.0)');
    expect(String(new Exponential(Number.POSITIVE_INFINITY))).toBe('Exponential(rate: inf)');
  });

  test('expands', () => {
    const scale = tensor([1, 2], { requiresGrad: true });
    const all: readonly distributions.Distribution[] = [
      new Normal(0, scale),
      new distributions.LogNormal(0, scale),
      new distributions.HalfNormal(scale),
      new distributions.Laplace(0, scale),
      new distributions.Gumbel(0, scale),
      new distributions.Cauchy(0, scale),
      new distributions.StudentT(scale, 0, scale),
      new Uniform(0, scale),
      new Exponential(scale),
      new Gamma(scale, 1),
      new Beta(scale, 1),
      new Poisson(scale),
      new Bernoulli({ logits: scale }),
      new Bernoulli({ probs: tensor([0.2, 1]) }),
      new Geometric({ logits: scale }),
      new Binomial(3, { logits: scale }),
    ];
    for (const d of all) {
      const value = d instanceof Uniform || d instanceof Beta ? 0.5 : 1;
      const wide = d.expand([3, 2]);
      expect([wide.name, wide.batchShape, wide.constructor]).toEqual([d.name, [3, 2], d.constructor]);
      expect(wide.logProb(value).select(0, 2).toArray()).toEqual(d.logProb(value).toArray());
      expect(wide.sample().shape).toEqual([3, 2]);
    }
    const categorical = new Categorical({ probs: tensor([1, 3]) }).expand([4]);
    expect([categorical.batchShape, categorical.probs.shape]).toEqual([[4], [4, 2]]);
    const dirichlet = new Dirichlet(tensor([1, 3])).expand([4]);
    expect([dirichlet.batchShape, dirichlet.eventShape]).toEqual([[4], [2]]);
  });

  test('lists its outcomes', () => {
    expect(new Bernoulli({ probs: tensor([0.5, 0.5]) }).enumerateSupport().toArray()).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(new Categorical({ probs: tensor([[1, 1, 1]]) }).enumerateSupport(false).toArray()).toEqual([
      [0],
      [1],
      [2],
    ]);
    expect(new Binomial(2, { probs: 0.5 }).enumerateSupport().toArray()).toEqual([0, 1, 2]);
  });

  test('at the edges', () => {
    const numbers = (x: Tensor) => x.toArray();
    expect(numbers(new Uniform(0, 2).logProb(tensor([0, 2])))).toEqual([Math.fround(-Math.LN2), -Infinity]);
    expect(numbers(new Geometric({ probs: 1 }).logProb(tensor([0, 1])))).toEqual([0, -Infinity]);
    expect(numbers(new Poisson(0).logProb(tensor([0, 1])))).toEqual([0, -Infinity]);
    expect(numbers(new Gamma(1, 2).logProb(0))).toBeCloseTo(Math.LN2);
    expect(numbers(new Gamma(0.5, 1).logProb(0))).toBe(Infinity);
    expect(numbers(new Beta(1, 1).logProb(tensor([0, 1])))).toEqual([0, 0]);
    expect(numbers(new Bernoulli({ probs: 0.5 }).mode)).toBeNaN();
    expect(numbers(new Bernoulli({ probs: tensor([0, 1]) }).sample([2]))).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(new Gamma(1e-3, 1).sample([1000]).amin().item()).toBe(2 ** -126);
    expect(new Normal(0, Number.POSITIVE_INFINITY).logProb(0).item()).toBe(-Infinity);
  });

  test('without validation answers what its formulas give', () => {
    const off = { validateArgs: false };
    expect(new Normal(0, -1, off).logProb(1).item()).toBeNaN();
    expect(new distributions.HalfNormal(1, off).logProb(-1).item()).toBe(-Infinity);
    expect(new Uniform(0, 1, off).logProb(2).item()).toBe(-Infinity);
    expect(new Uniform(0, 1, off).cdf(2).item()).toBe(1);
    expect(new Normal(0, 1, off).expand([2]).validateArgs).toBe(false);
  });
});

describe('refuses, saying why', () => {
  const vector = tensor([1, 2]);
  const die = new Categorical({ probs: tensor([1, 1, 1]) });
  const dirichlet = new Dirichlet(tensor([1, 2]));
  const nothing: unknown = undefined;
  test.each<[string, RegExp, () => unknown]>([
    ['ArgumentError', /^Normal: scale must be positive \(above 0\), got -1$/, () => new Normal(0, -1)],
    [
      'ArgumentError',
      /^Normal: scale\[1\] must be positive \(above 0\), got 0$/,
      () => new Normal(0, tensor([1, 0])),
    ],
    ['ArgumentError', /^Normal: loc must be a number, not NaN/, () => new Normal(Number.NaN, 1)],
    [
      'ArgumentError',
      /^Normal: scale must be a number or a tensor, got undefined/,
      () => new Normal(0, nothing as number),
    ],
    [
      'ShapeError',
      /^Normal: shapes \(2,\) and \(3,\) do not broadcast/,
      () => new Normal(vector, tensor([1, 2, 3])),
    ],
    ['ArgumentError', /^Uniform: low must be below high \(1\), got 1$/, () => new Uniform(1, 1)],
    [
      'ArgumentError',
      /^Uniform: low\[0, 1\] must be below high, got 2$/,
      () => new Uniform(tensor([[0, 2]]), vector),
    ],
    ['ArgumentError', /^Exponential: rate must be positive/, () => new Exponential(0)],
    ['ArgumentError', /^Gamma: concentration must be positive/, () => new Gamma(-1, 1)],
    ['ArgumentError', /^Beta: concentration0 must be positive/, () => new Beta(1, 0)],
    ['ArgumentError', /^Dirichlet: concentration\[1\] must be positive/, () => new Dirichlet(tensor([1, 0]))],
    [
      'ShapeError',
      /^Dirichlet: concentration must have at least one axis, got shape \(\)/,
      () => new Dirichlet(tensor(1)),
    ],
    [
      'DTypeError',
      /^Dirichlet: concentration must be floating point, got int32/,
      () => new Dirichlet(vector.to('int32')),
    ],
    ['ArgumentError', /^Bernoulli: probs must be from 0 to 1, got 1.5$/, () => new Bernoulli({ probs: 1.5 })],
    ['ArgumentError', /^Bernoulli: logits must be a number/, () => new Bernoulli({ logits: Number.NaN })],
    [
      'ArgumentError',
      /^Bernoulli: expected either probs or logits, got neither/,
      () => new Bernoulli(JSON.parse('{}')),
    ],
    [
      'ArgumentError',
      /^Categorical: expected either probs or logits, got both/,
      () => new Categorical(Object.assign({ probs: vector }, { logits: vector }) as { probs: Tensor }),
    ],
    [
      'ArgumentError',
      /^Categorical: probs\[0\] must be finite weights .*, got \[1, -1\]$/,
      () => new Categorical({ probs: tensor([[1, -1]]) }),
    ],
    [
      'ArgumentError',
      /^Categorical: probs must be finite weights .* not all 0, got \[0, 0\]$/,
      () => new Categorical({ probs: tensor([0, 0]) }),
    ],
    [
      'ShapeError',
      /^Categorical: logits must have an axis of categories, got shape \(\)/,
      () => new Categorical({ logits: tensor(1) }),
    ],
    [
      'DTypeError',
      /^Categorical: probs must be floating point, got int32/,
      () => new Categorical({ probs: vector.to('int32') }),
    ],
    [
      'ArgumentError',
      /^Geometric: probs must be above 0, and at most 1, got 0$/,
      () => new Geometric({ probs: 0 }),
    ],
    ['ArgumentError', /^Poisson: rate must be 0 or more, got -1$/, () => new Poisson(-1)],
    [
      'ArgumentError',
      /^Binomial: totalCount must be a whole number >= 0, got 1.5$/,
      () => new Binomial(1.5, { probs: 0.5 }),
    ],
    [
      'ArgumentError',
      /^Normal\.logProb: value must be a number, not NaN, got NaN: outside the support of Normal\(loc: 0\.0, scale: 1\.0\)/,
      () => new Normal(0, 1).logProb(Number.NaN),
    ],
    [
      'ShapeError',
      /^Normal\.logProb: shapes \(3,\) and \(2,\) do not broadcast/,
      () => new Normal(vector, 1).logProb(tensor([1, 2, 3])),
    ],
    [
      'ArgumentError',
      /^Exponential\.cdf: value\[1\] must be 0 or more, got -1/,
      () => new Exponential(1).cdf(tensor([1, -1])),
    ],
    [
      'ArgumentError',
      /^Uniform\.logProb: value must be from 0 to 1, got 3/,
      () => new Uniform(0, 1).logProb(3),
    ],
    [
      'ArgumentError',
      /^Categorical\.logProb: value must be a whole number from 0 to 2, got 3/,
      () => die.logProb(3),
    ],
    [
      'ArgumentError',
      /^Categorical\.logProb: value must be a whole number from 0 to 2, got 0\.5/,
      () => die.logProb(0.5),
    ],
    [
      'ArgumentError',
      /^Binomial\.logProb: value must be a whole number from 0 to 2, got 3/,
      () => new Binomial(2, { probs: 0.5 }).logProb(3),
    ],
    [
      'ArgumentError',
      /^Bernoulli\.logProb: value must be 0 or 1, got 0\.5/,
      () => new Bernoulli({ probs: 0.5 }).logProb(0.5),
    ],
    [
      'ArgumentError',
      /^Poisson\.logProb: value must be a whole number >= 0, got 1\.5/,
      () => new Poisson(1).logProb(1.5),
    ],
    [
      'ArgumentError',
      /^Dirichlet\.logProb: value must be probabilities that sum to 1 .*, got \[0\.5, 0\.25\]/,
      () => dirichlet.logProb(tensor([0.5, 0.25])),
    ],
    [
      'ShapeError',
      /^Dirichlet\.logProb: the value has shape \(3,\), which must end with that of an event, \(2,\)/,
      () => dirichlet.logProb(tensor([0.5, 0.25, 0.25])),
    ],
    ['GradientError', /^Poisson\.rsample: draws are whole numbers/, () => new Poisson(1).rsample()],
    ['ShapeError', /^Normal\.sample: \(-1,\) is not a shape/, () => new Normal(0, 1).sample([-1])],
    [
      'ArgumentError',
      /^Poisson\.entropy: this family has none in closed form/,
      () => new Poisson(1).entropy(),
    ],
    ['ArgumentError', /^Gamma\.icdf: this family has none/, () => new Gamma(1, 1).icdf(0.5)],
    ['ArgumentError', /^Beta\.cdf: this family has none/, () => new Beta(1, 1).cdf(0.5)],
    [
      'ArgumentError',
      /^Binomial: the outcomes can be listed for one totalCount only, got 1 and 2/,
      () => new Binomial(vector, { probs: 0.5 }).entropy(),
    ],
    [
      'ArgumentError',
      /^klDivergence: there is no formula for Normal and Gamma/,
      () => klDivergence(new Normal(0, 1), new Gamma(1, 1)),
    ],
    [
      'ArgumentError',
      /^klDivergence: there is no formula for two Binomials/,
      () => klDivergence(new Binomial(1, { probs: 0.5 }), new Binomial(2, { probs: 0.5 })),
    ],
  ])('%s %s', (name, message, call) => {
    let thrown: unknown;
    try {
      call();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name, message: expect.stringMatching(message) });
  });
});

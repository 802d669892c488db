import { describe, expect, test } from '@jest/globals';
import {
  distributions,
  Generator,
  gammainc,
  grad,
  gradcheck,
  gradgradcheck,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { gammaGradient } from '../../src/distributions/gammaGradient.ts';

const { klDivergence } = distributions;
const f8 = (x: number | readonly number[]) => tensor(x, { dtype: 'float64' });

/** A distribution made of tensors, their values, and a value in its support. */
const families: readonly (readonly [
  string,
  (...p: Tensor[]) => distributions.Distribution,
  readonly (readonly number[])[],
  readonly number[],
])[] = [
  [
    'Normal',
    (a, b) => new distributions.Normal(a!, b!),
    [
      [0.5, -1],
      [2, 0.7],
    ],
    [1, -2],
  ],
  [
    'LogNormal',
    (a, b) => new distributions.LogNormal(a!, b!),
    [
      [0.5, -1],
      [2, 0.7],
    ],
    [1.5, 0.2],
  ],
  ['HalfNormal', (a) => new distributions.HalfNormal(a!), [[2, 0.7]], [1.5, 0.2]],
  [
    'Uniform',
    (a, b) => new distributions.Uniform(a!, b!),
    [
      [0, -1],
      [2, 0.7],
    ],
    [1.5, 0.2],
  ],
  ['Exponential', (a) => new distributions.Exponential(a!), [[2, 0.7]], [1.5, 0.2]],
  [
    'Laplace',
    (a, b) => new distributions.Laplace(a!, b!),
    [
      [0.5, -1],
      [2, 0.7],
    ],
    [1.5, -2],
  ],
  [
    'Gumbel',
    (a, b) => new distributions.Gumbel(a!, b!),
    [
      [0.5, -1],
      [2, 0.7],
    ],
    [1.5, -2],
  ],
  [
    'Cauchy',
    (a, b) => new distributions.Cauchy(a!, b!),
    [
      [0.5, -1],
      [2, 0.7],
    ],
    [1.5, -2],
  ],
  [
    'StudentT',
    (a, b, c) => new distributions.StudentT(a!, b!, c!),
    [
      [3, 0.8],
      [0.5, -1],
      [2, 0.7],
    ],
    [1.5, -2],
  ],
  [
    'Gamma',
    (a, b) => new distributions.Gamma(a!, b!),
    [
      [3, 0.8],
      [2, 0.7],
    ],
    [1.5, 0.2],
  ],
  [
    'Beta',
    (a, b) => new distributions.Beta(a!, b!),
    [
      [3, 0.8],
      [2, 0.7],
    ],
    [0.6, 0.2],
  ],
  ['Bernoulli', (a) => new distributions.Bernoulli({ probs: a! }), [[0.3, 0.8]], [1, 0]],
  ['Bernoulli by logits', (a) => new distributions.Bernoulli({ logits: a! }), [[0.3, -0.8]], [1, 0]],
  ['Geometric', (a) => new distributions.Geometric({ probs: a! }), [[0.3, 0.8]], [2, 0]],
  ['Poisson', (a) => new distributions.Poisson(a!), [[0.3, 8]], [2, 5]],
  ['Binomial', (a) => new distributions.Binomial(9, { probs: a! }), [[0.3, 0.8]], [2, 9]],
];
const continuous = new Set(families.slice(0, 11).map(([name]) => name));
const withEntropy = families.filter(([name]) => name !== 'Poisson');
const withDivergence = families.filter(([name]) => name !== 'StudentT' && name !== 'Uniform');

describe('first and second derivatives', () => {
  test.each(families)('of logProb: %s', (name, make, parameters, value) => {
    const inputs = parameters.map(f8);
    const x = f8(value);
    if (continuous.has(name)) {
      const f = (x: Tensor, ...p: Tensor[]) => make(...p).logProb(x);
      gradcheck(f, [x, ...inputs]);
      gradgradcheck(f, [x, ...inputs]);
    } else {
      const f = (...p: Tensor[]) => make(...p).logProb(x);
      gradcheck(f, inputs);
      gradgradcheck(f, inputs);
    }
  });

  test.each(withEntropy)('of entropy: %s', (_, make, parameters) => {
    const f = (...p: Tensor[]) => make(...p).entropy();
    gradcheck(f, parameters.map(f8));
    gradgradcheck(f, parameters.map(f8));
  });

  test.each(withDivergence)('of the divergence: %s', (_, make, parameters) => {
    const count = parameters.length;
    const f = (...p: Tensor[]) => klDivergence(make(...p.slice(0, count)), make(...p.slice(count)));
    const others = parameters.map((values) => f8(values.map((x) => x * 0.9)));
    gradcheck(f, [...parameters.map(f8), ...others]);
  });

  test('of Categorical and Dirichlet', () => {
    const x = f8([0.2, 0.5, 0.3]);
    const categorical = (logits: Tensor) => new distributions.Categorical({ logits });
    gradcheck((logits) => categorical(logits).logProb(2), [f8([0.1, -1, 2])]);
    gradgradcheck((logits) => categorical(logits).entropy(), [f8([0.1, -1, 2])]);
    gradcheck((probs) => new distributions.Categorical({ probs }).logProb(1), [f8([1, 2, 0.5])]);
    const dirichlet = (a: Tensor) => new distributions.Dirichlet(a, { validateArgs: false });
    gradcheck((a, x) => dirichlet(a).logProb(x), [f8([0.5, 2, 3]), x]);
    gradgradcheck((a) => dirichlet(a).entropy(), [f8([0.5, 2, 3])]);
    gradcheck((a, b) => klDivergence(dirichlet(a), dirichlet(b)), [f8([0.5, 2, 3]), f8([1, 2, 0.7])]);
  });

  test.each(families.slice(0, 8))('of draws: %s', (_, make, parameters) => {
    const f = (...p: Tensor[]) => make(...p).rsample([3], { generator: new Generator(1) });
    gradcheck(f, parameters.map(f8));
    gradgradcheck(f, parameters.map(f8));
  });
});

describe('the gradient of gamma draws', () => {
  // dx/da at a fixed P(a, x), by mpmath with 40 digits.
  test.each([
    [0.007514552223625073, 3.489775166411363e-16, 1.626643375365195e-12],
    [0.056776401336991474, 0.05589153476192374, 2.5390620168458113],
    [0.07459053335000052, 0.2557324581246046, 4.847846949485228],
    [0.17730487039401066, 0.0002115114883176596, 0.009715968071859747],
    [3.8180531026618136, 0.6870531476374425, 0.39124333406746986],
    [3.9482227108172903, 3.3179767218885052, 0.9549056049714624],
    [9.696643907418002, 1.1749911648416511, 0.29535190323302235],
    [81.09211738227437, 72.49417771188149, 0.9469505210387562],
    [271.3081755461192, 559.684284583729, 1.4062260370032167],
    [331.9429566266066, 374.1133825931267, 1.061522165947441],
    [544.3757545114055, 444.98737208162686, 0.9028634750737068],
    [1568.2687646379827, 1584.1251696264535, 1.0051452489751111],
    [4411.595070898433, 4342.926025180206, 0.992213994629851],
    [8867.554886026228, 1384.2923565517472, 0.34356205016364344],
    [90000.0, 90090.0, 1.000501686196084],
    [99999, 99999.0, 1.0000016666850002],
    [100000.0, 98418.8611699158, 0.9920539600288243],
    [100000.0, 101897.36659610103, 1.0094290781522341],
    [300000.0, 301095.4451150103, 1.0018240802530287],
    [1000000.0, 1000300.0, 1.00015015169393],
  ])('a = %d, x = %d', (a, x, expected) => {
    expect(Math.abs(gammaGradient(a, x) / expected - 1)).toBeLessThan(1e-11);
  });

  test('is the numeric derivative of the quantile at a fixed probability', () => {
    const P = (a: number, x: number) => gammainc(f8(a), f8(x)).item();
    const generator = new Generator(4);
    for (const a of [0.05, 0.3, 0.99, 1, 1.7, 6, 30, 250, 3000]) {
      const { concentration } = new distributions.Gamma(f8(a), 1);
      concentration.requiresGrad_();
      for (let i = 0; i < 20; i++) {
        const x = new distributions.Gamma(concentration, 1).rsample([], { generator });
        const [slope] = grad(x, [concentration]);
        const u = P(a, x.item());
        if (u < 1e-3 || u > 0.999) continue;
        const quantile = (shape: number): number => {
          let [low, high] = [0, 4 * x.item() + 1];
          for (let k = 0; k < 200; k++) {
            const middle = (low + high) / 2;
            if (P(shape, middle) < u) low = middle;
            else high = middle;
          }
          return (low + high) / 2;
        };
        const h = 1e-4 * a;
        const numeric = (quantile(a + h) - quantile(a - h)) / (2 * h);
        expect(Math.abs(slope!.item() / numeric - 1)).toBeLessThan(1e-5);
      }
    }
  });

  test('gives the derivative of expectations', () => {
    const count = 40_000;
    const means: readonly (readonly [
      string,
      (a: Tensor, b: Tensor) => Tensor,
      (a: Tensor, b: Tensor) => Tensor,
    ])[] = [
      [
        'Gamma',
        (a, b) => new distributions.Gamma(a, b).rsample([count], { generator: new Generator(1) }).square(),
        (a, b) => a.mul(a.add(1)).div(b.square()),
      ],
      [
        'Beta',
        (a, b) => new distributions.Beta(a, b).rsample([count], { generator: new Generator(2) }),
        (a, b) => a.div(a.add(b)),
      ],
      [
        'StudentT',
        (a, b) => new distributions.StudentT(a, 0, b).rsample([count], { generator: new Generator(3) }).abs(),
        (a, b) =>
          new distributions.StudentT(a, 0, b)
            .rsample([count], { generator: new Generator(4) })
            .abs()
            .mean(),
      ],
    ];
    for (const [name, draw, mean] of means) {
      for (const [a, b] of [
        [3.5, 1.5],
        [6, 0.4],
      ] as const) {
        const inputs = [f8(a).requiresGrad_(), f8(b).requiresGrad_()] as const;
        const estimates = grad(draw(...inputs).mean(), [...inputs]);
        const exact = grad(mean(...inputs), [...inputs]);
        for (const i of [0, 1]) {
          const error =
            Math.abs(estimates[i]!.item() - exact[i]!.item()) / (Math.abs(exact[i]!.item()) + 0.02);
          expect([name, a, b, i, error < 0.06]).toEqual([name, a, b, i, true]);
        }
      }
    }
  });

  test('of Dirichlet draws sums to 0, since they sum to 1', () => {
    const a = f8([0.5, 2, 3]).requiresGrad_();
    const x = new distributions.Dirichlet(a).rsample([5], { generator: new Generator(1) });
    const [slope] = grad(x.sum(), [a]);
    expect(slope!.abs().max().item()).toBeLessThan(1e-14);
  });

  test('outside the domain is NaN, and 0 at 0', () => {
    expect([gammaGradient(0, 1), gammaGradient(1, -1), gammaGradient(Number.NaN, 1)]).toEqual([
      NaN,
      NaN,
      NaN,
    ]);
    expect(gammaGradient(1, Number.POSITIVE_INFINITY)).toBeNaN();
    expect(gammaGradient(2, 0)).toBe(0);
  });

  test('a second derivative is refused', () => {
    const a = f8(2).requiresGrad_();
    const x = new distributions.Gamma(a, 1).rsample([], { generator: new Generator(1) });
    expect(() => grad(x, [a], { createGraph: true })).toThrow(/standardGamma/);
  });
});

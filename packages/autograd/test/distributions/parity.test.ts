import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { distributions } from '@tensortape/autograd';
import fc from 'fast-check';
import { describeIfTorch, worstError } from '../../../../scripts/jest/python.ts';
import { type Answer, answer, makers, type Question } from './ask.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const words = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const { cases }: { cases: (Question & { answer: Answer })[] } = JSON.parse(
  fixture('distributions.json'),
  (_, value) => words.get(value) ?? value,
);

/** Errors relative to 1 + |expected|. */
function tolerance({ family, dtype }: Question, key: string): number {
  if (dtype === 'float32') return 2e-5;
  // PyTorch's derivative of digamma is exact to 1e-9 only.
  const gamma = ['Beta', 'Dirichlet', 'Gamma', 'StudentT'].includes(family);
  if (gamma && (key === 'entropy_gradients' || key === 'kl_gradients')) return 2e-8;
  // Its incomplete gamma function is exact to 1e-9 from concentrations of 20 on.
  return family === 'Gamma' && key === 'cdf' ? 1e-9 : 1e-11;
}

function compare(question: Question, expected: Answer): void {
  const actual = answer(question, expected);
  const errors = Object.keys(expected).map((key) => [key, worstError(actual[key], expected[key])] as const);
  const wrong = errors.filter(([key, error]) => !(error <= tolerance(question, key)));
  const shown = wrong.map(([key, error]) => ({ key, error, actual: actual[key], expected: expected[key] }));
  expect({ question, wrong: shown }).toEqual({ question, wrong: [] });
}

describe('recorded answers of PyTorch', () => {
  test.each([...new Set(cases.map(({ family }) => family))])('%s', (family) => {
    for (const { answer: expected, ...question } of cases.filter((one) => one.family === family))
      compare(question, expected);
  });

  test('every family is there', () => {
    const families = Object.entries(distributions).flatMap(([name, value]) =>
      typeof value === 'function' && value.prototype instanceof distributions.Distribution ? [name] : [],
    );
    const abstract = ['LocationScale', 'SuccessProbability'];
    expect(families.filter((name) => !abstract.includes(name)).sort()).toEqual(Object.keys(makers));
    expect([...new Set(cases.map(({ family }) => family))].sort()).toEqual(Object.keys(makers));
  });
});

// Not so close to each other that rounding decides which is larger.
const real = fc.double({ min: -5, max: 5, noNaN: true }).map((x) => Math.round(x * 1e6) / 1e6);
const positive = fc.double({ min: -1, max: 1.4, noNaN: true }).map((x) => 10 ** x);
const chance = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const count = fc.nat({ max: 8 });
const rows = <T>(of: fc.Arbitrary<T>, length = 3) => fc.array(of, { minLength: length, maxLength: length });
const simplex = rows(positive).map((w) => w.map((x) => x / w.reduce((sum, y) => sum + y, 0)));
const locationScale = fc.record({ loc: rows(real), scale: rows(positive) });
const success = fc.oneof(fc.record({ probs: rows(chance) }), fc.record({ logits: rows(real) }));

type Parameters = fc.Arbitrary<Question['parameters']>;
type Values = fc.Arbitrary<Question['values']>;

/** Parameters and values of each family; the values lie in every support of the family. */
const families: Readonly<Record<string, readonly [Parameters, Values]>> = {
  Bernoulli: [success, rows(fc.nat({ max: 1 }))],
  Beta: [fc.record({ concentration1: rows(positive), concentration0: rows(positive) }), rows(chance)],
  Binomial: [success.map((p) => ({ totalCount: [8, 8, 8], ...p })), rows(count)],
  Categorical: [
    fc.oneof(fc.record({ probs: rows(rows(positive), 2) }), fc.record({ logits: rows(rows(real), 2) })),
    rows(fc.nat({ max: 2 }), 2),
  ],
  Cauchy: [locationScale, rows(real)],
  Dirichlet: [fc.record({ concentration: rows(rows(positive), 2) }), rows(simplex, 2)],
  Exponential: [fc.record({ rate: rows(positive) }), rows(positive)],
  Gamma: [fc.record({ concentration: rows(positive), rate: rows(positive) }), rows(positive)],
  Geometric: [success, rows(count)],
  // Up to 100 times as wide: PyTorch's divergence has the factorial of the ratio.
  Gumbel: [fc.record({ loc: rows(real), scale: rows(positive.filter((x) => x <= 10)) }), rows(real)],
  HalfNormal: [fc.record({ scale: rows(positive) }), rows(positive)],
  Laplace: [locationScale, rows(real)],
  LogNormal: [locationScale, rows(positive)],
  Normal: [locationScale, rows(real)],
  Poisson: [fc.record({ rate: rows(positive) }), rows(count)],
  StudentT: [fc.record({ df: rows(positive), loc: rows(real), scale: rows(positive) }), rows(real)],
  Uniform: [
    fc
      .record({ low: rows(fc.double({ min: -5, max: -1, noNaN: true })), more: rows(positive) })
      .map(({ low, more }) => ({ low, high: more.map((x) => x + 1) })),
    rows(fc.double({ min: -1, max: 1, noNaN: true })),
  ],
};

describeIfTorch('random parameters in PyTorch', fixture('distributions_reference.py'), (ask) => {
  test.each(Object.keys(makers))('%s', async (family) => {
    const [parameters, values] = families[family]!;
    const question = fc.record({
      family: fc.constant(family),
      dtype: fc.constant('float64' as const),
      parameters,
      others: parameters,
      values,
      probabilities: rows(chance),
      seed: fc.nat(),
      shape: fc.constantFrom([], [4], [2, 3]),
    });
    await fc.assert(fc.asyncProperty(question, async (one) => compare(one, (await ask(one)) as Answer)));
  });
});

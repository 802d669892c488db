import { describe, expect, test } from '@jest/globals';
import { checkDerivative, type Domain } from '@tensortape/verify';

const scalars = (...names: string[]): Domain =>
  Object.fromEntries(names.map((name) => [name, { shape: [] }]));
const positive = { shape: [], low: 0.5, high: 3 };
const n = { shape: ['n'] };
const nn = { shape: ['n', 'n'] };
const regression: Domain = { X: { shape: ['n', 'd'] }, w: { shape: ['d'] }, y: n };
const least = 'r = X * w - y; mean(r .^ 2)';
const mlp =
  'z1 = W1 * x + b1; h1 = sigmoid(z1); z2 = dot(w2, h1) + b2; yhat = sigmoid(z2); -(y * log(yhat) + (1 - y) * log(1 - yhat))';
const mlpDomain: Domain = {
  W1: { shape: [3, 3] },
  x: { shape: [3] },
  b1: { shape: [3] },
  w2: { shape: [3] },
  b2: { shape: [] },
  y: { shape: [], values: [0, 1] },
};
const right = {
  z2: 'yhat - y',
  b2: 'yhat - y',
  w2: '(yhat - y) * h1',
  h1: '(yhat - y) * w2',
  z1: 'dh1 .* h1 .* (1 - h1)',
  b1: 'dz1',
  W1: 'outer(dz1, x)',
};

/** What is planted: the function, the claims, the domain, the wrong claim, and what has to be said of it. */
const planted: [string, string, Record<string, string>, Domain, string, RegExp][] = [
  ['sign', 'x^2 * y', { x: '-2 * x * y' }, scalars('x', 'y'), 'x', /sign is wrong/],
  ['sign of a vector', 'sum(sin(x))', { x: '-cos(x)' }, { x: n }, 'x', /sign is wrong/],
  ['factor 2 missing', 'x^2 * y', { x: 'x * y' }, scalars('x', 'y'), 'x', /factor of 2 is missing/],
  [
    'factor 2 too many',
    'exp(x) * y',
    { x: '2 * exp(x) * y' },
    scalars('x', 'y'),
    'x',
    /factor of 2 too many/,
  ],
  [
    'another factor',
    'sum(exp(x))',
    { x: '5 * exp(x)' },
    { x: { shape: [2] } },
    'x',
    /constant factor: 5 times/,
  ],
  [
    'power, factor',
    'x^3 * y',
    { x: 'x^2 * y' },
    scalars('x', 'y'),
    'x',
    /'x\^3' is taken for x\^\(p − 1\)|'x\^3 \* y'/,
  ],
  ['power, exponent', 'x^3 * y', { x: '3 * x^3 * y' }, scalars('x', 'y'), 'x', /exponent is not lowered/],
  [
    'product rule',
    'x^2 * sin(x)',
    { x: '2 * x * sin(x)' },
    scalars('x'),
    'x',
    /'x\^2 \* sin\(x\)' .*operand 2 were constant/,
  ],
  [
    'product rule, other term',
    'x^2 * sin(x)',
    { x: 'x^2 * cos(x)' },
    scalars('x'),
    'x',
    /operand 1 were constant/,
  ],
  [
    'quotient rule',
    'sin(x) / x',
    { x: 'cos(x) / x' },
    { x: positive },
    'x',
    /'sin\(x\) \/ x' .*operand 2 were constant/,
  ],
  ['quotient rule, sign', 'y / x', { x: 'y / x^2' }, { x: positive, y: positive }, 'x', /sign is wrong/],
  ['chain rule, inner', 'sin(x^2)', { x: 'cos(x^2)' }, scalars('x'), 'x', /'x\^2' is missing/],
  ['chain rule, outer', 'exp(sin(x))', { x: 'cos(x)' }, scalars('x'), 'x', /'exp\(sin\(x\)\)' is missing/],
  ['chain rule, factor', 'exp(3 * x)', { x: 'exp(3 * x)' }, scalars('x'), 'x', /constant factor: 0\.333333/],
  [
    'cosine',
    'cos(x) * exp(x)',
    { x: 'sin(x) * exp(x) + cos(x) * exp(x)' },
    scalars('x'),
    'x',
    /'cos\(x\)' has the wrong sign/,
  ],
  ['sine', 'sin(x) * y', { x: 'sin(x) * y' }, scalars('x', 'y'), 'x', /'sin\(x\)' is taken for sin x/],
  [
    'logarithm',
    'y * log(x)',
    { x: 'y / x^2' },
    { x: positive, y: positive },
    'x',
    /'log\(x\)' is taken for 1\/x²/,
  ],
  [
    'root',
    'y * sqrt(x)',
    { x: 'y / (2 * x)' },
    { x: positive, y: positive },
    'x',
    /'sqrt\(x\)' is taken for 1\/\(2 x\)/,
  ],
  [
    'root, factor',
    'y * sqrt(x)',
    { x: 'y / sqrt(x)' },
    { x: positive, y: positive },
    'x',
    /factor of 2 too many/,
  ],
  ['constant term', 'x + 3 * y', { y: '0' }, scalars('x', 'y'), 'y', /not zero/],
  [
    'sigmoid, left out',
    'sum(sigmoid(A * x))',
    { x: "A' * ones" },
    { A: nn, x: n, ones: { shape: ['n'], values: [1] } },
    'x',
    /'sigmoid\(A \* x\)' is missing/,
  ],
  [
    'sigmoid, half of it',
    'y * sigmoid(x)',
    { x: 'y * sigmoid(x)' },
    scalars('x', 'y'),
    'x',
    /\(1 − y\) is missing/,
  ],
  [
    'sigmoid, other half',
    'y * sigmoid(x)',
    { x: 'y * (1 - sigmoid(x))' },
    scalars('x', 'y'),
    'x',
    /factor y is missing/,
  ],
  [
    'sigmoid of the operand',
    'y * sigmoid(x)',
    { x: 'y * x * (1 - x)' },
    scalars('x', 'y'),
    'x',
    /operand in the place of the value/,
  ],
  ['tanh, square', 'y * tanh(x)', { x: 'y * (1 - tanh(x))' }, scalars('x', 'y'), 'x', /square is missing/],
  [
    'tanh for sigmoid',
    'y * tanh(x)',
    { x: 'y * tanh(x) * (1 - tanh(x))' },
    scalars('x', 'y'),
    'x',
    /that of sigmoid/,
  ],
  [
    'relu, left out',
    'sum(relu(A * x))',
    { x: "A' * ones" },
    { A: nn, x: n, ones: { shape: ['n'], values: [1] } },
    'x',
    /'relu\(A \* x\)' is missing/,
  ],
  ['quadratic form', "x' * A * x", { x: 'A * x' }, { x: n, A: nn }, 'x', /operand 2 were constant/],
  [
    'quadratic form, transposed half',
    "x' * A * x",
    { x: "A' * x" },
    { x: n, A: nn },
    'x',
    /operand 1 were constant/,
  ],
  ['quadratic form, symmetric', "x' * A * x", { x: '2 * A * x' }, { x: n, A: nn }, 'x', /^$/],
  ['bilinear, transposed', "x' * A * y", { A: 'outer(y, x)' }, { x: n, A: nn, y: n }, 'A', /transposed/],
  [
    'bilinear, shape',
    "x' * A * y",
    { A: 'outer(y, x)' },
    { x: n, A: { shape: ['n', 'm'] }, y: { shape: ['m'] } },
    'A',
    /transposed/,
  ],
  ['trace', 'trace(A * B)', { A: 'B' }, { A: nn, B: nn }, 'A', /transposed/],
  ['Frobenius', 'sum(A .^ 2)', { A: 'A' }, { A: nn }, 'A', /factor of 2 is missing/],
  [
    'least squares, 1/N',
    least,
    { w: "2 * X' * r" },
    regression,
    'w',
    /1\/N is missing, where N = \d is the length of axis 1 of (X|y)/,
  ],
  ['least squares, factor', least, { r: 'r / (sum(r .* 0 + 1))' }, regression, 'r', /factor of 2 is missing/],
  [
    'sum over the batch',
    'sum(sigmoid(X * w + b))',
    { b: 's = sigmoid(X * w + b); s .* (1 - s)' },
    { X: { shape: ['n', 'd'] }, w: { shape: ['d'] }, b: { shape: [] } },
    'b',
    /sum over axis 1 of the claim is missing/,
  ],
  ['mean over the batch', 'mean(x .* y)', { x: 'y' }, { x: n, y: n }, 'x', /1\/N is missing/],
  ['mean twice', 'mean(x .* y)', { x: 'y / sum(y .* 0 + 1)^2' }, { x: n, y: n }, 'x', /1\/N once too often/],
  ['a row for a column', 'sum(sin(x))', { x: '[cos(x)]' }, { x: n }, 'x', /adds up|another shape|sum over/],
  [
    'norm',
    'norm(x)',
    { x: '2 * x / norm(x)' },
    { x: { shape: [3], low: 0.5, high: 2 } },
    'x',
    /factor of 2 too many/,
  ],
  [
    'softmax cross-entropy',
    'logsumexp(z) - dot(z, t)',
    { z: 't - softmax(z)' },
    { z: { shape: [3] }, t: { shape: [3] } },
    'z',
    /sign is wrong/,
  ],
  ['MLP, output', mlp, { ...right, z2: 'y - yhat' }, mlpDomain, 'z2', /sign is wrong/],
  ['MLP, sigmoid left out', mlp, { ...right, z1: 'dh1' }, mlpDomain, 'z1', /'sigmoid\(z1\)' is missing/],
  ['MLP, half a sigmoid', mlp, { ...right, z1: 'dh1 .* h1' }, mlpDomain, 'z1', /\(1 − y\) is missing/],
  ['MLP, weight transposed', mlp, { ...right, W1: 'outer(x, dz1)' }, mlpDomain, 'W1', /transposed/],
  ['MLP, hidden', mlp, { ...right, h1: '(y - yhat) * w2' }, mlpDomain, 'h1', /sign is wrong/],
];

describe('planted mistakes', () => {
  test.each(planted)('%s', async (_, f, claims, domain, by, guess) => {
    const check = await checkDerivative(f, claims, domain, { seed: 11 });
    expect(check.firstWrong).toBe(by);
    const verdicts = check.verdicts.filter(({ status }) => status !== 'right');
    expect(verdicts.map((verdict) => verdict.by)).toEqual([by]);
    expect(verdicts[0]!.guess ?? '').toMatch(guess);
  });

  test('there are at least 40', () => expect(planted.length).toBeGreaterThanOrEqual(40));
});

test('the right derivation of the 3-3-1 MLP is confirmed, line by line', async () => {
  const check = await checkDerivative(mlp, right, mlpDomain, { seed: 3 });
  expect(check.verdicts.map(({ by, status }) => [by, status])).toEqual(
    ['z2', 'h1', 'z1', 'W1', 'b1', 'w2', 'b2'].map((by) => [by, 'right']),
  );
});

import { formatShape } from '@tensortape/autograd';
import { checkDerivative, type DerivativeCheck, type Domain } from '@tensortape/verify';
import { formatInputs } from '../../src/claims/subject.ts';

const scalars = (...names: string[]): Domain =>
  Object.fromEntries(names.map((name) => [name, { shape: [] }]));
const positive = { shape: [], low: 0.5, high: 3 };
const n = { shape: ['n'] };
const nn = { shape: ['n', 'n'] };
const regression: Domain = { X: { shape: ['n', 'd'] }, w: { shape: ['d'] }, y: n };
const least = 'r = X * w - y; mean(r .^ 2)';
export const mlp =
  'z1 = W1 * x + b1; h1 = sigmoid(z1); z2 = dot(w2, h1) + b2; yhat = sigmoid(z2); -(y * log(yhat) + (1 - y) * log(1 - yhat))';
export const mlpDomain: Domain = {
  W1: { shape: [3, 3] },
  x: { shape: [3] },
  b1: { shape: [3] },
  w2: { shape: [3] },
  b2: { shape: [] },
  y: { shape: [], values: [0, 1] },
};
export const derivation = {
  z2: 'yhat - y',
  b2: 'yhat - y',
  w2: '(yhat - y) * h1',
  h1: '(yhat - y) * w2',
  z1: 'dh1 .* h1 .* (1 - h1)',
  b1: 'dz1',
  W1: 'outer(dz1, x)',
};

/** A mistake, the function, the claims with the wrong one among them, the domain, what the wrong claim is by, and what has to be said of it. */
export type Planted = readonly [
  mistake: string,
  program: string,
  claims: Readonly<Record<string, string>>,
  domain: Domain,
  by: string,
  said: RegExp,
];

/** At least 48, of every kind that the check knows, and some that it does not, of which it must guess nothing. */
export const planted: readonly Planted[] = [
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
  ['MLP, output', mlp, { ...derivation, z2: 'y - yhat' }, mlpDomain, 'z2', /sign is wrong/],
  ['MLP, sigmoid left out', mlp, { ...derivation, z1: 'dh1' }, mlpDomain, 'z1', /'sigmoid\(z1\)' is missing/],
  ['MLP, half a sigmoid', mlp, { ...derivation, z1: 'dh1 .* h1' }, mlpDomain, 'z1', /\(1 − y\) is missing/],
  ['MLP, weight transposed', mlp, { ...derivation, W1: 'outer(x, dz1)' }, mlpDomain, 'W1', /transposed/],
  ['MLP, hidden', mlp, { ...derivation, h1: '(y - yhat) * w2' }, mlpDomain, 'h1', /sign is wrong/],
  [
    'log-sum-exp, left out',
    'log(sum(exp(z)))',
    { z: 'exp(z)' },
    { z: { shape: [3] } },
    'z',
    /'log\(sum\(exp\(z\)\)\)' is missing/,
  ],
  [
    'softmax, diagonal alone',
    'dot(c, softmax(z))',
    { z: 's = softmax(z); c .* s .* (1 - s)' },
    { c: { shape: [3] }, z: { shape: [3] } },
    'z',
    /^$/,
  ],
  [
    'log-determinant, transposed',
    'log(det(A))',
    { A: 'inv(A)' },
    { A: { shape: [2, 2] } },
    'A',
    /transposed/,
  ],
  [
    'inverse, transposed',
    'trace(inv(A) * B)',
    { A: '-inv(A) * B * inv(A)' },
    { A: { shape: [2, 2] }, B: { shape: [2, 2] } },
    'A',
    /transposed/,
  ],
  [
    'the mean taken for a constant',
    'sum(c .* (x - mean(x)) .^ 2)',
    { x: '2 * c .* (x - mean(x))' },
    { c: { shape: [3] }, x: { shape: [3] } },
    'x',
    /'x - mean\(x\)' .*operand 2 were constant/,
  ],
  [
    'weight decay, factor',
    'dot(g, w) + c / 2 * dot(w, w)',
    { w: 'g + 2 * c * w' },
    { g: n, w: n, c: { shape: [] } },
    'w',
    /'c \/ 2 \* dot\(w, w\)' has a factor of 2 too many/,
  ],
  [
    'L1 as if it were L2',
    'dot(g, w) + c * sum(abs(w))',
    { w: 'g + c * w' },
    { g: n, w: n, c: { shape: [] } },
    'w',
    /^$/,
  ],
  [
    'hinge, sign',
    'sum(relu(1 - t .* s))',
    { s: 't .* (sign(1 - t .* s) + 1) / 2' },
    { t: { shape: ['n'], values: [1, -1] }, s: n },
    's',
    /sign is wrong/,
  ],
  [
    'a transpose forgotten: the product does not fit',
    least,
    { w: '2 * X * r / sum(0 * r + 1)' },
    regression,
    'w',
    /matmul/,
  ],
  ['no value where there is a derivative', 'sum(x .^ 2)', { x: '2 * exp(log(x))' }, { x: n }, 'x', /^$/],
];

const checks = new Map<Planted, Promise<DerivativeCheck>>();

/** What the check says; made once for each. */
export function checkOf(entry: Planted): Promise<DerivativeCheck> {
  const [, program, claims, domain] = entry;
  const known = checks.get(entry) ?? checkDerivative(program, claims, domain, { seed: 11 });
  checks.set(entry, known);
  return known;
}

const text = (said: string): string =>
  said
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
    .replace(/-(?=[\d.])/g, '−');
const code = (source: string): string => `\`${source.replaceAll('|', '\\|')}\``;
const number = (x: number): string => text(String(Number(x.toPrecision(6))));

async function row(entry: Planted): Promise<string> {
  const [mistake, program, claims, , by] = entry;
  const { verdicts } = await checkOf(entry);
  const { guess, refusal, shapes, coordinates, inputs } = verdicts.find((verdict) => verdict.by === by)!;
  const wrong = coordinates.find(({ status }) => status === 'wrong');
  const at = text(formatInputs(inputs));
  const differs =
    wrong === undefined
      ? (refusal?.split(' (line')[0] ??
        `shape ${formatShape(shapes!.claimed)}, not ${formatShape(shapes!.expected)}`)
      : (wrong.reason ?? `by ${wrong.at}: ${number(wrong.claimed)}, not ${number(wrong.analytic)}`);
  return `| ${mistake} | ${code(program)} | ${code(`d/d${by} = ${claims[by]}`)} | ${guess === null ? '' : text(guess)} | ${text(differs)}, at ${at} |`;
}

/** The page docs/planted-mistakes.md. */
export async function plantedPage(): Promise<string> {
  const rows: string[] = [];
  for (const entry of planted) rows.push(await row(entry));
  return `# Planted mistakes, and what is said of them

Each line is a wrong claim about a derivative, as people make them, and what \`checkDerivative\` says: the mistake, where it can name one that explains the claim at
several points, and the smallest counter-example found. The page is written by \`npm run docs:transcripts\`, and a test compares it with what is said now.
See [Is this derivative right?](derivative-exercises.md).

| planted mistake | of | claimed | guess | counter-example |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** A length of an axis: a letter of the domain, or a number. */
export type Length = string | number;
export type Lengths = readonly Length[];

/** What stands at a place of an expression. */
export interface Operand {
  readonly name: string;
  readonly lengths: Lengths;
}

/** An operation as people write it, with its derivative by each operand, by hand: nothing here knows of the tape. */
export interface Rule {
  /** The shape of the result; null where the operands do not fit. */
  readonly lengths: (...operands: Lengths[]) => Lengths | null;
  /** The expression. */
  readonly text: (...names: string[]) => string;
  /** By each operand: the contribution to its derivative, of the result's derivative `g`, the result `y` and the operands. */
  readonly by: readonly ((g: string, y: string, ...names: string[]) => string)[];
}

const same = (a: Lengths, b: Lengths): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** Element by element, of one operand: `#` in the texts. */
const unary = (text: string, slope: string): Rule => ({
  lengths: (x) => x,
  text: (x) => text.replaceAll('#', x),
  by: [(g, y, x) => `${g} .* (${slope.replaceAll('#', x).replaceAll('@', y)})`],
});

/** Element by element, of two operands of one shape. */
const binary = (text: string, ...slopes: [a: string, b: string]): Rule => {
  const put = (into: string, y: string, a: string, b: string) =>
    into.replaceAll('@', y).replaceAll('#1', a).replaceAll('#2', b);
  return {
    lengths: (a, b) => (same(a, b) ? a : null),
    text: (a, b) => put(text, '', a, b),
    by: slopes.map((slope) => (g, y, a, b) => `${g} .* (${put(slope, y, a!, b!)})`),
  };
};

const vector = (x: Lengths): boolean => x.length === 1;
const matrix = (x: Lengths): boolean => x.length === 2;
const square = (x: Lengths): boolean => matrix(x) && x[0] === x[1];
const ones = (x: string): string => `(0 * ${x} + 1)`;

const elements: readonly Rule[] = [
  unary('sin(#)', 'cos(#)'),
  unary('cos(#)', '-sin(#)'),
  unary('tan(#)', '1 + @ .^ 2'),
  unary('exp(#)', '@'),
  unary('expm1(#)', '@ + 1'),
  unary('sinh(#)', 'cosh(#)'),
  unary('cosh(#)', 'sinh(#)'),
  unary('tanh(#)', '1 - @ .^ 2'),
  unary('sigmoid(#)', '@ .* (1 - @)'),
  unary('softplus(#)', 'sigmoid(#)'),
  unary('relu(#)', '(sign(#) + 1) / 2'),
  unary('abs(#)', 'sign(#)'),
  unary('max(#, 0.5)', '(sign(# - 0.5) + 1) / 2'),
  // Not -1, where asin ends: a claim about asin(min(x, -1)) would be 0 times infinity everywhere.
  unary('min(#, -0.9)', '(1 - sign(# + 0.9)) / 2'),
  unary('erf(#)', '2 / sqrt(pi) * exp(-(# .^ 2))'),
  unary('atan(#)', '1 ./ (1 + # .^ 2)'),
  unary('asinh(#)', '1 ./ sqrt(1 + # .^ 2)'),
  unary('asin(#)', '1 ./ sqrt(1 - # .^ 2)'),
  unary('acos(#)', '-1 ./ sqrt(1 - # .^ 2)'),
  unary('atanh(#)', '1 ./ (1 - # .^ 2)'),
  unary('acosh(#)', '1 ./ sqrt(# .^ 2 - 1)'),
  unary('log(#)', '1 ./ #'),
  unary('log2(#)', '1 ./ (# * log(2))'),
  unary('log10(#)', '1 ./ (# * log(10))'),
  unary('log1p(#)', '1 ./ (1 + #)'),
  unary('log(# .^ 2 + 1)', '2 * # ./ (# .^ 2 + 1)'),
  unary('sqrt(#)', '1 ./ (2 * @)'),
  unary('sqrt(# .^ 2 + 0.5)', '# ./ @'),
  unary('square(#)', '2 * #'),
  unary('cube(#)', '3 * # .^ 2'),
  unary('# .^ 4', '4 * # .^ 3'),
  unary('2 .^ #', '@ * log(2)'),
  unary('1 ./ #', '-(@ .^ 2)'),
  unary('1 ./ (# .^ 2 + 1)', '-2 * # .* @ .^ 2'),
  unary('-#', '-1'),
  unary('3 * #', '3'),
  unary('# / 4 - 1', '0.25'),
  binary('#1 + #2', '1', '1'),
  binary('#1 - #2', '1', '-1'),
  binary('#1 .* #2', '#2', '#1'),
  binary('#1 ./ #2', '1 ./ #2', '-@ ./ #2'),
  binary('max(#1, #2)', '(sign(#1 - #2) + 1) / 2', '(sign(#2 - #1) + 1) / 2'),
  binary('min(#1, #2)', '(sign(#2 - #1) + 1) / 2', '(sign(#1 - #2) + 1) / 2'),
];

/** A scalar with a vector or a matrix. */
const scaled: readonly Rule[] = [
  {
    lengths: (s, x) => (s.length === 0 && x.length > 0 ? x : null),
    text: (s, x) => `${s} * ${x}`,
    by: [(g, _, __, x) => `sum(${g} .* ${x})`, (g, _, s) => `${s} * ${g}`],
  },
  {
    lengths: (s, x) => (s.length === 0 && x.length > 0 ? x : null),
    text: (s, x) => `${x} - ${s}`,
    by: [(g) => `-sum(${g})`, (g) => g],
  },
  {
    lengths: (s, x) => (s.length === 0 && x.length > 0 ? x : null),
    text: (s, x) => `${x} / ${s}`,
    by: [(g, y, s) => `-sum(${g} .* ${y}) / ${s}`, (g, _, s) => `${g} / ${s}`],
  },
];

const reductions: readonly Rule[] = [
  {
    lengths: (x) => (x.length > 0 ? [] : null),
    text: (x) => `sum(${x})`,
    by: [(g, _, x) => `${g} * ${ones(x!)}`],
  },
  {
    lengths: (x) => (x.length > 0 ? [] : null),
    text: (x) => `mean(${x})`,
    by: [(g, _, x) => `${g} * ${ones(x!)} / sum(${ones(x!)})`],
  },
  {
    lengths: (x) => (x.length > 0 ? [] : null),
    text: (x) => `norm(${x})`,
    by: [(g, y, x) => `${g} * ${x} / ${y}`],
  },
  {
    lengths: (x) => (vector(x) ? [] : null),
    text: (x) => `logsumexp(${x})`,
    by: [(g, y, x) => `${g} * exp(${x} - ${y})`],
  },
  {
    lengths: (x) => (matrix(x) ? [x[1]!] : null),
    text: (x) => `sum(${x}, 1)`,
    by: [(g, _, x) => `0 * ${x} + ${g}`],
  },
  {
    lengths: (x) => (matrix(x) ? [x[0]!] : null),
    text: (x) => `mean(${x}, 2)`,
    by: [(g, _, x) => `outer(${g}, ${ones(`${x}[1, :]`)}) / sum(${ones(`${x}[1, :]`)})`],
  },
  {
    lengths: (x) => (vector(x) ? x : null),
    text: (x) => `softmax(${x})`,
    by: [(g, y) => `${y} .* (${g} - dot(${g}, ${y}))`],
  },
  {
    lengths: (x) => (vector(x) ? x : null),
    text: (x) => `logSoftmax(${x})`,
    by: [(g, y) => `${g} - sum(${g}) * exp(${y})`],
  },
];

const products: readonly Rule[] = [
  {
    lengths: (A, B) => (matrix(A) && matrix(B) && A[1] === B[0] ? [A[0]!, B[1]!] : null),
    text: (A, B) => `${A} * ${B}`,
    by: [(g, _, __, B) => `${g} * ${B}'`, (g, _, A) => `${A}' * ${g}`],
  },
  {
    lengths: (A, x) => (matrix(A) && vector(x) && A[1] === x[0] ? [A[0]!] : null),
    text: (A, x) => `${A} * ${x}`,
    by: [(g, _, __, x) => `outer(${g}, ${x})`, (g, _, A) => `${A}' * ${g}`],
  },
  {
    lengths: (x, A) => (vector(x) && matrix(A) && x[0] === A[0] ? [A[1]!] : null),
    text: (x, A) => `${x}' * ${A}`,
    by: [(g, _, __, A) => `${A} * ${g}`, (g, _, x) => `outer(${x}, ${g})`],
  },
  {
    lengths: (a, b) => (vector(a) && same(a, b) ? [] : null),
    text: (a, b) => `dot(${a}, ${b})`,
    by: [(g, _, __, b) => `${g} * ${b}`, (g, _, a) => `${g} * ${a}`],
  },
  {
    lengths: (a, b) => (vector(a) && vector(b) ? [a[0]!, b[0]!] : null),
    text: (a, b) => `outer(${a}, ${b})`,
    by: [(g, _, __, b) => `${g} * ${b}`, (g, _, a) => `${g}' * ${a}`],
  },
  {
    lengths: (a, b) => (same(a, [3]) && same(b, [3]) ? a : null),
    text: (a, b) => `cross(${a}, ${b})`,
    by: [(g, _, __, b) => `cross(${b}, ${g})`, (g, _, a) => `cross(${g}, ${a})`],
  },
  {
    lengths: (x, A) => (vector(x) && square(A) && x[0] === A[0] ? [] : null),
    text: (x, A) => `${x}' * ${A} * ${x}`,
    by: [(g, _, x, A) => `${g} * (${A} + ${A}') * ${x}`, (g, _, x) => `${g} * outer(${x}, ${x})`],
  },
];

const matrices: readonly Rule[] = [
  { lengths: (A) => (matrix(A) ? [A[1]!, A[0]!] : null), text: (A) => `${A}'`, by: [(g) => `${g}'`] },
  {
    lengths: (A) => (square(A) ? [] : null),
    text: (A) => `trace(${A})`,
    by: [(g, _, A) => `${g} * diag(${ones(`${A}[:, 1]`)})`],
  },
  {
    lengths: (A) => (square(A) ? [A[0]!] : null),
    text: (A) => `diag(${A})`,
    by: [(g) => `diag(${g})`],
  },
  {
    lengths: (x) => (vector(x) ? [x[0]!, x[0]!] : null),
    text: (x) => `diag(${x})`,
    by: [(g) => `diag(${g})`],
  },
  {
    lengths: (A) => (square(A) ? A : null),
    text: (A) => `inv(${A})`,
    by: [(g, y) => `-(${y}' * ${g} * ${y}')`],
  },
  {
    lengths: (A) => (same(A, [2, 2]) ? [] : null),
    text: (A) => `det(${A})`,
    by: [(g, _, A) => `${g} * [${A}[2, 2], -${A}[2, 1]; -${A}[1, 2], ${A}[1, 1]]`],
  },
  {
    lengths: (x) => (same(x, [3]) ? [] : null),
    text: (x) => `${x}[2]`,
    by: [(g) => `[0 * ${g}, ${g}, 0 * ${g}]`],
  },
  {
    lengths: (x) => (same(x, [3]) ? [2] : null),
    text: (x) => `${x}[2:end]`,
    by: [(g) => `[0 * ${g}[1], ${g}[1], ${g}[2]]`],
  },
  {
    lengths: (A) => (matrix(A) && A[0] === 2 ? [A[1]!] : null),
    text: (A) => `${A}[2, :]`,
    by: [(g) => `[0 * ${g}, ${g}]`],
  },
  {
    lengths: (a, b) => (a.length === 0 && b.length === 0 ? [2] : null),
    text: (a, b) => `[${a}, ${b}]`,
    by: [(g) => `${g}[1]`, (g) => `${g}[2]`],
  },
];

/** The rules, by family: each family is drawn as often as another. */
export const families: readonly (readonly Rule[])[] = [elements, scaled, reductions, products, matrices];

import { checkTensors } from '../tensor/check.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { contract, type Labelled, ordered } from './contract.ts';
import type { Refusals, Samples } from './samples.ts';

/**
 * Sums over products of elements, by Einstein's convention: in `'ij,jk->ik'` every axis of every operand has a letter,
 * axes with one letter go together, and letters that the output leaves out are summed over. Letters are a-z and A-Z.
 *
 * - A letter twice in one operand takes a diagonal: `'ii->i'`, `'ii'` is the trace.
 * - `...` stands for all further axes of an operand; they broadcast.
 * - Without `->` the output has the axes of `...`, then the letters that occur once, in the order A-Z, a-z.
 * - Axes of length 1 broadcast against longer ones with the same letter. Spaces mean nothing.
 *
 * Each pair of operands is contracted by one product of (batches of) matrices; more than two in a greedy order, in which
 * the largest intermediate results are avoided. Derivatives: by each operand the contraction of g with the others.
 *
 * Errors: ArgumentError for an equation that cannot be read, or that does not fit the number of operands; ShapeError when
 * an operand has another number of axes than letters, or one letter stands for two lengths. PyTorch: `torch.einsum`.
 *
 * @example
 * ```ts
 * import { einsum, tensor } from '@tensortape/autograd';
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(einsum('ij,jk->ik', a, a).toArray()); // [ [ 7, 10 ], [ 15, 22 ] ]
 * console.log(einsum('ii', a)); // tensor(5.)
 * ```
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  checkTensors('einsum', 'operands', operands);
  const { terms, output } = parse(equation);
  if (operands.length === 0)
    throw new ArgumentError(`einsum: '${equation}' needs at least one operand, got none`);
  if (terms.length !== operands.length) {
    throw new ArgumentError(
      `einsum: '${equation}' is for ${terms.length} operand(s), got ${operands.length}; separate operands by commas`,
    );
  }
  const ellipsis = Math.max(...terms.map((term, i) => ellipsisRank(equation, term, i, operands[i]!)));
  const labels = terms.map((term, i) => labelsOf(term, operands[i]!.ndim));
  const lengths = lengthsOf(equation, labels, operands);
  const wanted =
    output === null ? implicitOutput(terms, ellipsis) : outputLabels(equation, output, labels, ellipsis);
  const needed = new Set(wanted);
  // Axes of length 1 neither sum nor multiply anything; where the output has them, they come back at the end.
  const factors = operands.map((x, i) => withoutUnits(diagonalized(x, labels[i]!)));
  const { x, labels: found } = contractAll(factors, needed);
  const present = wanted.filter((label) => found.includes(label));
  return ordered({ x, labels: found }, present).reshape(wanted.map((label) => lengths.get(label)!));
}
export const einsumSamples: Samples = (s) => {
  const [equation, ...shapes] = s.oneOf([
    ['ij,jk->ik', [2, 3], [3, 2]],
    ['ij,jk', [2, 0], [0, 2]],
    ['bij,bjk->bik', [2, 2, 3], [2, 3, 1]],
    ['ii->i', [3, 3]],
    ['ii', [3, 3]],
    ['iij->j', [2, 2, 3]],
    ['ba', [2, 3]],
    ['bA,Ac', [2, 3], [3, 2]],
    ['i,j->ji', [2], [3]],
    ['i,i->', [3], [3]],
    ['ij,i->j', [2, 3], [1]],
    ['ij,ij->ij', [2, 1], [1, 3]],
    ['...ij,...jk->...ik', [2, 1, 2, 2], [3, 2, 1]],
    ['...i->i...', [2, 3]],
    ['i...->i', [2, 3]],
    ['a b , c b -> a c', [2, 3], [2, 3]],
    ['ij,kl->', [2, 2], [2, 3]],
    ['ij,jk,kl->il', [2, 3], [3, 1], [1, 2]],
    ['a,ab,bc,c', [2], [2, 3], [3, 2], [2]],
    ['bi,bj,bk->bijk', [2, 1], [2, 2], [2, 2]],
    ['iji,jk->k', [2, 3, 2], [3, 2]],
    [',i->i', [], [2]],
    ['', []],
  ] as const);
  return [equation, ...shapes.map((shape) => s.tensorOf(shape))];
};
export const einsumRefusals: Refusals = (s) => {
  const [a, b] = [s.tensorOf([2, 3]), s.tensorOf([4, 5])];
  return [
    [
      ['ij,jk', a, b],
      'ShapeError',
      /'ij,jk': j has length 3 in operand 0 of shape \(2, 3\), but 4 in operand 1 of shape \(4, 5\)/,
    ],
    [['ii', a], 'ShapeError', /'ii': i has lengths 2 and 3 in operand 0 of shape \(2, 3\)/],
    [['ijk', a], 'ShapeError', /operand 0 of shape \(2, 3\) has 2 axes, but 'ijk' names 3/],
    [['i', a], 'ShapeError', /'i' names 1; write \.\.\. for further axes/],
    [['i...jk', a], 'ShapeError', /'i\.\.\.jk' names 3/],
    [['ij,jk', a], 'ArgumentError', /is for 2 operand\(s\), got 1/],
    [['ij'], 'ArgumentError', /at least one operand/],
    [['ij->ijj', a], 'ArgumentError', /j twice in the output/],
    [['ij->ik', a], 'ArgumentError', /k in the output, which no operand has/],
    [['i1', a], 'ArgumentError', /'1'.* is not a letter/],
    [['i.j', a], 'ArgumentError', /'\.' .* part of \.\.\./],
    [['...ij...', a], 'ArgumentError', /\.\.\. twice/],
    [['ij->i->', a], 'ArgumentError', /more than one ->/],
  ];
};

/** The letters of an operand or of the output, before and after an ellipsis; `after` is null where there is none. */
interface Term {
  readonly text: string;
  readonly before: readonly number[];
  readonly after: readonly number[] | null;
}

/** Labels from here on stand for axes of an ellipsis, the last axis first; below it are character codes. */
const ELLIPSIS = 1000;

function parse(equation: string): { readonly terms: readonly Term[]; readonly output: Term | null } {
  const [inputs, output, ...rest] = equation.replaceAll(' ', '').split('->');
  if (rest.length > 0) throw new ArgumentError(`einsum: '${equation}' has more than one ->`);
  return {
    terms: inputs!.split(',').map((text) => parseTerm(equation, text)),
    output: output === undefined ? null : parseTerm(equation, output),
  };
}

function parseTerm(equation: string, text: string): Term {
  const parts = text.split('...');
  if (parts.length > 2) throw new ArgumentError(`einsum: '${equation}' has ... twice in '${text}'`);
  const [before, after] = parts.map((letters) =>
    [...letters].map((letter) => {
      if (/[a-zA-Z]/.test(letter)) return letter.charCodeAt(0);
      const hint = letter === '.' ? 'is not part of ...' : 'is not a letter (a-z, A-Z)';
      throw new ArgumentError(`einsum: '${letter}' in '${equation}' ${hint}`);
    }),
  );
  return { text, before: before!, after: after ?? null };
}

/** How many axes the ellipsis of a term stands for. */
function ellipsisRank(equation: string, { text, before, after }: Term, index: number, x: Tensor): number {
  const named = before.length + (after?.length ?? 0);
  const rank = x.ndim - named;
  if (rank === 0 || (rank > 0 && after !== null)) return rank;
  throw new ShapeError(
    `einsum: operand ${index} of shape ${formatShape(x.shape)} has ${x.ndim} axes, but '${text}' names ${named}` +
      `${rank > 0 ? '; write ... for further axes' : ''} (equation '${equation}')`,
  );
}

/** Labels of the last axes of the longest ellipsis: they broadcast from the right. */
function ellipsisLabels(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, i) => ELLIPSIS + rank - 1 - i);
}

function labelsOf({ before, after }: Term, ndim: number): readonly number[] {
  if (after === null) return before;
  return [...before, ...ellipsisLabels(ndim - before.length - after.length), ...after];
}

/** The length that each label stands for. */
function lengthsOf(
  equation: string,
  labels: readonly (readonly number[])[],
  operands: readonly Tensor[],
): ReadonlyMap<number, number> {
  const lengths = new Map<number, number>();
  const owners = new Map<number, number>();
  const described = (i: number) => `operand ${i} of shape ${formatShape(operands[i]!.shape)}`;
  labels.forEach((list, i) => {
    const own = new Map<number, number>();
    list.forEach((label, axis) => {
      const length = operands[i]!.shape[axis]!;
      const name = label < ELLIPSIS ? String.fromCharCode(label) : `axis ${ELLIPSIS - 1 - label} of ...`;
      const other = own.get(label);
      if (other !== undefined && other !== length) {
        throw new ShapeError(
          `einsum: '${equation}': ${name} has lengths ${other} and ${length} in ${described(i)}; a diagonal needs equal lengths`,
        );
      }
      own.set(label, length);
      const known = lengths.get(label);
      if (known !== undefined && known !== length && known !== 1 && length !== 1) {
        throw new ShapeError(
          `einsum: '${equation}': ${name} has length ${known} in ${described(owners.get(label)!)}, but ${length} in ${described(i)}; ` +
            'equal lengths, or a length of 1, are needed',
        );
      }
      if (known === undefined || known === 1) {
        lengths.set(label, length);
        owners.set(label, i);
      }
    });
  });
  return lengths;
}

/** The axes of the ellipsis, then the letters that occur once: A-Z before a-z, which is the order of their codes. */
function implicitOutput(terms: readonly Term[], ellipsis: number): readonly number[] {
  const letters = terms.flatMap(({ before, after }) => [...before, ...(after ?? [])]);
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return [...ellipsisLabels(ellipsis), ...once.sort((a, b) => a - b)];
}

function outputLabels(
  equation: string,
  { before, after }: Term,
  labels: readonly (readonly number[])[],
  ellipsis: number,
): readonly number[] {
  const letters = [...before, ...(after ?? [])];
  for (const letter of letters) {
    const name = String.fromCharCode(letter);
    if (letters.indexOf(letter) !== letters.lastIndexOf(letter)) {
      throw new ArgumentError(`einsum: '${equation}' has ${name} twice in the output`);
    }
    if (!labels.some((list) => list.includes(letter))) {
      throw new ArgumentError(`einsum: '${equation}' has ${name} in the output, which no operand has`);
    }
  }
  return after === null ? before : [...before, ...ellipsisLabels(ellipsis), ...after];
}

/** Diagonals are taken until every label stands once. */
function diagonalized(x: Tensor, labels: readonly number[]): Labelled {
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (second < 0) return { x, labels };
  const label = labels[second]!;
  const first = labels.indexOf(label);
  const rest = labels.filter((_, axis) => axis !== first && axis !== second);
  return diagonalized(x.diagonal(0, first, second), [...rest, label]);
}

function withoutUnits({ x, labels }: Labelled): Labelled {
  return { x: x.squeeze(), labels: labels.filter((_, axis) => x.shape[axis] !== 1) };
}

/** Sums over the axes of one factor whose labels nothing else has. */
function summed({ x, labels }: Labelled, needed: (label: number) => boolean): Labelled {
  const axes = labels.flatMap((label, axis) => (needed(label) ? [] : [axis]));
  return axes.length === 0 ? { x, labels } : { x: x.sum(axes), labels: labels.filter(needed) };
}

/** Contracts all factors into one, pair by pair; private labels are summed over before. */
function contractAll(operands: readonly Labelled[], needed: ReadonlySet<number>): Labelled {
  const factors = operands.map((factor, i) =>
    summed(
      factor,
      (label) => needed.has(label) || operands.some(({ labels }, j) => j !== i && labels.includes(label)),
    ),
  );
  while (factors.length > 1) {
    const [i, j] = cheapestPair(factors, needed);
    const [b] = factors.splice(j, 1);
    const [a] = factors.splice(i, 1);
    const kept = new Set([...needed, ...factors.flatMap(({ labels }) => labels)]);
    factors.splice(i, 0, contract(a!, b!, kept));
  }
  return factors[0]!;
}

/** The pair whose contraction grows the total size least (the greedy heuristic of opt_einsum); the first of equal ones. */
function cheapestPair(factors: readonly Labelled[], needed: ReadonlySet<number>): readonly [number, number] {
  if (factors.length === 2) return [0, 1];
  let best: readonly [number, number] = [0, 1];
  let least = Number.POSITIVE_INFINITY;
  for (let j = 1; j < factors.length; j++) {
    for (let i = 0; i < j; i++) {
      const [a, b] = [factors[i]!, factors[j]!];
      const elsewhere = factors.flatMap(({ labels }, k) => (k === i || k === j ? [] : labels));
      const kept = (label: number) => needed.has(label) || elsewhere.includes(label);
      const lengths = new Map(
        [a, b].flatMap(({ x, labels }) => labels.map((l, axis) => [l, x.shape[axis]!])),
      );
      const size = sizeOf([...lengths].filter(([label]) => kept(label)).map(([, length]) => length));
      const growth = size - a.x.size - b.x.size;
      if (growth < least) {
        least = growth;
        best = [i, j];
      }
    }
  }
  return best;
}

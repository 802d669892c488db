import { LinAlgError, type Tensor } from '@tensortape/autograd';
import { type DrawnInput, ExpressionError, type Named, type Program, parseProgram } from '@tensortape/verify';
import { unevenDirection } from '../../src/modules/direction.ts';
import { type Draw, drawIndex } from '../../src/ops/kit.ts';
import { families, type Lengths, type Operand, type Rule } from './rules.ts';

/** A function in named steps, with its derivation: a claim for each step and each input, in terms of those by later steps. */
export interface Derivation {
  /** The steps and the output J. */
  readonly program: string;
  readonly domain: Readonly<Record<string, DrawnInput>>;
  /** By step or input, in reverse order: the terms of the derivative, of which the claim is the sum. */
  readonly terms: ReadonlyMap<string, readonly string[]>;
  /** The shape of each step and input. */
  readonly lengths: ReadonlyMap<string, Lengths>;
}

export const claimOf = (terms: readonly string[]): string => terms.join(' + ');

const oneOf = <T>(draw: Draw, values: readonly T[]): T => values[drawIndex(draw, values.length)]!;

const shapes: readonly Lengths[] = [[], ['n'], ['n', 'n'], ['n', 'm'], ['m'], [3], [2, 2], [2, 3], [1]];

/** Wide, within the domains of most functions, next to kinks, on them, saturating, large and tiny. */
const ranges: readonly Omit<DrawnInput, 'shape'>[] = [
  {},
  { low: 0.5, high: 3 },
  { low: -0.75, high: 0.75 },
  { low: -1e-3, high: 1e-3 },
  { values: [0, 1, -1, 0.5] },
  { low: -40, high: 40 },
  { low: 100, high: 1000 },
  { low: -1e-6, high: 1e-6 },
];

interface Step extends Operand {
  readonly rule: Rule;
  readonly operands: readonly Operand[];
}

/** Draws one; shrinks to few steps of simple rules. */
export function drawDerivation(draw: Draw): Derivation {
  const inputs = Array.from({ length: 1 + drawIndex(draw, 3) }, (_, i) => ({
    name: `x${i + 1}`,
    lengths: oneOf(draw, shapes),
  }));
  const known: Operand[] = [...inputs];
  const steps: Step[] = [];
  const count = 1 + drawIndex(draw, 6);
  for (let i = 0; i < count; i++) {
    const { rule, choices } = oneOf(draw, fitting(oneOf(draw, families), known));
    const operands = oneOf(draw, choices);
    const step = {
      name: `v${i + 1}`,
      lengths: rule.lengths(...operands.map(({ lengths }) => lengths))!,
      rule,
      operands,
    };
    steps.push(step);
    known.push(step);
  }
  const used = new Set(steps.flatMap(({ operands }) => operands.map(({ name }) => name)));
  const ends = known.filter(({ name }) => !used.has(name));
  const terms = new Map<string, string[]>(known.toReversed().map(({ name }) => [name, []]));
  for (const { name } of ends) terms.get(name)!.push(`0 * ${name} + 1`);
  for (const { name, rule, operands } of steps.toReversed()) {
    const names = operands.map((operand) => operand.name);
    operands.forEach((operand, k) => {
      terms.get(operand.name)!.push(rule.by[k]!(`d${name}`, name, ...names));
    });
  }
  return {
    program: [
      ...steps.map(
        ({ name, rule, operands }) => `${name} = ${rule.text(...operands.map((operand) => operand.name))}`,
      ),
      `J = ${ends.map(({ name }) => `sum(${name})`).join(' + ')}`,
    ].join('\n'),
    domain: Object.fromEntries(
      inputs.map(({ name, lengths }) => [name, { shape: lengths, ...oneOf(draw, ranges) }]),
    ),
    terms,
    lengths: new Map(known.map(({ name, lengths }) => [name, lengths])),
  };
}

interface Fitting {
  readonly rule: Rule;
  readonly choices: readonly (readonly Operand[])[];
}

/** The rules of a family with the operands that fit; a sine, which takes any, where there are none. */
function fitting(family: readonly Rule[], known: readonly Operand[]): readonly Fitting[] {
  const found = family.flatMap((rule): Fitting[] => {
    const all = rule.by.length === 1 ? known.map((a) => [a]) : known.flatMap((a) => known.map((b) => [a, b]));
    const choices = all.filter(
      (operands) => rule.lengths(...operands.map(({ lengths }) => lengths)) !== null,
    );
    return choices.length === 0 ? [] : [{ rule, choices }];
  });
  return found.length > 0 ? found : [{ rule: families[0]![0]!, choices: known.map((x) => [x]) }];
}

/** A mistake in one claim. */
export interface Mistake {
  readonly by: string;
  readonly says: string;
  readonly claim: string;
}

/** Draws a mistake that people make, in one of the claims. It may be none: twice nothing is nothing. */
export function drawMistake(draw: Draw, { terms, lengths }: Derivation): Mistake {
  const by = oneOf(draw, [...terms.keys()]);
  const own = terms.get(by)!;
  const right = `(${claimOf(own)})`;
  const kinds: [says: string, claim: string][] = [
    ['sign', `-${right}`],
    ['twice', `2 * ${right}`],
    ['half', `${right} / 2`],
    ['slightly more', `1.01 * ${right}`],
    ['zero', `0 * ${right}`],
    ['a constant', `${right} + 0.25`],
    ['the square', `${right} .^ 2`],
    ['added up', `sum(${right})`],
    ...(own.length > 1 ? [['a term left out', claimOf(own.slice(1))] as [string, string]] : []),
    ...(lengths.get(by)!.length === 2 ? [['transposed', `${right}'`] as [string, string]] : []),
  ];
  const [says, claim] = oneOf(draw, kinds);
  return { by, says, claim };
}

/** How far, and to which side, inputs are moved off kinks. */
const NEARBY = [1e-3, -1e-3];

/**
 * Whether a claim differs from the right one at a point and on both sides of it, so that the point is no kink, where several slopes are right; by evaluating steps and claims alone, without a tape; null where one of them has no
 * value there.
 */
export async function comparison(
  { program, terms, domain }: Derivation,
  { by, claim }: Mistake,
): Promise<(inputs: Named) => boolean | null> {
  const backwards = [...terms].map(([name, contributions]) => `d${name} = ${claimOf(contributions)}`);
  const source = [program, ...backwards, `planted = ${claim}`].join('\n');
  const parsed = await parseProgram(source, { inputs: Object.keys(domain) });
  const differsAt = (inputs: Named): boolean | null => {
    const steps = stepsOf(parsed, inputs);
    if (steps === null) return null;
    const [right, wrong] = [`d${by}`, 'planted'].map((name) => steps.get(name)!);
    const [a, b] = [right!, wrong!].map((x) => [...x.toTypedArray()].map(Number));
    if (![...a!, ...b!].every(Number.isFinite)) return null;
    if (right!.shape.join() !== wrong!.shape.join()) return true;
    return a!.some((x, i) => Math.abs(x - b![i]!) > 1e-4 * Math.max(Math.abs(x), Math.abs(b![i]!)) + 1e-6);
  };
  return (inputs) => {
    const here = differsAt(inputs);
    if (here !== true) return here;
    const sides = NEARBY.map((step) =>
      differsAt(
        Object.fromEntries(
          Object.entries(inputs).map(([name, x]) => [name, x.add(unevenDirection(x.shape).mul(step))]),
        ),
      ),
    );
    return sides.includes(null) ? null : sides.every(Boolean);
  };
}

/** The values of the steps; null where a matrix is singular. */
function stepsOf(program: Program, inputs: Named): ReadonlyMap<string, Tensor> | null {
  try {
    return program.run(inputs, { allowUndefined: true }).steps;
  } catch (error) {
    if (error instanceof ExpressionError && error.cause instanceof LinAlgError) return null;
    throw error;
  }
}

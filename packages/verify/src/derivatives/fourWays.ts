import {
  ArgumentError,
  formatPosition,
  func,
  numericJvp,
  type Shape,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import type { InputValues, Program } from '../expressions/program.ts';
import { formatTable, type TableFormat } from '../trace/format.ts';
import { formatNumber } from '../trace/number.ts';
import { type Symbolic, symbolicDerivative } from './symbolic.ts';

/** One entry of a Jacobian, found four ways. */
export interface FourWaysRow {
  /** The output and its coordinate, counted from 1: `y[2]`. */
  readonly output: string;
  /** The input and its coordinate. */
  readonly input: string;
  /** The 5-point difference, at the best of several steps. */
  readonly numeric: number;
  /** How far it may be from the truth. */
  readonly error: number;
  /** Forward mode. */
  readonly forward: number;
  /** Reverse mode. */
  readonly reverse: number;
  /** The symbolic derivative, or null where there is none. */
  readonly symbolic: number | null;
}

/** What {@link fourWays} found. */
export interface FourWays {
  /** One row per entry of the Jacobian, by output, then input. */
  readonly rows: readonly FourWaysRow[];
  /** By output and input: the symbolic derivative's text, or why there is none. */
  readonly symbolic: ReadonlyMap<string, Symbolic>;
  /** The largest relative error of forward, reverse and symbolic against each other; numeric ones have errors of their own. */
  readonly disagreement: number;
}

/**
 * The Jacobian of a program at a point, found in four independent ways: by 5-point differences over a sweep of steps, each with an estimate of its error; by
 * forward mode, a column at a time; by reverse mode, a row at a time; and by the symbolic rules of mathjs, for scalars.
 *
 * Errors: as `program.run`.
 *
 * @example
 * ```ts
 * import { fourWays, parseProgram } from '@tensortape/verify';
 * const program = await parseProgram('x1 * x2 + sin(x1)', { inputs: ['x1', 'x2'] });
 * const { rows, disagreement } = await fourWays(program, { x1: 0, x2: 3 });
 * console.log(rows.map(({ symbolic }) => symbolic), disagreement < 1e-12); // [ 4, 0 ] true
 * ```
 */
export async function fourWays(program: Program, values: InputValues): Promise<FourWays> {
  const inputs = program.bind(values).map((x) => x.detach());
  const named = (xs: readonly Tensor[]) =>
    Object.fromEntries(program.inputs.map((name, i) => [name, xs[i]!]));
  program.run(named(inputs));
  const f = (...xs: Tensor[]) => [...program.run(named(xs), { allowUndefined: true }).outputs.values()];
  const argnums = inputs.map((_, i) => i);
  const jacobians = (mode: 'forward' | 'reverse') => func.jacobian(f, { argnums, mode })(...inputs);
  const [forward, reverse] = [jacobians('forward'), jacobians('reverse')];
  const outputs = f(...inputs);
  const symbolic = new Map<string, Symbolic>();
  const rows: FourWaysRow[] = [];
  for (const [o, y] of outputs.entries()) {
    for (const [k, x] of inputs.entries()) {
      const [of, by] = [program.outputs[o]!, program.inputs[k]!];
      const found = await symbolicOf(program, of, by, y, inputs);
      symbolic.set(`${of} by ${by}`, found);
      const exact =
        found.program === null
          ? null
          : itemOf([...found.program.run(named(inputs), { allowUndefined: true }).outputs.values()][0]!);
      const pushed = forward[o]![k]!.toTypedArray();
      const pulled = reverse[o]![k]!.toTypedArray();
      for (let j = 0; j < x.size; j++) {
        const { values: slopes, errors } = numericJvp(f, inputs, unit(inputs, k, j))[o]!;
        for (let i = 0; i < y.size; i++) {
          rows.push({
            output: of + position(y.shape, i),
            input: by + position(x.shape, j),
            numeric: slopes[i]!,
            error: errors[i]!,
            forward: Number(pushed[i * x.size + j]),
            reverse: Number(pulled[i * x.size + j]),
            symbolic: exact,
          });
        }
      }
    }
  }
  const disagreement = rows.reduce((most, { forward, reverse, symbolic }) => {
    const against = symbolic === null ? 0 : relativeError(symbolic, reverse);
    return Math.max(most, relativeError(forward, reverse), against);
  }, 0);
  return { rows, symbolic, disagreement };
}

async function symbolicOf(
  program: Program,
  of: string,
  by: string,
  y: Tensor,
  inputs: readonly Tensor[],
): Promise<Symbolic> {
  if ([y, ...inputs].some(({ ndim }) => ndim > 0)) {
    return { program: null, reason: 'mathjs differentiates scalars only' };
  }
  return symbolicDerivative(program, of, by);
}

/** The Hessian of a program's one output by its inputs, forward over reverse: by input and input, of the shape of both. */
export function hessianOf(program: Program, values: InputValues): ReadonlyMap<string, Tensor> {
  const inputs = program.bind(values).map((x) => x.detach());
  const f = (...xs: Tensor[]): Tensor => {
    const { outputs } = program.run(Object.fromEntries(program.inputs.map((name, i) => [name, xs[i]!])));
    const [y, ...more] = outputs.values();
    if (y === undefined || more.length > 0 || y.size !== 1) {
      throw new ArgumentError(
        `hessianOf: the program has to have one output of one element; sum it, or take the Jacobian`,
      );
    }
    return y.reshape([]);
  };
  const blocks = func.hessian(
    f,
    inputs.map((_, i) => i),
  )(...inputs);
  const names = program.inputs;
  return new Map(names.flatMap((a, i) => names.map((b, j) => [`${a}, ${b}`, blocks[i]![j]!] as const)));
}

/** |a - b| / max(|a|, |b|), and 0 for two zeros. */
export function relativeError(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}

const itemOf = (x: Tensor): number => Number(x.item());

/** A coordinate as expressions write it, counted from 1. */
export function position(shape: Shape, index: number): string {
  return formatPosition(shape, index).replace(/\d+/g, (place) => String(Number(place) + 1));
}

/** Zeros like the inputs, but for a 1 at one coordinate of one of them. */
export function unit(inputs: readonly Tensor[], k: number, j: number): Tensor[] {
  return inputs.map(({ size, shape }, i) => {
    const values = new Float64Array(size);
    if (i === k) values[j] = 1;
    return tensor(values, { shape });
  });
}

/**
 * The comparison as a table, with the relative error of each way against reverse mode.
 *
 * @example
 * ```ts
 * import { formatFourWays, fourWays, parseProgram } from '@tensortape/verify';
 * const program = await parseProgram('x^3', { inputs: ['x'] });
 * console.log(formatFourWays(await fourWays(program, { x: 2 }), 'markdown').split('\n')[2]);
 * // | of | by | numeric | forward | reverse | symbolic |
 * ```
 */
export function formatFourWays({ rows, symbolic }: FourWays, format: TableFormat = 'text'): string {
  const against = (x: number, { reverse }: FourWaysRow) =>
    `${formatNumber(x)} (${relativeError(x, reverse).toExponential(0).replace('-', '−')})`;
  const reasons = [
    ...new Set([...symbolic.values()].flatMap((found) => (found.program === null ? [found.reason] : []))),
  ];
  const texts = [...symbolic].flatMap(([name, found]) =>
    found.program === null ? [] : [`${name}: ${found.text}`],
  );
  const table = formatTable(
    {
      caption: 'Four ways to the same derivatives; in brackets the relative error against reverse mode',
      head: ['of', 'by', 'numeric', 'forward', 'reverse', 'symbolic'],
      rows: rows.map((row) => [
        row.output,
        row.input,
        `${against(row.numeric, row)} ± ${row.error.toExponential(1).replace('-', '−')}`,
        against(row.forward, row),
        formatNumber(row.reverse),
        row.symbolic === null ? '—' : against(row.symbolic, row),
      ]),
    },
    format,
  );
  if (format === 'html' || format === 'svg') return table;
  return [
    table,
    ...texts.map((text) => `symbolic, ${text}`),
    ...reasons.map((reason) => `no symbolic derivative: ${reason}`),
  ].join('\n');
}

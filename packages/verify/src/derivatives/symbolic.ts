import { ArgumentError, sameShape } from '@tensortape/autograd';
import type { MathNode } from 'mathjs';
import { loadMath, type MathJs } from '../expressions/mathjs.ts';
import { type Program, parseProgram } from '../expressions/program.ts';

/** Names that mathjs takes for numbers or units, whatever they were declared as. */
const reserved =
  /^(e|i|tau|phi|LN2|LN10|LOG2E|LOG10E|SQRT1_2|SQRT2|Infinity|NaN|true|false|null|undefined|version)$/;

/** A symbolic derivative. */
export interface SymbolicDerivative {
  /** It, ready to run on the inputs. */
  readonly program: Program;
  /** It, as text. */
  readonly text: string;
}

/** Why there is no symbolic derivative. */
export interface NoSymbolicDerivative {
  /** Null: there is none. */
  readonly program: null;
  /** The reason. */
  readonly reason: string;
}

/** A symbolic derivative, or why there is none. */
export type Symbolic = SymbolicDerivative | NoSymbolicDerivative;

/**
 * The derivative of one output of a program of scalars by one input, by mathjs' rules, as a program of its own. Where these do not apply (vectors, functions
 * that mathjs cannot differentiate), the answer says so.
 *
 * @example
 * ```ts
 * import { parseProgram, symbolicDerivative } from '@tensortape/verify';
 * const program = await parseProgram('a = x^2; sin(a)', { inputs: ['x'] });
 * const derivative = await symbolicDerivative(program, 'y', 'x');
 * console.log(derivative.program && derivative.text); // 2 * x * cos(x ^ 2)
 * ```
 */
export async function symbolicDerivative(program: Program, output: string, by: string): Promise<Symbolic> {
  if (!program.outputs.includes(output) || !program.inputs.includes(by)) {
    throw new ArgumentError(
      `symbolicDerivative: '${output}' by '${by}': the outputs are ${program.outputs.join(', ')}, the inputs ${program.inputs.join(', ')}`,
    );
  }
  const name = program.inputs.find((input) => reserved.test(input));
  if (name !== undefined) return { program: null, reason: `mathjs takes '${name}' for a constant` };
  if (Object.values(program.shapes).some((shape) => !sameShape(shape, []))) {
    return { program: null, reason: 'mathjs differentiates scalars only' };
  }
  const math = await loadMath();
  try {
    const text = math.derivative(expressionOf(program, output, math), by).toString();
    return { program: await parseProgram(text, { inputs: program.inputs }), text };
  } catch (error) {
    const reason =
      error instanceof Error ? ('reason' in error ? String(error.reason) : error.message) : String(error);
    return { program: null, reason: `mathjs has no derivative for it: ${reason.split('\n')[0]}` };
  }
}

/** An output as one expression, its steps put into the places of their names. */
function expressionOf(program: Program, output: string, math: MathJs): MathNode {
  const steps = new Map<string, MathNode>();
  const unnamed: MathNode[] = [];
  for (const { name, text } of program.statements) {
    const parsed: MathNode = math.parse(name === null ? text : text.slice(text.indexOf('=') + 1));
    const inlined = parsed.transform((node) => {
      if (node.type !== 'SymbolNode' || !('name' in node)) return node;
      if (node.name === 'ln') return math.parse('log');
      return steps.get(String(node.name)) ?? node;
    });
    if (name === null) unnamed.push(inlined);
    else steps.set(name, inlined);
  }
  return unnamed[program.outputs.indexOf(output)] ?? steps.get(output)!;
}

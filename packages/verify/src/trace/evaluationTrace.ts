import {
  ArgumentError,
  type Graph,
  type GraphEdge,
  type GraphNode,
  graphOf,
  keepValues,
  onesLike,
  type Shape,
  type Tensor,
  type TensorNames,
  zerosLike,
} from '@tensortape/autograd';
import type { InputValues, Program } from '../expressions/program.ts';
import { formatNumber } from './number.ts';
import { notationOf } from './rules.ts';

/** A rule and what it gives. */
export interface TraceCell {
  /** The rule, as the literature writes it: `ẋ1 · x2 + ẋ2 · x1`. */
  readonly rule: string;
  /** What it gives, or null where nothing arrives: a derivative of 0. */
  readonly value: Tensor | null;
}

/** One step of a trace: an input, or an operation. */
export interface TraceRow {
  /** Its name: that of an input or a named step, or v1, v2 … */
  readonly name: string;
  /** The operation, or null for an input. */
  readonly op: string | null;
  /** The length of each axis of the result. */
  readonly shape: Shape;
  /** How its value comes about; the rule of an input is empty, and so is a value that the tape does not hold. */
  readonly primal: TraceCell;
  /** How its tangent does, in forward mode; null without tangents. */
  readonly tangent: TraceCell | null;
  /** How its adjoint does, in reverse mode; null unless the output has one element. */
  readonly adjoint: TraceCell | null;
}

/** The evaluation trace of one output. */
export interface EvaluationTrace {
  /** As they were computed: primals and tangents are read downwards, adjoints upwards. */
  readonly rows: readonly TraceRow[];
  /** What the trace is about: the last row, and the output's own name if it has one. */
  readonly output: string;
}

/** Options of {@link evaluationTrace}. */
export interface TraceOptions {
  /** Names for inputs and steps. */
  readonly names?: TensorNames;
  /** The inputs with their tangents, for forward mode. */
  readonly tangents?: Iterable<readonly [input: Tensor, tangent: Tensor]>;
  /** A name for the output, for the caption. */
  readonly output?: string;
}

/** Options of {@link traceProgram}. */
export interface TraceProgramOptions {
  /** The input whose tangent is 1 (in every element) in forward mode; the first unless given. */
  readonly by?: string;
  /** The output to trace; the first unless given. */
  readonly output?: string;
}

/**
 * The evaluation trace of a recorded computation, as the literature on automatic differentiation prints it (Griewank and Walther, Evaluating
 * Derivatives, 2008; Baydin et al., 2018): for each step its value, its tangent (forward mode) and its adjoint (reverse mode), each with its rule.
 * Record the computation in `keepValues`, so that all values are there. Any tape will do: that of a module's loss, too.
 *
 * Errors: GradientError for an output that is not tracked.
 *
 * @example
 * ```ts
 * import { keepValues, tensor } from '@tensortape/autograd';
 * import { evaluationTrace } from '@tensortape/verify';
 * const x = tensor(2, { requiresGrad: true });
 * const { rows } = evaluationTrace(keepValues(() => x.log().mul(x)), { names: { x } });
 * console.log(rows[0]!.adjoint!.rule); // v̄1 · 1/x + v̄2 · v1
 * ```
 */
export function evaluationTrace(
  output: Tensor,
  { names, tangents, output: title }: TraceOptions = {},
): EvaluationTrace {
  const graph = graphOf(output, {
    ...(names && { names }),
    ...(tangents && { tangents }),
    gradients: output.size === 1,
  });
  const shown = graph.nodes.map((node, k) => namesOf(graph, node, k));
  const consumers = graph.nodes.map((): { node: number; input: number }[] => []);
  graph.nodes.forEach(({ inputs }, node) => {
    inputs.forEach(({ from }, input) => {
      if (from !== null) consumers[from]!.push({ node, input });
    });
  });
  const root = graph.outputs[0]!.node;
  const rows = graph.nodes.map((node, k): TraceRow => {
    const { value, gradient, tangent, shape } =
      node.outputs[graph.outputs[0]!.node === k ? graph.outputs[0]!.slot : 0]!;
    const given = node.op === null ? '' : notationOf(node.op).value(shown[k]!.operands);
    const adjoints = consumers[k]!.map(({ node: at, input }) =>
      adjointRule(graph.nodes[at]!, input, shown[at]!),
    );
    return {
      name: node.name,
      op: node.op,
      shape,
      primal: { rule: given, value },
      tangent: tangents === undefined ? null : { rule: tangentRule(node, shown[k]!), value: tangent },
      adjoint: output.size === 1 ? { rule: k === root ? '' : sumOf(adjoints), value: gradient } : null,
    };
  });
  const { name } = graph.nodes[root]!;
  return { rows, output: title === undefined || title === name ? name : `${title} = ${name}` };
}

/**
 * The evaluation trace of a program at a point: {@link evaluationTrace} of its run, with its names. Errors: as `program.run`; ArgumentError for
 * names that it does not have.
 *
 * @example
 * ```ts
 * import { formatTrace, parseProgram, traceProgram } from '@tensortape/verify';
 * const program = await parseProgram('ln(x1) + x1 * x2 - sin(x2)', { inputs: ['x1', 'x2'] });
 * const trace = traceProgram(program, { x1: 2, x2: 5 });
 * console.log(trace.rows.at(-1)!.primal.value!.item().toFixed(4)); // 11.6521
 * console.log(trace.rows.map(({ name }) => name).join()); // x1,x2,v1,v2,v3,v4,v5
 * ```
 */
export function traceProgram(
  program: Program,
  values: InputValues,
  { by = program.inputs[0]!, output = program.outputs[0]! }: TraceProgramOptions = {},
): EvaluationTrace {
  if (!program.inputs.includes(by)) {
    throw new ArgumentError(
      `traceProgram: there is no input '${by}'; the inputs are ${program.inputs.join(', ')}`,
    );
  }
  if (!program.outputs.includes(output)) {
    throw new ArgumentError(
      `traceProgram: there is no output '${output}'; the outputs are ${program.outputs.join(', ')}`,
    );
  }
  const { inputs, steps, outputs } = recordProgram(program, values);
  return evaluationTrace(outputs.get(output)!, {
    names: [...inputs, ...steps],
    output,
    tangents: [...inputs].map(([name, x]) => [x, name === by ? onesLike(x) : zerosLike(x)] as const),
  });
}

/** A run of a program on leaves of its own, with all values kept, and the tensors by name. */
export function recordProgram(program: Program, values: InputValues) {
  const leaves = program.bind(values).map((x) => x.detach().clone().requiresGrad_());
  const inputs = new Map(program.inputs.map((name, i) => [name, leaves[i]!]));
  return { inputs, ...keepValues(() => program.run(Object.fromEntries(inputs))) };
}

/** The names that the rules of a node are written with. */
interface NodeNames {
  readonly name: string;
  readonly operands: readonly string[];
}

function namesOf(graph: Graph, node: GraphNode, index: number): NodeNames {
  return {
    name: graph.nodes[index]!.name,
    operands: node.inputs.map(({ from, constant }) =>
      from === null ? constantText(constant) : graph.nodes[from]!.name,
    ),
  };
}

function constantText(constant: GraphEdge['constant']): string {
  if (constant === null) return 'c';
  const values = [...constant.toTypedArray()];
  if (values.length === 0 || values.some((value) => value !== values[0])) return 'c';
  const text = formatNumber(Number(values[0]));
  return text.startsWith('−') ? `(${text})` : text;
}

/** A name with a mark above its first letter: ẋ1, x̄1. */
const marked = (name: string, mark: string): string => `${[...name][0]}${mark}${[...name].slice(1).join('')}`;
/** The name of a tangent. */
export const dotted = (name: string): string => marked(name, '\u0307').normalize('NFC');
/** The name of an adjoint. */
export const barred = (name: string): string => marked(name, '\u0304').normalize('NFC');

function times(factor: string, partial: string): string {
  if (partial === '1') return factor;
  return partial === '−1' ? `−${factor}` : `${factor} · ${partial}`;
}

function tangentRule(node: GraphNode, { name, operands }: NodeNames): string {
  if (node.op === null) return '';
  const { partial, tangent } = notationOf(node.op);
  return sumOf(
    node.inputs.flatMap(({ from }, i) => {
      if (from === null) return [];
      const dot = dotted(operands[i]!);
      return [tangent === undefined ? times(dot, partial!(i, operands, name)) : tangent(i, dot, operands)];
    }),
  );
}

function adjointRule(node: GraphNode, input: number, { name, operands }: NodeNames): string {
  const { partial, adjoint } = notationOf(node.op!);
  const bar = barred(name);
  return adjoint === undefined ? times(bar, partial!(input, operands, name)) : adjoint(input, bar, operands);
}

function sumOf(terms: readonly string[]): string {
  return terms.reduce((sum, term) => {
    if (sum === '') return term;
    return term.startsWith('−') ? `${sum} − ${term.slice(1)}` : `${sum} + ${term}`;
  }, '');
}

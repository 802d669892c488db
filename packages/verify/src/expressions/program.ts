import {
  ArgumentError,
  formatShape,
  LinAlgError,
  type Nested,
  type Shape,
  ShapeError,
  sameShape,
  stack,
  Tensor,
  tensor,
} from '@tensortape/autograd';
import { Converter } from './convert.ts';
import { ExpressionError, type Span, UndefinedError } from './error.ts';
import { describe, knownConstants, knownFunctions, Refusal, type Value } from './functions.ts';
import { loadMath } from './mathjs.ts';
import type { Expression, Statement, Subscript } from './tree.ts';
import { alterOperands, alterResult, type Variant } from './variant.ts';

/** Longest source, and most elements that a step may have. */
const LONGEST = 20_000;
const MOST_ELEMENTS = 2 ** 22;

/** Values of the inputs of a {@link Program}: numbers, nested arrays, or tensors of any floating point type. */
export type InputValues = Readonly<Record<string, Nested | Tensor>>;

/** Options of {@link parseProgram}. */
export interface ProgramOptions {
  /** The declared names, or the names with the shapes that their values must have: `[]` for a scalar, `[3]`, `[2, 3]`. */
  readonly inputs: readonly string[] | Readonly<Record<string, Shape>>;
}

/** Options of {@link Program.run}. */
export interface RunOptions {
  /** Accept steps that are NaN or infinite though their arguments are finite, instead of throwing. Default false. */
  readonly allowUndefined?: boolean;
  /** @internal A mistake to make in the derivative of one call. */
  readonly variant?: Variant;
  /** @internal Values that stand in the places of named steps, so that one is moved alone. */
  readonly moved?: Readonly<Record<string, Tensor>>;
}

/** What a {@link Program} computed. */
export interface ProgramRun {
  /** The values of the lines without a name, or of the last line: y, or y1, y2 … for several. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** The values of the named lines. */
  readonly steps: ReadonlyMap<string, Tensor>;
}

/**
 * Parses a formula, or several lines of them, into a program of tensors. The syntax is that of mathjs: `sin(x1 * x2) + exp(x1)`, `x' * A * x`, named
 * steps (`a = x1 * x2; sin(a)`), lines or `;` between several outputs, `[a, b]` for vectors, `A[1, 2:3]` for elements. What is different:
 *
 * - only declared names, steps above, `pi`, and known functions ({@link expressionFunctions}) have a meaning; units and `i`, `e` have none;
 * - places and axes are counted from 1, as in mathjs; one place drops its axis;
 * - `*` is the product of linear algebra, `.*`, `./` and `.^` work element by element; `+` and `-` broadcast;
 * - a product needs its `*`, but after a number: `2x` is one, `x y` and `sin x` are refused.
 *
 * Expressions are data: nothing of JavaScript can be reached from them, and nothing but the listed functions runs.
 *
 * Errors: {@link ExpressionError} with the place for what cannot be parsed, is unknown, too long or nested too deep; ArgumentError for
 * names that cannot be declared.
 *
 * @example
 * ```ts
 * import { parseProgram } from '@tensortape/verify';
 * const program = await parseProgram("x' * A * x", { inputs: { x: [2], A: [2, 2] } });
 * const { outputs } = program.run({ x: [1, 2], A: [[1, 2], [3, 4]] });
 * console.log(outputs.get('y')?.item()); // 27
 * ```
 */
export async function parseProgram(source: string, { inputs }: ProgramOptions): Promise<Program> {
  const names = Array.isArray(inputs) ? (inputs as readonly string[]) : Object.keys(inputs);
  const shapes = Array.isArray(inputs) ? {} : (inputs as Readonly<Record<string, Shape>>);
  for (const name of names) {
    if (!isDeclarable(name)) {
      throw new ArgumentError(
        `parseProgram: '${name}' cannot be the name of an input: it is not a word, or has a meaning already`,
      );
    }
  }
  if (source.length > LONGEST) {
    throw new ExpressionError(
      `the expression has ${source.length} characters, more than ${LONGEST}`,
      source,
      { start: LONGEST, end: LONGEST },
    );
  }
  if (source.replace(/#[^\n]*/g, '').trim() === '') {
    throw new ExpressionError('the expression is empty', source, { start: 0, end: 1 });
  }
  const math = await loadMath();
  const statements = refusingOverflow(source, () => {
    const root = parseAt(source, (text) => math.parse(text));
    return new Converter(source, root, names).statements(root);
  });
  return new Program(source, names, shapes, statements);
}

/** @internal Whether a word may stand for an input. */
export function isDeclarable(name: string): boolean {
  const isTaken =
    knownFunctions.has(name) || knownConstants.has(name) || name === 'end' || name === '__proto__';
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !isTaken;
}

function parseAt<T>(source: string, parse: (source: string) => T): T {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const char = 'char' in error && typeof error.char === 'number' ? error.char : source.length + 1;
    const reason = error.message.replace(/ \(char \d+\)$/, '');
    throw new ExpressionError(reason, source, { start: char - 1, end: char }, { cause: error });
  }
}

function refusingOverflow<T>(source: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ExpressionError(
      'the expression is nested too deep',
      source,
      { start: 0, end: 1 },
      { cause: error },
    );
  }
}

/** A parsed formula, ready to run on values: see {@link parseProgram}. */
export class Program {
  /** The text that it was parsed from. */
  readonly source: string;
  /** The declared names, in order. */
  readonly inputs: readonly string[];
  /** The shapes that were declared, by name. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** @internal The lines, in order. */
  readonly statements: readonly Statement[];
  /** The names of the outputs. */
  readonly outputs: readonly string[];

  /** @internal */
  constructor(
    source: string,
    inputs: readonly string[],
    shapes: Readonly<Record<string, Shape>>,
    statements: readonly Statement[],
  ) {
    this.source = source;
    this.inputs = inputs;
    this.shapes = shapes;
    this.statements = statements;
    const unnamed = statements.filter(({ name }) => name === null).length;
    const taken = new Set([...inputs, ...statements.map(({ name }) => name)]);
    const fresh = (name: string): string => (taken.has(name) ? fresh(`${name}_`) : name);
    this.outputs =
      unnamed === 0
        ? [statements.at(-1)!.name!]
        : unnamed === 1
          ? [fresh('y')]
          : Array.from({ length: unnamed }, (_, i) => fresh(`y${i + 1}`));
  }

  /**
   * The values of the inputs as float64 tensors, in the order of {@link inputs}. Tensors that are float64 already are handed through, so
   * tracked ones stay tracked.
   *
   * Errors: ArgumentError for missing and undeclared names, ShapeError for another shape than the declared one.
   */
  bind(values: InputValues): Tensor[] {
    for (const name of Object.keys(values)) {
      if (!this.inputs.includes(name)) {
        throw new ArgumentError(
          `'${name}' is given a value, but the inputs are: ${this.inputs.join(', ') || 'none'}`,
        );
      }
    }
    return this.inputs.map((name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) throw new ArgumentError(`the input '${name}' has no value`);
      const x = value instanceof Tensor ? value.to('float64') : tensor(value, { dtype: 'float64' });
      const shape = Object.hasOwn(this.shapes, name) ? this.shapes[name] : undefined;
      if (shape !== undefined && !sameShape(shape, x.shape)) {
        throw new ShapeError(
          `the input '${name}' has shape ${formatShape(x.shape)}, but ${formatShape(shape)} was declared`,
        );
      }
      return x;
    });
  }

  /**
   * Computes everything, in float64, recorded as any operations on tensors are.
   *
   * Errors: as {@link bind}; {@link ExpressionError} with the place for shapes that do not fit, for results outside of a function's domain (unless
   * `allowUndefined`), and for results of more than 2^22 elements.
   */
  run(values: InputValues, { allowUndefined = false, variant, moved = {} }: RunOptions = {}): ProgramRun {
    const bound = this.bind(values);
    const names = new Map<string, Value>(this.inputs.map((name, i) => [name, bound[i]!]));
    const evaluator = new Evaluator(this.source, names, !allowUndefined, variant);
    const steps = new Map<string, Tensor>();
    const outputs = new Map<string, Tensor>();
    for (const { name, value } of this.statements) {
      const isMoved = name !== null && Object.hasOwn(moved, name);
      const result = isMoved ? moved[name]! : asTensor(evaluator.value(value));
      if (name === null) outputs.set(this.outputs[outputs.size]!, result);
      else {
        steps.set(name, result);
        names.set(name, result);
      }
    }
    const [last] = this.outputs;
    if (outputs.size === 0) outputs.set(last!, steps.get(last!)!);
    return { outputs, steps };
  }
}

const asTensor = (value: Value): Tensor =>
  typeof value === 'number' ? tensor(value, { dtype: 'float64' }) : value;

class Evaluator {
  readonly #source: string;
  readonly #names: ReadonlyMap<string, Value>;
  readonly #checked: boolean;
  readonly #variant: Variant | undefined;

  constructor(source: string, names: ReadonlyMap<string, Value>, checked: boolean, variant?: Variant) {
    this.#source = source;
    this.#names = names;
    this.#checked = checked;
    this.#variant = variant;
  }

  value(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
        return expression.value;
      case 'name':
        return this.#names.get(expression.name)!;
      case 'array':
        return this.#array(expression.items, expression.at);
      case 'index':
        return this.#index(expression.of, expression.subscripts, expression.at);
      case 'call':
        return this.#call(expression, expression.name, expression.args, expression.at);
    }
  }

  #call(call: Expression, name: string, operands: readonly Expression[], at: Span): Value {
    const variant = this.#variant?.call === call ? this.#variant : null;
    const values = operands.map((operand) => this.value(operand));
    const args = variant === null ? values : alterOperands(variant, values);
    this.#refuseRowVector(name, operands, args, at);
    const plain = this.#placed(name, at, () => knownFunctions.get(name)!.apply(...args));
    const result = variant === null ? plain : alterResult(variant, args, plain);
    if (sizeOf(result) > MOST_ELEMENTS) {
      throw this.#error(
        `'${this.#textOf(at)}' has ${sizeOf(result)} elements, more than ${MOST_ELEMENTS}`,
        at,
      );
    }
    if (this.#checked && !allFinite(result) && args.every(allFinite)) {
      const given = args
        .map((arg) => (sizeOf(arg) === 1 ? String(itemOf(arg)) : describe(arg)))
        .join(' and ');
      const what = firstUndefined(result);
      throw new UndefinedError(
        `'${this.#textOf(at)}' is ${what} at ${given}: outside of the domain of '${name}'`,
        this.#source,
        at,
      );
    }
    return result;
  }

  /** `x * y'` of two vectors: mathjs gives their dot product, and whoever writes it means the outer one. */
  #refuseRowVector(name: string, operands: readonly Expression[], args: readonly Value[], at: Span): void {
    const [, right] = operands;
    if (name !== 'multiply' || right?.kind !== 'call' || !/^c?transpose$/.test(right.name)) return;
    if (args.every((arg) => typeof arg !== 'number' && arg.ndim === 1)) {
      throw this.#error(
        "a vector has no transpose: '*' of two vectors is their dot product, a number; write outer(x, y) for the matrix x y', or declare columns of shape (n, 1)",
        at,
      );
    }
  }

  #array(items: readonly Expression[], at: Span): Value {
    const values = items.map((item) => asTensor(this.value(item)));
    return this.#placed('[…]', at, () => stack(values));
  }

  #index(of: Expression, subscripts: readonly Subscript[], at: Span): Value {
    const x = asTensor(this.value(of));
    if (subscripts.length !== x.ndim) {
      throw this.#error(`${subscripts.length} subscript(s) for ${describe(x)}, which has ${x.ndim} axes`, at);
    }
    let result = x;
    let axis = 0;
    for (const [i, subscript] of subscripts.entries()) {
      const length = x.shape[i]!;
      const from = typeof subscript === 'number' ? subscript : subscript.from;
      const to = typeof subscript === 'number' ? subscript : (subscript.to ?? length);
      if (from > to || to > length) {
        throw this.#error(
          `${from === to ? `place ${from}` : `${from}:${to}`} is outside of axis ${i + 1}, of length ${length} (counted from 1)`,
          at,
        );
      }
      if (typeof subscript === 'number') result = result.select(axis, from - 1);
      else if (to - from + 1 < length) result = result.narrow(axis++, from - 1, to - from + 1);
      else axis++;
    }
    return result;
  }

  /** Errors of operations get the place in the expression. */
  #placed<T>(name: string, at: Span, body: () => T): T {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof Error) || error instanceof ExpressionError) throw error;
      const reason = error instanceof Refusal ? `${name}: ${error.message}` : error.message;
      const Kind = error instanceof LinAlgError ? UndefinedError : ExpressionError;
      throw new Kind(reason, this.#source, at, { cause: error });
    }
  }

  #error(reason: string, at: Span): ExpressionError {
    return new ExpressionError(reason, this.#source, at);
  }

  #textOf({ start, end }: Span): string {
    return this.#source.slice(start, end);
  }
}

const sizeOf = (value: Value): number => (typeof value === 'number' ? 1 : value.size);
const itemOf = (value: Value): number => (typeof value === 'number' ? value : value.item());
const elementsOf = (value: Value): Iterable<number> =>
  typeof value === 'number' ? [value] : (value.toTypedArray() as Iterable<number>);

function allFinite(value: Value): boolean {
  for (const element of elementsOf(value)) if (!Number.isFinite(element)) return false;
  return true;
}

function firstUndefined(value: Value): number {
  for (const element of elementsOf(value)) if (!Number.isFinite(element)) return element;
  return Number.NaN;
}

/** The names of the functions that expressions may call: see {@link parseProgram}. */
export const expressionFunctions: readonly string[] = [...knownFunctions.keys()];

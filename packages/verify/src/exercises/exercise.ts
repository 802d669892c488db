import { tensor } from '@tensortape/autograd';
import { type CheckOptions, checkDerivative, type DerivativeCheck } from '../claims/checkDerivative.ts';
import type { DomainEntry } from '../claims/domain.ts';
import { ExpressionError } from '../expressions/error.ts';
import { isDeclarable, type Program, parseProgram } from '../expressions/program.ts';

/** An exercise: a function of declared inputs, in named steps, and claims about its derivatives. */
export interface Exercise {
  /** What it is called. */
  readonly title: string;
  /** Where its inputs lie. */
  readonly domain: Readonly<Record<string, DomainEntry>>;
  /** Its steps and its output, as a program. */
  readonly program: string;
  /** The claims, by what the derivative is by. */
  readonly claims: Readonly<Record<string, string>>;
  /** Tolerance, number of points and seed, where it sets them. */
  readonly options: CheckOptions;
  /** The line of the file on which each name is declared or claimed: `h1`, `d/dh1`. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Thrown for an exercise file that cannot be read; the message begins with the line. */
export class ExerciseError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'ExerciseError';
  /** The line, counted from 1. */
  readonly line: number;

  /** @internal */
  constructor(line: number, reason: string, options?: ErrorOptions) {
    super(`line ${line}: ${reason}`, options);
    this.line = line;
  }
}

const name = String.raw`([\p{L}_][\p{L}\p{N}_]*)`;
const given = new RegExp(
  String.raw`^${name}\s*:\s*(scalar|\[[^\]]*\])(?:\s+in\s+(\S+?)\.\.(\S+)|\s+from\s+(.+))?$`,
  'u',
);
const point = new RegExp(String.raw`^${name}\s*=\s*(.+)$`, 'u');
const step = new RegExp(String.raw`^${name}\s*=\s*(.+)$`, 'u');
const claim = new RegExp(String.raw`^d/d${name}\s*=\s*(.+)$`, 'u');

/** Most lines of an exercise, and most points. */
const MOST_LINES = 1000;
const MOST_POINTS = 10_000;

/**
 * Reads an exercise. Each line is a keyword and what belongs to it; `#` begins a comment:
 *
 * ```text
 * title Least squares
 * given X: [n, d]            # letters stand for 1 to 3
 * given w: [d] in -1..1      # a range; -2..2 unless given
 * given t: [n] from 0, 1     # some values
 * given c = 0.5              # one value: a number, or nested lists of them
 * step r = X * w - t
 * output J = c * mean(r .^ 2)
 * claim d/dr = 2 * c * r / sum(0 * r + 1)
 * claim d/dw = X' * dr       # dr is the right derivative by r
 * tolerance 1e-6
 * points 30
 * seed 1
 * ```
 *
 * Errors: ExerciseError with the line.
 *
 * @example
 * ```ts
 * import { parseExercise } from '@tensortape/verify';
 * const { domain, claims } = parseExercise('given x: scalar\noutput y = x^2\nclaim d/dx = 2 * x');
 * console.log(domain, claims); // { x: { shape: [] } } { x: '2 * x' }
 * ```
 */
export function parseExercise(text: string): Exercise {
  const rows = text.split(/\r\n?|\n/);
  if (rows.length > MOST_LINES)
    throw new ExerciseError(MOST_LINES + 1, `an exercise has at most ${MOST_LINES} lines`);
  let title = 'exercise';
  const domain: Record<string, DomainEntry> = {};
  const claims: Record<string, string> = {};
  const program: string[] = [];
  const options: { rtol?: number; runs?: number; seed?: number; output?: string } = {};
  const lines = new Map<string, number>();
  rows.forEach((row, i) => {
    const line = i + 1;
    if (/[\0\uFFFD]/.test(row)) throw new ExerciseError(line, 'this is no text in UTF-8');
    const content = row.replace(/#.*$/, '').trim();
    if (content === '') return;
    const [, keyword, rest] = /^(\S+)\s*(.*)$/s.exec(content)!;
    const declare = (key: string) => {
      if (!isDeclarable(key.replace(/^d\/d/, '')))
        throw new ExerciseError(line, `'${key}' cannot be a name: it has a meaning already`);
      if (lines.has(key)) throw new ExerciseError(line, `'${key}' stands on line ${lines.get(key)} already`);
      lines.set(key, line);
    };
    const matched = (pattern: RegExp, example: string): RegExpExecArray => {
      const found = pattern.exec(rest!);
      if (found === null)
        throw new ExerciseError(line, `cannot read '${content}': expected something like '${example}'`);
      return found;
    };
    const whole = (least: number, most: number): number => {
      const value = Number(rest);
      if (rest === '' || !(Number.isInteger(value) && value >= least && value <= most))
        throw new ExerciseError(line, `'${content}': expected a whole number from ${least} to ${most}`);
      return value;
    };
    switch (keyword) {
      case 'title':
        title = rest!;
        return;
      case 'given': {
        const known = point.exec(rest!);
        if (known !== null) {
          declare(known[1]!);
          domain[known[1]!] = pointOf(line, known[2]!);
          return;
        }
        const [, input, shape, low, high, values] = matched(given, 'given x: [n] in -1..1');
        declare(input!);
        domain[input!] = {
          shape: shapeOf(line, shape!),
          ...(low !== undefined && rangeOf(line, low, high!)),
          ...(values !== undefined && { values: values.split(',').map((value) => numberOf(line, value)) }),
        };
        return;
      }
      case 'step':
      case 'output': {
        const [, target, expression] = matched(step, `${keyword} y = x1 * x2`);
        declare(target!);
        if (keyword === 'output') {
          if (options.output !== undefined) throw new ExerciseError(line, 'an exercise has one output');
          options.output = target!;
        } else if (options.output !== undefined) {
          throw new ExerciseError(line, 'steps stand before the output');
        }
        program.push(`${target} = ${expression}`);
        return;
      }
      case 'claim': {
        const [, by, expression] = matched(claim, 'claim d/dx = 2 * x');
        declare(`d/d${by}`);
        claims[by!] = expression!;
        return;
      }
      case 'tolerance':
        options.rtol = numberOf(line, rest!);
        if (options.rtol < 0) throw new ExerciseError(line, `'${content}': expected a number of at least 0`);
        return;
      case 'points':
        options.runs = whole(1, MOST_POINTS);
        return;
      case 'seed':
        options.seed = whole(0, 2 ** 31 - 1);
        return;
      default:
        throw new ExerciseError(
          line,
          `'${keyword}' is no keyword: there are title, given, step, output, claim, tolerance, points and seed`,
        );
    }
  });
  const missing = options.output === undefined ? 'output' : Object.keys(claims).length === 0 ? 'claim' : null;
  if (missing !== null) throw new ExerciseError(rows.length, `the exercise has no ${missing}`);
  return { title, domain, program: program.join('\n'), claims, options, lines };
}

function numberOf(line: number, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new ExerciseError(line, `'${text.trim()}' is not a number`);
  return value;
}

function rangeOf(line: number, from: string, to: string): { readonly low: number; readonly high: number } {
  const [low, high] = [numberOf(line, from), numberOf(line, to)];
  if (low >= high)
    throw new ExerciseError(line, `the range ${from}..${to} is empty: write the smaller end first`);
  return { low, high };
}

function shapeOf(line: number, text: string): (number | string)[] {
  if (text === 'scalar' || /^\[\s*\]$/.test(text)) return [];
  return text
    .slice(1, -1)
    .split(',')
    .map((part) => {
      const length = part.trim();
      if (/^[1-9]\d{0,2}$/.test(length)) return Number(length);
      if (/^[a-z]\w*$/i.test(length)) return length;
      throw new ExerciseError(
        line,
        `'${length}' is not the length of an axis: expected a number from 1 to 999, or a letter`,
      );
    });
}

function pointOf(line: number, text: string): DomainEntry {
  try {
    const value: unknown = JSON.parse(text);
    // Lists of different lengths are refused by tensor().
    if (isNested(value) && tensor(value).size > 0) return value;
  } catch {
    // Said below, with the line.
  }
  throw new ExerciseError(
    line,
    `'${text}' is not a value: expected a number, or nested lists of numbers, of equal lengths, such as [[1, 2], [3, 4]]`,
  );
}

/** Nested lists of numbers. */
type Numbers = number | Numbers[];

/** @internal Whether a value is a number, or nested lists of them. */
export function isNested(value: unknown): value is Numbers {
  return typeof value === 'number' || (Array.isArray(value) && value.length > 0 && value.every(isNested));
}

/** What {@link checkExercise} found. */
export interface ExerciseResult extends DerivativeCheck {
  /** What was read. */
  readonly exercise: Exercise;
}

/**
 * Reads an exercise ({@link parseExercise}) and checks its claims ({@link checkDerivative}): for graders.
 *
 * Errors: ExerciseError with the line for what cannot be read; its message holds the place in the expression.
 *
 * @example
 * ```ts
 * import { checkExercise } from '@tensortape/verify';
 * const { ok, verdicts } = await checkExercise('given x: scalar\noutput y = x^3\nclaim d/dx = 3 * x');
 * console.log(ok, verdicts[0]!.guess); // false null
 * ```
 */
export async function checkExercise(text: string, options: CheckOptions = {}): Promise<ExerciseResult> {
  const exercise = parseExercise(text);
  const { domain, claims, lines } = exercise;
  const program = await programOf(exercise);
  for (const by of Object.keys(claims)) {
    const known = [...program.statements.flatMap(({ name }) => name ?? []).slice(0, -1), ...program.inputs];
    if (!known.includes(by)) {
      const said = `there is no '${by}' to claim a derivative by; there are ${known.join(', ')}`;
      throw new ExerciseError(lines.get(`d/d${by}`)!, said);
    }
  }
  try {
    const check = await checkDerivative(program, claims, domain, { ...exercise.options, ...options });
    return { ...check, exercise };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    // An expression of one line is a claim; that of the program has a line for each step.
    const by = Object.keys(claims).find((key) => claims[key] === error.source);
    const line = by === undefined ? stepsOf(exercise)[error.line - 1]!.line : lines.get(`d/d${by}`)!;
    throw inFile(line, error);
  }
}

/** The steps and the output, each with its line of the file. */
function stepsOf({ program, lines }: Exercise) {
  return program.split('\n').map((text) => {
    const [name] = /^\S+/.exec(text)!;
    return { name, text, line: lines.get(name)! };
  });
}

/** The program, each line of which is tried by itself first: what is left open on one is not blamed on the next. */
async function programOf(exercise: Exercise): Promise<Program> {
  const inputs = Object.keys(exercise.domain);
  const later = stepsOf(exercise);
  for (const { text, line } of later) {
    try {
      const names = later.filter((step) => step.text !== text).map((step) => step.name);
      const { statements } = await parseProgram(text, { inputs: [...inputs, ...names] });
      if (statements.length > 1) throw new ExerciseError(line, `'${text}': a line has one expression`);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw inFile(line, error);
    }
  }
  try {
    return await parseProgram(exercise.program, { inputs });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw inFile(later[error.line - 1]!.line, error);
  }
}

/** The error with the line of the file in the place of that of the expression. */
function inFile(line: number, error: ExpressionError): ExerciseError {
  const [, ...shown] = error.message.slice(error.reason.length).split('\n');
  return new ExerciseError(line, [error.reason, ...shown].join('\n'), { cause: error });
}

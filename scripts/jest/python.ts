import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { findPython } from '../findPython.ts';

/** Asks the Python script: resolves to what its `run` returned, rejects with what it raised. */
export type Ask = (input: unknown) => Promise<unknown>;

/**
 * Answers each line of JSON by one: first that it is ready, then what `run` makes of the line. Libraries that write to the
 * standard output by themselves, as MKL does when it is given NaN, are sent elsewhere.
 */
const loop = `
import json, os, sys
answers = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
print(json.dumps({'output': 'ready'}), file=answers, flush=True)
for line in sys.stdin:
    try:
        answer = {'output': run(json.loads(line))}
    except Exception as error:
        answer = {'error': f'{type(error).__name__}: {error}'}
    print(json.dumps(answer), file=answers, flush=True)
`;

interface Answer {
  readonly output?: unknown;
  readonly error?: string;
}

/** A Python process that answers questions in order. */
class Python {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (output: unknown) => void; reject: (error: Error) => void }[] = [];
  #errors = '';
  #ended: Error | null = null;

  constructor(python: string, script: string) {
    this.#process = spawn(python, ['-c', script + loop]);
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#process.stdin.on('error', () => {});
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const { resolve, reject } = this.#waiting.shift()!;
      try {
        const { output, error } = parse(line);
        if (error === undefined) resolve(output);
        else reject(new Error(`Python raised ${error}`));
      } catch (error) {
        reject(new Error(`Python answered what is not JSON: ${line.slice(0, 200)}`, { cause: error }));
      }
    });
    this.#process.on('close', (code) => {
      this.#ended = new Error(`Python ended with ${code}: ${this.#errors}`);
      for (const { reject } of this.#waiting) reject(this.#ended);
    });
  }

  /** The next answer that is due. */
  answer(): Promise<unknown> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  ask(input: unknown): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(input)}\n`);
    return this.answer();
  }

  close(): void {
    this.#process.kill();
  }
}

const words: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** Python writes NaN and infinities as bare words, which JSON does not have. */
function parse(line: string): Answer {
  const quoted = line.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  );
  return JSON.parse(quoted, (_, value) => words.get(value) ?? value);
}

/**
 * A suite that compares with a real PyTorch. `script` is Python that defines `run(input)`, where input and result are
 * what JSON can hold (and NaN and infinities, in the result); the tests call it through `ask`. Where no Python with torch
 * and numpy is found the suite is skipped, and its title says how to get one.
 */
export function describeIfTorch(title: string, script: string, tests: (ask: Ask) => void): void {
  const python = findPython(['torch', 'numpy']);
  if (python === null) {
    describe.skip(`${title} (skipped: no Python with torch and numpy; try "npm run pytorch")`, () =>
      tests(() => Promise.reject(new Error('skipped'))));
    return;
  }
  describe(title, () => {
    let torch: Python;
    // Importing torch takes seconds; so does its first use, when several suites start at once.
    beforeAll(async () => {
      torch = new Python(python, script);
      await torch.answer();
    }, 120_000);
    afterAll(() => torch.close());
    tests((input) => torch.ask(input));
  });
}

/**
 * The largest |a - b| / (1 + |b|) of corresponding numbers in nested lists, objects and maps of lists; infinite where
 * their structure differs. NaN equals NaN.
 */
export function worstError(actual: unknown, expected: unknown): number {
  if (typeof actual === 'number' && typeof expected === 'number') {
    if (Object.is(actual, expected) || actual === expected) return 0;
    const error = Math.abs(actual - expected) / (1 + Math.abs(expected));
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  if (!isTree(actual) || !isTree(expected)) return Object.is(actual, expected) ? 0 : Number.POSITIVE_INFINITY;
  const keys = Object.keys(actual);
  if (keys.sort().join() !== Object.keys(expected).sort().join()) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...keys.map((key) => worstError(actual[key], expected[key])));
}

/** As {@link worstError}, but each list of numbers is measured by its largest: a sum that cancels keeps the rounding of its terms. */
export function worstErrorByLists(actual: unknown, expected: unknown): number {
  if (!isTree(actual) || !isTree(expected)) return worstError(actual, expected);
  const keys = Object.keys(actual);
  if (keys.sort().join() !== Object.keys(expected).sort().join()) return Number.POSITIVE_INFINITY;
  const errors = keys.map((key) => worstErrorByLists(actual[key], expected[key]));
  if (!isNumbers(actual) || !isNumbers(expected)) return Math.max(0, ...errors);
  const differences = actual.map((value, i) => {
    const difference = value === expected[i] ? 0 : Math.abs(value - expected[i]!);
    return Number.isNaN(difference) ? errors[i]! : difference;
  });
  const finite = expected.filter(Number.isFinite).map(Math.abs);
  return Math.max(0, ...differences) / (1 + Math.max(0, ...finite));
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What is compared: frameworks, each with a backend and a number of threads, each in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findPython } from '../scripts/findPython.ts';
import type { Workload } from './workloads.ts';

export interface Contender {
  readonly id: string;
  readonly framework: 'jax-js' | 'pytorch' | 'tensortape' | 'tfjs';
  readonly backend?: 'blas' | 'wasm';
  readonly threads: number;
}

/** The files that say the workloads in the words of a framework in JavaScript. */
const scripts = { tensortape: 'tensortape.mjs', tfjs: 'peers/tfjs.mjs', 'jax-js': 'peers/jax-js.mjs' };

const contender = (framework: Contender['framework'], threads: number): Contender => ({
  id: `${framework}-${threads}`,
  framework,
  threads,
});
const ours = (backend: 'blas' | 'wasm', threads: number): Contender => ({
  id: `tensortape-${backend}-${threads}`,
  framework: 'tensortape',
  backend,
  threads,
});

export const contenders: readonly Contender[] = [
  ours('blas', 1),
  ours('blas', 2),
  ours('wasm', 1),
  ours('wasm', 2),
  contender('pytorch', 1),
  contender('pytorch', 2),
  contender('tfjs', 1),
  contender('jax-js', 1),
];

/** What a process answers to `open`. */
export type Opened = { readonly description: string } | { readonly missing: string };
/** What it answers to a workload. */
export type Prepared = { readonly losses: readonly number[] } | { readonly cannot: string };
/** What it answers when it is timed: milliseconds a step, and the loss of the last step. */
export interface Timed {
  readonly time: number;
  readonly loss: number | null;
}

/** A contender's process; the protocol is described in `serve.mjs`. */
export class Runner {
  readonly contender: Contender;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  private constructor(contender: Contender, command: string, scripts: readonly string[]) {
    this.contender = contender;
    this.#process = spawn(
      command,
      scripts.map((script) => fileURLToPath(new URL(script, import.meta.url))),
    );
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    // A process that ended is reported by the answer that does not come.
    this.#process.stdin.on('error', () => {});
    const lines: Interface = createInterface({ input: this.#process.stdout });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Starts a contender, or says what is missing. */
  static async open(contender: Contender): Promise<Runner | { readonly missing: string }> {
    const { framework, backend, threads } = contender;
    const python = framework === 'pytorch' ? findPython(['torch', 'numpy']) : undefined;
    if (python === null) return { missing: 'no Python with torch and numpy; try "npm run pytorch"' };
    const runner =
      framework === 'pytorch'
        ? new Runner(contender, python!, ['peers/pytorch.py'])
        : new Runner(contender, process.execPath, ['serve.mjs', scripts[framework]]);
    const opened = await runner.#ask<Opened>({ open: { backend, threads } });
    if ('missing' in opened) {
      runner.close();
      return opened;
    }
    runner.description = opened.description;
    return runner;
  }

  /** Which version of what runs. */
  description = '';

  prepare(workload: Workload): Promise<Prepared> {
    return this.#ask({ prepare: workload });
  }

  /** Runs steps for so many milliseconds of processor time. */
  async warmUp(duration: number): Promise<void> {
    await this.#ask({ warmUp: duration });
  }

  /** Runs steps for so many milliseconds at least; the milliseconds of one. */
  async time(duration: number): Promise<number> {
    const { time, loss } = await this.#ask<Timed>({ time: duration });
    if (loss === null) throw new Error(`${this.contender.id}: the loss is no longer finite`);
    return time;
  }

  async #ask<Answer>(question: object): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.contender.id} ended:\n${this.#errors}`);
    return JSON.parse(value);
  }

  close(): void {
    this.#process.kill();
  }
}

import { numThreads } from '../threads.ts';
import * as core from './generated/kernels.ts';
import * as layers from './generated/layers.ts';
import { type Coprocessor, compile, Instance } from './memory.ts';

/** Where things stand in the words that a worker shares with the main thread. */
const READY = 0;
const ASKED = 1;
const ANSWERED = 2;
const KERNEL = 3;
const OPERANDS = 4;
const WORDS = 32;

/** How long an idle worker looks for its next task before it sleeps: waking it costs 70 microseconds, finding it awake 0.4. */
const SPIN_MILLISECONDS = 0.2;

/** A task takes less than a second: after this long the worker must have died. */
const PATIENCE_MILLISECONDS = 60_000;

/** What a worker is started with. */
interface Start {
  readonly modules: readonly WebAssembly.Module[];
  readonly memory: WebAssembly.Memory;
  readonly words: Int32Array;
  /** The kernels of the modules by number. */
  readonly names: readonly string[];
  readonly spin: number;
}

/**
 * What a worker does until the program ends. It is handed over as text, which works alike in sources, builds and bundles: so it
 * must not use anything of this file.
 */
/* istanbul ignore next */
function work({ modules, memory, words, names, spin }: Start): never {
  const [ready, asked, answered, kernel, operands] = [0, 1, 2, 3, 4] as const;
  const exports: Record<string, WebAssembly.ImportValue> = { memory };
  for (const module of modules) {
    Object.assign(exports, new WebAssembly.Instance(module, { env: exports }).exports);
  }
  Atomics.store(words, ready, 1);
  for (let task = 0; ; ) {
    const idle = performance.now();
    while (Atomics.load(words, asked) === task) {
      if (performance.now() - idle > spin) Atomics.wait(words, asked, task);
    }
    task = Atomics.load(words, asked);
    const run = exports[names[words[kernel]!]!] as (...operands: number[]) => void;
    run(...words.subarray(operands, operands + run.length));
    Atomics.store(words, answered, task);
  }
}

/** The part of Node's threads that is used; reached without an import, so that browsers' bundlers find none. */
interface Threads {
  readonly Worker: new (
    code: string,
    options: { eval: true; workerData: Start; execArgv: string[]; env: object },
  ) => { unref(): void };
}

/** Kernels in a memory of their own that several threads share. */
export class Pool {
  /** The kernels on this thread, over the shared memory. */
  readonly unit: Coprocessor;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #memory: WebAssembly.Memory;
  readonly #names: readonly string[];
  readonly #Worker: Threads['Worker'];
  readonly #workers: Int32Array[] = [];

  constructor(threads: Threads) {
    this.#Worker = threads.Worker;
    const [kernels, more] = [compile(core, true), compile(layers, true)];
    this.#modules = [kernels, more];
    this.#memory = new WebAssembly.Memory({ initial: 16, maximum: 16384, shared: true });
    this.#names = this.#modules.flatMap((module) =>
      WebAssembly.Module.exports(module).map(({ name }) => name),
    );
    const unit = new Instance(kernels, this.#memory);
    unit.add(more);
    this.unit = unit;
  }

  /** Starts workers that are missing for so many threads, and tells how many threads could begin at once. */
  awake(threads: number): number {
    while (this.#workers.length < threads - 1) this.#start();
    let ready = 1;
    while (ready < threads && Atomics.load(this.#workers[ready - 1]!, READY) === 1) ready++;
    return ready;
  }

  /** Calls a kernel once for each list of operands, all at the same time; there are no more than {@link Pool.awake} says. */
  run(kernel: string, elementBytes: number, calls: readonly (readonly number[])[]): void {
    const name = this.#names.indexOf(`${kernel}F${8 * elementBytes}`);
    for (let k = 1; k < calls.length; k++) {
      const words = this.#workers[k - 1]!;
      words[KERNEL] = name;
      words.set(calls[k]!, OPERANDS);
      Atomics.add(words, ASKED, 1);
      Atomics.notify(words, ASKED);
    }
    this.unit.kernel(kernel, elementBytes)(...calls[0]!);
    for (let k = 1; k < calls.length; k++) {
      const words = this.#workers[k - 1]!;
      const limit = performance.now() + PATIENCE_MILLISECONDS;
      // Nothing else can be done meanwhile, and sleeping costs more than most tasks have left.
      while (Atomics.load(words, ANSWERED) !== words[ASKED]) {
        if (performance.now() > limit)
          throw new Error(`${kernel}: a worker thread has not answered; use setNumThreads(1)`);
      }
    }
  }

  #start(): void {
    const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
    const workerData = {
      modules: this.#modules,
      memory: this.#memory,
      words,
      names: this.#names,
      spin: SPIN_MILLISECONDS,
    };
    const code = `(${work})(require('node:worker_threads').workerData)`;
    new this.#Worker(code, { eval: true, workerData, execArgv: [], env: {} }).unref();
    this.#workers.push(words);
  }
}

let pool: Pool | null | undefined;

/** The threads for a large task, or null where one thread is to do it: as `setNumThreads` says, and in browsers. */
export function threadPool(): Pool | null {
  if (numThreads() === 1) return null;
  pool ??= makePool();
  return pool;
}

function makePool(): Pool | null {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: 'node:worker_threads'): Threads };
  };
  const threads = process?.getBuiltinModule?.('node:worker_threads');
  return threads === undefined ? null : new Pool(threads);
}

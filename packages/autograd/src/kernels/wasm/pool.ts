import { numThreads } from '../threads.ts';
import * as core from './generated/kernels.ts';
import * as layers from './generated/layers.ts';
import { type Coprocessor, compile, Instance } from './memory.ts';

// A task is a number of calls, each with a ticket. Whoever is free takes the next ticket, the main thread too: a worker that wakes late, or whose
// core has other things to do, holds nobody up.

/** Where things stand in the words that all threads share. Tickets are taken from NEXT up to END; DONE counts calls that have ended. */
const END = 0;
const NEXT = 1;
const DONE = 2;
/** How many of the workers are to take part. */
const ACTIVE = 3;
/** How many workers have started. */
const READY = 4;
/** Where the calls stand: ticket t has slot t modulo SLOTS, with the number of its kernel and the operands. */
const TABLE = 16;
const SLOTS = 64;
const SLOT_WORDS = 32;

/** How long an idle worker looks for its next task before it sleeps: waking it costs 70 microseconds, finding it awake 0.4. */
const SPIN_MILLISECONDS = 0.2;

/** How long the main thread looks for the end of a task before it sleeps, and leaves its core to the threads that collect garbage. */
const MAIN_SPIN_MILLISECONDS = 0.05;

/** A call takes less than a second: after this long a worker must have died. */
const PATIENCE_MILLISECONDS = 60_000;

/** What a worker is started with. */
interface Start {
  readonly modules: readonly WebAssembly.Module[];
  readonly memory: WebAssembly.Memory;
  readonly words: Int32Array;
  /** The kernels of the modules by number. */
  readonly names: readonly string[];
  /** Counted from 0. */
  readonly number: number;
  readonly spin: number;
}

/**
 * What a worker does until the program ends. It is handed over as text, which works alike in sources, builds and bundles: so it
 * must not use anything of this file.
 */
/* istanbul ignore next */
function work({ modules, memory, words, names, number, spin }: Start): never {
  const [end, next, done, active, ready, table, slots, slotWords] = [0, 1, 2, 3, 4, 16, 64, 32] as const;
  const exports: Record<string, WebAssembly.ImportValue> = { memory };
  for (const module of modules) {
    Object.assign(exports, new WebAssembly.Instance(module, { env: exports }).exports);
  }
  Atomics.add(words, ready, 1);
  for (;;) {
    const ticket = Atomics.load(words, next);
    const last = Atomics.load(words, end);
    if (ticket === last || number >= Atomics.load(words, active)) {
      const idle = performance.now();
      while (Atomics.load(words, end) === last) {
        if (performance.now() - idle > spin) Atomics.wait(words, end, last);
      }
    } else if (Atomics.compareExchange(words, next, ticket, ticket + 1) === ticket) {
      const slot = table + (ticket & (slots - 1)) * slotWords;
      const run = exports[names[words[slot]!]!] as (...operands: number[]) => void;
      run(...words.subarray(slot + 1, slot + 1 + run.length));
      Atomics.add(words, done, 1);
      Atomics.notify(words, done);
    }
  }
}

/** The part of Node's threads that is used; reached without an import, so that browsers' bundlers find none. */
interface Threads {
  readonly Worker: new (
    code: string,
    options: { eval: true; workerData: Start; execArgv: string[]; env: object },
  ) => { unref(): void };
}

/** More threads than this are not used: for two calls each there are slots. */
const MOST_THREADS = SLOTS / 2;

/** Kernels in a memory of their own that several threads share. */
export class Pool {
  /** The kernels on this thread, over the shared memory. */
  readonly unit: Coprocessor;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #memory: WebAssembly.Memory;
  readonly #names: readonly string[];
  readonly #Worker: Threads['Worker'];
  readonly #words = new Int32Array(new SharedArrayBuffer(4 * (TABLE + SLOTS * SLOT_WORDS)));
  #workers = 0;

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
    const wanted = Math.min(threads, MOST_THREADS);
    while (this.#workers < wanted - 1) this.#start();
    Atomics.store(this.#words, ACTIVE, wanted - 1);
    return Math.min(wanted, 1 + Atomics.load(this.#words, READY));
  }

  /** Calls a kernel once for each list of operands, on the threads that {@link Pool.awake} was last asked for; in any order, and at the same time. */
  run(kernel: string, elementBytes: number, calls: readonly (readonly number[])[]): void {
    const words = this.#words;
    const name = this.#names.indexOf(`${kernel}F${8 * elementBytes}`);
    const first = words[END]!;
    const end = (first + calls.length) | 0;
    calls.forEach((operands, i) => {
      const slot = TABLE + ((first + i) & (SLOTS - 1)) * SLOT_WORDS;
      words[slot] = name;
      words.set(operands, slot + 1);
    });
    Atomics.store(words, END, end);
    Atomics.notify(words, END);
    const own = this.unit.kernel(kernel, elementBytes);
    for (;;) {
      const ticket = Atomics.load(words, NEXT);
      if (ticket === end) break;
      if (Atomics.compareExchange(words, NEXT, ticket, ticket + 1) !== ticket) continue;
      own(...calls[(ticket - first) | 0]!);
      Atomics.add(words, DONE, 1);
    }
    const start = performance.now();
    for (let done = Atomics.load(words, DONE); done !== end; done = Atomics.load(words, DONE)) {
      const waited = performance.now() - start;
      if (waited > PATIENCE_MILLISECONDS)
        throw new Error(`${kernel}: a worker thread has not answered; use setNumThreads(1)`);
      if (waited > MAIN_SPIN_MILLISECONDS) Atomics.wait(words, DONE, done, 1000);
    }
  }

  #start(): void {
    const workerData = {
      modules: this.#modules,
      memory: this.#memory,
      words: this.#words,
      names: this.#names,
      number: this.#workers++,
      spin: SPIN_MILLISECONDS,
    };
    const code = `(${work})(require('node:worker_threads').workerData)`;
    new this.#Worker(code, { eval: true, workerData, execArgv: [], env: {} }).unref();
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

import { ArgumentError } from '@tensortape/autograd';
import type { IterableDataset } from './iterableDataset.ts';
import type { Sampler } from './samplers.ts';

/** What a stream gives instead of a batch when there is none left. */
export const end = Symbol('end');

/** The batches of one pass over a dataset, asked for one by one. */
export interface BatchStream<B> {
  /** The next batch, or one that is under way; asking again before it is there starts another. */
  next(): B | Promise<B | typeof end> | typeof end;
  /** How many batches were asked for, the one that was not there included. */
  readonly asked: number;
  /** Leaves out the next batches. `asked` of them were asked for before, `handed` handed out. */
  replay(asked: number, handed: number): void;
  /** Lets go of the source before its end. */
  close(): void;
}

/** Batches whose samples a sampler chooses. */
export class SampledBatches<B> implements BatchStream<B> {
  asked = 0;
  readonly #order: Iterator<readonly number[]>;
  readonly #load: (indices: readonly number[]) => B | Promise<B>;
  /** Chosen before, but not handed out before the pass was interrupted. */
  #waiting: (readonly number[])[] = [];

  constructor(batches: Sampler<readonly number[]>, load: (indices: readonly number[]) => B | Promise<B>) {
    this.#order = batches[Symbol.iterator]();
    this.#load = load;
  }

  next(): B | Promise<B> | typeof end {
    const indices = this.#waiting.shift() ?? this.#choose();
    return indices === undefined ? end : this.#load(indices);
  }

  replay(asked: number, handed: number): void {
    const chosen: (readonly number[])[] = [];
    while (this.asked < asked) {
      const indices = this.#choose();
      if (indices !== undefined) chosen.push(indices);
    }
    this.#waiting = chosen.slice(handed);
  }

  close(): void {
    this.#order.return?.();
  }

  #choose(): readonly number[] | undefined {
    this.asked++;
    const { done, value } = this.#order.next();
    return done === true ? undefined : value;
  }
}

/** Batches of the samples of a stream, in the order in which they come. */
export class StreamedBatches<T, B> implements BatchStream<B> {
  asked = 0;
  readonly #samples: Iterator<T> | AsyncIterator<T>;
  readonly #isAsync: boolean;
  readonly #size: number;
  readonly #dropLast: boolean;
  readonly #join: (samples: T[]) => B;
  #skip = 0;
  /** Settles when what was asked for before has been read: a stream is read by one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    dataset: IterableDataset<T>,
    { batchSize, dropLast, join }: { batchSize: number; dropLast: boolean; join: (samples: T[]) => B },
  ) {
    const samples = dataset.samples();
    this.#isAsync = Symbol.asyncIterator in samples;
    this.#samples =
      Symbol.asyncIterator in samples ? samples[Symbol.asyncIterator]() : samples[Symbol.iterator]();
    this.#size = batchSize;
    this.#dropLast = dropLast;
    this.#join = join;
  }

  next(): B | Promise<B | typeof end> | typeof end {
    this.asked++;
    if (!this.#isAsync) return this.#read();
    const batch = this.#turn.then(() => this.#wait());
    this.#turn = batch.catch(() => undefined);
    return batch;
  }

  /** A stream cannot go back: what was read ahead is read again, so only the batches handed out are left out. */
  replay(_asked: number, handed: number): void {
    this.#skip = handed * this.#size;
  }

  close(): void {
    // An asynchronous source may fail while it is let go; nobody is left to be told.
    Promise.resolve(this.#samples.return?.()).catch(() => undefined);
  }

  #read(): B | typeof end {
    const batch: T[] = [];
    while (batch.length < this.#size) {
      const result = this.#samples.next();
      if (result instanceof Promise) {
        throw new ArgumentError(
          'IterableDataset: the source gives promises, though it is no AsyncIterable; write it with async function*',
        );
      }
      if (result.done === true) return this.#rest(batch);
      this.#take(batch, result.value);
    }
    return this.#join(batch);
  }

  async #wait(): Promise<B | typeof end> {
    const batch: T[] = [];
    while (batch.length < this.#size) {
      const result = await this.#samples.next();
      if (result.done === true) return this.#rest(batch);
      this.#take(batch, result.value);
    }
    return this.#join(batch);
  }

  #take(batch: T[], sample: T): void {
    if (this.#skip > 0) this.#skip--;
    else batch.push(sample);
  }

  #rest(batch: T[]): B | typeof end {
    return batch.length === 0 || this.#dropLast ? end : this.#join(batch);
  }
}

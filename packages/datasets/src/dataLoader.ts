import { ArgumentError, defaultGenerator, Generator, type RandomOptions } from '@tensortape/autograd';
import { type BatchStream, end, SampledBatches, StreamedBatches } from './batchStreams.ts';
import { type Batch, collate } from './collate.ts';
import { batchOf, checkedIndices, collated, type Dataset, isPromise } from './dataset.ts';
import { IterableDataset } from './iterableDataset.ts';
import {
  BatchSampler,
  checkedBatchSize,
  drawSeed,
  RandomSampler,
  type Sampler,
  SequentialSampler,
} from './samplers.ts';

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions<T, B> extends RandomOptions {
  /** How many samples make a batch; 1 unless given. */
  readonly batchSize?: number;
  /** Whether to visit the samples in an order drawn anew for each iteration; false unless given. */
  readonly shuffle?: boolean;
  /** Whether to leave out the last batch if it is not full; false unless given. */
  readonly dropLast?: boolean;
  /** Which samples to visit, in which order, instead of all of them: a list of indices will do. */
  readonly sampler?: Sampler;
  /** Which samples make each batch, instead of `batchSize`, `shuffle`, `dropLast` and `sampler`. */
  readonly batchSampler?: Sampler<readonly number[]>;
  /** Joins a batch's samples; {@link collate} unless given. */
  readonly collate?: (samples: Awaited<T>[]) => B;
  /**
   * Makes the order of `shuffle` a function of this seed and the number of the epoch alone, instead of drawing it from
   * `generator`: epoch e has the order of a generator seeded with `seed + e`, as in PyTorch's `DistributedSampler`.
   */
  readonly seed?: number;
  /** How many batches `for await` loops load ahead of the one handed out, where samples are promises; 2 unless given. */
  readonly prefetch?: number;
}

/** Where a {@link DataLoader} stands, as plain data that JSON can hold. */
export interface DataLoaderState {
  /** The number of the epoch that is under way, or comes next. */
  readonly epoch: number;
  /** The states of the generators that the order is drawn from. */
  readonly generators: readonly (readonly number[])[];
  /** The epoch that is under way, if one is. */
  readonly underWay?: {
    /** How many of its batches were handed out. */
    readonly handed: number;
    /** How many were asked for: more, where some are loaded ahead. */
    readonly asked: number;
    /** The states of the generators when it began. */
    readonly generators: readonly (readonly number[])[];
  };
}

/** An epoch that is under way. */
interface Epoch<B> {
  readonly number: number;
  readonly start: readonly Uint8Array[];
  readonly stream: BatchStream<B>;
  handed: number;
}

/**
 * Batches of a dataset's samples, to iterate over as often as wanted, with `for` or, for samples that are promises and streams
 * that are asynchronous, with `for await`. PyTorch: `torch.utils.data.DataLoader`.
 *
 * An iteration draws from `generator` (the default generator unless given) what PyTorch's draws, when its first batch is
 * asked for: the same seed gives the same batches as there, epoch by epoch. That includes one draw when nothing is
 * shuffled. With `seed` the order is a function of the seed and the epoch alone.
 *
 * @example
 * ```ts
 * import { arange, Generator } from '@tensortape/autograd';
 * import { DataLoader, TensorDataset } from '@tensortape/datasets';
 * const dataset = new TensorDataset(arange(12).reshape([6, 2]), arange(6));
 * const loader = new DataLoader(dataset, { batchSize: 4, shuffle: true, generator: new Generator(0) });
 * for (const [x, y] of loader) console.log(x.shape, y.toArray());
 * // [ 4, 2 ] [ 5, 1, 0, 3 ]
 * // [ 2, 2 ] [ 2, 4 ]
 * ```
 */
export class DataLoader<T, B = Batch<T>> implements Iterable<B>, AsyncIterable<B> {
  /** Where the samples come from. */
  readonly dataset: Dataset<T> | IterableDataset<T>;
  readonly #length: () => number;
  readonly #open: () => BatchStream<B>;
  readonly #seed: number | undefined;
  /** Seeds the workers in PyTorch; with `shuffle`, where the order comes from. */
  readonly #generator: Generator;
  /** All that the order is drawn from. */
  readonly #generators: readonly Generator[];
  readonly #prefetch: number;
  #nextEpoch = 0;
  #epoch: Epoch<B> | undefined;
  #resume: DataLoaderState['underWay'];

  /**
   * @param dataset - where the samples come from.
   * @param options - see {@link DataLoaderOptions}.
   * @throws ArgumentError when `batchSize` is not an integer of at least 1, or options exclude each other: `shuffle` and
   * `sampler`, `batchSampler` and those it replaces, `seed` and those that bring a generator, a stream and any order.
   */
  constructor(dataset: Dataset<T> | IterableDataset<T>, options: DataLoaderOptions<T, B> = {}) {
    const { prefetch = 2, seed } = options;
    if (!Number.isInteger(prefetch) || prefetch < 0) {
      throw new ArgumentError(`DataLoader: prefetch must be an integer of at least 0, got ${prefetch}`);
    }
    checkExclusive(options);
    this.dataset = dataset;
    this.#prefetch = prefetch;
    this.#seed = seed;
    this.#generator = seed === undefined ? (options.generator ?? defaultGenerator) : new Generator(seed);
    if (dataset instanceof IterableDataset) {
      const stream = streamOf(dataset, options);
      this.#open = stream;
      this.#length = () => {
        throw new ArgumentError(
          'DataLoader.length: how many samples a stream has is not known before its end; count them, or iterate',
        );
      };
      this.#generators = [this.#generator];
      return;
    }
    const batches = batchesOf(dataset, options, seed === undefined ? options.generator : this.#generator);
    const load = loaderOf(dataset, options.collate);
    this.#open = () => new SampledBatches(batches, load);
    this.#length = () => batches.length;
    this.#generators = [...new Set([this.#generator, batches.generator ?? this.#generator])];
  }

  /**
   * How many batches an iteration gives.
   *
   * @throws ArgumentError for an {@link IterableDataset}, which does not know.
   */
  get length(): number {
    return this.#length();
  }

  /** The number of the epoch that is under way, or comes next, counted from 0. */
  get epoch(): number {
    return this.#epoch?.number ?? this.#nextEpoch;
  }

  /**
   * Makes the next iteration epoch `epoch`; with `seed` it has that epoch's order. PyTorch: `DistributedSampler.set_epoch`.
   *
   * @throws ArgumentError when `epoch` is not an integer of at least 0.
   *
   * @example
   * ```ts
   * import { DataLoader } from '@tensortape/datasets';
   * const squares = { length: 4, get: (i: number) => i ** 2 };
   * const loader = new DataLoader(squares, { batchSize: 4, shuffle: true, seed: 5 });
   * loader.setEpoch(7);
   * console.log([...loader][0]?.toArray()); // [ 0, 9, 4, 1 ]
   * loader.setEpoch(7);
   * console.log([...loader][0]?.toArray()); // [ 0, 9, 4, 1 ]
   * ```
   */
  setEpoch(epoch: number): void {
    if (!Number.isInteger(epoch) || epoch < 0) {
      throw new ArgumentError(`DataLoader.setEpoch: epoch must be an integer of at least 0, got ${epoch}`);
    }
    this.#nextEpoch = epoch;
    this.#epoch = undefined;
    this.#resume = undefined;
  }

  /**
   * The batches, each loaded when it is asked for.
   *
   * @throws IndexError when the sampler gives an index that is not a sample's, ArgumentError when samples are promises or come
   * from an asynchronous stream, and whatever the dataset or collate throw.
   */
  *[Symbol.iterator](): IterableIterator<B> {
    const epoch = this.#begin();
    try {
      for (;;) {
        const batch = epoch.stream.next();
        if (batch === end) return;
        if (isPromise(batch)) {
          Promise.resolve(batch).catch(() => undefined);
          throw new ArgumentError('DataLoader: the samples are promises; iterate with for await');
        }
        epoch.handed++;
        yield batch;
      }
    } finally {
      this.#leave(epoch);
    }
  }

  /**
   * The batches for `for await` loops. Where samples are promises, those of a batch load at the same time, and so do the next
   * `prefetch` batches; batches are handed out in order.
   *
   * @throws what the synchronous iteration throws, and what the promises reject with, when the batch is due.
   *
   * @example
   * ```ts
   * import { DataLoader, type Dataset } from '@tensortape/datasets';
   * const remote: Dataset<Promise<number>> = { length: 3, get: async (index) => 10 * index };
   * for await (const x of new DataLoader(remote, { batchSize: 2 })) console.log(x.toArray());
   * // [ 0, 10 ]
   * // [ 20 ]
   * ```
   */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<B> {
    const epoch = this.#begin();
    const underWay: (B | Promise<B | typeof end>)[] = [];
    let ended = false;
    try {
      for (;;) {
        // What is not waited for is not worth loading ahead: it would only take memory.
        while (
          !ended &&
          (underWay.length === 0 || (underWay.length <= this.#prefetch && isPromise(underWay.at(-1))))
        ) {
          const batch = started(epoch.stream);
          if (batch === end) ended = true;
          else underWay.push(batch);
        }
        const batch = underWay.length === 0 ? end : await underWay.shift()!;
        if (batch === end) return;
        epoch.handed++;
        yield batch;
      }
    } finally {
      this.#leave(epoch);
    }
  }

  /**
   * Where the loader stands: {@link loadStateDict} continues from there, within an epoch with exactly the batches that were
   * not handed out yet. Taken in a loop, it counts the batch that the loop is working on as done. When several iterations run at
   * once it speaks of the one that began last.
   *
   * @example
   * ```ts
   * import { DataLoader } from '@tensortape/datasets';
   * const loader = () => new DataLoader({ length: 6, get: (i: number) => i }, { batchSize: 2, shuffle: true, seed: 1 });
   * const whole = [...loader()].map((x) => x.toArray());
   * const first = loader();
   * let state = first.stateDict();
   * for (const _ of first) {
   *   state = first.stateDict();
   *   break;
   * }
   * const second = loader();
   * second.loadStateDict(JSON.parse(JSON.stringify(state)));
   * console.log(whole.length, [...second].map((x) => x.toArray()).join() === whole.slice(1).join()); // 3 true
   * ```
   */
  stateDict(): DataLoaderState {
    const epoch = this.#epoch;
    const resumed = epoch === undefined ? this.#resume : undefined;
    const underWay = epoch && {
      handed: epoch.handed,
      asked: epoch.stream.asked,
      generators: epoch.start.map((state) => [...state]),
    };
    return {
      epoch: this.epoch,
      generators: this.#generators.map((generator) => [...generator.getState()]),
      ...(underWay && { underWay }),
      ...(resumed && { underWay: resumed }),
    };
  }

  /**
   * Continues from a state of {@link stateDict}, of a loader made in the same way: the next iteration gives what is left of the
   * epoch, and the ones after it are what they would have been. The generators that the order is drawn from take their states back.
   * A stream is read again from its beginning, to leave out what was handed out.
   *
   * @throws ArgumentError when the state is not one, or of a loader that draws from another number of generators.
   *
   * @example
   * ```ts
   * import { DataLoader } from '@tensortape/datasets';
   * const loader = new DataLoader({ length: 3, get: (i: number) => i });
   * const state = loader.stateDict();
   * loader.loadStateDict(state);
   * console.log(loader.epoch); // 0
   * ```
   */
  loadStateDict(state: DataLoaderState): void {
    const { epoch, generators, underWay } = checkedState(state, this.#generators.length);
    for (const [i, generator] of this.#generators.entries()) generator.setState(generators[i]!);
    this.#nextEpoch = epoch;
    this.#epoch = undefined;
    this.#resume = underWay;
  }

  #begin(): Epoch<B> {
    const number = this.#nextEpoch++;
    const resume = this.#resume;
    this.#resume = undefined;
    const now = this.#states();
    if (resume)
      for (const [i, generator] of this.#generators.entries()) generator.setState(resume.generators[i]!);
    else if (this.#seed !== undefined) this.#generator.manualSeed(this.#seed + number);
    const start = this.#states();
    // PyTorch seeds its worker processes with this draw, and makes it without workers too.
    if (this.#seed === undefined) drawSeed(this.#generator);
    const epoch = { number, start, stream: this.#open(), handed: resume?.handed ?? 0 };
    if (resume) {
      // The order is drawn again as it was; what has been drawn from the generators since then stays drawn.
      epoch.stream.replay(resume.asked, resume.handed);
      for (const [i, generator] of this.#generators.entries()) generator.setState(now[i]!);
    }
    this.#epoch = epoch;
    return epoch;
  }

  #leave(epoch: Epoch<B>): void {
    epoch.stream.close();
    if (this.#epoch === epoch) this.#epoch = undefined;
  }

  #states(): Uint8Array[] {
    return this.#generators.map((generator) => generator.getState());
  }
}

/** The next batch; what loading it throws is thrown when its turn comes, and not before those under way. */
function started<B>(stream: BatchStream<B>): B | Promise<B | typeof end> | typeof end {
  let batch: B | Promise<B | typeof end> | typeof end;
  try {
    batch = stream.next();
  } catch (error) {
    batch = Promise.reject(error);
  }
  // A batch that is never handed out, for the loop was left, must not end the program.
  if (batch instanceof Promise) batch.catch(() => undefined);
  return batch;
}

function checkExclusive<T, B>(options: DataLoaderOptions<T, B>): void {
  const { batchSampler, sampler, shuffle, seed } = options;
  if (batchSampler) {
    const odd = (['batchSize', 'shuffle', 'dropLast', 'sampler'] as const).find((name) => options[name]);
    if (odd) throw new ArgumentError(`DataLoader: batchSampler replaces ${odd}; pass one of them`);
  }
  if (shuffle && sampler) {
    throw new ArgumentError(
      'DataLoader: shuffle and sampler exclude each other; leave shuffle out, or shuffle in the sampler',
    );
  }
  if (seed !== undefined) {
    const odd = (['generator', 'sampler', 'batchSampler'] as const).find((name) => options[name]);
    if (odd) throw new ArgumentError(`DataLoader: seed and ${odd} exclude each other; pass one of them`);
  }
}

function batchesOf<T, B>(
  dataset: Dataset<T>,
  { batchSampler, batchSize = 1, dropLast = false, sampler, shuffle = false }: DataLoaderOptions<T, B>,
  generator: Generator | undefined,
): Sampler<readonly number[]> {
  if (batchSampler) return batchSampler;
  const order =
    sampler ??
    (shuffle ? new RandomSampler(dataset, generator && { generator }) : new SequentialSampler(dataset));
  return new BatchSampler(order, { batchSize, dropLast });
}

function streamOf<T, B>(dataset: IterableDataset<T>, options: DataLoaderOptions<T, B>): () => BatchStream<B>;
function streamOf(
  dataset: IterableDataset<unknown>,
  options: DataLoaderOptions<unknown, unknown>,
): () => BatchStream<unknown> {
  const odd = (['shuffle', 'sampler', 'batchSampler', 'seed'] as const).find((name) => options[name]);
  if (odd) {
    throw new ArgumentError(
      `DataLoader: ${odd} needs samples that can be had by number; an IterableDataset brings its own order`,
    );
  }
  const { dropLast = false, collate: join = collate } = options;
  const batchSize = checkedBatchSize(options.batchSize ?? 1);
  return () => new StreamedBatches(dataset, { batchSize, dropLast, join });
}

/** How a batch is loaded. Without a `collate`, B is what it stands for by default: the signature says so. */
function loaderOf<T, B>(
  dataset: Dataset<T>,
  join: ((samples: Awaited<T>[]) => B) | undefined,
): (indices: readonly number[]) => B | Promise<B>;
function loaderOf(
  dataset: Dataset<unknown>,
  join: ((samples: unknown[]) => unknown) | undefined,
): (indices: readonly number[]) => unknown {
  return (batch) => {
    const indices = checkedIndices(batch, dataset.length, () => "DataLoader: the sampler's next index");
    return join === undefined ? batchOf(dataset, indices) : collated(dataset, indices, join);
  };
}

function checkedState(state: DataLoaderState, generators: number): DataLoaderState {
  const { epoch, underWay } = state;
  const counts = [epoch, ...(underWay ? [underWay.handed, underWay.asked] : [])];
  const lists = [state.generators, ...(underWay ? [underWay.generators] : [])];
  if (!counts.every((count) => Number.isInteger(count) && count >= 0) || !lists.every(Array.isArray)) {
    throw new ArgumentError("DataLoader.loadStateDict: not a loader's state; pass what stateDict() returned");
  }
  const odd = lists.find((list) => list.length !== generators);
  if (odd) {
    throw new ArgumentError(
      `DataLoader.loadStateDict: the state has ${odd.length} generators, this loader draws from ${generators}; ` +
        'make the loader as the one was made that the state is of',
    );
  }
  return state;
}

import { ArgumentError, defaultGenerator, type Generator, type RandomOptions } from '@tensortape/autograd';
import type { Batch } from './collate.ts';
import { batchOf, checkedIndices, type Dataset } from './dataset.ts';
import { BatchSampler, drawSeed, RandomSampler, type Sampler, SequentialSampler } from './samplers.ts';

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
  readonly collate?: (samples: T[]) => B;
}

/**
 * Batches of a dataset's samples, to iterate over as often as wanted. PyTorch: `torch.utils.data.DataLoader`.
 *
 * An iteration draws from `generator` (the default generator unless given) what PyTorch's draws, when its first batch is
 * asked for: the same seed gives the same batches as there, epoch by epoch. That includes one draw when nothing is
 * shuffled.
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
export class DataLoader<T, B = Batch<T>> implements Iterable<B> {
  /** Where the samples come from. */
  readonly dataset: Dataset<T>;
  readonly #batches: Sampler<readonly number[]>;
  readonly #load: (indices: Int32Array) => B;
  readonly #generator: Generator;

  /**
   * @param dataset - where the samples come from.
   * @param options - see {@link DataLoaderOptions}.
   * @throws ArgumentError when `batchSize` is not an integer of at least 1, or options exclude each other: `shuffle` and
   * `sampler`, `batchSampler` and those it replaces.
   */
  constructor(dataset: Dataset<T>, options: DataLoaderOptions<T, B> = {}) {
    const { batchSize = 1, shuffle = false, dropLast = false, sampler, batchSampler } = options;
    this.dataset = dataset;
    this.#generator = options.generator ?? defaultGenerator;
    this.#load = loaderOf(dataset, options.collate);
    if (batchSampler) {
      const odd = (['batchSize', 'shuffle', 'dropLast', 'sampler'] as const).find((name) => options[name]);
      if (odd) throw new ArgumentError(`DataLoader: batchSampler replaces ${odd}; pass one of them`);
      this.#batches = batchSampler;
      return;
    }
    if (shuffle && sampler) {
      throw new ArgumentError(
        'DataLoader: shuffle and sampler exclude each other; leave shuffle out, or shuffle in the sampler',
      );
    }
    const order = sampler ?? (shuffle ? new RandomSampler(dataset, options) : new SequentialSampler(dataset));
    this.#batches = new BatchSampler(order, { batchSize, dropLast });
  }

  /** How many batches an iteration gives. */
  get length(): number {
    return this.#batches.length;
  }

  /**
   * The batches, each loaded when it is asked for.
   *
   * @throws IndexError when the sampler gives an index that is not a sample's, and whatever the dataset or collate throw.
   */
  *[Symbol.iterator](): IterableIterator<B> {
    // PyTorch seeds its worker processes with this draw, and makes it without workers too.
    drawSeed(this.#generator);
    for (const batch of this.#batches) {
      yield this.#load(
        checkedIndices(batch, this.dataset.length, () => "DataLoader: the sampler's next index"),
      );
    }
  }
}

/** How a batch is loaded. Without a `collate`, B is what it stands for by default: the signature says so. */
function loaderOf<T, B>(
  dataset: Dataset<T>,
  collate: ((samples: T[]) => B) | undefined,
): (indices: Int32Array) => B;
function loaderOf(
  dataset: Dataset<unknown>,
  collate: ((samples: unknown[]) => unknown) | undefined,
): (indices: Int32Array) => unknown {
  if (collate === undefined) return (indices) => batchOf(dataset, indices);
  return (indices) => collate(Array.from(indices, (index) => dataset.get(index)));
}

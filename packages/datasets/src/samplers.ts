import { ArgumentError, defaultGenerator, Generator, type RandomOptions } from '@tensortape/autograd';

/**
 * Indices of samples (or with T = number[] batches of them) in the order in which to visit them; each iteration may give
 * another order. A list is a sampler. PyTorch: `torch.utils.data.Sampler`.
 */
export interface Sampler<T = number> extends Iterable<T> {
  /** How many an iteration gives. */
  readonly length: number;
}

/**
 * All indices of a dataset in order. PyTorch: `torch.utils.data.SequentialSampler`.
 *
 * @example
 * ```ts
 * import { SequentialSampler } from '@tensortape/datasets';
 * console.log([...new SequentialSampler({ length: 3 })]); // [ 0, 1, 2 ]
 * ```
 */
export class SequentialSampler implements Sampler {
  readonly #dataset: { readonly length: number };

  /** @param dataset - anything with a length. */
  constructor(dataset: { readonly length: number }) {
    this.#dataset = dataset;
  }

  /** The dataset's length. */
  get length(): number {
    return this.#dataset.length;
  }

  /** 0, 1, … `length - 1`. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let index = 0; index < this.length; index++) yield index;
  }
}

/**
 * All indices of a dataset, each once, in a random order, new for each iteration. The orders are PyTorch's for a
 * generator in the same state. PyTorch: `torch.utils.data.RandomSampler`.
 *
 * @example
 * ```ts
 * import { Generator } from '@tensortape/autograd';
 * import { RandomSampler } from '@tensortape/datasets';
 * const sampler = new RandomSampler({ length: 5 }, { generator: new Generator(1) });
 * console.log([...sampler], [...sampler]); // [ 0, 4, 2, 3, 1 ] [ 4, 1, 0, 2, 3 ]
 * ```
 */
export class RandomSampler implements Sampler {
  readonly #dataset: { readonly length: number };
  readonly #generator: Generator | undefined;

  /**
   * @param dataset - anything with a length.
   * @param options - `generator`: where permutations are drawn from. Without one, each iteration makes its own, seeded
   * with a draw from the default generator.
   */
  constructor(dataset: { readonly length: number }, options: RandomOptions = {}) {
    this.#dataset = dataset;
    this.#generator = options.generator;
  }

  /** The dataset's length. */
  get length(): number {
    return this.#dataset.length;
  }

  /** The indices in random order, drawn when the first is asked for. */
  *[Symbol.iterator](): IterableIterator<number> {
    const generator = this.#generator ?? new Generator(drawSeed(defaultGenerator));
    yield* generator.permutation(this.length);
    // PyTorch draws a second permutation here, to take none of it: so that the next iterations agree.
    generator.permutation(this.length);
  }
}

/**
 * Some indices, each once, in a random order, new for each iteration. PyTorch: `torch.utils.data.SubsetRandomSampler`.
 *
 * @example
 * ```ts
 * import { Generator } from '@tensortape/autograd';
 * import { SubsetRandomSampler } from '@tensortape/datasets';
 * console.log([...new SubsetRandomSampler([10, 20, 30], { generator: new Generator(1) })]); // [ 20, 30, 10 ]
 * ```
 */
export class SubsetRandomSampler implements Sampler {
  readonly #indices: readonly number[];
  readonly #generator: Generator;

  /**
   * @param indices - the indices; copied.
   * @param options - `generator`: where permutations are drawn from; the default generator unless given.
   */
  constructor(indices: readonly number[], { generator = defaultGenerator }: RandomOptions = {}) {
    this.#indices = [...indices];
    this.#generator = generator;
  }

  /** How many indices there are. */
  get length(): number {
    return this.#indices.length;
  }

  /** The indices in random order, drawn when the first is asked for. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (const i of this.#generator.permutation(this.length)) yield this.#indices[i]!;
  }
}

/** Options of {@link BatchSampler}. */
export interface BatchSamplerOptions {
  /** How many indices make a batch; at least 1. */
  readonly batchSize: number;
  /** Whether to leave out the last batch if it is not full; false unless given. */
  readonly dropLast?: boolean;
}

/**
 * The indices of a sampler in lists of `batchSize`, the last perhaps shorter. PyTorch: `torch.utils.data.BatchSampler`.
 *
 * @example
 * ```ts
 * import { BatchSampler, SequentialSampler } from '@tensortape/datasets';
 * console.log([...new BatchSampler(new SequentialSampler({ length: 5 }), { batchSize: 2 })]);
 * // [ [ 0, 1 ], [ 2, 3 ], [ 4 ] ]
 * ```
 */
export class BatchSampler implements Sampler<number[]> {
  readonly #sampler: Sampler;
  readonly #batchSize: number;
  readonly #dropLast: boolean;

  /** @throws ArgumentError when `batchSize` is not an integer of at least 1. */
  constructor(sampler: Sampler, { batchSize, dropLast = false }: BatchSamplerOptions) {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new ArgumentError(`batchSize must be an integer of at least 1, got ${batchSize}`);
    }
    this.#sampler = sampler;
    this.#batchSize = batchSize;
    this.#dropLast = dropLast;
  }

  /** How many batches an iteration gives. */
  get length(): number {
    const batches = this.#sampler.length / this.#batchSize;
    return this.#dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The batches, each a list of its own. */
  *[Symbol.iterator](): IterableIterator<number[]> {
    let batch: number[] = [];
    for (const index of this.#sampler) {
      if (batch.push(index) === this.#batchSize) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0 && !this.#dropLast) yield batch;
  }
}

/** A seed as PyTorch draws one, from 64 random bits, of which a generator uses the low 32. */
export function drawSeed(generator: Generator): number {
  return generator.randint(new Float64Array(1), 0, 2 ** 32)[0]!;
}

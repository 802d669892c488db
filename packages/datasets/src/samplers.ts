import { ArgumentError, defaultGenerator, Generator, type RandomOptions } from '@tensortape/autograd';

/**
 * Indices of samples (or with T = number[] batches of them) in the order in which to visit them; each iteration may give
 * another order. A list is a sampler. PyTorch: `torch.utils.data.Sampler`.
 */
export interface Sampler<T = number> extends Iterable<T> {
  /** How many an iteration gives. */
  readonly length: number;
  /** Where the order is drawn from, if it is: a loader's `stateDict` holds this generator's state. */
  readonly generator?: Generator | undefined;
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
  readonly #given: Generator | undefined;

  /**
   * @param dataset - anything with a length.
   * @param options - `generator`: where permutations are drawn from. Without one, each iteration makes its own, seeded
   * with a draw from the default generator.
   */
  constructor(dataset: { readonly length: number }, options: RandomOptions = {}) {
    this.#dataset = dataset;
    this.#given = options.generator;
  }

  /** The dataset's length. */
  get length(): number {
    return this.#dataset.length;
  }

  /** The generator that was given, or else the default one. */
  get generator(): Generator {
    return this.#given ?? defaultGenerator;
  }

  /** The indices in random order, drawn when the first is asked for. */
  *[Symbol.iterator](): IterableIterator<number> {
    const generator = this.#given ?? new Generator(drawSeed(defaultGenerator));
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
  /** Where permutations are drawn from. */
  readonly generator: Generator;
  readonly #indices: readonly number[];

  /**
   * @param indices - the indices; copied.
   * @param options - `generator`: where permutations are drawn from; the default generator unless given.
   */
  constructor(indices: readonly number[], { generator = defaultGenerator }: RandomOptions = {}) {
    this.#indices = [...indices];
    this.generator = generator;
  }

  /** How many indices there are. */
  get length(): number {
    return this.#indices.length;
  }

  /** The indices in random order, drawn when the first is asked for. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (const i of this.generator.permutation(this.length)) yield this.#indices[i]!;
  }
}

/** Options of {@link WeightedRandomSampler}. */
export interface WeightedRandomSamplerOptions extends RandomOptions {
  /** Whether an index may come more than once; true unless given. */
  readonly replacement?: boolean;
}

/**
 * Indices drawn in proportion to weights, so that rare classes come as often as others: give each sample the weight
 * `1 / (samples of its class)`. The draws are PyTorch's for a generator in the same state.
 * PyTorch: `torch.utils.data.WeightedRandomSampler`.
 *
 * @example
 * ```ts
 * import { Generator } from '@tensortape/autograd';
 * import { WeightedRandomSampler } from '@tensortape/datasets';
 * const sampler = new WeightedRandomSampler([0, 1, 3], 6, { generator: new Generator(0) });
 * console.log([...sampler]); // [ 2, 1, 2, 1, 2, 1 ]
 * ```
 */
export class WeightedRandomSampler implements Sampler {
  /** How many indices an iteration gives. */
  readonly length: number;
  /** Where they are drawn from. */
  readonly generator: Generator;
  readonly #weights: Float64Array;
  readonly #replacement: boolean;

  /**
   * @param weights - one for each sample, 0 or more; they need not sum to 1.
   * @param count - how many indices an iteration gives.
   * @param options - `replacement`, and `generator`: the default generator unless given.
   * @throws ArgumentError when `count` is not an integer of at least 1, a weight is negative or not finite, none is above 0,
   * or without replacement fewer than `count` are.
   */
  constructor(
    weights: ArrayLike<number>,
    count: number,
    { replacement = true, generator = defaultGenerator }: WeightedRandomSamplerOptions = {},
  ) {
    this.#weights = Float64Array.from(weights);
    if (!Number.isInteger(count) || count < 1) {
      throw new ArgumentError(`WeightedRandomSampler: count must be an integer of at least 1, got ${count}`);
    }
    const odd = this.#weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    if (odd >= 0) {
      throw new ArgumentError(
        `WeightedRandomSampler: weights[${odd}] is ${this.#weights[odd]}; weights must be finite and 0 or more`,
      );
    }
    const positive = this.#weights.filter((weight) => weight > 0).length;
    if (positive < (replacement ? 1 : count)) {
      throw new ArgumentError(
        `WeightedRandomSampler: ${positive} of ${weights.length} weights are above 0, too few to draw ${count} ` +
          `${replacement ? '' : 'without replacement'}; pass other weights or a smaller count`,
      );
    }
    this.length = count;
    this.generator = generator;
    this.#replacement = replacement;
  }

  /** The indices, drawn when the first is asked for. */
  *[Symbol.iterator](): IterableIterator<number> {
    yield* this.generator.multinomial(this.#weights, this.length, this.#replacement);
  }
}

/**
 * All indices, each once, in a random order in which the classes are spread evenly: every stretch of it, and so every batch,
 * holds each class in proportion, give or take one or two samples.
 *
 * Member j of a class of n, in random order, comes at (j + 1/2) / n of the way; classes that meet there come in random order.
 *
 * @example
 * ```ts
 * import { Generator } from '@tensortape/autograd';
 * import { StratifiedSampler } from '@tensortape/datasets';
 * const labels = [0, 0, 0, 0, 1, 1];
 * const order = [...new StratifiedSampler(labels, { generator: new Generator(0) })];
 * console.log(order.map((i) => labels[i])); // [ 0, 1, 0, 0, 1, 0 ]
 * ```
 */
export class StratifiedSampler implements Sampler {
  /** Where orders are drawn from. */
  readonly generator: Generator;
  readonly #classes: readonly (readonly number[])[];
  readonly #length: number;

  /**
   * @param labels - the class of each sample.
   * @param options - `generator`: where orders are drawn from; the default generator unless given.
   */
  constructor(labels: ArrayLike<number>, { generator = defaultGenerator }: RandomOptions = {}) {
    this.#classes = membersByClass(labels);
    this.#length = labels.length;
    this.generator = generator;
  }

  /** How many samples there are. */
  get length(): number {
    return this.#length;
  }

  /** The indices, drawn when the first is asked for. */
  *[Symbol.iterator](): IterableIterator<number> {
    const placed = [...this.generator.permutation(this.#classes.length)].flatMap((which) => {
      const members = this.#classes[which]!;
      const order = this.generator.permutation(members.length);
      return members.map((_, j) => ({ at: (j + 0.5) / members.length, index: members[order[j]!]! }));
    });
    // Sorting is stable: where classes meet, the order drawn above stays.
    for (const { index } of placed.sort((a, b) => a.at - b.at)) yield index;
  }
}

/** The samples of each class, classes in the order of their labels. */
export function membersByClass(labels: ArrayLike<number>): number[][] {
  const classes = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const members = classes.get(labels[i]!);
    if (members) members.push(i);
    else classes.set(labels[i]!, [i]);
  }
  return [...classes].sort(([a], [b]) => a - b).map(([, members]) => members);
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
    this.#sampler = sampler;
    this.#batchSize = checkedBatchSize(batchSize);
    this.#dropLast = dropLast;
  }

  /** How many batches an iteration gives. */
  get length(): number {
    const batches = this.#sampler.length / this.#batchSize;
    return this.#dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** The sampler's. */
  get generator(): Generator | undefined {
    return this.#sampler.generator;
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

/** `batchSize`, or an ArgumentError when it is not an integer of at least 1. */
export function checkedBatchSize(batchSize: number): number {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new ArgumentError(`batchSize must be an integer of at least 1, got ${batchSize}`);
  }
  return batchSize;
}

/** A seed as PyTorch draws one, from 64 random bits, of which a generator uses the low 32. */
export function drawSeed(generator: Generator): number {
  return generator.randint(new Float64Array(1), 0, 2 ** 32)[0]!;
}

/**
 * Samples that come one after the other, as from a stream or a generator function, and cannot be had by number. Each pass asks
 * for them anew. PyTorch: `torch.utils.data.IterableDataset`.
 *
 * @example
 * ```ts
 * import { DataLoader, IterableDataset } from '@tensortape/datasets';
 * const squares = new IterableDataset(function* () {
 *   for (let i = 0; i < 5; i++) yield i ** 2;
 * });
 * for (const x of new DataLoader(squares, { batchSize: 3 })) console.log(x.toArray());
 * // [ 0, 1, 4 ]
 * // [ 9, 16 ]
 * ```
 */
export class IterableDataset<T> {
  readonly #start: () => Iterable<T> | AsyncIterable<T>;

  /** @param start - called for each pass: what it returns is iterated over. An asynchronous source needs `for await` loops. */
  constructor(start: () => Iterable<T> | AsyncIterable<T>) {
    this.#start = start;
  }

  /** The samples of a new pass. */
  samples(): Iterable<T> | AsyncIterable<T> {
    return this.#start();
  }
}

import { ArgumentError, IndexError, ShapeError, type Tensor, tensor } from '@tensortape/autograd';
import { type Batch, collate } from './collate.ts';

/**
 * Samples that can be had by number. PyTorch: `torch.utils.data.Dataset`, with `length` for `__len__`, `get` for
 * `__getitem__` and `getBatch` for `__getitems__`.
 *
 * `get` may return promises: then loaders are iterated with `for await`, and the samples of a batch load at the same time.
 *
 * @example
 * ```ts
 * import { DataLoader, type Dataset } from '@tensortape/datasets';
 * const squares: Dataset<[number, number]> = { length: 5, get: (index) => [index, index ** 2] };
 * for (const [x, y] of new DataLoader(squares, { batchSize: 3 })) console.log(x.toArray(), y.toArray());
 * // [ 0, 1, 2 ] [ 0, 1, 4 ]
 * // [ 3, 4 ] [ 9, 16 ]
 * ```
 */
export interface Dataset<T> {
  /** How many samples there are. */
  readonly length: number;
  /** The sample at `index`, from 0 to `length - 1`. */
  get(index: number): T;
  /** The samples at `indices` as {@link collate} would join them: only where that can be had faster than one by one. */
  getBatch?(indices: Int32Array): Loaded<T>;
}

/** A batch of samples of type `T`, or a promise of it where the samples are promises. */
export type Loaded<T> = T extends PromiseLike<unknown> ? Promise<Batch<T>> : Batch<T>;

/** The collated samples at `indices`, the fast way where the dataset knows one. */
export function batchOf<T>(dataset: Dataset<T>, indices: Int32Array): Loaded<T>;
export function batchOf(dataset: Dataset<unknown>, indices: Int32Array): unknown {
  return dataset.getBatch?.(indices) ?? collated(dataset, indices, collate);
}

/** The samples at `indices` joined by `join`, or if they are promises a promise of that. */
export function collated<B>(
  dataset: Dataset<unknown>,
  indices: Int32Array,
  join: (samples: unknown[]) => B,
): B | Promise<B> {
  const samples = Array.from(indices, (index) => dataset.get(index));
  return samples.some(isPromise) ? Promise.all(samples).then(join) : join(samples);
}

/** Whether a value is something to wait for. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * `indices` as an array of their own, or an IndexError when one is not a sample's; `nameOf(i)` is what the message calls
 * the one at position i.
 */
export function checkedIndices(
  indices: ArrayLike<number>,
  length: number,
  nameOf: (position: number) => string,
): Int32Array {
  const checked = new Int32Array(indices.length);
  for (let i = 0; i < checked.length; i++) {
    const index = indices[i]!;
    if (!(Number.isInteger(index) && index >= 0 && index < length))
      throw outOfRange(nameOf(i), index, length);
    checked[i] = index;
  }
  return checked;
}

function outOfRange(name: string, index: number, length: number): IndexError {
  const range = length === 0 ? 'which is empty' : `whose samples are 0 to ${length - 1}`;
  return new IndexError(`${name} is ${index}: not a sample of the dataset, ${range}`);
}

/**
 * Samples whose parts are the slices of tensors along their first axis. PyTorch: `torch.utils.data.TensorDataset`.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { TensorDataset } from '@tensortape/datasets';
 * const x = tensor([[1, 2], [3, 4], [5, 6]]);
 * const dataset = new TensorDataset(x, tensor([0, 1, 0], { dtype: 'int32' }));
 * const [image, label] = dataset.get(1);
 * console.log(dataset.length, image.toArray(), label.item()); // 3 [ 3, 4 ] 1
 * ```
 */
export class TensorDataset<T extends readonly Tensor[]> implements Dataset<T> {
  /** The tensors, of shape (length, …). */
  readonly tensors: T;
  /** How many samples there are: the length of the tensors' first axis. */
  readonly length: number;

  /**
   * @param tensors - at least one, of shape (length, …).
   * @throws ArgumentError without a tensor; ShapeError when one has no axis, or the first axes differ in length.
   */
  constructor(...tensors: T) {
    const [first] = tensors;
    if (first === undefined) throw new ArgumentError('TensorDataset: expected at least one tensor, got none');
    const odd = tensors.findIndex((x) => x.ndim === 0 || x.shape[0] !== first.shape[0]);
    if (odd >= 0) {
      const found = tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
      throw new ShapeError(
        `TensorDataset: tensors[${odd}] does not fit; all need a first axis of one length, the number of samples, ` +
          `got shapes ${found}`,
      );
    }
    this.tensors = tensors;
    this.length = first.shape[0]!;
  }

  /**
   * Sample `index`: a view of each tensor, one axis less.
   *
   * @throws IndexError when `index` is not an integer from 0 to `length - 1`.
   */
  get(index: number): T;
  get(index: number): readonly Tensor[] {
    const [position] = checkedIndices([index], this.length, () => 'TensorDataset.get: index');
    return this.tensors.map((x) => x.select(0, position!));
  }

  /**
   * Samples `indices` of each tensor, copied: shape (indices, …).
   *
   * @throws IndexError when an index is not that of a sample.
   */
  getBatch(indices: Int32Array): Loaded<T>;
  getBatch(indices: Int32Array): unknown {
    const index = tensor(indices);
    return this.tensors.map((x) => x.indexSelect(0, index));
  }
}

/**
 * Some samples of another dataset. PyTorch: `torch.utils.data.Subset`.
 *
 * @example
 * ```ts
 * import { arange } from '@tensortape/autograd';
 * import { Subset, TensorDataset } from '@tensortape/datasets';
 * const odd = new Subset(new TensorDataset(arange(10)), [1, 3, 5]);
 * console.log(odd.length, odd.get(2)[0].item()); // 3 5
 * ```
 */
export class Subset<T> implements Dataset<T> {
  /** The dataset that the samples belong to. */
  readonly dataset: Dataset<T>;
  /** Their indices there. */
  readonly indices: Int32Array;

  /**
   * @param dataset - the dataset to choose from.
   * @param indices - of the chosen samples, in the order wanted; copied. An index may come more than once.
   * @throws IndexError when an index is not that of a sample.
   */
  constructor(dataset: Dataset<T>, indices: ArrayLike<number>) {
    this.dataset = dataset;
    this.indices = checkedIndices(indices, dataset.length, (i) => `Subset: indices[${i}]`);
  }

  /** How many samples were chosen. */
  get length(): number {
    return this.indices.length;
  }

  /** Sample `index` of the chosen ones. */
  get(index: number): T {
    return this.dataset.get(this.#inner([index])[0]!);
  }

  /** Samples `indices` of the chosen ones, collated. */
  getBatch(indices: Int32Array): Loaded<T> {
    return batchOf(this.dataset, this.#inner(indices));
  }

  #inner(indices: ArrayLike<number>): Int32Array {
    return checkedIndices(indices, this.length, () => 'Subset: index').map((i) => this.indices[i]!);
  }
}

/**
 * Datasets one after the other. PyTorch: `torch.utils.data.ConcatDataset`.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { ConcatDataset, TensorDataset } from '@tensortape/datasets';
 * const both = new ConcatDataset([new TensorDataset(tensor([1, 2])), new TensorDataset(tensor([3]))]);
 * console.log(both.length, both.get(2)[0].item()); // 3 3
 * ```
 */
export class ConcatDataset<T> implements Dataset<T> {
  /** The datasets, in order. */
  readonly datasets: readonly Dataset<T>[];
  /** The sum of the lengths. */
  readonly length: number;
  /** How many samples end with each dataset. */
  readonly #ends: readonly number[];

  /** @throws ArgumentError for an empty list. */
  constructor(datasets: readonly Dataset<T>[]) {
    if (datasets.length === 0) {
      throw new ArgumentError('ConcatDataset: expected at least one dataset, got an empty list');
    }
    this.datasets = [...datasets];
    let total = 0;
    this.#ends = datasets.map(({ length }) => {
      total += length;
      return total;
    });
    this.length = total;
  }

  /**
   * Sample `index`, counted through all datasets.
   *
   * @throws IndexError when `index` is not an integer from 0 to `length - 1`.
   */
  get(index: number): T {
    checkedIndices([index], this.length, () => 'ConcatDataset.get: index');
    const which = this.#ends.findIndex((end) => index < end);
    return this.datasets[which]!.get(index - (this.#ends[which - 1] ?? 0));
  }
}

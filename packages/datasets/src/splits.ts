import { ArgumentError, defaultGenerator, type Generator, type RandomOptions } from '@tensortape/autograd';
import { type Dataset, Subset } from './dataset.ts';
import { membersByClass } from './samplers.ts';

/**
 * Deals the samples of a dataset out at random, as for training and validation. The parts are PyTorch's for a generator
 * in the same state. PyTorch: `torch.utils.data.random_split`.
 *
 * @param dataset - the dataset to split.
 * @param lengths - of the parts: integers that sum to the dataset's length, or fractions that sum to 1. Of fractions the
 * lengths are rounded down, and the samples left over go to the parts in turn, one each.
 * @param options - `generator`: where the one permutation is drawn from; the default generator unless given.
 * @returns one {@link Subset} for each length.
 * @throws ArgumentError when the lengths are negative, or do not sum to either.
 *
 * @example
 * ```ts
 * import { arange, Generator } from '@tensortape/autograd';
 * import { randomSplit, TensorDataset } from '@tensortape/datasets';
 * const dataset = new TensorDataset(arange(10));
 * const [train, validation] = randomSplit(dataset, [0.8, 0.2], { generator: new Generator(0) });
 * console.log(train.length, validation.indices); // 8 Int32Array(2) [ 6, 2 ]
 * ```
 */
export function randomSplit<T, const L extends readonly number[]>(
  dataset: Dataset<T>,
  lengths: L,
  options?: RandomOptions,
): { -readonly [K in keyof L]: Subset<T> };
export function randomSplit<T>(
  dataset: Dataset<T>,
  lengths: readonly number[],
  { generator = defaultGenerator }: RandomOptions = {},
): readonly Subset<T>[] {
  const whole = wholeLengths(lengths, dataset.length);
  const order = generator.permutation(dataset.length);
  let end = 0;
  return whole.map((length) => {
    const start = end;
    end += length;
    return new Subset(dataset, order.subarray(start, end));
  });
}

function wholeLengths(lengths: readonly number[], total: number): readonly number[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  const valid = lengths.every((length) => length >= 0);
  if (valid && Math.abs(sum - 1) < 1e-9) {
    const whole = lengths.map((fraction) => Math.floor(fraction * total));
    const left = total - whole.reduce((a, b) => a + b, 0);
    return whole.map((length, i) => length + Math.ceil((left - i) / whole.length));
  }
  if (!valid || sum !== total || !lengths.every(Number.isInteger)) {
    throw new ArgumentError(
      `randomSplit: lengths [${lengths.join(', ')}] must be integers from 0 that sum to the dataset's ${total} samples, ` +
        'or fractions that sum to 1',
    );
  }
  return lengths;
}

/** Options of {@link trainTestSplit}. */
export interface TrainTestSplitOptions extends RandomOptions {
  /** How much goes to the test set: a fraction between 0 and 1, rounded up to whole samples, or from 1 on a number of them. */
  readonly testSize?: number;
  /** Whether samples are dealt out at random; true unless given. Otherwise the last ones make the test set. */
  readonly shuffle?: boolean;
  /** The class of each sample: both parts get each class in proportion. */
  readonly stratify?: ArrayLike<number>;
}

/**
 * Splits a dataset into one part to train on and one to test with. scikit-learn: `train_test_split`.
 *
 * @param dataset - the dataset to split.
 * @param options - `testSize`, 0.25 unless given; `shuffle`; `stratify`; `generator`, the default generator unless given.
 * @returns both parts, neither empty. With `stratify` each class is shared out in proportion, to the nearest whole sample,
 * and is in both parts.
 * @throws ArgumentError when a part would be empty, `stratify` is not one class for each sample or has a class of fewer than 2,
 * a part is too small for the classes, or `stratify` comes with `shuffle: false`.
 *
 * @example
 * ```ts
 * import { arange, Generator } from '@tensortape/autograd';
 * import { TensorDataset, trainTestSplit } from '@tensortape/datasets';
 * const labels = [0, 0, 0, 0, 1, 1, 1, 1];
 * const [train, test] = trainTestSplit(new TensorDataset(arange(8)), { stratify: labels, generator: new Generator(0) });
 * console.log(train.length, Array.from(test.indices, (i) => labels[i]).sort()); // 6 [ 0, 1 ]
 * ```
 */
export function trainTestSplit<T>(
  dataset: Dataset<T>,
  options: TrainTestSplitOptions = {},
): [train: Subset<T>, test: Subset<T>] {
  const { testSize = 0.25, shuffle = true, stratify, generator = defaultGenerator } = options;
  const total = dataset.length;
  const testCount = testSize < 1 ? Math.ceil(testSize * total) : testSize;
  if (!(Number.isInteger(testCount) && testCount > 0 && testCount < total)) {
    throw new ArgumentError(
      `trainTestSplit: testSize ${testSize} of ${total} samples leaves a part empty or is no whole number; ` +
        'pass a fraction between 0 and 1, or a number of samples',
    );
  }
  if (stratify === undefined) {
    const order = shuffle ? generator.permutation(total) : Int32Array.from({ length: total }, (_, i) => i);
    const cut = total - testCount;
    return [new Subset(dataset, order.subarray(0, cut)), new Subset(dataset, order.subarray(cut))];
  }
  if (!shuffle) {
    throw new ArgumentError('trainTestSplit: stratify deals samples out at random; leave shuffle: false out');
  }
  const classes = checkedClasses('trainTestSplit', stratify, total);
  const smallest = Math.min(...classes.map((members) => members.length));
  if (smallest < 2 || Math.min(testCount, total - testCount) < classes.length) {
    throw new ArgumentError(
      `trainTestSplit: ${total - testCount} and ${testCount} samples cannot both hold each of ${classes.length} classes, ` +
        `of which the smallest has ${smallest}; change testSize, or leave stratify out`,
    );
  }
  const counts = shares(
    classes.map((members) => members.length),
    testCount,
  );
  const train: number[] = [];
  const test: number[] = [];
  for (const [which, members] of classes.entries()) {
    const order = permuted(members, generator);
    test.push(...order.slice(0, counts[which]));
    train.push(...order.slice(counts[which]));
  }
  return [new Subset(dataset, permuted(train, generator)), new Subset(dataset, permuted(test, generator))];
}

/** Options of {@link kFold}. */
export interface KFoldOptions extends RandomOptions {
  /** Whether samples are dealt out at random; false unless given, as in scikit-learn. */
  readonly shuffle?: boolean;
  /** The class of each sample: each fold gets each class in proportion, give or take one sample. */
  readonly stratify?: ArrayLike<number>;
}

/** One of the ways in which {@link kFold} splits. */
export interface Fold<T> {
  /** All samples but the fold's. */
  readonly train: Subset<T>;
  /** The fold's samples: each sample is in one fold. */
  readonly validation: Subset<T>;
}

/**
 * Splits a dataset in `k` ways for cross-validation: each sample is held out once. Folds differ in size by at most one sample.
 * scikit-learn: `KFold`, and with `stratify` `StratifiedKFold`.
 *
 * @param dataset - the dataset to split.
 * @param k - how many folds, at least 2.
 * @param options - `shuffle`, `stratify`, and `generator`: the default generator unless given.
 * @throws ArgumentError when `k` is not an integer from 2 to the number of samples, `stratify` is not one class for each sample,
 * or a class has fewer than `k`.
 *
 * @example
 * ```ts
 * import { arange } from '@tensortape/autograd';
 * import { kFold, TensorDataset } from '@tensortape/datasets';
 * for (const { train, validation } of kFold(new TensorDataset(arange(5)), 2)) {
 *   console.log([...train.indices], [...validation.indices]);
 * }
 * // [ 3, 4 ] [ 0, 1, 2 ]
 * // [ 0, 1, 2 ] [ 3, 4 ]
 * ```
 */
export function kFold<T>(dataset: Dataset<T>, k: number, options: KFoldOptions = {}): Fold<T>[] {
  const { shuffle = false, stratify, generator = defaultGenerator } = options;
  const total = dataset.length;
  if (!(Number.isInteger(k) && k >= 2 && k <= total)) {
    throw new ArgumentError(`kFold: k must be an integer from 2 to the ${total} samples, got ${k}`);
  }
  const foldOf = new Int32Array(total);
  if (stratify === undefined) {
    const order = shuffle ? generator.permutation(total) : Int32Array.from({ length: total }, (_, i) => i);
    const [short, long] = [Math.floor(total / k), total % k];
    for (const [place, sample] of order.entries()) {
      const inLong = long * (short + 1);
      foldOf[sample] =
        place < inLong ? Math.floor(place / (short + 1)) : long + Math.floor((place - inLong) / short);
    }
  } else {
    const classes = checkedClasses('kFold', stratify, total);
    const rare = classes.find((members) => members.length < k);
    if (rare) {
      throw new ArgumentError(
        `kFold: the class ${stratify[rare[0]!]} has ${rare.length} samples, too few for ${k} folds; pass a smaller k`,
      );
    }
    // Dealt out in turn, class after class: within a class and on the whole, folds differ by at most one.
    const order = classes.flatMap((members) => (shuffle ? permuted(members, generator) : members));
    for (const [place, sample] of order.entries()) foldOf[sample] = place % k;
  }
  const all = Int32Array.from({ length: total }, (_, i) => i);
  return Array.from({ length: k }, (_, fold) => ({
    train: new Subset(
      dataset,
      all.filter((sample) => foldOf[sample] !== fold),
    ),
    validation: new Subset(
      dataset,
      all.filter((sample) => foldOf[sample] === fold),
    ),
  }));
}

function checkedClasses(op: string, labels: ArrayLike<number>, total: number): number[][] {
  if (labels.length !== total) {
    throw new ArgumentError(
      `${op}: stratify has ${labels.length} classes for ${total} samples; pass one for each sample`,
    );
  }
  return membersByClass(labels);
}

/** `count` shared out in proportion to `sizes`, to the nearest whole number: those with the largest remainders get one more. */
function shares(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => (size * count) / total);
  const whole = exact.map((share, i) => Math.min(Math.max(Math.floor(share), 1), sizes[i]! - 1));
  const byNeed = exact.map((share, i) => ({ i, need: share - whole[i]! })).sort((a, b) => b.need - a.need);
  let left = count - whole.reduce((a, b) => a + b, 0);
  // At least one and at most all but one of each class: that may take more than one round, and may have given too many.
  for (let turn = 0; left !== 0; turn = (turn + 1) % byNeed.length) {
    const { i } = byNeed[left > 0 ? turn : byNeed.length - 1 - turn]!;
    const next = whole[i]! + Math.sign(left);
    if (next >= 1 && next < sizes[i]!) {
      whole[i] = next;
      left -= Math.sign(left);
    }
  }
  return whole;
}

function permuted(items: readonly number[], generator: Generator): number[] {
  return Array.from(generator.permutation(items.length), (i) => items[i]!);
}

import { ArgumentError } from '@tensortape/autograd';
import { type Labels, readPairs } from './labels.ts';

/** How the figures of several classes become one. */
export type Average = 'binary' | 'micro' | 'macro' | 'weighted' | 'none';

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface PrecisionOptions<A extends Average = Average> {
  /**
   * 'binary' (unless given): of the class `positive` alone, where there are two classes. 'macro': the mean over classes; 'weighted':
   * the mean weighted with the samples of each class; 'micro': from the counts of all classes together; 'none': a list, one for each
   * class.
   */
  readonly average?: A;
  /** The class that counts with 'binary'; 1 unless given. */
  readonly positive?: number;
  /** The classes to look at, in the order of the list; unless given, all that occur, in rising order. Not with 'binary'. */
  readonly labels?: readonly number[];
  /** What stands for 0 / 0: 0 unless given. NaN leaves such classes out of means. */
  readonly zeroDivision?: number;
}

/** Of one class, or of all together. */
interface Counts {
  /** Samples of the class that were predicted to be of it. */
  hits: number;
  /** Samples that were predicted to be of it. */
  predicted: number;
  /** Samples of it. */
  actual: number;
}

/** A figure made of counts: what is divided by what. */
type Ratio = (counts: Counts) => readonly [numerator: number, denominator: number];

/**
 * The share of what was predicted to be of a class that is of it: hits / predicted. scikit-learn: `precision_score`, which takes
 * the targets first.
 *
 * @param predictions Labels (N), or scores of shape (N, classes), of which the largest counts.
 * @param targets Labels (N).
 * @param options See {@link PrecisionOptions}.
 * @returns A number; a list with `average: 'none'`.
 * @throws ShapeError unless there are as many of both; ArgumentError without samples, for what is no label, and for more than two
 *   classes with 'binary'.
 *
 * @example
 * ```ts
 * import { precision } from '@tensortape/train';
 *
 * console.log(precision([0, 1, 1, 0], [0, 1, 0, 1])); // 0.5
 * const [predicted, targets] = [[0, 2, 1, 0, 0, 1], [0, 1, 2, 0, 1, 2]];
 * console.log(precision(predicted, targets, { average: 'macro' }).toFixed(4)); // 0.2222
 * ```
 */
export function precision<A extends Average = 'binary'>(
  predictions: Labels,
  targets: Labels,
  options?: PrecisionOptions<A>,
): A extends 'none' ? number[] : number;
export function precision(
  predictions: Labels,
  targets: Labels,
  options?: PrecisionOptions,
): number | number[] {
  return score('precision', ({ hits, predicted }) => [hits, predicted], predictions, targets, options);
}

/**
 * The share of the samples of a class that was predicted to be of it: hits / actual. scikit-learn: `recall_score`, which takes
 * the targets first. Arguments and errors as {@link precision}.
 *
 * @example
 * ```ts
 * import { recall } from '@tensortape/train';
 *
 * console.log(recall([0, 2, 1, 0, 0, 1], [0, 1, 2, 0, 1, 2], { average: 'none' })); // [ 1, 0, 0 ]
 * ```
 */
export function recall<A extends Average = 'binary'>(
  predictions: Labels,
  targets: Labels,
  options?: PrecisionOptions<A>,
): A extends 'none' ? number[] : number;
export function recall(predictions: Labels, targets: Labels, options?: PrecisionOptions): number | number[] {
  return score('recall', ({ hits, actual }) => [hits, actual], predictions, targets, options);
}

/**
 * The harmonic mean of precision and recall: 2 hits / (predicted + actual). scikit-learn: `f1_score`, which takes the targets
 * first. Arguments and errors as {@link precision}.
 *
 * @example
 * ```ts
 * import { f1 } from '@tensortape/train';
 *
 * console.log(f1([0, 2, 1, 0, 0, 1], [0, 1, 2, 0, 1, 2], { average: 'none' })); // [ 0.8, 0, 0 ]
 * ```
 */
export function f1<A extends Average = 'binary'>(
  predictions: Labels,
  targets: Labels,
  options?: PrecisionOptions<A>,
): A extends 'none' ? number[] : number;
export function f1(predictions: Labels, targets: Labels, options?: PrecisionOptions): number | number[] {
  const ratio: Ratio = ({ hits, predicted, actual }) => [2 * hits, predicted + actual];
  return score('f1', ratio, predictions, targets, options);
}

function score(
  metric: string,
  ratio: Ratio,
  predictions: Labels,
  targets: Labels,
  { average = 'binary', positive = 1, labels, zeroDivision = 0 }: PrecisionOptions = {},
): number | number[] {
  const pairs = readPairs(metric, predictions, targets);
  const counts = new Map<number, Counts>();
  const of = (label: number): Counts => {
    const found = counts.get(label) ?? { hits: 0, predicted: 0, actual: 0 };
    counts.set(label, found);
    return found;
  };
  for (let i = 0; i < pairs.targets.length; i++) {
    const [predicted, actual] = [pairs.predicted[i]!, pairs.targets[i]!];
    of(predicted).predicted++;
    of(actual).actual++;
    if (predicted === actual) of(actual).hits++;
  }
  const present = [...counts.keys()].sort((a, b) => a - b);
  const divide = (entry: Counts): number => {
    const [numerator, denominator] = ratio(entry);
    return denominator === 0 ? zeroDivision : numerator / denominator;
  };

  if (average === 'binary') {
    checkBinary(metric, present, positive, labels);
    return divide(of(positive));
  }
  const entries = (labels ?? present).map(of);
  switch (average) {
    case 'none':
      return entries.map(divide);
    case 'micro': {
      const sum = (key: keyof Counts) => entries.reduce((total, entry) => total + entry[key], 0);
      return divide({ hits: sum('hits'), predicted: sum('predicted'), actual: sum('actual') });
    }
    case 'macro':
      return meanOf(entries.map((entry) => [divide(entry), 1]));
    case 'weighted':
      return meanOf(entries.map((entry) => [divide(entry), entry.actual]));
    default:
      throw new ArgumentError(
        `${metric}: average must be 'binary', 'micro', 'macro', 'weighted' or 'none', got ${String(average)}`,
      );
  }
}

function checkBinary(
  metric: string,
  present: readonly number[],
  positive: number,
  labels: readonly number[] | undefined,
): void {
  if (labels !== undefined) {
    throw new ArgumentError(`${metric}: labels are for several classes; with average 'binary' pass positive`);
  }
  if (present.length > 2) {
    throw new ArgumentError(
      `${metric}: there are ${present.length} classes; pass average: 'macro', 'micro', 'weighted' or 'none'`,
    );
  }
  if (present.length === 2 && !present.includes(positive)) {
    throw new ArgumentError(
      `${metric}: positive is ${positive}, but the classes are ${present.join(' and ')}`,
    );
  }
}

/** The weighted mean without NaN, as scikit-learn has it: where all weights are 0, the plain one. */
function meanOf(values: readonly (readonly [value: number, weight: number])[]): number {
  const known = values.filter(([value]) => !Number.isNaN(value));
  const total = known.reduce((sum, [, weight]) => sum + weight, 0);
  const weightOf = (weight: number) => (total === 0 ? 1 : weight);
  const sum = known.reduce((sum, [value, weight]) => sum + value * weightOf(weight), 0);
  return sum / (total === 0 ? known.length : total);
}

import { ArgumentError, type Tensor, tensor } from '@tensortape/autograd';
import { type Labels, readPairs } from './labels.ts';

/** Options of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions {
  /** How many classes there are; unless given, as many as the scores have, or up to the largest label. */
  readonly classes?: number;
  /** Counts as shares: of the samples of each true class ('true'), of each predicted class ('predicted'), or of 'all'. */
  readonly normalize?: 'true' | 'predicted' | 'all';
}

/**
 * How often each class was taken for each: row i, column j holds the samples of class i that were predicted to be of class j.
 * scikit-learn: `confusion_matrix`, which takes the targets first, and leaves out classes that do not occur.
 *
 * @param predictions Labels (N), or scores of shape (N, classes), of which the largest counts.
 * @param targets Labels (N).
 * @param options See {@link ConfusionMatrixOptions}.
 * @returns Counts as int32 of shape (classes, classes); shares as float64, 0 for a class without samples.
 * @throws ShapeError unless there are as many of both; ArgumentError without samples, for NaN, and for labels beyond `classes`.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from '@tensortape/train';
 *
 * console.log(confusionMatrix([0, 0, 2, 2, 0, 2], [2, 0, 2, 2, 0, 1]).toArray());
 * // [ [ 2, 0, 0 ], [ 0, 0, 1 ], [ 1, 0, 2 ] ]
 * ```
 */
export function confusionMatrix(
  predictions: Labels,
  targets: Labels,
  { classes, normalize }: ConfusionMatrixOptions = {},
): Tensor {
  const pairs = readPairs('confusionMatrix', predictions, targets);
  let most = 0;
  for (const labels of [pairs.predicted, pairs.targets]) {
    for (let i = 0; i < labels.length; i++) most = Math.max(most, labels[i]!);
  }
  const size = classes ?? Math.max(pairs.classes ?? 0, most + 1);
  if (!Number.isInteger(size) || size <= most) {
    throw new ArgumentError(
      `confusionMatrix: classes must be a whole number above the largest label, ${most}, got ${size}`,
    );
  }
  const counts = new Int32Array(size * size);
  for (let i = 0; i < pairs.targets.length; i++) counts[pairs.targets[i]! * size + pairs.predicted[i]!]!++;
  const matrix = tensor(counts, { shape: [size, size] });
  if (normalize === undefined) return matrix;
  const shares = matrix.to('float64');
  switch (normalize) {
    case 'true':
      return shares.div(shares.sum(1, { keepdim: true }).clamp(1));
    case 'predicted':
      return shares.div(shares.sum(0, { keepdim: true }).clamp(1));
    case 'all':
      return shares.div(pairs.targets.length);
    default:
      throw new ArgumentError(
        `confusionMatrix: normalize must be 'true', 'predicted' or 'all', got ${String(normalize)}`,
      );
  }
}

import { ArgumentError, type Tensor } from '@tensortape/autograd';
import { checkCounts, type Labels, readLabels, readPairs, readScores } from './labels.ts';

/**
 * The share of samples whose predicted class is the right one. scikit-learn: `accuracy_score`, which takes the targets first.
 *
 * @param predictions Labels (N), or scores of shape (N, classes), of which the largest counts.
 * @param targets Labels (N).
 * @throws ShapeError unless there are as many of both; ArgumentError without samples, for NaN, and for what is no label.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { accuracy } from '@tensortape/train';
 *
 * console.log(accuracy([0, 2, 1, 3], [0, 1, 2, 3])); // 0.5
 * console.log(accuracy(tensor([[2, 1], [0, 1], [3, 0]]), [0, 1, 1]).toFixed(3)); // 0.667
 * ```
 */
export function accuracy(predictions: Labels, targets: Labels): number {
  const pairs = readPairs('accuracy', predictions, targets);
  let right = 0;
  for (let i = 0; i < pairs.targets.length; i++) if (pairs.predicted[i] === pairs.targets[i]) right++;
  return right / pairs.targets.length;
}

/**
 * The share of samples whose right class is among the `k` of the highest scores. Of equal scores those of later classes count
 * as higher, as in scikit-learn: `top_k_accuracy_score`.
 *
 * @param scores Of shape (N, classes).
 * @param targets Labels (N), below the number of classes.
 * @param k How many: 1 to the number of classes.
 * @throws ShapeError and ArgumentError as {@link accuracy}, and for another `k`.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { topKAccuracy } from '@tensortape/train';
 *
 * const scores = tensor([[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.2, 0.4, 0.3], [0.7, 0.2, 0.1]]);
 * console.log(topKAccuracy(scores, [0, 1, 2, 2], 2)); // 0.75
 * ```
 */
export function topKAccuracy(scores: Tensor, targets: Labels, k: number): number {
  const values = readScores('topKAccuracy', scores);
  const truth = readLabels('topKAccuracy', 'targets', targets);
  const classes = scores.shape[1]!;
  checkCounts('topKAccuracy', scores.shape[0]!, truth.length);
  if (!Number.isInteger(k) || k < 1 || k > classes) {
    throw new ArgumentError(
      `topKAccuracy: k must be a whole number from 1 to the ${classes} classes, got ${k}`,
    );
  }
  let right = 0;
  for (let row = 0; row < truth.length; row++) {
    const target = truth[row]!;
    if (target >= classes) {
      throw new ArgumentError(
        `topKAccuracy: targets[${row}] is ${target}, beyond the ${classes} classes of the scores`,
      );
    }
    const own = values[row * classes + target]!;
    let higher = 0;
    for (let other = 0; other < classes; other++) {
      const score = values[row * classes + other]!;
      if (score > own || (score === own && other > target)) higher++;
    }
    if (higher < k) right++;
  }
  return right / truth.length;
}

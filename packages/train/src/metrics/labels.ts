import { ArgumentError, formatShape, isFloat, ShapeError, Tensor } from '@tensortape/autograd';

/**
 * Which class each sample is of: whole numbers >= 0, as a list, a typed array, or a tensor with one axis.
 */
export type Labels = Tensor | ArrayLike<number>;

/** The labels of the targets, and as many predicted ones: labels too, or scores (N, classes) of which the largest counts. */
export interface LabelPairs {
  readonly predicted: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  /** How many classes the scores name; undefined for labels. */
  readonly classes: number | undefined;
}

/** Reads both, and refuses what does not belong together. */
export function readPairs(metric: string, predictions: Labels, targets: Labels): LabelPairs {
  const truth = readLabels(metric, 'targets', targets);
  const classes = predictions instanceof Tensor && predictions.ndim === 2 ? predictions.shape[1]! : undefined;
  const predicted =
    predictions instanceof Tensor && classes !== undefined
      ? largest(readScores(metric, predictions), classes)
      : readLabels(metric, 'predictions', predictions);
  checkCounts(metric, predicted.length, truth.length);
  return { predicted, targets: truth, classes };
}

/** Refuses no samples, and predictions of others. */
export function checkCounts(metric: string, predictions: number, targets: number): void {
  if (predictions !== targets) {
    throw new ShapeError(`${metric}: ${predictions} predictions for ${targets} targets; pass one for each`);
  }
  if (targets === 0) throw new ArgumentError(`${metric}: there are no samples; leave empty batches out`);
}

/** Labels as numbers. */
export function readLabels(metric: string, name: string, labels: Labels): ArrayLike<number> {
  if (labels instanceof Tensor && labels.ndim !== 1) {
    const scores = name === 'predictions' ? ', or scores of shape (N, classes)' : '';
    throw new ShapeError(
      `${metric}: expected labels of shape (N)${scores} as ${name}, got shape ${formatShape(labels.shape)}`,
    );
  }
  const values: ArrayLike<number> = labels instanceof Tensor ? labels.toTypedArray() : labels;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new ArgumentError(
        `${metric}: ${name}[${i}] is ${value}, not a label (a whole number >= 0); of probabilities pass p.gt(0.5)`,
      );
    }
  }
  return values;
}

/** The scores (N, classes) row by row, without NaN. */
export function readScores(metric: string, scores: Tensor): ArrayLike<number> {
  if (scores.ndim !== 2 || scores.shape[1] === 0 || !isFloat(scores.dtype)) {
    throw new ShapeError(
      `${metric}: expected scores as floats of shape (N, classes), got ${scores.dtype} of shape ${formatShape(scores.shape)}`,
    );
  }
  const values = scores.toTypedArray();
  const wrong = values.findIndex(Number.isNaN);
  if (wrong >= 0) {
    const classes = scores.shape[1]!;
    const place = `[${Math.floor(wrong / classes)}, ${wrong % classes}]`;
    throw new ArgumentError(`${metric}: the score at ${place} is NaN; has the training diverged?`);
  }
  return values;
}

/** The class of the largest score of each row; the first of equal ones, as argmax has it. */
function largest(scores: ArrayLike<number>, classes: number): Int32Array {
  const labels = new Int32Array(scores.length / classes);
  for (let row = 0; row < labels.length; row++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (scores[row * classes + k]! > scores[row * classes + best]!) best = k;
    }
    labels[row] = best;
  }
  return labels;
}

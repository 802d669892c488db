import { refuseDType } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../tensor/errors.ts';
import { formatShape } from '../tensor/shape.ts';
import { Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { checkLossOptions, type LossOptions, reduceBy } from './lossOptions.ts';
import type { Refusals, Samples } from './samples.ts';
import { cat, stack } from './shape.ts';
import { logsumexp } from './softmax.ts';

/** Lengths of the sequences of a batch: int32, or a list of whole numbers. */
export type Lengths = Tensor | readonly number[];

/** Options of {@link ctcLoss}. */
export interface CtcLossOptions extends LossOptions {
  /** The class that stands for no label. Default 0. */
  readonly blank?: number;
  /** Whether losses that are infinite, of labels that do not fit their input, count 0. Default false. */
  readonly zeroInfinity?: boolean;
}

const NONE = Number.NEGATIVE_INFINITY;

function lengthsOf(name: string, given: Lengths, count: number, most: number): readonly number[] {
  if (!Array.isArray(given)) checkTensor('ctcLoss', name, given);
  const values = Array.isArray(given) ? given : [...(given as Tensor).toTypedArray()];
  if (values.length !== count) {
    throw new ArgumentError(
      `ctcLoss: expected ${count} ${name}, one for each sequence, got ${values.length}`,
    );
  }
  const wrong = values.find((value) => !Number.isInteger(value) || value < 0 || value > most);
  if (wrong !== undefined) {
    throw new ArgumentError(`ctcLoss: ${name} must be whole numbers from 0 to ${most}, got ${wrong}`);
  }
  return values;
}

/** The labels of each sequence: from rows of a matrix, or one after the other. */
function labelsOf(
  targets: Tensor,
  count: number,
  lengths: readonly number[],
): readonly (readonly number[])[] {
  const values = [...targets.toTypedArray()];
  if (targets.ndim === 2) {
    const width = targets.shape[1]!;
    return lengths.map((length, n) => values.slice(n * width, n * width + length));
  }
  let start = 0;
  const labels = lengths.map((length) => {
    start += length;
    return values.slice(start - length, start);
  });
  if (start !== values.length || lengths.length !== count) {
    throw new ShapeError(
      `ctcLoss: the targets have shape ${formatShape(targets.shape)}, but the targetLengths add up to ${start}`,
    );
  }
  return labels;
}

const positions = (rows: readonly (readonly number[])[], width: number): Tensor =>
  wrap(new Storage(Int32Array.from(rows.flat())), 'int32', [rows.length, width]);

/**
 * Connectionist temporal classification: -ln of the probability that an input spells the labels, over all ways of putting blanks between them and repeating them. `logProbs` is
 * (T, N, C) or (T, C); `targets` int32 labels, a row for each sequence (N, S), or one after the other. A mean divides each loss by its number of labels, at least 1. Derivative: minus the probability that the path
 * passes the class at that time. Kinks: 0 where no path is long enough, and the loss is infinite (PyTorch: NaN). Errors: ShapeError, DTypeError; IndexError for a label that is no class; ArgumentError for lengths and the blank. PyTorch: `torch.nn.functional.ctc_loss`, whose gradient adds
 * e^logProbs: the same behind a logSoftmax, where the sum over classes drops out; it has no second derivative.
 * Source: A. Graves et al., "Connectionist Temporal Classification", 2006.
 *
 * @example
 * ```ts
 * import { ctcLoss, tensor, zeros } from '@tensortape/autograd';
 * const logProbs = zeros([2, 1, 2]).logSoftmax(2);
 * const loss = ctcLoss(logProbs, tensor([[1]], { dtype: 'int32' }), [2], [1]);
 * console.log(loss.exp().item().toFixed(4)); // 1.3333
 * ```
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Lengths,
  targetLengths: Lengths,
  options: CtcLossOptions = {},
): Tensor {
  checkTensor('ctcLoss', 'logProbs', logProbs);
  checkTensor('ctcLoss', 'targets', targets);
  refuseDType('ctcLoss', logProbs, 'integers');
  checkLossOptions('ctcLoss', options, ['blank', 'zeroInfinity']);
  const { blank = 0, zeroInfinity = false, reduction = 'mean' } = options;
  if (logProbs.ndim !== 2 && logProbs.ndim !== 3) {
    throw new ShapeError(
      `ctcLoss: logProbs has shape ${formatShape(logProbs.shape)}, expected (T, N, C) or (T, C)`,
    );
  }
  const batched = logProbs.ndim === 3;
  const batch = batched ? logProbs : logProbs.unsqueeze(1);
  const [steps, count, classes] = batch.shape as [number, number, number];
  if (targets.dtype !== 'int32') {
    throw new DTypeError(`ctcLoss: the targets are ${targets.dtype}, expected labels, as int32`);
  }
  if (targets.ndim > 2 || targets.ndim === 0 || (targets.ndim === 2 && targets.shape[0] !== count)) {
    throw new ShapeError(
      `ctcLoss: the targets have shape ${formatShape(targets.shape)}, expected (${count}, S), or all labels along one axis`,
    );
  }
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes) {
    throw new ArgumentError(`ctcLoss: blank ${blank} is not one of the ${classes} classes`);
  }
  const times = lengthsOf('inputLengths', inputLengths, count, steps);
  const sizes = lengthsOf(
    'targetLengths',
    targetLengths,
    count,
    targets.ndim === 2 ? targets.shape[1]! : targets.size,
  );
  const labels = labelsOf(targets, count, sizes);
  for (const label of labels.flat()) {
    if (label < 0 || label >= classes) {
      throw new IndexError(
        `ctcLoss: target ${label} is not one of the ${classes} classes 0 … ${classes - 1}`,
      );
    }
  }
  const losses = negativeLogLikelihood(batch, labels, times, blank);
  const kept = zeroInfinity ? losses.where(losses.ne(Number.POSITIVE_INFINITY), 0) : losses;
  if (reduction !== 'mean') return reduceBy(reduction, batched ? kept : kept.squeeze(0));
  const divisors = wrap(new Storage(Int32Array.from(sizes, (size) => Math.max(1, size))), 'int32', [count]);
  return kept.div(divisors.to(kept.dtype)).mean();
}

/** The forward recursion over time, in logarithms, for all sequences at once; its derivative is the backward recursion. */
function negativeLogLikelihood(
  logProbs: Tensor,
  labels: readonly (readonly number[])[],
  times: readonly number[],
  blank: number,
): Tensor {
  const [steps, count] = logProbs.shape as [number, number];
  const longest = labels.reduce((most, row) => Math.max(most, row.length), 0);
  const width = 2 * longest + 1;
  // Labels with blanks around them: state 2 i + 1 is label i.
  const states = labels.map((row) =>
    Array.from({ length: width }, (_, i) => (i % 2 === 0 ? blank : (row[(i - 1) / 2] ?? blank))),
  );
  const flags = (test: (row: readonly number[], n: number, i: number) => boolean): Tensor =>
    positions(
      states.map((row, n) => row.map((_, i) => Number(test(row, n, i)))),
      width,
    ).ne(0);
  // A label may follow another directly, without the blank between them.
  const skips = flags((row, _, i) => i % 2 === 1 && i > 1 && row[i] !== row[i - 2]);
  const first = flags((_, n, i) => i === 0 || (i === 1 && labels[n]!.length > 0));
  const last = flags((_, n, i) => i === 2 * labels[n]!.length || i === 2 * labels[n]!.length - 1);
  const index = positions(states, width);
  const none = (columns: number) => constant(NONE, logProbs.dtype, [count, columns]);
  const scores = (t: number) => logProbs.select(0, t).gather(1, index);
  // Before the first step only the state before all others is reached.
  let alpha = constant(0, logProbs.dtype, [count, width]).where(first, NONE);
  let reached = alpha.where(
    flags((_, n, i) => labels[n]!.length === 0 && i === 0),
    NONE,
  );
  for (let t = 0; t < steps; t++) {
    const running = flags((_, n) => t < times[n]!);
    if (t > 0) {
      const byOne = cat([none(1), alpha.narrow(1, 0, width - 1)], 1);
      const byTwo =
        width > 2 ? cat([none(2), alpha.narrow(1, 0, width - 2)], 1).where(skips, NONE) : none(width);
      alpha = logsumexp(stack([alpha, byOne, byTwo], 0), 0);
    }
    alpha = alpha.add(scores(t));
    reached = alpha.where(running, reached);
  }
  return logsumexp(reached.where(last, NONE), 1).neg();
}
export const ctcLossSamples: Samples = (s) => {
  const batched = s.oneOf([true, false]);
  const count = batched ? 2 : 1;
  const [steps, classes] = [s.integer(3, 4), 3];
  const logProbs = s.tensorOf(batched ? [steps, count, classes] : [steps, classes], { low: -3, high: 0 });
  const sizes = Array.from({ length: count }, () => s.integer(0, 2));
  const targets =
    batched && s.oneOf([true, false])
      ? s.index([count, 2], 2)
      : s.index([sizes.reduce((a, b) => a + b, 0)], 2);
  const times = sizes.map((size) => s.integer(Math.max(1, 2 * size - 1), steps));
  const options = s.oneOf([{}, { reduction: 'sum' }, { reduction: 'none' }] as const);
  const blank = s.oneOf([0, 2]);
  return [logProbs, blank === 0 ? targets.add(1) : targets, times, sizes, { blank, ...options }];
};
export const ctcLossRefusals: Refusals = (s) => {
  const [x, y] = [s.tensorOf([4, 2, 3]), s.index([2, 2], 2)];
  return [
    [[s.tensorOf([4]), y, [4], [2]], 'ShapeError', /logProbs has shape \(4,\), expected \(T, N, C\)/],
    [[s.index([4, 2, 3], 2), y, [4, 4], [2, 2]], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, s.tensorOf([2, 2]), [4, 4], [2, 2]], 'DTypeError', /the targets are float64/],
    [
      [x, s.index([3, 2], 2), [4, 4], [2, 2]],
      'ShapeError',
      /the targets have shape \(3, 2\), expected \(2, S\)/,
    ],
    [[x, s.index([3], 2), [4, 4], [2, 2]], 'ShapeError', /shape \(3,\), but the targetLengths add up to 4/],
    [[x, y, [4], [2, 2]], 'ArgumentError', /expected 2 inputLengths, one for each sequence, got 1/],
    [[x, y, [4, 5], [2, 2]], 'ArgumentError', /inputLengths must be whole numbers from 0 to 4, got 5/],
    [[x, y, [4, 4], [2, 3]], 'ArgumentError', /targetLengths must be whole numbers from 0 to 2, got 3/],
    [[x, y, [4, 4], [2, 0.5]], 'ArgumentError', /targetLengths must be whole numbers from 0 to 2, got 0\.5/],
    [[x, y.add(3), [4, 4], [2, 2]], 'IndexError', /is not one of the 3 classes/],
    [[x, y, [4, 4], [2, 2], { blank: 3 }], 'ArgumentError', /blank 3 is not one of the 3 classes/],
  ];
};

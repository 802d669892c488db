import { describe, expect, test } from '@jest/globals';
import { ArgumentError, ShapeError, tensor } from '@tensortape/autograd';
import { accuracy, confusionMatrix, f1, Mean, precision, recall, topKAccuracy } from '@tensortape/train';
import fc from 'fast-check';

/** The figures below are those of scikit-learn's own documentation, unless a line says otherwise. */
const [targets, predicted] = [
  [0, 1, 2, 0, 1, 2],
  [0, 2, 1, 0, 0, 1],
];
const zeros = [0, 0, 0, 0, 0, 0];
const nan = Number.NaN;

describe('accuracy', () => {
  test('of labels, of scores, of tensors of any dtype', () => {
    expect(accuracy([0, 2, 1, 3], [0, 1, 2, 3])).toBe(0.5);
    expect(accuracy(tensor([0, 2, 1, 3]), tensor([0, 1, 2, 3], { dtype: 'int32' }))).toBe(0.5);
    expect(accuracy(tensor([0.2, 0.8, 0.7]).gt(0.5), [0, 1, 0])).toBe(2 / 3);
    // The first of equal scores, as argmax.
    const scores = tensor([
      [1, 3, 3],
      [0, 0, 0],
      [1, 2, 4],
    ]);
    expect(accuracy(scores, [1, 0, 0])).toBe(2 / 3);
  });

  test('refuses what it cannot count', () => {
    expect(() => accuracy([], [])).toThrow(/accuracy: there are no samples/);
    expect(() => accuracy([1], [1, 0])).toThrow(/accuracy: 1 predictions for 2 targets/);
    expect(() => accuracy(tensor([0.3]), [1])).toThrow(
      /predictions\[0\] is 0.3\d*, not a label.*p\.gt\(0\.5\)/,
    );
    expect(() => accuracy([0], [-1])).toThrow(/targets\[0\] is -1, not a label/);
    const diverged = tensor([
      [1, 2],
      [nan, 1],
    ]);
    expect(() => accuracy(diverged, [1, 1])).toThrow(/score at \[1, 0\] is NaN/);
    expect(() => accuracy([0], tensor([[0]]))).toThrow(ShapeError);
    expect(() => accuracy(tensor([[[0]]]), [0])).toThrow(
      /or scores of shape \(N, classes\) as predictions, got shape/,
    );
  });
});

describe('topKAccuracy', () => {
  const scores = tensor([
    [0.5, 0.2, 0.2],
    [0.3, 0.4, 0.2],
    [0.2, 0.4, 0.3],
    [0.7, 0.2, 0.1],
  ]);

  test("scikit-learn's figures, and its order of equal scores", () => {
    expect(topKAccuracy(scores, [0, 1, 2, 2], 2)).toBe(0.75);
    expect(topKAccuracy(scores, [0, 1, 2, 2], 3)).toBe(1);
    expect(topKAccuracy(scores, [0, 1, 2, 2], 1)).toBe(0.5);
    // By its code: a stable sort, reversed, puts the later of equal scores first.
    expect([0, 1, 2].map((label) => topKAccuracy(tensor([[1, 1, 1]]), [label], 2))).toEqual([0, 1, 1]);
  });

  test('refuses other k, labels and scores', () => {
    expect(() => topKAccuracy(scores, [0, 1, 2, 2], 4)).toThrow(
      /k must be a whole number from 1 to the 3 classes, got 4/,
    );
    expect(() => topKAccuracy(scores, [0, 1, 2, 3], 1)).toThrow(/targets\[3\] is 3, beyond the 3 classes/);
    expect(() => topKAccuracy(tensor([1]), [0], 1)).toThrow(
      /expected scores as floats of shape \(N, classes\)/,
    );
  });
});

describe('precision, recall and f1', () => {
  test.each<['macro' | 'micro' | 'weighted', number, number, number]>([
    ['macro', 2 / 9, 1 / 3, 0.8 / 3],
    ['micro', 1 / 3, 1 / 3, 1 / 3],
    ['weighted', 2 / 9, 1 / 3, 0.8 / 3],
  ])("scikit-learn's figures for average %s", (average, ...expected) => {
    const figures = [precision, recall, f1].map((metric) => metric(predicted!, targets!, { average }));
    for (const [i, figure] of figures.entries()) expect(figure).toBeCloseTo(expected[i]!, 14);
  });

  test('for each class, and for 0 / 0', () => {
    expect(precision(predicted!, targets!, { average: 'none' })).toEqual([2 / 3, 0, 0]);
    expect(recall(predicted!, targets!, { average: 'none' })).toEqual([1, 0, 0]);
    expect(f1(predicted!, targets!, { average: 'none' })).toEqual([0.8, 0, 0]);
    const none = (zeroDivision: number) => ({ average: 'none', zeroDivision }) as const;
    expect(precision(zeros, targets!, { average: 'none' })).toEqual([1 / 3, 0, 0]);
    expect(precision(zeros, targets!, none(1))).toEqual([1 / 3, 1, 1]);
    expect(precision(zeros, targets!, none(nan))).toEqual([1 / 3, nan, nan]);
    expect(recall([0, 1, 2, 0, 1, 0], zeros, none(1))).toEqual([0.5, 1, 1]);
    expect(f1(zeros, zeros, { zeroDivision: 1 })).toBe(1);
    expect(f1(zeros, zeros, { zeroDivision: nan })).toBe(nan);
    expect(f1(zeros, zeros)).toBe(0);
  });

  test('the figures of the user guide: two classes, and some of the classes', () => {
    const [p, t] = [
      [0, 1, 0, 0],
      [0, 1, 0, 1],
    ];
    expect([precision(p!, t!), recall(p!, t!), f1(p!, t!)]).toEqual([1, 0.5, 2 / 3]);
    expect(recall(p!, t!, { positive: 0 })).toBe(1);
    expect(recall(predicted!, targets!, { labels: [1, 2], average: 'micro' })).toBe(0);
    expect(precision(predicted!, targets!, { labels: [0, 1, 2, 3], average: 'macro' })).toBeCloseTo(
      1 / 6,
      14,
    );
  });

  test('means leave NaN out; where no class of a weighted one has samples, it is the plain one', () => {
    expect(precision(zeros, targets!, { average: 'macro', zeroDivision: nan })).toBe(1 / 3);
    expect(recall([3, 4], [0, 0], { average: 'weighted', labels: [3, 4], zeroDivision: nan })).toBe(nan);
    expect(
      precision([3, 4], [0, 0], { average: 'weighted', labels: [3, 4, 5], zeroDivision: 1 }),
    ).toBeCloseTo(1 / 3, 14);
  });

  test('refuses several classes unless told what to make of them', () => {
    expect(() => f1(predicted!, targets!)).toThrow(/f1: there are 3 classes; pass average: 'macro'/);
    expect(() => precision([2, 3], [2, 3])).toThrow(/precision: positive is 1, but the classes are 2 and 3/);
    expect(() => recall([0, 1], [0, 1], { labels: [0] })).toThrow(ArgumentError);
    const wrong: { average: 'macro' } = JSON.parse('{"average": "mean"}');
    expect(() => recall([0, 1], [0, 1], wrong)).toThrow(/average must be 'binary', .* got mean/);
  });

  test('agree with each other and with the confusion matrix, on any labels', () => {
    const label = fc.nat({ max: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 30 }), (pairs) => {
        const p = pairs.map(([a]) => a);
        const t = pairs.map(([, b]) => b);
        const matrix = confusionMatrix(p, t, { classes: 5 }).toArray() as number[][];
        const labels = [0, 1, 2, 3, 4];
        const columns = labels.map((j) => matrix.reduce((sum, row) => sum + row[j]!, 0));
        const rows = matrix.map((row) => row.reduce((a, b) => a + b));
        const share = (hits: number, of: number) => (of === 0 ? 0 : hits / of);
        const own = labels.map((k) => matrix[k]![k]!);
        const precisions = own.map((hits, k) => share(hits, columns[k]!));
        const recalls = own.map((hits, k) => share(hits, rows[k]!));
        expect(precision(p, t, { average: 'none', labels })).toEqual(precisions);
        expect(recall(p, t, { average: 'none', labels })).toEqual(recalls);
        for (const [k, value] of f1(p, t, { average: 'none', labels }).entries()) {
          const [a, b] = [precisions[k]!, recalls[k]!];
          expect(value).toBeCloseTo(a + b === 0 ? 0 : (2 * a * b) / (a + b), 12);
        }
        expect(precision(p, t, { average: 'micro' })).toBe(accuracy(p, t));
        expect(recall(p, t, { average: 'weighted' })).toBeCloseTo(accuracy(p, t), 12);
      }),
    );
  });
});

describe('confusionMatrix', () => {
  test("scikit-learn's figures", () => {
    const matrix = confusionMatrix([0, 0, 2, 2, 0, 2], [2, 0, 2, 2, 0, 1]);
    expect([matrix.dtype, matrix.toArray()]).toEqual([
      'int32',
      [
        [2, 0, 0],
        [0, 0, 1],
        [1, 0, 2],
      ],
    ]);
    // confusion_matrix([0, 1, 0, 1], [1, 1, 1, 0]).ravel() is (0, 2, 1, 1).
    expect(confusionMatrix([1, 1, 1, 0], [0, 1, 0, 1]).flatten().toArray()).toEqual([0, 2, 1, 1]);
  });

  test('has a row for each class that scores or `classes` name', () => {
    expect(confusionMatrix(tensor([[1, 0, 0, 0]]), [1]).shape).toEqual([4, 4]);
    expect(confusionMatrix([0], [0], { classes: 3 }).shape).toEqual([3, 3]);
    expect(confusionMatrix([0], [0]).toArray()).toEqual([[1]]);
    expect(() => confusionMatrix([3], [0], { classes: 3 })).toThrow(
      /classes must be .* above the largest label, 3, got 3/,
    );
  });

  test('as shares of rows, of columns and of all', () => {
    const shares = (normalize: 'true' | 'predicted' | 'all') =>
      confusionMatrix([0, 0, 0, 1], [0, 0, 1, 1], { classes: 3, normalize }).toArray();
    expect(shares('true')).toEqual([
      [1, 0, 0],
      [0.5, 0.5, 0],
      [0, 0, 0],
    ]);
    expect(shares('predicted')).toEqual([
      [2 / 3, 0, 0],
      [1 / 3, 1, 0],
      [0, 0, 0],
    ]);
    expect(shares('all')).toEqual([
      [0.5, 0, 0],
      [0.25, 0.25, 0],
      [0, 0, 0],
    ]);
  });
});

test('Mean weighs its values, goes on from its state, and refuses what is no number', () => {
  const mean = new Mean();
  expect(mean.value).toBe(nan);
  mean.add(1, 3);
  mean.add(tensor(5));
  mean.add(nan, 0);
  expect([mean.value, mean.weight]).toEqual([2, 4]);
  const other = new Mean();
  other.loadStateDict(mean.stateDict());
  other.add(7);
  expect(other.value).toBe(3);
  expect(() => other.add(1, -1)).toThrow(/finite weight >= 0, got -1/);
  expect(() => other.add(tensor([1, 2]))).toThrow();
  other.reset();
  expect([other.value, other.weight]).toEqual([nan, 0]);
  other.add(nan);
  expect(other.value).toBe(nan);
});

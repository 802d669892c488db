import { expect, test } from '@jest/globals';
import { Figures } from '../src/shared/figures.ts';

/** The verdict on the one figure that is judged. */
function verdict(judge: (figures: Figures) => void): string {
  const figures = new Figures();
  judge(figures);
  const [{ verdict }] = figures.rows as [Figures['rows'][0]];
  expect(figures.off).toHaveLength(verdict === 'OFF' ? 1 : 0);
  return verdict;
}

test('a figure within its tolerance is ok, one beyond it is off, and one that is no number is off', () => {
  expect(verdict((figures) => figures.near('x', 1, 1.01, 0.02))).toBe('ok');
  for (const ours of [1.03, 0.97, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(verdict((figures) => figures.near('x', 1, ours, 0.02))).toBe('OFF');
  }
  expect(verdict((figures) => figures.allNear('x', [1, 2], [1, 2.01], 0.02))).toBe('ok');
  for (const ours of [[1, 2.03], [1, Number.NaN], [1], [1, 2, 3]]) {
    expect(verdict((figures) => figures.allNear('x', [1, 2], ours, 0.02))).toBe('OFF');
  }
});

test('bounds', () => {
  const [low, high] = [0.2, 0.4];
  const verdicts = (ours: number) => [
    verdict((figures) => figures.atLeast('x', low, ours)),
    verdict((figures) => figures.atMost('x', high, ours)),
    verdict((figures) => figures.between('x', 0.3, [low, high], ours)),
  ];
  expect(verdicts(0.3)).toEqual(['ok', 'ok', 'ok']);
  expect(verdicts(0.1)).toEqual(['OFF', 'ok', 'OFF']);
  expect(verdicts(0.5)).toEqual(['ok', 'OFF', 'OFF']);
  expect(verdicts(Number.NaN)).toEqual(['OFF', 'OFF', 'OFF']);
});

test('words are compared, and what is shown is not judged', () => {
  expect(verdict((figures) => figures.same('x', 'refused', 'refused'))).toBe('ok');
  expect(verdict((figures) => figures.same('x', 'refused', 'accepted'))).toBe('OFF');
  expect(verdict((figures) => figures.shown('x', '468x', '12x'))).toBe('-');
});

test('the table has a row for each figure, in columns', () => {
  const figures = new Figures();
  figures.near('loss', 1.3037878913298202, 1.3037878913298202, 1e-14);
  figures.atLeast('accuracy', 0.92, 0.5);
  expect(String(figures).split('\n')).toEqual([
    'what      published      ours           tolerance      verdict',
    '─'.repeat(62),
    'loss      1.30378789133  1.30378789133  ± 1.00e-14     ok',
    'accuracy  0.92           0.5            at least 0.92  OFF',
  ]);
});

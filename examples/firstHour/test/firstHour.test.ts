import { expect, jest, test } from '@jest/globals';
import { drawLogistic, logistic } from '../src/logistic.ts';
import { parseOptions } from '../src/options.ts';
import { drawPolynomial, polynomial } from '../src/polynomial.ts';

test('the polynomial comes as close to its points as the best one, and is drawn beside them', async () => {
  const fit = polynomial({ degree: 3, steps: 3000, seed: 0 });
  const [x, y] = [fit.x, fit.y].map((column) => [...column.toTypedArray()].map(Number));
  // The residual of a least-squares fit is at right angles to every power of x.
  const values = [...fit.weights.toTypedArray()].map(Number);
  const residual = x!.map(
    (place, i) => y![i]! - values.reduce((sum, weight, k) => sum + weight * place ** k, 0),
  );
  for (const k of [0, 1, 2, 3]) {
    expect(residual.reduce((sum, error, i) => sum + error * x![i]! ** k, 0)).toBeCloseTo(0, 2);
  }
  expect(fit.losses.at(-1)).toBeLessThan(0.03);
  const svg = await drawPolynomial(fit).toSvg();
  expect(svg).toContain('A polynomial of degree 3');
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('the line tells the clouds apart, the same from the same seed', async () => {
  const found = logistic({ steps: 100, seed: 0 });
  expect(found.accuracy).toBeGreaterThan(0.94);
  expect(found.losses.at(-1)).toBeLessThan(found.losses[0]! / 3);
  expect(logistic({ steps: 100, seed: 0 }).losses).toEqual(found.losses);
  expect(await drawLogistic(found).toSvg()).toContain('after 100 steps');
});

test('defaults, and words it does not know', () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(parseOptions([])).toMatchObject({ degree: 5, steps: 2000, out: 'runs/first-hour' });
  for (const words of ['--degree 13', '--step 3', 'word', '--out=']) {
    expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  }
});

import { expect, jest, test } from '@jest/globals';
import { stack, tensor } from 'tensortape';
import { animals, descend, guess, observe, truth } from '../src/fit.ts';
import { parseOptions } from '../src/options.ts';
import { drawFit } from '../src/picture.ts';
import { rungeKutta } from '../src/solver.ts';

const float64 = { dtype: 'float64' } as const;

test('the error of the solver falls with the fourth power of the step', () => {
  // A harmonic oscillator, which after the time 1 is at cos 1.
  const error = (steps: number) => {
    const states = rungeKutta(
      (state) => stack([state.select(0, 1), state.select(0, 0).neg()]),
      tensor([1, 0], float64),
      1 / steps,
      steps + 1,
    );
    expect(states.shape).toEqual([steps + 1, 2]);
    return Math.abs(states.select(0, steps).select(0, 0).item() - Math.cos(1));
  };
  expect(Math.log2(error(8) / error(16))).toBeCloseTo(4, 0);
  expect(error(64)).toBeLessThan(1e-8);
});

test('the gradient through the solver is that of differences', () => {
  const end = (values: readonly number[]) => animals(tensor(values, { ...float64, requiresGrad: true }));
  const parameters = tensor(guess, { ...float64, requiresGrad: true });
  animals(parameters).select(0, -1).sum().backward();
  const numeric = guess.map((_, i) => {
    const moved = (by: number) =>
      end(guess.map((value, k) => (k === i ? value + by : value)))
        .select(0, -1)
        .sum()
        .item();
    return (moved(1e-5) - moved(-1e-5)) / 2e-5;
  });
  for (const [i, value] of [...parameters.grad!.toTypedArray()].entries()) {
    expect(Number(value)).toBeCloseTo(numeric[i]!, 5);
  }
});

test('finds the parameters again, and draws counts, first and last fit', async () => {
  const counts = observe({ noise: 1e-6, seed: 0 });
  const moments = [...descend(counts, { steps: 25 })];
  expect(moments).toHaveLength(26);
  const found = [...moments.at(-1)!.parameters.toTypedArray()].map(Number);
  for (const [i, value] of found.entries()) expect(Math.abs(value / truth[i]! - 1)).toBeLessThan(1e-5);
  expect(moments.at(-1)!.loss).toBeLessThan(moments[0]!.loss / 1e6);
  const svg = await drawFit({ counts, found, losses: moments.map(({ loss }) => loss) }).toSvg();
  for (const text of ['counts', 'first fit', 'last fit', 'predators (thousands)'])
    expect(svg).toContain(text);
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('defaults, and words it does not know', () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(parseOptions([])).toMatchObject({ steps: 25, noise: 0.1, out: 'runs/ode' });
  for (const words of ['--steps 0', '--noise -1', 'word', '--out=']) {
    expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  }
});

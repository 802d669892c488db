import { curves, type Picture } from '@tensortape/plot';
import { type Tensor, tensor } from 'tensortape';
import { animals, countTimes, guess, times } from './fit.ts';

/** What {@link drawFit} draws. */
export interface Fit {
  /** Counts of animals, (counts, 2). */
  counts: Tensor;
  /** The parameters that were found. */
  found: readonly number[];
  /** The loss at each step. */
  losses: readonly number[];
}

/** The counts with the first and the last fit, in a chart for each kind of animal. */
export function drawFit({ counts, found, losses }: Fit): Picture {
  const [before, after] = [guess, found].map((parameters) =>
    animals(tensor([...parameters], { dtype: 'float64' })),
  );
  const column = (states: Tensor, kind: number) => states.select(1, kind).toTypedArray();
  const panel = (y: string, kind: number) => ({
    y,
    series: {
      counts: { at: countTimes, values: column(counts, kind), mark: 'points' as const },
      'first fit': { at: times, values: column(before!, kind) },
      'last fit': { at: times, values: column(after!, kind) },
    },
  });
  return curves({
    title: 'Hares and lynxes: a differential equation fitted to counts',
    subtitle: `Mean squared error of the logarithms: ${losses[0]!.toFixed(3)} at first, ${losses.at(-1)!.toFixed(3)} after ${losses.length - 1} steps`,
    x: 'time (years)',
    panels: [panel('prey (thousands)', 0), panel('predators (thousands)', 1)],
  });
}

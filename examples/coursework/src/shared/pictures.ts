import { type CurveSeries, type Picture, sideBySide, weightGrid } from '@tensortape/plot';
import type { Scores } from './train.ts';
import type { TwoLayerNet } from './twoLayerNet.ts';

/** A value for each step of a training. */
export const bySteps = (values: readonly number[]): CurveSeries => ({
  at: values.map((_, step) => step),
  values,
});

/** The loss, or the accuracy, of each step. */
export const seriesOf = (history: readonly Scores[], of: keyof Scores): CurveSeries =>
  bySteps(history.map((scores) => scores[of]));

/** The hidden units of nets on 3 x 32 x 32 images, each stretched to its own range, side by side. */
export const hiddenUnits = (nets: Readonly<Record<string, TwoLayerNet>>, subtitle: string): Picture =>
  sideBySide(
    Object.entries(nets).map(([title, { fc1 }]) =>
      weightGrid(fc1.weight.reshape([-1, 3, 32, 32]), { title, imageWidth: 40 }),
    ),
    { title: 'What the hidden units look at', subtitle },
  );

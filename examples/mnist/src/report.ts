import {
  type DigitSets,
  type History,
  number,
  percent,
  type Scores,
  writeFiles,
} from '@tensortape/example-shared';
import { drawCurves } from '@tensortape/example-shared/pictures';
import type { Mistake } from './mistakes.ts';
import type { DigitClassifier } from './model.ts';
import type { Options } from './options.ts';
import { drawMistakes, drawWeights } from './pictures.ts';

/** How many hidden units, and how many mistakes, are drawn. */
const [mostUnits, mostMistakes] = [128, 50];

/** What there is to report. */
export interface Outcome {
  options: Options;
  data: DigitSets;
  history: History;
  test: Scores;
  mistakes: readonly Mistake[];
  net: DigitClassifier;
}

/** Writes the pictures and the history into the output folder, each whole or not at all, and returns their paths. */
export async function writeReport({
  options,
  data,
  history,
  test,
  mistakes,
  net,
}: Outcome): Promise<string[]> {
  const { model, lr, batch, out } = options;
  const { training, validation, test: tested } = data;
  const { name, filters } = net;
  const weights = filters.slice(0, 0, mostUnits);
  const [units, unit] = model === 'cnn' ? ['filters', 'filter'] : ['hidden units', 'unit'];
  const worst = mistakes.slice(0, mostMistakes);
  const curves = drawCurves(history, {
    title: `Training a ${name} network on ${data.name}`,
    subtitle: [
      `Adam, learning rate from ${lr} to 0, batches of ${batch}, ${number(training.length)} digits`,
      `Test accuracy ${percent(test.accuracy)} on ${number(tested.length)} other digits`,
    ],
  });
  const tiles = drawWeights(weights, {
    title: `What the ${units} look at`,
    subtitle: [
      `Weights of the first layer, a tile for each ${unit} (${weights.shape[0]} of ${filters.shape[0]})`,
      'Its output rises with ink on red, falls with ink on blue',
    ],
  });
  const wrong = drawMistakes(worst, {
    title: `Misclassified test digits: ${number(mistakes.length)} of ${number(tested.length)}`,
    subtitle: `The ${worst.length} of which the network was most certain, with the probability it gave its answer`,
  });
  return writeFiles(out, {
    'curves.svg': await curves.toSvg(),
    'weights.png': await tiles.toPng(),
    'mistakes.png': await wrong.toPng(),
    'history.json': `${JSON.stringify(
      {
        options,
        data: {
          name: data.name,
          training: training.length,
          validation: validation.length,
          test: tested.length,
        },
        epochs: history.epochs,
        moments: history.moments,
        test,
      },
      null,
      2,
    )}\n`,
  });
}

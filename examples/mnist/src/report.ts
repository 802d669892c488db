import { join } from 'node:path';
import { writeFileAtomic } from 'tensortape/node';
import type { Data } from './data.ts';
import { number, percent } from './format.ts';
import type { History } from './history.ts';
import type { Mistake } from './mistakes.ts';
import type { DigitClassifier } from './model.ts';
import type { Options } from './options.ts';
import { drawCurves, drawMistakes, drawWeights } from './pictures.ts';
import type { Scores } from './train.ts';

/** How many hidden units, and how many mistakes, are drawn. */
const [mostUnits, mostMistakes] = [128, 50];

/** What there is to report. */
export interface Outcome {
  options: Options;
  data: Data;
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
  const { lr, batch, hidden, out } = options;
  const { training, validation, test: tested } = data;
  const weights = net.fc1.weight.detach().slice(0, 0, mostUnits);
  const worst = mistakes.slice(0, mostMistakes);

  const files: Record<string, string | Uint8Array> = {
    'curves.svg': await drawCurves(history, {
      text: `Training a 784-${hidden}-10 network on ${data.name}`,
      subtitle: [
        `Adam, learning rate from ${lr} to 0, batches of ${batch}, ${number(training.length)} digits`,
        `Test accuracy ${percent(test.accuracy)} on ${number(tested.length)} other digits`,
      ],
    }),
    'weights.png': await drawWeights(weights, {
      text: 'What the hidden units look at: the weights of the first layer',
      subtitle: `A tile for each unit (${weights.shape[0]} of ${hidden}): its output rises with ink on red, falls with ink on blue`,
    }),
    'mistakes.png': await drawMistakes(worst, {
      text: `Misclassified test digits: ${number(mistakes.length)} of ${number(tested.length)}`,
      subtitle:
        worst.length === 0
          ? 'It got every one of them right'
          : `The ${worst.length} of which the network was most certain, with the probability it gave its answer`,
    }),
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
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomic(join(out, name), typeof content === 'string' ? Buffer.from(content) : content);
  }
  return Object.keys(files).map((name) => join(out, name));
}

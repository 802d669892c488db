import { join } from 'node:path';
import {
  type Digits,
  evaluate,
  interruptSignal,
  loadDigits,
  makeFolder,
  number,
  percent,
  runEpochs,
  say,
} from '@tensortape/example-shared';
import { datasets, manualSeed } from 'tensortape';
import { loadFile, saveFile } from 'tensortape/node';
import { findMistakes } from './mistakes.ts';
import { type DigitClassifier, LeNet, Perceptron } from './model.ts';
import { command, type Options } from './options.ts';

/** Trains as the options say, judges the saved model by the test images, and writes what there is to see. */
export async function run(options: Options): Promise<void> {
  const { epochs, batch, lr, seed, out } = options;
  await makeFolder(out);
  const data = await loadDigits(options, command, (line) => say('Data', line));
  say(
    '',
    `${number(data.training.length)} to train on, ${number(data.validation.length)} to validate, ${number(data.test.length)} to test`,
  );

  const signal = interruptSignal();
  manualSeed(seed);
  const net = makeNet(options);
  const parameters = net.parameters().reduce((sum, { size }) => sum + size, 0);
  say('Network', `${net.name} with ReLU, ${number(parameters)} parameters from seed ${seed}`);
  say('Training', `Adam, learning rate from ${lr} to 0, batches of ${batch}`);

  const history = await runEpochs({
    net,
    training: new datasets.DataLoader(data.training, { batchSize: batch, shuffle: true }),
    validation: inBatches(data.validation),
    epochs,
    lr,
    signal,
  });

  const file = join(out, 'model.safetensors');
  await saveFile(file, net.stateDict());
  const saved = makeNet(options);
  saved.loadStateDict(await loadFile(file));
  const test = evaluate(saved, inBatches(data.test));
  say(
    'Test',
    `accuracy ${percent(test.accuracy)}, loss ${test.loss.toFixed(3)}, by the model read back from ${file}`,
  );

  // Not before it is needed: loading what draws takes half a second.
  const { writeReport } = await import('./report.ts');
  const mistakes = findMistakes(saved, inBatches(data.test));
  signal.throwIfAborted();
  const files = await writeReport({ options, data, history, test, mistakes, net: saved });
  say('Files', [file, ...files].join('\n'));
}

const makeNet = ({ model, hidden }: Options): DigitClassifier =>
  model === 'cnn' ? new LeNet() : new Perceptron(hidden);

const inBatches = (digits: Digits) => new datasets.DataLoader(digits, { batchSize: 1000 });

import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { datasets, manualSeed } from 'tensortape';
import { loadFile, saveFile } from 'tensortape/node';
import { type Digits, loadData } from './data.ts';
import { runEpochs } from './epochs.ts';
import { interruptSignal, UserError } from './errors.ts';
import { number, percent } from './format.ts';
import { findMistakes } from './mistakes.ts';
import { DigitClassifier } from './model.ts';
import type { Options } from './options.ts';
import { evaluate } from './train.ts';

/** Trains as the options say, judges the saved model by the test images, and writes what there is to see. */
export async function run(options: Options): Promise<void> {
  const { epochs, batch, lr, hidden, seed, out } = options;
  await makeFolder(out);
  const data = await loadData(options, (line) => say('Data', line));
  say(
    '',
    `${number(data.training.length)} to train on, ${number(data.validation.length)} to validate, ${number(data.test.length)} to test`,
  );

  const signal = interruptSignal();
  manualSeed(seed);
  const net = new DigitClassifier(hidden);
  const parameters = net.parameters().reduce((sum, { size }) => sum + size, 0);
  say('Network', `784-${hidden}-10 with ReLU, ${number(parameters)} parameters from seed ${seed}`);
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
  const saved = new DigitClassifier(hidden);
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

const inBatches = (digits: Digits) => new datasets.DataLoader(digits, { batchSize: 1000 });

/** A line, or several, of the program's report under a heading. */
function say(heading: string, text: string): void {
  for (const [i, line] of text.split('\n').entries()) {
    console.log(`${(i === 0 ? heading : '').padEnd(10)}${line}`);
  }
}

/** Finds out before the training whether there is a place for the files. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`--out: ${path} is no folder to write to (${reason}). Give another one.`);
  }
}

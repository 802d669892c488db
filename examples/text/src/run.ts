import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  duration,
  interruptSignal,
  makeFolder,
  number,
  pauses,
  say,
  UserError,
  writeFiles,
} from '@tensortape/example-shared';
import { Generator, manualSeed } from 'tensortape';
import { loadFile, saveFile } from 'tensortape/node';
import { Corpus, drawWindows } from './corpus.ts';
import { isStory, tellStories } from './grammar.ts';
import { CharLstm, Gpt } from './models.ts';
import type { Options } from './options.ts';
import { writeLines } from './sample.ts';
import { evaluate, train } from './train.ts';

/** Trains as the options say, has the saved model write, and keeps what there is to see. */
export async function run(options: Options): Promise<void> {
  const { model: kind, steps, batch, lr, seed, out } = options;
  await makeFolder(out);
  const corpus = new Corpus(await loadText(options));
  const { training, validation, alphabet } = corpus;
  const source = options.text ?? 'stories that a small grammar makes up';
  say('Text', `${source}: ${number(training.length)} characters to train on, ${alphabet.length} different`);

  manualSeed(seed);
  const makeModel = () => (kind === 'gpt' ? new Gpt(alphabet.length) : new CharLstm(alphabet.length));
  const model = makeModel();
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  say('Model', `${model.name}, ${number(parameters)} parameters from seed ${seed}`);
  say('Training', `AdamW, learning rate up to ${lr}, ${batch} windows of ${model.context} characters a step`);

  const signal = interruptSignal();
  const pause = pauses(signal);
  const generator = new Generator(seed);
  const heldOut = drawWindows(validation, 64, model.context, new Generator(0));
  const history = { training: [] as Moment[], validation: [] as Moment[] };
  const every = Math.ceil(steps / 10);
  const begin = performance.now();
  for (const loss of train(model, { numbers: training, steps, batch, lr, generator })) {
    if (!Number.isFinite(loss)) throw divergence(loss, history.training.length + 1, lr);
    const step = history.training.push({ step: history.training.length + 1, loss });
    if (step % every === 0 || step === steps) {
      const seconds = (performance.now() - begin) / 1000;
      const held = evaluate(model, heldOut);
      history.validation.push({ step, loss: held });
      say(
        `Step ${step}`,
        `training loss ${loss.toFixed(3)}  validation loss ${held.toFixed(3)}  ${duration(seconds)}`,
      );
      const sample = { lines: 1, longest: 140, generator: new Generator(seed) };
      say('', writeLines(model, corpus, sample).join('\n'));
    }
    await pause();
  }

  const file = join(out, 'model.safetensors');
  await saveFile(file, model.stateDict());
  const saved = makeModel();
  saved.loadStateDict(await loadFile(file));
  const lines = writeLines(saved, corpus, { lines: 10, longest: 140, generator: new Generator(seed) });
  say('Sample', lines.join('\n'));
  const right = lines.filter(isStory).length;
  if (options.text === undefined) {
    say(
      'Result',
      `${right} of ${lines.length} are stories of the grammar; written by the model read back from ${file}`,
    );
  }

  // Not before it is needed: loading what draws takes half a second.
  const { curves } = await import('@tensortape/plot');
  const files = await writeFiles(out, {
    'sample.txt': `${lines.join('\n')}\n`,
    'history.json': `${JSON.stringify({ options, ...history }, null, 2)}\n`,
    'curve.svg': await curves({
      title: `Learning to write: ${model.name}`,
      subtitle: `AdamW, learning rate up to ${lr}, ${batch} windows of ${model.context} characters a step`,
      x: 'step',
      panels: [
        {
          y: 'loss (nats a character)',
          scale: 'log',
          series: {
            'training, as it goes': seriesOf(history.training),
            'validation, after some steps': seriesOf(history.validation),
          },
        },
      ],
    }).toSvg(),
  });
  say('Files', [file, ...files].join('\n'));
}

/** The loss at a step. */
type Moment = { step: number; loss: number };

const seriesOf = (moments: readonly Moment[]) => ({
  at: moments.map(({ step }) => step),
  values: moments.map(({ loss }) => loss),
});

/** How many characters the grammar tells, and how many a text must have. */
const [told, fewest] = [200_000, 1_000];

async function loadText({ text: file }: Options): Promise<string> {
  if (file === undefined) return tellStories(told, 0);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`--text: cannot read ${file} (${reason}). Give a text file, or leave --text out.`);
  }
  if (text.length < fewest) {
    throw new UserError(
      `--text: ${file} has ${text.length} characters; give a text of ${number(fewest)} or more, or leave --text out.`,
    );
  }
  return text;
}

function divergence(loss: number, step: number, lr: number): UserError {
  return new UserError(
    `the loss became ${loss} in step ${step}.\n` +
      `Most likely the learning rate, ${lr}, is too high: try --lr ${lr / 10}. Nothing was written.`,
  );
}

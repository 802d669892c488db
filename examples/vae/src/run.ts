import { join } from 'node:path';
import {
  duration,
  interruptSignal,
  loadDigits,
  makeFolder,
  number,
  pauses,
  say,
  UserError,
  writeFiles,
} from '@tensortape/example-shared';
import { cat, datasets, manualSeed, noGrad, optim, randn } from 'tensortape';
import { loadFile, saveFile } from 'tensortape/node';
import { Vae } from './model.ts';
import { command, type Options } from './options.ts';
import { evaluate, trainEpoch } from './train.ts';

/** How many digits stand in a row of the pictures, and how many samples are drawn. */
const [columns, samples] = [16, 128];

/** Trains as the options say, and draws what the saved model makes of test digits and of noise. */
export async function run(options: Options): Promise<void> {
  const { epochs, batch, lr, hidden, latent, seed, out } = options;
  await makeFolder(out);
  const data = await loadDigits(options, command, (line) => say('Data', line));
  const training = new datasets.DataLoader(data.training, { batchSize: batch, shuffle: true });
  const inBatches = (digits: typeof data.test) => new datasets.DataLoader(digits, { batchSize: 1000 });

  const signal = interruptSignal();
  manualSeed(seed);
  const vae = new Vae(hidden, latent);
  const parameters = vae.parameters().reduce((sum, { size }) => sum + size, 0);
  say('Network', `784-${hidden}-${latent}-${hidden}-784, ${number(parameters)} parameters from seed ${seed}`);
  say('Training', `Adam, learning rate ${lr}, batches of ${batch} of ${number(data.training.length)} digits`);

  const optimizer = new optim.Adam(vae.parameters(), { lr });
  const losses = { training: [] as Moment[], validation: [] as Moment[] };
  const pause = pauses(signal);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const begin = performance.now();
    let sum = 0;
    for (const loss of trainEpoch(vae, optimizer, training)) {
      if (!Number.isFinite(loss)) throw divergence(loss, epoch, lr);
      sum += loss;
      await pause();
    }
    const trained = { epoch, loss: sum / training.length };
    const validated = { epoch, loss: evaluate(vae, inBatches(data.validation)) };
    losses.training.push(trained);
    losses.validation.push(validated);
    const seconds = duration((performance.now() - begin) / 1000);
    say(
      `Epoch ${epoch}`,
      `training loss ${trained.loss.toFixed(1)}  validation loss ${validated.loss.toFixed(1)}  ${seconds}`,
    );
  }

  const file = join(out, 'model.safetensors');
  await saveFile(file, vae.stateDict());
  const saved = new Vae(hidden, latent);
  saved.loadStateDict(await loadFile(file));
  const test = evaluate(saved, inBatches(data.test));
  say('Test', `${test.toFixed(1)} nats an image, by the model read back from ${file}`);

  // Not before it is needed: loading what draws takes half a second.
  const { drawDigits } = await import('./pictures.ts');
  const { curves } = await import('@tensortape/plot');
  signal.throwIfAborted();
  const [digits] = new datasets.DataLoader(data.test, { batchSize: 4 * columns })[Symbol.iterator]().next()
    .value!;
  const { redrawn, drawn } = noGrad(() => ({
    redrawn: saved.decode(saved.encode(digits).loc),
    drawn: saved.decode(randn([samples, latent])),
  }));
  // A row of digits, and below it the same digits redrawn.
  const rows = [0, 1, 2, 3].flatMap((row) =>
    [digits, redrawn].map((images) => images.slice(0, row * columns, (row + 1) * columns)),
  );
  const files = await writeFiles(out, {
    'reconstructions.png': await drawDigits(cat(rows), columns, {
      title: `Test digits, and below them what ${latent} numbers keep of each`,
      subtitle: `${data.name}; ${test.toFixed(1)} nats an image`,
    }),
    'samples.png': await drawDigits(drawn, columns, {
      title: 'Digits that nobody wrote',
      subtitle: `What the decoder makes of ${latent} standard normal numbers`,
    }),
    'curve.svg': await curves({
      title: `Training a variational autoencoder on ${data.name}`,
      subtitle: `Adam, learning rate ${lr}`,
      x: 'epoch',
      panels: [
        {
          y: 'negative evidence lower bound (nats an image)',
          scale: 'log',
          series: {
            'training, as it goes': seriesOf(losses.training),
            'validation, after each epoch': seriesOf(losses.validation),
          },
        },
      ],
    }).toSvg(),
    'history.json': `${JSON.stringify({ options, data: data.name, ...losses, test }, null, 2)}\n`,
  });
  say('Files', [file, ...files].join('\n'));
}

/** The mean loss of an epoch. */
type Moment = { epoch: number; loss: number };

const seriesOf = (moments: readonly Moment[]) => ({
  at: moments.map(({ epoch }) => epoch),
  values: moments.map(({ loss }) => loss),
});

function divergence(loss: number, epoch: number, lr: number): UserError {
  return new UserError(
    `the loss became ${loss} in epoch ${epoch}.\n` +
      `Most likely the learning rate, ${lr}, is too high: try --lr ${lr / 10}. Nothing was written.`,
  );
}

import { join } from 'node:path';
import {
  type Batches,
  type Classifier,
  duration,
  evaluate,
  interruptSignal,
  loadCifar10,
  makeFolder,
  number,
  percent,
  runEpochs,
  say,
  writeFiles,
} from '@tensortape/example-shared';
import { cat, datasets, manualSeed, noGrad, type Tensor, train } from 'tensortape';
import { loadFile, saveFile } from 'tensortape/node';
import { convNet } from './model.ts';
import { command, type Options } from './options.ts';

/** Trains as the options say, judges the saved model by the test images, and draws how it went and what is taken for what. */
export async function run(options: Options): Promise<void> {
  const { epochs, batch, lr, channels, augment, seed, out } = options;
  await makeFolder(out);
  const data = await loadCifar10(options, command, (line) => say('Data', line));
  const sizes = [data.training, data.validation, data.test].map(({ length }) => number(length));
  say('', `${sizes[0]} images to train on, ${sizes[1]} to validate, ${sizes[2]} to test`);

  const signal = interruptSignal();
  manualSeed(seed);
  const net = convNet(channels);
  const parameters = net.parameters().reduce((sum, { size }) => sum + size, 0);
  say(
    'Network',
    `ConvNet of ${channels}, ${2 * channels} and ${4 * channels} channels, ${number(parameters)} parameters`,
  );
  say(
    'Training',
    `Adam, learning rate from ${lr} to 0, batches of ${batch}${augment ? ', cropped and flipped' : ''}`,
  );
  const begin = performance.now();
  const history = await runEpochs({
    net,
    // A batch of one image has no variance to normalise by.
    training: new datasets.DataLoader(data.training, {
      batchSize: batch,
      shuffle: true,
      dropLast: data.training.length >= batch,
    }),
    validation: inBatches(data.validation),
    epochs,
    lr,
    signal,
  });
  const took = duration((performance.now() - begin) / 1000);

  const file = join(out, 'model.safetensors');
  await saveFile(file, net.stateDict());
  const saved = convNet(channels);
  saved.loadStateDict(await loadFile(file));
  const test = evaluate(saved, inBatches(data.test));
  say(
    'Test',
    `accuracy ${percent(test.accuracy)}, loss ${test.loss.toFixed(3)}, after ${took}, by the model read back from ${file}`,
  );

  // Not before it is needed: loading what draws takes half a second.
  const { confusionPicture } = await import('@tensortape/plot');
  const { drawCurves } = await import('@tensortape/example-shared/pictures');
  signal.throwIfAborted();
  const verdict = `Test accuracy ${percent(test.accuracy)} on ${sizes[2]} other images`;
  const files = await writeFiles(out, {
    'curves.svg': await drawCurves(history, {
      title: 'Training a small ConvNet on CIFAR-10',
      subtitle: [`Adam, learning rate from ${lr} to 0, batches of ${batch}, ${sizes[0]} images`, verdict],
    }).toSvg(),
    'confusion.svg': await confusionPicture(
      train.confusionMatrix(predict(saved, inBatches(data.test)), data.test.labels, { classes: 10 }),
      { title: 'What the ConvNet takes for what', subtitle: verdict, labels: datasets.cifar10Classes },
    ).toSvg(),
    'history.json': `${JSON.stringify({ options, epochs: history.epochs, moments: history.moments, test }, null, 2)}\n`,
  });
  say('Files', [file, ...files].join('\n'));
}

const inBatches = (images: datasets.ImageDataset) => new datasets.DataLoader(images, { batchSize: 200 });

/** The class that gets the highest score, for each image. */
function predict(net: Classifier, batches: Batches): Tensor {
  net.eval();
  return noGrad(() => cat([...batches].map(([images]) => net.forward(images).argmax(1))));
}

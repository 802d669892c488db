import { UserError } from '@tensortape/example-shared';
import { cat, tensor } from 'tensortape';
import { findCifar10, readCifar10 } from 'tensortape/node';
import type { Desk } from './desk.ts';
import { Images } from './images.ts';

/** CIFAR-10 as the courses split it. */
export interface Cifar10Sets {
  training: Images;
  validation: Images;
  test: Images;
  /** Whether this is the whole set: only with it can the published figures come out. */
  whole: boolean;
}

const batches = [1, 2, 3, 4, 5] as const;

/**
 * The training files without their last 1,000 images, these, and the first 1,000 of the test file, with the mean training image subtracted from levels
 * of 0 to 255. Where some of the five training files are missing, those that are there have to do, and the desk is told so.
 */
export async function loadCifar10(desk: Desk): Promise<Cifar10Sets> {
  const where = desk.data === undefined ? {} : { folder: desk.data };
  const found: (1 | 2 | 3 | 4 | 5)[] = [];
  for (const batch of batches) if (await findCifar10({ ...where, batches: [batch] })) found.push(batch);
  if (found.length === 0) {
    throw new UserError(
      `no CIFAR-10 in ${desk.data ?? 'the folder for downloads'}: --data <folder> names the folder that holds ` +
        'data_batch_1.bin … data_batch_5.bin and test_batch.bin, in cifar10/ or cifar-10-batches-bin/.',
    );
  }
  const trained = await readCifar10({ ...where, batches: found, verify: false });
  const tested = await readCifar10({ ...where, split: 'test', verify: false });
  const bytes = (images: Uint8Array) => tensor(images, { shape: [images.length / 3072, 3072] });
  const pixels = bytes(trained.images);
  const count = pixels.shape[0]! - 1000;
  const mean = pixels.slice(0, 0, count).to('float32').mean(0);
  const images = new Images(
    cat([pixels, bytes(tested.images).slice(0, 0, 1000)]),
    cat([trained.labels, tested.labels.slice(0, 1000)].map((labels) => tensor(labels, { dtype: 'int32' }))),
    (pixels) => pixels.to('float32').sub(mean),
  );
  const whole = count === 49_000;
  if (!whole) {
    desk.say(
      `  only ${count.toLocaleString('en')} of 49,000 training images are here: figures are judged by wider bands, not by the published ones`,
    );
  }
  return {
    training: images.slice(0, count),
    validation: images.slice(count, count + 1000),
    test: images.slice(count + 1000, count + 2000),
    whole,
  };
}

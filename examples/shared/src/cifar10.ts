import { datasets, Generator } from 'tensortape';
import { type Cifar, findCifar10, readCifar10 } from 'tensortape/node';
import { UserError } from './errors.ts';

/** CIFAR-10, split. */
export interface Cifar10Sets {
  /** Cropped, flipped and normalised, anew each time. */
  training: datasets.ImageDataset;
  /** Normalised. */
  validation: datasets.ImageDataset;
  test: datasets.ImageDataset;
}

/** Which images to load. */
interface Source {
  /** The folder of CIFAR-10's files. */
  data?: string;
  /** Whether to download them where they are not found. */
  download?: true;
  /** Train on so many only. */
  limit?: number;
  /** Whether training images are cropped and flipped. */
  augment: boolean;
  /** Of the crops and flips. */
  seed: number;
}

const batches = [1, 2, 3, 4, 5] as const;

/** Mean and standard deviation of the levels of the training images, by channel. */
const normalize = datasets.transforms.normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]);

/** Crops from an image with a margin of 4 pixels, and flips every other one: what an image shows does not change by that. */
function augmentation(seed: number): datasets.transforms.ImageTransform {
  const generator = new Generator(seed);
  return datasets.transforms.compose(
    datasets.transforms.randomCrop(32, { padding: 4, generator }),
    datasets.transforms.randomHorizontalFlip({ generator }),
    normalize,
  );
}

/**
 * CIFAR-10 from where the options say, or from where it is found. The last tenth of the training images validates. Where only some of
 * the five training files are, or files are parts of the originals, those have to do.
 *
 * @param command What starts the program, for advice: `npm run cifar10 --`.
 * @param say Is told what is read, before anything takes time.
 * @throws UserError where there is none.
 */
export async function loadCifar10(
  source: Source,
  command: string,
  say: (line: string) => void,
): Promise<Cifar10Sets> {
  const { data: folder, download = false, limit = Infinity, augment, seed } = source;
  const where = folder === undefined ? {} : { folder };
  const here: (typeof batches)[number][] = [];
  for (const batch of batches) if (await findCifar10({ ...where, batches: [batch] })) here.push(batch);
  const tested = await findCifar10({ ...where, split: 'test' });
  const found = here.length > 0 && tested !== undefined;
  if (!found && !download) {
    throw new UserError(
      `no CIFAR-10 in ${folder ?? 'TENSORTAPE_DATA or the folder for downloads'}, which should hold data_batch_1.bin (to 5) and test_batch.bin, ` +
        `or cifar-10-binary.tar.gz.\nGive the folder that does: ${command} --data <folder>, or fetch them (170 MB, once): ${command} --download`,
    );
  }
  say(found ? `CIFAR-10 from ${tested}, training files ${here.join(', ')}` : 'CIFAR-10, downloaded (170 MB)');
  const read = found ? { ...where, verify: false } : { ...where, download };
  const trained = await readCifar10({ ...read, ...(found && { batches: here }) });
  const test = await readCifar10({ ...read, split: 'test' });
  const held = Math.floor(trained.labels.length / 10);
  const end = trained.labels.length - held;
  const plain = { transform: normalize };
  return {
    training: part(trained, 0, Math.min(limit, end), augment ? { transform: augmentation(seed) } : plain),
    validation: part(trained, end, trained.labels.length, plain),
    test: part(test, 0, test.labels.length, plain),
  };
}

const part = (
  { images, labels }: Cifar,
  from: number,
  to: number,
  options: datasets.ImageDatasetOptions,
): datasets.ImageDataset =>
  new datasets.ImageDataset(
    {
      images: images.subarray(3072 * from, 3072 * to),
      labels: labels.subarray(from, to),
      shape: [3, 32, 32],
    },
    options,
  );

import { join } from 'node:path';
import { type DigitDataset, type DigitDatasetOptions, digitDataset } from '../digitDataset.ts';
import {
  findIdxImages,
  type IdxImagesOptions,
  type IdxImagesSet,
  type Mnist,
  readIdxImages,
} from './idxImages.ts';
import { cacheFolder } from './sources.ts';

/** What {@link readMnist} takes. */
export interface MnistOptions extends IdxImagesOptions {
  /** `false` reads other sets in MNIST's form and file names; `true` where not given. */
  verify?: boolean;
}

/** MNIST (LeCun, Cortes and Burges). */
export const mnistSet: IdxImagesSet = {
  title: 'MNIST',
  cache: 'mnist',
  places: ['', 'mnist', join('MNIST', 'raw')],
  mirrors: [
    'https://ossci-datasets.s3.amazonaws.com/mnist',
    'https://storage.googleapis.com/cvdf-datasets/mnist',
  ],
  files: {
    train: {
      images: {
        name: 'train-images-idx3-ubyte',
        md5: '6bbc9ace898e44ae57da46a324031adb',
        gzipMd5: 'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      },
      labels: {
        name: 'train-labels-idx1-ubyte',
        md5: 'a25bea736e30d166cdddb491f175f624',
        gzipMd5: 'd53e105ee54ea40749a09fcbcd1e9432',
      },
    },
    test: {
      images: {
        name: 't10k-images-idx3-ubyte',
        md5: '2646ac647ad5339dbf082846283269ea',
        gzipMd5: '9fb629c4189551a2d022fa330f9573f3',
      },
      labels: {
        name: 't10k-labels-idx1-ubyte',
        md5: '27ae3e4e09519cfbb04c329615203637',
        gzipMd5: 'ec29112dd5afa0611ce80d1b7f02629c',
      },
    },
  },
};

/** Where downloads go unless told otherwise: `tensortape/mnist` in `XDG_CACHE_HOME`, or else in `~/.cache`. */
export function mnistCacheFolder(): string {
  return cacheFolder(mnistSet.cache);
}

/**
 * Finds the folder that holds MNIST, without reading it.
 *
 * @param options `folder` and `split` as in {@link MnistOptions}.
 * @returns The folder with the split's two files (plain or `.gz`), or `undefined` when there is none.
 *
 * @example
 * ```ts
 * import { generateDigits } from '@tensortape/datasets';
 * import { findMnist, readMnist } from '@tensortape/datasets/node';
 *
 * const folder = await findMnist();
 * const digits = folder ? await readMnist({ folder }) : generateDigits({ count: 1000, seed: 1 });
 * console.log(digits.images.length === 784 * digits.labels.length); // true
 * ```
 */
export async function findMnist(
  options: Pick<MnistOptions, 'folder' | 'split'> = {},
): Promise<string | undefined> {
  return findIdxImages(mnistSet, options);
}

/**
 * Reads one split of MNIST (LeCun, Cortes and Burges) as raw bytes, downloading it if asked.
 *
 * @param options Which split, from where; see {@link MnistOptions}.
 * @returns `images`: N x 784 grey levels 0 to 255, white ink on black, row by row; `labels`: N digits; `folder`.
 * @throws DataFileError when the files are not found, cannot be downloaded, are damaged, are not MNIST
 *   (unless `verify` is false), differ in their number of items, or hold a label beyond 9.
 *
 * @example
 * ```ts
 * import { readMnist } from '@tensortape/datasets/node';
 *
 * async function countOnes() {
 *   const { labels } = await readMnist({ split: 'test', download: true });
 *   return labels.filter((label) => label === 1).length;
 * }
 * ```
 */
export async function readMnist(options: MnistOptions = {}): Promise<Mnist> {
  return readIdxImages(mnistSet, { verify: true, ...options });
}

/**
 * One split of MNIST as tensors, read and if asked downloaded as {@link readMnist} does, scaled as {@link digitDataset}
 * does. Takes 188 MB for the training images.
 *
 * @param options Which split, from where, and `flatten`; see {@link MnistOptions} and {@link DigitDatasetOptions}.
 * @returns Images, float32 in [0, 1], of shape (N, 1, 28, 28) or (N, 784), and labels, int32 of shape (N).
 * @throws DataFileError as {@link readMnist} does.
 *
 * @example
 * ```ts
 * import { DataLoader } from '@tensortape/datasets';
 * import { mnist } from '@tensortape/datasets/node';
 *
 * async function showShapes() {
 *   const loader = new DataLoader(await mnist({ flatten: true }), { batchSize: 100, shuffle: true });
 *   for (const [images, labels] of loader) console.log(images.shape, labels.shape);
 * }
 * ```
 */
export async function mnist(options: MnistOptions & DigitDatasetOptions = {}): Promise<DigitDataset> {
  return digitDataset(await readMnist(options), options);
}

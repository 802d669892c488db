import { join } from 'node:path';
import { type DigitDataset, type DigitDatasetOptions, digitDataset } from '../digitDataset.ts';
import {
  findIdxImages,
  type IdxImagesOptions,
  type IdxImagesSet,
  type Mnist,
  readIdxImages,
} from './idxImages.ts';
import { mnistSet } from './mnist.ts';

const set: IdxImagesSet = {
  title: 'Kuzushiji-MNIST',
  cache: 'kmnist',
  places: ['kmnist', join('KMNIST', 'raw')],
  mirrors: ['http://codh.rois.ac.jp/kmnist/dataset/kmnist'],
  namesake: mnistSet,
  files: {
    train: {
      images: { name: 'train-images-idx3-ubyte', gzipMd5: 'bdb82020997e1d708af4cf47b453dcf7' },
      labels: { name: 'train-labels-idx1-ubyte', gzipMd5: 'e144d726b3acfaa3e44228e80efcd344' },
    },
    test: {
      images: { name: 't10k-images-idx3-ubyte', gzipMd5: '5c965bf0a639b31b8f53240b1b52f4d7' },
      labels: { name: 't10k-labels-idx1-ubyte', gzipMd5: '7320c461ea6c1c855c0b718fb2a4b134' },
    },
  },
};

/** What the labels 0 to 9 of Kuzushiji-MNIST stand for. */
export const kmnistClasses: readonly string[] = ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo'];

/**
 * Finds the folder that holds Kuzushiji-MNIST, without reading it.
 *
 * @param options `folder` and `split` as in {@link IdxImagesOptions}.
 * @returns The folder with the split's two files (plain or `.gz`), or `undefined` when there is none.
 *
 * @example
 * ```ts
 * import { findKmnist } from '@tensortape/datasets/node';
 * console.log(await findKmnist({ folder: 'no/such/folder' })); // undefined
 * ```
 */
export async function findKmnist(
  options: Pick<IdxImagesOptions, 'folder' | 'split'> = {},
): Promise<string | undefined> {
  return findIdxImages(set, options);
}

/**
 * Reads one split of Kuzushiji-MNIST (Clanuwat et al., cursive Japanese) as raw bytes, downloading it if asked.
 *
 * @param options Which split, from where; see {@link IdxImagesOptions}.
 * @returns `images`: N x 784 grey levels 0 to 255, row by row; `labels`: N classes ({@link kmnistClasses}); `folder`.
 * @throws DataFileError when the files are not found, cannot be downloaded, are damaged, are MNIST's (whose files have the
 *   same names), differ in their number of items, or hold a label beyond 9.
 *
 * @example
 * ```ts
 * import { kmnistClasses, readKmnist } from '@tensortape/datasets/node';
 *
 * async function firstClass() {
 *   const { labels } = await readKmnist({ split: 'test', download: true });
 *   return kmnistClasses[labels[0]!];
 * }
 * ```
 */
export async function readKmnist(options: IdxImagesOptions = {}): Promise<Mnist> {
  return readIdxImages(set, { ...options, verify: true });
}

/**
 * One split of Kuzushiji-MNIST as tensors, read and if asked downloaded as {@link readKmnist} does, scaled as
 * {@link digitDataset} does. PyTorch: `torchvision.datasets.KMNIST`.
 *
 * @param options Which split, from where, and `flatten`; see {@link IdxImagesOptions} and {@link DigitDatasetOptions}.
 * @returns Images, float32 in [0, 1], of shape (N, 1, 28, 28) or (N, 784), and labels, int32 of shape (N).
 * @throws DataFileError as {@link readKmnist} does.
 *
 * @example
 * ```ts
 * import { DataLoader } from '@tensortape/datasets';
 * import { kmnist } from '@tensortape/datasets/node';
 *
 * async function showShapes() {
 *   const loader = new DataLoader(await kmnist(), { batchSize: 100, shuffle: true });
 *   for (const [images, labels] of loader) console.log(images.shape, labels.shape);
 * }
 * ```
 */
export async function kmnist(options: IdxImagesOptions & DigitDatasetOptions = {}): Promise<DigitDataset> {
  return digitDataset(await readKmnist(options), options);
}

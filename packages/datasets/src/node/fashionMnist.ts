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
  title: 'Fashion-MNIST',
  cache: 'fashion-mnist',
  places: ['fashion-mnist', join('FashionMNIST', 'raw')],
  mirrors: ['http://fashion-mnist.s3-website.eu-central-1.amazonaws.com'],
  namesake: mnistSet,
  files: {
    train: {
      images: { name: 'train-images-idx3-ubyte', gzipMd5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d' },
      labels: { name: 'train-labels-idx1-ubyte', gzipMd5: '25c81989df183df01b3e8a0aad5dffbe' },
    },
    test: {
      images: { name: 't10k-images-idx3-ubyte', gzipMd5: 'bef4ecab320f06d8554ea6380940ec79' },
      labels: { name: 't10k-labels-idx1-ubyte', gzipMd5: 'bb300cfdad3c16e7a12a480ee83cd310' },
    },
  },
};

/** What the labels 0 to 9 of Fashion-MNIST stand for. */
export const fashionMnistClasses: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/**
 * Finds the folder that holds Fashion-MNIST, without reading it.
 *
 * @param options `folder` and `split` as in {@link IdxImagesOptions}.
 * @returns The folder with the split's two files (plain or `.gz`), or `undefined` when there is none.
 *
 * @example
 * ```ts
 * import { findFashionMnist } from '@tensortape/datasets/node';
 * console.log(await findFashionMnist({ folder: 'no/such/folder' })); // undefined
 * ```
 */
export async function findFashionMnist(
  options: Pick<IdxImagesOptions, 'folder' | 'split'> = {},
): Promise<string | undefined> {
  return findIdxImages(set, options);
}

/**
 * Reads one split of Fashion-MNIST (Xiao, Rasul and Vollgraf) as raw bytes, downloading it if asked.
 *
 * @param options Which split, from where; see {@link IdxImagesOptions}.
 * @returns `images`: N x 784 grey levels 0 to 255, row by row; `labels`: N classes ({@link fashionMnistClasses}); `folder`.
 * @throws DataFileError when the files are not found, cannot be downloaded, are damaged, are MNIST's (whose files have the
 *   same names), differ in their number of items, or hold a label beyond 9.
 *
 * @example
 * ```ts
 * import { fashionMnistClasses, readFashionMnist } from '@tensortape/datasets/node';
 *
 * async function firstClass() {
 *   const { labels } = await readFashionMnist({ split: 'test', download: true });
 *   return fashionMnistClasses[labels[0]!];
 * }
 * ```
 */
export async function readFashionMnist(options: IdxImagesOptions = {}): Promise<Mnist> {
  return readIdxImages(set, { ...options, verify: true });
}

/**
 * One split of Fashion-MNIST as tensors, read and if asked downloaded as {@link readFashionMnist} does, scaled as
 * {@link digitDataset} does. PyTorch: `torchvision.datasets.FashionMNIST`.
 *
 * @param options Which split, from where, and `flatten`; see {@link IdxImagesOptions} and {@link DigitDatasetOptions}.
 * @returns Images, float32 in [0, 1], of shape (N, 1, 28, 28) or (N, 784), and labels, int32 of shape (N).
 * @throws DataFileError as {@link readFashionMnist} does.
 *
 * @example
 * ```ts
 * import { DataLoader } from '@tensortape/datasets';
 * import { fashionMnist } from '@tensortape/datasets/node';
 *
 * async function showShapes() {
 *   const loader = new DataLoader(await fashionMnist(), { batchSize: 100, shuffle: true });
 *   for (const [images, labels] of loader) console.log(images.shape, labels.shape);
 * }
 * ```
 */
export async function fashionMnist(
  options: IdxImagesOptions & DigitDatasetOptions = {},
): Promise<DigitDataset> {
  return digitDataset(await readFashionMnist(options), options);
}

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type DigitDataset, type DigitDatasetOptions, digitDataset } from '../digitDataset.ts';
import type { DigitImages } from '../digits.ts';
import { DataFileError } from '../errors.ts';
import { type IdxFile, parseIdx } from '../idx.ts';
import { type DownloadProgress, download } from './download.ts';
import { readDataFile } from './files.ts';

/** The two parts of MNIST: 60,000 training and 10,000 test images. */
export type MnistSplit = 'train' | 'test';

/** What {@link readMnist} takes. */
export interface MnistOptions {
  /** `'train'` where not given. */
  split?: MnistSplit;
  /**
   * The folder to look in, and to download to; its sub-folders `mnist` and `MNIST/raw` are looked in as well.
   * Where not given: the folder that the variable `TENSORTAPE_DATA` names, then {@link mnistCacheFolder}.
   */
  folder?: string;
  /** Whether to download what is not found; `false` where not given. */
  download?: boolean;
  /** Where to download from, tried in order; public mirrors where not given. */
  mirrors?: readonly string[];
  /** Called as bytes of a download arrive. */
  onProgress?: (progress: DownloadProgress) => void;
  /** `false` reads other sets in MNIST's form and file names, such as Fashion-MNIST; `true` where not given. */
  verify?: boolean;
}

/** MNIST as read by {@link readMnist}. */
export interface Mnist extends DigitImages {
  /** The folder that the files were read from. */
  folder: string;
}

interface MnistFile {
  name: string;
  /** Of the content, and of the original `.gz` that the mirrors serve. */
  md5: string;
  gzipMd5: string;
}

const files: Record<MnistSplit, { images: MnistFile; labels: MnistFile }> = {
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
};

const publicMirrors = [
  'https://ossci-datasets.s3.amazonaws.com/mnist',
  'https://storage.googleapis.com/cvdf-datasets/mnist',
];

/** Twice what the larger file takes, so that larger sets in MNIST's form are read too, and nothing absurd is. */
const maxBytes = 100e6;

/** Where downloads go unless told otherwise: `tensortape/mnist` in `XDG_CACHE_HOME`, or else in `~/.cache`. */
export function mnistCacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tensortape', 'mnist');
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
  const { images, labels } = files[options.split ?? 'train'];
  for (const folder of foldersToSearch(options.folder)) {
    const paths = await Promise.all([findFile(folder, images.name), findFile(folder, labels.name)]);
    if (!paths.includes(undefined)) return folder;
  }
  return undefined;
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
  const { split = 'train', verify = true } = options;
  const folder = (await findMnist(options)) ?? (await downloadSplit(split, options));
  const [images, labels] = await Promise.all([
    readPart(folder, files[split].images, verify),
    readPart(folder, files[split].labels, verify),
  ]);

  const [count, ...size] = images.idx.shape;
  if (images.idx.dtype !== 'uint8' || size.length !== 2 || size[0] !== 28 || size[1] !== 28) {
    throw new DataFileError(
      images.path,
      `expected uint8 images [N, 28, 28], found ${describe(images.idx)}`,
      wrongFile,
    );
  }
  if (labels.idx.dtype !== 'uint8' || labels.idx.shape.length !== 1) {
    throw new DataFileError(
      labels.path,
      `expected uint8 labels [N], found ${describe(labels.idx)}`,
      wrongFile,
    );
  }
  if (labels.idx.shape[0] !== count) {
    throw new DataFileError(
      labels.path,
      `expected ${count} labels, one for each image of ${images.path}, found ${labels.idx.shape[0]}`,
      'Take both files from the same set',
    );
  }
  const wrong = labels.idx.data.findIndex((label) => label > 9);
  if (wrong >= 0) {
    throw new DataFileError(
      labels.path,
      `expected labels from 0 to 9, found ${labels.idx.data[wrong]} at index ${wrong}`,
      'The file is damaged, or its set has other classes than the ten digits',
    );
  }
  return { images: images.idx.data, labels: labels.idx.data, folder };
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

const wrongFile = 'Check that the file belongs under this name';

function describe({ dtype, shape }: IdxFile): string {
  return `${dtype} [${shape.join(', ')}]`;
}

async function readPart(folder: string, { name, md5 }: MnistFile, verify: boolean) {
  const path = (await findFile(folder, name)) ?? join(folder, name);
  const bytes = await readDataFile(path, { maxBytes });
  const idx = parseIdx(bytes, { name: path });
  if (verify) {
    const found = createHash('md5').update(bytes).digest('hex');
    if (found !== md5) {
      throw new DataFileError(
        path,
        `not the MNIST file (expected MD5 ${md5} of its content, found ${found})`,
        'If it is damaged, delete it and download it again; if it is another set in this form, pass verify: false',
      );
    }
  }
  return { path, idx };
}

async function downloadSplit(split: MnistSplit, options: MnistOptions): Promise<string> {
  const { images, labels } = files[split];
  const folder = options.folder ?? mnistCacheFolder();
  if (!options.download) {
    throw new DataFileError(
      'MNIST',
      `${images.name} and ${labels.name}, plain or .gz, found in none of ${foldersToSearch(options.folder).join(', ')}`,
      'Set TENSORTAPE_DATA or the option folder to where they are, pass download: true, or use generateDigits',
    );
  }
  for (const { name, md5, gzipMd5 } of [labels, images]) {
    await download({
      urls: (options.mirrors ?? publicMirrors).map((mirror) => `${mirror}/${name}.gz`),
      path: join(folder, `${name}.gz`),
      // A server that unpacks what it sends is fine: reading goes by content, not by name.
      md5: [gzipMd5, md5],
      maxBytes,
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
  }
  return folder;
}

function foldersToSearch(folder: string | undefined): string[] {
  const given = folder ?? process.env['TENSORTAPE_DATA'];
  const inside = given ? [given, join(given, 'mnist'), join(given, 'MNIST', 'raw')] : [];
  return folder === undefined ? [...inside, mnistCacheFolder()] : inside;
}

/** Some copies in circulation write a dot for the second hyphen: `train-images.idx3-ubyte`. */
async function findFile(folder: string, name: string): Promise<string | undefined> {
  for (const spelling of [name, name.replace('-idx', '.idx')]) {
    for (const path of [join(folder, spelling), join(folder, `${spelling}.gz`)]) {
      if (
        await stat(path).then(
          (info) => info.isFile(),
          () => false,
        )
      )
        return path;
    }
  }
  return undefined;
}

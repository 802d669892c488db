import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DigitImages } from '../digits.ts';
import { DataFileError } from '../errors.ts';
import { type IdxFile, parseIdx } from '../idx.ts';
import { download } from './download.ts';
import { readDataFile } from './files.ts';
import { cacheFolder, foldersToSearch, isFile, type SourceOptions } from './sources.ts';

/** The two parts of MNIST and the sets in its form: 60,000 training and 10,000 test images. */
export type MnistSplit = 'train' | 'test';

/** What {@link readFashionMnist} and {@link readKmnist} take. */
export interface IdxImagesOptions extends SourceOptions {
  /** `'train'` where not given. */
  split?: MnistSplit;
}

/** MNIST, or a set in its form, as read from files. */
export interface Mnist extends DigitImages {
  /** The folder that the files were read from. */
  folder: string;
}

interface IdxImagesFile {
  readonly name: string;
  /** Of the original `.gz` that the mirrors serve. */
  readonly gzipMd5: string;
  /** Of the content, where it is known. */
  readonly md5?: string;
}

/** A set of 28 x 28 images of ten classes in two pairs of IDX files, which all such sets name alike. */
export interface IdxImagesSet {
  /** What messages call it. */
  readonly title: string;
  /** Its folder in the cache. */
  readonly cache: string;
  /** Sub-folders of a data folder that may hold it. */
  readonly places: readonly string[];
  readonly mirrors: readonly string[];
  /** A set whose files have the same names and known digests, so that it is not taken for this one. */
  readonly namesake?: IdxImagesSet;
  readonly files: Readonly<Record<MnistSplit, { images: IdxImagesFile; labels: IdxImagesFile }>>;
}

/** Twice what the larger file takes, so that larger sets in MNIST's form are read too, and nothing absurd is. */
const maxBytes = 100e6;

/** The folder that holds a split of the set, or undefined. */
export async function findIdxImages(
  set: IdxImagesSet,
  { folder, split = 'train' }: Pick<IdxImagesOptions, 'folder' | 'split'>,
): Promise<string | undefined> {
  const { images, labels } = set.files[split];
  for (const place of foldersToSearch(folder, set.places, set.cache)) {
    const paths = await Promise.all([findFile(place, images.name), findFile(place, labels.name)]);
    if (!paths.includes(undefined)) return place;
  }
  return undefined;
}

/** One split of the set, downloaded if asked; `verify` compares the content with its known digest. */
export async function readIdxImages(
  set: IdxImagesSet,
  { verify, ...options }: IdxImagesOptions & { verify: boolean },
): Promise<Mnist> {
  const { images: imagesFile, labels: labelsFile } = set.files[options.split ?? 'train'];
  const folder = (await findIdxImages(set, options)) ?? (await downloadSplit(set, options));
  const [images, labels] = await Promise.all([
    readPart(set, folder, imagesFile, verify),
    readPart(set, folder, labelsFile, verify),
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

const wrongFile = 'Check that the file belongs under this name';

function describe({ dtype, shape }: IdxFile): string {
  return `${dtype} [${shape.join(', ')}]`;
}

async function readPart(set: IdxImagesSet, folder: string, { name, md5 }: IdxImagesFile, verify: boolean) {
  const path = (await findFile(folder, name)) ?? join(folder, name);
  const bytes = await readDataFile(path, { maxBytes });
  const idx = parseIdx(bytes, { name: path });
  if (verify) checkDigest(set, path, createHash('md5').update(bytes).digest('hex'), md5);
  return { path, idx };
}

function checkDigest(set: IdxImagesSet, path: string, found: string, expected: string | undefined): void {
  if (expected !== undefined && found !== expected) {
    throw new DataFileError(
      path,
      `not the ${set.title} file (expected MD5 ${expected} of its content, found ${found})`,
      'If it is damaged, delete it and download it again; if it is another set in this form, pass verify: false',
    );
  }
  const { namesake } = set;
  const known = namesake && Object.values(namesake.files).flatMap(({ images, labels }) => [images, labels]);
  if (known?.some(({ md5 }) => md5 === found)) {
    throw new DataFileError(
      path,
      `expected a file of ${set.title}, found ${namesake?.title}'s, which has the same name`,
      `Give the folder of ${set.title}`,
    );
  }
}

async function downloadSplit(set: IdxImagesSet, options: IdxImagesOptions): Promise<string> {
  const { images, labels } = set.files[options.split ?? 'train'];
  const folder = options.folder ?? cacheFolder(set.cache);
  if (!options.download) {
    throw new DataFileError(
      set.title,
      `${images.name} and ${labels.name}, plain or .gz, found in none of ` +
        foldersToSearch(options.folder, set.places, set.cache).join(', '),
      'Set TENSORTAPE_DATA or the option folder to where they are, pass download: true, or use generateDigits',
    );
  }
  for (const { name, md5, gzipMd5 } of [labels, images]) {
    await download({
      urls: (options.mirrors ?? set.mirrors).map((mirror) => `${mirror}/${name}.gz`),
      path: join(folder, `${name}.gz`),
      // A server that unpacks what it sends is fine: reading goes by content, not by name.
      md5: md5 === undefined ? [gzipMd5] : [gzipMd5, md5],
      maxBytes,
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
  }
  return folder;
}

/** Some copies in circulation write a dot for the second hyphen: `train-images.idx3-ubyte`. */
async function findFile(folder: string, name: string): Promise<string | undefined> {
  for (const spelling of [name, name.replace('-idx', '.idx')]) {
    for (const path of [join(folder, spelling), join(folder, `${spelling}.gz`)]) {
      if (await isFile(path)) return path;
    }
  }
  return undefined;
}

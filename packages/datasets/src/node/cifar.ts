import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { type CifarImages, type CifarKind, parseCifar, parseCifarPickle } from '../cifar.ts';
import { DataFileError } from '../errors.ts';
import { ImageDataset, type ImageDatasetOptions } from '../imageDataset.ts';
import { parseTar } from '../tar.ts';
import { download } from './download.ts';
import { readDataFile } from './files.ts';
import { cacheFolder, foldersToSearch, isFile, type SourceOptions } from './sources.ts';

/** The two parts of CIFAR: 50,000 training and 10,000 test images. */
export type CifarSplit = 'train' | 'test';

/** What {@link readCifar100} takes, and with {@link Cifar10Options} also {@link readCifar10}. */
export interface CifarOptions extends SourceOptions {
  /** `'train'` where not given. */
  split?: CifarSplit;
  /**
   * Whether each file must hold as many images as the original; `true` where not given. `false` reads other sets in this
   * form, and parts of this one.
   */
  verify?: boolean;
}

/** What {@link readCifar10} takes. */
export interface Cifar10Options extends CifarOptions {
  /** Which of the training files 1 to 5 to read, of 10,000 images each; all unless given. The test set is one file. */
  batches?: readonly (1 | 2 | 3 | 4 | 5)[];
}

/** CIFAR as read from files. */
export interface Cifar extends CifarImages {
  /** The folder or archive that it was read from. */
  source: string;
}

interface CifarFile {
  /** Without the `.bin` of the binary version. */
  readonly name: string;
  readonly images: number;
  /** Of the file in the Python version. */
  readonly pickleMd5: string;
}

interface CifarSet {
  readonly kind: CifarKind;
  readonly title: string;
  /** The files' folder in each version, of which archives have the names with `.tar.gz`. */
  readonly folders: Readonly<Record<Version, string>>;
  readonly archives: Readonly<Record<Version, string>>;
  /** Of the archive of the binary version. */
  readonly md5: string;
  readonly files: Readonly<Record<CifarSplit, readonly CifarFile[]>>;
}

type Version = 'binary' | 'python';

const cifar10Set: CifarSet = {
  kind: 'cifar10',
  title: 'CIFAR-10',
  folders: { binary: 'cifar-10-batches-bin', python: 'cifar-10-batches-py' },
  archives: { binary: 'cifar-10-binary.tar.gz', python: 'cifar-10-python.tar.gz' },
  md5: 'c32a1d4ab5d03f1284b67883e8d87530',
  files: {
    train: [
      { name: 'data_batch_1', images: 10_000, pickleMd5: 'c99cafc152244af753f735de768cd75f' },
      { name: 'data_batch_2', images: 10_000, pickleMd5: 'd4bba439e000b95fd0a9bffe97cbabec' },
      { name: 'data_batch_3', images: 10_000, pickleMd5: '54ebc095f3ab1f0389bbae665268c751' },
      { name: 'data_batch_4', images: 10_000, pickleMd5: '634d18415352ddfa80567beed471001a' },
      { name: 'data_batch_5', images: 10_000, pickleMd5: '482c414d41f54cd18b22e5b47cb7c3cb' },
    ],
    test: [{ name: 'test_batch', images: 10_000, pickleMd5: '40351d587109b95175f43aff81a1287e' }],
  },
};

const cifar100Set: CifarSet = {
  kind: 'cifar100',
  title: 'CIFAR-100',
  folders: { binary: 'cifar-100-binary', python: 'cifar-100-python' },
  archives: { binary: 'cifar-100-binary.tar.gz', python: 'cifar-100-python.tar.gz' },
  md5: '03b5dce01913d631647c71ecec9e9cb8',
  files: {
    train: [{ name: 'train', images: 50_000, pickleMd5: '16019d7e3df5f24257cddd939b257f8d' }],
    test: [{ name: 'test', images: 10_000, pickleMd5: 'f0ef6b0ae62326f3e7ffdfab6717acfc' }],
  },
};

const publicMirrors = ['https://www.cs.toronto.edu/~kriz', 'https://cave.cs.toronto.edu/kriz'];

/** An archive has about 185 MB, whole. */
const maxBytes = 400e6;

/** Where a set was found: an archive, or a folder with its files. */
interface Place {
  readonly path: string;
  readonly version: Version;
  readonly isArchive: boolean;
}

/**
 * Finds the folder or archive that holds CIFAR-10, without reading it.
 *
 * @param options `folder`, `split` and `batches` as in {@link Cifar10Options}.
 * @returns The folder with the split's files, in the binary or the Python version, or an archive of either
 * (`cifar-10-binary.tar.gz`, `cifar-10-python.tar.gz`), or `undefined` when there is none.
 *
 * @example
 * ```ts
 * import { findCifar10 } from '@tensortape/datasets/node';
 * console.log(await findCifar10({ folder: 'no/such/folder' })); // undefined
 * ```
 */
export async function findCifar10(
  options: Pick<Cifar10Options, 'folder' | 'split' | 'batches'> = {},
): Promise<string | undefined> {
  return (await findPlace(cifar10Set, options.folder, cifar10Files(options)))?.path;
}

/**
 * Reads one split of CIFAR-10 (Krizhevsky) as raw bytes, downloading the binary version if asked. The Python version is read
 * without executing anything; see {@link parseCifarPickle}. Archives are read where they lie, and never unpacked to disk.
 *
 * @param options Which split, from where; see {@link Cifar10Options}.
 * @returns `images`: N x 3072 levels 0 to 255, red, green and blue planes; `labels`: N classes, 0 to 9
 * ({@link cifar10Classes}); `source`.
 * @throws DataFileError when the files are not found, cannot be downloaded, are damaged, are not CIFAR-10, or (unless `verify`
 * is false) hold another number of images than the original.
 *
 * @example
 * ```ts
 * import { cifar10Classes } from '@tensortape/datasets';
 * import { readCifar10 } from '@tensortape/datasets/node';
 *
 * async function firstClass() {
 *   const { labels } = await readCifar10({ split: 'test', download: true });
 *   return cifar10Classes[labels[0]!];
 * }
 * // One training file is enough to try something:
 * const readPart = (folder: string) => readCifar10({ folder, batches: [1] });
 * ```
 */
export async function readCifar10(options: Cifar10Options = {}): Promise<Cifar> {
  return readSet(cifar10Set, options, cifar10Files(options));
}

/**
 * One split of CIFAR-10 as a dataset, read and if asked downloaded as {@link readCifar10} does. Images stay bytes (150 MB for the
 * training set) until they are asked for. PyTorch: `torchvision.datasets.CIFAR10`.
 *
 * @param options Which split, from where, and `transform`; see {@link Cifar10Options} and {@link ImageDatasetOptions}.
 * @returns Images, float32 in [0, 1] of shape (3, 32, 32), and labels, int32.
 * @throws DataFileError as {@link readCifar10} does.
 *
 * @example
 * ```ts
 * import { DataLoader } from '@tensortape/datasets';
 * import { cifar10 } from '@tensortape/datasets/node';
 *
 * async function showShapes() {
 *   const loader = new DataLoader(await cifar10({ split: 'test' }), { batchSize: 100 });
 *   for (const [images, labels] of loader) console.log(images.shape, labels.shape);
 * }
 * ```
 */
export async function cifar10(options: Cifar10Options & ImageDatasetOptions = {}): Promise<ImageDataset> {
  const { images, labels } = await readCifar10(options);
  return new ImageDataset({ images, labels, shape: [3, 32, 32] }, options);
}

/**
 * Finds the folder or archive that holds CIFAR-100, without reading it; see {@link findCifar10}.
 *
 * @example
 * ```ts
 * import { findCifar100 } from '@tensortape/datasets/node';
 * console.log(await findCifar100({ folder: 'no/such/folder' })); // undefined
 * ```
 */
export async function findCifar100(
  options: Pick<CifarOptions, 'folder' | 'split'> = {},
): Promise<string | undefined> {
  return (await findPlace(cifar100Set, options.folder, filesOf(cifar100Set, options)))?.path;
}

/**
 * Reads one split of CIFAR-100 (Krizhevsky) as raw bytes, as {@link readCifar10} does for CIFAR-10.
 *
 * @param options Which split, from where; see {@link CifarOptions}.
 * @returns `images`: N x 3072 levels; `labels`: N classes, 0 to 99; `coarseLabels`: N superclasses, 0 to 19; `source`.
 * @throws DataFileError as {@link readCifar10} does.
 *
 * @example
 * ```ts
 * import { readCifar100 } from '@tensortape/datasets/node';
 *
 * async function countFish() {
 *   const { coarseLabels } = await readCifar100({ split: 'test', download: true });
 *   return coarseLabels.filter((superclass) => superclass === 1).length;
 * }
 * ```
 */
export async function readCifar100(options: CifarOptions = {}): Promise<Cifar> {
  return readSet(cifar100Set, options, filesOf(cifar100Set, options));
}

/** What {@link cifar100} takes. */
export interface Cifar100DatasetOptions extends CifarOptions, ImageDatasetOptions {
  /** Whether labels are the 100 classes or the 20 superclasses; `'fine'` where not given. */
  readonly labels?: 'fine' | 'coarse';
}

/**
 * One split of CIFAR-100 as a dataset, as {@link cifar10} gives CIFAR-10. PyTorch: `torchvision.datasets.CIFAR100`.
 *
 * @param options Which split and labels, from where, and `transform`; see {@link Cifar100DatasetOptions}.
 * @returns Images, float32 in [0, 1] of shape (3, 32, 32), and labels, int32.
 * @throws DataFileError as {@link readCifar10} does.
 *
 * @example
 * ```ts
 * import { cifar100 } from '@tensortape/datasets/node';
 *
 * async function load() {
 *   return cifar100({ split: 'test', labels: 'coarse' });
 * }
 * ```
 */
export async function cifar100({
  labels = 'fine',
  ...options
}: Cifar100DatasetOptions = {}): Promise<ImageDataset> {
  const found = await readCifar100(options);
  const chosen = labels === 'fine' ? found.labels : found.coarseLabels;
  return new ImageDataset({ images: found.images, labels: chosen, shape: [3, 32, 32] }, options);
}

function filesOf(set: CifarSet, { split = 'train' }: Pick<CifarOptions, 'split'>): readonly CifarFile[] {
  return set.files[split];
}

function cifar10Files({ split, batches }: Pick<Cifar10Options, 'split' | 'batches'>): readonly CifarFile[] {
  const files = filesOf(cifar10Set, { split: split ?? 'train' });
  return split === 'test' || batches === undefined ? files : batches.map((batch) => files[batch - 1]!);
}

async function readSet(set: CifarSet, options: CifarOptions, files: readonly CifarFile[]): Promise<Cifar> {
  const place = (await findPlace(set, options.folder, files)) ?? (await downloadArchive(set, options, files));
  const read = place.isArchive ? await archiveReader(place) : folderReader(place);
  const parts: CifarImages[] = [];
  for (const file of files) {
    const { path, bytes } = await read(fileName(file, place.version));
    parts.push(parseFile(set, file, { path, bytes, place, verify: options.verify ?? true }));
  }
  return { ...joinParts(parts), source: place.path };
}

interface FoundFile {
  /** For messages. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

function parseFile(
  set: CifarSet,
  file: CifarFile,
  { path, bytes, place, verify }: FoundFile & { place: Place; verify: boolean },
): CifarImages {
  const { kind, title } = set;
  if (verify && place.version === 'python') {
    const found = createHash('md5').update(bytes).digest('hex');
    if (found !== file.pickleMd5) {
      throw new DataFileError(
        path,
        `not the ${title} file (expected MD5 ${file.pickleMd5}, found ${found})`,
        'If it is damaged, copy or download it again; if it is another set in this form, pass verify: false',
      );
    }
  }
  const parse = place.version === 'python' ? parseCifarPickle : parseCifar;
  const images = parse(bytes, { name: path, kind });
  if (verify && images.labels.length !== file.images) {
    throw new DataFileError(
      path,
      `expected the ${file.images} images of ${title}'s ${file.name}, found ${images.labels.length}`,
      'If it is cut short, copy or download it again; if it is a part or another set in this form, pass verify: false',
    );
  }
  return images;
}

function joinParts(parts: readonly CifarImages[]): CifarImages {
  const [first] = parts;
  if (parts.length === 1) return first!;
  return {
    images: concatenated(parts.map(({ images }) => images)),
    labels: concatenated(parts.map(({ labels }) => labels)),
    coarseLabels: concatenated(parts.map(({ coarseLabels }) => coarseLabels)),
  };
}

function concatenated(arrays: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(arrays.reduce((length, array) => length + array.length, 0));
  let start = 0;
  for (const array of arrays) {
    joined.set(array, start);
    start += array.length;
  }
  return joined;
}

function fileName({ name }: CifarFile, version: Version): string {
  return version === 'binary' ? `${name}.bin` : name;
}

function folderReader({ path }: Place): (name: string) => Promise<FoundFile> {
  return async (name) => {
    const file = join(path, name);
    return { path: file, bytes: await readDataFile(file, { maxBytes }) };
  };
}

async function archiveReader({ path }: Place): Promise<(name: string) => Promise<FoundFile>> {
  const files = parseTar(await readDataFile(path, { maxBytes }), { name: path });
  return async (name) => {
    const found = files.find((file) => basename(file.path) === name);
    if (found === undefined) {
      throw new DataFileError(
        path,
        `the archive does not hold ${name}`,
        'Copy or download the archive again',
      );
    }
    return { path: `${path}/${found.path}`, bytes: found.bytes };
  };
}

function placesOf(set: CifarSet, folder: string | undefined): string[] {
  return foldersToSearch(folder, ['', set.kind], set.kind);
}

async function findPlace(
  set: CifarSet,
  folder: string | undefined,
  files: readonly CifarFile[],
): Promise<Place | undefined> {
  for (const place of placesOf(set, folder)) {
    for (const version of ['binary', 'python'] as const) {
      for (const path of [place, join(place, set.folders[version])]) {
        const found = await Promise.all(files.map((file) => isFile(join(path, fileName(file, version)))));
        if (!found.includes(false)) return { path, version, isArchive: false };
      }
    }
    for (const version of ['binary', 'python'] as const) {
      const path = join(place, set.archives[version]);
      if (await isFile(path)) return { path, version, isArchive: true };
    }
  }
  return undefined;
}

async function downloadArchive(
  set: CifarSet,
  options: CifarOptions,
  files: readonly CifarFile[],
): Promise<Place> {
  const name = set.archives.binary;
  if (!options.download) {
    const wanted = files.map((file) => fileName(file, 'binary')).join(', ');
    throw new DataFileError(
      set.title,
      `${wanted} (or the Python version, or ${name}) found in none of ${placesOf(set, options.folder).join(', ')}`,
      'Set TENSORTAPE_DATA or the option folder to where they are, or pass download: true' +
        (set.kind === 'cifar10' ? '; where only some training files are, name them with batches' : ''),
    );
  }
  const path = join(options.folder ?? cacheFolder(set.kind), name);
  await download({
    urls: (options.mirrors ?? publicMirrors).map((mirror) => `${mirror}/${name}`),
    path,
    md5: [set.md5],
    maxBytes,
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  return { path, version: 'binary', isArchive: true };
}

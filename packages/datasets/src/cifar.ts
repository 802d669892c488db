import { DataFileError } from './errors.ts';
import { NumpyArray, parsePickle } from './pickle.ts';

/** What the labels 0 to 9 of CIFAR-10 stand for. */
export const cifar10Classes: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

/** Images of CIFAR with their labels, as raw bytes. */
export interface CifarImages {
  /** N x 3072 levels 0 to 255: each image 32 rows of 32 pixels in red, then in green, then in blue. */
  images: Uint8Array;
  /** N classes: 0 to 9, or in CIFAR-100 the fine ones, 0 to 99. */
  labels: Uint8Array;
  /** In CIFAR-100 the N superclasses, 0 to 19; empty in CIFAR-10. */
  coarseLabels: Uint8Array;
}

/** CIFAR-10 has one label for each image, CIFAR-100 two. */
export type CifarKind = 'cifar10' | 'cifar100';

const pixels = 3 * 32 * 32;
const otherFile = 'Check that the file belongs under this name, or copy it again';

/**
 * Reads a file of the binary version of CIFAR: records of one label byte (in CIFAR-100 two, the superclass first) and 3072
 * bytes of pixels (Krizhevsky, <https://www.cs.toronto.edu/~kriz/cifar.html>).
 *
 * @param bytes The whole file.
 * @param options `name`: what error messages call it; `kind`: which set it belongs to.
 * @throws {@link DataFileError} when the file is not made of whole records, or a label is out of range.
 *
 * @example
 * ```ts
 * import { parseCifar } from '@tensortape/datasets';
 * const { images, labels } = parseCifar(new Uint8Array(2 * 3073).fill(5), { name: 'test.bin', kind: 'cifar10' });
 * console.log(images.length, labels); // 6144 Uint8Array(2) [ 5, 5 ]
 * ```
 */
export function parseCifar(
  bytes: Uint8Array,
  { name, kind }: { name: string; kind: CifarKind },
): CifarImages {
  const labelBytes = kind === 'cifar10' ? 1 : 2;
  const record = labelBytes + pixels;
  const count = bytes.length / record;
  if (!Number.isInteger(count) || count === 0) {
    throw new DataFileError(
      name,
      `expected records of ${record} bytes, found ${bytes.length} bytes, which are ${
        count < 1 ? 'less than one' : `${Math.floor(count)} records and ${bytes.length % record} bytes`
      }`,
      otherFile,
    );
  }
  const images = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  const coarseLabels = new Uint8Array(kind === 'cifar10' ? 0 : count);
  for (let i = 0; i < count; i++) {
    const start = i * record;
    labels[i] = bytes[start + labelBytes - 1]!;
    if (kind === 'cifar100') coarseLabels[i] = bytes[start]!;
    images.set(bytes.subarray(start + labelBytes, start + record), i * pixels);
  }
  return checkedLabels(name, kind, { images, labels, coarseLabels });
}

/**
 * Reads a file of the Python version of CIFAR, a pickle, without executing any of it: only the opcodes that plain data and
 * NumPy arrays need are known, and no name is looked up.
 *
 * @param bytes The whole file.
 * @param options `name`: what error messages call it; `kind`: which set it belongs to.
 * @returns The images as a view on `bytes`, and the labels.
 * @throws {@link DataFileError} when the pickle is damaged, names anything but NumPy's arrays, or does not hold what CIFAR's
 * do: `data`, a uint8 array of shape (N, 3072), and N `labels`, or `fine_labels` and `coarse_labels`, in range.
 *
 * @example
 * ```ts
 * import { parseCifarPickle } from '@tensortape/datasets';
 * import { readDataFile } from '@tensortape/datasets/node';
 *
 * async function firstLabel(path: string) {
 *   return parseCifarPickle(await readDataFile(path), { name: path, kind: 'cifar10' }).labels[0];
 * }
 * ```
 */
export function parseCifarPickle(
  bytes: Uint8Array,
  { name, kind }: { name: string; kind: CifarKind },
): CifarImages {
  const root = parsePickle(bytes, { name });
  const entry = (key: string): unknown => (root instanceof Map ? root.get(key) : undefined);
  const data = entry('data');
  if (
    !(data instanceof NumpyArray && data.dtype === 'u1' && !data.fortran) ||
    data.shape.length !== 2 ||
    data.shape[1] !== pixels ||
    data.bytes.length !== data.shape[0]! * pixels
  ) {
    throw new DataFileError(
      name,
      "expected a dict with a uint8 array of shape (N, 3072) under 'data', found none",
      otherFile,
    );
  }
  const labelsUnder = (key: string): Uint8Array => {
    const list = entry(key);
    if (!isBytes(list) || list.length !== data.shape[0]) {
      throw new DataFileError(
        name,
        `expected a list of ${data.shape[0]} labels under '${key}', found none`,
        otherFile,
      );
    }
    return Uint8Array.from(list);
  };
  return checkedLabels(name, kind, {
    images: data.bytes,
    labels: labelsUnder(kind === 'cifar10' ? 'labels' : 'fine_labels'),
    coarseLabels: kind === 'cifar10' ? new Uint8Array(0) : labelsUnder('coarse_labels'),
  });
}

function checkedLabels(name: string, kind: CifarKind, images: CifarImages): CifarImages {
  const ranges = [
    ['labels', images.labels, kind === 'cifar10' ? 9 : 99],
    ['superclasses', images.coarseLabels, 19],
  ] as const;
  for (const [what, labels, last] of ranges) {
    const wrong = labels.findIndex((label) => label > last);
    if (wrong >= 0) {
      throw new DataFileError(
        name,
        `expected ${what} from 0 to ${last}, found ${labels[wrong]} at image ${wrong}`,
        otherFile,
      );
    }
  }
  return images;
}

function isBytes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((label) => Number.isInteger(label) && label >= 0 && label < 256);
}

import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { IndexError, type Tensor, tensor } from '@tensortape/autograd';
import type { Dataset } from '../dataset.ts';
import { DataFileError } from '../errors.ts';
import type { ImageTransform } from '../imageDataset.ts';
import { type PixelImage, toTensor } from '../transforms/pixels.ts';
import { decodeImage } from './decodeImage.ts';
import { codeOf, readDataFile } from './files.ts';

/** What {@link imageFolder} takes. */
export interface ImageFolderOptions {
  /** Whether images become red, green and blue or grey, whatever they are in their files; `'rgb'` where not given. */
  readonly mode?: 'rgb' | 'grey';
  /** Applied to each image. */
  readonly transform?: ImageTransform;
  /** The largest number of pixels of an image; 50 million where not given. */
  readonly maxPixels?: number;
  /** The largest file, in bytes; 64 MiB where not given. */
  readonly maxBytes?: number;
}

/** A file of an {@link ImageFolder}. */
export interface ImageFile {
  /** Where it is. */
  readonly path: string;
  /** The number of its class. */
  readonly label: number;
}

const extensions = ['.png', '.jpg', '.jpeg'];

/**
 * Images in folders, one for each class, decoded when they are asked for: a dataset of promises, for `for await` loops. Made by
 * {@link imageFolder}.
 */
export class ImageFolder implements Dataset<Promise<[image: Tensor, label: Tensor]>> {
  /** The names of the folders: class 0, 1 and so on. */
  readonly classes: readonly string[];
  /** The files, class by class. */
  readonly files: readonly ImageFile[];
  readonly #options: ImageFolderOptions;

  /** @internal */
  constructor(classes: readonly string[], files: readonly ImageFile[], options: ImageFolderOptions) {
    this.classes = classes;
    this.files = files;
    this.#options = options;
  }

  /** How many images there are. */
  get length(): number {
    return this.files.length;
  }

  /**
   * Image `index`: float32 in [0, 1] of shape (C, H, W), transformed, and its class, int32 of shape ().
   *
   * @throws IndexError when `index` is not an integer from 0 to `length - 1`, DataFileError when the file cannot be read or
   * decoded.
   */
  async get(index: number): Promise<[image: Tensor, label: Tensor]> {
    const file = this.files[index];
    if (file === undefined) {
      throw new IndexError(
        `ImageFolder.get: index is ${index}: not an image, which are 0 to ${this.length - 1}`,
      );
    }
    const { mode = 'rgb', transform, maxPixels, maxBytes = 64 * 2 ** 20 } = this.#options;
    const bytes = await readDataFile(file.path, { maxBytes });
    const pixels = await decodeImage(bytes, {
      name: file.path,
      ...(maxPixels !== undefined && { maxPixels }),
    });
    const image = toTensor(mode === 'rgb' ? asRgb(pixels) : asGrey(pixels));
    return [transform ? transform(image) : image, tensor(file.label, { dtype: 'int32' })];
  }
}

/**
 * Finds the images under a folder whose sub-folders are the classes: `root/cat/1.png`, `root/dog/old/7.jpeg`. PNG and JPEG
 * are read; other files are left alone. PyTorch: `torchvision.datasets.ImageFolder`.
 *
 * @param root The folder.
 * @param options `mode`, `transform` (give images one size to make batches of them), `maxPixels`, `maxBytes`.
 * @returns A dataset whose samples are promises of images and labels. Classes and files come in the order of their names.
 * @throws DataFileError when there is no such folder, it has no sub-folders, or one of them holds no image.
 *
 * @example
 * ```ts
 * import { DataLoader, transforms } from '@tensortape/datasets';
 * import { imageFolder } from '@tensortape/datasets/node';
 *
 * async function showShapes(root: string) {
 *   const transform = transforms.compose(transforms.resize(64), transforms.centerCrop(64));
 *   const images = await imageFolder(root, { transform });
 *   for await (const [x, y] of new DataLoader(images, { batchSize: 32, shuffle: true })) console.log(x.shape, y.shape);
 * }
 * ```
 */
export async function imageFolder(root: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  const classes = (await list(root)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (classes.length === 0) {
    throw new DataFileError(root, 'the folder has no sub-folders', 'Put the images of each class into one');
  }
  classes.sort(byCode);
  const files: ImageFile[] = [];
  for (const [label, name] of classes.entries()) {
    const paths = await imagesIn(join(root, name));
    if (paths.length === 0) {
      throw new DataFileError(
        join(root, name),
        `no image in it (${extensions.join(', ')})`,
        'Add images of this class, or remove the folder',
      );
    }
    files.push(...paths.map((path) => ({ path, label })));
  }
  return new ImageFolder(classes, files, options);
}

/** The same order on every machine, whatever its language. */
const byCode = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Links are not followed: they might lead anywhere, and round in circles. */
async function imagesIn(folder: string): Promise<string[]> {
  const entries = (await list(folder)).sort((a, b) => byCode(a.name, b.name));
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return imagesIn(path);
      return entry.isFile() && extensions.includes(extname(entry.name).toLowerCase()) ? [path] : [];
    }),
  );
  return found.flat();
}

async function list(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new DataFileError(
      folder,
      `cannot be listed (${codeOf(error)})`,
      'Give the path of a folder whose sub-folders hold images',
      error,
    );
  });
}

/** Without alpha, grey levels three times. */
function asRgb({ width, height, channels, data }: PixelImage): PixelImage {
  if (channels === 3) return { width, height, channels, data };
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[i * channels + (channels < 3 ? 0 : c)]!;
  }
  return { width, height, channels: 3, data: rgb };
}

/** ITU-R BT.601, in the fixed point of Pillow. */
function asGrey({ width, height, channels, data }: PixelImage): PixelImage {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    grey[i] =
      channels < 3
        ? data[at]!
        : (19595 * data[at]! + 38470 * data[at + 1]! + 7471 * data[at + 2]! + 32768) >> 16;
  }
  return { width, height, channels: 1, data: grey };
}

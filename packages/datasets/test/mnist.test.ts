import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DataFileError, type DigitImages } from '@tensortape/datasets';
import { findMnist, readDataFile, readMnist } from '@tensortape/datasets/node';
import { realMnist, testWithMnist } from './realMnist.ts';

const environment = {
  TENSORTAPE_DATA: process.env['TENSORTAPE_DATA'],
  XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
};
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
  delete process.env['TENSORTAPE_DATA'];
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
});
afterEach(async () => {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await rm(folder, { recursive: true });
});

function idx(shape: number[], data: Uint8Array, type = 8): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type, shape.length]);
  for (const [axis, length] of shape.entries()) view.setUint32(4 + 4 * axis, length);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

const pixels = Uint8Array.from({ length: 3 * 784 }, (_, i) => i % 256);
const images = idx([3, 28, 28], pixels);
const labels = idx([3], Uint8Array.of(7, 0, 9));

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

describe('a folder', () => {
  test.each([
    ['the plain files', 'train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
    ['the .gz files', 'train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'],
    ['the other spelling', 'train-images.idx3-ubyte', 'train-labels.idx1-ubyte'],
    ['a sub-folder mnist', 'mnist/train-images-idx3-ubyte', 'mnist/train-labels-idx1-ubyte.gz'],
    [
      'the sub-folder of torchvision',
      'MNIST/raw/train-images-idx3-ubyte',
      'MNIST/raw/train-labels-idx1-ubyte',
    ],
  ])('may hold %s', async (_, imagesPath, labelsPath) => {
    await put(imagesPath, imagesPath.endsWith('.gz') ? gzipSync(images) : images);
    await put(labelsPath, labelsPath.endsWith('.gz') ? gzipSync(labels) : labels);
    const expected = {
      images: pixels,
      labels: Uint8Array.of(7, 0, 9),
      folder: join(folder, dirname(imagesPath)),
    };
    expect(await findMnist({ folder })).toBe(expected.folder);
    expect(await findMnist({ folder, split: 'test' })).toBeUndefined();
    expect(await readMnist({ folder, verify: false })).toEqual(expected);
    process.env['TENSORTAPE_DATA'] = folder;
    expect(await readMnist({ verify: false })).toEqual(expected);
  });

  test('comes after the one given by option, before the cache', async () => {
    await put('cache/tensortape/mnist/t10k-images-idx3-ubyte', images);
    await put('cache/tensortape/mnist/t10k-labels-idx1-ubyte', labels);
    expect(await findMnist({ split: 'test' })).toBe(join(folder, 'cache', 'tensortape', 'mnist'));
    expect(await findMnist({ split: 'test', folder: join(folder, 'other') })).toBeUndefined();
    await put('data/t10k-images-idx3-ubyte', images);
    await put('data/t10k-labels-idx1-ubyte', labels);
    process.env['TENSORTAPE_DATA'] = join(folder, 'data');
    expect(await findMnist({ split: 'test' })).toBe(join(folder, 'data'));
  });

  test('without the files: says where it looked and what to do', async () => {
    process.env['TENSORTAPE_DATA'] = join(folder, 'data');
    await put('data/train-images-idx3-ubyte', images);
    const failed = readMnist();
    await expect(failed).rejects.toBeInstanceOf(DataFileError);
    await expect(failed).rejects.toThrow(
      /^MNIST: train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or \.gz, found in none/,
    );
    for (const place of ['data', 'data/mnist', 'data/MNIST/raw', 'cache/tensortape/mnist']) {
      await expect(failed).rejects.toThrow(join(folder, place));
    }
    await expect(failed).rejects.toThrow(
      /Set TENSORTAPE_DATA or the option folder.*download: true, or use generateDigits/,
    );
  });
});

describe('content', () => {
  const readWith = async (imagesBytes: Uint8Array, labelsBytes: Uint8Array, verify = false) => {
    await put('train-images-idx3-ubyte', imagesBytes);
    await put('train-labels-idx1-ubyte', labelsBytes);
    return readMnist({ folder, verify });
  };

  test.each<[string, Uint8Array, Uint8Array, RegExp]>([
    [
      'a label out of range',
      images,
      idx([3], Uint8Array.of(7, 10, 255)),
      /labels-idx1-ubyte: expected labels from 0 to 9, found 10 at index 1\./,
    ],
    [
      'fewer labels than images',
      images,
      idx([2], Uint8Array.of(1, 2)),
      /labels-idx1-ubyte: expected 3 labels, one for each image of .*images-idx3-ubyte, found 2/,
    ],
    [
      'images of another size',
      idx([3, 784], pixels),
      labels,
      /images-idx3-ubyte: expected uint8 images \[N, 28, 28\], found uint8 \[3, 784\]/,
    ],
    ['images of another dtype', idx([3, 28, 28], pixels, 9), labels, /found int8 \[3, 28, 28\]/],
    [
      'images for labels',
      images,
      images,
      /labels-idx1-ubyte: expected uint8 labels \[N\], found uint8 \[3, 28, 28\]/,
    ],
    ['cut images', images.subarray(0, 1000), labels, /images-idx3-ubyte: shape .* cut short/],
    ['cut gzip', gzipSync(images).subarray(0, 200), labels, /images-idx3-ubyte: damaged gzip data/],
  ])('is checked: %s', async (_, imagesBytes, labelsBytes, message) => {
    await expect(readWith(imagesBytes, labelsBytes)).rejects.toThrow(message);
    await expect(readWith(imagesBytes, labelsBytes)).rejects.toBeInstanceOf(DataFileError);
  });

  test('is MNIST, unless told otherwise', async () => {
    await expect(readWith(images, labels, true)).rejects.toThrow(
      /(images-idx3|labels-idx1)-ubyte: not the MNIST file \(expected MD5 [0-9a-f]{32} of its content, found [0-9a-f]{32}\)\. .*verify: false/,
    );
    expect((await readWith(images, labels, false)).labels.length).toBe(3);
  });
});

function histogram({ labels: digits }: DigitImages): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const digit of digits) counts[digit]!++;
  return counts;
}

describe('the real set', () => {
  testWithMnist('is read and verified', async () => {
    const train = await readMnist({ folder: realMnist! });
    const held = await readMnist({ folder: realMnist!, split: 'test' });
    expect([train.images.length, held.images.length]).toEqual([60_000 * 784, 10_000 * 784]);
    expect(histogram(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(histogram(held)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });

  testWithMnist('is downloaded from a mirror into the cache, then found there', async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      const name = basename(request.url ?? '');
      requests.push(name);
      // Unpacked, since the copies at hand are packed anew and lack the original's digest.
      readDataFile(join(realMnist!, name)).then((bytes) => response.end(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      const mirrors = [`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mnist`];
      const cache = join(folder, 'cache', 'tensortape', 'mnist');
      const files = new Set<string>();
      const onProgress = ({ file }: { file: string }) => files.add(file);
      const first = await readMnist({ split: 'test', download: true, mirrors, onProgress });
      const second = await readMnist({ split: 'test', download: true, mirrors });
      const names = ['t10k-labels-idx1-ubyte.gz', 't10k-images-idx3-ubyte.gz'];
      expect([first.folder, second.folder]).toEqual([cache, cache]);
      expect(Buffer.compare(first.images, second.images)).toBe(0);
      expect(requests).toEqual(names);
      expect([...files]).toEqual(names);
      expect(await readdir(cache)).toEqual(names.toSorted());
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  fashionMnist,
  fashionMnistClasses,
  findFashionMnist,
  findKmnist,
  kmnist,
  kmnistClasses,
  readFashionMnist,
  readKmnist,
} from '@tensortape/datasets/node';
import { realMnist, testWithMnist } from './realMnist.ts';

const before = process.env['TENSORTAPE_DATA'];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
});
afterEach(async () => {
  if (before === undefined) delete process.env['TENSORTAPE_DATA'];
  else process.env['TENSORTAPE_DATA'] = before;
  await rm(folder, { recursive: true });
});

/** Two images and their labels as IDX files in `place`. */
async function put(place: string): Promise<void> {
  await mkdir(join(folder, place), { recursive: true });
  const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => i % 256);
  const images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28, ...pixels];
  await writeFile(join(folder, place, 'train-images-idx3-ubyte.gz'), gzipSync(Uint8Array.from(images)));
  await writeFile(
    join(folder, place, 'train-labels-idx1-ubyte'),
    Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 9, 3),
  );
}

describe.each([
  {
    title: 'Fashion-MNIST',
    places: ['fashion-mnist', 'FashionMNIST/raw'],
    find: findFashionMnist,
    read: readFashionMnist,
    load: fashionMnist,
    classes: fashionMnistClasses,
  },
  {
    title: 'Kuzushiji-MNIST',
    places: ['kmnist', 'KMNIST/raw'],
    find: findKmnist,
    read: readKmnist,
    load: kmnist,
    classes: kmnistClasses,
  },
])('$title', ({ title, places, find, read, load, classes }) => {
  test('is found in its folders and read', async () => {
    for (const place of places) {
      await put(place);
      const where = join(folder, place);
      expect([await find({ folder }), await find({ folder: where })]).toEqual([where, where]);
      process.env['TENSORTAPE_DATA'] = folder;
      expect(await find()).toBe(where);
      process.env['TENSORTAPE_DATA'] = where;
      expect(await find()).not.toBe(where);
      expect([...(await read({ folder })).labels]).toEqual([9, 3]);
      const [images, labels] = (await load({ folder, flatten: true })).tensors;
      expect([images.shape, labels.toArray()]).toEqual([
        [2, 784],
        [9, 3],
      ]);
      await rm(dirname(where) === folder ? where : dirname(where), { recursive: true });
    }
    expect(classes).toHaveLength(10);
  });

  test('is asked for by its name', async () => {
    await expect(read({ folder })).rejects.toThrow(`${title}: train-images-idx3-ubyte and`);
  });

  testWithMnist('is not MNIST, whose files have the same names', async () => {
    await expect(read({ folder: realMnist!, split: 'test' })).rejects.toThrow(
      new RegExp(`expected a file of ${title}, found MNIST's, which has the same name\\. Give the folder of`),
    );
  });
});

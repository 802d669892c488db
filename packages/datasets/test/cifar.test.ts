import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  cifar10Classes,
  DataFileError,
  DataLoader,
  parseCifar,
  parseCifarPickle,
} from '@tensortape/datasets';
import {
  cifar10,
  cifar100,
  findCifar10,
  findCifar100,
  readCifar10,
  readCifar100,
} from '@tensortape/datasets/node';
import { describeIfTorch } from '../../../scripts/jest/python.ts';
import { python2Pickle, tarOf } from './archives.ts';

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

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

/** Pixels of `count` images, all different. */
const pixelsOf = (count: number, seed = 0) =>
  Uint8Array.from({ length: count * 3072 }, (_, i) => (i * 7 + seed * 31 + (i >> 8)) % 256);
/** The binary version: each image behind its labels. */
function records(labels: readonly (readonly number[])[], seed = 0): Uint8Array {
  const pixels = pixelsOf(labels.length, seed);
  return Uint8Array.from(
    labels.flatMap((bytes, i) => [...bytes, ...pixels.subarray(i * 3072, (i + 1) * 3072)]),
  );
}
const two = [[3], [9]];
const batches = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5'];

describe('a folder', () => {
  const binary = records(two);
  const pickle = python2Pickle({ data: pixelsOf(2), lists: { labels: [3, 9] } });
  test.each([
    ['the files', 'test_batch.bin', '', binary],
    ['packed files', 'test_batch.bin', '', gzipSync(binary)],
    ['a sub-folder', 'cifar-10-batches-bin/test_batch.bin', 'cifar-10-batches-bin', binary],
    ['a sub-folder cifar10', 'cifar10/test_batch.bin', 'cifar10', binary],
    ['the Python version', 'cifar-10-batches-py/test_batch', 'cifar-10-batches-py', pickle],
    [
      'the binary archive',
      'cifar-10-binary.tar.gz',
      'cifar-10-binary.tar.gz',
      gzipSync(tarOf([{ path: 'cifar-10-batches-bin/test_batch.bin', bytes: binary }])),
    ],
    [
      'the Python archive, unpacked once',
      'cifar10/cifar-10-python.tar.gz',
      'cifar10/cifar-10-python.tar.gz',
      tarOf([
        { path: 'cifar-10-batches-py/', bytes: new Uint8Array(0), kind: '5' },
        { path: 'cifar-10-batches-py/test_batch', bytes: pickle },
      ]),
    ],
  ])('may hold %s', async (_, path, source, bytes) => {
    await put(path, bytes);
    const options = { folder, split: 'test', verify: false } as const;
    expect(await findCifar10({ folder, split: 'train' })).toBe(
      source.endsWith('.gz') ? join(folder, source) : undefined,
    );
    expect(await findCifar10(options)).toBe(join(folder, source));
    const found = await readCifar10(options);
    expect(found.source).toBe(join(folder, source));
    expect([...found.labels]).toEqual([3, 9]);
    expect(Buffer.compare(found.images, pixelsOf(2))).toBe(0);
    process.env['TENSORTAPE_DATA'] = folder;
    expect((await readCifar10({ split: 'test', verify: false })).source).toBe(join(folder, source));
  });

  test('may hold CIFAR-100, with two labels', async () => {
    const fine = [97, 0];
    const coarse = [19, 4];
    await put(
      'cifar-100-binary/test.bin',
      records([
        [19, 97],
        [4, 0],
      ]),
    );
    await put(
      'py/train',
      python2Pickle({ data: pixelsOf(2), lists: { fine_labels: fine, coarse_labels: coarse } }),
    );
    expect(await findCifar100({ folder, split: 'test' })).toBe(join(folder, 'cifar-100-binary'));
    for (const options of [
      { folder, split: 'test', verify: false },
      { folder: join(folder, 'py'), verify: false },
    ] as const) {
      const found = await readCifar100(options);
      expect([[...found.labels], [...found.coarseLabels]]).toEqual([fine, coarse]);
      expect(Buffer.compare(found.images, pixelsOf(2))).toBe(0);
      expect([...(await cifar100(options)).labels]).toEqual(fine);
      expect([...(await cifar100({ ...options, labels: 'coarse' })).labels]).toEqual(coarse);
    }
  });

  test('with some of the training files gives those that are named, in that order', async () => {
    await put('data_batch_2.bin', records([[2]], 2));
    await put('data_batch_4.bin', records([[4]], 4));
    expect(await findCifar10({ folder })).toBeUndefined();
    expect(await findCifar10({ folder, batches: [4, 2] })).toBe(folder);
    const found = await readCifar10({ folder, batches: [4, 2], verify: false });
    expect([...found.labels]).toEqual([4, 2]);
    expect(Buffer.compare(found.images, Buffer.concat([pixelsOf(1, 4), pixelsOf(1, 2)]))).toBe(0);
    await expect(readCifar10({ folder })).rejects.toThrow(
      /^CIFAR-10: data_batch_1\.bin, .*data_batch_5\.bin \(or the Python version, or cifar-10-binary\.tar\.gz\) found in none of .*\. Set TENSORTAPE_DATA .* name them with batches\.$/,
    );
  });

  test('with all of them gives all, and shows them as tensors', async () => {
    for (const [i, name] of batches.entries()) await put(`${name}.bin`, records([[i]], i));
    const dataset = await cifar10({ folder, verify: false });
    const [x, y] = [...new DataLoader(dataset, { batchSize: 5 })][0]!;
    expect(x.shape).toEqual([5, 3, 32, 32]);
    expect(y.toArray()).toEqual([0, 1, 2, 3, 4]);
    const expected = Float32Array.from(Buffer.concat(batches.map((_, i) => pixelsOf(1, i))), (b) => b / 255);
    expect(x.toTypedArray()).toEqual(expected);
  });
});

describe('content', () => {
  const parse = (bytes: Uint8Array, kind: 'cifar10' | 'cifar100' = 'cifar10') =>
    parseCifar(bytes, { name: 'a.bin', kind });

  test('is whole records with labels in range', () => {
    expect(() => parse(records(two).subarray(0, 5000))).toThrow(
      'a.bin: expected records of 3073 bytes, found 5000 bytes, which are 1 records and 1927 bytes. Check',
    );
    expect(() => parse(new Uint8Array(0))).toThrow(/found 0 bytes, which are less than one/);
    expect(() => parse(records([[1], [10]]))).toThrow(/expected labels from 0 to 9, found 10 at image 1/);
    expect(() => parse(records([[20, 5]]), 'cifar100')).toThrow(
      /superclasses from 0 to 19, found 20 at image 0/,
    );
    expect(() => parse(records([[5, 100]]), 'cifar100')).toThrow(/labels from 0 to 99, found 100/);
    expect(() => parse(new Uint8Array(0))).toThrow(DataFileError);
  });

  test('is the whole set, unless told otherwise', async () => {
    await put('test_batch.bin', records(two));
    await expect(readCifar10({ folder, split: 'test' })).rejects.toThrow(
      /test_batch\.bin: expected the 10000 images of CIFAR-10's test_batch, found 2\..*verify: false/,
    );
    await put('py/test_batch', python2Pickle({ data: pixelsOf(2), lists: { labels: [3, 9] } }));
    await expect(readCifar10({ folder: join(folder, 'py'), split: 'test' })).rejects.toThrow(
      /test_batch: not the CIFAR-10 file \(expected MD5 40351d587109b95175f43aff81a1287e, found [0-9a-f]{32}\)/,
    );
  });

  test('of an archive is looked for by name, and nothing is unpacked to disk', async () => {
    await put('cifar-10-binary.tar.gz', gzipSync(tarOf([{ path: 'x/other.bin', bytes: new Uint8Array(3) }])));
    await expect(readCifar10({ folder, split: 'test' })).rejects.toThrow(
      /cifar-10-binary\.tar\.gz: the archive does not hold test_batch\.bin/,
    );
    expect(await readdir(folder)).toEqual(['cifar-10-binary.tar.gz']);
  });
});

describe('the Python version', () => {
  const parse = (bytes: Uint8Array) => parseCifarPickle(bytes, { name: 'test_batch', kind: 'cifar10' });
  const good = { data: pixelsOf(2), lists: { labels: [3, 9] } };

  test.each<[string, Uint8Array, RegExp]>([
    ['text', Buffer.from('hello'), /expected a pickle of protocol 2 or 3, found something else/],
    [
      'a call of the system',
      Buffer.from('\x80\x02cos\nsystem\nU\x02ls\x85R.', 'latin1'),
      /names "os system", which reading data does not need\. It would run code if Python loaded it/,
    ],
    ['a protocol that is newer', Buffer.from('\x80\x04.', 'latin1'), /protocol 2 or 3/],
    ['an unknown opcode', Buffer.from('\x80\x02i', 'latin1'), /opcode 0x69 at byte 2/],
    ['an absent memo', Buffer.from('\x80\x02h\x05.', 'latin1'), /refers to entry 5/],
    ['an empty stack', Buffer.from('\x80\x02.', 'latin1'), /takes more values than it has/],
    ['a huge declared length', Buffer.from('\x80\x02T\xff\xff\xff\x7f', 'latin1'), /cut short/],
    [
      'a list',
      Buffer.from('\x80\x02].', 'latin1'),
      /expected a dict with a uint8 array of shape \(N, 3072\)/,
    ],
    ['too few labels', python2Pickle({ ...good, lists: { labels: [3] } }), /list of 2 labels under 'labels'/],
    [
      'labels under another key',
      python2Pickle({ ...good, lists: { fine: [3, 9] } }),
      /under 'labels', found none/,
    ],
    ['a label out of range', python2Pickle({ ...good, lists: { labels: [3, 10] } }), /found 10 at image 1/],
    ['a cut file', python2Pickle(good).subarray(0, 3000), /cut short/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parse(bytes)).toThrow(message);
    expect(() => parse(bytes)).toThrow(DataFileError);
  });
});

describeIfTorch(
  'the Python version as Python writes it',
  `
import base64, pickle, numpy
def run(input):
    data = numpy.arange(2 * 3072).astype('uint8').reshape(2, 3072)
    return base64.b64encode(pickle.dumps({'data': data, 'labels': [3, 9], 'filenames': ['a', 'b']}, protocol=3)).decode()
`,
  (ask) => {
    test('is read', async () => {
      const bytes = Buffer.from(String(await ask(null)), 'base64');
      const { images, labels } = parseCifarPickle(bytes, { name: 'pickle', kind: 'cifar10' });
      expect([...labels]).toEqual([3, 9]);
      expect([...images]).toEqual(Array.from({ length: 6144 }, (_, i) => i % 256));
    });
  },
);

const besideProject = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const here = existsSync(join(besideProject, 'cifar10', 'data_batch_1.bin'));
const testHere = here ? test : test.skip;
testHere(`a part of the real set${here ? '' : ' (not here: ../shared/data)'}`, async () => {
  const train = await readCifar10({ folder: besideProject, batches: [1] });
  const held = await readCifar10({ folder: besideProject, split: 'test', verify: false });
  expect([train.labels.length, held.labels.length]).toEqual([10_000, 2_000]);
  const counts = cifar10Classes.map((_, label) => train.labels.filter((found) => found === label).length);
  expect(Math.min(...counts)).toBeGreaterThan(900);
});

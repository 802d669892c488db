import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DataFileError, parseCifar, parseCifarPickle, parseIdx, parseTar } from '@tensortape/datasets';
import { decodeImage, gunzipLimited, parseCsv, readCifar10, readCsv } from '@tensortape/datasets/node';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { python2Pickle, tarHeader, tarOf } from './archives.ts';
import { pngOf } from './pictures.ts';

const name = 'hostile';
const pixels = Uint8Array.from({ length: 2 * 3072 }, (_, i) => (i * 7) % 256);
const noise = { width: 24, height: 16, data: Buffer.from(pixels.subarray(0, 24 * 16 * 4)) };

/** A reader with a file that it reads. */
const readers: Record<string, { good: Uint8Array; read: (bytes: Uint8Array) => unknown }> = {
  idx: {
    good: Uint8Array.from([0, 0, 0x0d, 2, 0, 0, 0, 4, 0, 0, 0, 5, ...pixels.subarray(0, 80)]),
    read: (bytes) => parseIdx(bytes, { name }),
  },
  gzip: {
    good: gzipSync(pixels),
    read: (bytes) => gunzipLimited(bytes, { name, maxBytes: 10_000 }),
  },
  tar: {
    good: tarOf([
      { path: 'a/b', bytes: pixels.subarray(0, 700) },
      { path: 'c', bytes: pixels.subarray(0, 10) },
    ]),
    read: (bytes) => parseTar(bytes, { name }),
  },
  'CIFAR, binary': {
    good: Uint8Array.from([3, ...pixels.subarray(0, 3072), 9, ...pixels.subarray(3072)]),
    read: (bytes) => parseCifar(bytes, { name, kind: 'cifar10' }),
  },
  'CIFAR, pickle': {
    good: python2Pickle({ data: pixels, lists: { labels: [3, 9] } }),
    read: (bytes) => parseCifarPickle(bytes, { name, kind: 'cifar10' }),
  },
  CSV: {
    good: Buffer.from('id,size,name\n1,2.5,"a ""b"""\n2,-1e3,c\n3,0,"d\ne"\n'),
    read: (bytes) =>
      parseCsv(Buffer.from(bytes).toString('latin1'), {
        name,
        columns: { id: 'integer', size: 'number', name: 'category' },
      }),
  },
  PNG: {
    good: pngOf({ width: 24, height: 16, type: 2, depth: 8, sample: (x, y, c) => (x * y * 7 + c) % 256 }),
    read: (bytes) => decodeImage(bytes, { name, maxPixels: 10_000 }),
  },
  'PNG, interlaced, palette': {
    good: pngOf({
      width: 9,
      height: 7,
      type: 3,
      depth: 8,
      interlaced: true,
      palette: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      sample: (x, y) => (x + y) % 2,
    }),
    read: (bytes) => decodeImage(bytes, { name, maxPixels: 10_000 }),
  },
  JPEG: {
    good: Uint8Array.from(jpeg.encode(noise, 80).data),
    read: (bytes) => decodeImage(bytes, { name, maxPixels: 10_000 }),
  },
};

/** What is done to a file; positions are shares of its length, more of them near its beginning, where headers are. */
const share = (most: number) => fc.nat(10_000).map((part) => (most * part) / 10_000);
const place = fc.oneof(share(1), share(0.05));
const damages: Record<string, fc.Arbitrary<(bytes: Uint8Array) => Uint8Array>> = {
  'cut short': place.map((share) => (bytes) => bytes.subarray(0, Math.floor(share * bytes.length))),
  'bits flipped': fc
    .array(fc.tuple(place, fc.nat(7)), { minLength: 1, maxLength: 4 })
    .map((flips) => (bytes) => {
      const copy = Uint8Array.from(bytes);
      for (const [share, bit] of flips) copy[Math.floor(share * (copy.length - 1))]! ^= 1 << bit;
      return copy;
    }),
  'huge counts': fc
    .tuple(
      place,
      fc.constantFrom([255, 255, 255, 255], [127, 255, 255, 255], [255, 255, 255, 127], [55, 55, 55, 55]),
    )
    .map(([share, count]) => (bytes) => {
      const copy = Uint8Array.from(bytes);
      for (const [i, byte] of count.entries()) copy[Math.floor(share * (copy.length - 1)) + i] = byte;
      return copy;
    }),
  'a piece left out or put in': fc
    .tuple(place, fc.nat(20), fc.uint8Array({ maxLength: 20 }))
    .map(([share, out, piece]) => (bytes) => {
      const at = Math.floor(share * bytes.length);
      return Uint8Array.from([...bytes.subarray(0, at), ...piece, ...bytes.subarray(at + out)]);
    }),
  'another magic': fc
    .uint8Array({ minLength: 1, maxLength: 8 })
    .map((magic) => (bytes) => Uint8Array.from([...magic, ...bytes.subarray(magic.length)])),
  'random bytes': fc.uint8Array({ maxLength: 600 }).map((bytes) => () => bytes),
};

/** More than any of these files needs, and far less than what they can be made to declare. */
const bound = 64e6;

describe.each(Object.entries(readers))('%s', (_, { good, read }) => {
  test('reads its file', async () => {
    expect(await read(good)).toBeDefined();
  });

  test.each(Object.entries(damages))(
    '%s: a DataFileError or a result, in bounded memory',
    async (_name, damage) => {
      await fc.assert(
        fc.asyncProperty(damage, async (spoil) => {
          const bytes = spoil(good);
          const before = process.memoryUsage();
          try {
            await read(bytes);
          } catch (error) {
            if (!(error instanceof DataFileError)) throw error;
            expect(error.message).toMatch(/^hostile: .+\. .+\.$/s);
          }
          const after = process.memoryUsage();
          expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(bound);
          expect(after.heapUsed - before.heapUsed).toBeLessThan(bound);
        }),
      );
    },
  );
});

describe('archives on disk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
    await mkdir(join(folder, 'inside'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each<[string, Uint8Array, RegExp]>([
    ['a path upwards', tarOf([{ path: '../escaped', bytes: pixels }]), /leads out of the archive/],
    ['an absolute path', tarOf([{ path: '/tmp/escaped', bytes: pixels }]), /leads out of the archive/],
    [
      'a link upwards',
      tarOf([{ path: 'test_batch.bin', bytes: new Uint8Array(0), kind: '2' }]),
      /neither a file nor a folder/,
    ],
    [
      'a huge entry',
      Buffer.concat([tarHeader('test_batch.bin', 8e9, '0'), new Uint8Array(1024)]),
      /declares 8000000000 bytes/,
    ],
    ['a bomb', new Uint8Array(450e6), /more than 400000000 bytes when decompressed/],
  ])('with %s write nothing', async (_, archive, message) => {
    const path = join(folder, 'inside', 'cifar-10-binary.tar.gz');
    await writeFile(path, gzipSync(archive, { level: 1 }));
    await expect(readCifar10({ folder: join(folder, 'inside'), split: 'test' })).rejects.toThrow(message);
    expect(await readdir(folder, { recursive: true })).toEqual([
      'inside',
      join('inside', 'cifar-10-binary.tar.gz'),
    ]);
  });

  test('a bomb of a table is refused', async () => {
    const path = join(folder, 'bomb.csv');
    await writeFile(path, gzipSync(new Uint8Array(50e6), { level: 1 }));
    await expect(readCsv(path, { columns: { a: 'number' }, maxBytes: 1e6 })).rejects.toThrow(
      /more than 1000000 bytes/,
    );
  });
});

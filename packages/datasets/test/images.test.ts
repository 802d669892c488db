import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IndexError } from '@tensortape/autograd';
import { DataFileError, DataLoader, transforms } from '@tensortape/datasets';
import { decodeImage, imageFolder } from '@tensortape/datasets/node';
import jpeg from 'jpeg-js';
import { chunk, pngHeader, pngOf, signature } from './pictures.ts';

/** Different for every place and channel, within so many bits. */
const mixed = (depth: number) => (x: number, y: number, c: number) =>
  (x * 37 + y * 101 + c * 59 + x * y) % 2 ** depth;
const jpegOf = (
  width: number,
  height: number,
  color: (x: number, y: number) => readonly number[],
  quality = 95,
) => {
  const data = Buffer.from(
    Array.from({ length: width * height }, (_, i) => [
      ...color(i % width, Math.floor(i / width)),
      255,
    ]).flat(),
  );
  return Uint8Array.from(jpeg.encode({ width, height, data }, quality).data);
};

describe('PNG', () => {
  const cases = [
    [0, 1],
    [0, 2],
    [0, 4],
    [0, 8],
    [0, 16],
    [2, 8],
    [2, 16],
    [4, 8],
    [4, 16],
    [6, 8],
    [6, 16],
  ] as const;
  test.each(
    cases.flatMap(([type, depth]) =>
      (depth < 8 ? [false] : [false, true]).map((interlaced) => [type, depth, interlaced] as const),
    ),
  )(
    'of colour type %d with %d bits, interlaced %s, has the levels that were written',
    async (type, depth, interlaced) => {
      for (const [width, height] of [
        [13, 11],
        [1, 1],
        [3, 2],
      ] as const) {
        const sample = mixed(depth);
        const bytes = pngOf({ width, height, type, depth, sample, interlaced });
        const image = await decodeImage(bytes, { name: 'a.png' });
        const channels = [1, 0, 3, 0, 2, 0, 4][type]!;
        expect([image.width, image.height, image.channels]).toEqual([width, height, channels]);
        const expected = Array.from({ length: width * height * channels }, (_, i) => {
          const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
          return Math.round((sample(x, y, i % channels) * 255) / (2 ** depth - 1));
        });
        expect([...image.data]).toEqual(expected);
      }
    },
  );

  test.each([1, 2, 4, 8])('with a palette of %d bits has its colours', async (depth) => {
    const palette = Array.from(
      { length: 2 ** depth },
      (_, i) => [i, 255 - i, (i * 7) % 256] as [number, number, number],
    );
    const sample = mixed(depth);
    const bytes = pngOf({ width: 9, height: 5, type: 3, depth, sample, palette });
    const image = await decodeImage(bytes, { name: 'a.png' });
    expect(image.channels).toBe(3);
    const expected = Array.from(
      { length: 45 },
      (_, i) => palette[sample(i % 9, Math.floor(i / 9), 0)]!,
    ).flat();
    expect([...image.data]).toEqual(expected);
  });

  const parts = { width: 4, height: 4, type: 0, depth: 8, sample: mixed(8) };
  const good = pngOf(parts);
  const assembled = (...chunks: Uint8Array[]) => Uint8Array.from(Buffer.concat([signature, ...chunks]));
  const end = chunk('IEND', new Uint8Array(0));
  const pixels = (length: number) => chunk('IDAT', deflateSync(new Uint8Array(length)));
  test.each<[string, Uint8Array, RegExp]>([
    [
      'too large',
      pngOf({ ...parts, width: 400, height: 300 }),
      /400 x 300 pixels, more than the limit of 1000\. If .* raise maxPixels/,
    ],
    [
      'that only says it is large',
      assembled(pngHeader({ ...parts, width: 2 ** 31, height: 2 ** 31 }), end),
      /2147483648 x 2147483648 pixels, more than/,
    ],
    ['without pixels', assembled(pngHeader({ ...parts, width: 0 }), end), /0 x 4 pixels/],
    [
      'that unpacks to more than it declares',
      assembled(pngHeader(parts), pixels(1e6), end),
      /more data than the 20 bytes that the header declares/,
    ],
    [
      'that unpacks to less',
      assembled(pngHeader(parts), pixels(19), end),
      /the image takes 20 bytes, found 19/,
    ],
    ['without data', assembled(pngHeader(parts), end), /damaged image data/],
    ['without a header', assembled(pixels(20), end), /expected one IHDR chunk, at the beginning/],
    [
      'with two headers',
      assembled(pngHeader(parts), pngHeader(parts), pixels(20), end),
      /expected one IHDR chunk/,
    ],
    [
      'of 3 bits',
      assembled(pngHeader({ ...parts, depth: 3 }), pixels(20), end),
      /colour type 0 with 3 bits, interlacing 0, which PNG does not have/,
    ],
    ['of colour type 5', assembled(pngHeader({ ...parts, type: 5 }), pixels(20), end), /colour type 5/],
    [
      'with a palette that is not there',
      assembled(pngHeader({ ...parts, type: 3 }), pixels(20), end),
      /damaged PNG data/,
    ],
    [
      'of 4 bits, interlaced',
      pngOf({ ...parts, depth: 4, interlaced: true, sample: mixed(4) }),
      /an interlaced PNG of 4 bits, which cannot/,
    ],
    [
      'with a colour that its palette lacks',
      pngOf({ ...parts, type: 3, palette: [[1, 2, 3]] }),
      /damaged PNG data/,
    ],
    ['cut short', good.subarray(0, good.length - 20), /cut short/],
    ['of another kind', Buffer.from('GIF89a'), /expected a PNG or JPEG file, found neither/],
    ['damaged', good.map((byte, i) => (i === 45 ? byte ^ 1 : byte)), /damaged PNG data/],
  ])('%s is refused', async (_, bytes, message) => {
    const decoded = () => decodeImage(bytes, { name: 'a.png', maxPixels: 1000 });
    await expect(decoded()).rejects.toThrow(message);
    await expect(decoded()).rejects.toBeInstanceOf(DataFileError);
  });
});

describe('JPEG', () => {
  test('has the colours that went in, nearly', async () => {
    const color = (x: number, y: number) => [x * 6, y * 8, 255 - x * 6];
    const image = await decodeImage(jpegOf(40, 30, color), { name: 'a.jpg' });
    expect([image.width, image.height, image.channels]).toEqual([40, 30, 3]);
    for (let i = 0; i < 1200; i++)
      for (let c = 0; c < 3; c++)
        expect(Math.abs(image.data[3 * i + c]! - color(i % 40, Math.floor(i / 40))[c]!)).toBeLessThan(20);
  });

  const good = jpegOf(40, 30, () => [10, 20, 30]);
  const sof = good.findIndex((byte, i) => byte === 0xff && good[i + 1] === 0xc0);
  const huge = good.map((byte, i) => (i >= sof + 5 && i < sof + 9 ? 0xff : byte));
  const scan = good.findIndex((byte, i) => byte === 0xff && good[i + 1] === 0xda);
  const scans = Buffer.concat([
    good.subarray(0, scan),
    ...new Array(300).fill(good.subarray(scan, scan + 14)),
  ]);
  test.each<[string, Uint8Array, RegExp]>([
    ['too large', good, /40 x 30 pixels, more than the limit of 1000/],
    ['that only says it is large', huge, /65535 x 65535 pixels, more than/],
    ['cut short in its header', good.subarray(0, 30), /no frame header: it is cut short/],
    ['of too many scans', scans.subarray(0), /more than 200 scans|more than the limit/],
  ])('%s is refused', async (_, bytes, message) => {
    const decoded = () => decodeImage(bytes, { name: 'a.jpg', maxPixels: 1000 });
    await expect(decoded()).rejects.toThrow(message);
    await expect(decoded()).rejects.toBeInstanceOf(DataFileError);
  });
  test('of too many scans is refused before they are decoded', async () => {
    await expect(decodeImage(scans, { name: 'a.jpg' })).rejects.toThrow(/more than 200 scans/);
  });
  test('cut short in its data is refused', async () => {
    const noise = jpegOf(64, 64, (x, y) => [(x * 97 + y * 31) % 256, (x * y * 7) % 256, (x ^ y) % 256]);
    await expect(decodeImage(noise.subarray(0, noise.length / 2), { name: 'a.jpg' })).rejects.toThrow(
      /damaged JPEG data/,
    );
  });
});

describe('imageFolder', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'tensortape-'));
    const grey = (level: number) => pngOf({ width: 2, height: 3, type: 0, depth: 8, sample: () => level });
    const files: Record<string, Uint8Array> = {
      'dog/b.png': grey(51),
      'dog/a.JPEG': jpegOf(2, 3, () => [255, 0, 0]),
      'cat/deep/er/c.png': pngOf({
        width: 2,
        height: 3,
        type: 6,
        depth: 8,
        sample: (_, __, c) => [0, 255, 0, 7][c]!,
      }),
      'cat/notes.txt': Buffer.from('not an image'),
      'readme.png': grey(0),
    };
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), bytes);
    }
    await symlink(root, join(root, 'cat', 'loop'));
  });
  afterAll(() => rm(root, { recursive: true }));

  test('finds classes and files in order, and decodes them in red, green and blue', async () => {
    const images = await imageFolder(root);
    expect(images.classes).toEqual(['cat', 'dog']);
    expect(images.files.map(({ path, label }) => [path.slice(root.length + 1), label])).toEqual([
      ['cat/deep/er/c.png', 0],
      ['dog/a.JPEG', 1],
      ['dog/b.png', 1],
    ]);
    const means: unknown[] = [];
    for await (const [x, y] of new DataLoader(images, { batchSize: 3 })) {
      expect([x.shape, x.dtype, y.toArray()]).toEqual([[3, 3, 3, 2], 'float32', [0, 1, 1]]);
      means.push(...(x.mean([2, 3]).mul(10).round().toArray() as unknown[]));
    }
    expect(means).toEqual([
      [0, 10, 0],
      [10, 0, 0],
      [2, 2, 2],
    ]);
  });

  test('or in grey, transformed', async () => {
    const images = await imageFolder(root, { mode: 'grey', transform: transforms.centerCrop(1) });
    const levels = await Promise.all([0, 1, 2].map(async (i) => (await images.get(i))[0]));
    expect(levels.map((level) => level.shape)).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ]);
    expect(levels.map((level) => Math.round(level.item() * 255))).toEqual([150, 76, 51]);
  });

  test('says what is wrong', async () => {
    await expect(imageFolder(join(root, 'none'))).rejects.toThrow(/none: cannot be listed \(ENOENT\)/);
    await expect(imageFolder(join(root, 'dog'))).rejects.toThrow(/dog: the folder has no sub-folders/);
    await mkdir(join(root, 'dog', 'empty'));
    await expect(imageFolder(join(root, 'dog'))).rejects.toThrow(
      /empty: no image in it \(\.png, \.jpg, \.jpeg\)/,
    );
    await expect((await imageFolder(root)).get(3)).rejects.toBeInstanceOf(IndexError);
    await expect((await imageFolder(root, { maxPixels: 5 })).get(0)).rejects.toThrow(
      /c\.png: the image has 2 x 3/,
    );
    await expect((await imageFolder(root, { maxBytes: 5 })).get(0)).rejects.toThrow(
      /more than the limit of 5/,
    );
  });
});

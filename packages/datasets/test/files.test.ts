import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DataFileError } from '@tensortape/datasets';
import { gunzipLimited, readDataFile } from '@tensortape/datasets/node';
import fc from 'fast-check';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
});
afterAll(() => rm(folder, { recursive: true }));

const content = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);

describe('gunzipLimited', () => {
  test('decompresses up to the limit', async () => {
    expect(
      Buffer.compare(await gunzipLimited(gzipSync(content), { name: 'a.gz', maxBytes: 1000 }), content),
    ).toBe(0);
    await expect(gunzipLimited(gzipSync(content), { name: 'a.gz', maxBytes: 999 })).rejects.toThrow(
      /^a\.gz: more than 999 bytes when decompressed\. If the file is what you expect, raise maxBytes\.$/,
    );
  });

  test('stops a gzip bomb early', async () => {
    const bomb = gzipSync(new Uint8Array(300e6), { level: 1 });
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }, 1);
    await expect(gunzipLimited(bomb, { name: 'bomb', maxBytes: 1e6 })).rejects.toThrow(DataFileError);
    clearInterval(watch);
    expect(peak).toBeLessThan(20e6);
  });

  test('never throws anything but DataFileError on damaged data', async () => {
    const good = gzipSync(content);
    const damage = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat({ max: good.length }), async (flips, length) => {
        const bytes = Uint8Array.from(good);
        for (const [at, value] of flips) bytes[at] = value;
        try {
          const result = await gunzipLimited(bytes.subarray(0, length), { name: 'a', maxBytes: 2000 });
          expect(result.length).toBeLessThanOrEqual(2000);
        } catch (error) {
          expect(error).toBeInstanceOf(DataFileError);
        }
      }),
    );
  });
});

describe('readDataFile', () => {
  test('reads plain and gzip alike, by content and not by name', async () => {
    await writeFile(join(folder, 'plain.gz'), content);
    await writeFile(join(folder, 'packed'), gzipSync(content));
    for (const name of ['plain.gz', 'packed']) {
      expect(Buffer.compare(await readDataFile(join(folder, name)), content)).toBe(0);
    }
  });

  test('names the file, the problem and the remedy', async () => {
    await writeFile(join(folder, 'cut'), gzipSync(content).subarray(0, 100));
    await writeFile(join(folder, 'large'), content);
    const read = (name: string) => readDataFile(join(folder, name), { maxBytes: 900 });
    await expect(read('cut')).rejects.toThrow(
      /cut: damaged gzip data \(unexpected end of file\)\. Copy or download/,
    );
    await expect(read('large')).rejects.toThrow(
      /large: 1000 bytes, more than the limit of 900\. .* raise maxBytes/,
    );
    await expect(read('none')).rejects.toThrow(/none: no such file\. Check the path/);
    await expect(read('.')).rejects.toThrow(/not a regular file/);
    await expect(read('large/x')).rejects.toThrow(/cannot be read \(ENOTDIR\)/);
    await expect(read('cut')).rejects.toBeInstanceOf(DataFileError);
  });
});

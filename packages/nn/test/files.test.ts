import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readFileLimited, writeFileAtomic } from '@tensortape/nn/node';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('writes and replaces a file, and leaves nothing else', async () => {
  const path = join(folder, 'model.bin');
  await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
  await writeFileAtomic(path, Uint8Array.of(4));
  expect([...(await readFile(path))]).toEqual([4]);
  expect(await readdir(folder)).toEqual(['model.bin']);
});

test('never shows a reader half a file', async () => {
  const path = join(folder, 'model.bin');
  const contents = [new Uint8Array(3e6).fill(1), new Uint8Array(2e6).fill(2)];
  await writeFileAtomic(path, contents[0]!);
  let writing = true;
  const writes = (async () => {
    for (let i = 1; i <= 6; i++) await writeFileAtomic(path, contents[i % 2]!);
    writing = false;
  })();
  const seen = new Set<string>();
  while (writing) {
    const bytes = await readFile(path);
    seen.add(`${bytes.length} bytes, first ${bytes[0]}, last ${bytes.at(-1)}`);
  }
  await writes;
  const whole = ['3000000 bytes, first 1, last 1', '2000000 bytes, first 2, last 2'];
  expect([...seen].filter((sight) => !whole.includes(sight))).toEqual([]);
});

test('lets several write the same file at once: one of them wins', async () => {
  const path = join(folder, 'model.bin');
  await Promise.all([1, 2, 3].map((value) => writeFileAtomic(path, new Uint8Array(1e6).fill(value))));
  expect(new Set(await readFile(path)).size).toBe(1);
  expect(await readdir(folder)).toEqual(['model.bin']);
});

test('keeps the old file and cleans up when writing fails', async () => {
  const path = join(folder, 'taken');
  await mkdir(path);
  await expect(writeFileAtomic(path, Uint8Array.of(1))).rejects.toThrow(/taken: cannot be written: check/);
  expect(await readdir(folder)).toEqual(['taken']);
  await expect(writeFileAtomic(join(folder, 'none', 'a'), Uint8Array.of(1))).rejects.toThrow(/folder exists/);
});

test('reads up to the limit and no regular file beyond', async () => {
  const path = join(folder, 'data');
  await writeFile(path, Uint8Array.of(1, 2, 3));
  expect([...(await readFileLimited(path, { maxBytes: 3 }))]).toEqual([1, 2, 3]);
  await expect(readFileLimited(path, { maxBytes: 2 })).rejects.toThrow(
    /data: 3 bytes, more than the limit of 2/,
  );
  await expect(readFileLimited(folder, { maxBytes: 1e9 })).rejects.toThrow(/expected a regular file/);
  await expect(readFileLimited(join(folder, 'none'), { maxBytes: 9 })).rejects.toThrow(/ENOENT/);
});

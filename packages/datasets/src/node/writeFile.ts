import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file whole or not at all: to a temporary file beside it, which is flushed to disk and renamed. A crash
 * leaves the old file or the new one, never a part of either.
 *
 * @param path The file; its folder must exist. An existing file is replaced, a symbolic link by a file.
 * @param bytes The content.
 * @throws Error with the system's error as `cause` when it cannot be written; then nothing is left behind.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { writeFileAtomic } from '@tensortape/datasets/node';
 *
 * const path = join(tmpdir(), 'tensortape-example.bin');
 * await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
 * console.log((await readFile(path)).length); // 3
 * ```
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Error(`${path}: cannot be written: check that its folder exists and is writable`, {
      cause: error,
    });
  }
  await syncFolder(dirname(path));
}

/** Makes the rename itself survive a power cut; Windows cannot open folders, and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

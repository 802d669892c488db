import { readFile, stat } from 'node:fs/promises';

/**
 * Reads a file whole, unless it is larger than `maxBytes` or no regular file.
 *
 * @param path The file.
 * @param options `maxBytes`: the largest size to read.
 * @returns The content.
 * @throws Error that names the file and what to do; the system's error where it cannot be opened.
 *
 * @example
 * ```ts
 * import { readFileLimited } from '@tensortape/nn/node';
 *
 * async function readModel(path: string) {
 *   return readFileLimited(path, { maxBytes: 2 ** 30 });
 * }
 * ```
 */
export async function readFileLimited(path: string, { maxBytes }: { maxBytes: number }): Promise<Uint8Array> {
  const info = await stat(path);
  if (!info.isFile()) throw new Error(`${path}: expected a regular file: check the path`);
  if (info.size > maxBytes) {
    throw new Error(
      `${path}: ${info.size} bytes, more than the limit of ${maxBytes}: if it is what you expect, raise maxBytes`,
    );
  }
  return readFile(path);
}

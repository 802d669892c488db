import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip as gunzipCallback } from 'node:zlib';
import { DataFileError } from '../errors.ts';

const gunzip = promisify(gunzipCallback);

/** The limit of {@link readDataFile} and {@link gunzipLimited} where none is given: 512 MiB. */
export const defaultMaxBytes = 512 * 2 ** 20;

/** What {@link gunzipLimited} and {@link readDataFile} take. */
export interface ReadLimits {
  /** The largest size allowed, in bytes, before and after decompression; {@link defaultMaxBytes} where not given. */
  maxBytes?: number;
}

/** Whether `bytes` start as gzip data does (RFC 1952: 0x1f 0x8b). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses gzip data, refusing to produce more than `maxBytes`, so that a small hostile file cannot fill the memory.
 *
 * @param bytes The compressed data, whole.
 * @param options `name`: what error messages call the file; `maxBytes`: the limit.
 * @returns The decompressed bytes.
 * @throws DataFileError when the data is damaged, cut short, or larger than the limit.
 *
 * @example
 * ```ts
 * import { gzipSync } from 'node:zlib';
 * import { gunzipLimited } from '@tensortape/datasets/node';
 *
 * const bytes = await gunzipLimited(gzipSync('tape'), { name: 'tape.gz', maxBytes: 100 });
 * console.log(new TextDecoder().decode(bytes)); // tape
 * ```
 */
export async function gunzipLimited(
  bytes: Uint8Array,
  { name, maxBytes = defaultMaxBytes }: ReadLimits & { name: string },
): Promise<Uint8Array> {
  try {
    return await gunzip(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') {
      throw new DataFileError(name, `more than ${maxBytes} bytes when decompressed`, tooLarge, error);
    }
    throw new DataFileError(
      name,
      `damaged gzip data (${messageOf(error)})`,
      'Copy or download the file again',
      error,
    );
  }
}

/**
 * Reads a data file whole; gzip data, recognised by its first bytes and not by the file's name, is decompressed.
 *
 * @param path The file.
 * @param options `maxBytes`: the largest size allowed, on disk and decompressed.
 * @returns The (decompressed) bytes.
 * @throws DataFileError when the file is missing, unreadable, not a regular file, too large, or damaged gzip.
 *
 * @example
 * ```ts
 * import { parseIdx } from '@tensortape/datasets';
 * import { readDataFile } from '@tensortape/datasets/node';
 *
 * async function readLabels(path: string) {
 *   return parseIdx(await readDataFile(path), { name: path });
 * }
 * ```
 */
export async function readDataFile(
  path: string,
  { maxBytes = defaultMaxBytes }: ReadLimits = {},
): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new DataFileError(path, 'not a regular file', 'Give the path of a data file');
    if (info.size > maxBytes) {
      throw new DataFileError(path, `${info.size} bytes, more than the limit of ${maxBytes}`, tooLarge);
    }
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT') throw new DataFileError(path, 'no such file', 'Check the path', error);
    throw new DataFileError(path, `cannot be read (${code})`, 'Check the path and its permissions', error);
  }
  return isGzip(bytes) ? gunzipLimited(bytes, { name: path, maxBytes }) : bytes;
}

const tooLarge = 'If the file is what you expect, raise maxBytes';

/** The `code` of a system error such as `ENOENT`, or else its message. Errors of other realms are no `instanceof Error`. */
export function codeOf(error: unknown): string {
  return isObject(error) && 'code' in error ? String(error.code) : messageOf(error);
}

/** An error's message. */
export function messageOf(error: unknown): string {
  return isObject(error) && 'message' in error ? String(error.message) : String(error);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

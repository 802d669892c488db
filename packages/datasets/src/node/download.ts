import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { DataFileError } from '../errors.ts';
import { codeOf, messageOf } from './files.ts';
import { withFileLock } from './lock.ts';

const attemptsPerMirror = 3;

/** How far a download is; see {@link DownloadOptions.onProgress}. */
export interface DownloadProgress {
  /** The file's name without its folder. */
  file: string;
  /** Bytes on disk so far, those kept from an earlier attempt included. */
  received: number;
  /** The file's size in bytes, where the server tells it. */
  total: number | undefined;
}

/** What {@link download} takes. */
export interface DownloadOptions {
  /** Addresses that serve the same file, tried in order. */
  urls: readonly string[];
  /** Where the file goes; its folder is created. */
  path: string;
  /** MD5 digests in lower-case hexadecimal, one of which the file must have. */
  md5: readonly string[];
  /** The largest size accepted, in bytes. */
  maxBytes: number;
  /** Called whenever bytes arrive. */
  onProgress?: (progress: DownloadProgress) => void;
  /** An attempt is given up when nothing arrives for so long; 30,000 ms where not given. */
  stallMs?: number;
}

/**
 * Downloads a file, verified by its MD5 digest (a guard against damage, not against forgery).
 *
 * Nothing happens when `path` already holds the file. Bytes go to `path` + `.part`, which is verified, flushed to disk
 * and renamed, so that `path` never holds half a file. A connection that is cut is resumed where it broke, at once
 * or by the next call; a mirror that fails hands over to the next. Processes that want the same file wait for one another.
 *
 * @throws DataFileError when no mirror delivers: it lists each address and what went wrong there.
 *
 * @example
 * ```ts
 * import { download } from '@tensortape/datasets/node';
 *
 * async function fetchLabels(mirror: string) {
 *   await download({
 *     urls: [`${mirror}/t10k-labels-idx1-ubyte.gz`],
 *     path: 'data/t10k-labels-idx1-ubyte.gz',
 *     md5: ['ec29112dd5afa0611ce80d1b7f02629c'],
 *     maxBytes: 1e6,
 *     onProgress: ({ file, received }) => console.log(file, received),
 *   });
 * }
 * ```
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { path, md5 } = options;
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await withFileLock(`${path}.lock`, async () => {
      if (md5.includes(await md5OfFile(path))) return;
      await fetchFromMirrors(part, options);
      await rename(part, path);
    });
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    throw new DataFileError(
      path,
      `cannot be written (${codeOf(error)})`,
      'Check the folder and its permissions',
      error,
    );
  }
}

async function fetchFromMirrors(part: string, options: DownloadOptions): Promise<void> {
  const failures: string[] = [];
  for (const url of options.urls) {
    for (let attempt = 1; attempt <= attemptsPerMirror; attempt++) {
      try {
        await fetchInto(part, url, options);
        return;
      } catch (error) {
        if (!(error instanceof Setback)) throw error;
        failures.push(`${url}: ${error.message}`);
        if (error.discard) await rm(part, { force: true });
        if (!error.retry) break;
      }
    }
  }
  throw new DataFileError(
    options.path,
    `cannot be downloaded (${failures.join('; ')})`,
    'Check the network, or fetch the file by hand from one of these addresses and put it there',
  );
}

/** What went wrong on the far side, as opposed to trouble with the local disk, which no other mirror mends. */
class Setback extends Error {
  readonly retry: boolean;
  readonly discard: boolean;

  /** `retry`: the same mirror may do better; `discard`: what has arrived is of no use to another attempt. */
  constructor(message: string, { retry = false, discard = false }) {
    super(message);
    this.retry = retry;
    this.discard = discard;
  }
}

async function fetchInto(part: string, url: string, options: DownloadOptions): Promise<void> {
  const { path, md5, maxBytes, onProgress, stallMs = 30_000 } = options;
  const kept = await sizeOf(part);
  let received = kept;
  const abort = new AbortController();
  const stall = setTimeout(() => abort.abort(), stallMs);
  const network = <T>(step: Promise<T>): Promise<T> =>
    step.catch((error: unknown) => {
      const reason = abort.signal.aborted ? `nothing arrived for ${stallMs / 1000} s` : networkReason(error);
      throw new Setback(reason, { retry: received > kept });
    });

  try {
    // Without 'identity' a server may compress the body or label it as compressed, and fetch would unpack it.
    const headers = { 'accept-encoding': 'identity', ...(kept > 0 && { range: `bytes=${kept}-` }) };
    const response = await network(fetch(url, { headers, signal: abort.signal }));
    if (response.status === 416 && kept > 0) {
      throw new Setback('what an earlier attempt left does not fit', { retry: true, discard: true });
    }
    if (!response.ok || response.body === null) throw new Setback(`HTTP ${response.status}`, {});
    const resumed = response.status === 206;
    if (resumed && !response.headers.get('content-range')?.startsWith(`bytes ${kept}-`)) {
      throw new Setback('answered with another part of the file than was asked for', {});
    }
    if (!resumed) received = 0;
    const length = response.headers.get('content-length');
    const total = length === null ? undefined : received + Number(length);

    const file = await open(part, resumed ? 'a' : 'w');
    try {
      const reader = response.body.getReader();
      for (;;) {
        if (Math.max(received, total ?? 0) > maxBytes) {
          throw new Setback(`more than ${maxBytes} bytes`, { discard: true });
        }
        const { done, value } = await network(reader.read());
        if (done) break;
        stall.refresh();
        await file.writeFile(value);
        received += value.length;
        onProgress?.({ file: basename(path), received, total });
      }
      await file.sync();
    } finally {
      await file.close();
    }

    const found = await md5OfFile(part);
    if (!md5.includes(found)) {
      // When resumed, the part kept from before may be to blame.
      const message = `wrong checksum: expected MD5 ${md5.join(' or ')}, found ${found}`;
      throw new Setback(message, { retry: resumed, discard: true });
    }
  } finally {
    clearTimeout(stall);
    abort.abort();
  }
}

/** What fetch throws says only "fetch failed"; the reason is its cause. */
function networkReason(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : error;
  const code = codeOf(cause);
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN'
    ? `host not found, is there a network? (${code})`
    : messageOf(cause) || code;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The digest in lower-case hexadecimal; `'no file'` where there is none. */
async function md5OfFile(path: string): Promise<string> {
  const hash = createHash('md5');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'no file';
    throw error;
  }
  return hash.digest('hex');
}

import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DownloadProgress } from './download.ts';

/** Where a public data set is looked for, and whether it is fetched; what {@link MnistOptions} and their like share. */
export interface SourceOptions {
  /**
   * The folder to look in, and to download to; its usual sub-folders are looked in as well.
   * Where not given: the folder that the variable `TENSORTAPE_DATA` names, then `tensortape` in the user's cache.
   */
  folder?: string;
  /** Whether to download what is not found; `false` where not given. */
  download?: boolean;
  /** Where to download from, tried in order; public mirrors where not given. */
  mirrors?: readonly string[];
  /** Called as bytes of a download arrive. */
  onProgress?: (progress: DownloadProgress) => void;
}

/** Where downloads of a set go unless told otherwise: `tensortape/<set>` in `XDG_CACHE_HOME`, or else in `~/.cache`. */
export function cacheFolder(set: string): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tensortape', set);
}

/**
 * The folders to look in for a set, in order. A folder that was given for this set may hold the files itself;
 * `TENSORTAPE_DATA` is for all sets, so there only `places` (of which `''` is the folder itself) are looked in.
 */
export function foldersToSearch(
  folder: string | undefined,
  places: readonly string[],
  set: string,
): string[] {
  if (folder !== undefined) return [...new Set(['', ...places])].map((place) => join(folder, place));
  const shared = process.env['TENSORTAPE_DATA'];
  return [...(shared ? places.map((place) => join(shared, place)) : []), cacheFolder(set)];
}

/** Whether there is a regular file at `path`. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

/**
 * A data file that cannot be used: missing, cut short, damaged, too large, or of another kind than it should be.
 *
 * The message names the file, what was expected, what was found, and what to do about it.
 *
 * @example
 * ```ts
 * import { DataFileError, parseIdx } from '@tensortape/datasets';
 *
 * try {
 *   parseIdx(new Uint8Array([0, 0, 8]), { name: 'labels.idx' });
 * } catch (error) {
 *   console.log(error instanceof DataFileError && error.file); // labels.idx
 * }
 * ```
 */
export class DataFileError extends Error {
  /** `DataFileError`. */
  override readonly name = 'DataFileError';
  /** The file's path, or the name that the caller gave. */
  readonly file: string;

  /**
   * @param file The file's path or name; the message starts with it.
   * @param problem What was expected and what was found, without a full stop.
   * @param remedy What the user can do, as a sentence without a full stop.
   * @param cause The error underneath, if there is one.
   */
  constructor(file: string, problem: string, remedy: string, cause?: unknown) {
    super(`${file}: ${problem}. ${remedy}.`, cause === undefined ? undefined : { cause });
    this.file = file;
  }
}

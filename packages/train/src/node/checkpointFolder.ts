import { mkdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError } from '@tensortape/autograd';
import { type CheckpointParts, type CheckpointValues, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';

const fileName = /^checkpoint-(\d+)\.safetensors$/;

/**
 * A folder with the last checkpoints of a training, `checkpoint-<step>.safetensors`.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { Linear } from '@tensortape/nn';
 * import { CheckpointFolder } from '@tensortape/train/node';
 *
 * const folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
 * const checkpoints = new CheckpointFolder(folder, { keep: 2 });
 * const model = new Linear(2, 1);
 *
 * const resumed = await checkpoints.loadLatest({ model, step: 0 });
 * for (let step = resumed?.step ?? 0; step < 30; step += 10) await checkpoints.save(step, { model, step: step + 10 });
 * console.log(await checkpoints.steps()); // [ 10, 20 ]
 * console.log((await checkpoints.loadLatest({ model, step: 0 }))?.step); // 30
 * ```
 */
export class CheckpointFolder {
  /** The folder. */
  readonly path: string;
  readonly #keep: number;

  /**
   * @param path The folder; made when the first checkpoint is saved.
   * @param options `keep`: how many checkpoints to keep, at least 1; 3 unless given.
   * @throws ArgumentError for another `keep`.
   */
  constructor(path: string, { keep = 3 }: { readonly keep?: number } = {}) {
    if (!Number.isInteger(keep) || keep < 1) {
      throw new ArgumentError(`CheckpointFolder: keep must be a whole number >= 1, got ${keep}`);
    }
    this.path = path;
    this.#keep = keep;
  }

  /** The steps that there are checkpoints of, in order. */
  async steps(): Promise<number[]> {
    const names = await readdir(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const numbers = names.flatMap((name) => fileName.exec(name)?.[1] ?? []);
    return numbers.map(Number).sort((a, b) => a - b);
  }

  /** The file of a step's checkpoint. */
  fileOf(step: number): string {
    return join(this.path, `checkpoint-${step}.safetensors`);
  }

  /**
   * Saves a checkpoint as {@link saveCheckpoint} does, and removes the oldest beyond the number to keep.
   *
   * @param step Its number, >= 0: the files are told apart and ordered by it.
   * @param parts See {@link saveCheckpoint}.
   * @returns The path of its file.
   */
  async save(step: number, parts: CheckpointParts): Promise<string> {
    if (!Number.isSafeInteger(step) || step < 0) {
      throw new ArgumentError(`CheckpointFolder.save: step must be a whole number >= 0, got ${step}`);
    }
    const path = this.fileOf(step);
    // Not awaited: the state is that of the moment of the call.
    mkdirSync(this.path, { recursive: true });
    await saveCheckpoint(path, parts);
    const steps = await this.steps();
    for (const old of steps.slice(0, -this.#keep)) await rm(this.fileOf(old), { force: true });
    return path;
  }

  /**
   * Reads the newest checkpoint as {@link loadCheckpoint} does.
   *
   * @param parts See {@link loadCheckpoint}.
   * @returns Its plain values; undefined where there is no checkpoint yet.
   */
  async loadLatest<P extends CheckpointParts>(parts: P): Promise<CheckpointValues<P> | undefined> {
    const step = (await this.steps()).at(-1);
    return step === undefined ? undefined : loadCheckpoint(this.fileOf(step), parts);
  }
}

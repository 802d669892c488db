import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '@tensortape/datasets/node';
import { readFileLimited } from '@tensortape/nn/node';
import { CheckpointError, decodeParts, encodeParts, type PartState } from './checkpointFile.ts';

/** What goes on from a state: a module, an optimizer, a schedule, a loader, a history, averages, early stopping. */
export interface Stateful {
  /** The state, of tensors, typed arrays, maps and plain data. */
  stateDict(): unknown;
  /** Takes over a state that `stateDict()` gave; changes nothing when it does not fit. */
  loadStateDict(state: never): unknown;
}

/** A random number generator: `Generator`, or `RandomState`. */
export interface RandomStateful {
  /** The state. */
  getState(): unknown;
  /** Takes over a state that `getState()` gave. */
  setState(state: never): unknown;
}

/** A plain value of a checkpoint, such as the number of the next step. */
export type CheckpointValue = number | string | boolean;

/** The parts of a checkpoint by name. */
export type CheckpointParts = Readonly<Record<string, Stateful | RandomStateful | CheckpointValue>>;

/** The plain values among the parts of a checkpoint. */
export type CheckpointValues<P extends CheckpointParts> = {
  -readonly [K in keyof P as P[K] extends CheckpointValue ? K : never]: P[K] extends number
    ? number
    : P[K] extends string
      ? string
      : boolean;
};

/** The largest file that Node reads whole. */
const maxBytes = 2 ** 31;
/** Writing takes seconds: a temporary file of this age, in milliseconds, is what a killed process left behind. */
const abandonedAfter = 3_600_000;

/**
 * Writes what a training needs to go on to one file: the states of modules, optimizers, schedules, generators, loaders and whatever
 * else has a state, and plain values. The state is that of the moment of the call, so the training may go on before the promise is
 * resolved.
 *
 * The file appears whole or not at all: it is written beside its place, flushed to disk, and renamed over an earlier one. A process
 * that is killed at any moment leaves the earlier checkpoint or the new one. It is a safetensors file, whose tensors other
 * programs can read under names such as `model.fc1.weight`; all else, and a checksum, stands in its metadata.
 *
 * Dropout and initial values draw from `defaultGenerator`: name it among the parts, beside generators of your own.
 *
 * @param path The file; its folder must exist. Files whose name ends in `.safetensors` are recognised by other programs.
 * @param parts The parts by name, as {@link loadCheckpoint} will be given them.
 * @throws {@link CheckpointError} for parts without a state, and states that cannot be saved; Error where the file cannot be written.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { defaultGenerator } from '@tensortape/autograd';
 * import { Linear } from '@tensortape/nn';
 * import { Adam } from '@tensortape/optim';
 * import { loadCheckpoint, saveCheckpoint } from '@tensortape/train/node';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'tensortape-')), 'checkpoint.safetensors');
 * const model = new Linear(2, 1);
 * const optimizer = new Adam(model.parameters());
 * await saveCheckpoint(path, { model, optimizer, generator: defaultGenerator, step: 100 });
 *
 * const { step } = await loadCheckpoint(path, { model, optimizer, generator: defaultGenerator, step: 0 });
 * console.log(step); // 100
 * ```
 */
export async function saveCheckpoint(path: string, parts: CheckpointParts): Promise<void> {
  const bytes = encodeParts(path, statesOf(path, parts));
  if (bytes.length > maxBytes) {
    throw new CheckpointError(
      `${path}: the checkpoint takes ${bytes.length} bytes, more than the ${maxBytes} that can be read back: save fewer parts`,
    );
  }
  await writeFileAtomic(path, bytes);
  await removeAbandoned(path);
}

/**
 * Reads a checkpoint of {@link saveCheckpoint} into the parts that it was made of, so that the training goes on bit for bit.
 * The file may hold further parts: a model alone can be loaded.
 *
 * @param path The file.
 * @param parts The parts by name. Objects take over their states; plain values stand for what to use as their type.
 * @returns The plain values of the file, by name.
 * @throws {@link CheckpointError} when there is no such file, it is damaged or none of a checkpoint, a part is missing in it, or a
 *   state does not fit; then all parts are as they were.
 *
 * @example
 * ```ts
 * import { Linear } from '@tensortape/nn';
 * import { loadCheckpoint } from '@tensortape/train/node';
 *
 * async function loadModel(path: string) {
 *   const model = new Linear(2, 1);
 *   const { epoch } = await loadCheckpoint(path, { model, epoch: 0 });
 *   return { model, epoch };
 * }
 * ```
 */
export async function loadCheckpoint<P extends CheckpointParts>(
  path: string,
  parts: P,
): Promise<CheckpointValues<P>>;
export async function loadCheckpoint(
  path: string,
  parts: CheckpointParts,
): Promise<Readonly<Record<string, unknown>>> {
  // First of all: a part that cannot be loaded into should not depend on the file.
  const before = encodeParts(path, statesOf(path, parts));
  const saved = decodeParts(path, await read(path));
  const missing = Object.keys(parts).filter((name) => !saved.has(name));
  if (missing.length > 0) {
    throw new CheckpointError(
      `${path}: there is no part ${missing.join(', ')}; it has ${[...saved.keys()].join(', ')}: load those, or save the others`,
    );
  }
  const values: Record<string, unknown> = {};
  const loaded: string[] = [];
  for (const [name, part] of Object.entries(parts)) {
    const { type, state } = saved.get(name)!;
    loaded.push(name);
    try {
      if (isValue(part)) values[name] = sameType(part, state);
      else restore(part, state);
    } catch (error) {
      const original = decodeParts(path, before);
      for (const name of loaded) {
        const part = parts[name]!;
        if (!isValue(part)) restore(part, original.get(name)!.state);
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new CheckpointError(
        `${path}: ${name}, saved from ${type}, does not fit what it is loaded into, ${typeName(part)}; nothing was loaded: ${reason}`,
        { cause: error },
      );
    }
  }
  return values;
}

function statesOf(path: string, parts: CheckpointParts): Map<string, PartState> {
  return new Map(
    Object.entries(parts).map(([name, part]) => [
      name,
      { type: typeName(part), state: stateOf(path, name, part) },
    ]),
  );
}

function stateOf(path: string, name: string, part: CheckpointParts[string]): unknown {
  if (isValue(part)) return part;
  if (typeof part === 'object' && part !== null) {
    if ('stateDict' in part && 'loadStateDict' in part) return part.stateDict();
    if ('getState' in part && 'setState' in part) return part.getState();
  }
  throw new CheckpointError(
    `${path}: ${name}: expected something with stateDict() and loadStateDict(), or getState() and setState(), or a number, ` +
      `text or truth value; got ${typeName(part)}`,
  );
}

function restore(part: Stateful | RandomStateful, state: unknown): void {
  // What a part may be given only the part itself knows: it checks.
  if ('loadStateDict' in part) part.loadStateDict(state as never);
  else part.setState(state as never);
}

function isValue(part: unknown): part is CheckpointValue {
  return typeof part === 'number' || typeof part === 'string' || typeof part === 'boolean';
}

function sameType(example: CheckpointValue, value: unknown): unknown {
  if (typeof value === typeof example) return value;
  throw new TypeError(`expected a ${typeof example}, found ${value === null ? 'null' : `a ${typeof value}`}`);
}

function typeName(part: unknown): string {
  return typeof part === 'object' && part !== null ? part.constructor.name : `a ${typeof part}`;
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFileLimited(path, { maxBytes });
  } catch (error) {
    const missing = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckpointError(missing ? `${path}: no such file: check the path` : reason, { cause: error });
  }
}

/** Removes the temporary files of processes that were killed while they wrote this checkpoint. */
async function removeAbandoned(path: string): Promise<void> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start) || !name.endsWith('.tmp')) continue;
    const file = join(folder, name);
    const modified = (await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - modified > abandonedAfter) await rm(file, { force: true });
  }
}

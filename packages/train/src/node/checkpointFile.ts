import { createHash } from 'node:crypto';
import type { Tensor } from '@tensortape/autograd';
import { parseSafetensors, parseState, SafetensorsError, serializeState } from '@tensortape/nn';
import { putTogether, takeApart } from './stateTree.ts';

/**
 * A checkpoint that cannot be written or read: damaged, of another kind, or not fitting what it is loaded into. The message
 * names the file, the part, and what to do.
 *
 * @example
 * ```ts
 * import { CheckpointError, loadCheckpoint } from '@tensortape/train/node';
 *
 * try {
 *   await loadCheckpoint('nowhere.safetensors', { step: 0 });
 * } catch (error) {
 *   console.log(error instanceof CheckpointError && error.message); // nowhere.safetensors: no such file: check the path
 * }
 * ```
 */
export class CheckpointError extends Error {
  /** `CheckpointError`. */
  override readonly name = 'CheckpointError';
}

/** A part of a checkpoint: its state, and the class it belongs to, for messages. */
export interface PartState {
  readonly type: string;
  readonly state: unknown;
}

/** Where the metadata of the safetensors file hold what is not tensors. */
const [versionKey, stateKey, digestKey] = ['tensortape.checkpoint', 'state', 'sha256'] as const;
const version = '1';

/** The parts as the bytes of a safetensors file: tensors under names such as `model.fc1.weight`, all else in the metadata. */
export function encodeParts(path: string, parts: ReadonlyMap<string, PartState>): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  const json = [...parts].map(([name, { type, state }]) => ({
    name,
    type,
    state: takeApart(
      name,
      state,
      tensors,
      (where, problem) =>
        new CheckpointError(`${path}: ${where}: ${problem}; save tensors, typed arrays and plain data`),
    ),
  }));
  const state = JSON.stringify(json);
  const metadata = new Map([
    [versionKey, version],
    [stateKey, state],
    [digestKey, digestOf(state, tensors)],
  ]);
  try {
    return serializeState(tensors, { metadata });
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new CheckpointError(`${path}: ${error.message}`, { cause: error });
  }
}

/** The reverse of {@link encodeParts}. */
export function decodeParts(path: string, bytes: Uint8Array): Map<string, PartState> {
  const { metadata, tensors } = parse(path, bytes);
  const [found, state, digest] = [versionKey, stateKey, digestKey].map((key) => metadata.get(key));
  if (found === undefined || state === undefined || digest === undefined) {
    throw new CheckpointError(
      `${path}: a safetensors file, but no checkpoint: loadFile reads its tensors, and a model's loadStateDict takes them`,
    );
  }
  if (found !== version) {
    throw new CheckpointError(
      `${path}: a checkpoint of format ${JSON.stringify(found.slice(0, 20))}, where this version of tensortape knows ` +
        `${version}: load it with the version that saved it`,
    );
  }
  if (digestOf(state, tensors) !== digest) throw damaged(path, 'its checksum does not match');
  const fail = (where: string, problem: string) => damaged(path, `${where}: ${problem}`);
  const json: unknown = JSON.parse(state);
  if (!Array.isArray(json)) throw damaged(path, 'its state is no list');
  return new Map(
    json.map(({ name, type, state }): [string, PartState] => [
      String(name),
      { type: String(type), state: putTogether(String(name), state, tensors, fail) },
    ]),
  );
}

function parse(path: string, bytes: Uint8Array) {
  try {
    const { metadata } = parseSafetensors(bytes, { name: path });
    return { metadata, tensors: parseState(bytes, { name: path }) };
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new CheckpointError(`not a checkpoint, or a damaged one: ${error.message}`, { cause: error });
  }
}

const damaged = (path: string, problem: string) =>
  new CheckpointError(`${path}: damaged: ${problem}: take an earlier checkpoint, or copy this one again`);

/** Of everything in a checkpoint but the digest itself: safetensors files have no checksum of their own. */
function digestOf(state: string, tensors: ReadonlyMap<string, Tensor>): string {
  const hash = createHash('sha256').update(state);
  // A file lists its tensors in an order of its own.
  for (const [name, tensor] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const data = tensor.toTypedArray();
    hash.update(JSON.stringify([name, tensor.dtype, tensor.shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

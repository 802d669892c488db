import type { Tensor } from '@tensortape/autograd';
import { writeFileAtomic } from '@tensortape/datasets/node';
import { type ParseOptions, parseState, type SerializeOptions, serializeState } from '../tensorFiles.ts';
import { readFileLimited } from './files.ts';

/**
 * Writes tensors by name, such as a module's `stateDict()`, to a safetensors file, whole or not at all.
 * PyTorch: `safetensors.torch.save_file`.
 *
 * @param path The file; its folder must exist. An existing file is replaced.
 * @param tensors The tensors by name.
 * @param options `metadata`: free-form text to store beside them; `floats`: half precision, see {@link SerializeOptions}.
 *
 * @example
 * ```ts
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { Linear } from '@tensortape/nn';
 * import { loadFile, saveFile } from '@tensortape/nn/node';
 *
 * const net = new Linear(2, 1);
 * const path = join(tmpdir(), 'tensortape-example.safetensors');
 * await saveFile(path, net.stateDict());
 * console.log(net.loadStateDict(await loadFile(path)).missingKeys); // []
 * ```
 */
export async function saveFile(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  options: SerializeOptions = {},
): Promise<void> {
  await writeFileAtomic(path, serializeState(tensors, options));
}

/**
 * Reads the tensors of a safetensors file by name: see {@link parseState} for dtypes and errors.
 * PyTorch: `safetensors.torch.load_file`.
 *
 * @param path The file.
 * @param options `maxBytes`: the largest size to read, 2 GiB unless given; `integers`: see {@link ParseOptions}.
 */
export async function loadFile(
  path: string,
  { maxBytes = 2 ** 31, ...options }: Omit<ParseOptions, 'name'> & { readonly maxBytes?: number } = {},
): Promise<Map<string, Tensor>> {
  return parseState(await readFileLimited(path, { maxBytes }), { ...options, name: path });
}

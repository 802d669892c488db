import type { Tensor } from '@tensortape/autograd';
import { type NpyOptions, parseNpy, serializeNpy } from '../npy.ts';
import { type NpzOptions, parseNpz, serializeNpz } from '../npz.ts';
import { type ReadLimits, readDataFile } from './files.ts';
import { writeFileAtomic } from './writeFile.ts';

/**
 * Reads an `.npy` file: see {@link parseNpy} for dtypes and errors. NumPy: `np.load`.
 *
 * @param path The file; gzip is decompressed.
 * @param options `integers`: what they become; `maxBytes`: the largest size to read.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { tensor } from '@tensortape/autograd';
 * import { readNpy, writeNpy } from '@tensortape/datasets/node';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'tensortape-')), 'x.npy');
 * await writeNpy(path, tensor([1, 2, 3]));
 * console.log((await readNpy(path)).toArray()); // [ 1, 2, 3 ]
 * ```
 */
export async function readNpy(
  path: string,
  { maxBytes, ...options }: Omit<NpyOptions, 'name'> & ReadLimits = {},
): Promise<Tensor> {
  return parseNpy(await readDataFile(path, maxBytes === undefined ? {} : { maxBytes }), {
    ...options,
    name: path,
  });
}

/** Writes a tensor to an `.npy` file, whole or not at all: see {@link serializeNpy}. NumPy: `np.save`. */
export async function writeNpy(path: string, value: Tensor): Promise<void> {
  await writeFileAtomic(path, serializeNpy(value));
}

/**
 * Reads the arrays of an `.npz` file by name: see {@link parseNpz} for dtypes and errors. NumPy: `np.load`.
 *
 * @param path The file.
 * @param options `integers`: what they become; `maxBytes`: the largest size to read, compressed and decompressed.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { tensor } from '@tensortape/autograd';
 * import { readNpz, writeNpz } from '@tensortape/datasets/node';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'tensortape-')), 'data.npz');
 * await writeNpz(path, { x: tensor([1, 2]), y: tensor([0, 1]) });
 * console.log([...(await readNpz(path)).keys()]); // [ 'x', 'y' ]
 * ```
 */
export async function readNpz(
  path: string,
  { maxBytes, ...options }: Omit<NpzOptions, 'name'> = {},
): Promise<Map<string, Tensor>> {
  const limits = maxBytes === undefined ? {} : { maxBytes };
  return parseNpz(await readDataFile(path, limits), { ...options, ...limits, name: path });
}

/**
 * Writes tensors by name to an `.npz` file, whole or not at all: see {@link serializeNpz}. NumPy: `np.savez`.
 *
 * @param path The file; its folder must exist.
 * @param arrays The tensors by name.
 * @param options `compress`: whether to make the file smaller, false unless given.
 */
export async function writeNpz(
  path: string,
  arrays: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
  options: { readonly compress?: boolean } = {},
): Promise<void> {
  await writeFileAtomic(path, serializeNpz(arrays, options));
}

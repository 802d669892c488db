import { ArgumentError, type Tensor } from '@tensortape/autograd';
import { zipSync } from 'fflate';
import { DataFileError } from './errors.ts';
import { type NpyOptions, parseNpy, serializeNpy } from './npy.ts';
import { readZip } from './zip.ts';

/** Options of {@link parseNpz}. */
export interface NpzOptions extends NpyOptions {
  /** The most bytes that the arrays may take decompressed, all together: 512 MiB unless given. */
  readonly maxBytes?: number;
}

/**
 * Reads a file of NumPy's `.npz` format: a zip archive of `.npy` files.
 *
 * @param bytes The whole file.
 * @param options See {@link NpzOptions}.
 * @returns The arrays by name, without `.npy`.
 * @throws {@link DataFileError} for a damaged archive, one that grows beyond the limit, and for what {@link parseNpy} refuses.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { parseNpz, serializeNpz } from '@tensortape/datasets';
 *
 * const bytes = serializeNpz({ x: tensor([1, 2]), y: tensor([0, 1], { dtype: 'int32' }) });
 * const arrays = parseNpz(bytes);
 * console.log([...arrays.keys()], arrays.get('y')?.toArray()); // [ 'x', 'y' ] [ 0, 1 ]
 * ```
 */
export function parseNpz(
  bytes: Uint8Array,
  { name = 'npz', maxBytes = 512 * 2 ** 20, ...options }: NpzOptions = {},
): Map<string, Tensor> {
  const arrays = new Map<string, Tensor>();
  for (const [entry, content] of readZip(bytes, name, maxBytes)) {
    if (!entry.endsWith('.npy')) {
      throw new DataFileError(
        name,
        `entry ${JSON.stringify(entry.slice(0, 100))} is no .npy file`,
        'An .npz holds nothing else: check where it comes from',
      );
    }
    arrays.set(entry.slice(0, -'.npy'.length), parseNpy(content, { ...options, name: `${name}: ${entry}` }));
  }
  return arrays;
}

/**
 * Tensors by name as a file of NumPy's `.npz` format. NumPy: `np.savez`, and `np.savez_compressed`.
 *
 * @param arrays The tensors by name, in a record or a map such as a module's `stateDict()`.
 * @param options `compress`: whether to make the file smaller, false unless given.
 * @throws ArgumentError for an empty name.
 *
 * @example
 * ```ts
 * import { zeros } from '@tensortape/autograd';
 * import { serializeNpz } from '@tensortape/datasets';
 *
 * const arrays = { x: zeros([1000]) };
 * console.log(serializeNpz(arrays).length > 4000, serializeNpz(arrays, { compress: true }).length < 300); // true true
 * ```
 */
export function serializeNpz(
  arrays: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
  { compress = false }: { readonly compress?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const entries = arrays instanceof Map ? [...arrays] : Object.entries(arrays);
  if (entries.some(([key]) => key === '')) {
    throw new ArgumentError('serializeNpz: an array has an empty name; give it one that NumPy can ask for');
  }
  const files = entries.map(([key, value]) => [`${key}.npy`, serializeNpy(value)] as const);
  // The earliest time that zip knows: the same arrays give the same bytes.
  return zipSync(Object.fromEntries(files), { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) });
}

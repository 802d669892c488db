import { type DType, type NumericArray, Tensor, tensor } from '@tensortape/autograd';
import {
  parseSafetensors,
  type SafetensorsDtype,
  type SafetensorsEntry,
  SafetensorsError,
  serializeSafetensors,
  toTypedArray,
} from './safetensors.ts';

const dtypeNames: Readonly<Record<DType, SafetensorsDtype>> = {
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
};

/** Options of {@link serializeState}. */
export interface SerializeOptions {
  /** Free-form text to store beside the tensors. */
  readonly metadata?: ReadonlyMap<string, string>;
}

/**
 * Tensors by name, such as a module's `stateDict()`, as the bytes of a safetensors file, which PyTorch reads too.
 *
 * Errors: {@link SafetensorsError} for a name that cannot be stored.
 *
 * @example
 * ```ts
 * import { Linear, parseState, serializeState } from '@tensortape/nn';
 *
 * const net = new Linear(2, 1);
 * const bytes = serializeState(net.stateDict());
 * net.loadStateDict(parseState(bytes));
 * ```
 */
export function serializeState(
  tensors: ReadonlyMap<string, Tensor>,
  { metadata = new Map() }: SerializeOptions = {},
): Uint8Array {
  const entries = [...tensors].map(([key, value]): [string, SafetensorsEntry<ArrayBufferView>] => {
    if (!(value instanceof Tensor)) {
      throw new SafetensorsError(`tensor '${key}': expected a tensor, got ${typeof value}`);
    }
    return [key, { dtype: dtypeNames[value.dtype], shape: value.shape, data: value.toTypedArray() }];
  });
  return serializeSafetensors(new Map(entries), { metadata });
}

/**
 * The tensors of a safetensors file by name, sorted as the file lists them. float16 and bfloat16 become float32; the
 * integer types but uint8 become int32.
 *
 * Errors: {@link SafetensorsError} for a damaged file, for dtypes without a counterpart (C64, F8), and for integers
 * beyond int32.
 *
 * @param bytes The whole file.
 * @param options `name`: what error messages call the file.
 *
 * @example
 * ```ts
 * import { parseState, serializeState } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const bytes = serializeState(new Map([['scale', tensor([1, 2])]]));
 * console.log(parseState(bytes).get('scale')?.toArray()); // [ 1, 2 ]
 * ```
 */
export function parseState(bytes: Uint8Array, { name = 'safetensors' } = {}): Map<string, Tensor> {
  const { tensors } = parseSafetensors(bytes, { name });
  return new Map([...tensors].map(([key, entry]) => [key, toTensor(`${name}: tensor '${key}'`, entry)]));
}

function toTensor(where: string, entry: SafetensorsEntry): Tensor {
  const { dtype, shape } = entry;
  const values = readValues(where, entry);
  if (values instanceof Float32Array || values instanceof Float64Array || values instanceof Uint8Array) {
    return tensor(values, { shape, ...(dtype === 'BOOL' && { dtype: 'bool' }) });
  }
  return tensor(toInt32(where, dtype, values), { shape });
}

function readValues(where: string, entry: SafetensorsEntry): ReturnType<typeof toTypedArray> {
  try {
    return toTypedArray(entry);
  } catch (error) {
    throw error instanceof SafetensorsError ? new SafetensorsError(`${where}: ${error.message}`) : error;
  }
}

type IntegerArray = Exclude<ReturnType<typeof toTypedArray>, Float32Array | Float64Array | Uint8Array>;

function toInt32(where: string, dtype: SafetensorsDtype, values: IntegerArray): NumericArray {
  if (values instanceof Int32Array) return values;
  const converted = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (value < -(2 ** 31) || value >= 2 ** 31) {
      throw new SafetensorsError(
        `${where}: element ${i} is ${values[i]}, of ${dtype}, which int32 cannot hold (-2147483648 to 2147483647): ` +
          'read it with parseSafetensors and toTypedArray',
      );
    }
    converted[i] = value;
  }
  return converted;
}

import {
  type DType,
  type HalfFormat,
  isFloat,
  type NumericArray,
  Tensor,
  tensor,
  toHalfBits,
} from '@tensortape/autograd';
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

const halfNames: Readonly<Record<HalfFormat, SafetensorsDtype>> = { float16: 'F16', bfloat16: 'BF16' };

/** Options of {@link serializeState}. */
export interface SerializeOptions {
  /** Free-form text to store beside the tensors. */
  readonly metadata?: ReadonlyMap<string, string>;
  /**
   * Store floating point tensors in this format, rounded to the nearest: half the size, and a precision of three digits
   * (float16) or two (bfloat16). Otherwise tensors are stored as they are.
   */
  readonly floats?: HalfFormat;
}

/** Options of {@link parseState}. */
export interface ParseOptions {
  /** What error messages call the file. */
  readonly name?: string;
  /**
   * What integers other than uint8 become: int32 (the default), or float64, which holds them exactly up to 2^53. Never is one
   * cut: those that do not fit are refused.
   */
  readonly integers?: 'int32' | 'float64';
}

/**
 * Tensors by name, such as a module's `stateDict()`, as the bytes of a safetensors file, which PyTorch reads too.
 *
 * Errors: {@link SafetensorsError} for a name that cannot be stored, and for finite numbers that half precision would turn into
 * infinity.
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
  { metadata = new Map(), floats }: SerializeOptions = {},
): Uint8Array<ArrayBuffer> {
  const entries = [...tensors].map(([key, value]): [string, SafetensorsEntry<ArrayBufferView>] => {
    if (!(value instanceof Tensor)) {
      throw new SafetensorsError(`tensor '${key}': expected a tensor, got ${typeof value}`);
    }
    const { shape } = value;
    const data = value.toTypedArray();
    if (floats === undefined || !isFloat(value.dtype))
      return [key, { dtype: dtypeNames[value.dtype], shape, data }];
    return [key, { dtype: halfNames[floats], shape, data: toHalf(key, data, floats) }];
  });
  return serializeSafetensors(new Map(entries), { metadata });
}

function toHalf(key: string, values: NumericArray, format: HalfFormat): Uint16Array {
  const bits = toHalfBits(values, format);
  const infinity = toHalfBits([Number.POSITIVE_INFINITY], format)[0]!;
  const wrong = values.findIndex((value, i) => (bits[i]! & 0x7fff) === infinity && Number.isFinite(value));
  if (wrong >= 0) {
    const remedy = format === 'float16' ? "floats: 'bfloat16' has the range of float32" : 'store it as it is';
    throw new SafetensorsError(
      `tensor '${key}': element ${wrong} is ${values[wrong]}, which ${format} would turn into infinity: ${remedy}`,
    );
  }
  return bits;
}

/**
 * The tensors of a safetensors file by name, sorted as the file lists them. float16 and bfloat16 become float32; the
 * integer types but uint8 become int32, or float64 where asked.
 *
 * Errors: {@link SafetensorsError} for a damaged file, for dtypes without a counterpart (C64, F8), and for integers
 * beyond int32 (or 2^53).
 *
 * @param bytes The whole file.
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
export function parseState(
  bytes: Uint8Array,
  { name = 'safetensors', integers = 'int32' }: ParseOptions = {},
): Map<string, Tensor> {
  if (integers !== 'int32' && integers !== 'float64') {
    throw new SafetensorsError(`parseState: expected integers to be 'int32' or 'float64', got '${integers}'`);
  }
  const { tensors } = parseSafetensors(bytes, { name });
  return new Map(
    [...tensors].map(([key, entry]) => [key, toTensor(`${name}: tensor '${key}'`, entry, integers)]),
  );
}

function toTensor(where: string, entry: SafetensorsEntry, integers: 'int32' | 'float64'): Tensor {
  const { dtype, shape } = entry;
  const values = readValues(where, entry);
  if (values instanceof Float32Array || values instanceof Float64Array || values instanceof Uint8Array) {
    return tensor(values, { shape, ...(dtype === 'BOOL' && { dtype: 'bool' }) });
  }
  return tensor(toNumbers(where, dtype, values, integers), { shape });
}

function readValues(where: string, entry: SafetensorsEntry): ReturnType<typeof toTypedArray> {
  try {
    return toTypedArray(entry);
  } catch (error) {
    throw error instanceof SafetensorsError ? new SafetensorsError(`${where}: ${error.message}`) : error;
  }
}

type IntegerArray = Exclude<ReturnType<typeof toTypedArray>, Float32Array | Float64Array | Uint8Array>;

/** The range of whole numbers that a dtype holds exactly, and in words. */
const ranges = {
  int32: [-(2 ** 31), 2 ** 31 - 1, '-2147483648 to 2147483647'],
  float64: [-(2 ** 53), 2 ** 53, 'exactly only up to 2^53'],
} as const;

function toNumbers(
  where: string,
  dtype: SafetensorsDtype,
  values: IntegerArray,
  into: 'int32' | 'float64',
): NumericArray {
  const [low, high, legal] = ranges[into];
  const converted = into === 'int32' ? new Int32Array(values.length) : new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    // A bigint is compared as it is: 2^53 + 1 would be rounded to 2^53.
    const value = values[i]!;
    if (value < low || value > high) {
      const wider = into === 'int32' ? "integers: 'float64' reads up to 2^53, and " : '';
      throw new SafetensorsError(
        `${where}: element ${i} is ${value}, of ${dtype}, which ${into} cannot hold (${legal}): ${wider}` +
          'parseSafetensors and toTypedArray read it whole',
      );
    }
    converted[i] = Number(value);
  }
  return converted;
}

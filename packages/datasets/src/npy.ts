import {
  ArgumentError,
  type DType,
  fromHalfBits,
  type NumericArray,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { DataFileError } from './errors.ts';
import { type NpyHeader, readNpyHeader } from './npyHeader.ts';

/** Options of {@link parseNpy}. */
export interface NpyOptions {
  /** What error messages call the file. */
  readonly name?: string;
  /**
   * What integers other than uint8 become: int32 (the default), or float64, which holds them exactly up to 2^53. Never is one
   * cut: those that do not fit are refused.
   */
  readonly integers?: 'int32' | 'float64';
}

/** How NumPy calls the dtypes of tensors. */
const descriptions: Readonly<Record<DType, string>> = {
  float32: '<f4',
  float64: '<f8',
  int32: '<i4',
  uint8: '|u1',
  bool: '|b1',
};

/** Reads one element. */
type Read = (view: DataView, at: number, little: boolean) => number | bigint;

/** The kinds of integers that become int32 or float64. */
const integers: Readonly<Record<string, Read>> = {
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => view.getBigInt64(at, little),
  u8: (view, at, little) => view.getBigUint64(at, little),
};

/**
 * Reads a file of NumPy's `.npy` format, versions 1 to 3. float16 becomes float32; the integer types but uint8 become int32, or
 * float64 where asked; Fortran order and big-endian numbers are put right. Nothing in the file is executed.
 *
 * @param bytes The whole file.
 * @param options See {@link NpyOptions}.
 * @throws {@link DataFileError} for a damaged file, for types without a counterpart (complex numbers, texts, dates, records, Python
 *   objects), and for integers that do not fit.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { parseNpy, serializeNpy } from '@tensortape/datasets';
 *
 * const bytes = serializeNpy(tensor([[1, 2], [3, 4]]));
 * console.log(new TextDecoder().decode(bytes.subarray(10, 68))); // {'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }
 * console.log(parseNpy(bytes).toArray()); // [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export function parseNpy(
  bytes: Uint8Array,
  { name = 'npy', integers: into = 'int32' }: NpyOptions = {},
): Tensor {
  if (into !== 'int32' && into !== 'float64') {
    throw new ArgumentError(`parseNpy: integers must be 'int32' or 'float64', got ${String(into)}`);
  }
  const header = readNpyHeader(bytes, name);
  const values = readElements(bytes, header, name, into);
  const dtype = header.kind === 'b1' ? ({ dtype: 'bool' } as const) : {};
  if (!header.fortranOrder) return tensor(values, { shape: header.shape, ...dtype });
  const axes = header.shape.map((_, axis) => axis).reverse();
  return tensor(values, { shape: [...header.shape].reverse(), ...dtype })
    .permute(axes)
    .contiguous();
}

function readElements(
  bytes: Uint8Array,
  { kind, little, size, count, start }: NpyHeader,
  name: string,
  into: 'int32' | 'float64',
): NumericArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * size);
  switch (kind) {
    case 'f8':
      return new Float64Array(count).map((_, i) => view.getFloat64(8 * i, little));
    case 'f4':
      return copyFloats(view, count, little);
    case 'f2':
      return fromHalfBits(
        new Uint16Array(count).map((_, i) => view.getUint16(2 * i, little)),
        'float16',
      );
    case 'u1':
      return bytes.slice(start, start + count);
    case 'b1': {
      const values = bytes.slice(start, start + count);
      const wrong = values.findIndex((value) => value > 1);
      if (wrong < 0) return values;
      throw new DataFileError(
        name,
        `element ${wrong} is ${values[wrong]}, where a truth value is 0 or 1`,
        'The file is damaged: copy or write it again',
      );
    }
  }
  const read = integers[kind]!;
  const [low, high] = into === 'int32' ? [-(2 ** 31), 2 ** 31 - 1] : [-(2 ** 53), 2 ** 53];
  const values = into === 'int32' ? new Int32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // A bigint is compared as it is: 2^53 + 1 would be rounded to 2^53.
    const value = read(view, size * i, little);
    if (value < low || value > high) {
      throw new DataFileError(
        name,
        `element ${i} is ${value}, which ${into} cannot hold`,
        into === 'int32'
          ? "Pass integers: 'float64', which holds integers up to 2^53"
          : 'Convert it in NumPy, to float64 or to two arrays, before saving',
      );
    }
    values[i] = Number(value);
  }
  return values;
}

/** The bits of float32 numbers as they are: a NaN keeps its payload. */
function copyFloats(view: DataView, count: number, little: boolean): Float32Array {
  const bits = new Uint32Array(count).map((_, i) => view.getUint32(4 * i, little));
  return new Float32Array(bits.buffer);
}

/**
 * A tensor as a file of NumPy's `.npy` format: float32, float64, int32, uint8 or bool, in C order, version 1. NumPy: `np.save`.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { serializeNpy } from '@tensortape/datasets';
 *
 * console.log(serializeNpy(tensor([1, 2, 3])).length); // 140
 * ```
 */
export function serializeNpy(value: Tensor): Uint8Array<ArrayBuffer> {
  const { dtype, shape } = value;
  // A tuple of one has a comma in Python.
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descriptions[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const before = 10;
  const start = Math.ceil((before + text.length + 1) / 64) * 64;
  const data = value.toTypedArray();
  const file = new Uint8Array(start + data.byteLength);
  file.set([0x93, ...encode('NUMPY'), 1, 0]);
  new DataView(file.buffer).setUint16(8, start - before, true);
  file.set(encode(`${text.padEnd(start - before - 1)}\n`), before);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return file;
}

const encode = (text: string) => new TextEncoder().encode(text);

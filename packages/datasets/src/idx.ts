import { DataFileError } from './errors.ts';

/** A parsed IDX file; `dtype` tells which typed array `data` is. See {@link parseIdx}. */
export type IdxFile = {
  [K in keyof IdxArrays]: {
    /** The element type that the file declares. */
    dtype: K;
    /** The file's dimensions, outermost first; `[60000, 28, 28]` for MNIST's training images. */
    shape: number[];
    /** The elements in row-major order, as many as the product of `shape`. */
    data: IdxArrays[K];
  };
}[keyof IdxArrays];

/** The element types of the IDX format and the typed array that holds each. */
export type IdxArrays = {
  /** Type code 0x08. */
  uint8: Uint8Array;
  /** Type code 0x09. */
  int8: Int8Array;
  /** Type code 0x0b. */
  int16: Int16Array;
  /** Type code 0x0c. */
  int32: Int32Array;
  /** Type code 0x0d. */
  float32: Float32Array;
  /** Type code 0x0e. */
  float64: Float64Array;
};

const elementTypes = new Map<number, { dtype: keyof IdxArrays; size: number }>([
  [0x08, { dtype: 'uint8', size: 1 }],
  [0x09, { dtype: 'int8', size: 1 }],
  [0x0b, { dtype: 'int16', size: 2 }],
  [0x0c, { dtype: 'int32', size: 4 }],
  [0x0d, { dtype: 'float32', size: 4 }],
  [0x0e, { dtype: 'float64', size: 8 }],
]);

const knownTypes = [...elementTypes].map(([code, { dtype }]) => `${hex(code)} ${dtype}`).join(', ');
const cutShort = 'The file is cut short: copy or download it again';

/**
 * Reads an IDX file, the format of MNIST and its relatives.
 *
 * The format: two zero bytes, a type code, the number of dimensions, each dimension as a big-endian uint32, then
 * the elements in row-major order, big-endian (<http://yann.lecun.com/exdb/mnist>). The file must hold exactly the
 * elements that its header declares, so what is allocated is bounded by what is passed in.
 *
 * @param bytes The whole file, already decompressed. One-byte elements are returned as a view on this array.
 * @param options `name`: what error messages call the file.
 * @returns dtype, shape and elements.
 * @throws {@link DataFileError} when the header is not IDX, or the length disagrees with the declared dimensions.
 *
 * @example
 * ```ts
 * import { parseIdx } from '@tensortape/datasets';
 *
 * const bytes = new Uint8Array([0, 0, 0x08, 1, 0, 0, 0, 3, 7, 2, 1]);
 * const { dtype, shape, data } = parseIdx(bytes, { name: 'labels.idx' });
 * console.log(dtype, shape, [...data]); // uint8 [ 3 ] [ 7, 2, 1 ]
 * ```
 */
export function parseIdx(bytes: Uint8Array, { name }: { name: string }): IdxFile {
  const fail = (problem: string, remedy: string) => new DataFileError(name, problem, remedy);

  if (bytes.length < 4) {
    throw fail(`expected an IDX file with a header of at least 4 bytes, found ${bytes.length}`, cutShort);
  }
  const [zero0, zero1, typeCode, rank] = [bytes[0]!, bytes[1]!, bytes[2]!, bytes[3]!];
  if (zero0 === 0x1f && zero1 === 0x8b) {
    throw fail('expected an IDX file, found gzip data', 'Decompress it first, or read it with readDataFile');
  }
  if (zero0 !== 0 || zero1 !== 0) {
    const found = `${hex(zero0)} ${hex(zero1)}`;
    throw fail(
      `expected an IDX file, which starts with the bytes 0x00 0x00, found ${found}`,
      'It is another kind of file, or damaged: check where it comes from',
    );
  }
  const elementType = elementTypes.get(typeCode);
  if (elementType === undefined) {
    throw fail(
      `expected an IDX type code (${knownTypes}), found ${hex(typeCode)}`,
      'It is another kind of file, or damaged: check where it comes from',
    );
  }
  if (rank === 0) {
    throw fail(
      'expected at least 1 dimension, found 0',
      'The header is damaged: copy or download the file again',
    );
  }

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    throw fail(`expected a header of ${start} bytes for ${rank} dimensions, found ${bytes.length}`, cutShort);
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const { dtype, size } = elementType;
  const count = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
  const expected = start + count * size;
  if (expected !== bytes.length) {
    const declared = `shape [${shape.join(', ')}] of ${dtype} takes ${expected} bytes with its header`;
    throw fail(
      `${declared}, found ${bytes.length}`,
      bytes.length < expected ? cutShort : 'Bytes follow the last element: copy or download the file again',
    );
  }
  return { shape, ...readElements(dtype, view, start, count) };
}

function readElements(dtype: keyof IdxArrays, view: DataView, start: number, count: number) {
  const { buffer, byteOffset } = view;
  switch (dtype) {
    case 'uint8':
      return { dtype, data: new Uint8Array(buffer, byteOffset + start, count) };
    case 'int8':
      return { dtype, data: new Int8Array(buffer, byteOffset + start, count) };
    case 'int16':
      return { dtype, data: new Int16Array(count).map((_, i) => view.getInt16(start + 2 * i)) };
    case 'int32':
      return { dtype, data: new Int32Array(count).map((_, i) => view.getInt32(start + 4 * i)) };
    case 'float32':
      return { dtype, data: new Float32Array(count).map((_, i) => view.getFloat32(start + 4 * i)) };
    case 'float64':
      return { dtype, data: new Float64Array(count).map((_, i) => view.getFloat64(start + 8 * i)) };
  }
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

import { fromHalfBits } from '@tensortape/autograd';
import { readHeader } from './safetensorsHeader.ts';

/** The element types of the safetensors format that take whole bytes. */
export type SafetensorsDtype =
  | 'BOOL'
  | 'U8'
  | 'I8'
  | 'F8_E5M2'
  | 'F8_E4M3'
  | 'F8_E8M0'
  | 'I16'
  | 'U16'
  | 'F16'
  | 'BF16'
  | 'I32'
  | 'U32'
  | 'F32'
  | 'C64'
  | 'F64'
  | 'I64'
  | 'U64';

/** In the order by which the official writer sorts; it puts the last one first. */
const dtypes: readonly SafetensorsDtype[] = [
  'BOOL',
  'U8',
  'I8',
  'F8_E5M2',
  'F8_E4M3',
  'F8_E8M0',
  'I16',
  'U16',
  'F16',
  'BF16',
  'I32',
  'U32',
  'F32',
  'C64',
  'F64',
  'I64',
  'U64',
];

/** A tensor as a safetensors file stores it. */
export interface SafetensorsEntry<Data extends ArrayBufferView = Uint8Array> {
  /** The element type. */
  dtype: SafetensorsDtype;
  /** The dimensions; `[]` for a scalar, and any of them may be 0. */
  shape: readonly number[];
  /** The elements in row-major order, little-endian. */
  data: Data;
}

/** A parsed safetensors file; see {@link parseSafetensors}. */
export interface SafetensorsFile {
  /** The tensors by name, in the header's order. */
  tensors: Map<string, SafetensorsEntry>;
  /** The free-form text under `__metadata__`; empty where the file has none. */
  metadata: Map<string, string>;
}

/**
 * Safetensors data that breaks the format's rules, or tensors that it cannot store. The message says what and where.
 *
 * @example
 * ```ts
 * import { parseSafetensors, SafetensorsError } from '@tensortape/nn';
 *
 * try {
 *   parseSafetensors(new Uint8Array(3), { name: 'model.safetensors' });
 * } catch (error) {
 *   console.log(error instanceof SafetensorsError); // true
 * }
 * ```
 */
export class SafetensorsError extends Error {
  /** `SafetensorsError`. */
  override readonly name = 'SafetensorsError';
}

/** The official limit on the header's length, in bytes. */
const maxHeaderBytes = 100_000_000;
const lengthBytes = 8;
const cutShort = 'the file is cut short: copy or download it again';
const damaged = 'the file is damaged, or was not written by a safetensors writer: copy or write it again';

/**
 * Reads a safetensors file (<https://huggingface.co/docs/safetensors>), the format that PyTorch models are shared in.
 *
 * Everything in the file is checked before anything is returned: the header's length and JSON, doubled names, dtypes,
 * shapes against spans, and that the spans cover the data without hole or overlap. Values are not looked at.
 *
 * @param bytes The whole file. The tensors' data are views on it, not copies, at any alignment; {@link toTypedArray}
 *   turns them into typed arrays.
 * @param options `name`: what error messages call the file.
 * @throws {@link SafetensorsError} when the file breaks a rule of the format.
 *
 * @example
 * ```ts
 * import { parseSafetensors, serializeSafetensors, toTypedArray } from '@tensortape/nn';
 *
 * const bias = { dtype: 'F32', shape: [2], data: Float32Array.of(0.5, -1) } as const;
 * const { tensors } = parseSafetensors(serializeSafetensors(new Map([['fc1.bias', bias]])));
 * console.log(toTypedArray(tensors.get('fc1.bias')!)); // Float32Array(2) [ 0.5, -1 ]
 * ```
 */
export function parseSafetensors(bytes: Uint8Array, { name = 'safetensors' } = {}): SafetensorsFile {
  const fail = (problem: string, remedy: string) => new SafetensorsError(`${name}: ${problem}: ${remedy}`);

  if (bytes.length < lengthBytes) {
    throw fail(`expected at least ${lengthBytes} bytes, found ${bytes.length}`, cutShort);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true);
  if (headerBytes > maxHeaderBytes) {
    throw fail(
      `expected a header of at most ${maxHeaderBytes} bytes, found a length of ${headerBytes}`,
      'it is damaged or another kind of file: check where it comes from',
    );
  }
  const dataStart = lengthBytes + headerBytes;
  if (dataStart > bytes.length) {
    throw fail(`expected a header of ${headerBytes} bytes, found ${bytes.length - lengthBytes}`, cutShort);
  }

  const header = readHeader(bytes.subarray(lengthBytes, dataStart), (problem) => fail(problem, damaged));
  const dataBytes = bytes.length - dataStart;
  const tensors = new Map<string, SafetensorsEntry>();
  for (const [key, { dtype: dtypeName, shape, begin, end }] of header.tensors) {
    const tensor = `tensor ${quote(key)}`;
    const dtype = dtypes.find((known) => known === dtypeName);
    if (dtype === undefined) {
      throw fail(
        `${tensor}: expected a dtype among ${dtypes.join(', ')}, found ${quote(dtypeName)}`,
        damaged,
      );
    }
    if (begin > end || end > dataBytes) {
      const remedy = begin > end ? damaged : cutShort;
      throw fail(
        `${tensor}: expected a span within ${dataBytes} data bytes, found [${begin}, ${end}]`,
        remedy,
      );
    }
    const size = byteSize(dtype, shape);
    if (size !== end - begin) {
      throw fail(
        `${tensor}: ${dtype} [${shape.join(', ')}] takes ${size} bytes, found a span of ${end - begin}`,
        damaged,
      );
    }
    tensors.set(key, {
      dtype,
      shape,
      data: new Uint8Array(bytes.buffer, bytes.byteOffset + dataStart + begin, size),
    });
  }

  let covered = 0;
  const spans = [...header.tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [key, { begin, end }] of spans) {
    if (begin !== covered) {
      const flaw = begin > covered ? 'a hole' : 'an overlap';
      throw fail(
        `tensor ${quote(key)}: expected to begin at byte ${covered}, found ${begin}: ${flaw}`,
        damaged,
      );
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    throw fail(`expected ${covered} data bytes, found ${dataBytes} (a hole at the end)`, damaged);
  }
  return { tensors, metadata: header.metadata };
}

/**
 * Writes a safetensors file, byte for byte as the official writer does: tensors by falling dtype size and then by name,
 * the header padded with spaces so that the data begin at a multiple of 8.
 *
 * @param tensors The tensors by name. Each `data` is taken as it lies in memory, which is little-endian on the machines
 *   that Node and browsers run on, save rare big-endian ones (s390x): swap the bytes there.
 * @param options `metadata`: free-form text to store beside the tensors, such as `format: 'pt'`.
 * @returns The whole file.
 * @throws {@link SafetensorsError} when a shape and its data disagree, or a name cannot be stored.
 *
 * @example
 * ```ts
 * import { serializeSafetensors } from '@tensortape/nn';
 *
 * const weight = { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, 2) } as const;
 * const bytes = serializeSafetensors(new Map([['weight', weight]]));
 * console.log(new TextDecoder().decode(bytes.subarray(8, 72)).trim());
 * // {"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}
 * ```
 */
export function serializeSafetensors(
  tensors: ReadonlyMap<string, SafetensorsEntry<ArrayBufferView>>,
  { metadata = new Map() }: { metadata?: ReadonlyMap<string, string> } = {},
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      dtypes.indexOf(b.dtype) - dtypes.indexOf(a.dtype) || compareCodePoints(nameA, nameB),
  );

  const fields: string[] = [];
  if (metadata.size > 0) {
    const texts = [...metadata].map(([key, text]) => `${toJson(key)}:${toJson(text)}`);
    fields.push(`"__metadata__":{${texts.join(',')}}`);
  }
  let end = 0;
  for (const [key, entry] of sorted) {
    checkEntry(key, entry);
    const { dtype, shape, data } = entry;
    const begin = end;
    end += data.byteLength;
    fields.push(
      `${toJson(key)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${begin},${end}]}`,
    );
  }
  const json = encoder.encode(`{${fields.join(',')}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  if (headerBytes > maxHeaderBytes) {
    throw new SafetensorsError(
      `the header takes ${headerBytes} bytes, more than the format's limit of ${maxHeaderBytes}: store fewer tensors`,
    );
  }

  const file = new Uint8Array(lengthBytes + headerBytes + end);
  new DataView(file.buffer).setUint32(0, headerBytes, true);
  file.set(json, lengthBytes);
  file.fill(0x20, lengthBytes + json.length, lengthBytes + headerBytes);
  let position = lengthBytes + headerBytes;
  for (const [, { data }] of sorted) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

const arrays = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
};

/**
 * Copies a stored tensor's elements into a typed array of their own.
 *
 * @param entry The tensor, as {@link parseSafetensors} returns it.
 * @returns The array that holds the dtype without loss: F64 a Float64Array, F32, F16 and BF16 a Float32Array, I64 a
 *   BigInt64Array, and so on; U8 and BOOL (0 or 1) a Uint8Array.
 * @throws {@link SafetensorsError} for dtypes that JavaScript has no array for (C64, F8), and for BOOL bytes beyond 1.
 *
 * @example
 * ```ts
 * import { toTypedArray } from '@tensortape/nn';
 *
 * const one = { dtype: 'BF16', shape: [], data: Uint8Array.of(0x80, 0x3f) } as const;
 * console.log(toTypedArray(one)); // Float32Array(1) [ 1 ]
 * ```
 */
export function toTypedArray({ dtype, shape, data }: SafetensorsEntry) {
  const aligned = new Uint8Array(data).buffer;
  switch (dtype) {
    case 'F16':
      return fromHalfBits(new Uint16Array(aligned), 'float16');
    case 'BF16':
      return fromHalfBits(new Uint16Array(aligned), 'bfloat16');
    case 'C64':
    case 'F8_E5M2':
    case 'F8_E4M3':
    case 'F8_E8M0':
      throw new SafetensorsError(
        `${dtype} [${shape.join(', ')}]: JavaScript has no array for this dtype: convert it before saving`,
      );
    case 'BOOL': {
      const wrong = data.findIndex((byte) => byte > 1);
      if (wrong >= 0) {
        const place = `element ${wrong} of BOOL [${shape.join(', ')}]`;
        throw new SafetensorsError(`${place}: expected 0 or 1, found ${data[wrong]}: ${damaged}`);
      }
    }
  }
  return new arrays[dtype](aligned);
}

function checkEntry(key: string, { dtype, shape, data }: SafetensorsEntry<ArrayBufferView>): void {
  const tensor = `tensor ${quote(key)}`;
  if (key === '__metadata__') {
    throw new SafetensorsError(
      `${tensor}: the format keeps this name for text: pass it as metadata, or rename it`,
    );
  }
  if (!dtypes.includes(dtype)) {
    throw new SafetensorsError(`${tensor}: expected a dtype among ${dtypes.join(', ')}, got ${quote(dtype)}`);
  }
  const wrong = shape.find((length) => !Number.isSafeInteger(length) || length < 0);
  if (wrong !== undefined) {
    throw new SafetensorsError(
      `${tensor}: expected non-negative integers as shape, got [${shape.join(', ')}]`,
    );
  }
  const size = byteSize(dtype, shape);
  if (size !== data.byteLength) {
    throw new SafetensorsError(
      `${tensor}: ${dtype} [${shape.join(', ')}] takes ${size} bytes, got ${data.byteLength}: check shape and dtype`,
    );
  }
}

function byteSize(dtype: SafetensorsDtype, shape: readonly number[]): number {
  const size = dtype === 'BOOL' ? 1 : Number(/\d+/.exec(dtype)![0]) / 8;
  return shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, size);
}

/** As the official writer compares UTF-8; JavaScript's own order differs beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const [pointsA, pointsB] = [Array.from(a), Array.from(b)];
  const differing = pointsA.findIndex((point, i) => point !== pointsB[i]);
  if (differing < 0) return pointsA.length - pointsB.length;
  return pointsA[differing]!.codePointAt(0)! - (pointsB[differing]?.codePointAt(0) ?? -1);
}

function toJson(text: string): string {
  if (/\p{Surrogate}/u.test(text)) {
    throw new SafetensorsError(
      `${quote(text)}: expected text that UTF-8 can hold, found half a surrogate pair`,
    );
  }
  return JSON.stringify(text);
}

/** For messages: names from a hostile file may be of any length. */
function quote(text: string): string {
  return text.length > 100 ? `${JSON.stringify(text.slice(0, 100))}...` : JSON.stringify(text);
}

import { DataFileError } from './errors.ts';

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  /** A letter for the kind of number and its size in bytes: `f4`. */
  readonly kind: NpyKind;
  readonly little: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Bytes of an element, elements, and where the first of them begins. */
  readonly size: number;
  readonly count: number;
  readonly start: number;
}

const kinds = ['b1', 'u1', 'i1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f2', 'f4', 'f8'] as const;

/** The kinds of elements that are read. */
export type NpyKind = (typeof kinds)[number];

const cutShort = 'The file is cut short: copy or download it again';
const damaged = 'The file is damaged, or was not written by NumPy: copy or write it again';
/** NumPy's own limit. */
const maxRank = 64;

/** One entry of the dict: a key, and a text, a truth value, a tuple of integers, or (of records) a list. */
const entry =
  /\s*(['"])(\w+)\1\s*:\s*(?:(['"])([^'"]*)\3|(True|False)|\(((?:\s*\d+L?\s*,)*\s*(?:\d+L?\s*)?)\)|(\[))/y;

/**
 * Reads the header, and finds out whether the elements are all there. It is the text of a Python dict; this reader takes the form
 * that NumPy writes and no other.
 */
export function readNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const fail = (problem: string, remedy: string) => new DataFileError(name, problem, remedy);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (!magic.every((byte, i) => bytes[i] === byte)) {
    throw fail(
      'expected a .npy file, which starts with \\x93NUMPY',
      'It is another kind of file, or damaged: check where it comes from (an .npz is read by readNpz)',
    );
  }
  const version = bytes[6];
  if (version !== 1 && version !== 2 && version !== 3) {
    throw fail(`expected version 1, 2 or 3 of the .npy format, found ${version}`, damaged);
  }
  const before = version === 1 ? 10 : 12;
  if (bytes.length < before) throw fail(`expected at least ${before} bytes, found ${bytes.length}`, cutShort);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = before + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length) {
    throw fail(`expected a header of ${start} bytes, found ${bytes.length}`, cutShort);
  }

  // Version 3 is in UTF-8, the others in latin1; what is taken from either is ASCII.
  const fields = readDict(new TextDecoder('latin1').decode(bytes.subarray(before, start)));
  const { descr, fortran_order: fortranOrder, shape } = fields ?? {};
  if (typeof descr !== 'string' || typeof fortranOrder !== 'boolean' || !Array.isArray(shape)) {
    throw fail(
      descr === records
        ? 'an array of records, which no tensor can hold'
        : 'expected a header with descr, fortran_order and shape, found another',
      descr === records ? 'Save its fields one by one' : damaged,
    );
  }
  const [, order, type] = /^([<>|=])?(.*)$/s.exec(descr)!;
  const kind = kinds.find((known) => known === type);
  if (kind === undefined) {
    const isObject = type === 'O';
    throw fail(
      `elements of type ${JSON.stringify(descr.slice(0, 30))}${isObject ? ', Python objects, which are never read' : ', which no tensor can hold'}`,
      'Convert the array in NumPy, as with a.astype("float64"), before saving',
    );
  }
  if (shape.length > maxRank)
    throw fail(`expected at most ${maxRank} dimensions, found ${shape.length}`, damaged);
  const size = Number(kind[1]);
  const count = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
  const expected = start + count * size;
  if (!shape.every(Number.isSafeInteger) || expected !== bytes.length) {
    throw fail(
      `shape [${shape.join(', ')}] of ${kind} takes ${expected} bytes with its header, found ${bytes.length}`,
      expected > bytes.length ? cutShort : 'Bytes follow the last element: copy or write the file again',
    );
  }
  return { kind, little: order !== '>', fortranOrder, shape, size, count, start };
}

/** Stands for the description of an array of records. */
const records = Symbol('records');

/** The entries of a dict that holds nothing twice; undefined for any other text. */
function readDict(
  text: string,
): Readonly<Record<string, string | boolean | number[] | typeof records>> | undefined {
  const fields: Record<string, string | boolean | number[] | typeof records> = Object.create(null);
  const open = /^\s*\{/.exec(text);
  if (open === null) return undefined;
  let at = open[0].length;
  for (;;) {
    entry.lastIndex = at;
    const found = entry.exec(text);
    if (found === null) break;
    const [whole, , key, , word, truth, tuple, list] = found;
    if (key! in fields) return undefined;
    if (list !== undefined) return { ...fields, [key!]: records };
    if (word !== undefined) fields[key!] = word;
    else if (truth !== undefined) fields[key!] = truth === 'True';
    else fields[key!] = [...tuple!.matchAll(/\d+/g)].map(Number);
    at += whole.length;
    const comma = /^\s*,/.exec(text.slice(at, at + 20));
    if (comma === null) break;
    at += comma[0].length;
  }
  return /^\s*\}\s*$/.test(text.slice(at)) ? fields : undefined;
}

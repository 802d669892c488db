import { DataFileError } from './errors.ts';

/** A NumPy array in a pickle: its elements as they lie in the file. */
export class NumpyArray {
  /** NumPy's code of the element type: `u1` for uint8. */
  dtype = '';
  /** The length of each axis. */
  shape: readonly number[] = [];
  /** Whether the elements lie column by column. */
  fortran = false;
  /** The elements, a view on the input. */
  bytes: Uint8Array = new Uint8Array(0);
}

class NumpyDType {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}
/** A function or class that the pickle names. None is looked up: the names below stand for themselves. */
class Global {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
const mark = Symbol('mark');

const reconstruct = ['numpy.core.multiarray _reconstruct', 'numpy._core.multiarray _reconstruct'];
const allowed = new Set([...reconstruct, 'numpy ndarray', 'numpy dtype']);

/**
 * Reads the part of Python's pickle format (protocols 2 and 3) that plain data and NumPy arrays need. Nothing is executed
 * and nothing imported: a pickle that names anything but NumPy's arrays and dtypes is refused.
 *
 * @param bytes The whole file.
 * @param options `name`: what error messages call the file.
 * @returns None as null, numbers, booleans, text as strings, byte strings as views on `bytes`, lists and tuples as arrays,
 * dicts as maps whose keys, if byte strings, became text, and {@link NumpyArray}s.
 * @throws {@link DataFileError} for anything else, and for damage.
 */
export function parsePickle(bytes: Uint8Array, { name }: { name: string }): unknown {
  return new Unpickler(bytes, name).run();
}

class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  #at = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
  }

  run(): unknown {
    if (this.#byte() !== 0x80 || ![2, 3].includes(this.#byte())) {
      throw this.#fail(
        'expected a pickle of protocol 2 or 3, found something else',
        'Write it with pickle.dump(data, file, protocol=3)',
      );
    }
    for (;;) {
      const at = this.#at;
      const opcode = String.fromCharCode(this.#byte());
      if (opcode === '.') return this.#pop();
      this.#step(opcode, at);
    }
  }

  #step(opcode: string, at: number): void {
    const stack = this.#stack;
    switch (opcode) {
      case '(':
        stack.push(mark);
        break;
      case '}':
        stack.push(new Map());
        break;
      case ']':
        stack.push([]);
        break;
      case ')':
        stack.push([]);
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 'K':
        stack.push(this.#byte());
        break;
      case 'M':
        stack.push(this.#view.getUint16(this.#skip(2), true));
        break;
      case 'J':
        stack.push(this.#view.getInt32(this.#skip(4), true));
        break;
      case 'G':
        stack.push(this.#view.getFloat64(this.#skip(8)));
        break;
      case 'U':
      case 'C':
        stack.push(this.#take(this.#byte()));
        break;
      case 'T':
      case 'B':
        stack.push(this.#take(this.#length()));
        break;
      case 'X':
        stack.push(new TextDecoder().decode(this.#take(this.#length())));
        break;
      case 'q':
        this.#memo.set(this.#byte(), stack.at(-1));
        break;
      case 'r':
        this.#memo.set(this.#length(), stack.at(-1));
        break;
      case 'h':
        stack.push(this.#remembered(this.#byte()));
        break;
      case 'j':
        stack.push(this.#remembered(this.#length()));
        break;
      case 't':
        stack.push(this.#popToMark());
        break;
      case '\x85':
        stack.push(this.#popMany(1));
        break;
      case '\x86':
        stack.push(this.#popMany(2));
        break;
      case '\x87':
        stack.push(this.#popMany(3));
        break;
      case 'a':
        this.#append(this.#popMany(1));
        break;
      case 'e':
        this.#append(this.#popToMark());
        break;
      case 's':
        this.#setItems(this.#popMany(2));
        break;
      case 'u':
        this.#setItems(this.#popToMark());
        break;
      case 'c':
        stack.push(this.#global());
        break;
      case 'R':
        stack.push(this.#reduce());
        break;
      case 'b':
        this.#build();
        break;
      default:
        throw this.#fail(
          `the pickle has the opcode 0x${opcode.charCodeAt(0).toString(16).padStart(2, '0')} at byte ${at}, which plain ` +
            'data and NumPy arrays do not need',
        );
    }
  }

  #global(): Global {
    const name = `${this.#line()} ${this.#line()}`;
    if (!allowed.has(name)) {
      throw this.#fail(
        `the pickle names ${JSON.stringify(name.slice(0, 80))}, which reading data does not need`,
        'It would run code if Python loaded it: do not trust where it comes from',
      );
    }
    return new Global(name);
  }

  #reduce(): NumpyArray | NumpyDType {
    const args = this.#pop();
    const callee = this.#pop();
    if (callee instanceof Global && Array.isArray(args)) {
      if (reconstruct.includes(callee.name)) return new NumpyArray();
      const code = asText(args[0]);
      if (callee.name === 'numpy dtype' && code !== undefined) return new NumpyDType(code);
    }
    throw this.#fail('the pickle calls something that is no array or dtype');
  }

  #build(): void {
    const state = this.#pop();
    const object = this.#stack.at(-1);
    // The state of a dtype is its byte order and fields, of which single bytes have none.
    if (object instanceof NumpyDType) return;
    if (!(object instanceof NumpyArray) || !Array.isArray(state)) {
      throw this.#fail('the pickle fills something that is no array or dtype');
    }
    const [, shape, dtype, fortran, bytes] = state;
    if (!isShape(shape) || !(dtype instanceof NumpyDType) || !(bytes instanceof Uint8Array)) {
      throw this.#fail('the pickle has an array without shape, dtype or elements');
    }
    object.shape = shape;
    object.dtype = dtype.code;
    object.fortran = fortran === true || fortran === 1;
    object.bytes = bytes;
  }

  #append(items: readonly unknown[]): void {
    const list = this.#stack.at(-1);
    if (!Array.isArray(list)) throw this.#fail('the pickle appends to something that is no list');
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly unknown[]): void {
    const map = this.#stack.at(-1);
    if (!(map instanceof Map) || items.length % 2 === 1) {
      throw this.#fail('the pickle sets entries of something that is no dict');
    }
    for (let i = 0; i < items.length; i += 2) map.set(asText(items[i]) ?? items[i], items[i + 1]);
  }

  #remembered(key: number): unknown {
    if (!this.#memo.has(key)) throw this.#fail(`the pickle refers to entry ${key}, which it did not store`);
    return this.#memo.get(key);
  }

  #pop(): unknown {
    return this.#popMany(1)[0];
  }

  #popMany(count: number): unknown[] {
    if (this.#stack.length < count) throw this.#fail('the pickle takes more values than it has');
    return this.#stack.splice(-count);
  }

  #popToMark(): unknown[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.#fail('the pickle closes a group that it did not open');
    return this.#stack.splice(at).slice(1);
  }

  #byte(): number {
    return this.#bytes[this.#skip(1)]!;
  }

  #length(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  #take(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A line of text without its end. */
  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    const line = this.#take((end < 0 ? this.#bytes.length + 1 : end) - this.#at);
    this.#skip(1);
    return new TextDecoder().decode(line);
  }

  /** Moves on by `length` bytes, which must be there, and says where they start. */
  #skip(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) {
      throw this.#fail(`the pickle ends at byte ${this.#bytes.length}, within a value: it is cut short`);
    }
    this.#at = start + length;
    return start;
  }

  #fail(problem: string, remedy = 'Copy or download the file again'): DataFileError {
    return new DataFileError(this.#name, problem, remedy);
  }
}

/** Text, which Python 2 pickles as bytes; undefined for anything else. */
function asText(value: unknown): string | undefined {
  if (value instanceof Uint8Array && value.length < 256) return String.fromCharCode(...value);
  return typeof value === 'string' ? value : undefined;
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isInteger(length) && length >= 0);
}

import { kernels as binary, firstEscape, reach, shift } from './generated/kernels.ts';

/** An array that the WASM kernels work on. */
export type FloatArray = Float32Array | Float64Array;

/** A compiled kernel: its operands are byte addresses in scratch, counts and flags. */
export type Kernel = (...operands: number[]) => void;

/** The instantiated kernels with their scratch memory. */
export interface Coprocessor {
  /** First byte of scratch, a multiple of 16. */
  readonly scratchBase: number;
  /** Bytes of working space that the gemm kernels need, a multiple of 16. */
  readonly gemmWorkBytes: number;
  /** The gemm kernels sum over k in groups of this length; blocks of k end where a group ends. */
  readonly gemmDepthBlock: number;
  /**
   * The kernel of this name (as in `assembly/`, without the suffix) for float32 or float64.
   *
   * @throws Error when there is none.
   */
  kernel(name: string, elementBytes: number): Kernel;
  /** The whole memory as float32 or float64; stale after {@link Coprocessor.reserve}. */
  view(elementBytes: number): FloatArray;
  /** The whole memory as bytes; stale after {@link Coprocessor.reserve}. */
  bytes(): Uint8Array;
  /**
   * Makes the memory at least `bytes` long, counted from address 0. It never shrinks: callers bound what they
   * ask for.
   *
   * @throws RangeError when the engine refuses to grow it.
   */
  reserve(bytes: number): void;
}

const pageBytes = 65536;
/** All that 32-bit addresses reach. */
const mostPages = 65536;
/** Memory grows by whole steps of 1 MiB, so that slowly rising demands do not make a new buffer each. */
const growthPages = 16;

/** The kernels over one memory. */
export class Instance implements Coprocessor {
  readonly scratchBase: number;
  readonly gemmWorkBytes: number;
  readonly gemmDepthBlock: number;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels = new Map<string, Kernel>();
  readonly #kernels64 = new Map<string, Kernel>();
  #view: Float32Array;
  #view64: Float64Array;
  #bytes: Uint8Array;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new Float32Array(memory.buffer);
    this.#view64 = new Float64Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    for (const [name, value] of Object.entries(exports)) {
      if (!isKernel(value)) continue;
      const table = name.endsWith('F32') ? this.#kernels : this.#kernels64;
      table.set(name.slice(0, -3), value);
    }
    this.scratchBase = constant(exports, 'scratchBase');
    this.gemmWorkBytes = constant(exports, 'gemmWorkBytes');
    this.gemmDepthBlock = constant(exports, 'gemmDepthBlock');
  }

  kernel(name: string, elementBytes: number): Kernel {
    const kernel = (elementBytes === 4 ? this.#kernels : this.#kernels64).get(name);
    if (kernel === undefined) throw new Error(`there is no WASM kernel ${name} for float${8 * elementBytes}`);
    return kernel;
  }

  view(elementBytes: number): FloatArray {
    return elementBytes === 4 ? this.#view : this.#view64;
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }

  reserve(bytes: number): void {
    const missing = Math.ceil((bytes - this.#view.byteLength) / pageBytes);
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / growthPages) * growthPages);
    this.#view = new Float32Array(this.#memory.buffer);
    this.#view64 = new Float64Array(this.#memory.buffer);
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }
}

const isKernel = (value: WebAssembly.ExportValue): value is Kernel => typeof value === 'function';

const constant = (exports: WebAssembly.Exports, name: string): number =>
  (exports[name] as WebAssembly.Global).value;

/** The binary from its text: `scripts/build-wasm.mjs` says how it was written. */
const decode = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code >= firstEscape) {
      code = firstEscape + (code - firstEscape) * reach + text.charCodeAt(++i) - 0x20;
    }
    bytes[length++] = code - shift;
  }
  return bytes.subarray(0, length);
};

const IMPORT_SECTION = 2;
const SHARED = 2;

/**
 * The binary with its memory declared as shared, which one bit says. The import section is the second, and the memory all
 * that it holds: count, module and field with their lengths, kind, flags.
 */
export const sharedBinary = (): Uint8Array<ArrayBuffer> => {
  const bytes = decode(binary);
  const types = 8;
  const [typesLength, typesBody] = lengthAt(bytes, types + 1);
  const imports = typesBody + typesLength;
  const moduleName = imports + 3;
  const fieldName = moduleName + 1 + bytes[moduleName]!;
  const flags = fieldName + 1 + bytes[fieldName]! + 1;
  if (bytes[imports] !== IMPORT_SECTION || bytes[flags] !== 1)
    throw new Error('the WASM binary imports no memory');
  bytes[flags]! |= SHARED;
  return bytes;
};

/** A length in the encoding of WASM (LEB128, seven bits a byte), and where what it measures begins. */
const lengthAt = (bytes: Uint8Array, at: number): readonly [length: number, body: number] => {
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [length, at];
  }
};

const instantiate = (): Coprocessor | string => {
  if (typeof WebAssembly === 'undefined') return 'this JavaScript engine has no WebAssembly';
  try {
    const memory = new WebAssembly.Memory({ initial: growthPages, maximum: mostPages });
    return new Instance(new WebAssembly.Module(decode(binary)), memory);
  } catch (error) {
    // No SIMD, a content security policy, no memory left …
    return `the engine refused the kernels: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** The one instance of the program, or the reason why there is none. */
let state: Coprocessor | string | undefined;

/**
 * Why the WASM kernels cannot run here, or `undefined` when they can. The first call compiles them (about a
 * millisecond); importing this module does not.
 */
export const wasmUnavailable = (): string | undefined => {
  state ??= instantiate();
  return typeof state === 'string' ? state : undefined;
};

/**
 * The kernels, instantiated on first use. All callers share one instance: calls are synchronous, and each
 * lays out scratch for itself.
 *
 * @throws Error when the kernels cannot run here; ask {@link wasmUnavailable} first.
 */
export const coprocessor = (): Coprocessor => {
  state ??= instantiate();
  if (typeof state === 'string') {
    throw new Error(`WASM kernels are unavailable: ${state}; use the reference kernels`);
  }
  return state;
};

import * as core from './generated/kernels.ts';

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

/** A compiled set of kernels, as `scripts/build-wasm.mjs` writes it. */
export interface Embedded {
  /** The binary, a character or two for each byte. */
  readonly text: string;
  /** Where it multiplies, reads a sum and adds, if it does: see {@link fuse}. */
  readonly products?: readonly number[];
}

/** The kernels over one memory. */
export class Instance implements Coprocessor {
  readonly scratchBase: number;
  readonly gemmWorkBytes: number;
  readonly gemmDepthBlock: number;
  readonly #memory: WebAssembly.Memory;
  /** What the binaries import: the memory, and what those before export. */
  readonly #env: Record<string, WebAssembly.ImportValue>;
  readonly #kernels = new Map<string, Kernel>();
  readonly #kernels64 = new Map<string, Kernel>();
  #view: Float32Array;
  #view64: Float64Array;
  #bytes: Uint8Array;

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#env = { memory };
    this.#view = new Float32Array(memory.buffer);
    this.#view64 = new Float64Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    const exports = this.add(module);
    this.scratchBase = constant(exports, 'scratchBase');
    this.gemmWorkBytes = constant(exports, 'gemmWorkBytes');
    this.gemmDepthBlock = constant(exports, 'gemmDepthBlock');
  }

  /** Instantiates more kernels over the same memory, which may call those that are there, and returns all that the module exports. */
  add(module: WebAssembly.Module): WebAssembly.Exports {
    const { exports } = new WebAssembly.Instance(module, { env: this.#env });
    Object.assign(this.#env, exports);
    for (const [name, value] of Object.entries(exports)) {
      if (!isKernel(value)) continue;
      const table = name.endsWith('F32') ? this.#kernels : this.#kernels64;
      table.set(name.slice(0, -3), value);
    }
    return exports;
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

/** The binary from its text: `scripts/build-wasm.mjs` says how it was written. In place, in code that runs once: calls would be dear. */
const decode = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new TextEncoder().encode(text);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    let code = bytes[i]!;
    if (code >= core.firstEscape) {
      code = core.firstEscape + (code - core.firstEscape) * core.reach + bytes[++i]! - 0x20;
    }
    bytes[length++] = code - core.shift;
  }
  return bytes.subarray(0, length);
};

/**
 * Makes one instruction of a product and a sum where the matrix products have them, by relaxed SIMD: `multiply (3 bytes), get sum (2), add (3)`
 * becomes `get sum, fused multiply-add (3), nothing (1 each)`. Processors round once then, and take three quarters of the time.
 */
const fuse = (bytes: Uint8Array, products: readonly number[]): void => {
  for (const at of products) {
    const float32 = bytes[at + 1] === MULTIPLY_F32;
    bytes.copyWithin(at, at + 3, at + 5);
    bytes.set([0xfd, float32 ? 0x85 : 0x87, 2, 1, 1, 1], at + 2);
  }
};

const MULTIPLY_F32 = 0xe6;

/**
 * A module from its text, with its memory declared as shared where several threads are to work on it.
 *
 * @throws WebAssembly.CompileError when the engine lacks SIMD; relaxed SIMD is used where there is such.
 */
export const compile = ({ text, products = [] }: Embedded, shared = false): WebAssembly.Module => {
  const bytes = decode(text);
  if (shared) share(bytes);
  const fused = bytes.slice();
  fuse(fused, products);
  return new WebAssembly.Module(WebAssembly.validate(fused) ? fused : bytes);
};

const MEMORY = 2;
const SHARED = 2;

/**
 * Declares the memory that a binary imports as shared, which one bit says. Behind 8 bytes come types, then imports: a count, and for each import
 * the names of a module and of a field, a kind, and the memory's flags or the number of a function's type.
 */
const share = (bytes: Uint8Array): void => {
  const [typesLength, types] = lengthAt(bytes, 9);
  const [, imports] = lengthAt(bytes, types + typesLength + 1);
  let [count, at] = lengthAt(bytes, imports);
  for (; count > 0; count--) {
    for (let names = 0; names < 2; names++) {
      const [length, name] = lengthAt(bytes, at);
      at = name + length;
    }
    if (bytes[at++] === MEMORY) {
      bytes[at]! |= SHARED;
      return;
    }
    [, at] = lengthAt(bytes, at);
  }
  throw new Error('the WASM binary imports no memory');
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

const instantiate = (): Instance | string => {
  if (typeof WebAssembly === 'undefined') return 'this JavaScript engine has no WebAssembly';
  try {
    const memory = new WebAssembly.Memory({ initial: growthPages, maximum: mostPages });
    return new Instance(compile(core), memory);
  } catch (error) {
    // No SIMD, a content security policy, no memory left …
    return `the engine refused the kernels: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** The one instance of the program, or the reason why there is none. */
let state: Instance | string | undefined;

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
export const coprocessor = (): Instance => {
  state ??= instantiate();
  if (typeof state === 'string') {
    throw new Error(`WASM kernels are unavailable: ${state}; use the reference kernels`);
  }
  return state;
};

import type { FloatArray } from '../wasm/memory.ts';
import { coreTypeOf } from './coreType.ts';

/** The parts of Node that finding a library takes; reached without an import, so that browsers' bundlers find none. */
interface NodeProcess {
  readonly env: Record<string, string | undefined>;
  readonly platform: string;
  getBuiltinModule?(name: 'node:module'): { createRequire(from: string): (name: string) => unknown };
  getBuiltinModule?(name: 'node:fs'): { readFileSync(path: string, encoding: 'utf8'): string };
}

/** A function of a native library, called with numbers and arrays, which it reads and writes in place. */
type NativeFunction = (...args: (number | FloatArray)[]) => unknown;

/** What is used of koffi. */
interface Koffi {
  load(path: string): { func(declaration: string): NativeFunction };
}

/** A system BLAS. */
export interface Blas {
  /** Under which name it was found. */
  readonly name: string;
  /** The CBLAS function of a dtype. */
  readonly gemm: Readonly<Record<'float32' | 'float64', NativeFunction>>;
  /** Sets the number of threads of further calls, where the library lets it be set. */
  useThreads(count: number): void;
}

/** Libraries that bring fast CBLAS functions. Never a bare libblas, which may be the slow reference of Netlib. */
const candidates: Readonly<Record<string, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so', 'libmkl_rt.so.2', 'libmkl_rt.so'],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll', 'mkl_rt.2.dll'],
};

const threadSetters = ['openblas_set_num_threads', 'MKL_Set_Num_Threads'];

let found: Blas | string | undefined;

/**
 * The system's BLAS, or a sentence that says why there is none. The first call looks for it (15 ms where there is one). The
 * environment variable TENSORTAPE_BLAS names a library to use instead of those known.
 */
export function systemBlas(): Blas | string {
  found ??= find();
  return found;
}

function find(): Blas | string {
  const { process } = globalThis as { process?: NodeProcess };
  const node = process?.getBuiltinModule?.('node:module');
  if (process === undefined || node === undefined) return 'only Node can load native libraries';
  let koffi: Koffi;
  try {
    koffi = node.createRequire(import.meta.url)('koffi') as Koffi;
  } catch (error) {
    return `the package koffi cannot be loaded (${firstLine(error)}); npm install koffi`;
  }
  const named = process.env['TENSORTAPE_BLAS'];
  const names = named ? [named] : (candidates[process.platform] ?? []);
  const failures: string[] = [];
  for (const name of names) {
    try {
      return open(koffi, name, process);
    } catch (error) {
      failures.push(`${name}: ${firstLine(error)}`);
    }
  }
  return `no BLAS was found (${failures.join('; ')}); install OpenBLAS, or name a library in TENSORTAPE_BLAS`;
}

function open(koffi: Koffi, name: string, process: NodeProcess): Blas {
  const library = withCoreType(process, () => koffi.load(name));
  const product = (letter: 's' | 'd', real: 'float' | 'double') =>
    library.func(
      `void cblas_${letter}gemm(int order, int transA, int transB, int m, int n, int k, ${real} alpha, const ${real} *a, int lda, ` +
        `const ${real} *b, int ldb, ${real} beta, ${real} *c, int ldc)`,
    );
  const gemm = { float32: product('s', 'float'), float64: product('d', 'double') };
  const wrong = firstWrongProduct(gemm);
  if (wrong !== null) throw new Error(`its ${wrong} products are wrong on this processor`);
  const setThreads = threadSetter(library);
  let threads = 0;
  const useThreads = (count: number) => {
    if (count !== threads) setThreads(count);
    threads = count;
  };
  return { name, gemm, useThreads };
}

function threadSetter(library: { func(declaration: string): NativeFunction }): (count: number) => void {
  for (const name of threadSetters) {
    try {
      const set = library.func(`void ${name}(int count)`);
      return (count) => void set(count);
    } catch {
      // Another library's name for it.
    }
  }
  return () => {};
}

/** Loads OpenBLAS with the kernels that fit the processor. It reads the variable while it is loaded, and only then. */
function withCoreType<T>(process: NodeProcess, load: () => T): T {
  const variable = 'OPENBLAS_CORETYPE';
  const type = process.env[variable] === undefined ? coreType(process) : null;
  if (type === null) return load();
  process.env[variable] = type;
  try {
    return load();
  } finally {
    delete process.env[variable];
  }
}

function coreType(process: NodeProcess): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return coreTypeOf(process.getBuiltinModule!('node:fs').readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return null;
  }
}

const ROW_MAJOR = 101;
const NO_TRANSPOSE = 111;
const TRANSPOSE = 112;

/** The CBLAS number of a layout. */
export const layoutNumber = { order: ROW_MAJOR, rows: NO_TRANSPOSE, columns: TRANSPOSE } as const;

/**
 * The dtype of a product that comes out wrong, or null. By Freivalds' check, C v = A (B v), which takes a hundredth of the time of a product in
 * code that was never run before; sums of small whole numbers are exact in any order.
 */
export function firstWrongProduct(gemm: Blas['gemm']): 'float32' | 'float64' | null {
  const [m, n, k] = [37, 29, 43];
  const a = Float64Array.from({ length: m * k }, (_, i) => ((i * 7) % 11) - 5);
  const b = Float64Array.from({ length: k * n }, (_, i) => ((i * 5) % 13) - 6);
  const v = Float64Array.from({ length: n }, (_, j) => 1 + ((j * 3) % 7));
  const expected = timesVector(a, timesVector(b, v));
  for (const dtype of ['float32', 'float64'] as const) {
    const real = dtype === 'float32' ? Float32Array : Float64Array;
    const out = new real(m * n);
    const { order, rows } = layoutNumber;
    gemm[dtype](order, rows, rows, m, n, k, 1, new real(a), k, new real(b), n, 0, out, n);
    if (timesVector(out, v).some((sum, i) => sum !== expected[i])) return dtype;
  }
  return null;
}

/** A row-major matrix times a vector. */
function timesVector(matrix: FloatArray, vector: Float64Array): Float64Array {
  const columns = vector.length;
  return Float64Array.from({ length: matrix.length / columns }, (_, row) =>
    vector.reduce((sum, x, j) => sum + matrix[row * columns + j]! * x, 0),
  );
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}

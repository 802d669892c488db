import { ArgumentError } from '../tensor/errors.ts';
import { type Blas, blasThreshold, systemBlas } from './blas/index.ts';
import { wasmUnavailable } from './wasm/memory.ts';

/**
 * Which kernels to use: `reference` (plain TypeScript), `wasm` (SIMD), `blas` (matrix products by the system's BLAS, the rest by WASM), or
 * `auto`, the default: `blas` where there is one, else `wasm`. Operations too small to gain from them are left to plain TypeScript.
 */
export type Backend = 'auto' | 'blas' | 'reference' | 'wasm';

const backends: readonly Backend[] = ['auto', 'blas', 'reference', 'wasm'];

let requested: Backend | undefined;
/** The fast kernels in use; undefined until the first operation that could gain from them asks. */
let wasmInUse: boolean | undefined;
let blasInUse: Blas | null | undefined;

/**
 * Chooses the kernels for all further operations. The environment variable TENSORTAPE_BACKEND chooses at start.
 *
 * Errors: ArgumentError for an unknown name, or for 'wasm' or 'blas' where there is none, with the reason.
 */
export function setBackend(name: Backend): void {
  if (!backends.includes(name)) {
    throw new ArgumentError(`setBackend: unknown backend '${name}'; known are ${backends.join(', ')}`);
  }
  const reason = whyNot(name);
  if (reason !== null) throw new ArgumentError(`setBackend: '${name}' cannot be used: ${reason}`);
  requested = name;
  wasmInUse = undefined;
  blasInUse = undefined;
}

/** Why a backend cannot be used here, or null when it can. */
function whyNot(name: Backend): string | null {
  if (name === 'wasm') return wasmUnavailable() ?? null;
  const blas = name === 'blas' ? systemBlas() : null;
  return typeof blas === 'string' ? blas : null;
}

/** Which kernels are in use, and why. */
export interface BackendReport {
  /** What was asked for by `setBackend` or TENSORTAPE_BACKEND. */
  readonly requested: Backend;
  /** The fastest kernels in use. */
  readonly active: 'blas' | 'reference' | 'wasm';
  /** One sentence for people. */
  readonly reason: string;
}

/**
 * Which kernels are in use, and why. The first call looks for a system BLAS, unless another backend was asked for.
 *
 * @example
 * ```ts
 * import { backend, setBackend } from '@tensortape/autograd';
 * setBackend('reference');
 * console.log(backend().active); // reference
 * setBackend('auto');
 * ```
 */
export function backend(): BackendReport {
  const asked = request();
  if (asked === 'reference') {
    return { requested: asked, active: 'reference', reason: 'plain TypeScript, as requested' };
  }
  const blas = asked === 'wasm' ? 'WASM was requested' : systemBlas();
  const missing = wasmUnavailable();
  const rest = missing === undefined ? 'WASM SIMD' : `plain TypeScript (${missing})`;
  if (typeof blas !== 'string') {
    return {
      requested: asked,
      active: 'blas',
      reason: `matrix products by ${blas.name}, the rest by ${rest}`,
    };
  }
  const active = missing === undefined ? 'wasm' : 'reference';
  return { requested: asked, active, reason: `${rest}; no system BLAS: ${blas}` };
}

function request(): Backend {
  if (requested === undefined) {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
    const named = process?.env?.['TENSORTAPE_BACKEND'] ?? 'auto';
    const known = backends.find((name) => name === named);
    if (known === undefined) {
      throw new ArgumentError(`TENSORTAPE_BACKEND is '${named}'; known are ${backends.join(', ')}`);
    }
    requested = known;
  }
  return requested;
}

/** Whether WASM is to do work of this size, given from where on it pays. */
export function pays(size: number, threshold: number): boolean {
  if (size < threshold) return false;
  wasmInUse ??= request() !== 'reference' && wasmUnavailable() === undefined;
  return wasmInUse;
}

/** The system's BLAS, if it is to do work of this size. */
export function blasFor(size: number): Blas | null {
  if (size < blasThreshold) return null;
  if (blasInUse === undefined) {
    const asked = request();
    const blas = asked === 'auto' || asked === 'blas' ? systemBlas() : null;
    blasInUse = typeof blas === 'string' ? null : blas;
  }
  return blasInUse;
}

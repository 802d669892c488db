import { ArgumentError } from '../tensor/errors.ts';
import type { ImageKernels, Kernels } from './kernels.ts';
import { imageKernelsOn } from './reference/image.ts';
import { reference } from './reference/index.ts';
import { gemmThreshold } from './wasm/gemm.ts';
import * as wasm from './wasm/index.ts';
import { wasmUnavailable } from './wasm/memory.ts';

/**
 * Which kernels to use: `reference` (plain TypeScript), `wasm` (SIMD, wherever there is such a kernel), or `auto`, the
 * default: WASM where an operation is large enough for it to pay.
 */
export type Backend = 'auto' | 'reference' | 'wasm';

const backends: readonly Backend[] = ['auto', 'reference', 'wasm'];

/** No elementwise WASM kernel gains below this many elements: smaller calls are not even offered to it. */
const smallestElementwise = 16;

let requested: Backend | undefined;
/** Whether WASM kernels are used at all; undefined until the first operation asks. */
let wasmInUse: boolean | undefined;

/**
 * Chooses the kernels for all further operations. The environment variable TENSORTAPE_BACKEND chooses at start.
 *
 * Errors: ArgumentError for an unknown name, or for 'wasm' where the engine cannot run it, with the reason.
 */
export function setBackend(name: Backend): void {
  if (!backends.includes(name)) {
    throw new ArgumentError(`setBackend: unknown backend '${name}'; known are ${backends.join(', ')}`);
  }
  const reason = name === 'wasm' ? wasmUnavailable() : undefined;
  if (reason !== undefined) throw new ArgumentError(`setBackend: 'wasm' cannot be used: ${reason}`);
  requested = name;
  wasmInUse = undefined;
}

/** Which kernels are in use, and why. */
export interface BackendReport {
  /** What was asked for by `setBackend` or TENSORTAPE_BACKEND. */
  readonly requested: Backend;
  /** The fastest kernels in use. */
  readonly active: 'reference' | 'wasm';
  /** One sentence for people. */
  readonly reason: string;
}

/**
 * Which kernels are in use, and why.
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
  if (asked === 'reference')
    return { requested: asked, active: 'reference', reason: 'plain TypeScript, as requested' };
  const missing = wasmUnavailable();
  if (missing !== undefined)
    return { requested: asked, active: 'reference', reason: `plain TypeScript: ${missing}` };
  const reason =
    asked === 'wasm' ? 'WASM SIMD, as requested' : 'WASM SIMD for operations large enough to gain from it';
  return { requested: asked, active: 'wasm', reason };
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
function pays(size: number, threshold: number): boolean {
  if (size < threshold && request() !== 'wasm') return false;
  wasmInUse ??= backend().active === 'wasm';
  return wasmInUse;
}

const matmul: Kernels['matmul'] = (a, b) =>
  (pays(a.size * b.shape.at(-1)!, gemmThreshold) ? wasm.matmul(a, b) : null) ?? reference.matmul(a, b);

/** The kernels that operations call: per call, the fastest set that has the kernel. */
export const kernels: Kernels = {
  ...reference,
  matmul,
  unary: (fn, x) =>
    (pays(x.size, smallestElementwise) ? wasm.unary(fn, x, requested === 'wasm') : null) ??
    reference.unary(fn, x),
  binary: (fn, a, b) =>
    (pays(a.size, smallestElementwise) ? wasm.binary(fn, a, b, requested === 'wasm') : null) ??
    reference.binary(fn, a, b),
};

/** The kernels that operations on images call. */
export const imageKernels: ImageKernels = /* @__PURE__ */ imageKernelsOn(matmul);

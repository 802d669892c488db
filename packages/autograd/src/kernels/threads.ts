import { ArgumentError } from '../tensor/errors.ts';

let threads = 1;

/** How many threads a large product may use: see {@link setNumThreads}. PyTorch: `torch.get_num_threads`. */
export function numThreads(): number {
  return threads;
}

/**
 * Sets how many threads a large product may use; 1 at start. The WASM kernels give the same bits for any number; a system
 * BLAS may round differently. In browsers there is one thread. PyTorch: `torch.set_num_threads`.
 *
 * Errors: ArgumentError unless `count` is a whole number >= 1.
 *
 * @example
 * ```ts
 * import { numThreads, setNumThreads } from '@tensortape/autograd';
 * setNumThreads(2);
 * console.log(numThreads()); // 2
 * setNumThreads(1);
 * ```
 */
export function setNumThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError(`setNumThreads: expected a whole number >= 1, got ${count}`);
  }
  threads = count;
}

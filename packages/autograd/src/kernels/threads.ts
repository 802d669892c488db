import { ArgumentError } from '../tensor/errors.ts';

let threads = 1;

/** How many threads a large product may use. PyTorch: `torch.get_num_threads`. */
export function numThreads(): number {
  return threads;
}

/**
 * Sets how many threads a large product may use; 1 at start. Only a system BLAS has more than one, and its results may differ
 * in the last bits from one number of threads to another. PyTorch: `torch.set_num_threads`.
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

import { ArgumentError, type Generator, type Tensor, zerosLike } from '@tensortape/autograd';

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Whether to drop anything at all. Default true. */
  readonly training?: boolean;
  /** Where to draw from; the default generator, which `manualSeed` seeds, unless given. */
  readonly generator?: Generator;
}

/**
 * Sets elements to zero with probability `p` and divides the others by 1 - p, so that the expected value stays; `x`
 * itself when not training. PyTorch: `torch.nn.functional.dropout`.
 *
 * N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.
 *
 * Errors: ArgumentError unless 0 <= p <= 1.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { manualSeed, ones } from '@tensortape/autograd';
 *
 * manualSeed(0);
 * console.log(functional.dropout(ones([6]), 0.5).toArray()); // [ 0, 0, 2, 0, 0, 0 ]
 * ```
 */
export function dropout(x: Tensor, p = 0.5, { training = true, generator }: DropoutOptions = {}): Tensor {
  checkProbability('dropout', p);
  if (!training || p === 0) return x;
  if (p === 1) return x.mul(0);
  const kept = zerosLike(x).bernoulli_(1 - p, generator && { generator });
  return x.mul(kept.div(1 - p));
}

/** Refuses a probability of being dropped outside [0, 1]. */
export function checkProbability(op: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`${op}: p must be from 0 to 1, got ${p}`);
}

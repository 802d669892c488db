import type { Generator, Tensor } from '@tensortape/autograd';
import { checkProbability, dropout } from '../functional/dropout.ts';
import { Module } from '../module.ts';

/**
 * In training mode sets elements to zero with probability `p` and divides the others by 1 - p; passes everything in
 * evaluation mode. PyTorch: `torch.nn.Dropout`.
 *
 * Errors: ArgumentError unless 0 <= p <= 1.
 *
 * @example
 * ```ts
 * import { Dropout } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const dropout = new Dropout(0.5);
 * console.log(dropout.eval().forward(ones([3])).toArray()); // [ 1, 1, 1 ]
 * ```
 */
export class Dropout extends Module {
  /** The probability that an element is dropped. */
  readonly p: number;
  readonly #generator: Generator | undefined;

  /**
   * @param p The probability that an element is dropped.
   * @param options `generator`: where to draw from; the default generator, which `manualSeed` seeds, unless given.
   */
  constructor(p = 0.5, { generator }: { readonly generator?: Generator } = {}) {
    super();
    checkProbability('Dropout', p);
    this.p = p;
    this.#generator = generator;
  }

  /** `x` with elements dropped in training mode. */
  forward(x: Tensor): Tensor {
    const { training } = this;
    return dropout(x, this.p, this.#generator ? { training, generator: this.#generator } : { training });
  }

  /** The options. */
  override extraRepr(): string {
    return `p=${this.p}`;
  }
}

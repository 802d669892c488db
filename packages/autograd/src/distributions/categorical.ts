import { full, zeros } from '../create.ts';
import type { Generator } from '../random/generator.ts';
import { multinomial } from '../random.ts';
import type { Operand } from '../tape/shorthands.ts';
import { isFloat } from '../tensor/dtype.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, type Shape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { type Constraint, integerInterval, real, weights } from './constraints.ts';
import { Distribution, type DistributionOptions } from './distribution.ts';
import { categoricalLogits, limitsOf, type ProbsOrLogits, probsOrLogits } from './parameters.ts';

/**
 * One of the categories 0 … K - 1, with the probabilities along the last axis of `probs` (weights, which are divided by
 * their sum) or those whose logarithms are `logits` up to a constant. Draws are int32. PyTorch:
 * `torch.distributions.Categorical`, with its numbers for the same seed; but all-negative weights are refused.
 *
 * Errors: ArgumentError unless exactly one of `probs` (finite weights of 0 or more, not all 0) and `logits` is given;
 * ShapeError for a tensor without axes; DTypeError for integers.
 *
 * @example
 * ```ts
 * import { distributions, tensor } from '@tensortape/autograd';
 * const die = new distributions.Categorical({ probs: tensor([1, 1, 2]) });
 * console.log(die.probs); // tensor([0.2500, 0.2500, 0.5000])
 * console.log(die.logProb(2), die.entropy()); // tensor(-0.6931) tensor(1.0397)
 * ```
 */
export class Categorical extends Distribution {
  override readonly hasRsample: boolean = false;
  readonly #given: 'probs' | 'logits';
  readonly #parameter: Tensor;

  /** @param parameter `{ probs }` or `{ logits }`: a tensor whose last axis holds the categories. */
  constructor(parameter: ProbsOrLogits<Tensor>, options: DistributionOptions = {}) {
    const [given, value] = probsOrLogits('Categorical', parameter);
    if (value.ndim === 0) {
      throw new ShapeError(`Categorical: ${given} must have an axis of categories, got shape ()`);
    }
    if (!isFloat(value.dtype)) {
      throw new DTypeError(
        `Categorical: ${given} must be floating point, got ${value.dtype}; use to('float32')`,
      );
    }
    super('Categorical', value.shape.slice(0, -1), [], options);
    this.#given = given;
    this.#parameter = value;
    this.checkParameters({ [given]: given === 'probs' ? weights : real });
  }

  protected override get parameters(): Readonly<Record<string, Tensor>> {
    return { [this.#given]: this.#parameter };
  }

  get #categories(): number {
    return this.#parameter.shape.at(-1)!;
  }

  /** The probabilities, which sum to 1. */
  get probs(): Tensor {
    const x = this.#parameter;
    return this.#given === 'probs' ? x.div(x.sum(-1, { keepdim: true })) : x.softmax(-1);
  }

  /** Their logarithms; probabilities of 0 and 1 are moved by the dtype's epsilon first. */
  get logits(): Tensor {
    return this.#given === 'logits' ? this.#parameter.logSoftmax(-1) : categoricalLogits(this.probs);
  }

  override get support(): Constraint {
    return integerInterval(0, this.#categories - 1);
  }

  /** NaN: categories have no mean. */
  override get mean(): Tensor {
    return full(this.batchShape, Number.NaN, { dtype: this.#parameter.dtype });
  }

  /** NaN: categories have no variance. */
  override get variance(): Tensor {
    return this.mean;
  }

  /** The likeliest category. */
  override get mode(): Tensor {
    return this.probs.argmax(-1);
  }

  override expand(batchShape: Shape): Categorical {
    const parameter = this.#parameter.expand([...batchShape, this.#categories]);
    return new Categorical(this.#given === 'probs' ? { probs: parameter } : { logits: parameter }, this);
  }

  protected override draw(shape: Shape, generator: Generator): Tensor {
    const draws = sizeOf(shape.slice(0, shape.length - this.batchShape.length));
    const rows = sizeOf(this.batchShape);
    if (draws * rows === 0) return zeros(shape, { dtype: 'int32' });
    const probs = this.probs.detach().reshape([rows, this.#categories]);
    return multinomial(probs, draws, { replacement: true, generator }).transpose(0, 1).reshape(shape);
  }

  override logProb(value: Operand): Tensor {
    const index = this.checkValue('logProb', value).to('int32').unsqueeze(-1);
    const { logits } = this;
    const shape = broadcastShapes('Categorical.logProb', index.shape, logits.shape);
    return logits
      .expand(shape)
      .gather(-1, index.expand(shape.with(-1, 1)))
      .squeeze(-1);
  }

  override entropy(): Tensor {
    // -inf ln p of impossible categories would make 0 * -inf.
    const logits = this.logits.clamp(limitsOf(this.#parameter).min);
    return logits.mul(this.probs).sum(-1).neg();
  }

  /** All categories, along a new first axis; beside axes of length 1 unless `expand`. PyTorch: `enumerate_support`. */
  enumerateSupport(expand = true): Tensor {
    return this.enumerated(this.#categories, 'int32', expand);
  }
}

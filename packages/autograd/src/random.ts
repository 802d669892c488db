import { build, type TensorOptions, tensor } from './create.ts';
import { defaultGenerator, floatArray, type RandomOptions } from './ops/random.ts';
import {
  type ChoiceOptions,
  NumpyRandomState,
  type NumpyRandomStateSnapshot,
} from './random/numpyRandomState.ts';
import { ArgumentError, ShapeError } from './tensor/errors.ts';
import { formatShape, type Shape, sizeOf } from './tensor/shape.ts';
import type { Tensor } from './tensor.ts';

/** Options of functions that make random tensors. */
export type RandomTensorOptions = TensorOptions & RandomOptions;

/**
 * Seeds the default generator. The same seed gives PyTorch's CPU numbers: see {@link Generator} for how far.
 * PyTorch: `torch.manual_seed`.
 *
 * @example
 * ```ts
 * import { manualSeed, rand } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(rand([3]).toString()); // tensor([0.4963, 0.7682, 0.0885])
 * ```
 */
export function manualSeed(seed: number): void {
  defaultGenerator.manualSeed(seed);
}

/** Uniforms on [0, 1). PyTorch: `torch.rand`. Errors: DTypeError for integer dtypes. */
export function rand(shape: Shape, options: RandomTensorOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return build('rand', shape, options, (array) => generator.uniform(floatArray('rand', array)));
}

/** Normals of mean 0 and standard deviation 1. PyTorch: `torch.randn`. Errors: DTypeError for integer dtypes. */
export function randn(shape: Shape, options: RandomTensorOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return build('randn', shape, options, (array) => generator.normal(floatArray('randn', array)));
}

/** Whole numbers from `low` to `high` - 1, as int32 unless said otherwise. PyTorch: `torch.randint`. */
export function randint(low: number, high: number, shape: Shape, options: RandomTensorOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return build('randint', shape, { dtype: 'int32', ...options }, (array) =>
    generator.randint(array, low, high),
  );
}

/** The whole numbers 0 … n - 1 in random order, as int32. PyTorch: `torch.randperm`. */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return tensor(generator.permutation(n));
}

/**
 * Positions drawn with the probabilities given by the weights along the last axis (they need not sum to 1), as int32 of
 * shape (…, count). PyTorch: `torch.multinomial`. Errors: ShapeError unless `weights` has one or two axes.
 */
export function multinomial(
  weights: Tensor,
  count: number,
  options: RandomOptions & { readonly replacement?: boolean } = {},
): Tensor {
  const { generator = defaultGenerator, replacement = false } = options;
  if (weights.ndim !== 1 && weights.ndim !== 2) {
    throw new ShapeError(`multinomial: expected one or two axes, got shape ${formatShape(weights.shape)}`);
  }
  const rows = weights.ndim === 1 ? 1 : weights.shape[0]!;
  const drawn = generator.multinomial(weights.toTypedArray(), count, replacement, rows);
  return tensor(drawn, { shape: weights.ndim === 1 ? [count] : [rows, count] });
}

/**
 * NumPy's legacy generator, `numpy.random.RandomState`, with which course notebooks are seeded: the same seed and calls
 * give the same numbers (integers, uniforms, permutations and choices bit for bit). Results are tensors: float64, and
 * int32 for integers.
 *
 * @example
 * ```ts
 * import { RandomState } from '@tensortape/autograd';
 * const random = new RandomState(0);
 * console.log(random.randn(2).toArray()); // [ 1.764052345967664, 0.4001572083672233 ]
 * ```
 */
export class RandomState {
  readonly #raw: NumpyRandomState;

  /** Starts the stream of `seed`, a whole number from 0 to 2^32 - 1; without one, of a seed from the platform. */
  constructor(seed?: number) {
    this.#raw = new NumpyRandomState(seed);
  }

  /** Starts the stream of `seed` from the beginning, and forgets a cached normal. */
  seed(seed?: number): void {
    this.#raw.seed(seed);
  }

  /** Uniforms on [0, 1) of the given shape. NumPy: `rand`. */
  rand(...shape: number[]): Tensor {
    return this.uniform(0, 1, shape);
  }

  /** Standard normals of the given shape. NumPy: `randn`. */
  randn(...shape: number[]): Tensor {
    return this.normal(0, 1, shape);
  }

  /** Uniforms on [low, high). NumPy: `uniform`. */
  uniform(low: number, high: number, shape: Shape): Tensor {
    return tensor(this.#raw.uniform(new Float64Array(sizeOf(shape)), low, high), { shape });
  }

  /** Normals of mean `loc` and standard deviation `scale`. NumPy: `normal`. */
  normal(loc: number, scale: number, shape: Shape): Tensor {
    return tensor(this.#raw.normal(new Float64Array(sizeOf(shape)), loc, scale), { shape });
  }

  /** Whole numbers from `low` to `high` - 1 (int32). NumPy: `randint`. */
  randint(low: number, high: number, shape: Shape): Tensor {
    return tensor(this.#raw.randint(new Int32Array(sizeOf(shape)), low, high), { shape });
  }

  /** The numbers 0 … n - 1 (int32), or the rows of a tensor, in random order. NumPy: `permutation`. */
  permutation(x: number | Tensor): Tensor {
    if (typeof x === 'number') return tensor(this.#raw.permutation(x));
    return x.indexSelect(0, tensor(this.#raw.permutation(rowsOf('permutation', x))));
  }

  /** Shuffles the rows of a tensor in place. NumPy: `shuffle`. */
  shuffle(x: Tensor): void {
    const order = new Int32Array(rowsOf('shuffle', x)).map((_, i) => i);
    this.#raw.shuffle(order);
    x.copy_(x.indexSelect(0, tensor(order)));
  }

  /** `count` of the numbers 0 … n - 1 (int32), or elements of a vector; with replacement unless said. NumPy: `choice`. */
  choice(x: number | Tensor, count: number, options: ChoiceOptions = {}): Tensor {
    if (typeof x === 'number') return tensor(this.#raw.choice(x, count, options));
    if (x.ndim !== 1)
      throw new ShapeError(`RandomState.choice: expected a vector, got shape ${formatShape(x.shape)}`);
    return x.indexSelect(0, tensor(this.#raw.choice(x.size, count, options)));
  }

  /** A copy of the state, safe to write as JSON. NumPy: `get_state`. */
  getState(): NumpyRandomStateSnapshot {
    return this.#raw.getState();
  }

  /** Continues from a state taken earlier, here or by NumPy. NumPy: `set_state`. */
  setState(state: NumpyRandomStateSnapshot): void {
    this.#raw.setState(state);
  }
}

function rowsOf(method: string, x: Tensor): number {
  const [rows] = x.shape;
  if (rows === undefined)
    throw new ArgumentError(`RandomState.${method}: a 0-dimensional tensor has no rows`);
  return rows;
}

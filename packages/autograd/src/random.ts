import { build, type TensorOptions, tensor } from './create.ts';
import { defaultGenerator, floatArray, type RandomOptions } from './ops/random.ts';
import { drawBinomial, drawPoisson } from './random/discrete.ts';
import {
  type ChoiceOptions,
  NumpyRandomState,
  type NumpyRandomStateSnapshot,
} from './random/numpyRandomState.ts';
import { noGrad } from './tape/mode.ts';
import { operands } from './tape/shorthands.ts';
import { isFloat } from './tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from './tensor/errors.ts';
import { formatPosition, formatShape, type Shape, sizeOf } from './tensor/shape.ts';
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
 * Uniforms on [0, 1) of the shape and dtype of `x`. PyTorch: `torch.rand_like`.
 *
 * @example
 * ```ts
 * import { manualSeed, randLike, zeros } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(randLike(zeros([2]))); // tensor([0.4963, 0.7682])
 * ```
 */
export function randLike(x: Tensor, options: RandomTensorOptions = {}): Tensor {
  return rand(x.shape, { dtype: x.dtype, ...options });
}

/**
 * Normals of mean 0 and standard deviation 1, of the shape and dtype of `x`. PyTorch: `torch.randn_like`.
 *
 * @example
 * ```ts
 * import { manualSeed, randnLike, zeros } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(randnLike(zeros([2]))); // tensor([ 1.5410, -0.2934])
 * ```
 */
export function randnLike(x: Tensor, options: RandomTensorOptions = {}): Tensor {
  return randn(x.shape, { dtype: x.dtype, ...options });
}

/**
 * Whole numbers from `low` to `high` - 1, of the shape and dtype of `x`. PyTorch: `torch.randint_like`.
 *
 * @example
 * ```ts
 * import { manualSeed, randintLike, zeros } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(randintLike(zeros([3]), 0, 10)); // tensor([4., 9., 3.])
 * ```
 */
export function randintLike(x: Tensor, low: number, high: number, options: RandomTensorOptions = {}): Tensor {
  return randint(low, high, x.shape, { dtype: x.dtype, ...options });
}

/**
 * Normals of the given means and standard deviations, numbers or tensors that broadcast; two numbers need a shape. No
 * gradient flows to them: `distributions.Normal.rsample` has one. PyTorch: `torch.normal`.
 *
 * Errors: DTypeError for integer tensors; ArgumentError where a standard deviation is negative; ShapeError.
 *
 * @example
 * ```ts
 * import { manualSeed, normal, tensor } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(normal(tensor([0, 100]), tensor([1, 10]))); // tensor([ 1.5410, 97.0657])
 * console.log(normal(5, 0, [2])); // tensor([5., 5.])
 * ```
 */
export function normal(mean: number, std: number, shape: Shape, options?: RandomTensorOptions): Tensor;
export function normal(mean: Tensor | number, std: Tensor, options?: RandomOptions): Tensor;
export function normal(mean: Tensor, std: number, options?: RandomOptions): Tensor;
export function normal(
  mean: Tensor | number,
  std: Tensor | number,
  shape: Shape | RandomOptions = {},
  options: RandomTensorOptions = {},
): Tensor {
  if (typeof mean === 'number' && typeof std === 'number') {
    if (!isShape(shape)) {
      throw new ArgumentError(
        `normal: expected a shape beside the numbers ${mean} and ${std}: normal(${mean}, ${std}, [3])`,
      );
    }
    const { generator = defaultGenerator } = options;
    return build('normal', shape, options, (array) =>
      generator.normal(floatArray('normal', array), mean, std),
    );
  }
  if (isShape(shape)) {
    throw new ArgumentError('normal: the shape is that of mean and std; expand one of them instead');
  }
  const [m, s] = operands('normal', mean, std);
  checkFloat('normal', m);
  checkElements('normal', 'std', s, (value) => value >= 0, '0 or more');
  return noGrad(() =>
    randn(m.shape, { ...shape, dtype: m.dtype })
      .mul(s)
      .add(m),
  );
}

/**
 * Ones with the probabilities given by a tensor, and zeros; of its shape and dtype. No gradient flows to `p`. PyTorch:
 * `torch.bernoulli`. Errors: DTypeError for integer dtypes; ArgumentError outside [0, 1].
 *
 * @example
 * ```ts
 * import { bernoulli, manualSeed, tensor } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(bernoulli(tensor([0, 0.5, 0.8, 1]))); // tensor([0., 0., 1., 1.])
 * ```
 */
export function bernoulli(p: Tensor, options: RandomOptions = {}): Tensor {
  checkFloat('bernoulli', p);
  checkElements('bernoulli', 'p', p, (value) => value >= 0 && value <= 1, 'a probability from 0 to 1');
  const { generator = defaultGenerator } = options;
  const each = p.toTypedArray();
  return build('bernoulli', p.shape, { dtype: p.dtype }, (array) => generator.bernoulli(array, each));
}

/**
 * Poisson draws with the rates given by a tensor; of its shape and dtype. No gradient flows to `rate`. PyTorch:
 * `torch.poisson`, with its numbers for the same seed. Errors: DTypeError for integer dtypes; ArgumentError for rates
 * that are negative or not finite.
 *
 * @example
 * ```ts
 * import { manualSeed, poisson, tensor } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(poisson(tensor([0, 3, 100]))); // tensor([ 0.,  6., 96.])
 * ```
 */
export function poisson(rate: Tensor, options: RandomOptions = {}): Tensor {
  checkFloat('poisson', rate);
  checkElements(
    'poisson',
    'rate',
    rate,
    (value) => value >= 0 && Number.isFinite(value),
    'finite and 0 or more',
  );
  const { generator = defaultGenerator } = options;
  const rates = rate.toTypedArray();
  return build('poisson', rate.shape, { dtype: rate.dtype }, (array) => {
    for (let i = 0; i < array.length; i++) array[i] = drawPoisson(generator, rates[i]!);
  });
}

/**
 * The numbers of successes in `count` trials of probability `p`, two floating point tensors that broadcast. No gradient
 * flows to them. PyTorch: `torch.binomial`, with its numbers for the same seed. Errors: DTypeError for integer dtypes;
 * ArgumentError for counts that are not whole numbers >= 0 and probabilities outside [0, 1]; ShapeError.
 *
 * @example
 * ```ts
 * import { binomial, manualSeed, tensor } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(binomial(tensor([10, 10, 1000]), tensor([0, 0.5, 0.5]))); // tensor([  0.,   7., 504.])
 * ```
 */
export function binomial(count: Tensor, p: Tensor, options: RandomOptions = {}): Tensor {
  const [n, q] = operands('binomial', count, p);
  checkFloat('binomial', n);
  checkElements(
    'binomial',
    'count',
    n,
    (value) => value >= 0 && Number.isInteger(value),
    'a whole number >= 0',
  );
  checkElements('binomial', 'p', q, (value) => value >= 0 && value <= 1, 'a probability from 0 to 1');
  const { generator = defaultGenerator } = options;
  const [counts, probabilities] = [n.toTypedArray(), q.toTypedArray()];
  return build('binomial', n.shape, { dtype: n.dtype }, (array) => {
    for (let i = 0; i < array.length; i++) array[i] = drawBinomial(generator, counts[i]!, probabilities[i]!);
  });
}

/**
 * Positions drawn with the probabilities given by the weights along the last axis (they need not sum to 1), as int32 of
 * shape (…, count); without replacement unless said. PyTorch: `torch.multinomial`, with its numbers for the same seed.
 *
 * Errors: ShapeError unless `weights` has one or two axes; DTypeError for integer dtypes; ArgumentError for weights that
 * are negative or not finite, and rows with too few positive ones.
 *
 * @example
 * ```ts
 * import { manualSeed, multinomial, tensor } from '@tensortape/autograd';
 * manualSeed(0);
 * console.log(multinomial(tensor([0, 10, 3, 0]), 4, { replacement: true })); // tensor([2, 1, 1, 2], dtype=int32)
 * ```
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
  checkFloat('multinomial', weights);
  const rows = weights.ndim === 1 ? 1 : weights.shape[0]!;
  const drawn = generator.multinomial(weights.toTypedArray(), count, replacement, rows);
  return tensor(drawn, { shape: weights.ndim === 1 ? [count] : [rows, count] });
}

function isShape(value: Shape | RandomOptions): value is Shape {
  return Array.isArray(value);
}

function checkFloat(op: string, x: Tensor): void {
  if (!isFloat(x.dtype)) {
    throw new DTypeError(
      `${op}: expected a floating point tensor, got ${x.dtype}; convert it with to('float32')`,
    );
  }
}

/** Refuses a tensor with an element outside the legal range, which `legal` says in words. */
function checkElements(
  op: string,
  name: string,
  x: Tensor,
  isLegal: (value: number) => boolean,
  legal: string,
): void {
  const values = x.toTypedArray();
  const wrong = values.findIndex((value) => !isLegal(value));
  if (wrong >= 0) {
    throw new ArgumentError(
      `${op}: ${name}${formatPosition(x.shape, wrong)} must be ${legal}, got ${values[wrong]}`,
    );
  }
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

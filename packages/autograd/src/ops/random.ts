import { Generator } from '../random/generator.ts';
import { wrap } from '../tensor/core.ts';
import type { NumericArray } from '../tensor/dtype.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, formatShape, sameShape } from '../tensor/shape.ts';
import { allocateOwn, Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { overwrite } from './inplace.ts';

/** The generator that random functions draw from unless given another; see {@link manualSeed}. */
export const defaultGenerator: Generator = /* @__PURE__ */ new Generator();

/** Options of random functions. */
export interface RandomOptions {
  /** Where to draw from; {@link defaultGenerator} unless given. */
  readonly generator?: Generator;
}

function fill(op: string, x: Tensor, draw: (array: NumericArray) => void): Tensor {
  const array = allocateOwn(x.dtype, x.size);
  draw(array);
  return overwrite(op, x, wrap(new Storage(array), x.dtype, x.shape));
}

/** Refuses integer arrays. */
export function floatArray(op: string, array: NumericArray): Float32Array | Float64Array {
  if (array instanceof Float32Array || array instanceof Float64Array) return array;
  throw new DTypeError(`${op}: expected a floating point tensor; draw integers with randint`);
}

/** Fills `x` with uniforms on [low, high). PyTorch: `Tensor.uniform_`, with its numbers for the same seed. */
export function uniformInPlace(x: Tensor, low = 0, high = 1, options: RandomOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return fill('uniform_', x, (array) => generator.uniform(floatArray('uniform_', array), low, high));
}

/** Fills `x` with normals. PyTorch: `Tensor.normal_`, with its numbers for the same seed. */
export function normalInPlace(x: Tensor, mean = 0, std = 1, options: RandomOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return fill('normal_', x, (array) => generator.normal(floatArray('normal_', array), mean, std));
}

/**
 * Fills `x` with ones of probability `p` and zeros; `p` is one number, or a floating point tensor that broadcasts to `x`.
 * PyTorch: `Tensor.bernoulli_`, with its numbers for the same seed. Errors: ArgumentError outside [0, 1]; ShapeError.
 */
export function bernoulliInPlace(x: Tensor, p: number | Tensor = 0.5, options: RandomOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  if (typeof p !== 'number' && !sameShape(broadcastShapes('bernoulli_', x.shape, p.shape), x.shape)) {
    throw new ShapeError(
      `bernoulli_: p of shape ${formatShape(p.shape)} does not broadcast to ${formatShape(x.shape)}`,
    );
  }
  const each = typeof p === 'number' ? p : floatArray('bernoulli_', p.expand(x.shape).toTypedArray());
  return fill('bernoulli_', x, (array) => generator.bernoulli(array, each));
}

/**
 * Fills `x` with exponentials of this rate, 1 / mean. PyTorch: `Tensor.exponential_`, with its numbers for the same seed.
 * Errors: DTypeError for integers; ArgumentError unless the rate is positive and finite.
 */
export function exponentialInPlace(x: Tensor, rate = 1, options: RandomOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return fill('exponential_', x, (array) => generator.exponential(floatArray('exponential_', array), rate));
}

/**
 * Fills `x` with the number, 1 or more, of the first success in trials of probability `p`. PyTorch: `Tensor.geometric_`,
 * with its numbers for the same seed. Errors: ArgumentError unless 0 < p < 1, or when a draw does not fit; DTypeError for
 * bool.
 */
export function geometricInPlace(x: Tensor, p: number, options: RandomOptions = {}): Tensor {
  if (x.dtype === 'bool') {
    throw new DTypeError(
      'geometric_: draws are 1 or more, which bool cannot hold; use int32 or a float dtype',
    );
  }
  const { generator = defaultGenerator } = options;
  return fill('geometric_', x, (array) => generator.geometric(array, p));
}

/**
 * Fills `x` with Cauchy draws. PyTorch: `Tensor.cauchy_`, with its numbers for the same seed. Errors: DTypeError for
 * integers; ArgumentError unless sigma is positive and finite.
 */
export function cauchyInPlace(x: Tensor, median = 0, sigma = 1, options: RandomOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return fill('cauchy_', x, (array) => generator.cauchy(floatArray('cauchy_', array), median, sigma));
}

/**
 * Fills `x` with exponentials of normals of this mean and standard deviation. PyTorch: `Tensor.log_normal_`, with its
 * numbers for the same seed. Errors: DTypeError for integers; ArgumentError unless std is positive and finite.
 */
export function logNormalInPlace(x: Tensor, mean = 1, std = 2, options: RandomOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return fill('logNormal_', x, (array) => generator.logNormal(floatArray('logNormal_', array), mean, std));
}

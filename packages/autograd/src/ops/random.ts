import { Generator } from '../random/generator.ts';
import { wrap } from '../tensor/core.ts';
import type { NumericArray } from '../tensor/dtype.ts';
import { DTypeError } from '../tensor/errors.ts';
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

/** Fills `x` with ones of probability `p` and zeros. PyTorch: `Tensor.bernoulli_`. */
export function bernoulliInPlace(x: Tensor, p = 0.5, options: RandomOptions = {}): Tensor {
  const { generator = defaultGenerator } = options;
  return fill('bernoulli_', x, (array) => generator.bernoulli(array, p));
}

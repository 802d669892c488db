import { ArgumentError, DTypeError } from './errors.ts';

/**
 * The element types of a tensor. `float32` is the default; `float64` is first class on every operation; `int32` holds
 * indices and counts; `bool` holds 0 and 1 in bytes.
 */
export type DType = 'float32' | 'float64' | 'int32' | 'uint8' | 'bool';

/** The dtypes that can carry a gradient. */
export type FloatDType = 'float32' | 'float64';

/** The typed arrays that hold a tensor's elements. */
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Bytes per element of each dtype. */
export const itemSize: Readonly<Record<DType, number>> = {
  float32: 4,
  float64: 8,
  int32: 4,
  uint8: 1,
  bool: 1,
};

const order: readonly DType[] = ['bool', 'uint8', 'int32', 'float32', 'float64'];

/** Whether a dtype is a floating point type, and so differentiable. */
export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === 'float32' || dtype === 'float64';
}

/** Refuses anything that is not a dtype's name. */
export function checkDType(dtype: DType, where: string): DType {
  if (!order.includes(dtype)) {
    throw new ArgumentError(`${where}: unknown dtype '${dtype}'; known are ${order.join(', ')}`);
  }
  return dtype;
}

/** @internal The smallest and the largest number of each integer dtype. */
export const integerBounds = { int32: [-2147483648, 2147483647], uint8: [0, 255] } as const;

/** @internal A number as a dtype stores it; refuses one that would be cut or wrap around. `at` is its place, if it has one. */
export function storable(op: string, value: number, dtype: DType, at?: number): number {
  if (isFloat(dtype)) return value;
  if (dtype === 'bool') return value === 0 ? 0 : 1;
  const [low, high] = integerBounds[dtype];
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  const what = at === undefined ? 'the value' : `element ${at}`;
  throw new DTypeError(
    `${op}: ${what} is ${value}, which ${dtype} cannot hold (whole numbers ${low} to ${high})`,
  );
}

let defaultFloat: FloatDType = 'float32';

/** The dtype that creation functions and integer-to-float promotions use: `float32` unless changed. */
export function getDefaultDType(): FloatDType {
  return defaultFloat;
}

/**
 * Changes the default floating point dtype, as `torch.set_default_dtype` does.
 *
 * @example
 * ```ts
 * import { ones, setDefaultDType } from '@tensortape/autograd';
 * setDefaultDType('float64');
 * console.log(ones([2]).dtype); // float64
 * setDefaultDType('float32');
 * ```
 */
export function setDefaultDType(dtype: FloatDType): void {
  if (!isFloat(dtype)) {
    throw new ArgumentError(`setDefaultDType: expected 'float32' or 'float64', got '${dtype}'`);
  }
  defaultFloat = dtype;
}

/** The smallest dtype that both dtypes promote to: bool < uint8 < int32 < float32 < float64. */
export function promoteTypes(a: DType, b: DType): DType {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/** 0 for bool, 1 for integers, 2 for floats: a 0-dimensional operand promotes only across categories. */
export function category(dtype: DType): 0 | 1 | 2 {
  return dtype === 'bool' ? 0 : isFloat(dtype) ? 2 : 1;
}

/** An operand of a promotion: a tensor (anything with a dtype and shape), or a JavaScript number or boolean. */
export type Promotable = Typed | number | boolean;

/** Anything with a dtype and a shape. */
export interface Typed {
  /** The type of the elements. */
  readonly dtype: DType;
  /** The length of each axis. */
  readonly shape: readonly number[];
}

/**
 * The dtype of an operation on `a` and `b`, by the rule of `torch.result_type`: operands with dimensions decide;
 * 0-dimensional tensors, and after them plain numbers, count only when their category (bool, integer, float) is higher.
 * JavaScript cannot tell 2 from 2.0: whole numbers count as integers.
 *
 * @example
 * ```ts
 * import { ones, resultType } from '@tensortape/autograd';
 * const counts = ones([3], { dtype: 'int32' });
 * console.log(resultType(counts, 2), resultType(counts, 0.5)); // int32 float32
 * ```
 */
export function resultType(a: Promotable, b: Promotable): DType {
  const [rankA, typeA] = priority(a);
  const [rankB, typeB] = priority(b);
  if (rankA === rankB) return promoteTypes(typeA, typeB);
  const [strong, weak] = rankA > rankB ? [typeA, typeB] : [typeB, typeA];
  return category(weak) > category(strong) ? weak : strong;
}

function priority(x: Promotable): [rank: 0 | 1 | 2, dtype: DType] {
  if (typeof x === 'boolean') return [0, 'bool'];
  if (typeof x === 'number') return [0, Number.isInteger(x) ? 'int32' : defaultFloat];
  return [x.shape.length > 0 ? 2 : 1, x.dtype];
}

import { type DType, getDefaultDType, type NumericArray } from './dtype.ts';
import { DTypeError, ShapeError } from './errors.ts';
import { kindOf } from './kind.ts';
import type { Shape } from './shape.ts';

/** Nested lists of numbers, as deep as a tensor has axes; booleans for bool. */
export type Nested = number | boolean | readonly Nested[];

const typedArrays = [
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int32Array, 'int32'],
  [Uint8Array, 'uint8'],
] as const;

/** Nested lists as one list, with the shape and dtype they make. */
export interface Flattened {
  /** Whether it was a typed array, whose values are known to fit its type. */
  readonly typed: boolean;
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
  readonly dtype: DType;
}

/** Reads nested lists or a typed array; refuses ragged lists and what are not numbers. */
export function flattened(op: string, data: Nested | NumericArray): Flattened {
  if (ArrayBuffer.isView(data)) {
    const known = typedArrays.find(([type]) => data instanceof type);
    if (known === undefined) {
      throw new DTypeError(
        `${op}: expected a Float32Array, Float64Array, Int32Array or Uint8Array; convert other typed arrays first`,
      );
    }
    return { typed: true, shape: [data.length], values: data, dtype: known[1] };
  }
  const lengths: number[] = [];
  for (let level: Nested | undefined = data; Array.isArray(level); level = level[0])
    lengths.push(level.length);
  const values: number[] = [];
  let booleans = 0;
  const visit = (item: Nested, axis: number, path: string): void => {
    if (Array.isArray(item)) {
      if (item.length !== lengths[axis]) {
        throw new ShapeError(
          `${op}: the lists are ragged: data${path} has ${item.length} elements, expected ${lengths[axis] ?? 'a number'}`,
        );
      }
      for (const [i, inner] of item.entries()) visit(inner, axis + 1, `${path}[${i}]`);
    } else if (axis !== lengths.length) {
      throw new ShapeError(
        `${op}: the lists are ragged: data${path} is a single value, expected ${lengths[axis]} elements`,
      );
    } else if (typeof item === 'number' || typeof item === 'boolean') {
      booleans += typeof item === 'boolean' ? 1 : 0;
      values.push(Number(item));
    } else {
      throw new DTypeError(`${op}: data${path} is ${kindOf(item)}, expected a number or boolean`);
    }
  };
  visit(data as Nested, 0, '');
  return {
    typed: false,
    shape: lengths,
    values,
    dtype: values.length > 0 && booleans === values.length ? 'bool' : getDefaultDType(),
  };
}

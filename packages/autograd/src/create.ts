import {
  checkDType,
  type DType,
  getDefaultDType,
  isFloat,
  type NumericArray,
  storable,
} from './tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from './tensor/errors.ts';
import { kindOf } from './tensor/kind.ts';
import { checkShape, formatShape, type Shape, sizeOf } from './tensor/shape.ts';
import { allocateOwn, Storage } from './tensor/storage.ts';
// For real, not as a type: a program that only makes tensors needs their methods too.
import { type Nested, Tensor } from './tensor.ts';

/** Options of the functions that make tensors. */
export interface TensorOptions {
  /** The type of the elements; the default floating point dtype unless said otherwise. */
  readonly dtype?: DType;
  /** Record operations on the tensor, so that gradients can be taken. Default false. */
  readonly requiresGrad?: boolean;
}

/** A new tensor whose own array is filled by `fill`. */
export function build(
  op: string,
  shape: Shape,
  options: TensorOptions,
  fill: (array: NumericArray) => void,
): Tensor {
  const dtype = checkDType(options.dtype ?? getDefaultDType(), op);
  const array = allocateOwn(dtype, sizeOf(checkShape(op, shape)));
  fill(array);
  const x = new Tensor(new Storage(array), dtype, [...shape]);
  return options.requiresGrad ? x.requiresGrad_() : x;
}

const typedArrays = [
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int32Array, 'int32'],
  [Uint8Array, 'uint8'],
] as const;

/**
 * A tensor from a number, nested lists, or a typed array (with `shape`), which is copied. Plain numbers make the default
 * floating point dtype (JavaScript cannot tell 2 from 2.0), booleans make bool, typed arrays keep their type.
 *
 * Errors: ShapeError for ragged lists or a shape of another size; DTypeError for values that the dtype cannot hold.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(x.shape, x.dtype); // [ 2, 2 ] float32
 * console.log(tensor(new Int32Array([1, 2, 3, 4]), { shape: [2, 2] }).dtype); // int32
 * ```
 */
export function tensor(
  data: Nested | NumericArray,
  options: TensorOptions & { readonly shape?: Shape } = {},
): Tensor {
  const found = flattened(data);
  const { values } = found;
  const dtype = options.dtype ?? found.dtype;
  const shape = options.shape ?? found.shape;
  if (sizeOf(shape) !== values.length) {
    throw new ShapeError(`tensor: shape ${formatShape(shape)} does not hold ${values.length} elements`);
  }
  return build('tensor', shape, { ...options, dtype }, (array) => {
    if (isFloat(dtype) || (found.typed && found.dtype === dtype)) array.set(values);
    else for (let i = 0; i < array.length; i++) array[i] = storable('tensor', values[i]!, dtype, i);
  });
}

interface Flattened {
  /** Whether it was a typed array, whose values are known to fit its type. */
  readonly typed: boolean;
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
  readonly dtype: DType;
}

function flattened(data: Nested | NumericArray): Flattened {
  if (ArrayBuffer.isView(data)) {
    const known = typedArrays.find(([type]) => data instanceof type);
    if (known === undefined) {
      throw new DTypeError(
        'tensor: expected a Float32Array, Float64Array, Int32Array or Uint8Array; convert other typed arrays first',
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
          `tensor: the lists are ragged: data${path} has ${item.length} elements, expected ${lengths[axis] ?? 'a number'}`,
        );
      }
      for (const [i, inner] of item.entries()) visit(inner, axis + 1, `${path}[${i}]`);
    } else if (axis !== lengths.length) {
      throw new ShapeError(
        `tensor: the lists are ragged: data${path} is a single value, expected ${lengths[axis]} elements`,
      );
    } else if (typeof item === 'number' || typeof item === 'boolean') {
      booleans += typeof item === 'boolean' ? 1 : 0;
      values.push(Number(item));
    } else {
      throw new DTypeError(`tensor: data${path} is ${kindOf(item)}, expected a number or boolean`);
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

/**
 * A tensor of this shape with every element `value`. PyTorch: `torch.full`.
 *
 * Errors: DTypeError for a value that the dtype cannot hold.
 *
 * @example
 * ```ts
 * import { full } from '@tensortape/autograd';
 * console.log(full([2], 7)); // tensor([7., 7.])
 * ```
 */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return build('full', shape, options, (array) =>
    array.fill(storable('full', value, options.dtype ?? getDefaultDType())),
  );
}

/**
 * A tensor of zeros. PyTorch: `torch.zeros`.
 *
 * @example
 * ```ts
 * import { zeros } from '@tensortape/autograd';
 * console.log(zeros([2])); // tensor([0., 0.])
 * ```
 */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return build('zeros', shape, options, () => {});
}

/**
 * A tensor of ones. PyTorch: `torch.ones`.
 *
 * @example
 * ```ts
 * import { ones } from '@tensortape/autograd';
 * console.log(ones([2], { dtype: 'int32' })); // tensor([1, 1], dtype=int32)
 * ```
 */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return build('ones', shape, options, (array) => array.fill(1));
}

/**
 * Zeros of the shape and dtype of `x`. PyTorch: `torch.zeros_like`.
 *
 * @example
 * ```ts
 * import { tensor, zerosLike } from '@tensortape/autograd';
 * console.log(zerosLike(tensor([1, 2]))); // tensor([0., 0.])
 * ```
 */
export function zerosLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return zeros(x.shape, { dtype: x.dtype, ...options });
}

/**
 * Ones of the shape and dtype of `x`. PyTorch: `torch.ones_like`.
 *
 * @example
 * ```ts
 * import { onesLike, tensor } from '@tensortape/autograd';
 * console.log(onesLike(tensor([1, 2]))); // tensor([1., 1.])
 * ```
 */
export function onesLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return ones(x.shape, { dtype: x.dtype, ...options });
}

/**
 * The identity matrix, or one with `columns` columns. PyTorch: `torch.eye`.
 *
 * @example
 * ```ts
 * import { eye } from '@tensortape/autograd';
 * console.log(eye(2));
 * // tensor([[1., 0.],
 * //         [0., 1.]])
 * ```
 */
export function eye(rows: number, columns = rows, options: TensorOptions = {}): Tensor {
  return build('eye', [rows, columns], options, (array) => {
    for (let i = 0; i < Math.min(rows, columns); i++) array[i * columns + i] = 1;
  });
}

/**
 * start, start + step, … before end; `arange(end)` starts at 0. Whole numbers make int32, others the default floating
 * point dtype. PyTorch: `torch.arange`. Errors: ArgumentError when step does not lead from start towards end; DTypeError
 * for values that the dtype cannot hold.
 *
 * @example
 * ```ts
 * import { arange } from '@tensortape/autograd';
 * console.log(arange(3).toArray(), arange(0, 1, 0.25).toArray()); // [ 0, 1, 2 ] [ 0, 0.25, 0.5, 0.75 ]
 * ```
 */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, step: number, options?: TensorOptions): Tensor;
export function arange(...args: (number | TensorOptions | undefined)[]): Tensor {
  const numbers = args.filter((arg) => typeof arg === 'number');
  const options = args.find((arg) => typeof arg === 'object') ?? {};
  const [start, end, step] =
    numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1];
  if (!Number.isFinite(start) || !Number.isFinite(end) || !(step !== 0 && (end - start) / step >= 0)) {
    throw new ArgumentError(`arange: a step of ${step} does not lead from ${start} to ${end}`);
  }
  const dtype = options.dtype ?? ([start, end, step].every(Number.isInteger) ? 'int32' : getDefaultDType());
  return build('arange', [Math.ceil((end - start) / step)], { ...options, dtype }, (array) => {
    for (let i = 0; i < array.length; i++) array[i] = storable('arange', start + i * step, dtype, i);
  });
}

/**
 * `steps` values from start to end, both included, evenly spaced: start + i * step in double precision, the last set to
 * end, as NumPy does. PyTorch: `torch.linspace`.
 *
 * @example
 * ```ts
 * import { linspace } from '@tensortape/autograd';
 * console.log(linspace(0, 1, 5)); // tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
 * ```
 */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  return build('linspace', [steps], options, (array) => {
    for (let i = 0; i < steps; i++) array[i] = i * step + start;
    if (steps > 1) array[steps - 1] = end;
  });
}

/**
 * Rows that are 1 at the position given by `index` (int32) and 0 elsewhere; int32. PyTorch: `torch.nn.functional.one_hot`.
 *
 * @example
 * ```ts
 * import { oneHot, tensor } from '@tensortape/autograd';
 * console.log(oneHot(tensor([0, 2], { dtype: 'int32' }), 3));
 * // tensor([[1, 0, 0],
 * //         [0, 0, 1]], dtype=int32)
 * ```
 */
export function oneHot(index: Tensor, classes: number, options: TensorOptions = {}): Tensor {
  const positions = index.toTypedArray();
  return build('oneHot', [...index.shape, classes], { dtype: 'int32', ...options }, (array) => {
    positions.forEach((position, row) => {
      if (!Number.isInteger(position) || position < 0 || position >= classes) {
        throw new ArgumentError(`oneHot: index ${position} at element ${row} is not in 0 … ${classes - 1}`);
      }
      array[row * classes + position] = 1;
    });
  });
}

import {
  checkDType,
  type DType,
  getDefaultDType,
  isFloat,
  type NumericArray,
  storable,
} from './tensor/dtype.ts';
import { ArgumentError, ShapeError } from './tensor/errors.ts';
import { flattened, type Nested } from './tensor/nested.ts';
import { checkShape, formatShape, type Shape, sizeOf } from './tensor/shape.ts';
import { allocateOwn, Storage } from './tensor/storage.ts';
// For real, not as a type: a program that only makes tensors needs their methods too.
import { Tensor } from './tensor.ts';

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
  const found = flattened('tensor', data);
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
 * A tensor of the shape and dtype of `x` with every element `value`. PyTorch: `torch.full_like`.
 *
 * Errors: DTypeError for a value that the dtype cannot hold; in PyTorch its fraction is cut.
 *
 * @example
 * ```ts
 * import { fullLike, tensor } from '@tensortape/autograd';
 * console.log(fullLike(tensor([1, 2]), 7)); // tensor([7., 7.])
 * ```
 */
export function fullLike(x: Tensor, value: number, options: TensorOptions = {}): Tensor {
  const { dtype = x.dtype } = options;
  return build('fullLike', x.shape, { ...options, dtype }, (array) =>
    array.fill(storable('fullLike', value, dtype)),
  );
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

/** Options of {@link logspace}. */
export interface LogspaceOptions extends TensorOptions {
  /** What is raised to the powers. Default 10. */
  readonly base?: number;
}

/**
 * `steps` powers of `base` (10), with exponents from start to end, both included, evenly spaced as in {@link linspace}.
 * PyTorch: `torch.logspace`.
 *
 * @example
 * ```ts
 * import { logspace } from '@tensortape/autograd';
 * console.log(logspace(0, 3, 4, { base: 2 })); // tensor([1., 2., 4., 8.])
 * ```
 */
export function logspace(start: number, end: number, steps: number, options: LogspaceOptions = {}): Tensor {
  const { base = 10, ...rest } = options;
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  return build('logspace', [steps], rest, (array) => {
    for (let i = 0; i < steps; i++) array[i] = base ** (i * step + start);
    if (steps > 1) array[steps - 1] = base ** end;
  });
}

/** The positions of some elements of a matrix in row-major order: a row of their rows and one of their columns. */
function positionsIn(
  op: string,
  [rows, columns]: readonly [number, number],
  offset: number,
  within: (row: number) => readonly [from: number, to: number],
): Tensor {
  checkShape(op, [rows, columns]);
  if (!Number.isInteger(offset))
    throw new ArgumentError(`${op}: offset must be a whole number, got ${offset}`);
  const found: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    const [from, to] = within(row);
    for (let column = Math.max(from, 0); column < Math.min(to, columns); column++) {
      found[0].push(row);
      found[1].push(column);
    }
  }
  return tensor(Int32Array.from(found.flat()), { shape: [2, found[0].length] });
}

/**
 * The positions (int32) of the lower triangle of a matrix in row-major order: rows, and below them columns; `offset` > 0
 * counts diagonals above the main one. PyTorch: `torch.tril_indices`. Errors: ShapeError for lengths that are not whole and
 * >= 0; ArgumentError unless `offset` is whole.
 *
 * @example
 * ```ts
 * import { trilIndices } from '@tensortape/autograd';
 * console.log(trilIndices(2, 3).toArray()); // [ [ 0, 1, 1 ], [ 0, 0, 1 ] ]
 * ```
 */
export function trilIndices(rows: number, columns: number, offset = 0): Tensor {
  return positionsIn('trilIndices', [rows, columns], offset, (row) => [0, row + offset + 1]);
}

/**
 * The positions (int32) of the upper triangle of a matrix, as {@link trilIndices}. PyTorch: `torch.triu_indices`.
 *
 * @example
 * ```ts
 * import { triuIndices } from '@tensortape/autograd';
 * console.log(triuIndices(2, 3, 1).toArray()); // [ [ 0, 0, 1 ], [ 1, 2, 2 ] ]
 * ```
 */
export function triuIndices(rows: number, columns: number, offset = 0): Tensor {
  return positionsIn('triuIndices', [rows, columns], offset, (row) => [row + offset, columns]);
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

import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { type DType, getDefaultDType, isFloat, promoteTypes } from '../tensor/dtype.ts';
import { DTypeError, LinAlgError, ShapeError } from '../tensor/errors.ts';
import { broadcastBatches, formatPosition, formatShape, type Shape } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Range, Refusals, SampleKit } from './samples.ts';

// What the operations of linear algebra share: checks, broadcasting, and matrices for their samples.

/** Refuses anything but floating point (batches of) matrices. */
export function requireMatrix(op: string, name: string, x: Tensor): void {
  checkTensor(op, name, x);
  if (!isFloat(x.dtype)) {
    throw new DTypeError(
      `${op}: ${name} must be floating point, got ${x.dtype}; convert it with .to('${getDefaultDType()}')`,
    );
  }
  if (x.ndim < 2) {
    throw new ShapeError(
      `${op}: ${name} must be a matrix or a batch of matrices, got shape ${formatShape(x.shape)}`,
    );
  }
}

/** Refuses anything but floating point (batches of) square matrices. */
export function requireSquare(op: string, name: string, x: Tensor): void {
  requireMatrix(op, name, x);
  if (x.shape.at(-1) !== x.shape.at(-2)) {
    throw new ShapeError(`${op}: ${name} must be square, got shape ${formatShape(x.shape)}`);
  }
}

/** An error about one matrix of a batch. */
export function matrixError(op: string, shape: Shape, index: number, what: string): LinAlgError {
  const position = formatPosition(shape.slice(0, -2), index);
  return new LinAlgError(`${op}: the matrix${position && ` at ${position} of the batch`} ${what}`);
}

/** X with A X = B by a solver for equal batches; one A for a batch of B solves for all their columns at once. */
export function solveBatches(
  op: string,
  a: Tensor,
  b: Tensor,
  solver: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  const dtype = promoteTypes(a.dtype, b.dtype);
  const [x, y] = [a.to(dtype), b.to(dtype)];
  if (x.ndim === 2 && y.ndim > 2) {
    const [rows, columns] = y.shape.slice(-2) as [number, number];
    const batch = y.shape.slice(0, -2);
    const side = y
      .reshape([batch.reduce((count, length) => count * length, 1), rows, columns])
      .transpose(0, 1);
    const solved = solver(x, side.reshape([rows, side.shape[1]! * columns]));
    return solved.reshape(side.shape).transpose(0, 1).reshape(y.shape);
  }
  const batch = broadcastBatches(op, x.shape, y.shape);
  return solver(x.expand([...batch, ...x.shape.slice(-2)]), y.expand([...batch, ...y.shape.slice(-2)]));
}

/** Zeros for a cotangent that is not there. */
export function orZeros(g: Tensor | null, like: Tensor): Tensor {
  return g ?? constant(0, like.dtype, like.shape);
}

/** The matrix of these lengths with ones on its diagonal. */
export function identityMatrix(rows: number, columns: number, dtype: DType): Tensor {
  const array = allocate(dtype, rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) array[i * columns + i] = 1;
  return wrap(new Storage(array), dtype, [rows, columns]);
}

const small: Range = { low: -0.5, high: 0.5 };

/** Matrices with small elements, but for large ones of different sizes on the diagonal: of full rank, and well apart. */
export function graded(s: SampleKit, shape: Shape, range: Range = small): Tensor {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const diagonal = identityMatrix(rows, columns, 'float64');
  // 3, 6, 9 … on the diagonal.
  return s.tensorOf(shape, range).add(diagonal.cumsum(0).cumsum(1).cumsum(0).mul(diagonal).mul(3));
}

/** Regular matrices with a large diagonal; unless `mayFlip` is false, sometimes rows must be exchanged in elimination. */
export function regular(s: SampleKit, shape: Shape, mayFlip = true): Tensor {
  const x = s.tensorOf(shape, small).add(identityMatrix(shape.at(-2)!, shape.at(-1)!, 'float64').mul(3));
  return mayFlip && s.oneOf([true, false]) ? x.flip(-2) : x;
}

/** Symmetric positive definite matrices. */
export function positiveDefinite(s: SampleKit, shape: Shape): Tensor {
  const x = s.tensorOf(shape, { low: -1, high: 1 });
  return x.matmul(x.mT).add(identityMatrix(shape.at(-1)!, shape.at(-1)!, 'float64'));
}

/** Shapes of square matrices, alone and in batches, without elements too. */
export const squareShapes: readonly Shape[] = [
  [3, 3],
  [2, 2],
  [1, 1],
  [2, 2, 2],
  [2, 1, 3, 3],
  [0, 0],
  [0, 2, 2],
];

/** What every operation of one square matrix refuses. */
export const squareRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3])], 'ShapeError', /must be square, got shape \(2, 3\)/],
  [[s.tensorOf([3])], 'ShapeError', /must be a matrix or a batch of matrices, got shape \(3,\)/],
  [[s.index([2, 2], 3)], 'DTypeError', /must be floating point, got int32; convert it/],
];

import { checkTensor, checkTensors } from '../tensor/check.ts';
import { constant } from '../tensor/core.ts';
import { type DType, isFloat, promoteTypes, resultType } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { take } from './indexing.ts';
import { vector } from './positions.ts';
import type { Refusals, Samples } from './samples.ts';
import { cat, expand, reshape, slice, stack, transpose } from './shape.ts';
import { atleast1d, atleast2d, atleast3d } from './views.ts';

// Compositions of views and joins: their derivatives follow from those.

/** Joins tensors that have been given the axes they lack. */
function joined(op: string, tensors: readonly Tensor[], prepare: (x: Tensor) => Tensor, dim: number): Tensor {
  const parts = tensors.map(prepare);
  const [first] = parts;
  if (first === undefined) throw new ArgumentError(`${op}: expected at least one tensor, got an empty list`);
  const along = dim < first.ndim ? dim : 0;
  const odd = parts.findIndex(
    ({ shape }) =>
      shape.length !== first.ndim || shape.some((length, i) => i !== along && length !== first.shape[i]),
  );
  if (odd >= 0) {
    throw new ShapeError(
      `${op}: tensor ${odd} has shape ${formatShape(tensors[odd]!.shape)}, tensor 0 ${formatShape(tensors[0]!.shape)}; ` +
        `only dim ${along} may differ`,
    );
  }
  return cat(parts, along);
}

const listRefusals: Refusals = (s) => [
  [[[]], 'ArgumentError', /expected at least one tensor, got an empty list/],
  [
    [[s.tensorOf([2, 3, 2]), s.tensorOf([3, 4, 5])]],
    'ShapeError',
    /tensor 1 has shape \(3, 4, 5\), tensor 0 \(2, 3, 2\)/,
  ],
];

/**
 * Tensors joined along the second axis; those of one axis or none along the first. Derivative: each gets its slice of the
 * cotangent. PyTorch: `torch.hstack`. Errors: ArgumentError for an empty list; ShapeError when other axes differ.
 *
 * @example
 * ```ts
 * import { hstack, tensor } from '@tensortape/autograd';
 * console.log(hstack([tensor([1, 2]), tensor([3])])); // tensor([1., 2., 3.])
 * ```
 */
export function hstack(tensors: readonly Tensor[]): Tensor {
  checkTensors('hstack', 'tensors', tensors);
  return joined('hstack', tensors, atleast1d, 1);
}
export const hstackSamples: Samples = (s) => [
  s.oneOf([
    () => [s.tensorOf([2, 1]), s.tensorOf([2, 3])],
    () => [s.tensorOf([2]), s.tensorOf([]), s.tensorOf([s.integer(0, 2)])],
    () => [s.tensorOf([2, 2, 1])],
  ])(),
];
export const hstackRefusals: Refusals = (s) => [
  ...listRefusals(s),
  [[[s.tensorOf([2]), s.tensorOf([2, 2])]], 'ShapeError', /tensor 1 has shape \(2, 2\), tensor 0 \(2,\)/],
];

/**
 * Tensors joined along the first axis, vectors as rows. Derivative: each gets its part of the cotangent. PyTorch:
 * `torch.vstack`. Errors: ArgumentError for an empty list; ShapeError when other axes differ.
 *
 * @example
 * ```ts
 * import { tensor, vstack } from '@tensortape/autograd';
 * console.log(vstack([tensor([1, 2]), tensor([3, 4])]).toArray()); // [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export function vstack(tensors: readonly Tensor[]): Tensor {
  checkTensors('vstack', 'tensors', tensors);
  return joined('vstack', tensors, atleast2d, 0);
}
export const vstackSamples: Samples = (s) => [
  s.oneOf([
    () => [s.tensorOf([3]), s.tensorOf([2, 3])],
    () => [s.tensorOf([]), s.tensorOf([1])],
    () => [s.tensorOf([s.integer(0, 2), 2, 1]), s.tensorOf([1, 2, 1])],
  ])(),
];
export const vstackRefusals = listRefusals;

/**
 * Tensors joined along the third axis, after {@link atleast3d}. Derivative: each gets its part of the cotangent. PyTorch:
 * `torch.dstack`. Errors: ArgumentError for an empty list; ShapeError when other axes differ.
 *
 * @example
 * ```ts
 * import { dstack, tensor } from '@tensortape/autograd';
 * console.log(dstack([tensor([1, 2]), tensor([3, 4])]).toArray()); // [ [ [ 1, 3 ], [ 2, 4 ] ] ]
 * ```
 */
export function dstack(tensors: readonly Tensor[]): Tensor {
  checkTensors('dstack', 'tensors', tensors);
  return joined('dstack', tensors, atleast3d, 2);
}
export const dstackSamples: Samples = (s) => [
  s.oneOf([
    () => [s.tensorOf([3]), s.tensorOf([1, 3])],
    () => [s.tensorOf([]), s.tensorOf([1])],
    () => [s.tensorOf([1, 2, s.integer(0, 2)]), s.tensorOf([1, 2])],
  ])(),
];
export const dstackRefusals = listRefusals;

/**
 * Tensors joined along the second axis, vectors as columns. Derivative: each gets its part of the cotangent. PyTorch:
 * `torch.column_stack`. Errors: ArgumentError for an empty list; ShapeError when other axes differ.
 *
 * @example
 * ```ts
 * import { columnStack, tensor } from '@tensortape/autograd';
 * console.log(columnStack([tensor([1, 2]), tensor([3, 4])]).toArray()); // [ [ 1, 3 ], [ 2, 4 ] ]
 * ```
 */
export function columnStack(tensors: readonly Tensor[]): Tensor {
  checkTensors('columnStack', 'tensors', tensors);
  return joined('columnStack', tensors, (x) => (x.ndim < 2 ? reshape(x, [x.size, 1]) : x), 1);
}
export const columnStackSamples: Samples = (s) => [
  s.oneOf([
    () => [s.tensorOf([3]), s.tensorOf([3, 2])],
    () => [s.tensorOf([]), s.tensorOf([1])],
    () => [s.tensorOf([2, s.integer(0, 2), 1]), s.tensorOf([2, 2, 1])],
  ])(),
];
export const columnStackRefusals = listRefusals;

/** Options of {@link meshgrid}. */
export interface MeshgridOptions {
  /** Whether the first tensor runs along the first axis ('ij', the default) or along the second ('xy'). */
  readonly indexing?: 'ij' | 'xy';
}

/**
 * Grids of the coordinates given by vectors: grid k has the value of vector k at each point, as a view. Derivative: the sum
 * over the other axes. PyTorch: `torch.meshgrid`.
 *
 * Errors: ArgumentError for an empty list or another `indexing`; ShapeError for tensors of more than one axis; DTypeError
 * when dtypes differ.
 *
 * @example
 * ```ts
 * import { meshgrid, tensor } from '@tensortape/autograd';
 * const grids = meshgrid([tensor([1, 2]), tensor([3, 4, 5])]);
 * console.log(grids.map((grid) => grid.toArray())); // [ [ [ 1, 1, 1 ], [ 2, 2, 2 ] ], [ [ 3, 4, 5 ], [ 3, 4, 5 ] ] ]
 * ```
 */
export function meshgrid(tensors: readonly Tensor[], { indexing = 'ij' }: MeshgridOptions = {}): Tensor[] {
  checkTensors('meshgrid', 'tensors', tensors);
  if (indexing !== 'ij' && indexing !== 'xy') {
    throw new ArgumentError(`meshgrid: unknown indexing '${indexing}'; known are ij, xy`);
  }
  return grids('meshgrid', tensors, 0).map((grid) =>
    indexing === 'xy' && tensors.length > 1 ? transpose(grid, 0, 1) : grid,
  );
}
export const meshgridSamples: Samples = (s) => [
  s.oneOf([
    () => [s.tensorOf([2]), s.tensorOf([3])],
    () => [s.tensorOf([2]), s.tensorOf([]), s.tensorOf([s.integer(0, 3)])],
    () => [s.tensorOf([3])],
  ])(),
  { indexing: s.oneOf(['ij', 'xy']) },
];
export const meshgridRefusals: Refusals = (s) => [
  ...vectorRefusals(s).map(([args, error, message]) => [[args], error, message] as const),
  [[[s.tensorOf([2])], { indexing: 'yx' }], 'ArgumentError', /unknown indexing 'yx'; known are ij, xy/],
];

/** Vectors along the axes of one grid. */
function grids(op: string, tensors: readonly Tensor[], leastRank: number): Tensor[] {
  const [first] = tensors;
  if (first === undefined) throw new ArgumentError(`${op}: expected at least one tensor, got an empty list`);
  for (const [i, x] of tensors.entries()) {
    if (x.ndim > 1 || x.ndim < leastRank)
      throw new ShapeError(`${op}: expected vectors, tensor ${i} has shape ${formatShape(x.shape)}`);
    if (x.dtype !== first.dtype) {
      throw new DTypeError(
        `${op}: tensor ${i} is ${x.dtype}, tensor 0 ${first.dtype}; convert one with .to()`,
      );
    }
  }
  const shape = tensors.map((x) => x.size);
  return tensors.map((x, k) =>
    expand(
      reshape(
        x,
        shape.map((length, axis) => (axis === k ? length : 1)),
      ),
      shape,
    ),
  );
}

const vectorRefusals: Refusals = (s) => [
  [[], 'ArgumentError', /expected at least one tensor, got an empty list/],
  [[s.tensorOf([2]), s.tensorOf([2, 1])], 'ShapeError', /expected vectors, tensor 1 has shape \(2, 1\)/],
  [[s.tensorOf([2]), s.index([2], 2)], 'DTypeError', /tensor 1 is int32, tensor 0 float64/],
];

/**
 * All combinations of one element of each vector, as rows: the last vector changes fastest. Of one vector that vector.
 * Derivative: the sum over the rows an element is in. PyTorch: `torch.cartesian_prod`.
 *
 * Errors: ArgumentError for an empty list; ShapeError for tensors that are not vectors; DTypeError when dtypes differ.
 *
 * @example
 * ```ts
 * import { cartesianProd, tensor } from '@tensortape/autograd';
 * console.log(cartesianProd([tensor([1, 2]), tensor([3, 4])]).toArray()); // [ [ 1, 3 ], [ 1, 4 ], [ 2, 3 ], [ 2, 4 ] ]
 * ```
 */
export function cartesianProd(tensors: readonly Tensor[]): Tensor {
  checkTensors('cartesianProd', 'tensors', tensors);
  const columns = grids('cartesianProd', tensors, 1).map((grid) => reshape(grid, [-1]));
  return columns.length === 1 ? columns[0]! : stack(columns, 1);
}
export const cartesianProdSamples: Samples = (s) => [
  s.oneOf([
    () => [s.tensorOf([2]), s.tensorOf([3])],
    () => [s.tensorOf([2]), s.tensorOf([1]), s.tensorOf([s.integer(0, 2)])],
    () => [s.tensorOf([3])],
  ])(),
];
export const cartesianProdRefusals: Refusals = (s) => [
  ...vectorRefusals(s).map(([args, error, message]) => [[args], error, message] as const),
  [[[s.tensorOf([2]), s.tensorOf([])]], 'ShapeError', /expected vectors, tensor 1 has shape \(\)/],
];

/** Options of {@link combinations}. */
export interface CombinationsOptions {
  /** Whether an element may be taken several times. Default false. */
  readonly withReplacement?: boolean;
}

/**
 * All choices of `r` elements of a vector, as rows, in the order of their positions. Derivative: the sum over the rows an
 * element is in. PyTorch: `torch.combinations`. Errors: ShapeError unless x is a vector; ArgumentError unless `r` is a
 * whole number >= 0.
 *
 * @example
 * ```ts
 * import { combinations, tensor } from '@tensortape/autograd';
 * console.log(combinations(tensor([1, 2, 3])).toArray()); // [ [ 1, 2 ], [ 1, 3 ], [ 2, 3 ] ]
 * ```
 */
export function combinations(
  x: Tensor,
  r = 2,
  { withReplacement = false }: CombinationsOptions = {},
): Tensor {
  checkTensor('combinations', 'x', x);
  if (x.ndim !== 1)
    throw new ShapeError(`combinations: expected a vector, got shape ${formatShape(x.shape)}`);
  if (!Number.isInteger(r) || r < 0) {
    throw new ArgumentError(`combinations: r must be a whole number >= 0, got ${r}`);
  }
  if (r === 0) return slice(x, 0, 0, 0);
  const positions: number[] = [];
  const row: number[] = [];
  const choose = (from: number): void => {
    if (row.length === r) {
      for (const position of row) positions.push(position);
      return;
    }
    const last = withReplacement ? x.size - 1 : x.size - (r - row.length);
    for (let i = from; i <= last; i++) {
      row.push(i);
      choose(withReplacement ? i : i + 1);
      row.pop();
    }
  };
  choose(0);
  return take(x, vector(Int32Array.from(positions)).reshape([positions.length / r, r]));
}
export const combinationsSamples: Samples = (s) => [
  s.tensorOf([s.integer(0, 4)]),
  s.integer(0, 4),
  { withReplacement: s.oneOf([false, true]) },
];
export const combinationsRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 2])], 'ShapeError', /expected a vector, got shape \(2, 2\)/],
  [[s.tensorOf([2]), -1], 'ArgumentError', /r must be a whole number >= 0, got -1/],
  [[s.tensorOf([2]), 0.5], 'ArgumentError', /r must be a whole number >= 0, got 0.5/],
];

/**
 * The block diagonal matrix of matrices; vectors are rows, tensors without axes blocks of one element, and dtypes are
 * promoted. Derivative: each gets its block of the cotangent. PyTorch: `torch.block_diag`. Errors: ShapeError for more than
 * two axes; ArgumentError for an empty list, of which PyTorch makes a float32 tensor of shape (1, 0).
 *
 * @example
 * ```ts
 * import { blockDiag, tensor } from '@tensortape/autograd';
 * console.log(blockDiag([tensor([[1, 2]]), tensor(3)]).toArray()); // [ [ 1, 2, 0 ], [ 0, 0, 3 ] ]
 * ```
 */
export function blockDiag(tensors: readonly Tensor[]): Tensor {
  checkTensors('blockDiag', 'tensors', tensors);
  if (tensors.length === 0)
    throw new ArgumentError('blockDiag: expected at least one tensor, got an empty list');
  const odd = tensors.findIndex((x) => x.ndim > 2);
  if (odd >= 0) {
    throw new ShapeError(
      `blockDiag: expected at most two axes, tensor ${odd} has shape ${formatShape(tensors[odd]!.shape)}`,
    );
  }
  const dtype = commonType(tensors);
  const blocks = tensors.map((x) => atleast2d(x.to(dtype)));
  const width = blocks.reduce((total, block) => total + block.shape[1]!, 0);
  let left = 0;
  const rows = blocks.map((block) => {
    const [height, own] = block.shape as readonly [number, number];
    const zeros = (columns: number) => constant(0, dtype, [height, columns]);
    left += own;
    return cat([zeros(left - own), block, zeros(width - left)], 1);
  });
  return cat(rows, 0);
}
/** The dtype that tensors are promoted to; those without axes count only when their category is higher. */
function commonType(tensors: readonly Tensor[]): DType {
  const ofRank = (fits: (rank: number) => boolean) => tensors.filter((x) => fits(x.ndim)).map((x) => x.dtype);
  const [strong, weak] = [ofRank((rank) => rank > 0), ofRank((rank) => rank === 0)];
  if (strong.length === 0 || weak.length === 0) return [...strong, ...weak].reduce(promoteTypes);
  return resultType(
    { dtype: strong.reduce(promoteTypes), shape: [1] },
    { dtype: weak.reduce(promoteTypes), shape: [] },
  );
}
export const blockDiagSamples: Samples = (s) => [
  [s.tensorOf([2, 3]), s.tensorOf(s.oneOf([[], [2], [0, 2], [1, 0]])), s.tensorOf([1, 2])],
];
export const blockDiagRefusals: Refusals = (s) => [
  [[[]], 'ArgumentError', /expected at least one tensor, got an empty list/],
  [
    [[s.tensorOf([1]), s.tensorOf([1, 2, 3])]],
    'ShapeError',
    /at most two axes, tensor 1 has shape \(1, 2, 3\)/,
  ],
];

/** Options of {@link vander}. */
export interface VanderOptions {
  /** Whether the powers grow from left to right. Default false: they fall. */
  readonly increasing?: boolean;
}

/**
 * The Vandermonde matrix of a vector: `columns` powers x^0, x^1, … of it as columns, the highest first unless `increasing`;
 * as many as elements by default. Derivative: k x^(k - 1). bool and uint8 give int32. PyTorch: `torch.vander`.
 *
 * Errors: ShapeError unless x is a vector; ArgumentError unless `columns` is a whole number >= 0.
 *
 * @example
 * ```ts
 * import { tensor, vander } from '@tensortape/autograd';
 * console.log(vander(tensor([2, 3]), 3).toArray()); // [ [ 4, 2, 1 ], [ 9, 3, 1 ] ]
 * ```
 */
export function vander(x: Tensor, columns = x.size, { increasing = false }: VanderOptions = {}): Tensor {
  checkTensor('vander', 'x', x);
  if (x.ndim !== 1) throw new ShapeError(`vander: expected a vector, got shape ${formatShape(x.shape)}`);
  if (!Number.isInteger(columns) || columns < 0) {
    throw new ArgumentError(`vander: the number of columns must be a whole number >= 0, got ${columns}`);
  }
  const base = isFloat(x.dtype) ? x : x.to('int32');
  const powers = [constant(1, base.dtype, base.shape)];
  for (let k = 1; k < columns; k++) powers.push(k === 1 ? base : powers[k - 1]!.mul(base));
  const matrix = stack(increasing ? powers : powers.toReversed(), 1);
  return columns === 0 ? slice(matrix, 1, 0, 0) : matrix;
}
export const vanderSamples: Samples = (s) => [
  s.tensorOf([s.integer(1, 3)]),
  s.oneOf([undefined, 0, 1, 4]),
  { increasing: s.oneOf([false, true]) },
];
export const vanderRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 2])], 'ShapeError', /expected a vector, got shape \(2, 2\)/],
  [[s.tensorOf([2]), -1], 'ArgumentError', /columns must be a whole number >= 0, got -1/],
  [[s.tensorOf([2]), 1.5], 'ArgumentError', /columns must be a whole number >= 0, got 1.5/],
];

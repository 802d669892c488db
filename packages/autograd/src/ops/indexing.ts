import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { constant, wrap } from '../tensor/core.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, normalizeDim, type Shape, sameShape } from '../tensor/shape.ts';
import { selected } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, Samples } from './samples.ts';
import { slice, squeeze } from './shape.ts';

/**
 * A view of one position along `dim`, which disappears. PyTorch: `torch.select`, `x[i]`. Errors: IndexError.
 *
 * @example
 * ```ts
 * import { select, tensor } from '@tensortape/autograd';
 * console.log(select(tensor([[1, 2], [3, 4]]), 0, -1)); // tensor([3., 4.])
 * ```
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  const axis = normalizeDim('select', dim, x.ndim);
  if (x.ndim === 0) throw new ShapeError('select: a 0-dimensional tensor has no axis to index');
  selected('select', x, axis, index);
  const position = index < 0 ? index + x.shape[axis]! : index;
  return squeeze(slice(x, axis, position, position + 1), axis);
}
export const selectSamples: Samples = (s) => [s.tensorOf([3, 3, 3]), s.integer(-3, 2), s.integer(-3, 2)];

const gatherOp = /* @__PURE__ */ defineOp({
  name: 'gather',
  inputs: ['x', 'index'],
  saves: ['index'],
  forward: ({ x, index }, dim: number) => wrap(kernels.gather(x, dim, index), x.dtype, index.shape),
  vjp: {
    x: (g, { index }, dim, like) => constant(0, like.dtype, like.shape).scatterAdd(dim, index, g),
    index: null,
  },
  jvp: ({ x: t }, { index }, dim) => t && t.gather(dim, index),
});

/**
 * Elements at positions `index` (int32) along `dim`: out[i][j] = x[index[i][j]][j] for dim 0. The result has the shape
 * of `index`. Derivative: the cotangent is added back at those positions. PyTorch: `torch.gather`.
 *
 * Errors: DTypeError, ShapeError when ranks differ or `index` is longer than `x` along another axis, IndexError.
 *
 * @example
 * ```ts
 * import { gather, tensor } from '@tensortape/autograd';
 * console.log(gather(tensor([[1, 2], [3, 4]]), 1, tensor([[1], [0]], { dtype: 'int32' })));
 * // tensor([[2.],
 * //         [3.]])
 * ```
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  return gatherOp({ x, index }, checkIndex('gather', x, dim, index));
}
export const gatherSamples: Samples = (s) => {
  const x = s.tensorOf([3, 4]);
  const dim = s.oneOf([0, 1, -1]);
  return dim === 0 ? [x, dim, s.index([s.integer(0, 5), 3], 3)] : [x, dim, s.index([2, s.integer(1, 5)], 4)];
};
export const gatherRefusals: Refusals = (s) => {
  const x = s.tensorOf([3, 4]);
  return [
    [[x, 2, s.index([3, 4], 3)], 'IndexError', /dim 2 is out of range/],
    [[x, 0, s.tensorOf([3, 4])], 'DTypeError', /the index has dtype float64, expected int32/],
    [[x, 0, s.index([3], 3)], 'ShapeError', /\(3,\) does not fit \(3, 4\)/],
    [[x, 0, s.index([3, 5], 3)], 'ShapeError', /\(3, 5\) does not fit \(3, 4\)/],
    [[x, 0, s.index([1, 4], 1).add(3)], 'IndexError', /index 3 is out of bounds for dim 0 with length 3/],
  ];
};

const scatterAddOp = /* @__PURE__ */ defineOp({
  name: 'scatterAdd',
  inputs: ['x', 'index', 'source'],
  saves: ['index'],
  forward: ({ x, index, source }, { dim }: Scatter) =>
    wrap(kernels.scatterAdd(x, dim, index, source), x.dtype, x.shape),
  vjp: {
    x: (g) => g,
    index: null,
    source: (g, { index }, { dim }) => g.gather(dim, index),
  },
  jvp: ({ x, source }, { index }, { dim, shape }) =>
    source === null ? x : (x ?? constant(0, source.dtype, shape)).scatterAdd(dim, index, source),
});

interface Scatter {
  readonly dim: number;
  readonly shape: Shape;
}

/**
 * A copy of `x` with the elements of `source` added at positions `index` (int32) along `dim`; repeated positions add up.
 * Derivatives: the cotangent itself for `x`, gathered at `index` for `source`. PyTorch: `torch.scatter_add`.
 *
 * Errors: DTypeError, ShapeError when `source` and `index` differ in shape or do not fit `x`, IndexError.
 *
 * @example
 * ```ts
 * import { scatterAdd, tensor } from '@tensortape/autograd';
 * console.log(scatterAdd(tensor([0, 0, 0]), 0, tensor([2, 2], { dtype: 'int32' }), tensor([1, 5]))); // tensor([0., 0., 6.])
 * ```
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const axis = checkIndex('scatterAdd', x, dim, index);
  if (!sameShape(source.shape, index.shape)) {
    throw new ShapeError(
      `scatterAdd: source has shape ${formatShape(source.shape)}, index ${formatShape(index.shape)}; they must be equal`,
    );
  }
  if (source.dtype !== x.dtype) {
    throw new DTypeError(`scatterAdd: source is ${source.dtype}, x is ${x.dtype}; convert one with .to()`);
  }
  return scatterAddOp({ x, index, source }, { dim: axis, shape: x.shape });
}
export const scatterAddSamples: Samples = (s) => {
  const rows = s.integer(0, 4);
  return [s.tensorOf([3, 4]), 0, s.index([rows, 4], 3), s.tensorOf([rows, 4])];
};

/**
 * Slices of `x` at the positions of a 1-dimensional `index` (int32) along `dim`. PyTorch: `torch.index_select`.
 *
 * @example
 * ```ts
 * import { indexSelect, tensor } from '@tensortape/autograd';
 * console.log(indexSelect(tensor([10, 20, 30]), 0, tensor([2, 0], { dtype: 'int32' }))); // tensor([30., 10.])
 * ```
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  const axis = normalizeDim('indexSelect', dim, x.ndim);
  if (index.ndim !== 1) {
    throw new ShapeError(
      `indexSelect: expected a 1-dimensional index, got shape ${formatShape(index.shape)}`,
    );
  }
  const along = index.reshape(x.shape.map((_, i) => (i === axis ? -1 : 1)));
  return gather(x, axis, along.expand(x.shape.with(axis, index.size)));
}
export const indexSelectSamples: Samples = (s) => [
  s.tensorOf([3, 3, 3]),
  s.oneOf([0, 1, -1]),
  s.index([s.integer(0, 4)], 3),
];

function checkIndex(op: string, x: Tensor, dim: number, index: Tensor): number {
  const axis = normalizeDim(op, dim, x.ndim);
  if (index.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: the index has dtype ${index.dtype}, expected int32; make it with { dtype: 'int32' }`,
    );
  }
  const fits = index.ndim === x.ndim && index.shape.every((length, i) => i === axis || length <= x.shape[i]!);
  if (!fits) {
    throw new ShapeError(
      `${op}: an index of shape ${formatShape(index.shape)} does not fit ${formatShape(x.shape)}: ranks must be equal, ` +
        `and no axis but dim ${axis} may be longer`,
    );
  }
  return axis;
}

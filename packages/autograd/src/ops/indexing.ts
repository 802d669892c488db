import type { Operand } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { storable } from '../tensor/dtype.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, normalizeDim, sameShape } from '../tensor/shape.ts';
import { selected } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import { takeElements } from './elements.ts';
import { checkIndex, positionsFrom, requireIndex, requireWithin, valueFor } from './positions.ts';
import type { Refusals, Samples } from './samples.ts';
import { indexAdd as addSelected, indexChange, indexGet } from './selection.ts';
import { slice, squeeze } from './shape.ts';

/**
 * A view of one position along `dim`, which disappears. Derivative: the cotangent at that position. PyTorch:
 * `torch.select`, `x[i]`. Errors: IndexError; ShapeError for a 0-dimensional tensor.
 *
 * @example
 * ```ts
 * import { select, tensor } from '@tensortape/autograd';
 * console.log(select(tensor([[1, 2], [3, 4]]), 0, -1)); // tensor([3., 4.])
 * ```
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  checkTensor('select', 'x', x);
  const axis = normalizeDim('select', dim, x.ndim);
  if (x.ndim === 0) throw new ShapeError('select: a 0-dimensional tensor, of shape (), has no axis to index');
  selected('select', x, axis, index);
  const position = index < 0 ? index + x.shape[axis]! : index;
  return squeeze(slice(x, axis, position, position + 1), axis);
}
export const selectSamples: Samples = (s) => [s.tensorOf([3, 3, 3]), s.integer(-3, 2), s.integer(-3, 2)];
export const selectRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2, 0], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 1, 3], 'IndexError', /index 3 is out of bounds for dim 1 with length 3/],
  [[s.tensorOf([2, 3]), 1, 0.5], 'IndexError', /index 0.5 is out of bounds/],
  [[s.tensorOf([]), 0, 0], 'ShapeError', /of shape \(\), has no axis/],
];

/**
 * Elements at positions `index` (int32) along `dim`: out[i][j] = x[index[i][j]][j] for dim 0. The result has the shape
 * of `index`. Derivative: the cotangent is added back at those positions. PyTorch: `torch.gather`.
 *
 * Errors: DTypeError; ShapeError when ranks differ or `index` is longer than `x` along another axis; IndexError, also for
 * negative positions.
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
  checkTensor('gather', 'x', x);
  checkTensor('gather', 'index', index);
  return takeElements(x, checkIndex('gather', x, dim, index), index);
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
    [[x, 0, s.mask([3, 4])], 'DTypeError', /the index has dtype bool, expected int32; a mask/],
    [[x, 0, s.index([3], 3)], 'ShapeError', /\(3,\) does not fit \(3, 4\)/],
    [[x, 0, s.index([3, 5], 3)], 'ShapeError', /\(3, 5\) does not fit \(3, 4\)/],
    [
      [x, 0, s.index([1, 4], 1).add(3)],
      'IndexError',
      /index 3 is out of bounds for dim 0 with length 3 \(at \[0, 0\] of the index\)/,
    ],
    [[x, 0, s.index([1, 4], 1).sub(1)], 'IndexError', /index -1 is out.*counts from the start only/],
  ];
};

/**
 * Elements at positions `index` (int32) along `dim`, where `x` and `index` broadcast along the other axes; without `dim`
 * at positions of the flattened x, and the result has one axis. Takes what argmax and argsort give. Derivative: the
 * cotangent is added back at those positions. PyTorch: `torch.take_along_dim`; as there, negative positions count from the
 * end where `dim` is given.
 *
 * Errors: DTypeError; ShapeError when ranks differ or other axes do not broadcast; IndexError.
 *
 * @example
 * ```ts
 * import { takeAlongDim, tensor } from '@tensortape/autograd';
 * const x = tensor([[1, 5], [7, 3]]);
 * console.log(takeAlongDim(x, x.argmax(1, { keepdim: true }), 1).toArray()); // [ [ 5 ], [ 7 ] ]
 * ```
 */
export function takeAlongDim(x: Tensor, index: Tensor, dim?: number): Tensor {
  checkTensor('takeAlongDim', 'x', x);
  checkTensor('takeAlongDim', 'index', index);
  const op = 'takeAlongDim';
  requireIndex(op, index);
  if (dim === undefined) {
    requireWithin(op, index, x.size, 'the flattened tensor');
    return gather(x.reshape([-1]), 0, index.reshape([-1]));
  }
  const axis = normalizeDim(op, dim, x.ndim);
  if (index.ndim !== x.ndim) {
    throw new ShapeError(
      `${op}: the index has shape ${formatShape(index.shape)}, x ${formatShape(x.shape)}; their ranks must be equal`,
    );
  }
  const fits = index.shape.every(
    (length, i) => i === axis || [1, length].includes(x.shape[i]!) || length === 1,
  );
  if (!fits) {
    throw new ShapeError(
      `${op}: an index of shape ${formatShape(index.shape)} and x of shape ${formatShape(x.shape)} do not broadcast along the axes ` +
        `other than dim ${axis}`,
    );
  }
  const along = (from: Tensor, other: Tensor) =>
    from.shape.map((length, i) => (i === axis || length !== 1 ? length : other.shape[i]!));
  const positions = positionsFrom(op, index, x.shape[axis] ?? 1, `dim ${axis}`, 'fromEither');
  return gather(x.expand(along(x, index)), axis, positions.expand(along(index, x)));
}
export const takeAlongDimSamples: Samples = (s) =>
  s.oneOf<() => readonly unknown[]>([
    () => [s.tensorOf([3, 4]), s.index([1, s.integer(0, 5)], 4).sub(s.oneOf([0, 4])), 1],
    () => [s.tensorOf([3, 1]), s.index([s.integer(0, 5), 4], 3), -2],
    () => [s.tensorOf([3, 4]), s.index([2, 3], 12)],
  ])();
export const takeAlongDimRefusals: Refusals = (s) => [
  [[s.tensorOf([3, 4]), s.index([3, 4], 3), 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([3, 4]), s.index([3], 3), 0], 'ShapeError', /\(3,\), x \(3, 4\); their ranks must be equal/],
  [
    [s.tensorOf([3, 4]), s.index([2, 4], 3), 1],
    'ShapeError',
    /\(2, 4\) and x of shape \(3, 4\) do not broadcast/,
  ],
  [[s.tensorOf([3, 4]), s.tensorOf([3, 4]), 1], 'DTypeError', /dtype float64, expected int32/],
  [[s.tensorOf([3]), s.index([1], 1).add(3), 0], 'IndexError', /index 3 is out of bounds for dim 0/],
  [[s.tensorOf([3, 2]), s.index([1], 1).add(6)], 'IndexError', /index 6 is out of bounds for the flattened/],
];

/**
 * Elements of the flattened x at positions `index` (int32; negative ones count from the end). The result has the shape of
 * `index`. Derivative: the cotangent is added back at those positions. PyTorch: `torch.take`. Errors: DTypeError;
 * IndexError.
 *
 * @example
 * ```ts
 * import { take, tensor } from '@tensortape/autograd';
 * console.log(take(tensor([[1, 2], [3, 4]]), tensor([0, -1], { dtype: 'int32' }))); // tensor([1., 4.])
 * ```
 */
export function take(x: Tensor, index: Tensor): Tensor {
  checkTensor('take', 'x', x);
  checkTensor('take', 'index', index);
  const positions = positionsFrom('take', index, x.size, 'the flattened tensor', 'fromEither');
  return indexGet(x.reshape([-1]), { axes: [0], lead: 0 }, positions.unsqueeze(0));
}
export const takeSamples: Samples = (s) => [
  s.tensorOf([3, 4]),
  s.oneOf([() => s.index([s.integer(0, 3), 2], 12), () => s.index([], 12).sub(12)])(),
];
export const takeRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.index([1], 1).add(6)], 'IndexError', /index 6 is out of bounds.*length 6/],
  [[s.tensorOf([2, 3]), s.index([1], 1).sub(7)], 'IndexError', /index -7 is out of bounds.*length 6/],
  [[s.tensorOf([2, 3]), s.tensorOf([3])], 'DTypeError', /dtype float64, expected int32/],
];

/**
 * Slices of `x` at the positions of a 1-dimensional `index` (int32) along `dim`. Derivative: the slices of the cotangent are
 * added back at those positions. PyTorch: `torch.index_select`.
 *
 * Errors: DTypeError; ShapeError for an index of several axes; IndexError, also for negative positions.
 *
 * @example
 * ```ts
 * import { indexSelect, tensor } from '@tensortape/autograd';
 * console.log(indexSelect(tensor([10, 20, 30]), 0, tensor([2, 0], { dtype: 'int32' }))); // tensor([30., 10.])
 * ```
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  checkTensor('indexSelect', 'x', x);
  checkTensor('indexSelect', 'index', index);
  const { axis, whole, positions } = checkSlices('indexSelect', x, dim, index);
  const taken = indexGet(whole, { axes: [axis], lead: axis }, positions);
  if (x.ndim > 0) return taken;
  if (taken.size !== 1) {
    throw new ShapeError(`indexSelect: from a tensor of shape () one position is taken, got ${taken.size}`);
  }
  return taken.reshape([]);
}
export const indexSelectSamples: Samples = (s) => [
  s.tensorOf([3, 3, 3]),
  s.oneOf([0, 1, -1]),
  s.index([s.integer(0, 4)], 3),
];
export const indexSelectRefusals: Refusals = (s) => [
  ...sliceRefusals(s),
  [[s.tensorOf([]), 0, s.index([2], 1)], 'ShapeError', /from a tensor of shape \(\) one position/],
];

/** What operations on slices refuse of x, dim and index, their first arguments. */
const sliceRefusals: Refusals = (s) => [
  [[s.tensorOf([3, 4]), 2, s.index([2], 3), s.tensorOf([2, 4])], 'IndexError', /dim 2 is out of range/],
  [
    [s.tensorOf([3, 4]), 0, s.index([2, 1], 3), s.tensorOf([2, 4])],
    'ShapeError',
    /index, got shape \(2, 1\)/,
  ],
  [
    [s.tensorOf([3, 4]), 0, s.tensorOf([2]), s.tensorOf([2, 4])],
    'DTypeError',
    /dtype float64, expected int32/,
  ],
  [
    [s.tensorOf([3, 4]), 0, s.index([2], 1).add(3), s.tensorOf([2, 4])],
    'IndexError',
    /index 3 is out of bounds for dim 0 with length 3 \(at \[0\] of the index\)/,
  ],
];

interface Slices {
  readonly axis: number;
  /** x with at least one axis. */
  readonly whole: Tensor;
  /** The positions, as `Selection.positions` wants them. */
  readonly positions: Tensor;
}

function checkSlices(
  op: string,
  x: Tensor,
  dim: number,
  index: Tensor,
  counting?: 'fromStart' | 'fromEither',
): Slices {
  const axis = normalizeDim(op, dim, x.ndim);
  if (index.ndim > 1) {
    throw new ShapeError(`${op}: expected a 1-dimensional index, got shape ${formatShape(index.shape)}`);
  }
  const whole = x.ndim === 0 ? x.reshape([1]) : x;
  const positions = positionsFrom(op, index, whole.shape[axis]!, `dim ${axis}`, counting);
  return { axis, whole, positions: positions.reshape([1, index.size]) };
}

/** Refuses a source whose dtype or shape does not fit the slices that an index names. */
function checkSource(op: string, x: Tensor, source: Tensor, { axis, positions }: Slices): Tensor {
  if (source.dtype !== x.dtype) {
    throw new DTypeError(`${op}: source is ${source.dtype}, x is ${x.dtype}; convert one with .to()`);
  }
  const expected = x.ndim === 0 ? x.shape : x.shape.with(axis, positions.size);
  if (!sameShape(source.shape, expected) || (x.ndim === 0 && positions.size !== 1)) {
    throw new ShapeError(
      `${op}: source has shape ${formatShape(source.shape)}, expected ${formatShape(expected)}: that of x with the ` +
        `${positions.size} positions of the index along dim ${axis}`,
    );
  }
  return x.ndim === 0 ? source.reshape([1]) : source;
}

const sourceRefusals: Refusals = (s) => [
  ...sliceRefusals(s),
  [
    [s.tensorOf([3, 4]), 0, s.index([2], 3), s.tensorOf([3, 4])],
    'ShapeError',
    /source has shape \(3, 4\), expected \(2, 4\)/,
  ],
  [[s.tensorOf([3]), 0, s.index([2], 3), s.index([2], 3)], 'DTypeError', /source is int32, x is float64/],
  [
    [s.tensorOf([]), 0, s.index([2], 1), s.tensorOf([])],
    'ShapeError',
    /shape \(\), expected \(\).*2 positions/,
  ],
];

/** Options of {@link indexAdd}. */
export interface IndexAddOptions {
  /** What the source is multiplied by. Default 1. */
  readonly alpha?: number;
}

/**
 * A copy of `x` with alpha times the slices of `source` added at the positions of a 1-dimensional `index` (int32) along
 * `dim`; repeated positions add up. Derivatives: the cotangent itself for `x`, alpha times its slices at `index` for
 * `source`. PyTorch: `torch.index_add`.
 *
 * Errors: DTypeError; ShapeError when `source` is not shaped as x with the length of `index` along `dim`; IndexError, also
 * for negative positions.
 *
 * @example
 * ```ts
 * import { indexAdd, tensor } from '@tensortape/autograd';
 * const index = tensor([0, 0], { dtype: 'int32' });
 * console.log(indexAdd(tensor([1, 2]), 0, index, tensor([10, 20]))); // tensor([31.,  2.])
 * ```
 */
export function indexAdd(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  { alpha = 1 }: IndexAddOptions = {},
): Tensor {
  checkTensor('indexAdd', 'x', x);
  checkTensor('indexAdd', 'index', index);
  checkTensor('indexAdd', 'source', source);
  const slices = checkSlices('indexAdd', x, dim, index);
  const { axis, whole, positions } = slices;
  const added = checkSource('indexAdd', x, source, slices);
  const scaled = alpha === 1 ? added : added.mul(storable('indexAdd', alpha, x.dtype));
  return addSelected('indexAdd', whole, { axes: [axis], lead: axis }, positions, scaled).reshape(x.shape);
}
export const indexAddSamples: Samples = (s) => {
  const count = s.integer(0, 4);
  return [
    s.tensorOf([2, 3, 2]),
    s.oneOf([1, -2]),
    s.index([count], 3),
    s.tensorOf([2, count, 2]),
    { alpha: s.oneOf([undefined, -2, 0.5]) },
  ];
};
export const indexAddRefusals: Refusals = (s) => [
  ...sourceRefusals(s),
  [
    [s.index([3], 3), 0, s.index([2], 3), s.index([2], 3), { alpha: 0.5 }],
    'DTypeError',
    /the value is 0.5, which int32 cannot hold/,
  ],
];

/**
 * A copy of `x` with the slices at the positions of a 1-dimensional `index` (int32) along `dim` replaced by those of
 * `source`; of several for one position the last stays. Derivatives: for `x` the cotangent with zeros in those slices, for
 * `source` its slices at `index` where they stayed. PyTorch: `torch.index_copy`, whose gradient goes to all of several
 * slices for one position.
 *
 * Errors: as {@link indexAdd}.
 *
 * @example
 * ```ts
 * import { indexCopy, tensor } from '@tensortape/autograd';
 * console.log(indexCopy(tensor([1, 2, 3]), 0, tensor([2], { dtype: 'int32' }), tensor([9]))); // tensor([1., 2., 9.])
 * ```
 */
export function indexCopy(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkTensor('indexCopy', 'x', x);
  checkTensor('indexCopy', 'index', index);
  checkTensor('indexCopy', 'source', source);
  const slices = checkSlices('indexCopy', x, dim, index);
  return replaceSlices('indexCopy', x, slices, checkSource('indexCopy', x, source, slices));
}
export const indexCopySamples: Samples = (s) => {
  const count = s.integer(0, 4);
  return [s.tensorOf([2, 3, 2]), s.oneOf([1, -2]), s.index([count], 3), s.tensorOf([2, count, 2])];
};
export const indexCopyRefusals = sourceRefusals;

function replaceSlices(op: string, x: Tensor, { axis, whole, positions }: Slices, source: Tensor): Tensor {
  const change = { op, axes: [axis], lead: axis, layout: null, accumulate: false, inPlace: false };
  return indexChange(whole, change, positions, source).reshape(x.shape);
}

/**
 * A copy of `x` with the slices at the positions of a 1-dimensional `index` (int32; negative ones count from the end)
 * along `dim` filled with `value`, a number or a 0-dimensional tensor. Derivatives: for `x` the cotangent with zeros in
 * those slices, for `value` the sum of what stood there. PyTorch: `torch.index_fill`; there fractions for integers are cut,
 * here they are refused.
 *
 * Errors: DTypeError; ShapeError for an index of several axes, or a value with axes; IndexError.
 *
 * @example
 * ```ts
 * import { indexFill, tensor } from '@tensortape/autograd';
 * console.log(indexFill(tensor([1, 2, 3]), 0, tensor([-1], { dtype: 'int32' }), 0)); // tensor([1., 2., 0.])
 * ```
 */
export function indexFill(x: Tensor, dim: number, index: Tensor, value: Operand): Tensor {
  checkTensor('indexFill', 'x', x);
  checkTensor('indexFill', 'index', index);
  const slices = checkSlices('indexFill', x, dim, index, 'fromEither');
  const filling = valueFor('indexFill', x, value);
  const shape = slices.whole.shape.with(slices.axis, slices.positions.size);
  return replaceSlices('indexFill', x, slices, filling.expand(shape));
}
export const indexFillSamples: Samples = (s) => [
  s.tensorOf([2, 3, 2]),
  s.oneOf([1, -2]),
  s.index([s.integer(0, 4)], 3).sub(s.oneOf([0, 3])),
  s.oneOf([() => s.tensorOf([]), () => 1.5])(),
];
export const indexFillRefusals: Refusals = (s) => [
  ...sliceRefusals(s),
  [
    [s.tensorOf([3]), 0, s.index([2], 3), s.tensorOf([1])],
    'ShapeError',
    /tensor of shape \(\), got shape \(1,\)/,
  ],
  [[s.index([3], 3), 0, s.index([2], 3), s.tensorOf([])], 'DTypeError', /value is float64.*x of int32/],
  [[s.index([3], 3), 0, s.index([2], 3), 0.5], 'DTypeError', /value is 0.5, which int32 cannot hold/],
  [[s.tensorOf([3]), 0, s.index([1], 1).sub(4), 1], 'IndexError', /index -4 is out of bounds/],
];

import { kernels } from '../kernels/select.ts';
import type { Op } from '../tape/node.ts';
import { isTracked, recordAll } from '../tape/record.ts';
import { linear } from '../tape/shorthands.ts';
import { checkTensor, checkTensors, checkWhole } from '../tensor/check.ts';
import { wrap, wrapView } from '../tensor/core.ts';
import { promoteTypes } from '../tensor/dtype.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import {
  checkList,
  type Dims,
  formatShape,
  normalizeDim,
  normalizeDims,
  type Shape,
  sameShape,
  sizeOf,
} from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import { diagonalOf, expanded, permuted, reshaped, resolveShape, sliced } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import { diagonals, picking } from './picking.ts';
import { dimRefusals, dimsRefusals, type Refusals, type Samples } from './samples.ts';

const expandOp = /* @__PURE__ */ linear<Shape>({
  name: 'expand',
  forward: (x, shape) => wrapView(x, expanded('expand', x, shape)),
  transpose: (g, _, like) => sumTo(g, like.shape),
});

/** Sums over the axes along which a tensor of `shape` was expanded. */
function sumTo(g: Tensor, shape: Shape): Tensor {
  const lead = g.ndim - shape.length;
  const grown = g.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && g.shape[axis] !== 1));
  return (grown.length > 0 ? g.sum(grown, { keepdim: true }) : g).reshape(shape);
}

/**
 * A view in which axes of length 1, and new leading axes, are repeated; -1 keeps an axis as it is. Derivative: the sum
 * over the repetitions. Errors: ShapeError when the shape does not fit. PyTorch: `Tensor.expand`.
 *
 * @example
 * ```ts
 * import { expand, tensor } from '@tensortape/autograd';
 * console.log(expand(tensor([[1], [2]]), [2, 3]));
 * // tensor([[1., 1., 1.],
 * //         [2., 2., 2.]])
 * ```
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  checkTensor('expand', 'x', x);
  checkList('expand', 'shape', shape);
  const lead = shape.length - x.ndim;
  const full = shape.map((length, axis) => (length === -1 && axis >= lead ? x.shape[axis - lead]! : length));
  return expandOp(x, full);
}
export const expandSamples: Samples = (s) => {
  const [from, to] = s.oneOf<readonly [Shape, Shape]>([
    [[], [3]],
    [
      [2, 1],
      [2, 3],
    ],
    [
      [1, 2],
      [4, 3, 2],
    ],
    [[3], [-1]],
    [[1], [0]],
  ]);
  return [s.tensorOf(from), to];
};
export const expandRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), [4, 3]], 'ShapeError', /\(2, 3\) does not expand to \(4, 3\): only axes of length 1/],
  [[s.tensorOf([2, 3]), [3]], 'ShapeError', /\(2, 3\) does not expand to \(3,\)/],
  [[s.tensorOf([3]), [-1, 3]], 'ShapeError', /-1 stands for the length of an axis that is there/],
  [[s.tensorOf([1]), [-2]], 'ShapeError', /\(1,\) does not expand to \(-2,\)/],
  [[s.tensorOf([1]), [0.5]], 'ShapeError', /\(1,\) does not expand to \(0\.5,\)/],
  [
    [s.tensorOf([1]), 2],
    'ArgumentError',
    /shape must be a list of whole numbers such as \[2, 3\], got the number 2/,
  ],
];

const reshapeOp = /* @__PURE__ */ linear<Shape>({
  name: 'reshape',
  forward: (x, shape) => {
    const layout = reshaped(x, shape);
    return layout === null ? wrap(kernels.cast(x, x.dtype), x.dtype, shape) : wrapView(x, layout);
  },
  transpose: (g, _, like) => g.reshape(like.shape),
});

/**
 * The same elements in row-major order under another shape, one length of which may be -1: a view where strides allow,
 * else a copy. Derivative: the cotangent under the shape of x. Errors: ShapeError when the number of elements differs.
 * PyTorch: `torch.reshape`.
 *
 * @example
 * ```ts
 * import { reshape, tensor } from '@tensortape/autograd';
 * console.log(reshape(tensor([1, 2, 3, 4]), [2, -1]));
 * // tensor([[1., 2.],
 * //         [3., 4.]])
 * ```
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor('reshape', 'x', x);
  const resolved = resolveShape('reshape', shape, x.shape);
  return reshapeOp(x, resolved);
}
export const reshapeSamples: Samples = (s) => [
  s.tensorOf([2, 3, 4]),
  s.oneOf([[6, 4], [-1], [2, 12], [4, 3, -1], [1, 24, 1]]),
];
export const reshapeRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 3]), [4]],
    'ShapeError',
    /\(4,\) does not hold the 6 elements of a tensor of shape \(2, 3\)/,
  ],
  [[s.tensorOf([2, 3]), [4, -1]], 'ShapeError', /\(4, -1\) does not hold the 6 elements/],
  [[s.tensorOf([2, 3]), [-1, -1]], 'ShapeError', /\(-1, -1\) does not hold/],
  [[s.tensorOf([2, 0]), [-1, 0]], 'ShapeError', /\(-1, 0\) does not hold/],
  [[s.tensorOf([2, 3]), [-2, -3]], 'ShapeError', /\(-2, -3\) does not hold/],
  [[s.tensorOf([3]), [1.5, 2]], 'ShapeError', /\(1\.5, 2\) does not hold/],
  [
    [s.tensorOf([2, 3]), 6],
    'ArgumentError',
    /shape must be a list of whole numbers such as \[2, 3\], got the number 6/,
  ],
];

/**
 * Axes `startDim` to `endDim` merged into one. Derivative: the cotangent under the shape of x. Errors: IndexError for the
 * dims; ArgumentError when the first comes after the last. PyTorch: `torch.flatten`.
 *
 * @example
 * ```ts
 * import { flatten, tensor } from '@tensortape/autograd';
 * console.log(flatten(tensor([[1, 2], [3, 4]]))); // tensor([1., 2., 3., 4.])
 * ```
 */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  checkTensor('flatten', 'x', x);
  const start = normalizeDim('flatten', startDim, x.ndim);
  const end = normalizeDim('flatten', endDim, x.ndim);
  if (start > end) throw new ArgumentError(`flatten: startDim ${startDim} comes after endDim ${endDim}`);
  return reshape(x, [
    ...x.shape.slice(0, start),
    sizeOf(x.shape.slice(start, end + 1)),
    ...x.shape.slice(end + 1),
  ]);
}
export const flattenSamples: Samples = (s) => [s.tensorOf([2, 3, 2]), s.oneOf([0, 1, -2]), s.oneOf([-1, 2])];
export const flattenRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [[s.tensorOf([2, 3]), 0, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 1, 0], 'ArgumentError', /startDim 1 comes after endDim 0/],
];

const permuteOp = /* @__PURE__ */ linear<readonly number[]>({
  name: 'permute',
  forward: (x, order) => wrapView(x, permuted(x, order)),
  transpose: (g, order) => g.permute(order.map((_, axis) => order.indexOf(axis))),
});

/**
 * A view with the axes in a new order. Derivative: the cotangent, permuted back. Errors: IndexError for an axis that is not
 * there; ShapeError unless each axis appears once. PyTorch: `torch.permute`.
 *
 * @example
 * ```ts
 * import { permute, tensor } from '@tensortape/autograd';
 * console.log(permute(tensor([[1, 2, 3]]), [1, 0]).shape); // [ 3, 1 ]
 * ```
 */
export function permute(x: Tensor, order: readonly number[]): Tensor {
  checkTensor('permute', 'x', x);
  checkList('permute', 'order', order);
  const axes = order.map((dim) => normalizeDim('permute', dim, x.ndim));
  if (axes.length !== x.ndim || new Set(axes).size !== axes.length) {
    throw new ShapeError(
      `permute: [${order.join(', ')}] does not name each of the ${x.ndim} axes of ${formatShape(x.shape)} once`,
    );
  }
  return permuteOp(x, axes);
}
export const permuteSamples: Samples = (s) => [
  s.tensorOf([2, 3, 4]),
  s.oneOf([
    [0, 1, 2],
    [2, 0, 1],
    [-1, 0, 1],
    [1, 0, 2],
  ]),
];
export const permuteRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), [0, 2]], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), [0]], 'ShapeError', /\[0\] does not name each of the 2 axes of \(2, 3\) once/],
  [[s.tensorOf([2, 3]), [1, -1]], 'ShapeError', /\[1, -1\] does not name each of the 2 axes/],
  [[s.tensorOf([2, 3]), 1, 0], 'ArgumentError', /order must be a list of whole numbers .* got the number 1/],
];

/**
 * A view with two axes exchanged. Derivative: the cotangent with the axes exchanged back. Errors: IndexError for the dims.
 * PyTorch: `torch.transpose`.
 *
 * @example
 * ```ts
 * import { tensor, transpose } from '@tensortape/autograd';
 * console.log(transpose(tensor([[1, 2], [3, 4]]), 0, 1));
 * // tensor([[1., 3.],
 * //         [2., 4.]])
 * ```
 */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  checkTensor('transpose', 'x', x);
  const a = normalizeDim('transpose', dim0, x.ndim);
  const b = normalizeDim('transpose', dim1, x.ndim);
  return permuteOp(
    x,
    x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)),
  );
}
export const transposeSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.dim(x), s.dim(x)];
};
export const transposeRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [[s.tensorOf([2, 3]), 0, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 0], 'IndexError', /expected a dim from -2 to 1, got undefined/],
];

/**
 * A view with a new axis of length 1 at `dim`. Derivative: the cotangent without that axis. Errors: IndexError for `dim`.
 * PyTorch: `torch.unsqueeze`.
 *
 * @example
 * ```ts
 * import { tensor, unsqueeze } from '@tensortape/autograd';
 * console.log(unsqueeze(tensor([1, 2]), 1).shape); // [ 2, 1 ]
 * ```
 */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  checkTensor('unsqueeze', 'x', x);
  const at = normalizeDim('unsqueeze', dim, x.ndim + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}
export const unsqueezeSamples: Samples = (s) => {
  const x = s.tensor();
  return [x, s.integer(-x.ndim - 1, x.ndim)];
};
export const unsqueezeRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 3], 'IndexError', /dim 3 is out of range/],
  [[s.tensorOf([2, 3]), -4], 'IndexError', /dim -4 is out of range/],
  [[s.tensorOf([2, 3]), 0.5], 'IndexError', /dim 0\.5 is out of range/],
];

/**
 * A view without the axes of length 1: all of them, or those in `dim`. Derivative: the cotangent with those axes back.
 * Errors: IndexError and ShapeError for `dim`. PyTorch: `torch.squeeze`.
 *
 * @example
 * ```ts
 * import { squeeze, tensor } from '@tensortape/autograd';
 * console.log(squeeze(tensor([[1, 2]])).shape); // [ 2 ]
 * ```
 */
export function squeeze(x: Tensor, dim?: Dims): Tensor {
  checkTensor('squeeze', 'x', x);
  const axes = normalizeDims('squeeze', dim, x.shape);
  return reshape(
    x,
    x.shape.filter((length, axis) => length !== 1 || !axes.includes(axis)),
  );
}
export const squeezeSamples: Samples = (s) => [s.tensorOf([1, 3, 1]), s.oneOf([undefined, 0, -1, 1, [0, 2]])];
export const squeezeRefusals = dimsRefusals;

const slices = /* @__PURE__ */ picking('slice');

/**
 * A view of the positions start, start + step, … before stop along `dim`; negative bounds count from the end, bounds
 * past it are cut, as Python's slices. Derivative: the cotangent at those positions, 0 elsewhere.
 *
 * Errors: IndexError for `dim`; ShapeError for a 0-dimensional tensor; ArgumentError unless the bounds are whole numbers and
 * step >= 1. PyTorch: `x[start:stop:step]`.
 *
 * @example
 * ```ts
 * import { slice, tensor } from '@tensortape/autograd';
 * console.log(slice(tensor([0, 1, 2, 3, 4]), 0, 1, -1, 2)); // tensor([1., 3.])
 * ```
 */
export function slice(x: Tensor, dim: number, start = 0, stop = Number.POSITIVE_INFINITY, step = 1): Tensor {
  checkTensor('slice', 'x', x);
  const axis = normalizeDim('slice', dim, x.ndim);
  if (x.ndim === 0) throw new ShapeError('slice: a 0-dimensional tensor, of shape (), has no axis to slice');
  if (!Number.isInteger(step) || step < 1)
    throw new ArgumentError(
      `slice: step must be a whole number >= 1, got ${step}; for the reverse order use flip`,
    );
  checkWhole('slice', 'start', start);
  if (stop !== Number.POSITIVE_INFINITY) checkWhole('slice', 'stop', stop);
  const length = x.shape[axis]!;
  const bound = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  return slices.pick(x, (view) => sliced(view, axis, bound(start), bound(stop), step));
}
export const sliceSamples: Samples = (s) => [
  s.tensorOf([3, 5]),
  s.oneOf([0, 1, -1]),
  s.integer(-4, 5),
  s.oneOf([undefined, -1, 2, 9]),
  s.oneOf([1, 2, 3]),
];
export const sliceRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [[s.tensorOf([]), 0], 'ShapeError', /a 0-dimensional tensor, of shape \(\), has no axis to slice/],
  [[s.tensorOf([3]), 0, 0, 3, 0], 'ArgumentError', /step must be a whole number >= 1, got 0/],
  [
    [s.tensorOf([3]), 0, 3, 0, -1],
    'ArgumentError',
    /step must be a whole number >= 1, got -1; for the reverse order use flip/,
  ],
  [[s.tensorOf([3]), 0, 0.5], 'ArgumentError', /start must be a whole number, got 0\.5/],
  [[s.tensorOf([3]), 0, 0, Number.NaN], 'ArgumentError', /stop must be a whole number, got NaN/],
  [[s.tensorOf([3]), 0, '1'], 'ArgumentError', /start must be a whole number, got the string '1'/],
];

/**
 * A view of `length` positions from `start` along `dim`. Derivative: the cotangent at those positions, 0 elsewhere.
 * Errors: IndexError for `dim`; ShapeError for a 0-dimensional tensor; ArgumentError for positions that are not there.
 * PyTorch: `torch.narrow`.
 *
 * @example
 * ```ts
 * import { narrow, tensor } from '@tensortape/autograd';
 * console.log(narrow(tensor([0, 1, 2, 3]), 0, 1, 2)); // tensor([1., 2.])
 * ```
 */
export function narrow(x: Tensor, dim: number, start: number, length: number): Tensor {
  checkTensor('narrow', 'x', x);
  const axis = normalizeDim('narrow', dim, x.ndim);
  if (x.ndim === 0)
    throw new ShapeError('narrow: a 0-dimensional tensor, of shape (), has no axis to narrow');
  checkWhole('narrow', 'start', start);
  checkWhole('narrow', 'length', length, 0);
  const from = start < 0 ? start + x.shape[axis]! : start;
  if (from < 0 || from + length > x.shape[axis]!) {
    throw new ArgumentError(
      `narrow: ${length} positions from ${start} do not lie within dim ${dim} of shape ${formatShape(x.shape)}`,
    );
  }
  return slice(x, axis, from, from + length);
}
export const narrowSamples: Samples = (s) => [s.tensorOf([3, 5]), 1, s.oneOf([0, 2, -3]), s.integer(0, 3)];
export const narrowRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2, 0, 1], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([]), 0, 0, 1], 'ShapeError', /of shape \(\), has no axis to narrow/],
  [
    [s.tensorOf([2, 3]), 1, 2, 2],
    'ArgumentError',
    /2 positions from 2 do not lie within dim 1 of shape \(2, 3\)/,
  ],
  [[s.tensorOf([2, 3]), 1, -4, 1], 'ArgumentError', /1 positions from -4 do not lie within/],
  [[s.tensorOf([2, 3]), 1, 0, -1], 'ArgumentError', /length must be a whole number >= 0, got -1/],
  [[s.tensorOf([2, 3]), 1, 0.5, 1], 'ArgumentError', /start must be a whole number, got 0\.5/],
  [[s.tensorOf([2, 3]), 1, 0], 'ArgumentError', /length must be a whole number >= 0, got undefined/],
];

/**
 * A view of the diagonal of two axes as a new last axis, x_(i, i + offset); `offset` > 0 lies above the main one.
 * Derivative: the cotangent on that diagonal, 0 elsewhere. Errors: IndexError for the dims; ShapeError unless they are two
 * different axes; ArgumentError for an offset that is not a whole number. PyTorch: `torch.diagonal`.
 *
 * @example
 * ```ts
 * import { diagonal, tensor } from '@tensortape/autograd';
 * console.log(diagonal(tensor([[1, 2], [3, 4]]))); // tensor([1., 4.])
 * ```
 */
export function diagonal(x: Tensor, offset = 0, dim0 = 0, dim1 = 1): Tensor {
  checkTensor('diagonal', 'x', x);
  checkWhole('diagonal', 'offset', offset);
  const a = x.ndim < 2 ? 0 : normalizeDim('diagonal', dim0, x.ndim);
  const b = x.ndim < 2 ? 0 : normalizeDim('diagonal', dim1, x.ndim);
  if (a === b) {
    throw new ShapeError(
      `diagonal: expected two different axes, got dims ${dim0} and ${dim1} of shape ${formatShape(x.shape)}`,
    );
  }
  if (!Number.isInteger(offset))
    throw new ArgumentError(`diagonal: offset must be a whole number, got ${offset}`);
  return diagonals.pick(x, (view) => diagonalOf(view, offset, a, b));
}
export const diagonalSamples: Samples = (s) => [
  s.tensorOf([3, 4, 2]),
  s.integer(-4, 4),
  ...s.oneOf([[], [0, 2], [-1, 1]]),
];
export const diagonalRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'ShapeError', /expected two different axes, got dims 0 and 1 of shape \(3,\)/],
  [
    [s.tensorOf([2, 3]), 0, 1, -1],
    'ShapeError',
    /expected two different axes, got dims 1 and -1 of shape \(2, 3\)/,
  ],
  [[s.tensorOf([2, 3]), 0, 0, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 0.5], 'ArgumentError', /offset must be a whole number, got 0\.5/],
];

const flipOp = /* @__PURE__ */ linear<readonly number[]>({
  name: 'flip',
  forward: (x, axes) => {
    const back = {
      shape: x.shape,
      strides: x.strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride)),
      offset: axes.reduce((at, axis) => at + (x.shape[axis]! - 1) * x.strides[axis]!, x.offset),
    };
    return wrap(kernels.cast(x.size === 0 ? x : wrapView(x, back), x.dtype), x.dtype, x.shape);
  },
  transpose: (g, axes) => g.flip(axes),
});

/**
 * A copy with the order of elements reversed along `dims`. Derivative: the cotangent, reversed back. Errors: IndexError and
 * ShapeError for `dims`. PyTorch: `torch.flip`.
 *
 * @example
 * ```ts
 * import { flip, tensor } from '@tensortape/autograd';
 * console.log(flip(tensor([1, 2, 3]), 0)); // tensor([3., 2., 1.])
 * ```
 */
export function flip(x: Tensor, dims: Dims): Tensor {
  checkTensor('flip', 'x', x);
  if (dims === undefined) throw new ArgumentError('flip: expected a dim or a list of dims, got undefined');
  return flipOp(x, normalizeDims('flip', dims, x.shape));
}
export const flipSamples: Samples = (s) => [s.tensorOf([2, 3, 2]), s.oneOf<Dims>([0, -1, [0, 2]])];
export const flipRefusals: Refusals = (s) => [
  ...dimsRefusals(s),
  [[s.tensorOf([2, 3])], 'ArgumentError', /expected a dim or a list of dims, got undefined/],
];

const catOp: Op = {
  name: 'cat',
  inputs: ['tensors'],
  saves: [],
  vjp: () => null,
  jointVjp: ([g], node, needs) => {
    const { dim, lengths } = node.attributes as CatAttributes;
    let start = 0;
    return needs.map((needed, i) => {
      const from = start;
      start += lengths[i]!;
      return needed ? g!.slice(dim, from, start) : null;
    });
  },
  jvp: (tangents, node) => {
    const { dim, lengths } = node.attributes as CatAttributes;
    const { shape, dtype } = node.outputs[0]!;
    const zeros = (length: number) =>
      wrap(
        new Storage(allocate(dtype, (sizeOf(shape) / Math.max(shape[dim]!, 1)) * length)),
        dtype,
        shape.with(dim, length),
      );
    return [
      cat(
        tangents.map((t, i) => t ?? zeros(lengths[i]!)),
        dim,
      ),
    ];
  },
  onceDifferentiable: false,
};

interface CatAttributes {
  readonly dim: number;
  readonly lengths: readonly number[];
}

/**
 * Tensors joined along an existing axis; dtypes are promoted, and empty tensors of one axis are left out. Derivatives:
 * each gets its slice of the cotangent. Errors: ArgumentError for an empty list; IndexError for `dim`; ShapeError when
 * other axes differ, or without axes. PyTorch: `torch.cat`.
 *
 * @example
 * ```ts
 * import { cat, tensor } from '@tensortape/autograd';
 * console.log(cat([tensor([1, 2]), tensor([3])])); // tensor([1., 2., 3.])
 * ```
 */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  checkTensors('cat', 'tensors', tensors);
  // As in PyTorch, empty tensors of one axis join with anything.
  const joinsAnything = (x: Tensor) => x.ndim === 1 && x.size === 0;
  const parts = tensors.filter((x) => !joinsAnything(x));
  const first = parts[0] ?? tensors[0];
  if (first === undefined) throw new ArgumentError('cat: expected at least one tensor, got an empty list');
  const axis = normalizeDim('cat', dim, first.ndim);
  if (first.ndim === 0)
    throw new ShapeError('cat: 0-dimensional tensors, of shape (), have no axis to join; use stack');
  for (const [i, x] of tensors.entries()) {
    if (x !== first && joinsAnything(x)) continue;
    if (x.ndim !== first.ndim || x.shape.some((length, k) => k !== axis && length !== first.shape[k])) {
      throw new ShapeError(
        `cat: tensor ${i} has shape ${formatShape(x.shape)}, tensor ${tensors.indexOf(first)} ${formatShape(first.shape)}; only dim ${axis} may differ`,
      );
    }
  }
  const dtype = tensors.map((x) => x.dtype).reduce(promoteTypes);
  const inputs = (parts.length > 0 ? parts : tensors.slice(0, 1)).map((x) => x.to(dtype));
  const lengths = inputs.map((x) => x.shape[axis]!);
  const shape = first.shape.with(
    axis,
    lengths.reduce((total, length) => total + length, 0),
  );
  const out = wrap(new Storage(allocate(dtype, sizeOf(shape))), dtype, shape);
  let start = 0;
  for (const x of inputs) {
    const stop = start + x.shape[axis]!;
    kernels.assign(wrapView(out, sliced(out, axis, start, stop, 1)), x);
    start = stop;
  }
  if (inputs.some(isTracked)) recordAll(catOp, inputs, [out], [], { dim: axis, lengths });
  return out;
}
export const catSamples: Samples = (s) => [
  [s.tensorOf([2, 3]), s.tensorOf([2, s.integer(0, 2)]), s.tensorOf([2, 1])],
  s.oneOf([1, -1]),
];
export const catRefusals: Refusals = (s) => [
  [[[]], 'ArgumentError', /expected at least one tensor, got an empty list/],
  [[[s.tensorOf([2]), s.tensorOf([2])], 1], 'IndexError', /dim 1 is out of range/],
  [
    [[s.tensorOf([]), s.tensorOf([])]],
    'ShapeError',
    /0-dimensional tensors, of shape \(\), have no axis to join; use stack/,
  ],
  [
    [[s.tensorOf([2, 3]), s.tensorOf([2, 4])]],
    'ShapeError',
    /tensor 1 has shape \(2, 4\), tensor 0 \(2, 3\); only dim 0 may differ/,
  ],
  [[[s.tensorOf([2, 3]), s.tensorOf([2])]], 'ShapeError', /tensor 1 has shape \(2,\), tensor 0 \(2, 3\)/],
  [
    [s.tensorOf([2]), s.tensorOf([2])],
    'ArgumentError',
    /expected a list of tensors as tensors, got a tensor; write cat\(\[a, b\]\)/,
  ],
];

/**
 * Tensors of one shape joined along a new axis; dtypes are promoted. Derivatives: each gets its part of the cotangent.
 * Errors: ArgumentError for an empty list; IndexError for `dim`; ShapeError when the shapes differ. PyTorch: `torch.stack`.
 *
 * @example
 * ```ts
 * import { stack, tensor } from '@tensortape/autograd';
 * console.log(stack([tensor([1, 2]), tensor([3, 4])]));
 * // tensor([[1., 2.],
 * //         [3., 4.]])
 * ```
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  checkTensors('stack', 'tensors', tensors);
  const [first] = tensors;
  if (first === undefined) throw new ArgumentError('stack: expected at least one tensor, got an empty list');
  const odd = tensors.findIndex((x) => !sameShape(x.shape, first.shape));
  if (odd >= 0) {
    throw new ShapeError(
      `stack: tensor ${odd} has shape ${formatShape(tensors[odd]!.shape)}, tensor 0 ${formatShape(first.shape)}; all must be equal`,
    );
  }
  const axis = normalizeDim('stack', dim, first.ndim + 1);
  return cat(
    tensors.map((x) => unsqueeze(x, axis)),
    axis,
  );
}
export const stackSamples: Samples = (s) => {
  const x = s.tensorOf([2, 3]);
  return [[x, s.tensorOf([2, 3]), x], s.integer(-3, 2)];
};
export const stackRefusals: Refusals = (s) => [
  [[[]], 'ArgumentError', /expected at least one tensor, got an empty list/],
  [[[s.tensorOf([2]), s.tensorOf([2])], 2], 'IndexError', /dim 2 is out of range/],
  [
    [[s.tensorOf([2, 3]), s.tensorOf([3])]],
    'ShapeError',
    /tensor 1 has shape \(3,\), tensor 0 \(2, 3\); all must be equal/,
  ],
  [
    [s.tensorOf([2]), s.tensorOf([2])],
    'ArgumentError',
    /expected a list of tensors as tensors, got a tensor/,
  ],
];

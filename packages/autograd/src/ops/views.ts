import { kernels } from '../kernels/select.ts';
import { linear } from '../tape/shorthands.ts';
import { checkTensor, checkTensors } from '../tensor/check.ts';
import { wrap, wrapView } from '../tensor/core.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, formatShape, normalizeDim, type Shape, sizeOf } from '../tensor/shape.ts';
import { contiguousStrides, type Layout, reshaped, resolveShape } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import { partsOf } from './parts.ts';
import type { Refusals, Samples } from './samples.ts';
import { expand, permute, reshape, slice } from './shape.ts';

// Most are compositions of views: their derivatives follow from those.

/**
 * The same elements in row-major order under another shape, one length of which may be -1, and never a copy: as
 * {@link reshape} where strides allow, else refused. Derivative: the cotangent under the shape of x. PyTorch:
 * `Tensor.view`. Errors: ShapeError when the number of elements differs, or when a copy would be needed.
 *
 * @example
 * ```ts
 * import { tensor, view } from '@tensortape/autograd';
 * console.log(view(tensor([1, 2, 3, 4]), [2, -1]).toArray()); // [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export function view(x: Tensor, shape: Shape): Tensor {
  checkTensor('view', 'x', x);
  return viewed('view', x, shape);
}
export const viewSamples: Samples = (s) => [
  s.tensorOf([2, 3, 4]),
  s.oneOf([
    [2, 3, 2, 2],
    [2, 1, 3, -1],
    [2, -1, 1, 4],
    [2, 3, 4],
  ]),
];
export const viewRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), [4]], 'ShapeError', /\(4,\) does not hold the 6 elements.*\(2, 3\)/],
  [[s.tensorOf([2, 3]).T, [6]], 'ShapeError', /\(3, 2\).*without a copy; use reshape/],
];

function viewed(op: string, x: Tensor, shape: Shape): Tensor {
  const resolved = resolveShape(op, shape, x.shape);
  if (reshaped(x, resolved) === null) {
    throw new ShapeError(
      `${op}: strides ${formatShape(x.strides)} of shape ${formatShape(x.shape)} cannot show shape ${formatShape(resolved)} ` +
        'without a copy; use reshape()',
    );
  }
  return reshape(x, resolved);
}

/**
 * x under the shape of `other`, as {@link view}. Derivative: as there. PyTorch: `Tensor.view_as`. Errors: as {@link view}.
 *
 * @example
 * ```ts
 * import { tensor, viewAs } from '@tensortape/autograd';
 * console.log(viewAs(tensor([1, 2]), tensor([[0], [0]])).toArray()); // [ [ 1 ], [ 2 ] ]
 * ```
 */
export function viewAs(x: Tensor, other: Tensor): Tensor {
  checkTensor('viewAs', 'x', x);
  checkTensor('viewAs', 'other', other);
  return viewed('viewAs', x, other.shape);
}
export const viewAsSamples: Samples = (s) => [
  s.tensorOf([2, 3]),
  s.tensorOf(
    s.oneOf([
      [2, 3, 1],
      [2, 1, 3],
      [1, 2, 3],
    ]),
  ),
];
export const viewAsRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([4])], 'ShapeError', /\(4,\) does not hold the 6 elements/],
  [[s.tensorOf([2, 3]).T, s.tensorOf([6])], 'ShapeError', /without a copy; use reshape/],
];

/**
 * x expanded to the shape of `other`, as {@link expand}. Derivative: the sum over the repetitions. PyTorch:
 * `Tensor.expand_as`. Errors: ShapeError.
 *
 * @example
 * ```ts
 * import { expandAs, tensor } from '@tensortape/autograd';
 * console.log(expandAs(tensor([1, 2]), tensor([[0, 0], [0, 0]])).toArray()); // [ [ 1, 2 ], [ 1, 2 ] ]
 * ```
 */
export function expandAs(x: Tensor, other: Tensor): Tensor {
  checkTensor('expandAs', 'x', x);
  checkTensor('expandAs', 'other', other);
  const lead = other.ndim - x.ndim;
  if (lead < 0 || x.shape.some((length, axis) => length !== 1 && length !== other.shape[axis + lead])) {
    throw new ShapeError(
      `expandAs: shape ${formatShape(x.shape)} does not expand to ${formatShape(other.shape)}; only axes of length 1 grow`,
    );
  }
  return expand(x, other.shape);
}
export const expandAsSamples: Samples = (s) => [s.tensorOf(s.oneOf([[], [3], [2, 1]])), s.tensorOf([2, 3])];
export const expandAsRefusals: Refusals = (s) => [
  [[s.tensorOf([2]), s.tensorOf([2, 3])], 'ShapeError', /\(2,\) does not expand to \(2, 3\)/],
  [[s.tensorOf([2, 3]), s.tensorOf([3])], 'ShapeError', /\(2, 3\) does not expand to \(3,\)/],
];

/**
 * Views of tensors expanded to the one shape that they broadcast to. Derivative: the sum over the repetitions. PyTorch:
 * `torch.broadcast_tensors`. Errors: ShapeError.
 *
 * @example
 * ```ts
 * import { broadcastTensors, tensor } from '@tensortape/autograd';
 * const [a, b] = broadcastTensors([tensor([[1], [2]]), tensor([3, 4])]);
 * console.log(a.toArray(), b.toArray()); // [ [ 1, 1 ], [ 2, 2 ] ] [ [ 3, 4 ], [ 3, 4 ] ]
 * ```
 */
export function broadcastTensors<const T extends readonly Tensor[]>(tensors: T): { [K in keyof T]: Tensor };
export function broadcastTensors(tensors: readonly Tensor[]): Tensor[] {
  checkTensors('broadcastTensors', 'tensors', tensors);
  const shape = tensors.map((x) => x.shape).reduce((a, b) => broadcastShapes('broadcastTensors', a, b), []);
  return tensors.map((x) => expand(x, shape));
}
export const broadcastTensorsSamples: Samples = (s) => [[...s.broadcast(s.reals, s.reals), s.tensorOf([])]];
export const broadcastTensorsRefusals: Refusals = (s) => [
  [[[s.tensorOf([2, 3]), s.tensorOf([2])]], 'ShapeError', /\(2, 3\) and \(2,\) do not broadcast/],
];

/**
 * A view with some axes moved to other places: `source[i]` becomes axis `destination[i]`, the others keep their order.
 * Derivative: the cotangent moved back. PyTorch: `torch.movedim`. Errors: IndexError; ShapeError when an axis is named
 * twice, or the lists have different lengths.
 *
 * @example
 * ```ts
 * import { movedim, zeros } from '@tensortape/autograd';
 * console.log(movedim(zeros([2, 3, 4]), 0, -1).shape); // [ 3, 4, 2 ]
 * ```
 */
export function movedim(
  x: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  checkTensor('movedim', 'x', x);
  const axesOf = (dims: number | readonly number[], name: string) => {
    const axes = [dims].flat().map((dim) => normalizeDim('movedim', dim, x.ndim));
    if (new Set(axes).size !== axes.length) {
      throw new ShapeError(
        `movedim: ${name} [${[dims].flat().join(', ')}] names an axis of shape ${formatShape(x.shape)} twice`,
      );
    }
    return axes;
  };
  const from = axesOf(source, 'source');
  const to = axesOf(destination, 'destination');
  if (from.length !== to.length) {
    throw new ShapeError(
      `movedim: ${from.length} axes of shape ${formatShape(x.shape)} cannot go to ${to.length} places`,
    );
  }
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
  return permute(
    x,
    x.shape.map((_, axis) => (to.includes(axis) ? from[to.indexOf(axis)]! : rest.shift()!)),
  );
}
export const movedimSamples: Samples = (s) => [
  s.tensorOf([2, 3, 4]),
  ...s.oneOf<readonly unknown[]>([
    [0, -1],
    [
      [0, 1],
      [2, 0],
    ],
    [
      [-1, 0],
      [0, 1],
    ],
    [[], []],
  ]),
];
export const movedimRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2, 0], 'IndexError', /dim 2 is out of range/],
  [
    [s.tensorOf([2, 3]), [0, -2], [0, 1]],
    'ShapeError',
    /source \[0, -2\] names an axis of shape \(2, 3\) twice/,
  ],
  [[s.tensorOf([2, 3]), [0, 1], [1, 1]], 'ShapeError', /destination \[1, 1\] names/],
  [[s.tensorOf([2, 3]), [0], [0, 1]], 'ShapeError', /1 axes of shape \(2, 3\) cannot go to 2 places/],
];

/**
 * Axis `dim` taken apart into axes of the given `sizes`, one of which may be -1: the inverse of {@link flatten}.
 * Derivative: the cotangent with the axes merged again. PyTorch: `torch.unflatten`. Errors: IndexError; ShapeError when
 * the sizes do not make up the axis.
 *
 * @example
 * ```ts
 * import { unflatten, zeros } from '@tensortape/autograd';
 * console.log(unflatten(zeros([2, 6]), 1, [-1, 3]).shape); // [ 2, 2, 3 ]
 * ```
 */
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor {
  checkTensor('unflatten', 'x', x);
  const axis = normalizeDim('unflatten', dim, x.ndim);
  const length = x.shape[axis];
  if (length === undefined) throw new ShapeError('unflatten: a tensor of shape () has no axis to take apart');
  const known = sizeOf(sizes.filter((size) => size !== -1));
  const unknown = sizes.filter((size) => size === -1).length;
  const found = sizes.map((size) => (size === -1 ? length / known : size));
  const valid = found.every((size) => Number.isInteger(size) && size >= 0) && unknown <= 1;
  if (sizes.length === 0 || !valid || sizeOf(found) !== length) {
    throw new ShapeError(
      `unflatten: sizes [${sizes.join(', ')}] do not make up the ${length} of dim ${dim} of shape ${formatShape(x.shape)}`,
    );
  }
  return reshape(x, [...x.shape.slice(0, axis), ...found, ...x.shape.slice(axis + 1)]);
}
export const unflattenSamples: Samples = (s) => [
  s.tensorOf([2, 6]),
  s.oneOf([1, -1]),
  s.oneOf([[2, 3], [-1, 2], [6], [1, -1]]),
];
export const unflattenRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 6]), 2, [6]], 'IndexError', /dim 2 is out of range/],
  ...[[4, -1], [], [-1, -1], [-1, 0], [2.5, -1], [3, 3]].map(
    (sizes) => [[s.tensorOf([2, 6]), 1, sizes], 'ShapeError', /do not make up the 6 of dim 1/] as const,
  ),
  [[s.tensorOf([]), 0, [1]], 'ShapeError', /shape \(\)/],
];

/**
 * Views of all positions along `dim`, which disappears. Derivative: the cotangents side by side. PyTorch: `torch.unbind`.
 * Errors: IndexError; ShapeError for a 0-dimensional tensor.
 *
 * @example
 * ```ts
 * import { tensor, unbind } from '@tensortape/autograd';
 * console.log(unbind(tensor([[1, 2], [3, 4]]), 1).map((part) => part.toArray())); // [ [ 1, 3 ], [ 2, 4 ] ]
 * ```
 */
export function unbind(x: Tensor, dim = 0): Tensor[] {
  checkTensor('unbind', 'x', x);
  const axis = normalizeDim('unbind', dim, x.ndim);
  const length = x.shape[axis];
  if (length === undefined) throw new ShapeError('unbind: a tensor of shape () has no axis to take apart');
  const parts = partsOf(x, { axis, lengths: new Array<number>(length).fill(1) });
  const shape = x.shape.toSpliced(axis, 1);
  return parts.map((part) => reshape(part, shape));
}
export const unbindSamples: Samples = (s) => [s.tensorOf([2, 3]), s.oneOf([0, 1, -1])];
export const unbindRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([])], 'ShapeError', /shape \(\)/],
];

/** How a tensor is split: into a number of parts, or before the given positions. */
type Sections = number | readonly number[];

function splitAt(op: string, x: Tensor, sections: Sections, axis: number): Tensor[] {
  const length = x.shape[axis]!;
  if (typeof sections === 'number') {
    const size = Math.floor(length / sections);
    const longer = length % sections;
    const start = (i: number) => i * size + Math.min(i, longer);
    return Array.from({ length: sections }, (_, i) => slice(x, axis, start(i), start(i + 1)));
  }
  const wrong = sections.find((position) => !Number.isInteger(position));
  if (wrong !== undefined) throw new ArgumentError(`${op}: positions must be whole numbers, got ${wrong}`);
  return [...sections, length].map((stop, i) => slice(x, axis, i === 0 ? 0 : sections[i - 1]!, stop));
}

/**
 * Views of `sections` parts along `dim`, the first of them longer by one where they cannot be equal; or, for a list, of the
 * parts before, between and after these positions, taken as bounds of {@link slice}. Derivative: the cotangents side by
 * side. PyTorch: `torch.tensor_split`; there a tensor may stand for the list.
 *
 * Errors: IndexError; ShapeError for a 0-dimensional tensor; ArgumentError unless the numbers are whole, and `sections` is
 * at least 1.
 *
 * @example
 * ```ts
 * import { tensor, tensorSplit } from '@tensortape/autograd';
 * const x = tensor([1, 2, 3, 4, 5]);
 * console.log(tensorSplit(x, 2).map((part) => part.toArray())); // [ [ 1, 2, 3 ], [ 4, 5 ] ]
 * console.log(tensorSplit(x, [1, 4]).map((part) => part.toArray())); // [ [ 1 ], [ 2, 3, 4 ], [ 5 ] ]
 * ```
 */
export function tensorSplit(x: Tensor, sections: number | readonly number[], dim = 0): Tensor[] {
  checkTensor('tensorSplit', 'x', x);
  const axis = normalizeDim('tensorSplit', dim, x.ndim);
  if (x.ndim === 0) throw new ShapeError('tensorSplit: a tensor of shape () has no axis to split');
  checkSections('tensorSplit', sections);
  return splitAt('tensorSplit', x, sections, axis);
}
export const tensorSplitSamples: Samples = (s) => [
  s.tensorOf([5, 2]),
  s.oneOf<Sections>([1, 2, 3, 7, [1, 4], [3, 2], [-2], [], [-9, 9]]),
  s.oneOf([0, -2]),
];
export const tensorSplitRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 1, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([]), 1], 'ShapeError', /shape \(\)/],
  ...[0, -1, 1.5, Number.NaN].map(
    (sections) =>
      [[s.tensorOf([3]), sections], 'ArgumentError', /sections must be a whole number >= 1/] as const,
  ),
  [[s.tensorOf([3]), [0.5]], 'ArgumentError', /positions must be whole numbers, got 0.5/],
];

function checkSections(op: string, sections: Sections): void {
  if (typeof sections === 'number' && !(Number.isInteger(sections) && sections >= 1)) {
    throw new ArgumentError(`${op}: the number of sections must be a whole number >= 1, got ${sections}`);
  }
}

function evenSplit(op: string, x: Tensor, sections: Sections, axis: number, least: number): Tensor[] {
  if (x.ndim < least) {
    throw new ShapeError(`${op}: expected at least ${least} axes, got shape ${formatShape(x.shape)}`);
  }
  checkSections(op, sections);
  if (typeof sections === 'number' && x.shape[axis]! % sections !== 0) {
    throw new ShapeError(
      `${op}: the ${x.shape[axis]} of dim ${axis} of shape ${formatShape(x.shape)} cannot be split into ${sections} equal parts; ` +
        'use tensorSplit()',
    );
  }
  return splitAt(op, x, sections, axis);
}

/**
 * Views of equal parts along the second axis (the first of a vector), or of the parts that a list of positions makes: see
 * {@link tensorSplit}. Derivative: the cotangents side by side. PyTorch: `torch.hsplit`. Errors: ShapeError for a
 * 0-dimensional tensor, or parts that are not equal; ArgumentError.
 *
 * @example
 * ```ts
 * import { hsplit, tensor } from '@tensortape/autograd';
 * console.log(hsplit(tensor([[1, 2], [3, 4]]), 2).map((part) => part.toArray())); // [ [ [ 1 ], [ 3 ] ], [ [ 2 ], [ 4 ] ] ]
 * ```
 */
export function hsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  checkTensor('hsplit', 'x', x);
  return evenSplit('hsplit', x, sections, x.ndim === 1 ? 0 : 1, 1);
}
export const hsplitSamples: Samples = (s) => [
  s.tensorOf(s.oneOf([[4], [2, 4], [2, 4, 1]])),
  s.oneOf<Sections>([2, 4, [1], [3, 9]]),
];
export const hsplitRefusals: Refusals = (s) => [
  [[s.tensorOf([]), 1], 'ShapeError', /at least 1 axes, got shape \(\)/],
  ...splitRefusals(s.tensorOf([2, 3, 2]), 2),
];

const splitRefusals = (x: Tensor, sections: number): ReturnType<Refusals> => [
  [[x, sections], 'ShapeError', /cannot be split into \d equal parts; use tensorSplit/],
  [[x, 0], 'ArgumentError', /sections must be a whole number >= 1, got 0/],
  [[x, [0.5]], 'ArgumentError', /positions must be whole numbers, got 0.5/],
];

/**
 * As {@link hsplit}, along the first axis of at least two. Derivative: the cotangents side by side. PyTorch:
 * `torch.vsplit`. Errors: ShapeError; ArgumentError.
 *
 * @example
 * ```ts
 * import { tensor, vsplit } from '@tensortape/autograd';
 * console.log(vsplit(tensor([[1, 2], [3, 4]]), 2).map((part) => part.toArray())); // [ [ [ 1, 2 ] ], [ [ 3, 4 ] ] ]
 * ```
 */
export function vsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  checkTensor('vsplit', 'x', x);
  return evenSplit('vsplit', x, sections, 0, 2);
}
export const vsplitSamples: Samples = (s) => [s.tensorOf([4, 2]), s.oneOf<Sections>([2, 4, [1], [3, 9]])];
export const vsplitRefusals: Refusals = (s) => [
  [[s.tensorOf([3]), 1], 'ShapeError', /at least 2 axes, got shape \(3,\)/],
  ...splitRefusals(s.tensorOf([3, 2]), 2),
];

/**
 * As {@link hsplit}, along the third axis of at least three. Derivative: the cotangents side by side. PyTorch:
 * `torch.dsplit`. Errors: ShapeError; ArgumentError.
 *
 * @example
 * ```ts
 * import { dsplit, zeros } from '@tensortape/autograd';
 * console.log(dsplit(zeros([1, 2, 4]), [1]).map((part) => part.shape)); // [ [ 1, 2, 1 ], [ 1, 2, 3 ] ]
 * ```
 */
export function dsplit(x: Tensor, sections: number | readonly number[]): Tensor[] {
  checkTensor('dsplit', 'x', x);
  return evenSplit('dsplit', x, sections, 2, 3);
}
export const dsplitSamples: Samples = (s) => [s.tensorOf([1, 2, 4]), s.oneOf<Sections>([2, 4, [1], [3, 9]])];
export const dsplitRefusals: Refusals = (s) => [
  [[s.tensorOf([3, 2]), 1], 'ShapeError', /at least 3 axes, got shape \(3, 2\)/],
  ...splitRefusals(s.tensorOf([1, 2, 3]), 2),
];

interface Windows {
  readonly layout: (x: Layout) => Layout;
  readonly shape: Shape;
}

const windowsOp: (x: Tensor, windows: Windows) => Tensor = /* @__PURE__ */ linear<Windows>({
  name: 'slidingWindows',
  forward: (x, { layout }) => wrapView(x, layout(x)),
  transpose: (g, windows) => overlapOp(g, windows),
});

/** Windows added up where they came from. */
const overlapOp: (g: Tensor, windows: Windows) => Tensor = /* @__PURE__ */ linear<Windows>({
  name: 'slidingWindowsTranspose',
  forward: (g, { layout, shape }) => {
    const places = layout({ shape, strides: contiguousStrides(shape), offset: 0 });
    return wrap(kernels.overlapAdd(g, places, sizeOf(shape)), g.dtype, shape);
  },
  transpose: (t, windows) => windowsOp(t, windows),
});

/**
 * A view of all windows of `size` positions, `step` apart, along `dim`: out[…, i, …, j] = x[…, i * step + j, …], with the
 * positions within a window as a new last axis. Derivative: the sum of the cotangent over the windows an element is in.
 * PyTorch: `Tensor.unfold`, which is also the name of the method.
 *
 * Errors: IndexError; ArgumentError unless `size` is a whole number from 0 to the length of the axis, and `step` one >= 1.
 *
 * @example
 * ```ts
 * import { slidingWindows, tensor } from '@tensortape/autograd';
 * console.log(slidingWindows(tensor([1, 2, 3, 4]), 0, 2, 1).toArray()); // [ [ 1, 2 ], [ 2, 3 ], [ 3, 4 ] ]
 * ```
 */
export function slidingWindows(x: Tensor, dim: number, size: number, step: number): Tensor {
  checkTensor('slidingWindows', 'x', x);
  const op = 'slidingWindows';
  const axis = normalizeDim(op, dim, x.ndim);
  const length = x.shape[axis] ?? 1;
  if (!Number.isInteger(size) || size < 0 || size > length) {
    throw new ArgumentError(
      `${op}: the size of a window must be a whole number from 0 to the ${length} of dim ${dim} of shape ${formatShape(x.shape)}, got ${size}`,
    );
  }
  if (!Number.isInteger(step) || step < 1) {
    throw new ArgumentError(`${op}: step must be a whole number >= 1, got ${step}`);
  }
  // A tensor without axes is one window.
  if (x.ndim === 0) return slice(reshape(x, [1]), 0, 0, size);
  const count = Math.floor((length - size) / step) + 1;
  const layout = ({ shape, strides, offset }: Layout): Layout => ({
    shape: [...shape.with(axis, count), size],
    strides: [...strides.with(axis, strides[axis]! * step), strides[axis]!],
    offset,
  });
  return windowsOp(x, { layout, shape: x.shape });
}
export const slidingWindowsSamples: Samples = (s) => [
  s.tensorOf([2, 5]),
  s.oneOf([1, -1]),
  s.integer(0, 5),
  s.integer(1, 3),
];
export const slidingWindowsRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 5]), 2, 1, 1], 'IndexError', /dim 2 is out of range/],
  ...[6, -1, 1.5].map(
    (size) => [[s.tensorOf([2, 5]), 1, size, 1], 'ArgumentError', /from 0 to the 5 of dim 1.*got/] as const,
  ),
  [[s.tensorOf([5]), 0, 2, 0], 'ArgumentError', /step must be a whole number >= 1, got 0/],
];

/**
 * x with at least one axis: a 0-dimensional tensor becomes one of shape (1,). Derivative: the cotangent under the shape of
 * x. PyTorch: `torch.atleast_1d`.
 *
 * @example
 * ```ts
 * import { atleast1d, tensor } from '@tensortape/autograd';
 * console.log(atleast1d(tensor(3)).shape); // [ 1 ]
 * ```
 */
export function atleast1d(x: Tensor): Tensor {
  checkTensor('atleast1d', 'x', x);
  return x.ndim === 0 ? reshape(x, [1]) : x;
}
export const atleast1dSamples: Samples = (s) => [s.tensor()];

/**
 * x with at least two axes: new ones of length 1 come first. Derivative: the cotangent under the shape of x. PyTorch:
 * `torch.atleast_2d`.
 *
 * @example
 * ```ts
 * import { atleast2d, tensor } from '@tensortape/autograd';
 * console.log(atleast2d(tensor([1, 2])).shape); // [ 1, 2 ]
 * ```
 */
export function atleast2d(x: Tensor): Tensor {
  checkTensor('atleast2d', 'x', x);
  return x.ndim < 2 ? reshape(x, [1, ...atleast1d(x).shape]) : x;
}
export const atleast2dSamples = atleast1dSamples;

/**
 * x with at least three axes: a matrix gets a new last axis of length 1, a vector one on either side. Derivative: the
 * cotangent under the shape of x. PyTorch: `torch.atleast_3d`.
 *
 * @example
 * ```ts
 * import { atleast3d, zeros } from '@tensortape/autograd';
 * console.log(atleast3d(zeros([2])).shape, atleast3d(zeros([2, 3])).shape); // [ 1, 2, 1 ] [ 2, 3, 1 ]
 * ```
 */
export function atleast3d(x: Tensor): Tensor {
  checkTensor('atleast3d', 'x', x);
  return x.ndim < 3 ? reshape(x, [...atleast2d(x).shape, 1]) : x;
}
export const atleast3dSamples = atleast1dSamples;

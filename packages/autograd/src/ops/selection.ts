import type { Selection } from '../kernels/kernels.ts';
import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { constant, wrap, wrapView } from '../tensor/core.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import type { Layout, View } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import { type Picking, picking } from './picking.ts';
import { ordinals } from './positions.ts';

/** The view that the basic part of an index takes. */
export const basicView: Picking = /* @__PURE__ */ picking('at');

/** Which axes an index with tensors picks along: a {@link Selection} without the positions. */
type Along = Omit<Selection, 'positions'>;

/** The shape of the selected elements of a tensor. */
export function selectedShape(shape: Shape, { axes, lead }: Along, positions: Shape): Shape {
  const rest = shape.filter((_, axis) => !axes.includes(axis));
  return [...rest.slice(0, lead), ...positions.slice(1), ...rest.slice(lead)];
}

const indexOp = /* @__PURE__ */ defineOp({
  name: 'index',
  inputs: ['x', 'positions'],
  saves: ['positions'],
  forward: ({ x, positions }, { axes, lead }: Along) =>
    wrap(
      kernels.indexGet(x, { axes, lead, positions }),
      x.dtype,
      selectedShape(x.shape, { axes, lead }, positions.shape),
    ),
  vjp: {
    x: (g, { positions }, along, like) =>
      indexAdd('index', constant(0, like.dtype, like.shape), along, positions, g),
    positions: null,
  },
  jvp: ({ x: t }, { positions }, along) => t && indexGet(t, along, positions),
});

/** The selected elements of `x`: a copy. */
export function indexGet(x: Tensor, along: Along, positions: Tensor): Tensor {
  return indexOp({ x, positions }, along);
}

/** A change of the selected elements of a view of a tensor. */
export interface Change extends Along {
  /** The operation, for messages. */
  readonly op: string;
  /** The view that the selection is made in; the tensor itself where it is null. */
  readonly layout: ((x: View) => Layout) | null;
  /** Whether the new elements are added to those that are there. */
  readonly accumulate: boolean;
  /** Whether the tensor itself is written to, instead of a copy. */
  readonly inPlace: boolean;
}

/** A change with the shapes that its rules need. */
interface Placed extends Change {
  readonly shape: Shape;
  readonly viewed: Shape;
}

const changeOp = /* @__PURE__ */ defineOp({
  name: 'indexPut',
  inputs: ['x', 'source', 'positions'],
  saves: ['positions'],
  forward: ({ x, source, positions }, { op, layout, accumulate, inPlace, axes, lead }: Placed) => {
    // Sums are kept in doubles.
    const dtype = accumulate ? 'float64' : x.dtype;
    const whole = inPlace ? x : wrap(kernels.cast(x, dtype), dtype, x.shape);
    const target = layout === null ? whole : wrapView(whole, layout(whole));
    const selection = { axes, lead, positions };
    if (!accumulate) kernels.indexPut(target, selection, source);
    else kernels.indexAdd(target, selection, source);
    return accumulate ? wrap(kernels.settle(op, whole.storage, x.dtype), x.dtype, x.shape) : whole;
  },
  vjp: {
    x: (g, { positions }, placed) => {
      if (placed.accumulate) return g;
      const shape = selectedShape(placed.viewed, placed, positions.shape);
      return placedChange(g, placed, positions, constant(0, g.dtype, shape));
    },
    source: (g, { positions }, placed) => {
      const viewed = placed.layout === null ? g : basicView.pick(g, placed.layout);
      const taken = indexGet(viewed, placed, positions);
      return placed.accumulate ? taken : taken.where(kept(placed, positions), 0);
    },
    positions: null,
  },
  jvp: ({ x, source }, { positions }, placed) => {
    const tangent = x ?? source;
    if (tangent === null) return null;
    const { dtype } = tangent;
    return placedChange(
      x ?? constant(0, dtype, placed.shape),
      placed,
      positions,
      source ?? constant(0, dtype, selectedShape(placed.viewed, placed, positions.shape)),
    );
  },
});

/** Which elements of a source stay where several were written to one place: the last ones (bool, broadcasts to the source). */
function kept({ axes, lead, viewed }: Placed, positions: Tensor): Tensor {
  const index = positions.shape.slice(1);
  const lengths = axes.map((axis) => viewed[axis]!);
  const owners = wrap(new Storage(allocate('int32', sizeOf(lengths))), 'int32', lengths);
  const selection = { axes: axes.map((_, i) => i), lead: 0, positions };
  const order = ordinals(index);
  kernels.indexPut(owners, selection, order);
  const last = wrap(kernels.indexGet(owners, selection), 'int32', index);
  const behind = viewed.length - axes.length - lead;
  return last.eq(order).reshape([...index, ...new Array<number>(behind).fill(1)]);
}

/** A copy of `x` with the selected elements of a view of it replaced by `source` (of their shape), or added to. */
export function indexChange(x: Tensor, change: Change, positions: Tensor, source: Tensor): Tensor {
  const viewed = change.layout === null ? x.shape : change.layout(x).shape;
  return changeOp({ x, source, positions }, { ...change, shape: x.shape, viewed });
}

/** The same change of another tensor, a copy. */
function placedChange(x: Tensor, placed: Placed, positions: Tensor, source: Tensor): Tensor {
  return changeOp({ x, source, positions }, { ...placed, inPlace: false });
}

/** A copy of `x` with `source` (of their shape) added to the selected elements. */
export function indexAdd(op: string, x: Tensor, along: Along, positions: Tensor, source: Tensor): Tensor {
  return indexChange(x, { ...along, op, layout: null, accumulate: true, inPlace: false }, positions, source);
}

import type { Operand } from '../tape/shorthands.ts';
import { checkOperand } from '../tensor/check.ts';
import { constant, Tensor, wrap } from '../tensor/core.ts';
import { storable } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../tensor/errors.ts';
import { flattened, type Nested } from '../tensor/nested.ts';
import { broadcastShapes, formatShape, sameShape } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import { type Layout, selected, sliced, type View } from '../tensor/view.ts';
import { positionsFrom, positionsOf, stackPositions } from './positions.ts';
import { type Change, indexChange, selectedShape } from './selection.ts';

/** The start, stop or step of a range: a whole number, or nothing. */
export type SliceBound = number | '';

/** A range of positions as in Python: `'start:stop'` or `'start:stop:step'`, each part of which may be left out. */
export type SliceText = `${SliceBound}:${SliceBound}` | `${SliceBound}:${SliceBound}:${SliceBound}`;

/**
 * One subscript of {@link at}, as between Python's brackets: a whole number (negative ones count from the end), a range
 * such as `'1:5:2'` or `':'`, `'...'` for all axes that are not mentioned, `null` for a new axis of length 1, an int32
 * tensor or a list of positions, a bool tensor or a list of booleans as a mask.
 */
export type Subscript = Nested | SliceText | '...' | null | Tensor;

/** A list of subscripts, taken apart for one tensor. */
interface Subscripted {
  /** The view that numbers, ranges and new axes take; null where it is the whole tensor as it is. */
  readonly layout: ((x: View) => Layout) | null;
  /** The axes of that view along which tensors index, and how many stand before their result. */
  readonly along: { readonly axes: readonly number[]; readonly lead: number };
  /** Positions along those axes. */
  readonly positions: Tensor;
}

/** An index tensor and the axis of the view it stands for. */
interface Indexed {
  readonly axis: number;
  readonly positions: Tensor;
}

const notSlice = (op: string, text: string) =>
  new ArgumentError(
    `${op}: '${text}' is not a subscript; a range is 'start:stop' or 'start:stop:step' in whole numbers, as in Python, and ` +
      "'...' stands for the axes that are not mentioned",
  );

/** A range as text, with its bounds within an axis of `length`. */
function parseSlice(op: string, text: string, length: number): readonly [number, number, number] {
  const parts = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/.exec(text);
  if (parts === null) throw notSlice(op, text);
  const [start, stop, step] = parts.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  if (step !== undefined && step < 1) {
    throw new ArgumentError(`${op}: the step of '${text}' must be >= 1; reverse an axis with flip()`);
  }
  const bound = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  return [bound(start ?? 0), bound(stop ?? length), step ?? 1];
}

/** A new axis of length 1. */
function withAxis(x: Layout, axis: number): Layout {
  return { shape: x.shape.toSpliced(axis, 0, 1), strides: x.strides.toSpliced(axis, 0, 0), offset: x.offset };
}

/** Lists as tensors of positions or masks. */
function toIndex(op: string, subscript: Nested): Tensor {
  const { values, shape, dtype } = flattened(op, subscript);
  const kind = dtype === 'bool' ? 'bool' : 'int32';
  const array = allocate(kind, values.length);
  for (let i = 0; i < array.length; i++) array[i] = storable(op, values[i]!, kind, i);
  return wrap(new Storage(array), kind, shape);
}

/** A subscript with lists made tensors, and positions in tensors without axes made numbers. */
function normalized(op: string, subscript: Subscript): number | string | null | Tensor {
  if (subscript === null || typeof subscript === 'number' || typeof subscript === 'string') return subscript;
  const index = subscript instanceof Tensor ? subscript : toIndex(op, subscript);
  if (index.dtype !== 'int32' && index.dtype !== 'bool') {
    throw new DTypeError(
      `${op}: a tensor of ${index.dtype} cannot index; positions are int32, masks bool (convert with .to('int32') or .ne(0))`,
    );
  }
  return index.dtype === 'int32' && index.ndim === 0 ? index.item() : index;
}

/** How many axes a subscript stands for. */
function axesOf(subscript: number | string | null | Tensor): number {
  if (subscript === null || subscript === '...') return 0;
  return subscript instanceof Tensor && subscript.dtype === 'bool' ? subscript.ndim : 1;
}

/** Takes a list of subscripts apart. */
export function subscripted(op: string, x: Tensor, subscripts: readonly Subscript[]): Subscripted {
  const list = subscripts.map((subscript) => normalized(op, subscript));
  const mentioned = list.reduce<number>((total, subscript) => total + axesOf(subscript), 0);
  if (mentioned > x.ndim) {
    throw new IndexError(
      `${op}: ${mentioned} axes are indexed, but shape ${formatShape(x.shape)} has ${x.ndim}`,
    );
  }
  if (list.filter((subscript) => subscript === '...').length > 1) {
    throw new ArgumentError(`${op}: '...' may stand once among the subscripts`);
  }
  const steps: ((layout: Layout) => Layout)[] = [];
  const indexed: Indexed[] = [];
  // The axis of the view that comes next, and the one of x that it shows.
  let at = 0;
  let axis = 0;
  for (const subscript of list) {
    const place = at;
    if (subscript === null) {
      steps.push((layout) => withAxis(layout, place));
      at++;
    } else if (subscript === '...') {
      at += x.ndim - mentioned;
      axis += x.ndim - mentioned;
    } else if (typeof subscript === 'string') {
      const [start, stop, step] = parseSlice(op, subscript, x.shape[axis]!);
      if (start > 0 || stop < x.shape[axis]! || step > 1) {
        steps.push((layout) => sliced(layout, place, start, stop, step));
      }
      at++;
      axis++;
    } else if (typeof subscript === 'number') {
      selected(op, x, axis, subscript);
      steps.push((layout) => selected(op, layout, place, subscript));
      axis++;
    } else if (subscript.dtype === 'bool') {
      if (subscript.ndim === 0) steps.push((layout) => withAxis(layout, place));
      requireMask(op, x, axis, subscript);
      for (const row of positionsOf(subscript).split(1)) {
        indexed.push({ axis: at++, positions: row.reshape([-1]) });
      }
      axis += subscript.ndim;
    } else {
      indexed.push({
        axis: at++,
        positions: positionsFrom(op, subscript, x.shape[axis]!, `dim ${axis}`, 'fromEither'),
      });
      axis++;
    }
  }
  return {
    layout: steps.length === 0 ? null : (view) => steps.reduce<Layout>((layout, step) => step(layout), view),
    ...combined(op, indexed),
  };
}

function requireMask(op: string, x: Tensor, axis: number, mask: Tensor): void {
  const covered = x.shape.slice(axis, axis + mask.ndim);
  if (sameShape(covered, mask.shape)) return;
  throw new ShapeError(
    `${op}: a mask of shape ${formatShape(mask.shape)} does not match axes ${axis} to ${axis + mask.ndim - 1} of shape ${formatShape(x.shape)}`,
  );
}

/** Index tensors broadcast against each other. Their axes stand where they stood if they were neighbours, else in front. */
function combined(op: string, indexed: readonly Indexed[]): Pick<Subscripted, 'along' | 'positions'> {
  const axes = indexed.map(({ axis }) => axis);
  const shape = indexed
    .map(({ positions }) => positions.shape)
    .reduce((a, b) => broadcastShapes(op, a, b), []);
  const neighbours = axes.every((axis, i) => axis === axes[0]! + i);
  return {
    along: { axes, lead: neighbours ? (axes[0] ?? 0) : 0 },
    positions: stackPositions(
      indexed.map(({ positions }) => positions),
      shape,
    ),
  };
}

/** Writes `values`, which share no elements with x, over those that `subscripts` name; the result stands for x after it. */
export function writeAt(op: string, x: Tensor, subscripts: readonly Subscript[], values: Operand): Tensor {
  return changed(op, x, subscripts, values, { accumulate: false, inPlace: true });
}

/** x with the elements that `subscripts` name changed to `values`. */
export function changed(
  op: string,
  x: Tensor,
  subscripts: readonly Subscript[],
  values: Operand,
  how: Pick<Change, 'accumulate' | 'inPlace'>,
): Tensor {
  const { layout, along, positions } = subscripted(op, x, subscripts);
  const shape = selectedShape(layout === null ? x.shape : layout(x).shape, along, positions.shape);
  checkOperand(op, 'values', values);
  const source = typeof values === 'number' ? constant(storable(op, values, x.dtype), x.dtype, []) : values;
  const lead = shape.length - source.ndim;
  const fits =
    lead >= 0 && source.shape.every((length, axis) => length === 1 || length === shape[axis + lead]);
  if (!fits) {
    throw new ShapeError(
      `${op}: values of shape ${formatShape(source.shape)} do not broadcast to the ${formatShape(shape)} elements that are named`,
    );
  }
  return indexChange(x, { ...along, ...how, op, layout }, positions, source.expand(shape));
}

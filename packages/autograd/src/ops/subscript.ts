import type { Operand } from '../tape/shorthands.ts';
import { checkOperand, checkTensor } from '../tensor/check.ts';
import { constant, Tensor, wrap } from '../tensor/core.ts';
import { storable } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../tensor/errors.ts';
import { flattened, type Nested } from '../tensor/nested.ts';
import { broadcastShapes, formatShape, type Shape, sameShape } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import { type Layout, selected, sliced, type View } from '../tensor/view.ts';
import { positionsFrom, positionsOf, stackPositions } from './positions.ts';
import type { RefusalName, Refusals, SampleKit, Samples } from './samples.ts';
import { basicView, indexChange, indexGet, selectedShape } from './selection.ts';

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
function subscripted(op: string, x: Tensor, subscripts: readonly Subscript[]): Subscripted {
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

/**
 * The part of x that subscripts name: PyTorch's `x[…]`, with the same subscripts in the same order (see
 * {@link Subscript}). Numbers, ranges, new axes and `'...'` alone give a view; with int32 tensors, masks or lists the
 * result is a copy. Index tensors are broadcast against each other and picked from together: out[i] = x[a[i], b[i]]; their
 * axes stand where they stood if they were neighbours, else in front. A mask of several axes stands for all of them.
 *
 * Derivative: the cotangent at the elements that were taken, added up where one was taken several times.
 * Errors: IndexError for positions outside and for too many subscripts; ShapeError for masks that do not match and index
 * tensors that do not broadcast; DTypeError for index tensors that are neither int32 nor bool; ArgumentError for other
 * text, and for steps below 1. PyTorch: `x[…]`; there uint8 tensors are masks too, and `'1:5'` is written 1:5.
 *
 * @example
 * ```ts
 * import { arange, tensor } from '@tensortape/autograd';
 * const x = arange(12).reshape([3, 4]);
 * console.log(x.at(1, '1:3').toArray()); // [ 5, 6 ]
 * console.log(x.at('::2', -1).toArray()); // [ 3, 11 ]
 * console.log(x.at([0, 2], [1, 1]).toArray()); // [ 1, 9 ]
 * console.log(x.at(x.gt(8)).toArray()); // [ 9, 10, 11 ]
 * console.log(x.at('...', null).shape); // [ 3, 4, 1 ]
 * ```
 */
export function at(x: Tensor, ...subscripts: readonly Subscript[]): Tensor {
  checkTensor('at', 'x', x);
  const { layout, along, positions } = subscripted('at', x, subscripts);
  if (along.axes.length === 0) return basicView.pick(x, layout ?? ((view) => view));
  return indexGet(layout === null ? x : basicView.pick(x, layout), along, positions);
}
export const atSamples: Samples = (s) => [s.tensorOf([3, 4, 2]), ...someSubscripts(s)];

/** Subscripts for a tensor of shape (3, 4, 2). */
const someSubscripts = (s: SampleKit): readonly Subscript[] =>
  s.oneOf<() => readonly Subscript[]>([
    () => [],
    () => [s.integer(-3, 2), null, s.oneOf<Subscript>(['1:', ':-1', '::2', '3:1', '-3:9:3']), '...'],
    () => ['...', s.index([], 2), null],
    () => [s.index([s.integer(0, 5)], 3)],
    () => [':', s.index([2, 3], 4).sub(4), '1:'],
    () => [s.index([2, 1], 3), s.index([3], 4)],
    () => [s.index([2], 3), ':', s.index([2], 2)],
    () => [s.index([2], 3), null, 1, s.index([2, 1], 2)],
    () => [
      [0, 2, -1],
      [
        [1, 1, 0],
        [3, 2, 2],
      ],
    ],
    () => [maskOf(s, [3])],
    () => [maskOf(s, [3, 4]), s.oneOf<Subscript>([0, ':1', null])],
    () => [':', maskOf(s, [4, 2])],
    () => [maskOf(s, [3, 4, 2])],
    () => [[true, false, true], '1:', s.index([1], 2)],
    () => [maskOf(s, []), '...', 1],
    () => ['1:', true, [0, 0]],
    () => [[], '...', null],
  ])();

const maskOf = (s: SampleKit, shape: Shape) => s.index(shape, 2).ne(0);

const subscriptRefusals = (
  x: Tensor,
  s: SampleKit,
): readonly (readonly [subscripts: Subscript[], error: RefusalName, message: RegExp])[] => [
  [[3], 'IndexError', /index 3 is out of bounds for dim 0 with length 3/],
  [[0, '...', -3], 'IndexError', /index -3 is out of bounds for dim 2 with length 2/],
  [[0.5], 'IndexError', /index 0.5 is out of bounds/],
  [
    [':', [[0, 4]]],
    'IndexError',
    /index 4 is out of bounds for dim 1 with length 4 \(at \[0, 1\] of the index/,
  ],
  [[s.index([], 1), 0, 0, 0], 'IndexError', /4 axes are indexed, but shape \(3, 4, 2\) has 3/],
  [[maskOf(s, [3, 4]), 0, 0], 'IndexError', /4 axes are indexed/],
  [['...', '...'], 'ArgumentError', /'...' may stand once/],
  [['::-1'], 'ArgumentError', /step of '::-1' must be >= 1; reverse an axis with flip/],
  [['0.5:2'], 'ArgumentError', /'0.5:2' is not a subscript/],
  [[x], 'DTypeError', /a tensor of float64 cannot index/],
  [[s.index([3], 2).to('uint8')], 'DTypeError', /a tensor of uint8 cannot index.*\.ne\(0\)/],
  [[[0.5]], 'DTypeError', /element 0 is 0.5, which int32 cannot hold/],
  [
    [0, maskOf(s, [3])],
    'ShapeError',
    /a mask of shape \(3,\) does not match axes 1 to 1 of shape \(3, 4, 2\)/,
  ],
  [[s.index([2], 3), s.index([3], 3)], 'ShapeError', /\(2,\) and \(3,\) do not broadcast/],
];
export const atRefusals: Refusals = (s) => {
  const x = s.tensorOf([3, 4, 2]);
  return subscriptRefusals(x, s).map(([subscripts, error, message]) => [[x, ...subscripts], error, message]);
};

/** Options of {@link indexPut}. */
export interface IndexPutOptions {
  /** Add the values to the elements that are there, once for each time they are named. Default false. */
  readonly accumulate?: boolean;
}

/**
 * A copy of x in which the elements that `subscripts` name (as in {@link at}) are `values`, or have them added. `values`
 * is a number or a tensor of the dtype of x, and broadcasts to the shape of `x.at(...subscripts)`. Of several values for
 * one element the last in row-major order stays.
 *
 * Derivatives: for x the cotangent, with zeros at elements that were replaced; for `values` the cotangent at the elements
 * where they stayed. Errors: as {@link at}; ShapeError when the values do not broadcast; DTypeError when their dtype is
 * not that of x. PyTorch: `torch.index_put`, which takes index tensors only, and whose gradient goes to all of several
 * values for one element.
 *
 * @example
 * ```ts
 * import { indexPut, tensor } from '@tensortape/autograd';
 * const x = tensor([1, 2, 3]);
 * console.log(indexPut(x, [[0, 0]], tensor([10, 20]), { accumulate: true })); // tensor([31.,  2.,  3.])
 * console.log(indexPut(x, ['1:'], 0)); // tensor([1., 0., 0.])
 * ```
 */
export function indexPut(
  x: Tensor,
  subscripts: readonly Subscript[],
  values: Operand,
  { accumulate = false }: IndexPutOptions = {},
): Tensor {
  checkTensor('indexPut', 'x', x);
  const op = 'indexPut';
  const { layout, along, positions } = subscripted(op, x, subscripts);
  const shape = selectedShape(layout === null ? x.shape : layout(x).shape, along, positions.shape);
  checkOperand(op, 'values', values);
  const source = typeof values === 'number' ? constant(storable(op, values, x.dtype), x.dtype, []) : values;
  if (source.dtype !== x.dtype) {
    throw new DTypeError(`${op}: the values are ${source.dtype}, x is ${x.dtype}; convert one with .to()`);
  }
  const lead = shape.length - source.ndim;
  const fits =
    lead >= 0 && source.shape.every((length, axis) => length === 1 || length === shape[axis + lead]);
  if (!fits) {
    throw new ShapeError(
      `${op}: values of shape ${formatShape(source.shape)} do not broadcast to the ${formatShape(shape)} elements that are named`,
    );
  }
  return indexChange(x, { ...along, op, layout, accumulate }, positions, source.expand(shape));
}

export const indexPutSamples: Samples = (s) => {
  const x = s.tensorOf([3, 4, 2]);
  const subscripts = someSubscripts(s);
  // Masks are changed by the checks, and with them the number of elements: the values broadcast.
  const { shape } = at(x, ...subscripts);
  const masked = subscripts.some((subscript) => subscript instanceof Tensor && subscript.dtype === 'bool');
  const values = masked
    ? s.tensorOf([])
    : s.oneOf([() => s.tensorOf(shape), () => s.tensorOf([]), () => 1.5])();
  return [x, subscripts, values, { accumulate: s.oneOf([false, true]) }];
};
export const indexPutRefusals: Refusals = (s) => {
  const x = s.tensorOf([3, 4, 2]);
  return [
    ...subscriptRefusals(x, s).map(
      ([subscripts, error, message]) => [[x, subscripts, 1], error, message] as const,
    ),
    [[x, [0], s.index([4, 2], 3)], 'DTypeError', /the values are int32, x is float64/],
    [[s.index([3], 3), [0], 0.5], 'DTypeError', /the value is 0.5, which int32 cannot hold/],
    [[x, [0], s.tensorOf([3])], 'ShapeError', /\(3,\) do not broadcast to the \(4, 2\)/],
    [[x, [0], s.tensorOf([1, 4, 2])], 'ShapeError', /\(1, 4, 2\) do not broadcast to the \(4, 2\)/],
  ];
};

import type { Operand } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { Tensor } from '../tensor/core.ts';
import { DTypeError } from '../tensor/errors.ts';
import type { Shape } from '../tensor/shape.ts';
import type { RefusalName, Refusals, SampleKit, Samples } from './samples.ts';
import { basicView, indexGet } from './selection.ts';
import { changed, type Subscript, subscripted } from './subscriptParts.ts';

export type { SliceBound, SliceText, Subscript } from './subscriptParts.ts';

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
  if (typeof values !== 'number' && values.dtype !== x.dtype) {
    checkTensor('indexPut', 'values', values);
    throw new DTypeError(`indexPut: the values are ${values.dtype}, x is ${x.dtype}; convert one with .to()`);
  }
  return changed('indexPut', x, subscripts, values, { accumulate, inPlace: false });
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

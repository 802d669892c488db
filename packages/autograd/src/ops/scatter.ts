import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import type { Operand } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { isFloat, storable } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, type Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { addElements } from './elements.ts';
import { checkIndex, ordinals, vector } from './positions.ts';
import type { Refusals, Samples } from './samples.ts';
import { indexChange, indexGet } from './selection.ts';
import { cat, slice } from './shape.ts';

interface Scatter {
  readonly op: string;
  readonly dim: number;
  readonly shape: Shape;
}

/** Refuses a source whose dtype or shape does not fit an index into x; the part of it that the index reaches. */
function checkSource(op: string, x: Tensor, index: Tensor, source: Tensor): Tensor {
  if (source.dtype !== x.dtype) {
    throw new DTypeError(`${op}: source is ${source.dtype}, x is ${x.dtype}; convert one with .to()`);
  }
  const lengths = index.ndim === 0 ? [1] : index.shape;
  const whole = source.ndim === 0 ? source.reshape([1]) : source;
  if (whole.ndim !== lengths.length || lengths.some((length, axis) => length > whole.shape[axis]!)) {
    throw new ShapeError(
      `${op}: source has shape ${formatShape(source.shape)}, index ${formatShape(index.shape)}; ranks must be equal, and no ` +
        'axis of the index may be longer',
    );
  }
  return lengths
    .reduce((part, length, axis) => (length < part.shape[axis]! ? slice(part, axis, 0, length) : part), whole)
    .reshape(index.shape);
}

const indexRefusals: Refusals = (s) => [
  [
    [s.tensorOf([3, 4]), 2, s.index([3, 4], 3), s.tensorOf([3, 4]), 'sum'],
    'IndexError',
    /dim 2 is out of range/,
  ],
  [
    [s.tensorOf([3, 4]), 0, s.tensorOf([3, 4]), s.tensorOf([3, 4]), 'sum'],
    'DTypeError',
    /the index has dtype float64, expected int32/,
  ],
  [
    [s.tensorOf([3, 4]), 0, s.index([3, 5], 3), s.tensorOf([3, 5]), 'sum'],
    'ShapeError',
    /\(3, 5\) does not fit \(3, 4\)/,
  ],
  [
    [s.tensorOf([3, 4]), 0, s.index([1, 4], 1).add(3), s.tensorOf([1, 4]), 'sum'],
    'IndexError',
    /index 3 is out of bounds for dim 0 with length 3 \(at \[0, 0\] of the index\)/,
  ],
];

const sourceRefusals: Refusals = (s) => [
  ...indexRefusals(s),
  [
    [s.tensorOf([3, 4]), 0, s.index([2, 4], 3), s.tensorOf([2, 3]), 'sum'],
    'ShapeError',
    /source has shape \(2, 3\), index \(2, 4\)/,
  ],
  [
    [s.tensorOf([3]), 0, s.index([2], 3), s.index([2], 3), 'sum'],
    'DTypeError',
    /source is int32, x is float64/,
  ],
];

const withoutReduce =
  (refusals: Refusals): Refusals =>
  (s) =>
    refusals(s).map(([args, error, message]) => [args.slice(0, 4), error, message]);

/**
 * A copy of `x` with the elements of `source` added at positions `index` (int32) along `dim`; repeated positions add up.
 * Of a `source` longer than `index` the first part is taken. Derivatives: the cotangent itself for `x`, gathered at `index`
 * for `source`. PyTorch: `torch.scatter_add`.
 *
 * Errors: DTypeError; ShapeError when `index` does not fit x or `source`; IndexError, also for negative positions.
 *
 * @example
 * ```ts
 * import { scatterAdd, tensor } from '@tensortape/autograd';
 * console.log(scatterAdd(tensor([0, 0, 0]), 0, tensor([2, 2], { dtype: 'int32' }), tensor([1, 5]))); // tensor([0., 0., 6.])
 * ```
 */
export function scatterAdd(x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  checkTensor('scatterAdd', 'x', x);
  checkTensor('scatterAdd', 'index', index);
  checkTensor('scatterAdd', 'source', source);
  return addAt('scatterAdd', x, checkIndex('scatterAdd', x, dim, index), index, source);
}
export const scatterAddSamples: Samples = (s) => {
  const rows = s.integer(0, 4);
  return [s.tensorOf([3, 4]), 0, s.index([rows, s.integer(3, 4)], 3), s.tensorOf([rows, 4])];
};
export const scatterAddRefusals = /* @__PURE__ */ withoutReduce(sourceRefusals);

function addAt(op: string, x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return addElements(op, x, dim, index, checkSource(op, x, index, source));
}

const scatterOp = /* @__PURE__ */ defineOp({
  name: 'scatter',
  inputs: ['x', 'index', 'source'],
  saves: ['index'],
  forward: ({ x, index, source }, { op, dim }: Scatter) =>
    wrap(kernels.scatter(op, 'assign', x, dim, index, source), x.dtype, x.shape),
  vjp: {
    x: (g, { index }, { dim }) => scatter(g, dim, index, 0),
    index: null,
    source: (g, { index }, { dim, shape }) => g.gather(dim, index).where(kept(index, dim, shape), 0),
  },
  jvp: ({ x, source }, { index }, { dim, shape }) => {
    if (x === null) return source && scatter(constant(0, source.dtype, shape), dim, index, source);
    return scatter(x, dim, index, source ?? 0);
  },
});

/** Which elements of a source stay where several are written to one place: the last ones in row-major order. */
function kept(index: Tensor, dim: number, shape: Shape): Tensor {
  const order = ordinals(index.shape);
  const owners = constant(0, 'int32', shape);
  const written = wrap(kernels.scatter('scatter', 'assign', owners, dim, index, order), 'int32', shape);
  return written.gather(dim, index).eq(order);
}

/**
 * A copy of `x` with the elements at positions `index` (int32) along `dim` replaced by those of `source`, a tensor or a
 * number: out[index[i][j]][j] = source[i][j] for dim 0. Of several for one place the last in row-major order stays. Of a
 * `source` longer than `index` the first part is taken.
 *
 * Derivatives: for `x` the cotangent with zeros at elements that were replaced; for `source` the cotangent gathered at
 * `index` where its elements stayed. Errors: as {@link scatterAdd}. PyTorch: `torch.scatter`, whose gradient goes to all of
 * several values for one place, and which has its `reduce` in {@link scatterReduce}.
 *
 * @example
 * ```ts
 * import { scatter, tensor } from '@tensortape/autograd';
 * console.log(scatter(tensor([1, 2, 3]), 0, tensor([2, 0], { dtype: 'int32' }), tensor([7, 8]))); // tensor([8., 2., 7.])
 * ```
 */
export function scatter(x: Tensor, dim: number, index: Tensor, source: Operand): Tensor {
  checkTensor('scatter', 'x', x);
  checkTensor('scatter', 'index', index);
  return replaceAt('scatter', x, checkIndex('scatter', x, dim, index), index, source);
}
export const scatterSamples: Samples = (s) => {
  const rows = s.integer(0, 4);
  const index = s.index([rows, s.integer(3, 4)], 3);
  return [s.tensorOf([3, 4]), s.oneOf([0, -2]), index, s.oneOf([() => s.tensorOf([rows, 4]), () => -1.5])()];
};
export const scatterRefusals: Refusals = (s) => [
  ...withoutReduce(sourceRefusals)(s),
  [[s.index([3], 3), 0, s.index([2], 3), 0.5], 'DTypeError', /the value is 0.5, which int32 cannot hold/],
];

function replaceAt(op: string, x: Tensor, dim: number, index: Tensor, source: Operand): Tensor {
  const values =
    typeof source === 'number'
      ? constant(storable(op, source, x.dtype), x.dtype, index.shape)
      : checkSource(op, x, index, source);
  return scatterOp({ x, index, source: values }, { op, dim, shape: x.shape });
}

interface Extreme extends Scatter {
  readonly fn: 'amax' | 'amin';
  readonly includeSelf: boolean;
}

const extremeOp = /* @__PURE__ */ defineOp({
  name: 'scatterReduce',
  inputs: ['x', 'index', 'source'],
  saves: ['x', 'index', 'source', 'output'],
  forward: ({ x, index, source }, { op, fn, dim, includeSelf }: Extreme) => {
    // Where x does not count, the first that arrives replaces it.
    const start = includeSelf ? x : replaceAt(op, x, dim, index, source);
    return wrap(kernels.scatter(op, fn, start, dim, index, source), x.dtype, x.shape);
  },
  vjp: (g, { x, index, source, output }, extreme) => {
    const shares = sharesOf(x, index, source, output, extreme);
    const divided = g.div(shares.count);
    return {
      x: divided.where(shares.ofX, shares.othersOfX),
      index: null,
      source: divided.gather(extreme.dim, index).where(shares.ofSource, shares.othersOfSource),
    };
  },
  jvp: ({ x: s, source: t }, { x, index, source, output }, extreme) => {
    const shares = sharesOf(x, index, source, output, extreme);
    const dtype = x.dtype;
    const own = s === null ? constant(0, dtype, x.shape) : s.where(shares.ofX, 0);
    return (t === null ? own : own.scatterAdd(extreme.dim, index, t.where(shares.ofSource, 0))).div(
      shares.count,
    );
  },
});

/** Which elements equal the extreme of their place, how many do, and what the others get: 0, or NaN beside NaN. */
function sharesOf(x: Tensor, index: Tensor, source: Tensor, output: Tensor, extreme: Extreme) {
  const { dim, includeSelf } = extreme;
  const own = includeSelf ? null : reached(index, dim, x.shape).logicalNot();
  const equal = x.detach().eq(output.detach());
  const ofX = own === null ? equal : equal.logicalAnd(own);
  const ofSource = source.detach().eq(output.detach().gather(dim, index));
  const count = ofX.to(x.dtype).scatterAdd(dim, index, ofSource.to(x.dtype));
  const others = constant(0, x.dtype, x.shape).where(count.ne(0), Number.NaN);
  return {
    ofX,
    ofSource,
    count,
    othersOfX: own === null ? others : others.where(own, 0),
    othersOfSource: others.gather(dim, index),
  };
}

/** Which places an index names (bool). */
function reached(index: Tensor, dim: number, shape: Shape): Tensor {
  return replaceAt('scatterReduce', constant(0, 'bool', shape), dim, index, 1);
}

/** How {@link scatterReduce} combines what lands in one place. */
export type ScatterReduction = 'amax' | 'amin' | 'mean' | 'prod' | 'sum';

/** Options of {@link scatterReduce}. */
export interface ScatterReduceOptions {
  /** Whether the elements of x take part where something lands on them. Default true. */
  readonly includeSelf?: boolean;
}

const reductions: readonly ScatterReduction[] = ['amax', 'amin', 'mean', 'prod', 'sum'];

/**
 * A copy of `x` in which the elements of `source` that positions `index` (int32) along `dim` bring to one place are
 * combined there with the element of x: `'sum'`, `'prod'`, `'mean'`, `'amax'` or `'amin'`. Means of integers are rounded
 * down. Of a `source` longer than `index` the first part is taken.
 *
 * Derivatives: those of the sum, product, mean or extreme of each place; products are multiplied pairwise, so that the
 * derivatives of every order hold where elements are zero. Kinks: equal extremes share the cotangent evenly.
 * Errors: as {@link scatterAdd}; ArgumentError for another `reduce`. PyTorch: `torch.scatter_reduce`; there an element
 * of x that `includeSelf: false` leaves out still takes a share when it equals the extreme.
 *
 * @example
 * ```ts
 * import { scatterReduce, tensor } from '@tensortape/autograd';
 * const index = tensor([0, 0, 2], { dtype: 'int32' });
 * const x = tensor([1, 2, 3]);
 * console.log(scatterReduce(x, 0, index, tensor([4, 7, 2]), 'mean')); // tensor([4.0000, 2.0000, 2.5000])
 * console.log(scatterReduce(x, 0, index, tensor([4, 7, 2]), 'amin', { includeSelf: false })); // tensor([4., 2., 2.])
 * ```
 */
export function scatterReduce(
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: ScatterReduction,
  { includeSelf = true }: ScatterReduceOptions = {},
): Tensor {
  checkTensor('scatterReduce', 'x', x);
  checkTensor('scatterReduce', 'index', index);
  checkTensor('scatterReduce', 'source', source);
  const op = 'scatterReduce';
  if (!reductions.includes(reduce)) {
    throw new ArgumentError(`${op}: unknown reduce '${reduce}'; known are ${reductions.join(', ')}`);
  }
  const axis = checkIndex(op, x, dim, index);
  const part = checkSource(op, x, index, source);
  if (reduce === 'prod') return productsAt(op, x, axis, index, part, includeSelf);
  if (reduce === 'amax' || reduce === 'amin') {
    return extremeOp({ x, index, source: part }, { op, fn: reduce, dim: axis, includeSelf, shape: x.shape });
  }
  const start = includeSelf ? x : replaceAt(op, x, axis, index, 0);
  const total = addAt(op, start, axis, index, part);
  return reduce === 'sum' ? total : meansAt(op, total, axis, index, includeSelf);
}
export const scatterReduceSamples: Samples = (s) => {
  const rows = s.integer(0, 4);
  const reduce = s.oneOf<ScatterReduction>(['sum', 'prod', 'mean', 'amax', 'amin']);
  const extreme = reduce === 'amax' || reduce === 'amin';
  const both = s.tensorOf([3 + rows, 2], extreme ? { distinct: true } : {});
  return [
    both.slice(0, 0, 3).clone(),
    s.oneOf([0, -2]),
    s.index([rows, s.integer(1, 2)], 3),
    both.slice(0, 3).clone(),
    reduce,
    { includeSelf: s.oneOf([true, false]) },
  ];
};
export const scatterReduceRefusals: Refusals = (s) => [
  ...sourceRefusals(s),
  [
    [s.tensorOf([3]), 0, s.index([2], 3), s.tensorOf([2]), 'median'],
    'ArgumentError',
    /unknown reduce 'median'; known are amax/,
  ],
];

function meansAt(op: string, total: Tensor, dim: number, index: Tensor, includeSelf: boolean): Tensor {
  const ones = constant(1, 'float64', index.shape);
  const counts = addAt(op, constant(includeSelf ? 1 : 0, 'float64', total.shape), dim, index, ones);
  const divisors = counts.maximum(1);
  if (isFloat(total.dtype)) return total.div(divisors.to(total.dtype));
  return total.to('float64').div(divisors).floor().to(total.dtype);
}

/** Products of what lands in one place. */
function productsAt(
  op: string,
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  includeSelf: boolean,
): Tensor {
  if (!isFloat(x.dtype)) {
    const start = includeSelf ? x : replaceAt(op, x, dim, index, 1);
    return wrap(kernels.scatter(op, 'prod', start, dim, index, source), x.dtype, x.shape);
  }
  if (index.size === 0) return x.clone();
  const places = ordinals(x.ndim === 0 ? [1] : x.shape);
  const flat = wrap(kernels.gather(places, dim, index), 'int32', index.shape).toTypedArray();
  const order = Int32Array.from(flat, (_, i) => i).sort((a, b) => flat[a]! - flat[b]! || a - b);
  let groups = order.map((i) => flat[i]!);
  let factors = taken(source.reshape([-1]), order);
  // Neighbours in one place are multiplied in each round; one without a partner, by 1.
  for (let pairs = paired(groups); pairs.left.length < groups.length; pairs = paired(groups)) {
    const padded = cat([factors, constant(1, factors.dtype, [1])]);
    factors = taken(padded, pairs.left).mul(taken(padded, pairs.right));
    groups = pairs.left.map((i) => groups[i]!);
  }
  const whole = x.reshape([-1]);
  const positions = vector(groups).reshape([1, groups.length]);
  const along = { axes: [0], lead: 0 };
  const products = includeSelf ? indexGet(whole, along, positions).mul(factors) : factors;
  const change = { ...along, op, layout: null, accumulate: false, inPlace: false };
  return indexChange(whole, change, positions, products).reshape(x.shape);
}

/** Which neighbours of one group are multiplied next; the partner of an element without one is past the end. */
function paired(groups: Int32Array): { readonly left: Int32Array; readonly right: Int32Array } {
  const left: number[] = [];
  const right: number[] = [];
  for (let i = 0; i < groups.length; i++) {
    left.push(i);
    if (groups[i + 1] === groups[i]) right.push(++i);
    else right.push(groups.length);
  }
  return { left: Int32Array.from(left), right: Int32Array.from(right) };
}

function taken(x: Tensor, positions: Int32Array): Tensor {
  return indexGet(x, { axes: [0], lead: 0 }, vector(positions).reshape([1, positions.length]));
}

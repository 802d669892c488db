import { kernels } from '../kernels/select.ts';
import type { Operand } from '../tape/shorthands.ts';
import { checkOperand, checkOptions, checkTensor, checkWhole } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { resultType } from '../tensor/dtype.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape, normalizeDim, sameShape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { nonEmpty, reduction, taken } from './axes.ts';
import type { ReduceOptions, ValuesAndIndices } from './reduce.ts';
import { dimRefusals, nonDifferentiable, type Refusals, type Samples } from './samples.ts';

/** Options of sorting. */
export interface SortOptions {
  /** Largest first. Default false. */
  readonly descending?: boolean;
}

/** The positions of the elements along an axis in sorted order. */
const order = (x: Tensor, axis: number, descending: boolean): Tensor =>
  wrap(kernels.sort(x, axis, descending), 'int32', x.shape);

function checkSort(op: string, x: Tensor, dim: number, options: SortOptions): number {
  checkTensor(op, 'x', x);
  checkOptions(op, options, ['descending']);
  return normalizeDim(op, dim, x.ndim);
}

/**
 * The elements in sorted order along `dim`, with their positions: x_(p(0)) <= x_(p(1)) <= … Equal elements keep their
 * order; NaN counts as largest. Derivative: the cotangents go back to where the elements came from.
 * Kinks: equal elements keep theirs apart. Errors: IndexError. PyTorch: `torch.sort`, with `stable=True`.
 *
 * @example
 * ```ts
 * import { sort, tensor } from '@tensortape/autograd';
 * const { values, indices } = sort(tensor([3, 1, 2]));
 * console.log(values, indices); // tensor([1., 2., 3.]) tensor([1, 2, 0], dtype=int32)
 * ```
 */
export function sort(x: Tensor, dim = -1, options: SortOptions = {}): ValuesAndIndices {
  const axis = checkSort('sort', x, dim, options);
  const indices = order(x, axis, options.descending ?? false);
  return { values: x.gather(axis, indices), indices };
}
export const sortSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[5], [3, 4], [2, 3, 2], []]), { distinct: true });
  return [x, s.dim(x), { descending: s.oneOf([true, false]) }];
};
export const sortRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [
    [s.tensorOf([3]), 0, { reverse: true }],
    'ArgumentError',
    /unknown option 'reverse'; known are descending/,
  ],
];

/**
 * The positions (int32) of the elements in sorted order along `dim`, as {@link sort} gives them. Errors: IndexError.
 * PyTorch: `torch.argsort`, with `stable=True`.
 *
 * @example
 * ```ts
 * import { argsort, tensor } from '@tensortape/autograd';
 * console.log(argsort(tensor([3, 1, 2]), 0, { descending: true })); // tensor([0, 2, 1], dtype=int32)
 * ```
 */
export function argsort(x: Tensor, dim = -1, options: SortOptions = {}): Tensor {
  return order(x, checkSort('argsort', x, dim, options), options.descending ?? false);
}
export const argsortSamples = /* @__PURE__ */ nonDifferentiable('positions are integers', sortSamples);
export const argsortRefusals = sortRefusals;

/** Options of {@link topk}. */
export interface TopkOptions {
  /** The largest elements (default), or the smallest. */
  readonly largest?: boolean;
}

/**
 * The `k` largest (or smallest) elements along `dim`, in that order, with their positions. Of equal elements the first
 * come first; NaN counts as largest. Derivative: the cotangents go back to where the elements came from; 0 elsewhere.
 * Kinks: of equal elements at the border only those taken get a gradient.
 *
 * Errors: IndexError; ArgumentError unless `k` is a whole number from 0 to the length of the axis. PyTorch:
 * `torch.topk`, whose order among equal elements is open; the result is always sorted here.
 *
 * @example
 * ```ts
 * import { tensor, topk } from '@tensortape/autograd';
 * const { values, indices } = topk(tensor([3, 1, 2]), 2);
 * console.log(values, indices); // tensor([3., 2.]) tensor([0, 2], dtype=int32)
 * ```
 */
export function topk(x: Tensor, k: number, dim = -1, options: TopkOptions = {}): ValuesAndIndices {
  checkTensor('topk', 'x', x);
  checkOptions('topk', options, ['largest']);
  const axis = normalizeDim('topk', dim, x.ndim);
  const length = x.shape[axis] ?? 1;
  checkWhole('topk', 'k', k, 0);
  if (k > length) {
    throw new ArgumentError(
      `topk: k is ${k}, but dim ${axis} of shape ${formatShape(x.shape)} has only ${length} elements`,
    );
  }
  const sorted = order(x, axis, options.largest ?? true);
  const indices = x.ndim === 0 ? sorted : sorted.narrow(axis, 0, k).contiguous();
  return { values: x.gather(axis, indices), indices };
}
export const topkSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[5], [4, 4]]), { distinct: true });
  return [x, s.integer(0, 4), s.dim(x), { largest: s.oneOf([true, false]) }];
};
export const topkRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 1, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 4], 'ArgumentError', /k is 4, but dim 1 of shape \(2, 3\) has only 3 elements/],
  [[s.tensorOf([3]), -1], 'ArgumentError', /k must be a whole number >= 0, got -1/],
  [[s.tensorOf([3]), 1.5], 'ArgumentError', /k must be a whole number >= 0, got 1\.5/],
];

/**
 * The `k`-th smallest element along `dim` (k = 1 is the smallest), with its position: element k - 1 of a {@link sort}.
 * Derivative: 1 at the element found. Kinks: of equal elements, the one that a stable sort puts there (in PyTorch any
 * one).
 *
 * Errors: IndexError; ShapeError for an axis of length 0; ArgumentError unless `k` is a whole number from 1 to the
 * length of the axis. PyTorch: `torch.kthvalue`.
 *
 * @example
 * ```ts
 * import { kthvalue, tensor } from '@tensortape/autograd';
 * console.log(kthvalue(tensor([30, 10, 20]), 2).values); // tensor(20.)
 * ```
 */
export function kthvalue(x: Tensor, k: number, dim = -1, options: ReduceOptions = {}): ValuesAndIndices {
  const over = nonEmpty('kthvalue', x, reduction('kthvalue', x, dim, options), 'elements');
  const axis = over.axes[0] ?? 0;
  const length = x.shape[axis] ?? 1;
  checkWhole('kthvalue', 'k', k, 1);
  if (k > length) {
    throw new ArgumentError(
      `kthvalue: k is ${k}, but dim ${axis} of shape ${formatShape(x.shape)} has only ${length} elements`,
    );
  }
  const indices = kernels.ranked(x, axis, () => k - 1);
  return taken(x, wrap(indices, 'int32', x.ndim === 0 ? [] : x.shape.with(axis, 1)), axis, options);
}
export const kthvalueSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[4], [3, 4]]), { distinct: true });
  return [x, s.integer(1, 3), s.dim(x), { keepdim: s.oneOf([true, false]) }];
};
export const kthvalueRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 1, 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 0]), 1], 'ShapeError', /an axis of length 0 of shape \(2, 0\) has no elements/],
  [[s.tensorOf([2, 3]), 4], 'ArgumentError', /k is 4, but dim 1 of shape \(2, 3\) has only 3 elements/],
  [[s.tensorOf([3]), 0], 'ArgumentError', /k must be a whole number >= 1, got 0/],
];

/** What {@link unique} found. */
export interface Unique {
  /** The distinct elements, or slices. */
  readonly values: Tensor;
  /** For each element, or slice, the position of its equal in `values` (int32). */
  readonly inverse: Tensor;
  /** How often each occurs (int32). */
  readonly counts: Tensor;
}

/** Options of {@link unique} and {@link uniqueConsecutive}. */
export interface UniqueOptions {
  /** Compare the slices along this axis, instead of all elements. */
  readonly dim?: number;
}

function distinct(op: string, x: Tensor, options: UniqueOptions, consecutive: boolean): Unique {
  checkTensor(op, 'x', x);
  checkOptions(op, options, ['dim']);
  const { dim } = options;
  const axis = dim === undefined ? 0 : normalizeDim(op, dim, x.ndim);
  if (dim !== undefined && x.ndim === 0) {
    throw new ShapeError(`${op}: a tensor of shape () has no axis to compare slices along; leave dim out`);
  }
  const all = dim === undefined ? x.detach().reshape([-1]) : x.detach();
  const width = sizeOf(all.shape.filter((_, i) => i !== axis));
  if (width === 0 && all.shape[axis] !== 0) {
    throw new ShapeError(
      `${op}: the slices along dim ${axis} of shape ${formatShape(x.shape)} have length 0, nothing to compare`,
    );
  }
  const moved = [axis, ...all.shape.map((_, i) => i).filter((i) => i !== axis)];
  const rows = all.permute(moved).reshape([all.shape[axis]!, width]);
  const { first, inverse, counts } = kernels.groups(rows, consecutive);
  const int32 = (storage: typeof first) => wrap(storage, 'int32', [storage.array.length]);
  return {
    values: all.indexSelect(axis, int32(first)),
    inverse: dim === undefined ? int32(inverse).reshape(x.shape) : int32(inverse),
    counts: int32(counts),
  };
}

const stepwise = (samples: Samples) =>
  nonDifferentiable('which elements are equal changes in jumps', samples);

/**
 * The distinct elements in ascending order, or with `dim` the distinct slices in lexicographic order; where each element
 * went, and how often each occurs. NaN equals nothing: every NaN stays. The results are off the tape.
 *
 * Errors: IndexError; ShapeError for an axis of a 0-dimensional tensor, or for slices of length 0.
 * PyTorch: `torch.unique`, with `return_inverse=True` and `return_counts=True`.
 *
 * @example
 * ```ts
 * import { tensor, unique } from '@tensortape/autograd';
 * const { values, counts } = unique(tensor([3, 1, 3]));
 * console.log(values, counts); // tensor([1., 3.]) tensor([1, 2], dtype=int32)
 * ```
 */
export function unique(x: Tensor, options: UniqueOptions = {}): Unique {
  checkTensor('unique', 'x', x);
  return distinct('unique', x, options, false);
}
export const uniqueSamples = /* @__PURE__ */ stepwise((s) =>
  s.oneOf<() => readonly unknown[]>([
    () => [s.tensor(s.few)],
    () => [s.tensorOf([4, 2], { values: [0, 1] }), { dim: s.oneOf([0, 1, -1]) }],
    () => [s.tensorOf([2, 3, 2], { values: [0, 1] }), { dim: s.oneOf([0, 1, 2]) }],
  ])(),
);
export const uniqueRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), { dim: 2 }], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([3]), { returnCounts: true }], 'ArgumentError', /unknown option 'returnCounts'/],
  [[s.tensorOf([]), { dim: 0 }], 'ShapeError', /shape \(\) has no axis/],
  [[s.tensorOf([2, 0]), { dim: 0 }], 'ShapeError', /the slices along dim 0 of shape \(2, 0\) have length 0/],
];

/**
 * As {@link unique}, but only neighbours are compared, and nothing is sorted: each run of equal elements, or of equal
 * slices along `dim`, becomes one. Errors: as there. PyTorch: `torch.unique_consecutive`, with both `return_` options.
 *
 * @example
 * ```ts
 * import { tensor, uniqueConsecutive } from '@tensortape/autograd';
 * console.log(uniqueConsecutive(tensor([1, 1, 2, 1])).values); // tensor([1., 2., 1.])
 * ```
 */
export function uniqueConsecutive(x: Tensor, options: UniqueOptions = {}): Unique {
  checkTensor('uniqueConsecutive', 'x', x);
  return distinct('uniqueConsecutive', x, options, true);
}
export const uniqueConsecutiveSamples = uniqueSamples;
export const uniqueConsecutiveRefusals = uniqueRefusals;

/** Options of {@link searchsorted} and {@link bucketize}. */
export interface SearchOptions {
  /** Behind equal elements instead of before them. Default false. */
  readonly right?: boolean;
}

function search(op: string, sequence: Tensor, values: Operand, options: SearchOptions): Tensor {
  checkTensor(op, op === 'bucketize' ? 'boundaries' : 'sequence', sequence);
  checkOptions(op, options, ['right']);
  const wanted = typeof values === 'number' ? constant(values, resultType(sequence, values), []) : values;
  const alike =
    sequence.ndim === 1 ||
    (sequence.ndim > 1 && sameShape(sequence.shape.slice(0, -1), wanted.shape.slice(0, -1)));
  if (!alike || (sequence.ndim > 1 && wanted.ndim !== sequence.ndim)) {
    throw new ShapeError(
      `${op}: a sequence of shape ${formatShape(sequence.shape)} does not serve values of shape ${formatShape(wanted.shape)}: ` +
        'it must be 1-dimensional, or they must agree in all axes but the last',
    );
  }
  const dtype = resultType(sequence, wanted);
  return wrap(
    kernels.searchSorted(sequence.to(dtype), wanted.to(dtype), options.right ?? false),
    'int32',
    wanted.shape,
  );
}

/**
 * Where each of `values` belongs in an ascending `sequence`: the number of its elements < value, or <= value if `right`
 * (int32). One sequence serves all values; a batch of them serves the rows of values. NaN counts as largest.
 *
 * Errors: ShapeError when the shapes do not fit. PyTorch: `torch.searchsorted`, where positions are int64.
 *
 * @example
 * ```ts
 * import { searchsorted, tensor } from '@tensortape/autograd';
 * console.log(searchsorted(tensor([1, 3, 5]), tensor([3, 6]))); // tensor([1, 3], dtype=int32)
 * ```
 */
export function searchsorted(sequence: Tensor, values: Operand, options: SearchOptions = {}): Tensor {
  checkOperand('searchsorted', 'values', values);
  return search('searchsorted', sequence, values, options);
}
export const searchsortedSamples = /* @__PURE__ */ nonDifferentiable('positions are integers', (s) => {
  const right = s.oneOf([true, false]);
  return s.oneOf<() => readonly unknown[]>([
    () => [sort(s.tensorOf([4], s.few)).values, s.tensor(s.few), { right }],
    () => [sort(s.tensorOf([2, 3], s.few)).values, s.tensorOf([2, 4], s.few), { right }],
    () => [sort(s.tensorOf([4], s.few)).values, 0.5, { right }],
  ])();
});
export const searchsortedRefusals: Refusals = (s) => [
  [[s.tensorOf([]), s.tensorOf([2])], 'ShapeError', /a sequence of shape \(\) does not serve/],
  [
    [s.tensorOf([2, 3]), s.tensorOf([3, 3])],
    'ShapeError',
    /shape \(2, 3\) does not serve values of shape \(3, 3\)/,
  ],
  [[s.tensorOf([2, 3]), 1], 'ShapeError', /shape \(2, 3\) does not serve values of shape \(\)/],
];

/**
 * The interval between ascending `boundaries` into which each element of x falls (int32): i where boundaries[i - 1] < x
 * <= boundaries[i], or <= x < if `right`. Errors: ShapeError unless `boundaries` is 1-dimensional. PyTorch:
 * `torch.bucketize`.
 *
 * @example
 * ```ts
 * import { bucketize, tensor } from '@tensortape/autograd';
 * console.log(bucketize(tensor([0, 3, 4]), tensor([1, 3, 5]))); // tensor([0, 1, 2], dtype=int32)
 * ```
 */
export function bucketize(x: Operand, boundaries: Tensor, options: SearchOptions = {}): Tensor {
  checkTensor('bucketize', 'boundaries', boundaries);
  if (boundaries.ndim !== 1) {
    throw new ShapeError(
      `bucketize: boundaries must be 1-dimensional, got shape ${formatShape(boundaries.shape)}`,
    );
  }
  checkOperand('bucketize', 'x', x);
  return search('bucketize', boundaries, x, options);
}
export const bucketizeSamples = /* @__PURE__ */ nonDifferentiable('positions are integers', (s) => [
  s.oneOf<() => Operand>([() => s.tensor(s.few), () => 0.5])(),
  sort(s.tensorOf([4], s.few)).values,
  { right: s.oneOf([true, false]) },
]);
export const bucketizeRefusals: Refusals = (s) => [
  [
    [s.tensorOf([3]), s.tensorOf([2, 2])],
    'ShapeError',
    /boundaries must be 1-dimensional, got shape \(2, 2\)/,
  ],
];

/** Options of {@link isin}. */
export interface IsinOptions {
  /** Whether they are not among them. Default false. */
  readonly invert?: boolean;
}

/**
 * Which elements of x are among the elements of `candidates` (bool). NaN equals nothing. Errors: ArgumentError for two
 * numbers. PyTorch: `torch.isin`.
 *
 * @example
 * ```ts
 * import { isin, tensor } from '@tensortape/autograd';
 * console.log(isin(tensor([1, 2, 3]), tensor([2, 5]))); // tensor([false,  true, false])
 * ```
 */
export function isin(x: Operand, candidates: Operand, options: IsinOptions = {}): Tensor {
  checkOptions('isin', options, ['invert']);
  checkOperand('isin', 'x', x);
  checkOperand('isin', 'candidates', candidates);
  if (typeof x === 'number' && typeof candidates === 'number') {
    throw new ArgumentError(`isin: expected a tensor, got the numbers ${x} and ${candidates}`);
  }
  const dtype = resultType(x, candidates);
  const [a, b] = [x, candidates].map((operand) =>
    typeof operand === 'number' ? constant(operand, dtype, []) : operand.to(dtype),
  ) as [Tensor, Tensor];
  const found = wrap(kernels.isIn(a, b), 'bool', a.shape);
  return options.invert ? found.logicalNot() : found;
}
export const isinSamples = /* @__PURE__ */ nonDifferentiable('the result is bool', (s) => [
  ...s.oneOf<() => readonly Operand[]>([
    () => [s.tensor(s.few), s.tensor(s.few)],
    () => [s.tensor(s.few), 0.5],
    () => [0.5, s.tensor(s.few)],
  ])(),
  { invert: s.oneOf([true, false]) },
]);
export const isinRefusals: Refusals = () => [
  [[1, 2], 'ArgumentError', /expected a tensor, got the numbers 1 and 2/],
];

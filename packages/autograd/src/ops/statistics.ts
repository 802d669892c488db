import { kernels } from '../kernels/select.ts';
import { checkTensor, checkWhole } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { nonEmpty, pickOfAll, reduction, requireFloat, taken } from './axes.ts';
import { where } from './compare.ts';
import type { ReduceOptions, ValuesAndIndices } from './reduce.ts';
import { nonDifferentiable, type Refusals, type Samples } from './samples.ts';
import { sort } from './sort.ts';

/** The place of the median in ascending order, of a line with so many NaN behind its numbers. */
const medianRank = {
  // The first NaN, where there is one.
  median: (length: number) => (nans: number) => (nans > 0 ? length - nans : (length - 1) >> 1),
  nanmedian: (length: number) => (nans: number) => Math.max(0, (length - nans - 1) >> 1),
} as const;

type Median = keyof typeof medianRank;

const positionOf = (name: Median, x: Tensor, axis: number): Tensor =>
  wrap(
    kernels.ranked(x, axis, medianRank[name](x.shape[axis] ?? 1)),
    'int32',
    x.ndim === 0 ? [] : x.shape.with(axis, 1),
  );

const ofAll = (name: Median) =>
  pickOfAll(name, (x) => {
    const line = x.reshape([-1]);
    return line.gather(0, positionOf(name, line, 0)).reshape([]);
  });
const medianOfAll = /* @__PURE__ */ ofAll('median');
const nanmedianOfAll = /* @__PURE__ */ ofAll('nanmedian');

function middle(
  name: Median,
  x: Tensor,
  dim: number | undefined,
  options: ReduceOptions,
): Tensor | ValuesAndIndices {
  if (dim === undefined && x.size === 0 && isFloat(x.dtype)) return constant(Number.NaN, x.dtype, []);
  const over = nonEmpty(name, x, reduction(name, x, dim, options), 'median');
  if (dim === undefined) return name === 'median' ? medianOfAll(x) : nanmedianOfAll(x);
  const axis = over.axes[0] ?? 0;
  return taken(x, positionOf(name, x, axis), axis, options);
}

/**
 * The median of all elements; along `dim`, with positions: the lower of the two in the middle, NaN if there is one.
 * Derivative: 1 at the element found. Kinks: along an axis, of equal elements the one that a stable sort puts in the
 * middle gets the gradient (in PyTorch any one); without an axis they share it evenly.
 *
 * Errors: IndexError; ShapeError for an axis of length 0. The median of no elements at all is NaN. PyTorch:
 * `torch.median`.
 *
 * @example
 * ```ts
 * import { median, tensor } from '@tensortape/autograd';
 * console.log(median(tensor([4, 1, 3, 2]))); // tensor(2.)
 * ```
 */
export function median(x: Tensor): Tensor;
export function median(x: Tensor, dim: number, options?: ReduceOptions): ValuesAndIndices;
export function median(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor | ValuesAndIndices {
  checkTensor('median', 'x', x);
  return middle('median', x, dim, options);
}
export const medianSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[4], [5, 3], [2, 3, 2], []]), { distinct: true });
  return s.oneOf<() => readonly unknown[]>([
    () => [x, s.dim(x), { keepdim: s.oneOf([true, false]) }],
    () => [x],
  ])();
};
export const medianRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([0, 3]), 0], 'ShapeError', /an axis of length 0 of shape \(0, 3\) has no median/],
];

/**
 * The median without the elements that are NaN, as {@link median}; NaN where there is no other. Derivative: 1 at the
 * element found. Kinks: as there. Errors: as there. PyTorch: `torch.nanmedian`.
 *
 * @example
 * ```ts
 * import { nanmedian, tensor } from '@tensortape/autograd';
 * console.log(nanmedian(tensor([4, Number.NaN, 3]))); // tensor(3.)
 * ```
 */
export function nanmedian(x: Tensor): Tensor;
export function nanmedian(x: Tensor, dim: number, options?: ReduceOptions): ValuesAndIndices;
export function nanmedian(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor | ValuesAndIndices {
  checkTensor('nanmedian', 'x', x);
  return middle('nanmedian', x, dim, options);
}
export const nanmedianSamples = medianSamples;
export const nanmedianRefusals = medianRefusals;

/**
 * The most frequent element along `dim`, with the position of the last of them; of equally frequent ones the smallest.
 * NaN equals nothing. Derivative: 1 at that position. Kinks: the gradient goes there alone.
 * Errors: IndexError; ShapeError for an axis of length 0. PyTorch: `torch.mode`, where the position, and what is said of
 * NaN, is open.
 *
 * @example
 * ```ts
 * import { mode, tensor } from '@tensortape/autograd';
 * console.log(mode(tensor([3, 1, 3])).values); // tensor(3.)
 * ```
 */
export function mode(x: Tensor, dim = -1, options: ReduceOptions = {}): ValuesAndIndices {
  const over = nonEmpty('mode', x, reduction('mode', x, dim, options), 'mode');
  const axis = over.axes[0] ?? 0;
  const positions = wrap(kernels.mode(x, axis), 'int32', x.ndim === 0 ? [] : x.shape.with(axis, 1));
  return taken(x, positions, axis, options);
}
export const modeSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[5], [4, 3], []]), { distinct: true });
  return [x, s.dim(x), { keepdim: s.oneOf([true, false]) }];
};
export const modeRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([0, 3]), 0], 'ShapeError', /an axis of length 0 of shape \(0, 3\) has no mode/],
];

/** How to choose a quantile that lies between two elements. */
export type Interpolation = 'higher' | 'linear' | 'lower' | 'midpoint' | 'nearest';

const interpolations: readonly Interpolation[] = ['higher', 'linear', 'lower', 'midpoint', 'nearest'];

/** Options of {@link quantile} and {@link nanquantile}. */
export interface QuantileOptions extends ReduceOptions {
  /** How to choose between two elements. Default 'linear'. */
  readonly interpolation?: Interpolation;
}

function quantiles(
  op: 'nanquantile' | 'quantile',
  x: Tensor,
  q: Tensor | number,
  dim: number | undefined,
  options: QuantileOptions,
): Tensor {
  const { axes } = reduction(op, x, dim, options, ['keepdim', 'interpolation']);
  const { interpolation = 'linear', keepdim = false } = options;
  requireFloat(op, x);
  if (!interpolations.includes(interpolation)) {
    throw new ArgumentError(
      `${op}: unknown interpolation '${interpolation}'; known are ${interpolations.join(', ')}`,
    );
  }
  if (x.size === 0)
    throw new ShapeError(`${op}: a tensor of shape ${formatShape(x.shape)} is empty, it has no quantiles`);
  const levels = levelsOf(op, x, q);
  // The axes to reduce become one, the last.
  const rest = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const lead = rest.map((i) => x.shape[i]!);
  const { values: sorted } = sort(x.permute([...rest, ...axes]).reshape([...lead, -1]));
  const ranks = ranksOf(op, sorted, levels.reshape([-1])).expand([...lead, levels.size]);
  const found = at(sorted, ranks, interpolation);
  const kept = x.shape.map((length, i) => (axes.includes(i) ? 1 : length));
  const shape = keepdim ? kept : lead;
  if (levels.ndim === 0) return found.reshape(shape);
  return found.permute([lead.length, ...lead.map((_, i) => i)]).reshape([levels.size, ...shape]);
}

function levelsOf(op: string, x: Tensor, q: Tensor | number): Tensor {
  const levels = typeof q === 'number' ? constant(q, x.dtype, []) : q;
  if (levels.dtype !== x.dtype) {
    throw new DTypeError(`${op}: q is ${levels.dtype}, x is ${x.dtype}; convert one with .to()`);
  }
  if (levels.ndim > 1) {
    throw new ShapeError(
      `${op}: q must be a number, 0- or 1-dimensional, got shape ${formatShape(levels.shape)}`,
    );
  }
  const outside = levels.toTypedArray().find((level) => !(level >= 0 && level <= 1));
  if (outside !== undefined) throw new ArgumentError(`${op}: q must lie in [0, 1], got ${outside}`);
  return levels;
}

/** Where the quantiles of each line lie among its sorted elements: at NaN, if there is one that counts. */
function ranksOf(op: 'nanquantile' | 'quantile', sorted: Tensor, levels: Tensor): Tensor {
  const last = sorted.shape.at(-1)! - 1;
  const nans = sorted.isnan().sum(-1, { keepdim: true });
  if (op === 'quantile') return where(nans.gt(0), last, levels.mul(last)).to(levels.dtype);
  return levels.mul(nans.neg().add(last).clamp(0).to(levels.dtype));
}

/** The elements at fractional positions along the last axis. */
function at(sorted: Tensor, ranks: Tensor, interpolation: Interpolation): Tensor {
  const pick = (positions: Tensor) => sorted.gather(sorted.ndim - 1, positions.detach().to('int32'));
  if (interpolation === 'nearest') return pick(ranks.round());
  const floor = ranks.floor();
  if (interpolation === 'lower') return pick(floor);
  const above = pick(ranks.ceil());
  if (interpolation === 'higher') return above;
  const below = pick(floor);
  const weight = interpolation === 'midpoint' ? constant(0.5, ranks.dtype, ranks.shape) : ranks.sub(floor);
  // From the nearer end, as torch.lerp: so that an infinite one at the other end does not hide it.
  const first = weight.lt(0.5);
  return where(first, below, above).add(above.sub(below).mul(where(first, weight, weight.sub(1))));
}

/**
 * The `q`-quantiles of all elements, or along `dim`: the value at place q (n - 1) in sorted order, between two elements
 * by `interpolation`. For a 1-dimensional `q` they stand along a new first axis. NaN if there is one. Derivatives: the
 * weights of the two elements; by q, their distance times n - 1. Kinks: as {@link sort}; by q, 0 at an element.
 *
 * Errors: DTypeError for integers, or when x and q differ; ShapeError for an empty tensor, or a q of more axes;
 * ArgumentError for q outside [0, 1] or an unknown interpolation; IndexError. PyTorch: `torch.quantile`.
 *
 * @example
 * ```ts
 * import { quantile, tensor } from '@tensortape/autograd';
 * console.log(quantile(tensor([1, 2, 3, 4]), 0.5)); // tensor(2.5000)
 * ```
 */
export function quantile(x: Tensor, q: Tensor | number, dim?: number, options: QuantileOptions = {}): Tensor {
  checkTensor('quantile', 'x', x);
  return quantiles('quantile', x, q, dim, options);
}
export const quantileSamples: Samples = (s) => {
  const x = s.tensorOf(s.oneOf([[4], [3, 4], [2, 3, 2], []]), { distinct: true });
  // Between whole places q (n - 1), where the quantile has a kink.
  const levels = { values: [0.1, 0.15, 0.6, 0.9] };
  const q = s.oneOf<() => Tensor | number>([
    () => s.oneOf([0, 0.3, 0.5, 1]),
    () => s.tensorOf([], levels),
    () => s.tensorOf([2], levels),
  ])();
  const interpolation = s.oneOf(interpolations);
  return [x, q, s.oneOf([undefined, s.dim(x)]), { keepdim: s.oneOf([true, false]), interpolation }];
};
export const quantileRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  return [
    [[s.index([3], 3), 0.5], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, s.tensorOf([1], { values: [0.5] }).to('float32')], 'DTypeError', /q is float32, x is float64/],
    [[s.tensorOf([0, 2]), 0.5], 'ShapeError', /shape \(0, 2\) is empty/],
    [[x, s.tensorOf([1, 1], { values: [0.5] })], 'ShapeError', /q must be .* got shape \(1, 1\)/],
    [[x, 1.5], 'ArgumentError', /q must lie in \[0, 1\], got 1\.5/],
    [[x, Number.NaN], 'ArgumentError', /q must lie in \[0, 1\], got NaN/],
    [[x, 0.5, 0, { interpolation: 'cubic' }], 'ArgumentError', /unknown interpolation 'cubic'/],
    [[x, 0.5, 2], 'IndexError', /dim 2 is out of range/],
  ];
};

/**
 * As {@link quantile}, without the elements that are NaN; NaN where there is no other. Derivatives: as there.
 * Errors: as there. PyTorch: `torch.nanquantile`.
 *
 * @example
 * ```ts
 * import { nanquantile, tensor } from '@tensortape/autograd';
 * console.log(nanquantile(tensor([1, Number.NaN, 2]), 0.5)); // tensor(1.5000)
 * ```
 */
export function nanquantile(
  x: Tensor,
  q: Tensor | number,
  dim?: number,
  options: QuantileOptions = {},
): Tensor {
  checkTensor('nanquantile', 'x', x);
  return quantiles('nanquantile', x, q, dim, options);
}
export const nanquantileSamples = quantileSamples;
export const nanquantileRefusals = quantileRefusals;

/**
 * How many elements fall into each of `bins` equal intervals from `min` to `max`, the last with its end; elements
 * outside, and NaN, are not counted. For min = max, the smallest and largest elements are taken. The counts have the
 * dtype of x.
 *
 * Errors: DTypeError for integers; ArgumentError unless `bins` is a whole number >= 1, for min > max, and for bounds
 * that are not finite. PyTorch: `torch.histc`.
 *
 * @example
 * ```ts
 * import { histc, tensor } from '@tensortape/autograd';
 * console.log(histc(tensor([1, 2, 2, 4]), 3, 1, 4)); // tensor([1., 2., 1.])
 * ```
 */
export function histc(x: Tensor, bins = 100, min = 0, max = 0): Tensor {
  checkTensor('histc', 'x', x);
  requireFloat('histc', x);
  checkWhole('histc', 'bins', bins, 1);
  let [low, high] = [min, max];
  if (low === high && x.size > 0) [low, high] = [x.amin().item(), x.amax().item()];
  if (low === high) [low, high] = [low - 1, high + 1];
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw new ArgumentError(`histc: the range from ${low} to ${high} is not finite; give min and max`);
  }
  if (low > high) throw new ArgumentError(`histc: min ${low} is larger than max ${high}`);
  return wrap(kernels.histogram(x, bins, low, high), x.dtype, [bins]);
}
export const histcSamples = /* @__PURE__ */ nonDifferentiable('counts change in jumps', (s) => [
  s.tensor(),
  s.integer(1, 5),
  ...s.oneOf([[], [-1, 1], [0.5, 2]]),
]);
export const histcRefusals: Refusals = (s) => [
  [[s.index([3], 3)], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([3]), 0], 'ArgumentError', /bins must be a whole number >= 1, got 0/],
  [[s.tensorOf([3]), 4, 2, 1], 'ArgumentError', /min 2 is larger than max 1/],
  [
    [s.tensorOf([3], { values: [Number.POSITIVE_INFINITY] }), 4],
    'ArgumentError',
    /from Infinity to Infinity is not finite/,
  ],
];

/**
 * How often each number 0, 1, … occurs in `x`, or the sum of the `weights` where it does: y_k = sum_i w_i [x_i = k]. At
 * least `minlength` counts. Counts are int32; sums have the dtype of the weights (integers: float64).
 * Derivative: the cotangent at x_i for w_i.
 *
 * Errors: DTypeError unless x is int32 or uint8; ArgumentError for negative elements; ShapeError unless x is
 * 1-dimensional and the weights have its shape. PyTorch: `torch.bincount`, which does not differentiate.
 *
 * @example
 * ```ts
 * import { bincount, tensor } from '@tensortape/autograd';
 * console.log(bincount(tensor(new Int32Array([1, 3, 1])))); // tensor([0, 2, 0, 1], dtype=int32)
 * ```
 */
export function bincount(x: Tensor, weights?: Tensor, minlength = 0): Tensor {
  checkTensor('bincount', 'x', x);
  if (x.dtype !== 'int32' && x.dtype !== 'uint8') {
    throw new DTypeError(`bincount: x is ${x.dtype}, expected int32 or uint8; convert it with .to('int32')`);
  }
  if (x.ndim !== 1) {
    throw new ShapeError(
      `bincount: x must be 1-dimensional, got shape ${formatShape(x.shape)}; flatten() it`,
    );
  }
  if (weights !== undefined) checkTensor('bincount', 'weights', weights);
  if (weights !== undefined && !sameShape(weights.shape, x.shape)) {
    throw new ShapeError(
      `bincount: weights have shape ${formatShape(weights.shape)}, x ${formatShape(x.shape)}; they must be equal`,
    );
  }
  checkWhole('bincount', 'minlength', minlength, 0);
  const smallest = x.size === 0 ? 0 : x.amin().item();
  if (smallest < 0) throw new ArgumentError(`bincount: elements of x must be >= 0, got ${smallest}`);
  const source =
    weights === undefined
      ? constant(1, 'int32', x.shape)
      : isFloat(weights.dtype)
        ? weights
        : weights.to('float64');
  const length = Math.max(minlength, x.size === 0 ? 0 : x.amax().item() + 1);
  return constant(0, source.dtype, [length]).scatterAdd(0, x.to('int32'), source);
}
export const bincountSamples: Samples = (s) => {
  const n = s.integer(1, 5);
  return [s.index([n], 4), s.tensorOf([n]), s.oneOf([0, 6])];
};
export const bincountRefusals: Refusals = (s) => [
  [[s.tensorOf([3])], 'DTypeError', /x is float64, expected int32 or uint8/],
  [[s.index([3, 1], 4)], 'ShapeError', /x must be 1-dimensional, got shape \(3, 1\)/],
  [[s.index([3], 4), s.tensorOf([2])], 'ShapeError', /weights have shape \(2,\), x \(3,\)/],
  [[s.index([3], 1).sub(1)], 'ArgumentError', /elements of x must be >= 0, got -1/],
  [[s.index([3], 4), undefined, 2.5], 'ArgumentError', /minlength must be a whole number >= 0, got 2\.5/],
];

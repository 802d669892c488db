import { checkOptions, checkTensor } from '../tensor/check.ts';
import { ArgumentError } from '../tensor/errors.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { averaged, largestOf, windowTaps } from './poolWindows.ts';
import type { ValuesAndIndices } from './reduce.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';
import { type One, perAxis, requireFloats, requireImages, type Three, type Two } from './windows.ts';

/** Options of max pooling: a number for all axes, or one for each. */
export interface MaxPoolOptions<Axes extends readonly number[]> {
  /** The step from one window to the next. Default: the kernel's size. */
  readonly stride?: number | Axes;
  /** How far windows may begin before, and end behind, each axis; nothing is read there. Default 0. */
  readonly padding?: number | Axes;
  /** The step from one element of a window to the next. Default 1. */
  readonly dilation?: number | Axes;
  /** Whether a last window may reach beyond the end; it must begin inside, or in the padding before. Default false. */
  readonly ceilMode?: boolean;
}

/** Options of average pooling: a number for all axes, or one for each. */
export interface AvgPoolOptions<Axes extends readonly number[]> {
  /** The step from one window to the next. Default: the kernel's size. */
  readonly stride?: number | Axes;
  /** How far windows may begin before, and end behind, each axis; zeros stand there. Default 0. */
  readonly padding?: number | Axes;
  /** Whether a last window may reach beyond the end; it must begin inside, or in the padding before. Default false. */
  readonly ceilMode?: boolean;
  /** Whether the zeros of the padding count as elements. Default true. */
  readonly countIncludePad?: boolean;
}

/** Options of average pooling along two or three axes. */
export interface DivisorOptions {
  /** What sums are divided by, in place of the number of elements. */
  readonly divisorOverride?: number;
}

/** Options of {@link lpPool1d}, {@link lpPool2d} and {@link lpPool3d}. */
export interface LpPoolOptions<Axes extends readonly number[]> {
  /** The step from one window to the next. Default: the kernel's size. */
  readonly stride?: number | Axes;
  /** Whether a last window may reach beyond the end; it must begin inside. Default false. */
  readonly ceilMode?: boolean;
}

function maxPool(
  op: string,
  rank: number,
  x: Tensor,
  kernelSize: number | readonly number[],
  options: MaxPoolOptions<readonly number[]>,
): ValuesAndIndices {
  checkOptions(op, options, ['stride', 'padding', 'dilation', 'ceilMode']);
  requireImages(op, x, rank);
  return largestOf(x, windowTaps(op, rank, x, kernelSize, options));
}

/**
 * The largest element of each window along the last axis: x is (n, channels, length) or (channels, length).
 * Derivative: the cotangent goes to that element. Kinks: of equal elements the first; NaN counts as largest, and the last
 * NaN is taken. PyTorch: `torch.nn.functional.max_pool1d`.
 *
 * Errors: ShapeError when no window fits, or one has no element; ArgumentError for options out of range, such as a padding of more
 * than half a window.
 *
 * @example
 * ```ts
 * import { maxPool1d, tensor } from '@tensortape/autograd';
 * console.log(maxPool1d(tensor([[1, 5, 2, 4]]), 2).toArray()); // [ [ 5, 4 ] ]
 * ```
 */
export function maxPool1d(x: Tensor, kernelSize: number | One, options: MaxPoolOptions<One> = {}): Tensor {
  checkTensor('maxPool1d', 'x', x);
  return maxPool('maxPool1d', 1, x, kernelSize, options).values;
}
export const maxPool1dSamples: Samples = (s) => maxSamples(s, 1);
export const maxPool1dRefusals: Refusals = (s) => maxRefusals(s, 1);

/**
 * The largest element of each window along the last two axes: x is (n, channels, height, width) or without n.
 * Derivative: the cotangent goes to that element. Kinks: as {@link maxPool1d}, in row-major order. PyTorch:
 * `torch.nn.functional.max_pool2d`.
 *
 * Errors: as {@link maxPool1d}.
 *
 * @example
 * ```ts
 * import { maxPool2d, tensor } from '@tensortape/autograd';
 * console.log(maxPool2d(tensor([[[1, 5, 2], [7, 3, 4]]]), 2, { stride: 1 }).toArray()); // [ [ [ 7, 5 ] ] ]
 * ```
 */
export function maxPool2d(x: Tensor, kernelSize: number | Two, options: MaxPoolOptions<Two> = {}): Tensor {
  checkTensor('maxPool2d', 'x', x);
  return maxPool('maxPool2d', 2, x, kernelSize, options).values;
}
export const maxPool2dSamples: Samples = (s) => maxSamples(s, 2);
export const maxPool2dRefusals: Refusals = (s) => maxRefusals(s, 2);

/**
 * The largest element of each window along the last three axes: x is (n, channels, depth, height, width) or without n.
 * Derivative: the cotangent goes to that element. Kinks: as {@link maxPool1d}, in row-major order. PyTorch:
 * `torch.nn.functional.max_pool3d`.
 *
 * Errors: as {@link maxPool1d}.
 *
 * @example
 * ```ts
 * import { arange, maxPool3d } from '@tensortape/autograd';
 * console.log(maxPool3d(arange(8).reshape([1, 2, 2, 2]), 2).item()); // 7
 * ```
 */
export function maxPool3d(
  x: Tensor,
  kernelSize: number | Three,
  options: MaxPoolOptions<Three> = {},
): Tensor {
  checkTensor('maxPool3d', 'x', x);
  return maxPool('maxPool3d', 3, x, kernelSize, options).values;
}
export const maxPool3dSamples: Samples = (s) => maxSamples(s, 3);
export const maxPool3dRefusals: Refusals = (s) => maxRefusals(s, 3);

/**
 * As {@link maxPool1d}, with the positions (int32) of the elements along the axis.
 * Derivative: of the values that of {@link maxPool1d}. PyTorch: `torch.nn.functional.max_pool1d(…, return_indices=True)`.
 *
 * Errors: as {@link maxPool1d}.
 *
 * @example
 * ```ts
 * import { maxPool1dWithIndices, tensor } from '@tensortape/autograd';
 * console.log(maxPool1dWithIndices(tensor([[1, 5, 2, 4]]), 2).indices.toArray()); // [ [ 1, 3 ] ]
 * ```
 */
export function maxPool1dWithIndices(
  x: Tensor,
  kernelSize: number | One,
  options: MaxPoolOptions<One> = {},
): ValuesAndIndices {
  checkTensor('maxPool1dWithIndices', 'x', x);
  return maxPool('maxPool1dWithIndices', 1, x, kernelSize, options);
}
export const maxPool1dWithIndicesSamples: Samples = (s) => maxSamples(s, 1);
export const maxPool1dWithIndicesRefusals: Refusals = (s) => maxRefusals(s, 1);

/**
 * As {@link maxPool2d}, with the positions (int32) of the elements in their plane: row * width + column.
 * Derivative: of the values that of {@link maxPool2d}. PyTorch: `torch.nn.functional.max_pool2d(…, return_indices=True)`.
 *
 * Errors: as {@link maxPool1d}.
 *
 * @example
 * ```ts
 * import { maxPool2dWithIndices, tensor } from '@tensortape/autograd';
 * console.log(maxPool2dWithIndices(tensor([[[1, 5], [7, 3]]]), 2).indices.item()); // 2
 * ```
 */
export function maxPool2dWithIndices(
  x: Tensor,
  kernelSize: number | Two,
  options: MaxPoolOptions<Two> = {},
): ValuesAndIndices {
  checkTensor('maxPool2dWithIndices', 'x', x);
  return maxPool('maxPool2dWithIndices', 2, x, kernelSize, options);
}
export const maxPool2dWithIndicesSamples: Samples = (s) => maxSamples(s, 2);
export const maxPool2dWithIndicesRefusals: Refusals = (s) => maxRefusals(s, 2);

/**
 * As {@link maxPool3d}, with the positions (int32) of the elements in their volume, counted in row-major order.
 * Derivative: of the values that of {@link maxPool3d}. PyTorch: `torch.nn.functional.max_pool3d(…, return_indices=True)`.
 *
 * Errors: as {@link maxPool1d}.
 *
 * @example
 * ```ts
 * import { arange, maxPool3dWithIndices } from '@tensortape/autograd';
 * console.log(maxPool3dWithIndices(arange(8).reshape([1, 2, 2, 2]), 2).indices.item()); // 7
 * ```
 */
export function maxPool3dWithIndices(
  x: Tensor,
  kernelSize: number | Three,
  options: MaxPoolOptions<Three> = {},
): ValuesAndIndices {
  checkTensor('maxPool3dWithIndices', 'x', x);
  return maxPool('maxPool3dWithIndices', 3, x, kernelSize, options);
}
export const maxPool3dWithIndicesSamples: Samples = (s) => maxSamples(s, 3);
export const maxPool3dWithIndicesRefusals: Refusals = (s) => maxRefusals(s, 3);

function avgPool(
  op: string,
  rank: number,
  x: Tensor,
  kernelSize: number | readonly number[],
  options: AvgPoolOptions<readonly number[]> & DivisorOptions,
): Tensor {
  const divisor = rank > 1 ? ['divisorOverride'] : [];
  checkOptions(op, options, ['stride', 'padding', 'ceilMode', 'countIncludePad', ...divisor]);
  requireImages(op, x, rank);
  requireFloats(op, x);
  const { countIncludePad = true, divisorOverride } = options;
  if (divisorOverride !== undefined && (!Number.isInteger(divisorOverride) || divisorOverride === 0)) {
    throw new ArgumentError(
      `${op}: divisorOverride is ${divisorOverride}, expected a whole number other than 0`,
    );
  }
  const axes = windowTaps(op, rank, x, kernelSize, options);
  return averaged(
    x,
    axes,
    divisorOverride ?? axes.map(({ padded, inside }) => (countIncludePad ? padded : inside)),
  );
}

/**
 * The mean of each window along the last axis: x is (n, channels, length) or (channels, length).
 * Derivative: the cotangent, divided by the number of elements, goes to all of them. PyTorch:
 * `torch.nn.functional.avg_pool1d`; integers are refused.
 *
 * Errors: ShapeError when no window fits; ArgumentError for options out of range; DTypeError for integers.
 *
 * @example
 * ```ts
 * import { avgPool1d, tensor } from '@tensortape/autograd';
 * console.log(avgPool1d(tensor([[1, 5, 2, 4]]), 2).toArray()); // [ [ 3, 3 ] ]
 * ```
 */
export function avgPool1d(x: Tensor, kernelSize: number | One, options: AvgPoolOptions<One> = {}): Tensor {
  checkTensor('avgPool1d', 'x', x);
  return avgPool('avgPool1d', 1, x, kernelSize, options);
}
export const avgPool1dSamples: Samples = (s) => avgSamples(s, 1);
export const avgPool1dRefusals: Refusals = (s) => avgRefusals(s, 1);

/**
 * The mean of each window along the last two axes: x is (n, channels, height, width) or without n.
 * Derivative: the cotangent, divided by the number of elements, goes to all of them. PyTorch:
 * `torch.nn.functional.avg_pool2d`; integers are refused.
 *
 * Errors: as {@link avgPool1d}.
 *
 * @example
 * ```ts
 * import { avgPool2d, tensor } from '@tensortape/autograd';
 * console.log(avgPool2d(tensor([[[1, 5], [7, 3]]]), 2).item()); // 4
 * ```
 */
export function avgPool2d(
  x: Tensor,
  kernelSize: number | Two,
  options: AvgPoolOptions<Two> & DivisorOptions = {},
): Tensor {
  checkTensor('avgPool2d', 'x', x);
  return avgPool('avgPool2d', 2, x, kernelSize, options);
}
export const avgPool2dSamples: Samples = (s) => avgSamples(s, 2);
export const avgPool2dRefusals: Refusals = (s) => avgRefusals(s, 2);

/**
 * The mean of each window along the last three axes: x is (n, channels, depth, height, width) or without n.
 * Derivative: the cotangent, divided by the number of elements, goes to all of them. PyTorch:
 * `torch.nn.functional.avg_pool3d`; integers are refused.
 *
 * Errors: as {@link avgPool1d}.
 *
 * @example
 * ```ts
 * import { arange, avgPool3d } from '@tensortape/autograd';
 * console.log(avgPool3d(arange(8).to('float32').reshape([1, 2, 2, 2]), 2).item()); // 3.5
 * ```
 */
export function avgPool3d(
  x: Tensor,
  kernelSize: number | Three,
  options: AvgPoolOptions<Three> & DivisorOptions = {},
): Tensor {
  checkTensor('avgPool3d', 'x', x);
  return avgPool('avgPool3d', 3, x, kernelSize, options);
}
export const avgPool3dSamples: Samples = (s) => avgSamples(s, 3);
export const avgPool3dRefusals: Refusals = (s) => avgRefusals(s, 3);

function lpPool(
  op: string,
  rank: number,
  x: Tensor,
  normType: number,
  kernelSize: number | readonly number[],
  options: LpPoolOptions<readonly number[]>,
): Tensor {
  checkOptions(op, options, ['stride', 'ceilMode']);
  requireImages(op, x, rank);
  requireFloats(op, x);
  if (!Number.isFinite(normType) || normType === 0)
    throw new ArgumentError(`${op}: normType is ${normType}, expected a number other than 0`);
  const axes = windowTaps(op, rank, x, kernelSize, options);
  const mean = averaged(
    x.pow(normType),
    axes,
    axes.map(({ padded }) => padded),
  );
  const elements = sizeOf(perAxis(op, 'kernelSize', kernelSize, rank, 1));
  // As PyTorch writes it: where a window is all zeros, relu makes the gradient 0 in place of the root's infinity.
  return mean
    .sign()
    .mul(mean.abs().relu())
    .mul(elements)
    .pow(1 / normType);
}

/**
 * (sum of x^p)^(1 / p) of each window along the last axis, p being `normType`: x is (n, channels, length) or
 * (channels, length). x^p keeps its sign, so an odd p takes no absolute values.
 * Derivative: x^(p - 1) / y^(p - 1). Kinks: 0 where the whole window is 0. PyTorch: `torch.nn.functional.lp_pool1d`; a window
 * that reaches beyond the end counts as its mean, times the kernel's size.
 *
 * Errors: ShapeError when no window fits; ArgumentError for options out of range; DTypeError for integers.
 *
 * @example
 * ```ts
 * import { lpPool1d, tensor } from '@tensortape/autograd';
 * console.log(lpPool1d(tensor([[3, 4, 6, 8]]), 2, 2).toArray()); // [ [ 5, 10 ] ]
 * ```
 */
export function lpPool1d(
  x: Tensor,
  normType: number,
  kernelSize: number | One,
  options: LpPoolOptions<One> = {},
): Tensor {
  checkTensor('lpPool1d', 'x', x);
  return lpPool('lpPool1d', 1, x, normType, kernelSize, options);
}
export const lpPool1dSamples: Samples = (s) => lpSamples(s, 1);
export const lpPool1dRefusals: Refusals = (s) => lpRefusals(s, 1);

/**
 * As {@link lpPool1d} along the last two axes: x is (n, channels, height, width) or without n.
 * Derivative: as of {@link lpPool1d}. PyTorch: `torch.nn.functional.lp_pool2d`.
 *
 * Errors: as {@link lpPool1d}.
 *
 * @example
 * ```ts
 * import { lpPool2d, ones } from '@tensortape/autograd';
 * console.log(lpPool2d(ones([1, 4, 4]), 2, 2).toArray()); // [ [ [ 2, 2 ], [ 2, 2 ] ] ]
 * ```
 */
export function lpPool2d(
  x: Tensor,
  normType: number,
  kernelSize: number | Two,
  options: LpPoolOptions<Two> = {},
): Tensor {
  checkTensor('lpPool2d', 'x', x);
  return lpPool('lpPool2d', 2, x, normType, kernelSize, options);
}
export const lpPool2dSamples: Samples = (s) => lpSamples(s, 2);
export const lpPool2dRefusals: Refusals = (s) => lpRefusals(s, 2);

/**
 * As {@link lpPool1d} along the last three axes: x is (n, channels, depth, height, width) or without n.
 * Derivative: as of {@link lpPool1d}. PyTorch: `torch.nn.functional.lp_pool3d`.
 *
 * Errors: as {@link lpPool1d}.
 *
 * @example
 * ```ts
 * import { lpPool3d, ones } from '@tensortape/autograd';
 * console.log(lpPool3d(ones([1, 2, 2, 2]), 3, 2).item()); // 2
 * ```
 */
export function lpPool3d(
  x: Tensor,
  normType: number,
  kernelSize: number | Three,
  options: LpPoolOptions<Three> = {},
): Tensor {
  checkTensor('lpPool3d', 'x', x);
  return lpPool('lpPool3d', 3, x, normType, kernelSize, options);
}
export const lpPool3dSamples: Samples = (s) => lpSamples(s, 3);
export const lpPool3dRefusals: Refusals = (s) => lpRefusals(s, 3);

/** Lengths of planes that windows of up to three elements fit into. */
const planeOf = (s: SampleKit, rank: number): Shape =>
  Array.from({ length: rank }, (_, axis) => (rank === 3 ? 3 : 3 + axis + s.integer(0, 1)));

const leadOf = (s: SampleKit): Shape => s.oneOf([[2], [1, 2], [0, 1]]);

function maxSamples(s: SampleKit, rank: number): readonly unknown[] {
  const kernel = s.integer(1, 3);
  const dilation = kernel < 3 ? s.integer(1, 2) : 1;
  return [
    s.tensorOf([...leadOf(s), ...planeOf(s, rank)], { distinct: true }),
    s.oneOf([kernel, new Array<number>(rank).fill(kernel)]),
    {
      stride: s.oneOf([undefined, 1, 2]),
      padding: s.integer(0, kernel >> 1),
      dilation,
      ceilMode: s.oneOf([false, true]),
    },
  ];
}

function avgSamples(s: SampleKit, rank: number): readonly unknown[] {
  const kernel = s.integer(1, 3);
  const divisor = rank > 1 && s.integer(0, 3) === 0 ? { divisorOverride: 3 } : {};
  return [
    s.tensorOf([...leadOf(s), ...planeOf(s, rank)]),
    s.oneOf([kernel, new Array<number>(rank).fill(kernel)]),
    {
      stride: s.oneOf([1, 2, 3]),
      padding: s.integer(0, kernel >> 1),
      ceilMode: s.oneOf([false, true]),
      countIncludePad: s.oneOf([false, true]),
      ...divisor,
    },
  ];
}

function lpSamples(s: SampleKit, rank: number): readonly unknown[] {
  const norm = s.oneOf([1, 2, 3, 2.5]);
  return [
    s.tensorOf([...leadOf(s), ...planeOf(s, rank)], { low: 0.5, high: 2 }),
    norm,
    s.integer(1, 3),
    { stride: s.oneOf([undefined, 1, 2]), ceilMode: s.oneOf([false, true]) },
  ];
}

function maxRefusals(s: SampleKit, rank: number): ReturnType<Refusals> {
  const x = s.tensorOf([1, 2, ...new Array<number>(rank).fill(3)]);
  return [
    ...windowRefusals(s, rank, x),
    [[x, 2, { dilation: 0 }], 'ArgumentError', /dilation is 0, expected/],
    [[x, 2, { dilation: 5, padding: 2 }], 'ShapeError', /a window without elements/],
  ];
}

function windowRefusals(s: SampleKit, rank: number, x: Tensor): ReturnType<Refusals> {
  return [
    [[s.tensorOf(new Array<number>(rank).fill(3)), 2], 'ShapeError', /x has shape .* expected/],
    [[s.tensorOf([1, 0, ...new Array<number>(rank).fill(3)]), 2], 'ShapeError', /length 0/],
    [[x, 4], 'ShapeError', /a kernel of \(4,.*does not fit x/],
    [[x, 0], 'ArgumentError', /kernelSize is 0, expected/],
    [[x, 1.5], 'ArgumentError', /kernelSize is 1\.5, expected/],
    [[x, 2, { stride: 0 }], 'ArgumentError', /stride is 0, expected/],
    [[x, 2, { padding: 2 }], 'ArgumentError', /padding .* at most half of the window/],
    [[x, 2, { padding: -1 }], 'ArgumentError', /padding is -1, expected/],
    [[x, 2, { strides: 1 }], 'ArgumentError', /unknown option 'strides'; known are stride, padding/],
  ];
}

function avgRefusals(s: SampleKit, rank: number): ReturnType<Refusals> {
  const x = s.tensorOf([1, 2, ...new Array<number>(rank).fill(3)]);
  const divisor: ReturnType<Refusals> =
    rank === 1
      ? [[[x, 2, { divisorOverride: 1 }], 'ArgumentError', /unknown option 'divisorOverride'/]]
      : [[[x, 2, { divisorOverride: 0 }], 'ArgumentError', /divisorOverride is 0, expected/]];
  return [
    ...windowRefusals(s, rank, x),
    ...divisor,
    [[x.to('int32'), 2], 'DTypeError', /expected a floating point tensor, got int32/],
  ];
}

function lpRefusals(s: SampleKit, rank: number): ReturnType<Refusals> {
  const x = s.tensorOf([1, 2, ...new Array<number>(rank).fill(3)]);
  return [
    [[x, 2, 4], 'ShapeError', /does not fit x/],
    [[x, 0, 2], 'ArgumentError', /normType is 0, expected/],
    [[x, 2, 2, { padding: 1 }], 'ArgumentError', /unknown option 'padding'; known are stride, ceilMode/],
    [[x, Number.POSITIVE_INFINITY, 2], 'ArgumentError', /normType is Infinity, expected/],
    [[x.to('int32'), 2, 2], 'DTypeError', /expected a floating point tensor, got int32/],
  ];
}

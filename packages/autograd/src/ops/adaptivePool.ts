import { checkTensor } from '../tensor/check.ts';
import type { Tensor } from '../tensor.ts';
import { adaptiveTaps, averaged, countsOf, largestOf } from './poolWindows.ts';
import type { ValuesAndIndices } from './reduce.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';
import { type One, requireFloats, requireImages, type Three, type Two } from './windows.ts';

/** A length for each axis of a result, or one for all of them; null keeps that of the operand. */
export type AdaptiveSize<Axes extends readonly number[]> =
  | number
  | null
  | { readonly [K in keyof Axes]: number | null };

/** As {@link AdaptiveSize}, for any number of axes. */
type Size = number | null | readonly (number | null)[];

function adaptiveAvgPool(op: string, rank: number, x: Tensor, outputSize: Size): Tensor {
  requireImages(op, x, rank);
  requireFloats(op, x);
  const axes = adaptiveTaps(op, rank, x, outputSize);
  return averaged(x, axes, axes.map(countsOf));
}

function adaptiveMaxPool(op: string, rank: number, x: Tensor, outputSize: Size): ValuesAndIndices {
  requireImages(op, x, rank);
  return largestOf(x, adaptiveTaps(op, rank, x, outputSize));
}

/**
 * The mean of each of `outputSize` windows along the last axis: x is (n, channels, length) or (channels, length). Window i of m takes the
 * places from floor(i length / m) up to ceil((i + 1) length / m); null keeps the length.
 * Derivative: the cotangent, divided by the number of elements, goes to all of them.
 * PyTorch: `torch.nn.functional.adaptive_avg_pool1d`.
 *
 * Errors: ShapeError for a wrong number of axes; ArgumentError unless sizes are whole numbers >= 0; DTypeError for integers.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool1d, tensor } from '@tensortape/autograd';
 * console.log(adaptiveAvgPool1d(tensor([[1, 3, 5, 9]]), 2).toArray()); // [ [ 2, 7 ] ]
 * ```
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: AdaptiveSize<One>): Tensor {
  checkTensor('adaptiveAvgPool1d', 'x', x);
  return adaptiveAvgPool('adaptiveAvgPool1d', 1, x, outputSize);
}
export const adaptiveAvgPool1dSamples: Samples = (s) => adaptiveSamples(s, 1);
export const adaptiveAvgPool1dRefusals: Refusals = (s) => averageRefusals(s, 1);

/**
 * As {@link adaptiveAvgPool1d} along the last two axes: x is (n, channels, height, width) or without n.
 * Derivative: as of {@link adaptiveAvgPool1d}. PyTorch: `torch.nn.functional.adaptive_avg_pool2d`.
 *
 * Errors: as {@link adaptiveAvgPool1d}.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool2d, ones } from '@tensortape/autograd';
 * console.log(adaptiveAvgPool2d(ones([8, 5, 7]), [1, null]).shape); // [ 8, 1, 7 ]
 * ```
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptiveSize<Two>): Tensor {
  checkTensor('adaptiveAvgPool2d', 'x', x);
  return adaptiveAvgPool('adaptiveAvgPool2d', 2, x, outputSize);
}
export const adaptiveAvgPool2dSamples: Samples = (s) => adaptiveSamples(s, 2);
export const adaptiveAvgPool2dRefusals: Refusals = (s) => averageRefusals(s, 2);

/**
 * As {@link adaptiveAvgPool1d} along the last three axes: x is (n, channels, depth, height, width) or without n.
 * Derivative: as of {@link adaptiveAvgPool1d}. PyTorch: `torch.nn.functional.adaptive_avg_pool3d`.
 *
 * Errors: as {@link adaptiveAvgPool1d}.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool3d, arange } from '@tensortape/autograd';
 * console.log(adaptiveAvgPool3d(arange(8).to('float32').reshape([1, 2, 2, 2]), 1).item()); // 3.5
 * ```
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: AdaptiveSize<Three>): Tensor {
  checkTensor('adaptiveAvgPool3d', 'x', x);
  return adaptiveAvgPool('adaptiveAvgPool3d', 3, x, outputSize);
}
export const adaptiveAvgPool3dSamples: Samples = (s) => adaptiveSamples(s, 3);
export const adaptiveAvgPool3dRefusals: Refusals = (s) => averageRefusals(s, 3);

/**
 * The largest element of each of `outputSize` windows along the last axis: x is (n, channels, length) or (channels, length); windows as in {@link adaptiveAvgPool1d}.
 * Derivative: the cotangent goes to that element. Kinks: as `maxPool1d`.
 * PyTorch: `torch.nn.functional.adaptive_max_pool1d`.
 *
 * Errors: ShapeError for a wrong number of axes; ArgumentError unless sizes are whole numbers >= 0.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool1d, tensor } from '@tensortape/autograd';
 * console.log(adaptiveMaxPool1d(tensor([[1, 3, 9, 5]]), 2).toArray()); // [ [ 3, 9 ] ]
 * ```
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: AdaptiveSize<One>): Tensor {
  checkTensor('adaptiveMaxPool1d', 'x', x);
  return adaptiveMaxPool('adaptiveMaxPool1d', 1, x, outputSize).values;
}
export const adaptiveMaxPool1dSamples: Samples = (s) => adaptiveSamples(s, 1);
export const adaptiveMaxPool1dRefusals: Refusals = (s) => adaptiveRefusals(s, 1);

/**
 * As {@link adaptiveMaxPool1d} along the last two axes: x is (n, channels, height, width) or without n.
 * Derivative: the cotangent goes to that element. PyTorch: `torch.nn.functional.adaptive_max_pool2d`.
 *
 * Errors: as {@link adaptiveMaxPool1d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool2d, ones } from '@tensortape/autograd';
 * console.log(adaptiveMaxPool2d(ones([8, 5, 7]), [1, null]).shape); // [ 8, 1, 7 ]
 * ```
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: AdaptiveSize<Two>): Tensor {
  checkTensor('adaptiveMaxPool2d', 'x', x);
  return adaptiveMaxPool('adaptiveMaxPool2d', 2, x, outputSize).values;
}
export const adaptiveMaxPool2dSamples: Samples = (s) => adaptiveSamples(s, 2);
export const adaptiveMaxPool2dRefusals: Refusals = (s) => adaptiveRefusals(s, 2);

/**
 * As {@link adaptiveMaxPool1d} along the last three axes: x is (n, channels, depth, height, width) or without n.
 * Derivative: the cotangent goes to that element. PyTorch: `torch.nn.functional.adaptive_max_pool3d`.
 *
 * Errors: as {@link adaptiveMaxPool1d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool3d, arange } from '@tensortape/autograd';
 * console.log(adaptiveMaxPool3d(arange(8).reshape([1, 2, 2, 2]), 1).item()); // 7
 * ```
 */
export function adaptiveMaxPool3d(x: Tensor, outputSize: AdaptiveSize<Three>): Tensor {
  checkTensor('adaptiveMaxPool3d', 'x', x);
  return adaptiveMaxPool('adaptiveMaxPool3d', 3, x, outputSize).values;
}
export const adaptiveMaxPool3dSamples: Samples = (s) => adaptiveSamples(s, 3);
export const adaptiveMaxPool3dRefusals: Refusals = (s) => adaptiveRefusals(s, 3);

/**
 * As {@link adaptiveMaxPool1d}, with the positions (int32) of the elements, counted in row-major order over the pooled axes.
 * Derivative: of the values that of {@link adaptiveMaxPool1d}.
 * PyTorch: `torch.nn.functional.adaptive_max_pool1d(…, return_indices=True)`.
 *
 * Errors: as {@link adaptiveMaxPool1d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool1dWithIndices, tensor } from '@tensortape/autograd';
 * console.log(adaptiveMaxPool1dWithIndices(tensor([[1, 3, 9, 5]]), 2).indices.toArray()); // [ [ 1, 2 ] ]
 * ```
 */
export function adaptiveMaxPool1dWithIndices(x: Tensor, outputSize: AdaptiveSize<One>): ValuesAndIndices {
  checkTensor('adaptiveMaxPool1dWithIndices', 'x', x);
  return adaptiveMaxPool('adaptiveMaxPool1dWithIndices', 1, x, outputSize);
}
export const adaptiveMaxPool1dWithIndicesSamples: Samples = (s) => adaptiveSamples(s, 1);
export const adaptiveMaxPool1dWithIndicesRefusals: Refusals = (s) => adaptiveRefusals(s, 1);

/**
 * As {@link adaptiveMaxPool2d}, with the positions (int32) of the elements, counted in row-major order over the pooled axes.
 * Derivative: of the values that of {@link adaptiveMaxPool2d}.
 * PyTorch: `torch.nn.functional.adaptive_max_pool2d(…, return_indices=True)`.
 *
 * Errors: as {@link adaptiveMaxPool1d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool2dWithIndices, tensor } from '@tensortape/autograd';
 * console.log(adaptiveMaxPool2dWithIndices(tensor([[[1, 5], [7, 3]]]), 1).indices.item()); // 2
 * ```
 */
export function adaptiveMaxPool2dWithIndices(x: Tensor, outputSize: AdaptiveSize<Two>): ValuesAndIndices {
  checkTensor('adaptiveMaxPool2dWithIndices', 'x', x);
  return adaptiveMaxPool('adaptiveMaxPool2dWithIndices', 2, x, outputSize);
}
export const adaptiveMaxPool2dWithIndicesSamples: Samples = (s) => adaptiveSamples(s, 2);
export const adaptiveMaxPool2dWithIndicesRefusals: Refusals = (s) => adaptiveRefusals(s, 2);

/**
 * As {@link adaptiveMaxPool3d}, with the positions (int32) of the elements, counted in row-major order over the pooled axes.
 * Derivative: of the values that of {@link adaptiveMaxPool3d}.
 * PyTorch: `torch.nn.functional.adaptive_max_pool3d(…, return_indices=True)`.
 *
 * Errors: as {@link adaptiveMaxPool1d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool3dWithIndices, arange } from '@tensortape/autograd';
 * console.log(adaptiveMaxPool3dWithIndices(arange(8).reshape([1, 2, 2, 2]), 1).indices.item()); // 7
 * ```
 */
export function adaptiveMaxPool3dWithIndices(x: Tensor, outputSize: AdaptiveSize<Three>): ValuesAndIndices {
  checkTensor('adaptiveMaxPool3dWithIndices', 'x', x);
  return adaptiveMaxPool('adaptiveMaxPool3dWithIndices', 3, x, outputSize);
}
export const adaptiveMaxPool3dWithIndicesSamples: Samples = (s) => adaptiveSamples(s, 3);
export const adaptiveMaxPool3dWithIndicesRefusals: Refusals = (s) => adaptiveRefusals(s, 3);

function adaptiveSamples(s: SampleKit, rank: number): readonly unknown[] {
  const plane = Array.from({ length: rank }, (_, axis) => (rank === 3 ? 2 + (axis % 2) : 3 + axis));
  const x = s.tensorOf([...s.oneOf([[2], [1, 2], [0, 1]]), ...plane], { distinct: true });
  return [
    x,
    s.oneOf<Size>([
      1,
      2,
      4,
      plane.map((_, axis) => (axis === 0 && rank > 1 ? null : 2)),
      plane.map((n) => n - 1),
    ]),
  ];
}

function adaptiveRefusals(s: SampleKit, rank: number): ReturnType<Refusals> {
  const plane = new Array<number>(rank).fill(3);
  const x = s.tensorOf([1, 2, ...plane]);
  return [
    [[s.tensorOf(plane), 2], 'ShapeError', /x has shape .* expected/],
    [[s.tensorOf([1, 2, ...plane.with(0, 0)]), 2], 'ShapeError', /length 0/],
    [[x, -1], 'ArgumentError', /outputSize is \[-1.*\], expected/],
    [[x, [1, 1, 1, 1]], 'ArgumentError', /outputSize is \[1, 1, 1, 1\], expected/],
    [[x, 1.5], 'ArgumentError', /outputSize is \[1\.5.*\], expected/],
  ];
}

const averageRefusals = (s: SampleKit, rank: number): ReturnType<Refusals> => [
  ...adaptiveRefusals(s, rank),
  [
    [s.tensorOf([1, 2, ...new Array<number>(rank).fill(3)]).to('int32'), 1],
    'DTypeError',
    /expected a floating point tensor, got int32/,
  ],
];

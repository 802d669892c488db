import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { DTypeError, IndexError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape, sizeOf } from '../tensor/shape.ts';
import { Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';
import { type One, perAxis, requireImages, type Three, type Two } from './windows.ts';

/** Options of {@link maxUnpool1d}, {@link maxUnpool2d} and {@link maxUnpool3d}. */
export interface MaxUnpoolOptions<Axes extends readonly number[]> {
  /** The step from one window to the next. Default: the kernel's size. */
  readonly stride?: number | Axes;
  /** As it was given to the pooling. Default 0. */
  readonly padding?: number | Axes;
  /** The lengths before the pooling, where a window did not fit in full. */
  readonly outputSize?: Axes;
}

function maxUnpool(
  op: string,
  rank: number,
  x: Tensor,
  indices: Tensor,
  kernelSize: number | readonly number[],
  { stride, padding = 0, outputSize }: MaxUnpoolOptions<readonly number[]>,
): Tensor {
  requireImages(op, x, rank);
  if (indices.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: the indices are ${indices.dtype}, expected int32, as ${op.replace('Unpool', 'Pool')}WithIndices gives them`,
    );
  }
  if (!sameShape(x.shape, indices.shape)) {
    throw new ShapeError(
      `${op}: x has shape ${formatShape(x.shape)}, the indices ${formatShape(indices.shape)}; they must be equal`,
    );
  }
  const kernel = perAxis(op, 'kernelSize', kernelSize, rank, 1);
  const steps = perAxis(op, 'stride', stride ?? kernel, rank, 1);
  const pads = perAxis(op, 'padding', padding, rank, 0);
  const lengths = x.shape.slice(-rank);
  const usual = lengths.map((length, axis) => (length - 1) * steps[axis]! - 2 * pads[axis]! + kernel[axis]!);
  const size = outputSize === undefined ? usual : perAxis(op, 'outputSize', outputSize, rank, 1);
  if (size.some((length, axis) => length < 1 || Math.abs(length - usual[axis]!) >= steps[axis]!)) {
    throw new ShapeError(
      `${op}: x of shape ${formatShape(x.shape)} cannot come from lengths ${formatShape(size)}: they must lie less than the ` +
        `stride ${formatShape(steps)} from ${formatShape(usual)}`,
    );
  }
  const lead = x.shape.slice(0, -rank);
  const [planes, taps, pixels] = [sizeOf(lead), sizeOf(lengths), sizeOf(size)];
  const filled = new Int32Array(planes * pixels).fill(-1);
  for (const [i, place] of indices.toTypedArray().entries()) {
    if (place < 0 || place >= pixels)
      throw new IndexError(`${op}: index ${place} lies outside the ${pixels} places of ${formatShape(size)}`);
    filled[Math.floor(i / taps) * pixels + place] = i % taps;
  }
  const from = wrap(new Storage(filled), 'int32', [planes, pixels]);
  // Places that nothing came from read place 0, which `where` then leaves out.
  const read = x.reshape([planes, taps]).gather(1, from.maximum(0));
  return read.where(from.ge(0), constant(0, x.dtype, [])).reshape([...lead, ...size]);
}

/**
 * A partial inverse of `maxPool1dWithIndices`: each element goes to its position (int32), and zeros everywhere else.
 * The result has (length - 1) stride - 2 padding + kernelSize places, or `outputSize`. Of two elements for one place the last stays.
 * Derivative: the cotangent at the position. PyTorch: `torch.nn.functional.max_unpool1d`, which also hands the cotangent to
 * elements that did not stay.
 *
 * Errors: DTypeError for indices that are not int32; ShapeError when shapes differ, or for an impossible outputSize; IndexError.
 *
 * @example
 * ```ts
 * import { maxPool1dWithIndices, maxUnpool1d, tensor } from '@tensortape/autograd';
 * const { values, indices } = maxPool1dWithIndices(tensor([[1, 5, 2, 4]]), 2);
 * console.log(maxUnpool1d(values, indices, 2).toArray()); // [ [ 0, 5, 0, 4 ] ]
 * ```
 */
export function maxUnpool1d(
  x: Tensor,
  indices: Tensor,
  kernelSize: number | One,
  options: MaxUnpoolOptions<One> = {},
): Tensor {
  checkTensor('maxUnpool1d', 'x', x);
  checkTensor('maxUnpool1d', 'indices', indices);
  return maxUnpool('maxUnpool1d', 1, x, indices, kernelSize, options);
}
export const maxUnpool1dSamples: Samples = (s) => unpoolSamples(s, 1);
export const maxUnpool1dRefusals: Refusals = (s) => unpoolRefusals(s, 1);

/**
 * A partial inverse of `maxPool2dWithIndices`: see {@link maxUnpool1d}. Derivative: the cotangent at the position.
 * PyTorch: `torch.nn.functional.max_unpool2d`.
 *
 * Errors: as {@link maxUnpool1d}.
 *
 * @example
 * ```ts
 * import { maxPool2dWithIndices, maxUnpool2d, tensor } from '@tensortape/autograd';
 * const { values, indices } = maxPool2dWithIndices(tensor([[[1, 5], [7, 3]]]), 2);
 * console.log(maxUnpool2d(values, indices, 2).toArray()); // [ [ [ 0, 0 ], [ 7, 0 ] ] ]
 * ```
 */
export function maxUnpool2d(
  x: Tensor,
  indices: Tensor,
  kernelSize: number | Two,
  options: MaxUnpoolOptions<Two> = {},
): Tensor {
  checkTensor('maxUnpool2d', 'x', x);
  checkTensor('maxUnpool2d', 'indices', indices);
  return maxUnpool('maxUnpool2d', 2, x, indices, kernelSize, options);
}
export const maxUnpool2dSamples: Samples = (s) => unpoolSamples(s, 2);
export const maxUnpool2dRefusals: Refusals = (s) => unpoolRefusals(s, 2);

/**
 * A partial inverse of `maxPool3dWithIndices`: see {@link maxUnpool1d}. Derivative: the cotangent at the position.
 * PyTorch: `torch.nn.functional.max_unpool3d`.
 *
 * Errors: as {@link maxUnpool1d}.
 *
 * @example
 * ```ts
 * import { arange, maxPool3dWithIndices, maxUnpool3d } from '@tensortape/autograd';
 * const { values, indices } = maxPool3dWithIndices(arange(8).reshape([1, 2, 2, 2]), 2);
 * console.log(maxUnpool3d(values, indices, 2).sum().item()); // 7
 * ```
 */
export function maxUnpool3d(
  x: Tensor,
  indices: Tensor,
  kernelSize: number | Three,
  options: MaxUnpoolOptions<Three> = {},
): Tensor {
  checkTensor('maxUnpool3d', 'x', x);
  checkTensor('maxUnpool3d', 'indices', indices);
  return maxUnpool('maxUnpool3d', 3, x, indices, kernelSize, options);
}
export const maxUnpool3dSamples: Samples = (s) => unpoolSamples(s, 3);
export const maxUnpool3dRefusals: Refusals = (s) => unpoolRefusals(s, 3);

function unpoolSamples(s: SampleKit, rank: number): readonly unknown[] {
  const lead = s.oneOf([[2], [1, 2], [0, 1]]);
  const plane = Array.from({ length: rank }, (_, axis) => 2 + (axis % 2));
  // Each in a place of its own.
  const size = sizeOf([...lead, ...plane]);
  const taps = sizeOf(plane);
  const places = Int32Array.from({ length: size }, (_, i) => ((i % taps) * 3) % (taps * 2 ** rank));
  const shift = s.integer(0, 1);
  const indices = wrap(new Storage(places.map((place) => (place + shift) % (taps * 2 ** rank))), 'int32', [
    ...lead,
    ...plane,
  ]);
  const options = s.oneOf([{}, { stride: 2, outputSize: plane.map((length) => 2 * length) }]);
  return [s.tensorOf([...lead, ...plane]), indices, 2, options];
}

function unpoolRefusals(s: SampleKit, rank: number): ReturnType<Refusals> {
  const plane = new Array<number>(rank).fill(2);
  const x = s.tensorOf([1, 2, ...plane]);
  const indices = s.index([1, 2, ...plane], 2);
  const far = new Array<number>(rank).fill(9);
  return [
    [[s.tensorOf(plane), s.index(plane, 2), 2], 'ShapeError', /x has shape .* expected/],
    [[x, s.index([2, 1, ...plane], 2), 2], 'ShapeError', /the indices \(2, 1, .* they must be equal/],
    [[x, x, 2], 'DTypeError', /the indices are float64, expected int32/],
    [[x, indices.add(4 ** rank), 2], 'IndexError', /lies outside the \d+ places/],
    [[x, indices.sub(9), 2], 'IndexError', /lies outside the \d+ places/],
    [[x, indices, 2, { outputSize: far }], 'ShapeError', /cannot come from lengths/],
    [[x, indices, 2, { padding: 4 }], 'ShapeError', /cannot come from lengths/],
    [[x, indices, 0], 'ArgumentError', /kernelSize is 0, expected/],
  ];
}

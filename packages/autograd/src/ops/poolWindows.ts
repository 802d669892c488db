import type { Taps } from '../kernels/kernels.ts';
import { imageKernels } from '../kernels/select.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sizeOf } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { takeElements } from './elements.ts';
import type { ValuesAndIndices } from './reduce.ts';
import { resample, tapsOf } from './resample.ts';
import { perAxis, reach, requirePlaces } from './windows.ts';

/** The places that windows take along one axis, and how many there are in each. */
export interface WindowTaps extends Taps {
  /** Counted with the padding, of which a window that reaches beyond it has no share. */
  readonly padded: readonly number[];
  /** Counted without the padding. */
  readonly inside: readonly number[];
}

/** How windows slide, as users give it. */
export interface WindowOptions {
  readonly stride?: number | readonly number[];
  readonly padding?: number | readonly number[];
  readonly dilation?: number | readonly number[];
  readonly ceilMode?: boolean;
}

/** The windows of a pooling along each of the last axes. */
export function windowTaps(
  op: string,
  rank: number,
  x: Tensor,
  kernelSize: number | readonly number[],
  { stride, padding = 0, dilation = 1, ceilMode = false }: WindowOptions,
): readonly WindowTaps[] {
  const kernel = perAxis(op, 'kernelSize', kernelSize, rank, 1);
  const sliding = {
    kernel,
    stride: perAxis(op, 'stride', stride ?? kernel, rank, 1),
    padding: perAxis(op, 'padding', padding, rank, 0),
    dilation: perAxis(op, 'dilation', dilation, rank, 1),
  };
  const wide = sliding.padding.findIndex((length, axis) => length > reach(sliding, axis) / 2);
  if (wide >= 0) {
    throw new ArgumentError(
      `${op}: padding ${formatShape(sliding.padding)} must be at most half of the window, which reaches over ` +
        `${formatShape(kernel.map((_, axis) => reach(sliding, axis)))}`,
    );
  }
  const input = x.shape.slice(-rank);
  const padded = input.map((length, axis) => length + 2 * sliding.padding[axis]!);
  const output = padded.map((length, axis) => {
    const step = sliding.stride[axis]!;
    const room = (length - reach(sliding, axis)) / step;
    if (!ceilMode) return Math.floor(room) + 1;
    const count = Math.ceil(room) + 1;
    // The last window must begin inside, or in the padding before.
    return (count - 1) * step >= input[axis]! + sliding.padding[axis]! ? count - 1 : count;
  });
  requirePlaces(op, x, sliding, padded, output);
  return output.map((count, axis) => {
    const [length, pad] = [input[axis]!, sliding.padding[axis]!];
    const start = (place: number) => place * sliding.stride[axis]! - pad;
    const taps = tapsOf(count, (place, add) => {
      for (let k = 0; k < kernel[axis]!; k++) {
        const position = start(place) + k * sliding.dilation[axis]!;
        if (position >= 0 && position < length) add(position, 1);
      }
    });
    const inside = countsOf(taps);
    if (inside.includes(0)) {
      throw new ShapeError(
        `${op}: dilation ${formatShape(sliding.dilation)} and padding ${formatShape(sliding.padding)} leave a window without ` +
          `elements of x of shape ${formatShape(x.shape)}`,
      );
    }
    const withPadding = (place: number) =>
      Math.min(start(place) + kernel[axis]!, length + pad) - start(place);
    return { ...taps, inside, padded: inside.map((_, place) => withPadding(place)) };
  });
}

/** The windows that divide each of the last axes into so many of nearly equal lengths; null keeps the length. */
export function adaptiveTaps(
  op: string,
  rank: number,
  x: Tensor,
  outputSize: number | null | readonly (number | null)[],
): readonly Taps[] {
  const lengths = x.shape.slice(-rank);
  const given = Array.isArray(outputSize)
    ? outputSize
    : new Array<number | null>(rank).fill(outputSize as number | null);
  const size = perAxis(
    op,
    'outputSize',
    given.map((count, axis) => count ?? lengths[axis]!),
    rank,
    0,
  );
  return size.map((count, axis) => {
    const length = lengths[axis]!;
    return tapsOf(count, (place, add) => {
      const end = Math.ceil(((place + 1) * length) / count);
      for (let position = Math.floor((place * length) / count); position < end; position++) add(position, 1);
    });
  });
}

/** How many taps each place has. */
export function countsOf({ starts }: Taps): readonly number[] {
  return Array.from({ length: starts.length - 1 }, (_, place) => starts[place + 1]! - starts[place]!);
}

/**
 * The sums over windows along the last axes, each divided by one number for all, or by the product of the numbers given for
 * its place along each axis.
 */
export function averaged(
  x: Tensor,
  axes: readonly Taps[],
  divisors: number | readonly (readonly number[])[],
): Tensor {
  const sums = resample(x, axes);
  if (typeof divisors === 'number') return sums.div(divisors);
  if (divisors.every((counts) => counts.every((count) => count === counts[0]))) {
    return sums.div(divisors.reduce((product, [count = 1]) => product * count, 1));
  }
  const shape = divisors.map((counts) => counts.length);
  let products = [1];
  for (const counts of divisors)
    products = products.flatMap((product) => counts.map((count) => product * count));
  const array = allocate(x.dtype, sizeOf(shape));
  array.set(products);
  return sums.div(wrap(new Storage(array), x.dtype, shape));
}

/** The largest element of each window with its place: the place is found first, then read, so the derivative is gather's. */
export function largestOf(x: Tensor, axes: readonly Taps[]): ValuesAndIndices {
  const rank = axes.length;
  const shape = [...x.shape.slice(0, -rank), ...axes.map(({ starts }) => starts.length - 1)];
  const indices = wrap(imageKernels.maxPool(x, axes), 'int32', shape);
  const values = takeElements(x.flatten(-rank), x.ndim - rank, indices.flatten(-rank)).reshape(shape);
  return { values, indices };
}

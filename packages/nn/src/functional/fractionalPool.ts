import {
  ArgumentError,
  DTypeError,
  formatShape,
  type Generator,
  isFloat,
  rand,
  ShapeError,
  type Tensor,
  type Three,
  type Two,
  tensor,
  type ValuesAndIndices,
} from '@tensortape/autograd';
import { perAxis } from '../axes.ts';

/** Options of {@link fractionalMaxPool2d} and {@link fractionalMaxPool3d}: exactly one of `outputSize` and `outputRatio`. */
export interface FractionalMaxPoolOptions<Axes extends readonly number[]> {
  /** The lengths of the result. */
  readonly outputSize?: number | Axes | null;
  /** The lengths of the result as shares of those of x, between 0 and 1. */
  readonly outputRatio?: number | Axes | null;
  /** Where windows lie: numbers in [0, 1) of shape (n, channels, axes), n being 1 without a batch; drawn unless given. */
  readonly randomSamples?: Tensor | null;
  /** Where to draw from; the default generator, which `manualSeed` seeds, unless given. */
  readonly generator?: Generator;
}

/** @internal The lengths of the result, or the shares, with a refusal of both and of none. */
export function checkGoal<Axes extends readonly number[]>(
  op: string,
  axes: number,
  { outputSize = null, outputRatio = null }: FractionalMaxPoolOptions<Axes>,
): { readonly size: Axes | null; readonly ratio: Axes | null } {
  if ((outputSize === null) === (outputRatio === null)) {
    throw new ArgumentError(
      `${op}: expected either outputSize or outputRatio, got ${outputSize === null ? 'none' : 'both'}`,
    );
  }
  if (outputSize !== null) return { size: perAxis(op, 'outputSize', outputSize, axes, 1), ratio: null };
  const ratio: readonly number[] =
    typeof outputRatio === 'number' ? new Array<number>(axes).fill(outputRatio) : outputRatio!;
  if (ratio.length !== axes || !ratio.every((share) => share > 0 && share < 1)) {
    throw new ArgumentError(
      `${op}: outputRatio is [${ratio.join(', ')}], expected ${axes} numbers between 0 and 1`,
    );
  }
  return { size: null, ratio: ratio as Axes };
}

/** Where windows begin along one axis, as PyTorch places them, in the arithmetic of the dtype. */
function startsOf(
  sample: number,
  length: number,
  count: number,
  kernel: number,
  round: (value: number) => number,
): number[] {
  if (count === 1) return [length - kernel];
  const step = round((length - kernel) / (count - 1));
  const first = Math.trunc(round(sample * step));
  return Array.from({ length: count }, (_, place) =>
    place === count - 1 ? length - kernel : Math.trunc(round(round(place + sample) * step)) - first,
  );
}

/** For each place the elements of its window. */
type Windows = readonly (readonly number[])[];

/** The windows of two groups of axes together, the second of so many elements. */
const crossed = (outer: Windows, inner: Windows, length: number): Windows =>
  outer.flatMap((rows) =>
    inner.map((columns) => rows.flatMap((row) => columns.map((column) => row * length + column))),
  );

function fractionalMaxPool<Axes extends readonly number[]>(
  op: string,
  axes: number,
  x: Tensor,
  kernelSize: number | Axes,
  options: FractionalMaxPoolOptions<Axes>,
): ValuesAndIndices {
  if (x.ndim !== axes + 1 && x.ndim !== axes + 2) {
    throw new ShapeError(
      `${op}: x has shape ${formatShape(x.shape)}, expected (n, channels) and ${axes} more, or without n`,
    );
  }
  if (!isFloat(x.dtype)) {
    throw new DTypeError(
      `${op}: expected a floating point tensor, got ${x.dtype}; convert it with .to('float32')`,
    );
  }
  const kernel = perAxis(op, 'kernelSize', kernelSize, axes, 1);
  const lengths = x.shape.slice(-axes);
  const { size, ratio } = checkGoal(op, axes, options);
  const counts = size ?? lengths.map((length, axis) => Math.trunc(length * ratio![axis]!));
  if (counts.some((count, axis) => count < 1 || count + kernel[axis]! - 1 > lengths[axis]!)) {
    throw new ShapeError(
      `${op}: ${formatShape(counts)} windows of ${formatShape(kernel)} do not fit x of shape ${formatShape(x.shape)}: ` +
        'each axis needs a window, and at least as many elements as windows, and one less than the kernel',
    );
  }
  const lead = x.shape.slice(0, -axes);
  const shape = [lead.length === 2 ? lead[0]! : 1, lead.at(-1)!, axes];
  const { randomSamples = null, generator } = options;
  const samples = randomSamples ?? rand(shape, { dtype: x.dtype, ...(generator && { generator }) });
  if (formatShape(samples.shape) !== formatShape(shape) || samples.dtype !== x.dtype) {
    throw new ShapeError(
      `${op}: randomSamples are ${samples.dtype} of shape ${formatShape(samples.shape)}, expected ${x.dtype} of shape ` +
        `${formatShape(shape)} for x of shape ${formatShape(x.shape)}`,
    );
  }
  const planes = shape[0]! * shape[1]!;
  const table = tensor(Int32Array.from(elementsOf([...samples.toTypedArray()], lengths, counts, kernel, x)), {
    shape: [planes, product(counts), product(kernel)],
  });
  const windows = x
    .reshape([planes, product(lengths)])
    .gather(1, table.flatten(1))
    .reshape(table.shape);
  const { values, indices } = windows.max(-1);
  const places = table.gather(-1, indices.unsqueeze(-1));
  const result = [...lead, ...counts];
  return { values: values.reshape(result), indices: places.reshape(result) };
}

const product = (lengths: readonly number[]): number => lengths.reduce((all, length) => all * length, 1);

/** The elements of all windows, plane by plane. */
function elementsOf(
  samples: readonly number[],
  lengths: readonly number[],
  counts: readonly number[],
  kernel: readonly number[],
  { dtype }: Tensor,
): number[] {
  const axes = lengths.length;
  const round = dtype === 'float32' ? Math.fround : (value: number) => value;
  const elements: number[] = [];
  for (let plane = 0; plane < samples.length; plane += axes) {
    let windows: Windows = [[0]];
    lengths.forEach((length, axis) => {
      // PyTorch's samples begin with the width where there are two axes, and with the depth where there are three.
      const sample = samples[plane + (axes === 2 ? 1 - axis : axis)]!;
      const starts = startsOf(sample, length, counts[axis]!, kernel[axis]!, round);
      const along = starts.map((start) => Array.from({ length: kernel[axis]! }, (_, k) => start + k));
      windows = crossed(windows, along, length);
    });
    for (const window of windows) elements.push(...window);
  }
  return elements;
}

/**
 * The largest element of windows that lie at random, of nearly equal distances, along the last two axes: x is (n, channels,
 * height, width) or without n. The windows differ from channel to channel. Derivative: the cotangent goes to the largest
 * element. PyTorch: `torch.nn.functional.fractional_max_pool2d`, with its windows for the same seed.
 *
 * B. Graham, "Fractional Max-Pooling", 2014.
 *
 * Errors: ShapeError for a wrong number of axes, where windows do not fit, and for samples that do not; DTypeError for
 * integers; ArgumentError unless exactly one of `outputSize` and `outputRatio` is given, and for sizes out of range.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * console.log(functional.fractionalMaxPool2d(ones([1, 3, 20, 20]), 2, { outputRatio: 0.7 }).shape); // [ 1, 3, 14, 14 ]
 * ```
 */
export function fractionalMaxPool2d(
  x: Tensor,
  kernelSize: number | Two,
  options: FractionalMaxPoolOptions<Two>,
): Tensor {
  return fractionalMaxPool('fractionalMaxPool2d', 2, x, kernelSize, options).values;
}

/**
 * As {@link fractionalMaxPool2d}, with the positions (int32) of the elements in their plane: row * width + column. PyTorch:
 * `torch.nn.functional.fractional_max_pool2d(…, return_indices=True)`. Errors: as {@link fractionalMaxPool2d}.
 */
export function fractionalMaxPool2dWithIndices(
  x: Tensor,
  kernelSize: number | Two,
  options: FractionalMaxPoolOptions<Two>,
): ValuesAndIndices {
  return fractionalMaxPool('fractionalMaxPool2dWithIndices', 2, x, kernelSize, options);
}

/**
 * As {@link fractionalMaxPool2d} along the last three axes: x is (n, channels, depth, height, width) or without n. PyTorch:
 * `torch.nn.functional.fractional_max_pool3d`. Errors: as {@link fractionalMaxPool2d}.
 */
export function fractionalMaxPool3d(
  x: Tensor,
  kernelSize: number | Three,
  options: FractionalMaxPoolOptions<Three>,
): Tensor {
  return fractionalMaxPool('fractionalMaxPool3d', 3, x, kernelSize, options).values;
}

/**
 * As {@link fractionalMaxPool3d}, with the positions (int32) of the elements in their volume. PyTorch:
 * `torch.nn.functional.fractional_max_pool3d(…, return_indices=True)`. Errors: as {@link fractionalMaxPool2d}.
 */
export function fractionalMaxPool3dWithIndices(
  x: Tensor,
  kernelSize: number | Three,
  options: FractionalMaxPoolOptions<Three>,
): ValuesAndIndices {
  return fractionalMaxPool('fractionalMaxPool3dWithIndices', 3, x, kernelSize, options);
}

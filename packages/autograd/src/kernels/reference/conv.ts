import type { NumericArray } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type View, viewOf } from '../../tensor/view.ts';
import type { Convolution, ImageKernels, Kernels } from '../kernels.ts';
import { contiguous } from './copy.ts';
import { addColumns, planeToColumns, type WindowRows, windowRows } from './windows.ts';

/** How many elements the columns of a block of images may have: they are to stay in a core's cache. */
const BLOCK_ELEMENTS = 2 ** 18;

/** Up to this many filters for a channel of its own, plain loops beat a product of so few rows. */
const FEW_FILTERS = 2;

/** The numbers of a convolution. */
interface Sizes {
  readonly images: number;
  readonly channels: number;
  readonly filters: number;
  /** Elements of a kernel, of an output plane and of an input plane. */
  readonly taps: number;
  readonly places: number;
  readonly pixels: number;
  /** How many images are lowered together. */
  readonly block: number;
}

function sizesOf(images: number, weight: View, { kernel, output, input, groups }: Convolution): Sizes {
  const channels = weight.shape[1]! * groups;
  const [taps, places, pixels] = [sizeOf(kernel), sizeOf(output), sizeOf(input)];
  const block = Math.max(1, Math.min(images, Math.floor(BLOCK_ELEMENTS / (channels * taps * places))));
  return { images, channels, filters: weight.shape[0]!, taps, places, pixels, block };
}

/** Whether each output place sees one input place, its own: then the images are the columns. */
function isPointwise({ taps }: Sizes, { input, output, stride, padding }: Convolution): boolean {
  return (
    taps === 1 && input.every((length, i) => length === output[i] && stride[i] === 1 && padding[i] === 0)
  );
}

/** Whether every channel has few filters of its own. */
function isDepthwise({ channels, filters }: Sizes, { groups }: Convolution): boolean {
  return groups === channels && filters <= FEW_FILTERS * groups;
}

/**
 * The convolutions, lowered to a matrix product by blocks of images. With the windows of a block as the columns of a matrix
 * [c * taps, images * places] (a group's rows stand together), the filters as [o, c / groups * taps]:
 *
 *     out = filters columns        columns' cotangent = filters^T g        filters' cotangent = g columns^T
 *
 * Source: K. Chellapilla, S. Puri, P. Simard, High performance convolutional neural networks for document processing, 2006.
 */
export function convolutions(
  matmul: Kernels['matmul'],
): Pick<ImageKernels, 'convolution' | 'convInput' | 'convWeight'> {
  return {
    convolution(x, weight, bias, c) {
      const sizes = sizesOf(x.shape[0]!, weight, c);
      const { images, filters, places } = sizes;
      if (isPointwise(sizes, c)) {
        const product = matmul(repeated(filterMatrix(weight, c), images), grouped(x, c));
        return plusBias(product, bias, places);
      }
      const out = allocate(x.dtype, images * filters * places);
      if (isDepthwise(sizes, c)) {
        depthwise(x, weight, c, sizes, out);
        return plusBias(new Storage(out), bias, places);
      }
      const matrix = filterMatrix(weight, c);
      forEachBlock(x, c, sizes, (columns, from, count) => {
        const product = matmul(matrix, columns).array;
        for (let n = 0; n < count; n++) {
          for (let o = 0; o < filters; o++) {
            copy(product, (o * count + n) * places, out, ((from + n) * filters + o) * places, places);
          }
        }
      });
      return plusBias(new Storage(out), bias, places);
    },

    convInput(g, weight, c) {
      const sizes = sizesOf(g.shape[0]!, weight, c);
      const { images, channels, taps, places, pixels, block } = sizes;
      const matrix = transposed(filterMatrix(weight, c));
      if (isPointwise(sizes, c)) return matmul(repeated(matrix, images), grouped(g, c));
      const out = allocate(g.dtype, images * channels * pixels);
      if (isDepthwise(sizes, c)) {
        depthwiseInput(g, weight, c, sizes, out);
        return new Storage(out);
      }
      const rows = windowRows(c, contiguousStrides(c.input));
      const plane = new Float64Array(pixels);
      const dense = contiguous(g);
      for (let from = 0; from < images; from += block) {
        const count = Math.min(block, images - from);
        const columns = matmul(matrix, blockOf(dense, from, count, c)).array;
        for (let n = 0; n < count; n++) {
          for (let channel = 0; channel < channels; channel++) {
            plane.fill(0);
            addColumns(columns, (channel * taps * count + n) * places, count * places, rows, plane);
            out.set(plane, ((from + n) * channels + channel) * pixels);
          }
        }
      }
      return new Storage(out);
    },

    convWeight(x, g, c) {
      const filters = g.shape[1]!;
      const shape = [filters, x.shape[1]! / c.groups, ...c.kernel];
      const size = sizeOf(shape);
      const sizes = sizesOf(x.shape[0]!, viewOf(g.storage, g.dtype, shape), c);
      const totals = new Float64Array(size);
      if (isDepthwise(sizes, c)) {
        depthwiseWeight(x, g, c, sizes, totals);
      } else {
        const dense = contiguous(g);
        forEachBlock(x, c, sizes, (columns, from, count) => {
          const product = matmul(blockOf(dense, from, count, c), transposed(columns)).array;
          for (let i = 0; i < size; i++) totals[i]! += product[i]!;
        });
      }
      const out = allocate(x.dtype, size);
      out.set(totals);
      return new Storage(out);
    },
  };
}

/** Adds an element of the bias to each plane of `places` elements, in place. */
function plusBias(y: Storage, bias: View | null, places: number): Storage {
  if (bias === null) return y;
  const { array } = y;
  const { storage, offset, size, strides } = bias;
  for (let at = 0, plane = 0; at < array.length; plane++) {
    const term = storage.array[offset + (plane % size) * strides[0]!]!;
    for (const end = at + places; at < end; at++) array[at]! += term;
  }
  return y;
}

/** The filters as matrices [groups, o / groups, c / groups * taps]. */
function filterMatrix(weight: View, { groups }: Convolution): View {
  const { storage, dtype, offset, size } = contiguous(weight);
  const rows = weight.shape[0]! / groups;
  return viewOf(storage, dtype, [groups, rows, size / weight.shape[0]!], undefined, offset);
}

/** Images (n, c, …) as matrices [n, groups, c / groups, places]. */
function grouped(x: View, { groups }: Convolution): View {
  const { storage, dtype, offset, shape } = contiguous(x);
  const matrices = [shape[0]!, groups, shape[1]! / groups, sizeOf(shape.slice(2))];
  return viewOf(storage, dtype, matrices, undefined, offset);
}

/** The same matrices for each of some images. */
function repeated({ storage, dtype, shape, strides, offset }: View, images: number): View {
  return viewOf(storage, dtype, [images, ...shape], [0, ...strides], offset);
}

function transposed({ storage, dtype, shape, strides, offset }: View): View {
  const [groups, rows, columns] = shape as [number, number, number];
  const [step, down, along] = strides as [number, number, number];
  return viewOf(storage, dtype, [groups, columns, rows], [step, along, down], offset);
}

/** Calls `visit` with the columns [groups, c / groups * taps, count * places] of each block of images. */
function forEachBlock(
  x: View,
  c: Convolution,
  { images, channels, taps, places, block }: Sizes,
  visit: (columns: View, from: number, count: number) => void,
): void {
  const rows = windowRows(c, x.strides.slice(2));
  const storage = new Storage(allocate(x.dtype, channels * taps * block * places));
  for (let from = 0; from < images; from += block) {
    const count = Math.min(block, images - from);
    const line = count * places;
    for (let channel = 0; channel < channels; channel++) {
      for (let n = 0; n < count; n++) {
        const plane = x.offset + (from + n) * x.strides[0]! + channel * x.strides[1]!;
        planeToColumns(x.storage.array, plane, rows, storage.array, channel * taps * line + n * places, line);
      }
    }
    visit(viewOf(storage, x.dtype, [c.groups, (channels / c.groups) * taps, line]), from, count);
  }
}

/** Some of the images (n, o, …) of a row-major view, as matrices [groups, o / groups, count * places]. */
function blockOf({ storage, dtype, offset, shape }: View, from: number, count: number, c: Convolution): View {
  const filters = shape[1]!;
  const places = sizeOf(c.output);
  const start = offset + from * filters * places;
  const matrix = [c.groups, filters / c.groups, count * places];
  if (count === 1) return viewOf(storage, dtype, matrix, undefined, start);
  const out = allocate(dtype, filters * count * places);
  for (let o = 0; o < filters; o++) {
    for (let n = 0; n < count; n++) {
      copy(storage.array, start + (n * filters + o) * places, out, (o * count + n) * places, places);
    }
  }
  return viewOf(new Storage(out), dtype, matrix);
}

/** From this many elements on, `set` takes less time than a loop. */
const LONG_LINE = 32;

function copy(source: NumericArray, i: number, target: NumericArray, k: number, length: number): void {
  if (length >= LONG_LINE) target.set(source.subarray(i, i + length), k);
  else for (const end = i + length; i < end; ) target[k++] = source[i++]!;
}

/** Where the plane of channel `channel` of image `n` starts. */
const planeAt = (x: View, n: number, channel: number): number =>
  x.offset + n * x.strides[0]! + channel * x.strides[1]!;

function depthwise(x: View, weight: View, c: Convolution, sizes: Sizes, out: NumericArray): void {
  const { images, channels, filters, taps, places } = sizes;
  const rows = windowRows(c, x.strides.slice(2));
  const kernel = contiguous(weight);
  const totals = new Float64Array(places);
  for (let n = 0; n < images; n++) {
    for (let o = 0; o < filters; o++) {
      totals.fill(0);
      const plane = planeAt(x, n, Math.floor((o * channels) / filters));
      addProducts(x.storage.array, plane, rows, kernel.storage.array, kernel.offset + o * taps, totals);
      out.set(totals, (n * filters + o) * places);
    }
  }
}

function depthwiseInput(g: View, weight: View, c: Convolution, sizes: Sizes, out: NumericArray): void {
  const { images, channels, filters, taps, places, pixels } = sizes;
  const rows = windowRows(c, contiguousStrides(c.input));
  const kernel = contiguous(weight);
  const { storage, offset } = contiguous(g);
  const each = filters / channels;
  const totals = new Float64Array(pixels);
  for (let n = 0; n < images; n++) {
    for (let channel = 0; channel < channels; channel++) {
      totals.fill(0);
      for (let o = channel * each; o < (channel + 1) * each; o++) {
        const at = offset + (n * filters + o) * places;
        spreadProducts(storage.array, at, rows, kernel.storage.array, kernel.offset + o * taps, totals);
      }
      out.set(totals, (n * channels + channel) * pixels);
    }
  }
}

function depthwiseWeight(x: View, g: View, c: Convolution, sizes: Sizes, totals: Float64Array): void {
  const { images, channels, filters, taps, places } = sizes;
  const rows = windowRows(c, x.strides.slice(2));
  const { storage, offset } = contiguous(g);
  for (let n = 0; n < images; n++) {
    for (let o = 0; o < filters; o++) {
      const plane = planeAt(x, n, Math.floor((o * channels) / filters));
      const at = offset + (n * filters + o) * places;
      addTapSums(x.storage.array, plane, rows, storage.array, at, totals, o * taps);
    }
  }
}

/** totals[place] += kernel[tap] * x[the tap's place in the window]. */
function addProducts(
  x: NumericArray,
  plane: number,
  { outerTaps, innerTaps, rows, length, starts, from, to, first, step }: WindowRows,
  kernel: NumericArray,
  tap: number,
  totals: Float64Array,
): void {
  for (let outer = 0; outer < outerTaps; outer++) {
    for (let inner = 0; inner < innerTaps; inner++, tap++) {
      const factor = kernel[tap]!;
      for (let row = 0; row < rows; row++) {
        const start = starts[outer * rows + row]!;
        if (start < 0) continue;
        const end = row * length + to[inner]!;
        let k = row * length + from[inner]!;
        for (let i = plane + start + first[inner]!; k < end; k++, i += step) totals[k]! += factor * x[i]!;
      }
    }
  }
}

/** totals[the tap's place in the window] += kernel[tap] * g[place]: the adjoint of {@link addProducts} in x. */
function spreadProducts(
  g: NumericArray,
  at: number,
  { outerTaps, innerTaps, rows, length, starts, from, to, first, step }: WindowRows,
  kernel: NumericArray,
  tap: number,
  totals: Float64Array,
): void {
  for (let outer = 0; outer < outerTaps; outer++) {
    for (let inner = 0; inner < innerTaps; inner++, tap++) {
      const factor = kernel[tap]!;
      for (let row = 0; row < rows; row++) {
        const start = starts[outer * rows + row]!;
        if (start < 0) continue;
        const end = at + row * length + to[inner]!;
        let k = at + row * length + from[inner]!;
        for (let i = start + first[inner]!; k < end; k++, i += step) totals[i]! += factor * g[k]!;
      }
    }
  }
}

/** totals[tap] += sum of g[place] * x[the tap's place in the window]: the adjoint of {@link addProducts} in the kernel. */
function addTapSums(
  x: NumericArray,
  plane: number,
  { outerTaps, innerTaps, rows, length, starts, from, to, first, step }: WindowRows,
  g: NumericArray,
  at: number,
  totals: Float64Array,
  tap: number,
): void {
  for (let outer = 0; outer < outerTaps; outer++) {
    for (let inner = 0; inner < innerTaps; inner++, tap++) {
      let total = 0;
      for (let row = 0; row < rows; row++) {
        const start = starts[outer * rows + row]!;
        if (start < 0) continue;
        const end = at + row * length + to[inner]!;
        let k = at + row * length + from[inner]!;
        for (let i = plane + start + first[inner]!; k < end; k++, i += step) total += g[k]! * x[i]!;
      }
      totals[tap]! += total;
    }
  }
}

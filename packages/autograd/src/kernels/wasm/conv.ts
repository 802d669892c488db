import { type FloatDType, isFloat, itemSize } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { Convolution } from '../kernels.ts';
import { contiguous } from '../reference/copy.ts';
import { windowRows } from '../reference/windows.ts';
import { numThreads } from '../threads.ts';
import { layerCoprocessor } from './layers.ts';
import type { Coprocessor, FloatArray } from './memory.ts';
import { type Pool, threadPool } from './pool.ts';

/** Bytes of the columns of a block of places: they are to stay in a core's cache. */
const columnBytes = 2 ** 19;

/** A block has at least so many places, even where their columns take more than {@link columnBytes}. */
const leastPlaces = 64;

/** Bytes of images, and of what becomes of them, in scratch at a time, for each call. */
const imageBytes = 2 ** 20;

/** Images or filters of more bytes than this are left to other kernels: scratch never shrinks. */
const mostBytes = 2 ** 26;

/** Elements of an operand from which these kernels beat the reference: measured, see bench/README.md. */
export const convThreshold = 32;

/** Multiply-adds from which several threads beat one. */
const threadsThreshold = 6e6;

/** Vectors are written whole: a line of columns may be overrun by so many bytes. */
const slack = 16;

/** A convolution in numbers; channels and filters are those of a group. */
export interface Plan {
  readonly dtype: FloatDType;
  readonly images: number;
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
  /** Elements of an input plane, of an output plane, of a kernel. */
  readonly pixels: number;
  readonly places: number;
  readonly taps: number;
  /** The taps of a kernel outside the last axis, times the channels. */
  readonly units: number;
  /** Whether each place sees one pixel, its own: then images need no lowering. */
  readonly direct: boolean;
  /** Whether every channel has a few filters of its own: then nothing is lowered. */
  readonly depthwise: boolean;
  /** Rows of places, and places in a row, that are lowered together. */
  readonly rowBlock: number;
  readonly placeBlock: number;
  readonly rows: number;
  readonly length: number;
  /** As `assembly/windows.ts` reads it. */
  readonly windows: Int32Array;
}

/**
 * How to run a convolution of so many images, filters and channels (of a group) here, or null where the reference kernels are
 * as good.
 */
export function plan(
  dtype: View['dtype'],
  images: number,
  filters: number,
  channels: number,
  c: Convolution,
): Plan | null {
  if (!isFloat(dtype)) return null;
  const { input, output, kernel, stride, padding, groups } = c;
  const [pixels, places, taps] = [sizeOf(input), sizeOf(output), sizeOf(kernel)];
  if (images * filters * channels * pixels * places === 0) return null;
  // Of so few filters a channel, a product of matrices would have too few rows.
  const depthwise = channels === 1 && groups > 1 && filters <= 2;
  const { outerTaps, innerTaps, rows, length, starts, from, to, first, step } = windowRows(
    c,
    contiguousStrides(input),
  );
  const depth = channels * taps;
  const budget = columnBytes / itemSize[dtype];
  const rowBlock = Math.max(1, Math.min(rows, Math.floor(budget / (depth * length))));
  const placeBlock = Math.min(length, Math.max(leastPlaces, Math.floor(budget / depth)));
  const bytes =
    itemSize[dtype] *
    Math.max(groups * channels * pixels, groups * filters * places, groups * filters * depth);
  if (bytes > mostBytes) return null;
  return {
    dtype,
    images,
    groups,
    channels,
    filters,
    pixels,
    places,
    taps,
    units: channels * outerTaps,
    direct: taps === 1 && input.every((size, i) => size === output[i] && stride[i] === 1 && padding[i] === 0),
    depthwise,
    rowBlock,
    placeBlock,
    rows,
    length,
    windows: Int32Array.of(
      ...[pixels, outerTaps, innerTaps, rows, length, step, ...starts, ...from, ...to, ...first],
    ),
  };
}

/** Bytes of the columns of a block, rounded up to whole vectors. */
export function blockBytes({ dtype, channels, taps, rowBlock, placeBlock, direct, depthwise }: Plan): number {
  return direct || depthwise ? 0 : vectors(itemSize[dtype] * channels * taps * rowBlock * placeBlock + slack);
}

export const vectors = (bytes: number): number => (bytes + 15) & ~15;

/** Where a convolution runs: on this thread, or on several over a memory that they share. */
interface Site {
  readonly unit: Coprocessor;
  readonly pool: Pool | null;
  /** How many calls are made at a time. */
  readonly calls: number;
}

/** More calls than threads: who is held up makes fewer of them. */
const callsPerThread = 2;

/** Who is to do so many multiply-adds, in at most `parts` shares. */
function siteFor(work: number, parts: number): Site {
  const pool = work < threadsThreshold || parts < 2 ? null : threadPool();
  const threads = pool?.awake(numThreads()) ?? 1;
  return pool === null || threads === 1
    ? { unit: layerCoprocessor(), pool: null, calls: 1 }
    : { unit: pool.unit, pool, calls: Math.min(callsPerThread * threads, parts) };
}

/** Calls a kernel once for each list of operands: on threads of their own where there are several. */
function call(
  { unit, pool }: Site,
  kernel: string,
  size: number,
  calls: readonly (readonly number[])[],
): void {
  if (pool !== null && calls.length > 1) pool.run(kernel, size, calls);
  else for (const operands of calls) unit.kernel(kernel, size)(...operands);
}

/** The kernels of channels with filters of their own. */
const depthwiseKernels = {
  convInput: 'depthwiseInput',
  convWeight: 'depthwiseWeight',
  convolution: 'depthwise',
} as const;

/** The operands of a kernel behind those of images and groups. */
function layout(p: Plan, windows: number, columns: number, work: number): readonly number[] {
  if (p.depthwise) return [p.filters, windows];
  return [p.channels, p.filters, windows, p.rowBlock, p.placeBlock, p.direct ? 1 : 0, columns, work];
}

/** `ImageKernels.convolution` by images, and its adjoint in them, `convInput`: `kernel` says which. */
function perImage(
  kernel: 'convInput' | 'convolution',
  from: View,
  weight: View,
  bias: View | null,
  p: Plan,
): Storage {
  const { dtype, images, groups, channels, filters, pixels, places } = p;
  const [perPart, outPerPart] =
    kernel === 'convolution' ? [channels * pixels, filters * places] : [filters * places, channels * pixels];
  const size = itemSize[dtype];
  const source = from.storage.array as FloatArray;
  const out = allocate(dtype, images * groups * outPerPart) as FloatArray;
  const site = siteFor(images * groups * filters * channels * p.taps * places, images);
  const { unit, calls: most } = site;
  const each = groups * (perPart + outPerPart) * size;
  const share = Math.max(1, Math.min(Math.ceil(images / most), Math.floor(imageBytes / each)));
  const block = blockBytes(p);
  const columns = unit.scratchBase + most * unit.gemmWorkBytes;
  const windows = columns + most * block;
  const weightAt = vectors(windows + p.windows.byteLength);
  const biasAt = vectors(weightAt + weight.size * size);
  const inAt = vectors(biasAt + groups * filters * size);
  const outAt = vectors(inAt + most * share * groups * perPart * size);
  unit.reserve(outAt + most * share * groups * outPerPart * size + slack);
  const view = unit.view(size);
  describe(unit, windows, p);
  put(weight, view, weightAt / size);
  if (bias !== null) put(bias, view, biasAt / size);
  const given = kernel === 'convInput' ? [weightAt] : [weightAt, bias === null ? 0 : biasAt];
  for (let n = 0; n < images; n += most * share) {
    const count = Math.min(most * share, images - n);
    const start = from.offset + n * groups * perPart;
    view.set(source.subarray(start, start + count * groups * perPart), inAt / size);
    const calls: number[][] = [];
    for (let i = 0; i < count; i += share) {
      const place = calls.length;
      calls.push([
        inAt + i * groups * perPart * size,
        ...given,
        outAt + i * groups * outPerPart * size,
        ...[Math.min(share, count - i), groups],
        ...layout(p, windows, columns + place * block, unit.scratchBase + place * unit.gemmWorkBytes),
      ]);
    }
    call(site, p.depthwise ? depthwiseKernels[kernel] : kernel, size, calls);
    const end = outAt / size + count * groups * outPerPart;
    out.set(view.subarray(outAt / size, end), n * groups * outPerPart);
  }
  return new Storage(out);
}

/** Writes the description of the windows into scratch. */
export function describe(unit: Coprocessor, at: number, { windows }: Plan): void {
  new Int32Array(unit.view(4).buffer, at, windows.length).set(windows);
}

/** Copies a row-major view to an index of scratch. */
function put({ storage, offset, size }: View, view: FloatArray, at: number): void {
  view.set(storage.array.subarray(offset, offset + size) as FloatArray, at);
}

/** `ImageKernels.convolution`. */
export function convolution(x: View, weight: View, bias: View | null, p: Plan): Storage {
  return perImage('convolution', contiguous(x), contiguous(weight), bias && contiguous(bias), p);
}

/** `ImageKernels.convInput`. */
export function convInput(g: View, weight: View, p: Plan): Storage {
  return perImage('convInput', contiguous(g), contiguous(weight), null, p);
}

/** `ImageKernels.convWeight`. */
export function convWeight(x: View, g: View, p: Plan): Storage {
  return weightCotangent(contiguous(x), contiguous(g), p);
}

function weightCotangent(x: View, g: View, p: Plan): Storage {
  const { dtype, images, groups, channels, filters, pixels, places, taps, units } = p;
  const size = itemSize[dtype];
  const out = allocate(dtype, groups * filters * channels * taps) as FloatArray;
  const site = siteFor(images * groups * filters * channels * taps * places, p.direct ? 1 : units);
  const { unit, calls: most } = site;
  const perImageX = groups * channels * pixels;
  const perImageG = groups * filters * places;
  const each = (perImageX + perImageG) * size;
  const share = Math.max(1, Math.min(images, Math.floor((most * imageBytes) / each)));
  const block = blockBytes(p);
  const columns = unit.scratchBase + most * unit.gemmWorkBytes;
  const windows = columns + most * block;
  const weightAt = vectors(windows + p.windows.byteLength);
  const xAt = vectors(weightAt + out.byteLength);
  const gAt = vectors(xAt + share * perImageX * size);
  unit.reserve(gAt + share * perImageG * size + slack);
  const view = unit.view(size);
  describe(unit, windows, p);
  view.fill(0, weightAt / size, weightAt / size + out.length);
  const xs = x.storage.array as FloatArray;
  const gs = g.storage.array as FloatArray;
  const unitShare = Math.ceil(units / most);
  for (let n = 0; n < images; n += share) {
    const count = Math.min(share, images - n);
    const startX = x.offset + n * perImageX;
    const startG = g.offset + n * perImageG;
    view.set(xs.subarray(startX, startX + count * perImageX), xAt / size);
    view.set(gs.subarray(startG, startG + count * perImageG), gAt / size);
    const calls: number[][] = [];
    for (let u = 0; u < units; u += unitShare) {
      const place = calls.length;
      calls.push([
        ...[xAt, gAt, weightAt, count, groups],
        ...layout(p, windows, columns + place * block, unit.scratchBase + place * unit.gemmWorkBytes),
        ...[u, Math.min(u + unitShare, units)],
      ]);
    }
    call(site, p.depthwise ? depthwiseKernels.convWeight : 'convWeight', size, calls);
  }
  out.set(view.subarray(weightAt / size, weightAt / size + out.length));
  return new Storage(out);
}

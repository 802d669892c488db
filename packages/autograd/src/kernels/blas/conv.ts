import { itemSize } from '../../tensor/dtype.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { contiguous } from '../reference/copy.ts';
import { numThreads } from '../threads.ts';
import { blockBytes, describe, type Plan, vectors } from '../wasm/conv.ts';
import { layerCoprocessor } from '../wasm/layers.ts';
import type { FloatArray } from '../wasm/memory.ts';
import { type Blas, layoutNumber } from './library.ts';

// Images are lowered in scratch, as in `assembly/conv.ts`; the products are the system's, which reads and writes scratch as it is.

const { order, rows: AS_IS, columns: TRANSPOSED } = layoutNumber;

/** Multiply-adds from which several threads beat one. */
const threadsThreshold = 256 ** 3;

/** Called with a block of places of an image and a group: where it starts in an output plane, and how many places it has. */
type Visit = (image: number, group: number, at: number, count: number, block: readonly number[]) => void;

function forEachBlock({ images, groups, rows, length, rowBlock, placeBlock }: Plan, visit: Visit): void {
  for (let image = 0; image < images; image++) {
    for (let group = 0; group < groups; group++) {
      for (let row = 0; row < rows; row += rowBlock) {
        const rowTo = Math.min(row + rowBlock, rows);
        for (let place = 0; place < length; place += placeBlock) {
          const placeTo = Math.min(place + placeBlock, length);
          const block = [row, rowTo, place, placeTo];
          visit(image, group, row * length + place, (rowTo - row) * (placeTo - place), block);
        }
      }
    }
  }
}

/** Room in scratch for the description of the windows, the planes of a group, and the columns of a block. */
function lay(p: Plan) {
  const size = itemSize[p.dtype];
  const unit = layerCoprocessor();
  const windows = unit.scratchBase;
  const planes = vectors(windows + p.windows.byteLength);
  const columns = vectors(planes + p.channels * p.pixels * size + 16);
  unit.reserve(columns + blockBytes(p));
  describe(unit, windows, p);
  const scratch = unit.view(size);
  const plane = scratch.subarray(planes / size, planes / size + p.channels * p.pixels);
  return { unit, size, windows, planes, plane, columns, matrix: scratch.subarray(columns / size) };
}

function start(blas: Blas, p: Plan): void {
  const block = p.filters * p.channels * p.taps * p.rowBlock * p.placeBlock;
  blas.useThreads(block < threadsThreshold ? 1 : numThreads());
}

const arrayOf = (view: View): FloatArray => contiguous(view).storage.array as FloatArray;
const offsetOf = (view: View): number => (view.isContiguous ? view.offset : 0);

/** `ImageKernels.convolution`. */
export function convolution(blas: Blas, x: View, weight: View, bias: View | null, p: Plan): Storage {
  const { groups, channels, filters, pixels, places, taps, units, direct } = p;
  const gemm = blas.gemm[p.dtype];
  const [xs, ws] = [arrayOf(x), arrayOf(weight)];
  const out = allocate(p.dtype, p.images * groups * filters * places) as FloatArray;
  if (bias !== null) {
    for (let plane = 0; plane * places < out.length; plane++) {
      const term = bias.storage.array[bias.offset + (plane % bias.size) * bias.strides[0]!]!;
      out.fill(term, plane * places, (plane + 1) * places);
    }
  }
  const depth = channels * taps;
  const { unit, size, windows, planes, plane, columns, matrix } = lay(p);
  const lower = unit.kernel('toColumns', size);
  start(blas, p);
  forEachBlock(p, (image, group, at, count, block) => {
    const part = image * groups + group;
    const from = offsetOf(x) + part * channels * pixels;
    let [b, bRow] = [xs.subarray(from + at), pixels];
    if (!direct) {
      if (at === 0) plane.set(xs.subarray(from, from + plane.length));
      lower(planes, windows, 0, units, ...block, columns);
      [b, bRow] = [matrix, count];
    }
    const w = ws.subarray(offsetOf(weight) + group * filters * depth);
    const y = out.subarray(part * filters * places + at);
    gemm(order, AS_IS, AS_IS, filters, count, depth, 1, w, depth, b, bRow, bias === null ? 0 : 1, y, places);
  });
  return new Storage(out);
}

/** `ImageKernels.convInput`. */
export function convInput(blas: Blas, g: View, weight: View, p: Plan): Storage {
  const { groups, channels, filters, pixels, places, taps, units, direct } = p;
  const gemm = blas.gemm[p.dtype];
  const [gs, ws] = [arrayOf(g), arrayOf(weight)];
  const out = allocate(p.dtype, p.images * groups * channels * pixels) as FloatArray;
  const depth = channels * taps;
  const { unit, size, windows, planes, plane, columns, matrix } = lay(p);
  const raise = unit.kernel('fromColumns', size);
  start(blas, p);
  forEachBlock(p, (image, group, at, count, block) => {
    const part = image * groups + group;
    const to = part * channels * pixels;
    const [c, cRow] = direct ? [out.subarray(to + at), pixels] : [matrix, count];
    const w = ws.subarray(offsetOf(weight) + group * filters * depth);
    const b = gs.subarray(offsetOf(g) + part * filters * places + at);
    gemm(order, TRANSPOSED, AS_IS, depth, count, filters, 1, w, depth, b, places, 0, c, cRow);
    if (direct) return;
    if (at === 0) plane.fill(0);
    raise(columns, windows, units, ...block, planes);
    if (at + count === places) out.set(plane, to);
  });
  return new Storage(out);
}

/** `ImageKernels.convWeight`. */
export function convWeight(blas: Blas, x: View, g: View, p: Plan): Storage {
  const { groups, channels, filters, pixels, places, taps, units, direct } = p;
  const gemm = blas.gemm[p.dtype];
  const [xs, gs] = [arrayOf(x), arrayOf(g)];
  const depth = channels * taps;
  const out = allocate(p.dtype, groups * filters * depth) as FloatArray;
  const { unit, size, windows, planes, plane, columns, matrix } = lay(p);
  const lower = unit.kernel('toColumns', size);
  start(blas, p);
  forEachBlock(p, (image, group, at, count, block) => {
    const part = image * groups + group;
    const from = offsetOf(x) + part * channels * pixels;
    let [b, bRow] = [xs.subarray(from + at), pixels];
    if (!direct) {
      if (at === 0) plane.set(xs.subarray(from, from + plane.length));
      lower(planes, windows, 0, units, ...block, columns);
      [b, bRow] = [matrix, count];
    }
    const a = gs.subarray(offsetOf(g) + part * filters * places + at);
    const w = out.subarray(group * filters * depth);
    gemm(order, AS_IS, TRANSPOSED, filters, depth, count, 1, a, places, b, bRow, 1, w, depth);
  });
  return new Storage(out);
}

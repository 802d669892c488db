import { isFloat, itemSize } from '../../tensor/dtype.ts';
import { type Shape, sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { Taps } from '../kernels.ts';
import { contiguous } from '../reference/copy.ts';
import { layerCoprocessor } from './layers.ts';
import type { FloatArray } from './memory.ts';

/** Bytes of planes in scratch at a time. */
const chunkBytes = 2 ** 17;

/** Elements from which the kernel beats a loop in plain JavaScript: measured, see bench/README.md. */
export const maxPoolThreshold = 64;

/** Larger planes than this are left to the reference: they are whole in scratch, several times. */
const mostPixels = 2 ** 20;

/** Numbers that describe a pass, as `assembly/pool.ts` reads them. */
const passLength = 10;

/** `ImageKernels.maxPool` of float views; null for others. It gives what the reference gives. */
export function maxPool(x: View, axes: readonly Taps[]): Storage | null {
  const rank = axes.length;
  const plane = x.shape.slice(-rank);
  const pixels = sizeOf(plane);
  const places = sizeOf(axes.map(({ starts }) => starts.length - 1));
  if (!isFloat(x.dtype) || x.size === 0 || pixels > mostPixels) return null;
  const bytes = itemSize[x.dtype];
  const planes = x.size / pixels;
  const { passes, most } = describePasses(plane, axes);
  const height = Math.max(1, Math.min(planes, Math.floor(chunkBytes / (pixels * bytes + 4 * places))));
  const unit = layerCoprocessor();
  const kernel = unit.kernel('maxPool', bytes);
  const room = 8 * most + 64;
  const work = unit.scratchBase;
  const passesAt = work + 5 * room;
  const xAt = (passesAt + passes.byteLength + 15) & ~15;
  const yAt = (xAt + height * pixels * bytes + 79) & ~15;
  unit.reserve(yAt + 4 * height * places + 64);
  const scratch = unit.view(bytes);
  const integers = new Int32Array(scratch.buffer);
  integers.set(passes, passesAt / 4);
  const { storage, offset } = contiguous(x);
  const source = storage.array as FloatArray;
  const out = allocate('int32', planes * places);
  for (let from = 0; from < planes; from += height) {
    const count = Math.min(height, planes - from);
    const start = offset + from * pixels;
    scratch.set(source.subarray(start, start + count * pixels), xAt / bytes);
    kernel(xAt, count, pixels, rank, passesAt, yAt, places, work, room);
    out.set(integers.subarray(yAt / 4, yAt / 4 + count * places), from * places);
  }
  return new Storage(out);
}

/**
 * A pass along each axis, from the last one: the largest of a rectangle is the largest of the largest of its rows. `most` is the
 * largest number of elements on the way.
 */
function describePasses(plane: Shape, axes: readonly Taps[]): { passes: Int32Array; most: number } {
  const numbers: number[] = [];
  const tables: number[] = [];
  let lengths = plane;
  let most = sizeOf(plane);
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const { starts, positions } = axes[axis]!;
    const count = starts.length - 1;
    // Offsets of the tables count from the pass that they belong to.
    const at = 4 * (axes.length * passLength + tables.length - numbers.length);
    numbers.push(
      ...[sizeOf(lengths.slice(0, axis)), lengths[axis]!, sizeOf(lengths.slice(axis + 1)), count],
      ...regularity(axes[axis]!),
      ...[at, at + 4 * starts.length],
    );
    tables.push(...starts, ...positions);
    lengths = lengths.with(axis, count);
    most = Math.max(most, sizeOf(lengths));
  }
  return { passes: Int32Array.of(...numbers, ...tables), most };
}

/** The step from window to window, the elements of each, the first and the dilation; zeros where windows differ. */
function regularity({ starts, positions }: Taps): readonly [number, number, number, number] {
  const taps = starts[1]! - starts[0]!;
  const [first, dilation] = [positions[0]!, taps > 1 ? positions[1]! - positions[0]! : 1];
  const step = starts.length > 2 ? positions[taps]! - first : 1;
  const regular = (step === 1 || step === 2) && starts.every((start, i) => start === i * taps);
  const same = positions.every(
    (position, k) => position === first + Math.floor(k / taps) * step + (k % taps) * dilation,
  );
  return regular && same ? [step, taps, first, dilation] : [0, 0, 0, 0];
}

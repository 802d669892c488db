import { isFloat, itemSize } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { Taps } from '../kernels.ts';
import { contiguous } from '../reference/copy.ts';
import { layerCoprocessor } from './layers.ts';
import type { FloatArray } from './memory.ts';

/** Bytes of lines in scratch at a time. */
const chunkBytes = 2 ** 15;

/** Elements from which the kernel beats a loop in plain JavaScript: measured, see bench/README.md. */
export const resampleThreshold = 64;

/** Longer lines, and more taps, than this are left to the reference: they are whole in scratch. */
const longestLine = 2 ** 22;

/** `ImageKernels.resample` of float views; null for others. It gives the bits of the reference. */
export function resample(x: View, axis: number, { starts, positions, weights }: Taps): Storage | null {
  const { dtype, shape } = x;
  if (!isFloat(dtype)) return null;
  const [length, count] = [shape[axis]!, starts.length - 1];
  const inner = sizeOf(shape.slice(axis + 1));
  const lines = sizeOf(shape.slice(0, axis));
  const [from, to] = [length * inner, count * inner];
  if (lines * from * to === 0 || from + to + positions.length > longestLine) return null;
  const bytes = itemSize[dtype];
  const height = Math.max(1, Math.min(lines, Math.floor(chunkBytes / bytes / (from + to))));
  const unit = layerCoprocessor();
  const kernel = unit.kernel('resample', bytes);
  const weightsAt = unit.scratchBase;
  const startsAt = weightsAt + weights.byteLength;
  const positionsAt = startsAt + starts.byteLength;
  const xAt = 8 * Math.ceil((positionsAt + positions.byteLength) / 8);
  const yAt = xAt + 8 * Math.ceil((height * from * bytes) / 8);
  unit.reserve(yAt + height * to * bytes);
  const scratch = unit.view(bytes);
  const integers = new Int32Array(scratch.buffer);
  unit.view(8).set(weights, weightsAt / 8);
  integers.set(starts, startsAt / 4);
  integers.set(positions, positionsAt / 4);
  const { storage, offset } = contiguous(x);
  const source = storage.array as FloatArray;
  const out = allocate(dtype, lines * to) as FloatArray;
  for (let line = 0; line < lines; line += height) {
    const some = Math.min(height, lines - line);
    const start = offset + line * from;
    scratch.set(source.subarray(start, start + some * from), xAt / bytes);
    kernel(xAt, yAt, some, length, inner, count, startsAt, positionsAt, weightsAt);
    out.set(scratch.subarray(yAt / bytes, yAt / bytes + some * to), line * to);
  }
  return new Storage(out);
}

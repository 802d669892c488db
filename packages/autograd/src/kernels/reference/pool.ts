import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { Taps } from '../kernels.ts';
import { contiguous } from './copy.ts';

/** Values, and where in its plane each comes from: kept from plane to plane. */
interface Found {
  readonly values: Float64Array;
  readonly places: Int32Array;
}

const room = (size: number): Found => ({ values: new Float64Array(size), places: new Int32Array(size) });

/**
 * Reference `ImageKernels.maxPool`. The largest of a rectangle is the largest of the largest of its rows: axis by axis, from the
 * last, a window of k by k costs 2 k comparisons instead of k^2.
 */
export function maxPool(x: View, axes: readonly Taps[]): Storage {
  const { storage, offset, shape } = contiguous(x);
  const { array } = storage;
  const rank = axes.length;
  const plane = shape.slice(-rank);
  const pixels = sizeOf(plane);
  const planes = sizeOf(shape.slice(0, -rank));
  const start = room(pixels);
  for (let i = 0; i < pixels; i++) start.places[i] = i;
  let lengths = plane;
  const passes = axes
    .map((taps, axis) => ({ taps, axis }))
    .reverse()
    .map(({ taps, axis }) => {
      const lines = sizeOf(lengths.slice(0, axis));
      const inner = sizeOf(lengths.slice(axis + 1));
      const length = lengths[axis]!;
      const count = taps.starts.length - 1;
      lengths = lengths.with(axis, count);
      return { taps, lines, length, inner, found: room(lines * count * inner) };
    });
  const { places } = passes.at(-1)!.found;
  const out = allocate('int32', planes * places.length);
  for (let i = 0; i < planes; i++) {
    const at = offset + i * pixels;
    for (let k = 0; k < pixels; k++) start.values[k] = array[at + k]!;
    let from = start;
    for (const { taps, lines, length, inner, found } of passes) {
      largest(from, taps, lines, length, inner, found);
      from = found;
    }
    out.set(places, i * places.length);
  }
  return new Storage(out);
}

/** The largest of the places named for each place along one axis. */
function largest(
  from: Found,
  { starts, positions }: Taps,
  lines: number,
  length: number,
  inner: number,
  found: Found,
): void {
  const { values } = from;
  let k = 0;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i + 1 < starts.length; i++) {
      const first = starts[i]!;
      const end = starts[i + 1]!;
      for (let n = 0; n < inner; n++, k++) {
        let at = (line * length + positions[first]!) * inner + n;
        let most = values[at]!;
        for (let tap = first + 1; tap < end; tap++) {
          const other = (line * length + positions[tap]!) * inner + n;
          const value = values[other]!;
          if (value > most || Number.isNaN(value)) {
            most = value;
            at = other;
          }
        }
        found.values[k] = most;
        found.places[k] = from.places[at]!;
      }
    }
  }
}

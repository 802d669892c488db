import type { NumericArray } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { Taps } from '../kernels.ts';
import { contiguous } from './copy.ts';

/** Values along some axes, and where in its plane each comes from. */
interface Found {
  readonly values: NumericArray;
  readonly places: Int32Array | null;
  readonly shape: readonly number[];
}

/**
 * Reference `Kernels.maxPool`. The largest of a rectangle is the largest of the largest of its rows: axis by axis, from the
 * last, a window of k by k costs 2 k comparisons instead of k^2.
 */
export function maxPool(x: View, axes: readonly Taps[]): Storage {
  const { storage, offset, shape } = contiguous(x);
  const rank = axes.length;
  const plane = shape.slice(-rank);
  const pixels = sizeOf(plane);
  const places = axes.reduce((product, { starts }) => product * (starts.length - 1), 1);
  const planes = sizeOf(shape.slice(0, -rank));
  const out = allocate('int32', planes * places) as Int32Array;
  for (let i = 0; i < planes; i++) {
    const start = offset + i * pixels;
    let found: Found = { values: storage.array.subarray(start, start + pixels), places: null, shape: plane };
    for (let axis = rank - 1; axis >= 0; axis--) found = largest(found, axis, axes[axis]!);
    out.set(found.places!, i * places);
  }
  return new Storage(out);
}

/** The largest of the places named for each place along one axis. */
function largest({ values, places, shape }: Found, axis: number, { starts, positions }: Taps): Found {
  const lines = sizeOf(shape.slice(0, axis));
  const length = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const count = starts.length - 1;
  const best = new Float64Array(lines * count * inner);
  const from = new Int32Array(best.length);
  let k = 0;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < count; i++) {
      const end = starts[i + 1]!;
      for (let n = 0; n < inner; n++, k++) {
        let at = (line * length + positions[starts[i]!]!) * inner + n;
        let most = values[at]!;
        for (let tap = starts[i]! + 1; tap < end; tap++) {
          const other = (line * length + positions[tap]!) * inner + n;
          const value = values[other]!;
          if (value > most || Number.isNaN(value)) {
            most = value;
            at = other;
          }
        }
        best[k] = most;
        from[k] = places === null ? at : places[at]!;
      }
    }
  }
  return { values: best, places: from, shape: shape.with(axis, count) };
}

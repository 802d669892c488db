import type { Taps } from '../kernels/kernels.ts';
import { imageKernels } from '../kernels/select.ts';
import { linear } from '../tape/shorthands.ts';
import { wrap } from '../tensor/core.ts';
import type { Tensor } from '../tensor.ts';

// What averages over windows, interpolation and padding have in common: each is, axis by axis, a product with a sparse
// matrix, and its derivative the product with the transposed one.

/** A sparse matrix for one axis. */
export interface Resampling {
  readonly axis: number;
  readonly taps: Taps;
}

const resampleOp: (x: Tensor, resampling: Resampling) => Tensor = /* @__PURE__ */ linear<Resampling>({
  name: 'resample',
  forward: (x, { axis, taps }) =>
    wrap(imageKernels.resample(x, axis, taps), x.dtype, x.shape.with(axis, taps.starts.length - 1)),
  transpose: (g, { axis, taps }, like) => resampleOp(g, { axis, taps: transposed(taps, like.shape[axis]!) }),
});

/** Products of the last axes with one matrix each: y[…, i, …] = sum over its taps of weight * x[…, position, …]. */
export function resample(x: Tensor, matrices: readonly Taps[]): Tensor {
  const lead = x.ndim - matrices.length;
  return matrices.reduce((y, taps, i) => resampleOp(y, { axis: lead + i, taps }), x);
}

/** Names the places, and their weights, that one place of a result is made from. */
export type TapsOfPlace = (place: number, add: (position: number, weight: number) => void) => void;

/** The taps of `count` places. */
export function tapsOf(count: number, ofPlace: TapsOfPlace): Taps {
  const starts = new Int32Array(count + 1);
  const positions: number[] = [];
  const weights: number[] = [];
  const add = (position: number, weight: number) => {
    // Infinity and NaN do not reach a place that does not count them.
    if (weight === 0) return;
    positions.push(position);
    weights.push(weight);
  };
  for (let place = 0; place < count; place++) {
    ofPlace(place, add);
    starts[place + 1] = positions.length;
  }
  return { starts, positions: Int32Array.from(positions), weights: Float64Array.from(weights) };
}

/** The transposed matrix, by counting how often each of `length` positions is read. */
export function transposed({ starts, positions, weights }: Taps, length: number): Taps {
  const ends = new Int32Array(length + 1);
  for (const position of positions) ends[position + 1]!++;
  for (let i = 0; i < length; i++) ends[i + 1]! += ends[i]!;
  const next = ends.slice();
  const places = new Int32Array(positions.length);
  const turned = new Float64Array(positions.length);
  for (let place = 0; place + 1 < starts.length; place++) {
    for (let tap = starts[place]!; tap < starts[place + 1]!; tap++) {
      const at = next[positions[tap]!]!++;
      places[at] = place;
      turned[at] = weights[tap]!;
    }
  }
  return { starts: ends, positions: places, weights: turned };
}

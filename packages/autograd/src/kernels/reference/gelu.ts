import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { ndtr } from '../special/erf.ts';
import { contiguous } from './copy.ts';

const DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

/** Reference `ActivationKernels.gelu`. */
export function gelu(x: View): readonly [y: Storage, share: Storage] {
  const { storage, offset, dtype, size } = contiguous(x);
  const [y, share] = [allocate(dtype, size), allocate(dtype, size)];
  for (let i = 0; i < size; i++) {
    const value = storage.array[offset + i]!;
    share[i] = ndtr(value);
    y[i] = value * share[i]!;
  }
  return [new Storage(y), new Storage(share)];
}

/** Reference `ActivationKernels.geluAdjoint`. */
export function geluAdjoint(g: View, x: View, share: View): Storage {
  const [gs, xs, shares] = [contiguous(g), contiguous(x), contiguous(share)];
  const out = allocate(g.dtype, g.size);
  for (let i = 0; i < out.length; i++) {
    const value = xs.storage.array[xs.offset + i]!;
    const density = DENSITY_AT_0 * Math.exp(-0.5 * value * value);
    // The derivative is rounded first: where it vanishes, an infinite g has no value.
    out[i] = shares.storage.array[shares.offset + i]! + value * density;
    out[i]! *= gs.storage.array[gs.offset + i]!;
  }
  return new Storage(out);
}

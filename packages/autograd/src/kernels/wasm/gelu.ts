import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { contiguous } from '../reference/copy.ts';
import { coprocessor, type FloatArray } from './memory.ts';

/** Elements of an operand in scratch at a time. */
const chunk = 4096;

/** Elements from which the kernels beat loops in plain JavaScript: measured, see bench/README.md. */
export const geluThreshold = 32;

/** Room for three operands in scratch, of `chunk` elements each. */
function threeInScratch() {
  const unit = coprocessor();
  const addresses = [0, 1, 2].map((i) => unit.scratchBase + 4 * chunk * i) as [number, number, number];
  unit.reserve(unit.scratchBase + 3 * 4 * chunk);
  const scratch = unit.view(4);
  const put = ({ storage, offset }: View, from: number, count: number, at: number): void =>
    scratch.set((storage.array as FloatArray).subarray(offset + from, offset + from + count), at / 4);
  const take = (at: number, count: number): FloatArray => scratch.subarray(at / 4, at / 4 + count);
  return { unit, addresses, put, take };
}

/** `ActivationKernels.gelu` of float32 views, within 0.51 ulp of Phi(x); null for others. */
export function gelu(x: View): readonly [y: Storage, share: Storage] | null {
  if (x.dtype !== 'float32') return null;
  const xs = contiguous(x);
  const { unit, addresses, put, take } = threeInScratch();
  const [xAt, yAt, shareAt] = addresses;
  const kernel = unit.kernel('gelu', 4);
  const [y, share] = [allocate('float32', x.size), allocate('float32', x.size)];
  for (let from = 0; from < x.size; from += chunk) {
    const count = Math.min(chunk, x.size - from);
    put(xs, from, count, xAt);
    kernel(xAt, yAt, shareAt, count);
    y.set(take(yAt, count), from);
    share.set(take(shareAt, count), from);
  }
  return [new Storage(y), new Storage(share)];
}

/** `ActivationKernels.geluAdjoint` of float32 views, with derivatives in float64; null for others. */
export function geluAdjoint(g: View, x: View, share: View): Storage | null {
  if (g.dtype !== 'float32') return null;
  const operands = [g, x, share].map(contiguous);
  const { unit, addresses, put, take } = threeInScratch();
  const kernel = unit.kernel('geluAdjoint', 4);
  const out = allocate('float32', g.size);
  for (let from = 0; from < g.size; from += chunk) {
    const count = Math.min(chunk, g.size - from);
    operands.forEach((operand, i) => {
      put(operand, from, count, addresses[i]!);
    });
    kernel(...addresses, count);
    out.set(take(addresses[0], count), from);
  }
  return new Storage(out);
}

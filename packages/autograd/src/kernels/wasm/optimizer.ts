import { isFloat, itemSize } from '../../tensor/dtype.ts';
import type { View } from '../../tensor/view.ts';
import type { AdamStep, RmspropStep, SgdStep } from '../kernels.ts';
import { coprocessor, type FloatArray } from './memory.ts';

/** Bytes of an array in scratch at a time: up to five of them share L1. */
const chunkBytes = 8192;

/** Elements from which a kernel beats a loop in plain JavaScript: measured, see bench/README.md. */
export const stepThreshold = 256;

// Each kernel answers false where this set has nothing faster than the reference to offer. Both give the same bits in float64; in float32
// these round each result on the way, as PyTorch does, the reference only what it stores.

/** `Kernels.sgd`. */
export function sgd(step: SgdStep, parameter: View, gradient: View, velocity: View | null): boolean {
  const { lr, momentum, weightDecay } = step;
  const sign = step.maximize ? -1 : 1;
  if (velocity === null) return update('sgd', [parameter, gradient], [lr, sign, weightDecay]);
  const numbers = [lr, sign, weightDecay, momentum, 1 - step.dampening, step.nesterov ? 1 : 0];
  return update('momentumSgd', [parameter, gradient, velocity], numbers);
}

/** `Kernels.adam`. */
export function adam(
  step: AdamStep,
  parameter: View,
  gradient: View,
  mean: View,
  square: View,
  largest: View | null,
): boolean {
  const { stepSize, beta1, beta2, eps, rootCorrection, weightDecay, shrink } = step;
  const rates = [stepSize, beta1, beta2, eps, rootCorrection, weightDecay, shrink];
  return update('adam', [parameter, gradient, mean, square, largest], [...rates, step.maximize ? -1 : 1]);
}

/** `Kernels.rmsprop`. */
export function rmsprop(
  step: RmspropStep,
  parameter: View,
  gradient: View,
  square: View,
  mean: View | null,
  velocity: View | null,
): boolean {
  const { lr, alpha, eps, epsInside, weightDecay, momentum } = step;
  const rates = [lr, alpha, eps, epsInside, weightDecay, momentum];
  return update('rmsprop', [parameter, gradient, square, mean, velocity], [...rates, step.maximize ? -1 : 1]);
}

/** Runs a kernel over row-major views of one size, chunk by chunk; it changes all but the second of them. */
function update(name: string, views: readonly (View | null)[], numbers: readonly number[]): boolean {
  const { dtype, size } = views[0]!;
  if (!isFloat(dtype)) return false;
  const unit = coprocessor();
  const bytes = itemSize[dtype];
  const kernel = unit.kernel(name, bytes);
  unit.reserve(unit.scratchBase + views.length * chunkBytes);
  const scratch = unit.view(bytes);
  const addresses = views.map((view, i) => (view === null ? 0 : unit.scratchBase + i * chunkBytes));
  const chunk = chunkBytes / bytes;
  for (let start = 0; start < size; start += chunk) {
    const count = Math.min(chunk, size - start);
    for (let i = 0; i < views.length; i++) {
      const view = views[i];
      if (!view) continue;
      const from = view.offset + start;
      scratch.set((view.storage.array as FloatArray).subarray(from, from + count), addresses[i]! / bytes);
    }
    kernel(...addresses, count, ...numbers);
    for (let i = 0; i < views.length; i++) {
      const view = views[i];
      if (!view || i === 1) continue;
      const at = addresses[i]! / bytes;
      view.storage.array.set(scratch.subarray(at, at + count), view.offset + start);
    }
  }
  return true;
}

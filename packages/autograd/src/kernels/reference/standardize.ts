import { reducedShape, sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import { contiguousStrides, type View } from '../../tensor/view.ts';
import type { Standardized } from '../kernels.ts';
import { reducedStrides } from './reduce.ts';
import { nest } from './rows.ts';

/** Reference `NormalizationKernels.standardize`, in three passes: means, squares of what is left, results. All totals are doubles. */
export function standardize(x: View, axes: readonly number[], eps: number): Standardized {
  const source = x.storage.array;
  const count = sizeOf(reducedShape(x.shape, axes, false));
  const n = sizeOf(axes.map((axis) => x.shape[axis]!));
  const means = zeros64(count);
  const variances = zeros64(count);
  const out = allocate(x.dtype, x.size);
  const { length, steps, forEach } = nest(
    x.shape,
    x.strides,
    reducedStrides(x.shape, axes),
    contiguousStrides(x.shape),
    x.offset,
  );
  const [step, groupStep, outStep] = steps;
  forEach((i, k) => {
    for (let left = length; left > 0; left--, i += step, k += groupStep) means[k]! += source[i]!;
  });
  for (let k = 0; k < count; k++) means[k]! /= n;
  forEach((i, k) => {
    for (let left = length; left > 0; left--, i += step, k += groupStep) {
      const rest = source[i]! - means[k]!;
      variances[k]! += rest * rest;
    }
  });
  const scales = variances.map((squares, k) => {
    variances[k] = squares / n;
    return 1 / Math.sqrt(variances[k]! + eps);
  });
  forEach((i, k, o) => {
    for (let left = length; left > 0; left--, i += step, k += groupStep, o += outStep) {
      out[o] = (source[i]! - means[k]!) * scales[k]!;
    }
  });
  const stored = (values: Float64Array): Storage => {
    const array = allocate(x.dtype, count);
    array.set(values);
    return new Storage(array);
  };
  return { output: new Storage(out), mean: stored(means), variance: stored(variances) };
}

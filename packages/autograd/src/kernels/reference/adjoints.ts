import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage, zeros64 } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { contiguous } from './copy.ts';
import { reducedStrides } from './reduce.ts';
import { nest } from './rows.ts';

// All totals are doubles.

/** Calls `visit` for each element, in row-major order: where it stands in g, in y and among the groups over `axes`, and in the result. */
function forEachElement(
  g: View,
  y: View,
  axes: readonly number[],
  visit: (i: number, j: number, group: number, at: number) => void,
): void {
  const groups = reducedStrides(g.shape, axes);
  const { length, steps, forEach } = nest(g.shape, g.strides, y.strides, groups, g.offset, y.offset);
  const [step, yStep, groupStep] = steps;
  let at = 0;
  forEach((i, j, k) => {
    for (const end = at + length; at < end; at++, i += step, j += yStep, k += groupStep) visit(i, j, k, at);
  });
}

/** Reference `Kernels.classAdjoint`. */
export function classAdjoint(g: View, y: View, classes: View, axis: number): Storage {
  const { dtype, shape, size } = y;
  const [gs, ys, cs] = [contiguous(g), contiguous(y), contiguous(classes)];
  const [factors, from, at] = [gs.storage.array, ys.storage.array, cs.storage.array];
  const count = shape[axis]!;
  const inner = sizeOf(shape.slice(axis + 1));
  const out = allocate(dtype, size);
  for (let place = 0; place < gs.size; place++) {
    const factor = factors[gs.offset + place]!;
    const rest = place % inner;
    const first = (place - rest) * count + rest;
    for (let c = 0, k = first; c < count; c++, k += inner) out[k] = factor * Math.exp(from[ys.offset + k]!);
    const k = first + at[cs.offset + place]! * inner;
    out[k] = factor * Math.exp(from[ys.offset + k]!) - factor;
  }
  return new Storage(out);
}

/** Reference `Kernels.softmaxAdjoint`. */
export function softmaxAdjoint(g: View, y: View, axis: number): Storage {
  const [from, result] = [g.storage.array, y.storage.array];
  const out = allocate(g.dtype, g.size);
  const axes = g.shape.length === 0 ? [] : [axis];
  const totals = zeros64(g.size / Math.max(1, sizeOf(axes.map((each) => g.shape[each]!))));
  forEachElement(g, y, axes, (i, j, k) => {
    totals[k]! += from[i]! * result[j]!;
  });
  forEachElement(g, y, axes, (i, j, k, at) => {
    out[at] = result[j]! * (from[i]! - totals[k]!);
  });
  return new Storage(out);
}

/** Reference `NormalizationKernels.standardizeAdjoint`. */
export function standardizeAdjoint(
  g: View,
  y: View,
  variance: View,
  axes: readonly number[],
  eps: number,
): Storage {
  const [from, result] = [g.storage.array, y.storage.array];
  const out = allocate(g.dtype, g.size);
  const n = sizeOf(axes.map((axis) => g.shape[axis]!));
  const means = zeros64(variance.size);
  const shares = zeros64(variance.size);
  forEachElement(g, y, axes, (i, j, k) => {
    means[k]! += from[i]! / n;
    shares[k]! += (from[i]! * result[j]!) / n;
  });
  const scales = scalesOf(variance, eps);
  forEachElement(g, y, axes, (i, j, k, at) => {
    out[at] = (from[i]! - means[k]! - result[j]! * shares[k]!) * scales[k]!;
  });
  return new Storage(out);
}

/** 1 / sqrt(variance + eps), of a row-major view. */
export function scalesOf({ storage, offset, size }: View, eps: number): Float64Array {
  const scales = zeros64(size);
  for (let i = 0; i < size; i++) scales[i] = 1 / Math.sqrt(storage.array[offset + i]! + eps);
  return scales;
}

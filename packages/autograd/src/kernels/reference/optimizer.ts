import type { NumericArray } from '../../tensor/dtype.ts';
import type { View } from '../../tensor/view.ts';
import type { AdamStep, RmspropStep, SgdStep } from '../kernels.ts';

/** The elements of a row-major view. */
function elementsOf({ storage: { array }, offset, size }: View): NumericArray {
  return array.length === size ? array : array.subarray(offset, offset + size);
}

/** Reference `Kernels.sgd`. */
export function sgd(step: SgdStep, parameter: View, gradient: View, velocity: View | null): void {
  const { lr, momentum, weightDecay, nesterov } = step;
  const kept = 1 - step.dampening;
  const sign = step.maximize ? -1 : 1;
  const p = elementsOf(parameter);
  const g = elementsOf(gradient);
  if (velocity === null) {
    for (let i = 0; i < p.length; i++) {
      let direction = sign * g[i]!;
      if (weightDecay !== 0) direction += weightDecay * p[i]!;
      p[i]! -= lr * direction;
    }
    return;
  }
  const v = elementsOf(velocity);
  for (let i = 0; i < p.length; i++) {
    let direction = sign * g[i]!;
    if (weightDecay !== 0) direction += weightDecay * p[i]!;
    const speed = momentum * v[i]! + kept * direction;
    v[i] = speed;
    p[i]! -= lr * (nesterov ? direction + momentum * speed : speed);
  }
}

/** Reference `Kernels.adam`. */
export function adam(
  step: AdamStep,
  parameter: View,
  gradient: View,
  mean: View,
  square: View,
  largest: View | null,
): void {
  const { stepSize, beta1, beta2, eps, rootCorrection, weightDecay, shrink } = step;
  const sign = step.maximize ? -1 : 1;
  const p = elementsOf(parameter);
  const g = elementsOf(gradient);
  const m = elementsOf(mean);
  const s = elementsOf(square);
  const l = largest === null ? null : elementsOf(largest);
  for (let i = 0; i < p.length; i++) {
    let direction = sign * g[i]!;
    if (weightDecay !== 0) direction += weightDecay * p[i]!;
    const average = interpolate(m[i]!, direction, 1 - beta1);
    m[i] = average;
    let power = beta2 * s[i]! + (1 - beta2) * direction * direction;
    s[i] = power;
    if (l !== null) {
      power = Math.max(l[i]!, power);
      l[i] = power;
    }
    p[i] = p[i]! * shrink - (stepSize * average) / (Math.sqrt(power) / rootCorrection + eps);
  }
}

/** Reference `Kernels.rmsprop`. */
export function rmsprop(
  step: RmspropStep,
  parameter: View,
  gradient: View,
  square: View,
  mean: View | null,
  velocity: View | null,
): void {
  const { lr, alpha, eps, epsInside, weightDecay, momentum } = step;
  const sign = step.maximize ? -1 : 1;
  const p = elementsOf(parameter);
  const g = elementsOf(gradient);
  const s = elementsOf(square);
  const m = mean === null ? null : elementsOf(mean);
  const v = velocity === null ? null : elementsOf(velocity);
  for (let i = 0; i < p.length; i++) {
    let direction = sign * g[i]!;
    if (weightDecay !== 0) direction += weightDecay * p[i]!;
    let power = alpha * s[i]! + (1 - alpha) * direction * direction;
    s[i] = power;
    if (m !== null) {
      const average = interpolate(m[i]!, direction, 1 - alpha);
      m[i] = average;
      power -= average * average;
    }
    let scaled = direction / (Math.sqrt(power + epsInside) + eps);
    if (v !== null) {
      scaled = momentum * v[i]! + scaled;
      v[i] = scaled;
    }
    p[i]! -= lr * scaled;
  }
}

/** From `a` to `b` by `weight`, counted from the nearer end as `torch.lerp` does: so equal ends stay as they are. */
function interpolate(a: number, b: number, weight: number): number {
  return weight < 0.5 ? a + weight * (b - a) : b - (b - a) * (1 - weight);
}

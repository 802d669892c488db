import type { AdamStep, RmspropStep, SgdStep } from '../../src/kernels/kernels.ts';
import type { NumericArray } from '../../src/tensor/dtype.ts';
import type { View } from '../../src/tensor/view.ts';

// Steps of optimizers as float32 computes them: each number and each result on the way is rounded. The reference kernels round only
// what they store.

const round = Math.fround;

/** The elements of a row-major view. */
function elementsOf({ storage: { array }, offset, size }: View): NumericArray {
  return array.length === size ? array : array.subarray(offset, offset + size);
}

/** The gradient (negative to maximize), plus weightDecay times the parameter. */
function directionOf(gradient: number, parameter: number, sign: 1 | -1, weightDecay: number): number {
  const direction = sign * gradient;
  return weightDecay === 0 ? direction : round(direction + round(weightDecay * parameter));
}

/** `Kernels.sgd` of float32. */
export function sgd(step: SgdStep, parameter: View, gradient: View, velocity: View | null): void {
  const [lr, momentum, weightDecay] = [round(step.lr), round(step.momentum), round(step.weightDecay)];
  const kept = round(1 - step.dampening);
  const sign = step.maximize ? -1 : 1;
  const p = elementsOf(parameter);
  const g = elementsOf(gradient);
  const v = velocity === null ? null : elementsOf(velocity);
  for (let i = 0; i < p.length; i++) {
    let direction = directionOf(g[i]!, p[i]!, sign, weightDecay);
    if (v !== null) {
      const speed = round(round(momentum * v[i]!) + round(kept * direction));
      v[i] = speed;
      direction = step.nesterov ? round(direction + round(momentum * speed)) : speed;
    }
    p[i]! -= round(lr * direction);
  }
}

/** `Kernels.adam` of float32. */
export function adam(
  step: AdamStep,
  parameter: View,
  gradient: View,
  mean: View,
  square: View,
  largest: View | null,
): void {
  const [stepSize, beta2, eps] = [round(step.stepSize), round(step.beta2), round(step.eps)];
  const [rootCorrection, weightDecay] = [round(step.rootCorrection), round(step.weightDecay)];
  const [shrink, take] = [round(step.shrink), round(1 - step.beta2)];
  const sign = step.maximize ? -1 : 1;
  const p = elementsOf(parameter);
  const g = elementsOf(gradient);
  const m = elementsOf(mean);
  const s = elementsOf(square);
  const l = largest === null ? null : elementsOf(largest);
  for (let i = 0; i < p.length; i++) {
    const direction = directionOf(g[i]!, p[i]!, sign, weightDecay);
    const average = interpolate(m[i]!, direction, 1 - step.beta1);
    m[i] = average;
    let power = round(round(beta2 * s[i]!) + round(round(take * direction) * direction));
    s[i] = power;
    if (l !== null) {
      power = Math.max(l[i]!, power);
      l[i] = power;
    }
    const scale = round(round(round(Math.sqrt(power)) / rootCorrection) + eps);
    p[i] = round(p[i]! * shrink) - round(round(stepSize * average) / scale);
  }
}

/** `Kernels.rmsprop` of float32. */
export function rmsprop(
  step: RmspropStep,
  parameter: View,
  gradient: View,
  square: View,
  mean: View | null,
  velocity: View | null,
): void {
  const [lr, alpha, take] = [round(step.lr), round(step.alpha), round(1 - step.alpha)];
  const [eps, epsInside] = [round(step.eps), round(step.epsInside)];
  const [weightDecay, momentum] = [round(step.weightDecay), round(step.momentum)];
  const sign = step.maximize ? -1 : 1;
  const p = elementsOf(parameter);
  const g = elementsOf(gradient);
  const s = elementsOf(square);
  const m = mean === null ? null : elementsOf(mean);
  const v = velocity === null ? null : elementsOf(velocity);
  for (let i = 0; i < p.length; i++) {
    const direction = directionOf(g[i]!, p[i]!, sign, weightDecay);
    let power = round(round(alpha * s[i]!) + round(round(take * direction) * direction));
    s[i] = power;
    if (m !== null) {
      const average = interpolate(m[i]!, direction, 1 - step.alpha);
      m[i] = average;
      power = round(power - round(average * average));
    }
    let scaled = round(direction / round(round(Math.sqrt(round(power + epsInside))) + eps));
    if (v !== null) {
      scaled = round(round(momentum * v[i]!) + scaled);
      v[i] = scaled;
    }
    p[i]! -= round(lr * scaled);
  }
}

/** From `a` to `b` by `weight`, counted from the nearer end as `torch.lerp` does: so equal ends stay as they are. */
function interpolate(a: number, b: number, weight: number): number {
  const way = round(b - a);
  return weight < 0.5 ? round(a + round(round(weight) * way)) : round(b - round(way * round(1 - weight)));
}

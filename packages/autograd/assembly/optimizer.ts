// Steps of optimizers in place. They compute in float64, two elements at a time, and round what they store: the bits of the
// reference kernels.

import { loadPair, storePair } from './pair';

/** The gradient times `sign`, plus weightDecay times the parameter. */
// @ts-ignore: decorator
@inline
function directionOf(g: v128, p: v128, sign: f64, weightDecay: f64): v128 {
  const d = f64x2.mul(f64x2.splat(sign), g);
  return weightDecay == 0 ? d : f64x2.add(d, f64x2.mul(f64x2.splat(weightDecay), p));
}

// @ts-ignore: decorator
@inline
function sgd<T>(p: usize, g: usize, n: i32, lr: f64, sign: f64, weightDecay: f64): void {
  const pair: usize = 2 * sizeof<T>();
  const end = p + <usize>n * sizeof<T>();
  const rate = f64x2.splat(lr);
  for (; p < end; p += pair, g += pair) {
    const x = loadPair<T>(p);
    storePair<T>(p, f64x2.sub(x, f64x2.mul(rate, directionOf(loadPair<T>(g), x, sign, weightDecay))));
  }
}

// @ts-ignore: decorator
@inline
function momentumSgd<T>(
  p: usize, g: usize, v: usize, n: i32,
  lr: f64, sign: f64, weightDecay: f64, momentum: f64, kept: f64, nesterov: bool,
): void {
  const pair: usize = 2 * sizeof<T>();
  const end = p + <usize>n * sizeof<T>();
  const rate = f64x2.splat(lr);
  const keep = f64x2.splat(momentum);
  const take = f64x2.splat(kept);
  for (; p < end; p += pair, g += pair, v += pair) {
    const x = loadPair<T>(p);
    const direction = directionOf(loadPair<T>(g), x, sign, weightDecay);
    const speed = f64x2.add(f64x2.mul(keep, loadPair<T>(v)), f64x2.mul(take, direction));
    storePair<T>(v, speed);
    const ahead = nesterov ? f64x2.add(direction, f64x2.mul(keep, speed)) : speed;
    storePair<T>(p, f64x2.sub(x, f64x2.mul(rate, ahead)));
  }
}

/** From `a` to `b` by `weight`, counted from the nearer end, as the reference does. */
// @ts-ignore: decorator
@inline
function interpolate(a: v128, b: v128, weight: f64): v128 {
  const way = f64x2.sub(b, a);
  return weight < 0.5
    ? f64x2.add(a, f64x2.mul(f64x2.splat(weight), way))
    : f64x2.sub(b, f64x2.mul(way, f64x2.splat(1 - weight)));
}

// @ts-ignore: decorator
@inline
function adam<T>(
  p: usize, g: usize, m: usize, s: usize, l: usize, n: i32,
  stepSize: f64, beta1: f64, beta2: f64, eps: f64, rootCorrection: f64, weightDecay: f64, shrink: f64, sign: f64,
): void {
  const pair: usize = 2 * sizeof<T>();
  const end = p + <usize>n * sizeof<T>();
  const amsgrad = l != 0;
  for (; p < end; p += pair, g += pair, m += pair, s += pair, l += pair) {
    const x = loadPair<T>(p);
    const direction = directionOf(loadPair<T>(g), x, sign, weightDecay);
    const average = interpolate(loadPair<T>(m), direction, 1 - beta1);
    storePair<T>(m, average);
    const squared = f64x2.mul(f64x2.mul(f64x2.splat(1 - beta2), direction), direction);
    let power = f64x2.add(f64x2.mul(f64x2.splat(beta2), loadPair<T>(s)), squared);
    storePair<T>(s, power);
    if (amsgrad) {
      power = f64x2.max(loadPair<T>(l), power);
      storePair<T>(l, power);
    }
    const scale = f64x2.add(f64x2.div(f64x2.sqrt(power), f64x2.splat(rootCorrection)), f64x2.splat(eps));
    const step = f64x2.div(f64x2.mul(f64x2.splat(stepSize), average), scale);
    storePair<T>(p, f64x2.sub(f64x2.mul(x, f64x2.splat(shrink)), step));
  }
}

// @ts-ignore: decorator
@inline
function rmsprop<T>(
  p: usize, g: usize, s: usize, m: usize, v: usize, n: i32,
  lr: f64, alpha: f64, eps: f64, epsInside: f64, weightDecay: f64, momentum: f64, sign: f64,
): void {
  const pair: usize = 2 * sizeof<T>();
  const end = p + <usize>n * sizeof<T>();
  const centered = m != 0;
  const remembers = v != 0;
  const rate = f64x2.splat(lr);
  for (; p < end; p += pair, g += pair, s += pair, m += pair, v += pair) {
    const x = loadPair<T>(p);
    const direction = directionOf(loadPair<T>(g), x, sign, weightDecay);
    const squared = f64x2.mul(f64x2.mul(f64x2.splat(1 - alpha), direction), direction);
    let power = f64x2.add(f64x2.mul(f64x2.splat(alpha), loadPair<T>(s)), squared);
    storePair<T>(s, power);
    if (centered) {
      const average = interpolate(loadPair<T>(m), direction, 1 - alpha);
      storePair<T>(m, average);
      power = f64x2.sub(power, f64x2.mul(average, average));
    }
    const root = f64x2.sqrt(f64x2.add(power, f64x2.splat(epsInside)));
    let step = f64x2.div(direction, f64x2.add(root, f64x2.splat(eps)));
    if (remembers) {
      step = f64x2.add(f64x2.mul(f64x2.splat(momentum), loadPair<T>(v)), step);
      storePair<T>(v, step);
    }
    storePair<T>(p, f64x2.sub(x, f64x2.mul(rate, step)));
  }
}

// `n` is even, or what stands behind an array may be lost. See `SgdStep`, `AdamStep` and `RmspropStep` for the numbers;
// `l`, `m` and `v` are 0 where nothing of the kind is kept.

export function sgdF32(p: usize, g: usize, n: i32, lr: f64, sign: f64, weightDecay: f64): void {
  sgd<f32>(p, g, n, lr, sign, weightDecay);
}

export function sgdF64(p: usize, g: usize, n: i32, lr: f64, sign: f64, weightDecay: f64): void {
  sgd<f64>(p, g, n, lr, sign, weightDecay);
}

export function momentumSgdF32(
  p: usize, g: usize, v: usize, n: i32,
  lr: f64, sign: f64, weightDecay: f64, momentum: f64, kept: f64, nesterov: bool,
): void {
  momentumSgd<f32>(p, g, v, n, lr, sign, weightDecay, momentum, kept, nesterov);
}

export function momentumSgdF64(
  p: usize, g: usize, v: usize, n: i32,
  lr: f64, sign: f64, weightDecay: f64, momentum: f64, kept: f64, nesterov: bool,
): void {
  momentumSgd<f64>(p, g, v, n, lr, sign, weightDecay, momentum, kept, nesterov);
}

export function adamF32(
  p: usize, g: usize, m: usize, s: usize, l: usize, n: i32,
  stepSize: f64, beta1: f64, beta2: f64, eps: f64, rootCorrection: f64, weightDecay: f64, shrink: f64, sign: f64,
): void {
  adam<f32>(
    p, g, m, s, l, n, stepSize, beta1, beta2, eps, rootCorrection, weightDecay, shrink, sign,
  );
}

export function adamF64(
  p: usize, g: usize, m: usize, s: usize, l: usize, n: i32,
  stepSize: f64, beta1: f64, beta2: f64, eps: f64, rootCorrection: f64, weightDecay: f64, shrink: f64, sign: f64,
): void {
  adam<f64>(
    p, g, m, s, l, n, stepSize, beta1, beta2, eps, rootCorrection, weightDecay, shrink, sign,
  );
}

export function rmspropF32(
  p: usize, g: usize, s: usize, m: usize, v: usize, n: i32,
  lr: f64, alpha: f64, eps: f64, epsInside: f64, weightDecay: f64, momentum: f64, sign: f64,
): void {
  rmsprop<f32>(p, g, s, m, v, n, lr, alpha, eps, epsInside, weightDecay, momentum, sign);
}

export function rmspropF64(
  p: usize, g: usize, s: usize, m: usize, v: usize, n: i32,
  lr: f64, alpha: f64, eps: f64, epsInside: f64, weightDecay: f64, momentum: f64, sign: f64,
): void {
  rmsprop<f64>(p, g, s, m, v, n, lr, alpha, eps, epsInside, weightDecay, momentum, sign);
}

// Steps of optimizers in place, computed in the parameters' own precision.

/** The gradient times `sign`, plus weightDecay times the parameter. */
// @ts-ignore: decorator
@inline
function directionOf<T>(g: usize, p: v128, sign: f64, weightDecay: f64): v128 {
  const d = v128.mul<T>(v128.splat<T>(<T>sign), v128.load(g));
  return weightDecay == 0 ? d : v128.add<T>(d, v128.mul<T>(v128.splat<T>(<T>weightDecay), p));
}

// @ts-ignore: decorator
@inline
function sgd<T>(p: usize, g: usize, n: i32, lr: f64, sign: f64, weightDecay: f64): void {
  const end = p + <usize>n * sizeof<T>();
  const rate = v128.splat<T>(<T>lr);
  for (; p < end; p += 16, g += 16) {
    const x = v128.load(p);
    v128.store(p, v128.sub<T>(x, v128.mul<T>(rate, directionOf<T>(g, x, sign, weightDecay))));
  }
}

// @ts-ignore: decorator
@inline
function momentumSgd<T>(
  p: usize, g: usize, v: usize, n: i32,
  lr: f64, sign: f64, weightDecay: f64, momentum: f64, kept: f64, nesterov: bool,
): void {
  const end = p + <usize>n * sizeof<T>();
  const rate = v128.splat<T>(<T>lr);
  const keep = v128.splat<T>(<T>momentum);
  const take = v128.splat<T>(<T>kept);
  for (; p < end; p += 16, g += 16, v += 16) {
    const x = v128.load(p);
    const direction = directionOf<T>(g, x, sign, weightDecay);
    const speed = v128.add<T>(v128.mul<T>(keep, v128.load(v)), v128.mul<T>(take, direction));
    v128.store(v, speed);
    const ahead = nesterov ? v128.add<T>(direction, v128.mul<T>(keep, speed)) : speed;
    v128.store(p, v128.sub<T>(x, v128.mul<T>(rate, ahead)));
  }
}

/** From `a` to `b` by `weight`, counted from the nearer end, as the reference does. */
// @ts-ignore: decorator
@inline
function interpolate<T>(a: v128, b: v128, weight: f64): v128 {
  const way = v128.sub<T>(b, a);
  return weight < 0.5
    ? v128.add<T>(a, v128.mul<T>(v128.splat<T>(<T>weight), way))
    : v128.sub<T>(b, v128.mul<T>(way, v128.splat<T>(<T>(1 - weight))));
}

/** The mean of squares, with the square of `direction` by a share of 1 - beta. */
// @ts-ignore: decorator
@inline
function meanSquare<T>(s: usize, direction: v128, beta: f64): v128 {
  const squared = v128.mul<T>(v128.mul<T>(v128.splat<T>(<T>(1 - beta)), direction), direction);
  const power = v128.add<T>(v128.mul<T>(v128.splat<T>(<T>beta), v128.load(s)), squared);
  v128.store(s, power);
  return power;
}

// @ts-ignore: decorator
@inline
function adam<T>(
  p: usize, g: usize, m: usize, s: usize, l: usize, n: i32,
  stepSize: f64, beta1: f64, beta2: f64, eps: f64, rootCorrection: f64, weightDecay: f64, shrink: f64, sign: f64,
): void {
  const end = p + <usize>n * sizeof<T>();
  const amsgrad = l != 0;
  for (; p < end; p += 16, g += 16, m += 16, s += 16, l += 16) {
    const x = v128.load(p);
    const direction = directionOf<T>(g, x, sign, weightDecay);
    const average = interpolate<T>(v128.load(m), direction, 1 - beta1);
    v128.store(m, average);
    let power = meanSquare<T>(s, direction, beta2);
    if (amsgrad) {
      power = v128.max<T>(v128.load(l), power);
      v128.store(l, power);
    }
    const root = v128.div<T>(v128.sqrt<T>(power), v128.splat<T>(<T>rootCorrection));
    const scale = v128.add<T>(root, v128.splat<T>(<T>eps));
    const step = v128.div<T>(v128.mul<T>(v128.splat<T>(<T>stepSize), average), scale);
    v128.store(p, v128.sub<T>(v128.mul<T>(x, v128.splat<T>(<T>shrink)), step));
  }
}

// @ts-ignore: decorator
@inline
function rmsprop<T>(
  p: usize, g: usize, s: usize, m: usize, v: usize, n: i32,
  lr: f64, alpha: f64, eps: f64, epsInside: f64, weightDecay: f64, momentum: f64, sign: f64,
): void {
  const end = p + <usize>n * sizeof<T>();
  const centered = m != 0;
  const remembers = v != 0;
  for (; p < end; p += 16, g += 16, s += 16, m += 16, v += 16) {
    const x = v128.load(p);
    const direction = directionOf<T>(g, x, sign, weightDecay);
    let power = meanSquare<T>(s, direction, alpha);
    if (centered) {
      const average = interpolate<T>(v128.load(m), direction, 1 - alpha);
      v128.store(m, average);
      power = v128.sub<T>(power, v128.mul<T>(average, average));
    }
    const root = v128.sqrt<T>(v128.add<T>(power, v128.splat<T>(<T>epsInside)));
    let step = v128.div<T>(direction, v128.add<T>(root, v128.splat<T>(<T>eps)));
    if (remembers) {
      step = v128.add<T>(v128.mul<T>(v128.splat<T>(<T>momentum), v128.load(v)), step);
      v128.store(v, step);
    }
    v128.store(p, v128.sub<T>(x, v128.mul<T>(v128.splat<T>(<T>lr), step)));
  }
}

// They work in whole vectors: up to 15 bytes behind an array are lost. See `SgdStep`, `AdamStep` and `RmspropStep` for the numbers;
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

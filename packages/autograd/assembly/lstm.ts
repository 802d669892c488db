import { sigmoidF32x4 as sigmoid, tanhF32x4 as tanh } from './transcendental';

/**
 * The cells of an LSTM at one time, for `rows` rows of n units, n a multiple of 4. `own` and `recurrent` hold what inputs and
 * states give to the four gates (rows, 4 n), `before` the memories before. Writes states, memories and the gates i, f, g, o
 * after their activations one after the other, each (rows, n).
 */
export function lstmF32(own: usize, recurrent: usize, before: usize, y: usize, rows: i32, n: i32): void {
  const line = <usize>n * 4;
  const part = <usize>rows * line;
  for (; rows > 0; rows--, own += 3 * line, recurrent += 3 * line) {
    for (const end = own + line; own < end; own += 16, recurrent += 16, before += 16, y += 16) {
      const i = sigmoid(sum(own, recurrent));
      const f = sigmoid(sum(own + line, recurrent + line));
      const g = tanh(sum(own + 2 * line, recurrent + 2 * line));
      const o = sigmoid(sum(own + 3 * line, recurrent + 3 * line));
      const c = f32x4.add(f32x4.mul(f, v128.load(before)), f32x4.mul(i, g));
      v128.store(y, f32x4.mul(o, tanh(c)));
      v128.store(y + part, c);
      v128.store(y + 2 * part, i);
      v128.store(y + 3 * part, f);
      v128.store(y + 4 * part, g);
      v128.store(y + 5 * part, o);
    }
  }
}

// @ts-ignore: decorator
@inline
function sum(a: usize, b: usize): v128 {
  return f32x4.add(v128.load(a), v128.load(b));
}

/**
 * The adjoint of {@link lstmF32}: `toState` and `toMemory` are the cotangents from outside, `later` and `laterMemory` those from the
 * time after, all (rows, n); `y` is as there. Writes the cotangents of the gates before their activations to `gates` (rows, 4 n) and
 * those of the memories before to `laterMemory`.
 */
export function lstmAdjointF32(
  toState: usize, later: usize, toMemory: usize, laterMemory: usize, before: usize, y: usize, gates: usize, rows: i32, n: i32,
): void {
  const line = <usize>n * 4;
  const part = <usize>rows * line;
  const one = f32x4.splat(1);
  for (; rows > 0; rows--, gates += 3 * line) {
    for (const end = gates + line; gates < end; gates += 16) {
      const i = v128.load(y + 2 * part);
      const f = v128.load(y + 3 * part);
      const g = v128.load(y + 4 * part);
      const o = v128.load(y + 5 * part);
      const tangent = tanh(v128.load(y + part));
      const dh = f32x4.add(v128.load(toState), v128.load(later));
      const through = f32x4.mul(f32x4.mul(dh, o), f32x4.sub(one, f32x4.mul(tangent, tangent)));
      const dc = f32x4.add(f32x4.add(v128.load(toMemory), v128.load(laterMemory)), through);
      v128.store(gates, f32x4.mul(f32x4.mul(dc, g), slope(i)));
      v128.store(gates + line, f32x4.mul(f32x4.mul(dc, v128.load(before)), slope(f)));
      v128.store(gates + 2 * line, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))));
      v128.store(gates + 3 * line, f32x4.mul(f32x4.mul(dh, tangent), slope(o)));
      v128.store(laterMemory, f32x4.mul(dc, f));
      toState += 16;
      later += 16;
      toMemory += 16;
      laterMemory += 16;
      before += 16;
      y += 16;
    }
  }
}

/** y (1 - y), the slope of the sigmoid y. */
// @ts-ignore: decorator
@inline
function slope(y: v128): v128 {
  return f32x4.sub(y, f32x4.mul(y, y));
}

// Pooling: where the largest elements of windows stand, and weighted sums.

import { loadPair, storePair } from './pair';

// A pass along one axis of a plane is described by a row of 32-bit numbers: the axis is `length` long, with `lines` lines
// outside it and `inner` elements inside each step; `count` places take their elements from positions[starts[i]] up to
// positions[starts[i + 1]]. Where place i takes `taps` elements from first + i * step on, each `dilation` from the next,
// `step` says so; else it is 0.

const LINES: usize = 0;
const LENGTH: usize = 4;
const INNER: usize = 8;
const COUNT: usize = 12;
const STEP: usize = 16;
const TAPS: usize = 20;
const FIRST: usize = 24;
const DILATION: usize = 28;
/** Where `starts` and `positions` stand, counted from the description. */
const STARTS: usize = 32;
const POSITIONS: usize = 36;
const PASS: usize = 40;

/** NaN counts as largest, and a later one replaces it. */
// @ts-ignore: decorator
@inline
function replaces(value: v128, most: v128): v128 {
  return v128.or(f32x4.gt(value, most), f32x4.ne(value, value));
}

/** Four elements, each `step` (1 or 2) from the next. */
// @ts-ignore: decorator
@inline
function stepping(at: usize, step: i32): v128 {
  const values = v128.load(at);
  return step == 1 ? values : v128.shuffle<f32>(values, v128.load(at, 16), 0, 2, 4, 6);
}

/** One line of places along the last axis, four at a time. */
// @ts-ignore: decorator
@inline
function alongLast(values: usize, places: usize, pass: usize, valuesTo: usize, placesTo: usize): void {
  const count = load<i32>(pass + COUNT);
  const step = load<i32>(pass + STEP);
  const taps = load<i32>(pass + TAPS);
  const dilation = <usize>load<i32>(pass + DILATION) * 4;
  let from = <usize>load<i32>(pass + FIRST) * 4;
  for (let i = 0; i < count; i += 4) {
    let most = stepping(values + from, step);
    let where = stepping(places + from, step);
    let at = from;
    for (let tap = 1; tap < taps; tap++) {
      at += dilation;
      const value = stepping(values + at, step);
      const mask = replaces(value, most);
      most = v128.bitselect(value, most, mask);
      where = v128.bitselect(stepping(places + at, step), where, mask);
    }
    v128.store(valuesTo + 4 * <usize>i, most);
    v128.store(placesTo + 4 * <usize>i, where);
    from += <usize>step * 16;
  }
}

/** The largest of the places named for each place along one axis, and where it comes from. */
// @ts-ignore: decorator
@inline
function largest<T>(values: usize, places: usize, pass: usize, valuesTo: usize, placesTo: usize): void {
  const size: usize = sizeof<T>();
  const lines = load<i32>(pass + LINES);
  const length = load<i32>(pass + LENGTH);
  const inner = load<i32>(pass + INNER);
  const count = load<i32>(pass + COUNT);
  const starts = pass + <usize>load<i32>(pass + STARTS);
  const positions = pass + <usize>load<i32>(pass + POSITIONS);
  const regular = sizeof<T>() == 4 && inner == 1 && load<i32>(pass + STEP) != 0;
  for (let line = 0; line < lines; line++) {
    const lineAt = <usize>(line * length * inner);
    if (regular) {
      alongLast(values + 4 * lineAt, places + 4 * lineAt, pass, valuesTo, placesTo);
      valuesTo += 4 * <usize>count;
      placesTo += 4 * <usize>count;
      continue;
    }
    for (let i = 0; i < count; i++) {
      const first = load<i32>(starts + 4 * <usize>i);
      const end = load<i32>(starts + 4 * <usize>i + 4);
      let n = 0;
      if (sizeof<T>() == 4) {
        for (; n + 4 <= inner; n += 4) {
          let at = lineAt + <usize>(load<i32>(positions + 4 * <usize>first) * inner + n);
          let most = v128.load(values + 4 * at);
          let where = v128.load(places + 4 * at);
          for (let tap = first + 1; tap < end; tap++) {
            at = lineAt + <usize>(load<i32>(positions + 4 * <usize>tap) * inner + n);
            const value = v128.load(values + 4 * at);
            const mask = replaces(value, most);
            most = v128.bitselect(value, most, mask);
            where = v128.bitselect(v128.load(places + 4 * at), where, mask);
          }
          v128.store(valuesTo + 4 * <usize>n, most);
          v128.store(placesTo + 4 * <usize>n, where);
        }
      }
      for (; n < inner; n++) {
        let best = lineAt + <usize>(load<i32>(positions + 4 * <usize>first) * inner + n);
        let most = load<T>(values + size * best);
        for (let tap = first + 1; tap < end; tap++) {
          const at = lineAt + <usize>(load<i32>(positions + 4 * <usize>tap) * inner + n);
          const value = load<T>(values + size * at);
          if (value > most || value != value) {
            most = value;
            best = at;
          }
        }
        store<T>(valuesTo + size * <usize>n, most);
        store<i32>(placesTo + 4 * <usize>n, load<i32>(places + 4 * best));
      }
      valuesTo += size * <usize>inner;
      placesTo += 4 * <usize>inner;
    }
  }
}

// @ts-ignore: decorator
@inline
function maxPool<T>(
  x: usize, planes: i32, pixels: i32, passes: i32, descriptions: usize, y: usize, places: i32, work: usize, room: usize,
): void {
  const numbers = work;
  for (let i = 0; i < pixels; i++) store<i32>(numbers + 4 * <usize>i, i);
  const values = numbers + room;
  for (let plane = 0; plane < planes; plane++) {
    let from = x;
    let fromPlaces = numbers;
    for (let i = 0; i < passes; i++) {
      const to = values + <usize>(i & 1) * 2 * room;
      const toPlaces = i == passes - 1 ? y : to + room;
      largest<T>(from, fromPlaces, descriptions + <usize>i * PASS, to, toPlaces);
      from = to;
      fromPlaces = toPlaces;
    }
    x += <usize>pixels * sizeof<T>();
    y += 4 * <usize>places;
  }
}

/**
 * Where (int32) in its plane the largest element of each window stands. The passes go axis by axis, from the last one. `work` is
 * the address of five rooms of `room` bytes, each with room for the doubles of a plane, before and
 * after any pass, and 64 bytes more.
 */
export function maxPoolF32(
  x: usize, planes: i32, pixels: i32, passes: i32, descriptions: usize, y: usize, places: i32, work: usize, room: usize,
): void {
  maxPool<f32>(x, planes, pixels, passes, descriptions, y, places, work, room);
}

export function maxPoolF64(
  x: usize, planes: i32, pixels: i32, passes: i32, descriptions: usize, y: usize, places: i32, work: usize, room: usize,
): void {
  maxPool<f64>(x, planes, pixels, passes, descriptions, y, places, work, room);
}

// @ts-ignore: decorator
@inline
function resample<T>(
  x: usize, y: usize, lines: i32, length: i32, inner: i32, count: i32, starts: usize, positions: usize, weights: usize,
): void {
  const size: usize = sizeof<T>();
  const step = <usize>inner * size;
  for (; lines > 0; lines--, x += <usize>length * step) {
    for (let i: usize = 0; i < <usize>count; i++, y += step) {
      const from = load<i32>(starts + 4 * i);
      const to = load<i32>(starts + 4 * i + 4);
      let n: usize = 0;
      for (; n + 2 * size <= step; n += 2 * size) {
        let total = f64x2.splat(0);
        for (let tap = from; tap < to; tap++) {
          const at = x + <usize>load<i32>(positions + 4 * <usize>tap) * step + n;
          total = f64x2.add(total, f64x2.mul(v128.load64_splat(weights + 8 * <usize>tap), loadPair<T>(at)));
        }
        storePair<T>(y + n, total);
      }
      if (n < step) {
        let total = 0.0;
        for (let tap = from; tap < to; tap++) {
          const at = x + <usize>load<i32>(positions + 4 * <usize>tap) * step + n;
          total += load<f64>(weights + 8 * <usize>tap) * <f64>load<T>(at);
        }
        store<T>(y + n, <T>total);
      }
    }
  }
}

/**
 * Weighted sums along the middle axis: y (lines, count, inner) of x (lines, length, inner), where place i takes the elements
 * positions[starts[i]] up to positions[starts[i + 1]] times their weights (doubles). Sums are kept in float64.
 */
export function resampleF32(
  x: usize, y: usize, lines: i32, length: i32, inner: i32, count: i32, starts: usize, positions: usize, weights: usize,
): void {
  resample<f32>(x, y, lines, length, inner, count, starts, positions, weights);
}

export function resampleF64(
  x: usize, y: usize, lines: i32, length: i32, inner: i32, count: i32, starts: usize, positions: usize, weights: usize,
): void {
  resample<f64>(x, y, lines, length, inner, count, starts, positions, weights);
}

// Convolutions in which every channel has a few filters of its own: products of matrices would have too few rows. Each tap's
// weight times a row of a plane is added to a row of places, or the other way round. Arrays as in conv.ts, of `groups` planes
// an image with `filters` filters each; a description of windows as in windows.ts.

import { field, HEADER, innerTapsOf, lengthOf, outerTapsOf, pixelsOf, rowsOf } from './windows';

/** to[i] += factor * from[i] for elements `step` bytes apart in one of the two, and next to each other in the other. */
// @ts-ignore: decorator
@inline
function addScaled<T>(from: usize, fromStep: usize, to: usize, toStep: usize, count: i32, factor: T): void {
  const size: usize = sizeof<T>();
  const lanes: i32 = 16 / <i32>sizeof<T>();
  if (fromStep == size && toStep == size) {
    const scale = v128.splat<T>(factor);
    for (; count >= lanes; count -= lanes, from += 16, to += 16) {
      v128.store(to, v128.add<T>(v128.load(to), v128.mul<T>(v128.load(from), scale)));
    }
  }
  for (; count > 0; count--, from += fromStep, to += toStep) {
    store<T>(to, <T>(load<T>(to) + factor * load<T>(from)));
  }
}

/** The sum of products of two rows. */
// @ts-ignore: decorator
@inline
function dot<T>(a: usize, aStep: usize, b: usize, count: i32): f64 {
  const size: usize = sizeof<T>();
  const lanes: i32 = 16 / <i32>sizeof<T>();
  let total: f64 = 0;
  if (aStep == size && count >= lanes) {
    let sums = v128.splat<T>(0);
    for (; count >= lanes; count -= lanes, a += 16, b += 16) {
      sums = v128.add<T>(sums, v128.mul<T>(v128.load(a), v128.load(b)));
    }
    total = <f64>v128.extract_lane<T>(sums, 0) + <f64>v128.extract_lane<T>(sums, 1);
    if (sizeof<T>() == 4) total += <f64>v128.extract_lane<T>(sums, 2) + <f64>v128.extract_lane<T>(sums, 3);
  }
  for (; count > 0; count--, a += aStep, b += size) total += <f64>load<T>(a) * <f64>load<T>(b);
  return total;
}

const FORWARD: i32 = 0;
const INPUT: i32 = 1;
const WEIGHT: i32 = 2;

/** One plane `x`, its places `y`, and the taps of one filter from outer tap … up to `outerTo`: y from x, x from y, or the taps from both. */
// @ts-ignore: decorator
@inline
function plane<T>(mode: i32, x: usize, taps: usize, y: usize, windows: usize, outerFrom: i32, outerTo: i32): void {
  const size: usize = sizeof<T>();
  const innerTaps = innerTapsOf(windows);
  const rows = rowsOf(windows);
  const line = <usize>lengthOf(windows) * size;
  const step = <usize>field(windows, 5) * size;
  const starts = windows + 4 * HEADER;
  const inners = starts + 4 * <usize>(outerTapsOf(windows) * rows);
  for (let outer = outerFrom; outer < outerTo; outer++) {
    for (let inner = 0; inner < innerTaps; inner++) {
      const tap = taps + <usize>(outer * innerTaps + inner) * size;
      const factor = load<T>(tap);
      const from = load<i32>(inners + 4 * <usize>inner);
      const count = load<i32>(inners + 4 * <usize>(innerTaps + inner)) - from;
      const first = <usize>load<i32>(inners + 4 * <usize>(2 * innerTaps + inner)) * size;
      let total: f64 = 0;
      let places = y + <usize>from * size;
      for (let row = 0; row < rows; row++, places += line) {
        const start = load<i32>(starts + 4 * <usize>(outer * rows + row));
        if (start < 0) continue;
        const pixels = x + <usize>start * size + first;
        if (mode == FORWARD) addScaled<T>(pixels, step, places, size, count, factor);
        else if (mode == INPUT) addScaled<T>(places, size, pixels, step, count, factor);
        else total += dot<T>(pixels, step, places, count);
      }
      if (mode == WEIGHT) store<T>(tap, <T>(<f64>factor + total));
    }
  }
}

// @ts-ignore: decorator
@inline
function forward<T>(
  x: usize, weight: usize, bias: usize, y: usize, images: i32, groups: i32, filters: i32, windows: usize,
): void {
  const size: usize = sizeof<T>();
  const pixels = <usize>pixelsOf(windows) * size;
  const places = rowsOf(windows) * lengthOf(windows);
  const taps = <usize>(outerTapsOf(windows) * innerTapsOf(windows)) * size;
  for (let part = 0; part < images * groups; part++, x += pixels) {
    for (let f = 0; f < filters; f++, y += <usize>places * size) {
      const filter = <usize>(part % groups * filters + f);
      const term: T = bias != 0 ? load<T>(bias + filter * size) : <T>0;
      for (let i = 0; i < places; i++) store<T>(y + <usize>i * size, term);
      plane<T>(FORWARD, x, weight + filter * taps, y, windows, 0, outerTapsOf(windows));
    }
  }
}

// @ts-ignore: decorator
@inline
function input<T>(g: usize, weight: usize, x: usize, images: i32, groups: i32, filters: i32, windows: usize): void {
  const size: usize = sizeof<T>();
  const pixels = <usize>pixelsOf(windows) * size;
  const places = <usize>(rowsOf(windows) * lengthOf(windows)) * size;
  const taps = <usize>(outerTapsOf(windows) * innerTapsOf(windows)) * size;
  memory.fill(x, 0, <usize>(images * groups) * pixels);
  for (let part = 0; part < images * groups; part++, x += pixels) {
    for (let f = 0; f < filters; f++, g += places) {
      plane<T>(INPUT, x, weight + <usize>(part % groups * filters + f) * taps, g, windows, 0, outerTapsOf(windows));
    }
  }
}

// @ts-ignore: decorator
@inline
function weights<T>(
  x: usize, g: usize, weight: usize, images: i32, groups: i32, filters: i32, windows: usize, outerFrom: i32, outerTo: i32,
): void {
  const size: usize = sizeof<T>();
  const pixels = <usize>pixelsOf(windows) * size;
  const places = <usize>(rowsOf(windows) * lengthOf(windows)) * size;
  const taps = <usize>(outerTapsOf(windows) * innerTapsOf(windows)) * size;
  for (let part = 0; part < images * groups; part++, x += pixels) {
    for (let f = 0; f < filters; f++, g += places) {
      plane<T>(WEIGHT, x, weight + <usize>(part % groups * filters + f) * taps, g, windows, outerFrom, outerTo);
    }
  }
}

export function depthwiseF32(
  x: usize, weight: usize, bias: usize, y: usize, images: i32, groups: i32, filters: i32, windows: usize,
): void {
  forward<f32>(x, weight, bias, y, images, groups, filters, windows);
}

export function depthwiseF64(
  x: usize, weight: usize, bias: usize, y: usize, images: i32, groups: i32, filters: i32, windows: usize,
): void {
  forward<f64>(x, weight, bias, y, images, groups, filters, windows);
}

export function depthwiseInputF32(
  g: usize, weight: usize, x: usize, images: i32, groups: i32, filters: i32, windows: usize,
): void {
  input<f32>(g, weight, x, images, groups, filters, windows);
}

export function depthwiseInputF64(
  g: usize, weight: usize, x: usize, images: i32, groups: i32, filters: i32, windows: usize,
): void {
  input<f64>(g, weight, x, images, groups, filters, windows);
}

export function depthwiseWeightF32(
  x: usize, g: usize, weight: usize, images: i32, groups: i32, filters: i32, windows: usize, outerFrom: i32, outerTo: i32,
): void {
  weights<f32>(x, g, weight, images, groups, filters, windows, outerFrom, outerTo);
}

export function depthwiseWeightF64(
  x: usize, g: usize, weight: usize, images: i32, groups: i32, filters: i32, windows: usize, outerFrom: i32, outerTo: i32,
): void {
  weights<f64>(x, g, weight, images, groups, filters, windows, outerFrom, outerTo);
}

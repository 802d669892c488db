import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { DType, FloatDType, NumericArray } from '../../src/tensor/dtype.ts';
import { allocateOwn, Storage } from '../../src/tensor/storage.ts';
import { contiguousStrides, type View, viewOf } from '../../src/tensor/view.ts';

// Operands for kernels: numbers, shapes and layouts to draw from, and what is meant by the same result.

export const floats = fc.constantFrom<FloatDType>('float32', 'float64');
export const specials = [
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  Number.NaN,
  2 ** -149,
  -(2 ** -1074),
  3.4e38,
  1e300,
];
export const anything = fc.oneof(
  fc.double(),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.constantFrom(...specials),
);
export const ordinary = fc.double({ min: -100, max: 100, noNaN: true });
/** Sums of products of these are exact in any order. */
export const whole = fc.integer({ min: -8, max: 8 });
export const wholeOrSpecial = fc.oneof(
  { weight: 20, arbitrary: whole },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0) },
);

/** Mostly short axes; a last one that is as long as a chunk in scratch now and then. */
export const shapes = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
    fc.oneof(
      { weight: 10, arbitrary: fc.integer({ min: 0, max: 40 }) },
      { weight: 1, arbitrary: fc.constantFrom(2047, 2048, 2049, 4095, 4097, 10_001) },
    ),
  )
  .map(([outer, last]) => [...outer, last]);

/** How the elements of a view lie. */
export const layouts = ['contiguous', 'columns', 'gaps', 'expanded'] as const;
export interface Lying {
  readonly layout: (typeof layouts)[number];
  readonly offset: number;
  /** Along which axes an expanded view stands still. */
  readonly still: readonly boolean[];
  /** Which of the values come first. */
  readonly shift: number;
}
export const lying = fc.record<Lying>({
  layout: fc.constantFrom(...layouts),
  offset: fc.integer({ min: 0, max: 5 }),
  still: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  shift: fc.integer({ min: 0, max: 49 }),
});

/** A view of some of a pattern's values, with NaN wherever the view is not. */
export function lay(
  dtype: DType,
  shape: readonly number[],
  { layout, offset, still, shift }: Lying,
  pattern: readonly number[],
): View {
  const strides = [...contiguousStrides(layout === 'columns' ? shape.toReversed() : shape)];
  if (layout === 'columns') strides.reverse();
  if (layout === 'gaps')
    for (let axis = 0; axis < shape.length; axis++) strides[axis]! *= axis === shape.length - 1 ? 1 : 2;
  if (layout === 'expanded') {
    for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
      strides[axis] = still[axis] ? 0 : step;
      if (!still[axis]) step *= Math.max(shape[axis]!, 1);
    }
  }
  const extent = shape.reduce((sum, length, axis) => sum + Math.max(0, length - 1) * strides[axis]!, 1);
  const array = allocateOwn(dtype, offset + extent + 3).fill(dtype === 'bool' ? 1 : Number.NaN);
  for (let at = offset; at < offset + extent; at++) array[at] = pattern[(at * 7 + shift) % pattern.length]!;
  return viewOf(new Storage(array), dtype, shape, strides, offset);
}

/** Equality of every element, NaN and the sign of zero included; toEqual takes 0.1 ms per 1000 elements. */
export function expectSame(actual: NumericArray, expected: NumericArray): void {
  if (actual.length === expected.length && actual.every((x, i) => Object.is(x, expected[i]))) return;
  expect(actual).toEqual(expected);
  throw new Error('toEqual misses a difference that Object.is sees');
}

/** Of zeros the sign is free: sums from 0 lose it in some orders. */
export const withoutSigns = (array: NumericArray) => array.map((x) => x + 0);

export const ulpOf = (x: number) => 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(x))) - 23);

/** float32 results within so many units in the last place; infinities and NaN agree. */
export function expectClose(actual: NumericArray, expected: NumericArray, ulps: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [x, y] = [actual[i]!, expected[i]!];
    if (Object.is(x, y) || x === y) continue;
    if (!(Math.abs(x - y) <= ulps * ulpOf(y))) throw new Error(`element ${i} is ${x}, expected ${y}`);
  }
}

export const patterns = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: 1, maxLength: 50 });

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as blasConv from '../../src/kernels/blas/conv.ts';
import { blasMatmul } from '../../src/kernels/blas/index.ts';
import { systemBlas } from '../../src/kernels/blas/library.ts';
import type { AdamStep, Convolution, RmspropStep, SgdStep, Taps } from '../../src/kernels/kernels.ts';
import { imageKernelsOn } from '../../src/kernels/reference/image.ts';
import { reference } from '../../src/kernels/reference/index.ts';
import { erf, ndtr } from '../../src/kernels/special/erf.ts';
import * as wasmConv from '../../src/kernels/wasm/conv.ts';
import * as wasm from '../../src/kernels/wasm/index.ts';
import { maxPool } from '../../src/kernels/wasm/maxPool.ts';
import type { DType, FloatDType, NumericArray } from '../../src/tensor/dtype.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import { allocateOwn, Storage } from '../../src/tensor/storage.ts';
import { contiguousStrides, type View, viewOf } from '../../src/tensor/view.ts';

const images = imageKernelsOn(reference.matmul);
const blas = systemBlas();

const floats = fc.constantFrom<FloatDType>('float32', 'float64');
const specials = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 2 ** -149, -(2 ** -1074), 3.4e38, 1e300];
const anything = fc.oneof(
  fc.double(),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.constantFrom(...specials),
);
const ordinary = fc.double({ min: -100, max: 100, noNaN: true });
/** Sums of products of these are exact in any order. */
const whole = fc.integer({ min: -8, max: 8 });
const wholeOrSpecial = fc.oneof(
  { weight: 20, arbitrary: whole },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0) },
);

/** Mostly short axes; a last one that is as long as a chunk in scratch now and then. */
const shapes = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
    fc.oneof(
      { weight: 10, arbitrary: fc.integer({ min: 0, max: 40 }) },
      { weight: 1, arbitrary: fc.constantFrom(2047, 2048, 2049, 4095, 4097, 10_001) },
    ),
  )
  .map(([outer, last]) => [...outer, last]);

/** How the elements of a view lie. */
const layouts = ['contiguous', 'columns', 'gaps', 'expanded'] as const;
interface Lying {
  readonly layout: (typeof layouts)[number];
  readonly offset: number;
  /** Along which axes an expanded view stands still. */
  readonly still: readonly boolean[];
  /** Which of the values come first. */
  readonly shift: number;
}
const lying = fc.record<Lying>({
  layout: fc.constantFrom(...layouts),
  offset: fc.integer({ min: 0, max: 5 }),
  still: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  shift: fc.integer({ min: 0, max: 49 }),
});

/** A view of some of a pattern's values, with NaN wherever the view is not. */
function lay(
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
function expectSame(actual: NumericArray, expected: NumericArray): void {
  if (actual.length === expected.length && actual.every((x, i) => Object.is(x, expected[i]))) return;
  expect(actual).toEqual(expected);
  throw new Error('toEqual misses a difference that Object.is sees');
}

/** Of zeros the sign is free: sums from 0 lose it in some orders. */
const withoutSigns = (array: NumericArray) => array.map((x) => x + 0);

const ulpOf = (x: number) => 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(x))) - 23);

/** float32 results within so many units in the last place; infinities and NaN agree. */
function expectClose(actual: NumericArray, expected: NumericArray, ulps: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [x, y] = [actual[i]!, expected[i]!];
    if (Object.is(x, y) || x === y) continue;
    if (!(Math.abs(x - y) <= ulps * ulpOf(y))) throw new Error(`element ${i} is ${x}, expected ${y}`);
  }
}

const patterns = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: 1, maxLength: 50 });

/** One property for each kernel that a set takes over from the reference. */
const wasmCases: Readonly<Record<string, () => void>> = {
  unary() {
    const names = [
      'neg',
      'abs',
      'sqrt',
      'relu',
      'square',
      'reciprocal',
      'floor',
      'ceil',
      'trunc',
      'round',
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        floats,
        shapes,
        lying,
        patterns(anything),
        (fn, dtype, shape, how, pattern) => {
          const x = lay(dtype, shape, how, pattern);
          const actual = wasm.unary(fn, x);
          if (x.isContiguous) expect(actual).not.toBeNull();
          if (actual) expectSame(actual.array, reference.unary(fn, x).array);
        },
      ),
    );
  },
  binary() {
    const names = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        floats,
        shapes,
        lying,
        lying,
        patterns(anything),
        (fn, dtype, shape, left, right, pattern) => {
          const [a, b] = [lay(dtype, shape, left, pattern), lay(dtype, shape, right, pattern)];
          const actual = wasm.binary(fn, a, b);
          if (a.isContiguous && b.isContiguous) expect(actual).not.toBeNull();
          if (actual) expectSame(actual.array, reference.binary(fn, a, b).array);
        },
      ),
    );
  },
  compare() {
    const names = ['eq', 'ge', 'gt', 'le', 'lt', 'ne'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        floats,
        shapes,
        lying,
        lying,
        patterns(anything),
        (fn, dtype, shape, left, right, pattern) => {
          const [a, b] = [lay(dtype, shape, left, pattern), lay(dtype, shape, right, pattern)];
          const actual = wasm.compare(fn, a, b);
          if (a.isContiguous && b.isContiguous) expect(actual).not.toBeNull();
          if (actual) expectSame(actual.array, reference.compare(fn, a, b).array);
        },
      ),
    );
  },
  where() {
    const bits = patterns(fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(
        floats,
        shapes,
        lying,
        lying,
        lying,
        patterns(anything),
        bits,
        (dtype, shape, test, left, right, pattern, held) => {
          const condition = lay('bool', shape, test, held);
          const [a, b] = [lay(dtype, shape, left, pattern), lay(dtype, shape, right, pattern)];
          const actual = wasm.where(condition, a, b);
          if (condition.isContiguous && a.isContiguous && b.isContiguous) expect(actual).not.toBeNull();
          if (actual) expectSame(actual.array, reference.where(condition, a, b).array);
        },
      ),
    );
  },
  sums() {
    fc.assert(
      fc.property(
        floats,
        fc.oneof(shapes, fc.tuple(fc.integer({ min: 1, max: 3 }), lengths)),
        lying,
        fc.oneof(patterns(ordinary), patterns(anything)),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        (dtype, shape, how, pattern, over) => {
          const x = lay(dtype, shape, how, pattern);
          const axes = shape.map((_, axis) => axis).filter((axis) => over[axis]);
          const totals = wasm.sums(x, axes);
          if (totals === null) return;
          const expected = reference.reduce(
            'sum',
            viewOf(x.storage, dtype, shape, x.strides, x.offset),
            axes,
          );
          const rounded = allocateOwn(dtype, totals.length);
          rounded.set(totals);
          expectSame(rounded, expected.array);
        },
      ),
    );
  },
  softmax() {
    const rows = fc.tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(5001)),
    );
    const scores = patterns(fc.oneof(ordinary, fc.constantFrom(Infinity, -Infinity, Number.NaN, 3e38, 0)));
    fc.assert(
      fc.property(rows, scores, fc.boolean(), (shape, pattern, logarithm) => {
        const x = lay('float32', shape, { layout: 'contiguous', offset: 3, still: [], shift: 0 }, pattern);
        const actual = wasm.softmax(x, 1, logarithm);
        expect(actual === null).toBe(x.size === 0);
        if (actual) expectClose(actual.array, reference.softmax(x, 1, logarithm).array, 1);
      }),
    );
  },
  standardize() {
    const shape = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), lengths);
    const over = fc.constantFrom([2], [1, 2], [0, 2], [0, 1, 2]);
    fc.assert(
      fc.property(
        floats,
        shape,
        over,
        patterns(ordinary),
        fc.boolean(),
        (dtype, shape, axes, pattern, tall) => {
          const lying = { layout: 'contiguous', offset: 3, still: [], shift: 0 } as const;
          const x = lay(dtype, tall ? shape : shape.toReversed(), lying, pattern);
          const actual = wasm.standardize(x, axes, 1e-5);
          if (actual === null) return;
          const expected = reference.standardize(x, axes, 1e-5);
          for (const part of ['output', 'mean', 'variance'] as const) {
            const [values, wanted] = [actual[part].array, expected[part].array];
            expect(values.length).toBe(wanted.length);
            // Both sum in float64, in another order: means of values up to 100 differ by 1e-14 of them, which scales of up to 316 enlarge.
            const tolerance = dtype === 'float32' ? 2 ** -23 : 1e-10;
            values.forEach((value, i) => {
              expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(
                tolerance * Math.max(1, Math.abs(wanted[i]!)),
              );
            });
          }
        },
      ),
    );
    const image = lay(
      'float32',
      [4, 3, 50],
      { layout: 'contiguous', offset: 0, still: [], shift: 0 },
      [1, 2, 5],
    );
    expect(wasm.standardize(image, [0, 2], 0)).not.toBeNull();
  },
  scatterAdd() {
    const extent = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(
        floats,
        fc.integer({ min: 0, max: 9 }),
        extent,
        extent,
        lying,
        patterns(ordinary),
        fc.boolean(),
        (dtype, rows, n, m, how, pattern, uniform) => {
          const still = {
            layout: 'expanded',
            offset: 2,
            still: [true, true, true, true],
            shift: 0,
          } as const;
          const plain = { ...how, layout: 'contiguous' } as const;
          const x = lay(dtype, [rows, n], uniform ? still : plain, pattern);
          const positions = Array.from({ length: 50 }, (_, i) => (i * 7 + how.shift) % Math.max(n, 1));
          const index = lay('int32', [rows, m], plain, positions);
          const source = lay(dtype, [rows, m], plain, pattern);
          if (n === 0 && index.size > 0) return;
          const actual = wasm.scatterAdd(x, 1, index, source);
          expect(actual === null).toBe(index.size === 0);
          if (actual === null) return;
          expectSame(actual.array, reference.scatter('scatterAdd', 'sum', x, 1, index, source).array);
        },
      ),
    );
  },
  sgd() {
    const rate = fc.constantFrom(0, 0.1, 0.9, 1e-3);
    const step = fc.record<SgdStep>({
      lr: rate,
      momentum: rate,
      dampening: rate,
      weightDecay: rate,
      nesterov: fc.boolean(),
      maximize: fc.boolean(),
    });
    fc.assert(
      fc.property(
        floats,
        step,
        lengths,
        patterns(anything),
        fc.boolean(),
        (dtype, numbers, n, pattern, moving) => {
          const run = (kernel: typeof reference.sgd | typeof wasm.sgd) => {
            const [p, g, v] = [0, 1, 2].map((k) => vector(dtype, n, pattern, k));
            kernel(numbers, p!, g!, moving ? v! : null);
            return [p!, v!];
          };
          run(wasm.sgd).forEach((view, i) => {
            expectSame(view.storage.array, run(reference.sgd)[i]!.storage.array);
          });
        },
      ),
    );
  },
  adam() {
    const share = fc.constantFrom(0, 0.5, 0.9, 0.999);
    const step = fc.record<AdamStep>({
      stepSize: share,
      beta1: share,
      beta2: share,
      eps: fc.constantFrom(1e-8, 0),
      rootCorrection: fc.constantFrom(0.1, 1),
      weightDecay: share,
      shrink: fc.constantFrom(1, 0.99),
      maximize: fc.boolean(),
    });
    fc.assert(
      fc.property(
        floats,
        step,
        lengths,
        patterns(anything),
        fc.boolean(),
        (dtype, numbers, n, pattern, amsgrad) => {
          const run = (kernel: typeof reference.adam | typeof wasm.adam) => {
            const views = [0, 1, 2, 3, 4].map((k) => vector(dtype, n, pattern, k)) as [
              View,
              View,
              View,
              View,
              View,
            ];
            const [p, g, m, s, l] = views;
            kernel(numbers, p, g, m, s, amsgrad ? l : null);
            return views;
          };
          run(wasm.adam).forEach((view, i) => {
            expectSame(view.storage.array, run(reference.adam)[i]!.storage.array);
          });
        },
      ),
    );
  },
  rmsprop() {
    const share = fc.constantFrom(0, 0.5, 0.9, 0.999);
    const step = fc.record<RmspropStep>({
      lr: share,
      alpha: share,
      eps: fc.constantFrom(1e-8, 0),
      epsInside: fc.constantFrom(1e-3, 0),
      weightDecay: share,
      momentum: share,
      maximize: fc.boolean(),
    });
    fc.assert(
      fc.property(
        floats,
        step,
        lengths,
        patterns(anything),
        fc.boolean(),
        fc.boolean(),
        (dtype, numbers, n, pattern, centered, remembers) => {
          const run = (kernel: typeof reference.rmsprop | typeof wasm.rmsprop) => {
            const views = [0, 1, 2, 3, 4].map((k) => vector(dtype, n, pattern, k));
            const [p, g, s, m, v] = views as [View, View, View, View, View];
            kernel(numbers, p, g, s, centered ? m : null, remembers ? v : null);
            return views;
          };
          run(wasm.rmsprop).forEach((view, i) => {
            expectSame(view.storage.array, run(reference.rmsprop)[i]!.storage.array);
          });
        },
      ),
    );
  },
  matmul: () => products(wasm.matmul),
  maxPool() {
    fc.assert(
      fc.property(floats, pooling, lying, patterns(anything), (dtype, { shape, axes }, how, pattern) => {
        const x = lay(dtype, shape, how, pattern);
        const actual = maxPool(x, axes);
        expect(actual === null).toBe(x.size === 0 || dtype === 'float64');
        if (actual) expectSame(actual.array, images.maxPool(x, axes).array);
      }),
    );
  },
  convolution: () => convolutions('convolution', wasmConv),
  convInput: () => convolutions('convInput', wasmConv),
  convWeight: () => convolutions('convWeight', wasmConv),
};

/** Lengths around those of chunks in scratch. */
const lengths = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(1023, 1025, 2047, 2049, 5001));

/** A vector with an offset and something behind it, which no kernel may touch. */
function vector(dtype: FloatDType, n: number, pattern: readonly number[], shift: number): View {
  const array = allocateOwn(dtype, n + 5);
  for (let i = 0; i < array.length; i++) array[i] = pattern[(i * (shift + 1) + shift) % pattern.length]!;
  return viewOf(new Storage(array), dtype, [n], undefined, 2);
}

function products(matmul: (a: View, b: View, bias: View | null) => Storage | null): void {
  const extent = fc.integer({ min: 0, max: 20 });
  fc.assert(
    fc.property(
      floats,
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
      fc.tuple(extent, extent, extent),
      lying,
      lying,
      patterns(wholeOrSpecial),
      fc.boolean(),
      (dtype, batch, [m, k, n], left, right, pattern, biased) => {
        const a = lay(dtype, [...batch, m, k], left, pattern);
        const b = lay(dtype, [...batch, k, n], right, pattern);
        const bias = biased ? lay(dtype, [n], right, pattern) : null;
        const actual = matmul(a, b, bias);
        if (actual) expectSame(withoutSigns(actual.array), withoutSigns(reference.matmul(a, b, bias).array));
      },
    ),
  );
}

interface Drawn {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly axes: readonly {
    kernel: number;
    stride: number;
    padding: number;
    dilation: number;
    extra: number;
  }[];
}

const axis = fc.record({
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.integer({ min: 0, max: 2 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  extra: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 12 }) },
    { weight: 1, arbitrary: fc.constant(70) },
  ),
});
const pointwise = fc.constant({ kernel: 1, stride: 1, padding: 0, dilation: 1, extra: 9 });
const drawn = fc.record<Drawn>({
  batch: fc.integer({ min: 1, max: 4 }),
  channels: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 5 }),
  groups: fc.integer({ min: 1, max: 3 }),
  axes: fc.oneof(
    { weight: 6, arbitrary: fc.array(axis, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(pointwise, { minLength: 1, maxLength: 2 }) },
  ),
});

/** The convolution with what was drawn; lengths are such that the kernel fits. */
function convolutionOf({ groups, axes }: Drawn): Convolution {
  const reach = axes.map(({ kernel, dilation }) => (kernel - 1) * dilation + 1);
  const input = axes.map(({ padding, extra }, i) =>
    Math.max(1, reach[i]! - 2 * padding + (axes.length > 2 ? extra % 4 : extra)),
  );
  return {
    input,
    groups,
    kernel: axes.map(({ kernel }) => kernel),
    stride: axes.map(({ stride }) => stride),
    padding: axes.map(({ padding }) => padding),
    dilation: axes.map(({ dilation }) => dilation),
    output: axes.map(
      ({ stride, padding }, i) => Math.floor((input[i]! + 2 * padding - reach[i]!) / stride) + 1,
    ),
  };
}

/** The three kernels of a set. */
interface ConvolutionSet {
  convolution(x: View, weight: View, bias: View | null, p: wasmConv.Plan): Storage;
  convInput(g: View, weight: View, p: wasmConv.Plan): Storage;
  convWeight(x: View, g: View, p: wasmConv.Plan): Storage;
}

function convolutions(kernel: keyof ConvolutionSet, set: ConvolutionSet): void {
  fc.assert(
    fc.property(
      floats,
      drawn,
      lying,
      lying,
      patterns(wholeOrSpecial),
      fc.boolean(),
      (dtype, numbers, left, right, values, biased) => {
        const c = convolutionOf(numbers);
        const { batch, channels, filters, groups } = numbers;
        // With few filters a channel the reference leaves padding out, which others multiply by 0: NaN then differs.
        const plain = channels === 1 && filters <= 2;
        const pattern = plain ? values.map((x) => (Number.isFinite(x) ? x : 3)) : values;
        const x = lay(dtype, [batch, groups * channels, ...c.input], left, pattern);
        const weight = lay(dtype, [groups * filters, channels, ...c.kernel], right, pattern);
        const bias = biased ? lay(dtype, [groups * filters], left, pattern) : null;
        const g = lay(dtype, [batch, groups * filters, ...c.output], left, pattern);
        const p = wasmConv.plan(dtype, batch, filters, channels, c);
        if (p === null) {
          expect([dtype, channels, filters <= 2, groups > 1]).toEqual(['float64', 1, true, true]);
          return;
        }
        // No BLAS is asked for these.
        if (p.depthwise && set !== wasmConv) return;
        const [actual, expected] = {
          convolution: () =>
            [set.convolution(x, weight, bias, p), images.convolution(x, weight, bias, c)] as const,
          convInput: () => [set.convInput(g, weight, p), images.convInput(g, weight, c)] as const,
          convWeight: () => [set.convWeight(x, g, p), images.convWeight(x, g, c)] as const,
        }[kernel]();
        expectSame(withoutSigns(actual.array), withoutSigns(expected.array));
      },
    ),
  );
}

/** Windows along the last axes of images. */
const pooling = fc
  .record({
    lead: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
    axes: fc.array(
      fc.record({
        kernel: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 3 }),
        padding: fc.integer({ min: 0, max: 1 }),
        dilation: fc.integer({ min: 1, max: 2 }),
        extra: fc.integer({ min: 0, max: 20 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ lead, axes }) => {
    const described = axes.map(({ kernel, stride, padding, dilation, extra }) => {
      const reach = (kernel - 1) * dilation + 1;
      const pad = 2 * padding <= reach && dilation === 1 ? Math.min(padding, kernel >> 1) : 0;
      const length = reach + (axes.length > 2 ? extra % 4 : extra);
      const starts = [0];
      const positions: number[] = [];
      for (let at = -pad; at + reach <= length + pad; at += stride) {
        for (let k = 0; k < kernel; k++) {
          const position = at + k * dilation;
          if (position >= 0 && position < length) positions.push(position);
        }
        starts.push(positions.length);
      }
      const taps: Taps = {
        starts: Int32Array.from(starts),
        positions: Int32Array.from(positions),
        weights: new Float64Array(positions.length).fill(1),
      };
      return { length, taps };
    });
    return {
      shape: [...lead, ...described.map(({ length }) => length)],
      axes: described.map(({ taps }) => taps),
    };
  });

describe('WASM kernels give what the reference gives', () => {
  test('each has a case', () => {
    const functions = (set: object) =>
      Object.entries(set)
        .filter(([name, value]) => typeof value === 'function' && !/Threshold$/.test(name))
        .map(([name]) => name);
    const conv = functions(wasmConv).filter((name) => name.startsWith('conv'));
    expect(Object.keys(wasmCases).sort()).toEqual([...functions(wasm), ...conv, 'maxPool'].sort());
  });

  test.each(Object.keys(wasmCases))('%s', (name) => wasmCases[name]!());

  test.each([
    ['rows', [12, 400]],
    ['parts of a row', [9000]],
  ] as const)('where convolutions are divided into blocks of %s, images and channels', (_, plane) => {
    const c: Convolution = {
      ...{ input: plane, output: plane, kernel: plane.map(() => 3), padding: plane.map(() => 1) },
      ...{ stride: plane.map(() => 1), dilation: plane.map(() => 1), groups: 1 },
    };
    const how = { layout: 'contiguous', offset: 0, still: [], shift: 0 } as const;
    const pattern = Array.from({ length: 23 }, (_, i) => (i % 5) - 2);
    const x = lay('float32', [2, 30, ...plane], how, pattern);
    const weight = lay('float32', [3, 30, ...c.kernel], how, pattern);
    const g = lay('float32', [2, 3, ...plane], how, pattern);
    const p = wasmConv.plan('float32', 2, 3, 30, c)!;
    expect(p.rowBlock * p.placeBlock).toBeLessThan(sizeOf(plane));
    const expected = [
      images.convolution(x, weight, null, c),
      images.convInput(g, weight, c),
      images.convWeight(x, g, c),
    ];
    for (const set of typeof blas === 'string' ? [wasmConv] : [wasmConv, ofBlas()]) {
      const actual = [
        set.convolution(x, weight, null, p),
        set.convInput(g, weight, p),
        set.convWeight(x, g, p),
      ];
      actual.forEach(({ array }, i) => {
        expectSame(withoutSigns(array), withoutSigns(expected[i]!.array));
      });
    }
  });
});

const accurate: Readonly<Record<string, (x: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  expm1: Math.expm1,
  log1p: Math.log1p,
  softplus: (x) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))),
  erf,
  ndtr,
};

describe('transcendental WASM kernels', () => {
  test.each(Object.keys(accurate))('%s is within 0.51 ulp over all of float32', (name) => {
    // Every 15013th bit pattern, subnormals and NaNs with a payload included, and the special values.
    const n = Math.ceil(2 ** 32 / 15013);
    const x = new Float32Array(Uint32Array.from({ length: n }, (_, i) => i * 15013).buffer);
    x.set(specials);
    const fn = Object.assign((value: number) => value, { kernel: name });
    const y = wasm.unary(fn, viewOf(new Storage(x), 'float32', [n]))!.array;
    let worst = 0;
    for (let i = 0; i < n; i++) {
      const truth = accurate[name]!(x[i]!);
      const nearest = Math.fround(truth);
      if (Object.is(y[i], nearest)) continue;
      const error = Math.abs(y[i]! - truth) / ulpOf(nearest);
      // NaN, an infinity or the wrong zero on one side only.
      worst = error <= 1 && y[i] !== nearest ? Math.max(worst, error) : Infinity;
    }
    expect(worst).toBeLessThan(0.51);
    expect(wasm.unary(fn, viewOf(new Storage(new Float64Array(1)), 'float64', [1]))).toBeNull();
  });
});

function ofBlas(): ConvolutionSet {
  const library = blas as Exclude<typeof blas, string>;
  return {
    convolution: (x, weight, bias, p) => blasConv.convolution(library, x, weight, bias, p),
    convInput: (g, weight, p) => blasConv.convInput(library, g, weight, p),
    convWeight: (x, g, p) => blasConv.convWeight(library, x, g, p),
  };
}

const ifBlas = typeof blas === 'string' ? describe.skip : describe;
ifBlas(
  `kernels on a system BLAS give what the reference gives${typeof blas === 'string' ? `: ${blas}` : ''}`,
  () => {
    test('matmul', () =>
      products((a, b, bias) => blasMatmul(blas as Exclude<typeof blas, string>, a, b, bias)));
    test.each(['convolution', 'convInput', 'convWeight'] as const)('%s', (kernel) =>
      convolutions(kernel, ofBlas()),
    );
  },
);

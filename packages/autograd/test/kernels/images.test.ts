import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as blasConv from '../../src/kernels/blas/conv.ts';
import { systemBlas } from '../../src/kernels/blas/library.ts';
import type { Convolution, Taps } from '../../src/kernels/kernels.ts';
import { imageKernelsOn } from '../../src/kernels/reference/image.ts';
import { reference } from '../../src/kernels/reference/index.ts';
import * as wasmConv from '../../src/kernels/wasm/conv.ts';
import { maxPool } from '../../src/kernels/wasm/maxPool.ts';
import { resample } from '../../src/kernels/wasm/resample.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import type { Storage } from '../../src/tensor/storage.ts';
import type { View } from '../../src/tensor/view.ts';
import {
  anything,
  expectSame,
  floats,
  lay,
  lying,
  patterns,
  wholeOrSpecial,
  withoutSigns,
} from './operands.ts';

const images = imageKernelsOn(reference.matmul);
const blas = systemBlas();

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
        const p = wasmConv.plan(dtype, batch, filters, channels, c)!;
        expect(p).not.toBeNull();
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

const kernels = ['convolution', 'convInput', 'convWeight'] as const;

describe('WASM kernels of images give what the reference gives', () => {
  test('each has a case', () => {
    expect(
      Object.keys(wasmConv)
        .filter((name) => /^conv(?!Threshold)/.test(name))
        .sort(),
    ).toEqual([...kernels].sort());
  });

  test.each(kernels)('%s', (kernel) => convolutions(kernel, wasmConv));

  test('maxPool', () => {
    fc.assert(
      fc.property(floats, pooling, lying, patterns(anything), (dtype, { shape, axes }, how, pattern) => {
        const x = lay(dtype, shape, how, pattern);
        const actual = maxPool(x, axes);
        expect(actual === null).toBe(x.size === 0);
        if (actual) expectSame(actual.array, images.maxPool(x, axes).array);
      }),
    );
  });

  test('resample', () => {
    const weights = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(
        floats,
        pooling,
        weights,
        lying,
        patterns(anything),
        (dtype, drawn, factors, how, pattern) => {
          const x = lay(dtype, drawn.shape, how, pattern);
          drawn.axes.forEach((taps, i) => {
            const weighted = { ...taps, weights: taps.weights.map((_, k) => factors[k % factors.length]!) };
            const axis = x.shape.length - drawn.axes.length + i;
            const actual = resample(x, axis, weighted);
            expect(actual === null).toBe(x.size === 0 || taps.starts.length === 1);
            if (actual) expectSame(actual.array, images.resample(x, axis, weighted).array);
          });
        },
      ),
    );
  });

  test('resample by chunks of lines', () => {
    const x = lay(
      'float32',
      [3, 5000, 7],
      { layout: 'contiguous', offset: 3, still: [], shift: 0 },
      [1, 2.5, -4],
    );
    const taps: Taps = {
      starts: Int32Array.of(0, 2, 2, 5),
      positions: Int32Array.of(0, 4999, 17, 18, 17),
      weights: Float64Array.of(0.1, 3, -1, 0.5, 7),
    };
    expectSame(resample(x, 1, taps)!.array, images.resample(x, 1, taps).array);
    const rows = lay(
      'float32',
      [9001, 3],
      { layout: 'contiguous', offset: 1, still: [], shift: 0 },
      [1, 2.5, -4],
    );
    const few = { ...taps, positions: Int32Array.of(0, 2, 1, 1, 0) };
    expectSame(resample(rows, 1, few)!.array, images.resample(rows, 1, few).array);
  });

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
  `convolutions on a system BLAS give what the reference gives${typeof blas === 'string' ? `: ${blas}` : ''}`,
  () => {
    test.each(kernels)('%s', (kernel) => convolutions(kernel, ofBlas()));
  },
);

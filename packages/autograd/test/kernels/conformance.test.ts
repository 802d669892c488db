import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blasMatmul } from '../../src/kernels/blas/index.ts';
import { systemBlas } from '../../src/kernels/blas/library.ts';
import type { AdamStep, BinaryName, RmspropStep, SgdStep } from '../../src/kernels/kernels.ts';
import { standardizeAdjoint } from '../../src/kernels/reference/adjoints.ts';
import { cast } from '../../src/kernels/reference/copy.ts';
import { gelu, geluAdjoint } from '../../src/kernels/reference/gelu.ts';
import { reference } from '../../src/kernels/reference/index.ts';
import { standardize } from '../../src/kernels/reference/standardize.ts';
import { erf, ndtr } from '../../src/kernels/special/erf.ts';
import * as wasm from '../../src/kernels/wasm/index.ts';
import type { FloatDType, NumericArray } from '../../src/tensor/dtype.ts';
import { allocateOwn, Storage } from '../../src/tensor/storage.ts';
import { type View, viewOf } from '../../src/tensor/view.ts';
import * as float32Steps from './float32Steps.ts';
import {
  anything,
  expectClose,
  expectSame,
  floats,
  lay,
  lying,
  ordinary,
  patterns,
  shapes,
  specials,
  ulpOf,
  wholeOrSpecial,
  withoutSigns,
} from './operands.ts';

const blas = systemBlas();

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
    const exact = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'reluAdjoint'];
    const names = [...exact, 'sigmoidAdjoint', 'tanhAdjoint'] as BinaryName[];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        floats,
        shapes,
        lying,
        lying,
        patterns(anything),
        (fn, dtype, shape, left, right, numbers) => {
          // Adjoints take values of functions that are bounded: where squares overflow, float32 and float64 part.
          const pattern = exact.includes(fn) ? numbers : numbers.map((x) => Math.max(-10, Math.min(x, 10)));
          const [a, b] = [lay(dtype, shape, left, pattern), lay(dtype, shape, right, pattern)];
          const actual = wasm.binary(fn, a, b);
          const has = exact.includes(fn) || dtype === 'float32';
          if (has && a.isContiguous && b.isContiguous) expect(actual).not.toBeNull();
          if (actual === null) return;
          const expected = reference.binary(fn, a, b).array;
          if (exact.includes(fn)) expectSame(actual.array, expected);
          else
            expectNear(
              dtype,
              actual.array,
              expected,
              2 ** -22,
              (i) => termOf(a, i) * (1 + termOf(b, i) ** 2),
            );
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
  totals() {
    fc.assert(
      fc.property(
        fc.constantFrom('sum', 'amax', 'amin'),
        floats,
        fc.oneof(shapes, fc.tuple(fc.integer({ min: 1, max: 3 }), lengths)),
        lying,
        fc.oneof(patterns(ordinary), patterns(anything)),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        (fn, dtype, shape, how, pattern, over) => {
          const x = lay(dtype, shape, how, pattern);
          const axes = shape.map((_, axis) => axis).filter((axis) => over[axis]);
          const totals = wasm.totals(fn, x, axes);
          if (x.isContiguous && x.size > 0 && shape.at(-1)! >= 8 && over[shape.length - 1]) {
            expect(totals).not.toBeNull();
          }
          if (totals === null) return;
          const expected = reference.reduce(fn, viewOf(x.storage, dtype, shape, x.strides, x.offset), axes);
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
  classAdjoint() {
    const rows = fc.tuple(fc.integer({ min: 0, max: 9 }), lengths);
    const logarithms = patterns(
      fc.oneof(
        { weight: 20, arbitrary: fc.double({ min: -20, max: 0, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(-Infinity, Number.NaN) },
      ),
    );
    fc.assert(
      fc.property(
        rows,
        logarithms,
        patterns(ordinary),
        lying,
        lying,
        (shape, pattern, factors, how, other) => {
          const [n, classes] = shape;
          const [y, g] = [lay('float32', shape, how, pattern), lay('float32', [n!], other, factors)];
          if (classes === 0) return;
          const named = Array.from({ length: 50 }, (_, i) => (i * 7 + how.shift) % classes!);
          const index = lay('int32', [n!], other, named);
          const actual = wasm.classAdjoint(g, y, index, 1);
          if (y.size > 0 && classes! <= 4096 && y.isContiguous) expect(actual).not.toBeNull();
          if (actual) expectClose(actual.array, reference.classAdjoint(g, y, index, 1).array, 1);
        },
      ),
    );
  },
  indexGet() {
    let taken = 0;
    fc.assert(
      fc.property(rowCases, ({ dtype, table, index, rest }) => {
        const x = lay(dtype, table, rest, [1, 2, 0, 1, 3]);
        const actual = wasm.indexGet(x, { axes: [0], lead: 0, positions: index });
        if (actual === null) return;
        taken++;
        expectSame(actual.array, reference.indexGet(x, { axes: [0], lead: 0, positions: index }).array);
      }),
    );
    expect(taken).toBeGreaterThan(0);
  },
  indexAdd() {
    let taken = 0;
    fc.assert(
      fc.property(
        rowCases,
        patterns(anything),
        patterns(whole32),
        ({ dtype, table, index, rest }, numbers, integers) => {
          const pattern = dtype === 'float32' || dtype === 'float64' ? numbers : integers;
          const source = lay(dtype, [...index.shape.slice(1), ...table.slice(1)], rest, pattern);
          const targets = [0, 1].map(() => lay('float64', table, { ...rest, layout: 'contiguous' }, pattern));
          const selection = { axes: [0], lead: 0, positions: index };
          if (!wasm.indexAdd(targets[0]!, selection, source)) return;
          taken++;
          reference.indexAdd(targets[1]!, selection, source);
          // What lies around the target counts too.
          expectSame(targets[0]!.storage.array, targets[1]!.storage.array);
        },
      ),
    );
    expect(taken).toBeGreaterThan(0);
  },
  softmaxAdjoint() {
    const rows = fc.tuple(fc.integer({ min: 0, max: 9 }), lengths);
    fc.assert(
      fc.property(rows, patterns(ordinaryOrSpecial), lying, (shape, pattern, how) => {
        const dtype = 'float32';
        const plain = { layout: 'contiguous', offset: 3, still: [], shift: 0 } as const;
        const [g, y] = [lay(dtype, shape, plain, pattern), lay(dtype, shape, how, pattern.toReversed())];
        const actual = wasm.softmaxAdjoint(g, y, 1);
        if (g.size > 0 && shape[1]! <= 4096 && y.isContiguous) expect(actual).not.toBeNull();
        if (actual === null) return;
        // Both sum in float64, in another order.
        expectNear(dtype, actual.array, reference.softmaxAdjoint(g, y, 1).array, 1e-14, () => 1e6 * g.size);
      }),
    );
  },
  standardizeAdjoint() {
    const extent = fc.integer({ min: 1, max: 4 });
    const over = fc.constantFrom<number[]>([2], [1, 2], [0, 2], [0, 1, 2]);
    fc.assert(
      fc.property(
        floats,
        fc.tuple(extent, extent, lengths),
        over,
        patterns(ordinary),
        (dtype, shape, axes, pattern) => {
          const plain = { layout: 'contiguous', offset: 3, still: [], shift: 0 } as const;
          const [g, y] = [lay(dtype, shape, plain, pattern), lay(dtype, shape, plain, pattern.toReversed())];
          const groups = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
          const variance = lay(
            dtype,
            groups,
            plain,
            pattern.map((value) => 1 + Math.abs(value)),
          );
          const actual = wasm.standardizeAdjoint(g, y, variance, axes, 0.5);
          // Groups over all axes are one row; shorter rows than 8 are left to the reference.
          if (shape[2]! >= 8 && g.size <= 2048) expect(actual).not.toBeNull();
          if (actual === null) return;
          const expected = standardizeAdjoint(g, y, variance, axes, 0.5);
          expectNear(dtype, actual.array, expected.array, 1e-14, () => 1e6 * g.size);
        },
      ),
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
          const expected = standardize(x, axes, 1e-5);
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
  gelu() {
    fc.assert(
      fc.property(floats, shapes, lying, patterns(ordinaryOrSpecial), (dtype, shape, how, pattern) => {
        const x = lay(dtype, shape, how, pattern);
        const actual = wasm.gelu(x);
        expect(actual === null).toBe(dtype === 'float64');
        actual?.forEach((part, i) => {
          expectNear(dtype, part.array, gelu(x)[i]!.array, 0, () => 0);
        });
      }),
    );
  },
  geluAdjoint() {
    fc.assert(
      fc.property(
        floats,
        fc.oneof(shapes, fc.tuple(lengths)),
        lying,
        lying,
        patterns(ordinaryOrSpecial),
        (dtype, shape, left, right, pattern) => {
          const [g, x] = [lay(dtype, shape, left, pattern), lay(dtype, shape, right, pattern)];
          const share = viewOf(gelu(x)[1], dtype, shape);
          const actual = wasm.geluAdjoint(g, x, share);
          expect(actual === null).toBe(dtype === 'float64');
          if (actual === null) return;
          expectNear(
            dtype,
            actual.array,
            geluAdjoint(g, x, share).array,
            2 ** -30,
            (i) => 100 * termOf(g, i),
          );
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
            expectSame(view.storage.array, run(stepsOf(dtype).sgd)[i]!.storage.array);
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
            expectSame(view.storage.array, run(stepsOf(dtype).adam)[i]!.storage.array);
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
            expectSame(view.storage.array, run(stepsOf(dtype).rmsprop)[i]!.storage.array);
          });
        },
      ),
    );
  },
  matmul: () => products(wasm.matmul),
};

const whole32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

/** A table of rows, and an index that names some of them. */
const rowCases = fc
  .record({
    dtype: fc.constantFrom('float32', 'float64', 'int32', 'uint8'),
    rows: fc.integer({ min: 1, max: 9 }),
    inner: fc.oneof(
      fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 2 }),
      fc.constantFrom([128], [1500], [3, 43]),
    ),
    count: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(600)),
    rest: lying,
  })
  .map(({ dtype, rows, inner, count, rest }) => {
    const named = Array.from({ length: 50 }, (_, i) => (i * 7 + rest.shift) % rows);
    const plain = { ...rest, layout: 'contiguous' } as const;
    return { dtype, table: [rows, ...inner], index: lay('int32', [1, count], plain, named), rest };
  });

const ordinaryOrSpecial = fc.oneof(
  { weight: 20, arbitrary: ordinary },
  { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity, Number.NaN) },
);

/** 1 + |x| of element i, in row-major order. */
const termOf = (x: View, i: number): number => 1 + Math.abs(cast(x, x.dtype).array[i]!);

/** The same but for the rounding of a result, and for `error` times what element i was made of. */
function expectNear(
  dtype: FloatDType,
  actual: NumericArray,
  expected: NumericArray,
  error: number,
  magnitude: (i: number) => number,
): void {
  expect(actual.length).toBe(expected.length);
  const epsilon = dtype === 'float32' ? 2 ** -23 : 2 ** -52;
  actual.forEach((x, i) => {
    const y = expected[i]!;
    if (Object.is(x, y) || x === y) return;
    const tolerance = epsilon * Math.abs(y) + error * magnitude(i);
    if (!(Math.abs(x - y) <= tolerance)) throw new Error(`element ${i} is ${x}, expected ${y}`);
  });
}

/** What optimizer steps are to give, bit by bit: the WASM kernels compute in the dtype itself. */
const stepsOf = (dtype: FloatDType) => (dtype === 'float32' ? float32Steps : reference);

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

describe('WASM kernels give what the reference gives', () => {
  test('each has a case', () => {
    const functions = (set: object) =>
      Object.entries(set)
        .filter(([name, value]) => typeof value === 'function' && !/Threshold$/.test(name))
        .map(([name]) => name);
    expect(Object.keys(wasmCases).sort()).toEqual(functions(wasm).sort());
  });

  test.each(Object.keys(wasmCases))('%s', (name) => wasmCases[name]!());
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
  sin: Math.sin,
  cos: Math.cos,
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

const ifBlas = typeof blas === 'string' ? describe.skip : describe;
ifBlas(
  `kernels on a system BLAS give what the reference gives${typeof blas === 'string' ? `: ${blas}` : ''}`,
  () => {
    test('matmul', () =>
      products((a, b, bias) => blasMatmul(blas as Exclude<typeof blas, string>, a, b, bias)));
  },
);

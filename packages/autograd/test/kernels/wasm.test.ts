import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { binary, unary } from '../../src/kernels/wasm/elementwise.ts';
import { gemm } from '../../src/kernels/wasm/gemm.ts';
import { coprocessor, type FloatArray, wasmUnavailable } from '../../src/kernels/wasm/memory.ts';
import { Storage } from '../../src/tensor/storage.ts';
import { viewOf } from '../../src/tensor/view.ts';

const dtypes = { float32: Float32Array, float64: Float64Array } as const;
type DtypeName = keyof typeof dtypes;
const dtype = fc.constantFrom<DtypeName>('float32', 'float64');

const vectorOf = (x: Float32Array) => viewOf(new Storage(x), 'float32', [x.length]);
const memoryBytes = () => coprocessor().view(4).byteLength;

/** Equality of every element, NaN and the sign of zero included; toEqual takes 0.1 ms per 1000 elements. */
const expectSame = (actual: FloatArray, expected: FloatArray) => {
  if (actual.length === expected.length && actual.every((x, i) => Object.is(x, expected[i]))) return;
  expect(actual).toEqual(expected);
  throw new Error('toEqual misses a difference that Object.is sees');
};

describe('gemm', () => {
  interface Operand {
    readonly array: FloatArray;
    readonly offset: number;
    readonly rowStride: number;
    readonly columnStride: number;
  }

  const layouts = [
    'rows',
    'columns',
    'padded rows',
    'padded columns',
    'gaps',
    'reversed',
    'repeated',
  ] as const;
  type Layout = (typeof layouts)[number];

  /** A [rows, columns] operand that repeats `values`, with NaN in its array wherever the matrix is not. */
  const lay = (
    name: DtypeName,
    layout: Layout,
    values: readonly number[],
    rows: number,
    columns: number,
    offset = 0,
  ): Operand => {
    const strides = {
      rows: [columns, 1],
      columns: [1, rows],
      'padded rows': [columns + 3, 1],
      'padded columns': [1, rows + 5],
      gaps: [2 * columns + 1, 2],
      reversed: [-columns, -1],
      repeated: [0, 1],
    } as const;
    const [rowStride, columnStride] = strides[layout];
    const start = layout === 'reversed' ? offset + Math.max(0, rows * columns - 1) : offset;
    const array = new dtypes[name](offset + (rows + 5) * (columns + 3) * (layout === 'gaps' ? 2 : 1));
    array.fill(Number.NaN);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        array[start + i * rowStride + j * columnStride] = values[(i * columns + j) % values.length]!;
      }
    }
    return { array, offset: start, rowStride, columnStride };
  };

  const multiply = (a: Operand, b: Operand, out: FloatArray, at: number, m: number, n: number, k: number) => {
    const left = [a.array, a.offset, a.rowStride, a.columnStride] as const;
    const right = [b.array, b.offset, b.rowStride, b.columnStride] as const;
    gemm(...left, ...right, out, at, m, n, k);
  };

  /** The product by plain loops, and for each element the sum of the magnitudes of its terms. */
  const reference = (a: Operand, b: Operand, m: number, n: number, k: number) => {
    const sums = new Float64Array(m * n);
    const magnitudes = new Float64Array(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let magnitude = 0;
        for (let p = 0; p < k; p++) {
          const left = a.array[a.offset + i * a.rowStride + p * a.columnStride]!;
          const right = b.array[b.offset + p * b.rowStride + j * b.columnStride]!;
          sum += left * right;
          magnitude += Math.abs(left * right);
        }
        sums[i * n + j] = sum;
        magnitudes[i * n + j] = magnitude;
      }
    }
    return { sums, magnitudes };
  };

  const layout = fc.constantFrom(...layouts);
  const extent = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 70 }));
  const depth = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 800 }));
  const sizes = fc.record({ m: extent, n: extent, k: depth });
  const values = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: 1, maxLength: 97 });
  const side = (value: fc.Arbitrary<number>) =>
    fc.record({ layout, values: values(value), offset: fc.integer({ min: 0, max: 5 }) });

  test('equals plain loops for all layouts, sizes, offsets and special values', () => {
    // Sums of products of small integers are exact in both dtypes, whatever their order.
    const value = fc.oneof(
      { weight: 60, arbitrary: fc.integer({ min: -8, max: 8 }) },
      { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0) },
    );
    fc.assert(
      fc.property(dtype, sizes, side(value), side(value), extent, (name, { m, n, k }, left, right, at) => {
        const a = lay(name, left.layout, left.values, m, k, left.offset);
        const b = lay(name, right.layout, right.values, k, n, right.offset);
        const out = new dtypes[name](at + m * n + 3).fill(77);
        multiply(a, b, out, at, m, n, k);
        const expected = new dtypes[name](out.length).fill(77);
        expected.set(reference(a, b, m, n, k).sums, at);
        expectSame(out, expected);
      }),
    );
  });

  test('rounds no worse than a sum of k terms may', () => {
    const value = fc.double({ min: -4, max: 4, noNaN: true });
    fc.assert(
      fc.property(dtype, sizes, side(value), side(value), (name, { m, n, k }, left, right) => {
        const a = lay(name, left.layout, left.values, m, k);
        const b = lay(name, right.layout, right.values, k, n);
        const out = new dtypes[name](m * n);
        multiply(a, b, out, 0, m, n, k);
        const { sums, magnitudes } = reference(a, b, m, n, k);
        // The reference errs as well, in float64; products that fall among float32's subnormals lose 2^-150
        // each.
        const unit = name === 'float32' ? 2 ** -24 : 2 ** -52;
        let worst = 0;
        for (let i = 0; i < out.length; i++) {
          const allowed = (k + 1) * unit * magnitudes[i]! + k * 2 ** -149;
          if (out[i] !== sums[i]) worst = Math.max(worst, Math.abs(out[i]! - sums[i]!) / allowed);
        }
        expect(worst).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('gives an element the same bits whatever m, n and the layouts', () => {
    const value = fc.double({ min: -1, max: 1, noNaN: true });
    const element = fc.tuple(fc.nat(), fc.nat());
    fc.assert(
      fc.property(
        dtype,
        sizes,
        side(value),
        side(value),
        layout,
        layout,
        element,
        (name, { m, n, k }, left, right, aAgain, bAgain, [row, column]) => {
          fc.pre(m > 0 && n > 0 && left.layout !== 'repeated' && right.layout !== 'repeated');
          fc.pre(aAgain !== 'repeated' && bAgain !== 'repeated');
          const whole = new dtypes[name](m * n);
          const a = lay(name, left.layout, left.values, m, k);
          const b = lay(name, right.layout, right.values, k, n);
          multiply(a, b, whole, 0, m, n, k);
          const [i, j] = [row % m, column % n];
          const x = lay(name, aAgain, left.values, m, k);
          const y = lay(name, bAgain, right.values, k, n);
          const alone = new dtypes[name](1);
          multiply(
            { ...x, offset: x.offset + i * x.rowStride },
            { ...y, offset: y.offset + j * y.columnStride },
            alone,
            0,
            1,
            1,
            k,
          );
          expect(alone[0]).toBe(whole[i * n + j]);
        },
      ),
    );
  });

  test.each([
    { name: 'float32', m: 3, n: 2, k: 1_500_001 },
    { name: 'float32', m: 1_500_001, n: 2, k: 3 },
    { name: 'float32', m: 2, n: 1_500_001, k: 3 },
    { name: 'float32', m: 2100, n: 2051, k: 5 },
    { name: 'float64', m: 1500, n: 3, k: 1501 },
  ] as const)('takes operands over 16 MiB in blocks: $name $m x $n x $k', ({ name, m, n, k }) => {
    const digits = [1, -1, 0, 1, 1, -1, 0];
    const a = lay(name, 'padded rows', digits, m, k, 1);
    const b = lay(name, 'columns', digits, k, n);
    const out = new dtypes[name](m * n);
    multiply(a, b, out, 0, m, n, k);
    const { sums } = reference(a, b, m, n, k);
    let wrong = 0;
    for (let i = 0; i < out.length; i++) if (out[i] !== sums[i]) wrong++;
    expect(wrong).toBe(0);
  });

  test.each([
    { m: 1, n: 1, k: 16_000_000 },
    { m: 16_000_000, n: 1, k: 1 },
    { m: 1, n: 16_000_000, k: 1 },
  ])('needs at most 50 MiB of scratch: $m x $n x $k', ({ m, n, k }) => {
    const one = Float32Array.of(1);
    const out = new Float32Array(m * n);
    gemm(one, 0, 0, 0, one, 0, 0, 0, out, 0, m, n, k);
    expect(out.every((x) => x === k)).toBe(true);
    expect(memoryBytes()).toBeLessThanOrEqual(50 * 2 ** 20);
  });

  test('blocks of k leave the bits as they are', () => {
    const k = 1_500_001;
    const x = Float32Array.from({ length: 3 * k }, (_, i) => Math.sin(i));
    const whole = new Float32Array(9);
    gemm(x, 0, k, 1, x, 0, 1, k, whole, 0, 3, 3, k);
    const alone = new Float32Array(1);
    gemm(x, k, k, 1, x, 2 * k, 1, k, alone, 0, 1, 1, k);
    expect(alone[0]).toBe(whole[5]);
  });
});

describe('memory', () => {
  test('does not grow over 10^4 calls', () => {
    const call = (i: number) => {
      const x = new Float32Array(40 * 40).fill(i);
      const y = new Float32Array(40 * 40);
      gemm(x, 0, 40, 1, x, 0, 1, 40, y, 0, 1 + (i % 17), 40, 40);
      unary('exp', vectorOf(y));
      binary('add', vectorOf(x), vectorOf(y));
    };
    for (let i = 0; i < 17; i++) call(i);
    const before = memoryBytes();
    for (let i = 0; i < 10_000; i++) call(i);
    expect(memoryBytes()).toBe(before);
  });

  test('views follow the memory when it grows', () => {
    const unit = coprocessor();
    const stale = unit.view(4);
    unit.reserve(memoryBytes() + 1);
    expect(stale.byteLength).toBe(0);
    const size = memoryBytes();
    expect(unit.view(8).byteLength).toBe(size);
    unit.reserve(size);
    expect(memoryBytes()).toBe(size);
    expect([...unary('neg', vectorOf(Float32Array.of(1, 2, 3)))!.array]).toEqual([-1, -2, -3]);
  });

  test.each([
    { without: 'WebAssembly', reason: 'this JavaScript engine has no WebAssembly' },
    { without: 'SIMD', reason: 'the engine refused the kernels: no SIMD here' },
  ])('says why it cannot run without $without', async ({ without, reason }) => {
    expect(wasmUnavailable()).toBeUndefined();
    const { WebAssembly } = globalThis;
    class Module {
      constructor() {
        throw new Error('no SIMD here');
      }
    }
    const engine =
      without === 'SIMD' ? { Memory: WebAssembly.Memory, Module, validate: () => false } : undefined;
    Object.assign(globalThis, { WebAssembly: engine });
    try {
      jest.resetModules();
      const fresh = await import('../../src/kernels/wasm/memory.ts');
      expect(fresh.wasmUnavailable()).toBe(reason);
      expect(() => fresh.coprocessor()).toThrow(`WASM kernels are unavailable: ${reason}`);
    } finally {
      Object.assign(globalThis, { WebAssembly });
    }
  });
});

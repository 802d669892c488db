import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type BinaryName,
  binary,
  binaryNames,
  unary,
  unaryNames,
} from '../../src/kernels/wasm/elementwise.ts';
import { gemm } from '../../src/kernels/wasm/gemm.ts';
import { coprocessor, type FloatArray, wasmUnavailable } from '../../src/kernels/wasm/memory.ts';

const dtypes = { float32: Float32Array, float64: Float64Array } as const;
type DtypeName = keyof typeof dtypes;
const dtype = fc.constantFrom<DtypeName>('float32', 'float64');

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

describe('elementwise', () => {
  const specials = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 2 ** -149, -(2 ** -1074), 3.4e38, 1e300];
  const value = fc.oneof(
    fc.double(),
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.constantFrom(...specials),
  );
  const values = fc.array(value, { minLength: 1, maxLength: 50 });
  // Chunks hold 4096 float32 or 2048 float64 elements.
  const count = fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.constantFrom(2047, 2048, 2049, 4095, 4096, 4097, 10_001),
  );
  const offset = fc.integer({ min: 0, max: 9 });
  const fill = (name: DtypeName, pattern: readonly number[], length: number): FloatArray => {
    const array = new dtypes[name](length);
    for (let i = 0; i < length; i++) array[i] = pattern[i % pattern.length]!;
    return array;
  };

  const exact = {
    neg: (x: number) => -x,
    abs: Math.abs,
    sqrt: Math.sqrt,
    relu: (x: number) => (x < 0 ? 0 : x),
  };
  const nearly = {
    exp: Math.exp,
    log: Math.log,
    tanh: Math.tanh,
    sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  };
  const pairs: Readonly<Record<BinaryName, (a: number, b: number) => number>> = {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
    div: (a, b) => a / b,
  };

  test('the names are those that are tested here', () => {
    expect([...unaryNames.float64]).toEqual(Object.keys(exact));
    expect([...unaryNames.float32]).toEqual([...Object.keys(exact), ...Object.keys(nearly)]);
    expect([...binaryNames]).toEqual(Object.keys(pairs));
  });

  test.each(['neg', 'abs', 'sqrt', 'relu'] as const)('%s has the bits of plain JavaScript', (kernel) => {
    fc.assert(
      fc.property(dtype, values, count, offset, offset, (name, pattern, n, from, to) => {
        const x = fill(name, pattern, from + n + 1);
        const y = fill(name, [5], to + n + 2);
        const expected = y.slice();
        for (let i = 0; i < n; i++) expected[to + i] = exact[kernel](x[from + i]!);
        unary(kernel, x, from, y, to, n);
        expectSame(y, expected);
        unary(kernel, x, from, x, from, n);
        expectSame(x.subarray(from, from + n), expected.subarray(to, to + n));
      }),
    );
  });

  test.each(['float32', 'float64'] as const)('relu keeps NaN and -0 in %s, as PyTorch does', (name) => {
    const x = fill(name, [Number.NaN, -0, 0, -Infinity, Infinity, -(2 ** -140)], 6);
    unary('relu', x, 0, x, 0, 6);
    expect([...x]).toEqual([Number.NaN, -0, 0, 0, Infinity, 0]);
  });

  test.each([...binaryNames])('%s has the bits of plain JavaScript for vectors and scalars', (kernel) => {
    const operand = fc.record({ pattern: values, from: offset, step: fc.constantFrom<0 | 1>(0, 1) });
    fc.assert(
      fc.property(dtype, operand, operand, count, offset, (name, left, right, n, to) => {
        const a = fill(name, left.pattern, left.from + n + 1);
        const b = fill(name, right.pattern, right.from + n + 1);
        const y = fill(name, [5], to + n + 2);
        const expected = y.slice();
        for (let i = 0; i < n; i++) {
          expected[to + i] = pairs[kernel](a[left.from + i * left.step]!, b[right.from + i * right.step]!);
        }
        binary(kernel, a, left.from, left.step, b, right.from, right.step, y, to, n);
        expectSame(y, expected);
        if (right.step === 0) return;
        binary(kernel, a, left.from, left.step, b, right.from, 1, b, right.from, n);
        expectSame(b.subarray(right.from, right.from + n), expected.subarray(to, to + n));
      }),
    );
  });

  test.each(['exp', 'log', 'tanh', 'sigmoid'] as const)(
    '%s is within 0.51 ulp over all of float32',
    (kernel) => {
      // Every 15013th bit pattern, subnormals and NaNs with a payload included, and the special values.
      const n = Math.ceil(2 ** 32 / 15013);
      const x = new Float32Array(Uint32Array.from({ length: n }, (_, i) => i * 15013).buffer);
      x.set(specials);
      const y = new Float32Array(n);
      unary(kernel, x, 0, y, 0, n);
      let worst = 0;
      for (let i = 0; i < n; i++) {
        const truth = nearly[kernel](x[i]!);
        const nearest = Math.fround(truth);
        if (Object.is(y[i], nearest)) continue;
        const ulp = 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(nearest))) - 23);
        const error = Math.abs(y[i]! - truth) / ulp;
        // NaN, an infinity or the wrong zero on one side only.
        worst = error <= 1 && y[i] !== nearest ? Math.max(worst, error) : Infinity;
      }
      expect(worst).toBeLessThan(0.51);
    },
  );

  test('a kernel that float64 lacks is named', () => {
    const x = new Float64Array(1);
    expect(() => unary('exp', x, 0, x, 0, 1)).toThrow('there is no WASM kernel exp for float64');
  });
});

describe('memory', () => {
  test('does not grow over 10^4 calls', () => {
    const call = (i: number) => {
      const x = new Float32Array(40 * 40).fill(i);
      const y = new Float32Array(40 * 40);
      gemm(x, 0, 40, 1, x, 0, 1, 40, y, 0, 1 + (i % 17), 40, 40);
      unary('exp', y, 0, y, 0, y.length);
      binary('add', x, 0, 1, y, 0, 1, y, 0, y.length);
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
    const y = Float32Array.of(1, 2, 3);
    unary('neg', y, 0, y, 0, 3);
    expect([...y]).toEqual([-1, -2, -3]);
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
    const engine = without === 'SIMD' ? { Memory: WebAssembly.Memory, Module } : undefined;
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

import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coreTypeOf } from '../../src/kernels/blas/coreType.ts';
import { blasMatmul } from '../../src/kernels/blas/index.ts';
import { firstWrongProduct, systemBlas } from '../../src/kernels/blas/library.ts';
import { matmul as referenceMatmul } from '../../src/kernels/reference/matmul.ts';
import { numThreads, setNumThreads } from '../../src/kernels/threads.ts';
import { Storage } from '../../src/tensor/storage.ts';
import { type View, viewOf } from '../../src/tensor/view.ts';

const blas = systemBlas();
const present = typeof blas !== 'string';
if (!present) process.stdout.write(`skipped: the tests of a system BLAS: ${blas}\n`);
const ifPresent = present ? describe : describe.skip;

const dtypes = { float32: Float32Array, float64: Float64Array } as const;

/** How the axes of a batch of matrices lie in memory, as strides for a shape. */
const layouts: Readonly<Record<string, (shape: readonly number[]) => readonly number[]>> = {
  rows: ([, m, n]) => [m! * n!, n!, 1],
  columns: ([, m, n]) => [m! * n!, 1, m!],
  padded: ([, m, n]) => [m! * (n! + 3) + 1, n! + 3, 1],
  'padded columns': ([, m, n]) => [n! * (m! + 2), 1, m! + 2],
  gaps: ([, m, n]) => [2 * m! * n!, 2 * n!, 2],
  'one matrix': ([, , n]) => [0, n!, 1],
  'one row': () => [0, 0, 1],
  'one number': () => [0, 0, 0],
  interleaved: ([batch, , n]) => [1, batch! * n!, batch!],
};

const extent = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 40 }));
const layout = fc.constantFrom(...Object.keys(layouts));
const whole = fc.integer({ min: -8, max: 8 });
const special = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0);
const operand = (value: fc.Arbitrary<number>) =>
  fc.record({
    layout,
    offset: fc.integer({ min: 0, max: 5 }),
    values: fc.array(value, { minLength: 1, maxLength: 50 }),
  });

function lay(
  dtype: 'float32' | 'float64',
  shape: readonly number[],
  { layout: name, offset, values }: { layout: string; offset: number; values: readonly number[] },
): View {
  const strides = layouts[name]!(shape);
  const extentOf = shape.reduce((sum, length, axis) => sum + Math.max(0, length - 1) * strides[axis]!, 1);
  const array = new dtypes[dtype](offset + extentOf).fill(Number.NaN);
  for (let at = offset; at < array.length; at++) array[at] = values[at % values.length]!;
  return viewOf(new Storage(array), dtype, shape, strides, offset);
}

ifPresent('products by a system BLAS', () => {
  const library = blas as Exclude<typeof blas, string>;

  const pairs = (value: fc.Arbitrary<number>) =>
    fc
      .record({
        dtype: fc.constantFrom('float32' as const, 'float64' as const),
        sizes: fc.tuple(fc.integer({ min: 0, max: 3 }), extent, extent, extent),
        left: operand(value),
        right: operand(value),
      })
      .map(({ dtype, sizes: [batch, m, k, n], left, right }) => ({
        a: lay(dtype, [batch, m, k], left),
        b: lay(dtype, [batch, k, n], right),
      }));

  test('equal the reference on every layout, NaN and infinities included', () => {
    const value = fc.oneof({ weight: 40, arbitrary: whole }, { weight: 1, arbitrary: special });
    fc.assert(
      fc.property(pairs(value), ({ a, b }) => {
        const found = blasMatmul(library, a, b);
        const expected = referenceMatmul(a, b).array;
        // Without elements, or without terms, the reference serves.
        if (found === null) expect(a.size === 0 || b.size === 0).toBe(true);
        else {
          const differs = expected.findIndex(
            (x, i) => !(x === found.array[i] || Object.is(x, found.array[i])),
          );
          expect(differs).toBe(-1);
          expect(found.array.length).toBe(expected.length);
        }
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 300 },
    );
  });

  test('round no worse than sums in their own precision', () => {
    fc.assert(
      fc.property(pairs(fc.double({ min: -1, max: 1, noNaN: true })), ({ a, b }) => {
        const found = blasMatmul(library, a, b);
        if (found === null) return;
        const expected = referenceMatmul(a, b).array;
        const unit = a.dtype === 'float32' ? 2 ** -24 : 2 ** -53;
        const bound = 2 * (a.shape[2]! + 2) * unit * a.shape[2]!;
        found.array.forEach((x, i) => void expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(bound));
      }),
    );
  });

  test('come out the same with several threads, whole numbers being exact', () => {
    const size = 260;
    const values = Array.from({ length: 97 }, (_, i) => (i % 17) - 8);
    const a = lay('float32', [1, size, size], { layout: 'rows', offset: 0, values });
    const b = lay('float32', [1, size, size], { layout: 'columns', offset: 0, values });
    const one = blasMatmul(library, a, b)!.array;
    setNumThreads(2);
    expect(blasMatmul(library, a, b)!.array).toEqual(one);
    expect(one).toEqual(referenceMatmul(a, b).array);
  });
  afterAll(() => setNumThreads(1));
});

describe('the kernels of OpenBLAS for a processor', () => {
  const avx2 = 'fpu sse2 avx fma avx2';
  const avx512 = `${avx2} avx512f avx512dq avx512cd avx512bw avx512vl avx512_fp16`;
  test.each([
    [
      'an Intel or AMD processor with AVX-512',
      `vendor_id\t: GenuineIntel\nmodel\t\t: 207\nflags\t\t: ${avx512}\n`,
      'SkylakeX',
    ],
    ['one without', `vendor_id\t: AuthenticAMD\nflags\t\t: ${avx2}\nbugs\t\t: avx512f\n`, 'Haswell'],
    ['one with the foundation of AVX-512 alone', `flags\t\t: ${avx2} avx512f avx512cd avx512er\n`, 'Haswell'],
    ['one with AVX alone', 'flags\t\t: fpu sse2 avx\n', null],
    ['an ARM processor', 'processor\t: 0\nFeatures\t: fp asimd\n', null],
    ['nothing that is known', '', null],
  ])('%s', (_, cpuinfo, type) => void expect(coreTypeOf(cpuinfo)).toBe(type));
});

describe('a BLAS is tried before it is used', () => {
  /** cblas_?gemm of row-major matrices as they are, in plain loops. */
  const right = (...args: unknown[]) => {
    const [, , , m, n, k, , a, , b, , , c] = args as [
      ...[number, number, number, number, number, number, number],
      ...[Float64Array, number, Float64Array, number, number, Float64Array],
    ];
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        c[i * n + j] = 0;
        for (let p = 0; p < k; p++) c[i * n + j]! += a[i * k + p]! * b[p * n + j]!;
      }
    }
  };
  /** The same, but for what `spoil` does to the result of 37 rows and 29 columns. */
  const spoilt =
    (spoil: (c: Float64Array) => void) =>
    (...args: unknown[]) => {
      right(...args);
      spoil(args[12] as Float64Array);
    };

  test('one that is right is taken', () => {
    expect(firstWrongProduct({ float32: right, float64: right })).toBeNull();
  });

  test.each<[string, (c: Float64Array) => void]>([
    ['writes nothing', (c) => c.fill(0)],
    ['has one element wrong', (c) => c.fill(c[40]! + 1, 40, 41)],
    ['leaves out the last column', (c) => c.set(c.map((x, i) => (i % 29 === 28 ? 0 : x)))],
    ['leaves out the last row', (c) => c.fill(0, 36 * 29)],
    ['gives NaN', (c) => c.fill(Number.NaN, 5, 6)],
    ['exchanges two rows', (c) => c.set([...c.slice(29, 58), ...c.slice(0, 29)])],
  ])('one that %s is not', (_, spoil) => {
    expect(firstWrongProduct({ float32: spoilt(spoil), float64: right })).toBe('float32');
    expect(firstWrongProduct({ float32: right, float64: spoilt(spoil) })).toBe('float64');
  });
});

describe('the choice of a system BLAS', () => {
  const program = `
    const { backend, setBackend, ones } = await import('@tensortape/autograd');
    const x = ones([64, 64]);
    const value = x.matmul(x).sum().item();
    let refused = '';
    try { setBackend('blas'); } catch (error) { refused = error.message; }
    console.log(JSON.stringify({ ...backend(), value, refused }));
  `;
  const answer = (env: Record<string, string>): Record<string, unknown> => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--conditions=@tensortape/source', '--input-type=module', '--eval', program],
      { cwd: import.meta.dirname, encoding: 'utf8', env: { ...process.env, ...env } },
    );
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  };

  test('falls back with a reason where the library cannot be loaded', () => {
    const { active, reason, refused, value } = answer({
      TENSORTAPE_BLAS: 'no-such-library.so',
      TENSORTAPE_BACKEND: 'auto',
    });
    expect(value).toBe(64 ** 3);
    expect(active).toBe('wasm');
    expect(reason).toMatch(/no system BLAS: no BLAS was found \(no-such-library\.so: .*TENSORTAPE_BLAS/);
    expect(refused).toMatch(/^setBackend: 'blas' cannot be used: no BLAS was found/);
  });

  test('falls back with a reason where the library is something else', () => {
    const { active, reason } = answer({ TENSORTAPE_BLAS: 'libc.so.6', TENSORTAPE_BACKEND: 'auto' });
    expect(active).toBe('wasm');
    expect(reason).toMatch(/libc\.so\.6: .*cblas_sgemm/);
  });

  (present ? test : test.skip)('takes the library that is found, unless other kernels are asked for', () => {
    expect(answer({ TENSORTAPE_BACKEND: 'auto' })).toMatchObject({
      active: 'blas',
      value: 64 ** 3,
      refused: '',
    });
    expect(answer({ TENSORTAPE_BACKEND: 'wasm' })['value']).toBe(64 ** 3);
  });
});

test('the number of threads is a whole number above 0', () => {
  expect(numThreads()).toBe(1);
  for (const count of [0, -1, 1.5, Number.NaN]) {
    expect(() => setNumThreads(count)).toThrow(`setNumThreads: expected a whole number >= 1, got ${count}`);
  }
});

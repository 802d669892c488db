import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Convolution } from '../../src/kernels/kernels.ts';
import { setNumThreads } from '../../src/kernels/threads.ts';
import { convInput, convolution, convWeight, plan } from '../../src/kernels/wasm/conv.ts';
import { gemm } from '../../src/kernels/wasm/gemm.ts';
import type { FloatArray } from '../../src/kernels/wasm/memory.ts';
import { threadPool } from '../../src/kernels/wasm/pool.ts';
import { sizeOf } from '../../src/tensor/shape.ts';
import { Storage } from '../../src/tensor/storage.ts';
import { viewOf } from '../../src/tensor/view.ts';

const THREADS = 3;

beforeAll(async () => {
  setNumThreads(THREADS);
  const pool = threadPool()!;
  while (pool.awake(THREADS) < THREADS) await new Promise((resolve) => setTimeout(resolve, 5));
});
afterAll(() => setNumThreads(1));

describe('products by several threads', () => {
  const product = (
    real: typeof Float32Array | typeof Float64Array,
    m: number,
    k: number,
    n: number,
    byRows = true,
  ) => {
    const a: FloatArray = new real(m * k).map((_, i) => Math.sin(i));
    const b: FloatArray = new real(k * n).map((_, i) => Math.cos(3 * i));
    const out: FloatArray = new real(m * n);
    // A by columns and B by rows, or the other way round.
    if (byRows) gemm(a, 0, 1, m, b, 0, n, 1, out, 0, m, n, k);
    else gemm(a, 0, k, 1, b, 0, 1, k, out, 0, m, n, k);
    return out;
  };

  test.each([
    ['rows that threads share evenly', 240, 200, 128],
    ['rows that they do not', 203, 200, 151],
    ['columns that threads share evenly', 128, 200, 240],
    ['columns that they do not', 9, 1000, 707],
    ['a tile of rows and many columns', 5, 1300, 1000],
    ['fewer tiles of columns than threads', 12, 50000, 16],
    ['a depth of several blocks', 96, 1000, 65],
  ])('have the bits of one thread: %s', (_, m, k, n) => {
    for (const real of [Float32Array, Float64Array] as const) {
      for (const byRows of [true, false]) {
        setNumThreads(THREADS);
        const shared = product(real, m, k, n, byRows);
        setNumThreads(1);
        const alone = product(real, m, k, n, byRows);
        expect(alone.findIndex((x, i) => x !== shared[i])).toBe(-1);
        expect(alone.some((x) => x !== 0)).toBe(true);
      }
    }
  });

  test('can be asked for again after the workers have gone to sleep', async () => {
    setNumThreads(THREADS);
    const first = product(Float32Array, 240, 200, 128);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(product(Float32Array, 240, 200, 128)).toEqual(first);
  });
});

describe('convolutions by several threads', () => {
  const how = (real: typeof Float32Array | typeof Float64Array, shape: readonly number[], phase: number) => {
    const array = new real(sizeOf(shape)).map((_, i) => Math.sin(i + phase));
    return viewOf(new Storage(array), real === Float32Array ? 'float32' : 'float64', shape);
  };

  test.each([
    ['images that threads share', 7, 3, 16, [40, 40]],
    ['one image, of whose filters the columns are shared', 1, 5, 32, [64, 64]],
    ['one axis', 6, 8, 16, [3000]],
  ] as const)('have the bits of one thread: %s', (_, batch, channels, filters, plane) => {
    const c: Convolution = {
      ...{ input: plane, output: plane, kernel: plane.map(() => 5), padding: plane.map(() => 2) },
      ...{ stride: plane.map(() => 1), dilation: plane.map(() => 1), groups: 1 },
    };
    for (const real of [Float32Array, Float64Array] as const) {
      const x = how(real, [batch, channels, ...plane], 0);
      const weight = how(real, [filters, channels, ...c.kernel], 1);
      const g = how(real, [batch, filters, ...plane], 2);
      const p = plan(x.dtype, batch, filters, channels, c)!;
      const run = (threads: number) => {
        setNumThreads(threads);
        return [convolution(x, weight, null, p), convInput(g, weight, p), convWeight(x, g, p)];
      };
      const alone = run(1);
      run(THREADS).forEach(({ array }, i) => {
        expect(array.findIndex((value, k) => value !== alone[i]!.array[k])).toBe(-1);
        expect(array.some((value) => value !== 0)).toBe(true);
      });
    }
  });
});

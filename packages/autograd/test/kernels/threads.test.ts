import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setNumThreads } from '../../src/kernels/threads.ts';
import { gemm } from '../../src/kernels/wasm/gemm.ts';
import type { FloatArray } from '../../src/kernels/wasm/memory.ts';
import { threadPool } from '../../src/kernels/wasm/pool.ts';

const THREADS = 3;

beforeAll(async () => {
  setNumThreads(THREADS);
  const pool = threadPool()!;
  while (pool.awake(THREADS) < THREADS) await new Promise((resolve) => setTimeout(resolve, 5));
});
afterAll(() => setNumThreads(1));

describe('products by several threads', () => {
  const product = (real: typeof Float32Array | typeof Float64Array, m: number, k: number, n: number) => {
    const a: FloatArray = new real(m * k).map((_, i) => Math.sin(i));
    const b: FloatArray = new real(k * n).map((_, i) => Math.cos(3 * i));
    const out: FloatArray = new real(m * n);
    // A by columns, B by rows.
    gemm(a, 0, 1, m, b, 0, n, 1, out, 0, m, n, k);
    return out;
  };

  test.each([
    ['rows that threads share evenly', 240, 200, 128],
    ['rows that they do not', 203, 200, 151],
    ['fewer tiles of rows than threads', 9, 1000, 700],
    ['one tile of rows, which stays on one thread', 5, 1300, 1000],
    ['a depth of several blocks', 96, 1000, 65],
  ])('have the bits of one thread: %s', (_, m, k, n) => {
    for (const real of [Float32Array, Float64Array] as const) {
      setNumThreads(THREADS);
      const shared = product(real, m, k, n);
      setNumThreads(1);
      const alone = product(real, m, k, n);
      expect(alone.findIndex((x, i) => x !== shared[i])).toBe(-1);
      expect(alone.some((x) => x !== 0)).toBe(true);
    }
  });

  test('can be asked for again after the workers have gone to sleep', async () => {
    setNumThreads(THREADS);
    const first = product(Float32Array, 240, 200, 128);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(product(Float32Array, 240, 200, 128)).toEqual(first);
  });
});

import { setFlagsFromString } from 'node:v8';
import { afterEach, describe, expect, jest, test } from '@jest/globals';

// Node 20 has relaxed SIMD behind this flag, later ones have it as it is, and do not know the flag any more.
if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

/** (module (func (export "madd") (param f64 f64 f64) (result f64) …)): the relaxed multiply-add of float64 vectors. */
const probe = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 8, 1, 0x60, 3, 0x7c, 0x7c, 0x7c, 1, 0x7c],
  ...[3, 2, 1, 0],
  ...[7, 8, 1, 4, 0x6d, 0x61, 0x64, 0x64, 0, 0],
  // Each parameter in all lanes, the instruction, the first lane.
  ...[
    10, 22, 1, 20, 0, 0x20, 0, 0xfd, 0x14, 0x20, 1, 0xfd, 0x14, 0x20, 2, 0xfd, 0x14, 0xfd, 0x87, 2, 0xfd,
    0x21, 0, 0x0b,
  ],
);

/** x^2 + y in one of the dtypes: what is lost when the square is rounded first. */
const cases = [
  { dtype: 'float32', FloatArray: Float32Array, x: 1 + 2 ** -12, y: -(1 + 2 ** -11), rest: 2 ** -24 },
  { dtype: 'float64', FloatArray: Float64Array, x: 1 + 2 ** -27, y: -(1 + 2 ** -26), rest: 2 ** -54 },
] as const;

describe.each(cases)('products in $dtype', ({ FloatArray, x, y, rest }) => {
  /** 1 y + x x, as a matrix product and as a convolution by a filter of one pixel. */
  const compute = async () => {
    jest.resetModules();
    const { gemm } = await import('../../src/kernels/wasm/gemm.ts');
    const { convolution, plan } = await import('../../src/kernels/wasm/conv.ts');
    const { Storage } = await import('../../src/tensor/storage.ts');
    const { viewOf } = await import('../../src/tensor/view.ts');
    const [a, b, product] = [FloatArray.of(1, x), FloatArray.of(y, x), new FloatArray(1)];
    gemm(a, 0, 2, 1, b, 0, 1, 1, product, 0, 1, 1, 2);
    const dtype = FloatArray === Float32Array ? 'float32' : 'float64';
    const [images, filters] = [a, b].map((array) =>
      viewOf(new Storage(array), dtype, [1, 2, 1], [2, 1, 1], 0),
    );
    const windows = {
      input: [1],
      kernel: [1],
      output: [1],
      stride: [1],
      padding: [0],
      dilation: [1],
      groups: 1,
    };
    const p = plan(dtype, 1, 1, 2, windows)!;
    return [product[0], convolution(images!, filters!, null, p).array[0]];
  };

  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('are rounded once where the engine multiplies and adds in one', async () => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(probe));
    const madd = exports['madd'] as (a: number, b: number, c: number) => number;
    // A processor without such an instruction rounds twice.
    const fused = madd(1 + 2 ** -27, 1 + 2 ** -27, -(1 + 2 ** -26)) === 2 ** -54;
    expect(await compute()).toEqual(fused ? [rest, rest] : [0, 0]);
  });

  test('are rounded twice where the engine has no relaxed SIMD', async () => {
    jest.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expect(await compute()).toEqual([0, 0]);
  });
});

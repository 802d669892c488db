import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type DType, randn, tensor } from '@tensortape/autograd';
import {
  Linear,
  parseSafetensors,
  parseState,
  ReLU,
  type SafetensorsDtype,
  Sequential,
  serializeSafetensors,
  serializeState,
} from '@tensortape/nn';
import { loadFile, saveFile } from '@tensortape/nn/node';
import fc from 'fast-check';

/** A file with one tensor 'x'. */
const fileOf = (dtype: SafetensorsDtype, data: ArrayBufferView, shape: number[]) =>
  serializeSafetensors(new Map([['x', { dtype, shape, data }]]));

test('tensors of every dtype, shape and layout come back', () => {
  const dtypes: DType[] = ['float32', 'float64', 'int32', 'uint8', 'bool'];
  fc.assert(
    fc.property(
      fc.constantFrom(...dtypes),
      fc.array(fc.nat(3), { maxLength: 3 }),
      fc.boolean(),
      (dtype, shape, transposed) => {
        const x = randn(shape).mul(10).abs().to(dtype);
        const value = transposed && x.ndim > 1 ? x.transpose(0, 1) : x;
        const back = parseState(serializeState(new Map([['x', value]]))).get('x')!;
        expect([back.dtype, back.shape, back.toArray()]).toEqual([dtype, value.shape, value.toArray()]);
      },
    ),
  );
});

test('metadata are stored', () => {
  const metadata = new Map([['format', 'pt']]);
  const bytes = serializeState(new Map([['x', tensor([1])]]), { metadata });
  expect(parseSafetensors(bytes).metadata).toEqual(metadata);
});

test('other dtypes are read into the nearest', () => {
  const read = (dtype: SafetensorsDtype, data: ArrayBufferView, shape: number[]) => {
    const x = parseState(fileOf(dtype, data, shape)).get('x')!;
    return [x.dtype, x.toArray()];
  };
  expect(read('I64', BigInt64Array.of(-5n, 2147483647n), [2])).toEqual(['int32', [-5, 2147483647]]);
  expect(read('U32', Uint32Array.of(7), [])).toEqual(['int32', 7]);
  expect(read('I16', Int16Array.of(-7), [1])).toEqual(['int32', [-7]]);
  expect(read('I8', Int8Array.of(-7), [1])).toEqual(['int32', [-7]]);
  expect(read('F16', Uint16Array.of(0x3c00, 0xc000), [2])).toEqual(['float32', [1, -2]]);
  expect(read('BF16', Uint16Array.of(0x3f80), [1])).toEqual(['float32', [1]]);
});

test('what int32 cannot hold, and what has no counterpart, is refused by name', () => {
  const big = fileOf('I64', BigInt64Array.of(1n, 2n ** 31n), [2]);
  expect(() => parseState(big, { name: 'net.safetensors' })).toThrow(
    "net.safetensors: tensor 'x': element 1 is 2147483648, of I64, which int32 cannot hold",
  );
  expect(() => parseState(fileOf('I64', BigInt64Array.of(-(2n ** 31n) - 1n), [1]))).toThrow(
    /element 0 is -2147483649/,
  );
  expect(() => parseState(fileOf('F8_E4M3', Uint8Array.of(1), [1]))).toThrow(
    /^safetensors: tensor 'x': F8_E4M3 \[1\]: JavaScript has no array for this dtype/,
  );
  expect(() => parseState(fileOf('BOOL', Uint8Array.of(2), [1]))).toThrow(
    /tensor 'x': .*expected 0 or 1, found 2/,
  );
  expect(() => serializeState(new Map(JSON.parse('[["x", 1]]')))).toThrow(
    "tensor 'x': expected a tensor, got number",
  );
});

test('a model is saved and loaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
  try {
    const path = join(folder, 'model.safetensors');
    const make = () => new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));
    const [net, other] = [make(), make()];
    await saveFile(path, net.stateDict());
    expect(await readdir(folder)).toEqual(['model.safetensors']);
    other.loadStateDict(await loadFile(path));
    const x = randn([5, 3]);
    expect(other.forward(x).toArray()).toEqual(net.forward(x).toArray());

    await expect(loadFile(path, { maxBytes: 10 })).rejects.toThrow(/more than the limit of 10/);
    await writeFile(path, new Uint8Array(7));
    await expect(loadFile(path)).rejects.toThrow(
      `${path}: expected at least 8 bytes, found 7: the file is cut short`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('floating point tensors are stored in half precision on request', () => {
  const state = new Map([
    ['w', tensor([1, -2.5, 1 / 3, 1e-6])],
    ['d', tensor([0.1], { dtype: 'float64' })],
    ['n', tensor([3], { dtype: 'int32' })],
    ['e', tensor([], { shape: [0] })],
  ]);
  for (const [floats, stored, third] of [
    ['float16', 'F16', 0.333251953125],
    ['bfloat16', 'BF16', 0.333984375],
  ] as const) {
    const bytes = serializeState(state, { floats });
    const { tensors } = parseSafetensors(bytes);
    expect([...tensors].map(([key, { dtype }]) => [key, dtype]).sort()).toEqual([
      ['d', stored],
      ['e', stored],
      ['n', 'I32'],
      ['w', stored],
    ]);
    const back = parseState(bytes);
    expect(back.get('w')!.dtype).toBe('float32');
    expect(back.get('w')!.slice(0, 0, 3).toArray()).toEqual([1, -2.5, third]);
    expect(back.get('d')!.item()).toBeCloseTo(0.1, 3);
    // What is read is stored again without loss.
    expect(serializeState(back, { floats })).toEqual(bytes);
  }
});

test('what half precision would turn into infinity is refused by name; infinities and NaN are kept', () => {
  const big = new Map([['net.w', tensor([1, 65520])]]);
  expect(() => serializeState(big, { floats: 'float16' })).toThrow(
    "tensor 'net.w': element 1 is 65520, which float16 would turn into infinity: floats: 'bfloat16' has the range of float32",
  );
  expect(
    parseState(serializeState(big, { floats: 'bfloat16' }))
      .get('net.w')!
      .toArray(),
  ).toEqual([1, 65536]);
  expect(() => serializeState(new Map([['x', tensor([3.4e38])]]), { floats: 'bfloat16' })).toThrow(
    /element 0 is 3\.\d+e\+38, which bfloat16 would turn into infinity: store it as it is/,
  );
  const special = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  const kept = parseState(serializeState(new Map([['x', tensor(special)]]), { floats: 'float16' }));
  expect(kept.get('x')!.toArray()).toEqual(special);
});

test('wide integers are read into float64 on request, never cut', () => {
  const exact = [2n ** 53n, -(2n ** 53n), 2n ** 31n, -5n];
  const x = parseState(fileOf('I64', BigInt64Array.from(exact), [4]), { integers: 'float64' }).get('x')!;
  expect([x.dtype, x.toArray()]).toEqual(['float64', exact.map(Number)]);
  for (const value of [2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 60n]) {
    expect(() => parseState(fileOf('I64', BigInt64Array.of(value), [1]), { integers: 'float64' })).toThrow(
      `tensor 'x': element 0 is ${value}, of I64, which float64 cannot hold (exactly only up to 2^53)`,
    );
  }
  expect(() =>
    parseState(fileOf('U64', BigUint64Array.of(2n ** 64n - 1n), [1]), { integers: 'float64' }),
  ).toThrow(/element 0 is 18446744073709551615, of U64/);
  expect(() => parseState(fileOf('U32', Uint32Array.of(2 ** 32 - 1), [1]))).toThrow(
    "element 0 is 4294967295, of U32, which int32 cannot hold (-2147483648 to 2147483647): integers: 'float64' reads up to 2^53",
  );
  const other = parseState(fileOf('I16', Int16Array.of(-7), [1]), { integers: 'float64' }).get('x')!;
  expect(other.dtype).toBe('float64');
  const bytes = parseState(fileOf('U8', Uint8Array.of(7), [1]), { integers: 'float64' }).get('x')!;
  expect(bytes.dtype).toBe('uint8');
  const wrong: unknown = 'int64';
  expect(() => parseState(fileOf('U8', Uint8Array.of(7), [1]), { integers: wrong as 'int32' })).toThrow(
    "parseState: expected integers to be 'int32' or 'float64', got 'int64'",
  );
});

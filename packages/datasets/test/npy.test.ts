import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DType, type NumericArray, type Tensor, tensor } from '@tensortape/autograd';
import { DataFileError, parseNpy, parseNpz, serializeNpy, serializeNpz } from '@tensortape/datasets';
import { readNpy, readNpz, writeNpy, writeNpz } from '@tensortape/datasets/node';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describeIfTorch } from '../../../scripts/jest/python.ts';

interface Recorded {
  readonly name: string;
  readonly file: string;
  readonly shape: readonly number[];
  readonly values: unknown;
}

/** What numpyFiles.py printed. */
const recorded: {
  readonly readable: readonly Recorded[];
  readonly large: readonly Recorded[];
  readonly refused: Readonly<Record<string, string>>;
  readonly stored: string;
  readonly compressed: string;
} = JSON.parse(readFileSync(new URL('fixtures/numpyFiles.json', import.meta.url), 'utf8'));

const bytesOf = (file: string) => Uint8Array.from(Buffer.from(file, 'base64'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** A `.npy` file with this header, of whatever length. */
function withHeader(header: string, data: readonly number[] = [], version = 1): Uint8Array {
  const bytes = Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0, 0, 0]),
    Buffer.from(`${header}\n`, 'latin1'),
    Buffer.from(data),
  ]);
  bytes.writeUInt16LE(header.length + 1, 8);
  return Uint8Array.from(bytes);
}

const arrays: Readonly<Record<DType, fc.Arbitrary<NumericArray>>> = {
  float32: fc.float32Array(),
  float64: fc.float64Array(),
  int32: fc.int32Array(),
  uint8: fc.uint8Array(),
  bool: fc.uint8Array({ max: 1 }),
};
const tensors = fc
  .constantFrom<DType>('float32', 'float64', 'int32', 'uint8', 'bool')
  .chain((dtype) => arrays[dtype].map((data) => tensor(data, { shape: [1, data.length, 1], dtype })));

const shown = (x: Tensor) => ({ dtype: x.dtype, shape: x.shape, data: x.toTypedArray() });

describe('files that NumPy wrote', () => {
  test.each(recorded.readable)('$name', ({ file, shape, values }) => {
    const read = parseNpy(bytesOf(file));
    expect(read.shape).toEqual(shape);
    expect(read.toArray()).toEqual(values);
    // Wherever the bytes lie in their buffer.
    const shifted = new Uint8Array(bytesOf(file).length + 3).subarray(3);
    shifted.set(bytesOf(file));
    expect(shown(parseNpy(shifted))).toEqual(shown(read));
  });

  test.each([
    ['float32', 'float32'],
    ['float64', 'float64'],
    ['float16', 'float32'],
    ['uint8', 'uint8'],
    ['int8', 'int32'],
    ['int64', 'int32'],
    ['bool', 'bool'],
  ])('%s becomes %s', (name, dtype) => {
    expect(parseNpy(bytesOf(recorded.readable.find((one) => one.name === name)!.file)).dtype).toBe(dtype);
  });

  test.each(recorded.large)('large numbers of $name are refused, or become float64', ({ file, values }) => {
    const read = () => parseNpy(bytesOf(file), { name: 'x.npy' });
    expect(read).toThrow(DataFileError);
    expect(read).toThrow(/^x\.npy: element \d is \d+, which int32 cannot hold\. Pass integers: 'float64'/);
    const floats = parseNpy(bytesOf(file), { integers: 'float64' });
    expect([floats.dtype, (floats.toArray() as number[]).map(String)]).toEqual(['float64', values]);
  });

  test.each([
    ['complex128', /elements of type "<c16", which no tensor can hold\. Convert the array in NumPy/],
    ['text', /elements of type "<U3", which no tensor can hold/],
    ['object', /elements of type "\|O", Python objects, which are never read/],
    ['record', /an array of records, which no tensor can hold\. Save its fields one by one/],
    ['datetime', /elements of type "<M8\[D\]"/],
    ['longdouble', /elements of type "<f16"/],
    ['int64 beyond 2^53', /element 0 is 9007199254740993, which float64 cannot hold\. Convert it in NumPy/],
    ['uint64 beyond 2^53', /element 0 is 18446744073709551615, which float64 cannot hold/],
  ])('%s is refused', (name, message) => {
    const read = () => parseNpy(bytesOf(recorded.refused[name]!), { name: 'x.npy', integers: 'float64' });
    expect(read).toThrow(DataFileError);
    expect(read).toThrow(message);
  });

  test('archives, stored and compressed', () => {
    const stored = parseNpz(bytesOf(recorded.stored));
    expect([...stored.keys()]).toEqual(['x', 'y']);
    expect(stored.get('x')!.toArray()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    const compressed = parseNpz(bytesOf(recorded.compressed), { integers: 'float64' });
    expect(shown(compressed.get('x')!)).toEqual(shown(tensor(new Float32Array(1000))));
    expect(shown(compressed.get('y')!)).toEqual(shown(tensor([3], { dtype: 'float64' })));
  });
});

describe('files of ours', () => {
  test('come back, of every dtype', () => {
    fc.assert(
      fc.property(tensors, (x) => {
        const bytes = serializeNpy(x);
        expect(shown(parseNpy(bytes))).toEqual(shown(x));
        expect((bytes.length - x.toTypedArray().byteLength) % 64).toBe(0);
      }),
    );
    // As they lie in memory, whatever the strides.
    const turned = tensor([[1, 2, 3]]).transpose(0, 1);
    expect(parseNpy(serializeNpy(turned)).toArray()).toEqual([[1], [2], [3]]);
    expect(parseNpy(serializeNpy(tensor(5))).shape).toEqual([]);
  });

  test('archives come back, and are the same for the same arrays', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), tensors), fc.boolean(), (arrays, compress) => {
        const bytes = serializeNpz(arrays, { compress });
        const read = parseNpz(bytes);
        expect(read.size).toBe(Object.keys(arrays).length);
        for (const [name, x] of Object.entries(arrays)) expect(shown(read.get(name)!)).toEqual(shown(x));
        expect(serializeNpz(new Map(Object.entries(arrays)), { compress })).toEqual(bytes);
      }),
    );
    expect(() => serializeNpz({ '': tensor(1) })).toThrow(/an array has an empty name/);
  });
});

describe('hostile files', () => {
  const dict = (shape: string, descr = '<f4') =>
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /expected a \.npy file, which starts with \\x93NUMPY/],
    ['an archive', bytesOf(recorded.stored), /an \.npz is read by readNpz/],
    ['a later version', withHeader(dict('(1,)'), [], 4), /version 1, 2 or 3 of the \.npy format, found 4/],
    [
      'a cut header',
      withHeader(dict('(1,)')).subarray(0, 40),
      /expected a header of \d+ bytes, found 40\. The file is cut/,
    ],
    [
      'cut data',
      withHeader(dict('(2,)'), [1, 2, 3, 4]),
      /shape \[2\] of f4 takes \d+ bytes with its header, found .* cut short/,
    ],
    ['bytes too many', withHeader(dict('(1,)'), [1, 2, 3, 4, 5]), /Bytes follow the last element/],
    ['huge counts', withHeader(dict('(4294967296, 4294967296)')), /takes 73786976294838210000 bytes/],
    [
      'counts beyond numbers',
      withHeader(dict(`(${Array(60).fill('9999999').join(', ')})`)),
      /takes Infinity bytes|takes \d.*bytes/,
    ],
    [
      'lengths that no number holds, of nothing',
      withHeader(dict('(0, 99999999999999999999)')),
      /shape \[0, 100000000000000000000\]/,
    ],
    [
      'too many dimensions',
      withHeader(dict(`(${Array(65).fill('1').join(', ')})`), [0, 0, 0, 0]),
      /at most 64 dimensions, found 65/,
    ],
    ['a negative length', withHeader(dict('(-1,)')), /expected a header with descr, fortran_order and shape/],
    ['a call', withHeader(dict('exit()')), /expected a header with descr/],
    [
      'a key twice',
      withHeader("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (0,)}"),
      /header with descr/,
    ],
    ['a key missing', withHeader("{'descr': '<f4', 'shape': (0,)}"), /header with descr/],
    ['text behind the dict', withHeader(`${dict('(0,)')} + 1`), /header with descr/],
    [
      'a truth value of 2',
      withHeader(dict('(1,)', '|b1'), [2]),
      /element 0 is 2, where a truth value is 0 or 1/,
    ],
  ])('%s', (_, bytes, message) => {
    const read = () => parseNpy(bytes, { name: 'some/x.npy' });
    expect(read).toThrow(DataFileError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^some\/x\.npy: /);
  });

  test('what Python 2 wrote, and dicts in another order, are read', () => {
    const old = withHeader("{'shape': (2L, ), 'fortran_order': False, 'descr': '|u1'}", [5, 6]);
    expect(parseNpy(old).toArray()).toEqual([5, 6]);
  });

  const npy = serializeNpy(tensor([1, 2]));
  const patched = (bytes: Uint8Array, ...edits: [at: number, value: number][]) => {
    const copy = Uint8Array.from(bytes);
    for (const [at, value] of edits) copy[at] = value;
    return copy;
  };
  /** Where the directory of an archive of one file begins. */
  const directory = (bytes: Uint8Array) => text(bytes).lastIndexOf('PK\x01\x02');
  const plain = zipSync({ 'x.npy': [npy, { level: 0 }] });

  test.each<[string, Uint8Array, RegExp]>([
    ['no archive', npy, /no zip archive, or one that is cut short/],
    ['a cut archive', plain.subarray(0, plain.length - 30), /no zip archive/],
    ['another file in it', zipSync({ 'x.txt': npy }), /entry "x\.txt" is no \.npy file/],
    [
      'a damaged array',
      patched(plain, [plain.length - 120, 99]),
      /entry "x\.npy": its checksum does not match/,
    ],
    ['an encrypted entry', patched(plain, [directory(plain) + 8, 1]), /entry 0 is encrypted/],
    ['another method', patched(plain, [directory(plain) + 10, 12]), /"x\.npy": compressed by method 12/],
    [
      'an entry elsewhere',
      patched(plain, [directory(plain) + 42, 7]),
      /its header is not where the directory has it/,
    ],
    ['a false size', patched(plain, [directory(plain) + 24, 7]), /expected \d+ bytes, found 136/],
    ['data beyond the file', patched(plain, [directory(plain) + 21, 7]), /its data end beyond the file/],
    [
      'more entries than there are',
      patched(plain, [plain.length - 12, 9]),
      /entry 1 of 9 is not where the directory/,
    ],
  ])('an archive: %s', (_, bytes, message) => {
    const read = () => parseNpz(bytes, { name: 'x.npz' });
    expect(read).toThrow(DataFileError);
    expect(read).toThrow(message);
  });

  test('an archive with one name twice', () => {
    const twice = zipSync({ 'x.npy': npy, 'y.npy': npy });
    const bytes = Uint8Array.from(Buffer.from(text(twice).replaceAll('y.npy', 'x.npy'), 'latin1'));
    expect(() => parseNpz(bytes)).toThrow(/entry "x\.npy" comes twice/);
  });

  test('archives that grow: what they declare is checked first, and not exceeded', () => {
    const bomb = zipSync({ 'x.npy': new Uint8Array(50e6) }, { level: 9 });
    expect(bomb.length).toBeLessThan(60_000);
    expect(() => parseNpz(bomb, { maxBytes: 1e6 })).toThrow(
      /50000000 bytes when decompressed, more than the limit of 1000000/,
    );
    // One that declares 1 byte.
    const at = directory(bomb);
    const lying = patched(bomb, [at + 24, 1], [at + 25, 0], [at + 26, 0], [at + 27, 0]);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => parseNpz(lying, { maxBytes: 1e6 })).toThrow(DataFileError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6);
  });

  test('damaged files are refused, or hold no more than before, and nothing else is thrown', () => {
    const file = fc.oneof(
      tensors.map((x) => serializeNpy(x)),
      fc.constantFrom(...recorded.readable.map(({ file }) => bytesOf(file))),
    );
    const archive = fc
      .tuple(fc.dictionary(fc.string({ minLength: 1 }), tensors, { minKeys: 1 }), fc.boolean())
      .map(([arrays, compress]) => serializeNpz(arrays, { compress }));
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    const survives = (
      bytes: Uint8Array,
      flips: [number, number][],
      cut: number | null,
      read: (b: Uint8Array) => void,
    ) => {
      const copy = patched(
        bytes,
        ...flips.map(([at, value]): [number, number] => [at % bytes.length, value]),
      );
      try {
        read(cut === null ? copy : copy.subarray(0, cut % copy.length));
      } catch (error) {
        expect(error).toBeInstanceOf(DataFileError);
      }
    };
    fc.assert(
      fc.property(file, damage, fc.option(fc.nat()), (bytes, flips, cut) =>
        survives(bytes, flips, cut, (b) => parseNpy(b)),
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(archive, damage, fc.option(fc.nat()), (bytes, flips, cut) =>
        survives(bytes, flips, cut, (b) => parseNpz(b, { maxBytes: 1e6 })),
      ),
      { numRuns: 500 },
    );
  });
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('files are written whole, and read up to a limit', async () => {
  const path = join(folder, 'x.npy');
  await writeNpy(path, tensor([1, 2]));
  expect((await readNpy(path)).toArray()).toEqual([1, 2]);
  await expect(readNpy(path, { maxBytes: 10 })).rejects.toThrow(
    /x\.npy: 136 bytes, more than the limit of 10/,
  );
  const archive = join(folder, 'x.npz');
  await writeNpz(archive, { a: tensor(new Float32Array(1000)) }, { compress: true });
  expect((await readNpz(archive)).get('a')!.shape).toEqual([1000]);
  await expect(readNpz(archive, { maxBytes: 1000 })).rejects.toThrow(
    /4128 bytes when decompressed, more than the limit/,
  );
  await writeFile(archive, 'PK');
  await expect(readNpz(archive)).rejects.toThrow(DataFileError);
  expect((await readdir(folder)).sort()).toEqual(['x.npy', 'x.npz']);
});

describeIfTorch(
  "NumPy's own reader and writer",
  `
import numpy as np
def run(task):
    path = task['path']
    if 'write' in task:
        values = np.array(task['write']).astype(task['dtype'])
        np.save(path, np.asfortranarray(values) if task['fortran'] else values)
        return values.tolist()
    found = np.load(path, allow_pickle=False)
    if path.endswith('.npz'):
        return {name: [str(found[name].dtype), found[name].shape, found[name].tolist()] for name in found.files}
    return [str(found.dtype), found.shape, found.tolist()]
`,
  (ask) => {
    test.each([
      ['float32', [[0.5, -1]]],
      ['float64', [0.1]],
      ['int32', [[[-1], [7]]]],
      ['uint8', [255, 0]],
      ['bool', [true, false, true]],
    ] as const)('read what we write as %s', async (dtype, values) => {
      const path = join(folder, `${dtype}.npy`);
      const x = tensor(values, { dtype });
      await writeNpy(path, x);
      expect(await ask({ path })).toEqual([dtype, x.shape, values]);
      const archive = join(folder, `${dtype}.npz`);
      for (const compress of [false, true]) {
        await writeNpz(archive, { x, 'a/b': tensor(1) }, { compress });
        expect(await ask({ path: archive })).toEqual({
          x: [dtype, x.shape, values],
          'a/b': ['float32', [], 1],
        });
      }
    });

    test('write what we read, in every dtype, order and byte order', async () => {
      const dtypes = ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8'];
      for (const dtype of dtypes.flatMap((kind) => [`<${kind}`, `>${kind}`])) {
        for (const fortran of [false, true]) {
          const path = join(folder, 'theirs.npy');
          const write = [
            [
              [1, 2, 100],
              [3, 4, 7],
            ],
            [
              [5, 6, 0],
              [7, 8, 9],
            ],
          ];
          expect(await ask({ path, write, dtype, fortran })).toEqual((await readNpy(path)).toArray());
        }
      }
    });
  },
);

import { describe, expect, test } from '@jest/globals';
import { DataFileError, type IdxArrays, parseIdx } from '@tensortape/datasets';
import fc from 'fast-check';

const formats: {
  code: number;
  dtype: keyof IdxArrays;
  size: number;
  put: (view: DataView, at: number, value: number) => void;
}[] = [
  { code: 0x08, dtype: 'uint8', size: 1, put: (view, at, value) => view.setUint8(at, value) },
  { code: 0x09, dtype: 'int8', size: 1, put: (view, at, value) => view.setInt8(at, value) },
  { code: 0x0b, dtype: 'int16', size: 2, put: (view, at, value) => view.setInt16(at, value) },
  { code: 0x0c, dtype: 'int32', size: 4, put: (view, at, value) => view.setInt32(at, value) },
  { code: 0x0d, dtype: 'float32', size: 4, put: (view, at, value) => view.setFloat32(at, value) },
  { code: 0x0e, dtype: 'float64', size: 8, put: (view, at, value) => view.setFloat64(at, value) },
];

function writeIdx(
  { code, size, put }: (typeof formats)[number],
  shape: number[],
  values: number[],
): Uint8Array {
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + size * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, code, shape.length]);
  for (const [axis, length] of shape.entries()) view.setUint32(4 + 4 * axis, length);
  for (const [i, value] of values.entries()) put(view, start + size * i, value);
  return bytes;
}

const file = fc
  .tuple(fc.constantFrom(...formats), fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 }))
  .chain(([format, shape]) => {
    const length = shape.reduce((product, dim) => product * dim, 1);
    const values = fc.array(fc.nat({ max: 127 }), { minLength: length, maxLength: length });
    return values.map((items) => ({ format, shape, items, bytes: writeIdx(format, shape, items) }));
  });

describe('parseIdx', () => {
  test('reads every dtype at every shape, wherever the bytes lie in their buffer', () => {
    fc.assert(
      fc.property(file, fc.nat({ max: 9 }), ({ format, shape, items, bytes }, offset) => {
        const shifted = new Uint8Array(bytes.length + offset).subarray(offset);
        shifted.set(bytes);
        const idx = parseIdx(shifted, { name: 'a' });
        expect([idx.dtype, idx.shape, [...idx.data]]).toEqual([format.dtype, shape, items]);
      }),
    );
  });

  test('reads signs and fractions', () => {
    const read = (code: number, ...data: number[]) => [
      ...parseIdx(Uint8Array.of(0, 0, code, 1, 0, 0, 0, 1, ...data), { name: 'a' }).data,
    ];
    expect(read(0x09, 0xff)).toEqual([-1]);
    expect(read(0x0b, 0xff, 0xfe)).toEqual([-2]);
    expect(read(0x0c, 0x80, 0, 0, 0)).toEqual([-(2 ** 31)]);
    expect(read(0x0d, 0xbf, 0xc0, 0, 0)).toEqual([-1.5]);
    expect(read(0x0e, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0)).toEqual([-1.5]);
  });

  test('does not copy images', () => {
    const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 6);
    expect(parseIdx(bytes, { name: 'a' }).data.buffer).toBe(bytes.buffer);
  });

  const huge = [0xff, 0xff, 0xff, 0xff];
  test.each<[string, number[], RegExp]>([
    ['an empty file', [], /at least 4 bytes, found 0\. The file is cut short/],
    ['gzip data', [0x1f, 0x8b, 8, 0], /found gzip data\. Decompress it first/],
    ['another kind of file', [0x3c, 0x68, 0x74, 0x6d], /starts with the bytes 0x00 0x00, found 0x3c 0x68/],
    ['an unknown type', [0, 0, 0x0a, 1, 0, 0, 0, 0], /0x0e float64\), found 0x0a/],
    ['no dimensions', [0, 0, 8, 0], /at least 1 dimension, found 0/],
    [
      'a cut header',
      [0, 0, 8, 3, 0, 0, 0, 1, 0, 0],
      /a header of 16 bytes for 3 dimensions, found 10\. The file is cut short/,
    ],
    [
      'cut data',
      [0, 0, 0x0b, 1, 0, 0, 0, 2, 1, 2, 3],
      /\[2\] of int16 takes 12 bytes with its header, found 11\. The file is cut short/,
    ],
    [
      'bytes too many',
      [0, 0, 8, 1, 0, 0, 0, 1, 1, 2],
      /takes 9 bytes with its header, found 10\. Bytes follow the last element/,
    ],
    ['counts beyond any file', [0, 0, 8, 3, ...huge, ...huge, ...huge], /takes 7\.\d+e\+28 bytes/],
    [
      'counts that wrap around 2^32 and 2^64',
      [0, 0, 8, 2, 0x80, 0, 0, 0, 0, 0, 0, 2],
      /takes 4294967308 bytes/,
    ],
    ['counts beyond every number', [0, 0, 8, 40, ...Array(40).fill(huge).flat()], /takes Infinity bytes/],
  ])('refuses %s', (_, bytes, message) => {
    const read = () => parseIdx(Uint8Array.from(bytes), { name: 'some/file' });
    expect(read).toThrow(DataFileError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^some\/file: /);
  });

  test('a dimension of 0 makes an empty array, whatever the others', () => {
    const bytes = Uint8Array.from([0, 0, 0x0e, 40, ...Array(39).fill(huge).flat(), 0, 0, 0, 0]);
    expect(parseIdx(bytes, { name: 'a' }).data.length).toBe(0);
  });

  test('never throws anything but DataFileError on damaged files, and reads no more than there is', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(file, damage, fc.option(fc.nat()), ({ bytes }, flips, cut) => {
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        try {
          const damaged = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
          expect(parseIdx(damaged, { name: 'a' }).data.byteLength).toBeLessThan(damaged.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DataFileError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

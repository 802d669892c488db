import { describe, expect, test } from '@jest/globals';
import {
  parseSafetensors,
  type SafetensorsDtype,
  type SafetensorsEntry,
  SafetensorsError,
  serializeSafetensors,
  toTypedArray,
} from '@tensortape/nn';
import fc from 'fast-check';

const encoder = new TextEncoder();

/** A file with the given header text and data, whatever they say. */
function fileOf(header: string, data: Uint8Array = new Uint8Array(0), headerBytes?: number): Uint8Array {
  const json = encoder.encode(header);
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes ?? json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

const sizes: [SafetensorsDtype, number][] = [
  ['U64', 8],
  ['I64', 8],
  ['F64', 8],
  ['C64', 8],
  ['F32', 4],
  ['U32', 4],
  ['I32', 4],
  ['BF16', 2],
  ['F16', 2],
  ['U16', 2],
  ['I16', 2],
  ['F8_E8M0', 1],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
  ['I8', 1],
  ['U8', 1],
  ['BOOL', 1],
];

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const entry = fc
  .tuple(fc.constantFrom(...sizes), fc.array(fc.nat({ max: 4 }), { maxLength: 3 }))
  .chain(([[dtype, size], shape]): fc.Arbitrary<SafetensorsEntry> => {
    const length = shape.reduce((product, dim) => product * dim, size);
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ dtype, shape, data }));
  });
const archive = fc.record({
  tensors: fc
    .array(
      fc.tuple(
        text.filter((name) => name !== '__metadata__'),
        entry,
      ),
      { maxLength: 6 },
    )
    .map((entries) => new Map(entries)),
  metadata: fc.array(fc.tuple(text, text), { maxLength: 3 }).map((entries) => new Map(entries)),
});

describe('writing', () => {
  test('gives the bytes of the official writer', () => {
    const file = serializeSafetensors(
      new Map([
        ['b', { dtype: 'F32', shape: [2], data: Float32Array.of(1, -2) }],
        ['steps', { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) }],
        ['a', { dtype: 'F32', shape: [1, 1], data: Float32Array.of(0.5) }],
      ]),
      { metadata: new Map([['format', 'pt']]) },
    );
    const header =
      '{"__metadata__":{"format":"pt"},' +
      '"steps":{"dtype":"I64","shape":[],"data_offsets":[0,8]},' +
      '"a":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},' +
      '"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(padded.length).toBeGreaterThan(header.length);
    const data = [7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
    expect(file).toEqual(fileOf(padded, Uint8Array.from(data)));
  });

  test('sorts by falling dtype size, then by name as UTF-8', () => {
    const one = (dtype: SafetensorsDtype, size: number) => ({
      dtype,
      shape: [1],
      data: new Uint8Array(size),
    });
    const byDtype = new Map(sizes.toReversed().map(([dtype, size]) => [dtype as string, one(dtype, size)]));
    expect([...parseSafetensors(serializeSafetensors(byDtype)).tensors.keys()]).toEqual(
      sizes.map(([dtype]) => dtype),
    );

    // U+1F600 is two units from 0xd83d in JavaScript, yet comes after U+FF5E in UTF-8.
    const names = ['', 'B', 'a', 'a.b', 'ab', '\uff5e', '\u{1f600}'];
    const byName = new Map(names.toReversed().map((name) => [name, one('U8', 1)]));
    expect([...parseSafetensors(serializeSafetensors(byName)).tensors.keys()]).toEqual(names);
  });

  test('starts the data at a multiple of 8', () => {
    fc.assert(
      fc.property(archive, ({ tensors, metadata }) => {
        const file = serializeSafetensors(tensors, { metadata });
        expect(Number(new DataView(file.buffer).getBigUint64(0, true)) % 8).toBe(0);
      }),
    );
  });

  test.each<[string, string, SafetensorsEntry, RegExp]>([
    [
      'a shape that disagrees',
      'w',
      { dtype: 'F32', shape: [3], data: new Uint8Array(8) },
      /"w": F32 \[3\] takes 12 bytes, got 8/,
    ],
    [
      'a negative dimension',
      'w',
      { dtype: 'F32', shape: [-1], data: new Uint8Array(4) },
      /"w": expected non-negative/,
    ],
    [
      'the reserved name',
      '__metadata__',
      { dtype: 'U8', shape: [0], data: new Uint8Array(0) },
      /pass it as metadata/,
    ],
    ['half a surrogate pair', '\ud800', { dtype: 'U8', shape: [0], data: new Uint8Array(0) }, /surrogate/],
  ])('refuses %s', (_, name, tensor, message) => {
    const write = () => serializeSafetensors(new Map([[name, tensor]]));
    expect(write).toThrow(SafetensorsError);
    expect(write).toThrow(message);
  });

  test('refuses a dtype that the format does not have', () => {
    const tensor = { dtype: 'float32', shape: [1], data: new Uint8Array(4) };
    // @ts-expect-error: what a caller without types may pass
    const write = () => serializeSafetensors(new Map([['w', tensor]]));
    expect(write).toThrow(/"w": expected a dtype among BOOL.*got "float32"/);
  });
});

describe('reading', () => {
  test('returns what was written, whatever the names, dtypes and shapes', () => {
    fc.assert(
      fc.property(archive, fc.nat({ max: 9 }), ({ tensors, metadata }, offset) => {
        const file = serializeSafetensors(tensors, { metadata });
        const shifted = new Uint8Array(file.length + offset).subarray(offset);
        shifted.set(file);
        const parsed = parseSafetensors(shifted);
        expect(new Map(parsed.tensors)).toEqual(tensors);
        expect(parsed.metadata).toEqual(metadata);
        expect(serializeSafetensors(parsed.tensors, { metadata: parsed.metadata })).toEqual(file);
      }),
    );
  });

  test('takes files of other writers: any order, white space, unaligned data', () => {
    const header =
      '{ "b" : {"shape":[2],\t"data_offsets":[1,5],"dtype":"I16"},\n"\\u0061":{"dtype":"U8","shape":[],"data_offsets":[0,1]}} \r\n';
    const { tensors } = parseSafetensors(fileOf(header, Uint8Array.of(9, 1, 0, 0xff, 0xff)));
    expect([...tensors.keys()]).toEqual(['b', 'a']);
    expect(toTypedArray(tensors.get('b')!)).toEqual(Int16Array.of(1, -1));
    expect(toTypedArray(tensors.get('a')!)).toEqual(Uint8Array.of(9));
  });

  test('takes an empty file, a name of any kind, and several empty tensors at one place', () => {
    expect(parseSafetensors(fileOf('{}')).tensors.size).toBe(0);
    const empty = '{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}';
    const { tensors } = parseSafetensors(fileOf(`{"__proto__":${empty},"constructor":${empty}}`));
    expect([...tensors.keys()]).toEqual(['__proto__', 'constructor']);

    const one = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
    expect(parseSafetensors(fileOf(`{"one":${one},"none":${empty}}`, Uint8Array.of(1))).tensors.size).toBe(2);
  });

  const u8 = (offsets: string, shape = '[1]') => `{"dtype":"U8","shape":${shape},"data_offsets":${offsets}}`;
  test.each<[string, Uint8Array, RegExp]>([
    [
      'no header length',
      Uint8Array.of(1, 2, 3),
      /model: expected at least 8 bytes, found 3: the file is cut short/,
    ],
    [
      'an absurd header length',
      fileOf('{}', undefined, 2 ** 40),
      /at most 100000000 bytes, found a length of 1099511627776/,
    ],
    ['a header over the limit', fileOf('{}', undefined, 100_000_001), /at most 100000000 bytes/],
    [
      'a cut header',
      fileOf('{}', undefined, 10),
      /expected a header of 10 bytes, found 2: the file is cut short/,
    ],
    ['a header that is not UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff), /in UTF-8/],
    ['a header that starts with space', fileOf(' {}'), /starts with \{/],
    ['a byte order mark', fileOf('\ufeff{}'), /starts with \{/],
    ['an empty header', fileOf(''), /starts with \{/],
    ['no end', fileOf('{'), /expected " at character 1 of the header, found ""/],
    ['text after the end', fileOf('{} {}'), /the end of the header at character 3/],
    ['a comma too many', fileOf(`{"a":${u8('[0,0]', '[0]')},}`), /expected "/],
    [
      'a doubled name',
      fileOf(`{"a":${u8('[0,1]')},"\\u0061":${u8('[0,1]')}}`, Uint8Array.of(1)),
      /a name that has not come before.*found "\\"\\\\u0061/,
    ],
    [
      'a doubled field',
      fileOf('{"a":{"dtype":"U8","dtype":"U8","shape":[],"data_offsets":[0,1]}}'),
      /not come before/,
    ],
    ['doubled metadata', fileOf('{"__metadata__":{"a":"","a":""}}'), /not come before/],
    ['metadata that is not text', fileOf('{"__metadata__":{"a":1}}'), /expected " at/],
    [
      'an unknown field',
      fileOf('{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"x":1}}'),
      /dtype, shape or data_offsets/,
    ],
    [
      'a missing field',
      fileOf('{"a":{"dtype":"U8","shape":[]}}'),
      /a tensor with dtype, shape and two data_offsets/,
    ],
    ['one offset', fileOf(`{"a":${u8('[0]')}}`), /two data_offsets/],
    ['three offsets', fileOf(`{"a":${u8('[0,1,1]')}}`), /at most 2 integers/],
    ['65 dimensions', fileOf(`{"a":${u8('[0,1]', `[${Array(65).fill(1)}]`)}}`), /at most 64 integers/],
    [
      'an unknown dtype',
      fileOf('{"a":{"dtype":"F4","shape":[],"data_offsets":[0,1]}}'),
      /"a": expected a dtype among BOOL.*found "F4"/,
    ],
    ['a negative dimension', fileOf(`{"a":${u8('[0,1]', '[-1]')}}`), /a non-negative integer.*found "-1/],
    ['a fraction', fileOf(`{"a":${u8('[0,1]', '[1.0]')}}`), /expected \]/],
    ['an exponent', fileOf(`{"a":${u8('[0,1]', '[1e0]')}}`), /expected \]/],
    ['a leading zero', fileOf(`{"a":${u8('[0,1]', '[01]')}}`), /a non-negative integer/],
    ['a dimension beyond 2^53', fileOf(`{"a":${u8('[0,1]', '[9007199254740993]')}}`), /up to 2\^53/],
    [
      'a product that overflows',
      fileOf(`{"a":${u8('[0,0]', '[4294967296,4294967296]')}}`),
      /takes 18446744073709552000 bytes, found a span of 0/,
    ],
    [
      'a shape that disagrees',
      fileOf(`{"a":${u8('[0,1]', '[2]')}}`, Uint8Array.of(1)),
      /"a": U8 \[2\] takes 2 bytes, found a span of 1/,
    ],
    [
      'a reversed span',
      fileOf(`{"a":${u8('[1,0]')}}`, Uint8Array.of(1)),
      /within 1 data bytes, found \[1, 0\]/,
    ],
    [
      'cut data',
      fileOf(`{"a":${u8('[0,2]', '[2]')}}`, Uint8Array.of(1)),
      /within 1 data bytes, found \[0, 2\]: the file is cut short/,
    ],
    [
      'a hole',
      fileOf(`{"a":${u8('[0,1]')},"b":${u8('[2,3]')}}`, Uint8Array.of(1, 2, 3)),
      /"b": expected to begin at byte 1, found 2: a hole/,
    ],
    [
      'a hole at the start',
      fileOf(`{"a":${u8('[1,2]')}}`, Uint8Array.of(1, 2)),
      /"a": expected to begin at byte 0, found 1/,
    ],
    [
      'an overlap',
      fileOf(`{"a":${u8('[0,2]', '[2]')},"b":${u8('[1,3]', '[2]')}}`, Uint8Array.of(1, 2, 3)),
      /"b".*an overlap/,
    ],
    [
      'bytes after the last tensor',
      fileOf(`{"a":${u8('[0,1]')}}`, Uint8Array.of(1, 2)),
      /expected 1 data bytes, found 2/,
    ],
    [
      'a control character in a name',
      fileOf(`{"a\n":${u8('[0,1]')}}`, Uint8Array.of(1)),
      /without control characters/,
    ],
    ['a broken escape', fileOf(`{"\\x":${u8('[0,1]')}}`, Uint8Array.of(1)), /valid escapes/],
    ['half a surrogate pair', fileOf(`{"\\ud800":${u8('[0,1]')}}`, Uint8Array.of(1)), /valid escapes/],
  ])('refuses %s', (_, file, message) => {
    const read = () => parseSafetensors(file, { name: 'model' });
    expect(read).toThrow(SafetensorsError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^model: /);
  });

  test('keeps messages short when a hostile name is long', () => {
    const file = fileOf(
      `{"${'x'.repeat(1e6)}":{"dtype":"${'y'.repeat(1e6)}","shape":[],"data_offsets":[0,0]}}`,
    );
    expect(() => parseSafetensors(file)).toThrow(/^.{100,600}$/);
  });

  test('reads a header of a million nested brackets without harm', () => {
    expect(() => parseSafetensors(fileOf(`{"a":${'['.repeat(1e6)}`))).toThrow(SafetensorsError);
    expect(() => parseSafetensors(fileOf(`${'{"a":'.repeat(1e6)}`))).toThrow(SafetensorsError);
  });

  test('never throws anything but SafetensorsError on damaged files', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(archive, damage, fc.option(fc.nat()), ({ tensors, metadata }, flips, cut) => {
        const file = serializeSafetensors(tensors, { metadata });
        for (const [at, value] of flips) file[at % file.length] = value;
        expectReadOrRefused(cut === null ? file : file.subarray(0, cut % file.length));
      }),
      { numRuns: 1000 },
    );
  });

  test('never throws anything but SafetensorsError on JSON that is no header', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.uint8Array({ maxLength: 8 }), (json, data) => {
        expectReadOrRefused(fileOf(json, data));
        expectReadOrRefused(fileOf(`{"a":${json}}`, data));
        expectReadOrRefused(fileOf(`{"__metadata__":${json}}`, data));
        expectReadOrRefused(
          fileOf(`{"a":{"dtype":"U8","shape":${json},"data_offsets":[0,${data.length}]}}`, data),
        );
      }),
    );
  });
});

/** What is read must lie inside the file, and take no more than the file; what is not, must be refused by name. */
function expectReadOrRefused(file: Uint8Array): void {
  try {
    const { tensors } = parseSafetensors(file);
    const total = [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(total).toBeLessThanOrEqual(file.length);
    for (const { data } of tensors.values()) expect(data.buffer).toBe(file.buffer);
  } catch (error) {
    expect(error).toBeInstanceOf(SafetensorsError);
  }
}

describe('toTypedArray', () => {
  const bytesOf = (array: ArrayBufferView) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

  test.each<[SafetensorsDtype, ArrayBufferView]>([
    ['F64', Float64Array.of(0.1, -0, Infinity)],
    ['F32', Float32Array.of(0.1, -0, NaN)],
    ['I64', BigInt64Array.of(-1n, 2n ** 60n)],
    ['U64', BigUint64Array.of(2n ** 64n - 1n)],
    ['I32', Int32Array.of(-(2 ** 31))],
    ['U32', Uint32Array.of(2 ** 32 - 1)],
    ['I16', Int16Array.of(-2)],
    ['U16', Uint16Array.of(65535)],
    ['I8', Int8Array.of(-128)],
    ['U8', Uint8Array.of(255)],
    ['BOOL', Uint8Array.of(0, 1)],
  ])('copies %s', (dtype, array) => {
    const data = bytesOf(array);
    const copy = toTypedArray({ dtype, shape: [], data });
    expect(copy).toEqual(array);
    expect(copy.buffer).not.toBe(array.buffer);
  });

  test('copies out of a Node Buffer too, whose slice would be a view', () => {
    const data = Buffer.from([1, 2]);
    const copy = toTypedArray({ dtype: 'U8', shape: [2], data });
    data[0] = 9;
    expect(copy).toEqual(Uint8Array.of(1, 2));
  });

  test('widens every BF16 to the float32 with the same upper half', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const floats = toTypedArray({ dtype: 'BF16', shape: [65536], data: bytesOf(halves) });
    const expected = Uint32Array.from(halves, (bits) => bits * 65536);
    expect(Buffer.compare(bytesOf(floats), bytesOf(expected))).toBe(0);
  });

  test('widens every F16', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const floats = toTypedArray({ dtype: 'F16', shape: [65536], data: bytesOf(halves) });
    const known: [number, number][] = [
      [0x0000, 0],
      [0x8000, -0],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x7c01, NaN],
    ];
    for (const [bits, value] of known) expect(floats[bits]).toBe(value);
    // Halves of one sign are ordered as their bits are, and within an exponent evenly spaced.
    const wrong: number[] = [];
    for (let bits = 1; bits < 0x7c00; bits++) {
      const expected = Number(floats[bits - 1]) + 2 ** (Math.max(1, (bits - 1) >> 10) - 25);
      if (floats[bits] !== expected || floats[bits + 0x8000] !== -expected) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });

  test('refuses what JavaScript has no array for, and a bool that is neither', () => {
    const data = Uint8Array.of(0, 1, 2, 0, 0, 0, 0, 0);
    expect(() => toTypedArray({ dtype: 'C64', shape: [1], data })).toThrow(
      /C64 \[1\]: JavaScript has no array/,
    );
    expect(() => toTypedArray({ dtype: 'F8_E4M3', shape: [8], data })).toThrow(SafetensorsError);
    expect(() => toTypedArray({ dtype: 'BOOL', shape: [8], data })).toThrow(
      /element 2 of BOOL \[8\]: expected 0 or 1, found 2/,
    );
  });
});

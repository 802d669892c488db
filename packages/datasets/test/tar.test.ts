import { expect, test } from '@jest/globals';
import { DataFileError, parseTar } from '@tensortape/datasets';
import { tarHeader, tarOf } from './archives.ts';

const bytes = Uint8Array.from({ length: 700 }, (_, i) => i % 251);
const parse = (archive: Uint8Array) => parseTar(archive, { name: 'a.tar' });
const join = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
const end = new Uint8Array(1024);

test('gives the files with their content, without copying it', () => {
  const archive = tarOf([
    { path: 'folder/', bytes: new Uint8Array(0), kind: '5' },
    { path: './folder/a', bytes },
    { path: 'pax', bytes: Buffer.from('20 mtime=1700000000\n'), kind: 'x' },
    { path: 'b', bytes: new Uint8Array(0) },
    { path: 'c', bytes: bytes.subarray(0, 512) },
  ]);
  const files = parse(archive);
  expect(files.map(({ path }) => path)).toEqual(['folder/a', 'b', 'c']);
  expect(files.map(({ bytes: { length } }) => length)).toEqual([700, 0, 512]);
  expect(Buffer.compare(files[0]!.bytes, bytes)).toBe(0);
  expect(files[0]!.bytes.buffer).toBe(archive.buffer);
});

test.each<[string, Uint8Array, RegExp]>([
  [
    'a path upwards',
    tarOf([{ path: 'a/../../b', bytes }]),
    /'a\/\.\.\/\.\.\/b' leads out of the archive\. Do not trust/,
  ],
  ['an absolute path', tarOf([{ path: '/etc/passwd', bytes }]), /'\/etc\/passwd' leads out/],
  ['a path of Windows', tarOf([{ path: 'C:\\x', bytes }]), /leads out/],
  ['a backslash upwards', tarOf([{ path: 'a\\..\\..\\b', bytes }]), /leads out/],
  ['a link', tarOf([{ path: 'a', bytes: new Uint8Array(0), kind: '2' }]), /'a' is of type '2', neither/],
  [
    'a long name',
    tarOf([{ path: 'a', bytes: Buffer.from('12 path=b/c\n'), kind: 'x' }]),
    /beyond what ustar can say/,
  ],
  ['nothing', new Uint8Array(0), /found 0 bytes, less than one header/],
  [
    'no end',
    tarOf([{ path: 'a', bytes }]).subarray(0, 512 + 1024),
    /ends at byte 1536 without its closing block/,
  ],
  [
    'a cut file',
    tarOf([{ path: 'a', bytes }]).subarray(0, 900),
    /declares 700 bytes, 388 follow: the archive is cut short/,
  ],
  ['a huge size', join(tarHeader('a', 0o77777777777, '0'), end), /declares 8589934591 bytes, 1024 follow/],
  [
    'other data',
    Uint8Array.from({ length: 2048 }, (_, i) => i % 256),
    /expected a tar archive, found something else/,
  ],
  [
    'damage',
    join(
      tarOf([{ path: 'a', bytes }]).subarray(0, 1536),
      end.map((_, i) => (i === 3 ? 1 : 0)),
    ),
    /header at byte 1536 is damaged/,
  ],
])('refuses %s', (_, archive, message) => {
  expect(() => parse(archive)).toThrow(message);
  expect(() => parse(archive)).toThrow(DataFileError);
});

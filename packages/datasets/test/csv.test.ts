import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { ArgumentError } from '@tensortape/autograd';
import { DataFileError } from '@tensortape/datasets';
import { parseCsv, readCsv } from '@tensortape/datasets/node';
import fc from 'fast-check';

const name = 'table.csv';

test('columns come back as what they were written as', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', ' ', '1', '\r\n') });
  const row = fc.record({
    text: cell,
    number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    whole: fc.integer(),
    yes: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const lines = rows.map(({ text, number, whole, yes }) => [quoted(text), number, whole, yes].join(','));
      const table = await parseCsv(['text,number,whole,yes', ...lines].join('\n'), {
        name,
        columns: { number: 'number', text: 'string', whole: 'integer', yes: 'boolean' },
      });
      expect(table).toEqual({
        text: rows.map(({ text }) => text),
        number: Float64Array.from(rows, ({ number }) => number),
        whole: Int32Array.from(rows, ({ whole }) => whole),
        yes: rows.map(({ yes }) => yes),
      });
    }),
  );
});

test('categories, other delimiters, headers of their own, missing values', async () => {
  const table = await parseCsv('b;1\na;?\n\nb;3\n', {
    name,
    header: ['kind', 'size'],
    delimiter: ';',
    missing: ['?'],
    columns: { kind: 'category', size: 'number' },
  });
  expect(table.kind).toEqual({ codes: Int32Array.of(1, 0, 1), categories: ['a', 'b'] });
  expect(table.size).toEqual(Float64Array.of(1, Number.NaN, 3));
  const types = await parseCsv('x, y \nYES,+.5e1\n0,3.\n', {
    name,
    columns: { x: 'boolean', ' y ': 'number' },
  });
  expect(types).toEqual({ x: [true, false], ' y ': Float64Array.of(5, 3) });
});

const columns = { id: 'integer', size: 'number', ok: 'boolean' } as const;
test.each<[string, string, RegExp]>([
  [
    'text for a number',
    'id,size,ok\n1,2,true\n2,x,true\n',
    /^table\.csv: line 3, column 'size' \(number 2\): expected a finite number, found 'x'\. Correct/,
  ],
  [
    'after a quote over two lines',
    'id,size,ok,note\n1,2,true,"a\nb"\n2,,true,\n',
    /line 4, column 'size' \(number 2\): expected a finite number, found ''/,
  ],
  ['hexadecimal', 'id,size,ok\n1,0x10,true', /found '0x10'/],
  ['infinity', 'id,size,ok\n1,1e999,true', /expected a finite number, found '1e999'/],
  [
    'a fraction',
    'id,size,ok\n1.5,1,true',
    /column 'id' \(number 1\): expected a whole number within 32 bits, found '1\.5'/,
  ],
  ['too large', 'id,size,ok\n2147483648,1,true', /expected a whole number within 32 bits/],
  ['no boolean', 'id,size,ok\n1,1,maybe', /expected true or false, found 'maybe'/],
  [
    'a missing integer',
    'id,size,ok\nNA,1,true',
    /found 'NA'\. Only columns of type 'number' can have missing values/,
  ],
  ['too few fields', 'id,size,ok\n1,2,true\n1,2\n', /line 3 has 2 fields, the header 3/],
  ['no column', 'id,ok\n1,true', /the column 'size' is not there; columns are id, ok/],
  ['a column twice', 'id,size,size,ok\n1,2,3,true', /the column 'size' is there twice/],
  ['an open quote', 'id,size,ok\n"1,2,true', /not a table \(.*[Qq]uote.*\)\. Check quotes/],
  ['nothing', '', /the column 'id' is not there/],
])('says where it found %s', async (_, text, message) => {
  const parsed = () => parseCsv(text, { name, columns, missing: ['NA'] });
  await expect(parsed()).rejects.toThrow(message);
  await expect(parsed()).rejects.toBeInstanceOf(DataFileError);
});

test('files may be packed, marked, and must be UTF-8', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
  try {
    const path = join(folder, 'a.csv');
    await writeFile(path, gzipSync('\ufeffname\nJosé\n'));
    expect(await readCsv(path, { columns: { name: 'string' } })).toEqual({ name: ['José'] });
    await expect(readCsv(path, { columns: { name: 'string' }, maxBytes: 5 })).rejects.toThrow(/limit of 5/);
    await writeFile(path, Buffer.from('name\nJosé\n', 'latin1'));
    await expect(readCsv(path, { columns: { name: 'string' } })).rejects.toThrow(/a\.csv: not text in UTF-8/);
    await expect(parseCsv('a\n1', { name, columns: {} })).rejects.toBeInstanceOf(ArgumentError);
  } finally {
    await rm(folder, { recursive: true });
  }
});

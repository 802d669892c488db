import { ArgumentError } from '@tensortape/autograd';
import { DataFileError } from '../errors.ts';
import { messageOf, readDataFile } from './files.ts';

/** What a column of a table holds, and what it becomes. */
export interface CsvColumnTypes {
  /** A Float64Array. */
  number: Float64Array;
  /** An Int32Array; fractions are refused. */
  integer: Int32Array;
  /** Whether it says true, yes or 1 rather than false, no or 0; capitals do not matter. */
  boolean: boolean[];
  /** Text as it stands. */
  string: string[];
  /** Texts of which there are few: their numbers and, in the order of their codes, the texts. */
  category: CsvCategories;
}

/** A column of categories. */
export interface CsvCategories {
  /** The number of each row's category. */
  readonly codes: Int32Array;
  /** The categories, in order. */
  readonly categories: readonly string[];
}

/** Which columns to read, and as what. */
export type CsvColumns = Readonly<Record<string, keyof CsvColumnTypes>>;

/** A table: its columns by name, all of one length. */
export type CsvTable<C extends CsvColumns> = { [K in keyof C]: CsvColumnTypes[C[K]] };

/** What {@link parseCsv} and {@link readCsv} take. */
export interface CsvOptions<C extends CsvColumns> {
  /** The columns to read, by name; others are left alone. */
  readonly columns: C;
  /** What stands between fields; `','` where not given. */
  readonly delimiter?: string;
  /** The names of all columns, where the file's first line does not give them. */
  readonly header?: readonly string[];
  /** Fields that mean that there is no value, such as `['', 'NA']`: NaN in columns of numbers, refused in others. */
  readonly missing?: readonly string[];
}

/**
 * Reads a table of comma-separated values (RFC 4180) column by column.
 *
 * @param text The table.
 * @param options Which columns, and how they are written; `name`: what error messages call the file.
 * @returns The columns asked for, by name.
 * @throws DataFileError with the line and the column when a field is not of its column's type or a line has another number of
 * fields, and when a column is missing or a quote is not closed; ArgumentError when no column is asked for.
 *
 * @example
 * ```ts
 * import { stack, tensor } from '@tensortape/autograd';
 * import { parseCsv } from '@tensortape/datasets/node';
 * const text = 'width,height,kind\n1.5,2,cat\n3,4,dog\n';
 * const table = await parseCsv(text, { name: 'pets', columns: { width: 'number', height: 'number', kind: 'category' } });
 * console.log(stack([tensor(table.width), tensor(table.height)], 1).toArray()); // [ [ 1.5, 2 ], [ 3, 4 ] ]
 * console.log(table.kind.categories, table.kind.codes); // [ 'cat', 'dog' ] Int32Array(2) [ 0, 1 ]
 * ```
 */
export async function parseCsv<const C extends CsvColumns>(
  text: string,
  options: CsvOptions<C> & { readonly name: string },
): Promise<CsvTable<C>>;
export async function parseCsv(
  text: string,
  {
    name,
    columns,
    delimiter = ',',
    header,
    missing = [],
  }: CsvOptions<CsvColumns> & { readonly name: string },
): Promise<CsvTable<CsvColumns>> {
  const wanted = Object.entries(columns);
  if (wanted.length === 0) throw new ArgumentError('parseCsv: columns names no column; name one at least');
  const rows = await rowsOf(text, name, delimiter);
  const names = header ?? rows.shift()?.fields ?? [];
  const odd = rows.find(({ fields }) => fields.length !== names.length);
  if (odd) {
    throw new DataFileError(
      name,
      `line ${odd.line} has ${odd.fields.length} fields, the header ${names.length}`,
      `Check the line, and that '${delimiter}' stands between fields`,
    );
  }
  return Object.fromEntries(
    wanted.map(([column, type]) => {
      const at = names.indexOf(column);
      if (at < 0 || names.indexOf(column, at + 1) >= 0) {
        throw new DataFileError(
          name,
          `the column '${column}' is ${at < 0 ? 'not there' : 'there twice'}; columns are ${names.slice(0, 50).join(', ')}`,
          'Check its name, and that the first line names the columns, or pass header',
        );
      }
      const fields = rows.map(({ fields: row }) => row[at]!);
      const fail = (row: number, expected: string) =>
        new DataFileError(
          name,
          `line ${rows[row]!.line}, column '${column}' (number ${at + 1}): expected ${expected}, found '${fields[row]!.slice(0, 80)}'`,
          missing.includes(fields[row]!)
            ? `Only columns of type 'number' can have missing values: fill them in, or read the column as 'string'`
            : `Correct the field, read the column as 'string', or list the field in missing`,
        );
      return [column, readers[type](fields, missing, fail)];
    }),
  );
}

/**
 * Reads a CSV file, which may be packed with gzip, as {@link parseCsv} reads text. The file is UTF-8, with or without a mark.
 *
 * @param path The file.
 * @param options Which columns, and how they are written; `maxBytes`: the largest size allowed, on disk and unpacked.
 * @throws DataFileError as {@link parseCsv} and {@link readDataFile} do, and when the file is not UTF-8.
 *
 * @example
 * ```ts
 * import { readCsv } from '@tensortape/datasets/node';
 *
 * async function meanPrice(path: string) {
 *   const { price } = await readCsv(path, { columns: { price: 'number' }, delimiter: ';' });
 *   return price.reduce((sum, value) => sum + value, 0) / price.length;
 * }
 * ```
 */
export async function readCsv<const C extends CsvColumns>(
  path: string,
  { maxBytes, ...options }: CsvOptions<C> & { readonly maxBytes?: number },
): Promise<CsvTable<C>> {
  const bytes = await readDataFile(path, maxBytes === undefined ? {} : { maxBytes });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DataFileError(
      path,
      'not text in UTF-8',
      'Save it as UTF-8, or check that it is a CSV file',
      error,
    );
  }
  return parseCsv<C>(text, { ...options, name: path });
}

interface Row {
  readonly fields: readonly string[];
  /** The number of the line that it ends on, from 1. */
  readonly line: number;
}

async function rowsOf(text: string, name: string, delimiter: string): Promise<Row[]> {
  const { parse } = await import('csv-parse/sync');
  const rows: Row[] = [];
  try {
    parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (fields: string[], { lines }) => {
        rows.push({ fields, line: lines });
        return null;
      },
    });
  } catch (error) {
    throw new DataFileError(
      name,
      `not a table (${messageOf(error)})`,
      'Check quotes and the delimiter',
      error,
    );
  }
  return rows;
}

type Fail = (row: number, expected: string) => DataFileError;
type Reader<T> = (fields: readonly string[], missing: readonly string[], fail: Fail) => T;

const booleans = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const readers: { readonly [K in keyof CsvColumnTypes]: Reader<CsvColumnTypes[K]> } = {
  number: (fields, missing, fail) =>
    Float64Array.from(fields, (field, row) => {
      if (missing.includes(field)) return Number.NaN;
      const value = decimal.test(field.trim()) ? Number(field) : Number.NaN;
      if (!Number.isFinite(value)) throw fail(row, 'a finite number');
      return value;
    }),
  integer: (fields, missing, fail) =>
    Int32Array.from(fields, (field, row) => {
      const value = decimal.test(field.trim()) && !missing.includes(field) ? Number(field) : Number.NaN;
      if ((value | 0) !== value) throw fail(row, 'a whole number within 32 bits');
      return value;
    }),
  boolean: (fields, missing, fail) =>
    fields.map((field, row) => {
      const value = missing.includes(field) ? undefined : booleans.get(field.trim().toLowerCase());
      if (value === undefined) throw fail(row, 'true or false');
      return value;
    }),
  string: (fields) => [...fields],
  category: (fields, missing, fail) => {
    const absent = fields.findIndex((field) => missing.includes(field));
    if (absent >= 0) throw fail(absent, 'a category');
    const categories = [...new Set(fields)].sort();
    const numbers = new Map(categories.map((category, i) => [category, i]));
    return { codes: Int32Array.from(fields, (field) => numbers.get(field)!), categories };
  },
};

import { DataFileError } from './errors.ts';

/** A file in a tar archive; see {@link parseTar}. */
export interface TarFile {
  /** Its path in the archive, with `/` between folders; never absolute, never with `..`. */
  readonly path: string;
  /** Its content: a view on the archive. */
  readonly bytes: Uint8Array;
}

const block = 512;
const damaged = 'Copy or download the archive again';

/**
 * The regular files of a tar archive (POSIX ustar, as GNU and BSD tar write it too). Nothing is written anywhere, and nothing
 * allocated but the list. Folders and the extended headers of pax are skipped.
 *
 * @param bytes The archive, already decompressed.
 * @param options `name`: what error messages call it.
 * @throws {@link DataFileError} when the archive is damaged or cut short, holds links, devices or entries of other kinds,
 * or a path that leads out of it.
 *
 * @example
 * ```ts
 * import { parseTar } from '@tensortape/datasets';
 * console.log(parseTar(new Uint8Array(1024), { name: 'empty.tar' })); // []
 * ```
 */
export function parseTar(bytes: Uint8Array, { name }: { name: string }): TarFile[] {
  const fail = (problem: string, remedy = damaged) => new DataFileError(name, problem, remedy);
  const files: TarFile[] = [];
  let at = 0;
  for (;;) {
    if (at + block > bytes.length) {
      throw fail(
        bytes.length < block
          ? `expected a tar archive, found ${bytes.length} bytes, less than one header`
          : `the archive ends at byte ${bytes.length} without its closing block of zeros`,
      );
    }
    const header = bytes.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return files;
    if (octal(header.subarray(148, 156)) !== checksum(header)) {
      throw fail(
        at === 0
          ? 'expected a tar archive, found something else'
          : `the header at byte ${at} is damaged (wrong checksum)`,
      );
    }
    const size = octal(header.subarray(124, 136));
    if (size === undefined) throw fail(`the header at byte ${at} has no valid size`);
    const start = at + block;
    if (start + size > bytes.length) {
      throw fail(
        `the entry at byte ${at} declares ${size} bytes, ${bytes.length - start} follow: the archive is cut short`,
      );
    }
    const content = bytes.subarray(start, start + size);
    const path = pathOf(header);
    const kind = String.fromCharCode(header[156]!);
    if (kind === '0' || kind === '\0') {
      if (path.startsWith('/') || path.split(/[/\\]/).includes('..') || /^[A-Za-z]:/.test(path)) {
        throw fail(`the entry '${path}' leads out of the archive`, 'Do not trust where it comes from');
      }
      files.push({ path: path.replace(/^(\.\/)+/, ''), bytes: content });
    } else if (kind === 'x' && /(^|\n)\d+ (path|size)=/.test(text(content))) {
      throw fail(
        `the entry at byte ${at} has a name or size beyond what ustar can say`,
        'Pack it again with tar --format=ustar',
      );
    } else if (!'5xg'.includes(kind)) {
      throw fail(
        `the entry '${path}' is of type '${kind}', neither a file nor a folder`,
        'Pack the files without links, with tar --format=ustar',
      );
    }
    at = start + Math.ceil(size / block) * block;
  }
}

function pathOf(header: Uint8Array): string {
  const name = text(header.subarray(0, 100));
  const prefix = text(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** A field up to its first zero byte. */
function text(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** A number in octal digits, spaces or a zero byte behind them; undefined for anything else. */
function octal(field: Uint8Array): number | undefined {
  const digits = /^ *([0-7]+)[ \0]*$/.exec(String.fromCharCode(...field))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

/** The sum of the header's bytes, those of the checksum itself counted as spaces. */
function checksum(header: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < block; i++) if (i < 148 || i >= 156) sum += header[i]!;
  return sum;
}

import { inflateSync } from 'fflate';
import { DataFileError } from './errors.ts';

/** A file in a zip archive, as the archive's directory lists it. */
interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly compressed: number;
  readonly size: number;
  /** Where its own header begins. */
  readonly offset: number;
}

const directoryEnd = 0x06054b50;
const directoryEntry = 0x02014b50;
const fileHeader = 0x04034b50;
const damaged = 'The archive is damaged: copy or download it again';

/**
 * The files in a zip archive by name, without following any path. fflate decompresses; the directory is read here, since it leaves
 * checksums and doubled names alone, and what the directory declares bounds what is allocated.
 *
 * @param maxBytes The most that all of them together may take decompressed.
 */
export function readZip(bytes: Uint8Array, name: string, maxBytes: number): Map<string, Uint8Array> {
  const fail = (problem: string, remedy = damaged) => new DataFileError(name, problem, remedy);
  const entries = readDirectory(bytes, fail);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) {
    throw fail(
      `${total} bytes when decompressed, more than the limit of ${maxBytes}`,
      'If the file is what you expect, raise maxBytes',
    );
  }
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const where = `entry ${JSON.stringify(entry.name.slice(0, 100))}`;
    if (files.has(entry.name)) throw fail(`${where} comes twice`);
    files.set(
      entry.name,
      readEntry(bytes, entry, (problem, remedy) => fail(`${where}: ${problem}`, remedy)),
    );
  }
  return files;
}

type Fail = (problem: string, remedy?: string) => DataFileError;

function readDirectory(bytes: Uint8Array, fail: Fail): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The end record is 22 bytes, and a comment of up to 65535.
  let end = bytes.length - 22;
  const first = Math.max(0, end - 0xffff);
  while (end >= first && view.getUint32(end, true) !== directoryEnd) end--;
  if (end < first) throw fail('no zip archive, or one that is cut short', 'Copy or download the file again');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== directoryEntry) {
      throw fail(`entry ${i} of ${count} is not where the directory should have it`);
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const flags = view.getUint16(at + 8, true);
    if ((flags & 1) !== 0) throw fail(`entry ${i} is encrypted`, 'Save the arrays again, without a password');
    const [compressed, size, offset] = [20, 24, 42].map((field) => view.getUint32(at + field, true));
    if ([compressed, size, offset].includes(0xffffffff)) {
      throw fail(`entry ${i} is of 4 GB or more`, 'Save its array as an .npy file, in parts');
    }
    const nameAt = at + 46;
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(nameAt, nameAt + nameLength!)),
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      compressed: compressed!,
      size: size!,
      offset: offset!,
    });
    at = nameAt + nameLength! + extraLength! + commentLength!;
  }
  return entries;
}

function readEntry(bytes: Uint8Array, { method, checksum, compressed, size, offset }: ZipEntry, fail: Fail) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== fileHeader) {
    throw fail('its header is not where the directory has it');
  }
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + compressed > bytes.length) throw fail('its data end beyond the file');
  const data = bytes.subarray(start, start + compressed);
  const content = method === 0 ? data : method === 8 ? inflate(data, size, fail) : undefined;
  if (content === undefined) throw fail(`compressed by method ${method}`, 'Save it again with numpy.savez');
  if (content.length !== size) throw fail(`expected ${size} bytes, found ${content.length}`);
  if (crc32(content) !== checksum) throw fail('its checksum does not match');
  return content;
}

function inflate(data: Uint8Array, size: number, fail: Fail): Uint8Array {
  try {
    // One byte more than declared: where that is filled too, the declaration was wrong. It never grows.
    return inflateSync(data, { out: new Uint8Array(size + 1) });
  } catch (error) {
    throw fail(`damaged (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** CRC-32 as zip and gzip have it (ISO 3309: polynomial 0xedb88320, reflected). */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

const crcTable = /* @__PURE__ */ Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

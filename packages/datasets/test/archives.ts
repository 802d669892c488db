/** A file of a tar archive that {@link tarOf} writes. */
export interface TarEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The type flag: `0` for a regular file. */
  readonly kind?: string;
}

/** A tar archive in ustar format. */
export function tarOf(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.flatMap(({ path, bytes, kind = '0' }) => {
    const padding = new Uint8Array((512 - (bytes.length % 512)) % 512);
    return [tarHeader(path, bytes.length, kind), bytes, padding];
  });
  return Uint8Array.from(Buffer.concat([...blocks, new Uint8Array(1024)]));
}

/** A header whose checksum is right, whatever it declares. */
export function tarHeader(path: string, size: number, kind: string): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(kind, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Uint8Array.from(header);
}

/** What goes into a pickle as Python 2 wrote CIFAR's. */
export interface PickledCifar {
  readonly data: Uint8Array;
  /** Lists of labels by key. */
  readonly lists: Readonly<Record<string, readonly number[]>>;
}

/** A pickle of protocol 2 as Python 2 and the NumPy of its time wrote CIFAR's files: byte strings throughout. */
export function python2Pickle({ data, lists }: PickledCifar): Uint8Array {
  const parts: (string | Uint8Array)[] = ['\x80\x02}q\x01('];
  const text = (value: string) => `U${String.fromCharCode(value.length)}${value}`;
  const word = (value: number) =>
    Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
  const whole = (value: number) => ['J', word(value)];
  parts.push(text('batch_label'), 'q\x02', text('a part'), 'q\x03');
  for (const [key, list] of Object.entries(lists)) {
    parts.push(text(key), ']q\x04(', ...list.flatMap((label) => [`K${String.fromCharCode(label)}`]), 'e');
  }
  parts.push(
    text('data'),
    'cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85',
    text('b'),
  );
  parts.push('\x87R(K\x01', ...whole(data.length / 3072), 'M\x00\x0c\x86cnumpy\ndtype\n', text('u1'));
  parts.push('K\x00K\x01\x87R(K\x03', text('|'), 'NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89');
  parts.push('T', word(data.length), data, 'tbu.');
  return Uint8Array.from(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))),
  );
}

import { crc32, deflateSync } from 'node:zlib';

/** What {@link pngOf} writes. */
export interface PngParts {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 colours, 3 palette, 4 grey and alpha, 6 colours and alpha. */
  readonly type: number;
  readonly depth: number;
  /** The sample of a pixel's channel. */
  readonly sample: (x: number, y: number, channel: number) => number;
  readonly palette?: readonly (readonly [number, number, number])[];
  readonly interlaced?: boolean;
}

const channelsOf = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

/** First column and row, and steps, of the passes of Adam7. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A chunk of a PNG file. */
export function chunk(kind: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function pngHeader({
  width,
  height,
  type,
  depth,
  interlaced = false,
}: Omit<PngParts, 'sample'>): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlaced ? 1 : 0], 8);
  return chunk('IHDR', header);
}

/** A PNG file, written after the specification and by no library. */
export function pngOf(parts: PngParts): Uint8Array {
  const { width, height, type, depth, sample, palette, interlaced = false } = parts;
  const channels = channelsOf.get(type)!;
  const rows: number[] = [];
  for (const [left, top, stepX, stepY] of interlaced ? passes : ([[0, 0, 1, 1]] as const)) {
    if (left >= width) continue;
    for (let y = top; y < height; y += stepY) {
      let bits = '';
      for (let x = left; x < width; x += stepX) {
        for (let c = 0; c < channels; c++) bits += sample(x, y, c).toString(2).padStart(depth, '0');
      }
      bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
      rows.push(0, ...(bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
    }
  }
  return Uint8Array.from(
    Buffer.concat([
      signature,
      pngHeader(parts),
      ...(palette ? [chunk('PLTE', Uint8Array.from(palette.flat()))] : []),
      chunk('tEXt', Buffer.from('Comment\0made by a test')),
      chunk('IDAT', deflateSync(Uint8Array.from(rows))),
      chunk('IEND', new Uint8Array(0)),
    ]),
  );
}

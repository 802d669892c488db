import { promisify } from 'node:util';
import { inflate as inflateCallback } from 'node:zlib';
import { DataFileError } from '../errors.ts';
import type { PixelImage } from '../transforms/pixels.ts';
import { codeOf, messageOf } from './files.ts';

const inflate = promisify(inflateCallback);

/** The limit of {@link decodeImage} where none is given: 50 million pixels. */
export const defaultMaxPixels = 50e6;

/** What {@link decodeImage} takes. */
export interface DecodeImageOptions {
  /** What error messages call the file. */
  readonly name: string;
  /** The largest number of pixels that is decoded; {@link defaultMaxPixels} where not given. */
  readonly maxPixels?: number;
}

const otherFile = 'It is another kind of file, or damaged: check where it comes from';
const damaged = 'Copy or download the file again';

/**
 * Decodes a PNG or JPEG file, recognised by its first bytes. Its size is read, and refused where it is too large, before
 * anything is decoded; PNGs of 16 bits are rounded to 8, and those with a palette get its colours.
 *
 * @param bytes The whole file.
 * @param options `name` and `maxPixels`.
 * @returns Rows of pixels of 1 (grey), 2 (grey, alpha), 3 (red, green, blue) or 4 channels (and alpha), 8 bits each.
 * @throws DataFileError when the file is neither, damaged, cut short, or too large.
 *
 * @example
 * ```ts
 * import { transforms } from '@tensortape/datasets';
 * import { decodeImage, readDataFile } from '@tensortape/datasets/node';
 *
 * async function load(path: string) {
 *   return transforms.toTensor(await decodeImage(await readDataFile(path), { name: path }));
 * }
 * ```
 */
export async function decodeImage(
  bytes: Uint8Array,
  { name, maxPixels = defaultMaxPixels }: DecodeImageOptions,
): Promise<PixelImage> {
  const limits = { name, maxPixels };
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return decodePng(bytes, limits);
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return decodeJpeg(bytes, limits);
  throw new DataFileError(name, 'expected a PNG or JPEG file, found neither', otherFile);
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

interface Limits {
  readonly name: string;
  readonly maxPixels: number;
}

function checkPixels({ name, maxPixels }: Limits, width: number, height: number): void {
  if (width === 0 || height === 0)
    throw new DataFileError(name, `the image has ${width} x ${height} pixels`, damaged);
  if (width * height > maxPixels) {
    throw new DataFileError(
      name,
      `the image has ${width} x ${height} pixels, more than the limit of ${maxPixels}`,
      'If the file is what you expect, raise maxPixels',
    );
  }
}

/** The channels of each PNG colour type, and the bit depths that it may have. */
const pngColors = new Map([
  [0, { samples: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { samples: 3, depths: [8, 16] }],
  [3, { samples: 1, depths: [1, 2, 4, 8] }],
  [4, { samples: 2, depths: [8, 16] }],
  [6, { samples: 4, depths: [8, 16] }],
]);

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly depth: number;
  readonly hasPalette: boolean;
  readonly isInterlaced: boolean;
}

async function decodePng(bytes: Uint8Array, limits: Limits): Promise<PixelImage> {
  const { name } = limits;
  const { header, data } = pngParts(bytes, limits);
  // The decoder unpacks whatever there is; so it is unpacked here first, to no more than the header declares.
  const expected = rawSize(header);
  const found = await inflate(data, { maxOutputLength: expected }).then(
    ({ length }) => length,
    (error: unknown) => {
      const problem =
        codeOf(error) === 'ERR_BUFFER_TOO_LARGE'
          ? `more data than the ${expected} bytes that the header declares`
          : `damaged image data (${messageOf(error)})`;
      throw new DataFileError(name, problem, damaged, error);
    },
  );
  if (found !== expected) {
    throw new DataFileError(name, `the image takes ${expected} bytes, found ${found}`, damaged);
  }
  try {
    const { convertIndexedToRgb, decode } = await import('fast-png');
    const image = decode(bytes, { checkCrc: true });
    const { width, height, depth } = image;
    if (header.hasPalette)
      return { width, height, channels: 3, data: Uint8Array.from(convertIndexedToRgb(image)) };
    const samples = depth < 8 ? unpacked(image.data, width, depth) : image.data;
    return { width, height, channels: image.channels, data: levels(samples, depth) };
  } catch (error) {
    throw new DataFileError(name, `damaged PNG data (${messageOf(error)})`, damaged, error);
  }
}

/** Walks over the chunks, which must lie within the file: the header, and the packed pixels. */
function pngParts(bytes: Uint8Array, limits: Limits): { header: PngHeader; data: Uint8Array } {
  const { name } = limits;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let header: PngHeader | undefined;
  let at = 8;
  for (;;) {
    if (at + 12 > bytes.length) throw new DataFileError(name, 'the PNG file is cut short', damaged);
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) {
      throw new DataFileError(
        name,
        `a chunk of ${length} bytes does not fit the file: it is cut short`,
        damaged,
      );
    }
    if ((kind === 'IHDR') !== (at === 8)) {
      throw new DataFileError(name, 'expected one IHDR chunk, at the beginning of the PNG file', damaged);
    }
    if (kind === 'IHDR') header = pngHeader(view, length, limits);
    if (kind === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    if (kind === 'IEND') return { header: header!, data: Buffer.concat(parts) };
    at += 12 + length;
  }
}

function pngHeader(view: DataView, length: number, limits: Limits): PngHeader {
  if (length !== 13)
    throw new DataFileError(limits.name, `the PNG header has ${length} bytes, not 13`, damaged);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, type, interlace] = [view.getUint8(24), view.getUint8(25), view.getUint8(28)];
  const color = pngColors.get(type);
  if (!color?.depths.includes(depth) || interlace > 1) {
    throw new DataFileError(
      limits.name,
      `the PNG header declares colour type ${type} with ${depth} bits, interlacing ${interlace}, which PNG does not have`,
      damaged,
    );
  }
  checkPixels(limits, width, height);
  if (interlace === 1 && depth < 8) {
    throw new DataFileError(
      limits.name,
      `an interlaced PNG of ${depth} bits, which cannot be decoded here`,
      'Save it without interlacing, or with 8 bits',
    );
  }
  return {
    width,
    height,
    samples: color.samples,
    depth,
    hasPalette: type === 3,
    isInterlaced: interlace === 1,
  };
}

/** Of Adam7: first column and row of each pass, and the steps between them. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** How many bytes the unpacked pixels take: each row of each pass behind a byte that names its filter. */
function rawSize({ width, height, samples, depth, isInterlaced }: PngHeader): number {
  const passes = isInterlaced ? adam7 : ([[0, 0, 1, 1]] as const);
  return passes.reduce((sum, [left, top, stepX, stepY]) => {
    const columns = Math.ceil((width - left) / stepX);
    const rows = Math.ceil((height - top) / stepY);
    return columns > 0 && rows > 0 ? sum + rows * (1 + Math.ceil((columns * samples * depth) / 8)) : sum;
  }, 0);
}

/** Samples of fewer than 8 bits, of which each row begins with a new byte. */
function unpacked(bytes: ArrayLike<number>, width: number, depth: number): Uint8Array {
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  const samples = new Uint8Array((bytes.length / rowBytes) * width);
  for (let i = 0; i < samples.length; i++) {
    const [row, column] = [Math.floor(i / width), i % width];
    const byte = bytes[row * rowBytes + Math.floor(column / perByte)]!;
    samples[i] = (byte >> (8 - depth * (1 + (column % perByte)))) & (2 ** depth - 1);
  }
  return samples;
}

/** Levels 0 to 255 of samples of so many bits. */
function levels(samples: ArrayLike<number>, depth: number): Uint8Array {
  const top = 2 ** depth - 1;
  return Uint8Array.from(samples, (sample) => Math.round((sample * 255) / top));
}

/** An image of more scans than any program writes would take for ever, each one visiting every pixel. */
const maxScans = 200;

async function decodeJpeg(bytes: Uint8Array, limits: Limits): Promise<PixelImage> {
  const { name, maxPixels } = limits;
  const components = checkJpeg(bytes, limits);
  try {
    const { default: jpeg } = await import('jpeg-js');
    const { width, height, data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: maxPixels / 1e6,
      // Coefficients, samples and pixels of three channels take less than 40 bytes a pixel.
      maxMemoryUsageInMB: 64 + (40 * maxPixels) / 2 ** 20,
    });
    const grey = components === 1;
    return { width, height, channels: grey ? 1 : 3, data: grey ? data.filter((_, i) => i % 3 === 0) : data };
  } catch (error) {
    throw new DataFileError(name, `damaged JPEG data (${messageOf(error)})`, damaged, error);
  }
}

/** Checks the size that the frame header declares and the number of scans; gives the number of components. */
function checkJpeg(bytes: Uint8Array, limits: Limits): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let components: number | undefined;
  let scans = 0;
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes[at + 1]!;
    // Between markers lie packed pixels, in which 0xff is followed by 0; markers without a length stand alone.
    if (
      bytes[at] !== 0xff ||
      marker === 0 ||
      marker === 0xff ||
      (marker >= 0xd0 && marker <= 0xd9) ||
      marker === 1
    ) {
      at++;
      continue;
    }
    if (marker === 0xda && ++scans > maxScans) {
      throw new DataFileError(limits.name, `the JPEG file has more than ${maxScans} scans`, otherFile);
    }
    // C4, C8 and CC are no frames.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      checkPixels(limits, view.getUint16(at + 7), view.getUint16(at + 5));
      components = bytes[at + 9]!;
    }
    at += 2 + view.getUint16(at + 2);
  }
  if (components === undefined) {
    throw new DataFileError(limits.name, 'the JPEG file has no frame header: it is cut short', damaged);
  }
  return components;
}

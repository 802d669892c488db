import { PNG } from 'pngjs';

/** Pixels row by row: a byte each for grey; red, green and blue; or those and an alpha that is 255 throughout. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly kind: 'grey' | 'rgb' | 'opaque';
  readonly pixels: Uint8Array;
}

const colorTypes = { grey: 0, rgb: 2, opaque: 6 } as const;

/** A bitmap as the bytes of a PNG file. */
export function encodePng({ width, height, kind, pixels }: Bitmap): Buffer {
  const png = new PNG({ width, height });
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  // Charts consist of runs that repeat from row to row: no filter, and zlib's default strategy, suit them best.
  return PNG.sync.write(png, {
    inputColorType: colorTypes[kind],
    colorType: kind === 'grey' ? 0 : 2,
    inputHasAlpha: kind === 'opaque',
    filterType: 0,
    deflateStrategy: 0,
  });
}

/** A bitmap as a `data:` URL, for a chart's image marks. */
export function imageUrl(bitmap: Bitmap): string {
  return `data:image/png;base64,${encodePng(bitmap).toString('base64')}`;
}

/** A layer of a chart that a bitmap fills: the chart has this width and height. */
export const imageLayer = (bitmap: Bitmap, width: number, height: number) => ({
  data: { values: [{ url: imageUrl(bitmap) }] },
  mark: { type: 'image' as const, width, height, aspect: false },
  encoding: { x: { value: width / 2 }, y: { value: height / 2 }, url: { field: 'url' } },
});

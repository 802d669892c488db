import type { Bitmap } from './draw.ts';

/**
 * Square pictures in rows, with a white line in between.
 *
 * @param values Of all pixels, picture by picture.
 * @param side Pixels a row, and rows, of a picture.
 * @param columns Pictures a row.
 * @param colour Red, green and blue of a value, from 0 to 255.
 */
export function tiles(
  values: ArrayLike<number>,
  side: number,
  columns: number,
  colour: (value: number) => readonly number[],
): Bitmap {
  const count = values.length / side ** 2;
  const [width, height] = [columns * (side + 1) - 1, Math.ceil(count / columns) * (side + 1) - 1];
  const pixels = new Uint8Array(3 * width * height).fill(255);
  for (let i = 0; i < values.length; i++) {
    const [picture, row, column] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
    const x = (picture % columns) * (side + 1) + column;
    const y = Math.floor(picture / columns) * (side + 1) + row;
    pixels.set(colour(values[i]!), 3 * (y * width + x));
  }
  return { width, height, kind: 'rgb', pixels };
}

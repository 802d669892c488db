import { drawPng, imageLayer, type Title, tiles } from '@tensortape/example-shared/pictures';
import type { Tensor } from 'tensortape';

/** How many pixels of the picture a digit's pixel gets. */
const scale = 1.5;

/** Digits in rows as PNG, dark ink on white: images N x 784, grey levels from 0 to 1. */
export function drawDigits(images: Tensor, columns: number, title: Title): Promise<Uint8Array> {
  const bitmap = tiles(Float32Array.from(images.toTypedArray()), 28, columns, (grey) => {
    const paper = Math.round(255 * (1 - grey));
    return [paper, paper, paper];
  });
  return drawPng({
    title,
    width: scale * bitmap.width,
    height: scale * bitmap.height,
    layer: [imageLayer(bitmap, scale)],
  });
}

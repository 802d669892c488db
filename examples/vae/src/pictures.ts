import { type Heading, imageGrid } from '@tensortape/plot';
import type { Tensor } from 'tensortape';

/** Digits in rows as PNG, dark ink on white: images N x 784, grey levels from 0 to 1. */
export function drawDigits(images: Tensor, columns: number, heading: Heading): Promise<Uint8Array> {
  return imageGrid(images.reshape([-1, 28, 28]), {
    ...heading,
    columns,
    range: [1, 0],
    imageWidth: 42,
  }).toPng();
}

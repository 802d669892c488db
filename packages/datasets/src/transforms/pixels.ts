import { ShapeError, type Tensor, tensor } from '@tensortape/autograd';

/** A picture as decoders give it: bytes row by row, the channels of a pixel next to each other. */
export interface PixelImage {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** 1 (grey), 2 (grey and alpha), 3 (red, green, blue) or 4 (and alpha). */
  readonly channels: number;
  /** `height` x `width` x `channels` levels, 0 to 255. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * A picture as a tensor: float32 in [0, 1], of shape (C, H, W). PyTorch: `torchvision.transforms.ToTensor`.
 *
 * @param image - a decoded picture; a canvas' `ImageData` has `channels: 4`.
 * @throws ShapeError when the data is not `height` x `width` x `channels` bytes.
 *
 * @example
 * ```ts
 * import { transforms } from '@tensortape/datasets';
 * const picture = { width: 2, height: 1, channels: 3, data: Uint8Array.of(255, 0, 0, 0, 0, 51) };
 * console.log(transforms.toTensor(picture).toString()); // tensor([[[1.0000, 0.0000]], [[0.0000, 0.0000]], [[0.0000, 0.2000]]])
 * ```
 */
export function toTensor({ width, height, channels, data }: PixelImage): Tensor {
  const pixels = width * height;
  if (data.length !== pixels * channels) {
    throw new ShapeError(
      `toTensor: ${height} x ${width} pixels of ${channels} channels take ${pixels * channels} bytes, got ${data.length}`,
    );
  }
  const values = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < pixels; i++) values[channel * pixels + i] = data[i * channels + channel]! / 255;
  }
  return tensor(values, { shape: [channels, height, width] });
}

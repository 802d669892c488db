import { ArgumentError, DTypeError, formatShape, ShapeError, type Tensor } from '@tensortape/autograd';

/** A height and a width, or one length for both. */
export type Size = number | readonly [height: number, width: number];

/** Refuses what is no image (…, C, H, W). */
export function checkImage(op: string, image: Tensor): { channels: number; height: number; width: number } {
  if (image.ndim < 3) {
    throw new ShapeError(
      `${op}: the image has shape ${formatShape(image.shape)}; images are (C, H, W), batches of them (…, C, H, W)`,
    );
  }
  const [channels, height, width] = image.shape.slice(-3);
  return { channels: channels!, height: height!, width: width! };
}

/** Refuses what is no floating point image. */
export function checkFloatImage(
  op: string,
  image: Tensor,
): { channels: number; height: number; width: number } {
  if (image.dtype !== 'float32' && image.dtype !== 'float64') {
    throw new DTypeError(
      `${op}: the image is ${image.dtype}; make it float in [0, 1] first, as toTensor does`,
    );
  }
  return checkImage(op, image);
}

/** Refuses images of other than one or three channels. */
export function checkColors(op: string, image: Tensor): { channels: number; height: number; width: number } {
  const found = checkFloatImage(op, image);
  if (found.channels !== 1 && found.channels !== 3) {
    throw new ShapeError(
      `${op}: the image has shape ${formatShape(image.shape)}, ${found.channels} channels; it takes 1 (grey) or 3 (red, green, blue)`,
    );
  }
  return found;
}

/** Height and width. */
export function checkedSize(op: string, size: Size): readonly [height: number, width: number] {
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)) {
    throw new ArgumentError(`${op}: size must be whole numbers of at least 1, got ${String(size)}`);
  }
  return [height, width];
}

/** A number, or an ArgumentError that names it when it is not from `low` to `high`. */
export function checkedNumber(op: string, name: string, value: number, low: number, high = Infinity): number {
  if (value >= low && value <= high) return value;
  const range = high === Infinity ? `of at least ${low}` : `from ${low} to ${high}`;
  throw new ArgumentError(`${op}: ${name} must be a number ${range}, got ${value}`);
}

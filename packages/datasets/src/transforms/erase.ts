import { ArgumentError, full, ShapeError, type Tensor, tensor, where, zeros } from '@tensortape/autograd';
import { checkedSize, checkFloatImage } from './checks.ts';
import { pad } from './geometry.ts';

/**
 * The image with a rectangle of it replaced. PyTorch: `torchvision.transforms.functional.erase`.
 *
 * @param image - floating point, of shape (…, C, H, W).
 * @param top - the rectangle's first row.
 * @param left - its first column.
 * @param height - its rows.
 * @param width - its columns; all within the image.
 * @param value - what replaces it: a number, one for each channel, or a tensor of shape (C, height, width).
 * @throws ArgumentError when the rectangle leaves the image, or there is another number of values than of channels.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.functional.erase(tensor([[[1, 2, 3]]]), 0, 1, 1, 2, 9).toArray()); // [ [ [ 1, 9, 9 ] ] ]
 * ```
 */
export function erase(
  image: Tensor,
  top: number,
  left: number,
  height: number,
  width: number,
  value: number | readonly number[] | Tensor,
): Tensor {
  const found = checkFloatImage('erase', image);
  checkedSize('erase', [height, width]);
  const [below, right] = [found.height - top - height, found.width - left - width];
  if (![top, left, below, right].every((length) => Number.isInteger(length) && length >= 0)) {
    throw new ArgumentError(
      `erase: ${height} x ${width} pixels from row ${top} and column ${left} leave the ${found.height} x ${found.width} image`,
    );
  }
  const around = [left, top, right, below] as const;
  const outside = pad(zeros([1, height, width]), around, { fill: 1 }).ne(0);
  return where(outside, image, pad(patch(value, found.channels, height, width, image), around));
}

function patch(
  value: number | readonly number[] | Tensor,
  channels: number,
  height: number,
  width: number,
  { dtype }: Tensor,
): Tensor {
  const shape = [channels, height, width];
  if (typeof value === 'number') return full(shape, value, { dtype });
  if (isList(value)) {
    if (value.length !== 1 && value.length !== channels) {
      throw new ArgumentError(
        `erase: value has ${value.length} numbers for ${channels} channels; pass one, or one for each`,
      );
    }
    return tensor(value, { dtype, shape: [value.length, 1, 1] }).expand(shape);
  }
  if (value.shape.join() !== shape.join()) {
    throw new ShapeError(
      `erase: value has shape [${value.shape.join(', ')}], the rectangle [${shape.join(', ')}]`,
    );
  }
  return value.to(dtype);
}

function isList(value: readonly number[] | Tensor): value is readonly number[] {
  return Array.isArray(value);
}

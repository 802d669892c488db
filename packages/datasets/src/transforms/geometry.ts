import {
  ArgumentError,
  interpolate,
  pad as padPlaces,
  ShapeError,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { checkedSize, checkFloatImage, checkImage, type Size } from './checks.ts';

/**
 * The image mirrored left to right. PyTorch: `torchvision.transforms.functional.hflip`.
 *
 * @param image - of shape (…, C, H, W).
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.functional.hflip(tensor([[[1, 2, 3]]])).toArray()); // [ [ [ 3, 2, 1 ] ] ]
 * ```
 */
export function hflip(image: Tensor): Tensor {
  checkImage('hflip', image);
  return image.flip(-1);
}

/**
 * The image mirrored top to bottom. PyTorch: `torchvision.transforms.functional.vflip`.
 *
 * @param image - of shape (…, C, H, W).
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.functional.vflip(tensor([[[1], [2]]])).toArray()); // [ [ [ 2 ], [ 1 ] ] ]
 * ```
 */
export function vflip(image: Tensor): Tensor {
  checkImage('vflip', image);
  return image.flip(-2);
}

/**
 * A part of the image; what lies outside of it is 0. PyTorch: `torchvision.transforms.functional.crop`.
 *
 * @param image - of shape (…, C, H, W).
 * @param top - the first row; may be negative, as `left`.
 * @param left - the first column.
 * @param height - how many rows.
 * @param width - how many columns.
 * @throws ArgumentError when these are not whole numbers, or a length is below 1.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const image = tensor([[[1, 2], [3, 4]]]);
 * console.log(transforms.functional.crop(image, 1, 1, 1, 2).toArray()); // [ [ [ 4, 0 ] ] ]
 * ```
 */
export function crop(image: Tensor, top: number, left: number, height: number, width: number): Tensor {
  const { height: rows, width: columns } = checkImage('crop', image);
  checkedSize('crop', [height, width]);
  if (!Number.isInteger(top) || !Number.isInteger(left)) {
    throw new ArgumentError(`crop: top and left must be whole numbers, got ${top} and ${left}`);
  }
  const [right, bottom] = [left + width, top + height];
  if (top >= rows || left >= columns || right <= 0 || bottom <= 0) {
    return image
      .narrow(-2, 0, 1)
      .narrow(-1, 0, 1)
      .mul(0)
      .expand([...image.shape.slice(0, -2), height, width]);
  }
  const inside = image
    .narrow(-2, Math.max(top, 0), Math.min(bottom, rows) - Math.max(top, 0))
    .narrow(-1, Math.max(left, 0), Math.min(right, columns) - Math.max(left, 0));
  const around = [-left, right - columns, -top, bottom - rows].map((length) => Math.max(length, 0));
  return around.some((length) => length > 0) ? padPlaces(inside, around) : inside;
}

/**
 * The middle of the image; where it is smaller, it is padded with 0. PyTorch: `torchvision.transforms.functional.center_crop`.
 *
 * @param image - of shape (…, C, H, W).
 * @param size - height and width, or one for both.
 * @throws ArgumentError when these are not whole numbers of at least 1.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.functional.centerCrop(tensor([[[1, 2, 3, 4]]]), [1, 2]).toArray()); // [ [ [ 2, 3 ] ] ]
 * ```
 */
export function centerCrop(image: Tensor, size: Size): Tensor {
  const [height, width] = checkedSize('centerCrop', size);
  const found = checkImage('centerCrop', image);
  // Padding comes first, its odd pixel behind; then what is left over is cut, half to the even side as Python rounds.
  const [rows, columns] = [Math.max(found.height, height), Math.max(found.width, width)];
  const [above, before] = [Math.floor((rows - found.height) / 2), Math.floor((columns - found.width) / 2)];
  const top = roundHalfEven((rows - height) / 2) - above;
  const left = roundHalfEven((columns - width) / 2) - before;
  return crop(image, top, left, height, width);
}

/** How {@link pad} fills what it adds: with a value, the edge, or the image mirrored without or with the edge itself. */
export type PaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric';

/** One number for all sides, [left and right, top and bottom], or [left, top, right, bottom]. */
export type Padding =
  | number
  | readonly [horizontal: number, vertical: number]
  | readonly [left: number, top: number, right: number, bottom: number];

/** Options of {@link pad}. */
export interface PadOptions {
  /** The value of 'constant'; 0 unless given. */
  readonly fill?: number;
  /** 'constant' unless given. */
  readonly paddingMode?: PaddingMode;
}

/**
 * The image with a frame around it. PyTorch: `torchvision.transforms.functional.pad`.
 *
 * @param image - of shape (…, C, H, W).
 * @param padding - one number for all sides, [left and right, top and bottom], or [left, top, right, bottom].
 * @param options - `fill` and `paddingMode`.
 * @throws ArgumentError when padding is not whole numbers of at least 0, or a mirror would need more than the image has.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const image = tensor([[[1, 2, 3]]]);
 * console.log(transforms.functional.pad(image, [2, 0], { paddingMode: 'symmetric' }).toArray());
 * // [ [ [ 2, 1, 1, 2, 3, 3, 2 ] ] ]
 * ```
 */
export function pad(
  image: Tensor,
  padding: Padding,
  { fill = 0, paddingMode = 'constant' }: PadOptions = {},
): Tensor {
  const { height, width } = checkImage('pad', image);
  const sides = sidesOf(padding);
  if (!sides.every((side) => Number.isInteger(side) && side >= 0)) {
    throw new ArgumentError(`pad: padding must be whole numbers of at least 0, got ${String(padding)}`);
  }
  const [left, top, right, bottom] = sides;
  if (paddingMode === 'constant') return padPlaces(image, [left, right, top, bottom], 'constant', fill);
  const columns = sources('pad', paddingMode, width, left, right);
  const rows = sources('pad', paddingMode, height, top, bottom);
  return image.indexSelect(-2, tensor(rows)).indexSelect(-1, tensor(columns));
}

function sidesOf(padding: Padding): readonly [left: number, top: number, right: number, bottom: number] {
  if (typeof padding === 'number') return [padding, padding, padding, padding];
  return padding.length === 2 ? [padding[0], padding[1], padding[0], padding[1]] : padding;
}

/** Which place of an axis each place of the padded one is copied from. */
function sources(op: string, mode: PaddingMode, length: number, before: number, after: number): Int32Array {
  const room = mode === 'reflect' ? length - 1 : length;
  if (mode !== 'edge' && Math.max(before, after) > room) {
    throw new ArgumentError(
      `${op}: '${mode}' cannot add ${Math.max(before, after)} to a length of ${length}, but at most ${room}; pad less, or use 'edge'`,
    );
  }
  // The edge itself is not mirrored by 'reflect', and once more by 'symmetric'.
  const offset = mode === 'reflect' ? 0 : 1;
  return Int32Array.from({ length: before + length + after }, (_, i) => {
    const place = i - before;
    if (mode === 'edge') return Math.min(Math.max(place, 0), length - 1);
    if (place < 0) return -place - offset;
    return place < length ? place : 2 * (length - 1) - place + offset;
  });
}

/** Options of {@link resize}. */
export interface ResizeOptions {
  /** 'bilinear' unless given. */
  readonly interpolation?: 'nearest' | 'bilinear' | 'bicubic';
  /** Whether shrinking takes the mean of all pixels that a new one covers; true unless given. Means nothing to 'nearest'. */
  readonly antialias?: boolean;
}

/**
 * The image in another size. PyTorch: `torchvision.transforms.functional.resize`.
 *
 * With `antialias` each new pixel is the mean of the old ones weighted by a triangle ('bilinear') or Keys' cubic with a = -1/2
 * ('bicubic'), which covers as much more as the image shrinks; without, `interpolate` does it.
 *
 * @param image - floating point, of shape (…, C, H, W).
 * @param size - height and width; one number is the length of the shorter side, and the other keeps the ratio, rounded down.
 * @param options - `interpolation` and `antialias`.
 * @throws ArgumentError when the size is not whole numbers of at least 1, DTypeError for an image of integers.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const image = tensor([[[0, 1, 2, 3], [4, 5, 6, 7]]]);
 * console.log(transforms.functional.resize(image, 1).toArray()); // [ [ [ 2.642857074737549, 4.357142448425293 ] ] ]
 * ```
 */
export function resize(
  image: Tensor,
  size: Size,
  { interpolation = 'bilinear', antialias = true }: ResizeOptions = {},
): Tensor {
  const { height, width } = checkFloatImage('resize', image);
  if (height === 0 || width === 0) throw new ShapeError('resize: the image has no pixels');
  checkedSize('resize', size);
  const [rows, columns] = typeof size === 'number' ? keepingRatio(size, height, width) : size;
  if (rows === height && columns === width) return image;
  if (interpolation === 'nearest' || !antialias) {
    const flat = image.reshape([-1, ...image.shape.slice(-3)]);
    const options = { size: [rows, columns], mode: interpolation };
    return interpolate(flat, options).reshape([...image.shape.slice(0, -2), rows, columns]);
  }
  const kernel = interpolation === 'bilinear' ? triangle : cubic;
  const matrix = (from: number, to: number) =>
    tensor(resampling(from, to, kernel), { shape: [to, from], dtype: image.dtype });
  return matrix(height, rows).matmul(image).matmul(matrix(width, columns).T);
}

function keepingRatio(size: number, height: number, width: number): readonly [rows: number, columns: number] {
  return height <= width
    ? [size, Math.max(1, Math.trunc((size * width) / height))]
    : [Math.max(1, Math.trunc((size * height) / width)), size];
}

interface Kernel {
  /** Beyond this distance it is 0. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}
const triangle: Kernel = { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };
/** R. Keys, Cubic convolution interpolation for digital image processing, 1981, with a = -1/2. */
const cubic: Kernel = {
  support: 2,
  weight: (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

/** The weights of `from` old pixels (columns) in `to` new ones (rows). */
function resampling(from: number, to: number, { support, weight }: Kernel): Float64Array {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const matrix = new Float64Array(from * to);
  for (let i = 0; i < to; i++) {
    const centre = scale * (i + 0.5);
    const first = Math.max(0, Math.trunc(centre - support * stretch + 0.5));
    const last = Math.min(from, Math.trunc(centre + support * stretch + 0.5));
    const row = matrix.subarray(i * from, (i + 1) * from);
    let sum = 0;
    for (let j = first; j < last; j++) {
      row[j] = weight((j - centre + 0.5) / stretch);
      sum += row[j]!;
    }
    for (let j = first; j < last; j++) row[j]! /= sum;
  }
  return matrix;
}

/** A whole number as Python's `round` and C's `nearbyint` give it: halves to even. */
export function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

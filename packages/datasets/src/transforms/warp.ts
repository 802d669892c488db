import { ArgumentError, type Tensor, tensor } from '@tensortape/autograd';
import { checkFloatImage } from './checks.ts';
import { roundHalfEven } from './geometry.ts';

/** Options of {@link rotate}, and with {@link AffineParameters} of {@link affine}. */
export interface WarpOptions {
  /** How values between pixels are made; 'nearest' unless given, as in torchvision. */
  readonly interpolation?: 'nearest' | 'bilinear';
  /** What comes where the image does not reach, one number or one for each channel; 0 unless given. */
  readonly fill?: number | readonly number[];
  /** What stays in place, as x and y from the upper left corner; the middle unless given. */
  readonly center?: readonly [x: number, y: number];
}

/** Options of {@link rotate}. */
export interface RotateOptions extends WarpOptions {
  /** Whether the result is as large as the whole rotated image needs; false unless given. Needs the middle as centre. */
  readonly expand?: boolean;
}

/** What {@link affine} does, all at once: shear, then scale, then rotate about the centre, then shift. */
export interface AffineParameters {
  /** Degrees, clockwise; 0 unless given. */
  readonly angle?: number;
  /** Pixels to the right and down; none unless given. */
  readonly translate?: readonly [x: number, y: number];
  /** 1 unless given. */
  readonly scale?: number;
  /** Degrees along x, or along x and y; 0 unless given. */
  readonly shear?: number | readonly [x: number, y: number];
}

/** From a pixel of the result to where it comes from, both counted from the middle: (a x + b y + c, d x + e y + f). */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/**
 * The image rotated. PyTorch: `torchvision.transforms.functional.rotate`.
 *
 * @param image - floating point, of shape (…, C, H, W).
 * @param angle - degrees, counter-clockwise.
 * @param options - `interpolation`, `expand`, `center` and `fill`.
 * @throws DTypeError for an image of integers, ArgumentError when angle or centre are not finite, `fill` is not one number for
 * each channel, or `expand` comes with a centre.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const image = tensor([[[1, 2], [3, 4]]]);
 * console.log(transforms.functional.rotate(image, 90).toArray()); // [ [ [ 2, 4 ], [ 1, 3 ] ] ]
 * ```
 */
export function rotate(
  image: Tensor,
  angle: number,
  { expand = false, ...options }: RotateOptions = {},
): Tensor {
  const { height, width } = checkFloatImage('rotate', image);
  if (expand && options.center !== undefined) {
    throw new ArgumentError('rotate: expand and center exclude each other; leave one of them out');
  }
  const matrix = inverseMatrix('rotate', { angle: -angle }, centreOf(options, width, height));
  return warped('rotate', image, matrix, expand ? hull(matrix, width, height) : { height, width }, options);
}

/**
 * The image sheared, scaled, rotated and shifted. PyTorch: `torchvision.transforms.functional.affine`.
 *
 * @param image - floating point, of shape (…, C, H, W).
 * @param parameters - `angle`, `translate`, `scale` and `shear`.
 * @param options - `interpolation`, `center` and `fill`.
 * @throws DTypeError for an image of integers, ArgumentError when a number is not finite, `scale` not above 0, or `fill` not one
 * number for each channel.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const image = tensor([[[1, 2], [3, 4]]]);
 * console.log(transforms.functional.affine(image, { translate: [1, 0] }).toArray()); // [ [ [ 0, 1 ], [ 0, 3 ] ] ]
 * ```
 */
export function affine(image: Tensor, parameters: AffineParameters, options: WarpOptions = {}): Tensor {
  const { height, width } = checkFloatImage('affine', image);
  const matrix = inverseMatrix('affine', parameters, centreOf(options, width, height));
  return warped('affine', image, matrix, { height, width }, options);
}

function centreOf({ center }: WarpOptions, width: number, height: number): readonly [x: number, y: number] {
  return center ? [center[0] - width / 2, center[1] - height / 2] : [0, 0];
}

/**
 * The inverse of shift · centre · rotation · scale · shear · centre^-1, where shears are [1, -tan(x); 0, 1] and
 * [1, 0; -tan(y), 1].
 */
function inverseMatrix(
  op: string,
  { angle = 0, translate: [tx, ty] = [0, 0], scale = 1, shear = 0 }: AffineParameters,
  [cx, cy]: readonly [number, number],
): Matrix {
  const [shearX, shearY] = typeof shear === 'number' ? [shear, 0] : shear;
  if (![angle, tx, ty, scale, shearX, shearY, cx, cy].every(Number.isFinite) || scale <= 0) {
    throw new ArgumentError(
      `${op}: angle, translate, shear and center must be finite and scale above 0, got angle ${angle}, translate ` +
        `[${tx}, ${ty}], scale ${scale}, shear [${shearX}, ${shearY}]`,
    );
  }
  const [turn, sx, sy] = [angle, shearX, shearY].map((degrees) => (degrees * Math.PI) / 180) as [
    number,
    number,
    number,
  ];
  const a = Math.cos(turn - sy) / Math.cos(sy);
  const b = (-Math.cos(turn - sy) * Math.tan(sx)) / Math.cos(sy) - Math.sin(turn);
  const c = Math.sin(turn - sy) / Math.cos(sy);
  const d = (-Math.sin(turn - sy) * Math.tan(sx)) / Math.cos(sy) + Math.cos(turn);
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale];
  return [m0, m1, m0 * (-cx - tx) + m1 * (-cy - ty) + cx, m3, m4, m3 * (-cx - tx) + m4 * (-cy - ty) + cy];
}

/** The size that holds the image as the matrix places it; lengths are cut at 1e-4, so that rounding adds no pixel. */
function hull([a, b, , d, e]: Matrix, width: number, height: number): { height: number; width: number } {
  const extent = (x: number, y: number, length: number) => {
    const corners = [1, -1].map((sign) => x * (width / 2) + sign * y * (height / 2));
    const reach = Math.max(...corners.map(Math.abs));
    const cut = (place: number) => Math.trunc(place / 1e-4) * 1e-4;
    return Math.ceil(cut(length / 2 + reach)) - Math.floor(cut(length / 2 - reach));
  };
  return { height: extent(d, e, height), width: extent(a, b, width) };
}

/** The image, each pixel of the result taken from where the matrix says; what lies outside is 0, or `fill`. */
function warped(
  op: string,
  image: Tensor,
  [a, b, c, d, e, f]: Matrix,
  to: { height: number; width: number },
  { interpolation = 'nearest', fill }: WarpOptions,
): Tensor {
  const { channels, height, width } = checkFloatImage(op, image);
  const filling = fillOf(op, fill, channels);
  const count = to.height * to.width;
  const corners = interpolation === 'nearest' ? 1 : 4;
  const places = Array.from({ length: corners }, () => new Int32Array(count));
  const weights = Array.from({ length: corners }, () => new Float64Array(count));
  for (let row = 0; row < to.height; row++) {
    for (let column = 0; column < to.width; column++) {
      const i = row * to.width + column;
      const [x, y] = [column + 0.5 - to.width / 2, row + 0.5 - to.height / 2];
      const sourceX = a * x + b * y + c + (width - 1) / 2;
      const sourceY = d * x + e * y + f + (height - 1) / 2;
      const [left, top] =
        corners === 1
          ? [roundHalfEven(sourceX), roundHalfEven(sourceY)]
          : [Math.floor(sourceX), Math.floor(sourceY)];
      for (let corner = 0; corner < corners; corner++) {
        const [px, py] = [left + (corner & 1), top + (corner >> 1)];
        if (!(px >= 0 && px < width && py >= 0 && py < height)) continue;
        places[corner]![i] = py * width + px;
        weights[corner]![i] = corners === 1 ? 1 : (1 - Math.abs(sourceX - px)) * (1 - Math.abs(sourceY - py));
      }
    }
  }
  const asTensor = (values: Float64Array) => tensor(values, { dtype: image.dtype });
  const flat = image.flatten(-2);
  const found = places
    .map((place, corner) => flat.indexSelect(-1, tensor(place)).mul(asTensor(weights[corner]!)))
    .reduce((sum, part) => sum.add(part));
  const result = filling === undefined ? found : filled(found, asTensor(covered(weights)), filling);
  return result.reshape([...image.shape.slice(0, -2), to.height, to.width]);
}

/** How much of each pixel the image covers. */
function covered(weights: readonly Float64Array[]): Float64Array {
  return weights[0]!.map((_, i) => weights.reduce((sum, part) => sum + part[i]!, 0));
}

/** As torchvision composes it: a pixel that the image covers by half gets half of its value, which is half a pixel's already. */
function filled(found: Tensor, cover: Tensor, fill: readonly number[]): Tensor {
  const color = tensor(fill, { dtype: found.dtype, shape: [fill.length, 1] });
  return found.mul(cover).add(color.mul(cover.neg().add(1)));
}

function fillOf(op: string, fill: WarpOptions['fill'], channels: number): readonly number[] | undefined {
  if (fill === undefined) return undefined;
  const list = typeof fill === 'number' ? [fill] : fill;
  if (list.length !== 1 && list.length !== channels) {
    throw new ArgumentError(
      `${op}: fill has ${list.length} numbers for ${channels} channels; pass one, or one for each`,
    );
  }
  return list;
}

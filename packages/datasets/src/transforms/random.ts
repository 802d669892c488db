import {
  ArgumentError,
  defaultGenerator,
  type Generator,
  type RandomOptions,
  tensor,
} from '@tensortape/autograd';
import type { ImageTransform } from '../imageDataset.ts';
import { checkedNumber, checkedSize, checkFloatImage, checkImage, type Size } from './checks.ts';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, rgbToGrayscale } from './color.ts';
import { erase } from './erase.ts';
import {
  crop,
  hflip,
  type Padding,
  type PadOptions,
  pad,
  type ResizeOptions,
  resize,
  roundHalfEven,
  vflip,
} from './geometry.ts';
import { affine, type RotateOptions, rotate, type WarpOptions } from './warp.ts';

/** Options of transforms that do something with a probability. */
export interface ChanceOptions extends RandomOptions {
  /** The probability. */
  readonly p?: number;
}

/** The lowest and the highest value of something that is drawn uniformly. */
export type Interval = readonly [low: number, high: number];

/** How often a rectangle is drawn before giving up, when those drawn do not fit. */
const attempts = 10;

/**
 * A transform, or the image as it is: `transform` with probability `p`. PyTorch: `torchvision.transforms.RandomApply`.
 *
 * As with every random transform, a batch is drawn for once: see {@link perImage}. Draws come from `generator`, the default
 * generator unless given, and are torchvision's for one in the same state.
 *
 * @param transform - what may be done.
 * @param options - `p`, 0.5 unless given, and `generator`.
 * @throws ArgumentError when `p` is not from 0 to 1.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const never = transforms.randomApply((image) => image.mul(2), { p: 0 });
 * console.log(never(tensor([[[1]]])).toArray()); // [ [ [ 1 ] ] ]
 * ```
 */
export function randomApply(
  transform: ImageTransform,
  { p = 0.5, generator = defaultGenerator }: ChanceOptions = {},
): ImageTransform {
  checkedNumber('randomApply', 'p', p, 0, 1);
  return (image) => (uniform(generator, [0, 1]) < p ? transform(image) : image);
}

/**
 * Mirrors left to right with a probability. PyTorch: `torchvision.transforms.RandomHorizontalFlip`.
 *
 * @param options - `p`, 0.5 unless given, and `generator`.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.randomHorizontalFlip({ p: 1 })(tensor([[[1, 2]]])).toArray()); // [ [ [ 2, 1 ] ] ]
 * ```
 */
export function randomHorizontalFlip(options: ChanceOptions = {}): ImageTransform {
  return randomApply(hflip, options);
}

/**
 * Mirrors top to bottom with a probability. PyTorch: `torchvision.transforms.RandomVerticalFlip`.
 *
 * @param options - `p`, 0.5 unless given, and `generator`.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.randomVerticalFlip({ p: 1 })(tensor([[[1], [2]]])).toArray()); // [ [ [ 2 ], [ 1 ] ] ]
 * ```
 */
export function randomVerticalFlip(options: ChanceOptions = {}): ImageTransform {
  return randomApply(vflip, options);
}

/**
 * Grey levels, in as many channels as before, with a probability. PyTorch: `torchvision.transforms.RandomGrayscale`.
 *
 * @param options - `p`, 0.1 unless given, and `generator`.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const blue = tensor([[[0]], [[0]], [[1]]]);
 * console.log(transforms.randomGrayscale({ p: 1 })(blue).toString()); // tensor([[[0.1140]], [[0.1140]], [[0.1140]]])
 * ```
 */
export function randomGrayscale({ p = 0.1, ...options }: ChanceOptions = {}): ImageTransform {
  const grey: ImageTransform = (image) => rgbToGrayscale(image, image.shape.at(-3) === 1 ? 1 : 3);
  return randomApply(grey, { p, ...options });
}

/** Options of {@link randomCrop}. */
export interface RandomCropOptions extends RandomOptions, PadOptions {
  /** What is put around the image first; nothing unless given. */
  readonly padding?: Padding;
}

/**
 * A part of the image, or of the padded image, at a random place. PyTorch: `torchvision.transforms.RandomCrop`.
 *
 * @param size - height and width of the part, or one for both.
 * @param options - `padding`, `fill`, `paddingMode`, `generator`.
 * @returns a transform that throws ArgumentError when the (padded) image is smaller than the part.
 * @throws ArgumentError when the size is not whole numbers of at least 1.
 * @example
 * ```ts
 * import { Generator, tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const augment = transforms.randomCrop([1, 2], { padding: [1, 0], generator: new Generator(1) });
 * console.log(augment(tensor([[[1, 2, 3]]])).toArray()); // [ [ [ 2, 3 ] ] ]
 * ```
 */
export function randomCrop(
  size: Size,
  { padding, generator = defaultGenerator, ...padOptions }: RandomCropOptions = {},
): ImageTransform {
  const [height, width] = checkedSize('randomCrop', size);
  return (image) => {
    const padded = padding === undefined ? image : pad(image, padding, padOptions);
    const found = checkImage('randomCrop', padded);
    if (found.height < height || found.width < width) {
      throw new ArgumentError(
        `randomCrop: cannot take ${height} x ${width} pixels of ${found.height} x ${found.width}; pass padding, or a smaller size`,
      );
    }
    if (found.height === height && found.width === width) return padded;
    const top = whole(generator, found.height - height + 1);
    return crop(padded, top, whole(generator, found.width - width + 1), height, width);
  };
}

/** Options of {@link randomResizedCrop}. */
export interface RandomResizedCropOptions extends RandomOptions, ResizeOptions {
  /** The part's share of the image; [0.08, 1] unless given. */
  readonly scale?: Interval;
  /** Its width divided by its height; [3 / 4, 4 / 3] unless given. */
  readonly ratio?: Interval;
}

/**
 * A part of random size and shape at a random place, resized. Where ten draws give none that fits, the middle of the image.
 * PyTorch: `torchvision.transforms.RandomResizedCrop`.
 *
 * @param size - height and width of the result, or one for both.
 * @param options - `scale`, `ratio`, `interpolation`, `antialias`, `generator`.
 * @throws ArgumentError when the size is not whole numbers of at least 1, or a range is empty or not above 0.
 * @example
 * ```ts
 * import { ones } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.randomResizedCrop(8)(ones([3, 20, 30])).shape); // [ 3, 8, 8 ]
 * ```
 */
export function randomResizedCrop(size: Size, options: RandomResizedCropOptions = {}): ImageTransform {
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3], generator = defaultGenerator, ...resizing } = options;
  const to = checkedSize('randomResizedCrop', size);
  checkPositive('randomResizedCrop', 'scale', scale);
  checkPositive('randomResizedCrop', 'ratio', ratio);
  return (image) => {
    const extent = checkFloatImage('randomResizedCrop', image);
    const { top, left, height, width } = drawPart(generator, extent, scale, ratio) ?? middle(extent, ratio);
    return resize(crop(image, top, left, height, width), to, resizing);
  };
}

interface Part {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}
interface Extent {
  readonly height: number;
  readonly width: number;
}

function drawPart(
  generator: Generator,
  { height, width }: Extent,
  scale: Interval,
  ratio: Interval,
): Part | undefined {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const [columns, rows] = drawSides(generator, height * width, scale, ratio);
    if (columns > 0 && columns <= width && rows > 0 && rows <= height) {
      const top = whole(generator, height - rows + 1);
      return { top, left: whole(generator, width - columns + 1), height: rows, width: columns };
    }
  }
  return undefined;
}

/** The sides of a rectangle of a random share of an area and a random ratio of the first to the second side. */
function drawSides(
  generator: Generator,
  area: number,
  scale: Interval,
  ratio: Interval,
): readonly [first: number, second: number] {
  const share = area * uniform(generator, scale);
  // torchvision draws the ratio's logarithm, in float32.
  const logarithms = ratio.map((value) => Math.fround(Math.log(Math.fround(value)))) as [number, number];
  const drawn = Math.fround(Math.exp(uniform(generator, logarithms)));
  return [roundHalfEven(Math.sqrt(share * drawn)), roundHalfEven(Math.sqrt(share / drawn))];
}

/** The largest part around the middle whose ratio is in the range, or the whole where its own is. */
function middle({ height, width }: Extent, [low, high]: Interval): Part {
  const ratio = width / height;
  const rows = ratio < low ? roundHalfEven(width / low) : height;
  const columns = ratio > high ? roundHalfEven(height * high) : width;
  return {
    top: Math.floor((height - rows) / 2),
    left: Math.floor((width - columns) / 2),
    height: rows,
    width: columns,
  };
}

/** Options of {@link randomRotation}. */
export interface RandomRotationOptions extends RandomOptions, RotateOptions {}

/**
 * Rotates by a random angle. PyTorch: `torchvision.transforms.RandomRotation`.
 *
 * @param degrees - the range of angles, counter-clockwise; one number d stands for [-d, d].
 * @param options - `interpolation`, `expand`, `center`, `fill`, `generator`.
 * @throws ArgumentError when the range is empty.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.randomRotation([90, 90])(tensor([[[1, 2], [3, 4]]])).toArray()); // [ [ [ 2, 4 ], [ 1, 3 ] ] ]
 * ```
 */
export function randomRotation(
  degrees: number | Interval,
  { generator = defaultGenerator, ...options }: RandomRotationOptions = {},
): ImageTransform {
  const range = around('randomRotation', 'degrees', degrees);
  return (image) => rotate(image, uniform(generator, range), options);
}

/** Options of {@link randomAffine}. */
export interface RandomAffineOptions extends RandomOptions, WarpOptions {
  /** The largest shifts, as shares of width and height; none unless given. */
  readonly translate?: readonly [x: number, y: number];
  /** The range of scales; 1 unless given. */
  readonly scale?: Interval;
  /** Degrees along x, one number s for [-s, s], or along x and y as [x low, x high, y low, y high]; none unless given. */
  readonly shear?: number | Interval | readonly [number, number, number, number];
}

/**
 * Rotates, shifts, scales and shears by random amounts. PyTorch: `torchvision.transforms.RandomAffine`.
 *
 * @param degrees - the range of angles, clockwise; one number d stands for [-d, d].
 * @param options - `translate`, `scale`, `shear`, `interpolation`, `center`, `fill`, `generator`.
 * @throws ArgumentError when a range is empty, a scale not above 0, or a shift not from 0 to 1.
 * @example
 * ```ts
 * import { ones } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const augment = transforms.randomAffine(10, { translate: [0.1, 0.1], scale: [0.9, 1.1], shear: 5 });
 * console.log(augment(ones([1, 28, 28])).shape); // [ 1, 28, 28 ]
 * ```
 */
export function randomAffine(degrees: number | Interval, options: RandomAffineOptions = {}): ImageTransform {
  const { translate, scale, shear, generator = defaultGenerator, ...warp } = options;
  const angles = around('randomAffine', 'degrees', degrees);
  if (scale) checkPositive('randomAffine', 'scale', scale);
  for (const share of translate ?? []) checkedNumber('randomAffine', 'translate', share, 0, 1);
  const shears =
    typeof shear === 'object' && shear.length === 4
      ? [
          interval('randomAffine', 'shear', [shear[0], shear[1]]),
          interval('randomAffine', 'shear', [shear[2], shear[3]]),
        ]
      : shear === undefined
        ? []
        : [around('randomAffine', 'shear', shear)];
  return (image) => {
    const { height, width } = checkFloatImage('randomAffine', image);
    const angle = uniform(generator, angles);
    const shift = (share: number, length: number) =>
      roundHalfEven(uniform(generator, [-share * length, share * length]));
    const shifts = translate && ([shift(translate[0], width), shift(translate[1], height)] as const);
    const size = scale ? uniform(generator, scale) : 1;
    const [shearX = 0, shearY = 0] = shears.map((range) => uniform(generator, range));
    const parameters = {
      angle,
      scale: size,
      shear: [shearX, shearY],
      ...(shifts && { translate: shifts }),
    } as const;
    return affine(image, parameters, warp);
  };
}

/** Options of {@link colorJitter}; an adjustment that is not given is not made. */
export interface ColorJitterOptions extends RandomOptions {
  /** The range of factors; one number b stands for [max(0, 1 - b), 1 + b]. */
  readonly brightness?: number | Interval;
  /** As `brightness`. */
  readonly contrast?: number | Interval;
  /** As `brightness`. */
  readonly saturation?: number | Interval;
  /** The range of turns within [-0.5, 0.5]; one number h stands for [-h, h]. */
  readonly hue?: number | Interval;
}

/**
 * Changes brightness, contrast, saturation and hue by random factors, in random order. PyTorch:
 * `torchvision.transforms.ColorJitter`.
 *
 * @param options - the ranges, and `generator`.
 * @throws ArgumentError when a range is empty, a factor below 0, or a turn beyond 0.5.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const darken = transforms.colorJitter({ brightness: [0.5, 0.5] });
 * console.log(darken(tensor([[[0.5, 1]]])).toArray()); // [ [ [ 0.25, 0.5 ] ] ]
 * ```
 */
export function colorJitter(options: ColorJitterOptions = {}): ImageTransform {
  const { brightness, contrast, saturation, hue, generator = defaultGenerator } = options;
  const adjustments = [
    { adjust: adjustBrightness, range: factors('brightness', brightness) },
    { adjust: adjustContrast, range: factors('contrast', contrast) },
    { adjust: adjustSaturation, range: factors('saturation', saturation) },
    { adjust: adjustHue, range: turns(hue) },
  ];
  return (image) => {
    let result = image;
    for (const which of generator.permutation(adjustments.length)) {
      const { adjust, range } = adjustments[which]!;
      if (range) result = adjust(result, uniform(generator, range));
    }
    return result;
  };
}

/** Options of {@link randomErasing}. */
export interface RandomErasingOptions extends ChanceOptions {
  /** The rectangle's share of the image; [0.02, 0.33] unless given. */
  readonly scale?: Interval;
  /** Its height divided by its width; [0.3, 3.3] unless given. */
  readonly ratio?: Interval;
  /** What replaces it: a number, one for each channel, or normal noise; 0 unless given. */
  readonly value?: number | readonly number[] | 'random';
}

/**
 * Replaces a random rectangle, with a probability (Zhong et al., Random erasing data augmentation, 2017). PyTorch:
 * `torchvision.transforms.RandomErasing`.
 *
 * @param options - `p`, 0.5 unless given, `scale`, `ratio`, `value`, `generator`.
 * @throws ArgumentError when `p` is not from 0 to 1, or a range is empty or not above 0.
 * @example
 * ```ts
 * import { Generator, ones } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const augment = transforms.randomErasing({ p: 1, scale: [0.25, 0.25], ratio: [1, 1], generator: new Generator(0) });
 * console.log(augment(ones([1, 8, 8])).sum().item()); // 48
 * ```
 */
export function randomErasing(options: RandomErasingOptions = {}): ImageTransform {
  const {
    p = 0.5,
    scale = [0.02, 0.33],
    ratio = [0.3, 3.3],
    value = 0,
    generator = defaultGenerator,
  } = options;
  checkPositive('randomErasing', 'scale', scale);
  checkPositive('randomErasing', 'ratio', ratio);
  const erasing: ImageTransform = (image) => {
    const { channels, height, width } = checkFloatImage('randomErasing', image);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const [rows, columns] = drawSides(generator, height * width, scale, ratio);
      if (rows >= height || columns >= width) continue;
      // torchvision draws noise before the place.
      const shape = [channels, rows, columns];
      const patch =
        value === 'random'
          ? tensor(generator.normal(new Float32Array(channels * rows * columns)), { shape })
          : value;
      const top = whole(generator, height - rows + 1);
      const left = whole(generator, width - columns + 1);
      return rows === 0 || columns === 0 ? image : erase(image, top, left, rows, columns, patch);
    }
    return image;
  };
  return randomApply(erasing, { p, generator });
}

/** A number from the range as torchvision draws it: in float32. */
function uniform(generator: Generator, [low, high]: Interval): number {
  return generator.uniform(new Float32Array(1), low, high)[0]!;
}

/** A whole number from 0 to `count - 1`. */
function whole(generator: Generator, count: number): number {
  return generator.randint(new Int32Array(1), 0, count)[0]!;
}

function interval(op: string, name: string, [low, high]: Interval): Interval {
  if (Number.isFinite(low) && Number.isFinite(high) && low <= high) return [low, high];
  throw new ArgumentError(`${op}: ${name} must be a range from low to high, got [${low}, ${high}]`);
}

function checkPositive(op: string, name: string, range: Interval): void {
  checkedNumber(op, name, interval(op, name, range)[0], Number.MIN_VALUE);
}

function around(op: string, name: string, given: number | Interval): Interval {
  if (typeof given === 'number') return interval(op, name, [-checkedNumber(op, name, given, 0), given]);
  return interval(op, name, given);
}

function factors(name: string, given: number | Interval | undefined): Interval | undefined {
  if (given === undefined) return undefined;
  const range =
    typeof given === 'number'
      ? ([Math.max(0, 1 - checkedNumber('colorJitter', name, given, 0)), 1 + given] as const)
      : interval('colorJitter', name, given);
  checkedNumber('colorJitter', name, range[0], 0);
  // torchvision makes no draw for what would change nothing.
  return range[0] === 1 && range[1] === 1 ? undefined : range;
}

function turns(given: number | Interval | undefined): Interval | undefined {
  if (given === undefined) return undefined;
  const range = around('colorJitter', 'hue', given);
  for (const end of range) checkedNumber('colorJitter', 'hue', end, -0.5, 0.5);
  return range[0] === 0 && range[1] === 0 ? undefined : range;
}

import { ArgumentError, cat, fmod, remainder, stack, type Tensor, tensor, where } from '@tensortape/autograd';
import { checkColors, checkedNumber, checkFloatImage } from './checks.ts';

/**
 * `(image - mean) / std`, channel by channel. PyTorch: `torchvision.transforms.functional.normalize`.
 *
 * @param image - floating point, of shape (…, C, H, W).
 * @param mean - one number for each channel, or one for all.
 * @param std - as `mean`, each above 0.
 * @throws ArgumentError for another number of means or deviations, or a deviation that is not above 0; DTypeError for an image of
 * integers.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const image = tensor([[[0, 0.5]], [[1, 0.5]]]);
 * console.log(transforms.functional.normalize(image, [0, 0.5], [0.5, 0.25]).toArray()); // [ [ [ 0, 1 ] ], [ [ 2, 0 ] ] ]
 * ```
 */
export function normalize(
  image: Tensor,
  mean: readonly number[] | number,
  std: readonly number[] | number,
): Tensor {
  const { channels } = checkFloatImage('normalize', image);
  const perChannel = (name: string, given: readonly number[] | number) => {
    const list = typeof given === 'number' ? [given] : given;
    if (list.length !== 1 && list.length !== channels) {
      throw new ArgumentError(
        `normalize: ${name} has ${list.length} numbers for ${channels} channels; pass one for each, or one for all`,
      );
    }
    return tensor(list, { dtype: image.dtype, shape: [list.length, 1, 1] });
  };
  const bad = (typeof std === 'number' ? [std] : std).find((value) => !(value > 0));
  if (bad !== undefined) throw new ArgumentError(`normalize: std must be above 0, got ${bad}`);
  return image.sub(perChannel('mean', mean)).div(perChannel('std', std));
}

/**
 * Grey levels: `0.2989 red + 0.587 green + 0.114 blue` (ITU-R BT.601). PyTorch:
 * `torchvision.transforms.functional.rgb_to_grayscale`.
 *
 * @param image - floating point, of shape (…, 3, H, W), or (…, 1, H, W), which stays.
 * @param channels - 1, or 3 equal ones; 1 unless given.
 * @throws ShapeError for another number of channels, DTypeError for an image of integers.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const green = tensor([[[0]], [[1]], [[0]]]);
 * console.log(transforms.functional.rgbToGrayscale(green).toString()); // tensor([[[0.5870]]])
 * ```
 */
export function rgbToGrayscale(image: Tensor, channels: 1 | 3 = 1): Tensor {
  const found = checkColors('rgbToGrayscale', image);
  const grey = found.channels === 1 ? image : greyOf(image);
  return channels === 1 ? grey : cat([grey, grey, grey], -3);
}

function greyOf(image: Tensor): Tensor {
  const [red, green, blue] = [0, 1, 2].map((channel) => image.narrow(-3, channel, 1)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  return red.mul(0.2989).add(green.mul(0.587)).add(blue.mul(0.114));
}

/** `factor image + (1 - factor) other`, within [0, 1]. */
function blended(image: Tensor, other: Tensor | number, factor: number): Tensor {
  const rest = typeof other === 'number' ? other * (1 - factor) : other.mul(1 - factor);
  return image.mul(factor).add(rest).clamp(0, 1);
}

/**
 * The image lighter or darker: `factor image`, within [0, 1]. PyTorch: `torchvision.transforms.functional.adjust_brightness`.
 *
 * @param image - floating point in [0, 1], of shape (…, C, H, W) with 1 or 3 channels.
 * @param factor - 0 is black, 1 the image.
 * @throws ArgumentError for a factor below 0, ShapeError for other channels, DTypeError for integers.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.functional.adjustBrightness(tensor([[[0.25, 0.75]]]), 2).toArray()); // [ [ [ 0.5, 1 ] ] ]
 * ```
 */
export function adjustBrightness(image: Tensor, factor: number): Tensor {
  checkColors('adjustBrightness', image);
  return blended(image, 0, checkedNumber('adjustBrightness', 'factor', factor, 0));
}

/**
 * The image mixed with the mean of its grey levels: `factor image + (1 - factor) mean`, within [0, 1]. PyTorch:
 * `torchvision.transforms.functional.adjust_contrast`.
 *
 * @param image - floating point in [0, 1], of shape (…, C, H, W) with 1 or 3 channels.
 * @param factor - 0 is grey, 1 the image.
 * @throws ArgumentError for a factor below 0, ShapeError for other channels, DTypeError for integers.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.functional.adjustContrast(tensor([[[0.25, 0.75]]]), 0.5).toArray()); // [ [ [ 0.375, 0.625 ] ] ]
 * ```
 */
export function adjustContrast(image: Tensor, factor: number): Tensor {
  const { channels } = checkColors('adjustContrast', image);
  checkedNumber('adjustContrast', 'factor', factor, 0);
  const grey = channels === 1 ? image : greyOf(image);
  return blended(image, grey.mean([-3, -2, -1], { keepdim: true }), factor);
}

/**
 * The image mixed with its grey levels: `factor image + (1 - factor) grey`, within [0, 1]. PyTorch:
 * `torchvision.transforms.functional.adjust_saturation`.
 *
 * @param image - floating point in [0, 1], of shape (…, C, H, W) with 1 channel, which stays, or 3.
 * @param factor - 0 is grey, 1 the image.
 * @throws ArgumentError for a factor below 0, ShapeError for other channels, DTypeError for integers.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const red = tensor([[[1]], [[0]], [[0]]]);
 * console.log(transforms.functional.adjustSaturation(red, 0).toString()); // tensor([[[0.2989]], [[0.2989]], [[0.2989]]])
 * ```
 */
export function adjustSaturation(image: Tensor, factor: number): Tensor {
  const { channels } = checkColors('adjustSaturation', image);
  checkedNumber('adjustSaturation', 'factor', factor, 0);
  return channels === 1 ? image : blended(image, greyOf(image), factor);
}

/**
 * The colours turned around the circle of hues (A. R. Smith, Color gamut transform pairs, 1978). PyTorch:
 * `torchvision.transforms.functional.adjust_hue`.
 *
 * @param image - floating point in [0, 1], of shape (…, C, H, W) with 1 channel, which stays, or 3.
 * @param factor - how far, in whole turns: from -0.5 to 0.5.
 * @throws ArgumentError for another factor, ShapeError for other channels, DTypeError for integers.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const red = tensor([[[1]], [[0]], [[0]]]);
 * console.log(transforms.functional.adjustHue(red, 0.5).toArray()); // [ [ [ 0 ] ], [ [ 1 ] ], [ [ 1 ] ] ]
 * ```
 */
export function adjustHue(image: Tensor, factor: number): Tensor {
  const { channels } = checkColors('adjustHue', image);
  checkedNumber('adjustHue', 'factor', factor, -0.5, 0.5);
  if (channels === 1) return image;
  const { hue, chroma, value } = hueOf(image);
  const turned = remainder(hue.add(factor), 1).mul(6);
  // Each channel falls from the value by the chroma, and rises again, over a third of the circle.
  const channel = (start: number) => {
    const k = remainder(turned.add(start), 6);
    const fall = where(k.lt(2), k, k.neg().add(4)).clamp(0, 1);
    return value.sub(chroma.mul(fall));
  };
  return stack([channel(5), channel(3), channel(1)], -3);
}

/** Hue in whole turns; value is the largest channel, chroma how far the smallest is below it. */
function hueOf(image: Tensor): { hue: Tensor; chroma: Tensor; value: Tensor } {
  const [red, green, blue] = [0, 1, 2].map((channel) => image.select(-3, channel)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const value = image.amax(-3);
  const chroma = value.sub(image.amin(-3));
  const isGrey = chroma.eq(0);
  const scale = where(isGrey, 1, chroma);
  const [r, g, b] = [red, green, blue].map((level) => value.sub(level).div(scale)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const sector = where(red.eq(value), b.sub(g), where(green.eq(value), r.sub(b).add(2), g.sub(r).add(4)));
  return { hue: fmod(where(isGrey, 0, sector).div(6).add(1), 1), chroma, value };
}

/**
 * Transforms of images: functions of a tensor (…, C, H, W) that give a tensor, made from options. Any function of that kind is
 * a transform, so there is no `Lambda`. PyTorch: `torchvision.transforms`.
 *
 * @module
 */
export type { ImageTransform } from '../imageDataset.ts';
export type { Size } from './checks.ts';
export { centerCrop, compose, grayscale, normalize, pad, perImage, resize } from './fixed.ts';
/** What transforms do, as functions of an image and numbers. */
export * as functional from './functional.ts';
export type { Padding, PaddingMode, PadOptions, ResizeOptions } from './geometry.ts';
export { type PixelImage, toTensor } from './pixels.ts';
export {
  type ChanceOptions,
  type ColorJitterOptions,
  colorJitter,
  type Interval,
  type RandomAffineOptions,
  type RandomCropOptions,
  type RandomErasingOptions,
  type RandomResizedCropOptions,
  type RandomRotationOptions,
  randomAffine,
  randomApply,
  randomCrop,
  randomErasing,
  randomGrayscale,
  randomHorizontalFlip,
  randomResizedCrop,
  randomRotation,
  randomVerticalFlip,
} from './random.ts';
export type { AffineParameters, RotateOptions, WarpOptions } from './warp.ts';

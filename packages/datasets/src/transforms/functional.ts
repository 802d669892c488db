/**
 * What transforms do, as functions of an image and numbers. PyTorch: `torchvision.transforms.functional`.
 *
 * @module
 */
export {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  normalize,
  rgbToGrayscale,
} from './color.ts';
export { erase } from './erase.ts';
export {
  centerCrop,
  crop,
  hflip,
  pad,
  resize,
  vflip,
} from './geometry.ts';
export { affine, rotate } from './warp.ts';

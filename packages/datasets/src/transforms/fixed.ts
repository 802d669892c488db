import { ShapeError, stack } from '@tensortape/autograd';
import type { ImageTransform } from '../imageDataset.ts';
import type { Size } from './checks.ts';
import * as color from './color.ts';
import * as geometry from './geometry.ts';

/**
 * Transforms one after the other. PyTorch: `torchvision.transforms.Compose`.
 *
 * @param transforms - in the order in which they are applied.
 * @example
 * ```ts
 * import { Generator, ones } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const augment = transforms.compose(
 *   transforms.randomCrop(32, { padding: 4, generator: new Generator(0) }),
 *   transforms.randomHorizontalFlip({ generator: new Generator(1) }),
 *   transforms.normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]),
 * );
 * console.log(augment(ones([3, 32, 32])).shape); // [ 3, 32, 32 ]
 * ```
 */
export function compose(...transforms: readonly ImageTransform[]): ImageTransform {
  return (image) => transforms.reduce((result, transform) => transform(result), image);
}

/**
 * A transform of batches that is applied to each image by itself, so that random ones draw for each: as they stand, transforms
 * draw once for a whole batch, as torchvision's do.
 *
 * @param transform - of one image.
 * @returns a transform of (N, C, H, W), that throws ShapeError for a batch without axes, or of no image.
 * @example
 * ```ts
 * import { Generator, tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * const batch = tensor([[[[1, 2]]], [[[1, 2]]], [[[1, 2]]]]);
 * const flip = transforms.randomHorizontalFlip({ generator: new Generator(5) });
 * console.log(transforms.perImage(flip)(batch).flatten().toArray()); // [ 1, 2, 2, 1, 1, 2 ]
 * ```
 */
export function perImage(transform: ImageTransform): ImageTransform {
  return (batch) => {
    if (batch.ndim < 4 || batch.shape[0] === 0) {
      throw new ShapeError(
        `perImage: expected a batch (N, C, H, W) of at least one image, got shape [${batch.shape.join(', ')}]`,
      );
    }
    return stack(batch.unbind(0).map(transform));
  };
}

/**
 * `(image - mean) / std`, channel by channel: see {@link functional.normalize}. PyTorch: `torchvision.transforms.Normalize`.
 *
 * @param mean - one number for each channel, or one for all.
 * @param std - as `mean`.
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.normalize(0.5, 0.5)(tensor([[[0, 1]]])).toArray()); // [ [ [ -1, 1 ] ] ]
 * ```
 */
export function normalize(mean: readonly number[] | number, std: readonly number[] | number): ImageTransform {
  return (image) => color.normalize(image, mean, std);
}

/**
 * Another size: see {@link functional.resize}. PyTorch: `torchvision.transforms.Resize`.
 *
 * @param size - height and width; one number is the length of the shorter side.
 * @param options - `interpolation` and `antialias`.
 * @example
 * ```ts
 * import { ones } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.resize(16)(ones([3, 32, 48])).shape); // [ 3, 16, 24 ]
 * ```
 */
export function resize(size: Size, options?: geometry.ResizeOptions): ImageTransform {
  return (image) => geometry.resize(image, size, options);
}

/**
 * The middle: see {@link functional.centerCrop}. PyTorch: `torchvision.transforms.CenterCrop`.
 *
 * @param size - height and width, or one for both.
 * @example
 * ```ts
 * import { ones } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.centerCrop(24)(ones([3, 32, 32])).shape); // [ 3, 24, 24 ]
 * ```
 */
export function centerCrop(size: Size): ImageTransform {
  return (image) => geometry.centerCrop(image, size);
}

/**
 * A frame: see {@link functional.pad}. PyTorch: `torchvision.transforms.Pad`.
 *
 * @param padding - one number for all sides, [left and right, top and bottom], or [left, top, right, bottom].
 * @param options - `fill` and `paddingMode`.
 * @example
 * ```ts
 * import { ones } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.pad(4)(ones([3, 32, 32])).shape); // [ 3, 40, 40 ]
 * ```
 */
export function pad(padding: geometry.Padding, options?: geometry.PadOptions): ImageTransform {
  return (image) => geometry.pad(image, padding, options);
}

/**
 * Grey levels: see {@link functional.rgbToGrayscale}. PyTorch: `torchvision.transforms.Grayscale`.
 *
 * @param channels - 1, or 3 equal ones; 1 unless given.
 * @example
 * ```ts
 * import { ones } from '@tensortape/autograd';
 * import { transforms } from '@tensortape/datasets';
 * console.log(transforms.grayscale()(ones([3, 32, 32])).shape); // [ 1, 32, 32 ]
 * ```
 */
export function grayscale(channels: 1 | 3 = 1): ImageTransform {
  return (image) => color.rgbToGrayscale(image, channels);
}

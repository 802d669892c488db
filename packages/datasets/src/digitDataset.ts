import { type Tensor, tensor } from '@tensortape/autograd';
import { TensorDataset } from './dataset.ts';
import { type DigitImages, type GenerateDigitsOptions, generateDigits } from './digits.ts';

/** Images of digits and their labels, as {@link digitDataset} makes them. */
export type DigitDataset = TensorDataset<[images: Tensor, labels: Tensor]>;

/** Options of {@link digitDataset}. */
export interface DigitDatasetOptions {
  /** Whether images are rows of 784 pixels, not 1 x 28 x 28; false unless given. */
  readonly flatten?: boolean;
}

/** Options of {@link generatedDigits}. */
export interface GeneratedDigitsOptions extends DigitDatasetOptions, GenerateDigitsOptions {}

/**
 * Raw images of digits as tensors: grey levels divided by 255.
 *
 * @param digits - N x 784 grey levels and N labels.
 * @param options - `flatten`: shape (N, 784) instead of (N, 1, 28, 28).
 * @returns images, float32 in [0, 1], and labels, int32 of shape (N).
 * @throws ShapeError when the images are not 784 bytes for each label.
 *
 * @example
 * ```ts
 * import { digitDataset } from '@tensortape/datasets';
 * const dataset = digitDataset({ images: new Uint8Array(2 * 784).fill(51), labels: Uint8Array.of(7, 1) });
 * const [images, labels] = dataset.tensors;
 * console.log(images.shape, labels.toArray()); // [ 2, 1, 28, 28 ] [ 7, 1 ]
 * console.log(images.mean().toString()); // tensor(0.2000)
 * ```
 */
export function digitDataset(
  { images, labels }: DigitImages,
  { flatten = false }: DigitDatasetOptions = {},
): DigitDataset {
  const shape = flatten ? [labels.length, 784] : [labels.length, 1, 28, 28];
  return new TensorDataset(
    tensor(images, { dtype: 'float32', shape }).div_(255),
    tensor(labels, { dtype: 'int32' }),
  );
}

/**
 * Digits in MNIST's form where no files are at hand, as tensors: {@link generateDigits} from a seed.
 *
 * @param options - `count`, `seed` and `flatten`.
 * @returns images, float32 in [0, 1], of shape (N, 1, 28, 28) or (N, 784), and labels, int32 of shape (N): the same for
 * the same seed on every machine.
 * @throws ArgumentError when `count` or `seed` is not a non-negative integer.
 *
 * @example
 * ```ts
 * import { generatedDigits } from '@tensortape/datasets';
 * const [images, labels] = generatedDigits({ count: 100, seed: 0, flatten: true }).tensors;
 * console.log(images.shape, labels.dtype); // [ 100, 784 ] int32
 * ```
 */
export function generatedDigits({ count, seed, ...options }: GeneratedDigitsOptions): DigitDataset {
  return digitDataset(generateDigits({ count, seed }), options);
}

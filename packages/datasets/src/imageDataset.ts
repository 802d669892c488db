import { ArgumentError, ShapeError, stack, type Tensor, tensor } from '@tensortape/autograd';
import { checkedIndices, type Dataset } from './dataset.ts';

/** What becomes of an image of shape (C, H, W), or of a batch of them: any function; see `transforms`. */
export type ImageTransform = (image: Tensor) => Tensor;

/** What an {@link ImageDataset} is made of. */
export interface ImageBytes {
  /** N x C x H x W levels 0 to 255. */
  readonly images: Uint8Array;
  /** N classes. */
  readonly labels: ArrayLike<number>;
  /** (C, H, W). */
  readonly shape: readonly [channels: number, height: number, width: number];
}

/** Options of {@link ImageDataset}. */
export interface ImageDatasetOptions {
  /** Applied to each image when it is asked for, so that random ones draw anew every time. */
  readonly transform?: ImageTransform;
}

/** The level of each byte as float32. */
const levels = /* @__PURE__ */ Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * Images kept as bytes, a quarter of what they take as float32, and made into tensors when they are asked for: float32 in
 * [0, 1] of shape (C, H, W), with their labels as int32 of shape ().
 *
 * @example
 * ```ts
 * import { DataLoader, ImageDataset } from '@tensortape/datasets';
 * const images = new Uint8Array(3 * 2 * 2 * 2).fill(51);
 * const dataset = new ImageDataset({ images, labels: [7, 1, 0], shape: [2, 2, 2] });
 * for (const [x, y] of new DataLoader(dataset, { batchSize: 2 })) console.log(x.shape, y.toArray());
 * // [ 2, 2, 2, 2 ] [ 7, 1 ]
 * // [ 1, 2, 2, 2 ] [ 0 ]
 * console.log(dataset.get(0)[0].mean().toString()); // tensor(0.2000)
 * ```
 */
export class ImageDataset implements Dataset<[image: Tensor, label: Tensor]> {
  /** All images, one after the other. */
  readonly images: Uint8Array;
  /** Their classes. */
  readonly labels: Int32Array;
  /** The shape of one image, (C, H, W). */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly #transform: ImageTransform | undefined;
  readonly #size: number;

  /**
   * @param bytes - images, labels and shape.
   * @param options - `transform`: applied to each image.
   * @throws ShapeError when the images are not `shape` for each label, ArgumentError when a label is no whole number from 0.
   */
  constructor({ images, labels, shape }: ImageBytes, { transform }: ImageDatasetOptions = {}) {
    const [channels, height, width] = shape;
    this.#size = channels * height * width;
    if (images.length !== labels.length * this.#size) {
      throw new ShapeError(
        `ImageDataset: ${labels.length} images of shape [${shape.join(', ')}] take ${labels.length * this.#size} bytes, ` +
          `got ${images.length}; give one label for each image`,
      );
    }
    this.labels = Int32Array.from(labels);
    const odd = this.labels.findIndex((label, i) => label !== labels[i] || label < 0);
    if (odd >= 0) {
      throw new ArgumentError(`ImageDataset: labels[${odd}] is ${labels[odd]}, not a class counted from 0`);
    }
    this.images = images;
    this.shape = shape;
    this.#transform = transform;
  }

  /** How many images there are. */
  get length(): number {
    return this.labels.length;
  }

  /**
   * Image `index`, transformed, and its label.
   *
   * @throws IndexError when `index` is not an integer from 0 to `length - 1`.
   */
  get(index: number): [image: Tensor, label: Tensor] {
    const [position] = checkedIndices([index], this.length, () => 'ImageDataset.get: index');
    return [this.#image(position!), tensor(this.labels[position!]!, { dtype: 'int32' })];
  }

  /**
   * Images `indices`, each transformed, of shape (indices, C, H, W), and their labels.
   *
   * @throws IndexError when an index is not that of an image, ShapeError when the transform gives images of several shapes.
   */
  getBatch(indices: Int32Array): [images: Tensor, labels: Tensor] {
    const positions = checkedIndices(indices, this.length, (i) => `ImageDataset.getBatch: indices[${i}]`);
    const labels = tensor(positions.map((position) => this.labels[position]!));
    if (this.#transform && positions.length > 0) {
      return [stack(Array.from(positions, (position) => this.#image(position))), labels];
    }
    const values = new Float32Array(positions.length * this.#size);
    for (const [i, position] of positions.entries()) this.#fill(values, i * this.#size, position);
    return [tensor(values, { shape: [positions.length, ...this.shape] }), labels];
  }

  #image(position: number): Tensor {
    const values = new Float32Array(this.#size);
    this.#fill(values, 0, position);
    const image = tensor(values, { shape: this.shape });
    return this.#transform ? this.#transform(image) : image;
  }

  #fill(values: Float32Array, start: number, position: number): void {
    const from = position * this.#size;
    for (let i = 0; i < this.#size; i++) values[start + i] = levels[this.images[from + i]!]!;
  }
}

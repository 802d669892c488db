import { arange, type RandomState, type Tensor } from 'tensortape';
import type { Batch } from './train.ts';

/** Labelled images as bytes, turned into what a net sees batch by batch: so a whole set takes little memory. */
export class Images {
  /** Pixels from 0 to 255: N x pixels, uint8. */
  readonly pixels: Tensor;
  readonly labels: Tensor;
  readonly #prepare: (pixels: Tensor) => Tensor;

  /** @param prepare What a net sees of pixels. */
  constructor(pixels: Tensor, labels: Tensor, prepare: (pixels: Tensor) => Tensor) {
    this.pixels = pixels;
    this.labels = labels;
    this.#prepare = prepare;
  }

  get length(): number {
    return this.labels.size;
  }

  /** The same images, seen otherwise. */
  seenAs(prepare: (pixels: Tensor) => Tensor): Images {
    return new Images(this.pixels, this.labels, prepare);
  }

  /** The same images, each in this shape. */
  reshaped(shape: readonly number[]): Images {
    return this.seenAs((pixels) => this.#prepare(pixels).reshape([-1, ...shape]));
  }

  /** Images from `start` to `end`, without the last. */
  slice(start: number, end: number): Images {
    return new Images(this.pixels.slice(0, start, end), this.labels.slice(0, start, end), this.#prepare);
  }

  /** The images at these places. */
  at(places: Tensor): Batch {
    return [this.#prepare(this.pixels.indexSelect(0, places)), this.labels.indexSelect(0, places)];
  }

  /** All of them, in order. */
  *batches(size = 1000): Generator<Batch> {
    for (let start = 0; start < this.length; start += size) {
      yield this.at(arange(start, Math.min(start + size, this.length), { dtype: 'int32' }));
    }
  }

  /** Batches drawn with replacement, by `choice` of NumPy. */
  *draws(random: RandomState, size: number, count: number): Generator<Batch> {
    for (let i = 0; i < count; i++) yield this.at(random.choice(this.length, size));
  }

  /** One epoch in random order, by `permutation` of NumPy. */
  *epoch(random: RandomState, size: number): Generator<Batch> {
    const order = random.permutation(this.length);
    for (let start = 0; start < this.length; start += size) {
      yield this.at(order.slice(0, start, Math.min(start + size, this.length)));
    }
  }
}

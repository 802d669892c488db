import { Generator, type Tensor } from '@tensortape/autograd';
import { DataLoader, TensorDataset } from '@tensortape/datasets';

/** Shuffled batches without end, whose state says how far into which order they are. */
export class Batches {
  readonly #generator = new Generator(3);
  readonly #loader: DataLoader<[Tensor, Tensor]>;
  #epoch = this.#generator.getState();
  #batches: Iterator<[Tensor, Tensor]> | undefined;
  #taken = 0;

  constructor(x: Tensor, y: Tensor, batchSize: number) {
    this.#loader = new DataLoader<[Tensor, Tensor]>(new TensorDataset(x, y), {
      batchSize,
      shuffle: true,
      generator: this.#generator,
    });
  }

  next(): [Tensor, Tensor] {
    if (this.#batches === undefined || this.#taken === this.#loader.length) {
      this.#epoch = this.#generator.getState();
      this.#batches = this.#loader[Symbol.iterator]();
      this.#taken = 0;
    }
    this.#taken++;
    return this.#batches.next().value!;
  }

  stateDict() {
    return { epoch: this.#epoch, taken: this.#taken };
  }

  loadStateDict({ epoch, taken }: { epoch: Uint8Array; taken: number }): void {
    this.#generator.setState(epoch);
    this.#batches = undefined;
    this.#taken = 0;
    for (let i = 0; i < taken; i++) this.next();
  }
}

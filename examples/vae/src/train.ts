import { type datasets, noGrad, type optim, type Tensor } from 'tensortape';
import type { Vae } from './model.ts';

/** Images N x 784, and labels that are not looked at. */
export type Batches = datasets.DataLoader<[images: Tensor, labels: Tensor]>;

/** One pass over the images: takes a step for each batch and yields its loss. */
export function* trainEpoch(vae: Vae, optimizer: optim.Optimizer, batches: Batches): Generator<number> {
  vae.train();
  for (const [images] of batches) {
    const loss = vae.forward(images);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    yield loss.item();
  }
}

/** The mean loss on images that are not trained on. */
export function evaluate(vae: Vae, batches: Batches): number {
  vae.eval();
  let [total, count] = [0, 0];
  noGrad(() => {
    for (const [images] of batches) {
      total += images.shape[0]! * vae.forward(images).item();
      count += images.shape[0]!;
    }
  });
  return total / count;
}

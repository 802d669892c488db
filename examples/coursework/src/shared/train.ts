import { nn, noGrad, type optim, type Tensor } from 'tensortape';
import { objective } from './twoLayerNet.ts';

/** A batch: one row, or image, for each label. */
export type Batch = readonly [x: Tensor, labels: Tensor];

/** Whatever gives each class a score. */
export abstract class Classifier extends nn.Module {
  abstract override forward(x: Tensor): Tensor;
}

/** How a classifier is trained. */
export interface Training {
  optimizer: optim.Optimizer;
  /** Is told of each step; left out where the learning rate stays. */
  scheduler?: optim.LRScheduler;
  reg: number;
}

/** A step of gradient descent for each batch. Yields the loss before the update, while the gradients are those of that loss. */
export function* train(
  net: Classifier,
  batches: Iterable<Batch>,
  { optimizer, scheduler, reg }: Training,
): Generator<number> {
  for (const [x, labels] of batches) {
    const loss = objective(net, net.forward(x), labels, reg);
    optimizer.zeroGrad();
    loss.backward();
    yield loss.item();
    optimizer.step();
    scheduler?.step();
  }
}

/** The share of labels whose class gets the highest score. */
export function accuracy(net: Classifier, batches: Iterable<Batch>): number {
  let [right, count] = [0, 0];
  noGrad(() => {
    for (const [x, labels] of batches) {
      right += net.forward(x).argmax(1).eq(labels).sum().item();
      count += labels.size;
    }
  });
  return right / count;
}

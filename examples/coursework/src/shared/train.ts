import { nn, noGrad, type optim, type Tensor } from 'tensortape';
import { objective } from './twoLayerNet.ts';

/** A batch: a row, or an image, for each label. */
export type Batch = readonly [x: Tensor, labels: Tensor];

/** Whatever gives each class a score. */
export abstract class Classifier extends nn.Module {
  abstract override forward(x: Tensor): Tensor;
}

/** How well a net does. */
export interface Scores {
  loss: number;
  /** The share of labels whose class gets the highest score. */
  accuracy: number;
}

/** How a classifier is trained. */
export interface Training {
  optimizer: optim.Optimizer;
  /** Is told of each step; left out where the learning rate stays. */
  scheduler?: optim.LRScheduler;
  reg: number;
}

/** A step of gradient descent for each batch. Yields the scores before the update, while the gradients are those of that loss. */
export function* train(
  net: Classifier,
  batches: Iterable<Batch>,
  { optimizer, scheduler, reg }: Training,
): Generator<Scores> {
  for (const [x, labels] of batches) {
    const scores = net.forward(x);
    const loss = objective(net, scores, labels, reg);
    optimizer.zeroGrad();
    loss.backward();
    yield { loss: loss.item(), accuracy: right(scores, labels) / labels.size };
    optimizer.step();
    scheduler?.step();
  }
}

/** The mean cross-entropy and the accuracy on images that are not trained on. */
export function evaluate(net: Classifier, batches: Iterable<Batch>): Scores {
  let [loss, correct, count] = [0, 0, 0];
  noGrad(() => {
    for (const [x, labels] of batches) {
      const scores = net.forward(x);
      loss += nn.functional.crossEntropy(scores, labels, { reduction: 'sum' }).item();
      correct += right(scores, labels);
      count += labels.size;
    }
  });
  return { loss: loss / count, accuracy: correct / count };
}

const right = (scores: Tensor, labels: Tensor): number => scores.detach().argmax(1).eq(labels).sum().item();

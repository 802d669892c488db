import { type datasets, nn, noGrad, type optim, type Tensor } from 'tensortape';

/** Whatever gives each class a score: images N x … to scores N x classes. */
export type Classifier = nn.Module & { forward(images: Tensor): Tensor };

/** Images N x … and their labels N. */
export type Batches = datasets.DataLoader<[images: Tensor, labels: Tensor]>;

/** How well a network does: mean cross-entropy in nats, and the share of digits that it gets right. */
export interface Scores {
  loss: number;
  accuracy: number;
}

const criterion = new nn.CrossEntropyLoss();

/** How the parameters are updated, and the learning rate after each update. */
export interface Updates {
  optimizer: optim.Optimizer;
  scheduler: optim.LRScheduler;
}

/** One pass over the training images: takes a step for each batch and yields the batch's scores before that step. */
export function* trainEpoch(
  net: Classifier,
  { optimizer, scheduler }: Updates,
  batches: Batches,
): Generator<Tally> {
  net.train();
  for (const [images, labels] of batches) {
    const scores = net.forward(images);
    const loss = criterion.forward(scores, labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    scheduler.step();
    yield Tally.of(loss, scores, labels);
  }
}

/** Scores on images that are not trained on. */
export function evaluate(net: Classifier, batches: Batches): Scores {
  net.eval();
  const total = new Tally();
  noGrad(() => {
    for (const [images, labels] of batches) {
      const scores = net.forward(images);
      total.add(Tally.of(criterion.forward(scores, labels), scores, labels));
    }
  });
  return total.scores;
}

/** Scores summed up over batches. */
export class Tally {
  images = 0;
  #correct = 0;
  #loss = 0;

  /** The scores of one batch: its mean loss, and how often the highest score is that of the label. */
  static of(loss: Tensor, scores: Tensor, labels: Tensor): Tally {
    const tally = new Tally();
    tally.images = scores.shape[0]!;
    tally.#correct = scores.detach().argmax(1).eq(labels).sum().item();
    tally.#loss = tally.images * loss.item();
    return tally;
  }

  add(other: Tally): void {
    this.images += other.images;
    this.#correct += other.#correct;
    this.#loss += other.#loss;
  }

  get scores(): Scores {
    return { loss: this.#loss / this.images, accuracy: this.#correct / this.images };
  }
}

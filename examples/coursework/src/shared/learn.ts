import { optim, type RandomState } from 'tensortape';
import type { Cifar10Sets } from './cifar10.ts';
import type { Desk } from './desk.ts';
import { type Classifier, evaluate, type Scores, train } from './train.ts';

/** How the courses train a net on CIFAR-10. */
export interface Recipe {
  batch: number;
  steps: number;
  lr: number;
  /** What the learning rate is multiplied by after each epoch. */
  decay: number;
  momentum?: number;
  reg: number;
}

/** What a training gave. */
export interface Learned {
  /** The scores of each step. */
  history: Scores[];
  /** The validation accuracy after each epoch, and after the last step. */
  accuracies: number[];
}

/** Steps of an epoch of the whole set, which counts epochs also where only a part of it is here. */
export const stepsPerEpoch = (batch: number): number => Math.floor(49_000 / batch);

/**
 * Trains on batches drawn with replacement, validates after each epoch, and leaves the net as it was when it validated best.
 *
 * @param giveUp Is shown the accuracies so far, and says whether there is no use in going on.
 */
export async function learn(
  desk: Desk,
  name: string,
  net: Classifier,
  { training, validation }: Cifar10Sets,
  { batch, steps, lr, decay, momentum = 0, reg }: Recipe,
  {
    random,
    giveUp = () => false,
  }: { random: RandomState; giveUp?: (accuracies: readonly number[]) => boolean },
): Promise<Learned> {
  const optimizer = new optim.SGD(net.parameters(), { lr, momentum });
  const epoch = stepsPerEpoch(batch);
  const scheduler = new optim.StepLR(optimizer, epoch, { gamma: decay });
  const [history, accuracies]: [Scores[], number[]] = [[], []];
  let best = net.stateDict();
  while (history.length < steps && !giveUp(accuracies)) {
    const count = Math.min(epoch, steps - history.length);
    const run = train(net, training.draws(random, batch, count), { optimizer, scheduler, reg });
    history.push(...(await desk.watch(name, run, count)));
    const { accuracy } = evaluate(net, validation.batches());
    if (accuracies.every((earlier) => accuracy > earlier)) {
      best = new Map([...net.stateDict()].map(([key, value]) => [key, value.clone()]));
    }
    accuracies.push(accuracy);
  }
  net.loadStateDict(best);
  return { history, accuracies };
}

/**
 * Where an accuracy on 1,000 images may lie. With the whole set: 0.03 from the published one on either side, twice the standard
 * deviation of a share of 1,000. With a part of it, nets see a fifth of the images, rebuilt from JPEG, and know less of the others:
 * then from three quarters of the published one.
 */
export const band = (published: number, { whole }: Cifar10Sets): readonly [number, number] =>
  whole ? [published - 0.03, published + 0.03] : [0.75 * published, published + 0.05];

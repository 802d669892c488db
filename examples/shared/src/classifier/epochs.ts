import { optim } from 'tensortape';
import { pauses, UserError } from '../errors.ts';
import { History } from './history.ts';
import { Progress } from './progress.ts';
import { type Batches, type Classifier, evaluate, trainEpoch } from './train.ts';

/** What {@link runEpochs} trains, on what, and how. */
export interface Training {
  net: Classifier;
  training: Batches;
  validation: Batches;
  epochs: number;
  /** The learning rate to begin with. */
  lr: number;
  /** Stops the training between two steps. */
  signal: AbortSignal;
}

/**
 * Trains with Adam, whose learning rate falls linearly to 0, and validates after each epoch.
 *
 * @throws UserError when the loss is no longer a finite number; the signal's reason once it is aborted.
 */
export async function runEpochs({
  net,
  training,
  validation,
  epochs,
  lr,
  signal,
}: Training): Promise<History> {
  const history = new History({ epochs, steps: training.length });
  const optimizer = new optim.Adam(net.parameters(), { lr });
  const scheduler = new optim.LambdaLR(optimizer, (step) => 1 - step / (epochs * training.length));
  const progress = new Progress(history.plan);
  const pause = pauses(signal);
  try {
    while (history.epochs.length < epochs) {
      history.startEpoch();
      progress.startEpoch(history);
      for (const batch of trainEpoch(net, { optimizer, scheduler }, training)) {
        history.add(batch);
        const { loss } = batch.scores;
        if (!Number.isFinite(loss)) throw divergence(loss, history, lr);
        progress.step(history);
        await pause();
      }
      progress.endEpoch(history.endEpoch(evaluate(net, validation)));
    }
  } finally {
    progress.stop();
  }
  return history;
}

function divergence(loss: number, { epoch, step, plan }: History, lr: number): UserError {
  return new UserError(
    `the loss became ${loss} in epoch ${epoch}, step ${step} of ${plan.steps}.\n` +
      `Most likely the learning rate, ${lr}, is too high; or an image holds values that are not numbers.\n` +
      `Try a lower one, such as --lr ${Math.min(0.003, lr / 10)}. Nothing was written: earlier files are as they were.`,
  );
}

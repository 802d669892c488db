import { type Generator, nn, noGrad, optim } from 'tensortape';
import { drawWindows, type Windows } from './corpus.ts';
import type { LanguageModel } from './models.ts';

/** What {@link train} trains on, and how. */
export interface Training {
  numbers: Int32Array;
  steps: number;
  /** Windows a step. */
  batch: number;
  /** The largest learning rate. */
  lr: number;
  generator: Generator;
}

/** Mean cross-entropy in nats a character. */
const lossOf = (model: LanguageModel, [characters, next]: Windows) =>
  nn.functional.crossEntropy(model.forward(characters).flatten(0, 1), next.flatten());

/** Trains with AdamW, whose learning rate rises and falls once, and yields each step's loss. */
export function* train(
  model: LanguageModel,
  { numbers, steps, batch, lr, generator }: Training,
): globalThis.Generator<number> {
  const optimizer = new optim.AdamW(model.parameters(), { lr, weightDecay: 0.01 });
  const scheduler = new optim.OneCycleLR(optimizer, lr, {
    totalSteps: steps + 1,
    pctStart: 0.1,
    cycleMomentum: false,
  });
  for (let step = 0; step < steps; step++) {
    model.train();
    const loss = lossOf(model, drawWindows(numbers, batch, model.context, generator));
    optimizer.zeroGrad();
    loss.backward();
    optim.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    scheduler.step();
    yield loss.item();
  }
}

/** The loss on windows that are not trained on. */
export function evaluate(model: LanguageModel, windows: Windows): number {
  model.eval();
  return noGrad(() => lossOf(model, windows).item());
}

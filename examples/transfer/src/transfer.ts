import { type Digits, evaluate, runEpochs, type Scores, UserError } from '@tensortape/example-shared';
import { datasets, nn, type Tensor } from 'tensortape';
import { ConvNet } from './model.ts';

/** How a net is trained. */
export interface Training {
  epochs: number;
  lr: number;
  signal: AbortSignal;
}

/** Digits of five classes: the first five, or the last five with labels from 0 on. */
export function five(digits: Digits, first: 0 | 5, limit = Infinity): Digits {
  const chosen: number[] = [];
  for (let i = 0; i < digits.length && chosen.length < limit; i++) {
    const label = digits.get(i)[1].item();
    if (label >= first && label < first + 5) chosen.push(i);
  }
  return {
    length: chosen.length,
    get: (i) => {
      const [image, label] = digits.get(chosen[i]!);
      return [image, label.sub(first)];
    },
  };
}

/** Trains all of a net on the first five digits. */
export async function pretrain(
  digits: { training: Digits; validation: Digits },
  training: Training,
): Promise<ConvNet> {
  const net = new ConvNet(5);
  await runEpochs({ net, ...loaders(digits), ...training });
  return net;
}

/**
 * A net that sees as the one does that the weights are of, with a new head, trained on other digits: only the head is.
 *
 * @param weights By the names that PyTorch gives: `features.0.weight` … `head.bias`.
 * @returns The net and its scores on the validation digits before and after the training.
 * @throws UserError where the weights are not those of such a net.
 */
export async function transfer(
  weights: ReadonlyMap<string, Tensor>,
  digits: { training: Digits; validation: Digits },
  training: Training,
): Promise<{ net: ConvNet; before: Scores; after: Scores }> {
  const classes = weights.get('head.bias')?.size;
  if (classes === undefined) {
    throw new UserError(
      `--weights: the file has no head.bias, but ${[...weights.keys()].join(', ') || 'nothing'}. Give one with the names of src/model.ts.`,
    );
  }
  const net = new ConvNet(classes);
  try {
    net.loadStateDict(weights);
  } catch (error) {
    if (error instanceof nn.StateDictError) throw new UserError(`--weights: ${error.message}`);
    throw error;
  }
  net.head = new nn.Linear(256, 5);
  for (const parameter of net.features.parameters()) parameter.requiresGrad_(false);
  const { training: batches, validation } = loaders(digits);
  const before = evaluate(net, validation);
  await runEpochs({ net, training: batches, validation, ...training });
  return { net, before, after: evaluate(net, validation) };
}

const loaders = ({ training, validation }: { training: Digits; validation: Digits }) => ({
  training: new datasets.DataLoader(training, { batchSize: 25, shuffle: true }),
  validation: new datasets.DataLoader(validation, { batchSize: 500 }),
});

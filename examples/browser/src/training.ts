import {
  type BackendReport,
  backend,
  crossEntropy,
  datasets,
  manualSeed,
  nn,
  noGrad,
  optim,
  type Tensor,
} from 'tensortape';

/** A digit classifier: 784 pixels, 64 hidden units with ReLU, a score for each of the ten digits. */
export class DigitClassifier extends nn.Module {
  fc1 = new nn.Linear(784, 64);
  fc2 = new nn.Linear(64, 10);

  /**
   * @param images Grey levels from 0 to 1, N x 784.
   * @returns The scores of the digits, N x 10: their softmax is the probability of each.
   */
  override forward(images: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(images).relu());
  }
}

/** What a training depends on: the same settings give the same losses, here and in Node. */
export interface Settings {
  readonly epochs: number;
  /** The learning rate. */
  readonly lr: number;
  /** Of the initial weights and of the order of the digits. */
  readonly seed: number;
}

/** How far a training is. */
export interface Step {
  /** From 1 on. */
  readonly step: number;
  /** How many there will be. */
  readonly steps: number;
  /** Mean cross-entropy of the step's batch, in nats. */
  readonly loss: number;
}

/**
 * Trains a classifier on 5,000 generated digits, and tells after each step how far it is. SGD, since Adam raises to powers, whose last
 * bit differs between versions of V8.
 */
export function train({ epochs, lr, seed }: Settings, onStep: (step: Step) => void): DigitClassifier {
  manualSeed(seed);
  const net = new DigitClassifier();
  const optimizer = new optim.SGD(net.parameters(), { lr, momentum: 0.9 });
  const digits = datasets.generatedDigits({ count: 5000, seed: 1, flatten: true });
  const batches = new datasets.DataLoader(digits, { batchSize: 50, shuffle: true });
  const steps = epochs * batches.length;
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [images, labels] of batches) {
      const batchLoss = crossEntropy(net.forward(images), labels);
      optimizer.zeroGrad();
      batchLoss.backward();
      optimizer.step();
      const loss = batchLoss.item();
      step++;
      if (!Number.isFinite(loss)) {
        throw new Error(`the loss became ${loss} in step ${step}: try a learning rate below ${lr}`);
      }
      onStep({ step, steps, loss });
    }
  }
  return net;
}

/** A digit that the classifier has not been trained on, and what it takes it for. */
export interface Prediction {
  /** 784 grey levels from 0 to 255. */
  readonly pixels: Uint8Array;
  readonly label: number;
  readonly predicted: number;
  /** The probability that the classifier gives to what it predicts. */
  readonly probability: number;
}

/** How good a classifier is. */
export interface Report {
  /** The kernels that computed it. */
  readonly backend: BackendReport;
  /** Mean cross-entropy on 1,000 digits, in nats. */
  readonly loss: number;
  /** The share of these digits that it gets right. */
  readonly accuracy: number;
  /** For the first of these digits. */
  readonly predictions: readonly Prediction[];
}

const shown = 24;

/** Tests a classifier on generated digits that it has not been trained on. */
export function test(net: DigitClassifier): Report {
  const digits = datasets.generateDigits({ count: 1000, seed: 2 });
  const [images, labels] = datasets.digitDataset(digits, { flatten: true }).tensors;
  return noGrad(() => {
    const scores = net.forward(images);
    const { values: probabilities, indices: predicted } = scores.softmax(1).max(1);
    const predictions = Array.from({ length: shown }, (_, i) => ({
      pixels: digits.images.slice(784 * i, 784 * (i + 1)),
      label: digits.labels[i]!,
      predicted: predicted.select(0, i).item(),
      probability: probabilities.select(0, i).item(),
    }));
    return {
      backend: backend(),
      loss: crossEntropy(scores, labels).item(),
      accuracy: predicted.eq(labels).to('float64').mean().item(),
      predictions,
    };
  });
}

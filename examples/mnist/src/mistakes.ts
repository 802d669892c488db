import type { Batches } from '@tensortape/example-shared';
import { noGrad } from 'tensortape';
import type { DigitClassifier } from './model.ts';

/** A digit that the network took for another one. */
export interface Mistake {
  /** 784 grey levels from 0 to 1. */
  image: ArrayLike<number>;
  label: number;
  predicted: number;
  /** The probability that the network gave to `predicted`. */
  confidence: number;
}

/** The digits that a network gets wrong, the one first of which it is most certain. */
export function findMistakes(net: DigitClassifier, batches: Batches): Mistake[] {
  net.eval();
  const mistakes: Mistake[] = [];
  noGrad(() => {
    for (const [images, labels] of batches) {
      const { values, indices } = net.forward(images).softmax(1).max(1);
      const pixels = images.toTypedArray();
      const truth = labels.toTypedArray();
      const confidences = values.toTypedArray();
      for (const [i, predicted] of indices.toTypedArray().entries()) {
        const [label, confidence] = [truth[i]!, confidences[i]!];
        const image = pixels.subarray(784 * i, 784 * (i + 1));
        if (predicted !== label) mistakes.push({ image, label, predicted, confidence });
      }
    }
  });
  return mistakes.sort((a, b) => b.confidence - a.confidence);
}

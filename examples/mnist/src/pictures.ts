import { type Heading, imageGrid, Picture, weightGrid } from '@tensortape/plot';
import { type Tensor, tensor } from 'tensortape';
import type { Mistake } from './mistakes.ts';

/**
 * Weights of the first layer: a tile for each unit or filter, red where ink strengthens it, blue where ink weakens it.
 *
 * @param weights units x rows x columns.
 */
export function drawWeights(weights: Tensor, heading: Heading): Picture {
  return weightGrid(weights, { ...heading, colours: 'signed', columns: 16, imageWidth: 42 });
}

/** Misclassified digits with what they are and what they were taken for, ten in a row. */
export function drawMistakes(mistakes: readonly Mistake[], heading: Heading): Picture {
  if (mistakes.length === 0) {
    const title = { text: heading.title ?? '', subtitle: 'It got every one of them right' };
    return new Picture({ title, data: { values: [] }, mark: 'point', height: 20 });
  }
  const images = mistakes.map(({ image }) => tensor(Float32Array.from(image), { shape: [28, 28] }));
  return imageGrid(images, {
    ...heading,
    // Dark ink on white.
    range: [1, 0],
    columns: 10,
    imageWidth: 56,
    labels: mistakes.map(({ label }) => `true ${label}`),
    notes: mistakes.map(
      ({ predicted, confidence }) => `predicted ${predicted}, ${Math.floor(100 * confidence)} %`,
    ),
  });
}

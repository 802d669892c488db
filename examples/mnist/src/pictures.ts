import {
  drawPng,
  drawCurves as drawSets,
  imageLayer,
  imageUrl,
  ink,
  lossPanel,
  signal,
  type Title,
  tiles,
} from '@tensortape/example-shared/pictures';
import type { Tensor } from 'tensortape';
import { scheme } from 'vega';
import type { History } from './history.ts';
import type { Mistake } from './mistakes.ts';

/** Loss and accuracy over the training, side by side, as SVG. */
export function drawCurves({ moments, epochs }: History, title: Title): Promise<string> {
  return drawSets({
    title,
    x: 'epoch',
    training: moments.map((moment) => ({ ...moment })),
    validation: epochs.map(({ epoch, validation }) => ({ epoch, ...validation })),
    panels: [
      lossPanel('loss (cross-entropy, nats)'),
      {
        field: 'accuracy',
        title: 'accuracy',
        scale: { zero: false },
        axis: { format: '.0%', tickCount: 6 },
      },
    ],
  });
}

/** How wide, in the picture, a tile of weights is. */
const tileWidth = 42;
/** Of red, and of blue: more would double the size of the file, and not be seen. */
const shades = 20;

/**
 * Weights of the first layer as PNG: a tile for each unit or filter, red where ink strengthens it, blue where ink weakens it.
 *
 * @param weights units x rows x columns, as many rows as columns.
 */
export function drawWeights(weights: Tensor, title: Title): Promise<Uint8Array> {
  const [units, side] = [weights.shape[0]!, weights.shape[1]!];
  const values = Float32Array.from(weights.toTypedArray());
  // The few weights beyond it would leave all others pale.
  const reach = values.map(Math.abs).sort()[Math.floor(0.998 * values.length)]!;
  const colours = diverging(2 * shades + 1);
  const bitmap = tiles(values, side, Math.min(16, units), (weight) => {
    const share = Math.min(1, Math.max(-1, weight / reach));
    return colours[Math.round(shades * (share + 1))]!;
  });
  const scale = tileWidth / side;
  return drawPng({
    title,
    width: scale * bitmap.width,
    height: scale * bitmap.height,
    layer: [
      imageLayer(bitmap, scale),
      {
        // Unseen, for the sake of its legend.
        data: { values: [{ weight: -reach }, { weight: reach }] },
        mark: { type: 'point', opacity: 0 },
        encoding: {
          x: { value: 0 },
          y: { value: 0 },
          color: {
            field: 'weight',
            type: 'quantitative',
            scale: { scheme: 'redblue', reverse: true },
            legend: {
              format: '.2f',
              values: [-1, -0.5, 0, 0.5, 1].map((share) => share * reach),
              gradientLength: 160,
            },
          },
        },
      },
    ],
  });
}

/** Colours from blue through white to red, each as [red, green, blue]. */
function diverging(count: number): number[][] {
  const colour: (share: number) => string = scheme('redblue');
  return Array.from({ length: count }, (_, i) =>
    colour(1 - i / (count - 1))
      .match(/\d+/g)!
      .map(Number),
  );
}

/** The pixels of a digit's row and column. */
const side = 28;

/** Misclassified digits with what they are and what they were taken for, as PNG, ten in a row. */
export function drawMistakes(mistakes: readonly Mistake[], title: Title): Promise<Uint8Array> {
  const values = mistakes.map(({ image, label, predicted, confidence }, i) => ({
    column: i % 10,
    row: Math.floor(i / 10),
    url: imageUrl({
      width: side,
      height: side,
      kind: 'grey',
      pixels: Uint8Array.from(image, (grey) => 255.5 - 255 * grey),
    }),
    label: `true ${label}`,
    predicted: `predicted ${predicted}, ${Math.floor(100 * confidence)} %`,
  }));
  const line = (field: 'label' | 'predicted', yOffset: number, color: string) => ({
    mark: { type: 'text' as const, yOffset, fontSize: 11, color },
    encoding: { text: { field } },
  });
  return drawPng({
    title,
    data: { values },
    width: { step: 104 },
    height: { step: 104 },
    encoding: {
      x: { field: 'column', type: 'ordinal', axis: null },
      y: { field: 'row', type: 'ordinal', axis: null },
    },
    layer: [
      {
        mark: { type: 'image', width: 2 * side, height: 2 * side, yOffset: -14 },
        encoding: { url: { field: 'url' } },
      },
      line('label', 24, ink),
      line('predicted', 39, signal),
    ],
  });
}

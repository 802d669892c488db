import type { Tensor } from 'tensortape';
import { scheme } from 'vega';
import { drawPng, drawSvg, imageUrl, ink, signal } from './draw.ts';
import type { History } from './history.ts';
import type { Mistake } from './mistakes.ts';
import type { Scores } from './train.ts';

/** A picture's heading. */
export interface Title {
  text: string;
  subtitle: string | string[];
}

/** The least loss on the logarithmic axis, on which 0 has no place. */
const leastLoss = 1e-6;
const lossTicks = [-6, -5, -4, -3, -2, -1, 0, 1, 2].flatMap((power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
);

/** Loss and accuracy over the training, side by side, as SVG. */
export function drawCurves({ moments, epochs }: History, title: Title): Promise<string> {
  const [training, validation] = ['training, as it goes', 'validation, after each epoch'];
  const point = (set: string, epoch: number, { loss, accuracy }: Scores) => ({
    set,
    epoch,
    loss: Math.max(loss, leastLoss),
    accuracy,
  });
  const values = [
    ...moments.map((moment) => point(training, moment.epoch, moment)),
    ...epochs.map((record) => point(validation, record.epoch, record.validation)),
  ];
  const panel = (field: keyof Scores, title: string, scale: object, axis: object) => ({
    width: 340,
    height: 240,
    encoding: {
      x: {
        field: 'epoch',
        type: 'quantitative' as const,
        axis: { tickMinStep: 1, format: 'd', grid: false },
      },
      y: {
        field,
        type: 'quantitative' as const,
        title,
        scale,
        axis: { domain: false, ticks: false, ...axis },
      },
      color: {
        field: 'set',
        type: 'nominal' as const,
        title: null,
        scale: { domain: [training, validation], range: ['#7aa6d1', signal] },
        legend: { orient: 'top' as const, symbolType: 'stroke', symbolStrokeWidth: 3 },
      },
    },
    layer: [
      {
        transform: [{ filter: { field: 'set', equal: training } }],
        mark: { type: 'line' as const, strokeWidth: 1.5 },
      },
      {
        transform: [{ filter: { field: 'set', equal: validation } }],
        mark: { type: 'line' as const, strokeWidth: 2, point: { size: 45, filled: true } },
      },
    ],
  });
  return drawSvg({
    title,
    data: { values },
    spacing: 40,
    hconcat: [
      panel(
        'loss',
        'loss (cross-entropy, nats)',
        { type: 'log', nice: false, padding: 8 },
        { format: '~g', values: lossTicks },
      ),
      panel('accuracy', 'accuracy', { zero: false }, { format: '.0%', tickCount: 6 }),
    ],
  });
}

const side = 28;
/** Of red, and of blue: more would double the size of the file, and not be seen. */
const shades = 20;

/**
 * Weights of the first layer as PNG: a tile for each hidden unit, red where ink strengthens it, blue where ink weakens it.
 *
 * @param weights units x 784.
 */
export function drawWeights(weights: Tensor, title: Title): Promise<Uint8Array> {
  const units = weights.shape[0]!;
  const columns = Math.min(16, units);
  const [width, height] = [columns * (side + 1) - 1, Math.ceil(units / columns) * (side + 1) - 1];
  const values = Float32Array.from(weights.toTypedArray());
  // The few weights beyond it would leave all others pale.
  const reach = values.map(Math.abs).sort()[Math.floor(0.998 * values.length)]!;
  const colours = diverging(2 * shades + 1);

  const pixels = new Uint8Array(3 * width * height).fill(255);
  for (const [i, weight] of values.entries()) {
    const [unit, row, column] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
    const x = (unit % columns) * (side + 1) + column;
    const y = Math.floor(unit / columns) * (side + 1) + row;
    const share = Math.min(1, Math.max(-1, weight / reach));
    pixels.set(colours[Math.round(shades * (share + 1))]!, 3 * (y * width + x));
  }

  const scale = 1.5;
  return drawPng({
    title,
    width: scale * width,
    height: scale * height,
    layer: [
      {
        data: { values: [{ url: imageUrl({ width, height, kind: 'rgb', pixels }) }] },
        mark: { type: 'image', width: scale * width, height: scale * height },
        encoding: {
          x: { value: (scale * width) / 2 },
          y: { value: (scale * height) / 2 },
          url: { field: 'url' },
        },
      },
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

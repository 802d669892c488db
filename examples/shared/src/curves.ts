import { drawSvg, signal, type Title } from './draw.ts';

/** Figures at a moment of the training, by their names. */
export type Point = Readonly<Record<string, number>>;

/** A chart of one figure: its name in the points, what stands at its axis, and Vega-Lite's scale and axis. */
export interface Panel {
  field: string;
  title: string;
  scale: object;
  axis: object;
}

/** What {@link drawCurves} draws. */
export interface Curves {
  title: Title;
  /** The figure that counts the training. */
  x: 'epoch' | 'step';
  training: readonly Point[];
  validation: readonly Point[];
  /** Side by side. */
  panels: readonly Panel[];
}

/** The least loss on the logarithmic axis, on which 0 has no place. */
const leastLoss = 1e-6;
const lossTicks = [-6, -5, -4, -3, -2, -1, 0, 1, 2].flatMap((power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
);

/** The panel of `loss`, on a logarithmic axis. */
export const lossPanel = (title: string): Panel => ({
  field: 'loss',
  title,
  scale: { type: 'log', nice: false, padding: 8 },
  axis: { format: '~g', values: lossTicks },
});

/** How figures change over the training, as SVG: a thin line for the training set, a thick one for the validation set. */
export function drawCurves({ title, x, training, validation, panels }: Curves): Promise<string> {
  const names = ['training, as it goes', `validation, after ${x === 'epoch' ? 'each epoch' : 'some steps'}`];
  const [thin, thick] = names as [string, string];
  const labelled = (set: string, points: readonly Point[]) =>
    points.map(({ loss = 0, ...others }) => ({ set, loss: Math.max(loss, leastLoss), ...others }));
  const only = (set: string) => [{ filter: { field: 'set', equal: set } }];
  return drawSvg({
    title,
    data: { values: [...labelled(thin, training), ...labelled(thick, validation)] },
    spacing: 40,
    hconcat: panels.map(({ field, title, scale, axis }) => ({
      width: 340,
      height: 240,
      encoding: {
        x: { field: x, type: 'quantitative', axis: { tickMinStep: 1, format: 'd', grid: false } },
        y: { field, type: 'quantitative', title, scale, axis: { domain: false, ticks: false, ...axis } },
        color: {
          field: 'set',
          type: 'nominal',
          title: null,
          scale: { domain: names, range: ['#7aa6d1', signal] },
          legend: { orient: 'top', symbolType: 'stroke', symbolStrokeWidth: 3 },
        },
      },
      layer: [
        { transform: only(thin), mark: { type: 'line', strokeWidth: 1.5 } },
        {
          transform: only(thick),
          mark: { type: 'line', strokeWidth: 2, point: { size: 45, filled: true } },
        },
      ],
    })),
  });
}

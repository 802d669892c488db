import { ArgumentError } from '@tensortape/autograd';
import { type AxisScale, extent, logTicks, widened } from './axes.ts';
import { palette } from './look.ts';
import { type Heading, Picture, titleOf } from './picture.ts';
import { isolated, thin } from './thin.ts';

/** Values along an axis, such as `History.series` gives: as many of both. */
export interface CurveSeries {
  /** Where each value belongs: the step, the epoch. */
  readonly at: ArrayLike<number>;
  /** The values; the line is broken where one is NaN or infinite. */
  readonly values: ArrayLike<number>;
  /** What stands for the values, 'line' unless given; 'points' suit measurements, in any order. */
  readonly mark?: 'line' | 'points';
}

/** One chart of {@link curves}. */
export interface CurvePanel {
  /** What the values are, with their unit: `loss (nats)`. */
  readonly y: string;
  /** The curves by name; of one name in several panels all are drawn in one colour. */
  readonly series: Readonly<Record<string, CurveSeries>>;
  /** How the values are spaced, 'linear' unless given. On a logarithmic axis values of 0 and less have no place: they are gaps. */
  readonly scale?: AxisScale;
  /** How the values are written: shares of 1 as 'percent', or as 'number', unless given. */
  readonly format?: 'number' | 'percent';
}

/** Options of {@link curves}. */
export interface CurvesOptions extends Heading {
  /** What the axis counts: `epoch` and `step` have whole numbers on it. */
  readonly x: string;
  /** The charts. */
  readonly panels: readonly CurvePanel[];
  /** How many stand in a row; 2 unless given. */
  readonly columns?: number;
}

/** Points beyond this number could not be told apart. */
const mostPoints = 1500;
/** Up to so many points each of them is marked. */
const fewPoints = 25;
/** From so many points on a line is thin: it may be a band of noise that covers others. */
const manyPoints = 400;
const [width, height] = [340, 240];

/**
 * Curves over a training: losses, accuracies, norms, several in one chart and several charts in one picture. Curves of any length
 * are thinned to what can be seen, without losing peaks.
 *
 * @param options See {@link CurvesOptions}.
 * @throws ArgumentError without a panel or series, and for series that do not have as many values as places.
 *
 * @example
 * ```ts
 * import { curves } from '@tensortape/plot';
 *
 * const at = [1, 2, 3];
 * const picture = curves({
 *   title: 'Training a small network',
 *   x: 'epoch',
 *   panels: [
 *     {
 *       y: 'loss (nats)',
 *       scale: 'log',
 *       series: { training: { at, values: [1.2, 0.5, 0.2] }, validation: { at, values: [1.3, 0.7, 0.6] } },
 *     },
 *     { y: 'accuracy', format: 'percent', series: { validation: { at, values: [0.6, 0.8, 0.85] } } },
 *   ],
 * });
 * console.log((await picture.toSvg()).includes('loss (nats)')); // true
 * ```
 */
export function curves({ x, panels, columns = 2, ...heading }: CurvesOptions): Picture {
  const names = [...new Set(panels.flatMap(({ series }) => Object.keys(series)))];
  if (names.length === 0)
    throw new ArgumentError('curves: there is nothing to draw; pass a panel with a series');
  return new Picture({
    ...titleOf(heading),
    columns,
    spacing: 40,
    concat: panels.map((panel) => panelSpec(x, panel, names)),
  });
}

function panelSpec(
  x: string,
  { y, series, scale = 'linear', format = 'number' }: CurvePanel,
  names: readonly string[],
) {
  const lines = Object.entries(series).map(([name, one]) => {
    if (one.at.length !== one.values.length) {
      throw new ArgumentError(
        `curves: '${name}' has ${one.values.length} values at ${one.at.length} places; pass one place for each value`,
      );
    }
    const all = Array.from(one.values, (value, i) => ({
      at: one.at[i]!,
      value: Number.isFinite(value) && (scale === 'linear' || value > 0) ? value : null,
    }));
    return {
      name,
      points: one.mark === 'points' ? all : thin(all, mostPoints),
      line: one.mark !== 'points',
      few: all.length <= fewPoints,
      many: all.length >= manyPoints,
    };
  });
  const values = lines.flatMap(({ name, points, line, many }) =>
    points.map((point) => ({ ...point, name, line, many })),
  );
  const marked = lines.flatMap(({ name, points, line, few }) =>
    (few || !line ? points : isolated(points)).map((point) => ({ ...point, name })),
  );
  const span = widened(extent(values.map(({ value }) => value ?? Number.NaN)) ?? [1, 1], scale);
  const whole = values.every(({ at }) => Number.isInteger(at)) || x === 'epoch' || x === 'step';
  const [first, last] = widened(extent(values.map(({ at }) => at)) ?? [0, 1], 'linear');
  const places = whole ? [Math.floor(first), Math.ceil(last)] : [first, last];
  return {
    width,
    height,
    data: { values: values.filter(({ line }) => line) },
    encoding: {
      x: {
        field: 'at',
        type: 'quantitative' as const,
        title: x,
        scale: { domain: places, nice: false },
        axis: {
          grid: false,
          tickCount: 6,
          labelFlush: false,
          ...(whole && { tickMinStep: 1, format: ',d' }),
        },
      },
      y: {
        field: 'value',
        type: 'quantitative' as const,
        title: y,
        scale:
          scale === 'log'
            ? { type: scale, domain: span, nice: false, padding: 8 }
            : { type: scale, domain: span, nice: true, zero: false },
        axis: { domain: false, ticks: false, tickCount: 6, ...ticksOf(span, scale, format) },
      },
      color: {
        field: 'name',
        type: 'nominal' as const,
        title: null,
        scale: { domain: [...names], range: names.map((_, i) => palette[i % palette.length]!) },
        legend:
          names.length === 1
            ? null
            : { orient: 'top' as const, symbolType: 'stroke' as const, symbolStrokeWidth: 3, columns: 6 },
      },
    },
    layer: [
      lineLayer('datum.many', 0.9),
      lineLayer('!datum.many', 1.75),
      { data: { values: marked }, mark: { type: 'point' as const, filled: true, opacity: 1, size: 28 } },
    ],
  };
}

const lineLayer = (filter: string, strokeWidth: number) => ({
  transform: [{ filter }],
  mark: {
    type: 'line' as const,
    strokeWidth,
    strokeJoin: 'round' as const,
    invalid: 'break-paths-show-domains' as const,
  },
});

/** Where an axis has ticks, and how they are written. */
function ticksOf(span: readonly [number, number], scale: AxisScale, format: 'number' | 'percent') {
  const values = scale === 'log' ? logTicks(span) : undefined;
  const [low, high] = span;
  if (format === 'percent') return { ...(values && { values }), format: high - low < 0.06 ? '.1%' : '.0%' };
  if (values === undefined) return {};
  return { values, format: low < 1e-4 || high >= 1e5 ? '.0e' : '~g' };
}

import { ArgumentError, Tensor } from '@tensortape/autograd';
import { extent, widened } from './axes.ts';
import { palette } from './look.ts';
import { type Heading, Picture, titleOf } from './picture.ts';

/** Numbers to count. */
export type Sample = Tensor | ArrayLike<number>;

/** Options of {@link histogram}. */
export interface HistogramOptions extends Heading {
  /** What the values are, with their unit. */
  readonly x: string;
  /** Into how many intervals their span is divided; unless given, by the rule of Freedman and Diaconis, 5 to 60. */
  readonly bins?: number;
}

/**
 * How often values occur in each of some intervals; of several samples as shares, one over the other. NaN and infinities are left
 * out, and counted below the title.
 *
 * @param samples The values, or several samples by name.
 * @param options See {@link HistogramOptions}.
 * @throws ArgumentError where there is no finite value.
 *
 * @example
 * ```ts
 * import { Generator, randn } from '@tensortape/autograd';
 * import { histogram } from '@tensortape/plot';
 *
 * const weights = randn([1000], { generator: new Generator(0) });
 * const svg = await histogram(weights, { title: 'Initial weights', x: 'weight' }).toSvg();
 * console.log(svg.includes('count')); // true
 * ```
 */
export function histogram(
  samples: Sample | Readonly<Record<string, Sample>>,
  { x, bins, ...heading }: HistogramOptions,
): Picture {
  const named: Readonly<Record<string, Sample>> = isSample(samples) ? { '': samples } : samples;
  const names = Object.keys(named);
  const all = Object.values(named).map((sample) =>
    Array.from(sample instanceof Tensor ? sample.toTypedArray() : sample),
  );
  const finite = all.map((values) => values.filter(Number.isFinite));
  const span = extent(finite.flat());
  if (span === undefined) throw new ArgumentError('histogram: there is no finite value; pass at least one');
  const [low, high] = widened(span, 'linear');
  const count = bins ?? intervals(finite.flat(), high - low);
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError(`histogram: bins must be a whole number >= 1, got ${count}`);
  }
  const several = names.length > 1;
  const values = finite.flatMap((numbers, k) => {
    const counts = new Array<number>(count).fill(0);
    for (const value of numbers)
      counts[Math.min(count - 1, Math.floor(((value - low) / (high - low)) * count))]!++;
    const edge = (i: number) => low + (i / count) * (high - low);
    return counts.map((found, i) => ({
      from: edge(i),
      to: edge(i + 1),
      found: several ? found / Math.max(1, numbers.length) : found,
      name: names[k],
    }));
  });
  const left = all.flat().length - finite.flat().length;
  const note =
    left === 0 ? [] : [`${left.toLocaleString('en')} of the values ${left === 1 ? 'is' : 'are'} not finite`];
  const { subtitle = [] } = heading;
  const lines = [...(typeof subtitle === 'string' ? [subtitle] : subtitle), ...note];
  return new Picture({
    ...titleOf({ ...heading, ...(lines.length > 0 && { subtitle: lines }) }),
    width: 420,
    height: 240,
    data: { values },
    mark: { type: 'bar', opacity: several ? 0.55 : 1, binSpacing: count > 40 ? 0 : 1, stroke: null },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        bin: { binned: true },
        title: x,
        scale: { domain: [low, high], nice: false, zero: false },
        axis: { grid: false, tickCount: 8 },
      },
      x2: { field: 'to' },
      y: {
        field: 'found',
        type: 'quantitative',
        stack: null,
        title: several ? 'share' : 'count',
        axis: {
          domain: false,
          ticks: false,
          tickCount: 5,
          ...(several ? { format: '~%' } : { tickMinStep: 1, format: ',d' }),
        },
      },
      color: several
        ? {
            field: 'name',
            type: 'nominal',
            title: null,
            scale: { domain: names, range: names.map((_, i) => palette[i % palette.length]!) },
            legend: { orient: 'top', columns: 6 },
          }
        : { value: palette[0]! },
    },
  });
}

function isSample(samples: Sample | Readonly<Record<string, Sample>>): samples is Sample {
  return samples instanceof Tensor || Array.isArray(samples) || ArrayBuffer.isView(samples);
}

/** Freedman and Diaconis (1981): intervals of 2 IQR / n^(1/3). */
function intervals(values: number[], width: number): number {
  const sorted = Float64Array.from(values).sort();
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const interval = (2 * (quantile(0.75) - quantile(0.25))) / Math.cbrt(sorted.length);
  const count = interval > 0 ? Math.ceil(width / interval) : 5;
  return Math.min(60, Math.max(5, count));
}

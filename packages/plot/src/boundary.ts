import { ArgumentError, formatShape, noGrad, ShapeError, type Tensor, tensor } from '@tensortape/autograd';
import { extent, widened } from './axes.ts';
import { imageLayer } from './bitmap.ts';
import { palette } from './look.ts';
import { type Heading, Picture, titleOf } from './picture.ts';

/** Options of {@link decisionBoundary}. */
export interface BoundaryOptions extends Heading {
  /** What stands at the axes; `x1` and `x2` unless given. */
  readonly axes?: readonly [x: string, y: string];
  /** The names of the classes; their numbers unless given. */
  readonly labels?: readonly string[];
  /** Into how many places each axis is divided; 240 unless given. */
  readonly resolution?: number;
  /** Width and height of the plane in pixels of the chart; 360 unless given. */
  readonly side?: number;
  /** Whether the names of the classes stand beside the plane; true unless given. */
  readonly legend?: boolean;
}

/**
 * Which class a model gives each place of the plane, as pale areas, and the samples that it learnt from, as points.
 *
 * @param predict Gives the classes of points (M, 2): labels of shape (M), or scores (M, classes), of which the largest counts. It is
 *   called once, without recording, with float32 points.
 * @param points The samples, of shape (N, 2).
 * @param targets Their labels, of shape (N).
 * @param options See {@link BoundaryOptions}.
 * @throws ShapeError for other shapes; ArgumentError for labels that are no whole numbers from 0 on, or have no name.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { decisionBoundary } from '@tensortape/plot';
 *
 * const points = tensor([[0, 0], [1, 1], [0, 1]]);
 * const picture = decisionBoundary((x) => x.select(1, 1).gt(0.5).to('int32'), points, tensor([0, 1, 1]), { title: 'Halves' });
 * console.log((await picture.toSvg()).includes('Halves')); // true
 * ```
 */
export function decisionBoundary(
  predict: (points: Tensor) => Tensor,
  points: Tensor,
  targets: Tensor,
  {
    axes = ['x1', 'x2'],
    labels,
    resolution = 240,
    side = 360,
    legend = true,
    ...heading
  }: BoundaryOptions = {},
): Picture {
  if (points.ndim !== 2 || points.shape[1] !== 2 || targets.ndim !== 1 || targets.size !== points.shape[0]) {
    throw new ShapeError(
      `decisionBoundary: expected points of shape (N, 2) and targets of shape (N), got ${formatShape(points.shape)} and ${formatShape(targets.shape)}`,
    );
  }
  if (!Number.isInteger(resolution) || resolution < 2) {
    throw new ArgumentError(`decisionBoundary: resolution must be a whole number >= 2, got ${resolution}`);
  }
  const places = points.toTypedArray();
  const spans = [0, 1].map((axis) => spanOf(places.filter((_, i) => i % 2 === axis)));
  const [x, y] = spans as [Span, Span];
  const truth = classesOf('targets', targets, targets.size);
  const areas = classesOf('the predictions', predicted(predict, x, y, resolution), resolution ** 2);
  const count = Math.max(...truth, ...new Set(areas)) + 1;
  const names = labels ?? Array.from({ length: count }, (_, i) => String(i));
  if (names.length < count) {
    throw new ArgumentError(
      `decisionBoundary: ${names.length} labels for ${count} classes; pass one for each`,
    );
  }
  const colours = names.map((_, i) => palette[i % palette.length]!);

  const pixels = new Uint8Array(3 * areas.length);
  for (const [i, label] of areas.entries()) pixels.set(pale(colours[label]!), 3 * i);
  const axis = (field: string, title: string, domain: Span) => ({
    field,
    type: 'quantitative' as const,
    title,
    scale: { domain: [...domain], nice: false },
    axis: { grid: false, tickCount: 6 },
  });
  return new Picture({
    ...titleOf(heading),
    width: side,
    height: side,
    layer: [
      imageLayer({ width: resolution, height: resolution, kind: 'rgb', pixels }, side, side),
      {
        data: {
          values: truth.map((label, i) => ({ x: places[2 * i], y: places[2 * i + 1], name: names[label] })),
        },
        mark: {
          type: 'circle',
          size: truth.length > 500 ? 18 : 36,
          opacity: 1,
          stroke: 'white',
          strokeWidth: 0.8,
        },
        encoding: {
          x: axis('x', axes[0], x),
          y: axis('y', axes[1], y),
          color: {
            field: 'name',
            type: 'nominal',
            title: 'class',
            scale: { domain: [...names], range: colours },
            legend: legend ? { symbolOpacity: 1, symbolSize: 70 } : null,
          },
        },
      },
    ],
  });
}

type Span = readonly [low: number, high: number];

/** What an axis spans: the points, and a twelfth of their span around them. */
function spanOf(values: ArrayLike<number>): Span {
  const [low, high] = widened(extent(Array.from(values)) ?? [0, 1], 'linear');
  const room = (high - low) / 12;
  return [low - room, high + room];
}

/** The labels of the places in the middle of each pixel, row by row from the top. */
function predicted(predict: (points: Tensor) => Tensor, x: Span, y: Span, resolution: number): Tensor {
  const middle = ([low, high]: Span, i: number) => low + ((i + 0.5) / resolution) * (high - low);
  const places = new Float32Array(2 * resolution ** 2);
  for (let row = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++) {
      const at = 2 * (row * resolution + column);
      places[at] = middle(x, column);
      places[at + 1] = middle(y, resolution - 1 - row);
    }
  }
  const output = noGrad(() => predict(tensor(places, { shape: [resolution ** 2, 2] })));
  return output.ndim === 2 && output.shape[1]! > 1 ? output.argmax(1) : output;
}

function classesOf(name: string, labels: Tensor, count: number): number[] {
  if (labels.ndim !== 1 || labels.size !== count) {
    throw new ShapeError(
      `decisionBoundary: expected ${name} as labels of shape (${count}), or scores of two or more classes, got ${formatShape(labels.shape)}`,
    );
  }
  const values = Array.from(labels.toTypedArray());
  const wrong = values.find((value) => !Number.isInteger(value) || value < 0);
  if (wrong !== undefined) {
    throw new ArgumentError(
      `decisionBoundary: ${name} hold ${wrong}, not a label (a whole number >= 0); of probabilities give p.gt(0.5).to('int32')`,
    );
  }
  return values;
}

/** A colour mixed with white: red, green and blue. */
function pale(colour: string): number[] {
  return [1, 3, 5].map((at) =>
    Math.round(255 - 0.28 * (255 - Number.parseInt(colour.slice(at, at + 2), 16))),
  );
}

import { ArgumentError, formatShape, ShapeError, type Tensor } from '@tensortape/autograd';
import { ink } from './look.ts';
import { type Heading, Picture, titleOf } from './picture.ts';

/** Options of {@link confusionPicture}. */
export interface ConfusionOptions extends Heading {
  /** The names of the classes; their numbers unless given. */
  readonly labels?: readonly string[];
}

/**
 * A confusion matrix: a row for each true class, a column for each predicted one, darker where more of a row are. Counts and shares
 * stand in the cells while there is room.
 *
 * @param matrix Counts or shares of shape (classes, classes), as `confusionMatrix` of `@tensortape/train` gives them.
 * @param options See {@link ConfusionOptions}.
 * @throws ShapeError unless it is square; ArgumentError for another number of labels.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { confusionPicture } from '@tensortape/plot';
 *
 * const matrix = tensor([[50, 2], [7, 41]], { dtype: 'int32' });
 * const svg = await confusionPicture(matrix, { title: 'Cats and dogs', labels: ['cat', 'dog'] }).toSvg();
 * console.log(svg.includes('predicted class')); // true
 * ```
 */
export function confusionPicture(matrix: Tensor, { labels, ...heading }: ConfusionOptions = {}): Picture {
  const [size, width] = matrix.shape;
  if (matrix.ndim !== 2 || size !== width || size === 0) {
    throw new ShapeError(
      `confusionPicture: expected a matrix of shape (classes, classes), got ${formatShape(matrix.shape)}`,
    );
  }
  if (labels !== undefined && labels.length !== size) {
    throw new ArgumentError(
      `confusionPicture: ${labels.length} labels for ${size} classes; pass one for each`,
    );
  }
  const counts = Array.from(matrix.toTypedArray());
  const names = labels ?? Array.from({ length: size! }, (_, i) => String(i));
  const whole = counts.every(Number.isInteger);
  const values = counts.map((count, i) => {
    const row = Math.floor(i / size!);
    const sum = counts.slice(row * size!, (row + 1) * size!).reduce((a, b) => a + b, 0);
    const share = sum === 0 ? 0 : count / sum;
    // By number: two classes may have one name.
    return {
      row,
      column: i % size!,
      share,
      text: whole ? count.toLocaleString('en') : count.toFixed(2),
      dark: share > 0.5,
    };
  });
  const step = size! <= 12 ? 44 : size! <= 30 ? 20 : Math.max(4, 600 / size!);
  const axis = (title: string) => ({
    title,
    domain: false,
    ticks: false,
    labelExpr: `${JSON.stringify(names)}[datum.value]`,
    labelOverlap: size! > 12,
    labelLimit: 0,
    labelPadding: 6,
  });
  const cells = {
    mark: { type: 'rect' as const, stroke: '#e5e8ec', strokeWidth: step > 10 ? 1 : 0 },
    encoding: {
      color: {
        field: 'share',
        type: 'quantitative' as const,
        title: 'share of the true class',
        scale: { domain: [0, 0.5, 1], range: ['white', '#6aaed6', '#08417f'], interpolate: 'rgb' as const },
        legend: {
          format: '.0%',
          values: [0, 0.5, 1],
          gradientLength: Math.min(160, Math.max(60, step * size!)),
          titleLimit: 0,
        },
      },
    },
  };
  const texts = {
    mark: { type: 'text' as const, fontSize: 11 },
    encoding: {
      text: { field: 'text' },
      color: { condition: { test: 'datum.dark', value: 'white' }, value: ink },
    },
  };
  return new Picture({
    ...titleOf(heading),
    data: { values },
    width: { step },
    height: { step },
    encoding: {
      x: {
        field: 'column',
        type: 'ordinal',
        axis: { ...axis('predicted class'), labelAngle: labels ? -40 : 0 },
      },
      y: { field: 'row', type: 'ordinal', axis: axis('true class') },
    },
    layer: size! <= 12 ? [cells, texts] : [cells],
  });
}

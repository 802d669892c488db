import { type Bitmap, drawPng, drawSvg, imageLayer, type Title } from '@tensortape/example-shared/pictures';
import type { Tensor } from 'tensortape';

/** One chart of {@link curves}: values by name, an element for each step, or for each of `at`. */
export interface Panel {
  y: string;
  series: Readonly<Record<string, { at?: readonly number[]; values: readonly number[] }>>;
  scale?: 'linear' | 'log';
  format?: 'percent';
}

const palette = ['#3b6fb6', '#d9483b', '#3c9d6b', '#8a63b5'];
/** More points of a line cannot be told apart. */
const mostPoints = 400;

/** Curves over a training, charts side by side, as SVG. */
export function curves({
  title,
  x,
  panels,
}: {
  title: Title;
  x: string;
  panels: readonly Panel[];
}): Promise<string> {
  const names = [...new Set(panels.flatMap(({ series }) => Object.keys(series)))];
  return drawSvg({
    title,
    columns: 2,
    spacing: 40,
    concat: panels.map(({ y, series, scale = 'linear', format }) => ({
      width: 340,
      height: 240,
      data: { values: Object.entries(series).flatMap(([name, line]) => pointsOf(name, line)) },
      mark: { type: 'line' as const, strokeWidth: 1.75 },
      encoding: {
        x: {
          field: 'at',
          type: 'quantitative' as const,
          title: x,
          axis: { grid: false, tickCount: 6, format: ',d' },
        },
        y: {
          field: 'value',
          type: 'quantitative' as const,
          title: y,
          scale: { type: scale, zero: false },
          axis: { domain: false, ticks: false, tickCount: 6, ...(format && { format: '.0%' }) },
        },
        color: {
          field: 'name',
          type: 'nominal' as const,
          title: null,
          scale: { domain: names, range: palette.slice(0, names.length) },
          legend:
            names.length === 1 ? null : { orient: 'top' as const, symbolType: 'stroke' as const, columns: 4 },
        },
      },
    })),
  });
}

/** The points of a line; a long one is thinned to means of neighbours. */
function pointsOf(name: string, { at, values }: { at?: readonly number[]; values: readonly number[] }) {
  const size = Math.ceil(values.length / mostPoints);
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
    const some = values.slice(i * size, (i + 1) * size);
    return {
      name,
      at: at?.[i * size] ?? i * size,
      value: some.reduce((sum, value) => sum + value) / some.length,
    };
  });
}

/** Images with what stands below them. */
export interface Grid {
  caption: string;
  /** N x channels x rows x columns, of one channel or three. */
  images: Tensor;
  /** Whether black and white are the least and largest value of each image by itself, or of all of them. */
  range: 'each' | 'shared';
  columns?: number;
}

/** Grids of images side by side, as PNG; `scale` points a pixel. */
export function imageGrids({
  title,
  grids,
  scale,
}: {
  title: Title;
  grids: readonly Grid[];
  scale: number;
}): Promise<Uint8Array> {
  return drawPng({
    title,
    spacing: 24,
    hconcat: grids.map((grid) => {
      const bitmap = bitmapOf(grid);
      return {
        title: { text: grid.caption, fontSize: 12, fontWeight: 400, offset: 8 },
        width: scale * bitmap.width,
        height: scale * bitmap.height,
        layer: [imageLayer(bitmap, scale)],
      };
    }),
  });
}

/** Cells of a square grid, of ceil(sqrt(N)) columns unless given, with a line of one pixel in between. */
function bitmapOf({ images, range, columns }: Grid): Bitmap {
  const [count, channels, rows, width] = images.shape as [number, number, number, number];
  const cells = columns ?? Math.ceil(Math.sqrt(count));
  const [across, down] = [cells * (width + 1) - 1, Math.ceil(count / cells) * (rows + 1) - 1];
  const pixels = new Uint8Array(3 * across * down).fill(255);
  const all = images.detach().to('float64');
  for (let n = 0; n < count; n++) {
    const bounds = range === 'each' ? all.at(n) : all;
    const [low, high] = [bounds.min().item(), bounds.max().item()];
    const levels = all
      .at(n)
      .sub(low)
      .mul(255 / (high - low || 1))
      .round()
      .toTypedArray();
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < width; column++) {
        const [x, y] = [(n % cells) * (width + 1) + column, Math.floor(n / cells) * (rows + 1) + row];
        for (let colour = 0; colour < 3; colour++) {
          const plane = Math.min(colour, channels - 1);
          pixels[3 * (y * across + x) + colour] = Number(levels[(plane * rows + row) * width + column]);
        }
      }
    }
  }
  return { width: across, height: down, kind: 'rgb', pixels };
}

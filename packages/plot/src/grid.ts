import { ArgumentError, cat, formatShape, ShapeError, type Tensor } from '@tensortape/autograd';
import { extent } from './axes.ts';
import { type Bitmap, imageLayer, imageUrl } from './bitmap.ts';
import { ink, signal } from './look.ts';
import { type Heading, Picture, titleOf } from './picture.ts';

/**
 * Which values are black and white: two numbers; 'shared', the smallest and largest of all images; 'each', those of each image by
 * itself.
 */
export type ImageRange = readonly [black: number, white: number] | 'shared' | 'each';

/** Options of {@link imageGrid} and {@link weightGrid}. */
export interface GridOptions extends Heading {
  /** Which values are black and white. */
  readonly range?: ImageRange;
  /** How many images stand in a row; as many as make the grid square, ceil(sqrt(N)), unless given. */
  readonly columns?: number;
  /** What stands below each image. */
  readonly labels?: readonly string[];
  /** What stands below the label in the colour that calls for attention, such as a wrong answer. */
  readonly notes?: readonly string[];
  /**
   * What one channel is drawn in: 'greys', unless given; or 'signed', from blue for negative values through white for 0 to red, by one
   * measure for all images (a few outliers are cut), which stands beside them.
   */
  readonly colours?: 'greys' | 'signed';
  /** How wide an image is in the picture, in pixels; unless given, so wide that the grid fills about 560. */
  readonly imageWidth?: number;
}

/** How wide a grid should be, and how wide an image at most. */
const [gridWidth, mostWidth] = [560, 224];

/**
 * Images in rows and columns, as samples of a dataset or an image beside its filtered forms.
 *
 * @param images Of shape (N, height, width), or (N, channels, height, width) with one channel for grey or three for colours; or a list of
 *   images without N, all of one size.
 * @param options See {@link GridOptions}. `range` is [0, 255] for uint8 and [0, 1] for floats, unless given; beyond it values are
 *   black or white.
 * @throws ShapeError for other shapes; ArgumentError without images, or for another number of labels.
 *
 * @example
 * ```ts
 * import { Generator, rand } from '@tensortape/autograd';
 * import { imageGrid } from '@tensortape/plot';
 *
 * const images = rand([5, 3, 8, 8], { generator: new Generator(0) });
 * const png = await imageGrid(images, { title: 'Noise', labels: ['a', 'b', 'c', 'd', 'e'] }).toPng();
 * console.log(new TextDecoder().decode(png.subarray(1, 4))); // PNG
 * ```
 */
export function imageGrid(images: Tensor | readonly Tensor[], options: GridOptions = {}): Picture {
  const stacked = stackImages('imageGrid', images);
  const { range = stacked.dtype === 'uint8' ? [0, 255] : [0, 1] } = options;
  return drawGrid('imageGrid', stacked, { ...options, range });
}

/**
 * Weights of a layer in a square of ceil(sqrt(N)) rows and columns with a line of one pixel between, each stretched to all greys or
 * colours of its own ('each'), or all by one measure ('shared').
 *
 * @param weights As the images of {@link imageGrid}: of a linear layer, `weight.reshape([-1, 28, 28])`; of a convolution, its weight.
 * @param options See {@link GridOptions}. `range` is 'each' unless given.
 * @throws ShapeError and ArgumentError as {@link imageGrid}.
 *
 * @example
 * ```ts
 * import { Generator, randn } from '@tensortape/autograd';
 * import { weightGrid } from '@tensortape/plot';
 *
 * const weights = randn([10, 28, 28], { generator: new Generator(0) });
 * const picture = weightGrid(weights, { title: 'Weights of the first layer', range: 'shared' });
 * console.log((await picture.toSvg()).length > 1000); // true
 * ```
 */
export function weightGrid(weights: Tensor | readonly Tensor[], options: GridOptions = {}): Picture {
  return drawGrid('weightGrid', stackImages('weightGrid', weights), { range: 'each', ...options });
}

/** All images as one tensor (N, channels, height, width). */
function stackImages(owner: string, images: Tensor | readonly Tensor[]): Tensor {
  const list = Array.isArray(images) ? images : undefined;
  if (list?.length === 0) throw new ArgumentError(`${owner}: there are no images; pass at least one`);
  const all = list === undefined ? (images as Tensor) : cat(list.map((image: Tensor) => image.unsqueeze(0)));
  const four = all.ndim === 3 ? all.unsqueeze(1) : all;
  const [count, channels, height, width] = four.shape;
  if (four.ndim !== 4 || (channels !== 1 && channels !== 3) || height === 0 || width === 0) {
    throw new ShapeError(
      `${owner}: expected images of shape (N, height, width), or (N, channels, height, width) with 1 or 3 channels, got ${formatShape(all.shape)}`,
    );
  }
  if (count === 0) throw new ArgumentError(`${owner}: there are no images; pass at least one`);
  return four.detach();
}

function drawGrid(
  owner: string,
  images: Tensor,
  {
    range,
    columns,
    labels,
    notes,
    imageWidth,
    colours = 'greys',
    ...heading
  }: GridOptions & { readonly range: ImageRange },
): Picture {
  const [count, channels, height, width] = images.shape as [number, number, number, number];
  const across = columns ?? Math.ceil(Math.sqrt(count));
  if (!Number.isInteger(across) || across < 1) {
    throw new ArgumentError(`${owner}: columns must be a whole number >= 1, got ${across}`);
  }
  for (const texts of [labels, notes]) {
    if (texts !== undefined && texts.length !== count) {
      throw new ArgumentError(
        `${owner}: ${texts.length} labels or notes for ${count} images; pass one for each`,
      );
    }
  }
  if (colours === 'signed' && channels !== 1) {
    throw new ArgumentError(`${owner}: signed colours are for images of one channel, got ${channels}`);
  }
  const used = Math.min(across, count);
  const tileWidth = imageWidth ?? fitting(width, used);
  const tileHeight = (tileWidth * height) / width;
  const reach = colours === 'signed' ? reachOf(images) : undefined;
  const pixels = reach === undefined ? greys(images, range) : signed(images, reach);
  const legend = reach === undefined ? [] : [signedLegend(reach)];
  if (labels === undefined && notes === undefined) {
    const bitmap = tile(pixels, width, height, used);
    const [w, h] = [(tileWidth / width) * bitmap.width, (tileWidth / width) * bitmap.height];
    return new Picture({
      ...titleOf(heading),
      width: w,
      height: h,
      layer: [imageLayer(bitmap, w, h), ...legend],
    });
  }
  const longest = Math.max(...[...(labels ?? []), ...(notes ?? [])].map((text) => text.length));
  const lines = [labels, notes].filter((texts) => texts !== undefined).length;
  const below = 14 * lines;
  const text = (field: 'label' | 'note', line: number, color: string) => ({
    mark: {
      type: 'text' as const,
      yOffset: tileHeight / 2 - below / 2 + 12 + 14 * line,
      fontSize: 11,
      color,
      baseline: 'middle' as const,
    },
    encoding: { text: { field } },
  });
  return new Picture({
    ...titleOf(heading),
    data: {
      values: pixels.map((image, i) => ({
        column: i % used,
        row: Math.floor(i / used),
        url: imageUrl({ width, height, kind: 'rgb', pixels: image }),
        label: labels?.[i],
        note: notes?.[i],
      })),
    },
    width: { step: Math.max(tileWidth + 10, 6.2 * longest + 8) },
    height: { step: tileHeight + below + 14 },
    encoding: {
      x: { field: 'column', type: 'ordinal', axis: null },
      y: { field: 'row', type: 'ordinal', axis: null },
    },
    layer: [
      {
        mark: { type: 'image', width: tileWidth, height: tileHeight, yOffset: -below / 2, aspect: false },
        encoding: { url: { field: 'url' } },
      },
      ...(labels === undefined ? [] : [text('label', 0, ink)]),
      ...(notes === undefined ? [] : [text('note', lines - 1, signal)]),
      ...legend,
    ],
  });
}

/** How wide an image is: whole pixels for each of its own where there is room, so that all are of one size. */
function fitting(width: number, columns: number): number {
  const room = Math.min(mostWidth, gridWidth / columns);
  return room >= width ? width * Math.floor(room / width) : room;
}

/** Red, green and blue of each pixel, image by image. */
type Pixels = readonly Uint8Array[];

function greys(images: Tensor, range: ImageRange): Pixels {
  const [count, channels, height, width] = images.shape as [number, number, number, number];
  const values = images.toTypedArray();
  const area = height * width;
  const shared = range === 'shared' ? (extent(values) ?? [0, 1]) : undefined;
  return Array.from({ length: count }, (_, i) => {
    const own = values.subarray(i * channels * area, (i + 1) * channels * area);
    const [black, white] = typeof range === 'string' ? (shared ?? extent(own) ?? [0, 1]) : range;
    // One value throughout is a middle grey.
    const share = (value: number) => (white === black ? 0.5 : (value - black) / (white - black));
    return Uint8Array.from({ length: 3 * area }, (_, at) => {
      const value = own[(channels === 1 ? 0 : (at % 3) * area) + Math.floor(at / 3)]!;
      return Number.isNaN(value) ? 0 : Math.round(255 * Math.min(1, Math.max(0, share(value))));
    });
  });
}

/** Below this share of all absolute values; the few beyond it would leave all others pale. */
const reachShare = 0.998;
/** Of red, and of blue: more would double the size of the file, and not be seen. */
const shades = 20;
const [blue, white, red] = [
  [33, 102, 172],
  [247, 247, 247],
  [178, 24, 43],
] as const;

function reachOf(images: Tensor): number {
  const sizes = Float64Array.from(images.toTypedArray(), Math.abs).filter(Number.isFinite).sort();
  return sizes[Math.floor(reachShare * sizes.length)] || 1;
}

function signed(images: Tensor, reach: number): Pixels {
  const [count, , height, width] = images.shape as [number, number, number, number];
  const values = images.toTypedArray();
  return Array.from({ length: count }, (_, i) => {
    const pixels = new Uint8Array(3 * height * width);
    for (let at = 0; at < height * width; at++) {
      const share = Math.min(1, Math.max(-1, values[i * height * width + at]! / reach));
      const strength = Math.round(shades * Math.abs(share)) / shades || 0;
      const end = share < 0 ? blue : red;
      pixels.set(
        white.map((level, channel) => level + strength * (end[channel]! - level)),
        3 * at,
      );
    }
    return pixels;
  });
}

/** A measure of the colours: of marks that are not seen. */
const signedLegend = (reach: number) => ({
  data: { values: [{ value: -reach }, { value: reach }] },
  mark: { type: 'point' as const, opacity: 0 },
  encoding: {
    x: { value: 0 },
    y: { value: 0 },
    color: {
      field: 'value',
      type: 'quantitative' as const,
      scale: {
        domain: [-reach, 0, reach],
        range: [blue, white, red].map((levels) => `rgb(${levels.join(',')})`),
        interpolate: 'rgb' as const,
      },
      legend: {
        title: null,
        format: '.2~g',
        values: [-1, -0.5, 0, 0.5, 1].map((share) => share * reach),
        gradientLength: 160,
      },
    },
  },
});

/** Images in rows, with a white line of one pixel in between. */
function tile(images: Pixels, width: number, height: number, columns: number): Bitmap {
  const rows = Math.ceil(images.length / columns);
  const [fullWidth, fullHeight] = [columns * (width + 1) - 1, rows * (height + 1) - 1];
  const pixels = new Uint8Array(3 * fullWidth * fullHeight).fill(255);
  for (const [i, image] of images.entries()) {
    const left = (i % columns) * (width + 1);
    const top = Math.floor(i / columns) * (height + 1);
    for (let row = 0; row < height; row++) {
      const line = image.subarray(3 * row * width, 3 * (row + 1) * width);
      pixels.set(line, 3 * ((top + row) * fullWidth + left));
    }
  }
  return { width: fullWidth, height: fullHeight, kind: 'rgb', pixels };
}

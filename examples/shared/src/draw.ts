import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg, type ResvgRenderOptions } from '@resvg/resvg-wasm';
import { PNG } from 'pngjs';
import { parse, View } from 'vega';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';

const resolve = (path: string) => fileURLToPath(import.meta.resolve(path));

const [wasm, ...fontBuffers] = await Promise.all(
  [
    '@resvg/resvg-wasm/index_bg.wasm',
    '@fontsource/inter/files/inter-latin-400-normal.woff2',
    '@fontsource/inter/files/inter-latin-600-normal.woff2',
  ].map((path) => readFile(resolve(path))),
);
await initWasm(wasm!);

/** A picture's heading. */
export interface Title {
  text: string;
  subtitle: string | string[];
}

/** Draws a Vega-Lite chart as SVG, in the one look that all pictures here share. */
export async function drawSvg(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec, { config: look }).spec), { renderer: 'none' });
  return view.toSVG();
}

/** Draws a Vega-Lite chart as PNG, two pixels for each of the chart's. */
export async function drawPng(spec: TopLevelSpec): Promise<Uint8Array> {
  const svg = await drawSvg(spec);
  // Image marks show single pixels: 1 keeps their edges sharp.
  const options: ResvgRenderOptions = {
    font: { fontBuffers },
    fitTo: { mode: 'zoom', value: 2 },
    imageRendering: 1,
  };
  const { width, height, pixels } = new Resvg(svg, options).render();
  // A third of the size of what resvg's own encoder makes.
  return encode({ width, height, kind: 'opaque', pixels });
}

/** Pixels row by row, a byte each for grey; red, green and blue; or those and an alpha that is 255 throughout. */
export interface Bitmap {
  width: number;
  height: number;
  kind: 'grey' | 'rgb' | 'opaque';
  pixels: Uint8Array;
}

/** A bitmap as a `data:` URL, for a chart's image marks. */
export function imageUrl(bitmap: Bitmap): string {
  return `data:image/png;base64,${encode(bitmap).toString('base64')}`;
}

/** A bitmap that fills a chart of `scale` times its size. */
export const imageLayer = (bitmap: Bitmap, scale: number) => {
  const [width, height] = [scale * bitmap.width, scale * bitmap.height];
  return {
    data: { values: [{ url: imageUrl(bitmap) }] },
    mark: { type: 'image' as const, width, height },
    encoding: { x: { value: width / 2 }, y: { value: height / 2 }, url: { field: 'url' } },
  };
};

function encode({ width, height, kind, pixels }: Bitmap): Buffer {
  const png = new PNG({ width, height });
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  // Charts consist of runs that repeat from row to row: no filter, and zlib's default strategy, suit them best.
  return PNG.sync.write(png, {
    inputColorType: colorTypes[kind],
    colorType: kind === 'grey' ? 0 : 2,
    inputHasAlpha: kind === 'opaque',
    filterType: 0,
    deflateStrategy: 0,
  });
}

const colorTypes = { grey: 0, rgb: 2, opaque: 6 } as const;

/** The colour of text. */
export const ink = '#2b2f36';
/** The colour of what to look at. */
export const signal = '#d9483b';
const faint = '#6b7280';

const look: Config = {
  font: 'Inter, Helvetica, Arial, sans-serif',
  background: 'white',
  padding: 20,
  view: { stroke: null },
  title: {
    anchor: 'start',
    color: ink,
    fontSize: 15,
    fontWeight: 600,
    subtitleColor: faint,
    subtitleFontSize: 12,
    subtitlePadding: 6,
    offset: 14,
  },
  axis: {
    domainColor: '#c9ced6',
    tickColor: '#c9ced6',
    gridColor: '#eceef1',
    labelColor: faint,
    labelFontSize: 11,
    titleColor: ink,
    titleFontSize: 12,
    titleFontWeight: 400,
    titlePadding: 8,
  },
  legend: {
    labelColor: ink,
    labelFontSize: 12,
    labelLimit: 0,
    titleColor: ink,
    titleFontSize: 12,
    titleFontWeight: 400,
  },
};

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError } from '@tensortape/autograd';
import { writeFileAtomic } from '@tensortape/datasets/node';
import type { TopLevelSpec } from 'vega-lite';
import { encodePng } from './bitmap.ts';
import { faint, look } from './look.ts';

/** What stands above a picture. */
export interface Heading {
  /** The title; none unless given. */
  readonly title?: string;
  /** Below it, in smaller letters: a line, or several. */
  readonly subtitle?: string | readonly string[];
}

/**
 * A picture that can be had as SVG and as PNG: what {@link curves}, {@link imageGrid} and the others make, or a Vega-Lite chart of
 * your own in their look.
 *
 * @example
 * ```ts
 * import { Picture } from '@tensortape/plot';
 *
 * const picture = new Picture({
 *   data: { values: [{ day: 1, rain: 3 }, { day: 2, rain: 5 }] },
 *   mark: 'bar',
 *   encoding: { x: { field: 'day', type: 'ordinal' }, y: { field: 'rain', type: 'quantitative' } },
 * });
 * console.log((await picture.toSvg()).startsWith('<svg')); // true
 * ```
 */
export class Picture {
  /** The chart that it is drawn from: see <https://vega.github.io/vega-lite/docs/spec.html>. */
  readonly spec: TopLevelSpec;

  /** @param spec A Vega-Lite chart. */
  constructor(spec: TopLevelSpec) {
    this.spec = spec;
  }

  /** The picture as SVG. Its text is in the font Inter where there is one, and in Helvetica or Arial elsewhere. */
  async toSvg(): Promise<string> {
    // Not before they are needed: loading them takes half a second.
    const { parse, View } = await import('vega');
    const { compile } = await import('vega-lite');
    const view = new View(parse(compile(this.spec, { config: look }).spec), { renderer: 'none' });
    return view.toSVG();
  }

  /** The picture as the bytes of a PNG file, two pixels for each of the chart's. Its letters are Latin, Greek and Cyrillic. */
  async toPng(): Promise<Uint8Array> {
    const svg = await this.toSvg();
    const { Resvg, fontBuffers } = await loadResvg();
    const rendered = new Resvg(svg, {
      font: { fontBuffers, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
      fitTo: { mode: 'zoom', value: 2 },
      // Image marks show single pixels: 1 keeps their edges sharp.
      imageRendering: 1,
    }).render();
    const { width, height, pixels } = rendered;
    // A third of the size of what resvg's own encoder makes.
    return encodePng({ width, height, kind: 'opaque', pixels });
  }
}

/** resvg in WASM with the font, in two weights; started once. */
let resvg: ReturnType<typeof startResvg> | undefined;
function loadResvg(): ReturnType<typeof startResvg> {
  resvg ??= startResvg();
  return resvg;
}

async function startResvg() {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm');
  const fonts = ['latin', 'latin-ext', 'greek', 'cyrillic'].flatMap((script) =>
    [400, 600].map((weight) => `@fontsource/inter/files/inter-${script}-${weight}-normal.woff2`),
  );
  const [wasm, ...fontBuffers] = await Promise.all(
    ['@resvg/resvg-wasm/index_bg.wasm', ...fonts].map((path) =>
      readFile(fileURLToPath(import.meta.resolve(path))),
    ),
  );
  await initWasm(wasm!);
  return { Resvg, fontBuffers };
}

/**
 * Writes a picture to a file, whole or not at all: as SVG or PNG, as the name ends.
 *
 * @param path The file, `.svg` or `.png`; its folder must exist.
 * @param picture What to write.
 * @throws ArgumentError for another ending; Error where the file cannot be written.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { curves, savePicture } from '@tensortape/plot';
 *
 * const folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
 * const loss = { at: [1, 2, 3], values: [0.9, 0.5, 0.3] };
 * await savePicture(join(folder, 'loss.svg'), curves({ x: 'epoch', panels: [{ y: 'loss', series: { training: loss } }] }));
 * ```
 */
export async function savePicture(path: string, picture: Picture): Promise<void> {
  const ending = extname(path).toLowerCase();
  if (ending !== '.svg' && ending !== '.png') {
    throw new ArgumentError(`savePicture: ${path}: expected a name that ends in .svg or .png`);
  }
  await writeFileAtomic(
    path,
    ending === '.svg' ? new TextEncoder().encode(await picture.toSvg()) : await picture.toPng(),
  );
}

/** A heading as Vega-Lite has it, which draws no subtitle without a title. */
export function titleOf({ title, subtitle }: Heading) {
  const lines = typeof subtitle === 'string' ? [subtitle] : [...(subtitle ?? [])];
  if (title !== undefined) return { title: { text: title, ...(lines.length > 0 && { subtitle: lines }) } };
  if (lines.length === 0) return {};
  return { title: { text: lines, color: faint, fontSize: 12, fontWeight: 400 as const } };
}

import { type DrawOptions, type Tensor, toDot } from '@tensortape/autograd';
import { htmlPage } from '../trace/format.ts';

/**
 * A picture of the computation behind `outputs` as SVG, laid out by Graphviz: see `toDot` for what it shows and for its options. Of any tape,
 * that of a module's loss too.
 *
 * Errors: as `toDot`.
 *
 * @example
 * ```ts
 * import { keepValues, tensor } from '@tensortape/autograd';
 * import { toSvg } from '@tensortape/verify';
 * const x = tensor(2, { requiresGrad: true });
 * const y = keepValues(() => x.log().mul(x));
 * const svg = await toSvg(y, { names: { x, y }, values: true, gradients: true, partials: true, numbered: true });
 * console.log(svg.includes('2: v1 = log'), svg.includes('∂ 0.5')); // true true
 * ```
 */
export async function toSvg(outputs: Tensor | readonly Tensor[], options: DrawOptions = {}): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  const svg = viz.renderString(toDot(outputs, options), { format: 'svg' });
  // From the element on: neither the XML declaration nor Graphviz's comments.
  return svg.slice(svg.indexOf('<svg'));
}

/**
 * The picture of {@link toSvg} as an HTML page of its own.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { toHtml } from '@tensortape/verify';
 * console.log((await toHtml(tensor(2, { requiresGrad: true }).log())).startsWith('<!doctype html>')); // true
 * ```
 */
export async function toHtml(
  outputs: Tensor | readonly Tensor[],
  options: DrawOptions = {},
): Promise<string> {
  return htmlPage('Computation graph', await toSvg(outputs, options));
}

import { ArgumentError } from '@tensortape/autograd';
import type { TopLevelSpec } from 'vega-lite';
import { type Heading, Picture, titleOf } from './picture.ts';

/** A chart inside another one. */
type Part = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

/**
 * Pictures beside each other as one, each under its own heading.
 *
 * @param pictures At least one.
 * @param heading What stands above all of them.
 * @throws ArgumentError without pictures.
 *
 * @example
 * ```ts
 * import { Generator, randn } from '@tensortape/autograd';
 * import { sideBySide, weightGrid } from '@tensortape/plot';
 *
 * const weights = (seed: number) => randn([9, 5, 5], { generator: new Generator(seed) });
 * const pictures = [weightGrid(weights(0), { title: 'before' }), weightGrid(weights(1), { title: 'after' })];
 * console.log((await sideBySide(pictures, { title: 'Filters' }).toSvg()).includes('after')); // true
 * ```
 */
export function sideBySide(pictures: readonly Picture[], heading: Heading = {}): Picture {
  if (pictures.length === 0) throw new ArgumentError('sideBySide: there are no pictures; pass at least one');
  return new Picture({
    ...titleOf(heading),
    spacing: 32,
    // Every chart can be a part of another; Vega-Lite's types say so only of those without the properties of the top level.
    hconcat: pictures.map(({ spec }) => spec as Part),
  });
}

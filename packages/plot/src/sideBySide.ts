import { ArgumentError } from '@tensortape/autograd';
import type { TopLevelSpec } from 'vega-lite';
import { type Heading, Picture, titleOf } from './picture.ts';

/** A chart inside another one. */
type Part = Extract<TopLevelSpec, { concat: unknown }>['concat'][number];

/** Options of {@link sideBySide}. */
export interface SideBySideOptions extends Heading {
  /** How many stand in a row; all of them unless given. */
  readonly columns?: number;
}

/**
 * Pictures beside each other as one, each under its own heading.
 *
 * @param pictures At least one.
 * @param options What stands above all of them; see {@link SideBySideOptions}.
 * @throws ArgumentError without pictures, and for `columns` that is no whole number of at least 1.
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
export function sideBySide(
  pictures: readonly Picture[],
  { columns = pictures.length, ...heading }: SideBySideOptions = {},
): Picture {
  if (pictures.length === 0) throw new ArgumentError('sideBySide: there are no pictures; pass at least one');
  if (!Number.isInteger(columns) || columns < 1) {
    throw new ArgumentError(`sideBySide: columns must be a whole number >= 1, got ${columns}`);
  }
  return new Picture({
    ...titleOf(heading),
    columns,
    spacing: 32,
    // Every chart can be a part of another; Vega-Lite's types say so only of those without the properties of the top level.
    concat: pictures.map(({ spec }) => spec as Part),
  });
}

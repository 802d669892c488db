import { ArgumentError, type Nested, type Range, Tensor, tensor } from '@tensortape/autograd';
import { type Draw, drawIndex, sampleKit } from '../ops/kit.ts';
import type { Named } from './subject.ts';

/** What the values of an input are drawn from: a range (-2 to 2 in quarters unless given) and a shape. */
export interface DrawnInput extends Range {
  /** The length of each axis: a number, or a letter that stands for 1 to 3, the same wherever it is used. */
  readonly shape: readonly (number | string)[];
}

/** Where an input lies: at a point, or anywhere in a range. */
export type DomainEntry = Nested | Tensor | DrawnInput;

/** Where the inputs lie, by name: a point, or what points are drawn from. */
export type Domain = Readonly<Record<string, DomainEntry>>;

const isDrawn = (entry: DomainEntry): entry is DrawnInput =>
  typeof entry === 'object' && !(entry instanceof Tensor) && !Array.isArray(entry) && 'shape' in entry;

/** Whether the domain is one point. */
export function isPoint(domain: Domain): boolean {
  return !Object.values(domain).some(isDrawn);
}

/** Most coordinates of an input or a derivative: each is compared with differences. */
export const MOST_COORDINATES = 4096;

/** Draws a point; its lengths and values shrink to simple ones. Equal letters get equal lengths. */
export function drawPoint(domain: Domain, draw: Draw): Named {
  const lengths = new Map<string, number>();
  const kit = sampleKit(draw, 'positive');
  const lengthOf = (length: number | string): number => {
    if (typeof length === 'number') return length;
    const known = lengths.get(length) ?? drawIndex(draw, 3) + 1;
    lengths.set(length, known);
    return known;
  };
  return Object.fromEntries(
    Object.entries(domain).map(([name, entry]) => {
      if (!isDrawn(entry)) return [name, pointOf(name, entry)];
      const { shape: declared, ...range } = entry;
      const shape = declared.map(lengthOf);
      const size = shape.reduce((product, length) => product * length, 1);
      if (size > MOST_COORDINATES) {
        throw new ArgumentError(
          `checkDerivative: the input '${name}' has ${size} elements, more than ${MOST_COORDINATES}: choose shorter axes`,
        );
      }
      return [name, kit.tensorOf(shape, { ...range, values: range.values ?? quarters(range) })];
    }),
  );
}

/** Values that are easy to follow by hand, where the range is wide enough for them. */
function quarters({ low = -2, high = 2 }: Range): readonly number[] {
  const step = high - low >= 1 ? 0.25 : 2 ** Math.floor(Math.log2((high - low) / 8));
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** A point near a given one, so that a coincidence does not pass for a rule. */
export function nudge(inputs: Named, round: number): Named {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, x]) => {
      const values = [...x.toTypedArray()].map(
        (value, i) => Number(value) * (1 + 0.1 * Math.sin(12.9898 * (i + 1) * (round + 1) + name.length)),
      );
      return [name, tensor(Float64Array.from(values), { shape: x.shape })];
    }),
  );
}

function pointOf(name: string, entry: Nested | Tensor): Tensor {
  const x = entry instanceof Tensor ? entry.detach().to('float64') : tensor(entry, { dtype: 'float64' });
  if (x.size === 0) throw new ArgumentError(`checkDerivative: the input '${name}' has no elements`);
  return x;
}

import { ArgumentError, formatShape, ShapeError, type Tensor } from '@tensortape/autograd';

/** Refuses what is not a whole number, or is below `least`. */
export function checkCount(owner: string, name: string, value: number, least = 1): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ArgumentError(`${owner}: ${name} must be a whole number >= ${least}, got ${String(value)}`);
}

/** Refuses channels that do not fall into so many equal groups. */
export function checkDivisible(owner: string, name: string, value: number, by: string, groups: number): void {
  checkCount(owner, name, value);
  checkCount(owner, by, groups);
  if (value % groups === 0) return;
  throw new ArgumentError(`${owner}: ${name} ${value} is not divisible by ${by} ${groups}`);
}

/** Refuses a probability outside [0, 1]. */
export function checkProbability(owner: string, name: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError(`${owner}: ${name} must be from 0 to 1, got ${p}`);
}

/** Refuses bounds in the wrong order. */
export function checkBounds(owner: string, lower: number, upper: number): void {
  if (lower <= upper) return;
  throw new ArgumentError(`${owner}: lower is ${lower}, upper ${upper}; lower must not be above upper`);
}

/** Refuses a word that is not one of those known. */
export function checkChoice(owner: string, name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new ArgumentError(`${owner}: unknown ${name} '${String(value)}'; known are ${known.join(', ')}`);
}

/** Refuses options that are none of those known. */
export function checkKnown(owner: string, options: object, known: readonly string[]): void {
  checkNoOthers(owner, Object.fromEntries(Object.entries(options).filter(([name]) => !known.includes(name))));
}

/** Refuses options that are left over when all known ones have been taken: misspelt ones would do nothing. */
export function checkNoOthers(owner: string, others: object): void {
  const [name] = Object.keys(others);
  if (name !== undefined) throw new ArgumentError(`${owner}: unknown option '${name}'`);
}

const axisNames = ['depth', 'height', 'width'];

/** What an input along so many axes looks like, in words. */
function imageShape(axes: number): string {
  return `(n, channels, ${axes === 1 ? 'length' : axisNames.slice(3 - axes).join(', ')})`;
}

/**
 * Refuses an input that is not (n, channels, …) with so many more axes (without n too, unless the batch is 'needed'), or has
 * another number of channels; `remedy` says what to do about the number that it has.
 */
export function checkChannels(
  x: Tensor,
  axes: number,
  channels: number,
  remedy: (given: number) => string,
  batch: 'needed' | 'optional' = 'optional',
): void {
  if (x.ndim !== axes + 2 && !(batch === 'optional' && x.ndim === axes + 1)) {
    const without = batch === 'optional' ? ', or without n,' : ',';
    throw new ShapeError(`expected an input ${imageShape(axes)}${without} got shape ${formatShape(x.shape)}`);
  }
  const given = x.shape.at(-axes - 1)!;
  if (given !== channels) {
    throw new ShapeError(
      `expected ${channels} channels, got ${given} in shape ${formatShape(x.shape)}: ${remedy(given)}`,
    );
  }
}

import { ArgumentError } from '../tensor/errors.ts';

/** An array that real-valued draws can fill; each draw is rounded to its precision. */
export type FloatArray = Float32Array | Float64Array;

/** An array that integer draws can fill. */
export type IntegerTarget = Int32Array | Uint8Array | FloatArray;

/** Throws unless `value` is an integer from `minimum` to `maximum`; `where` is `Class.method`. */
export function checkInteger(
  where: string,
  name: string,
  value: number,
  minimum: number,
  maximum: number,
): void {
  if (!Number.isInteger(value) || value < minimum || value > maximum)
    throw new ArgumentError(
      `${where}: ${name} must be an integer from ${minimum} to ${maximum}, got ${value}.`,
    );
}

/** Throws unless `low <= high`, both finite and a finite distance apart. */
export function checkBounds(where: string, low: number, high: number): void {
  if (!Number.isFinite(low) || !Number.isFinite(high) || !Number.isFinite(high - low))
    throw new ArgumentError(
      `${where}: low and high must be finite, and high - low too, got low ${low}, high ${high}; pass smaller bounds.`,
    );
  if (low > high)
    throw new ArgumentError(`${where}: low ${low} is above high ${high}; pass the smaller bound first.`);
}

/** Throws unless `mean` and `spread` are finite and `spread >= 0`; `names` are what the method calls them. */
export function checkNormal(where: string, names: [string, string], mean: number, spread: number): void {
  if (!Number.isFinite(mean))
    throw new ArgumentError(`${where}: ${names[0]} must be a finite number, got ${mean}.`);
  if (!(spread >= 0 && Number.isFinite(spread)))
    throw new ArgumentError(
      `${where}: ${names[1]} must be finite and 0 or more, got ${spread}; it is the standard deviation.`,
    );
}

/** Throws unless [low, high) is a non-empty range of integers that `out` holds exactly. */
export function checkIntegerRange(where: string, out: IntegerTarget, low: number, high: number): void {
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || high - low > Number.MAX_SAFE_INTEGER)
    throw new ArgumentError(
      `${where}: low and high must be integers, less than 2^53 in size and apart, got low ${low}, high ${high}.`,
    );
  if (low >= high)
    throw new ArgumentError(
      `${where}: low ${low} must be below high ${high}: draws run from low to high - 1.`,
    );
  checkFits(where, out, low, high - 1);
}

/** Throws unless `out` holds the integers from `low` to `high` exactly. */
export function checkFits(where: string, out: IntegerTarget, low: number, high: number): void {
  const [minimum, maximum] = exactRange(out);
  if (low < minimum || high > maximum) {
    const draws = low === high ? `the draw ${low} does` : `draws from ${low} to ${high} do`;
    throw new ArgumentError(
      `${where}: ${draws} not fit ${out.constructor.name} (exact from ${minimum} to ${maximum}); pass a Float64Array or a smaller range.`,
    );
  }
}

function exactRange(out: IntegerTarget): [number, number] {
  if (out instanceof Int32Array) return [-(2 ** 31), 2 ** 31 - 1];
  if (out instanceof Uint8Array) return [0, 255];
  return out instanceof Float32Array
    ? [-(2 ** 24), 2 ** 24]
    : [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
}

/** A non-deterministic integer below 2^53 from the platform's entropy source. */
export function entropySeed(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high! & 0x1fffff) * 2 ** 32 + low!;
}

/** The numbers that JSON has no form for, by their names. */
const named: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

/** A number as JSON can hold it: those that it cannot by their names. */
export function writeNumber(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

/** The reverse of {@link writeNumber}; undefined for anything else. */
export function parseNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : named.get(value);
}

/** A list of {@link writeNumber}'s; undefined for anything else. */
export function parseNumbers(list: unknown): Float64Array | undefined {
  if (!Array.isArray(list)) return undefined;
  const numbers = list.map(parseNumber);
  return numbers.includes(undefined) ? undefined : Float64Array.from(numbers, Number);
}

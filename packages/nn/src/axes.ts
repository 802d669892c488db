import { ArgumentError } from '@tensortape/autograd';

/** One number for each axis; a single one stands for all of them. Refuses numbers that are not whole or below `least`. */
export function perAxis<Axes extends readonly number[]>(
  owner: string,
  name: string,
  value: number | Axes,
  axes: number,
  least: number,
): Axes {
  const list: readonly number[] = typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
  if (list.length !== axes || !list.every((item) => Number.isSafeInteger(item) && item >= least)) {
    const expected = axes === 1 ? 'a whole number' : `a whole number, or a list of ${axes},`;
    const given = typeof value === 'number' ? String(value) : `[${list.join(', ')}]`;
    throw new ArgumentError(`${owner}: ${name} is ${given}, expected ${expected} >= ${least}`);
  }
  return list as Axes;
}

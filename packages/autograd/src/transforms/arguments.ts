import type { Tensor } from '../tensor/core.ts';
import { ArgumentError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { Trace } from './trace.ts';
import { flatten, type Leaf, type Like, unflatten } from './tree.ts';

/** Which arguments of a function to differentiate by: the place of one, or a list of places. */
export type Argnums = number | readonly number[];

/** What is differentiated by: the argument at a place, or the tuple of those at several, with tensors in the same structure. */
export type At<A extends readonly unknown[], N extends Argnums> = N extends number
  ? Like<A[N]>
  : { -readonly [K in keyof N]: Like<A[N[K] & number]> };

/** One call of a function, traced by some of its arguments; the others, of whatever type, are captured as they are. */
export interface Call<X, R> {
  readonly trace: Trace<R>;
  /** The arguments in question, and the tensors in them. */
  readonly by: X;
  readonly leaves: readonly Leaf[];
}

/** Traces `f(...inputs)` as a function of the arguments at `argnums`. */
export function traceCall<A extends unknown[], R, N extends Argnums>(
  name: string,
  f: (...inputs: A) => R,
  inputs: A,
  argnums: N,
): Call<At<A, N>, R> {
  const where = `func.${name}`;
  const places: readonly number[] = typeof argnums === 'number' ? [argnums] : argnums;
  checkPlaces(where, places, inputs.length);
  const leavesAt = places.map((place) => flatten(where, inputs[place], `argument ${place}`));
  const leaves = leavesAt.flat();
  const own = (variables: readonly Tensor[]): A => {
    const all = [...inputs] as A;
    let from = 0;
    places.forEach((place, k) => {
      const to = from + leavesAt[k]!.length;
      all[place] = unflatten(inputs[place], variables.slice(from, to));
      from = to;
    });
    return all;
  };
  const trace = new Trace(
    name,
    (...variables) => f(...own(variables)),
    leaves.map(({ tensor }) => tensor),
    leaves.map(({ path }) => path),
  );
  const by = typeof argnums === 'number' ? inputs[argnums] : places.map((place) => inputs[place]);
  return { trace, by: by as At<A, N>, leaves };
}

function checkPlaces(where: string, places: readonly unknown[], count: number): void {
  places.forEach((place, i) => {
    if (typeof place !== 'number' || !Number.isInteger(place) || place < 0) {
      throw new ArgumentError(
        `${where}: argnums has ${kindOf(place)}, expected the place of an argument: 0, 1, …`,
      );
    }
    if (place >= count) {
      throw new ArgumentError(
        `${where}: argnum ${place} is out of range: the function was called with ${count} argument(s)`,
      );
    }
    if (places.indexOf(place) < i) throw new ArgumentError(`${where}: argnums names argument ${place} twice`);
  });
}

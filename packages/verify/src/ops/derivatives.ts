import {
  discrepancy,
  formatPosition,
  func,
  numericJvp,
  type Shape,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { type Draw, drawDirection } from './kit.ts';

/** A differentiable function of tensors at a point, with the names that messages use. */
export interface Mapping {
  readonly f: (...inputs: Tensor[]) => readonly Tensor[];
  readonly primals: readonly Tensor[];
  readonly inputNames: readonly string[];
  /** The values at the point. */
  readonly outputs: readonly Tensor[];
  readonly outputNames: readonly string[];
  /** The relative rounding of the coarsest dtype on the way. */
  readonly unit: number;
}

/** How a check on one case ended, when nothing contradicted it. */
export type Outcome = 'checked' | 'uncertain' | 'inapplicable';

/** Random directions with the shapes and dtypes of some tensors. */
export function directionsLike(draw: Draw, tensors: readonly Tensor[]): Tensor[] {
  return tensors.map(({ shape, dtype }) => drawDirection(draw, shape).to(dtype));
}

/** Thrown by a property that does not hold. */
export class Mismatch extends Error {}

/** The relative rounding of the coarsest of the dtypes: half the distance from 1 to the next number. */
export function roundoff(...tensors: readonly Tensor[]): number {
  return tensors.some(({ dtype }) => dtype === 'float32') ? 2 ** -24 : 2 ** -53;
}

/**
 * The tangents of a mapping against 5-point differences, in a random direction of all inputs at once. Only when they
 * differ are single coordinates looked at, to name one.
 */
export function checkTangents(mapping: Mapping, draw: Draw, rule: string): Outcome {
  const { f, primals } = mapping;
  const tangents = primals.map(({ shape }) => drawDirection(draw, shape));
  const found = compareTangents(mapping, tangents, func.jvp(f, primals, tangents)[1]);
  if (typeof found === 'string') return found;
  const [, pushforward] = func.linearize(f, ...primals);
  let worst: Difference = { ...found, by: 'all inputs together' };
  let largest = 0;
  forEachUnit(primals, (units, k, j) => {
    const one = compareTangents(mapping, units, pushforward(...units));
    if (typeof one === 'string' || !(discrepancy(one.analytic, one.numeric) > largest)) return;
    largest = discrepancy(one.analytic, one.numeric);
    worst = { ...one, by: `${mapping.inputNames[k]}${formatPosition(primals[k]!.shape, j)}` };
  });
  throw new Mismatch(
    `${worst.of} by ${worst.by}: ${rule} gives ${worst.analytic}, the 5-point difference ${worst.numeric} ` +
      `(uncertain by ${worst.error.toExponential(1)}), ratio ${discrepancy(worst.analytic, worst.numeric).toExponential(1)}`,
  );
}

interface Difference {
  readonly of: string;
  readonly by: string;
  readonly analytic: number;
  readonly numeric: number;
  readonly error: number;
}

/**
 * The first clear difference between tangents and numeric ones. Where the numeric ones are too uncertain to count
 * (relative error above the cube root of the rounding), nothing is claimed.
 */
function compareTangents(
  { f, primals, outputNames, unit }: Mapping,
  tangents: readonly Tensor[],
  pushed: readonly Tensor[],
): Outcome | Omit<Difference, 'by'> {
  const numeric = numericJvp(f, primals, tangents, { rounding: unit });
  let uncertain = false;
  for (const [o, { values, errors }] of numeric.entries()) {
    const given = pushed[o]!.toTypedArray();
    for (const [i, value] of values.entries()) {
      const analytic = given[i]!;
      const scale = Math.max(1, Math.abs(analytic), Math.abs(value));
      if (!(errors[i]! <= Math.cbrt(unit) * scale)) uncertain = true;
      else if (!(Math.abs(analytic - value) <= Math.sqrt(unit) * scale + errors[i]!)) {
        const of = `${outputNames[o]}${formatPosition(pushed[o]!.shape, i)}`;
        return { of, analytic, numeric: value, error: errors[i]! };
      }
    }
  }
  return uncertain ? 'uncertain' : 'checked';
}

/**
 * The cotangents of a mapping against its tangents: <u, J t> = <J^T u, t> for random u and t. Only when they differ are
 * single coordinates looked at, to name one.
 */
export function checkCotangents(mapping: Mapping, draw: Draw, vjpRule: string, jvpRule: string): Outcome {
  const { f, primals, inputNames, outputs, unit } = mapping;
  const [, pullback] = func.vjp(f, ...primals);
  const [, pushforward] = func.linearize(f, ...primals);
  const tangents = primals.map(({ shape }) => drawDirection(draw, shape));
  const us = directionsLike(draw, outputs);
  const pulled = pullback(...us);
  const tolerance = unit ** 0.6;
  const [left, leftSize] = inner(us, pushforward(...tangents));
  const [right, rightSize] = inner(pulled, tangents);
  if (Math.abs(left - right) <= tolerance * Math.max(1, leftSize, rightSize)) return 'checked';
  let worst = `<u, J t> = ${left}, <J^T u, t> = ${right}`;
  let largest = 0;
  forEachUnit(primals, (units, k, j) => {
    const byJvp = inner(us, pushforward(...units))[0];
    const byVjp = pulled[k]!.toTypedArray()[j]!;
    if (!(discrepancy(byVjp, byJvp) > largest)) return;
    largest = discrepancy(byVjp, byJvp);
    worst =
      `the gradient by ${inputNames[k]}${formatPosition(primals[k]!.shape, j)}: ${vjpRule} gives ${byVjp}, ${jvpRule} ` +
      `${byJvp}, ratio ${largest.toExponential(1)}`;
  });
  throw new Mismatch(worst);
}

/** <a, b>, and the sum of the absolute values of its terms. */
function inner(as: readonly Tensor[], bs: readonly Tensor[]): [sum: number, size: number] {
  let sum = 0;
  let size = 0;
  as.forEach((a, k) => {
    const y = bs[k]!.toTypedArray();
    a.toTypedArray().forEach((x, i) => {
      sum += x * y[i]!;
      size += Math.abs(x * y[i]!);
    });
  });
  return [sum, size];
}

/** Calls `visit` with the tangents that are 1 at coordinate j of input k and 0 elsewhere. */
function forEachUnit(
  primals: readonly Tensor[],
  visit: (units: Tensor[], k: number, j: number) => void,
): void {
  primals.forEach(({ size }, k) => {
    for (let j = 0; j < size; j++) {
      const units = primals.map((x, i) => {
        const values = new Float64Array(x.size);
        if (i === k) values[j] = 1;
        return tensor(values, { shape: x.shape });
      });
      visit(units, k, j);
    }
  });
}

/** Fails unless two lists of tensors have equal shapes and dtypes, and elements within so many ulps (of 1, or of the larger). */
export function expectEqual(
  what: string,
  names: (index: number) => string,
  found: readonly Tensor[],
  expected: readonly Tensor[],
  ulps: number,
): void {
  found.forEach((a, o) => {
    const b = expected[o]!;
    const tolerance = 2 * ulps * roundoff(a, b);
    const x = a.toTypedArray();
    const y = b.toTypedArray();
    if (!sameShape(a.shape, b.shape)) {
      throw new Mismatch(
        `${what}: ${names(o)} has shape [${a.shape.join(', ')}], expected [${b.shape.join(', ')}]`,
      );
    }
    x.forEach((value, i) => {
      const other = y[i]!;
      if (Object.is(value, other) || (Number.isNaN(value) && Number.isNaN(other))) return;
      if (discrepancy(value, other) <= tolerance) return;
      throw new Mismatch(`${what}: ${names(o)}${formatPosition(a.shape, i)} is ${value}, expected ${other}`);
    });
  });
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

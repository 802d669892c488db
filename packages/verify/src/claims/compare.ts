import { ArgumentError, numericJvp, type Shape, sameShape, type Tensor } from '@tensortape/autograd';
import { position, relativeError, unit } from '../derivatives/fourWays.ts';
import { MOST_COORDINATES } from './domain.ts';
import { slopesAt } from './slopes.ts';
import type { Named, Subject } from './subject.ts';

/** What is found at one coordinate. */
export type CoordinateStatus = 'right' | 'wrong' | 'notDifferentiable' | 'unreliable';

/** One coordinate of a claimed derivative. */
export interface CoordinateVerdict {
  /** Where: `x[2]`, counted from 1; in a Jacobian, `y[1] by x[2]`. */
  readonly at: string;
  /** How it was judged. */
  readonly status: CoordinateStatus;
  /** What is claimed. */
  readonly claimed: number;
  /** What the tape gives. */
  readonly analytic: number;
  /** The 5-point difference. */
  readonly numeric: number;
  /** How far the difference may be from the truth. */
  readonly error: number;
  /** |claimed - analytic| relative to the larger of the two. */
  readonly relativeError: number;
  /** claimed / analytic. */
  readonly ratio: number;
  /** Slopes from the left and from the right, where there is a kink. */
  readonly slopes: readonly [left: number, right: number] | null;
  /** Why the check says nothing here, or null. */
  readonly reason: string | null;
}

/** How close a claim has to come. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** A claim of another shape than the derivative. */
export interface ShapeMismatch {
  /** That of the claim. */
  readonly claimed: Shape;
  /** That of the derivative. */
  readonly expected: Shape;
}

/** Below this a whole gradient is as good as zero, and a claim of the same size neither right nor wrong. */
const VANISHING = 1e-8;

/** What is known of a claim nearby. */
export interface Surroundings {
  /** Why an element is not a number, where that is known. */
  readonly undefinedBy: string | null;
  /** Whether the element is a number at points nearby: then the formula leaves out a point, and is not wrong. */
  readonly isIsolated: (index: number) => boolean;
  /** How far the element moves as the inputs are rounded. */
  readonly roundingOf: (index: number) => number;
}

/** Compares a claimed derivative with the true one, coordinate by coordinate; `at` holds the inputs, and the step when the claim is by a step. */
export function compare(
  subject: Subject,
  at: Named,
  by: string,
  claimed: Tensor,
  analytic: Tensor,
  nearby: Surroundings,
  { rtol, atol }: Tolerance,
): readonly CoordinateVerdict[] | ShapeMismatch {
  if (!sameShape(claimed.shape, analytic.shape)) return { claimed: claimed.shape, expected: analytic.shape };
  if (analytic.size > MOST_COORDINATES) {
    throw new ArgumentError(
      `checkDerivative: the derivative by '${by}' has ${analytic.size} coordinates, more than ${MOST_COORDINATES}: choose shorter axes`,
    );
  }
  const [claims, truths] = [claimed, analytic].map((x) => [...x.toTypedArray()].map(Number));
  const x = at[by]!;
  const columns = numericColumns(subject, at, by);
  const outputs = analytic.shape.slice(0, analytic.ndim - x.ndim);
  const largest = truths!.reduce((most, truth) => Math.max(most, Math.abs(truth)), 0);
  return claims!.map((claim, k): CoordinateVerdict => {
    const truth = truths![k]!;
    const j = k % x.size;
    const row = (k - j) / x.size;
    const { values, errors } = columns[j]!;
    const [numeric, error] = [values[row]!, errors[row]!];
    const where = by + position(x.shape, j);
    const facts = {
      at: outputs.length === 0 ? where : `${subject.output}${position(outputs, row)} by ${where}`,
      claimed: claim,
      analytic: truth,
      numeric,
      error,
      relativeError: relativeError(claim, truth),
      ratio: claim / truth,
      slopes: null,
      reason: null,
    };
    const isDoubtful = !(
      Number.isFinite(truth) &&
      Math.abs(truth - numeric) <= 10 * error + 1e-6 * Math.max(1, Math.abs(truth)) &&
      error <= 1e-6 * Math.max(1, Math.abs(truth))
    );
    if (isDoubtful) {
      const slopes = kinkAt(subject, at, by, j, row);
      if (slopes !== null) return { ...facts, status: 'notDifferentiable', slopes };
    }
    if (!Number.isFinite(truth)) {
      const reason = `the tape gives ${truth}, differences ${numeric}: rounding on the way hides the slope`;
      return error <= 1e-6 * Math.max(1, Math.abs(numeric))
        ? { ...facts, status: 'unreliable', reason }
        : { ...facts, status: 'notDifferentiable', reason: `the derivative is ${truth} here` };
    }
    if (!Number.isFinite(claim)) {
      const why = nearby.undefinedBy === null ? '' : `: ${nearby.undefinedBy}`;
      const said = `the claim has no value here${why}; the derivative is ${truth}`;
      return { ...facts, status: isDoubtful || nearby.isIsolated(k) ? 'unreliable' : 'wrong', reason: said };
    }
    const close = Math.abs(claim - truth) <= atol + rtol * Math.max(Math.abs(claim), Math.abs(truth));
    if (close && largest <= VANISHING && facts.relativeError > rtol) {
      return {
        ...facts,
        status: 'unreliable',
        reason: `the derivative is almost 0 here (${truth}, claimed ${claim}): saturated, so that this point says nothing`,
      };
    }
    if (close) return { ...facts, status: 'right' };
    if (!(Math.abs(truth - numeric) <= 10 * error + 1e-6 * Math.max(1, Math.abs(truth)))) {
      return {
        ...facts,
        status: 'unreliable',
        reason: secantReason(subject, at, by, j, row, truth, numeric),
      };
    }
    if (!(Math.abs(claim - numeric) > error)) {
      return { ...facts, status: 'unreliable', reason: reasonFor(subject, at, error) };
    }
    const rounding = nearby.roundingOf(k);
    if (rounding > 0.1 * Math.abs(claim - truth)) {
      const reason = `the claim moves by ${rounding.toExponential(1)} when the inputs are rounded: cancellation in the claim`;
      return { ...facts, status: 'unreliable', reason };
    }
    return { ...facts, status: 'wrong' };
  });
}

/**
 * Whether a coordinate that could not be judged speaks against the claim all the same: at a kink a claim that is no slope between those from both sides,
 * elsewhere one that is not what the tape gives.
 */
export function speaksAgainst(
  { status, claimed, analytic, slopes }: CoordinateVerdict,
  { rtol, atol }: Tolerance,
): boolean {
  if (status === 'right' || !Number.isFinite(claimed)) return false;
  if (status === 'notDifferentiable' && slopes === null) return false;
  const distance = slopes === null ? Math.abs(claimed - analytic) : distanceTo(slopes, claimed);
  // Slopes at kinks are known to some digits only.
  const relative = slopes === null ? rtol : Math.max(rtol, 1e-3);
  const size = Math.max(Math.abs(claimed), Math.abs(analytic), ...(slopes ?? []).map(Math.abs));
  return !(distance <= atol + relative * size);
}

const distanceTo = ([left, right]: readonly [number, number], x: number): number =>
  Math.max(Math.min(left, right) - x, x - Math.max(left, right), 0);

function reasonFor(subject: Subject, inputs: Named, error: number): string {
  const size = subject.value(inputs).abs().max().item();
  return `differences are uncertain by ${error.toExponential(1)}, next to values of size ${size.toPrecision(3)}: cancellation`;
}

/** Why the tape and small differences disagree: large steps tell rounding on the way from a wrong rule. */
function secantReason(
  subject: Subject,
  inputs: Named,
  by: string,
  j: number,
  row: number,
  truth: number,
  numeric: number,
): string {
  const f = along(subject, inputs, by, j, row);
  const secant = (f(0.1) - f(-0.1)) / 0.2;
  return Math.abs(secant - truth) <= 0.05 * Math.max(1, Math.abs(truth))
    ? `small differences give ${numeric}, large ones ${secant.toPrecision(3)}, the tape ${truth}: cancellation on the way hides small steps`
    : `the tape gives ${truth}, the difference ${numeric}: a rule on the way is wrong, or the value is not a function of the inputs alone`;
}

/** One element of the output, as one coordinate of an input moves. */
function along(subject: Subject, inputs: Named, by: string, j: number, row: number): (s: number) => number {
  const x = inputs[by]!;
  const [e] = unit([x], 0, j);
  return (s) => Number(subject.value({ ...inputs, [by]: x.add(e!.mul(s)) }).toTypedArray()[row]);
}

function numericColumns(subject: Subject, inputs: Named, by: string) {
  const names = Object.keys(inputs);
  const xs = Object.values(inputs);
  const f = (...moved: Tensor[]) =>
    subject.value(Object.fromEntries(names.map((name, i) => [name, moved[i]!])));
  const k = names.indexOf(by);
  return Array.from({ length: xs[k]!.size }, (_, j) => numericJvp(f, xs, unit(xs, k, j))[0]!);
}

/** The slopes from both sides at a kink; null where the function is smooth. */
function kinkAt(
  subject: Subject,
  inputs: Named,
  by: string,
  j: number,
  row: number,
): [left: number, right: number] | null {
  const scale = Math.max(1, Math.abs(Number(inputs[by]!.toTypedArray()[j])));
  return slopesAt(along(subject, inputs, by, j, row), scale);
}

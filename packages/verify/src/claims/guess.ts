import { formatShape, sameShape, type Tensor } from '@tensortape/autograd';
import type { Variant } from '../expressions/variant.ts';
import type { Named, Subject } from './subject.ts';

/** A claim at a point, beside the truth. */
export interface Evidence {
  readonly inputs: Named;
  readonly claimed: Tensor;
  readonly analytic: Tensor;
}

/** A mistake, and what the derivative would be with it at a point; null where it does not apply. */
interface Hypothesis {
  readonly says: string;
  readonly derivative: (evidence: Evidence) => Tensor | null;
}

/**
 * What the mistake may be. Nothing is said but what makes the true derivative equal to the claim at every point of the evidence, and differs from the
 * true one at some.
 */
export function guessMistake(
  subject: Subject,
  by: string,
  evidence: readonly Evidence[],
  close: number,
): string | null {
  const sum = missingSum(evidence, close);
  if (sum !== null) return sum;

  // One number is explained by too much.
  if (evidence.reduce((sum, { claimed }) => sum + claimed.size, 0) < 2) return null;
  for (const { says, derivative } of hypotheses(subject, by, evidence)) {
    const explains = evidence.every((at) => {
      const wrong = derivative(at);
      return wrong !== null && isClose(wrong, at.claimed, close);
    });
    if (explains) return says;
  }
  return constantFactor(evidence, close);
}

function* hypotheses(subject: Subject, by: string, evidence: readonly Evidence[]): Generator<Hypothesis> {
  yield { says: 'the sign is wrong', derivative: ({ analytic }) => analytic.neg() };
  yield { says: 'the derivative is not zero', derivative: ({ analytic }) => analytic.mul(0) };
  yield* layouts();
  yield* axisFactors(evidence);
  yield { says: 'a factor of 2 too many', derivative: ({ analytic }) => analytic.mul(2) };
  yield { says: 'a factor of 2 is missing', derivative: ({ analytic }) => analytic.div(2) };
  for (const variant of subject.variants()) {
    yield {
      says: mistakes[variant.kind](subject.textOf(variant), variant),
      derivative: ({ inputs }) =>
        by in inputs
          ? subject.derivative(inputs, by, variant)
          : (subject.atSteps(inputs, variant).derivatives[by] ?? null),
    };
  }
}

const mistakes = {
  identity: (text: string) => `the derivative of '${text}' is missing: it is taken for 1`,
  constantOperand: (text: string, { operand }: Variant) =>
    `'${text}' is differentiated as if its operand ${operand + 1} were constant: a term is missing`,
  negated: (text: string) => `the derivative of '${text}' has the wrong sign`,
  halved: (text: string) => `the derivative of '${text}' lacks a factor of 2`,
  slip: (text: string, { slip }: Variant) => `the derivative of '${text}' is taken for ${slip?.says}`,
  doubled: (text: string) => `the derivative of '${text}' has a factor of 2 too many`,
};

/** Right numbers in wrong places, or not added up. */
function* layouts(): Generator<Hypothesis> {
  yield {
    says: 'transposed',
    derivative: ({ analytic }) => (analytic.ndim === 2 ? analytic.transpose(0, 1) : null),
  };
  yield {
    says: 'the right numbers in another shape',
    derivative: ({ analytic, claimed }) =>
      analytic.size === claimed.size && !sameShape(analytic.shape, claimed.shape)
        ? analytic.reshape(claimed.shape)
        : null,
  };
  yield {
    says: 'the elements are in column order: transposed before it was reshaped',
    derivative: ({ analytic, claimed }) =>
      analytic.ndim === 2 && analytic.size === claimed.size
        ? analytic.transpose(0, 1).reshape(claimed.shape)
        : null,
  };
}

/** 1/N forgotten, or once too often, where N is the length of an axis of an input. */
function* axisFactors(evidence: readonly Evidence[]): Generator<Hypothesis> {
  const [first] = evidence;
  for (const [name, x] of Object.entries(first?.inputs ?? {})) {
    for (const axis of x.shape.keys()) {
      const lengthOf = ({ inputs }: Evidence) => inputs[name]!.shape[axis]!;
      if (evidence.every((at) => lengthOf(at) === lengthOf(first!)) && lengthOf(first!) <= 2) continue;
      const n = `N = ${lengthOf(first!)} is the length of axis ${axis + 1} of ${name}`;
      yield { says: `1/N is missing, where ${n}`, derivative: (at) => at.analytic.mul(lengthOf(at)) };
      yield { says: `1/N once too often, where ${n}`, derivative: (at) => at.analytic.div(lengthOf(at)) };
    }
  }
}

/** One factor at all points, whatever it is. */
function constantFactor(evidence: readonly Evidence[], close: number): string | null {
  const ratios = evidence.flatMap(({ claimed, analytic }) => {
    if (!sameShape(claimed.shape, analytic.shape)) return [Number.NaN];
    const truths = analytic.toTypedArray();
    return [...claimed.toTypedArray()].flatMap((value, i) => {
      if (Number(truths[i]) === 0) return Number(value) === 0 ? [] : [Number.NaN];
      return [Number(value) / Number(truths[i])];
    });
  });
  const [factor] = ratios;
  if (
    factor === undefined ||
    ratios.length < 3 ||
    !ratios.every((ratio) => Math.abs(ratio - factor) <= close * Math.abs(factor))
  )
    return null;
  return `a constant factor: ${Number(factor.toPrecision(6))} times the derivative`;
}

/** A sum that is missing: the claim has axes of its own, and adds up to the derivative over them. */
function missingSum(evidence: readonly Evidence[], close: number): string | null {
  const [first] = evidence;
  if (first === undefined) return null;
  for (const axis of first.claimed.shape.keys()) {
    const addsUp = evidence.every(
      ({ claimed, analytic }) => axis < claimed.ndim && isClose(claimed.sum(axis), analytic, close),
    );
    if (addsUp) {
      return `the sum over axis ${axis + 1} of the claim is missing: of shape ${formatShape(first.claimed.shape)}, it adds up to the derivative`;
    }
  }
  const whole = evidence.every(
    ({ claimed, analytic }) => analytic.ndim === 0 && isClose(claimed.sum(), analytic, close),
  );
  return whole ? 'the sum over all elements of the claim is missing' : null;
}

function isClose(a: Tensor, b: Tensor, close: number): boolean {
  if (!sameShape(a.shape, b.shape)) return false;
  const others = b.toTypedArray();
  const values = [...a.toTypedArray()].map(Number);
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return values.every((value, i) => Math.abs(value - Number(others[i])) <= close * scale + 1e-12);
}

import { ArgumentError, formatShape, type Tensor } from '@tensortape/autograd';
import fc from 'fast-check';
import { UndefinedError } from '../expressions/error.ts';
import { type Program, parseProgram } from '../expressions/program.ts';
import { unevenDirection } from '../modules/direction.ts';
import {
  type CoordinateVerdict,
  compare,
  type ShapeMismatch,
  type Surroundings,
  speaksAgainst,
  type Tolerance,
} from './compare.ts';
import { type Domain, drawPoint, isPoint, nudge } from './domain.ts';
import { type Evidence, guessMistake } from './guess.ts';
import {
  type Claim,
  type Claimed,
  type ClaimedValue,
  claimOf,
  formatInputs,
  type Named,
  type NamedFunction,
  type Refused,
  Subject,
} from './subject.ts';

/** Options of {@link checkDerivative}. */
export interface CheckOptions {
  /** Which output of a program the claims are about; its first unless given. */
  readonly output?: string;
  /** Accepted difference relative to the larger of claim and derivative; 1e-6 unless given, 1e-4 for claims in numbers or in float32. */
  readonly rtol?: number;
  /** Accepted difference of small derivatives; 1e-8 unless given. */
  readonly atol?: number;
  /** Points that are drawn for each claim; 30 unless given. */
  readonly runs?: number;
  /** Where the drawing starts, to repeat a check; random unless given. */
  readonly seed?: number;
}

/** How a claim was judged. */
export type ClaimStatus = 'right' | 'wrong' | 'notDifferentiable' | 'unreliable';

/** The verdict on one claim. */
export interface ClaimVerdict {
  /** The argument or step that the derivative is by. */
  readonly by: string;
  /** How it was judged. */
  readonly status: ClaimStatus;
  /** The points at which it was judged, at some coordinates at least. */
  readonly points: number;
  /** The points at which it could not be at all coordinates: at kinks, or where rounding decides. */
  readonly unjudged: number;
  /** The point that the verdict is about: the smallest counter-example found, or the last point. */
  readonly inputs: Named;
  /** The coordinates there; empty when the shapes differ, or there is no claim to compare. */
  readonly coordinates: readonly CoordinateVerdict[];
  /** The shapes, when they differ. */
  readonly shapes: ShapeMismatch | null;
  /** Why the claim cannot be computed there, such as a product of matrices that do not fit; null when it can be. */
  readonly refusal: string | null;
  /** What the mistake is: said only when it explains the claim at several points. */
  readonly guess: string | null;
}

/** What {@link checkDerivative} found. */
export interface DerivativeCheck {
  /** Whether every claim is right. */
  readonly ok: boolean;
  /** One verdict per claim: steps in reverse order, as the chain rule walks, then arguments. */
  readonly verdicts: readonly ClaimVerdict[];
  /** The first wrong claim in that order, or null. */
  readonly firstWrong: string | null;
  /** Repeats the check. */
  readonly seed: number;
}

const RUNS = 30;
/** Points on which a guess must hold, beside the counter-example. */
const WITNESSES = 4;

/**
 * Checks claimed derivatives against reverse mode and 5-point differences, in float64, and explains what is wrong: which coordinate, by how much, at the
 * smallest point found, and which mistake makes the claim come out.
 *
 * `f` is a program, its text (whose inputs are the names of the domain), or a function of named tensors. A claim is an expression, a function, or
 * numbers; for an output of one element it has the shape of its argument, else the output's shape followed by that. Claims may be made by named steps
 * too (`{ h: …, W: … }`); they may use the values of steps, and `dh` for the derivative by the step h, which is the right one: so each claim is
 * judged by itself.
 *
 * At kinks the one-sided slopes are given and the claim is not judged; where rounding decides, the verdict is 'unreliable', with the reason. A claim that cannot
 * be computed is wrong, and so is one without a value where the function has a derivative, except at single points.
 *
 * Errors: ArgumentError for claims by what does not exist, and derivatives of more than 4096 coordinates; {@link ExpressionError} for expressions that cannot be
 * used, functions that cannot be computed, or points outside of their domain.
 *
 * @example
 * ```ts
 * import { checkDerivative } from '@tensortape/verify';
 * const domain = { x: { shape: ['n'] }, A: { shape: ['n', 'n'] } };
 * const check = await checkDerivative("x' * A * x", { x: 'A * x' }, domain, { seed: 1 });
 * console.log(check.verdicts[0]!.guess);
 * // 'x' * A * x' is differentiated as if its operand 2 were constant: a term is missing
 * const right = await checkDerivative("x' * A * x", { x: "(A + A') * x", A: 'outer(x, x)' }, domain);
 * console.log(right.ok); // true
 * ```
 */
export async function checkDerivative(
  f: string | Program | NamedFunction,
  claimed: Readonly<Record<string, Claim>>,
  domain: Domain,
  options: CheckOptions = {},
): Promise<DerivativeCheck> {
  const inputs = Object.keys(domain);
  const subject = new Subject(typeof f === 'string' ? await parseProgram(f, { inputs }) : f, options.output);
  const order = [...subject.steps.toReversed(), ...inputs];
  for (const by of Object.keys(claimed)) {
    if (!order.includes(by)) {
      throw new ArgumentError(
        `checkDerivative: there is no '${by}' to claim a derivative by; there are ${order.join(', ')}`,
      );
    }
  }
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  const verdicts: ClaimVerdict[] = [];
  for (const by of order) {
    if (!Object.hasOwn(claimed, by)) continue;
    const claim = await claimOf(subject, inputs, by, claimed[by]!);
    if (claim.isFixed && !isPoint(domain)) {
      throw new ArgumentError(
        `checkDerivative: the claim by '${by}' is in numbers, which need one point: give values for ${inputs.join(', ')}`,
      );
    }
    verdicts.push(judge(subject, claim, domain, seed, options));
  }
  return {
    ok: verdicts.every(({ status }) => status === 'right'),
    verdicts,
    firstWrong: verdicts.find(({ status }) => status === 'wrong')?.by ?? null,
    seed,
  };
}

/** A claim at a point. */
interface Case {
  readonly inputs: Named;
  readonly analytic: Tensor;
  /** Null where it cannot be computed. */
  readonly claimed: Tensor | null;
  readonly tolerance: Tolerance;
  readonly found: readonly CoordinateVerdict[] | ShapeMismatch | Refused;
}

/** Thrown through fast-check, which shrinks it. */
class Wrong extends Error {
  readonly at: Case;
  constructor(at: Case) {
    super('wrong');
    this.at = at;
  }
}

const isEvidence = (at: Case): at is Case & Evidence => at.claimed !== null;
const coordinatesOf = ({ found }: Case): readonly CoordinateVerdict[] => ('length' in found ? found : []);
const isOpen = (at: Case): boolean =>
  coordinatesOf(at).some(({ status }) => status === 'notDifferentiable' || status === 'unreliable');
const isJudged = (at: Case): boolean =>
  isWrong(at) || coordinatesOf(at).some(({ status }) => status === 'right');
const isWrong = (at: Case): boolean =>
  !('length' in at.found) || coordinatesOf(at).some(({ status }) => status === 'wrong');

function judge(
  subject: Subject,
  claim: Claimed,
  domain: Domain,
  seed: number,
  options: CheckOptions,
): ClaimVerdict {
  const seen: Case[] = [];
  let undefinedAt: UndefinedError | null = null;
  const details = fc.check(
    fc.property(fc.gen(), (draw) => {
      const inputs = drawPoint(domain, draw);
      try {
        subject.check(inputs);
      } catch (error) {
        // Outside of the domain of a function on the way: nothing is claimed there.
        if (!(error instanceof UndefinedError) || isPoint(domain)) throw error;
        undefinedAt = error;
        return;
      }
      const at = evaluate(subject, claim, inputs, options);
      if (isWrong(at)) throw new Wrong(at);
      seen.push(at);
    }),
    { numRuns: isPoint(domain) ? 1 : (options.runs ?? RUNS), seed },
  );
  const { errorInstance } = details;
  if (errorInstance instanceof Wrong) {
    const { at } = errorInstance;
    const witnesses = claim.isFixed ? [] : witnessesOf(subject, claim, domain, at, options);
    const guess = isEvidence(at)
      ? guessMistake(subject, claim.by, [at, ...witnesses], claim.isFixed ? 1e-4 : 1e-6)
      : null;
    return verdictOf(claim, 'wrong', [...seen, at], at, guess);
  }
  if (details.failed) throw errorInstance;
  const last = seen.at(-1);
  if (last === undefined) throw undefinedAt ?? new ArgumentError('checkDerivative: no point was drawn');
  const statuses = seen.flatMap((at) => coordinatesOf(at).map(({ status }) => status));
  const [doubtful] = (['notDifferentiable', 'unreliable'] as const).filter((status) =>
    statuses.includes(status),
  );
  const right = statuses.filter((one) => one === 'right').length;
  const isMostlyJudged = !isPoint(domain) && right > 0 && 2 * right >= statuses.length;
  // A mistake may show at the points alone that could not be judged.
  const against = seen
    .flatMap((at) => coordinatesOf(at).filter((one) => speaksAgainst(one, at.tolerance)))
    .at(0)?.status;
  const status = against ?? (isMostlyJudged ? 'right' : (doubtful ?? 'right'));
  const isShown = (at: Case) =>
    coordinatesOf(at).some(
      (one) => one.status === status && (against === undefined || speaksAgainst(one, at.tolerance)),
    );
  const shown = status === 'right' ? last : seen.find(isShown);
  return verdictOf(claim, status, seen, shown ?? last, null);
}

function evaluate(subject: Subject, claim: Claimed, inputs: Named, options: CheckOptions): Case {
  const steps = subject.atSteps(inputs);
  const isInput = claim.by in inputs;
  const analytic = isInput ? subject.derivative(inputs, claim.by) : steps.derivatives[claim.by];
  if (analytic === undefined) {
    throw new ArgumentError(
      `checkDerivative: the derivative by the step '${claim.by}' needs an output of one element that depends on it`,
    );
  }
  const there = claim.at(inputs, steps);
  const isCoarse = claim.isFixed || ('isCoarse' in there && there.isCoarse);
  const tolerance: Tolerance = {
    rtol: options.rtol ?? (isCoarse ? 1e-4 : 1e-6),
    atol: options.atol ?? 1e-8,
  };
  if ('refusal' in there) return { inputs, claimed: null, analytic, tolerance, found: there };
  const claimed = there.value ?? analytic.mul(Number.NaN);
  const point = isInput ? inputs : { ...inputs, [claim.by]: steps.values[claim.by]! };
  return {
    inputs,
    claimed,
    analytic,
    tolerance,
    found: compare(
      subject,
      point,
      claim.by,
      claimed,
      analytic,
      surroundingsOf(subject, claim, inputs, there),
      tolerance,
    ),
  };
}

/** The claim at points nearby: whether it leaves out one alone, as `x / abs(x)` does, and how rounding moves it. */
function surroundingsOf(
  subject: Subject,
  claim: Claimed,
  inputs: Named,
  { undefinedBy }: ClaimedValue,
): Surroundings {
  const elementAt = (k: number, move: (x: Tensor) => Tensor): number => {
    const at = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, move(x)]));
    const there = claim.at(at, subject.atSteps(at));
    return 'value' in there ? Number(there.value?.toTypedArray()[k]) : Number.NaN;
  };
  const isIsolated = (k: number) =>
    [1e-3, -1e-3].every((step) =>
      Number.isFinite(elementAt(k, (x) => x.add(unevenDirection(x.shape).mul(step)))),
    );
  const roundingOf = (k: number) => {
    // A few units in the last place, of both signs.
    const rounded = [4, 5, 7].map((units) =>
      elementAt(k, (x) =>
        x.mul(
          unevenDirection(x.shape)
            .mul(units * Number.EPSILON)
            .add(1),
        ),
      ),
    );
    return Math.max(...rounded) - Math.min(...rounded);
  };
  return { undefinedBy, isIsolated, roundingOf };
}

/** The claim at other points: what is said of a mistake has to hold there, too. */
function witnessesOf(
  subject: Subject,
  claim: Claimed,
  domain: Domain,
  wrong: Case,
  options: CheckOptions,
): (Case & Evidence)[] {
  const points = isPoint(domain)
    ? Array.from({ length: WITNESSES }, (_, round) => nudge(wrong.inputs, round))
    : fc.sample(fc.gen(), { numRuns: 4 * WITNESSES, seed: 7 }).map((draw) => drawPoint(domain, draw));
  const cases: (Case & Evidence)[] = [];
  for (const inputs of points) {
    try {
      subject.check(inputs);
      const at = evaluate(subject, claim, inputs, options);
      if (isEvidence(at) && at.analytic.abs().max().item() > 0) cases.push(at);
    } catch (error) {
      if (!(error instanceof UndefinedError)) throw error;
    }
  }
  return cases.slice(0, 2 * WITNESSES);
}

function verdictOf(
  claim: Claimed,
  status: ClaimStatus,
  seen: readonly Case[],
  at: Case,
  guess: string | null,
): ClaimVerdict {
  const { found, inputs } = at;
  const points = seen.filter(isJudged).length;
  return {
    by: claim.by,
    status,
    points,
    unjudged: seen.filter(isOpen).length,
    inputs,
    coordinates: coordinatesOf(at),
    shapes: 'expected' in found ? found : null,
    refusal: 'refusal' in found ? found.refusal : null,
    guess,
  };
}

/**
 * A check in words: a line for each claim, and below what speaks against it.
 *
 * @example
 * ```ts
 * import { checkDerivative, formatCheck } from '@tensortape/verify';
 * const check = await checkDerivative('sin(x)', { x: '-cos(x)' }, { x: 0 });
 * console.log(formatCheck(check));
 * // ✗ x: wrong; the sign is wrong
 * //     at x = 0
 * //     by x: claimed −1, but it is 1 (difference 1 ± 5.9e−15), ratio −1
 * ```
 */
export function formatCheck({ verdicts, firstWrong, seed }: DerivativeCheck): string {
  const lines = verdicts.flatMap((verdict) =>
    linesOf(verdict, verdict.by === firstWrong && verdicts.length > 1),
  );
  const replay = verdicts.some(({ points, unjudged }) => Math.max(points, unjudged) > 1)
    ? [`seed ${seed} repeats this check`]
    : [];
  return [...lines, ...replay].join('\n').replace(/-(?=[\d.]|Infinity)/g, '−');
}

const words: Readonly<Record<ClaimStatus, string>> = {
  right: '✓',
  wrong: '✗',
  notDifferentiable: '?',
  unreliable: '?',
};

/** Coordinates that are shown of a claim. */
const SHOWN = 5;

function linesOf(
  { by, status, points, unjudged, inputs, coordinates, shapes, refusal, guess }: ClaimVerdict,
  isFirst: boolean,
): string[] {
  const mark = `${words[status]} ${by}:`;
  const where = `    at ${formatInputs(inputs)}`;
  if (status === 'right') {
    const others = unjudged === 0 ? '' : `; at ${unjudged} not all could be judged`;
    return [`${mark} right, at ${points} point${points === 1 ? '' : 's'}${others}`];
  }
  if (refusal !== null) {
    const said = refusal.split('\n').map((line) => `    ${line}`);
    return [`${mark} wrong: it cannot be computed everywhere`, where, ...said];
  }
  if (shapes !== null) {
    const said = `wrong shape: the claim has ${formatShape(shapes.claimed)}, the derivative ${formatShape(shapes.expected)}`;
    return [`${mark} ${said}${guess === null ? '' : `; ${guess}`}`, where];
  }
  const relevant = coordinates.filter((coordinate) => coordinate.status === status);
  const more = relevant.length - SHOWN;
  return [
    `${mark} ${titles[status]}${isFirst ? ', the first wrong step in reverse order' : ''}${guess === null ? '' : `; ${guess}`}`,
    where,
    ...relevant.slice(0, SHOWN).map((coordinate) => `    by ${coordinate.at}: ${factsOf(coordinate)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

const titles: Readonly<Record<Exclude<ClaimStatus, 'right'>, string>> = {
  wrong: 'wrong',
  notDifferentiable: 'not differentiable here',
  unreliable: 'the check itself is unreliable',
};

function factsOf({ claimed, analytic, numeric, error, ratio, slopes, reason }: CoordinateVerdict): string {
  const number = (x: number) => String(Number(x.toPrecision(7)));
  if (slopes !== null)
    return `the slope is ${number(slopes[0])} from the left, ${number(slopes[1])} from the right`;
  if (reason !== null) return reason;
  const difference = ` (difference ${number(numeric)} ± ${error.toExponential(1)})`;
  return `claimed ${number(claimed)}, but it is ${number(analytic)}${difference}${Number.isFinite(ratio) ? `, ratio ${number(ratio)}` : ''}`;
}

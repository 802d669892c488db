import fc from 'fast-check';
import { Call, type OpUnderTest } from './call.ts';
import { Mismatch, type Outcome } from './derivatives.ts';
import { sampleKit } from './kit.ts';
import { type Property, type PropertyName, properties } from './properties.ts';

/** The properties that {@link verifyOp} checks, in order, each with one sentence that says what must hold. */
export const opProperties: Readonly<Record<PropertyName, string>> = Object.fromEntries(
  Object.entries(properties).map(([name, { title }]) => [name, title]),
) as Record<PropertyName, string>;

/** Options of {@link verifyOp} and {@link checkOp}. */
export interface VerifyOptions {
  /** Cases per property; fast-check's global setting, or 50, unless given. */
  readonly runs?: number;
  /** Where the drawing starts, to repeat a failure; random unless given. */
  readonly seed?: number;
  /** Which of the cases to start from, as a failure printed it. */
  readonly path?: string;
  /** The properties to check; all that apply unless given. */
  readonly properties?: readonly PropertyName[];
}

/** What {@link checkOp} found for one property. */
export interface PropertyReport {
  /** The property. */
  readonly property: PropertyName;
  /** Cases in which it was checked and held; those it did not apply to are not counted. */
  readonly cases: number;
  /** What contradicts it, or null. */
  readonly failure: VerificationError | null;
}

/** What {@link checkOp} found. */
export interface OpReport {
  /** The operation's name. */
  readonly op: string;
  /** Why it is not differentiable, or null when it is. */
  readonly reason: string | null;
  /** One entry per property that applies, in order. */
  readonly properties: readonly PropertyReport[];
}

/** Thrown when an operation does not satisfy a property. The message holds the smallest call found that shows it. */
export class VerificationError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'VerificationError';
  /** The operation's name. */
  readonly op: string;
  /** The property that does not hold. */
  readonly property: PropertyName;
  /** What was found: coordinates and values. */
  readonly finding: string;
  /** The call that shows it, as source text. */
  readonly call: string;
  /** With `path`: repeats the failure. */
  readonly seed: number;
  /** The case, counted from the seed. */
  readonly path: string;

  /** @internal */
  constructor(op: string, property: PropertyName, found: Found, seed: number, path: string) {
    super(
      `verifyOp: '${op}' fails '${property}' (${properties[property].title}):\n  ${found.finding}\n  call: ${found.call}\n` +
        `  replay: verifyOp(…, { properties: ['${property}'], seed: ${seed}, path: '${path}' }), or the whole test with FC_SEED=${seed}`,
    );
    this.op = op;
    this.property = property;
    this.finding = found.finding;
    this.call = found.call;
    this.seed = seed;
    this.path = path;
  }
}

interface Found {
  readonly finding: string;
  readonly call: string;
}

const DEFAULT_RUNS = 50;

/**
 * Verifies an operation against everything that must be true of it, on arguments drawn from its samples: forward and
 * reverse mode and all four second orders, float32, views, shared and empty arguments, purity … ({@link opProperties}
 * lists them). Built-in operations are verified by the same function.
 *
 * Returns a report; throws VerificationError for the first property that does not hold, with the smallest call found
 * that shows it, the argument and the coordinate, both values, and the seed that repeats it.
 *
 * @example
 * ```ts
 * import { defineOp, type Tensor } from '@tensortape/autograd';
 * import { verifyOp } from '@tensortape/verify';
 * const cube = defineOp({
 *   name: 'cube',
 *   inputs: ['x'],
 *   saves: ['x'],
 *   forward: ({ x }) => x.pow(3),
 *   vjp: { x: (g, { x }) => g.mul(x.square()).mul(2) }, // should be 3
 * });
 * try {
 *   verifyOp({ name: 'cube', call: (x: Tensor) => cube({ x }), samples: (s) => [s.tensor()] });
 * } catch (error) {
 *   if (error instanceof Error) console.log(error.message.split('\n')[0]);
 * }
 * // verifyOp: 'cube' fails 'forward' (J t is the 5-point difference of the value):
 * ```
 */
export function verifyOp<A extends readonly unknown[] | []>(
  op: OpUnderTest<A>,
  options: VerifyOptions = {},
): OpReport {
  const reports: PropertyReport[] = [];
  for (const report of check(op, options)) {
    if (report.failure !== null) throw report.failure;
    reports.push(report);
  }
  return reportOf(op, reports);
}

/**
 * As {@link verifyOp}, but reports on every property instead of throwing at the first that does not hold.
 *
 * @example
 * ```ts
 * import { elementwise } from '@tensortape/autograd';
 * import { checkOp } from '@tensortape/verify';
 * const wrong = elementwise({ name: 'wrong', forward: 'sin', saves: 'input', derivative: (x) => x.sin() });
 * const report = checkOp({ name: 'wrong', call: wrong, samples: (s) => [s.tensor()] });
 * const failed = report.properties.filter(({ failure }) => failure !== null);
 * console.log(failed.map(({ property }) => property).join()); // forward
 * ```
 */
export function checkOp<A extends readonly unknown[] | []>(
  op: OpUnderTest<A>,
  options: VerifyOptions = {},
): OpReport {
  return reportOf(op, [...check(op, options)]);
}

function reportOf<A extends readonly unknown[]>(
  { name, samples }: OpUnderTest<A>,
  reports: readonly PropertyReport[],
): OpReport {
  return { op: name, reason: samples.reason ?? null, properties: reports };
}

function* check<A extends readonly unknown[]>(
  op: OpUnderTest<A>,
  options: VerifyOptions,
): Generator<PropertyReport> {
  const kinds: readonly Property['about'][] = [
    'all',
    op.samples.reason === undefined ? 'differentiable' : 'nonDifferentiable',
    ...(op.refusals === undefined ? [] : ['refusing' as const]),
  ];
  for (const [name, property] of Object.entries(properties) as [PropertyName, Property][]) {
    if (options.properties !== undefined && !options.properties.includes(name)) continue;
    if (kinds.includes(property.about)) {
      // The samples draw what the call takes: from here on nothing depends on what that is.
      yield checkProperty(op as unknown as OpUnderTest, name, property, options);
    }
  }
}

function checkProperty(
  op: OpUnderTest,
  name: PropertyName,
  property: Property,
  { runs, seed, path }: VerifyOptions,
): PropertyReport {
  const counts: Record<Outcome, number> = { checked: 0, uncertain: 0, inapplicable: 0 };
  const details = fc.check(
    fc.property(fc.gen(), (draw) => {
      const trial = { op, draw, call: new Call(op.samples(sampleKit(draw, property.lengths))) };
      try {
        counts[property.check(trial)]++;
      } catch (error) {
        throw new Contradiction(findingOf(error), `${op.name}(${trial.call})`);
      }
    }),
    {
      numRuns: runs ?? fc.readConfigureGlobal().numRuns ?? DEFAULT_RUNS,
      ...(seed !== undefined && { seed }),
      ...(path !== undefined && { path }),
    },
  );
  const fail = (found: Found) =>
    new VerificationError(
      op.name,
      name,
      found,
      details.seed,
      details.counterexamplePath?.split(':')[0] ?? '',
    );
  let failure: VerificationError | null = null;
  if (details.failed) {
    const { errorInstance } = details;
    const found =
      errorInstance instanceof Contradiction
        ? errorInstance
        : { finding: findingOf(errorInstance), call: 'none: the samples threw' };
    failure = fail(found);
  } else if (counts.uncertain > details.numRuns / 2) {
    failure = fail({
      finding:
        `the numeric derivative was too uncertain to count in ${counts.uncertain} of ${details.numRuns} cases: keep the samples away ` +
        'from kinks and poles (apart, margin, low, high)',
      call: 'most of them',
    });
  }
  return { property: name, cases: counts.checked, failure };
}

/** What a case showed, and with which call: thrown through fast-check, which shrinks it. */
class Contradiction extends Error implements Found {
  readonly finding: string;
  readonly call: string;
  constructor(finding: string, call: string) {
    super(finding);
    this.finding = finding;
    this.call = call;
  }
}

function findingOf(error: unknown): string {
  if (error instanceof Mismatch) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`;
}

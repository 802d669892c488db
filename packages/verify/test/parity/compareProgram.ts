import { type Tensor, tensor } from '@tensortape/autograd';
import { isFloating } from '../../src/ops/call.ts';
import { opsByName, type Program, type Run, refsOf, run, type Step } from './program.ts';
import { type Answer, decode, encode, isRefused, type Received, TOLERANCE } from './python.ts';

/** Asks Python. */
export type Ask = (question: unknown) => Promise<unknown>;

/** Where a program comes out differently, or null; `uncertain` where rounding is magnified too much to tell. */
export type Verdict = { readonly difference: string | null; readonly uncertain: boolean };

const equal: Verdict = { difference: null, uncertain: false };

/** Runs a program in both. */
export async function compareProgram(ask: Ask, program: Program): Promise<Verdict> {
  const ours = run(program);
  const theirs = decode(
    await ask({
      kind: 'program',
      inputs: program.inputs.map(encode),
      steps: program.steps.map(({ name, args, pick }) => ({
        name,
        family: opsByName.get(name)!.family,
        args: args.map(encodeArgument),
        pick,
      })),
      twice: program.twice,
    }),
  ) as Answer;
  if (isRefused(theirs)) {
    // Kernels and derivatives that PyTorch does not have leave nothing to compare.
    if (/not implemented/.test(theirs.refused)) return equal;
    return { difference: `PyTorch refuses: ${theirs.refused}`, uncertain: false };
  }
  const single = program.inputs.some(isSingle) || ours.values.some(isSingle);
  const tolerance = TOLERANCE[single ? 'float32' : 'float64'];
  const difference =
    compareAll('value', ours.values, theirs.values, tolerance) ??
    compareAll('gradient', ours.gradients, received(theirs.gradients), tolerance) ??
    compareAll('second gradient', ours.seconds, received(theirs.seconds), tolerance);
  if (difference === null) return equal;
  return { difference, uncertain: isIllConditioned(program, ours, tolerance) };
}

const isSingle = ({ dtype }: Tensor) => dtype === 'float32';

function encodeArgument(argument: unknown): unknown {
  if (Array.isArray(argument)) return argument.map(encodeArgument);
  return typeof argument === 'object' && argument !== null && 'ref' in argument ? argument : encode(argument);
}

/** Where nothing depends on an input PyTorch may give nothing at all. */
function received(answer: Answer['gradients']): readonly Received[] | null {
  return answer === undefined || isRefused(answer) ? null : answer;
}

function compareAll(
  what: string,
  ours: readonly Tensor[],
  theirs: readonly Received[] | null,
  tolerance: number,
): string | null {
  if (theirs === null) {
    const nonzero = ours.findIndex((x) => x.toTypedArray().some((v) => v !== 0));
    return nonzero < 0 ? null : `${what} ${nonzero} is not zero, PyTorch has none`;
  }
  for (const [i, y] of theirs.entries()) {
    const x = ours[i];
    if (x === undefined) {
      if (y.values.every((v) => v === 0)) continue;
      return `${what} ${i} is missing, PyTorch's is not zero`;
    }
    if (String(x.shape) !== String(y.shape) || x.dtype !== y.dtype) {
      return `${what} ${i} is ${x.dtype} of shape [${x.shape}], PyTorch's ${y.dtype} of [${y.shape}]`;
    }
    const far = farthest([...x.toTypedArray()], [...y.values], isFloating(x) ? tolerance : 0);
    if (far !== null) return `${what} ${i}${far}`;
  }
  return null;
}

function farthest(ours: readonly number[], theirs: readonly number[], tolerance: number): string | null {
  const largest = Math.max(1, ...theirs.map(Math.abs).filter(Number.isFinite));
  const k = ours.findIndex((value, i) => {
    const other = theirs[i]!;
    const same = Object.is(value, other) || value === other || (Number.isNaN(value) && Number.isNaN(other));
    return !same && !(Math.abs(value - other) <= tolerance * largest);
  });
  return k < 0 ? null : `, element ${k}, is ${ours[k]}, PyTorch's ${theirs[k]}`;
}

/** Whether changing the inputs by what rounding changes moves the results by as much as they may differ. */
function isIllConditioned(program: Program, ours: Run, tolerance: number): boolean {
  const relative = tolerance / 1e4;
  const nudged = program.inputs.map((x) =>
    isFloating(x)
      ? tensor(
          Float64Array.from(x.toTypedArray(), (v, i) => v * (1 + relative * Math.cos(i + 1))),
          { shape: x.shape, dtype: x.dtype },
        )
      : x,
  );
  try {
    const moved = run({ ...program, inputs: nudged });
    const lists = [
      [ours.values, moved.values],
      [ours.gradients, moved.gradients],
      [ours.seconds, moved.seconds],
    ] as const;
    return lists.some(([before, after]) =>
      before.some(
        (x, i) =>
          farthest(
            [...x.toTypedArray()],
            [...after[i]!.toTypedArray()],
            isFloating(x) ? tolerance / 10 : 0,
          ) !== null,
      ),
    );
  } catch {
    return true;
  }
}

/** A smaller program that still differs clearly: steps are left out, inputs made simple, as long as the difference stays. */
export async function shrink(ask: Ask, program: Program): Promise<Program> {
  const differs = async (candidate: Program) => {
    try {
      const { difference, uncertain } = await compareProgram(ask, candidate);
      return difference !== null && !uncertain;
    } catch {
      return false;
    }
  };
  let smallest = program;
  for (let progress = true; progress; ) {
    progress = false;
    for (const candidate of smaller(smallest)) {
      if (!(await differs(candidate))) continue;
      smallest = candidate;
      progress = true;
      break;
    }
  }
  return smallest;
}

function* smaller(program: Program): Generator<Program> {
  const { inputs, steps, twice } = program;
  if (twice) yield { ...program, twice: false };
  for (let count = 1; count < steps.length; count *= 2) yield { ...program, steps: steps.slice(0, -count) };
  for (let i = steps.length - 1; i >= 0; i--) {
    for (const instead of replacements(program, i)) yield withoutStep(program, i, instead);
  }
  for (let i = 0; i < inputs.length; i++) {
    const used = steps.some(({ args }) => refsOf(args).includes(i));
    if (!used && inputs.length > 1) yield withoutInput(program, i);
    const simple = inputs[i]!.mul(0).add(1).to(inputs[i]!.dtype);
    if (String(simple) !== String(inputs[i])) yield { ...program, inputs: inputs.with(i, simple) };
  }
}

/** What may stand in for the value of a step: its own operands; anything, if no other step uses it. */
function replacements({ inputs, steps }: Program, index: number): readonly number[] {
  const used = steps.some(({ args }) => refsOf(args).includes(inputs.length + index));
  return used ? [...new Set(refsOf(steps[index]!.args))] : [0];
}

function withoutStep({ inputs, steps, twice }: Program, index: number, instead: number): Program {
  const removed = inputs.length + index;
  const renumber = (ref: number) => (ref === removed ? instead : ref > removed ? ref - 1 : ref);
  return { inputs, twice, steps: steps.toSpliced(index, 1).map((step) => rewired(step, renumber)) };
}

function withoutInput({ inputs, steps, twice }: Program, index: number): Program {
  return {
    inputs: inputs.toSpliced(index, 1),
    twice,
    steps: steps.map((step) => rewired(step, (ref) => (ref > index ? ref - 1 : ref))),
  };
}

function rewired(step: Step, renumber: (ref: number) => number): Step {
  const visit = (argument: unknown): unknown => {
    if (Array.isArray(argument)) return argument.map(visit);
    const refs = refsOf(argument);
    return refs.length === 0 ? argument : { ref: renumber(refs[0]!) };
  };
  return { ...step, args: step.args.map(visit) };
}

import { afterAll, expect, test } from '@jest/globals';
import { onesLike, zerosLike } from '@tensortape/autograd';
import fc from 'fast-check';
import { describeIfTorch } from '../../../../scripts/jest/python.ts';
import type { Draw } from '../../src/ops/kit.ts';
import {
  drawInPlaceProgram,
  type InPlaceProgram,
  type InPlaceRun,
  isWhole,
  numericDerivative,
  question,
  runInPlace,
  toScript,
} from './inPlaceProgram.ts';
import { type Answer, decode, difference, isRefused, script } from './python.ts';

/** 500 programs; 10,000 in the nightly command, which sets FC_NUM_RUNS=2000. */
const runs = 5 * (fc.readConfigureGlobal().numRuns ?? 100);

/** What our refusals say: which change met what, and the remedy. */
const refusals: Readonly<Record<string, RegExp>> = {
  'a leaf changed while recording': /^\w+_: a leaf that requires grad \(.+\) .*use noGrad/,
  'a view changed while it, its base or the operand is tracked':
    /^\w+_: a view \(.+\) cannot .*its base.*change the base itself/,
  'a result used after its elements were changed':
    /made by '\w+'\) shares its elements with one that '\w+_' changed in place after it was made.*(make it again|make the view again)/,
  'an untracked view used after a recorded change of its base':
    /^this tensor shares its elements with one that '\w+_' changed in place after it was made.*make the view again/,
  'a saved value changed':
    /^'\w+' saved its '\w+' .*but '\w+_' has changed it in place since.*use the out-of-place form/,
};

describeIfTorch('random programs with changes in place equal PyTorch, or are refused', script, (ask) => {
  const counts = new Map<string, number>();
  const count = (outcome: string) => void counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const changing = ({ steps }: InPlaceProgram) =>
    steps.some(({ method, recorded }) => recorded && method.endsWith('_'));

  const attempt = (program: InPlaceProgram): InPlaceRun | string => {
    try {
      return runInPlace(program);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const known = Object.entries(refusals).find(([, message]) => message.test(error.message));
      if (known === undefined) throw new Error(`a refusal that explains nothing: ${error.message}`);
      return known[0];
    }
  };

  /** Our gradient against differences of the values, where PyTorch has none to offer. */
  const checkNumerically = (program: InPlaceProgram, { gradients }: InPlaceRun) => {
    if (gradients === null || !isWhole(program)) return;
    const directions = program.inputs.map((x) => onesLike(x));
    const { values, errors } = numericDerivative(program, directions);
    const ours = gradients.reduce((sum, g) => sum + g.sum().item(), 0);
    expect(Math.abs(ours - values[0]!)).toBeLessThanOrEqual(errors[0]! + 1e-5 * Math.max(1, Math.abs(ours)));
    count('only we compute, checked by differences');
  };

  test(`${runs} programs of 4 to 12 steps`, async () => {
    const property = fc.asyncProperty(fc.gen(), async (draw: Draw) => {
      const program = drawInPlaceProgram(draw);
      try {
        const ours = attempt(program);
        const theirs = decode(await ask(question(program))) as Answer;
        if (typeof ours === 'string') {
          count(isRefused(theirs) ? `both refuse: ${ours}` : `only we refuse: ${ours}`);
        } else if (isRefused(theirs)) {
          count('only we compute');
          checkNumerically(program, ours);
        } else {
          // What was overwritten by numbers is not tracked any more; in PyTorch it is, with gradients of zero.
          const gradients = ours.gradients ?? program.inputs.map((x) => zerosLike(x));
          const expected = isRefused(theirs.gradients) ? undefined : theirs.gradients;
          const found =
            difference('value', ours.values, theirs.values, 'float64') ??
            (expected && difference('gradient', gradients, expected, 'float64')) ??
            null;
          if (found !== null) throw new Error(found);
          count(changing(program) ? 'equal, with recorded changes' : 'equal, without');
        }
      } catch (error) {
        throw new Error(`${error}\n\n${toScript(program)}\n`);
      }
    });
    await fc.assert(property, { numRuns: runs });
    // Refusing everything would be no comparison.
    expect(counts.get('equal, with recorded changes') ?? 0).toBeGreaterThan(runs / 10);
  }, 1_800_000);

  afterAll(() => {
    const lines = [...counts].sort((a, b) => b[1] - a[1]).map(([outcome, n]) => `  ${n} ${outcome}`);
    process.stdout.write(`programs with changes in place: 0 wrong of\n${lines.join('\n')}\n`);
  });
});

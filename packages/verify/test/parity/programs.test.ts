import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeIfTorch } from '../../../../scripts/jest/python.ts';
import type { Draw } from '../../src/ops/kit.ts';
import { compareProgram, shrink } from './compareProgram.ts';
import { drawProgram } from './drawProgram.ts';
import { opsByName, toTypeScript } from './program.ts';
import { script } from './python.ts';
import { recipes } from './vocabulary.ts';

/** 500 programs; 10,000 in the nightly command, which sets FC_NUM_RUNS=2000. */
const runs = 5 * (fc.readConfigureGlobal().numRuns ?? 100);

test('programs are made of operations that exist', () => {
  const names = recipes.flatMap((recipe) => recipe.names);
  expect(names.filter((name) => !opsByName.has(name))).toEqual([]);
});

describeIfTorch('random programs equal PyTorch', script, (ask) => {
  const used = new Map<string, number>();
  let programs = 0;
  let steps = 0;
  let uncertain = 0;

  test(`${runs} programs of 5 to 30 operations`, async () => {
    const property = fc.asyncProperty(fc.gen(), async (draw: Draw) => {
      const program = drawProgram(draw);
      const verdict = await compareProgram(ask, program);
      programs++;
      steps += program.steps.length;
      for (const { name } of program.steps) used.set(name, (used.get(name) ?? 0) + 1);
      if (verdict.uncertain) uncertain++;
      else if (verdict.difference !== null) {
        const small = await shrink(ask, program);
        const { difference } = await compareProgram(ask, small);
        throw new Error(`${difference}\n\n${toTypeScript(small)}\n`);
      }
    });
    // Programs are shrunk by their own rules, which know what may be left out.
    await fc.assert(property, { numRuns: runs, endOnFailure: true });
    expect(uncertain).toBeLessThanOrEqual(runs / 50);
  }, 1_800_000);

  afterAll(() => {
    process.stdout.write(
      `programs: ${programs} compared, ${steps} steps of ${used.size} operations, ${uncertain} uncertain\n`,
    );
  });
});

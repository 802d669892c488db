import { expect, test } from '@jest/globals';
import { checkDerivative, ExpressionError, formatCheck } from '@tensortape/verify';
import fc from 'fast-check';
import { claimOf, type Derivation, drawDerivation } from './randomClaims.ts';

const numRuns = fc.readConfigureGlobal().numRuns ?? 40;

const claimsOf = ({ terms }: Derivation) =>
  Object.fromEntries([...terms].map(([name, contributions]) => [name, claimOf(contributions)]));

test('right claims about random functions are never called wrong', async () => {
  const tally = { right: 0, notDifferentiable: 0, unreliable: 0, wrong: 0, undefined: 0 };
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.nat(), async (draw, seed) => {
      const derivation = drawDerivation(draw);
      const { program, domain } = derivation;
      try {
        const check = await checkDerivative(program, claimsOf(derivation), domain, {
          runs: 5,
          seed,
          output: 'J',
        });
        for (const { status } of check.verdicts) tally[status]++;
        if (check.firstWrong !== null)
          throw new Error(
            `${program}\n${JSON.stringify(claimsOf(derivation), null, 1)}\n${formatCheck(check)}`,
          );
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        tally.undefined++;
        if (process.env['SHOW']) console.log(error.message, program, JSON.stringify(claimsOf(derivation)));
      }
    }),
    { numRuns },
  );
  console.log(tally);
  expect(tally.right).toBeGreaterThan(tally.notDifferentiable + tally.unreliable);
});

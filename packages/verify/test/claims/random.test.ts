import { expect, test } from '@jest/globals';
import {
  type ClaimStatus,
  checkDerivative,
  ExpressionError,
  formatCheck,
  type Named,
} from '@tensortape/verify';
import fc from 'fast-check';
import { drawPoint } from '../../src/claims/domain.ts';
import type { Draw } from '../../src/ops/kit.ts';
import { claimOf, comparison, type Derivation, drawDerivation, drawMistake } from './randomClaims.ts';

/** The nightly command sets 2000. */
const numRuns = fc.readConfigureGlobal().numRuns ?? 20;

const claimsOf = ({ terms }: Derivation) =>
  Object.fromEntries([...terms].map(([name, contributions]) => [name, claimOf(contributions)]));

/** A check of some points; null where none of them lies within the domains of all functions on the way. */
async function checkOf(
  { program, domain }: Derivation,
  claims: Readonly<Record<string, string>>,
  seed: number,
  runs: number,
) {
  try {
    return await checkDerivative(program, claims, domain, { output: 'J', runs, seed });
  } catch (error) {
    if (error instanceof ExpressionError && /outside of the domain|singular/.test(error.message)) return null;
    throw error;
  }
}

const explained = ({ program }: Derivation, claims: object, said: string): string =>
  `${program}\n${JSON.stringify(claims, null, 2)}\n${said}`;

test('right claims about random functions are never called wrong', async () => {
  const tally: Record<ClaimStatus, number> = { right: 0, wrong: 0, notDifferentiable: 0, unreliable: 0 };
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.nat(), async (draw, seed) => {
      const derivation = drawDerivation(draw);
      const claims = claimsOf(derivation);
      const check = await checkOf(derivation, claims, seed, 8);
      fc.pre(check !== null);
      for (const { status } of check.verdicts) tally[status]++;
      if (check.firstWrong !== null) throw new Error(explained(derivation, claims, formatCheck(check)));
    }),
    { numRuns },
  );
  // Kinks, and functions that have no derivative, are drawn, too.
  expect(tally.right).toBeGreaterThan(0.75 * (tally.right + tally.notDifferentiable + tally.unreliable));
});

test('a planted mistake is only called right where it shows at none of the points; the other claims are never called wrong', async () => {
  const tally: Record<ClaimStatus, number> = { right: 0, wrong: 0, notDifferentiable: 0, unreliable: 0 };
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.nat(), async (draw, seed) => {
      const derivation = drawDerivation(draw);
      const mistake = drawMistake(draw, derivation);
      const shows = pointsOf(derivation, seed, 8).map(await comparison(derivation, mistake));
      const shown = shows.filter((answer) => answer === true).length;
      const claims = { ...claimsOf(derivation), [mistake.by]: mistake.claim };
      const check = await checkOf(derivation, claims, seed, 8);
      fc.pre(check !== null);
      const said = () => explained(derivation, claims, `${mistake.says}\n${formatCheck(check)}`);
      for (const { by, status } of check.verdicts) {
        if (by !== mistake.by) {
          if (status === 'wrong') throw new Error(`${by} is right\n${said()}`);
          continue;
        }
        if (status === 'right' && shown > 0) throw new Error(said());
        if (shown > shows.length / 2) tally[status]++;
      }
    }),
    { numRuns },
  );
  expect(tally.wrong).toBeGreaterThan(0.75 * (tally.wrong + tally.notDifferentiable + tally.unreliable));
});

/** The points that a check draws. */
function pointsOf({ domain }: Derivation, seed: number, runs: number): Named[] {
  const points: Named[] = [];
  fc.check(
    fc.property(fc.gen(), (draw: Draw) => {
      points.push(drawPoint(domain, draw));
    }),
    { numRuns: runs, seed },
  );
  return points;
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checkDerivative } from '@tensortape/verify';
import { checkOf, derivation, mlp, mlpDomain, planted, plantedPage } from './planted.ts';

describe('planted mistakes', () => {
  test.each(planted.map((entry) => [entry[0], entry] as const))('%s', async (_, entry) => {
    const check = await checkOf(entry);
    const [, , , , by, said] = entry;
    expect(check.firstWrong).toBe(by);
    const verdicts = check.verdicts.filter(({ status }) => status !== 'right');
    expect(verdicts.map((verdict) => verdict.by)).toEqual([by]);
    expect(verdicts[0]!.guess ?? verdicts[0]!.refusal ?? '').toMatch(said);
  });

  test('docs/planted-mistakes.md is what is said now; else run npm run docs:transcripts', async () => {
    const page = readFileSync(new URL('../../../../docs/planted-mistakes.md', import.meta.url), 'utf8');
    expect(page).toBe(await plantedPage());
    expect(planted.length).toBeGreaterThanOrEqual(48);
  });
});

test('the right derivation of the 3-3-1 MLP is confirmed, line by line', async () => {
  const check = await checkDerivative(mlp, derivation, mlpDomain, { seed: 3 });
  expect(check.verdicts.map(({ by, status }) => [by, status])).toEqual(
    ['z2', 'h1', 'z1', 'W1', 'b1', 'w2', 'b2'].map((by) => [by, 'right']),
  );
});

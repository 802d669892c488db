import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { registry } from '@tensortape/autograd/registry';
import { parse, readComments } from './comments.ts';
import { missing, readCounts, render, uncheckedModes } from './page.ts';

const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');

test('every operation says what it computes, its derivative, its errors and its name in PyTorch', () => {
  const comments = readComments();
  const gaps = registry.flatMap((op) =>
    missing(op, comments.get(`${op.family}.${op.name}`)).map(
      (part) => `${op.name} (${op.family}.ts) lacks ${part}`,
    ),
  );
  expect(gaps).toEqual([]);
});

test('docs/operations.md is what the code says; else run npm run docs:operations', () => {
  expect(page).toBe(render(readCounts(page)));
});

test('the derivatives of every operation have been checked in every mode', () => {
  expect(uncheckedModes(readCounts(page))).toEqual([]);
});

test('a comment is taken apart by its labels', () => {
  expect(
    parse(
      'The e.g. larger of a\nand b; as {@link amax}. NaN wins. Derivatives, with c = 1: c. and 0. Kinks: half.\n\nErrors: ShapeError.\nPyTorch: `torch.max`, but 2.',
    ),
  ).toEqual({
    summary: 'The e.g. larger of a and b; as amax',
    derivative: 'with c = 1: c. and 0',
    kinks: 'half',
    errors: 'ShapeError',
    pytorch: '`torch.max`, but 2',
  });
});

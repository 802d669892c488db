import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as plot from '@tensortape/plot';
import * as tensortape from 'tensortape';
import * as node from 'tensortape/node';
import * as verify from 'tensortape/verify';

const page = readFileSync(new URL('../../../docs/FEATURES.md', import.meta.url), 'utf8');

/** Every name in backquotes on the lines that begin with a mark, with the line's number. */
function namesBehind(mark: string): { line: number; name: string }[] {
  return page.split('\n').flatMap((text, i) => {
    if (!text.startsWith(`- [${mark}]`)) return [];
    return [...text.matchAll(/`([\w.]+)`/g)].map(([, name]) => ({ line: i + 1, name: name! }));
  });
}

function exists(name: string): boolean {
  const path = name.startsWith('Tensor.')
    ? ['Tensor', 'prototype', ...name.split('.').slice(1)]
    : name.split('.');
  return [tensortape, node, verify, plot].some((root) => {
    let found: unknown = root;
    for (const key of path) {
      if ((typeof found !== 'object' && typeof found !== 'function') || found === null || !(key in found))
        return false;
      found = (found as Record<string, unknown>)[key];
    }
    return found !== undefined;
  });
}

test('what docs/FEATURES.md calls done is there', () => {
  const done = namesBehind('x');
  expect(done.length).toBeGreaterThan(100);
  expect(done.filter(({ name }) => !exists(name))).toEqual([]);
});

test('what docs/FEATURES.md calls missing is not there', () => {
  const missing = namesBehind(' ');
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.filter(({ name }) => exists(name))).toEqual([]);
});

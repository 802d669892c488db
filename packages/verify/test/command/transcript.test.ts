import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { guide, render, settled } from './transcript.ts';

const page = readFileSync(guide, 'utf8');

test('the guide shows what the commands print, and its pictures are theirs; else run npm run docs:transcripts', async () => {
  const rendered = await render(page);
  expect(settled(page)).toBe(settled(rendered.page));
  for (const [file, text] of rendered.files) {
    expect(page).toContain(`](${file})`);
    expect(readFileSync(new URL(file, guide), 'utf8')).toBe(text);
  }
  expect([...rendered.files.keys()].sort()).toEqual(['images/graph.svg', 'images/trace.svg']);
});

test('every command is shown', () => {
  for (const command of ['grad', 'jacobian', 'hessian', 'trace', 'graph', 'order', 'check']) {
    expect(page).toContain(`\n$ tensortape ${command} `);
  }
});

test('a transcript that is stale is found, numbers and codes too', async () => {
  const block = (...lines: string[]) => ['```console', ...lines, '```', ''].join('\n');
  const command = '$ tensortape order "x * x" --at x=2';
  const right = block(command, '1. x', '2. v1 = mul(x, x)', '$ echo $?', '0');
  expect((await render(right)).page).toBe(right);
  expect((await render(block(command, '1. y', '$ echo $?', '1'))).page).toBe(right);
  expect((await render(block('$ tensortape sort', '$ echo $?'))).page).toContain('\n2\n```');
  await expect(render(block('$ rm file'))).rejects.toThrow("cannot run '$ rm file'");
  expect(settled('x  5.5 (1e−16) ± 5.9e−15')).toBe('x  5.5 (ε) ± ε');
  expect(settled('5.5 (1e−3)')).toBe('5.5 (1e−3)');
});

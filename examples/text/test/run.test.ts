import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { parseOptions } from '../src/options.ts';
import { run } from '../src/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'tensortape-text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  jest.restoreAllMocks();
});

let output = '';
beforeEach(() => {
  output = '';
  jest.spyOn(console, 'log').mockImplementation((line: string) => {
    output += `${line}\n`;
  });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});

const start = (...words: string[]) => run(parseOptions([...words, '--out', join(folder, 'run')]));

test('a text that is missing, or too short, is refused before anything is trained', async () => {
  const short = join(folder, 'short');
  writeFileSync(short, 'too short');
  await expect(start('--text', join(folder, 'nowhere'))).rejects.toThrow(
    /^--text: cannot read .*nowhere .*ENOENT.*leave --text out/,
  );
  await expect(start('--text', short)).rejects.toThrow(
    /short has 9 characters; give a text of 1,000 or more/,
  );
  expect(output).toBe('');
});

test('defaults, and words it does not know', () => {
  expect(parseOptions([])).toMatchObject({ model: 'lstm', steps: 2000, out: 'runs/text-lstm' });
  expect(parseOptions(['--model', 'gpt'])).toMatchObject({ model: 'gpt', steps: 800, out: 'runs/text-gpt' });
  for (const words of ['--model rnn', '--steps 0', '--epochs 3', 'word', '--text=']) {
    expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  }
});

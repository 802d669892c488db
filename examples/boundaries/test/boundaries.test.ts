import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { animate } from '../src/animation.ts';
import { learn, start } from '../src/learn.ts';
import { parseOptions } from '../src/options.ts';
import { momentsOf, run } from '../src/run.ts';

test.each(['moons', 'spirals'] as const)('learns %s, the same from the same seed', (points) => {
  const learning = { points, hidden: 24, steps: 200, lr: 0.02, seed: 0 };
  const watch = () => [...learn(start(learning), learning)];
  const moments = watch();
  expect(moments.map(({ step }) => step)).toEqual(Array.from({ length: 201 }, (_, step) => step));
  expect(moments.at(-1)!.accuracy).toBeGreaterThan(0.95);
  expect(moments[0]!.accuracy).toBeLessThan(0.9);
  expect(watch()).toEqual(moments);
});

test('moments begin with the first step, end with the last and never repeat', () => {
  expect([...momentsOf(500, 11)]).toEqual([0, 5, 20, 45, 80, 125, 180, 245, 320, 405, 500]);
  expect([...momentsOf(5, 11)]).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a film shows each frame once, and the last one for longer', () => {
  const frame = (name: string) => `<svg xmlns="x" width="30" height="20.5">${name}</svg>`;
  const film = animate(['a', 'b', 'c'].map(frame), 0.5);
  expect(film).toContain('viewBox="0 0 30 20.5"');
  const delays = [...film.matchAll(/animation-delay:([\d.]+)s"><svg[^>]*>(\w)/g)];
  expect(delays.map(([, delay, name]) => [Number(delay), name])).toEqual([
    [0, 'a'],
    [0.5, 'b'],
  ]);
  expect(film).toContain('animation: show 3.500s');
  expect(film).toContain('14.2857% { visibility: hidden; }');
});

test('writes a strip and a film', async () => {
  jest.spyOn(console, 'log').mockReturnValue();
  const out = await mkdtemp(join(tmpdir(), 'boundaries-'));
  try {
    await run(parseOptions(['--points', 'moons', '--steps', '5', '--out', out]));
    const film = await readFile(join(out, 'moons.svg'), 'utf8');
    for (const step of [0, 1, 2, 3, 4, 5]) expect(film.split(`>Step ${step}<`)).toHaveLength(2);
    expect([...(await readFile(join(out, 'moons.png'))).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  } finally {
    await rm(out, { recursive: true });
  }
});

test('defaults, and words it does not know', () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(parseOptions([])).toMatchObject({ points: 'spirals', steps: 500, out: 'runs/boundaries' });
  for (const words of ['--points stars', '--steps 4', '--lr 0', 'word', '--out=']) {
    expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  }
});

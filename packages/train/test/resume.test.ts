import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundlePrograms, ended, startProgram } from './programs/start.ts';
import { Training } from './programs/training.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
  await bundlePrograms(folder);
});
afterAll(() => rm(folder, { recursive: true }));

test('20 steps are, bit for bit, 10 steps, a checkpoint, and 10 more in another process', async () => {
  const [half, resumed, straight] = ['half', 'resumed', 'straight'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const take = (from: string, to: string, steps: number) =>
    ended(startProgram(folder, 'resume', from, to, String(steps)));
  await Promise.all([take('-', straight, 20), take('-', half, 10).then(() => take(half, resumed, 10))]);
  // Weights, moments, statistics, averages, rates, the order of the batches, random numbers, losses: all of the state.
  expect((await readFile(resumed)).equals(await readFile(straight))).toBe(true);
  expect((await readFile(half)).equals(await readFile(straight))).toBe(false);

  const [expected, actual] = [new Training(), new Training()];
  for (let i = 0; i < 25; i++) expected.next();
  await actual.load(resumed);
  for (let i = 0; i < 5; i++) actual.next();
  expect(actual.step).toBe(25);
  expect(actual.losses).toEqual(expected.losses);
});

/** 10 kills; 200 in the nightly command, which sets FC_NUM_RUNS=2000. */
const kills = Math.max(10, Number(process.env['FC_NUM_RUNS'] ?? 0) / 10);

test(`a training that is killed ${kills} times while it saves goes on each time from a whole checkpoint`, async () => {
  const path = join(folder, 'killed.safetensors');
  const found: { step: number; losses: readonly number[]; next: number }[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const program = startProgram(folder, 'endless', path);
    const end = ended(program);
    await Promise.race([new Promise((resolve) => program.stdout!.once('data', resolve)), end]);
    // Steps and saves take milliseconds: anything may be under way.
    await sleep(100 * Math.random());
    program.kill('SIGKILL');
    await expect(end).rejects.toThrow('ended with SIGKILL');
    const training = new Training();
    await training.load(path);
    const { step, losses } = training;
    found.push({ step, losses, next: training.next() });
  }
  // Each is one of the states that were saved, and goes on as a training does that nobody killed.
  const last = found.at(-1)!.step;
  const straight = new Training();
  const expected = Array.from({ length: last + 1 }, () => straight.next());
  expect(found).toEqual(
    found.map(({ step }) => ({ step, losses: expected.slice(0, step), next: expected[step] })),
  );
  const steps = found.map(({ step }) => step);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(last).toBeGreaterThanOrEqual(kills);
  // What was being written stays behind under other names, and never under this one.
  const others = (await readdir(folder)).filter(
    (name) => name.startsWith('killed.') && !name.endsWith('.tmp'),
  );
  expect(others).toEqual(['killed.safetensors']);
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { loadCifar10 } from '@tensortape/example-shared';
import { Generator } from 'tensortape';
import { parseOptions } from '../src/options.ts';
import { run } from '../src/run.ts';

let folder: string;
const output: string[] = [];

/** Images of a file of CIFAR-10: each class has a level of its own, so that there is something to learn. */
function file(count: number): Uint8Array {
  const bytes = new Uint8Array(3073 * count);
  const generator = new Generator(count);
  for (let i = 0; i < count; i++) {
    const label = i % 10;
    bytes[3073 * i] = label;
    const noise = generator.uniform(new Float64Array(3072), 0, 20);
    for (let k = 0; k < 3072; k++) bytes[3073 * i + 1 + k] = 20 * label + noise[k]!;
  }
  return bytes;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cifar10-'));
  await writeFile(join(folder, 'data_batch_2.bin'), file(300));
  await writeFile(join(folder, 'test_batch.bin'), file(50));
  jest.spyOn(console, 'log').mockImplementation((line: string) => {
    output.push(line);
  });
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => rm(folder, { recursive: true }));

test('learns from the files that are there, and writes curves, confusion matrix and model', async () => {
  const out = join(folder, 'out');
  await run(
    parseOptions(
      `--data ${folder} --out ${out} --channels 4 --epochs 6 --batch 30 --lr 0.02 --no-augment`.split(' '),
    ),
  );
  expect(output.join('\n')).toContain('270 images to train on, 30 to validate, 50 to test');
  const { test: scores, epochs } = JSON.parse(await readFile(join(out, 'history.json'), 'utf8'));
  expect(epochs).toHaveLength(6);
  expect(scores.accuracy).toBeGreaterThan(0.4);
  const confusion = await readFile(join(out, 'confusion.svg'), 'utf8');
  for (const text of ['airplane', 'truck', 'predicted class']) expect(confusion).toContain(text);
  expect(await readFile(join(out, 'curves.svg'), 'utf8')).toContain('validation, after each epoch');
});

test('training images are cropped and flipped anew each time, the same from the same seed; others never', async () => {
  const load = () => loadCifar10({ data: folder, augment: true, seed: 3 }, 'npm run cifar10 --', () => {});
  const [one, two] = [await load(), await load()];
  const image = ({ training }: typeof one) => training.get(5)[0].toArray();
  const first = image(one);
  expect(image(two)).toEqual(first);
  expect(image(one)).not.toEqual(first);
  const still = () => one.validation.get(5)[0].toArray();
  expect(still()).toEqual(still());
});

test('without files it says how to get them', async () => {
  const options = parseOptions(['--data', join(folder, 'none'), '--out', join(folder, 'out')]);
  await expect(run(options)).rejects.toThrow(/no CIFAR-10 in .*none.*\n.*--data <folder>.*--download/);
});

test('defaults, and words it does not know', () => {
  expect(parseOptions([])).toMatchObject({ epochs: 10, channels: 16, augment: true, out: 'runs/cifar10' });
  for (const words of ['--batch 1', '--epochs 0', '--lr x', 'word', '--data=']) {
    expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  }
});

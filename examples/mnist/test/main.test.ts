import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PNG } from 'pngjs';
import { nn } from 'tensortape';

const folder = mkdtempSync(join(tmpdir(), 'tensortape-mnist-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface End {
  code: number | null;
  output: string;
  errors: string;
}

/** Runs the program where there is no MNIST, and presses Ctrl-C once its output says `interruptAt`. */
function start(words: string, interruptAt?: string): Promise<End> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=@tensortape/source', '--import', tsx, main, ...words.split(' ')],
    {
      cwd: folder,
      env: { ...process.env, TENSORTAPE_DATA: '', XDG_CACHE_HOME: folder },
      timeout: 55_000,
      killSignal: 'SIGKILL',
    },
  );
  return new Promise((resolve, reject) => {
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const before = output;
      output += text;
      if (interruptAt && output.includes(interruptAt) && !before.includes(interruptAt)) child.kill('SIGINT');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, errors }));
  });
}

/** A folder inside the working folder with a file of an earlier run in it. */
function withEarlierModel(name: string): string {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'model.safetensors'), 'earlier');
  return name;
}

const filesIn = (name: string) =>
  readdirSync(join(folder, name))
    .sort()
    .map((file) => [file, readFileSync(join(folder, name, file))] as const);

describe('a short run on generated digits', () => {
  const short = '--epochs 2 --limit 400 --batch 20 --hidden 20';
  let end: End;
  let files: ReadonlyMap<string, Buffer>;

  beforeAll(async () => {
    end = await start(`${short} --out first/run`);
    files = new Map(filesIn('first/run'));
  });

  test('says which data it uses, where to get the real ones, how the epochs went, and the result', () => {
    expect(end).toMatchObject({ code: 0, errors: '' });
    const lines = end.output.split('\n');
    expect(lines[0]).toMatch(/^Data +generated digits, as there is no MNIST in .*tensortape/);
    expect(lines[1]).toMatch(/npm start -- --download .* --data <folder>/);
    expect(end.output).toContain('400 to train on, 2,000 to validate, 2,000 to test');
    expect(end.output).toContain('784-20-10 with ReLU, 15,910 parameters from seed 0');
    expect(end.output.match(/^Epoch \d\/2 .* validation loss/gm)).toHaveLength(2);
    expect(end.output).toMatch(/Test +accuracy \d\d\.\d\d %.* read back from .*model\.safetensors/);
  });

  test('learns', () => {
    const { test, epochs } = JSON.parse(String(files.get('history.json')));
    expect(test.accuracy).toBeGreaterThan(0.5);
    expect(epochs[1].validation.loss).toBeLessThan(epochs[0].validation.loss);
    expect(end.output).toContain(
      `accuracy ${(100 * test.accuracy).toFixed(2)} %, loss ${test.loss.toFixed(3)}`,
    );
  });

  test('writes the model with the names and shapes of PyTorch', () => {
    const tensors = nn.parseState(files.get('model.safetensors')!);
    const shapes = Object.fromEntries([...tensors].map(([key, { shape }]) => [key, shape]));
    expect(shapes).toEqual({
      'fc1.weight': [20, 784],
      'fc1.bias': [20],
      'fc2.weight': [10, 20],
      'fc2.bias': [10],
    });
  });

  test('writes the history, the pictures and nothing else', () => {
    expect([...files.keys()]).toEqual([
      'curves.svg',
      'history.json',
      'mistakes.png',
      'model.safetensors',
      'weights.png',
    ]);
    const history = JSON.parse(String(files.get('history.json')));
    expect(history).toMatchObject({
      options: { epochs: 2, limit: 400, hidden: 20, seed: 0 },
      data: { name: 'generated digits', training: 400, validation: 2000, test: 2000 },
      epochs: [{ epoch: 1 }, { epoch: 2 }],
    });
    expect(history.moments.at(-1).epoch).toBe(2);
  });

  test('draws curves with titles, axes and both sets', () => {
    const svg = String(files.get('curves.svg'));
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    for (const text of [
      'Training a 784-20-10 network on generated digits',
      'loss (cross-entropy, nats)',
      'accuracy',
      'epoch',
      'training, as it goes',
      'validation, after each epoch',
    ]) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg).not.toContain('NaN');
  });

  test('draws weights in red and blue, and mistakes in black with red captions', () => {
    const red = (r: number, g: number, b: number) => r > g + 60 && r > b + 60;
    const blue = (r: number, _: number, b: number) => b > r + 60;
    const black = (r: number, g: number, b: number) => r + g + b < 60;
    expect(shareOf('weights.png', red)).toBeGreaterThan(0.005);
    expect(shareOf('weights.png', blue)).toBeGreaterThan(0.005);
    expect(shareOf('mistakes.png', red)).toBeGreaterThan(0.005);
    expect(shareOf('mistakes.png', black)).toBeGreaterThan(0.01);
  });

  /** The share of a picture's pixels that are of a colour. */
  function shareOf(name: string, isOf: (red: number, green: number, blue: number) => boolean): number {
    const { data } = PNG.sync.read(files.get(name)!);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (isOf(data[i]!, data[i + 1]!, data[i + 2]!)) count++;
    return (4 * count) / data.length;
  }

  test('gives the same bits for the same seed, others for another', async () => {
    // Ended once the model is written: the pictures take most of the time.
    await Promise.all([
      start(`${short} --out again`, 'Test'),
      start(`${short} --out other --seed 1`, 'Test'),
    ]);
    const [again, other] = ['again', 'other'].map((name) => new Map(filesIn(name)).get('model.safetensors')!);
    expect(again!.equals(files.get('model.safetensors')!)).toBe(true);
    expect(other!.equals(again!)).toBe(false);
  });
});

test('a short run of the convolutional network learns, and draws its filters', async () => {
  const { code, output, errors } = await start('--model cnn --epochs 1 --limit 600 --batch 10 --out cnn');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toContain('convolutional with ReLU, 61,706 parameters from seed 0');
  const files = new Map(filesIn('cnn'));
  expect(JSON.parse(String(files.get('history.json'))).test.accuracy).toBeGreaterThan(0.5);
  expect(nn.parseState(files.get('model.safetensors')!).get('conv2.weight')!.shape).toEqual([16, 6, 5, 5]);
  expect([...files.keys()]).toContain('weights.png');
});

test('a loss that is no number stops the training, says where and why, and spares earlier files', async () => {
  const out = withEarlierModel('diverged');
  const { code, errors } = await start(`--lr 1e30 --limit 1000 --out ${out}`);
  expect(code).toBe(1);
  expect(errors).toMatch(/^error: the loss became (NaN|Infinity|-Infinity) in epoch 1, step \d+ of 10\.\n/);
  expect(errors).toContain('the learning rate, 1e+30, is too high');
  expect(errors).toContain('--lr 0.003');
  expect(filesIn(out).map(([name, bytes]) => [name, String(bytes)])).toEqual([
    ['model.safetensors', 'earlier'],
  ]);
});

test('Ctrl-C ends the training with exit code 130 and spares earlier files', async () => {
  const out = withEarlierModel('interrupted');
  const { code, errors } = await start(`--epochs 100000 --limit 200 --out ${out}`, 'Epoch      2/100000');
  expect({ code, errors }).toEqual({
    code: 130,
    errors: 'error: interrupted; no file is left half-written\n',
  });
  expect(filesIn(out).map(([name, bytes]) => [name, String(bytes)])).toEqual([
    ['model.safetensors', 'earlier'],
  ]);
});

test('words it does not know, and folders that will not do, end it at once', async () => {
  writeFileSync(join(folder, 'file'), '');
  const ends = await Promise.all([start('--epoch 3'), start('--data nowhere'), start('--out file')]);
  expect(ends.map(({ code, output }) => [code, output])).toEqual([
    [1, ''],
    [1, ''],
    [1, ''],
  ]);
  const [unknown, data, out] = ends.map(({ errors }) => errors);
  expect(unknown).toContain("unknown option '--epoch'\n(Did you mean --epochs?)");
  expect(data).toMatch(/^error: --data: no MNIST in nowhere, which should hold train-images-idx3-ubyte/);
  expect(out).toMatch(/^error: --out: file is no folder to write to \(EEXIST.*Give another one\./);
});

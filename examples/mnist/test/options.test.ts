import { afterEach, expect, jest, test } from '@jest/globals';
import { parseOptions } from '../src/options.ts';

const errors = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
const output = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
const written = (stream: typeof errors) => stream.mock.calls.map(([text]) => String(text)).join('');

afterEach(() => {
  jest.clearAllMocks();
});

test('without words, the defaults', () => {
  expect(parseOptions([])).toEqual({
    model: 'mlp',
    epochs: 5,
    batch: 100,
    lr: 0.003,
    hidden: 128,
    seed: 0,
    out: 'runs/mnist',
  });
});

test('every option is read', () => {
  const words =
    '--epochs 2 --batch 32 --lr 1e-4 --hidden 64 --seed 7 --limit 500 --data a --out b --download'.split(' ');
  expect(parseOptions(words)).toEqual({
    model: 'mlp',
    epochs: 2,
    batch: 32,
    lr: 1e-4,
    hidden: 64,
    seed: 7,
    limit: 500,
    data: 'a',
    out: 'b',
    download: true,
  });
});

test('the convolutional network has a folder of its own', () => {
  expect(parseOptions(['--model', 'cnn'])).toMatchObject({ model: 'cnn', out: 'runs/mnist-cnn' });
  expect(parseOptions(['--model', 'cnn', '--out', 'a'])).toMatchObject({ model: 'cnn', out: 'a' });
});

test.each([
  ['--epochs 0', "option '--epochs <n>' argument '0' is invalid. Give a whole number from 1 to 1000000."],
  ['--epochs 1.5', "'--epochs <n>' argument '1.5' is invalid."],
  ['--epochs', "option '--epochs <n>' argument missing"],
  ['--batch many', "'--batch <n>' argument 'many' is invalid. Give a whole number from 1"],
  ['--batch -5', "'--batch <n>' argument '-5' is invalid."],
  ['--lr 0', "'--lr <x>' argument '0' is invalid. Give a number above 0, such as 0.003."],
  ['--lr -1', "'--lr <x>' argument '-1' is invalid."],
  ['--lr NaN', "'--lr <x>' argument 'NaN' is invalid."],
  ['--lr 1e999', "'--lr <x>' argument '1e999' is invalid."],
  ['--lr=', "'--lr <x>' argument '' is invalid."],
  ['--hidden 10001', "'--hidden <n>' argument '10001' is invalid. Give a whole number from 1 to 10000."],
  ['--seed 0x10', "'--seed <n>' argument '0x10' is invalid. Give a whole number from 0 to 9007199254740991."],
  ['--seed 99999999999999999', "'--seed <n>' argument '99999999999999999' is invalid."],
  ['--limit 0', "'--limit <n>' argument '0' is invalid."],
  ['--data=', "'--data <folder>' argument '' is invalid. Give the path of a folder."],
  ['--out=', "'--out <folder>' argument '' is invalid."],
  ['--model rnn', "'--model <name>' argument 'rnn' is invalid. Allowed choices are mlp, cnn."],
  ['--model cnn --hidden 5', "option '--hidden <n>' is for --model mlp"],
  ['--epoch 3', "unknown option '--epoch'\n(Did you mean --epochs?)"],
  ['--verbose', "unknown option '--verbose'"],
  ['5', "unexpected word '5'. Options stand after a -- of their own: npm start -- --epochs 5"],
])('%s is refused by name', (words, message) => {
  expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  expect(written(errors)).toContain(message);
  expect(written(errors)).toContain('npm start -- --help shows the options.');
});

test('--help names every option and its default', () => {
  expect(() => parseOptions(['--help'])).toThrow(expect.objectContaining({ exitCode: 0 }));
  expect(written(output)).toMatch(/--epochs <n> +passes over the training images \(default: 5\)/);
  for (const name of ['model', 'batch', 'lr', 'hidden', 'seed', 'limit', 'data', 'download', 'out', 'help']) {
    expect(written(output)).toContain(`--${name}`);
  }
});

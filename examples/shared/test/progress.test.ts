import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { tensor } from 'tensortape';
import { History } from '../src/classifier/history.ts';
import { Progress } from '../src/classifier/progress.ts';
import { Tally } from '../src/classifier/train.ts';

/** Ten images, of which the network gets nine right. */
const batch = Tally.of(
  tensor(0.5),
  tensor(Array.from({ length: 10 }, () => [0, 1])),
  tensor([1, 1, 1, 1, 1, 1, 1, 1, 1, 0], { dtype: 'int32' }),
);
const environment = process.env;

beforeEach(() => {
  process.env = { ...environment, TERM: 'xterm' };
  delete process.env['CI'];
  jest.useFakeTimers();
});
afterEach(() => {
  process.env = environment;
  jest.useRealTimers();
});

/** What a training of two epochs of 100 steps, a step each 100 ms, writes. */
function train(terminal: { isTTY: boolean }): string {
  let text = '';
  const output = new Writable({
    write(part, _encoding, done) {
      text += part;
      done();
    },
  });
  const history = new History({ epochs: 2, steps: 100 });
  const progress = new Progress(history.plan, Object.assign(output, { ...terminal, columns: 120 }));
  for (let epoch = 0; epoch < 2; epoch++) {
    history.startEpoch();
    progress.startEpoch(history);
    for (let step = 0; step < 100; step++) {
      jest.advanceTimersByTime(100);
      history.add(batch);
      progress.step(history);
    }
    progress.endEpoch(history.endEpoch(batch.scores));
  }
  return text;
}

const epochLine = (epoch: number) =>
  `Epoch ${epoch}/2  training loss 0.500 accuracy 90.00 %  validation loss 0.500 accuracy 90.00 %  10 s, 100 images/s\n`;

test('in a log: a line now and then, and one for each epoch', () => {
  expect(train({ isTTY: false })).toBe(
    `Epoch 1/2  step 50 of 100  loss 0.500 accuracy 90.00 %  100 images/s  15 s left\n` +
      `Epoch 1/2  step 100 of 100  loss 0.500 accuracy 90.00 %  100 images/s  10 s left\n${epochLine(1)}` +
      `Epoch 2/2  step 50 of 100  loss 0.500 accuracy 90.00 %  100 images/s  5.0 s left\n` +
      `Epoch 2/2  step 100 of 100  loss 0.500 accuracy 90.00 %  100 images/s  0.0 s left\n${epochLine(2)}`,
  );
});

test.each([
  ['CI', 'true'],
  ['TERM', 'dumb'],
])('with %s=%s, no bar either', (name, value) => {
  process.env[name] = value;
  expect(train({ isTTY: true })).not.toContain('\x1B');
});

test('in a terminal: a bar, which leaves the lines of the epochs', () => {
  const text = train({ isTTY: true });
  expect(text).toContain('Epoch 1/2  ━━━━━━━━━━━━────────────');
  expect(text).toContain(' 50 %  loss 0.500 accuracy 90.00 %  100 images/s  15 s left');
  // Up to ten frames a second.
  expect(text.split('\x1B[1G').length).toBeLessThan(220);
  for (const epoch of [1, 2]) expect(text).toContain(`\x1B[2K${epochLine(epoch)}`);
});

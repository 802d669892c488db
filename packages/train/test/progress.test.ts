import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { formatDuration, Progress, type ProgressOptions, track } from '@tensortape/train/node';

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

/** A stream, and what was written to it. */
function recorder(terminal: { isTTY: boolean }): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(part, _encoding, done) {
      text += part;
      done();
    },
  });
  return { stream: Object.assign(stream, { ...terminal, columns: 120 }), text: () => text };
}

/** What a work of 100 steps of a second writes. */
function work(isTTY: boolean, options: Partial<ProgressOptions> = {}): string {
  const { stream, text } = recorder({ isTTY });
  const progress = new Progress({ total: 100, label: 'Epoch 1/2', stream, ...options });
  for (let step = 1; step <= 100; step++) {
    jest.advanceTimersByTime(1000);
    progress.update(step, `loss ${step}`);
  }
  progress.stop();
  progress.stop();
  return text();
}

test('in a log file: a line each five seconds', () => {
  const lines = work(false).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'Epoch 1/2  step 5 of 100  loss 5  1 min 35 s left',
    'Epoch 1/2  step 10 of 100  loss 10  1 min 30 s left',
    'Epoch 1/2  step 15 of 100  loss 15  1 min 25 s left',
  ]);
  expect(lines).toHaveLength(21);
  expect(lines.at(-2)).toBe('Epoch 1/2  step 100 of 100  loss 100  0.0 s left');
});

test('in CI, terminal or not: a line each thirty seconds', () => {
  process.env['CI'] = 'true';
  for (const isTTY of [true, false]) {
    expect(work(isTTY, { label: '', unit: 'batch', timeLeft: false })).toBe(
      'batch 30 of 100  loss 30\nbatch 60 of 100  loss 60\nbatch 90 of 100  loss 90\n',
    );
  }
});

test('in a terminal that knows no colours: as in a log file', () => {
  process.env['TERM'] = 'dumb';
  expect(work(true)).toBe(work(false));
});

test('in a terminal: a bar that goes when it is stopped', () => {
  const text = work(true);
  expect(text).toContain('Epoch 1/2  ━━━━━━━━━━━━──────────── ');
  expect(text).toContain(' 50 %  loss 50  50 s left');
  expect(text).not.toContain('\n');
  expect(text.slice(text.lastIndexOf('━'))).toContain('\x1B[2K');
  // Hidden cursors and the like would stay so where Ctrl-C ends the program.
  expect(text).not.toContain('\x1B[?');
});

test('in a narrow terminal the text is cut, so that no line wraps', () => {
  const { stream, text } = recorder({ isTTY: true });
  const progress = new Progress({
    total: 2,
    label: 'Epoch 1/2',
    stream: Object.assign(stream, { columns: 40 }),
  });
  jest.advanceTimersByTime(1000);
  progress.update(1, 'loss 0.123456789');
  progress.stop();
  const lines = text().split('\x1B[1G');
  expect(lines.some((line) => line.includes('50 %  loss 0.1'))).toBe(true);
  const shown = lines.map((line) =>
    stripVTControlCharacters(line.replaceAll('\x1B7', '').replaceAll('\x1B8', '')),
  );
  for (const line of shown) expect(line.length).toBeLessThanOrEqual(40);
});

test.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.6, '1 min 00 s'],
  [187, '3 min 07 s'],
  [3599.4, '59 min 59 s'],
  [3599.6, '1 h 00 min'],
  [7500, '2 h 05 min'],
])('%s seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

describe('track', () => {
  test('gives the items, counts them, and stops with the loop', () => {
    const { stream, text } = recorder({ isTTY: false });
    const seen: string[] = [];
    for (const item of track(['a', 'b', 'c'], { stream, timeLeft: false })) {
      seen.push(item);
      jest.advanceTimersByTime(6000);
      if (item === 'b') break;
    }
    expect(seen).toEqual(['a', 'b']);
    expect(text()).toBe('step 1 of 3\n');
  });

  test('needs to know how many there are', () => {
    const items = new Set([1, 2]);
    expect(() => [...track(items)]).toThrow(/the items have no length; pass total/);
    expect([...track(items, { total: 2, stream: recorder({ isTTY: false }).stream })]).toEqual([1, 2]);
    expect(() => new Progress({ total: 0.5 })).toThrow(/total must be a whole number >= 0, got 0.5/);
  });
});

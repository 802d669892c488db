import { describe, expect, test } from '@jest/globals';
import { ones } from '@tensortape/autograd';
import { ExponentialLR, LambdaLR, SGD, StepLR } from '@tensortape/optim';

const make = (...rates: number[]) => new SGD(rates.map((lr) => ({ params: [ones([1])], lr })));

/** The rates of every group over some epochs. */
const run = (scheduler: { getLastLr(): number[]; step(): void }, epochs: number) =>
  Array.from({ length: epochs }, () => {
    const rates = scheduler.getLastLr();
    scheduler.step();
    return rates;
  });

test('StepLR', () => {
  expect(run(new StepLR(make(8, 1), 2, { gamma: 0.5 }), 5)).toEqual([
    [8, 1],
    [8, 1],
    [4, 0.5],
    [4, 0.5],
    [2, 0.25],
  ]);
});

test('ExponentialLR', () => {
  expect(run(new ExponentialLR(make(8), 0.5), 4)).toEqual([[8], [4], [2], [1]]);
});

test('LambdaLR', () => {
  expect(run(new LambdaLR(make(8, 1), (epoch) => 1 / (epoch + 1)), 2)).toEqual([
    [8, 1],
    [4, 0.5],
  ]);
  expect(run(new LambdaLR(make(8, 1), [(epoch) => epoch, () => 3]), 3)).toEqual([
    [0, 3],
    [8, 3],
    [16, 3],
  ]);
  expect(() => new LambdaLR(make(8, 1), [() => 1])).toThrow(
    'LambdaLR: expected a function for each of 2 groups, got 1',
  );
});

test('two schedules of one optimizer work together', () => {
  const optimizer = make(8);
  const [every, third] = [new ExponentialLR(optimizer, 0.5), new StepLR(optimizer, 3, { gamma: 10 })];
  for (let epoch = 0; epoch < 3; epoch++) {
    every.step();
    third.step();
  }
  expect(optimizer.paramGroups[0]?.lr).toBe(10);
});

test('a later schedule starts from the same rate as the first', () => {
  const optimizer = make(8);
  new ExponentialLR(optimizer, 0.5).step();
  const later = new LambdaLR(optimizer, () => 0.25);
  expect([later.baseLrs, later.getLastLr()]).toEqual([[8], [2]]);
});

test('they go on from a saved state', () => {
  const [first, second] = [make(8), make(100)];
  const before = new StepLR(first, 3, { gamma: 0.5 });
  for (let epoch = 0; epoch < 4; epoch++) before.step();
  const after = new StepLR(second, 7);
  after.loadStateDict(JSON.parse(JSON.stringify(before.stateDict())));
  second.loadStateDict(first.stateDict());
  expect([after.lastEpoch, after.baseLrs, after.options]).toEqual([4, [8], { stepSize: 3, gamma: 0.5 }]);
  expect(run(after, 6)).toEqual(run(before, 6));
  expect(after.getLastLr()).toEqual([1]);
});

test('they go on from an epoch, when the optimizer knows where it started', () => {
  const optimizer = make(8);
  expect(() => new ExponentialLR(optimizer, 0.5, { lastEpoch: 2 })).toThrow(
    'ExponentialLR: paramGroups[0] has no initialLr to go on from',
  );
  new ExponentialLR(optimizer, 0.5).step();
  const again = new LambdaLR(optimizer, (epoch) => epoch, { lastEpoch: 1 });
  expect([again.lastEpoch, again.getLastLr()]).toEqual([2, [16]]);
});

describe('wrong arguments', () => {
  test('of constructors', () => {
    expect(() => new StepLR(make(1), 0)).toThrow('StepLR: stepSize must be a whole number >= 1, got 0');
    expect(() => new StepLR(make(1), 1.5)).toThrow(/stepSize must be a whole number/);
    expect(() => new StepLR(make(1), 1, { gamma: Number.NaN })).toThrow(
      'StepLR: gamma must be a finite number, got NaN',
    );
    expect(() => new ExponentialLR(make(1), Infinity)).toThrow(/^ExponentialLR: gamma must be/);
    expect(() => new StepLR(make(1), 1, { lastEpoch: -2 })).toThrow(
      'StepLR: lastEpoch must be a whole number >= -1, got -2',
    );
  });

  test('a group that came later', () => {
    const optimizer = make(1);
    const scheduler = new ExponentialLR(optimizer, 0.5);
    optimizer.addParamGroup({ params: [ones([1])] });
    expect(() => scheduler.step()).toThrow(
      'ExponentialLR: the optimizer has 2 groups, but had 1 when the schedule was made',
    );
    expect(scheduler.lastEpoch).toBe(0);
  });

  test('of states', () => {
    const scheduler = new StepLR(make(1), 2);
    const state = scheduler.stateDict();
    const load = (changes: object) => () => scheduler.loadStateDict({ ...state, ...changes });
    expect(() => scheduler.loadStateDict({ gamma: 1 })).toThrow(
      "StepLR: the state dict: 'last_epoch' is missing; was it saved by another optimizer?; the state dict: 'base_lrs' is missing",
    );
    expect(load({ last_epoch: -2 })).toThrow('StepLR: last_epoch must be a whole number >= -1, got -2');
    expect(load({ base_lrs: [1, 2] })).toThrow('StepLR: base_lrs must be 1 finite numbers, got 1,2');
    expect(load({ step_size: 0.5 })).toThrow(/stepSize must be a whole number/);
    expect(scheduler.stateDict()).toEqual(state);
  });
});

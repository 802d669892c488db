import { describe, expect, test } from '@jest/globals';
import { ones } from '@tensortape/autograd';
import {
  Adagrad,
  Adam,
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  MultiplicativeLR,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  SGD,
  StepLR,
  SWALR,
} from '@tensortape/optim';

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

test('a line to 0 ends at 0, not below', () => {
  const optimizer = make(0.01);
  const scheduler = new LinearLR(optimizer, { endFactor: 0 });
  for (let epoch = 0; epoch < 6; epoch++) scheduler.step();
  expect(scheduler.getLastLr()).toEqual([0]);
  expect(() => make(1).loadStateDict(optimizer.stateDict())).not.toThrow();
});

test('the last rates are those that the schedule gave, whatever came after', () => {
  const optimizer = make(8);
  const scheduler = new ExponentialLR(optimizer, 0.5);
  optimizer.paramGroups[0]!.lr = 3;
  expect(scheduler.getLastLr()).toEqual([8]);
});

test('momenta go against the rates, those of Adam in its first beta', () => {
  const optimizer = new Adam([ones([1])], { betas: [0.5, 0.25] });
  const scheduler = new CyclicLR(optimizer, 0, 1, { stepSizeUp: 2, baseMomentum: 0.6, maxMomentum: 1 - 0.2 });
  scheduler.step();
  expect(optimizer.paramGroups[0]).toMatchObject({ lr: 0.5, betas: [0.7, 0.25] });
});

describe('a cycle', () => {
  test('is over after its last step', () => {
    const scheduler = new OneCycleLR(make(1), 1, { totalSteps: 3, cycleMomentum: false });
    for (let step = 0; step < 3; step++) scheduler.step();
    expect(() => scheduler.step()).toThrow(
      'OneCycleLR: the cycle of 3 steps is over; give it more totalSteps, or stop stepping',
    );
  });

  test('goes on in another optimizer that has taken over the state', () => {
    const [first, second] = [make(1), make(1)];
    const options = { totalSteps: 20, cycleMomentum: false };
    const scheduler = new OneCycleLR(first, 3, options);
    for (let step = 0; step < 7; step++) scheduler.step();
    second.loadStateDict(first.stateDict());
    const again = new OneCycleLR(second, 3, { ...options, lastEpoch: 7 });
    scheduler.step();
    expect(again.getLastLr()).toEqual(scheduler.getLastLr());
  });

  test('goes on only where the groups know it', () => {
    const optimizer = make(1);
    optimizer.paramGroups[0]!.initialLr = 1;
    expect(() => new OneCycleLR(optimizer, 1, { totalSteps: 9, lastEpoch: 3 })).toThrow(
      "OneCycleLR: a group has no maxLr to go on from; load the optimizer's state first, or start with lastEpoch -1",
    );
  });

  test('needs a momentum, unless told otherwise', () => {
    const optimizer = new Adagrad([ones([1])]);
    const lacks =
      'the optimizer has neither momentum nor betas; choose another, or set cycleMomentum to false';
    expect(() => new CyclicLR(optimizer, 0.1, 1)).toThrow(`CyclicLR: ${lacks}`);
    expect(() => new OneCycleLR(optimizer, 1, { totalSteps: 9 })).toThrow(`OneCycleLR: ${lacks}`);
    expect(new CyclicLR(optimizer, 0.1, 1, { cycleMomentum: false }).getLastLr()).toEqual([0.1]);
  });
});

describe('wrong options of', () => {
  const wrong: Readonly<Record<string, readonly [() => unknown, string][]>> = {
    MultiplicativeLR: [
      [() => new MultiplicativeLR(make(1, 2), [() => 1]), 'expected a function for each of 2 groups, got 1'],
    ],
    MultiStepLR: [
      [() => new MultiStepLR(make(1), [2, 0.5]), 'milestones[0] must be a whole number >= 0, got 0.5'],
      [() => new MultiStepLR(make(1), [2], { gamma: Number.NaN }), 'gamma must be a finite number, got NaN'],
    ],
    ConstantLR: [
      [() => new ConstantLR(make(1), { factor: 1.5 }), 'factor must be a number >= 0 and <= 1, got 1.5'],
      [() => new ConstantLR(make(1), { factor: 0 }), 'factor must be a finite number > 0, got 0'],
      [() => new ConstantLR(make(1), { totalIters: 0 }), 'totalIters must be a whole number >= 1, got 0'],
    ],
    LinearLR: [
      [() => new LinearLR(make(1), { startFactor: 0 }), 'startFactor must be a finite number > 0, got 0'],
      [() => new LinearLR(make(1), { endFactor: 2 }), 'endFactor must be a number >= 0 and <= 1, got 2'],
      [() => new LinearLR(make(1), { totalIters: 1.5 }), 'totalIters must be a whole number >= 1, got 1.5'],
    ],
    PolynomialLR: [
      [() => new PolynomialLR(make(1), { totalIters: 0 }), 'totalIters must be a whole number >= 1, got 0'],
      [() => new PolynomialLR(make(1), { power: 0 }), 'power must be a finite number > 0, got 0'],
    ],
    CosineAnnealingLR: [
      [() => new CosineAnnealingLR(make(1), 0), 'tMax must be a whole number >= 1, got 0'],
      [
        () => new CosineAnnealingLR(make(1), 5, { etaMin: Infinity }),
        'etaMin must be a finite number, got Inf',
      ],
    ],
    CosineAnnealingWarmRestarts: [
      [() => new CosineAnnealingWarmRestarts(make(1), 0.5), 'period must be a whole number >= 1, got 0.5'],
      [() => new CosineAnnealingWarmRestarts(make(1), 5, { tMult: 0 }), 'tMult must be a whole number >= 1'],
    ],
    CyclicLR: [
      [
        () => new CyclicLR(make(1), 0.1, 1, { stepSizeUp: 0 }),
        'stepSizeUp must be a finite number > 0, got 0',
      ],
      [() => new CyclicLR(make(1), 0.1, 1, { stepSizeDown: -1 }), 'stepSizeDown must be a finite number > 0'],
      [() => new CyclicLR(make(1, 2), [0.1], 1), 'expected baseLr for each of 2 groups, got 1'],
      [() => new CyclicLR(make(1), 0.1, Number.NaN), 'maxLr must be 1 finite numbers, got NaN'],
      [() => new CyclicLR(make(1), 0.1, 1, JSON.parse('{"mode": "up"}')), "mode must be 'triangular' or "],
      [
        () => new CyclicLR(make(1), 0.1, 1, { baseMomentum: 2 }),
        'baseMomentum must be a number >= 0 and <= 1',
      ],
    ],
    OneCycleLR: [
      [() => new OneCycleLR(make(1), 1, {}), 'give either totalSteps, or both epochs and stepsPerEpoch'],
      [() => new OneCycleLR(make(1), 1, { epochs: 3 }), 'give either totalSteps, or both epochs'],
      [() => new OneCycleLR(make(1), 1, { totalSteps: 0 }), 'totalSteps must be a whole number >= 1, got 0'],
      [() => new OneCycleLR(make(1), 1, { totalSteps: 9, pctStart: 2 }), 'pctStart must be a number >= 0'],
      [
        () => new OneCycleLR(make(1), 1, { totalSteps: 9, divFactor: 0 }),
        'divFactor must be a finite number > 0',
      ],
      [
        () => new OneCycleLR(make(1), Number.NaN, { totalSteps: 9 }),
        'maxLr must be a finite number, got NaN',
      ],
      [
        () => new OneCycleLR(make(1), 1, JSON.parse('{"totalSteps": 9, "annealStrategy": "sine"}')),
        "annealStrategy must be 'cos' or 'linear', got sine",
      ],
    ],
    ReduceLROnPlateau: [
      [() => new ReduceLROnPlateau(make(1), { factor: 1 }), 'factor must be a number >= 0 and < 1, got 1'],
      [
        () => new ReduceLROnPlateau(make(1), { patience: -1 }),
        'patience must be a whole number >= 0, got -1',
      ],
      [() => new ReduceLROnPlateau(make(1, 2), { minLr: [0] }), 'expected minLr for each of 2 groups, got 1'],
      [
        () => new ReduceLROnPlateau(make(1), JSON.parse('{"mode": "low"}')),
        "mode must be 'min' or 'max', got low",
      ],
      [
        () => new ReduceLROnPlateau(make(1)).step(JSON.parse('null')),
        'step needs the metric, a number, got null',
      ],
    ],
    SWALR: [
      [() => new SWALR(make(1), -1), 'swaLr must be a finite number >= 0, got -1'],
      [() => new SWALR(make(1), 1, { annealEpochs: -1 }), 'annealEpochs must be a whole number >= 0, got -1'],
    ],
    SequentialLR: [
      [() => new SequentialLR(make(1), [], []), 'there are no schedules'],
      [
        () => new SequentialLR(make(1), [new ExponentialLR(make(1), 1)], []),
        'schedule 0 belongs to another optimizer; make all of them with one and the same',
      ],
    ],
    ChainedScheduler: [
      [() => new ChainedScheduler([]), 'there are no schedules'],
      [
        () => new ChainedScheduler([new ExponentialLR(make(1), 1), new ExponentialLR(make(1), 1)]),
        'schedule 1 belongs to another optimizer',
      ],
    ],
  };
  test.each(Object.entries(wrong))('%s', (name, cases) => {
    for (const [make, message] of cases) expect(make).toThrow(`${name}: ${message}`);
  });

  test('SequentialLR, its milestones', () => {
    const optimizer = make(1);
    const parts = () => [1, 2, 3].map((n) => new ExponentialLR(optimizer, 1 / n));
    expect(() => new SequentialLR(optimizer, parts(), [2])).toThrow(
      'SequentialLR: 3 schedules need 2 milestones between them, got 1',
    );
    expect(() => new SequentialLR(optimizer, parts(), [2, 2])).toThrow(
      'SequentialLR: milestones[1] must be a whole number >= 3, got 2',
    );
    const nested = new SequentialLR(optimizer, parts(), [2, 3]);
    // @ts-expect-error it has no rule of its own
    expect(() => new SequentialLR(optimizer, [nested], [])).toThrow(
      'SequentialLR: schedule 0 has no rule of its own to begin again with',
    );
  });
});

test('a state of several schedules is loaded whole or not at all', () => {
  const optimizer = make(8);
  const chained = () => new ChainedScheduler([new ExponentialLR(optimizer, 0.5), new StepLR(optimizer, 2)]);
  const scheduler = chained();
  const before = JSON.stringify(scheduler.stateDict());
  const [first, second] = [new ExponentialLR(make(8), 0.1), new StepLR(make(8), 2)].map((one) =>
    one.stateDict(),
  );
  const broken = { _schedulers: [first, { ...second, step_size: 0 }] };
  expect(() => scheduler.loadStateDict(broken)).toThrow(
    'StepLR: stepSize must be a whole number >= 1, got 0',
  );
  expect(JSON.stringify(scheduler.stateDict())).toBe(before);
  expect(() => scheduler.loadStateDict({ _schedulers: [first] })).toThrow(
    'ChainedScheduler: _schedulers must be 2 state dicts, got 1',
  );
  expect(() => scheduler.loadStateDict({})).toThrow(/must be 2 state dicts, got undefined/);
});

test('states of plateaus and sequences that do not fit are refused', () => {
  const plateau = new ReduceLROnPlateau(make(1));
  const state = plateau.stateDict();
  expect(() => plateau.loadStateDict({ ...state, factor: 2 })).toThrow(
    /factor must be a number >= 0 and < 1/,
  );
  expect(() => plateau.loadStateDict({ mode: 'min' })).toThrow(/'factor' is missing/);
  expect(plateau.stateDict()).toEqual(state);
  const optimizer = make(1);
  const sequence = new SequentialLR(optimizer, [new ExponentialLR(optimizer, 0.5)], []);
  expect(() => sequence.loadStateDict({})).toThrow(/'_milestones' is missing/);
  expect(() => sequence.loadStateDict({ ...sequence.stateDict(), last_epoch: 0.5 })).toThrow(
    'SequentialLR: last_epoch must be a whole number >= 0, got 0.5',
  );
});

describe('ReduceLROnPlateau', () => {
  const rates = (options: object, metrics: readonly number[]) => {
    const optimizer = make(1);
    const schedule = new ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 0, ...options });
    return metrics.map((metric) => {
      schedule.step(metric);
      return optimizer.paramGroups[0]?.lr;
    });
  };

  test('takes an equal metric for no better', () => {
    expect(rates({ threshold: 0 }, [1, 1])).toEqual([1, 0.5]);
    expect(rates({ threshold: 0, mode: 'max' }, [1, 1])).toEqual([1, 0.5]);
  });

  test('counts nothing while it cools down', () => {
    expect(rates({ cooldown: 2 }, [1, 1, 1, 1, 1])).toEqual([1, 0.5, 0.5, 0.5, 0.25]);
  });
});

test('SWALR without annealing has its rate from the start', () => {
  const optimizer = make(1);
  const schedule = new SWALR(optimizer, 0.25, { annealEpochs: 0 });
  const [group] = optimizer.paramGroups;
  expect(group?.lr).toBe(0.25);
  schedule.step();
  expect(group?.lr).toBe(0.25);
});

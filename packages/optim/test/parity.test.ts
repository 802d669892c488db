import { expect, test } from '@jest/globals';
import { type FloatDType, Generator, type Nested, randn, Tensor, tensor } from '@tensortape/autograd';
import * as optim from '@tensortape/optim';
import {
  Adam,
  AdamW,
  ExponentialLR,
  LambdaLR,
  type OptimizerStateDict,
  SGD,
  StepLR,
} from '@tensortape/optim';
import fc from 'fast-check';
import { type Ask, describeIfTorch, worstError } from '../../../scripts/jest/python.ts';

const script = `
import torch

def snake(name):
    return ''.join('_' + letter.lower() if letter.isupper() else letter for letter in name)

def spelled(options):
    # PyTorch refuses betas that are whole numbers.
    return {snake(name): tuple(map(float, value)) if name == 'betas' else value for name, value in options.items()}

def run_optimizer(given):
    def tensor(values):
        return torch.tensor(values, dtype=getattr(torch, given['dtype']))
    leaves = [[tensor(values).requires_grad_() for values in group] for group in given['params']]
    groups = [{'params': params, **spelled(options)} for params, options in zip(leaves, given['groups'])]
    optimizer = getattr(torch.optim, given['name'])(groups, **spelled(given['options']))
    if given['state'] is not None:
        state = {
            int(number): {
                # Steps are tensors in PyTorch.
                key: torch.tensor(float(value)) if key == 'step' else tensor(value) for key, value in values.items()
            }
            for number, values in given['state']['state'].items()
        }
        optimizer.load_state_dict({**given['state'], 'state': state})
    leaves = [leaf for group in leaves for leaf in group]
    snapshots = []
    for gradients in given['gradients']:
        for leaf, gradient in zip(leaves, gradients):
            leaf.grad = None if gradient is None else tensor(gradient)
        optimizer.step()
        snapshots.append([leaf.tolist() for leaf in leaves])
    state = optimizer.state_dict()
    state['state'] = {
        number: {key: value.tolist() for key, value in values.items()} for number, values in state['state'].items()
    }
    return {'snapshots': snapshots, 'state': state}

def run_schedule(given):
    optimizer = torch.optim.SGD([{'params': [torch.zeros(1)], 'lr': lr} for lr in given['rates']])
    optimizer.step()
    size, gamma = given['size'], given['gamma']
    make = {
        'StepLR': lambda: torch.optim.lr_scheduler.StepLR(optimizer, size, gamma),
        'ExponentialLR': lambda: torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma),
        'LambdaLR': lambda: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: gamma / (epoch + 1)),
    }
    schedule = make[given['name']]()
    if given['state'] is not None:
        schedule.load_state_dict(given['state'])
        for group, lr in zip(optimizer.param_groups, given['state']['_last_lr']):
            group['lr'] = lr
    rates = []
    for epoch in range(25):
        schedule.step()
        rates.append(schedule.get_last_lr())
    return {'rates': rates, 'state': schedule.state_dict()}

def run(given):
    return run_schedule(given) if 'rates' in given else run_optimizer(given)
`;

type AnyOptimizer = SGD | Adam;
interface Kind {
  make(groups: { params: Tensor[] }[], options: object): AnyOptimizer;
  /** Options to choose from; each may be left out. */
  readonly options: Readonly<Record<string, readonly unknown[]>>;
}

const shared = { lr: [0.1, 0.01], weightDecay: [0, 0.1], maximize: [true, false] };
const adamOptions = {
  ...shared,
  betas: [
    [0.9, 0.999],
    [0.5, 0.9],
    [0, 0],
    [0.3, 0.6],
  ],
  eps: [1e-8, 0.1],
  amsgrad: [true, false],
};
const kinds: Readonly<Record<string, Kind>> = {
  SGD: {
    make: (groups, options) => new SGD(groups, options),
    options: { ...shared, momentum: [0, 0.5, 0.9], dampening: [0, 0.3] },
  },
  'SGD, nesterov': {
    make: (groups, options) => new SGD(groups, { momentum: 0.8, ...options, nesterov: true }),
    options: { ...shared, momentum: [0.5, 0.9] },
  },
  Adam: { make: (groups, options) => new Adam(groups, options), options: adamOptions },
  AdamW: { make: (groups, options) => new AdamW(groups, options), options: adamOptions },
};

const schedules = {
  StepLR: (optimizer: SGD, size: number, gamma: number) => new StepLR(optimizer, size, { gamma }),
  ExponentialLR: (optimizer: SGD, _size: number, gamma: number) => new ExponentialLR(optimizer, gamma),
  LambdaLR: (optimizer: SGD, _size: number, gamma: number) =>
    new LambdaLR(optimizer, (epoch) => gamma / (epoch + 1)),
};

test('every optimizer and every schedule is compared', () => {
  const classes = Object.keys(optim).filter((name) => !['Optimizer', 'LRScheduler'].includes(name));
  const compared = [...Object.keys(kinds).filter((name) => !name.includes(',')), ...Object.keys(schedules)];
  expect(classes.sort()).toEqual(compared.sort());
});

const steps = 50;
const groups = [[[2, 3], [4]], [[]]];
const tolerance: Readonly<Record<FloatDType, number>> = { float64: 1e-12, float32: 1e-5 };

const optionsOf = ({ options }: Kind): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(Object.entries(options).map(([name, values]) => [name, fc.constantFrom(...values)])),
    { requiredKeys: [] },
  );

/** What an optimizer remembers, without tensors. */
type PlainState = Record<string, Record<string, Nested>>;
interface Answer {
  readonly snapshots: Nested[][];
  readonly state: { readonly state: PlainState; readonly param_groups: Record<string, unknown>[] };
}

const mapState = <From, To>(
  state: Readonly<Record<string, Readonly<Record<string, From>>>>,
  map: (value: From) => To,
) =>
  Object.fromEntries(
    Object.entries(state).map(([number, values]) => [
      number,
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)])),
    ]),
  );
const encode = ({ state, param_groups }: OptimizerStateDict) => ({
  state: mapState(state, (value) => (value instanceof Tensor ? value.toArray() : value)),
  param_groups,
});
const decode = ({ state, param_groups }: Answer['state'], dtype: FloatDType): OptimizerStateDict => ({
  state: mapState(state, (value) => tensor(value, { dtype })),
  param_groups,
});

async function compare(title: string, kind: Kind, ask: Ask): Promise<void> {
  const [name] = title.split(',');
  const dtypes = fc.constantFrom<FloatDType>('float64', 'float32');
  // Parameters that have no gradient at some step.
  const gaps = fc.array(fc.nat(3 * steps - 1), { maxLength: 20 });
  const draws = [fc.nat(), dtypes, optionsOf(kind), optionsOf(kind), gaps] as const;
  await fc.assert(
    fc.asyncProperty(...draws, async (seed, dtype, options, ownOptions, gaps) => {
      const generator = new Generator(seed);
      const draw = (shape: readonly number[]) => randn(shape, { dtype, generator });
      const gradients = Array.from({ length: steps }, (_, step) =>
        groups.flat().map((shape, i) => (gaps.includes(3 * step + i) ? null : draw(shape))),
      );
      const [early, late] = [gradients.slice(0, steps / 2), gradients.slice(steps / 2)];

      const start = (values: Tensor[][]) => {
        const params = values.map((group) => group.map((value) => value.detach().clone().requiresGrad_()));
        const optimizer = kind.make(
          params.map((tensors, i) => ({ ...(i === 1 && ownOptions), params: tensors })),
          options,
        );
        const train = (range: typeof gradients) =>
          range.map((ofStep) => {
            for (const [i, leaf] of params.flat().entries()) leaf.grad = ofStep[i]!;
            optimizer.step();
            return params.flat().map((leaf) => leaf.toArray());
          });
        return { params, optimizer, train };
      };
      const askTorch = async (params: Tensor[][], range: typeof gradients, state: object | null) => {
        const nesterov = title === name ? {} : { momentum: 0.8, ...options, nesterov: true };
        const answer: Answer = Object(
          await ask({
            name,
            dtype,
            options: { ...options, ...nesterov },
            groups: [{}, ownOptions],
            params: params.map((group) => group.map((value) => value.toArray())),
            gradients: range.map((ofStep) => ofStep.map((gradient) => gradient && gradient.toArray())),
            state,
          }),
        );
        return answer;
      };
      const near = (actual: unknown, expected: unknown) =>
        expect(worstError(actual, expected)).toBeLessThan(tolerance[dtype]);

      const whole = start(groups.map((group) => group.map(draw)));
      const theirs = await askTorch(whole.params, early, null);
      near(whole.train(early), theirs.snapshots);

      // From the middle: ours from our state, ours from PyTorch's, PyTorch's from ours.
      const [ours, crossed] = [start(whole.params), start(whole.params)];
      ours.optimizer.loadStateDict(whole.optimizer.stateDict());
      crossed.optimizer.loadStateDict(decode(theirs.state, dtype));
      const resumed = await askTorch(whole.params, late, encode(whole.optimizer.stateDict()));
      near(crossed.train(late), resumed.snapshots);
      const end = ours.train(late);
      near(end, resumed.snapshots);
      expect(end).toEqual(whole.train(late));

      const state = encode(ours.optimizer.stateDict());
      near(state.state, resumed.state.state);
      expect(resumed.state.param_groups).toMatchObject(state.param_groups);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 40 },
  );
}

describeIfTorch('equals PyTorch', script, (ask) => {
  test.each(Object.entries(kinds))('%s', (title, kind) => compare(title, kind, ask));

  test.each(Object.entries(schedules))('%s', async (name, make) => {
    const hundredths = fc.integer({ min: 1, max: 50 }).map((n) => n / 100);
    const rates = fc.array(hundredths, { minLength: 1, maxLength: 3 });
    const factors = fc.constantFrom(0.1, 0.9, 1.05);
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 1, max: 30 }), factors, async (rates, size, gamma) => {
        const start = (size: number, gamma: number) =>
          make(new SGD(rates.map((lr) => ({ params: [tensor([0])], lr }))), size, gamma);
        const run = (schedule: ReturnType<typeof start>) =>
          Array.from({ length: 25 }, () => {
            schedule.step();
            return schedule.getLastLr();
          });
        const askTorch = async (
          state: object | null,
        ): Promise<{ rates: number[][]; state: Record<string, unknown> }> =>
          Object(await ask({ name, rates, size, gamma, state }));

        const whole = start(size, gamma);
        const theirs = await askTorch(null);
        expect(run(whole)).toEqual(theirs.rates);
        expect(theirs.state).toMatchObject(whole.stateDict());

        // Functions are not part of a state.
        const other = name === 'LambdaLR' ? start(size, gamma) : start(size + 1, gamma / 2);
        other.loadStateDict(theirs.state);
        for (const [i, lr] of whole.getLastLr().entries()) other.optimizer.paramGroups[i]!.lr = lr;
        const resumed = await askTorch(whole.stateDict());
        expect(run(other)).toEqual(resumed.rates);
        expect(run(whole)).toEqual(resumed.rates);
      }),
    );
  });
});

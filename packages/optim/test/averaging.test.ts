import { describe, expect, test } from '@jest/globals';
import { noGrad, randn, type Tensor, tensor } from '@tensortape/autograd';
import { AveragedParameters, getEmaAvgFn, getSwaAvgFn } from '@tensortape/optim';
import { describeIfTorch, worstError } from '../../../scripts/jest/python.ts';

const leaf = (values: number[]) => tensor(values, { dtype: 'float64', requiresGrad: true });
const set = (w: Tensor, value: number) => noGrad(() => w.fill_(value));

describe('averages', () => {
  test('are the mean of all values', () => {
    const w = leaf([0, 0]);
    const average = new AveragedParameters([w]);
    for (const value of [1, 2, 6]) {
      set(w, value);
      average.updateParameters();
    }
    expect(average.averages['0']!.toArray()).toEqual([3, 3]);
    expect([average.nAveraged, w.toArray()]).toEqual([3, [6, 6]]);
  });

  test('are exponential moving averages, of the first value on', () => {
    const w = leaf([100]);
    const average = new AveragedParameters({ weight: w }, { avgFn: getEmaAvgFn(0.5) });
    for (const value of [4, 8, 0]) {
      set(w, value);
      average.updateParameters();
    }
    expect(average.averages['weight']!.item()).toBe(3);
  });

  test('record nothing, and stay apart from the parameters', () => {
    const w = leaf([1]);
    const average = new AveragedParameters([w]);
    average.updateParameters();
    set(w, 5);
    expect(average.averages['0']!.item()).toBe(1);
    expect([average.averages['0']!.requiresGrad, w.requiresGrad, w.isLeaf]).toEqual([false, true, true]);
  });

  test('of integers are rounded towards 0', () => {
    const count = tensor([1], { dtype: 'int32' });
    const average = new AveragedParameters([count]);
    average.updateParameters();
    set(count, 4);
    average.updateParameters();
    expect([average.averages['0']!.item(), average.averages['0']!.dtype]).toEqual([2, 'int32']);
  });

  test('stand in the place of the parameters while a function runs', () => {
    const w = leaf([2]);
    const average = new AveragedParameters([w]);
    average.updateParameters();
    set(w, 8);
    expect(average.use(() => w.item())).toBe(2);
    expect(w.item()).toBe(8);
    expect(() =>
      average.use(() => {
        throw new RangeError('stopped');
      }),
    ).toThrow('stopped');
    expect(w.item()).toBe(8);
    expect(() => average.use(async () => w.item())).toThrow(
      'AveragedParameters: use needs a synchronous function',
    );
    expect(w.item()).toBe(8);
  });

  test('go on from a saved state', () => {
    const [w, v] = [leaf([1]), leaf([7])];
    const [first, second] = [new AveragedParameters({ w }), new AveragedParameters({ w: v })];
    first.updateParameters();
    set(w, 4);
    first.updateParameters();
    second.loadStateDict(first.stateDict());
    for (const [average, parameter] of [[first, w] as const, [second, v] as const]) {
      set(parameter, 0.1);
      average.updateParameters();
    }
    expect(second.averages['w']!.toArray()).toEqual(first.averages['w']!.toArray());
    expect(second.nAveraged).toBe(3);
    expect(Object.keys(first.stateDict())).toEqual(['n_averaged', 'module.w']);
    expect(second.averages['w']).not.toBe(first.averages['w']);
  });
});

describe('what does not fit is refused', () => {
  test('parameters and decays', () => {
    expect(() => new AveragedParameters([])).toThrow(
      'AveragedParameters: there are no parameters; pass net.parameters()',
    );
    expect(() => new AveragedParameters(JSON.parse('{"w": 1}'))).toThrow(
      'AveragedParameters: parameter w is not a tensor',
    );
    expect(() => getEmaAvgFn(1.5)).toThrow('getEmaAvgFn: decay must be a number >= 0 and <= 1, got 1.5');
  });

  test('states', () => {
    const average = new AveragedParameters({ w: leaf([1]), v: leaf([2]) });
    const before = String(average.stateDict()['module.w']);
    const state = { n_averaged: -1, 'module.w': randn([2]), other: 1 };
    expect(() => average.loadStateDict(state)).toThrow(
      [
        'AveragedParameters: the state dict does not fit, nothing was loaded:',
        '  n_averaged: expected a whole number >= 0, got a number',
        '  module.w: expected a tensor of shape (1,), got a tensor of shape (2,)',
        '  module.v: expected a tensor of shape (1,), got nothing',
        '  got also other',
      ].join('\n'),
    );
    expect(String(average.stateDict()['module.w'])).toBe(before);
  });
});

const script = `
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn

def run(given):
    torch.set_default_dtype(torch.float64)
    model = torch.nn.Linear(3, 2)
    avg_fn = None if given['decay'] is None else get_ema_avg_fn(given['decay'])
    average = AveragedModel(model, avg_fn=avg_fn)
    for weight, bias in given['values']:
        with torch.no_grad():
            model.weight.copy_(torch.tensor(weight))
            model.bias.copy_(torch.tensor(bias))
        average.update_parameters(model)
    return {name: value.tolist() for name, value in average.state_dict().items()}
`;

describeIfTorch('equals PyTorch', script, (ask) => {
  test.each([null, 0.9, 0, 1])('with a decay of %s', async (decay) => {
    const [weight, bias] = [leaf([0, 0, 0, 0, 0, 0]).detach().reshape([2, 3]), leaf([0, 0])];
    const avgFn = decay === null ? getSwaAvgFn() : getEmaAvgFn(decay);
    const average = new AveragedParameters({ weight, bias }, { avgFn });
    const values = Array.from({ length: 10 }, () => [
      randn([2, 3], { dtype: 'float64' }),
      randn([2], { dtype: 'float64' }),
    ]);
    for (const [w, b] of values) {
      noGrad(() => [weight.copy_(w!), bias.copy_(b!)]);
      average.updateParameters();
    }
    const theirs = await ask({ decay, values: values.map((pair) => pair.map((one) => one.toArray())) });
    const { n_averaged: count, ...averages } = average.stateDict();
    const ours = Object.entries(averages).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : value.toArray(),
    ]);
    expect(worstError({ n_averaged: count, ...Object.fromEntries(ours) }, theirs)).toBeLessThan(1e-12);
  });
});

import { expect, test } from '@jest/globals';
import { noGrad, ones, type Tensor, tensor, zeros } from '@tensortape/autograd';
import { Buffer, Linear, Module, Parameter, StateDictError } from '@tensortape/nn';

class Net extends Module {
  fc = new Linear(2, 3);
  steps = new Buffer(zeros([1], { dtype: 'int32' }));
  forward(x: Tensor): Tensor {
    return this.fc.forward(x);
  }
}

const copyOf = (net: Net) => new Map([...net.stateDict()].map(([key, value]) => [key, value.clone()]));
const valuesOf = (net: Net) => [...net.stateDict().values()].map((value) => value.toArray());

function errorOf(run: () => unknown): StateDictError {
  try {
    run();
  } catch (error) {
    if (error instanceof StateDictError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

test('copies values in, and nothing but values', () => {
  const [from, to] = [new Net(), new Net()];
  const { weight } = to.fc;
  from.steps.fill_(7);
  expect(to.loadStateDict(from.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
  expect(valuesOf(to)).toEqual(valuesOf(from));
  expect(to.fc.weight).toBe(weight);
  expect([weight.requiresGrad, weight.isLeaf]).toEqual([true, true]);
  noGrad(() => from.fc.weight.fill_(0));
  expect(to.fc.weight.toArray()).not.toEqual(from.fc.weight.toArray());
});

test('shares its elements with the module, off the tape', () => {
  const net = new Net();
  const weight = net.stateDict().get('fc.weight')!;
  expect(weight.requiresGrad).toBe(false);
  weight.fill_(5);
  expect(net.fc.weight.sum().item()).toBe(30);
});

test('loading marks the change, so that older graphs are refused', () => {
  const net = new Net();
  const x = tensor([[1, 1]], { requiresGrad: true });
  const y = net.forward(x).sum();
  net.loadStateDict(copyOf(net));
  expect(() => y.backward()).toThrow(/'copy_' has changed/);
});

test('converts between floating point dtypes', () => {
  const [from, to] = [new Net().to('float64'), new Net()];
  to.loadStateDict(from.stateDict());
  expect(to.fc.weight.dtype).toBe('float32');
  expect(to.fc.weight.toArray()).toEqual(from.fc.weight.to('float32').toArray());
});

test('lists everything that does not fit, and writes nothing', () => {
  const net = new Net();
  const before = valuesOf(net);
  const given = copyOf(new Net());
  given.delete('fc.bias');
  given.set('fc.weight', ones([3, 4]));
  given.set('steps', ones([1]));
  given.set('fc2.weight', ones([1]));
  given.set('fc2.bias', ones([1]));
  const error = errorOf(() => net.loadStateDict(given));
  expect(error.message).toBe(
    [
      'net: the state dict does not fit, nothing was loaded:',
      '  missing keys: fc.bias',
      '  unexpected keys: fc2.weight, fc2.bias',
      '  steps: expected dtype int32, got float32',
      '  fc.weight: expected shape (3, 2), got (3, 4)',
      'rename the keys, or pass { strict: false } to do without them',
    ].join('\n'),
  );
  expect(error.missingKeys).toEqual(['fc.bias']);
  expect(error.unexpectedKeys).toEqual(['fc2.weight', 'fc2.bias']);
  expect(valuesOf(net)).toEqual(before);
});

test('without strict passes over keys, but not over shapes', () => {
  const net = new Net();
  const weight = net.fc.weight.toArray();
  const given = new Map([
    ['fc.bias', ones([3])],
    ['other', ones([1])],
  ]);
  expect(net.loadStateDict(given, { strict: false })).toEqual({
    missingKeys: ['steps', 'fc.weight'],
    unexpectedKeys: ['other'],
  });
  expect(net.fc.bias?.toArray()).toEqual([1, 1, 1]);
  expect(net.fc.weight.toArray()).toEqual(weight);
  given.set('fc.weight', ones([1]));
  given.set('fc.bias', zeros([3]));
  expect(errorOf(() => net.loadStateDict(given, { strict: false })).message).toBe(
    'net: the state dict does not fit, nothing was loaded:\n  fc.weight: expected shape (3, 2), got (1,)',
  );
  expect(net.fc.bias?.toArray()).toEqual([1, 1, 1]);
});

test('refuses what is no tensor', () => {
  const given: Map<string, never> =
    JSON.parse('{}') && new Map(JSON.parse('[["weight", [1]], ["bias", null]]'));
  expect(errorOf(() => new Linear(1, 1).loadStateDict(given)).message).toMatch(
    /weight: expected a tensor, got object\n {2}bias: expected a tensor, got null/,
  );
});

test('refuses a record in the place of a Map, with the remedy', () => {
  const record: Map<string, never> = JSON.parse('{ "weight": [1] }');
  expect(() => new Linear(1, 1).loadStateDict(record)).toThrow(/expected a Map of tensors .*Object\.entries/);
});

test('loads a tied parameter under either name', () => {
  class Tied extends Module {
    a = new Parameter(ones([1]));
    b = this.a;
    forward(): void {}
  }
  const tied = new Tied();
  tied.loadStateDict(new Map([['b', tensor([3])]]), { strict: false });
  expect(tied.a.item()).toBe(3);
});

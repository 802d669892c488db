import { expect, test } from '@jest/globals';
import { ones, tensor } from '@tensortape/autograd';
import {
  Identity,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  Parameter,
  ParameterDict,
  ParameterList,
  ReLU,
  Sequential,
  Tanh,
} from '@tensortape/nn';

test('Sequential chains its layers, a repeated one each time', () => {
  const relu = new ReLU();
  const net = new Sequential(new Linear(2, 3), relu, new Linear(3, 3), relu);
  const [first, , third] = net;
  const x = tensor([[1, -1]]);
  const expected = third!.forward(first!.forward(x).relu()).relu();
  expect(net.forward(x).toArray()).toEqual(expected.toArray());
  expect(net.length).toBe(4);
  expect(net.children().length).toBe(3);
  expect([net.at(-1), net[1]]).toEqual([relu, relu]);
  expect([...net.stateDict().keys()]).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
});

test('Sequential may be empty, and grow', () => {
  const net = new Sequential();
  expect(net.forward(ones([2])).toArray()).toEqual([1, 1]);
  expect(net.append(new Linear(2, 1)).length).toBe(1);
  expect(net.forward(ones([2])).shape).toEqual([1]);
});

test('Sequential may name its layers', () => {
  const net = new Sequential({ fcOne: new Linear(2, 2), act: new Tanh() });
  expect([...net.stateDict().keys()]).toEqual(['fc_one.weight', 'fc_one.bias']);
  expect(() => net.forward(ones([1, 3]))).toThrow(
    'sequential.fcOne: expected 2 input features, got 3: try new nn.Linear(3, 2)',
  );
});

test('a layer may be replaced', () => {
  const net = new Sequential(new Linear(2, 2), new ReLU());
  net[0] = new Identity();
  expect(net.forward(tensor([-1, 2])).toArray()).toEqual([0, 2]);
  expect(net.parameters()).toEqual([]);
});

test('names that cannot be keys, and what is no module, are refused', () => {
  expect(() => new Sequential({ 'a.b': new ReLU() })).toThrow(
    "Sequential: 'a.b' cannot name a module: names are not empty and have no '.'",
  );
  expect(() => new Sequential({ '': new ReLU() })).toThrow(/'' cannot name a module/);
  expect(() => new Sequential({ forward: new ReLU() })).toThrow(
    "Sequential: 'forward' cannot name a module: it is a member of Sequential itself",
  );
  expect(() => new ModuleDict({ train: new ReLU() })).toThrow(/'train' cannot name a module/);
  expect(() => new ModuleList(JSON.parse('[{}]'))).toThrow(/^ModuleList: '0' is not a module/);
});

test('ModuleList holds modules for a loop', () => {
  const list = new ModuleList([new Linear(1, 1)]).append(new Linear(1, 2)).append(new Linear(2, 2));
  expect([...list].map(({ outFeatures }) => outFeatures)).toEqual([1, 2, 2]);
  expect(list.at(-1)).toBe(list[2]);
  expect(() => list.at(3)).toThrow('ModuleList: there is no module 3 among 3');
  expect(() => list.at(0.5)).toThrow(/no module 0.5/);
  expect(list.parameters().length).toBe(6);
  expect(() => list.forward()).toThrow('moduleList: a ModuleList has no forward: loop over its modules');
});

test('more than ten modules keep their order', () => {
  const list = new ModuleList(Array.from({ length: 12 }, (_, i) => new Linear(1, i)));
  expect([...list].map(({ outFeatures }) => outFeatures)).toEqual(Array.from({ length: 12 }, (_, i) => i));
});

test('ModuleList prints equal neighbours once', () => {
  const list = new ModuleList([new ReLU(), new Linear(1, 1), new Linear(1, 1), new ReLU()]);
  expect(String(list)).toBe(
    [
      'ModuleList(',
      '  (0): ReLU()',
      '  (1-2): 2 x Linear(inFeatures=1, outFeatures=1, bias=true)',
      '  (3): ReLU()',
      ')',
    ].join('\n'),
  );
  expect(String(new ModuleList())).toBe('ModuleList()');
});

test('ModuleDict holds modules by name, its names unchanged', () => {
  const dict = new ModuleDict({ camelCase: new Linear(1, 1, { bias: false }) }).set(
    'B',
    new Linear(1, 2, { bias: false }),
  );
  expect(dict.keys()).toEqual(['camelCase', 'B']);
  expect([...dict.stateDict().keys()]).toEqual(['camelCase.weight', 'B.weight']);
  expect(dict.get('B').outFeatures).toBe(2);
  expect([dict.has('B'), dict.has('b')]).toEqual([true, false]);
  expect(dict.set('B', new Linear(1, 3)).length).toBe(2);
  expect(dict.get('B').outFeatures).toBe(3);
  expect(() => dict.get('b')).toThrow("ModuleDict: there is no 'b' among camelCase, B");
  expect(() => dict.forward()).toThrow(/a ModuleDict has no forward/);
});

test('ParameterList holds parameters for a loop, and makes parameters of plain tensors', () => {
  const own = new Parameter(ones([2, 3]));
  const plain = ones([4]);
  const list = new ParameterList([own]).append(plain);
  expect(list.at(0)).toBe(own);
  expect(list[1]).toBeInstanceOf(Parameter);
  plain.fill_(9);
  expect(list.at(-1).toArray()).toEqual([1, 1, 1, 1]);
  class Net extends Module {
    weights = list;
    forward(): void {}
  }
  expect(new Net().namedParameters()).toEqual([
    ['weights.0', own],
    ['weights.1', list[1]],
  ]);
  expect([...list].map(({ size }) => size)).toEqual([6, 4]);
  expect(String(list)).toBe(
    [
      'ParameterList(',
      '  (0): Parameter containing: [float32 of size 2x3]',
      '  (1): Parameter containing: [float32 of size 4]',
      ')',
    ].join('\n'),
  );
  expect(() => new ParameterList(JSON.parse('[1]'))).toThrow(
    "ParameterList: '0' is not a parameter: pass tensors",
  );
  expect(() => list.at(2)).toThrow('ParameterList: there is no parameter 2 among 2');
  expect(() => list.forward()).toThrow(/a ParameterList has no forward: loop over its parameters/);
});

test('ParameterDict holds parameters by name, its names unchanged', () => {
  const dict = new ParameterDict({ camelCase: ones([1]) }).set('B', ones([2, 2]));
  expect([...dict.stateDict().keys()]).toEqual(['camelCase', 'B']);
  expect([dict.has('B'), dict.has('b'), dict.length]).toEqual([true, false, 2]);
  const other = new Parameter(ones([3]));
  expect(dict.set('B', other).get('B')).toBe(other);
  expect(dict.keys()).toEqual(['camelCase', 'B']);
  expect(String(dict)).toBe(
    [
      'ParameterDict(',
      '  (camelCase): Parameter containing: [float32 of size 1]',
      '  (B): Parameter containing: [float32 of size 3]',
      ')',
    ].join('\n'),
  );
  expect(() => dict.get('b')).toThrow("ParameterDict: there is no 'b' among camelCase, B");
  expect(() => new ParameterDict({ keys: ones([1]) })).toThrow(
    "ParameterDict: 'keys' cannot name a parameter: it is a member of ParameterDict itself",
  );
  expect(() => dict.forward()).toThrow(/a ParameterDict has no forward/);
});

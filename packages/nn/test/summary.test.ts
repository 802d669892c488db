import { expect, test } from '@jest/globals';
import { randn, type Tensor, zeros } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';

class Net extends nn.Module {
  features = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.BatchNorm2d(4),
    new nn.MaxPool2d(2),
  );
  head = new nn.Linear(4 * 4 * 4, 10);
  unused = new nn.ReLU();
  forward(x: Tensor): Tensor {
    return this.head.forward(this.features.forward(x).flatten(1));
  }
}

test('shapes, parameters, multiply-adds and memory of each module', () => {
  const net = new Net();
  net.features.eval();
  const before = net.features.at(1).stateDict().get('running_mean')?.toArray();
  const found = nn.summary(net, [2, 1, 8, 8]);
  expect(
    found.rows.map(({ path, type, outputShapes, parameters, multiplyAdds }) => [
      path,
      type,
      outputShapes,
      parameters,
      multiplyAdds,
    ]),
  ).toEqual([
    ['', 'Net', [[2, 10]], 0, 0],
    ['features', 'Sequential', [[2, 4, 4, 4]], 0, 0],
    ['features.0', 'Conv2d', [[2, 4, 8, 8]], 40, 36 * 128],
    ['features.1', 'BatchNorm2d', [[2, 4, 8, 8]], 8, 0],
    ['features.2', 'MaxPool2d', [[2, 4, 4, 4]], 0, 0],
    ['head', 'Linear', [[2, 10]], 650, 1280],
    ['unused', 'ReLU', null, 0, 0],
  ]);
  expect([found.totalParameters, found.trainableParameters, found.multiplyAdds]).toEqual([
    698,
    698,
    36 * 128 + 1280,
  ]);
  expect(found.parameterBytes).toBe(4 * (698 + 8 + 1));
  expect(found.outputBytes).toBe(4 * (512 + 512 + 128 + 20));
  expect([net.training, net.features.training, net.head.training]).toEqual([true, false, true]);
  expect(net.features.at(1).stateDict().get('running_mean')?.toArray()).toEqual(before);
  const lines = String(found).split('\n');
  expect(lines[0]).toMatch(/^module +output +parameters +multiply-adds$/);
  expect(lines[4]).toMatch(/^ {4}0 \(Conv2d\) +\(2, 4, 8, 8\) +40 +4,608$/);
  expect(lines[8]).toMatch(/^ {2}unused \(ReLU\) +not called/);
  expect(lines.at(-3)).toBe('parameters: 698, of which trained: 698');
});

test('takes arguments, counts every call, and what shares weights once', () => {
  class Twice extends nn.Module {
    gru = new nn.GRU(3, 2);
    up = new nn.ConvTranspose1d(2, 1, 2);
    forward(x: Tensor): Tensor {
      const [once] = this.gru.forward(x);
      this.gru.forward(x);
      return this.up.forward(once.permute([1, 2, 0]));
    }
  }
  const found = nn.summary(new Twice(), [randn([5, 4, 3])]);
  const weights = 3 * 2 * (3 + 2);
  expect(found.rows.map(({ multiplyAdds }) => multiplyAdds)).toEqual([0, 2 * 5 * 4 * weights, 5 * 4 * 4]);
  const table = new nn.Sequential(new nn.Embedding(10, 4), new nn.Linear(4, 4, { bias: false }));
  expect(nn.summary(table, [zeros([3], { dtype: 'int32' })]).multiplyAdds).toBe(48);
  expect(nn.summary(table, [3], { dtype: 'int32' }).totalParameters).toBe(56);
});

test('says where an input does not fit, and leaves the model as it was', () => {
  const net = new Net();
  expect(() => nn.summary(net, [2, 3, 8, 8])).toThrow('net.features.0: expected 1 channels, got 3');
  expect(net.modules().every(({ training }) => training)).toBe(true);
});

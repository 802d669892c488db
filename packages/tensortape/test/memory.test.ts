import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import {
  checkpoint,
  conv2d,
  crossEntropy,
  detectAnomaly,
  func,
  grad,
  manualSeed,
  nn,
  noGrad,
  optim,
  randint,
  randn,
  type Tensor,
  tensor,
} from 'tensortape';
import { growth, retainedBytes } from './memory/retained.ts';

const count = 2000;
/** One scalar kept a step would be 2.3 MB. What V8 itself adds meanwhile, compiled code above all, stays within half of this. */
const bound = 1e6;

interface Classifier {
  readonly net: nn.Sequential;
  readonly loss: () => Tensor;
}

function classifier(): Classifier {
  manualSeed(0);
  const net = new nn.Sequential(
    new nn.Linear(8, 16),
    new nn.ReLU(),
    new nn.Dropout(0.1),
    new nn.Linear(16, 4),
  );
  const [x, labels] = [randn([12, 8]), randint(0, 4, [12])];
  return { net, loss: () => crossEntropy(net.forward(x), labels) };
}

/** Steps of every kind, by name; none frees anything. */
const steps: Readonly<Record<string, () => () => void>> = {
  'a classifier with Adam, and its test without gradients': () => {
    const { net, loss } = classifier();
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
    return () => {
      optimizer.zeroGrad();
      loss().backward();
      optimizer.step();
      noGrad(loss);
    };
  },

  'a loss that is recorded and never swept': () => {
    const { loss } = classifier();
    return () => {
      loss();
    };
  },

  'derivatives of derivatives': () => {
    const x = randn([6]).requiresGrad_();
    return () => {
      const first = grad(x.sin().mul(x).sum(), x, { createGraph: true });
      x.grad = null;
      first.square().sum().backward();
      func.hvp((z) => z.exp().sum(), x.detach(), x.detach());
    };
  },

  'a convolution with hooks, changes in place and views, checkpointed': () => {
    const image = randn([1, 1, 4, 4]);
    const filters = randn([2, 1, 3, 3]).requiresGrad_();
    const layer = (w: Tensor) => conv2d(image, w).relu_().flatten();
    return () => {
      filters.grad = null;
      const h = checkpoint(layer, filters);
      h.retainGrad();
      h.registerHook((gradient) => gradient.mul(2));
      h.slice(0, 0, 4).square().sum().backward();
    };
  },
};

describe('a synchronous loop without a free holds no more after four times the steps:', () => {
  test.each(Object.entries(steps))('%s', (_, make) => {
    expect(growth(make(), count)).toBeLessThan(bound);
  });

  test('a scalar kept in each step is found out, and so is a graph', () => {
    const kept: Tensor[] = [];
    expect(growth(() => kept.push(tensor(1)), count)).toBeGreaterThan(bound);
    const { loss } = classifier();
    expect(growth(() => kept.push(loss()), count / 10)).toBeGreaterThan(bound);
    expect(kept.length).toBe(4.4 * count);
  });
});

test('what a step makes on the way goes once its loss is gone; parameters and their gradients stay', async () => {
  const { net, loss } = classifier();
  const made = new Map<string, WeakRef<object>>();
  const note = (name: string, object: object): void => {
    made.set(name, new WeakRef(object));
  };
  const hook = (name: string, value: Tensor): undefined => {
    const see = (gradient: Tensor): undefined => {
      note(`gradient of the ${name}`, gradient);
    };
    note(`node of the ${name}`, see);
    value.registerHook(see);
  };
  net.registerForwardHook((_module, _args, output) => hook('output', output as Tensor));
  const alive = async () => {
    // A weak reference holds its object until the running task ends.
    await setTimeout();
    retainedBytes();
    return [...made].filter(([, reference]) => reference.deref() !== undefined).map(([name]) => name);
  };

  const held: { loss?: Tensor } = {};
  const forward = () => {
    held.loss = detectAnomaly(loss);
    hook('loss', held.loss);
    note('loss', held.loss);
  };
  const backward = () => {
    held.loss?.backward();
    delete held.loss;
  };
  forward();
  expect(await alive()).toEqual(['node of the output', 'node of the loss', 'loss']);
  backward();
  expect(made.size).toBe(5);
  expect(await alive()).toEqual([]);
  expect(net.parameters().every((parameter) => parameter.grad !== null)).toBe(true);
});

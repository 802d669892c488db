import { describe, expect, test } from '@jest/globals';
import { arange, grad, logSoftmax, noGrad, RandomState, type Tensor, tensor } from '@tensortape/autograd';

/** Assignment A: a two-layer net 4-10-3 on five points, with the figures that the course publishes. */
const reg = 0.1;
const labels = tensor(new Int32Array([0, 1, 2, 2, 1]));

interface Net {
  readonly w1: Tensor;
  readonly b1: Tensor;
  readonly w2: Tensor;
  readonly b2: Tensor;
}

function toyNet(random: RandomState): Net {
  const w1 = random.randn(4, 10).mul(0.1).requiresGrad_();
  const w2 = random.randn(10, 3).mul(0.1).requiresGrad_();
  const zeros = (n: number) => tensor(new Float64Array(n), { requiresGrad: true });
  return { w1, b1: zeros(10), w2, b2: zeros(3) };
}

const toyData = () => new RandomState(1).randn(5, 4).mul(10);

const scores = ({ w1, b1, w2, b2 }: Net, x: Tensor) => x.matmul(w1).add(b1).relu().matmul(w2).add(b2);

function loss(net: Net, x: Tensor, y: Tensor, strength: number): Tensor {
  const picked = logSoftmax(scores(net, x), 1).gather(1, y.unsqueeze(1));
  const penalty = net.w1.square().sum().add(net.w2.square().sum());
  return picked
    .mean()
    .neg()
    .add(penalty.mul(0.5 * strength));
}

describe('coursework A, toy part', () => {
  test('scores', () => {
    const published = tensor(
      [
        [-0.81233741, -1.27654624, -0.70335995],
        [-0.17129677, -1.18803311, -0.47310444],
        [-0.51590475, -1.01354314, -0.8504215],
        [-0.15419291, -0.48629638, -0.52901952],
        [-0.00618733, -0.12435261, -0.15226949],
      ],
      { dtype: 'float64' },
    );
    const difference = scores(toyNet(new RandomState(0)), toyData())
      .sub(published)
      .abs()
      .sum()
      .item();
    expect(difference).toBeCloseTo(3.68027209324e-8, 15);
  });

  test('loss', () => {
    expect(loss(toyNet(new RandomState(0)), toyData(), labels, reg).item()).toBeCloseTo(
      1.3037878913298202,
      14,
    );
  });

  test('gradients agree with central differences as closely as published', () => {
    const net = toyNet(new RandomState(0));
    const x = toyData();
    const published = { w1: 3.56e-9, w2: 3.44e-9, b1: 2.74e-9, b2: 4.4e-11 };
    for (const [name, figure] of Object.entries(published)) {
      const parameter = net[name as keyof Net];
      const analytic = grad(loss(net, x, labels, reg), parameter).toTypedArray();
      const numeric = centralDifferences(parameter, () => loss(net, x, labels, reg).item());
      const errors = numeric.map(
        (n, i) => Math.abs(n - analytic[i]!) / Math.max(1e-8, Math.abs(n) + Math.abs(analytic[i]!)),
      );
      // The figure is rounding noise of the differences; the last bits of exp and of sums move it.
      expect(Math.max(...errors)).toBeLessThan(2 * figure);
    }
  });

  test('100 iterations of gradient descent end at the published loss', () => {
    const random = new RandomState(0);
    const net = toyNet(random);
    const x = toyData();
    let rate = 0.1;
    let last = Number.NaN;
    for (let step = 0; step < 100; step++) {
      const batch = random.choice(arange(5), 200);
      const value = loss(net, x.indexSelect(0, batch), labels.indexSelect(0, batch), 1e-5);
      value.backward();
      last = value.item();
      noGrad(() => {
        for (const parameter of Object.values(net) as Tensor[]) {
          parameter.sub_(parameter.grad!, { alpha: rate });
          parameter.grad = null;
        }
      });
      rate *= 0.95;
    }
    expect(last).toBeCloseTo(0.017149607938732, 13);
  });
});

function centralDifferences(parameter: Tensor, evaluate: () => number, h = 1e-5): number[] {
  const values = parameter.toTypedArray();
  const at = (i: number, value: number) => {
    const moved = values.slice();
    moved[i] = value;
    noGrad(() => parameter.copy_(tensor(moved, { shape: parameter.shape })));
    return evaluate();
  };
  const slopes = Array.from(values, (value, i) => (at(i, value + h) - at(i, value - h)) / (2 * h));
  noGrad(() => parameter.copy_(tensor(values, { shape: parameter.shape })));
  return slopes;
}

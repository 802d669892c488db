import { optim, RandomState, type Tensor, tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import { listOf, toyLabels } from '../shared/toy.ts';
import { type Batch, train } from '../shared/train.ts';
import { objective, TwoLayerNet } from '../shared/twoLayerNet.ts';

/** A net 4-10-3 on five points: its scores, its loss, its gradients, and 100 steps of gradient descent. */
export function toyNet({ figures }: Desk): void {
  const random = new RandomState(0);
  const net = new TwoLayerNet([4, 10, 3]).drawWeights(random, 0.1);
  const x = new RandomState(1).randn(5, 4).mul(10);

  const scores = net.forward(x);
  figures.allNear('scores', listOf(published), listOf(scores), 1e-8);
  const difference = scores.sub(published).abs().sum().item();
  figures.near('scores, sum of differences', 3.68027209324e-8, difference, 1e-15);

  const loss = () => objective(net, net.forward(x), toyLabels, 0.1);
  figures.near('loss, reg 0.1', 1.3037878913298202, loss().item(), 1e-14);

  const errors = gradientErrors(net.named(), loss);
  // These are the rounding noise of the differences: the last bits of exp and of sums move them.
  figures.atMost('gradient check, W1', 2 * 3.56e-9, errors.w1, 3.56e-9);
  figures.atMost('gradient check, W2', 2 * 3.44e-9, errors.w2, 3.44e-9);
  figures.atMost('gradient check, b1', 2 * 2.74e-9, errors.b1, 2.74e-9);
  figures.atMost('gradient check, b2', 2 * 4.4e-11, errors.b2, 4.4e-11);

  // Batches of 200 from five points, by the stream that the weights came from.
  const history = [...train(net, draws(random, x, 100), { ...gradientDescent(net), reg: 1e-5 })];
  figures.near('final training loss', 0.017149607938732, history.at(-1)!.loss, 1e-13);
}

/** Learning rate 0.1, times 0.95 after every step. */
function gradientDescent(net: TwoLayerNet) {
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
  return { optimizer, scheduler: new optim.ExponentialLR(optimizer, 0.95) };
}

function* draws(random: RandomState, x: Tensor, steps: number): Generator<Batch> {
  for (let step = 0; step < steps; step++) {
    const places = random.choice(5, 200);
    yield [x.indexSelect(0, places), toyLabels.indexSelect(0, places)];
  }
}

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

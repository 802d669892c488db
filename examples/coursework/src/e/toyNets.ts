import { curves } from '@tensortape/plot';
import { optim, RandomState, type Tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { show } from '../shared/figures.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import { bySteps } from '../shared/pictures.ts';
import { toyLabels } from '../shared/toy.ts';
import { type Batch, train } from '../shared/train.ts';
import { objective, TwoLayerNet } from '../shared/twoLayerNet.ts';

/** Before an update: the loss, and the norm of the gradient of W1. */
interface Moment {
  loss: number;
  norm: number;
}

/** The toy net of A with either activation: its loss, its gradients, and how the loss and the gradient of W1 fall in training. */
export async function toyNets(desk: Desk): Promise<void> {
  const { figures } = desk;
  const [sigmoid, relu] = nets.map(({ activation, published, noise, lr, epochs }) => {
    const random = new RandomState(0);
    const net = new TwoLayerNet([4, 10, 3], { activation }).drawWeights(random, 0.1);
    const x = new RandomState(1).randn(5, 4).mul(10);
    const loss = () => objective(net, net.forward(x), toyLabels, 0.1);
    figures.near(`${activation}: loss, reg 0.1`, published, loss().item(), 5e-7);
    const errors = gradientErrors(net.named(), loss);
    figures.atMost(`${activation}: gradient check`, noise, Math.max(...Object.values(errors)));

    random.seed(1);
    const optimizer = new optim.SGD(net.parameters(), { lr });
    const scheduler = new optim.ExponentialLR(optimizer, 0.95);
    const history: Moment[] = [];
    for (const { loss } of train(net, wholes(random, x, epochs), { optimizer, scheduler, reg: 1e-5 })) {
      history.push({ loss, norm: net.fc1.weight.grad!.norm().item() });
    }
    figures.shown(`${activation}: loss before the last of ${epochs} epochs`, '', show(history.at(-1)!.loss));
    return history;
  }) as [Moment[], Moment[]];
  // Inputs of 10 randn put half of the sigmoids where they are flat, so that less comes back through them.
  figures.atMost('gradient of W1 at the start, sigmoid beside ReLU', 0.5, sigmoid[0]!.norm / relu[0]!.norm);

  const both = (of: keyof Moment) => ({
    sigmoid: bySteps(sigmoid.map((moment) => moment[of])),
    ReLU: bySteps(relu.map((moment) => moment[of])),
  });
  await desk.draw(
    'e-toy.svg',
    curves({
      title: 'Sigmoid against ReLU on five points',
      x: 'epoch',
      panels: [
        { y: 'loss', scale: 'log', series: both('loss') },
        { y: 'norm of the gradient of W1', scale: 'log', series: both('norm') },
      ],
    }),
  );
}

const nets = [
  // Saturated units: the error of the differences, not of the gradient (see the limits in B).
  { activation: 'sigmoid', published: 1.182248, noise: 4e-6, lr: 0.5, epochs: 100 },
  { activation: 'relu', published: 1.3037878913298202, noise: 1e-7, lr: 0.1, epochs: 50 },
] as const;

/** Batches of 200 from five points: all of them, in a new order each epoch. */
function* wholes(random: RandomState, x: Tensor, epochs: number): Generator<Batch> {
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(5);
    yield [x.indexSelect(0, order), toyLabels.indexSelect(0, order)];
  }
}

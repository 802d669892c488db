import { optim } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import { linspace, listOf, toyLabels } from '../shared/toy.ts';
import { train } from '../shared/train.ts';
import { objective, TwoLayerNet } from '../shared/twoLayerNet.ts';

const x = linspace(-0.2, 0.5, [5, 4]);

/** The weights of the course, which run over ranges instead of being drawn. */
const rangedNet = () =>
  new TwoLayerNet([4, 10, 3]).setWeights({
    w1: linspace(-0.2, 0.6, [4, 10]),
    b1: linspace(-0.3, 0.7, [10]),
    w2: linspace(-0.4, 0.1, [10, 3]),
    b2: linspace(-0.5, 0.9, [3]),
  });

/** A net 4-10-3 on five points: scores, loss and gradients, and 100 epochs by three rules of update. */
export function toyNet({ figures }: Desk): void {
  const net = rangedNet();
  const scores = net.forward(x);
  figures.allNear('scores, first row', [-0.5328368, 0.20031504, 0.93346689], listOf(scores.at(0)), 1e-8);
  figures.allNear('scores, last row', [-0.89110401, -0.08754544, 0.71601312], listOf(scores.at(-1)), 1e-8);
  const loss = () => objective(net, net.forward(x), toyLabels, 0.1);
  figures.near('loss, reg 0.1', 1.38191946092, loss().item(), 1e-11);
  for (const [name, error] of Object.entries(gradientErrors(net.named(), loss))) {
    figures.atMost(`gradient check, ${name}`, 1e-7, error);
  }

  for (const { rule, published, make } of rules) {
    const net = rangedNet();
    const epochs = Array.from({ length: 100 }, () => [x, toyLabels] as const);
    const history = [...train(net, epochs, { optimizer: make(net), reg: 0.001 })];
    figures.near(`loss after 100 epochs, ${rule}`, published, history.at(-1)!.loss, 1e-6);
  }
}

const rules = [
  {
    rule: 'SGD',
    published: 0.940686,
    make: (net: TwoLayerNet) => new optim.SGD(net.parameters(), { lr: 0.1 }),
  },
  {
    rule: 'momentum',
    published: 0.494394,
    make: (net: TwoLayerNet) => new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 }),
  },
  {
    rule: 'RMSProp',
    published: 0.439368,
    make: (net: TwoLayerNet) => new optim.RMSprop(net.parameters(), { lr: 0.1, epsInsideSqrt: true }),
  },
  {
    rule: "PyTorch's RMSprop",
    published: 0.429848,
    make: (net: TwoLayerNet) => new optim.RMSprop(net.parameters(), { lr: 0.1 }),
  },
];

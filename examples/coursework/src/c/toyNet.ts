import { RandomState } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import { listOf, toyLabels } from '../shared/toy.ts';
import { objective, TwoLayerNet } from '../shared/twoLayerNet.ts';

/** The net of A, with weights whose rows are units, as `nn.Linear` has them. */
export function toyNet({ figures }: Desk): void {
  const random = new RandomState(0);
  const net = new TwoLayerNet([4, 10, 3]).setWeights({
    w1: random.randn(10, 4).mul(0.1).transpose(0, 1),
    w2: random.randn(3, 10).mul(0.1).transpose(0, 1),
  });
  const x = new RandomState(1).randn(5, 4).mul(10);
  const scores = net.forward(x);
  figures.allNear('scores, first row', [-1.07260209, 0.05083871, -0.87253915], listOf(scores.at(0)), 1e-8);
  const loss = () => objective(net, net.forward(x), toyLabels, 0.05);
  figures.near('loss, reg 0.05', 1.071696123862817, loss().item(), 2e-15);
  for (const [name, error] of Object.entries(gradientErrors(net.named(), loss))) {
    figures.atMost(`gradient check, ${name}`, 1e-7, error);
  }
}

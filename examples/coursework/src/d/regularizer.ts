import { grad, RandomState } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { listOf, toyLabels } from '../shared/toy.ts';
import { objective, penalty, TwoLayerNet } from '../shared/twoLayerNet.ts';

/** The L2 regulariser by itself: λ/2 Σ p², which is reported beside the loss and adds λ p to the gradient of each weight. */
export function regularizer({ figures }: Desk): void {
  const lambda = 0.3;
  const net = new TwoLayerNet([4, 10, 3]).drawWeights(new RandomState(0), 0.1);
  const x = new RandomState(1).randn(5, 4);
  const { w1, w2 } = net.named();
  const squares = [...listOf(w1), ...listOf(w2)].reduce((sum, p) => sum + p * p, 0);
  figures.near('regulariser: λ/2 Σ p²', (lambda / 2) * squares, penalty(net, lambda).item(), 1e-14);
  const total = objective(net, net.forward(x), toyLabels, lambda);
  const bare = objective(net, net.forward(x), toyLabels, 0);
  figures.near(
    'regulariser: what it adds to the loss',
    (lambda / 2) * squares,
    total.sub(bare).item(),
    1e-14,
  );
  const added = grad(total, w1).sub(grad(bare, w1));
  figures.allNear('regulariser: what it adds to the gradient', listOf(w1.mul(lambda)), listOf(added), 1e-15);
}

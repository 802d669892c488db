import { nn, optim, RandomState, type Tensor, tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { listOf } from '../shared/toy.ts';

const [eta, lambda] = [0.1, 0.3];
/** Any loss; its gradient at θ is g = 4 (θ - 1)³. */
const loss = (theta: Tensor) => theta.sub(1).pow(4).sum();

/** A step with L2: θ − η (g + 2 λ θ); with L1: θ − η (g + λ sign θ). */
export function steps({ figures }: Desk): void {
  const start = listOf(new RandomState(0).randn(6));
  const g = (theta: number) => 4 * (theta - 1) ** 3;
  const l2 = start.map((theta) => theta - eta * (g(theta) + 2 * lambda * theta));
  const l1 = start.map((theta) => theta - eta * (g(theta) + lambda * Math.sign(theta)));

  const step = (penalty: (theta: Tensor) => Tensor, weightDecay = 0) => {
    const theta = new nn.Parameter(tensor(start, { dtype: 'float64' }));
    const optimizer = new optim.SGD([theta], { lr: eta, weightDecay });
    loss(theta).add(penalty(theta)).backward();
    optimizer.step();
    return listOf(theta);
  };
  figures.allNear(
    'a step with L2',
    l2,
    step((theta) => theta.square().sum().mul(lambda)),
    1e-14,
  );
  figures.allNear(
    'a step with L2, by weight decay 2 λ',
    l2,
    step((theta) => theta.mul(0).sum(), 2 * lambda),
    1e-14,
  );
  figures.allNear(
    'a step with L1',
    l1,
    step((theta) => theta.abs().sum().mul(lambda)),
    1e-14,
  );
}

import { optim, RandomState } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { show } from '../shared/figures.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import { toyLabels } from '../shared/toy.ts';
import { type Batch, train } from '../shared/train.ts';
import { objective, TwoLayerNet } from '../shared/twoLayerNet.ts';

/** The toy net of A with either activation: its loss, its gradients, and how loss and gradient fall in training. */
export function toyNets({ figures }: Desk): void {
  const first: Record<string, number> = {};
  for (const { activation, published, noise, lr, epochs } of nets) {
    const random = new RandomState(0);
    const net = new TwoLayerNet([4, 10, 3], { activation }).drawWeights(random, 0.1);
    const x = new RandomState(1).randn(5, 4).mul(10);
    const loss = () => objective(net, net.forward(x), toyLabels, 0.1);
    figures.near(`${activation}: loss, reg 0.1`, published, loss().item(), 1e-6);
    for (const [name, error] of Object.entries(gradientErrors(net.named(), loss))) {
      figures.atMost(`${activation}: gradient check, ${name}`, noise, error);
    }

    random.seed(1);
    const optimizer = new optim.SGD(net.parameters(), { lr });
    const scheduler = new optim.ExponentialLR(optimizer, 0.95);
    const history: { loss: number; norm: number }[] = [];
    for (const loss of train(net, shuffled(random, x, epochs), { optimizer, scheduler, reg: 1e-5 })) {
      history.push({ loss, norm: net.fc1.weight.grad!.norm().item() });
    }
  }
}

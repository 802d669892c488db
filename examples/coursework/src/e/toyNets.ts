import { optim, RandomState } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import { toyLabels } from '../shared/toy.ts';
import { objective, TwoLayerNet } from '../shared/twoLayerNet.ts';

export function toyNets({ figures }: Desk): void {
  for (const { activation, published, lr, epochs } of nets) {
    const random = new RandomState(0);
    const net = new TwoLayerNet([4, 10, 3], { activation }).drawWeights(random, 0.1);
    const x = new RandomState(1).randn(5, 4).mul(10);
    const loss = () => objective(net, net.forward(x), toyLabels, 0.1);
    figures.near(`${activation}: loss, reg 0.1`, published, loss().item(), 1e-6);
    console.log(net.fc1.forward(x).sigmoid().toString(), gradientErrors(net.named(), loss));
    const optimizer = new optim.SGD(net.parameters(), { lr });
    const scheduler = new optim.ExponentialLR(optimizer, 0.95);
    const norms = [];
    random.seed(1);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = random.permutation(5);
      const l = objective(net, net.forward(x.indexSelect(0, order)), toyLabels.indexSelect(0, order), 1e-5);
      optimizer.zeroGrad();
      l.backward();
      norms.push([l.item(), net.fc1.weight.grad!.norm().item()]);
      optimizer.step();
      scheduler.step();
    }
    console.log(norms.filter((_, i) => i % 9 === 0 || i == epochs - 1));
  }
}

const nets = [
  { activation: 'sigmoid', published: 1.182248, lr: 0.5, epochs: 100 },
  { activation: 'relu', published: 1.3037878913298202, lr: 0.1, epochs: 50 },
] as const;

import { weightGrid } from '@tensortape/plot';
import { cat, datasets, nn, noGrad, ones, optim, RandomState, type Tensor } from 'tensortape';
import { loadCifar10 } from '../shared/cifar10.ts';
import type { Desk } from '../shared/desk.ts';
import { band } from '../shared/learn.ts';
import { evaluate, train } from '../shared/train.ts';

const [steps, batch, lr] = [500, 8000, 1e-5];
/** The course penalises the plain sum of squares by 2000; ours is half of `reg` times the sum. */
const reg = 2 * 2000;

/** Linear scores; the bias is the weight of a pixel that is always 1, so that it is penalised too. */
class Linear extends nn.Module {
  fc = new nn.Linear(3073, 10, { bias: false });

  override forward(x: Tensor): Tensor {
    return this.fc.forward(cat([x, ones([x.shape[0]!, 1])], 1));
  }
}

/** A linear softmax classifier, and the ten templates that it compares images with. */
export async function softmax(desk: Desk): Promise<void> {
  const sets = await loadCifar10(desk);
  const random = new RandomState(0);
  const net = new Linear();
  noGrad(() => net.fc.weight.copy_(random.randn(10, 3073).mul(1e-3)));
  const optimizer = new optim.SGD(net.parameters(), { lr });
  await desk.watch(
    'softmax',
    train(net, sets.training.draws(random, batch, steps), { optimizer, reg }),
    steps,
  );
  const { accuracy } = evaluate(net, sets.test.batches());
  desk.figures.between('linear softmax: test accuracy', 0.254, band(0.254, sets), accuracy);
  await desk.draw(
    'b-softmax-templates.png',
    weightGrid(net.fc.weight.narrow(1, 0, 3072).reshape([10, 3, 32, 32]), {
      title: 'Templates of a linear classifier',
      subtitle: 'one measure for all of them',
      range: 'shared',
      columns: 5,
      labels: datasets.cifar10Classes,
    }),
  );
}

import { curves } from '@tensortape/plot';
import { RandomState } from 'tensortape';
import { loadCifar10 } from '../shared/cifar10.ts';
import type { Desk } from '../shared/desk.ts';
import { band, learn } from '../shared/learn.ts';
import { hiddenUnits, seriesOf } from '../shared/pictures.ts';
import { grid, search } from '../shared/search.ts';
import { evaluate } from '../shared/train.ts';
import { TwoLayerNet } from '../shared/twoLayerNet.ts';

/** A two-layer net on CIFAR-10 by the course's recipe, which hardly learns, and the best of a grid. */
export async function cifarNets(desk: Desk): Promise<void> {
  const sets = await loadCifar10(desk);
  const random = new RandomState(0);
  const first = makeNet(random);
  const recipe = { batch: 200, steps: 1000, lr: 1e-4, decay: 0.95, reg: 0.25 };
  const { history, accuracies } = await learn(desk, 'first net', first, sets, recipe, { random });
  desk.figures.between('first net: validation accuracy', 0.28, band(0.28, sets), accuracies.at(-1)!);

  const settings = grid({ lr: [1e-3, 1e-4], steps: [2000, 3000], reg: [0.1, 0.2], batch: [200] });
  const candidates = settings.map((setting) => ({
    setting,
    run: async (giveUp: (accuracies: readonly number[]) => boolean) => {
      const random = new RandomState(0);
      const net = makeNet(random);
      const name = Object.entries(setting).flat().join(' ');
      return {
        net,
        ...(await learn(desk, name, net, sets, { decay: 0.95, ...setting }, { random, giveUp })),
      };
    },
  }));
  const { net, setting, accuracy } = await search(desk, candidates);
  const words = Object.entries(setting)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  desk.figures.between('tuned: validation accuracy', 0.5, band(0.5, sets), accuracy);
  desk.figures.shown('tuned: test accuracy', '', String(evaluate(net, sets.test.batches()).accuracy));
  desk.figures.shown('tuned: setting', 'lr 0.001, steps 2000, reg 0.1', words);

  await desk.draw(
    'c-cifar-curves.svg',
    curves({
      title: 'The first net: its loss hardly falls',
      subtitle: 'the learning rate is too low',
      x: 'step',
      panels: [
        { y: 'loss', series: { training: seriesOf(history, 'loss') } },
        { y: 'accuracy', format: 'percent', series: { training: seriesOf(history, 'accuracy') } },
      ],
    }),
  );
  const nets = { 'first net': first, 'tuned net': net };
  await desk.draw('c-cifar-weights.png', hiddenUnits(nets, `CIFAR-10; the tuned net: ${words}`));
}

const makeNet = (random: RandomState) =>
  new TwoLayerNet([3072, 50, 10], { dtype: 'float32' }).drawWeights(random, 1e-4);

import { RandomState } from 'tensortape';
import { type Cifar10Sets, loadCifar10 } from '../shared/cifar10.ts';
import type { Desk } from '../shared/desk.ts';
import { band, learn, stepsPerEpoch } from '../shared/learn.ts';
import { hiddenUnits } from '../shared/pictures.ts';
import { grid, search } from '../shared/search.ts';
import { evaluate } from '../shared/train.ts';
import { TwoLayerNet } from '../shared/twoLayerNet.ts';

const batch = 100;
const steps = 5 * stepsPerEpoch(batch);

/** A two-layer net on CIFAR-10 by the course's recipe, and the best of a search. */
export async function cifarNets(desk: Desk): Promise<void> {
  const sets = await loadCifar10(desk);
  const random = new RandomState(0);
  const first = makeNet(50, random);
  const recipe = { batch, steps, lr: 1e-5, decay: 0.95, momentum: 0.9, reg: 1 };
  const { accuracies } = await learn(desk, '3072-50-10', first, sets, recipe, { random });
  desk.figures.between('two-layer net: validation accuracy', 0.37, band(0.37, sets), Math.max(...accuracies));

  const settings = grid({ lr: [1e-4, 2e-5], reg: [0.2, 1], momentum: [0.95] });
  const { net, setting, accuracy } = await search(desk, candidates(desk, sets, settings));
  const words = Object.entries(setting)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  desk.figures.between('tuned: validation accuracy', 0.515, band(0.515, sets), accuracy);
  desk.figures.shown('tuned: test accuracy', '', String(evaluate(net, sets.test.batches()).accuracy));
  desk.figures.shown('tuned: setting', 'reg 0.2, momentum 0.95', words);

  const nets = { 'first net, 50 units': first, 'tuned net, 100 units': net };
  await desk.draw('b-cifar-weights.png', hiddenUnits(nets, `CIFAR-10; the tuned net: ${words}`));
}

const makeNet = (hidden: number, random: RandomState) =>
  new TwoLayerNet([3072, hidden, 10], { dtype: 'float32' }).drawWeights(random, 1e-5);

const candidates = (
  desk: Desk,
  sets: Cifar10Sets,
  settings: readonly Record<'lr' | 'reg' | 'momentum', number>[],
) =>
  settings.map((setting) => ({
    setting,
    run: async (giveUp: (accuracies: readonly number[]) => boolean) => {
      const random = new RandomState(0);
      const net = makeNet(100, random);
      const recipe = { batch, steps, decay: 0.5, ...setting };
      const name = `lr ${setting.lr}, reg ${setting.reg}, momentum ${setting.momentum}`;
      return { net, ...(await learn(desk, name, net, sets, recipe, { random, giveUp })) };
    },
  }));

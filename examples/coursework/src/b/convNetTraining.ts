import { curves, weightGrid } from '@tensortape/plot';
import { RandomState } from 'tensortape';
import { loadCifar10 } from '../shared/cifar10.ts';
import type { Desk } from '../shared/desk.ts';
import { band, learn } from '../shared/learn.ts';
import { seriesOf } from '../shared/pictures.ts';
import { evaluate } from '../shared/train.ts';
import { ConvNet } from './convNet.ts';

const recipe = { lr: 1e-4, decay: 0.95, momentum: 0.9, reg: 0.001 };

/** A ConvNet learns 50 images by heart, and then, in one epoch of CIFAR-10, something about the others. */
export async function convNetTraining(desk: Desk): Promise<void> {
  const flat = await loadCifar10(desk);
  const sets = {
    ...flat,
    training: flat.training.reshaped([3, 32, 32]),
    validation: flat.validation.reshaped([3, 32, 32]),
  };
  const random = new RandomState(0);

  const few = { ...sets, training: sets.training.slice(0, 50) };
  const small = new ConvNet().drawWeights(random);
  const ten = { ...recipe, batch: 10, steps: 50 };
  await learn(desk, '50 images', small, few, ten, { random });
  const learned = evaluate(small, few.training.batches()).accuracy;
  const known = evaluate(small, few.validation.batches()).accuracy;
  desk.figures.atLeast('50 images, 10 epochs: training accuracy', 0.8, learned);
  desk.figures.atMost('50 images, 10 epochs: validation accuracy', 0.25, known);

  const net = new ConvNet({ size: 7 }).drawWeights(random);
  const epoch = { ...recipe, batch: 50, steps: 980 };
  const { history, accuracies } = await learn(desk, 'one epoch', net, sets, epoch, { random });
  desk.figures.between('one epoch: validation accuracy', 0.5, band(0.5, sets), accuracies.at(-1)!);

  const subtitle = `980 steps of 50 images; validation accuracy ${accuracies.at(-1)}`;
  await desk.draw(
    'b-convnet-curves.svg',
    curves({
      title: 'A ConvNet on CIFAR-10',
      subtitle,
      x: 'step',
      panels: [
        { y: 'loss', series: { training: seriesOf(history, 'loss') } },
        { y: 'accuracy', format: 'percent', series: { training: seriesOf(history, 'accuracy') } },
      ],
    }),
  );
  await desk.draw(
    'b-convnet-filters.png',
    weightGrid(net.conv.weight, { title: 'Filters of the ConvNet', subtitle }),
  );
}

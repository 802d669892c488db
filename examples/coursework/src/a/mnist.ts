import { curves, weightGrid } from '@tensortape/plot';
import { optim, RandomState } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { loadMnist } from '../shared/mnist.ts';
import { seriesOf } from '../shared/pictures.ts';
import { evaluate, type Scores, train } from '../shared/train.ts';
import { TwoLayerNet } from '../shared/twoLayerNet.ts';

const [epochs, stepsPerEpoch, batch] = [4, 250, 200];

/** MNIST 784-20-10: 1000 steps on batches of 200 of the first 50,000 images, judged by the 10,000 that follow. */
export async function mnist(desk: Desk): Promise<void> {
  const images = (await loadMnist(desk)).seenAs((pixels) => pixels.to('float64').div(255));
  const [training, validation] = [images.slice(0, 50_000), images.slice(50_000, 60_000)];
  const random = new RandomState(0);
  const net = new TwoLayerNet([784, 20, 10]).drawWeights(random, 1e-4);
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.05 });
  const scheduler = new optim.StepLR(optimizer, stepsPerEpoch, { gamma: 0.95 });

  const start = performance.now();
  const history: Scores[] = [];
  const judged: Scores[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const batches = training.draws(random, batch, stepsPerEpoch);
    const steps = train(net, batches, { optimizer, scheduler, reg: 0.1 });
    history.push(...(await desk.watch(`epoch ${epoch}`, steps, stepsPerEpoch)));
    judged.push(evaluate(net, validation.batches()));
  }
  const seconds = (performance.now() - start) / 1000;

  const { accuracy } = judged.at(-1)!;
  desk.figures.near('loss at iteration 0', 2.302593, history[0]!.loss, 1e-6);
  desk.figures.between('validation accuracy', 0.7926, [0.77, 0.81], accuracy);
  desk.figures.shown('seconds of training', '48', seconds.toFixed(1));

  const subtitle = `784-20-10, 1000 steps of 200 images; validation accuracy ${(100 * accuracy).toFixed(2)} %`;
  const validated = {
    at: judged.map((_, i) => (i + 1) * stepsPerEpoch),
    values: judged.map(({ accuracy }) => accuracy),
  };
  await desk.draw(
    'a-mnist-curves.svg',
    curves({
      title: 'A two-layer net on MNIST',
      subtitle,
      x: 'step',
      panels: [
        { y: 'loss', series: { training: seriesOf(history, 'loss') } },
        {
          y: 'accuracy',
          format: 'percent',
          series: { training: seriesOf(history, 'accuracy'), validation: validated },
        },
      ],
    }),
  );
  await desk.draw(
    'a-mnist-weights.png',
    weightGrid(net.fc1.weight.reshape([-1, 28, 28]), { title: 'What the hidden units look at', subtitle }),
  );
}

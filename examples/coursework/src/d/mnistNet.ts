import { curves } from '@tensortape/plot';
import { manualSeed, nn, optim, RandomState, type Tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import type { Images } from '../shared/images.ts';
import { loadMnist } from '../shared/mnist.ts';
import { seriesOf } from '../shared/pictures.ts';
import { evaluate, type Scores, train } from '../shared/train.ts';

const [epochs, batch, halvedEvery] = [2, 30, 1000];

/** The net of the course: two convolutions, two poolings, two linear layers. */
class MNISTNet extends nn.Module {
  conv1 = new nn.Conv2d(1, 6, 3);
  conv2 = new nn.Conv2d(6, 16, 3);
  fc1 = new nn.Linear(400, 256);
  fc2 = new nn.Linear(256, 10);

  override forward(x: Tensor): Tensor {
    let y = nn.functional.maxPool2d(this.conv1.forward(x).relu(), 2); // 6 x 13 x 13
    y = nn.functional.maxPool2d(this.conv2.forward(y).relu(), 3, { stride: 2 }); // 16 x 5 x 5
    return this.fc2.forward(this.fc1.forward(y.flatten(1)).relu());
  }
}

/** Two trainings on MNIST: with Adam's learning rate 0.001, and with ten times that, which made the net of the course unstable. */
export async function mnistNet(desk: Desk): Promise<void> {
  const sets = await split(desk);
  const first = await run(desk, sets, 0.001);
  desk.figures.atLeast('learning rate 0.001: test accuracy', 0.92, first, 0.9223);
  desk.figures.atLeast('learning rate 0.001: test accuracy of a correct net', 0.97, first);
  // A correct Adam ends at about 0.975; a net that had come apart would be far below what the course has with 0.001.
  const second = await run(desk, sets, 0.01);
  desk.figures.between('learning rate 0.01: test accuracy', 0.975, [0.96, 0.99], second);
}

interface Sets {
  training: Images;
  validation: Images;
  test: Images;
}

async function split(desk: Desk): Promise<Sets> {
  const images = (await loadMnist(desk)).seenAs((bytes) =>
    bytes.to('float32').div(255).reshape([-1, 1, 28, 28]),
  );
  return {
    training: images.slice(0, 48_000),
    validation: images.slice(48_000, 60_000),
    test: images.slice(60_000, 70_000),
  };
}

/** Scores by the step at which they were taken. */
interface Curve {
  at: number[];
  scores: Scores[];
}

/** Trains, draws the six curves, and returns the test accuracy. */
async function run(desk: Desk, { training, validation, test }: Sets, lr: number): Promise<number> {
  manualSeed(0);
  const random = new RandomState(0);
  const net = new MNISTNet();
  const optimizer = new optim.Adam(net.parameters(), { lr });
  const scheduler = new optim.StepLR(optimizer, halvedEvery, { gamma: 0.5 });
  const validated: Curve = { at: [], scores: [] };
  const tested: Curve = { at: [], scores: [] };
  const measure = ({ at, scores }: Curve, images: Images, step: number) => {
    at.push(step);
    scores.push(evaluate(net, images.batches()));
  };

  function* steps(): Generator<Scores> {
    let step = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const scores of train(net, training.epoch(random, batch), { optimizer, scheduler, reg: 0 })) {
        if (step % 100 === 0) measure(validated, validation, step);
        if (step % 300 === 0) measure(tested, test, step);
        step++;
        yield scores;
      }
    }
  }
  const count = (epochs * training.length) / batch;
  const history = await desk.watch(`learning rate ${lr}`, steps(), count);
  measure(validated, validation, count);
  measure(tested, test, count);

  const { accuracy } = tested.scores.at(-1)!;
  const series = (of: keyof Scores) => ({
    training: seriesOf(history, of),
    validation: { at: validated.at, values: validated.scores.map((scores) => scores[of]) },
    test: { at: tested.at, values: tested.scores.map((scores) => scores[of]) },
  });
  await desk.draw(
    `d-mnist-${lr}.svg`,
    curves({
      title: `MNISTNet, Adam with learning rate ${lr}`,
      subtitle: `${epochs} epochs of batches of ${batch}, halved every ${halvedEvery} steps; test accuracy ${(100 * accuracy).toFixed(2)} %`,
      x: 'step',
      panels: [
        { y: 'loss', scale: 'log', series: series('loss') },
        { y: 'accuracy', format: 'percent', series: series('accuracy') },
      ],
    }),
  );
  return accuracy;
}

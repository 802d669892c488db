import { curves } from '@tensortape/plot';
import { optim, RandomState } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { show } from '../shared/figures.ts';
import { Images } from '../shared/images.ts';
import { loadMnist } from '../shared/mnist.ts';
import { bySteps } from '../shared/pictures.ts';
import { evaluate, type Scores, train } from '../shared/train.ts';
import { TwoLayerNet } from '../shared/twoLayerNet.ts';

const [epochs, batch] = [20, 100];

/** MNIST 784-64-10 with either activation, in float64. */
export async function mnist(desk: Desk): Promise<void> {
  const { figures } = desk;
  const sigmoid = await run(desk, 'sigmoid');
  // Nothing in this run magnifies rounding: it has to come out to the printed digits.
  figures.near('sigmoid: test accuracy', 0.8639, sigmoid.test, 1e-9);
  const relu = await run(desk, 'relu');
  // Its first steps, at losses of hundreds, magnify the rounding of sums, so that the order in which they are added up decides.
  figures.between('ReLU: test accuracy', 0.9658, [0.9608, 0.9708], relu.test);
  for (const { activation, validation, norms } of [sigmoid, relu]) {
    figures.shown(`${activation}: validation accuracy`, '', show(validation));
    figures.shown(`${activation}: gradient norm of W1, first`, '', show(norms[0]!));
    figures.shown(`${activation}: gradient norm of W1, last`, '', show(norms.at(-1)!));
  }
  // Raw pixels saturate the sigmoids: what comes back to W1 is a small part of what ReLU lets through.
  const ratio = sigmoid.norms[0]! / relu.norms[0]!;
  figures.atMost('gradient of W1 at the start, sigmoid beside ReLU', 0.1, ratio);

  const both = (of: 'losses' | 'norms') => ({ sigmoid: bySteps(sigmoid[of]), ReLU: bySteps(relu[of]) });
  await desk.draw(
    'e-mnist.svg',
    curves({
      title: 'Sigmoid against ReLU on MNIST',
      subtitle: `784-64-10 on raw pixels; test accuracy ${sigmoid.test} and ${relu.test}`,
      x: 'step',
      panels: [
        { y: 'loss', scale: 'log', series: both('losses') },
        { y: 'norm of the gradient of W1', scale: 'log', series: both('norms') },
      ],
    }),
  );
}

async function run(desk: Desk, activation: 'sigmoid' | 'relu') {
  const random = new RandomState(0);
  const sets = split(await loadMnist(desk), random);
  const net = new TwoLayerNet([784, 64, 10], { activation }).drawWeights(random, 0.1);
  random.seed(1);
  const stepsPerEpoch = sets.training.length / batch;
  const optimizer = new optim.SGD(net.parameters(), { lr: 1e-3 });
  const scheduler = new optim.StepLR(optimizer, stepsPerEpoch, { gamma: 0.95 });

  const norms: number[] = [];
  function* steps(): Generator<Scores> {
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const scores of train(net, sets.training.epoch(random, batch), {
        optimizer,
        scheduler,
        reg: 0.5,
      })) {
        norms.push(net.fc1.weight.grad!.norm().item());
        yield scores;
      }
    }
  }
  const history = await desk.watch(activation, steps(), epochs * stepsPerEpoch);
  return {
    activation,
    losses: history.map(({ loss }) => loss),
    norms,
    validation: evaluate(net, sets.validation.batches()).accuracy,
    test: evaluate(net, sets.test.batches()).accuracy,
  };
}

/** All 70,000 images in random order, in three sets, with the mean training image subtracted. */
function split(images: Images, random: RandomState) {
  const order = random.permutation(images.length);
  const pixels = images.pixels.indexSelect(0, order);
  const mean = pixels.slice(0, 0, 50_000).to('float64').mean(0);
  const labels = images.labels.indexSelect(0, order);
  const shuffled = new Images(pixels, labels, (bytes) => bytes.to('float64').sub(mean));
  return {
    training: shuffled.slice(0, 50_000),
    validation: shuffled.slice(50_000, 60_000),
    test: shuffled.slice(60_000, 70_000),
  };
}

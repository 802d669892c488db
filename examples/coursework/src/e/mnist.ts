import { optim, RandomState } from 'tensortape';
import { loadMnist } from '../shared/mnist.ts';
import { accuracy, train } from '../shared/train.ts';
import { TwoLayerNet } from '../shared/twoLayerNet.ts';

const [epochs, batch] = [20, 100];
export async function run(folder: string, activation: 'sigmoid' | 'relu') {
  const all = await loadMnist(folder);
  const random = new RandomState(0);
  const order = random.permutation(all.length);
  const pixels = all.pixels.indexSelect(0, order);
  const labels = all.labels.indexSelect(0, order);
  const training = pixels.slice(0, 0, 50000);
  const mean = training.to('float64').mean(0);
  const shuffled = new (all.constructor as typeof import('../shared/images.ts').Images)(
    pixels,
    labels,
    (bytes) => bytes.to('float64').sub(mean),
  );
  const sets = {
    training: shuffled.slice(0, 50_000),
    validation: shuffled.slice(50_000, 60_000),
    test: shuffled.slice(60_000, 70_000),
  };
  const net = new TwoLayerNet([784, 64, 10], { activation }).drawWeights(random, 0.1);
  random.seed(1);
  const optimizer = new optim.SGD(net.parameters(), { lr: 1e-3 });
  const scheduler = new optim.StepLR(optimizer, sets.training.length / batch, { gamma: 0.95 });
  const start = performance.now();
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let last = 0;
    for (const loss of train(net, sets.training.epoch(random, batch), { optimizer, scheduler, reg: 0.5 }))
      last = loss;
    console.log(
      activation,
      epoch,
      last,
      accuracy(net, sets.training.slice(0, 10000).batches()),
      accuracy(net, sets.validation.batches()),
      accuracy(net, sets.test.batches()),
      (performance.now() - start) / 1000,
    );
  }
}
await run(process.argv[2]!, process.argv[3] as 'relu');

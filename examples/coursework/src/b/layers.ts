import { nn, RandomState, type Tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import { linspace, listOf } from '../shared/toy.ts';

const { functional } = nn;

/** The layers of the course, each with the figures of its forward pass, and a gradient check. */
export function layers(desk: Desk): void {
  forward(desk);
  losses(desk);
  gradients(desk);
}

/** `x W + b` with a row for each image, whatever its shape. */
const affine = (x: Tensor, w: Tensor, b: Tensor) => x.flatten(1).matmul(w).add(b);

/** The SVM loss: over the wrong classes, max(0, score − right score + 1), summed, and the mean over the batch. */
function svm(scores: Tensor, labels: Tensor): Tensor {
  const classes = scores.shape[1]!;
  return functional.multiMarginLoss(scores, labels).mul(classes); // PyTorch divides by the number of classes
}

function forward({ figures }: Desk): void {
  const lines = affine(
    linspace(-0.1, 0.5, [2, 4, 5, 6]),
    linspace(-0.2, 0.3, [120, 3]),
    linspace(-0.3, 0.1, [3]),
  );
  const published = [1.49834967, 1.70660132, 1.91485297, 3.25553199, 3.5141327, 3.77273342];
  figures.allNear('affine', published, listOf(lines), 1e-8);

  const x = linspace(-0.5, 0.5, [3, 4]);
  const kept = listOf(x).map((value) => Math.max(0, value));
  figures.allNear('ReLU', kept, listOf(x.relu()), 0);

  const image = functional.conv2d(
    linspace(-0.1, 0.5, [2, 3, 4, 4]),
    linspace(-0.2, 0.3, [3, 3, 4, 4]),
    linspace(-0.1, 0.2, [3]),
    { stride: 2, padding: 1 },
  );
  const first = [-0.08759809, -0.10987781, -0.18387192, -0.2109216];
  const last = [2.36270298, 2.36904306, 2.38090835, 2.38247847];
  figures.allNear('convolution, out[0, 0]', first, listOf(image.at(0, 0)), 1e-8);
  figures.allNear('convolution, out[1, 2]', last, listOf(image.at(1, 2)), 1e-8);

  const pooled = listOf(functional.maxPool2d(linspace(-0.3, 0.4, [2, 3, 4, 4]), 2));
  figures.allNear('max pooling, first values', [-0.26315789, -0.24842105], pooled.slice(0, 2), 1e-8);
  figures.near('max pooling, last value', 0.4, pooled.at(-1)!, 1e-15);
}

function losses({ figures }: Desk): void {
  const random = new RandomState(0);
  const scores = random.randn(50, 10).mul(0.001);
  const labels = random.randint(0, 10, [50]);
  figures.near('SVM loss of small scores', 9, svm(scores, labels).item(), 0.01);
  figures.near(
    'softmax loss of small scores',
    Math.LN10,
    functional.crossEntropy(scores, labels).item(),
    1e-3,
  );
}

function gradients({ figures }: Desk): void {
  for (const { layer, inputs, f } of checks(new RandomState(0))) {
    const out = f(inputs);
    // A layer of many outputs is checked by what reaches it from above: random numbers.
    const above = new RandomState(1).randn(...out.shape);
    const worst = Math.max(...Object.values(gradientErrors(inputs, () => f(inputs), above)));
    figures.atMost(`gradient check, ${layer}`, 1e-7, worst);
  }
}

interface Check {
  layer: string;
  inputs: Record<string, Tensor>;
  f: (inputs: Record<string, Tensor>) => Tensor;
}

function checks(random: RandomState): Check[] {
  const randn = (...shape: number[]) => random.randn(...shape).requiresGrad_();
  const scores = random.randn(50, 10).mul(0.001).requiresGrad_();
  const labels = random.randint(0, 10, [50]);
  const same = { stride: 1, padding: 1 };
  return [
    {
      layer: 'affine',
      inputs: { x: randn(10, 2, 3), w: randn(6, 5), b: randn(5) },
      f: ({ x, w, b }) => affine(x!, w!, b!),
    },
    { layer: 'ReLU', inputs: { x: randn(10, 10) }, f: ({ x }) => x!.relu() },
    { layer: 'SVM', inputs: { x: scores }, f: ({ x }) => svm(x!, labels) },
    { layer: 'softmax', inputs: { x: scores }, f: ({ x }) => functional.crossEntropy(x!, labels) },
    {
      layer: 'convolution',
      inputs: { x: randn(4, 3, 5, 5), w: randn(2, 3, 3, 3), b: randn(2) },
      f: ({ x, w, b }) => functional.conv2d(x!, w!, b!, same),
    },
    { layer: 'max pooling', inputs: { x: randn(3, 2, 8, 8) }, f: ({ x }) => functional.maxPool2d(x!, 2) },
    {
      layer: 'affine-ReLU',
      inputs: { x: randn(2, 3, 4), w: randn(12, 10), b: randn(10) },
      f: ({ x, w, b }) => affine(x!, w!, b!).relu(),
    },
    {
      layer: 'convolution-ReLU',
      inputs: { x: randn(2, 3, 8, 8), w: randn(3, 3, 3, 3), b: randn(3) },
      f: ({ x, w, b }) => functional.conv2d(x!, w!, b!, same).relu(),
    },
    {
      layer: 'convolution-ReLU-pooling',
      inputs: { x: randn(2, 3, 8, 8), w: randn(3, 3, 3, 3), b: randn(3) },
      f: ({ x, w, b }) => functional.maxPool2d(functional.conv2d(x!, w!, b!, same).relu(), 2),
    },
  ];
}

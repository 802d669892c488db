import { Generator, grad, nn, pad, RandomState, type Tensor, unfold } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import * as naive from '../shared/naive.ts';
import { listOf } from '../shared/toy.ts';

const { functional } = nn;

/** The building blocks beside a reference of nested loops: values in float32, gradients in float64. */
export function layers(desk: Desk): void {
  const random = new RandomState(0);
  for (const block of blocks(random)) compare(desk, block);
  matrixProduct(desk, random);
  dropout(desk, random);
  uncovered(desk, random);
}

interface Block {
  name: string;
  inputs: Tensor[];
  f: (...inputs: Tensor[]) => Tensor;
  reference: (...inputs: Tensor[]) => Tensor;
  referenceBackward: (above: Tensor, ...inputs: Tensor[]) => Tensor[];
}

const overlapping = { size: 3, stride: 2, padding: 1 };
const window = { stride: 2, padding: 1 };

function blocks(random: RandomState): Block[] {
  const randn = (...shape: number[]) => random.randn(...shape);
  const images = randn(4, 3, 9, 11);
  const labels = random.randint(0, 10, [6]);
  return [
    {
      name: 'ReLU',
      inputs: [randn(8, 9)],
      f: (x) => x!.relu(),
      reference: (x) => x!.clampMin(0),
      referenceBackward: (above, x) => [above.mul(x!.gt(0).to('float64'))],
    },
    {
      name: 'convolution',
      inputs: [images, randn(5, 3, 3, 3), randn(5)],
      f: (x, w, b) => functional.conv2d(x!, w!, b!, window),
      reference: (x, w, b) => naive.conv(x!, w!, b!, overlapping),
      referenceBackward: (above, x, w) => Object.values(naive.convBackward(x!, w!, above, overlapping)),
    },
    {
      name: 'max pooling, padded with zeros',
      // All below 0, so that the padding wins at every border.
      inputs: [images.abs().neg()],
      f: (x) => functional.maxPool2d(pad(x!, [1, 1, 1, 1]), 3, { stride: 2 }),
      reference: (x) => naive.maxPool(x!, overlapping, 0),
      referenceBackward: (above, x) => [naive.maxPoolBackward(x!, above, overlapping, 0)],
    },
    {
      name: 'max pooling, padded as PyTorch does',
      inputs: [images.abs().neg()],
      f: (x) => functional.maxPool2d(x!, 3, window),
      reference: (x) => naive.maxPool(x!, overlapping, Number.NEGATIVE_INFINITY),
      referenceBackward: (above, x) => [
        naive.maxPoolBackward(x!, above, overlapping, Number.NEGATIVE_INFINITY),
      ],
    },
    {
      name: 'average pooling',
      inputs: [images],
      f: (x) => functional.avgPool2d(x!, 3, window),
      reference: (x) => naive.avgPool(x!, overlapping),
      referenceBackward: (above, x) => [naive.avgPoolBackward(x!, above, overlapping)],
    },
    {
      name: 'fully connected',
      inputs: [randn(7, 6), randn(5, 6), randn(5)],
      f: (x, w, b) => functional.linear(x!, w!, b!),
      reference: (x, w, b) => naive.linear(x!, w!, b!),
      referenceBackward: (above, x, w) => Object.values(naive.linearBackward(x!, w!, above)),
    },
    {
      name: 'softmax cross-entropy',
      inputs: [randn(6, 10)],
      f: (scores) => functional.crossEntropy(scores!, labels),
      reference: (scores) => naive.softmaxLoss(scores!, listOf(labels)).loss,
      referenceBackward: (above, scores) => [naive.softmaxLoss(scores!, listOf(labels)).gradient.mul(above)],
    },
  ];
}

function compare({ figures }: Desk, { name, inputs, f, reference, referenceBackward }: Block): void {
  const expected = reference(...inputs);
  const single = f(...inputs.map((x) => x.to('float32')));
  figures.near(`${name}: float32 value`, 0, relative(single.to('float64'), expected), 1e-6);

  const tracked = inputs.map((x) => x.detach().requiresGrad_());
  const above = new RandomState(1).randn(...expected.shape);
  const gradients = grad(f(...tracked), tracked, { gradOutputs: above });
  const exact = referenceBackward(above, ...inputs);
  const worst = Math.max(...gradients.map((gradient, i) => relative(gradient, exact[i]!)));
  figures.near(`${name}: float64 gradient`, 0, worst, 1e-8);
}

/** The largest difference, as a share of the largest value. */
const relative = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item() / b.abs().max().item();

/** Convolution by a matrix product: the windows as columns, the filters as rows. */
function matrixProduct({ figures }: Desk, random: RandomState): void {
  const [x, w, b] = [random.randn(4, 3, 9, 11), random.randn(5, 3, 3, 3), random.randn(5)];
  const columns = unfold(x, 3, window); // images x (3 * 3 * 3) x places
  const product = w.flatten(1).matmul(columns).add(b.unsqueeze(1));
  const image = functional.conv2d(x, w, b, window);
  figures.near('convolution as a matrix product', 0, relative(product.reshape(image.shape), image), 1e-14);
}

/** Inverted dropout: the mask repeats with its seed, what is kept is scaled, and the mean stays. */
function dropout({ figures }: Desk, random: RandomState): void {
  const ratio = 0.3;
  const x = random.randn(40, 50).abs().add(1);
  const drop = (x: Tensor) => functional.dropout(x, ratio, { generator: new Generator(7) });
  const out = drop(x);
  const kept = out.ne(0);
  const scaled = x.div(1 - ratio).mul(kept.to('float64'));
  figures.near('dropout: what is kept is x / (1 - ratio)', 0, relative(out, scaled), 1e-15);
  // The share of 2,000 draws: four standard deviations on either side.
  figures.near('dropout: the share that is kept', 1 - ratio, kept.to('float64').mean().item(), 0.041);
  figures.near('dropout: the same seed, the same mask', 0, relative(drop(x), out), 0);
  figures.near(
    'dropout: in evaluation nothing is dropped',
    0,
    relative(functional.dropout(x, ratio, { training: false }), x),
    0,
  );
  const some = x.slice(0, 0, 4).clone().requiresGrad_();
  const above = random.randn(...some.shape);
  const { x: error } = gradientErrors({ x: some }, () => drop(some), above);
  figures.atMost('dropout: gradient check', 1e-8, error);
}

/** 3 x 3 windows in steps of 2 leave the last row and column of 10 x 20 out: their gradient is exactly 0, and that of no other. */
function uncovered({ figures }: Desk, random: RandomState): void {
  const x = random.randn(1, 1, 10, 20).requiresGrad_();
  const outs = {
    convolution: functional.conv2d(x, random.randn(1, 1, 3, 3), null, { stride: 2 }),
    'average pooling': functional.avgPool2d(x, 3, { stride: 2 }),
  };
  for (const [name, out] of Object.entries(outs)) {
    const zeros = grad(out.sum(), x).eq(0).at(0, 0);
    const [rows, columns] = [zeros.at(9), zeros.at(':', 19)];
    figures.near(`${name}: zeros in row 10 and column 20`, 29, zeros.sum().item(), 0);
    figures.same(
      `${name}: these, and no others`,
      'all',
      rows.all().item() && columns.all().item() ? 'all' : 'some',
    );
  }
}

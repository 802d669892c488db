import { describe, expect, test } from '@jest/globals';
import { arange, Generator, manualSeed, ones, randn, type Tensor, tensor } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';
import { functional } from '@tensortape/nn';
import fc from 'fast-check';

describe('Linear', () => {
  test('starts uniform on +-1 / sqrt(inFeatures), the same for the same seed', () => {
    manualSeed(3);
    const [first, second] = [new nn.Linear(100, 50), new nn.Linear(100, 50)];
    manualSeed(3);
    const again = new nn.Linear(100, 50);
    expect(again.weight.toArray()).toEqual(first.weight.toArray());
    expect(again.bias?.toArray()).toEqual(first.bias?.toArray());
    expect(second.weight.toArray()).not.toEqual(first.weight.toArray());
    for (const { weight } of [first, second]) {
      expect(weight.abs().max().item()).toBeLessThanOrEqual(0.1);
      expect(weight.abs().max().item()).toBeGreaterThan(0.099);
      expect(Math.abs(weight.mean().item())).toBeLessThan(0.003);
    }
  });

  test('options', () => {
    const linear = new nn.Linear(2, 3, { bias: false, dtype: 'float64' });
    expect([linear.bias, linear.weight.dtype]).toEqual([null, 'float64']);
    expect(linear.forward(ones([2], { dtype: 'float64' })).shape).toEqual([3]);
    expect(new nn.Linear(0, 2).forward(ones([4, 0])).toArray()).toEqual(Array(4).fill([0, 0]));
  });

  test('wrong arguments and inputs', () => {
    expect(() => new nn.Linear(1.5, 2)).toThrow('Linear: inFeatures must be a whole number >= 0, got 1.5');
    expect(() => new nn.Linear(1, -2)).toThrow('Linear: outFeatures must be a whole number >= 0, got -2');
    const linear = new nn.Linear(784, 64);
    expect(() => linear.forward(ones([2, 2704]))).toThrow(
      'linear: expected 784 input features, got 2704: try new nn.Linear(2704, 64)',
    );
    expect(() => linear.forward(ones([2, 1, 28, 28]))).toThrow(
      'linear: expected 784 input features, got 28 in shape (2, 1, 28, 28): try new nn.Flatten() before',
    );
    expect(() => linear.forward(tensor(1))).toThrow(
      'linear: expected 784 input features, got a 0-dimensional tensor',
    );
    expect(() => linear.forward(ones([1, 784], { dtype: 'float64' }))).toThrow(
      "linear: x is float64, the weight float32; convert the input, x.to('float32'), or the whole module",
    );
    expect(() => linear.forward(ones([1, 784], { dtype: 'uint8' }))).toThrow(/x is uint8/);
  });

  test('as a function', () => {
    const [x, weight] = [ones([2, 3]), ones([4, 3])];
    expect(functional.linear(x, weight).toArray()).toEqual(Array(2).fill(Array(4).fill(3)));
    expect(() => functional.linear(x, ones([3, 4]))).toThrow(
      'linear: x has shape (2, 3), the weight (3, 4); expected (…, in) and (out, in)',
    );
    expect(() => functional.linear(x, ones([3]))).toThrow(/the weight \(3,\)/);
    expect(() => functional.linear(x, weight, ones([3]))).toThrow(
      'linear: the bias has shape (3,), expected (4,) as the weight has shape (4, 3)',
    );
  });
});

test('Flatten and Identity', () => {
  const x = randn([2, 3, 4, 5]);
  expect(new nn.Flatten().forward(x).shape).toEqual([2, 60]);
  expect(new nn.Flatten(0, 1).forward(x).shape).toEqual([6, 4, 5]);
  expect(new nn.Flatten(-2).forward(x).shape).toEqual([2, 3, 20]);
  expect(new nn.Identity().forward(x)).toBe(x);
});

test('activations', () => {
  const x = tensor([-1, 0, 2]);
  const out = (layer: nn.Layer) => layer.forward(x).toArray();
  expect(out(new nn.ReLU())).toEqual([0, 0, 2]);
  expect(out(new nn.Sigmoid())).toEqual(x.sigmoid().toArray());
  expect(out(new nn.Tanh())).toEqual(x.tanh().toArray());
  expect(out(new nn.Softmax(0))).toEqual(x.softmax(0).toArray());
  expect(out(new nn.LogSoftmax(0))).toEqual(x.logSoftmax(0).toArray());
  expect(out(new nn.Softplus())).toEqual(x.softplus().toArray());
  expect(new nn.Softplus({ beta: 2, threshold: 1 }).forward(tensor([0.5, 3])).toArray()).toEqual([
    Math.fround(Math.fround(Math.log1p(Math.E)) / 2),
    3,
  ]);
});

test('layers print their options', () => {
  const layers = [
    new nn.Linear(2, 3),
    new nn.Flatten(),
    new nn.Dropout(0.25),
    new nn.Softmax(-1),
    new nn.LogSoftmax(1),
    new nn.Softplus({ beta: 2 }),
    new nn.ReLU(),
    new nn.CrossEntropyLoss(),
  ];
  expect(layers.map(String)).toEqual([
    'Linear(inFeatures=2, outFeatures=3, bias=true)',
    'Flatten(startDim=1, endDim=-1)',
    'Dropout(p=0.25)',
    'Softmax(dim=-1)',
    'LogSoftmax(dim=1)',
    'Softplus(beta=2, threshold=20)',
    'ReLU()',
    'CrossEntropyLoss()',
  ]);
});

describe('Dropout', () => {
  const probability = fc.double({ min: 0.05, max: 0.95, noNaN: true });

  test('keeps a share of 1 - p, scaled so that the mean stays', () => {
    fc.assert(
      fc.property(probability, fc.nat(), (p, seed) => {
        const dropout = new nn.Dropout(p, { generator: new Generator(seed) });
        const y = dropout.forward(ones([20_000]));
        const scale = y.max().item();
        expect(scale).toBeCloseTo(1 / (1 - p), 4);
        expect(y.eq(0).logicalOr(y.eq(scale)).all().item()).toBe(1);
        // Six standard deviations of a binomial share.
        const share = y.ne(0).sum().item() / y.size;
        expect(Math.abs(share - (1 - p))).toBeLessThan(6 * Math.sqrt((p * (1 - p)) / y.size));
      }),
      { numRuns: 20 },
    );
  });

  test('passes gradients through what was kept, by the same scale', () => {
    const x = randn([50], { requiresGrad: true });
    const y = functional.dropout(x, 0.5);
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual(y.ne(0).to('float32').mul(2).toArray());
  });

  test('passes everything in evaluation mode and for p = 0, nothing for p = 1', () => {
    const x = randn([5]);
    expect(new nn.Dropout(0.5).eval().forward(x)).toBe(x);
    expect(functional.dropout(x, 0.5, { training: false })).toBe(x);
    expect(new nn.Dropout(0).forward(x)).toBe(x);
    expect(new nn.Dropout(1).forward(x).abs().toArray()).toEqual([0, 0, 0, 0, 0]);
  });

  test('draws from the default generator, or from its own', () => {
    const x = ones([64]);
    const draw = (dropout: nn.Dropout) => dropout.forward(x).toArray();
    manualSeed(1);
    const seeded = draw(new nn.Dropout());
    manualSeed(1);
    expect(draw(new nn.Dropout())).toEqual(seeded);
    const own = new nn.Dropout(0.5, { generator: new Generator(1) });
    expect(draw(own)).toEqual(seeded);
    expect(draw(own)).not.toEqual(seeded);
  });

  test('refuses what is no probability', () => {
    expect(() => new nn.Dropout(1.5)).toThrow('Dropout: p must be from 0 to 1, got 1.5');
    expect(() => functional.dropout(ones([1]), Number.NaN)).toThrow(
      'dropout: p must be from 0 to 1, got NaN',
    );
  });
});

describe('dropout of channels, and for SELU', () => {
  test('whole channels are dropped together, others scaled', () => {
    const y = new nn.Dropout2d(0.5, { generator: new Generator(1) }).forward(ones([10, 10, 2, 3]));
    const sums = y.sum([2, 3]);
    expect(sums.eq(0).logicalOr(sums.eq(12)).all().item()).toBe(1);
    expect(sums.eq(0).any().item()).toBe(1);
    const single = functional.dropout1d(ones([50, 4]), 0.5, { generator: new Generator(2) });
    expect(single.amax(1).toArray()).toEqual(single.amin(1).toArray());
    expect(single.amax().item()).toBe(2);
  });

  test.each([0.1, 0.5, 0.8])('alpha dropout of p = %d keeps mean 0 and variance 1', (p) => {
    const generator = new Generator(3);
    const x = randn([100_000], { generator });
    for (const y of [
      new nn.AlphaDropout(p, { generator }).forward(x),
      new nn.FeatureAlphaDropout(p, { generator }).forward(x.unsqueeze(0)),
    ]) {
      expect(Math.abs(y.mean().item())).toBeLessThan(0.02);
      expect(Math.abs(y.std().item() - 1)).toBeLessThan(0.02);
    }
    // What is dropped becomes one value, SELU's limit behind the same map as the others: s a' - s p a'.
    const scale = ((1 - p) * (1 + p * 1.7580993408473766 ** 2)) ** -0.5;
    const dropped = functional
      .alphaDropout(ones([200]), p, { generator })
      .amin()
      .item();
    expect(dropped).toBeCloseTo(-1.7580993408473766 * scale * (1 - p), 4);
  });

  test('a randomised ReLU draws its factors between the bounds in training', () => {
    const y = new nn.RReLU(0.25, 0.5).forward(ones([1000]).neg());
    expect(y.amin().item()).toBeGreaterThanOrEqual(-0.5);
    expect(y.amax().item()).toBeLessThanOrEqual(-0.25);
    expect(y.std().item()).toBeGreaterThan(0.05);
    expect(
      new nn.RReLU(0.25, 0.5)
        .eval()
        .forward(ones([1]).neg())
        .item(),
    ).toBe(-0.375);
  });
});

test('running statistics without a momentum are averages over all batches', () => {
  const norm = new nn.BatchNorm1d(1, { momentum: null });
  norm.forward(tensor([[0], [2]]));
  norm.forward(tensor([[4], [8]]));
  expect([norm.runningMean, norm.runningVar].map((x) => x?.item())).toEqual([3.5, 5]);
  expect(norm.numBatchesTracked?.item()).toBe(2);
});

test("'same' with an even kernel adds more behind, in every padding mode", () => {
  for (const [paddingMode, last] of [
    ['zeros', 3],
    ['replicate', 33],
    ['circular', 13],
    ['reflect', 23],
  ] as const) {
    const conv = new nn.Conv1d(1, 1, 2, { padding: 'same', paddingMode, bias: false });
    conv.weight = new nn.Parameter(tensor([[[1, 10]]]));
    expect(conv.forward(tensor([[1, 2, 3]])).toArray()).toEqual([[21, 32, last]]);
  }
});

test('scaleGradByFreq divides the gradient of a row by how often it is looked up', () => {
  const options = { scaleGradByFreq: true };
  const index = tensor(
    [
      [1, 0, 1],
      [1, 2, 2],
    ],
    { dtype: 'int32' },
  );
  for (const table of [
    new nn.Embedding(4, 1, options),
    new nn.EmbeddingBag(4, 1, { ...options, mode: 'sum' }),
  ]) {
    const weight = tensor([[1], [2], [3], [4]]);
    table.loadStateDict(new Map([['weight', weight]]));
    table.forward(index).square().sum().backward();
    const rows = table instanceof nn.Embedding ? [2, 4, 6, 0] : [10, (2 * 10 + 16) / 3, 16, 0];
    const grad = [...table.weight.grad!.toTypedArray()];
    expect(grad.map((value) => value.toFixed(4))).toEqual(rows.map((value) => value.toFixed(4)));
  }
});

test('maxNorm scales the rows that are looked up, and no others', () => {
  const rows = tensor([
    [0.9, 1.2],
    [0.3, 0.4],
    [6, 8],
  ]);
  const table = nn.Embedding.fromPretrained(rows, { maxNorm: 1, freeze: false });
  const y = table.forward(tensor([0, 1], { dtype: 'int32' }));
  const rounded = (x: Tensor) => [...x.toTypedArray()].map((value) => value.toFixed(3));
  expect(rounded(y)).toEqual(['0.600', '0.800', '0.300', '0.400']);
  expect(rounded(table.weight)).toEqual(['0.600', '0.800', '0.300', '0.400', '6.000', '8.000']);
  y.sum().backward();
  expect(table.weight.grad?.toArray()).toEqual([
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const sums = new nn.Embedding(1, 2, { maxNorm: 1, normType: 1 });
  sums.loadStateDict(new Map([['weight', tensor([[-2, 6]])]]));
  expect(rounded(sums.forward(tensor([0], { dtype: 'int32' })))).toEqual(['-0.250', '0.750']);
});

test('tables of given rows draw no random numbers, and leave the rows of others alone', () => {
  const rows = tensor([
    [1, 2],
    [3, 4],
  ]);
  manualSeed(5);
  const next = randn([1]).item();
  manualSeed(5);
  const tables = [
    nn.Embedding.fromPretrained(rows),
    nn.EmbeddingBag.fromPretrained(rows, { freeze: false }),
    new nn.Embedding(2, 2, { weight: rows, paddingIdx: 0 }),
  ];
  expect(randn([1]).item()).toBe(next);
  expect(tables.map(({ weight }) => weight.requiresGrad)).toEqual([false, true, true]);
  for (const { weight } of tables) {
    expect(weight.toArray()).toEqual(rows.toArray());
    expect(weight.storage).not.toBe(rows.storage);
  }
});

test('fractional pools lie where PyTorch puts them for the same seed', () => {
  manualSeed(5);
  const plane = arange(286).to('float32').reshape([1, 2, 11, 13]).sin();
  const pool = new nn.FractionalMaxPool2d(2, { outputSize: [5, 4] });
  expect(pool.forwardWithIndices(plane).indices.flatten().toArray()).toEqual([
    14, 3, 8, 25, 39, 29, 33, 51, 52, 69, 59, 77, 91, 108, 98, 102, 117, 121, 138, 128, 14, 3, 21, 11, 53, 42,
    47, 64, 66, 68, 72, 90, 91, 108, 98, 116, 117, 134, 124, 129,
  ]);
  manualSeed(5);
  const volume = arange(504).to('float32').reshape([1, 9, 8, 7]).sin();
  const deep = new nn.FractionalMaxPool3d(2, { outputSize: [4, 3, 3] });
  expect(deep.forwardWithIndices(volume).indices.flatten().toArray()).toEqual([
    8, 58, 13, 77, 31, 33, 50, 52, 103, 176, 234, 229, 190, 247, 202, 266, 220, 278, 336, 290, 341, 309, 366,
    314, 322, 380, 391, 448, 402, 454, 421, 479, 474, 498, 492, 447,
  ]);
});

test('an adaptive softmax gives one distribution, whichever way it is asked', () => {
  manualSeed(0);
  const softmax = new nn.AdaptiveLogSoftmaxWithLoss(8, 9, [2, 5]);
  // Far apart, so that all groups are predicted.
  const x = randn([40, 8]).mul(20);
  const all = softmax.logProb(x);
  expect(all.shape).toEqual([40, 9]);
  expect(all.exp().sum(1).sub(1).abs().max().item()).toBeLessThan(1e-5);
  const target = arange(40).remainder(9).to('int32');
  const { output, loss } = softmax.forward(x, target);
  const expected = all.gather(1, target.unsqueeze(1)).squeeze(1);
  expect(output.sub(expected).abs().max().item()).toBeLessThan(1e-4);
  expect(loss.add(expected.mean()).abs().item()).toBeLessThan(1e-4);
  const best = softmax.predict(x);
  expect(best.toArray()).toEqual(all.argmax(1).toArray());
  expect(new Set([...best.toTypedArray()].map((label) => (label < 2 ? 0 : label < 5 ? 1 : 2))).size).toBe(3);
  expect(() => softmax.predict(x.select(0, 0))).toThrow('expected an input (n, 8), got shape (8,)');
});

test('normalizations add their epsilon to the variance', () => {
  const x = tensor([[[1], [3]]]);
  const norms = [
    new nn.LayerNorm([2, 1], { eps: 3 }),
    new nn.GroupNorm(1, 2, { eps: 3 }),
    new nn.BatchNorm1d(1, { eps: 3 }),
    new nn.InstanceNorm1d(1, { eps: 3 }),
  ];
  for (const norm of norms) {
    const own = norm.forward(
      norm instanceof nn.BatchNorm1d || norm instanceof nn.InstanceNorm1d ? x.transpose(1, 2) : x,
    );
    expect(own.flatten().toArray()).toEqual([-0.5, 0.5]);
  }
  expect(new nn.RMSNorm(2, { eps: 11 }).forward(tensor([1, 3])).toArray()).toEqual([0.25, 0.75]);
});

test('layers start with the values of their options', () => {
  expect(new nn.PReLU({ numParameters: 2 }).weight.toArray()).toEqual([0.25, 0.25]);
  for (const table of [
    new nn.Embedding(3, 4, { paddingIdx: -2 }),
    new nn.EmbeddingBag(3, 4, { paddingIdx: 1 }),
  ]) {
    const used = table.weight.ne(0).sum(1).toArray();
    expect(used).toEqual([4, 0, 4]);
  }
});

/**
 * What looking for anomalies costs: training steps of several models with and without it, interleaved; median times and their ratio.
 * Build first; run on a quiet machine: `node scripts/pnpm.mjs --dir bench run anomaly`.
 */
import {
  conv2d,
  crossEntropy,
  detectAnomaly,
  manualSeed,
  maxPool2d,
  randint,
  randn,
} from '@tensortape/autograd';

const ROUNDS = 15;

const parameter = (...shape) => randn(shape).mul(0.05).detach().requiresGrad_();

/** Fully connected layers with ReLU between them. */
function mlp(batch, ...widths) {
  const weights = widths.slice(1).map((width, i) => parameter(widths[i], width));
  const x = randn([batch, widths[0]]);
  const forward = () => weights.reduce((h, w, i) => (i === 0 ? h : h.relu()).matmul(w), x);
  return { weights, forward, labels: randint(0, widths.at(-1), [batch]) };
}

function lenet() {
  const [a, b, c, d, e] = [
    parameter(6, 1, 5, 5),
    parameter(16, 6, 5, 5),
    parameter(256, 120),
    parameter(120, 84),
    parameter(84, 10),
  ];
  const x = randn([64, 1, 28, 28]);
  const pooled = (h, w) => maxPool2d(conv2d(h, w).relu(), 2);
  const forward = () =>
    pooled(pooled(x, a), b).reshape([64, 256]).matmul(c).relu().matmul(d).relu().matmul(e);
  return { weights: [a, b, c, d, e], forward, labels: randint(0, 10, [64]) };
}

function convNet() {
  const [filters, weight] = [parameter(32, 3, 5, 5), parameter(32 * 16 * 16, 10)];
  const x = randn([50, 3, 32, 32]);
  const forward = () =>
    maxPool2d(conv2d(x, filters, null, { padding: 2 }).relu(), 2)
      .reshape([50, 32 * 16 * 16])
      .matmul(weight);
  return { weights: [filters, weight], forward, labels: randint(0, 10, [50]) };
}

const models = {
  'MLP 784-64-10, batch 100': () => mlp(100, 784, 64, 10),
  'MLP 3072-50-10, batch 200': () => mlp(200, 3072, 50, 10),
  'MLP 784-512-10, batch 128': () => mlp(128, 784, 512, 10),
  'LeNet, batch 64': lenet,
  'ConvNet, batch 50': convNet,
};

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];

for (const [name, make] of Object.entries(models)) {
  manualSeed(0);
  const { weights, forward, labels } = make();
  const step = () => {
    for (const weight of weights) weight.grad = null;
    crossEntropy(forward(), labels).backward();
  };
  const timed = (run) => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  for (let i = 0; i < 5; i++) [step, () => detectAnomaly(step)].forEach(timed);
  const [plain, watched] = [[], []];
  for (let i = 0; i < ROUNDS; i++) {
    plain.push(timed(step));
    watched.push(timed(() => detectAnomaly(step)));
  }
  const [a, b] = [median(plain), median(watched)];
  console.log(
    `${name.padEnd(28)} ${a.toFixed(2)} ms, watched ${b.toFixed(2)} ms: ${(b / a).toFixed(2)} times`,
  );
}

import { backend, setBackend, setNumThreads, tensor } from '@tensortape/autograd';
import { functional as F, Parameter } from '@tensortape/nn';
import { Adam, SGD } from '@tensortape/optim';
import { read } from './framework.mjs';

const floats = (numbers) => tensor(read(numbers, Float32Array)).reshape(numbers.shape);

function matmul(workload) {
  const [a, b] = [floats(workload.a), floats(workload.b)];
  const n = a.shape[0];
  let c;
  const step = () => {
    c = a.matmul(b);
  };
  return { step, losses: () => [c.at(0, 1), c.at(n - 1, 0), c.at(n >> 1, n - 1)].map((x) => x.item()) };
}

function chain({ ops }) {
  const a = tensor(1.5, { requiresGrad: true });
  let y;
  const step = () => {
    a.grad = null;
    y = a;
    for (let i = 0; i < ops; i += 2) y = y.mul(a).sin();
    y.backward();
  };
  return { step, losses: () => [y.item(), a.grad.item()] };
}

function layer({ type, weight, bias, padding }) {
  const parameters = weight ? [new Parameter(floats(weight)), new Parameter(floats(bias))] : [];
  const apply = {
    conv: (h) => F.conv2d(h, ...parameters, { padding }),
    flatten: (h) => h.flatten(1),
    linear: (h) => F.linear(h, ...parameters),
    pool: (h) => F.maxPool2d(h, 2),
    relu: (h) => h.relu(),
  }[type];
  return { parameters, apply };
}

export function classifier({ x, labels, layers, optimizer }) {
  const input = floats(x);
  const classes = tensor(read(labels, Int32Array));
  const net = layers.map(layer);
  const { name, ...options } = optimizer;
  const parameters = net.flatMap((each) => each.parameters);
  const updater = new (name === 'sgd' ? SGD : Adam)(parameters, options);
  let loss;
  const step = () => {
    updater.zeroGrad();
    const logits = net.reduce((h, { apply }) => apply(h), input);
    loss = F.crossEntropy(logits, classes);
    loss.backward();
    updater.step();
  };
  return { step, losses: () => [loss.item()] };
}

export function open(options) {
  try {
    setBackend(options.backend);
  } catch (error) {
    return { missing: error.message };
  }
  setNumThreads(options.threads);
  return { description: backend().reason, matmul, chain, classifier };
}

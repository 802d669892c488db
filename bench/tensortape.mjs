import { arange, backend, oneHot, setBackend, setNumThreads, tensor } from '@tensortape/autograd';
import {
  Embedding,
  functional as F,
  LayerNorm,
  Linear,
  LSTM,
  Module,
  ModuleList,
  Parameter,
  TransformerEncoderLayer,
} from '@tensortape/nn';
import { Adam, SGD } from '@tensortape/optim';
import { read } from './framework.mjs';

const floats = (numbers) => tensor(read(numbers, Float32Array)).reshape(numbers.shape);
const integers = (numbers) => tensor(read(numbers, Int32Array)).reshape(numbers.shape);

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
  const classes = integers(labels);
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

class CharLstm extends Module {
  constructor({ symbols, hidden }) {
    super();
    this.lstm = new LSTM(symbols, hidden);
    this.head = new Linear(hidden, symbols);
  }
  forward(x) {
    return this.head.forward(this.lstm.forward(x)[0]);
  }
}

class Gpt extends Module {
  constructor({ symbols, layers, heads, width, tokens }) {
    super();
    const options = {
      dimFeedforward: 4 * width,
      dropout: 0,
      activation: 'gelu',
      batchFirst: true,
      normFirst: true,
    };
    this.tokens = new Embedding(symbols, width);
    this.positions = new Embedding(tokens.shape[1], width);
    this.blocks = new ModuleList(
      Array.from({ length: layers }, () => new TransformerEncoderLayer(width, heads, options)),
    );
    this.norm = new LayerNorm(width);
    this.head = new Linear(width, symbols);
  }
  forward(tokens) {
    let x = this.tokens
      .forward(tokens)
      .add(this.positions.forward(arange(tokens.shape[1], { dtype: 'int32' })));
    for (const block of this.blocks) x = block.forward(x, { isCausal: true });
    return this.head.forward(this.norm.forward(x));
  }
}

function languageModel(model, x, { targets, state, lr }) {
  model.loadStateDict(new Map(Object.entries(state).map(([key, numbers]) => [key, floats(numbers)])));
  const expected = integers(targets);
  const updater = new Adam(model.parameters(), { lr });
  let loss;
  const step = () => {
    updater.zeroGrad();
    loss = F.crossEntropy(model.forward(x).flatten(0, 1), expected);
    loss.backward();
    updater.step();
  };
  return { step, losses: () => [loss.item()] };
}

const charLstm = (workload) =>
  languageModel(
    new CharLstm(workload),
    oneHot(integers(workload.tokens), workload.symbols, { dtype: 'float32' }),
    workload,
  );

const gpt = (workload) => languageModel(new Gpt(workload), integers(workload.tokens), workload);

export function open(options) {
  try {
    setBackend(options.backend);
  } catch (error) {
    return { missing: error.message };
  }
  setNumThreads(options.threads);
  return { description: backend().reason, matmul, chain, classifier, charLstm, gpt };
}

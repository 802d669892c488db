import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { Cannot, read } from '../framework.mjs';

const floats = (numbers) => tf.tensor(read(numbers, Float32Array), numbers.shape, 'float32');

function matmul(workload) {
  const [a, b] = [floats(workload.a), floats(workload.b)];
  const n = a.shape[0];
  let c = tf.scalar(0);
  const step = () => {
    c.dispose();
    c = tf.matMul(a, b);
  };
  const losses = () => {
    const values = c.dataSync();
    return [values[1], values[(n - 1) * n], values[(n >> 1) * n + n - 1]];
  };
  return { step, losses };
}

function chain({ ops }) {
  const a = tf.scalar(1.5);
  const both = tf.valueAndGrad((x) => {
    let y = x;
    for (let i = 0; i < ops; i += 2) y = tf.sin(tf.mul(y, x));
    return y;
  });
  let last = {};
  const step = () => {
    tf.dispose(last);
    last = both(a);
  };
  return { step, losses: () => [last.value.dataSync()[0], last.grad.dataSync()[0]] };
}

/** Weights and images in the layout of tfjs: channels last. */
function layer({ type, weight, bias, padding }) {
  const order = type === 'conv' ? [2, 3, 1, 0] : [1, 0];
  const parameters = weight
    ? [tf.variable(tf.transpose(floats(weight), order)), tf.variable(floats(bias))]
    : [];
  const [w, b] = parameters;
  const apply = {
    conv: (h) => tf.add(tf.conv2d(h, w, 1, padding), b),
    flatten: (h) => tf.reshape(tf.transpose(h, [0, 3, 1, 2]), [h.shape[0], -1]),
    linear: (h) => tf.add(tf.matMul(h, w), b),
    pool: (h) => tf.maxPool(h, 2, 2, 'valid'),
    relu: (h) => tf.relu(h),
  }[type];
  return { parameters, apply };
}

function classifier({ x, labels, layers, optimizer }) {
  const input = x.shape.length === 4 ? tf.transpose(floats(x), [0, 2, 3, 1]) : floats(x);
  const net = layers.map(layer);
  const parameters = net.flatMap((each) => each.parameters);
  const { name, lr, momentum } = optimizer;
  const updater = name === 'sgd' ? tf.train.momentum(lr, momentum) : tf.train.adam(lr, 0.9, 0.999, 1e-8);
  const classes = tf.tensor(read(labels, Int32Array), labels.shape, 'int32');
  const logitsOf = () => net.reduce((h, { apply }) => apply(h), input);
  const targets = tf.tidy(() => tf.oneHot(classes, logitsOf().shape[1]));
  let loss = tf.scalar(0);
  const step = () => {
    loss.dispose();
    try {
      loss = updater.minimize(() => tf.losses.softmaxCrossEntropy(targets, logitsOf()), true, parameters);
    } catch (error) {
      throw /not registered/.test(error.message) ? new Cannot(error.message) : error;
    }
  };
  return { step, losses: () => [loss.dataSync()[0]] };
}

/** It has threads in browsers only: its workers are blobs, which Node does not run. */
export async function open() {
  setWasmPaths(
    fileURLToPath(new URL('wasm-out/', import.meta.resolve('@tensorflow/tfjs-backend-wasm/package.json'))),
  );
  await tf.setBackend('wasm');
  return { description: `tfjs ${tf.version.tfjs}, WASM`, matmul, chain, classifier };
}

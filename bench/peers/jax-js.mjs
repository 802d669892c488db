import { readFileSync } from 'node:fs';
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { read } from '../framework.mjs';

const floats = (numbers) => np.array(read(numbers, Float32Array)).reshape(numbers.shape);

function matmul(workload) {
  const [a, b] = [floats(workload.a), floats(workload.b)];
  const n = a.shape[0];
  const product = jit((x, y) => np.matmul(x, y));
  let c = np.zeros([1]);
  const step = async () => {
    c.dispose();
    c = await blockUntilReady(product(a.ref, b.ref));
  };
  const losses = async () => {
    const values = await c.ref.data();
    return [values[1], values[(n - 1) * n], values[(n >> 1) * n + n - 1]];
  };
  return { step, losses };
}

/** Operation by operation, as a program with its own control flow runs. */
function chain({ ops }) {
  const a = np.array(1.5);
  const both = valueAndGrad((x) => {
    let y = x.ref;
    for (let i = 0; i < ops; i += 2) y = np.sin(y.mul(x.ref));
    x.dispose();
    return y;
  });
  let last = [];
  const step = async () => {
    for (const value of last) value.dispose();
    last = await blockUntilReady(both(a.ref));
  };
  return { step, losses: async () => [(await last[0].ref.data())[0], (await last[1].ref.data())[0]] };
}

const apply = {
  conv: (h, [w, b], { padding }) =>
    lax
      .convGeneralDilated(
        h,
        w,
        [1, 1],
        [
          [padding, padding],
          [padding, padding],
        ],
      )
      .add(b.reshape([1, -1, 1, 1])),
  flatten: (h) => h.reshape([h.shape[0], -1]),
  linear: (h, [w, b]) => np.matmul(h, np.transpose(w)).add(b),
  pool: (h) => lax.reduceWindow(h, np.max, [2, 2], [2, 2]),
  relu: (h) => nn.relu(h),
};

const updates = {
  sgd: ({ lr, momentum }) => ({
    initial: (p) => ({ velocity: np.zeros(p.shape) }),
    update(p, g, { velocity }) {
      const v = velocity.mul(momentum).add(g);
      return [p.sub(v.ref.mul(lr)), { velocity: v }];
    },
  }),
  adam: ({ lr }) => ({
    initial: (p) => ({
      mean: np.zeros(p.shape),
      square: np.zeros(p.shape),
      powers: np.ones([2]),
    }),
    update(p, g, { mean, square, powers }) {
      const m = mean.mul(0.9).add(g.ref.mul(0.1));
      const s = square.mul(0.999).add(np.square(g).mul(0.001));
      const t = powers.mul(np.array([0.9, 0.999]));
      const [c1, c2] = np.split(np.array(1).sub(t.ref), 2);
      const change = m.ref
        .mul(lr)
        .div(c1)
        .div(np.sqrt(s.ref.div(c2)).add(1e-8));
      return [p.sub(change), { mean: m, square: s, powers: t }];
    },
  }),
};

function classifier({ x, labels, layers, optimizer }) {
  const input = floats(x);
  const classes = np.array(read(labels, Int32Array), { dtype: np.int32 });
  const { initial, update } = updates[optimizer.name](optimizer);
  let parameters = layers.map(({ weight, bias }) => (weight ? [floats(weight), floats(bias)] : []));
  let states = parameters.map((own) => own.map(initial));

  const lossOf = (params, data, targets) => {
    const logits = layers.reduce((h, each, i) => apply[each.type](h, params[i], each), data);
    const [batch, width] = logits.shape;
    return nn
      .logSoftmax(logits)
      .mul(nn.oneHot(targets, width))
      .sum()
      .mul(-1 / batch);
  };
  const train = jit((params, memory, data, targets) => {
    const [loss, gradients] = valueAndGrad(lossOf)(
      params.map((own) => own.map((p) => p.ref)),
      data,
      targets,
    );
    const updated = params.map((own, i) => own.map((p, k) => update(p, gradients[i][k], memory[i][k])));
    return [
      loss,
      updated.map((own) => own.map(([p]) => p)),
      updated.map((own) => own.map(([, state]) => state)),
    ];
  });

  let loss = np.zeros([]);
  const step = async () => {
    loss.dispose();
    [loss, parameters, states] = await blockUntilReady(train(parameters, states, input.ref, classes.ref));
  };
  return { step, losses: async () => [(await loss.ref.data())[0]] };
}

/** It has threads in browsers only, where there are web workers. */
export async function open() {
  await init('wasm');
  defaultDevice('wasm');
  const manifest = readFileSync(new URL('node_modules/@jax-js/jax/package.json', import.meta.url), 'utf8');
  return { description: `jax-js ${JSON.parse(manifest).version}, WASM, jit`, matmul, chain, classifier };
}

import { nn, optim, RandomState, tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { listOf } from '../shared/toy.ts';

/** The optimizers beside their formulas in plain numbers, with a learning rate that decays and one by a function of the iteration. */
export function updates({ figures }: Desk): void {
  const start = listOf(new RandomState(0).randn(6));
  for (const { name, make, rule } of optimizers) {
    const parameter = new nn.Parameter(tensor(start, { dtype: 'float64' }));
    const optimizer = make([parameter]);
    const scheduler = new optim.LambdaLR(optimizer, (iteration) => rate(lr, iteration) / lr);
    const expected = [...start];
    const states = start.map(() => ({ m: 0, v: 0 }));
    for (let t = 0; t < 25; t++) {
      optimizer.zeroGrad();
      parameter.pow(4).sum().div(4).backward(); // gradient: the cube
      optimizer.step();
      scheduler.step();
      for (const [i, state] of states.entries()) {
        expected[i]! -= rule(expected[i]! ** 3, state, { t: t + 1, lr: rate(lr, t) });
      }
    }
    figures.allNear(`${name}, 25 steps`, expected, listOf(parameter), 1e-12);
  }
}

const lr = 0.05;

/** The scheduler of the course: a function of the learning rate and the iteration; halved every 10, and decayed by 1 / (1 + 0.01 t). */
const rate = (lr: number, iteration: number) =>
  (lr * 0.5 ** Math.floor(iteration / 10)) / (1 + 0.01 * iteration);

interface Rule {
  name: string;
  make: (params: nn.Parameter[]) => optim.Optimizer;
  /** How far to go down, from the gradient g and what is remembered. */
  rule: (g: number, state: { m: number; v: number }, at: { t: number; lr: number }) => number;
}

const optimizers: Rule[] = [
  {
    name: 'SGD with momentum',
    make: (params) => new optim.SGD(params, { lr, momentum: 0.9 }),
    rule: (g, state, { lr }) => {
      state.m = 0.9 * state.m + g;
      return lr * state.m;
    },
  },
  {
    name: 'Adam',
    make: (params) => new optim.Adam(params, { lr }),
    rule: (g, state, { t, lr }) => {
      state.m = 0.9 * state.m + 0.1 * g;
      state.v = 0.999 * state.v + 0.001 * g * g;
      return (lr * (state.m / (1 - 0.9 ** t))) / (Math.sqrt(state.v / (1 - 0.999 ** t)) + 1e-8);
    },
  },
  {
    name: 'RMSprop',
    make: (params) => new optim.RMSprop(params, { lr }),
    rule: (g, state, { lr }) => {
      state.v = 0.99 * state.v + 0.01 * g * g;
      return (lr * g) / (Math.sqrt(state.v) + 1e-8);
    },
  },
  {
    name: 'Adagrad',
    make: (params) => new optim.Adagrad(params, { lr }),
    rule: (g, state, { lr }) => {
      state.v += g * g;
      return (lr * g) / (Math.sqrt(state.v) + 1e-10);
    },
  },
];

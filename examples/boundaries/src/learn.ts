import { datasets, manualSeed, nn, optim } from 'tensortape';

/** What there is to tell apart. */
export const shapes = {
  moons: (seed: number) => datasets.twoMoons({ count: 160, seed, noise: 0.12 }),
  spirals: (seed: number) => datasets.spirals({ count: 210, seed, arms: 3, turns: 0.9, noise: 0.025 }),
};

/** What to learn, and how. */
export interface Learning {
  points: keyof typeof shapes;
  hidden: number;
  steps: number;
  lr: number;
  seed: number;
}

/** A net with two hidden layers, and the points that it is to learn. */
export function start({ points: name, hidden, seed }: Learning) {
  manualSeed(seed);
  const [points, labels] = shapes[name](seed).tensors;
  const net = new nn.Sequential(
    new nn.Linear(2, hidden),
    new nn.Tanh(),
    new nn.Linear(hidden, hidden),
    new nn.Tanh(),
    new nn.Linear(hidden, labels.max().item() + 1),
  );
  return { points, labels, net };
}

/** Takes the steps, each with all points; yields before each, and after the last, how the net does at that moment. */
export function* learn({ points, labels, net }: ReturnType<typeof start>, { steps, lr }: Learning) {
  const optimizer = new optim.Adam(net.parameters(), { lr });
  const criterion = new nn.CrossEntropyLoss();
  for (let step = 0; ; step++) {
    const scores = net.forward(points);
    const loss = criterion.forward(scores, labels);
    const accuracy = scores.detach().argmax(1).eq(labels).sum().item() / labels.size;
    yield { step, loss: loss.item(), accuracy };
    if (step === steps) return;
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}

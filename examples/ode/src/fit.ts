import { Generator, optim, randn, stack, type Tensor, tensor, zeros } from 'tensortape';
import { type Field, rungeKutta } from './solver.ts';

/** The parameters of {@link lotkaVolterra}, in order. */
export const names = ['prey born', 'prey eaten', 'predators die', 'predators fed'] as const;

/** What the observations are made with, and what the fit begins with. */
export const [truth, guess] = [
  [1.1, 0.4, 0.4, 0.1],
  [0.8, 0.3, 0.6, 0.15],
];

/**
 * Prey x and predators y (A. Lotka, 1925; V. Volterra, 1926): x' = (a - b y) x and y' = (d x - c) y.
 *
 * @param parameters a, b, c and d: shape (4).
 */
export function lotkaVolterra(parameters: Tensor): Field {
  const [a, b, c, d] = parameters.unbind();
  const zero = zeros([], { dtype: 'float64' });
  const alone = stack([a!, c!.neg()]);
  const together = stack([zero, b!.neg(), d!, zero]).reshape([2, 2]);
  return (state) => together.matmul(state).add(alone).mul(state);
}

/** Where the animals begin, and how the time is divided. */
const first = tensor([10, 5], { dtype: 'float64' });
const timeStep = 0.2;
const moments = 81;
/** Every so many moments the animals are counted. */
const every = 2;

/** The times of all moments, and of those at which animals are counted. */
export const times = Array.from({ length: moments }, (_, i) => i * timeStep);
export const countTimes = times.filter((_, i) => i % every === 0);

/** Animals over the time, (moments, 2). */
export const animals = (parameters: Tensor): Tensor =>
  rungeKutta(lotkaVolterra(parameters), first, timeStep, moments);

/** Counts with an error that is normal in the logarithm: (counts, 2). */
export function observe({ noise, seed }: { noise: number; seed: number }): Tensor {
  const counts = counted(animals(tensor(truth, { dtype: 'float64' })));
  const errors = randn(counts.shape, { dtype: 'float64', generator: new Generator(seed) }).mul(noise);
  return counts.mul(errors.exp());
}

const counted = (states: Tensor): Tensor => states.slice(0, 0, moments, every);

/**
 * Fits the parameters to counts with gradients through the solver. It fits logarithms of the parameters, so that these stay above 0, and
 * compares logarithms of the animals. The loss is a long bent valley: L-BFGS, which learns its shape, takes tens of steps where Adam takes
 * hundreds. Yields, before each step and after the last, the loss and the parameters at that moment.
 */
export function* descend(counts: Tensor, { steps }: { steps: number }) {
  const logs = tensor(guess, { dtype: 'float64' }).log().requiresGrad_();
  const optimizer = new optim.LBFGS([logs], { maxIter: 1, maxEval: 20, lineSearchFn: 'strong_wolfe' });
  const lossOf = (parameters: Tensor) => counted(animals(parameters)).log().sub(counts.log()).square().mean();
  for (let step = 0; ; step++) {
    const parameters = logs.detach().exp();
    yield { step, loss: lossOf(parameters).item(), parameters };
    if (step === steps) return;
    optimizer.step(() => {
      optimizer.zeroGrad();
      const loss = lossOf(logs.exp());
      loss.backward();
      return loss;
    });
  }
}

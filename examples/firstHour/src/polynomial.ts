import { curves, type Picture } from '@tensortape/plot';
import { Generator, linspace, noGrad, rand, randn, type Tensor, zeros } from 'tensortape';

/** The columns 1, x, x², … of a column x. */
const powers = (x: Tensor, degree: number) => x.pow(linspace(0, degree, degree + 1));

/** Fits a polynomial to noisy points of a sine by gradient descent, without modules or optimizers: these are all the steps there are. */
export function polynomial({ degree, steps, seed }: { degree: number; steps: number; seed: number }) {
  const generator = new Generator(seed);
  const x = rand([40, 1], { generator }).mul(2).sub(1);
  const y = x
    .mul(3)
    .sin()
    .add(randn([40, 1], { generator }).mul(0.15));

  const inputs = powers(x, degree);
  const weights = zeros([degree + 1, 1], { requiresGrad: true });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const loss = inputs.matmul(weights).sub(y).square().mean();
    loss.backward();
    losses.push(loss.item());
    noGrad(() => weights.sub_(weights.grad!.mul(0.3)));
    weights.grad = null;
  }
  return { x, y, weights: weights.detach(), losses };
}

/** The points, the polynomial, and the sine that it should find. */
export function drawPolynomial({ x, y, weights, losses }: ReturnType<typeof polynomial>): Picture {
  const line = linspace(-1, 1, 200);
  const fitted = powers(line.unsqueeze(1), weights.shape[0]! - 1).matmul(weights);
  const at = (places: Tensor, values: Tensor) => ({
    at: places.flatten().toTypedArray(),
    values: values.flatten().toTypedArray(),
  });
  return curves({
    title: `A polynomial of degree ${weights.shape[0]! - 1}, fitted by gradient descent`,
    subtitle: `Mean squared error ${losses[0]!.toFixed(3)} at first, ${losses.at(-1)!.toFixed(3)} after ${losses.length} steps; the noise has 0.0225`,
    x: 'x',
    panels: [
      {
        y: 'y',
        series: {
          'noisy points': { ...at(x, y), mark: 'points' },
          'fitted polynomial': at(line, fitted),
          'sin 3x, without noise': at(line, line.mul(3).sin()),
        },
      },
    ],
  });
}

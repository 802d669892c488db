import { grad, isfinite, nn, type Tensor, tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';

/** 1 / (1 + exp(-x)) overflows in exp where x is far below 0, and so does log of what is left; neither must be seen. */
export function overflow({ figures }: Desk): void {
  for (const dtype of ['float32', 'float64'] as const) {
    const x = tensor([-1e4, -1000, -89, 0, 1000, 1e4], { dtype, requiresGrad: true });
    const zeros = x.detach().mul(0);
    const functions: Record<string, (x: Tensor) => Tensor> = {
      sigmoid: (x) => x.sigmoid(),
      logSigmoid: (x) => nn.functional.logSigmoid(x),
      'binary cross-entropy': (x) => nn.functional.binaryCrossEntropyWithLogits(x, zeros),
      'softmax cross-entropy': (x) =>
        nn.functional.crossEntropy(x.unsqueeze(0), tensor([0], { dtype: 'int32' })),
    };
    for (const [name, f] of Object.entries(functions)) {
      const [value, gradient] = [f(x), grad(f(x).sum(), x)];
      const finite = [value, gradient].every((y) => isfinite(y).all().item());
      figures.same(
        `${dtype}: ${name} and its gradient from -10,000 to 10,000`,
        'finite',
        finite ? 'finite' : 'not finite',
      );
    }
    const [far, slope] = [x.sigmoid().at(1).item(), grad(x.sigmoid().sum(), x).at(1).item()];
    figures.near(`${dtype}: sigmoid(-1000)`, 0, far, 0);
    figures.near(`${dtype}: its slope`, 0, slope, 0);
  }
}

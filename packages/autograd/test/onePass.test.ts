import { expect, test } from '@jest/globals';
import {
  batchNorm,
  crossEntropy,
  func,
  gelu,
  gradcheck,
  layerNorm,
  type Tensor,
  tensor,
} from '@tensortape/autograd';

// Adjoints that one kernel computes where nothing records: a sweep that records has to take the operations instead, whichever of the cotangent and
// the saved value is tracked.

const x = tensor(
  [
    [0.3, -1.2, 0.7],
    [1.1, 0.4, -0.6],
  ],
  { dtype: 'float64' },
);
const weight = tensor(
  [
    [0.5, 2, -1],
    [1.5, -0.25, 3],
  ],
  { dtype: 'float64' },
);

const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  relu: (x) => x.relu().mul(x),
  sigmoid: (x) => x.sigmoid(),
  tanh: (x) => x.tanh(),
  gelu: (x) => gelu(x),
  softmax: (x) => x.softmax(1),
  // A loss for each row, which meets all the weights of its row.
  crossEntropy: (x) => crossEntropy(x, tensor(new Int32Array([2, 0])), { reduction: 'none' }).unsqueeze(1),
  layerNorm: (x) => layerNorm(x, [3]),
  batchNorm: (x) => batchNorm(x, { training: true }),
};

test.each(Object.keys(functions))('%s: the gradient of a gradient, from a constant cotangent', (name) => {
  const f = functions[name]!;
  const gradient = func.grad((x: Tensor) => f(x).mul(weight).sum());
  expect(() => gradcheck(gradient, [x.clone().requiresGrad_()])).not.toThrow();
});

test.each(Object.keys(functions))('%s: the derivative of a gradient in its cotangent alone', (name) => {
  const f = functions[name]!;
  const pullBack = (w: Tensor) => func.grad((x: Tensor) => f(x).mul(w).sum())(x);
  // A pull-back is linear: its derivative along a direction is its value there.
  const direction = weight.flip(0);
  const [, tangent] = func.jvp(pullBack, [weight], [direction]);
  expect(tangent.sub(pullBack(direction)).abs().max().item()).toBeLessThan(1e-12);
  expect(() => gradcheck(pullBack, [weight.clone().requiresGrad_()])).not.toThrow();
});

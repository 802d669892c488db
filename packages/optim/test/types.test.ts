import { expect, test } from '@jest/globals';
import { tensor } from '@tensortape/autograd';
import { Adam, type Optimizer, SGD, StepLR } from '@tensortape/optim';

test('any optimizer is an Optimizer, without type arguments', () => {
  const w = tensor([1], { requiresGrad: true });
  const optimizers: Optimizer[] = [new SGD([w], { lr: 0.1 }), new Adam([w])];
  const scheduler = new StepLR(optimizers[0]!, 1, { gamma: 0.5 });
  scheduler.step();
  expect(optimizers.map(({ paramGroups }) => paramGroups[0]!.lr)).toEqual([0.05, 0.001]);
});

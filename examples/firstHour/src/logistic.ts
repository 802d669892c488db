import { percent } from '@tensortape/example-shared';
import { decisionBoundary, type Picture } from '@tensortape/plot';
import { datasets, manualSeed, nn, optim } from 'tensortape';

/** Tells two clouds of points apart by a line: the smallest training loop with a module, a loss and an optimizer. */
export function logistic({ steps, seed }: { steps: number; seed: number }) {
  manualSeed(seed);
  const [points, labels] = datasets.blobs({
    count: 200,
    seed,
    centers: [
      [-1, -0.5],
      [1, 0.5],
    ],
    std: 0.7,
  }).tensors;
  const targets = labels.to('float32').unsqueeze(1);

  const model = new nn.Linear(2, 1);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
  const criterion = new nn.BCEWithLogitsLoss();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const loss = criterion.forward(model.forward(points), targets);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  const right = model.forward(points).detach().gt(0).eq(targets.gt(0.5));
  return { points, labels, model, losses, accuracy: right.to('float32').mean().item() };
}

/** The points, and on which side of the line each place lies. */
export function drawLogistic({
  points,
  labels,
  model,
  losses,
  accuracy,
}: ReturnType<typeof logistic>): Picture {
  return decisionBoundary((x) => model.forward(x).squeeze(1).gt(0).to('int32'), points, labels, {
    title: 'Two clouds of points, told apart by a line',
    subtitle: `${percent(accuracy)} of the points are on their side after ${losses.length} steps`,
  });
}

import { describe, expect, test } from '@jest/globals';
import { ArgumentError, tensor } from '@tensortape/autograd';
import { blobs, circles, type PointDataset, regression, spirals, twoMoons } from '@tensortape/datasets';

const points = (dataset: PointDataset) => dataset.tensors[0].toArray() as number[][];
const radius = ([x, y]: number[], [cx, cy] = [0, 0]) => Math.hypot(x! - cx!, y! - cy!);

describe.each([
  ['twoMoons', (seed: number, noise: number) => twoMoons({ count: 101, seed, noise }), 2],
  ['circles', (seed: number, noise: number) => circles({ count: 101, seed, noise }), 2],
  ['spirals', (seed: number, noise: number) => spirals({ count: 101, seed, noise, arms: 3 }), 3],
  ['blobs', (seed: number, noise: number) => blobs({ count: 101, seed, std: noise, centers: 4 }), 4],
] as const)('%s', (_, make, classes) => {
  test('has classes in turn, and depends on its seed alone', () => {
    const [x, y] = make(1, 0.1).tensors;
    expect([x.shape, x.dtype, y.dtype]).toEqual([[101, 2], 'float32', 'int32']);
    expect(y.toArray()).toEqual(Array.from({ length: 101 }, (_, i) => i % classes));
    expect(make(1, 0.1).tensors[0].toArray()).toEqual(x.toArray());
    expect(make(2, 0.1).tensors[0].toArray()).not.toEqual(x.toArray());
  });

  test('noise has its deviation', () => {
    if (make(1, 0) === undefined) return;
    const off = make(1, 0.3).tensors[0].sub(make(1, 0).tensors[0]);
    expect(off.mean().abs().item()).toBeLessThan(0.1);
    expect(Math.abs(off.square().mean().sqrt().item() - 0.3)).toBeLessThan(0.05);
  });
});

test('the moons lie on their circles, the circles on theirs, the spirals in their arms', () => {
  points(twoMoons({ count: 50, seed: 0 })).forEach((point, i) => {
    expect(radius(point, i % 2 === 0 ? [0, 0] : [1, 0.5])).toBeCloseTo(1, 6);
    expect(i % 2 === 0 ? point[1]! : 0.5 - point[1]!).toBeGreaterThan(-1e-6);
  });
  const rings = points(circles({ count: 21, seed: 0, factor: 0.3 }));
  rings.forEach((point, i) => void expect(radius(point)).toBeCloseTo(i % 2 === 0 ? 1 : 0.3, 6));
  expect(new Set(rings.map((point) => point.map((v) => v.toFixed(4)).join())).size).toBe(21);
  points(spirals({ count: 60, seed: 0, arms: 3, turns: 2 })).forEach((point, i) => {
    const part = Math.floor(i / 3) / 19;
    expect(radius(point)).toBeCloseTo(part, 6);
    const angle = 2 * Math.PI * (2 * part + (i % 3) / 3);
    expect(point[0]).toBeCloseTo(part * Math.cos(angle), 5);
  });
});

test('blobs lie around the centres that were given', () => {
  const dataset = blobs({
    count: 3000,
    seed: 0,
    centers: [
      [1, 2, 3],
      [-5, 0, 9],
    ],
    std: 0.5,
  });
  const [x] = dataset.tensors;
  const second = x.slice(0, 1, 3000, 2);
  for (const [i, centre] of [-5, 0, 9].entries())
    expect(second.select(1, i).mean().item()).toBeCloseTo(centre, 1);
});

test('regression is linear but for its noise, and least squares finds it', () => {
  const { dataset, weights } = regression({ count: 500, seed: 3, features: 4, bias: -2, noise: 0.1 });
  const [x, y] = dataset.tensors;
  const off = y.squeeze(1).sub(x.matmul(weights)).add(2);
  expect(Math.abs(off.square().mean().sqrt().item() - 0.1)).toBeLessThan(0.01);
  expect([x.shape, y.shape, weights.shape]).toEqual([[500, 4], [500, 1], [4]]);
  expect(weights.abs().max().item()).toBeLessThanOrEqual(1);
  expect(weights.toArray()).not.toEqual(tensor([0, 0, 0, 0]).toArray());
});

test.each<[string, () => unknown, RegExp]>([
  [
    'no point',
    () => twoMoons({ count: 0, seed: 0 }),
    /twoMoons: count must be an integer of at least 1, got 0/,
  ],
  [
    'negative noise',
    () => circles({ count: 3, seed: 0, noise: -1 }),
    /circles: noise must be a finite number of at least 0/,
  ],
  ['a factor of 2', () => circles({ count: 3, seed: 0, factor: 2 }), /factor must be from 0 to 1, got 2/],
  ['half an arm', () => spirals({ count: 3, seed: 0, arms: 0.5 }), /spirals: arms must be an integer/],
  [
    'ragged centres',
    () => blobs({ count: 3, seed: 0, centers: [[1], [1, 2]] }),
    /centers must be points of one number/,
  ],
  ['no centre', () => blobs({ count: 3, seed: 0, centers: [] }), /centers must be points/],
])('%s is refused', (_, run, message) => {
  expect(run).toThrow(message);
  expect(run).toThrow(ArgumentError);
});

import { expect, test } from '@jest/globals';
import { ArgumentError, Generator, ShapeError, tensor, varMean } from '@tensortape/autograd';
import { StandardScaler } from '@tensortape/datasets';
import fc from 'fast-check';

const data = (seed: number, shape: number[], scale: number, shift: number) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(new Generator(seed).normal(new Float64Array(size), shift, scale), { shape });
};

test('transformed training data has mean 0 and deviation 1, and comes back', () => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.double({ min: 1e-3, max: 1e3 }),
      fc.double({ min: -1e3, max: 1e3 }),
      (seed, scale, shift) => {
        for (const [shape, dims] of [
          [[20, 3], 0],
          [
            [6, 2, 3, 4],
            [0, 2, 3],
          ],
        ] as const) {
          const x = data(seed, [...shape], scale, shift);
          const scaler = new StandardScaler({ dims }).fit(x);
          const y = scaler.transform(x);
          const { mean, variance } = varMean(y, dims, { correction: 0 });
          for (const m of mean.toTypedArray()) expect(Math.abs(m)).toBeLessThan(1e-6);
          for (const v of variance.toTypedArray()) expect(Math.abs(v - 1)).toBeLessThan(1e-6);
          const back = scaler.inverseTransform(y).sub(x).abs().max().item();
          expect(back).toBeLessThan(1e-12 * (Math.abs(shift) + 10 * scale));
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('other data is scaled by what was measured', () => {
  const scaler = new StandardScaler().fit(
    tensor([
      [0, 5],
      [4, 5],
    ]),
  );
  expect(scaler.mean.toArray()).toEqual([[2, 5]]);
  // The second feature is constant.
  expect(scaler.std.toArray()).toEqual([[2, 1]]);
  expect(scaler.transform(tensor([[6, 7]])).toArray()).toEqual([[2, 2]]);
  const x = tensor([[6, 7]], { dtype: 'float64', requiresGrad: true });
  scaler.transform(x).sum().backward();
  expect(x.grad!.toArray()).toEqual([[0.5, 1]]);
  expect(scaler.transform(tensor(new Int32Array([6, 7]), { shape: [1, 2] })).dtype).toBe('float32');
});

test('a constant feature whose mean rounds is still constant', () => {
  const x = tensor(new Float64Array(7).fill(0.1), { shape: [7, 1] });
  expect(new StandardScaler().fit(x).std.toArray()).toEqual([[1]]);
});

test('what does not fit is refused', () => {
  const scaler = new StandardScaler();
  expect(() => scaler.transform(tensor([[1]]))).toThrow(
    new ArgumentError('StandardScaler.mean: nothing is measured yet; call fit(x) first'),
  );
  scaler.fit(
    tensor([
      [1, 2],
      [2, 4],
    ]),
  );
  expect(() => scaler.transform(tensor([[1, 2, 3]]))).toThrow(ShapeError);
  expect(() => scaler.inverseTransform(tensor([1, 2]))).toThrow(/inverseTransform: x has shape \(2,\)/);
  expect(() => new StandardScaler().fit(tensor(new Float32Array(0), { shape: [0, 2] }))).toThrow(
    /holds no sample/,
  );
  expect(() => new StandardScaler().fit(tensor([[1], [Number.NaN]]))).toThrow(/NaN, an infinity/);
});

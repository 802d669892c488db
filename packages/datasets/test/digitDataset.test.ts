import { describe, expect, test } from '@jest/globals';
import { ArgumentError, Generator, ShapeError } from '@tensortape/autograd';
import { DataLoader, digitDataset, generatedDigits } from '@tensortape/datasets';
import { mnist, readMnist } from '@tensortape/datasets/node';
import { drawDigits } from '../src/digits.ts';
import { realMnist, testWithMnist } from './realMnist.ts';

describe('digitDataset', () => {
  const images = Uint8Array.from({ length: 2 * 784 }, (_, i) => i % 256);

  test('scales grey levels to [0, 1] in float32, labels become int32', () => {
    const dataset = digitDataset({ images, labels: Uint8Array.of(9, 0) });
    const [x, y] = dataset.tensors;
    expect([x.shape, x.dtype, y.shape, y.dtype]).toEqual([[2, 1, 28, 28], 'float32', [2], 'int32']);
    expect(x.toTypedArray()).toEqual(Float32Array.from(images, (grey) => grey / 255));
    expect(y.toArray()).toEqual([9, 0]);
    const [flat] = digitDataset({ images, labels: Uint8Array.of(9, 0) }, { flatten: true }).tensors;
    expect(flat.shape).toEqual([2, 784]);
    expect(flat.reshape([2, 1, 28, 28]).toTypedArray()).toEqual(x.toTypedArray());
    expect(images[255]).toBe(255);
  });

  test('refuses images that are not 784 pixels for each label', () => {
    expect(() => digitDataset({ images, labels: Uint8Array.of(1) })).toThrow(ShapeError);
  });
});

describe('generatedDigits', () => {
  test('depends on the seed, not on the count', () => {
    const [few, fewLabels] = generatedDigits({ count: 5, seed: 3, flatten: true }).tensors;
    const [more, moreLabels] = generatedDigits({ count: 9, seed: 3, flatten: true }).tensors;
    const [other] = generatedDigits({ count: 5, seed: 4, flatten: true }).tensors;
    expect(more.narrow(0, 0, 5).toTypedArray()).toEqual(few.toTypedArray());
    expect(moreLabels.narrow(0, 0, 5).toArray()).toEqual(fewLabels.toArray());
    expect(other.toTypedArray()).not.toEqual(few.toTypedArray());
    expect([few.amin().item(), few.amax().item()]).toEqual([0, 1]);
  });

  test('draws from a generator of that seed, one number at a time', () => {
    const generator = new Generator(0);
    const random = () => generator.uniform(new Float64Array(1))[0]!;
    const [images, labels] = generatedDigits({ count: 8, seed: 0 }).tensors;
    const [expected] = digitDataset(drawDigits(8, random)).tensors;
    expect(images.toTypedArray()).toEqual(expected.toTypedArray());
    expect(labels.toArray()).toEqual([9, 1, 6, 8, 4, 3, 8, 3]);
  });

  test.each([-1, 1.5])('refuses %d as count and as seed', (wrong) => {
    expect(() => generatedDigits({ count: wrong, seed: 0 })).toThrow(ArgumentError);
    expect(() => generatedDigits({ count: 1, seed: wrong })).toThrow(ArgumentError);
  });
});

describe('the real MNIST', () => {
  testWithMnist('passes through a loader whole', async () => {
    const dataset = await mnist({ folder: realMnist!, split: 'test', flatten: true });
    const raw = await readMnist({ folder: realMnist!, split: 'test' });
    const loader = new DataLoader(dataset, { batchSize: 128, shuffle: true });
    const counts = new Array<number>(10).fill(0);
    let ink = 0;
    for (const [images, labels] of loader) {
      expect(images.shape).toEqual([labels.size, 784]);
      for (const label of labels.toTypedArray()) counts[label]!++;
      ink += images.to('float64').sum().item();
    }
    expect(loader.length).toBe(79);
    expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect(ink).toBeCloseTo(raw.images.reduce((sum, grey) => sum + grey, 0) / 255, 1);
  });

  testWithMnist('is the training part unless asked otherwise, each image with its label', async () => {
    const dataset = await mnist({ folder: realMnist! });
    const raw = await readMnist({ folder: realMnist! });
    expect(dataset.length).toBe(60_000);
    const [images, labels] = dataset.getBatch(Int32Array.of(59_999, 0));
    expect([images.shape, labels.toArray()]).toEqual([
      [2, 1, 28, 28],
      [8, 5],
    ]);
    expect(images.mul(255).round().to('uint8').toTypedArray()).toEqual(
      Uint8Array.of(...raw.images.subarray(-784), ...raw.images.subarray(0, 784)),
    );
  });

  testWithMnist('comes from the folder that is named, or not at all', async () => {
    await expect(mnist({ folder: `${realMnist}/nothing` })).rejects.toThrow(/^MNIST: .*found in none of/);
  });
});

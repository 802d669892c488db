import { expect, test } from '@jest/globals';
import { IndexError, tensor } from '@tensortape/autograd';
import { DataLoader, ImageDataset } from '@tensortape/datasets';
import fc from 'fast-check';

const images = Uint8Array.from({ length: 3 * 12 }, (_, i) => i * 7);
const three = new ImageDataset({ images, labels: [4, 0, 2], shape: [3, 2, 2] });

test('one by one, in batches and through a loader the images are the same, float32 in [0, 1]', () => {
  const [x, y] = three.getBatch(Int32Array.of(2, 0));
  expect([x.shape, x.dtype, y.dtype, y.toArray()]).toEqual([[2, 3, 2, 2], 'float32', 'int32', [2, 4]]);
  expect(x.select(0, 0).toArray()).toEqual(three.get(2)[0].toArray());
  expect(three.get(2)[1].item()).toBe(2);
  expect(three.get(1)[0].toTypedArray()).toEqual(Float32Array.from(images.subarray(12, 24), (b) => b / 255));
  const [all] = [...new DataLoader(three, { batchSize: 3 })][0]!;
  expect(all.toTypedArray()).toEqual(tensor(images, { dtype: 'float32' }).div(255).toTypedArray());
});

test('a transform is applied to each image, however it is asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }), (indices) => {
      const shapes: string[] = [];
      const dataset = new ImageDataset(
        { images, labels: [4, 0, 2], shape: [3, 2, 2] },
        {
          transform: (image) => {
            shapes.push(image.shape.join());
            return image.mul(2).narrow(1, 0, 1);
          },
        },
      );
      const [x] = dataset.getBatch(Int32Array.from(indices));
      expect(x.shape).toEqual([indices.length, 3, 1, 2]);
      for (const [i, index] of indices.entries()) {
        expect(x.select(0, i).toArray()).toEqual(three.get(index)[0].mul(2).narrow(1, 0, 1).toArray());
      }
      expect(new Set(shapes)).toEqual(new Set(['3,2,2']));
    }),
  );
});

test('an empty batch keeps the shape', () => {
  expect(three.getBatch(new Int32Array(0))[0].shape).toEqual([0, 3, 2, 2]);
});

test('what does not fit is refused', () => {
  expect(() => new ImageDataset({ images, labels: [1, 2], shape: [3, 2, 2] })).toThrow(
    /ImageDataset: 2 images of shape \[3, 2, 2\] take 24 bytes, got 36/,
  );
  expect(() => new ImageDataset({ images, labels: [1, 2, 0.5], shape: [3, 2, 2] })).toThrow(
    /labels\[2\] is 0\.5, not a class/,
  );
  expect(() => three.get(3)).toThrow(IndexError);
  expect(() => three.getBatch(Int32Array.of(0, -1))).toThrow(/indices\[1\] is -1/);
});

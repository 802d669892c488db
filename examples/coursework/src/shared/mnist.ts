import { cat, tensor } from 'tensortape';
import { readMnist } from 'tensortape/node';
import { Images } from './images.ts';

/** All 70,000 images of MNIST, those of the training files first, with grey levels from 0 to 255 as bytes. */
export async function loadMnist(folder: string): Promise<Images> {
  const [train, test] = await Promise.all([readMnist({ folder }), readMnist({ folder, split: 'test' })]);
  const pixels = cat(
    [train, test].map(({ images }) => tensor(images, { shape: [images.length / 784, 784] })),
  );
  const labels = cat([train, test].map(({ labels }) => tensor(labels, { dtype: 'int32' })));
  return new Images(pixels, labels, (bytes) => bytes);
}

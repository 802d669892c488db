import { UserError } from '@tensortape/example-shared';
import { cat, tensor } from 'tensortape';
import { findMnist, readMnist } from 'tensortape/node';
import type { Desk } from './desk.ts';
import { Images } from './images.ts';

/** All 70,000 images of MNIST, those of the training files first, as rows of grey levels from 0 to 255. */
export async function loadMnist({ data }: Desk): Promise<Images> {
  const where = data === undefined ? {} : { folder: data };
  if (!(await findMnist(where))) {
    throw new UserError(
      `no MNIST in ${data ?? 'the folder for downloads'}: --data <folder> names the one that holds ` +
        'train-images-idx3-ubyte.gz and the other three files; npm start -- --download fetches them.',
    );
  }
  const parts = [await readMnist(where), await readMnist({ ...where, split: 'test' })];
  return new Images(
    cat(parts.map(({ images }) => tensor(images, { shape: [images.length / 784, 784] }))),
    cat(parts.map(({ labels }) => tensor(labels, { dtype: 'int32' }))),
    (bytes) => bytes,
  );
}

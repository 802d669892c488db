import { fileURLToPath } from 'node:url';
import { test } from '@jest/globals';
import { findMnist } from '@tensortape/datasets/node';

const besideProject = fileURLToPath(new URL('../../../../shared/data', import.meta.url));

/** Where the real MNIST lies on this machine: as TENSORTAPE_DATA says, or in `../shared/data` seen from the project. */
export const realMnist =
  (await findMnist({ split: 'test' })) ?? (await findMnist({ split: 'test', folder: besideProject }));

/** A test that needs the real MNIST, and says so where it must be skipped. */
export const testWithMnist = realMnist
  ? test
  : (name: string, run: () => Promise<void>) =>
      test.skip(`${name} (no MNIST here: set TENSORTAPE_DATA)`, run);

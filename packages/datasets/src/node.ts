/**
 * Datasets read from files or downloaded: needs Node.
 *
 * @module
 */
export {
  type Cifar,
  type Cifar10Options,
  type Cifar100DatasetOptions,
  type CifarOptions,
  type CifarSplit,
  cifar10,
  cifar100,
  findCifar10,
  findCifar100,
  readCifar10,
  readCifar100,
} from './node/cifar.ts';
export { type DownloadOptions, type DownloadProgress, download } from './node/download.ts';
export {
  fashionMnist,
  fashionMnistClasses,
  findFashionMnist,
  readFashionMnist,
} from './node/fashionMnist.ts';
export { defaultMaxBytes, gunzipLimited, type ReadLimits, readDataFile } from './node/files.ts';
export type { IdxImagesOptions, Mnist, MnistSplit } from './node/idxImages.ts';
export { findKmnist, kmnist, kmnistClasses, readKmnist } from './node/kmnist.ts';
export { findMnist, type MnistOptions, mnist, mnistCacheFolder, readMnist } from './node/mnist.ts';
export { readNpy, readNpz, writeNpy, writeNpz } from './node/npy.ts';
export type { SourceOptions } from './node/sources.ts';
export { writeFileAtomic } from './node/writeFile.ts';

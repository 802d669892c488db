/**
 * Datasets read from files or downloaded: needs Node.
 *
 * @module
 */
export { type DownloadOptions, type DownloadProgress, download } from './node/download.ts';
export { defaultMaxBytes, gunzipLimited, type ReadLimits, readDataFile } from './node/files.ts';
export {
  findMnist,
  type Mnist,
  type MnistOptions,
  type MnistSplit,
  mnist,
  mnistCacheFolder,
  readMnist,
} from './node/mnist.ts';
export { readNpy, readNpz, writeNpy, writeNpz } from './node/npy.ts';
export { writeFileAtomic } from './node/writeFile.ts';

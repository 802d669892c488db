/**
 * Datasets, loaders, samplers and file formats; nothing here touches the file system.
 *
 * @module
 */
export {
  type CifarImages,
  type CifarKind,
  cifar10Classes,
  parseCifar,
  parseCifarPickle,
} from './cifar.ts';
export { type Batch, collate } from './collate.ts';
export { DataLoader, type DataLoaderOptions, type DataLoaderState } from './dataLoader.ts';
export { ConcatDataset, type Dataset, type Loaded, Subset, TensorDataset } from './dataset.ts';
export {
  type DigitDataset,
  type DigitDatasetOptions,
  digitDataset,
  type GeneratedDigitsOptions,
  generatedDigits,
} from './digitDataset.ts';
export { type DigitImages, type GenerateDigitsOptions, generateDigits } from './digits.ts';
export { DataFileError } from './errors.ts';
export { type IdxArrays, type IdxFile, parseIdx } from './idx.ts';
export {
  type ImageBytes,
  ImageDataset,
  type ImageDatasetOptions,
  type ImageTransform,
} from './imageDataset.ts';
export { IterableDataset } from './iterableDataset.ts';
export { type NpyOptions, parseNpy, serializeNpy } from './npy.ts';
export { type NpzOptions, parseNpz, serializeNpz } from './npz.ts';
export {
  BatchSampler,
  type BatchSamplerOptions,
  RandomSampler,
  type Sampler,
  SequentialSampler,
  StratifiedSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
  type WeightedRandomSamplerOptions,
} from './samplers.ts';
export {
  type Fold,
  type KFoldOptions,
  kFold,
  randomSplit,
  type TrainTestSplitOptions,
  trainTestSplit,
} from './splits.ts';
export { StandardScaler, type StandardScalerOptions } from './standardScaler.ts';
export { parseTar, type TarFile } from './tar.ts';
/** Transforms of images. */
export * as transforms from './transforms/index.ts';

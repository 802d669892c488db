/**
 * Datasets, loaders, samplers and file formats; nothing here touches the file system.
 *
 * @module
 */
export { type DigitImages, type GenerateDigitsOptions, generateDigits } from './digits.ts';
export { DataFileError } from './errors.ts';
export { type IdxArrays, type IdxFile, parseIdx } from './idx.ts';

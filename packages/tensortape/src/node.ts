/**
 * Files and downloads: needs Node.
 *
 * @module
 */
export * from '@tensortape/datasets/node';
export * from '@tensortape/nn/node';
export * from '@tensortape/train/node';

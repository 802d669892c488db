export * from './activation.ts';
export * from './attention.ts';
export * from './dropout.ts';
export * from './embedding.ts';
export {
  type FractionalMaxPoolOptions,
  fractionalMaxPool2d,
  fractionalMaxPool2dWithIndices,
  fractionalMaxPool3d,
  fractionalMaxPool3dWithIndices,
} from './fractionalPool.ts';
export * from './image.ts';
export * from './linear.ts';
export * from './loss.ts';
export * from './normalization.ts';
export {
  type CellStep,
  gruCell,
  type LstmState,
  lstmCell,
  rnnReluCell,
  rnnTanhCell,
} from './recurrent.ts';

// The kernels of convolutions, windows and pooling: a binary of its own, so that programs without images do not carry it. It works on the
// memory of the other, and so must hold no data of its own. tileF32 and tileF64 are exported for the reason that gemm.ts gives.

export * from './conv';
export * from './depthwise';
export * from './pool';
export { fromColumnsF32, fromColumnsF64, toColumnsF32, toColumnsF64 } from './windows';
export { tileF32, tileF64 } from './gemm';

// The kernels of convolutions, windows, pooling and normalizations: a binary of its own, so that programs without these do not carry it. It works on the
// memory of the other and imports what that exports; so it must hold no data of its own.

export * from './conv';
export * from './depthwise';
export * from './pool';
export * from './standardize';
export { fromColumnsF32, fromColumnsF64, toColumnsF32, toColumnsF64 } from './windows';

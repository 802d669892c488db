// The embedded kernel set; those of some layers stand apart (layers.ts). Kernels work on scratch memory that the caller lays out: operands are byte
// addresses, nothing is allocated here. Each kernel is exported once per element type, with the suffix F32 or
// F64.

export * from './gemm';
export * from './elementwise';
export * from './optimizer';
export * from './reduce';
export * from './rows';
export * from './sine';
export * from './softmax';
export * from './lstm';

/** First byte that the caller may use, a multiple of 16. */
export const scratchBase: usize = (__heap_base + 15) & ~15;

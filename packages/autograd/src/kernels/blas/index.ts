/** A native BLAS, which only Node can call: bundlers for browsers take `index.browser.ts` instead (`browser` in package.json). */
export * as blasConv from './conv.ts';
export { type Blas, systemBlas } from './library.ts';
export { blasThreshold, matmul as blasMatmul } from './matmul.ts';

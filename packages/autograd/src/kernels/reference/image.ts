import type { ImageKernels, Kernels } from '../kernels.ts';
import { convolutions } from './conv.ts';
import { maxPool } from './pool.ts';
import { resample } from './resample.ts';
import { fold, unfold } from './windows.ts';

/** The reference kernels of convolutions, windows and pooling, on top of a matrix product. */
export function imageKernelsOn(matmul: Kernels['matmul']): ImageKernels {
  return { ...convolutions(matmul), unfold, fold, resample, maxPool };
}

import { type FloatDType, isFloat } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import { cast } from '../reference/copy.ts';
import { forEachMatrix } from '../reference/matmul.ts';
import { gemm } from './gemm.ts';
import type { FloatArray } from './memory.ts';

export { adjointThreshold, classAdjoint, softmaxAdjoint } from './adjoints.ts';
export { binary, compare, pairThreshold, unary, unaryThreshold, where } from './elementwise.ts';
export { gelu, geluAdjoint, geluThreshold } from './gelu.ts';
export { adam, rmsprop, sgd, stepThreshold } from './optimizer.ts';
export { extremeThreshold, sumThreshold, totals } from './reduce.ts';
export { indexAdd, indexGet, rowsThreshold } from './rows.ts';
export { scatterAdd, scatterThreshold } from './scatter.ts';
export { softmax, softmaxThreshold } from './softmax.ts';
export { standardize, standardizeAdjoint, standardizeThreshold } from './standardize.ts';

/** `Kernels.matmul` for float views of any strides. */
export function matmul(a: View, b: View, bias: View | null = null): Storage | null {
  if (!isFloat(a.dtype)) return null;
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const [rowA, columnA] = a.strides.slice(-2) as [number, number];
  const [rowB, columnB] = b.strides.slice(-2) as [number, number];
  const x = a.storage.array as FloatArray;
  const y = b.storage.array as FloatArray;
  const out = floats(a.dtype, sizeOf(a.shape.slice(0, -2)) * m * n);
  const row = bias && (cast(bias, a.dtype).array as FloatArray);
  forEachMatrix(a, b, (atA, atB, atOut) => {
    gemm(x, atA, rowA, columnA, y, atB, rowB, columnB, out, atOut, m, n, k, row);
  });
  return new Storage(out);
}

function floats(dtype: FloatDType, size: number): FloatArray {
  return allocate(dtype, size) as FloatArray;
}

import { type FloatDType, isFloat } from '../../tensor/dtype.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { BinaryName, UnaryName } from '../kernels.ts';
import { forEachMatrix } from '../reference/matmul.ts';
import { nest } from '../reference/rows.ts';
import * as elementwise from './elementwise.ts';
import { gemm } from './gemm.ts';
import type { FloatArray } from './memory.ts';

// Each kernel answers null where this set has nothing faster than the reference to offer.

/** `Kernels.unary` for contiguous float views that are long enough to gain, or of any length when `always`. */
export function unary(fn: UnaryName | ((x: number) => number), x: View, always: boolean): Storage | null {
  if (!x.isContiguous || !isFloat(x.dtype) || !isUnary(fn, x.dtype)) return null;
  if (!always && x.size < elementwise.unaryThresholds[fn]) return null;
  const out = floats(x.dtype, x.size);
  elementwise.unary(fn, x.storage.array as FloatArray, x.offset, out, 0, x.size);
  return new Storage(out);
}

function isUnary(fn: UnaryName | ((x: number) => number), dtype: FloatDType): fn is elementwise.UnaryName {
  return (elementwise.unaryNames[dtype] as ReadonlySet<unknown>).has(fn);
}

/**
 * `Kernels.binary` for float views that walk memory with steps of 1, or stand still, along rows that are long enough to
 * gain, or of any length when `always`.
 */
export function binary(
  fn: BinaryName | ((a: number, b: number) => number),
  a: View,
  b: View,
  always: boolean,
): Storage | null {
  if (!isFloat(a.dtype) || !isBinary(fn)) return null;
  const { length, steps, forEach } = nest(a.shape, a.strides, b.strides, a.strides, a.offset, b.offset);
  const [stepA, stepB] = steps;
  if ((!always && length < elementwise.binaryThreshold) || !isStep(stepA) || !isStep(stepB)) return null;
  const x = a.storage.array as FloatArray;
  const y = b.storage.array as FloatArray;
  const out = floats(a.dtype, a.size);
  let at = 0;
  forEach((i, j) => {
    elementwise.binary(fn, x, i, stepA, y, j, stepB, out, at, length);
    at += length;
  });
  return new Storage(out);
}

function isBinary(fn: BinaryName | ((a: number, b: number) => number)): fn is elementwise.BinaryName {
  return (elementwise.binaryNames as ReadonlySet<unknown>).has(fn);
}

function isStep(step: number): step is 0 | 1 {
  return step === 0 || step === 1;
}

/** `Kernels.matmul` for float views of any strides. */
export function matmul(a: View, b: View): Storage | null {
  if (!isFloat(a.dtype)) return null;
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const [rowA, columnA] = a.strides.slice(-2) as [number, number];
  const [rowB, columnB] = b.strides.slice(-2) as [number, number];
  const x = a.storage.array as FloatArray;
  const y = b.storage.array as FloatArray;
  const out = floats(a.dtype, sizeOf(a.shape.slice(0, -2)) * m * n);
  forEachMatrix(a, b, (atA, atB, atOut) => {
    gemm(x, atA, rowA, columnA, y, atB, rowB, columnB, out, atOut, m, n, k);
  });
  return new Storage(out);
}

function floats(dtype: FloatDType, size: number): FloatArray {
  return allocate(dtype, size) as FloatArray;
}

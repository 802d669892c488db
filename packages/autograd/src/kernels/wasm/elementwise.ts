import { type FloatDType, isFloat, itemSize, type NumericArray } from '../../tensor/dtype.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { Kernels, UnaryFunction } from '../kernels.ts';
import { type Nest, nest } from '../reference/rows.ts';
import { coprocessor, type FloatArray } from './memory.ts';

/**
 * Elements from which a unary kernel beats a loop in plain JavaScript. All but the transcendental ones give the bits of the
 * reference kernels (`relu` keeps NaN and -0, as PyTorch does).
 *
 * Measured in float32 on one core of an AMD EPYC (Zen 3), Node 20, loop / kernel in nanoseconds an element (Node 24
 * and float64 cross at the same lengths or one step off):
 *
 * | n | 16 | 32 | 64 | 128 | 256 | 1024 | 16384 | 10^6 |
 * | --- | --- | --- | --- | --- | --- | --- | --- | --- |
 * | neg | 3.9 / 12.9 | 3.2 / 6.8 | 2.5 / 3.4 | 2.3 / 1.6 | 2.2 / 0.9 | 2.1 / 0.5 | 2.1 / 0.4 | 2.2 / 0.5 |
 * | sqrt | 3.4 / 9.9 | 3.1 / 5.0 | 2.9 / 2.6 | 2.9 / 1.5 | 2.8 / 1.0 | 2.8 / 0.7 | 2.8 / 0.6 | 2.9 / 0.8 |
 * | relu, random signs | 3.4 / 10.3 | 3.5 / 7.1 | 4.1 / 3.9 | 4.8 / 1.6 | 7.1 / 0.8 | 9.8 / 0.5 | 8.8 / 0.5 | 8.4 / 0.7 |
 * | exp | 13 / 11 | 14 / 6.6 | 13 / 4.5 | 15 / 3.4 | 17 / 4.4 | 18 / 2.6 | 17 / 2.5 | 17 / 3.0 |
 * | log | 9.5 / 13 | 12 / 11 | 8.6 / 5.2 | 9.3 / 4.1 | 13 / 3.6 | 14 / 3.3 | 14 / 3.2 | 14 / 3.7 |
 * | tanh | 21 / 12 | 20 / 7.4 | 21 / 5.3 | 24 / 4.3 | 25 / 3.8 | 26 / 3.4 | 26 / 3.4 | 26 / 3.8 |
 * | sigmoid | 16 / 11 | 15 / 7.1 | 16 / 5.1 | 18 / 4.4 | 18 / 3.5 | 19 / 3.2 | 19 / 3.2 | 20 / 3.8 |
 */
const thresholds: Readonly<Record<string, number>> = {
  neg: 128,
  abs: 128,
  sqrt: 128,
  relu: 64,
  square: 128,
  reciprocal: 128,
  floor: 64,
  ceil: 64,
  trunc: 64,
  round: 64,
};

/** As {@link thresholds}, of kernels for float32 only, which are within 0.51 ulp of the true value over all of float32. */
const float32Thresholds: Readonly<Record<string, number>> = {
  exp: 64,
  log: 32,
  tanh: 16,
  sigmoid: 16,
  expm1: 16,
  log1p: 32,
  softplus: 16,
  erf: 16,
  ndtr: 16,
  sin: 64,
  cos: 64,
};

function nameOf(fn: UnaryFunction): string {
  return typeof fn === 'string' ? fn : (fn.kernel ?? '');
}

/**
 * Elements from which a binary kernel beats a loop in plain JavaScript.
 *
 * Measured as {@link unaryThresholds}:
 *
 * | n | 32 | 64 | 128 | 256 | 1024 | 16384 | 10^6 |
 * | --- | --- | --- | --- | --- | --- | --- | --- |
 * | add | 3.9 / 7.8 | 3.0 / 3.4 | 2.8 / 1.8 | 3.0 / 1.1 | 2.3 / 0.7 | 2.6 / 0.6 | 2.5 / 0.8 |
 * | mul, by a scalar | 2.3 / 6.4 | 2.1 / 3.2 | 1.9 / 1.7 | 1.9 / 1.0 | 1.9 / 0.5 | 1.9 / 0.4 | 2.0 / 0.5 |
 * | div | 2.7 / 6.0 | 2.6 / 3.1 | 2.4 / 1.7 | 2.3 / 1.1 | 2.2 / 0.7 | 2.2 / 0.6 | 2.7 / 1.2 |
 */
export const pairThreshold = 128;

/** Elements from which the kernel of a unary function pays; 16 is the least. */
export function unaryThreshold(fn: UnaryFunction): number {
  const name = nameOf(fn);
  return thresholds[name] ?? float32Thresholds[name] ?? Infinity;
}

/** The binary kernels for both dtypes, with the bits of the reference kernels. */
const binaryNames: ReadonlySet<unknown> = /* @__PURE__ */ new Set([
  'add',
  'sub',
  'mul',
  'div',
  'maximum',
  'minimum',
  'reluAdjoint',
]);

/** Those for float32 only, which round otherwise than the reference, which computes in float64. */
const float32BinaryNames: ReadonlySet<unknown> = /* @__PURE__ */ new Set(['sigmoidAdjoint', 'tanhAdjoint']);

/** The kernel of a comparison, and whether it takes the operands the other way round. */
const comparisons: Readonly<Record<string, readonly [kernel: string, swapped: boolean]>> = {
  eq: ['eq', false],
  ge: ['le', true],
  gt: ['lt', true],
  le: ['le', false],
  lt: ['lt', false],
  ne: ['ne', false],
};

/**
 * Bytes of an operand in scratch at a time. Measured: 4 KiB cost 20-50 % more (each chunk needs views, 60-140
 * ns), 8 KiB up to 10 %; from 16 KiB on nothing is gained, and two operands of 16 KiB fill L1.
 */
const chunkBytes = 16384;

/** Vectors are written and read whole. */
const slack = 16;

/** In shorter rows than this a plain loop is as good. */
const shortRow = 4;

/** From this many elements on, `set` takes less time than a loop. */
const longRow = 32;

// Each kernel answers null where this set has none, or none that is faster.

/** `Kernels.unary` for float views that walk memory with steps of 1 along their rows. */
export function unary(fn: UnaryFunction, x: View): Storage | null {
  const { dtype, size } = x;
  const name = nameOf(fn);
  if (!isFloat(dtype)) return null;
  if (thresholds[name] === undefined && (dtype !== 'float32' || float32Thresholds[name] === undefined))
    return null;
  const walk = x.isContiguous ? null : nest(x.shape, x.strides, x.strides, x.strides, x.offset);
  if (walk !== null && !isWorthwhile(walk)) return null;
  const unit = coprocessor();
  const bytes = itemSize[dtype];
  const kernel = unit.kernel(name, bytes);
  const address = unit.scratchBase;
  const at = address / bytes;
  const chunk = chunkBytes / bytes;
  unit.reserve(address + chunkBytes);
  const scratch = unit.view(bytes);
  const source = x.storage.array as FloatArray;
  const out = allocate(dtype, size) as FloatArray;
  let done = 0;
  const run = (rows: number, length: number, from: number, rowStep: number): void => {
    const width = Math.min(length, chunk);
    const height = Math.floor(chunk / width);
    for (let row = 0; row < rows; row += height) {
      const lines = Math.min(height, rows - row);
      for (let start = 0; start < length; start += width) {
        const count = Math.min(width, length - start);
        load(source, from + row * rowStep + start, rowStep, 1, lines, count, scratch, at);
        kernel(address, address, lines * count);
        out.set(scratch.subarray(at, at + lines * count), done);
        done += lines * count;
      }
    }
  };
  if (walk === null) run(1, size, x.offset, 0);
  else walk.forEachBlock((from) => run(walk.rows, walk.length, from, walk.rowSteps[0]));
  return new Storage(out);
}

/** Whether rows lie in one piece, each read once, and are not short. */
function isWorthwhile({ length, steps, rows, rowSteps }: Nest): boolean {
  return steps[0] === 1 && (rows === 1 || rowSteps[0] !== 0) && length >= shortRow;
}

/** `Kernels.binary` for float views that walk memory with steps of 1, or stand still, along their rows. */
export function binary(fn: Parameters<Kernels['binary']>[0], a: View, b: View): Storage | null {
  const known = binaryNames.has(fn) || (a.dtype === 'float32' && float32BinaryNames.has(fn));
  if (!known || !isFloat(a.dtype)) return null;
  return zip(fn as string, a.dtype, a, b, null);
}

/** `Kernels.compare`, as {@link binary}. */
export function compare(fn: Parameters<Kernels['compare']>[0], a: View, b: View): Storage | null {
  const comparison = typeof fn === 'string' ? comparisons[fn] : undefined;
  if (comparison === undefined || !isFloat(a.dtype)) return null;
  const [kernel, swapped] = comparison;
  return swapped ? zip(kernel, 'bool', b, a, null) : zip(kernel, 'bool', a, b, null);
}

/** `Kernels.where`, as {@link binary}. */
export function where(condition: View, a: View, b: View): Storage | null {
  return isFloat(a.dtype) ? zip('where', a.dtype, a, b, condition) : null;
}

/** Runs a kernel over pairs of elements, and a condition for each where there is one. */
function zip(
  name: string,
  result: FloatDType | 'bool',
  a: View,
  b: View,
  condition: View | null,
): Storage | null {
  if (a.isContiguous && b.isContiguous && (condition === null || condition.isContiguous)) {
    const out = allocate(result, a.size);
    const run = chunked(name, a, b, condition, out);
    run(1, a.size, a.offset, 0, 1, b.offset, 0, 1, condition?.offset ?? 0, 0, 1);
    return new Storage(out);
  }
  const { length, steps, rows, rowSteps, forEachBlock } = nest(
    a.shape,
    a.strides,
    b.strides,
    (condition ?? a).strides,
    a.offset,
    b.offset,
    condition?.offset ?? 0,
  );
  const [stepA, stepB, stepC] = steps;
  if ((stepA !== 0 && stepA !== 1) || (stepB !== 0 && stepB !== 1) || length < shortRow) return null;
  const out = allocate(result, a.size);
  const run = chunked(name, a, b, condition, out);
  forEachBlock((i, j, k) =>
    run(rows, length, i, rowSteps[0], stepA, j, rowSteps[1], stepB, k, rowSteps[2], stepC),
  );
  return new Storage(out);
}

/** Operands of a block of rows: for each its start, the step from row to row, and the step in a row. */
type Block = (
  rows: number,
  length: number,
  a: number,
  aRow: number,
  aStep: number,
  b: number,
  bRow: number,
  bStep: number,
  c: number,
  cRow: number,
  cStep: number,
) => void;

/** Runs a kernel over one block after the other, chunk by chunk, and writes the results one after the other. */
function chunked(name: string, a: View, b: View, condition: View | null, out: NumericArray): Block {
  const unit = coprocessor();
  const bytes = itemSize[a.dtype];
  const kernel = unit.kernel(name, bytes);
  const aAddress = unit.scratchBase;
  const bAddress = aAddress + chunkBytes;
  const yAddress = bAddress + chunkBytes;
  const cAddress = yAddress + chunkBytes + slack;
  const chunk = chunkBytes / bytes;
  unit.reserve(cAddress + chunk + slack);
  const scratch = unit.view(bytes);
  const octets = unit.bytes();
  const [results, yAt] = out instanceof Uint8Array ? [octets, yAddress] : [scratch, yAddress / bytes];
  const x = a.storage.array as FloatArray;
  const y = b.storage.array as FloatArray;
  let at = 0;
  return (rows, length, i, aRow, aStep, j, bRow, bStep, k, cRow, cStep) => {
    const width = Math.min(length, chunk);
    const height = Math.floor(chunk / width);
    for (let row = 0; row < rows; row += height) {
      const lines = Math.min(height, rows - row);
      for (let start = 0; start < length; start += width) {
        const count = Math.min(width, length - start);
        const aLine = load(
          x,
          i + row * aRow + start * aStep,
          aRow,
          aStep,
          lines,
          count,
          scratch,
          aAddress / bytes,
        );
        const bLine = load(
          y,
          j + row * bRow + start * bStep,
          bRow,
          bStep,
          lines,
          count,
          scratch,
          bAddress / bytes,
        );
        const [aBytes, bBytes] = [aLine * bytes, bLine * bytes];
        if (condition === null) {
          kernel(aAddress, aBytes, 16 * aStep, bAddress, bBytes, 16 * bStep, yAddress, lines, count);
        } else {
          const from = k + row * cRow + start * cStep;
          spread(condition.storage.array as Uint8Array, from, cRow, cStep, lines, count, octets, cAddress);
          kernel(
            cAddress,
            aAddress,
            aBytes,
            16 * aStep,
            bAddress,
            bBytes,
            16 * bStep,
            yAddress,
            lines,
            count,
          );
        }
        out.set(results.subarray(yAt, yAt + lines * count), at);
        at += lines * count;
      }
    }
  };
}

/** Copies what there is of an operand of some rows: all of it, one row, or one element a row. Tells how far its rows are apart. */
function load(
  source: FloatArray,
  from: number,
  rowStep: number,
  step: number,
  rows: number,
  length: number,
  scratch: FloatArray,
  at: number,
): number {
  const same = rowStep === 0 || rows === 1;
  if (step === 0) {
    if (same) scratch[at] = source[from]!;
    else for (let row = 0; row < rows; row++) scratch[at + row] = source[from + row * rowStep]!;
    return same ? 0 : 1;
  }
  if (same || rowStep === length) {
    copyIn(source, from, same ? length : rows * length, scratch, at);
    return same ? 0 : length;
  }
  for (let row = 0; row < rows; row++)
    copyIn(source, from + row * rowStep, length, scratch, at + row * length);
  return length;
}

/** Copies an operand of some rows, repeated where it stands still. */
function spread(
  source: Uint8Array,
  from: number,
  rowStep: number,
  step: number,
  rows: number,
  length: number,
  scratch: Uint8Array,
  at: number,
): void {
  if (step === 1 && (rows === 1 || rowStep === length)) {
    scratch.set(source.subarray(from, from + rows * length), at);
    return;
  }
  for (let row = 0; row < rows; row++, from += rowStep, at += length) {
    if (step === 0) scratch.fill(source[from]!, at, at + length);
    else for (let i = 0; i < length; i++) scratch[at + i] = source[from + i * step]!;
  }
}

function copyIn(source: FloatArray, from: number, count: number, scratch: FloatArray, at: number): void {
  if (count < longRow) for (let i = 0; i < count; i++) scratch[at + i] = source[from + i]!;
  else scratch.set(count === source.length ? source : source.subarray(from, from + count), at);
}

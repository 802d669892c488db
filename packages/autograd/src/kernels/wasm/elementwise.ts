import { coprocessor, type FloatArray } from './memory.ts';

/** A unary kernel: y = f(x), element by element. */
export type UnaryName = 'neg' | 'abs' | 'sqrt' | 'relu' | 'exp' | 'log' | 'tanh' | 'sigmoid';

/** A binary kernel: y = a op b, element by element. */
export type BinaryName = 'add' | 'sub' | 'mul' | 'div';

/**
 * The unary kernels of each dtype. `neg`, `abs`, `sqrt` and `relu` (which keeps NaN and -0, as PyTorch does)
 * give the bits of plain JavaScript rounded to the dtype; `exp`, `log`, `tanh` and `sigmoid` are within 0.51
 * ulp of the true value over all of float32.
 */
export const unaryNames: Readonly<Record<'float32' | 'float64', ReadonlySet<UnaryName>>> = {
  float32: /* @__PURE__ */ new Set(['neg', 'abs', 'sqrt', 'relu', 'exp', 'log', 'tanh', 'sigmoid']),
  float64: /* @__PURE__ */ new Set(['neg', 'abs', 'sqrt', 'relu']),
};

/** The binary kernels, each for both dtypes, with the bits of plain JavaScript rounded to the dtype. */
export const binaryNames: ReadonlySet<BinaryName> = /* @__PURE__ */ new Set(['add', 'sub', 'mul', 'div']);

/**
 * Bytes of an operand in scratch at a time. Measured: 4 KiB cost 20-50 % more (each chunk needs views, 60-140
 * ns), 8 KiB up to 10 %; from 16 KiB on nothing is gained, and two operands of 16 KiB fill L1.
 */
const chunkBytes = 16384;

/**
 * Elements from which a unary kernel beats a loop in plain JavaScript.
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
export const unaryThresholds: Readonly<Record<UnaryName, number>> = {
  neg: 128,
  abs: 128,
  sqrt: 128,
  relu: 64,
  exp: 16,
  log: 32,
  tanh: 16,
  sigmoid: 16,
};

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
export const binaryThreshold = 128;

const copyIn = (source: FloatArray, offset: number, count: number, view: FloatArray, at: number): void => {
  view.set(count === source.length ? source : source.subarray(offset, offset + count), at);
};

/**
 * y[yOffset + i] = f(x[xOffset + i]) for i < n, on raw contiguous arrays of one dtype. `y` may be `x` at the
 * same offset; other overlaps give garbage, and so do indices outside the arrays.
 *
 * @throws Error when there is no such kernel for the dtype ({@link unaryNames}), or WASM cannot run here.
 */
export const unary = <T extends FloatArray>(
  name: UnaryName,
  x: T,
  xOffset: number,
  y: T,
  yOffset: number,
  n: number,
): void => {
  const unit = coprocessor();
  const size = y.BYTES_PER_ELEMENT;
  const kernel = unit.kernel(name, size);
  const address = unit.scratchBase;
  const at = address / size;
  const chunk = chunkBytes / size;
  unit.reserve(address + chunkBytes);
  const view = unit.view(size);
  for (let i = 0; i < n; i += chunk) {
    const count = Math.min(chunk, n - i);
    copyIn(x, xOffset + i, count, view, at);
    kernel(address, address, count);
    y.set(view.subarray(at, at + count), yOffset + i);
  }
};

/**
 * y[yOffset + i] = a[aOffset + i * aStep] op b[bOffset + i * bStep] for i < n, on raw arrays of one dtype: a
 * step of 0 repeats one element. `y` may be an operand of step 1 at the same offset; other overlaps give
 * garbage, and so do indices outside the arrays.
 *
 * @throws Error when WASM cannot run here.
 */
export const binary = <T extends FloatArray>(
  name: BinaryName,
  a: T,
  aOffset: number,
  aStep: 0 | 1,
  b: T,
  bOffset: number,
  bStep: 0 | 1,
  y: T,
  yOffset: number,
  n: number,
): void => {
  const unit = coprocessor();
  const size = y.BYTES_PER_ELEMENT;
  const kernel = unit.kernel(name, size);
  const aAddress = unit.scratchBase;
  const bAddress = aAddress + chunkBytes;
  const yAddress = bAddress + chunkBytes;
  unit.reserve(yAddress + chunkBytes);
  const view = unit.view(size);
  const aAt = aAddress / size;
  const bAt = bAddress / size;
  const yAt = yAddress / size;
  const lanes = 16 / size;
  const chunk = chunkBytes / size;
  if (aStep === 0) view.fill(a[aOffset]!, aAt, aAt + lanes);
  if (bStep === 0) view.fill(b[bOffset]!, bAt, bAt + lanes);
  for (let i = 0; i < n; i += chunk) {
    const count = Math.min(chunk, n - i);
    if (aStep === 1) copyIn(a, aOffset + i, count, view, aAt);
    if (bStep === 1) copyIn(b, bOffset + i, count, view, bAt);
    kernel(aAddress, 16 * aStep, bAddress, 16 * bStep, yAddress, count);
    y.set(view.subarray(yAt, yAt + count), yOffset + i);
  }
};

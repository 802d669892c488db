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

/**
 * y[yOffset + i] += alpha x[xOffset + i] for i < n, on raw contiguous arrays of one dtype. Product and sum
 * are rounded to the dtype one after the other, alpha before them. Overlaps other than `y` being `x` at the
 * same offset give garbage.
 *
 * @throws Error when WASM cannot run here.
 */
export const addScaled = <T extends FloatArray>(
  alpha: number,
  x: T,
  xOffset: number,
  y: T,
  yOffset: number,
  n: number,
): void => {
  const unit = coprocessor();
  const size = y.BYTES_PER_ELEMENT;
  const kernel = unit.kernel('addScaled', size);
  const xAddress = unit.scratchBase;
  const yAddress = xAddress + chunkBytes;
  unit.reserve(yAddress + chunkBytes);
  const view = unit.view(size);
  const yAt = yAddress / size;
  const chunk = chunkBytes / size;
  for (let i = 0; i < n; i += chunk) {
    const count = Math.min(chunk, n - i);
    copyIn(x, xOffset + i, count, view, xAddress / size);
    copyIn(y, yOffset + i, count, view, yAt);
    kernel(alpha, xAddress, yAddress, count);
    y.set(view.subarray(yAt, yAt + count), yOffset + i);
  }
};

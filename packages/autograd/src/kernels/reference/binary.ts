import { type DType, isFloat, type NumericArray } from '../../tensor/dtype.ts';
import { ArgumentError } from '../../tensor/errors.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { BinaryName, CompareName } from '../kernels.ts';
import { cast } from './copy.ts';
import { nest } from './rows.ts';
import { remainder } from './scalar.ts';

/** Fills y[k], y[k + 1], … from a[i], a[i + di], … and b[j], b[j + dj], … */
type BinaryLoop = (
  a: NumericArray,
  i: number,
  di: number,
  b: NumericArray,
  j: number,
  dj: number,
  y: NumericArray,
  k: number,
  end: number,
) => void;

// biome-ignore format: a table, one line per function
const loops: Readonly<Record<BinaryName | CompareName | 'imul' | 'ipow', BinaryLoop>> = {
  add: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! + b[j]!; },
  atan2: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = Math.atan2(a[i]!, b[j]!); },
  div: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! / b[j]!; },
  // int32 products wrap as in PyTorch; a product of doubles would have lost the low bits.
  imul: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = Math.imul(a[i]!, b[j]!); },
  ipow: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = integerPower(a[i]!, b[j]!); },
  maximum: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = Math.max(a[i]!, b[j]!); },
  minimum: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = Math.min(a[i]!, b[j]!); },
  mul: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! * b[j]!; },
  pow: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = power(a[i]!, b[j]!); },
  reluAdjoint: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = b[j]! <= 0 ? 0 : a[i]!; },
  remainder: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = remainder(a[i]!, b[j]!); },
  sigmoidAdjoint: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! * (b[j]! - b[j]! * b[j]!); },
  sub: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! - b[j]!; },
  tanhAdjoint: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! * (1 - b[j]! * b[j]!); },
  eq: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! === b[j]! ? 1 : 0; },
  ge: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! >= b[j]! ? 1 : 0; },
  gt: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! > b[j]! ? 1 : 0; },
  le: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! <= b[j]! ? 1 : 0; },
  logicalAnd: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! !== 0 && b[j]! !== 0 ? 1 : 0; },
  logicalOr: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! !== 0 || b[j]! !== 0 ? 1 : 0; },
  logicalXor: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = (a[i]! !== 0) !== (b[j]! !== 0) ? 1 : 0; },
  lt: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! < b[j]! ? 1 : 0; },
  ne: (a, i, di, b, j, dj, y, k, end) => { for (; k < end; k++, i += di, j += dj) y[k] = a[i]! !== b[j]! ? 1 : 0; },
};

// C and PyTorch: 1^y = 1 and (-1)^(+-inf) = 1, where JavaScript says NaN.
function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Number.POSITIVE_INFINITY || y === Number.NEGATIVE_INFINITY))) return 1;
  return x ** y;
}

/** x^n for whole n >= 0 by squaring; products wrap. */
function integerPower(x: number, n: number): number {
  let result = 1;
  for (; n > 0; n >>>= 1, x = Math.imul(x, x)) if ((n & 1) === 1) result = Math.imul(result, x);
  return result;
}

function loopOf(fn: (a: number, b: number) => number | boolean): BinaryLoop {
  return (a, i, di, b, j, dj, y, k, end) => {
    for (; k < end; k++, i += di, j += dj) y[k] = Number(fn(a[i]!, b[j]!));
  };
}

function run(loop: BinaryLoop, a: View, b: View, dtype: DType): Storage {
  const x = a.storage.array;
  const y = b.storage.array;
  const out = allocate(dtype, a.size);
  if (a.isContiguous && b.isContiguous) {
    loop(x, a.offset, 1, y, b.offset, 1, out, 0, a.size);
  } else {
    const { length, steps, forEach } = nest(a.shape, a.strides, b.strides, a.strides, a.offset, b.offset);
    let at = 0;
    forEach((i, j) => {
      loop(x, i, steps[0], y, j, steps[1], out, at, at + length);
      at += length;
    });
  }
  return new Storage(out);
}

/** Reference `Kernels.binary`. Bool sums and products are "or" and "and", as in PyTorch. */
export function binary(fn: BinaryName | ((a: number, b: number) => number), a: View, b: View): Storage {
  if (typeof fn === 'function') return run(loopOf(fn), a, b, a.dtype);
  if (a.dtype === 'bool' && (fn === 'add' || fn === 'maximum')) return run(loops.logicalOr, a, b, 'bool');
  if (a.dtype === 'bool' && (fn === 'mul' || fn === 'minimum')) return run(loops.logicalAnd, a, b, 'bool');
  if (isFloat(a.dtype)) return run(loops[fn], a, b, a.dtype);
  refuseUndefined(fn, b);
  return run(fn === 'mul' ? loops.imul : fn === 'pow' ? loops.ipow : loops[fn], a, b, a.dtype);
}

/** Refuses what has no whole number as its result: remainders by 0, and negative powers. */
function refuseUndefined(fn: BinaryName, b: View): void {
  if (fn !== 'remainder' && fn !== 'pow') return;
  const values = cast(b, b.dtype).array;
  if (fn === 'remainder' && values.some((v) => v === 0)) {
    throw new ArgumentError("remainder: division of integers by 0; convert with .to('float32') to get NaN");
  }
  if (fn === 'pow' && values.some((v) => v < 0)) {
    throw new ArgumentError("pow: negative powers of integers; convert with .to('float32') first");
  }
}

/** Reference `Kernels.compare`. */
export function compare(fn: CompareName | ((a: number, b: number) => boolean), a: View, b: View): Storage {
  return run(typeof fn === 'function' ? loopOf(fn) : loops[fn], a, b, 'bool');
}

/** Reference `Kernels.where`. */
export function where(condition: View, a: View, b: View): Storage {
  const test = condition.storage.array;
  const x = a.storage.array;
  const y = b.storage.array;
  const out = allocate(a.dtype, a.size);
  const { length, steps, forEach } = nest(
    a.shape,
    condition.strides,
    a.strides,
    b.strides,
    condition.offset,
    a.offset,
    b.offset,
  );
  let at = 0;
  forEach((c, i, j) => {
    for (const end = at + length; at < end; at++, c += steps[0], i += steps[1], j += steps[2]) {
      out[at] = test[c]! !== 0 ? x[i]! : y[j]!;
    }
  });
  return new Storage(out);
}

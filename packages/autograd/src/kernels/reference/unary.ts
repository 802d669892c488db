import type { NumericArray } from '../../tensor/dtype.ts';
import { allocate, Storage } from '../../tensor/storage.ts';
import type { View } from '../../tensor/view.ts';
import type { UnaryFunction, UnaryName } from '../kernels.ts';
import { nest } from './rows.ts';
import { roundHalfEven, sigmoid, softplus } from './scalar.ts';

/** Fills y[k], y[k + 1], … from x[i], x[i + step], … */
type UnaryLoop = (x: NumericArray, i: number, step: number, y: NumericArray, k: number, end: number) => void;

// One loop per function: a shared loop that calls a function per element boxes every double.
// biome-ignore format: a table, one line per function
const loops: Readonly<Record<UnaryName, UnaryLoop>> = {
  abs: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.abs(x[i]!); },
  acos: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.acos(x[i]!); },
  acosh: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.acosh(x[i]!); },
  asin: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.asin(x[i]!); },
  asinh: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.asinh(x[i]!); },
  atan: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.atan(x[i]!); },
  atanh: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.atanh(x[i]!); },
  ceil: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.ceil(x[i]!); },
  cos: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.cos(x[i]!); },
  cosh: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.cosh(x[i]!); },
  exp: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.exp(x[i]!); },
  expm1: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.expm1(x[i]!); },
  floor: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.floor(x[i]!); },
  log: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.log(x[i]!); },
  log10: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.log10(x[i]!); },
  log1p: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.log1p(x[i]!); },
  log2: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.log2(x[i]!); },
  neg: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = -x[i]!; },
  reciprocal: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = 1 / x[i]!; },
  // Written so that NaN and -0 pass through, as in PyTorch.
  relu: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = x[i]! < 0 ? 0 : x[i]!; },
  round: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = roundHalfEven(x[i]!); },
  rsqrt: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = 1 / Math.sqrt(x[i]!); },
  sigmoid: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = sigmoid(x[i]!); },
  sign: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = x[i]! > 0 ? 1 : x[i]! < 0 ? -1 : 0; },
  sin: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.sin(x[i]!); },
  sinh: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.sinh(x[i]!); },
  softplus: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = softplus(x[i]!); },
  sqrt: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.sqrt(x[i]!); },
  square: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = x[i]! * x[i]!; },
  tan: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.tan(x[i]!); },
  tanh: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.tanh(x[i]!); },
  trunc: (x, i, step, y, k, end) => { for (; k < end; k++, i += step) y[k] = Math.trunc(x[i]!); },
};

function loopOf(fn: (x: number) => number): UnaryLoop {
  return (x, i, step, y, k, end) => {
    for (; k < end; k++, i += step) y[k] = fn(x[i]!);
  };
}

/** Reference `Kernels.unary`. */
export function unary(fn: UnaryFunction, x: View): Storage {
  const source = x.storage.array;
  const out = allocate(x.dtype, x.size);
  const loop = typeof fn === 'string' ? loops[fn] : loopOf(fn);
  if (x.isContiguous) {
    loop(source, x.offset, 1, out, 0, x.size);
  } else {
    const { length, steps, forEach } = nest(x.shape, x.strides, x.strides, x.strides, x.offset);
    let at = 0;
    forEach((i) => {
      loop(source, i, steps[0], out, at, at + length);
      at += length;
    });
  }
  return new Storage(out);
}

import type { View } from '../tensor/view.ts';
import { blasFor, pays } from './backend.ts';
import { blasConv, blasMatmul } from './blas/index.ts';
import type {
  ActivationKernels,
  Convolution,
  ImageKernels,
  Kernels,
  NormalizationKernels,
  RecurrentKernels,
} from './kernels.ts';
import { standardizeAdjoint } from './reference/adjoints.ts';
import { gelu, geluAdjoint } from './reference/gelu.ts';
import { imageKernelsOn } from './reference/image.ts';
import { reference } from './reference/index.ts';
import { recurrentKernelsOn, lstmCells as referenceCells } from './reference/lstm.ts';
import { toStorage } from './reference/reduce.ts';
import { standardize } from './reference/standardize.ts';
import * as wasmConv from './wasm/conv.ts';
import { gemmThreshold } from './wasm/gemm.ts';
import * as wasm from './wasm/index.ts';
import { lstmThreshold, lstmCells as wasmCells } from './wasm/lstm.ts';
import { maxPool, maxPoolThreshold } from './wasm/maxPool.ts';
import { resample, resampleThreshold } from './wasm/resample.ts';

const matmul: Kernels['matmul'] = (a, b, bias = null) => {
  const size = a.size * b.shape.at(-1)!;
  const blas = blasFor(size);
  return (
    (blas && blasMatmul(blas, a, b, bias)) ??
    (pays(size, gemmThreshold) ? wasm.matmul(a, b, bias) : null) ??
    reference.matmul(a, b, bias)
  );
};

/** The kernels that operations call: per call, the fastest set that has the kernel. */
export const kernels: Kernels = {
  ...reference,
  matmul,
  unary: (fn, x) =>
    (pays(x.size, wasm.unaryThreshold(fn)) ? wasm.unary(fn, x) : null) ?? reference.unary(fn, x),
  binary: (fn, a, b) =>
    (pays(a.size, wasm.pairThreshold) ? wasm.binary(fn, a, b) : null) ?? reference.binary(fn, a, b),
  compare: (fn, a, b) =>
    (pays(a.size, wasm.pairThreshold) ? wasm.compare(fn, a, b) : null) ?? reference.compare(fn, a, b),
  where: (condition, a, b) =>
    (pays(a.size, wasm.pairThreshold) ? wasm.where(condition, a, b) : null) ??
    reference.where(condition, a, b),
  reduce(fn, x, axes) {
    const folds = fn === 'sum' || fn === 'amax' || fn === 'amin';
    const threshold = fn === 'sum' ? wasm.sumThreshold : wasm.extremeThreshold;
    const totals = folds && pays(x.size, threshold) ? wasm.totals(fn, x, axes) : null;
    return totals === null ? reference.reduce(fn, x, axes) : toStorage(fn, x.dtype, totals);
  },
  softmax: (x, axis, logarithm) =>
    (pays(x.size, wasm.softmaxThreshold) ? wasm.softmax(x, axis, logarithm) : null) ??
    reference.softmax(x, axis, logarithm),
  softmaxAdjoint: (g, y, axis) =>
    (pays(g.size, wasm.adjointThreshold) ? wasm.softmaxAdjoint(g, y, axis) : null) ??
    reference.softmaxAdjoint(g, y, axis),
  classAdjoint: (g, y, classes, axis) =>
    (pays(y.size, wasm.adjointThreshold) ? wasm.classAdjoint(g, y, classes, axis) : null) ??
    reference.classAdjoint(g, y, classes, axis),
  indexGet: (x, selection) =>
    (pays(selection.positions.size, wasm.rowsThreshold) ? wasm.indexGet(x, selection) : null) ??
    reference.indexGet(x, selection),
  indexAdd(target, selection, source) {
    if (pays(selection.positions.size, wasm.rowsThreshold) && wasm.indexAdd(target, selection, source))
      return;
    reference.indexAdd(target, selection, source);
  },
  scatter: (op, fn, x, axis, index, source) =>
    (fn === 'sum' && pays(index.size, wasm.scatterThreshold)
      ? wasm.scatterAdd(x, axis, index, source)
      : null) ?? reference.scatter(op, fn, x, axis, index, source),
  sgd(step, parameter, gradient, velocity) {
    if (pays(parameter.size, wasm.stepThreshold) && wasm.sgd(step, parameter, gradient, velocity)) return;
    reference.sgd(step, parameter, gradient, velocity);
  },
  adam(step, parameter, gradient, mean, square, largest) {
    if (pays(parameter.size, wasm.stepThreshold)) {
      if (wasm.adam(step, parameter, gradient, mean, square, largest)) return;
    }
    reference.adam(step, parameter, gradient, mean, square, largest);
  },
  rmsprop(step, parameter, gradient, square, mean, velocity) {
    if (pays(parameter.size, wasm.stepThreshold)) {
      if (wasm.rmsprop(step, parameter, gradient, square, mean, velocity)) return;
    }
    reference.rmsprop(step, parameter, gradient, square, mean, velocity);
  },
};

/** The kernels that activations call. */
export const activationKernels: ActivationKernels = {
  gelu: (x) => (pays(x.size, wasm.geluThreshold) ? wasm.gelu(x) : null) ?? gelu(x),
  geluAdjoint: (g, x, share) =>
    (pays(g.size, wasm.geluThreshold) ? wasm.geluAdjoint(g, x, share) : null) ?? geluAdjoint(g, x, share),
};

/** The kernels that normalizations call. */
export const normalizationKernels: NormalizationKernels = {
  standardize: (x, axes, eps) =>
    (pays(x.size, wasm.standardizeThreshold) ? wasm.standardize(x, axes, eps) : null) ??
    standardize(x, axes, eps),
  standardizeAdjoint: (g, y, variance, axes, eps) =>
    (pays(g.size, wasm.adjointThreshold) ? wasm.standardizeAdjoint(g, y, variance, axes, eps) : null) ??
    standardizeAdjoint(g, y, variance, axes, eps),
};

/** The kernels that recurrent networks call. */
export const recurrentKernels: RecurrentKernels = /* @__PURE__ */ recurrentKernelsOn(
  matmul,
  (dtype, rows, n) =>
    dtype === 'float32' && n % 4 === 0 && pays(rows * n, lstmThreshold) ? wasmCells : referenceCells,
);

/** The kernels that operations on images call. */
export const imageKernels: ImageKernels = /* @__PURE__ */ selectImageKernels();

function selectImageKernels(): ImageKernels {
  const slow = imageKernelsOn(matmul);
  /** How to run a convolution in scratch, where it pays. */
  const planned = (x: View, filters: number, channels: number, c: Convolution): wasmConv.Plan | null =>
    pays(x.size, wasmConv.convThreshold)
      ? wasmConv.plan(x.dtype, x.shape[0]!, filters / c.groups, channels, c)
      : null;
  const blasForPlan = (p: wasmConv.Plan) =>
    p.depthwise ? null : blasFor(p.filters * p.channels * p.taps * p.places);
  return {
    ...slow,
    convolution(x, weight, bias, c) {
      const p = planned(x, weight.shape[0]!, weight.shape[1]!, c);
      if (p === null) return slow.convolution(x, weight, bias, c);
      const blas = blasForPlan(p);
      return blas ? blasConv.convolution(blas, x, weight, bias, p) : wasmConv.convolution(x, weight, bias, p);
    },
    convInput(g, weight, c) {
      const p = planned(g, weight.shape[0]!, weight.shape[1]!, c);
      if (p === null) return slow.convInput(g, weight, c);
      const blas = blasForPlan(p);
      return blas ? blasConv.convInput(blas, g, weight, p) : wasmConv.convInput(g, weight, p);
    },
    convWeight(x, g, c) {
      const p = planned(x, g.shape[1]!, x.shape[1]! / c.groups, c);
      if (p === null) return slow.convWeight(x, g, c);
      const blas = blasForPlan(p);
      return blas ? blasConv.convWeight(blas, x, g, p) : wasmConv.convWeight(x, g, p);
    },
    resample: (x, axis, taps) =>
      (pays(x.size, resampleThreshold) ? resample(x, axis, taps) : null) ?? slow.resample(x, axis, taps),
    maxPool: (x, axes) => (pays(x.size, maxPoolThreshold) ? maxPool(x, axes) : null) ?? slow.maxPool(x, axes),
  };
}

/**
 * From how many elements on the WASM kernels beat plain TypeScript: `node scripts/pnpm.mjs --dir bench run thresholds [name …]` prints, for each
 * kernel and size, microseconds of the reference and of the kernel, and marks the first size from which the kernel stays ahead. Kernels are
 * internal, so this reaches into what was built. Build first.
 */

import { blasMatmul } from '../packages/autograd/dist/kernels/blas/index.js';
import { systemBlas } from '../packages/autograd/dist/kernels/blas/library.js';
import { standardizeAdjoint } from '../packages/autograd/dist/kernels/reference/adjoints.js';
import { gelu, geluAdjoint } from '../packages/autograd/dist/kernels/reference/gelu.js';
import { imageKernelsOn } from '../packages/autograd/dist/kernels/reference/image.js';
import { reference } from '../packages/autograd/dist/kernels/reference/index.js';
import { lstmCells as referenceCells } from '../packages/autograd/dist/kernels/reference/lstm.js';
import { standardize } from '../packages/autograd/dist/kernels/reference/standardize.js';
import { erf, ndtr } from '../packages/autograd/dist/kernels/special/erf.js';
import * as wasmConv from '../packages/autograd/dist/kernels/wasm/conv.js';
import * as wasm from '../packages/autograd/dist/kernels/wasm/index.js';
import { lstmCells as wasmCells } from '../packages/autograd/dist/kernels/wasm/lstm.js';
import { maxPool } from '../packages/autograd/dist/kernels/wasm/maxPool.js';
import { resample } from '../packages/autograd/dist/kernels/wasm/resample.js';
import { Storage } from '../packages/autograd/dist/tensor/storage.js';
import { viewOf } from '../packages/autograd/dist/tensor/view.js';

const SIZES = [16, 32, 64, 128, 256, 512, 1024, 4096];
const ROUNDS = 7;
const ROUND_MS = 8;

const images = imageKernelsOn(reference.matmul);
const floats = (...shape) =>
  viewOf(
    new Storage(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i) / 2 + 0.6),
    ),
    'float32',
    shape,
  );
const windows = (side) => ({
  input: [side, side],
  kernel: [3, 3],
  output: [side, side],
  stride: [1, 1],
  padding: [1, 1],
  dilation: [1, 1],
  groups: 1,
});
/** Pairs of places along an axis, as 2x2 pooling takes them. */
const pairs = (length) => ({
  starts: Int32Array.from({ length: length / 2 + 1 }, (_, i) => 2 * i),
  positions: Int32Array.from({ length }, (_, i) => i),
  weights: new Float64Array(length).fill(1),
});
const adam = {
  stepSize: 1e-3,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  rootCorrection: 1,
  weightDecay: 0,
  shrink: 1,
  maximize: false,
};
const momentum = { lr: 1e-3, momentum: 0.9, dampening: 0, weightDecay: 0, nesterov: false, maximize: false };
const rmsprop = {
  lr: 1e-3,
  alpha: 0.99,
  eps: 1e-8,
  epsInside: 0,
  weightDecay: 0,
  momentum: 0,
  maximize: false,
};
const plain = { ...reference, gelu, geluAdjoint, standardize, standardizeAdjoint };
const kernels = { ...wasm };
const same = (name, ...operands) => [() => plain[name](...operands), () => kernels[name](...operands)];
const totals = (fn, shape, axes) => {
  const x = floats(...shape);
  return [() => reference.reduce(fn, x, axes), () => wasm.totals(fn, x, axes)];
};
const integers = (shape, below) =>
  viewOf(
    new Storage(Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 7) % below)),
    'int32',
    shape,
  );
/** Rows of 8 elements, n in all, from or to a table of two rows. */
const rows = (n) => {
  const selection = { axes: [0], lead: 0, positions: integers([1, n / 8], 2) };
  return [floats(2, 8), selection, floats(n / 8, 8)];
};
const indexAdd = (n) => {
  const [table, selection, source] = rows(n);
  const target = viewOf(new Storage(Float64Array.from(table.storage.array)), 'float64', [2, 8]);
  return same('indexAdd', target, selection, source);
};
const lstm = (n, cells) => {
  const part = (size) => ({ array: floats(size).storage.array, at: 0 });
  const operands = [part(4 * n), part(4 * n), part(n), Array.from({ length: 6 }, () => part(n)), 0, 1, n];
  return () => cells.forward(...operands);
};
const conv = (n) => {
  const side = Math.round(Math.sqrt(n));
  const [x, weight, c] = [floats(1, 1, side, side), floats(4, 1, 3, 3), windows(side)];
  const plan = wasmConv.plan('float32', 1, 4, 1, c);
  return [() => images.convolution(x, weight, null, c), () => wasmConv.convolution(x, weight, null, plan)];
};
const pool = (n) => {
  const side = 2 * Math.round(Math.sqrt(n) / 2);
  const [x, axes] = [floats(1, 1, side, side), [pairs(side), pairs(side)]];
  return [() => images.maxPool(x, axes), () => maxPool(x, axes)];
};
/** A pass of average pooling along the last axis, or along the one before it. */
const average = (n, axis) => {
  const side = 2 * Math.round(Math.sqrt(n) / 2);
  const [x, taps] = [floats(1, 1, side, side), pairs(side)];
  return [() => images.resample(x, axis, taps), () => resample(x, axis, taps)];
};
const scatter = (n) => {
  const [index, x, source] = [integers([n], n), floats(n), floats(n)];
  return [
    () => reference.scatter('scatterAdd', 'sum', x, 0, index, source),
    () => wasm.scatterAdd(x, 0, index, source),
  ];
};
const product = (n, slow, fast) => {
  const side = Math.round(Math.cbrt(n));
  const [a, b] = [floats(side, side), floats(side, side)];
  return [() => slow(a, b), () => fast(a, b)];
};
const blas = systemBlas();

/** For n elements (multiply-adds of products), what is slow in small and what is fast in large: the reference and WASM, or WASM and BLAS. */
const contests = {
  relu: (n) => same('unary', 'relu', floats(n)),
  exp: (n) => same('unary', 'exp', floats(n)),
  erf: (n) => same('unary', erf, floats(n)),
  ndtr: (n) => same('unary', ndtr, floats(n)),
  mul: (n) => same('binary', 'mul', floats(n), floats(n)),
  reluAdjoint: (n) => same('binary', 'reluAdjoint', floats(n), floats(n)),
  gelu: (n) => same('gelu', floats(n)),
  geluAdjoint: (n) => same('geluAdjoint', floats(n), floats(n), floats(n)),
  sum: (n) => totals('sum', [n], [0]),
  'sum of rows of 8': (n) => totals('sum', [n / 8, 8], [1]),
  'sum of columns of 8': (n) => totals('sum', [8, n / 8], [0]),
  amax: (n) => totals('amax', [n], [0]),
  'amax of rows of 8': (n) => totals('amax', [n / 8, 8], [1]),
  'amax of columns of 8': (n) => totals('amax', [8, n / 8], [0]),
  'softmax of rows of 8': (n) => same('softmax', floats(n / 8, 8), 1, false),
  'softmaxAdjoint of rows of 8': (n) => same('softmaxAdjoint', floats(n / 8, 8), floats(n / 8, 8), 1),
  'classAdjoint of rows of 8': (n) =>
    same('classAdjoint', floats(n / 8), floats(n / 8, 8), integers([n / 8], 8), 1),
  'rows of 8 taken': (n) => same('indexGet', ...rows(n).slice(0, 2)),
  'rows of 8 added': indexAdd,
  'standardize rows of 8': (n) => same('standardize', floats(n / 8, 8), [1], 1e-5),
  'standardizeAdjoint of rows of 8': (n) =>
    same('standardizeAdjoint', floats(n / 8, 8), floats(n / 8, 8), floats(n / 8), [1], 1e-5),
  scatterAdd: scatter,
  'sgd with momentum': (n) => same('sgd', momentum, floats(n), floats(n), floats(n)),
  adam: (n) => same('adam', adam, floats(n), floats(n), floats(n), floats(n), null),
  rmsprop: (n) => same('rmsprop', rmsprop, floats(n), floats(n), floats(n), null, null),
  'lstm cells': (n) => [lstm(n, referenceCells), lstm(n, wasmCells)],
  'convolution by four 3x3 filters': conv,
  'maxPool 2x2': pool,
  'average of 2 along rows': (n) => average(n, 3),
  'average of 2 along columns': (n) => average(n, 2),
  matmul: (n) => product(n, reference.matmul, wasm.matmul),
  ...(typeof blas !== 'string' && {
    'matmul by BLAS against WASM': (n) => product(n, wasm.matmul, (a, b) => blasMatmul(blas, a, b)),
  }),
};

/** Microseconds a call: the least of some rounds. */
function time(call) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    let calls = 0;
    const start = performance.now();
    while (performance.now() - start < ROUND_MS) for (let i = 0; i < 16; i++, calls++) call();
    best = Math.min(best, ((performance.now() - start) / calls) * 1000);
  }
  return best;
}

const wanted = process.argv.slice(2);
console.log(`| n | ${SIZES.join(' | ')} | pays from |\n|${' --- |'.repeat(SIZES.length + 2)}`);
for (const [name, contest] of Object.entries(contests)) {
  if (wanted.length > 0 && !wanted.some((each) => name.startsWith(each))) continue;
  const times = SIZES.map((n) => contest(n).map(time));
  const lost = times.findLastIndex(([slow, fast]) => fast > slow);
  const cells = times.map((pair) => pair.map((us) => us.toPrecision(2)).join(' / '));
  console.log(`| ${name} | ${cells.join(' | ')} | ${SIZES[lost + 1] ?? 'never'} |`);
}

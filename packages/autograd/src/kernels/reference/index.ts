import type { Kernels } from '../kernels.ts';
import { classAdjoint, softmaxAdjoint } from './adjoints.ts';
import { binary, compare, where } from './binary.ts';
import { assign, cast } from './copy.ts';
import { cumulate, cumulativeExtreme, recurrence } from './cumulative.ts';
import { firstOutside, fromStart, gather, nonzero, overlapAdd, scatter, settle } from './indexing.ts';
import { matmul } from './matmul.ts';
import { cdist, norm, variance } from './norms.ts';
import { adam, rmsprop, sgd } from './optimizer.ts';
import { argReduce, reduce } from './reduce.ts';
import { indexAdd, indexGet, indexPut } from './selection.ts';
import { softmax } from './softmax.ts';
import { groups, histogram, isIn, mode, ranked, searchSorted, sort } from './sort.ts';
import { unary } from './unary.ts';

/** The reference kernels: plain TypeScript, any dtype, any strides. */
export const reference: Kernels = {
  unary,
  binary,
  compare,
  where,
  cast,
  assign,
  reduce,
  argReduce,
  variance,
  norm,
  cdist,
  cumulate,
  recurrence,
  cumulativeExtreme,
  sort,
  ranked,
  mode,
  groups,
  searchSorted,
  isIn,
  histogram,
  matmul,
  softmax,
  softmaxAdjoint,
  classAdjoint,
  firstOutside,
  fromStart,
  nonzero,
  gather,
  scatter,
  indexGet,
  indexPut,
  indexAdd,
  overlapAdd,
  settle,
  sgd,
  adam,
  rmsprop,
};

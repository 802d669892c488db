import type { Kernels } from '../kernels.ts';
import { binary, compare, where } from './binary.ts';
import { assign, cast } from './copy.ts';
import { firstOutside, fromStart, gather, nonzero, overlapAdd, scatter, settle } from './indexing.ts';
import { matmul } from './matmul.ts';
import { adam, sgd } from './optimizer.ts';
import { argReduce, cumsum, reduce } from './reduce.ts';
import { indexAdd, indexGet, indexPut } from './selection.ts';
import { softmax } from './softmax.ts';
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
  cumsum,
  matmul,
  softmax,
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
};

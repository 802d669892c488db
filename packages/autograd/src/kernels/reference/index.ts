import type { Kernels } from '../kernels.ts';
import { binary, compare, where } from './binary.ts';
import { convolutions } from './conv.ts';
import { assign, cast } from './copy.ts';
import { gather, scatterAdd } from './indexing.ts';
import { matmul } from './matmul.ts';
import { adam, sgd } from './optimizer.ts';
import { maxPool } from './pool.ts';
import { argReduce, cumsum, reduce } from './reduce.ts';
import { resample } from './resample.ts';
import { softmax } from './softmax.ts';
import { unary } from './unary.ts';
import { fold, unfold } from './windows.ts';

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
  ...convolutions(matmul),
  unfold,
  fold,
  resample,
  maxPool,
  softmax,
  gather,
  scatterAdd,
  sgd,
  adam,
};

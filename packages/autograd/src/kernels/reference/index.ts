import type { Kernels } from '../kernels.ts';
import { binary, compare, where } from './binary.ts';
import { assign, cast } from './copy.ts';
import { gather, scatterAdd } from './indexing.ts';
import { matmul } from './matmul.ts';
import { adam, sgd } from './optimizer.ts';
import { argReduce, cumsum, reduce } from './reduce.ts';
import { softmax } from './softmax.ts';
import { standardize } from './standardize.ts';
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
  standardize,
  gather,
  scatterAdd,
  sgd,
  adam,
};

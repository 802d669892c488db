/**
 * The built-in operations together with their sample inputs, for checks that run over all of them. Importing this pulls
 * in every operation and every sample: programs that only compute should not.
 *
 * @module
 */

import * as activation from './activation.ts';
import * as adaptivePool from './adaptivePool.ts';
import * as arithmetic from './arithmetic.ts';
import * as attention from './attention.ts';
import * as bessel from './bessel.ts';
import * as bitwise from './bitwise.ts';
import * as cholesky from './cholesky.ts';
import * as compare from './compare.ts';
import * as conv from './conv.ts';
import * as convert from './convert.ts';
import * as crossEntropy from './crossEntropy.ts';
import * as ctcLoss from './ctcLoss.ts';
import * as cumulative from './cumulative.ts';
import * as decompositions from './decompositions.ts';
import * as diagonals from './diagonals.ts';
import * as distances from './distances.ts';
import * as division from './division.ts';
import * as einsum from './einsum.ts';
import * as elementary from './elementary.ts';
import * as embedding from './embedding.ts';
import * as fold from './fold.ts';
import * as indexing from './indexing.ts';
import * as interpolate from './interpolate.ts';
import * as join from './join.ts';
import * as linalg from './linalg.ts';
import * as linear from './linear.ts';
import * as loss from './loss.ts';
import * as marginLoss from './marginLoss.ts';
import * as masking from './masking.ts';
import * as matrixFunctions from './matrixFunctions.ts';
import * as matrixNorms from './matrixNorms.ts';
import * as normalization from './normalization.ts';
import * as norms from './norms.ts';
import * as pad from './pad.ts';
import * as piecewise from './piecewise.ts';
import * as pool from './pool.ts';
import * as products from './products.ts';
import * as pseudoinverse from './pseudoinverse.ts';
import * as rearrange from './rearrange.ts';
import * as recurrent from './recurrent.ts';
import * as reduce from './reduce.ts';
import type { Refusals, Samples } from './samples.ts';
import * as scatter from './scatter.ts';
import * as shape from './shape.ts';
import * as softmax from './softmax.ts';
import * as sort from './sort.ts';
import * as special from './special.ts';
import * as spectral from './spectral.ts';

import * as statistics from './statistics.ts';
import * as subscript from './subscript.ts';
import * as tensorProducts from './tensorProducts.ts';
import * as ternary from './ternary.ts';
import * as transcendental from './transcendental.ts';
import * as unpool from './unpool.ts';
import * as variance from './variance.ts';
import * as views from './views.ts';

/** An operation and the samples that stand beside it. */
export interface RegisteredOp {
  /** The name under which it is exported. */
  readonly name: string;
  /** The module it comes from. */
  readonly family: string;
  /** The operation; its arguments are those that `samples` draws. */
  readonly call: (...args: readonly unknown[]) => unknown;
  /** Draws its arguments; `samples.reason` is set when it is not differentiable. */
  readonly samples: Samples;
  /** Its illegal calls, where there are any. */
  readonly refusals?: Refusals;
}

/**
 * A module of operations, as {@link collectOps} takes it: beside each function `name` its samples `nameSamples` and,
 * where some calls are illegal, `nameRefusals`. Where one is missing, the type asked for is a sentence that says so, and
 * nothing fits it.
 */
export type OpModule<M> = {
  readonly [K in keyof M]: K extends `${infer Name}Samples`
    ? BesideOp<M, Name, Samples>
    : K extends `${infer Name}Refusals`
      ? BesideOp<M, Name, Refusals>
      : K extends string
        ? `${K}Samples` extends keyof M
          ? (...args: never[]) => unknown
          : `Export ${K}Samples beside ${K}`
        : never;
};

/** What stands beside an operation of this name, if there is one. */
export type BesideOp<M, Name extends string, T> = Name extends keyof M
  ? T
  : `There is no operation '${Name}'`;

/**
 * The operations of a module with their samples, in the order of their names: for {@link registry}, and for checking
 * operations of your own, imported with `import * as mine`. A function without samples is a type error.
 *
 * @example
 * ```ts
 * import { elementwise, type SampleKit } from '@tensortape/autograd';
 * import { collectOps } from '@tensortape/autograd/registry';
 * const mine = {
 *   cube: elementwise({ name: 'cube', forward: (x) => x ** 3, saves: 'input', derivative: (x) => x.square().mul(3) }),
 *   cubeSamples: (s: SampleKit) => [s.tensor()],
 * };
 * console.log(collectOps('mine', mine).map(({ name }) => name)); // [ 'cube' ]
 * ```
 */
export function collectOps<M extends OpModule<M>>(family: string, module: M): readonly RegisteredOp[] {
  const exported = new Map<string, unknown>(Object.entries(module));
  return [...exported.keys()]
    .filter((name) => exported.has(`${name}Samples`))
    .sort()
    .map((name) => ({
      name,
      family,
      // OpModule has checked both; what arguments an operation takes only its samples know.
      call: exported.get(name) as RegisteredOp['call'],
      samples: exported.get(`${name}Samples`) as Samples,
      ...(exported.has(`${name}Refusals`) && { refusals: exported.get(`${name}Refusals`) as Refusals }),
    }));
}

/** Every built-in operation. */
export const registry: readonly RegisteredOp[] = [
  ...collectOps('arithmetic', arithmetic),
  ...collectOps('division', division),
  ...collectOps('ternary', ternary),
  ...collectOps('elementary', elementary),
  ...collectOps('transcendental', transcendental),
  ...collectOps('special', special),
  ...collectOps('bessel', bessel),
  ...collectOps('compare', compare),
  ...collectOps('bitwise', bitwise),
  ...collectOps('reduce', reduce),
  ...collectOps('cumulative', cumulative),
  ...collectOps('norms', norms),
  ...collectOps('sort', sort),
  ...collectOps('statistics', statistics),
  ...collectOps('variance', variance),
  ...collectOps('shape', shape),
  ...collectOps('rearrange', rearrange),
  ...collectOps('views', views),
  ...collectOps('join', join),
  ...collectOps('diagonals', diagonals),
  ...collectOps('indexing', indexing),
  ...collectOps('scatter', scatter),
  ...collectOps('masking', masking),
  ...collectOps('subscript', subscript),
  ...collectOps('products', products),
  ...collectOps('linear', linear),
  ...collectOps('recurrent', recurrent),
  ...collectOps('tensorProducts', tensorProducts),
  ...collectOps('einsum', einsum),
  ...collectOps('cholesky', cholesky),
  ...collectOps('linalg', {
    ...linalg,
    ...decompositions,
    ...matrixFunctions,
    ...matrixNorms,
    ...pseudoinverse,
    ...spectral,
  }),
  ...collectOps('softmax', softmax),
  ...collectOps('activation', activation),
  ...collectOps('piecewise', piecewise),
  ...collectOps('normalization', normalization),
  ...collectOps('crossEntropy', crossEntropy),
  ...collectOps('loss', loss),
  ...collectOps('marginLoss', marginLoss),
  ...collectOps('ctcLoss', ctcLoss),
  ...collectOps('distances', distances),
  ...collectOps('embedding', embedding),
  ...collectOps('attention', attention),
  ...collectOps('convert', convert),
  ...collectOps('conv', conv),
  ...collectOps('pool', pool),
  ...collectOps('adaptivePool', adaptivePool),
  ...collectOps('unpool', unpool),
  ...collectOps('pad', pad),
  ...collectOps('fold', fold),
  ...collectOps('interpolate', interpolate),
];

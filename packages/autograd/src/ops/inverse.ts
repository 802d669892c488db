import { type LuFactors, linalgKernels } from '../kernels/linalg.ts';
import { defineOp } from '../tape/defineOp.ts';
import { wrap } from '../tensor/core.ts';

/** A^-1 from the factors of A. Where A is singular, the adjugate divided by 0: infinities, and NaN for 0 / 0. */
export const inverse = /* @__PURE__ */ defineOp({
  name: 'inv',
  inputs: ['a'],
  saves: ['output'],
  forward: ({ a }, { factors }: { readonly factors: LuFactors }) =>
    wrap(linalgKernels.inverse(factors, a), a.dtype, a.shape),
  vjp: { a: (g, { output: x }) => x.mT.matmul(g).matmul(x.mT).neg() },
  jvp: ({ a: t }, { output: x }) => t && x.matmul(t).matmul(x).neg(),
});

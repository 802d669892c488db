import { kernels } from '../kernels/select.ts';
import { besselI1, besselRatio } from '../kernels/special/bessel.ts';
import { defineOp } from '../tape/defineOp.ts';
import { elementwise } from '../tape/shorthands.ts';
import { wrap } from '../tensor/core.ts';
import type { Tensor } from '../tensor.ts';
import type { Samples } from './samples.ts';

/**
 * I_n(x) / x^n, times e^-|x| when scaled. It is even, without a zero, and its derivative is x times the next: so all
 * derivatives of the Bessel functions are exact at 0, where I_1(x) / x itself is 0 / 0.
 */
const ratio = /* @__PURE__ */ defineOp({
  name: 'besselRatio',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }, { n, scaled }: Ratio) =>
    wrap(
      kernels.unary((v) => besselRatio(n, v, scaled), x),
      x.dtype,
      x.shape,
    ),
  vjp: { x: (g, { x }, which) => g.mul(ratioSlope(x, which)) },
  jvp: ({ x: t }, { x }, which) => t && t.mul(ratioSlope(x, which)),
});

interface Ratio {
  readonly n: number;
  readonly scaled: boolean;
}

function ratioSlope(x: Tensor, { n, scaled }: Ratio): Tensor {
  const next = x.mul(ratio({ x }, { n: n + 1, scaled }));
  return scaled ? next.sub(x.sign().mul(ratio({ x }, { n, scaled }))) : next;
}

/**
 * The modified Bessel function of the first kind of order 0. Derivative: i1 x. Source: DLMF 10.25.2, 10.40.1.
 * PyTorch: `torch.special.i0`, which is NaN at infinity, where this is infinite.
 *
 * @example
 * ```ts
 * import { i0, tensor } from '@tensortape/autograd';
 * console.log(i0(tensor([0, 1, 5]))); // tensor([ 1.0000,  1.2661, 27.2399])
 * ```
 */
export const i0 = /* @__PURE__ */ elementwise({
  name: 'i0',
  forward: (x) => besselRatio(0, x, false),
  saves: 'input',
  derivative: (x) => i1(x),
});
export const i0Samples: Samples = (s) => [s.tensor()];

/**
 * e^-|x| i0 x, without overflow. Derivative: i1e x - sign(x) i0e x. Kinks: at 0 the derivative is 0, midway between those
 * of the two sides. PyTorch: `torch.special.i0e`.
 *
 * @example
 * ```ts
 * import { i0e, tensor } from '@tensortape/autograd';
 * console.log(i0e(tensor([0, 1, 1000]))); // tensor([1.0000, 0.4658, 0.0126])
 * ```
 */
export const i0e: (x: Tensor) => Tensor = /* @__PURE__ */ elementwise({
  name: 'i0e',
  forward: (x) => besselRatio(0, x, true),
  saves: 'input',
  derivative: (x) => i1e(x).sub(x.sign().mul(i0e(x))),
});
export const i0eSamples: Samples = (s) => [s.tensor({ apart: [0] })];

/**
 * The modified Bessel function of the first kind of order 1. Derivative: i0 x - i1(x) / x, 1/2 at 0. Source: DLMF
 * 10.25.2, 10.40.1. PyTorch: `torch.special.i1`, which is NaN at infinity, where this is infinite.
 *
 * @example
 * ```ts
 * import { i1, tensor } from '@tensortape/autograd';
 * console.log(i1(tensor([0, 1, -5]))); // tensor([  0.0000,   0.5652, -24.3356])
 * ```
 */
export const i1 = /* @__PURE__ */ elementwise({
  name: 'i1',
  forward: (x) => besselI1(x, false),
  saves: 'input',
  derivative: (x) => i0(x).sub(ratio({ x }, { n: 1, scaled: false })),
});
export const i1Samples: Samples = i0Samples;

/**
 * e^-|x| i1 x, without overflow. Derivative: i0e x - (sign x + 1 / x) i1e x, 1/2 at 0. PyTorch: `torch.special.i1e`.
 *
 * @example
 * ```ts
 * import { i1e, tensor } from '@tensortape/autograd';
 * console.log(i1e(tensor([0, 1, -1000]))); // tensor([ 0.0000,  0.2079, -0.0126])
 * ```
 */
export const i1e: (x: Tensor) => Tensor = /* @__PURE__ */ elementwise({
  name: 'i1e',
  forward: (x) => besselI1(x, true),
  saves: 'input',
  derivative: (x) =>
    i0e(x)
      .sub(ratio({ x }, { n: 1, scaled: true }))
      .sub(x.sign().mul(i1e(x))),
});
export const i1eSamples: Samples = i0eSamples;

import {
  binary,
  copysign,
  defineOp,
  digamma,
  elementwise,
  erf,
  hypot,
  polygamma,
  type Tensor,
} from '@tensortape/autograd';
import { pair, testSabotages, unary } from './harness.ts';

const SQRT_PI = Math.sqrt(Math.PI);

testSabotages([
  {
    mistake: 'the constant factor of a derivative forgotten: that of the error function without 2 / sqrt(pi)',
    property: 'forward',
    finding: /the 5-point difference/,
    op: (wrong) =>
      unary(
        elementwise({
          name: 'gauss',
          forward: (x) => Math.exp(-x * x) / SQRT_PI,
          saves: 'input',
          derivative: (x) => {
            const slope = x.square().neg().exp().mul(x).mul(-2);
            return wrong ? slope : slope.div(SQRT_PI);
          },
        }),
      ),
  },
  {
    mistake: 'the order of a family of derivatives not raised: digamma differentiated into itself',
    property: 'forward',
    finding: /the 5-point difference/,
    op: (wrong) => {
      const call = defineOp({
        name: 'psi',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => digamma(x),
        vjp: { x: (g, { x }) => g.mul(polygamma(wrong ? 0 : 1, x)) },
        jvp: ({ x: t }, { x }) => t && t.mul(polygamma(wrong ? 0 : 1, x)),
      });
      return unary(
        (x) => call({ x }),
        (s) => [s.tensor({ low: 0.6, high: 5 })],
      );
    },
  },
  {
    mistake: 'the derivative by the divisor of a remainder from the wrong rounding',
    property: 'forward',
    finding: /by argument 1/,
    op: (wrong) => {
      const call = binary({
        name: 'fmod',
        forward: (a, b) => a % b,
        saves: 'inputs',
        differentials: [
          (t) => t,
          (t, a, b) => {
            const quotient = a.div(b);
            return t.mul(wrong ? quotient.floor() : quotient.trunc()).neg();
          },
        ],
      });
      return pair(
        (a, b) => call(a, b),
        (s) => {
          const shape = s.shape(0, 2);
          return [
            s.tensorOf(shape, { low: -4.7, high: -2.3, apart: [-3, -4], margin: 0.25 }),
            s.tensorOf(shape, { low: 0.97, high: 1.03 }),
          ];
        },
      );
    },
  },
  {
    mistake: 'the rules of two operands exchanged',
    property: 'forward',
    finding: /by argument [01]/,
    op: (wrong) => {
      const share = (t: Tensor, part: Tensor, a: Tensor, b: Tensor) => t.mul(part.div(hypot(a, b)));
      const call = binary({
        name: 'length',
        forward: (a, b) => Math.hypot(a, b),
        saves: 'inputs',
        differentials: [
          (t, a, b) => share(t, wrong ? b : a, a, b),
          (t, a, b) => share(t, wrong ? a : b, a, b),
        ],
      });
      return pair(
        (a, b) => call(a, b),
        (s) => {
          const shape = s.shape(0, 2);
          const range = { apart: [0], margin: 0.2 };
          return [s.tensorOf(shape, range), s.tensorOf(shape, range)];
        },
      );
    },
  },
  {
    mistake: 'the sign of the first operand left out of the derivative of copysign',
    property: 'forward',
    finding: /by argument 0/,
    op: (wrong) => {
      const call = binary({
        name: 'signed',
        forward: (a, b) => (b < 0 ? -Math.abs(a) : Math.abs(a)),
        saves: 'inputs',
        differentials: [(t, a, b) => t.mul(copysign(1, b)).mul(wrong ? 1 : a.sign()), (t) => t.mul(0)],
      });
      return pair(
        (a, b) => call(a, b),
        (s) => {
          const shape = s.shape(0, 2);
          return [s.tensorOf(shape, { apart: [0] }), s.tensorOf(shape, { apart: [0] })];
        },
      );
    },
  },
  {
    mistake: 'a value to single precision only: the error function from a table of five numbers',
    property: 'forward',
    finding: /too uncertain to count in \d+ of 50 cases|the 5-point difference/,
    op: (wrong) => {
      const call = defineOp({
        name: 'erf',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => (wrong ? coarse(x) : erf(x)),
        vjp: { x: (g, { x }) => g.mul(density(x)) },
        jvp: ({ x: t }, { x }) => t && t.mul(density(x)),
      });
      return unary((x) => call({ x }));
    },
  },
]);

const density = (x: Tensor) =>
  x
    .square()
    .neg()
    .exp()
    .mul(2 / SQRT_PI);

/** The error function to 1.5e-7: Abramowitz and Stegun 7.1.26. */
function coarse(x: Tensor): Tensor {
  const t = x.abs().mul(0.3275911).add(1).reciprocal();
  const tail = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce(
    (sum, coefficient) => sum.add(coefficient).mul(t),
    t.mul(0),
  );
  return x.sign().mul(tail.mul(x.square().neg().exp()).neg().add(1));
}

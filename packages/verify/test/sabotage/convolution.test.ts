import {
  conv1d,
  convTranspose1d,
  defineOp,
  linear,
  pad,
  type SampleKit,
  type Tensor,
} from '@tensortape/autograd';
import { pair, testSabotages, unary } from './harness.ts';

/** Mistakes that a person makes with windows: sides, strides that leave a rest, flipped kernels, overlaps, cut-off windows. */

type Mistake = 'not flipped' | 'wrong side' | 'last image' | 'detached' | null;

/** A correlation of (2, 1, 4) with a kernel (1, 1, 2), a zero behind the end, so that the length stays. */
const same = (mistake: Mistake) =>
  defineOp({
    name: 'sameConvolution',
    inputs: ['x', 'weight'],
    saves: ['x', 'weight'],
    forward: ({ x, weight }) => conv1d(pad(x, [0, 1]), weight),
    vjp: {
      x: (g, { weight }) => {
        const kernel = mistake === 'detached' ? weight.detach() : weight;
        const turned = mistake === 'not flipped' ? kernel : kernel.flip(2);
        return conv1d(pad(g, mistake === 'wrong side' ? [0, 1] : [1, 0]), turned);
      },
      weight: (g, { x }) => {
        const seen = (k: number) => {
          const products = pad(x, [0, 1]).narrow(2, k, 4).mul(g);
          return (mistake === 'last image' ? products.narrow(0, 1, 1) : products).sum().reshape([1, 1]);
        };
        return seen(0)
          .unsqueeze(2)
          .mul(0)
          .add(stackOf(seen(0), seen(1)));
      },
    },
    jvp: ({ x: s, weight: t }, { x, weight }) => {
      const bySignal = s && conv1d(pad(s, [0, 1]), weight);
      const byWeight = t && conv1d(pad(x, [0, 1]), t);
      return bySignal === null ? byWeight : byWeight === null ? bySignal : bySignal.add(byWeight);
    },
  });

/** Two numbers as a kernel (1, 1, 2). */
const stackOf = (a: Tensor, b: Tensor): Tensor =>
  pad(a.unsqueeze(2), [0, 1]).add(pad(b.unsqueeze(2), [1, 0]));

const convolved = (mistake: Mistake) => {
  const op = same(mistake);
  return pair(
    (x, weight) => op({ x, weight }),
    (s) => [s.tensorOf([2, 1, 4]), s.tensorOf([1, 1, 2])],
  );
};

const line = (s: SampleKit) => [s.tensorOf([1, 1, 6])];
const kernel = (g: Tensor) => g.narrow(2, 0, 1).detach().mul(0).add(1).expand([1, 1, 3]);

testSabotages([
  {
    mistake: 'a kernel that is not flipped on the way back',
    property: 'reverse',
    finding: /the gradient by argument 0\[/,
    op: (wrong) => convolved(wrong ? 'not flipped' : null),
  },
  {
    mistake: 'padding on the same side on the way back',
    property: 'reverse',
    finding: /the gradient by argument 0\[/,
    op: (wrong) => convolved(wrong ? 'wrong side' : null),
  },
  {
    mistake: 'a weight that hears of the last image only',
    property: 'reverse',
    finding: /the gradient by argument 1\[/,
    op: (wrong) => convolved(wrong ? 'last image' : null),
  },
  {
    mistake: 'a backward pass that is not differentiated by the weight',
    property: 'forwardOverReverse',
    finding: /the gradient by argument 0, at /,
    op: (wrong) => convolved(wrong ? 'detached' : null),
  },
  {
    mistake: 'a stride that leaves a rest: places that no window saw are missing from the gradient',
    property: 'typed',
    finding: /returned a gradient of shape \(1, 1, 5\)/,
    op: (wrong) => {
      const strided = linear({
        name: 'strided',
        forward: (x) => conv1d(x, kernel(x), null, { stride: 2 }),
        transpose: (g) => convTranspose1d(g, kernel(g), null, { stride: 2, outputPadding: wrong ? 0 : 1 }),
      });
      return unary((x) => strided(x), line);
    },
  },
  {
    mistake: 'overlapping windows that overwrite each other on the way back',
    property: 'reverse',
    finding: /the gradient by argument 0\[/,
    op: (wrong) => {
      const sums = linear({
        name: 'windowSums',
        forward: (x) => x.narrow(2, 0, 5).add(x.narrow(2, 1, 5)),
        transpose: (g) => (wrong ? pad(g, [0, 1]) : pad(g, [0, 1]).add(pad(g, [1, 0]))),
      });
      return unary((x) => sums(x), line);
    },
  },
  {
    mistake: 'a mean divided by the full window where it is cut off',
    property: 'reverse',
    finding: /the gradient by argument 0\[0, 0, 5\]/,
    op: (wrong) => {
      const counts = (x: Tensor) =>
        pad(x.narrow(2, 0, 1).detach().mul(0).add(2).expand([1, 1, 5]), [0, 1], 'constant', 1);
      const means = linear({
        name: 'windowMeans',
        forward: (x) => pad(x, [0, 1]).narrow(2, 1, 6).add(x).div(counts(x)),
        transpose: (g) => {
          const shares = wrong ? g.div(2) : g.div(counts(g));
          return shares.add(pad(shares, [1, 0]).narrow(2, 0, 6));
        },
      });
      return unary((x) => means(x), line);
    },
  },
]);

import { defineOp, elementwise, type SampleKit, type Tensor, zeros } from '@tensortape/autograd';
import type { OpUnderTest } from '@tensortape/verify';
import { testSabotages, unary } from './harness.ts';

/** Mistakes that a person makes with normalizations, losses, embeddings and activations. */

type Slip = 'scale' | 'mean' | 'product' | 'correction' | null;

/** Standardized rows, by the rule written in the result. */
const standardized = (wrong: Slip) =>
  defineOp({
    name: 'standardized',
    inputs: ['x'],
    saves: ['x'],
    forward: ({ x }) => rows(x).y,
    vjp: {
      x: (g, { x }) => {
        const { y, scale } = rows(x);
        const shared = wrong === 'mean' ? g : g.sub(g.mean(1, { keepdim: true }));
        if (wrong === 'product') return shared.mul(scale);
        const n = wrong === 'correction' ? y.shape[1]! - 1 : y.shape[1]!;
        const along = g.mul(y).sum(1, { keepdim: true }).div(n);
        const pulled = shared.sub(y.mul(along));
        // The scale is a function of x too: taken as a constant it is right only in the first order.
        return pulled.mul(wrong === 'scale' ? scale.detach() : scale);
      },
    },
  });

function rows(x: Tensor): { readonly y: Tensor; readonly scale: Tensor } {
  const rest = x.sub(x.mean(1, { keepdim: true }));
  const scale = rest.square().mean(1, { keepdim: true }).add(1e-5).rsqrt();
  return { y: rest.mul(scale), scale };
}

const ofRows = (s: SampleKit) => [s.tensorOf([2, 4], { distinct: true })];
const standardizing = (wrong: Slip): OpUnderTest => {
  const op = standardized(wrong);
  return unary((x) => op({ x }), ofRows);
};

/** Cross entropy of scores by its closed gradient, softmax - target. */
const crossEntropyOf = (wrong: 'mean' | 'target' | null): OpUnderTest => {
  const op = defineOp({
    name: 'fusedCrossEntropy',
    inputs: ['x', 'target'],
    saves: ['x', 'target'],
    forward: ({ x, target }) => x.logSoftmax(1).gather(1, target).neg().mean(),
    vjp: {
      x: (g, { x, target }) => {
        const none = zeros(x.shape, { dtype: x.dtype });
        const wanted = none.scatterAdd(1, target, none.add(1).narrow(1, 0, 1));
        const gap = wrong === 'target' ? x.softmax(1) : x.softmax(1).sub(wanted);
        return gap.mul(g).div(wrong === 'mean' ? 1 : x.shape[0]!);
      },
      target: null,
    },
  });
  return {
    name: 'sabotaged',
    call: (x, target) => op({ x: x as Tensor, target: target as Tensor }),
    samples: (s) => [s.tensorOf([3, 4]), s.index([3, 1], 4)],
  };
};

/** Rows of a table; equal positions must add up. */
const lookup = (wrong: boolean): OpUnderTest => {
  const op = defineOp({
    name: 'lookup',
    inputs: ['weight', 'index'],
    saves: ['index'],
    forward: ({ weight, index }) => weight.indexSelect(0, index),
    vjp: {
      weight: (g, { index }, _, like) => {
        const none = zeros(like.shape, { dtype: like.dtype });
        return wrong ? none.indexCopy(0, index, g) : none.indexAdd(0, index, g);
      },
      index: null,
    },
  });
  return {
    name: 'sabotaged',
    call: (weight, index) => op({ weight: weight as Tensor, index: index as Tensor }),
    samples: (s) => [s.tensorOf([2, 2]), s.index([4], 2)],
  };
};

testSabotages([
  {
    mistake: 'standardize: the term of the mean forgotten',
    property: 'forward',
    finding: /by argument 0|all inputs together/,
    op: (wrong) => standardizing(wrong ? 'mean' : null),
  },
  {
    mistake: 'standardize: the term of the variance forgotten',
    property: 'forward',
    finding: /by argument 0|all inputs together/,
    op: (wrong) => standardizing(wrong ? 'product' : null),
  },
  {
    mistake: 'standardize: the unbiased count in the rule of the biased variance',
    property: 'forward',
    finding: /by argument 0|all inputs together/,
    op: (wrong) => standardizing(wrong ? 'correction' : null),
  },
  {
    mistake: 'standardize: the scale taken as a constant by the rule',
    property: 'forwardOverReverse',
    finding: /by argument 0|all inputs together|cotangent/,
    op: (wrong) => standardizing(wrong ? 'scale' : null),
  },
  {
    mistake: 'cross entropy: the gradient not divided by the batch',
    property: 'forward',
    finding: /by argument 0|all inputs together/,
    op: (wrong) => crossEntropyOf(wrong ? 'mean' : null),
  },
  {
    mistake: 'cross entropy: the softmax without the target',
    property: 'forward',
    finding: /by argument 0|all inputs together/,
    op: (wrong) => crossEntropyOf(wrong ? 'target' : null),
  },
  {
    mistake: 'embedding: rows that are looked up twice get one gradient',
    property: 'forward',
    finding: /by argument 0|all inputs together/,
    op: lookup,
  },
  {
    mistake: 'swish: sigmoid taken for the derivative',
    property: 'forward',
    finding: /by argument 0|all inputs together/,
    op: (wrong) => {
      const swish = elementwise({
        name: 'swish',
        forward: (x) => x / (1 + Math.exp(-x)),
        saves: 'input',
        derivative: (x) => {
          const s = x.sigmoid();
          return wrong ? s : s.add(x.mul(s.sub(s.square())));
        },
      });
      return unary(swish);
    },
  },
]);

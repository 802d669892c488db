import { cat, defineOp, linear, onesLike, type Tensor, zerosLike } from '@tensortape/autograd';
import type { OpUnderTest } from '@tensortape/verify';
import { testSabotages, unary } from './harness.ts';

/** An operation of a matrix of two columns, no two of whose elements are near to each other. */
const matrix = (call: (x: Tensor) => unknown): OpUnderTest =>
  unary(call, (s) => [s.tensorOf([3, 2], { distinct: true })]);

/** The running products before each element of a vector. */
const before = (y: Tensor): Tensor => cat([onesLike(y.narrow(0, 0, 1)), y.narrow(0, 0, y.size - 1)]);

testSabotages([
  {
    mistake: 'the cotangent of a sum expanded along the wrong axis',
    property: 'reverse',
    finding: /^the gradient by argument 0/,
    op: (wrong) => {
      const call = linear({
        name: 'sumRows',
        forward: (x) => x.sum(1),
        transpose: (g, _, like) => (wrong ? g : g.unsqueeze(1)).expand(like.shape),
      });
      return unary(
        (x) => call(x),
        (s) => [s.tensorOf([2, 2])],
      );
    },
  },
  {
    mistake: 'the mean taken for a constant in the derivative of a variance',
    property: 'forwardOverReverse',
    finding: /^the gradient by argument 0/,
    op: (wrong) => {
      const slope = (x: Tensor) => x.sub((wrong ? x.detach() : x).mean()).mul(2 / 6);
      const call = defineOp({
        name: 'variance',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.sub(x.mean()).square().mean(),
        vjp: { x: (g, { x }) => g.mul(slope(x)) },
        jvp: ({ x: t }, { x }) => t && t.mul(slope(x)).sum(),
      });
      return matrix((x) => call({ x }));
    },
  },
  {
    mistake: 'the cotangent of a sort left in sorted order',
    property: 'reverse',
    finding: /^the gradient by argument 0/,
    op: (wrong) => {
      const call = defineOp({
        name: 'sort',
        inputs: ['x', 'order'],
        saves: ['order'],
        forward: ({ x, order }) => x.gather(0, order),
        vjp: {
          x: (g, { order }) => (wrong ? g : zerosLike(g).scatterAdd(0, order, g)),
          order: null,
        },
        jvp: ({ x: t }, { order }) => t && t.gather(0, order),
      });
      return matrix((x) => call({ x, order: x.argsort(0) }));
    },
  },
  {
    mistake: 'the cotangent of running sums summed from the start',
    property: 'reverse',
    finding: /^the gradient by argument 0/,
    op: (wrong) => {
      const call = linear({
        name: 'cumsum',
        forward: (x) => x.cumsum(0),
        transpose: (g) => (wrong ? g.cumsum(0) : g.flip(0).cumsum(0).flip(0)),
      });
      return matrix((x) => call(x));
    },
  },
  {
    mistake: 'the derivative of a product by a division, where an element is zero',
    property: 'reverse',
    finding: /NaN/,
    op: (wrong) => {
      const others = (x: Tensor) =>
        wrong ? x.prod().div(x) : before(x.cumprod(0)).mul(before(x.flip(0).cumprod(0)).flip(0));
      const call = defineOp({
        name: 'prod',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.prod(),
        vjp: { x: (g, { x }) => g.mul(others(x)) },
        jvp: ({ x: t }, { x }) =>
          t && t.mul(before(x.cumprod(0)).mul(before(x.flip(0).cumprod(0)).flip(0))).sum(),
      });
      return unary(
        (x) => call({ x }),
        (s) => [s.tensorOf([3], { values: [0, 1, -1.5, 2] })],
      );
    },
  },
  {
    mistake: 'equal largest elements each given the whole gradient, in reverse mode only',
    property: 'reverse',
    finding: /^the gradient by argument 0/,
    op: (wrong) => {
      const found = (x: Tensor) => x.eq(x.detach().amax());
      const call = defineOp({
        name: 'amax',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.amax(),
        vjp: { x: (g, { x }) => (wrong ? g : g.div(found(x).sum())).expand(x.shape).where(found(x), 0) },
        jvp: ({ x: t }, { x }) => t && t.where(found(x), 0).sum().div(found(x).sum()),
      });
      // The second row doubles the first: every largest element is there twice.
      return matrix((x) => call({ x: x.repeat([2, 1]) }));
    },
  },
]);

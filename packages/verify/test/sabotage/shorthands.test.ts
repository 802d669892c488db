import { bilinear, binary, elementwise, linear } from '@tensortape/autograd';
import { pair, testSabotages, unary } from './harness.ts';

testSabotages([
  {
    mistake: 'wrong sign (elementwise)',
    property: 'forward',
    finding: /^result.* by argument 0.*: the jvp gives -?\d.*, the 5-point difference -?\d/,
    op: (wrong) =>
      unary(
        elementwise({
          name: 'cos',
          forward: 'cos',
          saves: 'input',
          derivative: (x) => (wrong ? x.sin() : x.sin().neg()),
        }),
      ),
  },
  {
    mistake: 'factor 2 (elementwise, from the output)',
    property: 'forward',
    finding: /ratio/,
    op: (wrong) =>
      unary(
        elementwise({
          name: 'tanh',
          forward: 'tanh',
          saves: 'output',
          derivative: (y) =>
            y
              .square()
              .mul(wrong ? 2 : 1)
              .neg()
              .add(1),
        }),
      ),
  },
  {
    mistake: 'a kink on the wrong side (elementwise, differential)',
    property: 'forward',
    finding: /^result/,
    op: (wrong) =>
      unary(
        elementwise({
          name: 'relu',
          forward: 'relu',
          saves: 'output',
          differential: (t, y) => t.where(wrong ? y.ge(0) : y.gt(0), 0),
        }),
        (s) => [s.tensor({ apart: [0] })],
      ),
  },
  {
    mistake: 'sign forgotten for the right operand (binary)',
    property: 'forward',
    finding: /by argument 1/,
    op: (wrong) =>
      pair(
        binary({
          name: 'sub',
          forward: 'sub',
          saves: 'nothing',
          differentials: [(t) => t, (t) => (wrong ? t : t.neg())],
        }),
        (s) => s.broadcast(s.reals, s.reals),
      ),
  },
  {
    mistake: 'the operand itself instead of the other one (binary)',
    property: 'forward',
    finding: /by argument [01]/,
    op: (wrong) =>
      pair(
        binary({
          name: 'mul',
          forward: 'mul',
          saves: 'inputs',
          differentials: [(t, a, b) => t.mul(wrong ? a : b), (t, a, b) => t.mul(wrong ? b : a)],
        }),
        (s) => s.broadcast(s.reals, s.reals),
      ),
  },
  {
    mistake: 'factor 2 in the transpose (linear)',
    property: 'reverse',
    finding: /^the gradient by argument 0.*: the vjp gives/,
    op: (wrong) => {
      const call = linear({
        name: 'double',
        forward: (x) => x.mul(2),
        transpose: (g) => g.mul(wrong ? 4 : 2),
      });
      return unary((x) => call(x));
    },
  },
  {
    mistake: 'the transpose runs in the wrong direction (linear)',
    property: 'reverse',
    finding: /argument 0\[\d/,
    op: (wrong) => {
      const call = linear<number>({
        name: 'cumsum',
        forward: (x, dim) => x.detach().cumsum(dim),
        transpose: (g, dim) => (wrong ? g.cumsum(dim) : g.flip(dim).cumsum(dim).flip(dim)),
      });
      return unary(
        (x) => call(x, 0),
        (s) => [s.tensorOf([s.integer(1, 4)])],
      );
    },
  },
  {
    mistake: 'transposed operand, square so that shapes fit (bilinear)',
    property: 'reverse',
    finding: /^the gradient by argument 1\[\d, \d\]/,
    op: (wrong) => {
      const call = bilinear({
        name: 'matmul',
        forward: (a, b) => a.detach().matmul(b.detach()),
        transposeLeft: (g, b) => g.matmul(b.T),
        transposeRight: (g, a) => (wrong ? a : a.T).matmul(g),
      });
      return pair(
        (a, b) => call(a, b),
        (s) => [s.tensorOf([2, 2]), s.tensorOf([2, 2])],
      );
    },
  },
]);

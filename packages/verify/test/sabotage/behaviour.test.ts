import {
  backend,
  cat,
  defineOp,
  elementwise,
  formatShape,
  IndexError,
  linear,
  nonDifferentiable,
  ShapeError,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { testSabotages, unary } from './harness.ts';

testSabotages([
  {
    mistake: 'the jvp is wrong only where an input is a view',
    property: 'views',
    finding: /for views: the tangent of result/,
    op: (wrong) => {
      const call = defineOp({
        name: 'square',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x),
        vjp: { x: (g, { x }) => g.mul(x).mul(2) },
        jvp: ({ x: t }, { x }) => t && t.mul(x).mul(wrong && !x.isContiguous ? 1 : 2),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'the vjp reads its cotangent as if it were contiguous',
    property: 'views',
    finding: /for views: the cotangent of input 0/,
    op: (wrong) => {
      const call = defineOp({
        name: 'copy',
        inputs: ['x'],
        saves: [],
        forward: ({ x }) => x.clone(),
        vjp: { x: (g) => (wrong && !g.isContiguous ? asIfContiguous(g) : g) },
        jvp: ({ x: t }) => t,
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'the value ignores strides and offset',
    property: 'views',
    finding: /for views: result 0/,
    op: (wrong) => {
      const call = linear({
        name: 'copy',
        forward: (x) => (wrong ? asIfContiguous(x) : x.detach().clone()),
        transpose: (g) => g,
      });
      return unary((x) => call(x));
    },
  },
  {
    mistake: 'the call changes its input',
    property: 'pure',
    finding: /^the call changed the arguments to \(tensor\(/,
    op: (wrong) => {
      const call = linear({
        name: 'double',
        forward: (x) => (wrong ? x.mul_(2).clone() : x.mul(2)),
        transpose: (g) => g.mul(2),
      });
      return unary((x) => call(x));
    },
  },
  {
    mistake: 'a rule changes its cotangent',
    property: 'pureRules',
    finding: /^a sweep changed the directions/,
    op: (wrong) => {
      const call = linear({
        name: 'double',
        forward: (x) => x.mul(2),
        transpose: (g) => (wrong ? g.mul_(2).clone() : g.mul(2)),
      });
      return unary((x) => call(x));
    },
  },
  {
    mistake: 'another value at each call',
    property: 'repeatable',
    finding: /^the second time: (result|the tangent of result) 0/,
    op: (wrong) => {
      let calls = 0;
      const call = linear({
        name: 'noisy',
        forward: (x) => x.detach().mul(wrong ? 1 + 1e-9 * calls++ : 1),
        transpose: (g) => g,
      });
      return unary((x) => call(x));
    },
  },
  {
    mistake: 'another gradient at each call',
    property: 'repeatable',
    finding: /^the second time: the cotangent of input 0/,
    op: (wrong) => {
      let calls = 0;
      const call = linear({
        name: 'noisy',
        forward: (x) => x.detach().clone(),
        transpose: (g) => g.mul(wrong ? 1 + 1e-9 * calls++ : 1),
      });
      return unary((x) => call(x));
    },
  },
  {
    mistake: 'float64 computed in float32',
    property: 'forward',
    finding: /too uncertain to count in \d+ of 50 cases|the 5-point difference/,
    op: (wrong) => {
      const call = elementwise({
        name: 'exp',
        forward: (x) => (wrong ? Math.fround(Math.exp(x)) : Math.exp(x)),
        saves: 'output',
        derivative: (y) => y,
      });
      return unary(call);
    },
  },
  {
    mistake: 'float32 computed by a worse formula',
    property: 'float32',
    finding: /^in float32: result 0/,
    op: (wrong) => {
      const call = defineOp({
        name: 'third',
        inputs: ['x'],
        saves: [],
        forward: ({ x }) => (wrong && x.dtype === 'float32' ? x.div(3).add(1e4).sub(1e4) : x.div(3)),
        vjp: { x: (g) => g.div(3) },
        jvp: ({ x: t }) => t && t.div(3),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'another value on another set of kernels',
    property: 'kernels',
    finding: /^on the 'wasm' kernels: (result|the tangent of result) 0/,
    op: (wrong) => {
      const call = linear({
        name: 'copy',
        forward: (x) => x.detach().mul(wrong && backend().requested === 'wasm' ? 1.001 : 1),
        transpose: (g) => g,
      });
      return unary((x) => call(x));
    },
  },
  {
    mistake: 'no thought of axes of length 0',
    property: 'empty',
    finding: /IndexError: select: index 0 is out of bounds/,
    op: (wrong) => {
      const call = defineOp({
        name: 'shifted',
        inputs: ['x'],
        saves: [],
        forward: ({ x }) => x.sub(wrong ? x.reshape([-1]).select(0, 0) : 0),
        vjp: {
          x: (g) => {
            const total = g.sum().reshape([1]);
            return wrong ? g.sub(cat([total, total.mul(0).expand([g.size - 1])]).reshape(g.shape)) : g;
          },
        },
        jvp: ({ x: t }) => t && (wrong ? t.sub(t.reshape([-1]).select(0, 0)) : t),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'marked as not differentiable, but its result is tracked',
    property: 'untracked',
    finding: /^result requires grad, though the samples say: a step/,
    op: (wrong) => ({
      ...unary((x) => (wrong ? x : x.detach()).mul(2)),
      samples: nonDifferentiable('a step', (s) => [s.tensor()]),
    }),
  },
  {
    mistake: 'differentiable by its samples, but without a floating point result',
    property: 'typed',
    finding: /no result is floating point/,
    op: (wrong) => unary((x) => (wrong ? x.gt(0) : x.add(0))),
  },
  {
    mistake: 'an illegal axis is accepted',
    property: 'refused',
    finding: /an illegal call was accepted/,
    op: (wrong) => ({
      name: 'sabotaged',
      call: (x, dim) => {
        const axis = dim as number;
        if (!wrong && axis >= (x as Tensor).ndim)
          throw new IndexError(`sabotaged: dim ${axis} is out of range`);
        return (x as Tensor).flip(Math.min(axis, 1));
      },
      samples: (s) => [s.tensorOf([2, 3]), s.integer(0, 1)],
      refusals: (s) => [[[s.tensorOf([2, 3]), 2], 'IndexError', /dim 2 is out of range/]],
    }),
  },
  {
    mistake: 'an illegal shape is refused by a message that does not show it',
    property: 'refused',
    finding: /threw ShapeError: sabotaged: not square; expected one of the shapes \(2, 3\) in it/,
    op: (wrong) => ({
      ...unary((x) => {
        if (x.shape[0] === x.shape[1]) return x.mul(1);
        throw new ShapeError(
          wrong ? 'sabotaged: not square' : `sabotaged: not square, but ${formatShape(x.shape)}`,
        );
      }),
      samples: (s) => [s.tensorOf([2, 2])],
      refusals: (s) => [[[s.tensorOf([2, 3])], 'ShapeError', /not square/]],
    }),
  },
]);

/** The elements of `x` in the order of memory, from the start of its storage: a kernel that knows no strides. */
function asIfContiguous(x: Tensor): Tensor {
  const all = x.storage.array.slice(0, x.size);
  const padded = Float64Array.from({ length: x.size }, (_, i) => all[i] ?? 0);
  return tensor(padded, { shape: x.shape }).to(x.dtype);
}

import { expect, test } from '@jest/globals';
import {
  backend,
  bilinear,
  binary,
  cat,
  defineOp,
  elementwise,
  linear,
  nonDifferentiable,
  resultType,
  type SampleKit,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { type OpUnderTest, type PropertyName, VerificationError, verifyOp } from '@tensortape/verify';

/**
 * Operations with a wrong rule, and the property that must find it first. Each is made twice: with the mistake, and
 * without it, when everything must hold.
 */
interface Sabotage {
  readonly mistake: string;
  readonly property: PropertyName;
  /** What the message must name. */
  readonly finding: RegExp;
  readonly op: (wrong: boolean) => OpUnderTest;
}

const unary = (call: (x: Tensor) => unknown, samples = (s: SampleKit) => [s.tensor()]): OpUnderTest => ({
  name: 'sabotaged',
  call: (x) => call(x as Tensor),
  samples,
});

const pair = (
  call: (a: Tensor, b: Tensor) => unknown,
  samples = (s: SampleKit): readonly Tensor[] => {
    const shape = s.shape(0, 2);
    return [s.tensorOf(shape), s.tensorOf(shape)];
  },
): OpUnderTest => ({
  name: 'sabotaged',
  call: (a, b) => {
    // Rules of two inputs are written for one dtype: the call promotes, by recorded conversions.
    const dtype = resultType(a as Tensor, b as Tensor);
    return call((a as Tensor).to(dtype), (b as Tensor).to(dtype));
  },
  samples,
});

const sabotages: readonly Sabotage[] = [
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
  {
    mistake: 'missing un-broadcast',
    property: 'typed',
    finding: /GradientError: the rule of 'addRow' for its input 'row' returned a gradient of shape \(2, 3\)/,
    op: (wrong) => {
      const addRow = defineOp({
        name: 'addRow',
        inputs: ['x', 'row'],
        saves: [],
        forward: ({ x, row }) => x.add(row),
        vjp: { x: (g) => g, row: (g) => (wrong ? g : g.sum(0)) },
        jvp: ({ x, row }) => (x === null ? row && row.expand([2, 3]) : row === null ? x : x.add(row)),
      });
      return pair(
        (x, row) => addRow({ x, row }),
        (s) => [s.tensorOf([2, 3]), s.tensorOf([3])],
      );
    },
  },
  {
    mistake: 'un-broadcast by a mean instead of a sum',
    property: 'reverse',
    finding: /^the gradient by argument 1\[\d\]/,
    op: (wrong) => {
      const addRow = defineOp({
        name: 'addRow',
        inputs: ['x', 'row'],
        saves: [],
        forward: ({ x, row }) => x.add(row),
        vjp: { x: (g) => g, row: (g) => (wrong ? g.mean(0) : g.sum(0)) },
        jvp: ({ x, row }) => (x === null ? row && row.expand([2, 3]) : row === null ? x : x.add(row)),
      });
      return pair(
        (x, row) => addRow({ x, row }),
        (s) => [s.tensorOf([2, 3]), s.tensorOf([3])],
      );
    },
  },
  {
    mistake: 'overwrite instead of add: gradients kept by tensor, one tensor in two slots',
    property: 'shared',
    finding: /with one tensor as argument 0 and argument 1: its gradient/,
    op: (wrong) => {
      const product = defineOp({
        name: 'product',
        inputs: ['a', 'b'],
        saves: ['a', 'b'],
        forward: ({ a, b }) => a.mul(b),
        vjp: (g, { a, b }) => {
          if (!wrong) return { a: g.mul(b), b: g.mul(a).mul(1) };
          const byTensor = new Map([[a, g.mul(b)]]);
          byTensor.set(b, g.mul(a).mul(a === b ? 3 : 1));
          return { a: byTensor.get(a)!, b: byTensor.get(b)! };
        },
      });
      return pair((a, b) => product({ a, b }));
    },
  },
  {
    mistake: 'forgotten term of a product rule',
    property: 'forward',
    finding: /by argument 0/,
    op: (wrong) => {
      const rule = (t: Tensor, x: Tensor) => (wrong ? t.mul(x.exp()) : t.mul(x.exp().add(x.mul(x.exp()))));
      const call = defineOp({
        name: 'xExp',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x.exp()),
        vjp: { x: (g, { x }) => rule(g, x) },
        jvp: ({ x: t }, { x }) => t && rule(t, x),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'a tangent forgotten when both inputs have one',
    property: 'forward',
    finding: /by argument|all inputs together/,
    op: (wrong) => {
      const product = defineOp({
        name: 'product',
        inputs: ['a', 'b'],
        saves: ['a', 'b'],
        forward: ({ a, b }) => a.mul(b),
        vjp: { a: (g, { b }) => g.mul(b), b: (g, { a }) => g.mul(a) },
        jvp: ({ a: s, b: t }, { a, b }) =>
          s === null ? t && t.mul(a) : t === null || wrong ? s.mul(b) : s.mul(b).add(t.mul(a)),
      });
      return pair((a, b) => product({ a, b }));
    },
  },
  {
    mistake: 'wrong only while the other input is a constant',
    property: 'reverse',
    finding: /the vjp gives 0/,
    op: (wrong) => {
      const product = defineOp({
        name: 'product',
        inputs: ['a', 'b'],
        saves: ['a', 'b'],
        forward: ({ a, b }) => a.mul(b),
        vjp: (g, { a, b }, _, needs) =>
          wrong && !needs.a ? { a: null, b: null } : { a: g.mul(b), b: g.mul(a) },
        jvp: ({ a: s, b: t }, { a, b }) =>
          s === null ? t && t.mul(a) : t === null ? s.mul(b) : s.mul(b).add(t.mul(a)),
      });
      return pair((a, b) => product({ a, b }));
    },
  },
  {
    mistake: 'wrong jvp beside a right vjp',
    property: 'forward',
    finding: /the jvp gives/,
    op: (wrong) => {
      const call = defineOp({
        name: 'square',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x),
        vjp: { x: (g, { x }) => g.mul(x).mul(2) },
        jvp: ({ x: t }, { x }) => t && t.mul(x).mul(wrong ? 1 : 2),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'wrong vjp beside a right jvp',
    property: 'reverse',
    finding: /the vjp gives/,
    op: (wrong) => {
      const call = defineOp({
        name: 'square',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x),
        vjp: { x: (g, { x }) => g.mul(x).mul(wrong ? 1 : 2) },
        jvp: ({ x: t }, { x }) => t && t.mul(x).mul(2),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'right at first order, the vjp forgets how it depends on x',
    property: 'forwardOverReverse',
    finding: /^the gradient by argument 0, at .* by argument 0.*: forward over reverse mode gives/,
    op: (wrong) => {
      const call = defineOp({
        name: 'square',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x),
        vjp: { x: (g, { x }) => g.mul(wrong ? x.detach() : x).mul(2) },
        jvp: ({ x: t }, { x }) => t && t.mul(x).mul(2),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'right at first order, the jvp forgets how it depends on x',
    property: 'forwardOverForward',
    finding: /^the tangent of result, at .* by argument 0/,
    op: (wrong) => {
      const call = defineOp({
        name: 'square',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x),
        vjp: { x: (g, { x }) => g.mul(x).mul(2) },
        jvp: ({ x: t }, { x }) => t && t.mul(wrong ? x.detach() : x).mul(2),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'right at first order, the vjp cuts the cotangent off the tape',
    property: 'derived',
    finding: /derived from the vjp: the tangent of result/,
    op: (wrong) => {
      const call = defineOp({
        name: 'square',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x),
        vjp: { x: (g, { x }) => (wrong ? g.detach() : g).mul(x).mul(2) },
        jvp: ({ x: t }, { x }) => t && t.mul(x).mul(2),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'the op behind the vjp has a wrong vjp of its own',
    property: 'reverseOverReverse',
    finding: /^the gradient by argument 0.*: reverse over reverse mode gives/,
    op: (wrong) => {
      const backward = defineOp({
        name: 'cubeBackward',
        inputs: ['g', 'x'],
        saves: ['g', 'x'],
        forward: ({ g, x }) => g.mul(x).mul(x).mul(3),
        vjp: {
          g: (u, { x }) => u.mul(x).mul(x).mul(3),
          x: (u, { g, x }) =>
            u
              .mul(g)
              .mul(x)
              .mul(wrong ? 3 : 6),
        },
        jvp: ({ g: s, x: t }, { g, x }) => {
          const first = s && s.mul(x).mul(x).mul(3);
          const second = t && t.mul(g).mul(x).mul(6);
          return first === null ? second : second === null ? first : first.add(second);
        },
      });
      const call = defineOp({
        name: 'cube',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x).mul(x),
        vjp: { x: (g, { x }) => backward({ g, x }) },
        jvp: ({ x: t }, { x }) => t && t.mul(x).mul(x).mul(3),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'the op behind the jvp has a wrong vjp of its own',
    property: 'reverseOverForward',
    finding: /^the gradient by argument 0.*: reverse over forward mode gives/,
    op: (wrong) => {
      const scaled = defineOp({
        name: 'scaled',
        inputs: ['t', 'x'],
        saves: ['t', 'x'],
        forward: ({ t, x }) => t.mul(x).mul(2),
        vjp: {
          t: (u, { x }) => u.mul(x).mul(2),
          x: (u, { t }) => u.mul(t).mul(wrong ? -2 : 2),
        },
        jvp: ({ t: s, x: r }, { t, x }) => {
          const first = s && s.mul(x).mul(2);
          const second = r && r.mul(t).mul(2);
          return first === null ? second : second === null ? first : first.add(second);
        },
      });
      const call = defineOp({
        name: 'square',
        inputs: ['x'],
        saves: ['x'],
        forward: ({ x }) => x.mul(x),
        vjp: { x: (g, { x }) => g.mul(x).mul(2) },
        jvp: ({ x: t }, { x }) => t && scaled({ t, x }),
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'swapped cotangents of two outputs',
    property: 'reverse',
    finding: /the vjp gives/,
    op: (wrong) => {
      const call = defineOp({
        name: 'sinCos',
        inputs: ['x'],
        saves: ['output'],
        forward: ({ x }) => [x.sin(), x.cos()],
        vjp: {
          x: ([u, v], { output: [sin, cos] }) => {
            const first = u && (wrong ? u.mul(sin!).neg() : u.mul(cos!));
            const second = v && (wrong ? v.mul(cos!) : v.mul(sin!).neg());
            return first === null ? second! : second === null ? first! : first!.add(second!);
          },
        },
        jvp: ({ x: t }, { output: [sin, cos] }) => [t && t.mul(cos!), t && t.mul(sin!).neg()],
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'swapped tangents of two outputs',
    property: 'forward',
    finding: /^result\[[01]\]/,
    op: (wrong) => {
      const call = defineOp({
        name: 'halves',
        inputs: ['x'],
        saves: [],
        forward: ({ x }) => [x.slice(0, 0, 2), x.slice(0, 2, 4)],
        vjp: { x: ([u, v]) => cat([u ?? v!.mul(0), v ?? u!.mul(0)]) },
        jvp: ({ x: t }) => {
          const [low, high] = [t!.slice(0, 0, 2), t!.slice(0, 2, 4)];
          return wrong ? [high, low] : [low, high];
        },
      });
      return unary(
        (x) => call({ x }),
        (s) => [s.tensorOf([4])],
      );
    },
  },
  {
    mistake: 'gradient in the wrong dtype',
    property: 'typed',
    finding: /returned a gradient of shape .* and dtype float64, but the input has .* dtype float32/,
    op: (wrong) => {
      const call = defineOp({
        name: 'double',
        inputs: ['x'],
        saves: [],
        forward: ({ x }) => x.mul(2),
        vjp: { x: (g) => (wrong ? g.to('float64') : g).mul(2) },
        jvp: ({ x: t }) => t && t.mul(2),
      });
      return unary((x) => call({ x }));
    },
  },
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
      const call = defineOp({
        name: 'increment',
        inputs: ['x'],
        saves: [],
        forward: ({ x }) => (wrong ? x.add_(1).clone() : x.add(1)),
        vjp: { x: (g) => g },
        jvp: ({ x: t }) => t,
      });
      return unary((x) => call({ x }));
    },
  },
  {
    mistake: 'a rule changes its cotangent',
    property: 'pureRules',
    finding: /^a sweep changed the directions/,
    op: (wrong) => {
      const call = defineOp({
        name: 'double',
        inputs: ['x'],
        saves: [],
        forward: ({ x }) => x.mul(2),
        vjp: { x: (g) => (wrong ? g.mul_(2).clone() : g.mul(2)) },
        jvp: ({ x: t }) => t && t.mul(2),
      });
      return unary((x) => call({ x }));
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
];

/** The elements of `x` in the order of memory, from the start of its storage: a kernel that knows no strides. */
function asIfContiguous(x: Tensor): Tensor {
  const all = x.storage.array.slice(0, x.size);
  const padded = Float64Array.from({ length: x.size }, (_, i) => all[i] ?? 0);
  return tensor(padded, { shape: x.shape }).to(x.dtype);
}

test.each(sabotages.map((sabotage) => [sabotage.mistake, sabotage.property, sabotage] as const))(
  '%s -> %s',
  (_, property, { op, finding }) => {
    verifyOp(op(false), { runs: 50 });
    const failure = thrownBy(() => verifyOp(op(true), { runs: 50 }));
    expect(failure).toMatchObject({ op: 'sabotaged', property });
    expect(failure.finding).toMatch(finding);
  },
);

function thrownBy(body: () => unknown): VerificationError {
  try {
    body();
  } catch (error) {
    if (error instanceof VerificationError) return error;
    throw error;
  }
  throw new Error('nothing was found');
}

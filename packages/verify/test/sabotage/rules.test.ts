import { cat, defineOp, type Tensor } from '@tensortape/autograd';
import { pair, testSabotages, unary } from './harness.ts';

testSabotages([
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
]);

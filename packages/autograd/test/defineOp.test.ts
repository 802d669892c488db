import { describe, expect, test } from '@jest/globals';
import { bilinear, defineOp, grad, linear, ones, type Tensor, tensor } from '@tensortape/autograd';

describe('a forward function', () => {
  const x = () => tensor([1, -2], { requiresGrad: true });

  test('runs without being recorded, in every way of declaring an operation', () => {
    const seen: boolean[] = [];
    const twice = (t: Tensor) => {
      const y = t.mul(2);
      seen.push(y.requiresGrad);
      return y;
    };
    const l = linear({ name: 'twice', forward: twice, transpose: (g) => g.mul(2) });
    const b = bilinear({
      name: 'product',
      forward: (a, b) => twice(a).mul(b),
      transposeLeft: (g, b) => g.mul(b).mul(2),
      transposeRight: (g, a) => g.mul(a).mul(2),
    });
    const d = defineOp({
      name: 'twice',
      inputs: ['x'],
      saves: [],
      forward: ({ x }) => twice(x),
      vjp: { x: (g) => g.mul(2) },
    });
    for (const y of [l(x()), b(x(), x()), d({ x: x() })]) expect(y.requiresGrad).toBe(true);
    expect(seen).toEqual([false, false, false]);
  });

  test('may hand back its input, which keeps its own place on the tape', () => {
    const same = linear({ name: 'same', forward: (x) => x, transpose: (g) => g.mul(3) });
    const left = bilinear({
      name: 'left',
      forward: (a) => a,
      transposeLeft: (g) => g.mul(5),
      transposeRight: (g) => g.mul(0),
    });
    const pass = defineOp({
      name: 'pass',
      inputs: ['x'],
      saves: [],
      forward: ({ x }) => x,
      vjp: { x: (g) => g.mul(7) },
    });
    const leaf = x();
    const results = [same(leaf), left(leaf, ones([2])), pass({ x: leaf })];
    expect(leaf.isLeaf).toBe(true);
    expect(results.map((y) => y.gradFn)).toEqual(['same', 'left', 'pass']);
    expect(results.map((y) => grad(y.sum(), leaf).toArray())).toEqual([
      [3, 3],
      [5, 5],
      [7, 7],
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  backward,
  cat,
  defineOp,
  func,
  GradientError,
  grad,
  noGrad,
  ones,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';

const leaf = (data: number | readonly number[] | readonly (readonly number[])[]) =>
  tensor(data as number, { dtype: 'float64', requiresGrad: true });
const f64 = (data: number | readonly number[]) => tensor(data as number, { dtype: 'float64' });

describe('backward', () => {
  test('options in the place of the gradient are refused, with their place', () => {
    const y = tensor(2, { requiresGrad: true }).mul(3);
    const options = { retainGraph: true } as unknown as Tensor;
    expect(() => y.backward(options)).toThrow(
      /expected a tensor as gradient, got an object; options come second: backward\(undefined, \{ retainGraph: true \}\)/,
    );
  });

  test('adds the gradient to every leaf, and to nothing else', () => {
    const [x, w, c] = [leaf([1, 2]), leaf([3, 4]), f64([5, 6])];
    const y = x.mul(w).mul(c);
    y.sum().backward();
    expect([x.grad?.toArray(), w.grad?.toArray(), c.grad, y.grad]).toEqual([[15, 24], [5, 12], null, null]);
    x.mul(2).sum().backward();
    expect([x.grad?.toArray(), w.grad?.toArray()]).toEqual([
      [17, 26],
      [5, 12],
    ]);
    expect(x.grad?.requiresGrad).toBe(false);
  });

  test('starts from a given cotangent, of several elements or to scale one', () => {
    const x = leaf([1, 2, 3]);
    x.square().backward(f64([1, 0, -1]));
    expect(x.grad?.toArray()).toEqual([2, 0, -6]);
    const y = leaf(3);
    backward(y.square(), f64(10));
    expect(y.grad?.item()).toBe(60);
  });

  test('of a leaf itself is the cotangent, as a tensor of its own', () => {
    const x = leaf([1, 2]);
    const u = f64([3, 4]);
    x.backward(u);
    u.fill_(0);
    expect(x.grad?.toArray()).toEqual([3, 4]);
    const y = leaf(1);
    y.backward();
    expect(y.grad?.item()).toBe(1);
  });

  test('gives each leaf a gradient of its own, though rules hand one tensor to several', () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    a.add(b).sum().backward();
    expect(a.grad).not.toBe(b.grad);
    a.grad!.fill_(7);
    expect(b.grad?.toArray()).toEqual([1, 1]);
    const m = leaf([
      [1, 2],
      [3, 4],
    ]);
    m.T.mul(f64([1, 10]))
      .sum()
      .backward();
    m.grad!.add_(1);
    expect(m.grad?.toArray()).toEqual([
      [2, 2],
      [11, 11],
    ]);
  });

  test('adds up along every path: a diamond, a fan of a thousand, one tensor in both places', () => {
    const x = leaf(2);
    const [left, right] = [x.mul(3), x.square()];
    left.mul(right).backward();
    expect(x.grad?.item()).toBe(36);

    const y = leaf(0.5);
    let total = y.mul(0);
    for (let k = 1; k <= 1000; k++) total = total.add(y.mul(k));
    total.backward();
    expect(y.grad?.item()).toBe(500500);

    const z = leaf(3);
    z.mul(z).backward();
    expect(z.grad?.item()).toBe(6);
  });

  test('waits until all consumers of a node have been visited, in whatever order they were made', () => {
    // Were b's rule to run when the first of its consumers is done, the part that comes through c would be lost.
    const x = leaf(2);
    const b = x.mul(2);
    const c = b.mul(b);
    const d = c.mul(b).add(b);
    d.backward();
    // d = 8 x^3 + 2 x
    expect(x.grad?.item()).toBe(98);
  });

  test('follows a chain of a million operations', () => {
    const x = tensor(1, { requiresGrad: true });
    let y = x;
    for (let k = 0; k < 1e6; k++) y = y.add(1);
    y.backward();
    expect([y.item(), x.grad?.item()]).toEqual([1000001, 1]);
  });

  test('visits a graph with exponentially many paths once', () => {
    const x = leaf(1);
    let y = x;
    for (let k = 0; k < 60; k++) y = y.add(y);
    y.backward();
    expect(x.grad?.item()).toBe(2 ** 60);
  });

  test('adds ten thousand leaves', () => {
    const leaves = Array.from({ length: 10000 }, (_, i) => leaf([i]));
    cat(leaves).square().sum().backward();
    expect(leaves.every((x, i) => x.grad!.item() === 2 * i)).toBe(true);
  });

  test('works on shapes without elements', () => {
    const x = zeros([0, 3], { requiresGrad: true });
    x.sum().backward();
    expect(x.grad?.shape).toEqual([0, 3]);
  });

  test('names what is wrong', () => {
    const x = leaf([1, 2]);
    const untracked = () => f64(1).backward();
    expect(untracked).toThrow(GradientError);
    expect(untracked).toThrow(
      /^backward: the tensor is not tracked: nothing it was computed from requires grad/,
    );
    expect(() => x.mul(2).backward()).toThrow(
      /^backward: the tensor has shape \(2,\); only for one element is the cotangent implied: reduce it first/,
    );
    expect(() => x.mul(2).backward(f64([1, 2, 3]))).toThrow(
      /^backward: a cotangent of shape \(3,\) and dtype float64 was given for a tensor of shape \(2,\) and dtype float64/,
    );
    expect(() => x.mul(2).backward(ones([2]))).toThrow(/dtype float32 was given/);
    expect(x.grad).toBeNull();
  });
});

describe('a graph that has been swept', () => {
  test('is freed, and says so the second time, naming the operation and the remedy', () => {
    const x = leaf([1, 2]);
    const y = x.exp().sum();
    y.backward();
    expect(() => y.backward()).toThrow(
      "the values saved by 'exp' were freed by an earlier backward or grad over this graph; " +
        'pass { retainGraph: true } to the earlier call, or compute the result again',
    );
    expect(x.grad?.toArray()).toEqual([Math.E, Math.exp(2)]);
  });

  test('is freed also where it is shared with another root', () => {
    const x = leaf(2);
    const shared = x.square();
    shared.mul(3).backward();
    expect(() => shared.exp().backward()).toThrow(/saved by 'square' were freed/);
  });

  test('may be swept again when nothing was saved, or when it was retained', () => {
    const x = leaf([1, 2]);
    const linear = x.add(1).sum();
    linear.backward();
    linear.backward();
    expect(x.grad?.toArray()).toEqual([2, 2]);

    const z = leaf(3);
    const y = z.square();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(z.grad?.item()).toBe(12);
    expect(() => y.backward()).toThrow(/freed/);
  });

  test('frees only what lies on the way to what was asked for', () => {
    const [x, w] = [leaf(2), leaf(3)];
    const [a, b] = [x.square(), w.square()];
    const y = a.add(b);
    grad(y, x);
    expect(grad(b, w).item()).toBe(6);
  });

  test('leaves the leaves alone when it fails half-way', () => {
    const x = leaf(2);
    const failing = defineOp({
      name: 'failing',
      inputs: ['x'],
      saves: [],
      forward: ({ x }) => x.clone(),
      vjp: {
        x: () => {
          throw new RangeError('no rule today');
        },
      },
    });
    const y = x.add(failing({ x }));
    expect(() => y.backward()).toThrow(new RangeError('no rule today'));
    expect(x.grad).toBeNull();
  });
});

describe('grad', () => {
  test('gives gradients by leaves and by intermediate results, and touches no .grad', () => {
    const x = leaf([1, 2]);
    const y = x.square();
    const z = y.mul(3).sum();
    const [byX, byY] = grad(z, [x, y]);
    expect([byX.toArray(), byY.toArray(), x.grad]).toEqual([[6, 12], [3, 3], null]);
  });

  test('of a tensor by itself is one', () => {
    const x = leaf(5);
    expect(grad(x, x).item()).toBe(1);
    const y = x.square();
    expect(grad(y, [y, x]).map((g) => g.item())).toEqual([1, 10]);
  });

  test('adds over several outputs, each with its cotangent; null leaves one out', () => {
    const x = leaf([1, 2]);
    const outputs = [x.square(), x.mul(10), x.exp()];
    const gradOutputs = [f64([1, 1]), f64([0, 1]), null];
    expect(grad(outputs, x, { gradOutputs })!.toArray()).toEqual([2, 14]);
    const y = leaf(3);
    const twice = y.square();
    expect(grad([twice, twice], y).item()).toBe(12);
  });

  test('refuses inputs that do not matter, unless allowed', () => {
    const [x, w] = [leaf(1), leaf([1, 2])];
    expect(() => grad(x.exp(), [x, w])).toThrow(
      'grad: the outputs do not depend on input 1 (shape (2,)); pass { allowUnused: true } to get null for it',
    );
    const [byX, byW] = grad(x.exp(), [x, w], { allowUnused: true });
    expect([byX?.item(), byW]).toEqual([Math.E, null]);
    expect(() => grad(x.exp(), f64(1))).toThrow(
      /^grad: input 0 is not tracked; create it with \{ requiresGrad: true \}/,
    );
    expect(() => grad([x.exp(), x], x, { gradOutputs: [f64(1)] })).toThrow(
      'grad: got 1 cotangents for 2 outputs',
    );
  });

  test('with createGraph can be differentiated again, as often as wanted', () => {
    const x = leaf(2);
    let y = x.pow(5);
    const values: number[] = [];
    for (let k = 0; k < 5; k++) {
      y = grad(y, x, { createGraph: true });
      values.push(y.item());
    }
    expect(values).toEqual([80, 160, 240, 240, 120]);
    expect(() => grad(grad(x.square(), x), x)).toThrow(/not tracked/);
  });

  test('with createGraph keeps the graph; backward does so too, and its gradients are tracked', () => {
    const x = leaf(3);
    const y = x.pow(3);
    grad(y, x, { createGraph: true });
    y.backward(undefined, { createGraph: true });
    expect(x.grad?.requiresGrad).toBe(true);
    const first = x.grad!;
    x.grad = null;
    first.backward();
    expect(x.grad).toMatchObject({ requiresGrad: false });
    expect(x.grad!.toArray()).toBe(18);
  });

  test('with createGraph: false to forget the graph although recording is on', () => {
    const x = leaf(3);
    const y = x.pow(3);
    const g = grad(y, x, { createGraph: true, retainGraph: false });
    expect(g.requiresGrad).toBe(true);
    expect(() => grad(y, x)).toThrow(/freed/);
  });

  test('works under noGrad on what was recorded before', () => {
    const x = leaf(3);
    const y = x.square();
    expect(noGrad(() => grad(y, x)).item()).toBe(6);
  });

  test('does not walk the history behind its inputs', () => {
    let visited = 0;
    const counted = defineOp({
      name: 'counted',
      inputs: ['x'],
      saves: [],
      forward: ({ x }) => x.mul(0.5),
      vjp: {
        x: (g) => {
          visited++;
          return g.mul(0.5);
        },
      },
    });
    const w = leaf(1);
    let y = counted({ x: w });
    for (let step = 0; step < 20; step++) {
      const here = y;
      y = y.sub(grad(counted({ x: here.square() }), here));
    }
    expect(visited).toBe(20);
  });
});

describe('an operation with several outputs', () => {
  const parts = defineOp({
    name: 'parts',
    inputs: ['x'],
    saves: ['output'],
    forward: ({ x }) => [x.exp(), x.mul(2), x.gt(0).to('int32')],
    vjp: {
      x: ([u, v, w], { output: [e] }) => {
        expect(w).toBeNull();
        const first = u && u.mul(e!);
        const second = v && v.mul(2);
        return first && second ? first.add(second) : (first ?? second ?? null);
      },
    },
    jvp: ({ x: t }, { output: [e] }) => [t && t.mul(e!), t && t.mul(2), null],
  });

  test('hands its rule one cotangent per output, null for those that nothing used', () => {
    const x = leaf([0, 1]);
    const [e, d] = parts({ x }) as [Tensor, Tensor, Tensor];
    expect(grad(e.sum(), x, { retainGraph: true }).toArray()).toEqual([1, Math.E]);
    expect(grad(d.sum(), x, { retainGraph: true }).toArray()).toEqual([2, 2]);
    expect(grad([e.sum(), d.sum()], x, { retainGraph: true }).toArray()).toEqual([3, 2 + Math.E]);
    expect(grad(e.mul(d).sum(), d, { retainGraph: true }).toArray()).toEqual([1, Math.E]);
    expect(grad(e.mul(d).sum(), [d, e, x]).map((g) => g.toArray())).toEqual([
      [1, Math.E],
      [0, 2],
      [2, 2 * Math.E + 2 * Math.E],
    ]);
  });

  test('does not track integer outputs', () => {
    const [, , sign] = parts({ x: leaf([0, 1]) }) as [Tensor, Tensor, Tensor];
    expect([sign.requiresGrad, sign.dtype]).toEqual([false, 'int32']);
    expect(() => grad(sign.sum(), leaf(1))).toThrow(/not tracked/);
  });

  test('goes through forward mode', () => {
    const [[, d], [te, td]] = func.jvp((x) => parts({ x }).slice(0, 2), [f64([0, 1])], [f64([1, 10])]);
    expect([d!.toArray(), te!.toArray(), td!.toArray()]).toEqual([
      [0, 2],
      [1, 10 * Math.E],
      [2, 20],
    ]);
  });

  test('must hand back one gradient per input, of its shape and dtype', () => {
    const wrong = (rule: (g: Tensor) => Tensor) =>
      defineOp({
        name: 'wrong',
        inputs: ['x'],
        saves: [],
        forward: ({ x }): Tensor => x.clone(),
        vjp: { x: (g) => rule(g) },
      });
    expect(() =>
      wrong((g) => g.sum())({ x: leaf([1, 2]) })
        .sum()
        .backward(),
    ).toThrow(
      "the rule of 'wrong' for its input 'x' returned a gradient of shape () and dtype float64, but the input has shape (2,) and dtype float64",
    );
    expect(() =>
      wrong((g) => g.to('float32'))({ x: leaf([1, 2]) })
        .sum()
        .backward(),
    ).toThrow(/\(2,\) and dtype float32, but/);
  });
});

describe('rules that cannot be differentiated', () => {
  const raw = defineOp({
    name: 'rawSquare',
    inputs: ['x'],
    saves: ['x'],
    onceDifferentiable: true,
    forward: ({ x }) => x.square(),
    vjp: {
      x: (g, { x }) => tensor(g.toTypedArray().map((v, i) => 2 * v * x.toTypedArray()[i]!)).reshape(x.shape),
    },
  });

  test('serve a first derivative, and refuse a second one by name', () => {
    const x = leaf([1, 2]);
    expect(grad(raw({ x }).sum(), x).toArray()).toEqual([2, 4]);
    expect(() => grad(raw({ x }).sum(), x, { createGraph: true })).toThrow(
      /^'rawSquare' is once differentiable: its rules compute on raw arrays/,
    );
    expect(() => func.jvp((x) => raw({ x }), [f64([1])], [f64([1])])).toThrow(
      /^'rawSquare' has no jvp, and none can be derived since it is once differentiable/,
    );
  });
});

describe('hooks', () => {
  test('see the complete gradient once, and may replace it', () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const seen: unknown[] = [];
    y.registerHook((g) => {
      seen.push(g.toArray());
      return g.mul(10);
    });
    y.square().sum().add(y.sum()).backward();
    expect(seen).toEqual([[7, 13]]);
    expect(x.grad?.toArray()).toEqual([210, 390]);
  });

  test('on a leaf change what is stored; each sees what the one before it made; removed ones are silent', () => {
    const x = leaf([1, 2]);
    const first = x.registerHook((g) => g.add(1));
    x.registerHook((g) => g.mul(2));
    x.sum().backward();
    expect(x.grad?.toArray()).toEqual([4, 4]);
    first.remove();
    first.remove();
    x.sum().backward();
    expect(x.grad?.toArray()).toEqual([6, 6]);
  });

  test('may run a sweep over the same graph', () => {
    const x = leaf(2);
    const y = x.square();
    const z = y.mul(x);
    let inner = 0;
    z.registerHook(() => {
      inner = grad(y, x, { retainGraph: true }).item();
      return undefined;
    });
    z.backward();
    expect([inner, x.grad?.item()]).toEqual([4, 12]);
  });

  test('serve grad and transforms too', () => {
    const x = leaf(2);
    const y = x.mul(3);
    y.registerHook((g) => g.mul(100));
    expect(grad(y.square(), x, { retainGraph: true }).item()).toBe(3600);
    expect(grad(y.square(), y).item()).toBe(1200);
  });

  test('must return the right shape and dtype', () => {
    const y = leaf([1, 2]).mul(3);
    y.registerHook((g) => g.sum());
    expect(() => y.sum().backward()).toThrow(
      "a hook on the result of 'mul' returned a gradient of shape () and dtype float64, expected (2,) and float64",
    );
    expect(() => f64(1).registerHook(() => undefined)).toThrow(/registerHook: the tensor is not tracked/);
  });
});

describe('retainGrad', () => {
  test('keeps the gradient of an intermediate result, after hooks, added up over sweeps', () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    y.retainGrad();
    y.retainGrad();
    y.registerHook((g) => g.mul(2));
    const z = y.square().sum();
    z.backward(undefined, { retainGraph: true });
    expect(y.grad?.toArray()).toEqual([12, 24]);
    z.backward();
    expect(y.grad?.toArray()).toEqual([24, 48]);
  });

  test('of an untracked tensor is refused, of a leaf needless', () => {
    expect(() => f64(1).retainGrad()).toThrow(/retainGrad: the tensor is not tracked/);
    const x = leaf(2);
    x.retainGrad();
    x.square().backward();
    expect(x.grad?.item()).toBe(4);
  });
});

describe('recording', () => {
  test('starts and stops with requiresGrad_, detach and noGrad', () => {
    const x = f64([1, 2]);
    expect(x.mul(2).requiresGrad).toBe(false);
    expect(x.requiresGrad_().mul(2).requiresGrad).toBe(true);
    expect(x.detach().mul(2).requiresGrad).toBe(false);
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(x.requiresGrad_(false).mul(2).requiresGrad).toBe(false);
    expect(() => tensor([1], { dtype: 'int32' }).requiresGrad_()).toThrow(
      /only floating point tensors can require grad/,
    );
    expect(() => leaf(1).mul(2).requiresGrad_(false)).toThrow(
      /this is the result of 'mul', not a leaf; use detach\(\)/,
    );
  });

  test('modes are restored after an error, and refuse promises', () => {
    const x = leaf(1);
    expect(() =>
      noGrad(() => {
        throw new RangeError('stop');
      }),
    ).toThrow('stop');
    expect(x.mul(2).requiresGrad).toBe(true);
    expect(() => noGrad(async () => 1)).toThrow(/noGrad: the function returned a promise/);
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  test('says where a result came from', () => {
    const x = leaf(1);
    expect([x.isLeaf, x.gradFn, x.exp().isLeaf, x.exp().gradFn]).toEqual([true, null, false, 'exp']);
    expect([x.detach().isLeaf, x.exp().detach().gradFn]).toEqual([true, null]);
  });

  test('does not hang a graph on what test matchers and printers walk', () => {
    const doubled = (times: number) => {
      let y = leaf([[1, 2]]);
      for (let k = 0; k < times; k++) y = y.add(y);
      return y;
    };
    expect(doubled(20)).toEqual(doubled(20));
    expect(doubled(20)).not.toEqual(doubled(19));
    expect(JSON.stringify(doubled(20))).toBe('{"shape":[1,2],"dtype":"float64","data":[[1048576,2097152]]}');
  });
});

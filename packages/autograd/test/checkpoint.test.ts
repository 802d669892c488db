import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  bernoulli,
  checkpoint,
  full,
  func,
  GradientError,
  grad,
  manualSeed,
  noGrad,
  rand,
  randn,
  type Tensor,
  tensor,
} from '@tensortape/autograd';

const leaf = (shape: readonly number[]) => randn(shape, { dtype: 'float64' }).requiresGrad_();
const close = (a: Tensor, b: Tensor) => expect(a.sub(b).abs().amax().item()).toBeLessThan(1e-12);

describe('a checkpoint gives the gradients of a plain call', () => {
  test('of inputs, of captured parameters, and of captured results', () => {
    manualSeed(1);
    const [x, w, b] = [leaf([4, 3]), leaf([3, 3]), leaf([3])];
    const program = (call: typeof checkpoint) => {
      const scale = b.exp();
      const h = call((a) => a.matmul(w).mul(scale).tanh(), x);
      return call((a, c) => a.add(c).square().mul(scale), h, x).sum();
    };
    const plain = grad(
      program((f, ...xs) => f(...xs)),
      [x, w, b],
    );
    const found = grad(program(checkpoint), [x, w, b]);
    for (const [i, g] of found.entries()) close(g, plain[i]!);
  });

  test('to second order, and in forward mode', () => {
    manualSeed(2);
    const [x, w] = [leaf([3]), leaf([3])];
    const f = (call: typeof checkpoint) => (a: Tensor) => call((h) => h.mul(w).sin().mul(h), a).sum();
    const plain = f((g, ...xs) => g(...xs));
    const second = (loss: (a: Tensor) => Tensor) => {
      const [g, h] = grad(loss(x), [x, w], { createGraph: true });
      return grad(g.square().sum().add(h.sum()), [x, w]);
    };
    const expected = second(plain);
    for (const [i, g] of second(f(checkpoint)).entries()) close(g, expected[i]!);
    const v = x.detach();
    close(func.hessian(f(checkpoint))(v), func.hessian(plain)(v));
    const t = randn([3], { dtype: 'float64' });
    close(func.jvp(f(checkpoint), [v], [t])[1], func.jvp(plain, [v], [t])[1]);
    close(func.linearize(f(checkpoint), v)[1](t), func.jvp(plain, [v], [t])[1]);
  });

  test('nested, with several outputs of which some are untracked, and one is an input', () => {
    manualSeed(3);
    const [x, y] = [leaf([3]), leaf([3])];
    const f = (a: Tensor, b: Tensor): Tensor[] => [
      checkpoint((h) => h.exp(), a).mul(b),
      b,
      full([2], 7),
      a.gt(0),
    ];
    const [product, same, constant, mask] = checkpoint(f, x, y);
    expect(constant!.requiresGrad).toBe(false);
    expect(mask!.dtype).toBe('bool');
    close(same!, y);
    const [gx, gy] = grad(product!.sum().add(same!.mul(3).sum()), [x, y]);
    close(gx, x.exp().mul(y));
    close(gy, x.exp().add(3));
    close(grad(checkpoint(f, x, y)[1]!.sum(), y), tensor([1, 1, 1], { dtype: 'float64' }));
  });

  test('by backward, twice with retainGraph, with hooks that run once', () => {
    const x = leaf([3]);
    let calls = 0;
    const h = x.mul(2);
    h.registerHook((g) => {
      calls++;
      return g.mul(10);
    });
    const loss = checkpoint((a) => a.square(), h).sum();
    loss.backward(undefined, { retainGraph: true });
    loss.backward();
    expect(calls).toBe(2);
    close(x.grad!, x.mul(160));
    expect(() => loss.backward()).toThrow(/'checkpoint' were freed by an earlier backward/);
  });
});

test('random numbers are drawn again in the sweep, and go on as if they had not been', () => {
  const x = leaf([50]);
  const drop = (a: Tensor) => a.mul(bernoulli(full([50], 0.5, { dtype: 'float64' })));
  const run = (call: typeof checkpoint) => {
    manualSeed(5);
    const y = call(drop, x);
    rand([3]);
    const g = grad(y.sum(), x);
    return [y, g, rand([3])] as const;
  };
  const plain = run((f, ...xs) => f(...xs));
  const found = run(checkpoint);
  for (const [i, y] of found.entries()) expect(y.toArray()).toEqual(plain[i]!.toArray());
  expect(found[1].toArray()).toEqual(found[0].div(x).toArray());
});

test('without recording, or anything tracked, it is a plain call', () => {
  const x = tensor([1, 2]);
  expect(checkpoint((a) => a.exp(), x).requiresGrad).toBe(false);
  expect(noGrad(() => checkpoint((a) => a.exp(), leaf([2]))).requiresGrad).toBe(false);
});

test('what the function computes on the way is let go', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const seen: WeakRef<Tensor>[] = [];
  const deep = (call: typeof checkpoint) => {
    const x = leaf([1000]);
    return call((a) => {
      let h = a;
      for (let i = 0; i < 10; i++) {
        h = h.sin();
        seen.push(new WeakRef(h));
      }
      return h;
    }, x);
  };
  const alive = async (call: typeof checkpoint) => {
    seen.length = 0;
    const y = deep(call);
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
    expect(y.requiresGrad).toBe(true);
    return seen.filter((ref) => ref.deref() !== undefined).length;
  };
  expect(await alive((f, ...xs) => f(...xs))).toBeGreaterThanOrEqual(9);
  expect(await alive(checkpoint)).toBe(0);
});

describe('a checkpoint refuses', () => {
  test('inputs and parameters that changed in between', () => {
    const [x, w] = [leaf([2]), leaf([2])];
    const loss = checkpoint((a) => a.mul(w), x).sum();
    noGrad(() => w.add_(1));
    expect(() => loss.backward()).toThrow(GradientError);
    expect(() => loss.backward()).toThrow(/^checkpoint: 'add_' changed a parameter of shape \(2,\) in place/);
    const h = x.mul(2);
    const other = checkpoint((a) => a.square(), h).sum();
    h.add_(1);
    expect(() => other.backward()).toThrow(
      /'checkpoint' saved its 'input 0'.*'add_' has changed it in place/,
    );
  });

  test('captured values that changed, tracked or not', () => {
    const [x, c] = [leaf([2]), randn([2], { dtype: 'float64' })];
    const direct = checkpoint((a) => a.mul(c), x).sum();
    const behind = checkpoint((a) => a.mul(c.mul(2)), x).sum();
    c.mul_(10);
    expect(() => direct.backward()).toThrow(/^checkpoint: run again, the function gave/);
    expect(() => behind.backward()).toThrow(/must not depend on anything that changes in between/);
  });

  test('a function that does something else the second time', () => {
    const [x, w] = [leaf([2]), leaf([2])];
    let calls = 0;
    const shapes = checkpoint((a) => (calls++ === 0 ? a.exp() : a.exp().sum()), x).sum();
    expect(() => shapes.backward()).toThrow(
      /^checkpoint: run again, the function gave \(\) float64 from 1 tracked tensors, and \(2,\) float64 from 1/,
    );
    calls = 0;
    const parents = checkpoint((a) => (calls++ === 0 ? a.mul(w) : a.exp()), x).sum();
    expect(() => parents.backward()).toThrow(
      /from 1 tracked tensors, and \(2,\) float64 from 2 the first time/,
    );
  });

  test('what is not a tensor', () => {
    const x = leaf([2]);
    expect(() => checkpoint((() => 3) as unknown as () => Tensor, x)).toThrow(
      new ArgumentError('checkpoint: output 0 of the function is the number 3, expected a tensor'),
    );
    expect(() => checkpoint((async () => x) as unknown as () => Tensor, x)).toThrow(
      /is a Promise, expected a tensor/,
    );
    expect(() => checkpoint((a) => a, [1] as unknown as Tensor)).toThrow(
      /^checkpoint: expected a tensor as input 0/,
    );
  });
});

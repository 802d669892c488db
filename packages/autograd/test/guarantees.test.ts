import { describe, expect, test } from '@jest/globals';
import { autograd, defineOp, func, grad, type Tensor, tensor } from '@tensortape/autograd';

const leaf = (data: number | readonly number[]) =>
  tensor(data as number, { dtype: 'float64', requiresGrad: true });

/** What a program is told. */
function told(program: () => unknown): string {
  try {
    program();
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}

/** An operation x -> x^2 with a part replaced by something broken. */
interface Parts {
  readonly forward?: (x: Tensor) => unknown;
  readonly rule?: (g: Tensor, x: Tensor) => unknown;
}
const square = ({ forward = (x) => x.square(), rule = (g, x) => g.mul(x).mul(2) }: Parts) => {
  const op = defineOp({
    name: 'broken',
    inputs: ['x'],
    saves: ['x'],
    forward: ({ x }) => forward(x) as Tensor,
    vjp: { x: (g, { x }) => rule(g, x) as Tensor },
  });
  return (x: Tensor) => op({ x });
};
const swept = (parts: Parts) =>
  told(() =>
    square(parts)(leaf([1, 2]))
      .mul(2)
      .sum()
      .backward(),
  );
const joint = (rule: () => object) =>
  told(() => {
    const op = defineOp({
      name: 'broken',
      inputs: ['a', 'b'],
      saves: [],
      forward: ({ a, b }): Tensor => a.add(b),
      vjp: () => rule() as { a: Tensor; b: Tensor },
    });
    op({ a: leaf([1, 2]), b: leaf([3, 4]) })
      .sum()
      .backward();
  });

describe('a broken operation is told what is wrong with it', () => {
  test.each<[string, string, RegExp]>([
    [
      'a gradient of another shape',
      swept({ rule: (g) => g.sum() }),
      /rule of 'broken' for its input 'x' returned a gradient of shape \(\)/,
    ],
    [
      'a gradient of another dtype',
      swept({ rule: (g) => g.to('float32') }),
      /and dtype float32, but the input has shape \(2,\) and dtype float64/,
    ],
    [
      'no gradient',
      swept({ rule: () => undefined }),
      /returned undefined; expected a tensor of shape \(2,\) and dtype float64, or null for zero/,
    ],
    ['a number', swept({ rule: () => 3 }), /returned the number 3; expected a tensor/],
    ['a promise', swept({ rule: async (g) => g }), /returned a Promise; expected a tensor/],
    [
      'a gradient changed in place',
      swept({ rule: (g) => g.mul_(2) }),
      /changed the gradient that it was handed in place with 'mul_'/,
    ],
    [
      'a saved value changed in place',
      swept({ rule: (g, x) => g.mul(x.detach().mul_(2)) }),
      /changed a value that was saved for it in place with 'mul_'/,
    ],
    [
      'an input changed by forward',
      swept({ forward: (x) => x.detach().add_(1) }),
      /broken: its forward changed its input 'x' in place with 'add_'/,
    ],
    [
      'a forward that returns a number',
      swept({ forward: () => 3 }),
      /broken: what its forward returned is the number 3, expected a tensor/,
    ],
    [
      'a forward that returns a promise',
      swept({ forward: async (x) => x }),
      /broken: what its forward returned is a Promise/,
    ],
    [
      'a forward with a hole',
      swept({ forward: (x) => [x.square(), undefined] }),
      /broken: output 1 of its forward is undefined/,
    ],
    [
      'a joint rule that forgets an input',
      joint(() => ({ a: tensor([1, 1], { dtype: 'float64' }) })),
      /for its input 'b' returned undefined/,
    ],
    [
      'a joint rule that names an unknown input',
      joint(() => ({ a: null, b: null, c: null })),
      /returned a gradient of 'c'; its inputs are a, b/,
    ],
    [
      'an argument that is no tensor',
      told(() => square({})([1, 2] as unknown as Tensor)),
      /broken: expected a tensor as x, got an array/,
    ],
  ])('%s', (_, message, expected) => {
    expect(message).toMatch(expected);
  });

  test('a value that is not saved cannot be read', () => {
    const op = defineOp({
      name: 'forgetful',
      inputs: ['x'],
      saves: [],
      forward: ({ x }): Tensor => x.square(),
      // @ts-expect-error: 'x' is not among `saves`.
      vjp: { x: (g, { x }) => g.mul(x).mul(2) },
    });
    expect(told(() => op({ x: leaf(1) }).backward())).toMatch(/^(ArgumentError|TypeError)/);
  });
});

describe('an intermediate value smuggled past saves', () => {
  /** x -> exp(x)^2, whose rule takes exp(x) from its forward through a closure. */
  const smuggling = (() => {
    let e: Tensor | null = null;
    const op = defineOp({
      name: 'smuggling',
      inputs: ['x'],
      saves: [],
      forward: ({ x }): Tensor => {
        e = x.exp();
        return e.square();
      },
      vjp: { x: (g) => g.mul(e!.square()).mul(2) },
      jvp: ({ x: t }) => t && t.mul(e!.square()).mul(2),
    });
    return (x: Tensor) => op({ x });
  })();

  test('serves first derivatives, in both modes', () => {
    const x = leaf([0, 1]);
    const expected = [2, 2 * Math.E ** 2];
    for (const [i, v] of grad(smuggling(x).sum(), x).toTypedArray().entries())
      expect(v).toBeCloseTo(expected[i]!);
    const one = tensor([1, 1], { dtype: 'float64' });
    expect(func.jvp(smuggling, [x.detach()], [one])[1].toTypedArray()[1]).toBeCloseTo(expected[1]!);
  });

  test('never gives a wrong second derivative', () => {
    const x = leaf([0, 1]);
    const message =
      /rule of 'smuggling' reads a tensor of shape \(2,\) that its forward made and did not return.*as a further output/;
    expect(told(() => grad(smuggling(x).sum(), x, { createGraph: true }))).toMatch(message);
    expect(told(() => func.hessian((y: Tensor) => smuggling(y).sum())(x.detach()))).toMatch(message);
  });

  test('is right as a further output', () => {
    const op = defineOp({
      name: 'open',
      inputs: ['x'],
      saves: ['output'],
      forward: ({ x }) => {
        const e = x.exp();
        return [e.square(), e];
      },
      vjp: {
        x: ([g, h], { output: [y, e] }) => {
          const [a, b] = [g && g.mul(y!).mul(2), h && h.mul(e!)];
          return a && b ? a.add(b) : (a ?? b ?? null);
        },
      },
    });
    const x = leaf([0, 1]);
    const first = grad(op({ x })[0]!.sum(), x, { createGraph: true });
    expect(grad(first.sum(), x).toTypedArray()[1]).toBeCloseTo(4 * Math.E ** 2);
  });
});

describe('a missing jvp is derived from the vjp', () => {
  const one = tensor(1, { dtype: 'float64' });
  const [a, b] = [tensor(2, { dtype: 'float64' }), tensor(5, { dtype: 'float64' })];

  test('of single rules, joint rules and several outputs', () => {
    const single = defineOp({
      name: 'single',
      inputs: ['a', 'b'],
      saves: ['a', 'b'],
      forward: ({ a, b }): Tensor => a.mul(b),
      vjp: { a: (g, { b }) => g.mul(b), b: (g, { a }) => g.mul(a) },
    });
    const together = defineOp({
      name: 'together',
      inputs: ['a', 'b'],
      saves: ['a', 'b'],
      forward: ({ a, b }) => [a.mul(b), a.square()],
      vjp: ([g, h], { a, b }) => {
        const [u, v] = [g ?? a.mul(0), h ?? a.mul(0)];
        return { a: u.mul(b).add(v.mul(a).mul(2)), b: u.mul(a) };
      },
    });
    expect(func.jvp((x, y) => single({ a: x, b: y }), [a, b], [one, one])[1].item()).toBe(7);
    const [, tangents] = func.jvp((x, y) => together({ a: x, b: y }), [a, b], [one, one]);
    expect(tangents.map((t) => t.item())).toEqual([7, 4]);
    expect(
      func
        .hessian((x: Tensor) => single({ a: x, b: x }))(a)
        .item(),
    ).toBe(2);
  });
});

describe('autograd.Function', () => {
  class Scale extends autograd.Function {
    static forward(ctx: autograd.FunctionContext, x: Tensor, factor: number, y: Tensor): Tensor {
      ctx.saveForBackward(x, y);
      ctx.attributes.set('factor', factor);
      return x.mul(y).mul(factor);
    }
    static backward(ctx: autograd.FunctionContext, g: Tensor): [Tensor | null, null, Tensor | null] {
      const [x, y] = ctx.savedTensors as [Tensor, Tensor];
      const h = g.mul(ctx.attributes.get('factor') as number);
      const [needsX, , needsY] = ctx.needsInputGrad;
      return [needsX ? h.mul(y) : null, null, needsY ? h.mul(x) : null];
    }
  }

  test('takes other arguments than tensors, and differentiates to second order and in forward mode', () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const z = Scale.apply(x, 10, y);
    expect(z.gradFn).toBe('Scale');
    const [gx, gy] = grad(z.sum(), [x, y], { createGraph: true });
    expect([gx.toArray(), gy.toArray()]).toEqual([
      [30, 40],
      [10, 20],
    ]);
    expect(grad(gx.square().sum(), y).toArray()).toEqual([600, 800]);
    const t = tensor([1, 1], { dtype: 'float64' });
    expect(func.jvp((a) => Scale.apply(a, 10, y.detach()), [x.detach()], [t])[1].toArray()).toEqual([30, 40]);
    expect(Scale.apply(x.detach(), 2, y.detach()).requiresGrad).toBe(false);
    expect(grad(Scale.apply(x, 2, y.detach()).sum(), x).toArray()).toEqual([6, 8]);
  });

  class Parts extends autograd.Function {
    static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor[] {
      const [e, rounded] = [x.exp(), x.round()];
      ctx.saveForBackward(e);
      ctx.markNonDifferentiable(rounded);
      return [e, x.mul(2), rounded];
    }
    static backward(ctx: autograd.FunctionContext, g: Tensor, h: Tensor, r: Tensor): Tensor {
      const [e] = ctx.savedTensors;
      expect(r.abs().sum().item()).toBe(0);
      return g.mul(e!).add(h.mul(2));
    }
  }

  test('has several outputs, saved outputs, outputs without a gradient, and zeros for those that nothing used', () => {
    const x = leaf([0, 1]);
    const [e, d, r] = Parts.apply(x) as [Tensor, Tensor, Tensor];
    expect([e.requiresGrad, d.requiresGrad, r.requiresGrad]).toEqual([true, true, false]);
    expect(grad(d.sum(), x, { retainGraph: true }).toArray()).toEqual([2, 2]);
    const first = grad(e.sum(), x, { createGraph: true });
    expect(grad(first.sum(), x).toArray()).toEqual([1, Math.E]);
  });

  test('a straight-through estimator', () => {
    class Sign extends autograd.Function {
      static forward(_: autograd.FunctionContext, x: Tensor): Tensor {
        return x.sign();
      }
      static backward(_: autograd.FunctionContext, g: Tensor): Tensor {
        return g;
      }
    }
    const x = leaf([-2, 3]);
    expect(
      grad(
        Sign.apply(x)
          .mul(tensor([5, 7], { dtype: 'float64' }))
          .sum(),
        x,
      ).toArray(),
    ).toEqual([5, 7]);
  });

  const broken = (parts: {
    readonly forward?: (ctx: autograd.FunctionContext, x: Tensor) => unknown;
    readonly backward?: (ctx: autograd.FunctionContext, g: Tensor) => unknown;
    readonly once?: boolean;
  }) =>
    class Broken extends autograd.Function {
      static readonly onceDifferentiable = parts.once ?? false;
      static forward(ctx: autograd.FunctionContext, x: Tensor, _: string): Tensor {
        return (parts.forward ?? ((_ctx, y) => y.square()))(ctx, x) as Tensor;
      }
      static backward(ctx: autograd.FunctionContext, g: Tensor): (Tensor | null)[] {
        return (parts.backward ?? ((_ctx, h) => [h, null]))(ctx, g) as (Tensor | null)[];
      }
    };
  const run = (parts: Parameters<typeof broken>[0]) =>
    told(() =>
      broken(parts)
        .apply(leaf([1, 2]), 'option')
        .mul(2)
        .sum()
        .backward(),
    );

  test.each<[string, string, RegExp]>([
    [
      'too few gradients',
      run({ backward: (_, g) => g }),
      /Broken: backward returned 1 gradient\(s\) for the 2 argument\(s\) of forward/,
    ],
    [
      'a gradient for an option',
      run({ backward: (_, g) => [g, g] }),
      /returned a tensor for argument 1 of forward, which is no tensor/,
    ],
    [
      'another shape',
      run({ backward: (_, g) => [g.sum(), null] }),
      /rule of 'Broken' for its input 'argument 0' returned a gradient of shape \(\)/,
    ],
    [
      'undefined',
      run({ backward: () => [undefined, null] }),
      /for its input 'argument 0' returned undefined; expected a tensor/,
    ],
    [
      'an input changed',
      run({ forward: (_, x) => x.detach().exp_() }),
      /Broken: its forward changed its input 'argument 0' in place with 'exp_'/,
    ],
    [
      'what is no tensor',
      run({ forward: () => null }),
      /Broken: what its forward returned is null, expected a tensor/,
    ],
    [
      'a gradient changed',
      run({ backward: (_, g) => [g.mul_(3), null] }),
      /changed the gradient that it was handed in place/,
    ],
  ])('is told of %s', (_, message, expected) => {
    expect(message).toMatch(expected);
  });

  test('refuses second derivatives by what its forward made on the way, saved or not, and where it says so', () => {
    const x = leaf([1, 2]);
    const saving = broken({
      forward: (ctx, y) => {
        const e = y.exp();
        ctx.saveForBackward(e);
        return e.square();
      },
      backward: (ctx, g) => [g.mul(ctx.savedTensors[0]!.square()).mul(2), null],
    });
    const first = grad(saving.apply(x, '').sum(), x).toTypedArray();
    expect(first[0]).toBeCloseTo(2 * Math.E ** 2);
    expect(told(() => grad(saving.apply(x, '').sum(), x, { createGraph: true }))).toMatch(
      /rule of 'Broken' reads a tensor of shape \(2,\) that its forward made and did not return/,
    );
    expect(told(() => grad(broken({ once: true }).apply(x, '').sum(), x, { createGraph: true }))).toMatch(
      /'Broken' is once differentiable/,
    );
  });

  test('saved tensors are freed, and refused when they have changed', () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const h = x.mul(1);
    const z = Scale.apply(h, 2, y).sum();
    h.add_(1);
    expect(told(() => z.backward())).toMatch(
      /'Scale' saved its 'saved tensor 0'.*'add_' has changed it in place since/,
    );
    const again = Scale.apply(x, 2, y).sum();
    again.backward();
    expect(told(() => again.backward())).toMatch(/saved by 'Scale' were freed/);
  });

  test('needs a forward and a backward', () => {
    class Empty extends autograd.Function {}
    expect(told(() => autograd.Function.apply.call(Empty as unknown as autograd.FunctionClass))).toMatch(
      /Empty: a Function needs a static forward and a static backward/,
    );
  });

  test('infers types', () => {
    const one: Tensor = Scale.apply(leaf(1), 2, leaf(3));
    const many: Tensor[] = Parts.apply(leaf(1));
    // @ts-expect-error: the second argument is a number.
    expect(told(() => Scale.apply(leaf(1), leaf(2), leaf(3)))).toBeDefined();
    const outputs: (Tensor | Tensor[])[] = [one, many];
    expect(outputs.length).toBe(2);
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  cat,
  defineOp,
  enableGrad,
  GradientError,
  grad,
  stack,
  type Tensor,
  tensor,
} from '@tensortape/autograd';

const leaf = (data: number | readonly number[]) =>
  tensor(data as number, { dtype: 'float64', requiresGrad: true });

describe('hooks after accumulation', () => {
  test('see what was added to the gradients of earlier calls, and may change the leaf without noGrad, and clear its gradient', () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const seen: unknown[] = [];
    x.registerPostAccumulateGradHook((w) => {
      seen.push([w === x, w.grad!.toArray()]);
    });
    const handle = y.registerPostAccumulateGradHook((w) => {
      w.sub_(w.grad!);
      w.grad = null;
    });
    x.mul(y).sum().backward();
    expect(seen).toEqual([[true, [3, 4]]]);
    expect([y.grad, y.toArray()]).toEqual([null, [2, 2]]);
    handle.remove();
    x.mul(y).sum().backward();
    expect(seen[1]).toEqual([true, [5, 6]]);
    expect(y.toArray()).toEqual([2, 2]);
  });

  test('are not called where no gradient arrives, by grad, or when the sweep fails', () => {
    const [x, y] = [leaf(2), leaf(3)];
    let calls = 0;
    x.registerPostAccumulateGradHook(() => calls++);
    y.square().backward();
    grad(x.square(), x);
    const z = x.square();
    z.registerHook(() => {
      throw new Error('stop');
    });
    expect(() => z.mul(y).backward()).toThrow('stop');
    expect([calls, x.grad, y.grad!.item()]).toEqual([0, null, 6]);
  });

  test('are for leaves', () => {
    const x = leaf(2);
    expect(() => x.square().registerPostAccumulateGradHook(() => {})).toThrow(
      "registerPostAccumulateGradHook: this is the result of 'square', and only leaves that require grad accumulate; use registerHook()",
    );
    expect(() => tensor(1).registerPostAccumulateGradHook(() => {})).toThrow(/this is not tracked/);
  });
});

test('a sweep that fails writes no gradient, retained ones neither', () => {
  const x = leaf([1, 2]);
  const h = x.mul(2);
  h.registerHook(() => {
    throw new Error('stop');
  });
  const y = h.square();
  y.retainGrad();
  expect(() => y.sum().backward()).toThrow('stop');
  expect([x.grad, y.grad]).toEqual([null, null]);
});

describe('hooks and rules may differentiate', () => {
  test('the same graph, and others, while a sweep runs', () => {
    const x = leaf([1, 2]);
    const y = x.square();
    const total = y.mul(x).sum();
    const inner: unknown[] = [];
    let nested = false;
    y.registerHook((g) => {
      if (nested) return undefined;
      nested = true;
      inner.push(grad(total, x, { retainGraph: true }).toArray());
      nested = false;
      const other = leaf([5, 5]);
      enableGrad(() => other.pow(2).sum()).backward();
      return g.mul(other.grad!);
    });
    total.backward(undefined, { retainGraph: true });
    expect(inner).toEqual([[3, 12]]);
    expect(x.grad!.toArray()).toEqual([21, 84]);
  });

  test('a rule may call grad on a graph of its own', () => {
    const cube = defineOp({
      name: 'cube',
      inputs: ['x'],
      saves: ['x'],
      forward: ({ x }) => x.pow(3),
      vjp: {
        x: (g, { x }) => {
          const own = x.detach().requiresGrad_();
          return g.mul(
            grad(
              enableGrad(() => own.pow(3).sum()),
              own,
            ),
          );
        },
      },
    });
    const x = leaf([1, 2]);
    expect(grad(cube({ x }).mul(x).sum(), x).toArray()).toEqual([4, 32]);
  });

  test('a hook that removes itself is called once', () => {
    const x = leaf(1);
    const calls: string[] = [];
    const first = x.registerHook(() => {
      calls.push('first');
      first.remove();
      return undefined;
    });
    x.registerHook(() => {
      calls.push('second');
      return undefined;
    });
    x.mul(2).backward();
    x.mul(2).backward();
    expect(calls).toEqual(['first', 'second', 'second']);
  });
});

describe('backward into some leaves', () => {
  test('fills only these, and runs no rule that they do not need', () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    let rules = 0;
    const counted = defineOp({
      name: 'counted',
      inputs: ['x'],
      saves: [],
      forward: ({ x }) => x.mul(1),
      vjp: {
        x: (g) => {
          rules++;
          return g;
        },
      },
    });
    const loss = x.mul(counted({ x: y })).sum();
    loss.backward(undefined, { inputs: [x], retainGraph: true });
    expect([x.grad!.toArray(), y.grad, rules]).toEqual([[3, 4], null, 0]);
    loss.backward(undefined, { inputs: [y] });
    expect([x.grad!.toArray(), y.grad!.toArray(), rules]).toEqual([[3, 4], [1, 2], 1]);
  });

  test('or results, each of several outputs by its place', () => {
    const x = leaf([3, 1, 2]);
    const y = x.mul(2);
    const { values } = y.topk(2);
    values
      .square()
      .sum()
      .backward(undefined, { inputs: [y, values, y] });
    expect([x.grad, y.grad?.toArray(), values.grad?.toArray()]).toEqual([null, [12, 0, 8], [12, 8]]);
  });

  test('refuses an empty list, and what is not tracked', () => {
    const x = leaf(2);
    expect(() => x.square().backward(undefined, { inputs: [] })).toThrow(
      /^backward: inputs is empty; name the tensors/,
    );
    expect(() => x.square().backward(undefined, { inputs: [x, tensor(1)] })).toThrow(
      new GradientError('backward: input 1 is not tracked; create it with { requiresGrad: true }'),
    );
  });
});

describe('large graphs', () => {
  const COUNT = 50_000;

  test('a leaf with very many consumers, and an operation with very many inputs', () => {
    const x = leaf(1);
    const parts: Tensor[] = Array.from({ length: COUNT }, () => x.mul(2));
    expect(grad(stack(parts).sum(), x, { retainGraph: true }).item()).toBe(2 * COUNT);
    expect(grad(cat(parts.map((part) => part.reshape([1]))).sum(), x).item()).toBe(2 * COUNT);
  });

  test('a ladder of diamonds, whose paths are too many to count', () => {
    let y: Tensor = leaf(1);
    const x = y;
    for (let i = 0; i < 1000; i++) y = y.mul(0.5).add(y.mul(0.5));
    expect(grad(y, x).item()).toBe(1);
  });
});

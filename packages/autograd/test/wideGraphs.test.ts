import { describe, expect, test } from '@jest/globals';
import { cat, defineOp, grad, type Tensor, tensor } from '@tensortape/autograd';

const MILLION = 1_000_000;
const leaf = (data: number | readonly number[]) => tensor(data as number, { requiresGrad: true });

// At quadratic cost these would take from minutes to hours.
describe('very wide graphs', () => {
  test('a leaf with a million consumers', () => {
    const x = leaf(1);
    let total = x.mul(0);
    for (let k = 0; k < MILLION; k++) total = total.add(x);
    expect(grad(total, x).item()).toBe(MILLION);
  });

  test('an operation with a million inputs', () => {
    const [first, last] = [leaf([2]), leaf([3])];
    const between = Array.from({ length: MILLION - 2 }, () => tensor([1]));
    const joined = cat([first, ...between, last]);
    const gradients = grad(joined.square().sum(), [first, last]);
    expect(gradients.map((g) => g.toArray())).toEqual([[4], [6]]);
  });

  test('gradients by very many inputs, one of them asked for twice', () => {
    const leaves = Array.from({ length: 100_000 }, (_, i) => leaf([i]));
    const loss = cat(leaves).square().sum();
    const gradients = grad(loss, [...leaves, leaves[7]!]);
    expect(gradients.every((g, i) => g.item() === 2 * (i < leaves.length ? i : 7))).toBe(true);
  });
});

test('several outputs of one operation, and unused inputs, are told apart by their places', () => {
  const twice: (inputs: { readonly x: Tensor }) => readonly Tensor[] = defineOp({
    name: 'twice',
    inputs: ['x'],
    saves: [],
    forward: ({ x }): readonly Tensor[] => [x.mul(2), x.mul(3)],
    vjp: { x: ([u, v]) => (u && v ? u.mul(2).add(v.mul(3)) : (u?.mul(2) ?? v?.mul(3) ?? null)) },
  });
  const [x, unused] = [leaf(5), leaf(1)];
  const [a, b] = twice({ x }) as [Tensor, Tensor];
  const found = grad(a.mul(10), [b, x, a, unused], { allowUnused: true });
  expect(found.map((g) => g && g.item())).toEqual([null, 20, 10, null]);
});

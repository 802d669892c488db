import { describe, expect, test } from '@jest/globals';
import {
  addmm,
  arange,
  einsum,
  func,
  linspace,
  matmul,
  ones,
  randn,
  type Tensor,
  tensor,
  tensordot,
  zeros,
} from '@tensortape/autograd';

const grid = (...shape: number[]): Tensor =>
  linspace(
    -1,
    2,
    shape.reduce((n, length) => n * length, 1),
    { dtype: 'float64' },
  ).reshape(shape);

/** Everything an equation means, by its definition: a sum over all values of all letters. */
function byDefinition(equation: string, operands: readonly Tensor[]): number[] {
  const [inputs, output] = equation.split('->') as [string, string];
  const terms = inputs.split(',');
  const lengths = new Map<string, number>();
  terms.forEach((term, i) => {
    [...term].forEach((letter, axis) => {
      lengths.set(letter, Math.max(lengths.get(letter) ?? 1, operands[i]!.shape[axis]!));
    });
  });
  const letters = [...lengths.keys()];
  const out = new Array<number>([...output].reduce((n, letter) => n * lengths.get(letter)!, 1)).fill(0);
  const total = letters.reduce((n, letter) => n * lengths.get(letter)!, 1);
  for (let k = 0; k < total; k++) {
    let rest = k;
    const at = new Map(
      letters.map((letter) => {
        const value = rest % lengths.get(letter)!;
        rest = (rest - value) / lengths.get(letter)!;
        return [letter, value];
      }),
    );
    const factor = terms.reduce((product, term, i) => {
      const x = operands[i]!;
      const place = [...term].reduce(
        (sum, letter, axis) => sum + (x.shape[axis] === 1 ? 0 : at.get(letter)! * x.strides[axis]!),
        0,
      );
      return product * x.storage.array[x.offset + place]!;
    }, 1);
    const place = [...output].reduce((sum, letter) => sum * lengths.get(letter)! + at.get(letter)!, 0);
    out[place]! += factor;
  }
  return out;
}

describe('einsum', () => {
  test.each([
    ['ij,jk->ki', [2, 3], [3, 4]],
    ['bij,bkj->bik', [2, 2, 3], [2, 4, 3]],
    ['ijk,ljk->il', [2, 3, 2], [4, 3, 2]],
    ['iij->ij', [3, 3, 2]],
    ['ijij->ji', [2, 3, 2, 3]],
    ['iii->i', [3, 3, 3]],
    ['ij->', [2, 3]],
    ['i,j,k->kij', [2], [3], [2]],
    ['ab,bc,cd,de->ae', [2, 3], [3, 2], [2, 4], [4, 2]],
    ['ab,ab,ab->a', [2, 3], [1, 3], [2, 1]],
    ['abc,cd,bd->a', [2, 3, 4], [4, 2], [3, 2]],
    ['iji,jkk->ik', [2, 3, 2], [3, 4, 4]],
    ['xY,Yx->x', [2, 3], [3, 2]],
  ] as readonly (readonly [string, ...number[][]])[])(
    '%s is the sum it stands for',
    (equation, ...shapes) => {
      const operands = shapes.map((shape, i) => grid(...shape).add(0.3 * i));
      const result = einsum(equation, ...operands);
      const expected = byDefinition(equation, operands);
      expect(result.size).toBe(expected.length);
      result.toTypedArray().forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 12);
      });
    },
  );

  test('without an arrow: the ellipsis first, then letters that occur once, capitals before small ones', () => {
    expect(einsum('ba', ones([2, 3])).shape).toEqual([3, 2]);
    expect(einsum('aB', ones([2, 3])).shape).toEqual([3, 2]);
    expect(einsum('...ij,jk', ones([5, 2, 3]), ones([3, 4])).shape).toEqual([5, 2, 4]);
    expect(einsum('ij...,jk', ones([2, 3, 5]), ones([3, 4])).shape).toEqual([5, 2, 4]);
    expect(einsum('ij,ji', ones([2, 3]), ones([3, 2])).shape).toEqual([]);
  });

  test('an ellipsis broadcasts from the right, and is summed over where the output leaves it out', () => {
    const a = grid(2, 1, 3);
    const b = grid(4, 3);
    expect(einsum('...,...->...', a, b).toArray()).toEqual(a.mul(b).toArray());
    expect(einsum('i...->i', grid(2, 3)).toArray()).toEqual(grid(2, 3).sum(1).toArray());
    expect(einsum('...->...', tensor(3)).item()).toBe(3);
  });

  test('axes of length 1 broadcast, also over axes of length 0', () => {
    expect(einsum('i,i->', ones([1]), ones([4])).item()).toBe(4);
    expect(einsum('i,i->i', ones([1]), zeros([0])).shape).toEqual([0]);
    expect(einsum('i,j->ij', ones([1]), ones([1])).shape).toEqual([1, 1]);
    expect(einsum('ij,jk', zeros([2, 0]), zeros([0, 2])).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test('a chain is contracted in a cheap order: no intermediate result of n^3 elements', () => {
    const n = 200;
    // From left to right the first product would have 200^3 elements, and the whole would take 200^4 steps.
    const begun = performance.now();
    const result = einsum('ia,jb,ka,kb->ij', ones([n, n]), ones([n, n]), ones([n, n]), ones([n, n]));
    expect(result.select(0, 0).select(0, 0).item()).toBe(n ** 3);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test('gradients of a network contraction, by their definition', () => {
    const [a, b, c] = [grid(2, 3), grid(3, 2), grid(2, 2)];
    const [, pullback] = func.vjp((x, y, z) => einsum('ij,jk,ki->', x, y, z), a, b, c);
    const [ga, gb, gc] = pullback(tensor(1, { dtype: 'float64' }));
    expect(ga!.toArray()).toEqual(einsum('jk,ki->ij', b, c).toArray());
    expect(
      gb!
        .sub(einsum('ij,ki->jk', a, c))
        .abs()
        .amax()
        .item(),
    ).toBeLessThan(1e-14);
    expect(
      gc!
        .sub(einsum('ij,jk->ki', a, b))
        .abs()
        .amax()
        .item(),
    ).toBeLessThan(1e-14);
  });
});

test('int32 products that leave int32 are refused, uint8 wraps around as in PyTorch', () => {
  const large = tensor([[60000]], { dtype: 'int32' });
  expect(() => matmul(large, large)).toThrow('matmul: the result 3600000000 does not fit int32');
  const bytes = tensor([[200, 100]], { dtype: 'uint8' });
  expect(matmul(bytes, bytes.mT).toArray()).toEqual([[50000 % 256]]);
});

test('a batch expanded from one matrix multiplies without being stored', () => {
  const one = randn([3, 4]);
  const product = matmul(one.expand([5, 3, 4]), randn([4, 2]).expand([5, 4, 2]));
  expect(product.shape).toEqual([5, 3, 2]);
  expect(product.select(0, 4).toArray()).toEqual(product.select(0, 0).toArray());
});

test('addmm: an input with weight 0 does not pass its NaN on, and gets a gradient of 0', () => {
  const input = tensor([Number.NaN, 1], { requiresGrad: true });
  const a = arange(4).reshape([2, 2]).to('float32');
  const y = addmm(input, a, a, { beta: 0, alpha: 0.5 });
  expect(y.toArray()).toEqual([
    [1, 1.5],
    [3, 5.5],
  ]);
  y.sum().backward();
  expect(input.grad!.toArray()).toEqual([0, 0]);
});

test('tensordot: pairs of axes by name, last with first by number, and none for all products', () => {
  const a = grid(2, 3, 4);
  const b = grid(4, 3, 2);
  expect(
    tensordot(a, b, [
      [1, 2],
      [1, 0],
    ])
      .sub(einsum('ijk,kjl->il', a, b))
      .abs()
      .amax()
      .item(),
  ).toBeLessThan(1e-14);
  expect(
    tensordot(a, b, 1)
      .sub(einsum('ijk,kmn->ijmn', a, b))
      .abs()
      .amax()
      .item(),
  ).toBeLessThan(1e-14);
  expect(tensordot(a, b, 0).shape).toEqual([2, 3, 4, 4, 3, 2]);
});
